package app_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/day"
)

func TestARecurringInvoiceOverTheAPI(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	finance := env.As(t, "finance")
	client, _ := newClient(t, env)
	starts := day.Of(time.Now(), time.UTC).AddDays(-20)
	wish := map[string]any{
		"client_id": client, "name": "Hosting", "every": "week", "starts_on": starts.String(), "currency": "EUR",
		"lines": []map[string]any{{"description": "Hosting", "quantity": "1", "unit_price": "70.00", "tax_rate_ids": []string{}}},
	}
	const base = "/api/v1/recurring-invoices"
	var o struct {
		Items []struct {
			Number       int
			From, To     string
			Days, OfDays int
			Net          struct{ Amount string }
		}
		More bool
	}
	finance.POST(t, base+"/preview?count=3", wish).Expect(t, http.StatusOK).JSON(t, &o)
	if len(o.Items) != 3 || !o.More || o.Items[2].From != starts.AddDays(14).String() || o.Items[0].Net.Amount != "70.00" {
		t.Errorf("preview %+v", o)
	}
	finance.POST(t, base+"/preview?count=1&from=5", wish).Expect(t, http.StatusOK).JSON(t, &o)
	if len(o.Items) != 1 || o.Items[0].Number != 5 {
		t.Errorf("preview from the fifth %+v", o)
	}
	var r struct {
		ID, State  string
		Open       int
		ClientName string `json:"client_name"`
		Version    int
	}
	finance.POST(t, base, wish).Expect(t, http.StatusCreated).JSON(t, &r)
	if r.State != "active" || r.Open < 2 || r.ClientName == "" {
		t.Errorf("made %+v", r)
	}
	finance.POST(t, base+"/"+r.ID+"/decisions", map[string]any{"numbers": []int{1, 2}, "do": "skip"}).Expect(t, http.StatusOK)
	finance.POST(t, base+"/"+r.ID+"/decisions", map[string]any{"numbers": []int{2}, "do": "bill"}).Expect(t, http.StatusOK)
	finance.POST(t, base+"/"+r.ID+"/decisions", map[string]any{"numbers": []int{2}, "do": "skip"}).Refused(t, http.StatusUnprocessableEntity, "recurring.bad_decision", "body.numbers[0]")
	var past struct {
		Items []struct {
			Number int
			State  string
			Status string `json:"invoice_status"`
			Total  *struct{ Amount string }
		}
	}
	finance.GET(t, base+"/"+r.ID+"/periods").Expect(t, http.StatusOK).JSON(t, &past)
	n := len(past.Items)
	if n < 2 || past.Items[n-1].State != "skipped" || past.Items[n-2].State != "billed" || past.Items[n-2].Status != "draft" || past.Items[n-2].Total == nil || past.Items[n-2].Total.Amount != "70.00" {
		t.Errorf("periods %+v", past)
	}
	var list struct{ Items []struct{ ID string } }
	finance.GET(t, base+"?q=hosting&client_id="+client+"&state=active").Expect(t, http.StatusOK).JSON(t, &list)
	if len(list.Items) != 1 || list.Items[0].ID != r.ID {
		t.Errorf("list %+v", list)
	}
	finance.POST(t, base+"/"+r.ID+"/pause", nil).Expect(t, http.StatusOK).JSON(t, &r)
	if r.State != "paused" {
		t.Errorf("paused %+v", r)
	}
	finance.PATCH(t, base+"/"+r.ID, etag(r.Version), map[string]any{"every": "year"}).Refused(t, http.StatusUnprocessableEntity, "recurring.bad_schedule", "body.every")
	finance.PATCH(t, base+"/"+r.ID, etag(r.Version), map[string]any{"times": 9, "note": "Thank you"}).Expect(t, http.StatusOK).JSON(t, &r)
	finance.POST(t, base+"/"+r.ID+"/resume", nil).Expect(t, http.StatusOK)
	finance.GET(t, base+"/"+r.ID+"/upcoming?count=36").Expect(t, http.StatusOK).JSON(t, &o)
	if o.More || len(o.Items) == 0 || o.Items[len(o.Items)-1].Number != 9 {
		t.Errorf("upcoming of nine %+v", o)
	}
	finance.POST(t, base+"/"+r.ID+"/end", nil).Expect(t, http.StatusOK).JSON(t, &r)
	if r.State != "ended" {
		t.Errorf("ended %+v", r)
	}
	wish["name"], wish["times"], wish["ends_on"] = "Two ends", 3, starts.AddDays(50).String()
	finance.POST(t, base, wish).Refused(t, http.StatusUnprocessableEntity, "recurring.bad_schedule", "body.times")
	env.As(t, "member").GET(t, base).Expect(t, http.StatusForbidden)
	env.As(t, "manager").POST(t, base, wish).Expect(t, http.StatusForbidden)
}
