package app_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/testkit"
)

// Approving a week uses the retainer up in the same transaction, its time is
// billed by no hour, and the client's contact reads the same statement.
func TestApprovedTimeIsOnTheRetainersStatement(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project := newProject(t, env)
	owner := env.As(t, "owner")
	var p struct {
		ClientID string `json:"client_id"`
	}
	owner.GET(t, "/api/v1/projects/"+project).Expect(t, http.StatusOK).JSON(t, &p)
	var contact struct{ ID string }
	owner.POST(t, "/api/v1/clients/"+p.ClientID+"/contacts", map[string]any{"name": "Pia"}).Expect(t, http.StatusCreated).JSON(t, &contact)
	pia := env.Contact(t, contact.ID, p.ClientID)
	monday := thisMonday()

	type figure struct{ Seconds int64 }
	type period struct {
		ID            string
		Used, Closing figure
		Left          figure
		Percent       *int
	}
	var r struct {
		ID      string
		Current period
	}
	owner.POST(t, "/api/v1/retainers", map[string]any{
		"client_id": p.ClientID, "name": "Support", "unit": "hours", "every": "year", "starts_on": day.MustParse(monday).AddDays(-30).String(), "grant": "8",
		"rollover": "none", "deficit": "bill", "overage": "rate",
	}).Expect(t, http.StatusCreated).JSON(t, &r)

	owner.POST(t, "/api/v1/time-entries", map[string]any{"project_id": project, "day": monday, "seconds": 7200, "billable": true, "note": "not for the client"}).Expect(t, http.StatusCreated)
	var grid struct{ Timesheet sheetAnswer }
	owner.GET(t, "/api/v1/timesheets/grid?week="+monday).Expect(t, http.StatusOK).JSON(t, &grid)
	sheet := "/api/v1/timesheets/" + grid.Timesheet.ID
	var s sheetAnswer
	owner.With("If-Match", etag(grid.Timesheet.Version)).POST(t, sheet+"/submit", nil).Expect(t, http.StatusOK).JSON(t, &s)
	env.As(t, "admin").With("If-Match", etag(s.Version)).POST(t, sheet+"/approve", nil).Expect(t, http.StatusOK)

	owner.GET(t, "/api/v1/retainers/"+r.ID).Expect(t, http.StatusOK).JSON(t, &r)
	if c := r.Current; c.Used.Seconds != 7200 || c.Closing.Seconds != 0 || c.Left.Seconds != 6*3600 || c.Percent == nil || *c.Percent != 25 {
		t.Errorf("after the approval: %+v", c) // what is left expires with the period, so it closes with nothing
	}
	owner.POST(t, "/api/v1/invoices/from-time", map[string]any{"client_id": p.ClientID, "from": monday, "to": monday, "group_by": "task"}).Refused(t, http.StatusUnprocessableEntity, "invoicing.nothing_to_bill")

	var list struct{ Items []struct{ ID string } }
	pia.GET(t, "/api/v1/portal/retainers").Expect(t, http.StatusOK).JSON(t, &list)
	if len(list.Items) != 1 || list.Items[0].ID != r.ID {
		t.Fatalf("the portal lists %+v", list)
	}
	var statement struct {
		Period period
		Items  []struct{ Figure figure }
	}
	said := pia.GET(t, "/api/v1/portal/retainer-periods/"+r.Current.ID).Expect(t, http.StatusOK).JSON(t, &statement)
	if statement.Period.Used.Seconds != 7200 || len(statement.Items) != 1 || statement.Items[0].Figure.Seconds != 7200 {
		t.Errorf("the portal's statement: %s", said.Body)
	}
	const used = "Used\n− 2:00 h\n"
	inside := testkit.PDFText(t, owner.GET(t, "/api/v1/retainer-periods/"+r.Current.ID+"/pdf?names=true").Expect(t, http.StatusOK).Body)
	outside := testkit.PDFText(t, pia.GET(t, "/api/v1/portal/retainer-periods/"+r.Current.ID+"/pdf").Expect(t, http.StatusOK).Body)
	if !strings.Contains(inside, used) || !strings.Contains(inside, "not for the client") {
		t.Errorf("the agency's paper says %s", inside)
	}
	if !strings.Contains(outside, used) || strings.Contains(outside, "not for the client") {
		t.Errorf("the client's paper says %s", outside)
	}
	var other, quin struct{ ID string }
	owner.POST(t, "/api/v1/clients", map[string]any{"name": "Another"}).Expect(t, http.StatusCreated).JSON(t, &other)
	owner.POST(t, "/api/v1/clients/"+other.ID+"/contacts", map[string]any{"name": "Quin"}).Expect(t, http.StatusCreated).JSON(t, &quin)
	env.Contact(t, quin.ID, other.ID).GET(t, "/api/v1/portal/retainer-periods/"+r.Current.ID+"/pdf").Expect(t, http.StatusNotFound)
	env.As(t, "admin").With("If-Match", etag(s.Version+1)).POST(t, sheet+"/reject", map[string]any{"reason": "The wrong project"}).Expect(t, http.StatusOK)
	owner.GET(t, "/api/v1/retainers/"+r.ID).Expect(t, http.StatusOK).JSON(t, &r)
	if r.Current.Used.Seconds != 0 {
		t.Errorf("sent back: %+v", r.Current)
	}
}

