package app_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/id"
)

type expenseAnswer struct {
	ID, State, Billing, Repayment string
	InvoiceID                     *string `json:"invoice_id"`
	Gross, Tax, Net               amount
	Receipts                      []struct {
		ID, Name  string
		Thumbnail bool
	}
	Findings []struct{ Code, Field string }
	Version  int
}

// photo is a picture as a phone would upload it.
func photo(t *testing.T, name string) ([]byte, string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="file"; filename=%q`, name)}, "Content-Type": {"image/png"},
	})
	if err == nil {
		err = png.Encode(part, image.NewRGBA(image.Rect(0, 0, 40, 60)))
	}
	if err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	return body.Bytes(), w.FormDataContentType()
}

// The worked example of the guide: a hotel of 119.00 with 7 % tax in it, 10 % on top, from a photo to the
// client's mail and back; its figures are those of docs/guide/expenses.md.
func TestRule28_AnExpenseFromPhotoToInvoiceAndBack(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../docs/guide/expenses.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{"rounded | 7.79 |", "less 7.79 | 111.21 |", "10 % | 122.33 |", "19 % | 145.57 |", "paid back | 119.00 |"} {
		if !bytes.Contains(guide, []byte(row)) {
			t.Errorf("the guide does not say %q", row)
		}
	}
	env := apptest.New(t)
	client, email := newClient(t, env)
	ann, max, finance := env.As(t, "member"), env.As(t, "manager"), env.As(t, "finance")
	var project, category, vat struct{ ID string }
	max.POST(t, "/api/v1/projects", map[string]any{"client_id": client, "name": "Website", "state": "active", "billable": true}).Expect(t, http.StatusCreated).JSON(t, &project)
	finance.POST(t, "/api/v1/tax-rates", map[string]any{"name": "VAT " + id.New(), "percent": "19"}).Expect(t, http.StatusCreated).JSON(t, &vat)
	finance.POST(t, "/api/v1/expense-categories", map[string]any{
		"name": "Hotel", "account_code": "6660", "billable": true, "markup_percent": "10", "tax_percent": "7", "tax_rate_id": vat.ID,
	}).Expect(t, http.StatusCreated).JSON(t, &category)
	finance.POST(t, "/api/v1/expense-categories", map[string]any{"name": "hotel", "billable": true}).Refused(t, http.StatusConflict, "expenses.category_taken", "body.name")
	finance.POST(t, "/api/v1/expense-policies", map[string]any{"receipt_above": "25", "per_expense": "100", "refuses": false}).Expect(t, http.StatusCreated)

	var e expenseAnswer
	body, kind := photo(t, "hotel.jpeg")
	ann.With("Content-Type", kind).Do(t, http.MethodPost, "/api/v1/expenses/receipts", body).Expect(t, http.StatusCreated).JSON(t, &e)
	path := "/api/v1/expenses/" + e.ID
	if e.State != "draft" || len(e.Receipts) != 1 || e.Receipts[0].Name != "hotel.png" || !e.Receipts[0].Thumbnail {
		t.Fatalf("the draft: %+v", e)
	}
	if r := ann.GET(t, path+"/receipts/"+e.Receipts[0].ID+"?small=true").Expect(t, http.StatusOK); r.Header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("the small picture is %s", r.Header.Get("Content-Type"))
	}
	ann.With("If-Match", etag(e.Version)).POST(t, path+"/submit", nil).Refused(t, http.StatusUnprocessableEntity, "expenses.incomplete", "body.category_id", "body.gross")
	today := time.Now().UTC().Format(time.DateOnly)
	ann.With("If-Match", etag(e.Version)).PUT(t, path, map[string]any{
		"kind": "receipt", "day": today, "category_id": category.ID, "project_id": project.ID, "merchant": "Hotel am Park", "gross": "119.00", "currency": "USD",
	}).Expect(t, http.StatusOK).JSON(t, &e)
	if e.Tax.Amount != "7.79" || e.Net.Amount != "111.21" || len(e.Findings) != 1 || e.Findings[0].Field != "body.gross" {
		t.Errorf("filled in: %+v", e)
	}
	ann.With("If-Match", etag(e.Version)).POST(t, path+"/submit", nil).Expect(t, http.StatusOK).JSON(t, &e)
	ann.With("If-Match", etag(e.Version)).POST(t, path+"/approve", map[string]any{}).Refused(t, http.StatusForbidden, "access.forbidden")
	max.With("If-Match", etag(e.Version)).POST(t, path+"/approve", map[string]any{}).Expect(t, http.StatusOK).JSON(t, &e)
	if e.State != "approved" || e.Billing != "open" || e.Repayment != "open" {
		t.Errorf("approved: %+v", e)
	}
	finance.POST(t, "/api/v1/expenses/reimburse", map[string]any{"expense_ids": []string{e.ID}, "reference": "SEPA 7"}).Expect(t, http.StatusOK)

	var made struct{ Invoice invoiceAnswer }
	wanted := map[string]any{"client_id": client, "from": today, "to": today}
	finance.POST(t, "/api/v1/invoices/from-time/preview", wanted).Expect(t, http.StatusOK).JSON(t, &made)
	finance.GET(t, path).Expect(t, http.StatusOK).JSON(t, &e)
	if len(made.Invoice.Lines) != 1 || e.Billing != "open" {
		t.Fatalf("the preview: %+v; the expense %s", made.Invoice, e.Billing)
	}
	none := map[string]any{"client_id": client, "from": today, "to": today, "expenses": false}
	finance.POST(t, "/api/v1/invoices/from-time", none).Refused(t, http.StatusUnprocessableEntity, "invoicing.nothing_to_bill")
	finance.POST(t, "/api/v1/invoices/from-time", wanted).Expect(t, http.StatusCreated).JSON(t, &made)
	i := made.Invoice
	// 111.21 net and 10 % are 122.33; with 19 % tax the client pays 145.57.
	if l := i.Lines[0]; l.Kind != "expense" || i.Total.Amount != "145.57" {
		t.Errorf("the draft: %+v", i)
	}
	finance.POST(t, "/api/v1/invoices/from-time", wanted).Refused(t, http.StatusUnprocessableEntity, "invoicing.nothing_to_bill")
	max.With("If-Match", etag(e.Version+1)).POST(t, path+"/reject", map[string]any{"reason": "no"}).Refused(t, http.StatusConflict, "expenses.settled")
	invoice := "/api/v1/invoices/" + i.ID
	finance.POST(t, invoice+"/issue", map[string]any{}).Expect(t, http.StatusOK).JSON(t, &i)
	finance.POST(t, invoice+"/send", map[string]any{"with_receipts": true}).Expect(t, http.StatusAccepted)
	within(t, "the mail", func() bool {
		sent := env.Mails.To(email)
		return len(sent) == 1 && len(sent[0].Attachments) == 2 && sent[0].Attachments[1].Name == "hotel.png"
	})
	finance.GET(t, path).Expect(t, http.StatusOK).JSON(t, &e)
	if e.Billing != "billed" || e.Repayment != "paid" {
		t.Errorf("on the invoice: %+v", e)
	}
	finance.POST(t, invoice+"/void", map[string]any{"reason": "Wrong client"}).Expect(t, http.StatusOK)
	finance.GET(t, path).Expect(t, http.StatusOK).JSON(t, &e)
	if e.Billing != "open" || e.Repayment != "paid" || e.InvoiceID != nil {
		t.Errorf("after the invoice was voided: %+v", e)
	}
	// A draft that is thrown away frees it too; a credit note of the whole line does.
	finance.POST(t, "/api/v1/invoices/from-time", wanted).Expect(t, http.StatusCreated).JSON(t, &made)
	finance.DELETE(t, "/api/v1/invoices/"+made.Invoice.ID).Expect(t, http.StatusNoContent)
	finance.POST(t, "/api/v1/invoices/from-time", wanted).Expect(t, http.StatusCreated).JSON(t, &made)
	finance.POST(t, "/api/v1/invoices/"+made.Invoice.ID+"/issue", map[string]any{}).Expect(t, http.StatusOK)
	finance.POST(t, "/api/v1/invoices/"+made.Invoice.ID+"/credits", map[string]any{"reason": "Agreed"}).Expect(t, http.StatusCreated)
	finance.GET(t, path).Expect(t, http.StatusOK).JSON(t, &e)
	if e.Billing != "open" {
		t.Errorf("after the credit note: %+v", e)
	}
}

func TestAClientsMarkupIsBilledAndSaysSo(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	ann, max, finance := env.As(t, "member"), env.As(t, "manager"), env.As(t, "finance")
	var payer, project, category struct{ ID string }
	max.POST(t, "/api/v1/clients", map[string]any{"name": "Zahler " + id.New(), "language": "de"}).Expect(t, http.StatusCreated).JSON(t, &payer)
	client := payer.ID
	var markup struct {
		ID         string
		ClientName string `json:"client_name"`
		Version    int
	}
	max.POST(t, "/api/v1/projects", map[string]any{"client_id": client, "name": "Website", "state": "active", "billable": true}).Expect(t, http.StatusCreated).JSON(t, &project)
	finance.POST(t, "/api/v1/expense-categories", map[string]any{"name": "Train", "billable": true, "markup_percent": "10"}).Expect(t, http.StatusCreated).JSON(t, &category)
	const path, invalid = "/api/v1/expense-markups", http.StatusUnprocessableEntity
	max.POST(t, path, map[string]any{"client_id": client, "markup_percent": "5"}).Refused(t, http.StatusForbidden, "access.forbidden")
	for _, bad := range []string{"-1", "999.5", "1.00001", "five"} {
		finance.POST(t, path, map[string]any{"client_id": client, "markup_percent": bad}).Refused(t, invalid, "expenses.bad_markup", "body.markup_percent")
	}
	finance.POST(t, path, map[string]any{"client_id": id.New(), "markup_percent": "5"}).Refused(t, invalid, "expenses.bad_markup", "body.client_id")
	finance.POST(t, path, map[string]any{"client_id": client, "markup_percent": "12.5"}).Expect(t, http.StatusCreated).JSON(t, &markup)
	finance.POST(t, path, map[string]any{"client_id": client, "markup_percent": "5"}).Refused(t, http.StatusConflict, "expenses.markup_taken", "body.client_id")
	finance.With("If-Match", etag(markup.Version)).PUT(t, path+"/"+markup.ID, map[string]any{"markup_percent": "-3"}).Refused(t, invalid, "expenses.bad_markup", "body.markup_percent")
	today := time.Now().UTC().Format(time.DateOnly)
	var e expenseAnswer
	ann.POST(t, "/api/v1/expenses", map[string]any{
		"kind": "receipt", "day": today, "category_id": category.ID, "project_id": project.ID, "gross": "80", "note": "to the workshop",
	}).Expect(t, http.StatusCreated).JSON(t, &e)
	ann.With("If-Match", etag(e.Version)).POST(t, "/api/v1/expenses/"+e.ID+"/submit", nil).Expect(t, http.StatusOK).JSON(t, &e)
	max.With("If-Match", etag(e.Version)).POST(t, "/api/v1/expenses/"+e.ID+"/approve", map[string]any{}).Expect(t, http.StatusOK)
	finance.With("If-Match", etag(markup.Version)).PUT(t, path+"/"+markup.ID, map[string]any{"markup_percent": "0"}).Expect(t, http.StatusOK)
	var kept struct {
		Percent string `json:"markup_percent"`
		Source  string `json:"markup_source"`
	}
	finance.GET(t, "/api/v1/expenses/"+e.ID).Expect(t, http.StatusOK).JSON(t, &kept)
	var made struct{ Invoice invoiceAnswer }
	finance.POST(t, "/api/v1/invoices/from-time/preview", map[string]any{"client_id": client, "from": today, "to": today, "tax_rate_ids": []string{}}).Expect(t, http.StatusOK).JSON(t, &made)
	if kept.Percent != "12.5" || kept.Source != "client" || made.Invoice.Total.Amount != "90.00" {
		t.Errorf("kept %+v, billed %s; want 12.5 of the client's and 90.00", kept, made.Invoice.Total.Amount)
	}
	on, err := time.Parse(time.DateOnly, today)
	if want := "Train, " + on.Format("02.01.2006") + " (to the workshop)"; err != nil || len(made.Invoice.Lines) != 1 || made.Invoice.Lines[0].Description != want {
		t.Errorf("the line for a client who reads German says %+v, want %q (%v)", made.Invoice.Lines, want, err)
	}
	finance.DELETE(t, path+"/"+markup.ID).Expect(t, http.StatusNoContent)
	finance.GET(t, path+"/"+markup.ID).Refused(t, http.StatusNotFound, "expenses.markup_not_found")
}

func TestExpensesInAnotherCurrencyAreLeftOutAndSaySo(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	ann, max, finance := env.As(t, "member"), env.As(t, "manager"), env.As(t, "finance")
	var payer, project, category struct{ ID string }
	max.POST(t, "/api/v1/clients", map[string]any{"name": "Payer " + id.New(), "currency": "GBP"}).Expect(t, http.StatusCreated).JSON(t, &payer)
	client := payer.ID
	max.POST(t, "/api/v1/projects", map[string]any{"client_id": client, "name": "Website", "state": "active", "billable": true}).Expect(t, http.StatusCreated).JSON(t, &project)
	finance.POST(t, "/api/v1/expense-categories", map[string]any{"name": "Train", "billable": true}).Expect(t, http.StatusCreated).JSON(t, &category)
	today := time.Now().UTC().Format(time.DateOnly)
	var e expenseAnswer
	ann.POST(t, "/api/v1/expenses", map[string]any{
		"kind": "receipt", "day": today, "category_id": category.ID, "project_id": project.ID, "gross": "80", "currency": "CHF", "exchange_rate": "1.05",
	}).Expect(t, http.StatusCreated).JSON(t, &e)
	ann.With("If-Match", etag(e.Version)).POST(t, "/api/v1/expenses/"+e.ID+"/submit", nil).Expect(t, http.StatusOK).JSON(t, &e)
	max.With("If-Match", etag(e.Version)).POST(t, "/api/v1/expenses/"+e.ID+"/approve", map[string]any{}).Expect(t, http.StatusOK)
	var made struct {
		Invoice invoiceAnswer
		LeftOut []struct {
			EntryID string `json:"entry_id"`
			Reason  string
		} `json:"left_out"`
	}
	finance.POST(t, "/api/v1/invoices/from-time/preview", map[string]any{"client_id": client, "from": today, "to": today}).Expect(t, http.StatusOK).JSON(t, &made)
	if len(made.Invoice.Lines) != 0 || len(made.LeftOut) != 1 || made.LeftOut[0].EntryID != e.ID || made.LeftOut[0].Reason != "expense_currency" {
		t.Errorf("got %+v", made)
	}
}
