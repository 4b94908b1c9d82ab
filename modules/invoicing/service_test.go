package invoicing_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/fees"
	"github.com/bureauhq/bureau/modules/fees/feesdb"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
	"github.com/bureauhq/bureau/modules/invoicing/einvoice"
	"github.com/bureauhq/bureau/modules/invoicing/invoicingdb"
	"github.com/bureauhq/bureau/modules/invoicing/invoicingpdf"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// world is an agency with what invoicing asks others for, held in memory.
type world struct {
	*testkit.Agency
	svc    *invoicing.Service
	fees   *fees.Service
	client invoicing.Client

	websiteIs projects.State // of its one project

	billing []invoicing.Recipient

	mu       sync.Mutex
	entries  []invoicing.TimeEntry
	phases   map[string]string // task → topmost task above it
	billed   map[string]string // entry → invoice
	files    map[string][]byte
	mails    []invoicing.Mail
	mailDown error
	notices  []fees.Notice
	told     []projects.Notice
	rounding *timesheets.Rounding // of what an invoice rounds together
	rounded  map[string]int64     // entry → seconds that its invoice makes of it

	reviewers []string // who may review
	smallPlan error    // what a second legal entity is refused with
}

var errUnknownClient = fault.Define(fault.NotFound, "test.no_client", "no such client")

func (w *world) DefaultsTx(context.Context, *tenancy.Tx) (invoicing.Defaults, error) {
	return invoicing.Defaults{LegalName: "Nordlicht Studio", Currency: "EUR", TimeZone: "Europe/Berlin", Locale: "en", Colour: "#2855D9"}, nil
}

func (w *world) SeveralEntities(context.Context) error { return w.smallPlan }

func (w *world) ClientTx(_ context.Context, _ *tenancy.Tx, id string) (invoicing.Client, error) {
	if id != w.client.ID {
		return invoicing.Client{}, errUnknownClient
	}
	return w.client, nil
}

func (w *world) ClientsTx(context.Context, *tenancy.Tx, []string) (map[string]invoicing.Client, error) {
	return map[string]invoicing.Client{w.client.ID: w.client}, nil
}

func (w *world) ToBillTx(ctx context.Context, tx *tenancy.Tx, q invoicing.TimeQuery) (map[string]invoicing.ToBill, error) {
	all, err := w.UnbilledTx(ctx, tx, q)
	return map[string]invoicing.ToBill{w.client.ID: {Approved: len(all)}}, err
}

func (w *world) BillingTx(_ context.Context, _ *tenancy.Tx, ids []string) (map[string][]invoicing.Recipient, error) {
	out := map[string][]invoicing.Recipient{}
	for _, i := range ids {
		out[i] = w.billing
	}
	return out, nil
}

func (w *world) NamesTx(_ context.Context, _ *tenancy.Tx, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for _, i := range ids {
		out[i] = "Person " + i[len(i)-4:]
	}
	return out, nil
}

func (w *world) ReviewersTx(context.Context, *tenancy.Tx) ([]string, error) { return w.reviewers, nil }

// PhaseNamesTx knows no tasks above others but those of w.phases.
func (w *world) PhaseNamesTx(context.Context, *tenancy.Tx, []string) (map[string]string, error) {
	return w.phases, nil
}

func (w *world) ProjectNamesTx(_ context.Context, _ *tenancy.Tx, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for _, i := range ids {
		out[i] = "Project " + i[len(i)-4:]
	}
	return out, nil
}

func (w *world) EntriesTx(context.Context, *tenancy.Tx, []string) (map[string]invoicing.TimeEntry, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := map[string]invoicing.TimeEntry{}
	for _, e := range w.entries {
		out[e.ID] = e
	}
	return out, nil
}

func (w *world) UnbilledTx(_ context.Context, _ *tenancy.Tx, q invoicing.TimeQuery) ([]invoicing.TimeEntry, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []invoicing.TimeEntry
	for _, e := range w.entries {
		if w.billed[e.ID] == "" && !e.Day.Before(q.From) && !e.Day.After(q.To) {
			out = append(out, e)
		}
	}
	return out, nil
}

func (w *world) MarkBilledTx(_ context.Context, tx *tenancy.Tx, ids []string, invoiceID string) error {
	tx.AfterCommit(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, i := range ids {
			w.billed[i] = invoiceID
		}
	})
	return nil
}

func (w *world) ReleaseBilledTx(_ context.Context, tx *tenancy.Tx, invoiceID string) error {
	tx.AfterCommit(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		for e, i := range w.billed {
			if i == invoiceID {
				delete(w.billed, e)
			}
		}
	})
	return nil
}

func (w *world) RoundingTx(context.Context, *tenancy.Tx) (*timesheets.Rounding, error) {
	return w.rounding, nil
}

func (w *world) RoundBilledTx(_ context.Context, _ *tenancy.Tx, _ string, seconds map[string]int64) error {
	w.rounded = seconds
	return nil
}

