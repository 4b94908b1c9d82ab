package app_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/id"
)

type amount struct{ Amount, Currency string }

type invoiceAnswer struct {
	ID, State, Status, Number string
	Total, Balance            amount
	Version                   int
	Lines                     []struct{ ID, Kind, Description, Quantity string }
}

// newClient makes a client with a contact for invoices.
func newClient(t *testing.T, env *apptest.Env) (clientID, email string) {
	t.Helper()
	owner := env.As(t, "owner")
	var client struct{ ID string }
	owner.POST(t, "/api/v1/clients", map[string]any{"name": "Payer " + id.New(), "currency": "USD"}).Expect(t, http.StatusCreated).JSON(t, &client)
	email = "bill+" + id.New() + "@payer.test"
	owner.POST(t, "/api/v1/clients/"+client.ID+"/contacts", map[string]any{"name": "Bill", "email": email, "billing": true}).Expect(t, http.StatusCreated)
	return client.ID, email
}

func TestAnInvoiceFromDraftToPaid(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	client, email := newClient(t, env)
	finance := env.As(t, "finance")
	var vat struct{ ID string }
	finance.POST(t, "/api/v1/tax-rates", map[string]any{"name": "VAT", "percent": "20", "default": true}).Expect(t, http.StatusCreated).JSON(t, &vat)
	finance.POST(t, "/api/v1/tax-rates", map[string]any{"name": "vat", "percent": "20"}).Refused(t, http.StatusConflict, "invoicing.tax_name_taken", "body.name")

	var i invoiceAnswer
	finance.POST(t, "/api/v1/invoices", map[string]any{"client_id": client}).Expect(t, http.StatusCreated).JSON(t, &i)
	path := "/api/v1/invoices/" + i.ID
	finance.POST(t, path+"/issue", nil).Refused(t, http.StatusUnprocessableEntity, "invoicing.no_lines", "body.lines")
	lines := []map[string]any{{"description": "Work", "quantity": "10", "unit": "h", "unit_price": "100", "tax_rate_ids": []string{vat.ID}}}
	finance.PATCH(t, path, `"1"`, map[string]any{"lines": lines, "reference": "PO-1"}).Expect(t, http.StatusOK).JSON(t, &i)
	finance.PATCH(t, path, `"1"`, map[string]any{"note": "late"}).Refused(t, http.StatusPreconditionFailed, "request.stale")
	finance.Do(t, http.MethodPatch, path, map[string]any{"note": "x"}).Refused(t, http.StatusPreconditionRequired, "request.version_required")
	if i.Total.Amount != "1200.00" || i.Total.Currency != "USD" {
		t.Fatalf("total %+v", i.Total)
	}
	var paper struct {
		NextNumber string `json:"next_number"`
		Document   struct{ Lines []struct{ Amount amount } }
	}
	finance.GET(t, path+"/preview").Expect(t, http.StatusOK).JSON(t, &paper)
	if draft := finance.GET(t, path+"/pdf").Expect(t, http.StatusOK); !bytes.HasPrefix(draft.Body, []byte("%PDF-")) {
		t.Error("the draft has no PDF")
	}
	finance.POST(t, path+"/send", nil).Refused(t, http.StatusConflict, "invoicing.not_issued")
	finance.POST(t, path+"/issue", map[string]any{}).Expect(t, http.StatusOK).JSON(t, &i)
	if i.Number != paper.NextNumber || i.Status != "open" {
		t.Errorf("issued %s %s, promised %s", i.Number, i.Status, paper.NextNumber)
	}
	finance.PATCH(t, path, etag(i.Version), map[string]any{"note": "x"}).Refused(t, http.StatusConflict, "invoicing.not_draft")
	finance.DELETE(t, path).Refused(t, http.StatusConflict, "invoicing.not_draft")
	finance.POST(t, path+"/send", nil).Expect(t, http.StatusAccepted)
	within(t, "the mail", func() bool {
		sent := env.Mails.To(email)
		return len(sent) == 1 && len(sent[0].Attachments) == 1
	})

	today := time.Now().UTC().AddDate(0, 0, -1).Format(time.DateOnly)
	pay := func(sum, onInvoice string) map[string]any {
		return map[string]any{
			"amount": amountOf(sum), "received_on": today,
			"allocations": []map[string]any{{"invoice_id": i.ID, "amount": amountOf(onInvoice)}},
		}
	}
	finance.POST(t, "/api/v1/payments", pay("1300.00", "1300.00")).Refused(t, http.StatusUnprocessableEntity, "invoicing.overpaid", "body.allocations[0].amount")
	finance.POST(t, "/api/v1/payments", pay("1300.00", "1200.00")).Refused(t, http.StatusUnprocessableEntity, "invoicing.rest_left", "body.amount", "body.keep_credit")
	finance.With("Idempotency-Key", "pay-"+i.ID).POST(t, "/api/v1/payments", pay("200.00", "200.00")).Expect(t, http.StatusCreated)
	finance.With("Idempotency-Key", "pay-"+i.ID).POST(t, "/api/v1/payments", pay("200.00", "200.00")).Expect(t, http.StatusCreated)
	finance.GET(t, path).Expect(t, http.StatusOK).JSON(t, &i)
	if i.Status != "partly_paid" || i.Balance.Amount != "1000.00" {
		t.Errorf("after 200.00 twice with one key: %s, %s", i.Status, i.Balance.Amount)
	}
	finance.POST(t, "/api/v1/payments", pay("1000.00", "1000.00")).Expect(t, http.StatusCreated)
	var list struct{ Items []invoiceAnswer }
	finance.GET(t, "/api/v1/invoices?status=paid&q="+i.Number+"&sort=-total&client_id="+client).Expect(t, http.StatusOK).JSON(t, &list)
	if len(list.Items) != 1 || list.Items[0].Status != "paid" {
		t.Errorf("paid: %+v", list)
	}
	finance.POST(t, path+"/void", map[string]any{}).Refused(t, http.StatusConflict, "invoicing.has_payments")
}

