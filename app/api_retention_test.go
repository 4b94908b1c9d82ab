package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/invoicing/einvoice/rules"
)

type feeAnswer struct {
	ID                       string
	Billed, Left             amount
	Held, Released, Retained amount
	RetainPercent            string `json:"retain_percent"`
	Version                  int
	Parts                    []struct{ ID string }
}

type retainedInvoice struct {
	ID, Number, Kind string
	Net, Tax, Total  amount
	Version          int
	Lines            []struct {
		ID, Kind, Description, Quantity string
		UnitPrice                       string   `json:"unit_price"`
		TaxRateIDs                      []string `json:"tax_rate_ids"`
		Net                             amount
	}
}

type retainedPaper struct {
	Document struct {
		Net      amount
		Progress []struct{ Contract, Before, This, Left, Retained amount }
	}
}

// retention is an agency that bills a client who keeps a part back.
type retention struct {
	*apptest.Env
	client, project string
	portal          *apptest.Client
	today           string
}

func newRetention(t *testing.T) retention {
	t.Helper()
	env := apptest.New(t)
	client, _ := newClient(t, env)
	sayable(t, env, client)
	owner := env.As(t, "owner")
	var project, pia struct{ ID string }
	owner.POST(t, "/api/v1/projects", map[string]any{"client_id": client, "name": "Website"}).Expect(t, http.StatusCreated).JSON(t, &project)
	owner.POST(t, "/api/v1/clients/"+client+"/contacts", map[string]any{"name": "Pia", "email": "pia+" + id.New() + "@payer.test"}).Expect(t, http.StatusCreated).JSON(t, &pia)
	owner.POST(t, "/api/v1/tax-rates", map[string]any{"name": "VAT", "percent": "19", "default": true}).Expect(t, http.StatusCreated)
	return retention{env, client, project.ID, env.Contact(t, pia.ID, client), time.Now().UTC().Format(time.DateOnly)}
}

// schedule is a fee of 10,000.00 in three parts whose days have come.
func (r retention) schedule(retain string) map[string]any {
	part := func(name, percent string) map[string]any {
		return map[string]any{"name": name, "percent": percent, "due_on": "2026-01-01"}
	}
	return map[string]any{
		"project_id": r.project, "name": "Relaunch", "kind": "schedule", "amount": amountOf("10000.00"), "retain_percent": retain, "covers": "nothing",
		"parts": []any{part("Start", "33.33"), part("Middle", "33.33"), part("End", "33.34")},
	}
}

func (r retention) fee(t *testing.T) (f feeAnswer) {
	t.Helper()
	r.As(t, "owner").POST(t, "/api/v1/fees", r.schedule("7.5")).Expect(t, http.StatusCreated).JSON(t, &f)
	return f
}

// stands reads the fee and compares what its ledger comes to.
func (r retention) stands(t *testing.T, when, feeID, billed, held, released string) feeAnswer {
	t.Helper()
	var f feeAnswer
	r.As(t, "owner").GET(t, "/api/v1/fees/"+feeID).Expect(t, http.StatusOK).JSON(t, &f)
	if f.Billed.Amount != billed || f.Held.Amount != held || f.Released.Amount != released {
		t.Errorf("%s: billed %s, held %s, released %s; want %s, %s and %s", when, f.Billed.Amount, f.Held.Amount, f.Released.Amount, billed, held, released)
	}
	return f
}

func (r retention) picked(picks ...map[string]any) map[string]any {
	return map[string]any{"fees": picks, "no_time": true, "from": r.today, "to": r.today}
}

func (r retention) draft(t *testing.T, picks ...map[string]any) retainedInvoice {
	t.Helper()
	var made struct{ Invoice retainedInvoice }
	r.As(t, "finance").POST(t, "/api/v1/invoices/from-time", r.picked(picks...)).Expect(t, http.StatusCreated).JSON(t, &made)
	return made.Invoice
}

func (r retention) issue(t *testing.T, picks ...map[string]any) (i retainedInvoice) {
	t.Helper()
	r.As(t, "finance").POST(t, "/api/v1/invoices/"+r.draft(t, picks...).ID+"/issue", map[string]any{}).Expect(t, http.StatusOK).JSON(t, &i)
	return i
}