func (w *world) Put(_ context.Context, key, _ string, r io.Reader, _ int64) error {
	raw, err := io.ReadAll(r)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.files[key] = raw
	return err
}

func (w *world) Read(_ context.Context, key string) ([]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	raw, ok := w.files[key]
	if !ok {
		return nil, errors.New("no such file")
	}
	return bytes.Clone(raw), nil
}

func (w *world) PutLogo(ctx context.Context, agencyID string, r io.Reader) (string, error) {
	return agencyID + "/logo.png", w.Put(ctx, agencyID+"/logo.png", "image/png", r, 0)
}

func (w *world) Send(_ context.Context, m invoicing.Mail) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.mailDown == nil {
		w.mails = append(w.mails, m)
	}
	return w.mailDown
}

// Language is English: no test reads these letters in another one.
func (w *world) Language(context.Context, string) (string, error) { return "en", nil }

func (w *world) Tell(_ context.Context, n fees.Notice) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notices = append(w.notices, n)
	return nil
}

func (w *world) billedCount() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.billed)
}

func setup(t *testing.T, change ...func(*invoicing.Deps)) *world {
	t.Helper()
	w := &world{
		Agency: testkit.NewAgency(t), billed: map[string]string{}, files: map[string][]byte{},
		client:  invoicing.Client{ID: id.New(), Name: "Acme Ltd", Address: []string{"1 High Street", "London"}, TaxID: "GB1"},
		billing: []invoicing.Recipient{{Name: "Bill Payer", Email: "bill@acme.example"}},
	}
	w.fees = fees.New(fees.Deps{DB: w.DB, Store: feesdb.Store{}, Projects: ofWorld{w}, Events: w.Bus, Jobs: w.Queue, Notices: w, Now: w.Clock.Now})
	d := invoicing.Deps{
		DB: w.DB, Store: invoicingdb.Store{}, Settings: w, Plan: w, Clients: w, Time: w, Fees: w.fees, Members: w, Projects: w, Renderer: invoicingpdf.Renderer{}, EInvoices: einvoice.Writer{}, Files: w, Images: w, Mailer: w, Notices: tells{w},
		Events: w.Bus, Queue: w.Queue, Now: w.Clock.Now, NewID: id.New,
	}
	for _, f := range change {
		f(&d)
	}
	w.svc = invoicing.New(d)
	invoicing.RegisterJobs(w.Registry, w.svc)
	fees.RegisterJobs(w.Registry, w.fees)
	return w
}

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func free(description, quantity, price string, taxes ...string) invoicing.Line {
	return invoicing.Line{Description: description, Quantity: dec(quantity), UnitPrice: dec(price), TaxRateIDs: taxes}
}