// Rule 24: money beyond the balance is the client's credit, which another
// invoice takes; a payment that never came gives back all it was applied to.
func TestRule24_CreditIsKeptUsedAndVoided(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	client, _ := newClient(t, env)
	finance := env.As(t, "finance")
	issued := func(price string) (i invoiceAnswer) {
		lines := []map[string]any{{"description": "Work", "quantity": "1", "unit_price": price}}
		finance.POST(t, "/api/v1/invoices", map[string]any{"client_id": client, "lines": lines}).Expect(t, http.StatusCreated).JSON(t, &i)
		finance.POST(t, "/api/v1/invoices/"+i.ID+"/issue", map[string]any{}).Expect(t, http.StatusOK).JSON(t, &i)
		return i
	}
	first, second := issued("100"), issued("80")
	on := time.Now().UTC().AddDate(0, 0, -1).Format(time.DateOnly)
	part := func(invoice, sum string) []map[string]any {
		return []map[string]any{{"invoice_id": invoice, "amount": amountOf(sum)}}
	}
	var p struct {
		ID        string
		Unapplied amount
	}
	finance.POST(t, "/api/v1/payments", map[string]any{
		"amount": amountOf("150.00"), "received_on": on, "keep_credit": true, "allocations": part(first.ID, "100.00"),
	}).Expect(t, http.StatusCreated).JSON(t, &p)

	credit := func(want ...amount) {
		t.Helper()
		var got struct{ Items []amount }
		finance.GET(t, "/api/v1/payments/credit?client_id="+client).Expect(t, http.StatusOK).JSON(t, &got)
		if !slices.Equal(got.Items, want) {
			t.Errorf("credit is %+v, want %+v", got.Items, want)
		}
	}
	left := func(want int) {
		t.Helper()
		var got struct{ Items []struct{ ID string } }
		finance.GET(t, "/api/v1/payments?unapplied=true&client_id="+client).Expect(t, http.StatusOK).JSON(t, &got)
		if len(got.Items) != want {
			t.Errorf("%d payments with something left, want %d", len(got.Items), want)
		}
	}
	credit(amount{"50.00", "USD"})
	left(1)
	apply := "/api/v1/payments/" + p.ID + "/allocations"
	finance.POST(t, apply, map[string]any{"applied_on": on, "allocations": part(second.ID, "60.00")}).
		Refused(t, http.StatusUnprocessableEntity, "invoicing.bad_payment", "body.allocations[0].amount")
	finance.POST(t, apply, map[string]any{"applied_on": on, "allocations": part(second.ID, "50.00")}).Expect(t, http.StatusOK)
	credit()
	left(0)

	finance.POST(t, "/api/v1/payments/"+p.ID+"/void", map[string]any{"reason": "The cheque bounced"}).Expect(t, http.StatusOK)
	credit()
	for _, i := range []invoiceAnswer{first, second} {
		finance.GET(t, "/api/v1/invoices/"+i.ID).Expect(t, http.StatusOK).JSON(t, &i)
		if i.Balance != i.Total {
			t.Errorf("%s of %s is open after the payment was voided", i.Balance.Amount, i.Total.Amount)
		}
	}
	finance.POST(t, "/api/v1/payments/"+p.ID+"/void", map[string]any{"reason": "again"}).Refused(t, http.StatusConflict, "invoicing.payment_voided")
}