// said is a document in both syntaxes of EN 16931, judged by their schemas and rules here once more.
func said(t *testing.T, as *apptest.Client, path string) (all []string) {
	t.Helper()
	var told struct {
		Lacks []struct{ Rule, Field, Text string }
	}
	as.GET(t, path+"/e-invoice").Expect(t, http.StatusOK).JSON(t, &told)
	if len(told.Lacks) > 0 {
		t.Fatalf("%s lacks %+v", path, told.Lacks)
	}
	for format, syntax := range map[string]rules.Syntax{"ubl": rules.UBL, "cii": rules.CII} {
		raw := as.GET(t, path+"/file?format="+format).Expect(t, http.StatusOK).Body
		verdicts, err := syntax.Check(raw)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range verdicts {
			t.Errorf("%s of %s breaks %s at %s: %s", format, path, v.Rule, v.Path, v.Text)
		}
		all = append(all, string(raw))
	}
	return all
}

// What a client keeps back of a fee is taken off each invoice, in every view and in both syntaxes of an e-invoice, and is invoiced
// once at the end: the example of the guide.
func TestWhatAClientRetainsByAPI_AsTheGuideSays(t *testing.T) {
	t.Parallel()
	says := testkit.Guide(t, "fixed-fees.md")
	r := newRetention(t)
	finance := r.As(t, "finance")
	f := r.fee(t)
	if f.RetainPercent != "7.5" || f.Retained.Amount != "0.00" {
		t.Errorf("agreed: %+v", f)
	}
	for n, want := range []struct{ part, held, net, tax, total, before, retained, left string }{
		{"3333.00", "249.98", "3083.02", "585.77", "3668.79", "0.00", "249.98", "6667.00"},
		{"3333.00", "249.97", "3083.03", "585.78", "3668.81", "3083.02", "499.95", "3334.00"},
		{"3334.00", "250.05", "3083.95", "585.95", "3669.90", "6166.05", "750.00", "0.00"},
		{"750.00", "", "750.00", "142.50", "892.50", "9250.00", "0.00", "0.00"},
	} {
		says("| " + strings.Join([]string{want.part, want.held, want.net, want.tax, want.total, want.retained, want.left}, " | ") + " |")
		pick := map[string]any{"fee_id": f.ID, "release": n == 3}
		if n < 3 {
			pick["part_id"] = f.Parts[n].ID
		}
		var seen struct{ Invoice retainedInvoice }
		finance.POST(t, "/api/v1/invoices/from-time/preview", r.picked(pick)).Expect(t, http.StatusOK).JSON(t, &seen)
		i := r.issue(t, pick)
		path := "/api/v1/invoices/" + i.ID
		for view, got := range map[string]retainedInvoice{"preview": seen.Invoice, "issued": i} {
			if got.Net.Amount != want.net || got.Tax.Amount != want.tax || got.Total.Amount != want.total || got.Lines[0].Net.Amount != want.part {
				t.Errorf("%s %d: %+v, want %+v", view, n+1, got, want)
			}
		}
		var kinds []string
		for _, l := range i.Lines {
			kinds = append(kinds, l.Kind+" "+l.Quantity+" "+l.UnitPrice)
		}
		price := strings.TrimSuffix(want.part, ".00")
		line := []string{"fee 1 " + price, "retained -1 " + want.held}
		if n == 3 {
			line = []string{"retained 1 " + price}
		}
		if strings.Join(kinds, ", ") != strings.Join(line, ", ") {
			t.Errorf("invoice %d has the lines %q, want %q", n+1, kinds, line)
		}

		var staff, portal retainedPaper
		finance.GET(t, path+"/preview").Expect(t, http.StatusOK).JSON(t, &staff)
		r.portal.GET(t, "/api/v1/portal/invoices/"+i.ID).Expect(t, http.StatusOK).JSON(t, &portal)
		for view, paper := range map[string]retainedPaper{"staff": staff, "portal": portal} {
			d := paper.Document
			if len(d.Progress) != 1 || d.Net.Amount != want.net {
				t.Fatalf("%s %d: %+v", view, n+1, d)
			}
			if p := d.Progress[0]; p.Contract.Amount != "10000.00" || p.Before.Amount != want.before || p.This.Amount != want.net || p.Left.Amount != want.left || p.Retained.Amount != want.retained {
				t.Errorf("%s %d: %+v, want %+v", view, n+1, p, want)
			}
		}
		text := textOfPDF(t, finance.GET(t, path+"/pdf").Expect(t, http.StatusOK).Body)
		if n < 3 && (!strings.Contains(text, "7.5 % retained until the end") || !strings.Contains(text, want.held)) {
			t.Errorf("the PDF %d says %q", n+1, text)
		}
		for _, raw := range said(t, finance, path) {
			for _, sum := range []string{want.net, want.tax, want.total} {
				if !strings.Contains(raw, ">"+sum+"<") {
					t.Errorf("e-invoice %d does not say %s:\n%s", n+1, sum, raw)
				}
			}
			// What is taken off has a quantity below zero: a price below zero is refused (BR-27).
			if n < 3 && (!strings.Contains(raw, ">-1<") || !strings.Contains(raw, ">"+want.held+"<") || !strings.Contains(raw, ">-"+want.held+"<")) {
				t.Errorf("e-invoice %d does not take %s off:\n%s", n+1, want.held, raw)
			}
		}
		held, released := want.retained, "0.00"
		if n == 3 {
			held, released = "750.00", "750.00"
		}
		billed := []string{"3333.00", "6666.00", "10000.00", "10000.00"}[n]
		if now := r.stands(t, "invoice "+i.Number, f.ID, billed, held, released); now.Retained.Amount != want.retained || now.Left.Amount != want.left {
			t.Errorf("after invoice %d: %+v", n+1, now)
		}
	}
	finance.POST(t, "/api/v1/invoices/from-time", r.picked(map[string]any{"fee_id": f.ID, "release": true})).Refused(t, http.StatusUnprocessableEntity, "fees.cannot_bill", "body.fees[0].release")
}

