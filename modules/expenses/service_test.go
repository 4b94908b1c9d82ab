package expenses_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/expenses"
	"github.com/bureauhq/bureau/modules/expenses/expensesdb"
	"github.com/bureauhq/bureau/tenancy"
)

// world is an agency in euro with one project and files in a folder.
type world struct {
	*testkit.Agency
	svc     *expenses.Service
	store   *file.Folder
	others  int
	project string
	client  string
	ann     context.Context
	boss    context.Context
	closed  day.Date // the last closed day
}

var errClosed = fault.Define(fault.Conflict, "test.closed", "Closed.")

func (w *world) OpenTx(_ context.Context, _ *tenancy.Tx, field string, days ...expenses.Dated) error {
	for _, d := range days {
		if !w.closed.IsZero() && !d.Day.After(w.closed) {
			return errClosed.At(field, "is closed")
		}
	}
	return nil
}

func (w *world) HouseTx(context.Context, *tenancy.Tx) (expenses.House, error) {
	zone, err := time.LoadLocation("Europe/Berlin")
	return expenses.House{Currency: "EUR", Zone: zone, Rounding: money.HalfUp}, err
}

func (w *world) ProjectsTx(_ context.Context, _ *tenancy.Tx, _ []string) (map[string]expenses.Project, error) {
	return map[string]expenses.Project{w.project: {ID: w.project, Code: "ACM-001", Name: "Website", ClientID: w.client, ClientName: "Acme", Billable: true, Open: true}}, nil
}

func (w *world) ClientNamesTx(_ context.Context, _ *tenancy.Tx, ids []string) (map[string]string, error) {
	if slices.Contains(ids, w.client) {
		return map[string]string{w.client: "Acme"}, nil
	}
	return nil, nil
}

func (w *world) OtherApproversTx(context.Context, *tenancy.Tx, string) (int, error) {
	return w.others, nil
}

func (w *world) NamesTx(context.Context, *tenancy.Tx, []string) (map[string]string, error) {
	return map[string]string{}, nil
}

func (w *world) IsTaxRateTx(context.Context, *tenancy.Tx, string) (bool, error) { return false, nil }

type files struct{ *file.Folder }

func (f files) Read(ctx context.Context, key string) ([]byte, error) {
	r, _, err := f.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return io.ReadAll(r)
}

func setup(t testing.TB) *world {
	t.Helper()
	w := &world{Agency: testkit.NewAgency(t), others: 1, project: id.New(), client: id.New()}
	var err error
	w.store, err = file.NewFolder(file.FolderConfig{Dir: t.TempDir(), BaseURL: "http://files.test", Secret: bytes.Repeat([]byte{7}, 32), Now: w.Clock.Now})
	must(t, err)
	t.Cleanup(func() { _ = w.store.Close() })
	w.svc = expenses.New(expenses.Deps{
		DB: w.DB, Store: expensesdb.Store{}, House: w, Projects: w, Clients: w, Team: w, Taxes: w, Files: files{w.store}, Bus: w.Bus, Now: w.Clock.Now, NewID: id.New,
	})
	w.ann = w.As(access.Actor{Name: "Ann"}, expenses.WriteOwn)
	w.boss = w.As(access.Actor{Name: "Max", Role: "manager"}, expenses.WriteOwn, expenses.ReadAll, expenses.CanApprove, expenses.CanReimburse, expenses.WriteSettings)
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func dec(s string) *decimal.Decimal {
	d := decimal.RequireFromString(s)
	return &d
}

func ptr[T any](v T) *T { return &v }

func (w *world) category(t testing.TB, c expenses.Category) expenses.Category {
	t.Helper()
	if c.Name == "" {
		c.Name = "Travel " + id.New()
	}
	c, err := w.svc.AddCategory(w.boss, c)
	must(t, err)
	return c
}

// meal is a lunch of 119.00 with 19 % in it, on the project.
func (w *world) meal(t testing.TB) expenses.Expense {
	t.Helper()
	c := w.category(t, expenses.Category{Billable: true, MarkupPercent: *dec("10"), TaxPercent: *dec("19")})
	e, err := w.svc.Create(w.ann, expenses.Entry{Kind: expenses.ByReceipt, Day: day.MustParse("2026-03-02"), CategoryID: c.ID, ProjectID: w.project, Merchant: "Bistro", Gross: "119.00"})
	must(t, err)
	return e
}

func (w *world) approved(t testing.TB) expenses.Expense {
	t.Helper()
	e := w.meal(t)
	e, err := w.svc.Submit(w.ann, e.ID, e.Version)
	must(t, err)
	e, err = w.svc.Approve(w.boss, e.ID, e.Version, "")
	must(t, err)
	return e
}

func wants(t testing.TB, err error, want *fault.Error, fields ...string) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %s", err, want.Code)
	}
	for _, path := range fields {
		if !slices.ContainsFunc(fault.From(err).Fields, func(f fault.Field) bool { return f.Path == path }) {
			t.Errorf("%s is not named: %+v", path, fault.From(err).Fields)
		}
	}
}