func amountOf(s string) map[string]any { return map[string]any{"amount": s, "currency": "USD"} }

// within waits until ok says so.
func within(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(2 * time.Minute)
	// Ever more seldom: whoever asks by the API may ask so often a minute.
	for wait := 20 * time.Millisecond; !ok(); wait = min(wait*3/2, 400*time.Millisecond) {
		select {
		case <-deadline:
			t.Fatalf("%s did not come", what)
		case <-time.After(wait):
		}
	}
}

func TestApprovedTimeIsBilledOnce(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project := newProject(t, env)
	member, manager, owner := env.As(t, "member"), env.As(t, "manager"), env.As(t, "owner")
	monday := thisMonday()
	var e entryAnswer
	member.POST(t, "/api/v1/time-entries", map[string]any{"project_id": project, "day": monday, "seconds": 5400}).Expect(t, http.StatusCreated).JSON(t, &e)
	var grid struct{ Timesheet sheetAnswer }
	member.GET(t, "/api/v1/timesheets/grid?week="+monday).Expect(t, http.StatusOK).JSON(t, &grid)
	sheet := "/api/v1/timesheets/" + grid.Timesheet.ID
	var s sheetAnswer
	member.With("If-Match", etag(grid.Timesheet.Version)).POST(t, sheet+"/submit", nil).Expect(t, http.StatusOK).JSON(t, &s)
	manager.With("If-Match", etag(s.Version)).POST(t, sheet+"/approve", nil).Expect(t, http.StatusOK)

	from := map[string]any{"project_ids": []string{project}, "from": monday, "to": monday, "group_by": "person"}
	var plan struct {
		Invoice invoiceAnswer
		LeftOut []struct {
			EntryID string `json:"entry_id"`
			Reason  string
		} `json:"left_out"`
	}
	owner.POST(t, "/api/v1/invoices/from-time/preview", from).Expect(t, http.StatusOK).JSON(t, &plan)
	if len(plan.LeftOut) != 1 || plan.LeftOut[0].EntryID != e.ID || plan.LeftOut[0].Reason != "no_rate" || len(plan.Invoice.Lines) != 0 {
		t.Errorf("without a rate: %+v", plan)
	}
	owner.POST(t, "/api/v1/invoices/from-time", from).Refused(t, http.StatusUnprocessableEntity, "invoicing.nothing_to_bill")
	owner.POST(t, "/api/v1/invoices/from-time", map[string]any{"from": monday, "to": monday}).Refused(t, http.StatusUnprocessableEntity, "invoicing.no_scope", "body.client_id")
}