// A block whose invoice is voided is taken back, on the screen, on paper and in the portal, and is billed again by a new draft.
func TestAVoidedInvoiceTakesItsBlockBack(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	client, _ := newClient(t, env)
	owner, finance := env.As(t, "owner"), env.As(t, "finance")
	var contact struct{ ID string }
	owner.POST(t, "/api/v1/clients/"+client+"/contacts", map[string]any{"name": "Pia"}).Expect(t, http.StatusCreated).JSON(t, &contact)
	pia := env.Contact(t, contact.ID, client)
	type block struct {
		ID        string
		InvoiceID *string `json:"invoice_id"`
		CountsOn  *string `json:"counts_on"`
		Unbilled  bool
	}
	var r struct {
		ID      string
		Current struct {
			ID      string
			Closing struct{ Seconds int64 }
		}
	}
	finance.POST(t, "/api/v1/retainers", map[string]any{
		"client_id": client, "name": "Blocks", "unit": "hours", "every": "year", "starts_on": day.MustParse(thisMonday()).AddDays(-30).String(), "grant": "0",
		"rollover": "all", "deficit": "carry", "overage": "rate",
	}).Expect(t, http.StatusCreated).JSON(t, &r)
	base := "/api/v1/retainers/" + r.ID
	var b block
	finance.POST(t, base+"/blocks", map[string]any{"amount": "10", "price": "900", "counts_from": "issued"}).Expect(t, http.StatusCreated).JSON(t, &b)
	counts := func(seconds int64, unbilled bool) func() bool {
		return func() bool {
			var list struct{ Items []block }
			finance.GET(t, base+"/blocks").Expect(t, http.StatusOK).JSON(t, &list)
			finance.GET(t, base).Expect(t, http.StatusOK).JSON(t, &r)
			b = list.Items[0]
			return r.Current.Closing.Seconds == seconds && b.Unbilled == unbilled && (b.CountsOn != nil) == (seconds > 0)
		}
	}
	issue := func() {
		t.Helper()
		finance.POST(t, "/api/v1/invoices/"+*b.InvoiceID+"/issue", map[string]any{}).Expect(t, http.StatusOK)
		within(t, "the block to count", counts(10*3600, false))
	}
	issue()
	finance.POST(t, "/api/v1/invoices/"+*b.InvoiceID+"/void", map[string]any{}).Expect(t, http.StatusOK)
	within(t, "the block to be taken back", counts(0, true))
	var given struct{ Given []struct{ Kind string } }
	for who, path := range map[*apptest.Client]string{finance: "/api/v1/retainer-periods/", pia: "/api/v1/portal/retainer-periods/"} {
		who.GET(t, path+r.Current.ID).Expect(t, http.StatusOK).JSON(t, &given)
		if n := len(given.Given); n != 3 || given.Given[2].Kind != "returned" {
			t.Errorf("%s says that %+v came in", path, given.Given)
		}
		paper := testkit.PDFText(t, who.GET(t, path+r.Current.ID+"/pdf").Expect(t, http.StatusOK).Body)
		if !strings.Contains(paper, "Block taken back\n− 10:00 h\n") {
			t.Errorf("the paper says %s", paper)
		}
	}
	before := b.ID
	pia.POST(t, "/api/v1/prepaid-blocks/"+before+"/invoice", nil).Expect(t, http.StatusForbidden)
	finance.POST(t, "/api/v1/prepaid-blocks/"+before+"/invoice", nil).Expect(t, http.StatusCreated).JSON(t, &b)
	if b.InvoiceID == nil || b.Unbilled || b.ID != before {
		t.Fatalf("drafted again: %+v", b)
	}
	issue()
}