func TestAnExpenseTakesWhatItsCategoryAndProjectSay(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.meal(t)
	if e.Tax.String() != "19.00 EUR" || e.Net().String() != "100.00 EUR" || !e.Billable || e.MarkupPercent.String() != "10" || !e.Reimbursable || e.ClientID != w.client {
		t.Errorf("got %+v", e)
	}
	charges, err := e.Charges()
	if err != nil || charges[0].Net.String() != "110.00 EUR" || charges[0].Gross.String() != "130.90 EUR" {
		t.Errorf("charges: %v, %v", charges, err)
	}
	// What is typed in goes before it, and an amount of tax before its percentage.
	e, err = w.svc.Change(w.ann, e.ID, e.Version, expenses.Entry{
		Kind: expenses.ByReceipt, CategoryID: e.CategoryID, Gross: "50", Tax: ptr("3.27"), Reimbursable: ptr(false), MarkupPercent: dec("0"),
	})
	must(t, err)
	if e.Tax.String() != "3.27 EUR" || e.Billable || e.ProjectID != "" || e.Reimbursable || !e.MarkupPercent.IsZero() {
		t.Errorf("got %+v", e)
	}
	_, err = w.svc.Change(w.ann, e.ID, e.Version, expenses.Entry{Kind: expenses.ByReceipt, Billable: ptr(true)})
	wants(t, err, expenses.ErrBadExpense, "body.project_id")
}

func TestAnExpenseRefusesWhatItCannotBe(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for path, in := range map[string]expenses.Entry{
		"body.gross": {Gross: "1.005"}, "body.currency": {Gross: "1", Currency: "XXQ"}, "body.tax": {Gross: "1", Tax: ptr("2")}, "body.project_id": {ProjectID: id.New()},
		"body.tax_percent": {TaxPercent: dec("101")}, "body.markup_percent": {MarkupPercent: dec("-101")}, "body.day": {Day: day.MustParse("1999-12-31")},
		"body.exchange_rate": {Gross: "1", Currency: "USD", ExchangeRate: dec("0")},
	} {
		in.Kind = expenses.ByReceipt
		_, err := w.svc.Create(w.ann, in)
		wants(t, err, expenses.ErrBadExpense, path)
	}
	_, err := w.svc.Create(w.ann, expenses.Entry{Kind: expenses.ByReceipt, Currency: "JPY", Gross: "100.5"})
	wants(t, err, expenses.ErrBadExpense, "body.gross")
	e, err := w.svc.Create(w.ann, expenses.Entry{Kind: expenses.ByReceipt, Currency: "USD"})
	must(t, err)
	_, err = w.svc.Submit(w.ann, e.ID, e.Version)
	wants(t, err, expenses.ErrIncomplete, "body.category_id", "body.gross", "body.exchange_rate")
}