func TestWhoMaySeeInvoices(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	client, _ := newClient(t, env)
	var i invoiceAnswer
	env.As(t, "owner").POST(t, "/api/v1/invoices", map[string]any{"client_id": client}).Expect(t, http.StatusCreated).JSON(t, &i)
	for _, path := range []string{"/api/v1/invoices", "/api/v1/invoices/overview", "/api/v1/invoices/" + i.ID, "/api/v1/payments", "/api/v1/tax-rates", "/api/v1/legal-entities"} {
		env.As(t, "member").GET(t, path).Expect(t, http.StatusForbidden)
	}
	env.As(t, "manager").GET(t, "/api/v1/invoices/"+i.ID).Expect(t, http.StatusOK)
	env.As(t, "manager").POST(t, "/api/v1/invoices", map[string]any{"client_id": client}).Expect(t, http.StatusForbidden)
	other := apptest.New(t)
	other.As(t, "owner").GET(t, "/api/v1/invoices/"+i.ID).Refused(t, http.StatusNotFound, "invoicing.not_found")
}

func TestRule13_AMixedDocumentIsRefused(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	client, _ := newClient(t, env)
	owner := env.As(t, "owner")
	owner.POST(t, "/api/v1/invoices", map[string]any{"client_id": client, "prices_include_tax": true, "lines": []map[string]any{
		{"description": "Work", "quantity": "1", "unit_price": "1", "prices_include_tax": false},
	}}).Expect(t, http.StatusUnprocessableEntity)
	owner.POST(t, "/api/v1/invoices", map[string]any{"client_id": client, "lines": []map[string]any{
		{"description": "Work", "quantity": "1e9", "unit_price": "much"},
	}}).Refused(t, http.StatusUnprocessableEntity, "request.bad_number", "body.lines[0].quantity", "body.lines[0].unit_price")
	owner.POST(t, "/api/v1/invoices", map[string]any{"client_id": client, "due_on": "9999-12-31"}).Refused(t, http.StatusUnprocessableEntity, "request.bad_number", "body.due_on")
	owner.POST(t, "/api/v1/invoices", map[string]any{"client_id": id.New()}).Refused(t, http.StatusUnprocessableEntity, "invoicing.no_client", "body.client_id")
}