func (w *world) draft(t *testing.T, lines ...invoicing.Line) invoicing.Invoice {
	t.Helper()
	i, err := w.svc.Create(w.Ctx, invoicing.DraftOf{ClientID: w.client.ID, Edit: func(i *invoicing.Invoice) { i.Lines = lines }})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func (w *world) issued(t *testing.T, lines ...invoicing.Line) invoicing.Invoice {
	t.Helper()
	if len(lines) == 0 {
		lines = []invoicing.Line{free("Work", "1", "100")}
	}
	i, err := w.svc.Issue(w.Ctx, w.draft(t, lines...).ID, day.Date{})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func (w *world) find(t *testing.T, id string) invoicing.Invoice {
	t.Helper()
	i, err := w.svc.Find(w.Ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func (w *world) taxRate(t *testing.T, r invoicing.TaxRate) invoicing.TaxRate {
	t.Helper()
	if r.Kind == "" {
		r.Kind = calc.Standard
	}
	r, err := w.svc.CreateTaxRate(w.Ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func wantFault(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error %v, want %v", err, want)
	}
}

func (w *world) worked(t *testing.T, on string, seconds int64, rate, task string) invoicing.TimeEntry {
	t.Helper()
	e := invoicing.TimeEntry{
		ID: id.New(), MemberID: id.New(), ClientID: w.client.ID, ProjectID: "0198c0de-0000-7000-8000-000000000001", ProjectName: "Website",
		TaskName: task, Day: day.MustParse(on), RawSeconds: seconds, Seconds: seconds, Currency: "EUR",
	}
	if rate != "" {
		r := dec(rate)
		e.Rate = &r
	}
	w.entries = append(w.entries, e)
	return e
}

func TestRule17_NumbersHaveNoGapsInParallel(t *testing.T) {
	t.Parallel()
	w := setup(t)
	const invoices, hands = 200, 32
	var ids []string
	for range invoices {
		ids = append(ids, w.draft(t, free("Work", "1", "10")).ID)
	}
	todo := make(chan string)
	numbers := make(chan string, invoices)
	var wg sync.WaitGroup
	for range hands {
		wg.Go(func() {
			for invoice := range todo {
				i, err := w.svc.Issue(w.Ctx, invoice, day.Date{})
				if err != nil {
					t.Errorf("issue: %v", err)
				}
				numbers <- i.Number
			}
		})
	}
	for _, i := range ids {
		todo <- i
	}
	close(todo)
	wg.Wait()
	close(numbers)
	var got []string
	for n := range numbers {
		got = append(got, n)
	}
	slices.Sort(got)
	for n, number := range got {
		if want := fmt.Sprintf("INV-2026-%04d", n+1); number != want {
			t.Fatalf("number %d is %s, want %s", n+1, number, want)
		}
	}
}

func TestRule17_ARollbackGivesTheNumberBack(t *testing.T) {
	t.Parallel()
	w := setup(t)
	first := w.issued(t)
	lost := w.draft(t, free("Work", "1", "100"))
	boom := errors.New("the machine fails before the commit")
	failing := invoicing.New(invoicing.Deps{
		DB: w.DB, Store: invoicingdb.Store{}, Settings: w, Plan: w, Clients: w, Time: w, Fees: w.fees, Members: w, Projects: w, Renderer: invoicingpdf.Renderer{}, EInvoices: einvoice.Writer{}, Files: w, Images: w, Mailer: w, Notices: tells{w},
		Events: failingBus{boom}, Queue: w.Queue, Now: w.Clock.Now, NewID: id.New,
	})
	_, err := failing.Issue(w.Ctx, lost.ID, day.Date{})
	wantFault(t, err, boom)
	if i := w.find(t, lost.ID); i.State != invoicing.Draft || i.Number != "" {
		t.Fatalf("after the rollback it is %s %q", i.State, i.Number)
	}
	second := w.issued(t)
	if first.Number != "INV-2026-0001" || second.Number != "INV-2026-0002" {
		t.Errorf("numbers %s and %s", first.Number, second.Number)
	}
}

func TestRule18_TheCounterIsOfEntitySeriesAndYear(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.issued(t)
	other, err := w.svc.CreateEntity(w.Ctx, func(e *invoicing.LegalEntity) { e.Name, e.NumberFormat = "Second Ltd", "B-{YY}-{NNN}" })
	if err != nil {
		t.Fatal(err)
	}
	b, err := w.svc.Create(w.Ctx, invoicing.DraftOf{ClientID: w.client.ID, EntityID: other.ID, Edit: func(i *invoicing.Invoice) {
		i.Lines = []invoicing.Line{free("Work", "1", "5")}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if b, err = w.svc.Issue(w.Ctx, b.ID, day.Date{}); err != nil {
		t.Fatal(err)
	}
	if a.Number != "INV-2026-0001" || b.Number != "B-26-001" {
		t.Errorf("numbers %s and %s", a.Number, b.Number)
	}
	// The unique index is the last guard: two years in one number format collide.
	entities, _ := w.svc.Entities(w.Ctx)
	if _, err := w.svc.ChangeEntity(w.Ctx, entities[0].ID, entities[0].Version, func(e *invoicing.LegalEntity) {
		e.NumberFormat, e.NumberReset = "INV-2026-{NNNN}", invoicing.Never
	}); err != nil {
		t.Fatal(err)
	}
	_, err = w.svc.Issue(w.Ctx, w.draft(t, free("Work", "1", "5")).ID, day.Date{})
	wantFault(t, err, invoicing.ErrNumberTaken)
}

func TestRule19_DatesOfASeriesDoNotGoBackwards(t *testing.T) {
	t.Parallel()
	w := setup(t) // today is 2026-03-02
	issue := func(on string) error {
		_, err := w.svc.Issue(w.Ctx, w.draft(t, free("Work", "1", "5")).ID, day.MustParse(on))
		return err
	}
	if err := issue("2026-02-20"); err != nil {
		t.Fatal(err)
	}
	wantFault(t, issue("2026-02-19"), invoicing.ErrDateBackwards)
	wantFault(t, issue("2026-03-03"), invoicing.ErrDateAhead)
	if err := issue("2026-02-20"); err != nil {
		t.Errorf("the same day again: %v", err)
	}
	if err := issue("2025-12-31"); err != nil {
		t.Errorf("another fiscal year is another series: %v", err)
	}
}

func TestRule20_AnIssuedDocumentIsNeverEdited(t *testing.T) {
	t.Parallel()
	w := setup(t)
	i := w.issued(t)
	before, err := w.svc.PDF(w.Ctx, i.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.svc.Change(w.Ctx, i.ID, i.Version, func(i *invoicing.Invoice) error { i.Note = "changed"; return nil })
	wantFault(t, err, invoicing.ErrNotDraft)
	wantFault(t, w.svc.Delete(w.Ctx, i.ID), invoicing.ErrNotDraft)
	_, err = w.svc.Issue(w.Ctx, i.ID, day.Date{})
	wantFault(t, err, invoicing.ErrNotDraft)

	// Whatever the document was made from may change: the document does not.
	w.client.Name, w.client.Address = "Renamed", []string{"elsewhere"}
	entities, _ := w.svc.Entities(w.Ctx)
	if _, err := w.svc.ChangeEntity(w.Ctx, entities[0].ID, entities[0].Version, func(e *invoicing.LegalEntity) {
		e.Name, e.Rounding, e.TaxMethod = "Renamed too", money.HalfEven, calc.PerLine
	}); err != nil {
		t.Fatal(err)
	}
	w.Work(t)
	after, err := w.svc.PDF(w.Ctx, i.ID)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before.Bytes, after.Bytes) {
		t.Error("the kept PDF has changed")
	}
	now := w.find(t, i.ID)
	if sum := sha256.Sum256(after.Bytes); now.PDFHash != hex.EncodeToString(sum[:]) {
		t.Error("the hash is not that of the file")
	}
	if now.Document.Buyer.Name != "Acme Ltd" || now.Document.Seller.Name != "Nordlicht Studio" || now.Rounding != money.HalfUp {
		t.Errorf("the snapshot is %+v", now.Document)
	}
}

func TestThePreviewEqualsTheIssuedDocument(t *testing.T) {
	t.Parallel()
	w := setup(t)
	vat := w.taxRate(t, invoicing.TaxRate{Name: "VAT", LegalText: "VAT as by law", Steps: []invoicing.TaxStep{{Percent: dec("19")}}})
	d := w.draft(t, free("Work", "2.5", "99.99", vat.ID), free("Licence", "1", "49", vat.ID))
	p, err := w.svc.Paper(w.Ctx, d.ID)
	if err != nil {
		t.Fatal(err)
	}
	i, err := w.svc.Issue(w.Ctx, d.ID, day.Date{})
	if err != nil {
		t.Fatal(err)
	}
	if p.NextNumber != i.Number {
		t.Errorf("promised %s, got %s", p.NextNumber, i.Number)
	}
	p.Document.Number = i.Number
	preview, err := invoicingpdf.Renderer{}.Render(p.Document, nil)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := w.svc.PDF(w.Ctx, i.ID)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(preview, kept.Bytes) {
		t.Error("the preview with its number is not the issued document")
	}
}

func TestRule14_TheTaxPointChoosesTheRate(t *testing.T) {
	t.Parallel()
	w := setup(t)
	vat := w.taxRate(t, invoicing.TaxRate{Name: "USt", LegalText: "§ 12 UStG", Steps: []invoicing.TaxStep{
		{Percent: dec("19")}, {From: day.MustParse("2025-07-01"), Percent: dec("16")}, {From: day.MustParse("2026-01-01"), Percent: dec("19")},
	}})
	d, err := w.svc.Create(w.Ctx, invoicing.DraftOf{ClientID: w.client.ID, Edit: func(i *invoicing.Invoice) {
		i.SupplyOn, i.Lines = day.MustParse("2025-12-31"), []invoicing.Line{free("Work in December", "1", "100", vat.ID)}
	}})
	if err != nil {
		t.Fatal(err)
	}
	i, err := w.svc.Issue(w.Ctx, d.ID, day.Date{})
	if err != nil {
		t.Fatal(err)
	}
	if i.Tax.Amount() != "16.00" {
		t.Errorf("tax %s, want 16.00", i.Tax.Amount())
	}
	// Rate, name and legal reason and both tax ids are on the document for good.
	if _, err := w.svc.ChangeTaxRate(w.Ctx, vat.ID, 1, func(r *invoicing.TaxRate) error { r.Name, r.LegalText = "new", "new"; return nil }); err != nil {
		t.Fatal(err)
	}
	i = w.find(t, i.ID)
	got := i.Lines[0].Taxes[0]
	if got.Name != "USt" || got.LegalText != "§ 12 UStG" || got.Percent.String() != "16" || i.Document.Buyer.TaxID != "GB1" {
		t.Errorf("copied %+v", got)
	}
}

func TestRule21_TheYearFollowsTheEntitysZoneAndFiscalYear(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.issued(t)
	// 2026-12-31 23:30 UTC is already the new year in Berlin.
	w.Clock.Set(time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC))
	if i := w.issued(t); i.Number != "INV-2027-0001" || i.IssueOn.String() != "2027-01-01" {
		t.Errorf("%s on %s, want INV-2027-0001 on 2027-01-01", i.Number, i.IssueOn)
	}
	e := invoicing.LegalEntity{NumberReset: invoicing.Yearly, FiscalMonth: time.April}
	for on, want := range map[string]string{"2026-03-31": "2025", "2026-04-01": "2026"} {
		if got := e.Series(invoicing.PlainInvoice, day.MustParse(on)).Period; got != want {
			t.Errorf("%s is of %s, want %s", on, got, want)
		}
	}
}

func TestRule23_TheStateFollowsFromTheBalance(t *testing.T) {
	t.Parallel()
	w := setup(t)
	i := w.issued(t) // 100.00, due 2026-04-01
	today := day.MustParse("2026-03-02")
	status := func() invoicing.Status { return w.find(t, i.ID).Status(today) }
	if status() != invoicing.StatusOpen {
		t.Errorf("unpaid: %s", status())
	}
	pay := func(minor int64) error {
		_, err := w.svc.Record(w.Ctx, invoicing.NewPayment{
			Amount: money.Of(minor, "EUR"), ReceivedOn: today, Parts: []invoicing.Part{{InvoiceID: i.ID, Amount: money.Of(minor, "EUR")}},
		})
		return err
	}
	if err := pay(4000); err != nil {
		t.Fatal(err)
	}
	if status() != invoicing.StatusPart || w.find(t, i.ID).Balance().Amount() != "60.00" {
		t.Errorf("in part: %s, %s left", status(), w.find(t, i.ID).Balance())
	}
	if got := w.find(t, i.ID).Status(day.MustParse("2026-04-02")); got != invoicing.StatusLate {
		t.Errorf("a day late: %s", got)
	}
	wantFault(t, pay(6001), invoicing.ErrOverpaid)
	if err := pay(6000); err != nil {
		t.Fatal(err)
	}
	if status() != invoicing.StatusPaid || !w.find(t, i.ID).Balance().IsZero() {
		t.Errorf("paid: %s", status())
	}
}

func TestRule25_ApplyingMoneyCanBeUndone(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a, b := w.issued(t), w.issued(t)
	on := day.MustParse("2026-03-02")
	_, err := w.svc.Record(w.Ctx, invoicing.NewPayment{Amount: money.Of(15000, "EUR"), ReceivedOn: on, Parts: []invoicing.Part{{a.ID, money.Of(10000, "EUR")}}})
	wantFault(t, err, invoicing.ErrRestLeft)
	p, err := w.svc.Record(w.Ctx, invoicing.NewPayment{
		Amount: money.Of(15000, "EUR"), ReceivedOn: on, KeepCredit: true, Parts: []invoicing.Part{{a.ID, money.Of(10000, "EUR")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if p.Unapplied().Amount() != "50.00" || !w.find(t, a.ID).Balance().IsZero() {
		t.Errorf("%s left, %s open", p.Unapplied(), w.find(t, a.ID).Balance())
	}
	if p, err = w.svc.Apply(w.Ctx, p.ID, []invoicing.Part{{b.ID, money.Of(5000, "EUR")}}, on); err != nil {
		t.Fatal(err)
	}
	_, err = w.svc.Apply(w.Ctx, p.ID, []invoicing.Part{{b.ID, money.Of(1, "EUR")}}, on)
	wantFault(t, err, invoicing.ErrBadPayment)
	p, err = w.svc.Undo(w.Ctx, p.ID, p.Allocations[0].ID, "wrong invoice")
	if err != nil {
		t.Fatal(err)
	}
	if p.Unapplied().Amount() != "100.00" || w.find(t, a.ID).Balance().Amount() != "100.00" || p.Allocations[0].UndoneAt == nil {
		t.Errorf("after the undo: %s left, %s open", p.Unapplied(), w.find(t, a.ID).Balance())
	}
	_, err = w.svc.Undo(w.Ctx, p.ID, p.Allocations[0].ID, "again")
	wantFault(t, err, invoicing.ErrUndone)
	if _, err = w.svc.VoidPayment(w.Ctx, p.ID, "bounced"); err != nil {
		t.Fatal(err)
	}
	if got := w.find(t, b.ID).Balance().Amount(); got != "100.00" {
		t.Errorf("after voiding the payment %s is open", got)
	}
	all, _, err := w.svc.Payments(w.Ctx, invoicing.PaymentFilter{InvoiceID: a.ID})
	if err != nil || len(all) != 1 || len(all[0].Allocations) != 2 || all[0].VoidedAt == nil {
		t.Errorf("the record is %+v, %v", all, err)
	}
}

func TestTwoPaymentsAtOnceNeverOverpay(t *testing.T) {
	t.Parallel()
	w := setup(t)
	i := w.issued(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	ok := 0
	for range 8 {
		wg.Go(func() {
			_, err := w.svc.Record(w.Ctx, invoicing.NewPayment{
				Amount: money.Of(6000, "EUR"), ReceivedOn: day.MustParse("2026-03-02"), Parts: []invoicing.Part{{i.ID, money.Of(6000, "EUR")}},
			})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				ok++
			} else if !errors.Is(err, invoicing.ErrOverpaid) {
				t.Errorf("%v", err)
			}
		})
	}
	wg.Wait()
	if ok != 1 || w.find(t, i.ID).Paid.Amount() != "60.00" {
		t.Errorf("%d payments of 60.00 went onto 100.00", ok)
	}
}

func TestRule28_VoidingAsksAboutTheTime(t *testing.T) {
	t.Parallel()
	for _, fate := range []invoicing.TimeFate{invoicing.ReleaseTime, invoicing.WriteOffTime} {
		w := setup(t)
		w.worked(t, "2026-02-10", 3600, "90", "Design")
		from := invoicing.FromTime{ClientID: w.client.ID, From: day.MustParse("2026-02-01"), To: day.MustParse("2026-02-28"), GroupBy: invoicing.ByTask}
		d, _, err := w.svc.CreateFromTime(w.Ctx, from)
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.svc.VoidInvoice(w.Ctx, d.ID, fate, "")
		wantFault(t, err, invoicing.ErrNotIssued)
		i, err := w.svc.Issue(w.Ctx, d.ID, day.Date{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.svc.VoidInvoice(w.Ctx, i.ID, "", "no word about the time")
		wantFault(t, err, invoicing.ErrTimeFate)
		if i, err = w.svc.VoidInvoice(w.Ctx, i.ID, fate, "wrong client"); err != nil {
			t.Fatal(err)
		}
		if i.State != invoicing.Void || i.Number == "" || !i.Balance().IsZero() {
			t.Errorf("voided: %s %s %s", i.State, i.Number, i.Balance())
		}
		_, _, err = w.svc.CreateFromTime(w.Ctx, from)
		if fate == invoicing.ReleaseTime && err != nil {
			t.Errorf("released time cannot be billed: %v", err)
		}
		if fate == invoicing.WriteOffTime {
			wantFault(t, err, invoicing.ErrNothingToBill)
		}
	}
}

func TestVoidingNeedsThePaymentsUndone(t *testing.T) {
	t.Parallel()
	w := setup(t)
	i := w.issued(t)
	if _, err := w.svc.Record(w.Ctx, invoicing.NewPayment{
		Amount: money.Of(1, "EUR"), ReceivedOn: day.MustParse("2026-03-02"), Parts: []invoicing.Part{{i.ID, money.Of(1, "EUR")}},
	}); err != nil {
		t.Fatal(err)
	}
	_, err := w.svc.VoidInvoice(w.Ctx, i.ID, "", "")
	wantFault(t, err, invoicing.ErrHasPayments)
}

func TestRule30_TermsMakeTheDueDate(t *testing.T) {
	t.Parallel()
	w := setup(t) // 30 days by the entity
	if i := w.issued(t); i.DueOn.String() != "2026-04-01" {
		t.Errorf("30 days from 2026-03-02: %s", i.DueOn)
	}
	ten := 10
	w.client.TermsDays = &ten
	if i := w.issued(t); i.DueOn.String() != "2026-03-12" {
		t.Errorf("the client's 10 days: %s", i.DueOn)
	}
	d, err := w.svc.Create(w.Ctx, invoicing.DraftOf{ClientID: w.client.ID, Edit: func(i *invoicing.Invoice) {
		i.Terms, i.Lines = day.Terms{EndOfMonth: true, Days: 15}, []invoicing.Line{free("Work", "1", "1")}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if i, err := w.svc.Issue(w.Ctx, d.ID, day.Date{}); err != nil || i.DueOn.String() != "2026-04-15" {
		t.Errorf("end of month and 15 days: %s, %v", i.DueOn, err)
	}
}

func TestADraftFromTime(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.worked(t, "2026-02-10", 5400, "90", "Design")
	w.worked(t, "2026-02-11", 1800, "90", "Design")
	w.worked(t, "2026-02-11", 3600, "120", "Design") // another rate: a line of its own
	w.worked(t, "2026-02-12", 3600, "0", "Setup")    // zero is a rate
	w.worked(t, "2026-03-01", 3600, "90", "Design")  // outside the period
	none := w.worked(t, "2026-02-12", 3600, "", "Build")
	w.taxRate(t, invoicing.TaxRate{Name: "VAT", Default: true, Steps: []invoicing.TaxStep{{Percent: dec("20")}}})
	from := invoicing.FromTime{ClientID: w.client.ID, From: day.MustParse("2026-02-01"), To: day.MustParse("2026-02-28"), GroupBy: invoicing.ByTask}
	preview, out, err := w.svc.Preview(w.Ctx, from)
	if err != nil || preview.Total.Amount() != "360.00" || len(out) != 1 || out[0].ID != none.ID || out[0].Why != "no_rate" {
		t.Fatalf("preview %s, left out %+v, %v", preview.Total, out, err)
	}
	if w.billedCount() != 0 {
		t.Fatal("a preview took time")
	}
	d, _, err := w.svc.CreateFromTime(w.Ctx, from)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range w.find(t, d.ID).Lines {
		got = append(got, fmt.Sprintf("%s %s × %s = %s", l.Description, l.Quantity, l.UnitPrice, l.Net.Amount()))
	}
	want := []string{"Website: Design 2 × 90 = 180.00", "Website: Design 1 × 120 = 120.00", "Website: Setup 1 × 0 = 0.00"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("lines %q, want %q", got, want)
	}
	if w.billedCount() != 4 {
		t.Errorf("%d entries are billed, want 4", w.billedCount())
	}
	_, _, err = w.svc.CreateFromTime(w.Ctx, from)
	wantFault(t, err, invoicing.ErrNothingToBill)

	// A line taken off gives its time back, the others keep theirs.
	d, err = w.svc.Change(w.Ctx, d.ID, d.Version, func(i *invoicing.Invoice) error {
		i.Lines = slices.Delete(i.Lines, 0, 1)
		i.Lines[0].Discount.Percent = dec("50")
		i.Lines = append(i.Lines, free("Travel", "1", "40"))
		return nil
	})
	if err != nil || d.Total.Amount() != "112.00" {
		t.Fatalf("changed to %s, %v", d.Total, err)
	}
	if err := w.svc.Delete(w.Ctx, d.ID); err != nil {
		t.Fatal(err)
	}
	if w.billedCount() != 0 {
		t.Error("a deleted draft kept its time")
	}
	_, err = w.svc.Find(w.Ctx, d.ID)
	wantFault(t, err, invoicing.ErrNotFound)
}

func TestASourceIsBilledOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.worked(t, "2026-02-10", 3600, "90", "Design")
	from := invoicing.FromTime{ClientID: w.client.ID, From: e.Day, To: e.Day, GroupBy: invoicing.ByDay}
	if _, _, err := w.svc.CreateFromTime(w.Ctx, from); err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	clear(w.billed) // as if timesheets had forgotten
	w.mu.Unlock()
	_, _, err := w.svc.CreateFromTime(w.Ctx, from)
	wantFault(t, err, invoicing.ErrBilledAlready)
}

func TestWhatAnInvoiceRefuses(t *testing.T) {
	t.Parallel()
	w := setup(t)
	_, err := w.svc.Issue(w.Ctx, w.draft(t).ID, day.Date{})
	wantFault(t, err, invoicing.ErrNoLines)
	_, err = w.svc.Issue(w.Ctx, w.draft(t, free("Refund", "-1", "5")).ID, day.Date{})
	wantFault(t, err, invoicing.ErrNegativeTotal)
	_, err = w.svc.Create(w.Ctx, invoicing.DraftOf{ClientID: id.New()})
	wantFault(t, err, errUnknownClient)
	_, err = w.svc.Create(w.Ctx, invoicing.DraftOf{ClientID: w.client.ID, EntityID: id.New()})
	wantFault(t, err, invoicing.ErrEntityNotFound)
	for field, edit := range map[string]func(*invoicing.Invoice){
		"body.lines[0].quantity":         func(i *invoicing.Invoice) { i.Lines[0].Quantity = dec("1.000000001") },
		"body.lines[0].discount_percent": func(i *invoicing.Invoice) { i.Lines[0].Discount.Percent = dec("101") },
		"body.lines[0].description":      func(i *invoicing.Invoice) { i.Lines[0].Description = " " },
		"body.lines[0].tax_rate_ids":     func(i *invoicing.Invoice) { i.Lines[0].TaxRateIDs = []string{id.New()} },
		"body.period_to": func(i *invoicing.Invoice) {
			i.PeriodFrom, i.PeriodTo = day.MustParse("2026-02-02"), day.MustParse("2026-02-01")
		},
		"body.currency": func(i *invoicing.Invoice) { i.Currency = "XXZ" },
	} {
		_, err := w.svc.Create(w.Ctx, invoicing.DraftOf{ClientID: w.client.ID, Edit: func(i *invoicing.Invoice) {
			i.Lines = []invoicing.Line{free("Work", "1", "1")}
			edit(i)
		}})
		var f *fault.Error
		if !errors.As(err, &f) || len(f.Fields) != 1 || f.Fields[0].Path != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	d := w.draft(t, free("Work", "1", "1"))
	same := func(*invoicing.Invoice) error { return nil }
	if _, err := w.svc.Change(w.Ctx, d.ID, d.Version, same); err != nil {
		t.Fatal(err)
	}
	_, err = w.svc.Change(w.Ctx, d.ID, d.Version, same)
	wantFault(t, err, invoicing.ErrStale)
}

func TestNumberFormats(t *testing.T) {
	t.Parallel()
	for format, reset := range map[invoicing.NumberFormat]invoicing.Reset{
		"INV-{YYYY}-{NNNN}": invoicing.Yearly, "{YY}{MM}/{NNNNNN}": invoicing.Yearly, "R{N}": invoicing.Never,
	} {
		if err := format.Check(reset); err != nil {
			t.Errorf("%s: %v", format, err)
		}
	}
	for format, reset := range map[invoicing.NumberFormat]invoicing.Reset{
		"INV-{NNNN}": invoicing.Yearly, "INV": invoicing.Never, "{NN}{NN}": invoicing.Never, "{DD}{NN}": invoicing.Never, "<b>{NN}": invoicing.Never, "{NN": invoicing.Never,
	} {
		if format.Check(reset) == nil {
			t.Errorf("%s went through", format)
		}
	}
	if got := invoicing.NumberFormat("{YY}{MM}/{NNN}").Number(1234, 2026, day.MustParse("2026-03-02")); got != "2603/1234" {
		t.Errorf("%s", got)
	}
}

func TestSendingIsAJobThatMailsOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	_, err := w.svc.Send(w.Ctx, w.draft(t).ID, invoicing.Letter{})
	wantFault(t, err, invoicing.ErrNotIssued)
	i := w.issued(t)
	if _, err := w.svc.Send(w.Ctx, i.ID, invoicing.Letter{To: []string{"not an address"}}); !errors.Is(err, invoicing.ErrBadRecipient) {
		t.Errorf("%v", err)
	}
	if _, err := w.svc.Send(w.Ctx, i.ID, invoicing.Letter{}); err != nil {
		t.Fatal(err)
	}
	w.Work(t)
	if len(w.mails) != 1 {
		t.Fatalf("%d mails", len(w.mails))
	}
	m := w.mails[0]
	kept, _ := w.svc.PDF(w.Ctx, i.ID)
	if m.To[0].Email != "bill@acme.example" || len(m.Files) != 1 || !bytes.Equal(m.Files[0].Bytes, kept.Bytes) || m.Files[0].Name != "INV-2026-0001.pdf" || m.Key == "" {
		t.Errorf("mail %s to %v", m.Subject, m.To)
	}
	if w.find(t, i.ID).SentAt == nil {
		t.Error("the invoice does not say that it was sent")
	}
	w.billing = nil
	_, err = w.svc.Send(w.Ctx, i.ID, invoicing.Letter{})
	wantFault(t, err, invoicing.ErrNoRecipients)
}

func TestListsByEverySort(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for n := range 7 {
		w.issued(t, free("Work", decimal.NewFromInt(int64(n%3+1)).String(), "10"))
		w.draft(t, free("Plan", "1", "5"))
	}
	for _, sort := range []string{"-created", "created", "-issue_on", "issue_on", "due_on", "-due_on", "client", "-client", "total", "-total", "number", "-number"} {
		seen, f := map[string]bool{}, invoicing.Filter{Sort: sort, Page: page.Query{Limit: 4}}
		for {
			rows, next, err := w.svc.List(w.Ctx, f)
			if err != nil {
				t.Fatalf("%s: %v", sort, err)
			}
			for _, r := range rows {
				if seen[r.ID] {
					t.Fatalf("%s: a row came twice", sort)
				}
				seen[r.ID] = true
			}
			if next == nil {
				break
			}
			f.Page.Cursor = *next
		}
		if len(seen) != 14 {
			t.Errorf("%s: %d rows, want 14", sort, len(seen))
		}
	}
	_, _, err := w.svc.List(w.Ctx, invoicing.Filter{Sort: "total", Page: page.Query{Cursor: page.Encode("x", "y")}})
	wantFault(t, err, page.ErrBadCursor)
	for _, c := range []struct {
		f    invoicing.Filter
		want int
	}{
		{invoicing.Filter{Status: invoicing.StatusDraft}, 7},
		{invoicing.Filter{Status: invoicing.StatusOpen}, 7},
		{invoicing.Filter{Status: invoicing.StatusPaid}, 0},
		{invoicing.Filter{Query: "0003"}, 1},
		{invoicing.Filter{Query: "acme"}, 14},
		{invoicing.Filter{Query: "%"}, 0},
		{invoicing.Filter{ClientID: id.New()}, 0},
		{invoicing.Filter{From: day.MustParse("2026-03-03")}, 0},
		{invoicing.Filter{IssuedOnly: true}, 7},
	} {
		rows, _, err := w.svc.List(w.Ctx, c.f)
		if err != nil || len(rows) != c.want {
			t.Errorf("%+v finds %d, want %d, %v", c.f, len(rows), c.want, err)
		}
	}
	w.Clock.Set(time.Date(2026, 5, 10, 12, 0, 0, 0, time.UTC)) // 39 days late
	o, err := w.svc.Overview(w.Ctx, invoicing.Filter{})
	if err != nil || len(o.Totals) != 1 || o.Counts[invoicing.StatusLate] != 7 || o.Counts[invoicing.StatusDraft] != 7 {
		t.Fatalf("%+v, %v", o, err)
	}
	if got := o.Totals[0]; got.Open.Amount() != "130.00" || got.Overdue.Amount() != "130.00" || got.Buckets[2].Amount() != "130.00" {
		t.Errorf("%+v", got)
	}
}