func TestRetentionIsRefusedAtItsFieldByAPI(t *testing.T) {
	t.Parallel()
	r := newRetention(t)
	owner, member, finance := r.As(t, "owner"), r.As(t, "member"), r.As(t, "finance")
	const invalid = http.StatusUnprocessableEntity
	for bad, code := range map[string]string{"-1": "fees.bad_fee", "100": "fees.bad_fee", "7.00001": "fees.bad_fee", "much": "fees.bad_number", "1e1": "fees.bad_number"} {
		owner.POST(t, "/api/v1/fees", r.schedule(bad)).Refused(t, invalid, code, "body.retain_percent")
	}
	f := r.fee(t)
	path := "/api/v1/fees/" + f.ID
	owner.PATCH(t, path, etag(f.Version), map[string]any{"retain_percent": "100"}).Refused(t, invalid, "fees.bad_fee", "body.retain_percent")
	owner.PATCH(t, path, etag(f.Version), map[string]any{"retain_percent": ""}).Refused(t, invalid, "fees.bad_number", "body.retain_percent")
	member.PATCH(t, path, etag(f.Version), map[string]any{"retain_percent": "5"}).Refused(t, http.StatusForbidden, "access.forbidden")
	owner.PATCH(t, path, etag(f.Version), map[string]any{"retain_percent": "5"}).Expect(t, http.StatusOK).JSON(t, &f)
	owner.PATCH(t, path, etag(f.Version-1), map[string]any{"retain_percent": "6"}).Refused(t, http.StatusPreconditionFailed, "request.stale")

	release := func(more map[string]any) map[string]any {
		pick := map[string]any{"fee_id": f.ID, "release": true}
		for k, v := range more {
			pick[k] = v
		}
		return r.picked(pick)
	}
	const bill, at = "/api/v1/invoices/from-time", "body.fees[0].release"
	finance.POST(t, bill, release(nil)).Refused(t, invalid, "fees.cannot_bill", at) // nothing is retained yet
	i := r.issue(t, map[string]any{"fee_id": f.ID, "part_id": f.Parts[0].ID})
	if i.Net.Amount != "3166.35" { // 3333.00 less 5 %, which are 166.65
		t.Errorf("with another percentage: %+v", i.Net)
	}
	for field, v := range map[string]any{"part_id": f.Parts[1].ID, "percent": "50", "amount": amountOf("1.00")} {
		finance.POST(t, bill, release(map[string]any{field: v})).Refused(t, invalid, "fees.cannot_bill", at)
	}
	member.POST(t, bill, release(nil)).Refused(t, http.StatusForbidden, "access.forbidden")
	r.stands(t, "after what was refused", f.ID, "3333.00", "166.65", "0.00")

	other := newRetention(t)
	other.As(t, "finance").POST(t, bill, release(nil)).Refused(t, invalid, "fees.cannot_bill", "body.fees[0].fee_id")
}