func TestCreditNotesOverTheAPI(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	client, email := newClient(t, env)
	finance := env.As(t, "finance")
	var i invoiceAnswer
	lines := []map[string]any{{"description": "Design", "quantity": "2", "unit_price": "100"}, {"description": "Build", "quantity": "1", "unit_price": "50"}}
	finance.POST(t, "/api/v1/invoices", map[string]any{"client_id": client, "lines": lines}).Expect(t, http.StatusCreated).JSON(t, &i)
	path := "/api/v1/invoices/" + i.ID
	finance.POST(t, path+"/credits", map[string]any{}).Refused(t, http.StatusConflict, "invoicing.not_issued")
	finance.POST(t, path+"/issue", map[string]any{}).Expect(t, http.StatusOK).JSON(t, &i)
	part := func(line int, sum string) map[string]any {
		return map[string]any{"reason": "Agreed", "lines": []map[string]any{{"line_id": i.Lines[line].ID, "amount": amountOf(sum)}}}
	}
	finance.POST(t, path+"/credits/preview", part(0, "200.01")).Refused(t, http.StatusUnprocessableEntity, "invoicing.bad_credit", "body.lines[0].amount")
	var paper struct {
		NextNumber string `json:"next_number"`
		Document   struct {
			Kind, Note    string
			CreditsNumber string `json:"credits_number"`
			Total         amount
		}
	}
	finance.POST(t, path+"/credits/preview", part(0, "30.00")).Expect(t, http.StatusOK).JSON(t, &paper)
	var made struct {
		CreditNote struct {
			invoiceAnswer
			Kind      string
			CreditsID string `json:"credits_id"`
		} `json:"credit_note"`
	}
	finance.With("Idempotency-Key", "cn-"+i.ID).POST(t, path+"/credits", part(0, "30.00")).Expect(t, http.StatusCreated)
	finance.With("Idempotency-Key", "cn-"+i.ID).POST(t, path+"/credits", part(0, "30.00")).Expect(t, http.StatusCreated).JSON(t, &made)
	note := made.CreditNote
	if note.Number != paper.NextNumber || note.Kind != "credit_note" || note.Status != "credit_note" || note.CreditsID != i.ID || note.Total.Amount != "30.00" ||
		paper.Document.Kind != "credit_note" || paper.Document.CreditsNumber != i.Number || paper.Document.Note != "Agreed" {
		t.Errorf("issued %+v, previewed %+v", note, paper)
	}
	finance.GET(t, path).Expect(t, http.StatusOK).JSON(t, &i)
	if i.Balance.Amount != "220.00" || i.Status != "partly_paid" {
		t.Errorf("after 30.00 of 250.00: %s, %s open", i.Status, i.Balance.Amount)
	}
	var credits struct {
		Notes []invoiceAnswer
		Lines []struct{ Billed, Left amount }
	}
	finance.GET(t, path+"/credits").Expect(t, http.StatusOK).JSON(t, &credits)
	if len(credits.Notes) != 1 || len(credits.Lines) != 2 || credits.Lines[0].Left.Amount != "170.00" || credits.Lines[1].Left.Amount != "50.00" {
		t.Errorf("%+v", credits)
	}
	var list struct{ Items []invoiceAnswer }
	finance.GET(t, "/api/v1/invoices?status=credit_note&client_id="+client).Expect(t, http.StatusOK).JSON(t, &list)
	if len(list.Items) != 1 || list.Items[0].ID != note.ID || list.Items[0].Balance.Amount != "0.00" {
		t.Errorf("credit notes: %+v", list)
	}
	if pdf := textOfPDF(t, finance.GET(t, "/api/v1/invoices/"+note.ID+"/pdf").Expect(t, http.StatusOK).Body); !strings.Contains(pdf, "Credit note") || !strings.Contains(pdf, i.Number) {
		t.Errorf("the PDF says %q", pdf)
	}
	finance.POST(t, "/api/v1/invoices/"+note.ID+"/send", nil).Expect(t, http.StatusAccepted)
	within(t, "the mail", func() bool { return len(env.Mails.To(email)) == 1 })
	finance.POST(t, path+"/void", map[string]any{}).Refused(t, http.StatusConflict, "invoicing.has_credits")
	env.As(t, "manager").POST(t, path+"/credits", map[string]any{}).Refused(t, http.StatusForbidden, "access.forbidden")
}