func TestOthersSeeNoneOfWhatIsNotTheirs(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.meal(t)
	bob := w.As(access.Actor{Name: "Bob"}, expenses.WriteOwn)
	if _, err := w.svc.Find(bob, e.ID); !errors.Is(err, expenses.ErrNotFound) {
		t.Errorf("find: %v", err)
	}
	if all, err := w.svc.List(bob, expenses.Filter{}); err != nil || len(all) != 0 {
		t.Errorf("list: %v, %v", all, err)
	}
	if sum, err := w.svc.Summary(bob, expenses.Filter{MemberID: e.MemberID}); err != nil || sum.Count != 0 {
		t.Errorf("summary: %v, %v", sum, err)
	}
	if all, err := w.svc.Export(bob, expenses.Filter{}); err != nil || len(all.Rows) != 0 {
		t.Errorf("export: %v, %v", all.Rows, err)
	}
	if _, err := w.svc.Change(w.boss, e.ID, e.Version, expenses.Entry{Kind: expenses.ByReceipt}); !errors.Is(err, expenses.ErrNotYours) {
		t.Errorf("a manager's change: %v", err)
	}
	if all, err := w.svc.List(w.boss, expenses.Filter{}); err != nil || len(all) != 1 || all[0].ProjectCode != "ACM-001" {
		t.Errorf("a manager's list: %v, %v", all, err)
	}
}

func TestReceiptsAreKeptShownAndTakenAway(t *testing.T) {
	t.Parallel()
	w := setup(t)
	pixel, err := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
	must(t, err)
	up := func(name string, raw []byte) expenses.Upload {
		return expenses.Upload{Name: name, Body: bytes.NewReader(raw)}
	}
	e, err := w.svc.Drop(w.ann, up(`C:\photos\lunch.exe`, pixel))
	must(t, err)
	if e.State != expenses.Draft || len(e.Receipts) != 1 || e.Receipts[0].Name != "lunch.png" || e.Receipts[0].ThumbKey == "" || !strings.HasPrefix(e.Receipts[0].Key, w.Tenancy.ID+"/") {
		t.Fatalf("got %+v", e)
	}
	e, err = w.svc.Attach(w.ann, e.ID, up("bill.pdf", []byte("%PDF-1.7\n")))
	must(t, err)
	first, second := e.Receipts[0], e.Receipts[1]
	if f, err := w.svc.Receipt(w.boss, e.ID, first.ID, false); err != nil || !bytes.Equal(f.Data, pixel) || f.ContentType != "image/png" {
		t.Errorf("the file: %v %s", err, f.ContentType)
	}
	if f, err := w.svc.Receipt(w.ann, e.ID, first.ID, true); err != nil || f.ContentType != "image/jpeg" {
		t.Errorf("the small picture: %v %s", err, f.ContentType)
	}
	if _, err := w.svc.Receipt(w.As(access.Actor{Name: "Bob"}, expenses.WriteOwn), e.ID, first.ID, false); !errors.Is(err, expenses.ErrNotFound) {
		t.Errorf("somebody else's look: %v", err)
	}
	other := w.meal(t)
	if _, err := w.svc.Receipt(w.ann, other.ID, first.ID, false); !errors.Is(err, expenses.ErrNoReceipt) {
		t.Errorf("below another expense: %v", err)
	}
	must(t, w.svc.Detach(w.ann, e.ID, second.ID))
	if there, err := w.store.Exists(w.Ctx, second.Key); err != nil || there {
		t.Errorf("the file stays: %v", err)
	}
	// What is refused leaves no file behind.
	before := w.count(t)
	_, err = w.svc.Drop(w.ann, up("x.pdf", []byte("<html>")))
	wants(t, err, file.ErrScanType, "body.file")
	_, err = w.svc.Attach(w.boss, e.ID, up("x.png", pixel))
	wants(t, err, expenses.ErrNotYours)
	if n := w.count(t); n != before {
		t.Errorf("%d files, %d before", n, before)
	}
}