// Whatever becomes of a document, what was retained with it or released on it goes along, and its credit note is an e-invoice too.
func TestWhatIsRetainedComesBackByAPI(t *testing.T) {
	t.Parallel()
	r := newRetention(t)
	finance := r.As(t, "finance")
	f := r.fee(t)
	first := map[string]any{"fee_id": f.ID, "part_id": f.Parts[0].ID}
	release := map[string]any{"fee_id": f.ID, "release": true}
	of := func(i retainedInvoice) string { return "/api/v1/invoices/" + i.ID }
	kept := func(i retainedInvoice, n int, price string) map[string]any {
		l := i.Lines[n]
		return map[string]any{"id": l.ID, "description": l.Description, "quantity": l.Quantity, "unit_price": price, "tax_rate_ids": l.TaxRateIDs}
	}

	d := r.draft(t, first, map[string]any{"fee_id": f.ID, "part_id": f.Parts[1].ID})
	if len(d.Lines) != 4 {
		t.Fatalf("two parts have the lines %+v", d.Lines)
	}
	lines := func(all ...map[string]any) map[string]any { return map[string]any{"lines": all} }
	finance.PATCH(t, of(d), etag(d.Version), lines(kept(d, 0, d.Lines[0].UnitPrice), kept(d, 1, "1"))).Refused(t, http.StatusUnprocessableEntity, "", "body.lines[1].unit_price")
	// Without the first part its retained line goes too; the second part may be billed without keeping anything back.
	finance.PATCH(t, of(d), etag(d.Version), lines(kept(d, 1, d.Lines[1].UnitPrice), kept(d, 2, d.Lines[2].UnitPrice))).Expect(t, http.StatusOK).JSON(t, &d)
	if len(d.Lines) != 1 || d.Net.Amount != "3333.00" {
		t.Errorf("what stays is %+v", d)
	}
	r.stands(t, "the second part alone", f.ID, "3333.00", "0.00", "0.00")
	finance.DELETE(t, of(d)).Expect(t, http.StatusNoContent)
	r.stands(t, "deleted", f.ID, "0.00", "0.00", "0.00")

	i := r.issue(t, first)
	end := r.issue(t, release)
	r.stands(t, "released", f.ID, "3333.00", "249.98", "249.98")
	finance.POST(t, of(i)+"/void", map[string]any{"reason": "Wrong client"}).Refused(t, http.StatusConflict, "fees.released")
	finance.POST(t, of(end)+"/void", map[string]any{"reason": "Too early"}).Expect(t, http.StatusOK)
	r.stands(t, "the release voided", f.ID, "3333.00", "249.98", "0.00")

	var made struct {
		CreditNote retainedInvoice `json:"credit_note"`
		DraftID    string          `json:"draft_id"`
	}
	finance.POST(t, of(i)+"/credits", map[string]any{"reason": "Another address", "reissue": true}).Expect(t, http.StatusCreated).JSON(t, &made)
	again := retainedInvoice{ID: made.DraftID}
	finance.GET(t, of(again)).Expect(t, http.StatusOK).JSON(t, &again)
	if made.CreditNote.Total.Amount != "3668.79" || again.Net.Amount != "3083.02" {
		t.Fatalf("credited %+v, billed again %+v", made.CreditNote, again)
	}
	for _, raw := range said(t, finance, of(made.CreditNote)) {
		if !strings.Contains(raw, ">3668.79<") {
			t.Errorf("the credit note says\n%s", raw)
		}
	}
	r.stands(t, "credited and billed again", f.ID, "3333.00", "249.98", "0.00")
	finance.POST(t, of(again)+"/issue", map[string]any{}).Expect(t, http.StatusOK)
	end = r.issue(t, release)
	part := map[string]any{"reason": "A part", "lines": []map[string]any{{"line_id": end.Lines[0].ID, "amount": amountOf("49.98")}}}
	finance.POST(t, of(end)+"/credits", part).Expect(t, http.StatusCreated)
	r.stands(t, "a part of the release credited", f.ID, "3333.00", "249.98", "200.00")
}