func TestRefundsAndWriteOffsOverTheAPI(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	client, _ := newClient(t, env)
	finance := env.As(t, "finance")
	var i invoiceAnswer
	lines := []map[string]any{{"description": "Work", "quantity": "1", "unit_price": "100"}}
	finance.POST(t, "/api/v1/invoices", map[string]any{"client_id": client, "lines": lines}).Expect(t, http.StatusCreated).JSON(t, &i)
	path := "/api/v1/invoices/" + i.ID
	finance.POST(t, path+"/issue", map[string]any{}).Expect(t, http.StatusOK)
	on := time.Now().UTC().Format(time.DateOnly)
	var p struct {
		ID        string
		Unapplied amount
		Refunds   []struct{ Amount amount }
	}
	finance.POST(t, "/api/v1/payments", map[string]any{
		"amount": amountOf("90.00"), "received_on": on, "keep_credit": true, "allocations": []map[string]any{{"invoice_id": i.ID, "amount": amountOf("60.00")}},
	}).Expect(t, http.StatusCreated).JSON(t, &p)
	refund := "/api/v1/payments/" + p.ID + "/refunds"
	finance.POST(t, refund, map[string]any{"amount": amountOf("30.01"), "refunded_on": on}).Refused(t, http.StatusUnprocessableEntity, "invoicing.bad_refund", "body.amount")
	finance.POST(t, refund, map[string]any{"refunded_on": on}).Expect(t, http.StatusOK).JSON(t, &p)
	if p.Unapplied.Amount != "0.00" || len(p.Refunds) != 1 || p.Refunds[0].Amount.Amount != "30.00" {
		t.Errorf("%+v", p)
	}
	env.As(t, "manager").POST(t, refund, map[string]any{"refunded_on": on}).Refused(t, http.StatusForbidden, "access.forbidden")
	apptest.New(t).As(t, "finance").POST(t, refund, map[string]any{"refunded_on": on}).Refused(t, http.StatusNotFound, "invoicing.payment_not_found")

	finance.POST(t, path+"/write-offs", map[string]any{"reason": "x", "amount": amountOf("40.01")}).Refused(t, http.StatusUnprocessableEntity, "invoicing.bad_write_off", "body.amount")
	var off struct{ ID string }
	finance.POST(t, path+"/write-offs", map[string]any{"reason": "Insolvent"}).Expect(t, http.StatusCreated).JSON(t, &off)
	finance.GET(t, path).Expect(t, http.StatusOK).JSON(t, &i)
	if i.Status != "written_off" || i.Balance.Amount != "0.00" {
		t.Errorf("%s, %s open", i.Status, i.Balance.Amount)
	}
	finance.POST(t, "/api/v1/write-offs/"+off.ID+"/undo", map[string]any{"reason": "They paid"}).Expect(t, http.StatusOK)
	finance.GET(t, path).Expect(t, http.StatusOK).JSON(t, &i)
	if i.Status != "partly_paid" || i.Balance.Amount != "40.00" {
		t.Errorf("%s, %s open", i.Status, i.Balance.Amount)
	}
}

// Rule 20: staff, the mail and the portal hand out the same bytes, whose hash the invoice tells.
func TestRule20_TheSentPDFIsTheSameBytesEverywhere(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	client, email := newClient(t, env)
	finance, owner := env.As(t, "finance"), env.As(t, "owner")
	var pia struct{ ID string }
	owner.POST(t, "/api/v1/clients/"+client+"/contacts", map[string]any{"name": "Pia", "email": "pia+" + id.New() + "@payer.test"}).Expect(t, http.StatusCreated).JSON(t, &pia)
	var i struct {
		ID   string
		Hash string `json:"pdf_sha256"`
	}
	lines := []map[string]any{{"description": "Work", "quantity": "1", "unit_price": "100"}}
	finance.POST(t, "/api/v1/invoices", map[string]any{"client_id": client, "lines": lines}).Expect(t, http.StatusCreated).JSON(t, &i)
	path := "/api/v1/invoices/" + i.ID
	finance.POST(t, path+"/issue", nil).Expect(t, http.StatusOK)
	finance.POST(t, path+"/send", nil).Expect(t, http.StatusAccepted)
	within(t, "the mail", func() bool { return len(env.Mails.To(email)) == 1 })
	mailed := env.Mails.To(email)[0].Attachments[0].Data
	finance.GET(t, path).Expect(t, http.StatusOK).JSON(t, &i)
	if sum := sha256.Sum256(mailed); i.Hash != hex.EncodeToString(sum[:]) {
		t.Errorf("the mail has %x, the invoice says %s", sum, i.Hash)
	}
	// What the document was made from changes; the file does not.
	owner.Do(t, http.MethodPatch, "/api/v1/clients/"+client, map[string]any{"name": "Renamed " + id.New()})
	for who, raw := range map[string][]byte{
		"staff":  finance.GET(t, path+"/pdf").Expect(t, http.StatusOK).Body,
		"portal": env.Contact(t, pia.ID, client).GET(t, "/api/v1/portal/invoices/"+i.ID+"/pdf").Expect(t, http.StatusOK).Body,
	} {
		if !bytes.Equal(raw, mailed) {
			t.Errorf("%s reads another file than was mailed", who)
		}
	}
}
