package app_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/bureauhq/bureau/app/apptest"
)

// A service brings its tax to the line, and a rate set on the entry itself its
// price; time without either has the card's price and the agency's tax.
func TestServiceTaxAndOwnRateReachTheInvoice(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project := newProject(t, env)
	owner, finance, member := env.As(t, "owner"), env.As(t, "finance"), env.As(t, "member")
	made := func(c *apptest.Client, path string, body map[string]any) (out struct {
		ID, Client string
		ClientID   string `json:"client_id"`
		Version    int
	},
	) {
		t.Helper()
		c.POST(t, path, body).Expect(t, http.StatusCreated).JSON(t, &out)
		return out
	}
	usual := made(finance, "/api/v1/tax-rates", map[string]any{"name": "VAT", "percent": "20", "default": true}).ID
	reduced := made(finance, "/api/v1/tax-rates", map[string]any{"name": "Reduced", "percent": "7"}).ID
	training := made(owner, "/api/v1/services", map[string]any{"name": "Training", "tax_rate_id": reduced}).ID
	card := made(owner, "/api/v1/rate-cards", map[string]any{"name": "Standard", "level": "agency", "currency": "USD"}).ID
	made(owner, "/api/v1/rate-cards/"+card+"/rates", map[string]any{"kind": "member", "target_id": owner.Member.ID, "per_hour": "100", "valid_from": "2020-01-01"})

	day := thisMonday()
	log := func(body map[string]any) (e entryAnswer) {
		t.Helper()
		body["project_id"], body["day"], body["billable"] = project, day, true
		owner.POST(t, "/api/v1/time-entries", body).Expect(t, http.StatusCreated).JSON(t, &e)
		return e
	}
	plain := log(map[string]any{"seconds": 3600})
	taught := log(map[string]any{"seconds": 7200, "service_id": training, "own_rate": map[string]any{"per_hour": "150.50", "currency": "USD"}})
	if plain.Rate == nil || plain.Rate.PerHour != "100.00" || taught.Rate == nil || taught.Rate.PerHour != "150.50" {
		t.Fatalf("rates: %+v and %+v", plain.Rate, taught.Rate)
	}
	own := func(perHour string) map[string]any {
		return map[string]any{"project_id": project, "day": day, "seconds": 60, "own_rate": map[string]any{"per_hour": perHour, "currency": "USD"}}
	}
	member.POST(t, "/api/v1/time-entries", own("1")).Refused(t, http.StatusForbidden, "")
	owner.POST(t, "/api/v1/time-entries", own("-1")).Refused(t, http.StatusUnprocessableEntity, "timesheets.bad_rate", "body.own_rate.per_hour")

	var grid struct{ Timesheet sheetAnswer }
	owner.GET(t, "/api/v1/timesheets/grid?week="+day).Expect(t, http.StatusOK).JSON(t, &grid)
	sheet := "/api/v1/timesheets/" + grid.Timesheet.ID
	var s sheetAnswer
	owner.With("If-Match", etag(grid.Timesheet.Version)).POST(t, sheet+"/submit", nil).Expect(t, http.StatusOK).JSON(t, &s)
	env.As(t, "admin").With("If-Match", etag(s.Version)).POST(t, sheet+"/approve", nil).Expect(t, http.StatusOK)

	var p struct {
		ClientID string `json:"client_id"`
	}
	owner.GET(t, "/api/v1/projects/"+project).Expect(t, http.StatusOK).JSON(t, &p)
	var billed struct {
		Invoice struct {
			Total amount
			Lines []struct {
				UnitPrice  string   `json:"unit_price"`
				TaxRateIDs []string `json:"tax_rate_ids"`
			}
		}
	}
	finance.POST(t, "/api/v1/invoices/from-time", map[string]any{"client_id": p.ClientID, "from": day, "to": day, "group_by": "task"}).
		Expect(t, http.StatusCreated).JSON(t, &billed)
	draft := billed.Invoice
	taxes := map[string][]string{}
	for _, l := range draft.Lines {
		taxes[l.UnitPrice] = l.TaxRateIDs
	}
	if len(draft.Lines) != 2 || !slices.Equal(taxes["100"], []string{usual}) || !slices.Equal(taxes["150.5"], []string{reduced}) {
		t.Errorf("lines: %+v", draft.Lines)
	}
	if draft.Total.Amount != "442.07" { // 100.00 and 20 %, 301.00 and 7 %
		t.Errorf("total %s", draft.Total.Amount)
	}
}
