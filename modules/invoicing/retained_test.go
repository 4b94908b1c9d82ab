package invoicing_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/fees"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/invoicing/invoicingpdf"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/tenancy"
)

// retains is a fee of 10,000.00 in three parts of which the client retains 7.5 % until the end.
func (w *world) retains(t *testing.T) fees.Fee {
	t.Helper()
	return w.fee(t, fees.Draft{Name: "Relaunch", Kind: fees.BySchedule, Amount: euros("10000"), Retain: dec("7.5"), Parts: []fees.Part{
		share("Start", "33.33", "2026-01-01"), share("Middle", "33.33", "2026-01-01"), share("End", "33.34", "2026-01-01"),
	}})
}

func (w *world) issueBill(t *testing.T, picks ...fees.Pick) invoicing.Invoice {
	t.Helper()
	i, err := w.svc.Issue(w.Ctx, w.bill(t, picks...).ID, day.Date{})
	if err != nil {
		t.Fatalf("issue: %v %+v", err, fault.From(err).Fields)
	}
	return i
}

// The figures were worked out by hand and stand in the guide: of 333,300, 333,300 and 333,400 cents 7.5 % are 24,997.5, 24,997.5 and
// 25,005, which by the largest remainder make 24,998, 24,997 and 25,005: 75,000 together. The tax is 19 % of what each invoice comes to.
func TestRetentionAddsUpToTheContract(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.taxRate(t, invoicing.TaxRate{Name: "VAT", Default: true, Steps: []invoicing.TaxStep{{Percent: dec("19")}}})
	f := w.retains(t)
	var net, tax money.Money
	guide, err := os.ReadFile("../../docs/guide/fixed-fees.md")
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range []struct{ part, held, net, tax, total, before, retained, left string }{
		{"3333.00", "249.98", "3083.02", "585.77", "3668.79", "0.00", "249.98", "6667.00"},
		{"3333.00", "249.97", "3083.03", "585.78", "3668.81", "3083.02", "499.95", "3334.00"},
		{"3334.00", "250.05", "3083.95", "585.95", "3669.90", "6166.05", "750.00", "0.00"},
		{"750.00", "", "750.00", "142.50", "892.50", "9250.00", "0.00", "0.00"},
	} {
		pick := fees.Pick{FeeID: f.ID, Release: n == 3}
		if n < 3 {
			pick.PartID = f.Parts[n].ID
		}
		i := w.issueBill(t, pick)
		if i.Net != euros(want.net) || i.Tax != euros(want.tax) || i.Total != euros(want.total) {
			t.Errorf("invoice %d: net %v, tax %v, total %v; want %+v", n+1, i.Net, i.Tax, i.Total, want)
		}
		if i.Lines[0].Net != euros(want.part) || (len(i.Lines) == 2) != (want.held != "") || (len(i.Lines) == 2 && i.Lines[1].Net.Neg() != euros(want.held)) {
			t.Errorf("invoice %d has the lines %+v", n+1, i.Lines)
		}
		p := i.Document.Progress[0]
		if p.Contract != euros("10000") || p.Before != euros(want.before) || p.This != i.Net || p.Retained != euros(want.retained) || p.Left != euros(want.left) {
			t.Errorf("invoice %d shows %+v, want %+v", n+1, p, want)
		}
		if p.Before.Add(p.This).Add(p.Retained).Add(p.Left) != p.Contract {
			t.Errorf("invoice %d: %+v does not make the contract", n+1, p)
		}
		if row := "| " + strings.Join([]string{want.part, want.held, want.net, want.tax, want.total, want.retained, want.left}, " | ") + " |"; !strings.Contains(string(guide), row) {
			t.Errorf("the guide does not say %q", row)
		}
		net, tax = net.Add(i.Net), tax.Add(i.Tax)
	}
	if net != euros("10000") || tax != euros("1900") {
		t.Errorf("all invoices come to %v and %v tax", net, tax)
	}
	// Once is once, and nothing is left.
	_, _, err = w.svc.CreateFromTime(w.Ctx, invoicing.FromTime{Fees: []fees.Pick{{FeeID: f.ID, Release: true}}, From: day.MustParse("2026-02-01"), To: day.MustParse("2026-03-02")})
	wantFault(t, err, fees.ErrCannotBill)
	if !at(err, "body.fees[0].release") {
		t.Errorf("fields %+v", fault.From(err).Fields)
	}
}