func (w *world) count(t testing.TB) (n int) {
	t.Helper()
	must(t, w.store.List(w.Ctx, w.Tenancy.ID, func(string, int64) error { n++; return nil }))
	return n
}

func TestPoliciesWarnOrRefuseAtTheField(t *testing.T) {
	t.Parallel()
	w := setup(t)
	c := w.category(t, expenses.Category{})
	_, err := w.svc.AddPolicy(w.boss, "", expenses.Limits{PerExpense: ptr("10.00"), Refuses: true})
	must(t, err)
	p, err := w.svc.AddPolicy(w.boss, c.ID, expenses.Limits{PerExpense: ptr("50.00"), PerDay: ptr("80.00"), ReceiptAbove: ptr("20"), LateAfterDays: 30})
	must(t, err)
	_, err = w.svc.AddPolicy(w.boss, c.ID, expenses.Limits{PerDay: ptr("1")})
	wants(t, err, expenses.ErrPolicyTaken, "body.category_id")
	spend := func(on, amount string) expenses.Expense {
		t.Helper()
		e, err := w.svc.Create(w.ann, expenses.Entry{Kind: expenses.ByReceipt, Day: day.MustParse(on), CategoryID: c.ID, Gross: amount})
		must(t, err)
		return e
	}
	codes := func(e expenses.Expense) (out []string) {
		for _, f := range e.Findings {
			out = append(out, f.Code)
		}
		return out
	}
	for _, step := range []struct {
		on, amount string
		want       []string
	}{
		{"2026-03-01", "20.00", nil},
		{"2026-03-01", "50.00", []string{"receipt_missing"}},
		{"2026-03-01", "10.01", []string{"over_day"}},
		{"2026-03-02", "50.01", []string{"over_limit", "receipt_missing"}},
		{"2026-01-30", "5", []string{"late"}},
		{"2026-01-31", "5", nil},
	} {
		if got := codes(spend(step.on, step.amount)); !slices.Equal(got, step.want) {
			t.Errorf("%s on %s: %v, want %v", step.amount, step.on, got, step.want)
		}
	}
	// A warning goes along with what is submitted; a refusal stops it, and names the field.
	e := spend("2026-02-20", "60.00")
	e, err = w.svc.Submit(w.ann, e.ID, e.Version)
	must(t, err)
	if !slices.Equal(codes(e), []string{"over_limit", "receipt_missing"}) {
		t.Errorf("submitted with %v", e.Findings)
	}
	_, err = w.svc.ChangePolicy(w.boss, p.ID, p.Version, expenses.Limits{PerExpense: ptr("50"), ReceiptAbove: ptr("20"), Refuses: true})
	must(t, err)
	e = spend("2026-02-21", "60.00")
	_, err = w.svc.Submit(w.ann, e.ID, e.Version)
	wants(t, err, expenses.ErrPolicy, "body.gross", "body.receipts")
	must(t, w.svc.RemovePolicy(w.boss, p.ID))
	_, err = w.svc.Submit(w.ann, e.ID, e.Version)
	wants(t, err, expenses.ErrPolicy, "body.gross") // the one for all is left
}