func TestWhatIsRetainedComesBackWithItsDocument(t *testing.T) {
	t.Parallel()
	w := setup(t)
	f := w.retains(t)
	first := fees.Pick{FeeID: f.ID, PartID: f.Parts[0].ID}
	release := fees.Pick{FeeID: f.ID, Release: true}
	stands := func(when, billed, held, released string) {
		t.Helper()
		if now := w.feeNow(t, f.ID); now.Billed != euros(billed) || now.Held != euros(held) || now.Released != euros(released) {
			t.Errorf("%s: billed %v, held %v, released %v; want %s, %s, %s", when, now.Billed, now.Held, now.Released, billed, held, released)
		}
	}
	draft := w.bill(t, first)
	stands("on a draft", "3333", "249.98", "0")
	if err := w.svc.Delete(w.Ctx, draft.ID); err != nil {
		t.Fatal(err)
	}
	stands("deleted", "0", "0", "0")

	// A line that goes takes what is retained of it along; what is retained can go alone.
	draft = w.bill(t, first, fees.Pick{FeeID: f.ID, PartID: f.Parts[1].ID})
	draft, err := w.svc.Change(w.Ctx, draft.ID, draft.Version, func(i *invoicing.Invoice) error {
		i.Lines = i.Lines[1:]
		return nil
	})
	if err != nil || len(draft.Lines) != 2 || draft.Net != euros("3083.03") {
		t.Fatalf("%d lines over %v, %v", len(draft.Lines), draft.Net, err)
	}
	stands("without the first part", "3333", "249.97", "0")
	_, err = w.svc.Change(w.Ctx, draft.ID, draft.Version, func(i *invoicing.Invoice) error {
		i.Lines[1].UnitPrice = dec("1")
		return nil
	})
	if !at(err, "body.lines[1].unit_price") {
		t.Errorf("another retained part: %v", err)
	}
	if err := w.svc.Delete(w.Ctx, draft.ID); err != nil {
		t.Fatal(err)
	}

	i := w.issueBill(t, first)
	if _, err := w.svc.VoidInvoice(w.Ctx, i.ID, "", "wrong client"); err != nil {
		t.Fatal(err)
	}
	stands("voided", "0", "0", "0")
	i = w.issueBill(t, first)
	if _, err := w.svc.IssueCredit(w.Ctx, i.ID, invoicing.NewCredit{}); err != nil {
		t.Fatal(err)
	}
	stands("credited", "0", "0", "0")
	i = w.issueBill(t, first)
	c, err := w.svc.IssueCredit(w.Ctx, i.ID, invoicing.NewCredit{Reissue: true})
	if err != nil || c.Draft.Net != euros("3083.02") {
		t.Fatalf("billed again: %+v, %v", c.Draft, err)
	}
	stands("billed again", "3333", "249.98", "0")
	if _, err := w.svc.Change(w.Ctx, c.Draft.ID, c.Draft.Version, func(i *invoicing.Invoice) error {
		i.Lines = append([]invoicing.Line{free("Something else", "1", "5")}, i.Lines[1:]...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	stands("what was billed again has gone", "0", "0", "0")

	// What is on an invoice at the end keeps what it is made of, until it comes back itself.
	i = w.issueBill(t, first)
	end := w.bill(t, release)
	stands("released", "3333", "249.98", "249.98")
	_, err = w.svc.VoidInvoice(w.Ctx, i.ID, "", "wrong client")
	if !errors.Is(err, fees.ErrReleased) {
		t.Errorf("voiding what is released: %v", err)
	}
	if err := w.svc.Delete(w.Ctx, end.ID); err != nil {
		t.Fatal(err)
	}
	stands("the draft of it deleted", "3333", "249.98", "0")
	end = w.issueBill(t, release)
	if _, err := w.svc.VoidInvoice(w.Ctx, end.ID, "", "too early"); err != nil {
		t.Fatal(err)
	}
	stands("the invoice of it voided", "3333", "249.98", "0")
	end = w.issueBill(t, release)
	if _, err := w.svc.IssueCredit(w.Ctx, end.ID, invoicing.NewCredit{Lines: []invoicing.CreditLine{{LineID: end.Lines[0].ID, Amount: new(euros("49.98"))}}}); err != nil {
		t.Fatal(err)
	}
	stands("a part of it credited", "3333", "249.98", "200")
	if end = w.issueBill(t, release); end.Net != euros("49.98") {
		t.Errorf("the rest comes to %v", end.Net)
	}
}

func TestWhatIsRetainedIsDueWhenTheProjectIsCompleted(t *testing.T) {
	t.Parallel()
	w := setup(t)
	f := w.retains(t)
	w.issueBill(t, fees.Pick{FeeID: f.ID})
	run := invoicing.Bill{FromTime: invoicing.FromTime{ClientID: w.client.ID, NoTime: true, From: day.MustParse("2026-02-01"), To: day.MustParse("2026-03-02")}, FeesDue: true}
	bill := func() (i invoicing.Invoice, err error) {
		err = w.DB.Run(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
			i, _, err = w.svc.BillTx(ctx, tx, run)
			return err
		})
		return i, err
	}
	w.websiteIs = projects.Active
	if _, err := bill(); fault.From(err).Code != invoicing.ErrNothingToBill.Code {
		t.Errorf("while it is worked on: %v", err)
	}
	w.websiteIs = projects.Completed
	var ahead []invoicing.Ahead
	if err := w.DB.Read(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		ahead, err = w.svc.AheadTx(ctx, tx, run, []string{w.client.ID})
		return err
	}); err != nil || len(ahead) != 1 || ahead[0].Total != euros("750") {
		t.Errorf("ahead %+v, %v", ahead, err)
	}
	if i, err := bill(); err != nil || i.Net != euros("750") {
		t.Errorf("when it is completed: %v, %v", i.Net, err)
	}
}

func TestRetentionIsRefusedAtItsField(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, bad := range []string{"-1", "100", "7.00001"} {
		_, err := w.fees.Create(w.Ctx, fees.Draft{ProjectID: website, Name: "X", Kind: fees.ByPercent, Amount: euros("100"), Covers: fees.NoTime, Retain: dec(bad)})
		wantFault(t, err, fees.ErrBadFee)
		if !at(err, "body.retain_percent") {
			t.Errorf("%s: %+v", bad, fault.From(err).Fields)
		}
	}
	// Another percentage counts for what is billed from then on.
	f := w.fee(t, fees.Draft{Name: "Relaunch", Kind: fees.ByPercent, Amount: euros("1000"), Retain: dec("5")})
	w.issueBill(t, upTo(f, "50"))
	f = w.feeNow(t, f.ID)
	if _, err := w.fees.Change(w.Ctx, f.ID, f.Version, fees.Change{Retain: new(dec("10"))}); err != nil {
		t.Fatal(err)
	}
	if i := w.issueBill(t, upTo(f, "100")); i.Net != euros("450") {
		t.Errorf("the second half comes to %v", i.Net)
	}
	if now := w.feeNow(t, f.ID); now.Retained() != euros("75") {
		t.Errorf("retained %v", now.Retained())
	}
}

func TestAnInvoiceSaysWhatIsRetainedInItsLanguage(t *testing.T) {
	t.Parallel()
	w := setup(t)
	f := w.retains(t)
	i := w.issueBill(t, fees.Pick{FeeID: f.ID, PartID: f.Parts[0].ID})
	if l := i.Lines[1]; l.Kind != invoicing.RetainLine || l.Quantity.String() != "-1" || l.Description != "Less 7.5 % retained until the end: Relaunch: Start" {
		t.Errorf("the line is %+v", l)
	}
	pdf, err := invoicingpdf.Renderer{}.Render(*i.Document, nil)
	if err != nil {
		t.Fatal(err)
	}
	if text := testkit.PDFText(t, pdf); !strings.Contains(text, "Retained") || !strings.Contains(text, "249.98") {
		t.Errorf("the paper says %s", text)
	}
}