func TestReimbursedAndBilledAreApart(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e, other := w.approved(t), w.approved(t)
	draft := w.meal(t)
	_, err := w.svc.Reimburse(w.boss, []string{e.ID, draft.ID}, day.Date{}, "SEPA 1")
	wants(t, err, expenses.ErrNotOwed)
	if got, _ := w.svc.Find(w.ann, e.ID); got.Reimbursed != nil {
		t.Error("half of a refused list was paid back")
	}
	_, err = w.svc.Reimburse(w.boss, []string{e.ID}, day.MustParse("2026-03-03"), "")
	wants(t, err, expenses.ErrBadPayment, "body.on")
	if n, err := w.svc.Reimburse(w.boss, []string{e.ID, e.ID, other.ID}, day.Date{}, "SEPA 1"); err != nil || n != 2 {
		t.Fatal(n, err)
	}
	invoice := id.New()
	bill := func(do func(ctx context.Context, tx *tenancy.Tx) error) error { return w.DB.Run(w.boss, do) }
	must(t, bill(func(ctx context.Context, tx *tenancy.Tx) error {
		all, err := w.svc.UnbilledTx(ctx, tx, expenses.Unbilled{ClientID: w.client})
		if err != nil || len(all) != 2 {
			t.Errorf("unbilled: %d, %v", len(all), err)
		}
		return w.svc.MarkBilledTx(ctx, tx, []string{e.ID}, invoice)
	}))
	wants(t, bill(func(ctx context.Context, tx *tenancy.Tx) error {
		return w.svc.MarkBilledTx(ctx, tx, []string{e.ID, other.ID}, id.New())
	}), expenses.ErrNotBillable)
	if _, err := w.svc.Reject(w.boss, e.ID, e.Version+2, "no"); !errors.Is(err, expenses.ErrSettled) {
		t.Errorf("sending back what is billed: %v", err)
	}
	sum, err := w.svc.Summary(w.boss, expenses.Filter{})
	if err != nil || sum.Count != 3 || len(sum.Owed) != 0 || sum.ToBill[0].String() != "119.00 EUR" || sum.Base[0].String() != "357.00 EUR" {
		t.Errorf("summary: %+v, %v", sum, err)
	}
	must(t, bill(func(ctx context.Context, tx *tenancy.Tx) error {
		return w.svc.ReleaseBilledTx(ctx, tx, []string{e.ID}, invoice)
	}))
	got, err := w.svc.Find(w.ann, e.ID)
	if err != nil || !got.Unbilled() || got.Reimbursed == nil || got.Reimbursed.Reference != "SEPA 1" {
		t.Errorf("after the release: %+v, %v", got, err)
	}
	if n, err := w.svc.Unreimburse(w.boss, []string{e.ID}); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	if all, err := w.svc.List(w.boss, expenses.Filter{Owed: expenses.OwedOpen}); err != nil || len(all) != 1 {
		t.Errorf("owed: %d, %v", len(all), err)
	}
}

func TestTheExportHasOneLineAnExpense(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.approved(t)
	all, err := w.svc.Export(w.boss, expenses.Filter{})
	must(t, err)
	if len(all.Rows) != 1 || len(all.Rows[0]) != len(all.Columns) {
		t.Fatalf("%d rows", len(all.Rows))
	}
	row := map[string]string{}
	for n, c := range all.Columns {
		row[c.Name] = all.Rows[0][n]
	}
	for name, want := range map[string]string{"date": e.Day.String(), "gross": "119.00", "tax": "19.00", "net": "100.00", "billable": "yes", "billed": "no", "reimbursable": "yes", "state": "approved", "project_code": "ACM-001"} {
		if row[name] != want {
			t.Errorf("%s: %q, want %q", name, row[name], want)
		}
	}
}

func TestPagesGoOnWhereTheLastOneEnded(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for range 7 {
		w.meal(t)
	}
	all, err := w.svc.List(w.boss, expenses.Filter{Limit: 4})
	must(t, err)
	last := all[2]
	rest, err := w.svc.List(w.boss, expenses.Filter{Limit: 10, AfterDay: last.Day, AfterID: last.ID})
	if err != nil || len(all) != 4 || len(rest) != 4 {
		t.Errorf("pages of %d and %d, %v", len(all), len(rest), err)
	}
	for _, e := range rest {
		if e.ID >= last.ID {
			t.Error("a page repeats what was on the one before")
		}
	}
}
