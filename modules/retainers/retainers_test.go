package retainers_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/clients/clientsdb"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/modules/retainers"
	"github.com/bureauhq/bureau/modules/retainers/retainersdb"
	"github.com/bureauhq/bureau/modules/retainers/retainerspdf"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// world is an agency with one client, whose time the test makes up. It is Monday, 2 March 2026.
type world struct {
	*testkit.Agency
	svc             *retainers.Service
	client, project string
	entries         map[string]timesheets.Entry
	drafts          []invoicing.Invoice
	standing        map[string]invoicing.Standing
	head            invoicing.Letterhead

	mu      sync.Mutex
	tasks   []string
	told    []projects.Notice
	refused map[string]error // letters to members
	state   projects.State
	manager string // of the project
	blind   bool   // nobody may read retainers any more
}

func (w *world) Tell(_ context.Context, n projects.Notice) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.refused[n.MemberID]; err != nil {
		return err
	}
	w.told = append(w.told, n)
	return nil
}

func (w *world) ProjectsByIDsTx(context.Context, *tenancy.Tx, []string) (map[string]projects.Project, error) {
	return map[string]projects.Project{w.project: {ID: w.project, ClientID: w.client, Name: "Website", State: w.state, ManagerID: w.manager}}, nil
}

func (w *world) UnbilledTx(_ context.Context, _ *tenancy.Tx, f timesheets.UnbilledFilter) (out []timesheets.Entry, err error) {
	for _, e := range w.entries {
		if e.State == timesheets.Approved && !e.Day.Before(f.From) {
			out = append(out, e)
		}
	}
	return out, nil
}

func (w *world) EntriesTx(_ context.Context, _ *tenancy.Tx, ids []string) (out []timesheets.Entry, err error) {
	for _, i := range ids {
		out = append(out, w.entries[i])
	}
	return out, nil
}

func (w *world) NamesTx(context.Context, *tenancy.Tx, []string) (map[string]string, error) {
	return map[string]string{}, nil
}

// HoldersTx tells who may read retainers: the owner, until a test says otherwise.
func (w *world) HoldersTx(_ context.Context, _ *tenancy.Tx, p access.Permission) ([]string, error) {
	if p != retainers.Read || w.blind {
		return nil, nil
	}
	return []string{w.Owner.MemberID, w.manager}, nil
}

func (w *world) SettingsTx(context.Context, *tenancy.Tx) (agency.Settings, error) {
	return agency.Settings{TimeZone: "Europe/Berlin", Currency: "EUR"}, nil
}

func (w *world) DraftTx(_ context.Context, _ *tenancy.Tx, of invoicing.DraftOf, lines []invoicing.Line) (invoicing.Invoice, error) {
	i := invoicing.Invoice{ID: id.New(), ClientID: of.ClientID, Currency: of.Currency, Lines: lines}
	if of.Edit != nil {
		of.Edit(&i)
	}
	w.drafts = append(w.drafts, i)
	return i, nil
}

// StandingTx tells of invoices what a test said, and of others that they are drafts.
func (w *world) StandingTx(_ context.Context, _ *tenancy.Tx, invoiceID string) (invoicing.Standing, error) {
	if st, said := w.standing[invoiceID]; said {
		return st, nil
	}
	return invoicing.Standing{State: invoicing.Draft}, nil
}

func (w *world) LetterheadTx(context.Context, *tenancy.Tx, string) (invoicing.Letterhead, error) {
	return w.head, nil
}

func (w *world) Drawing(context.Context, invoicing.Letterhead) []byte { return nil }

func setup(t testing.TB) *world {
	t.Helper()
	w := &world{Agency: testkit.NewAgency(t), project: id.New(), entries: map[string]timesheets.Entry{}, standing: map[string]invoicing.Standing{}}
	who := clients.New(clients.Deps{DB: w.DB, Store: clientsdb.Store{}, Members: nobody{}, Settings: w, Events: w.Bus, Now: w.Clock.Now})
	c, _, err := who.Create(w.Ctx, clients.Draft{Name: "Acme"})
	must(t, err)
	w.client = c.ID
	must(t, w.DB.Run(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.PGX().Exec(ctx, `INSERT INTO projects (id, client_id, code, name, state, colour, board_columns, created_at, updated_at)
			VALUES ($1, $2, 'ACM-001', 'Website', 'active', 'blue', '[]', now(), now())`, w.project, w.client)
		return err
	}))
	w.svc = retainers.New(retainers.Deps{
		DB: w.DB, Store: retainersdb.Store{}, Clients: who, Projects: w, Time: w, Members: w, Settings: w, Bills: w, Renderer: retainerspdf.Renderer{}, Events: w.Bus, Jobs: w.Queue, Notices: w, Now: w.Clock.Now,
	})
	retainers.RegisterJobs(w.Registry, w.svc)
	retainers.Listen(w.Bus, w.svc)
	return w
}

type nobody struct{}

func (nobody) IsMemberTx(context.Context, *tenancy.Tx, string) (bool, error) { return true, nil }

// support is 40 hours a month from January on, of which everything rolls over.
func (w *world) support() retainers.Draft {
	fee := "4000"
	return retainers.Draft{
		ClientID: w.client, Name: "Support", Unit: retainers.Hours, Every: "month", StartsOn: day.New(2026, 1, 1), GraceDays: 90, Shown: true,
		Terms: retainers.Terms{Grant: "40", Fee: &fee, Rollover: retainers.RollAll, Deficit: retainers.CarryDeficit, Overage: retainers.AtRate},
	}
}

func (w *world) create(t testing.TB, d retainers.Draft) retainers.Row {
	t.Helper()
	r, err := w.svc.Create(w.Ctx, d)
	must(t, err)
	return r
}

// approved is time on the project that counts.
func (w *world) approved(on string, hours float64) timesheets.Entry {
	rate := decimal.NewFromInt(100)
	e := timesheets.Entry{
		ID: id.New(), ClientID: w.client, ProjectID: w.project, Day: day.MustParse(on), RawSeconds: int64(hours * 3600), BilledSeconds: int64(hours * 3600),
		Billable: true, State: timesheets.Approved, Rate: &rate, Currency: "EUR", Version: 2,
	}
	w.entries[e.ID] = e
	return e
}

func (w *world) count(t testing.TB, entries ...timesheets.Entry) {
	t.Helper()
	must(t, w.tell(entries...))
}

func (w *world) tell(entries ...timesheets.Entry) error {
	all := make([]timesheets.Counted, len(entries))
	for i, e := range entries {
		all[i] = timesheets.Counted{Entry: e}
		w.entries[e.ID] = e
	}
	return w.DB.Run(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error { return w.svc.CountTx(ctx, tx, all) })
}

// periods are the figures of a retainer, oldest first.
func (w *world) periods(t testing.TB, retainerID string) []retainers.Period {
	t.Helper()
	_, ps, _, err := w.svc.Periods(w.Ctx, retainerID, page.Query{Limit: 100})
	must(t, err)
	out := make([]retainers.Period, len(ps))
	for i, p := range ps {
		out[len(ps)-1-i] = p
	}
	return out
}

func hours(p retainers.Period) string {
	h := func(n int64) string { return decimal.NewFromInt(n).Div(decimal.NewFromInt(3600)).String() }
	return fmt.Sprintf("%s +%s %s -%s (%s) -%s = %s", h(p.Opening), h(p.Granted), h(p.Adjusted), h(p.Used), h(p.Overage), h(p.Expired), h(p.Closing))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Grant 40, used 30: the next period has 50; used 60 of 50: the next has 30. And the fee stays what it is.
func TestRule49AndRule51FromApprovalToStatement(t *testing.T) {
	t.Parallel()
	w := setup(t)
	r := w.create(t, w.support())
	w.count(t, w.approved("2026-01-12", 30), w.approved("2026-02-10", 35), w.approved("2026-02-11", 25))
	ps := w.periods(t, r.ID)
	for i, want := range []string{"0 +40 0 -30 (0) -0 = 10", "10 +40 0 -60 (0) -0 = -10", "-10 +40 0 -0 (0) -0 = 30"} {
		if got := hours(ps[i]); got != want {
			t.Errorf("period %d: %s, want %s", i+1, got, want)
		}
	}
	w.Work(t)
	if len(w.drafts) != 3 {
		t.Fatalf("%d drafts for 3 periods", len(w.drafts))
	}
	for _, d := range w.drafts {
		if d.Lines[0].UnitPrice.String() != "4000" || !d.Lines[0].Quantity.Equal(decimal.NewFromInt(1)) {
			t.Errorf("the fee depends on the hours: %+v", d.Lines[0])
		}
	}
	if ps := w.periods(t, r.ID); ps[0].FeeInvoiceID == "" || ps[2].FeeInvoiceID == "" {
		t.Error("a period does not know its invoice")
	}
}

// Whatever becomes of an entry afterwards moves the ledger, and telling it twice changes nothing.
func TestTheLedgerFollowsAnEntry(t *testing.T) {
	t.Parallel()
	w := setup(t)
	r := w.create(t, w.support())
	e := w.approved("2026-01-12", 5)
	used := func(month int) int64 { return w.periods(t, r.ID)[month-1].Used / 3600 }
	w.count(t, e)
	w.count(t, e)
	if used(1) != 5 {
		t.Fatalf("approved: %d", used(1))
	}
	e.BilledSeconds = 3 * 3600
	w.count(t, e)
	if used(1) != 3 {
		t.Errorf("edited: %d", used(1))
	}
	e.Day = day.New(2026, 2, 3)
	w.count(t, e)
	if used(1) != 0 || used(2) != 3 {
		t.Errorf("moved: %d and %d", used(1), used(2))
	}
	e.State = timesheets.Rejected
	w.count(t, e)
	if used(2) != 0 {
		t.Errorf("sent back: %d", used(2))
	}
	e.State = timesheets.Approved
	w.count(t, e)
	e.Billable = false
	w.count(t, e)
	if used(2) != 0 {
		t.Errorf("not billable any more: %d", used(2))
	}
	e.Billable = true
	w.count(t, e)
	must(t, w.DB.Run(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		return w.svc.CountTx(ctx, tx, []timesheets.Counted{{Entry: e, Gone: true}})
	}))
	if used(2) != 0 {
		t.Errorf("deleted: %d", used(2))
	}
}

// Time approved late goes to the period of its work date if that is open, and else is an adjustment in the current one.
func TestRule52LateTimeOfAClosedPeriodAdjustsTheCurrentOne(t *testing.T) {
	t.Parallel()
	w := setup(t)
	r := w.create(t, w.support())
	e := w.approved("2026-01-12", 10)
	w.count(t, e)
	if _, err := w.svc.Close(w.Ctx, w.periods(t, r.ID)[1].ID); !errors.Is(err, retainers.ErrNotOver) {
		t.Errorf("February closes before January: %v", err)
	}
	_, err := w.svc.Close(w.Ctx, w.periods(t, r.ID)[0].ID)
	must(t, err)
	w.count(t, w.approved("2026-01-30", 4), w.approved("2026-02-02", 1))
	ps := w.periods(t, r.ID)
	for i, want := range []string{"0 +40 0 -10 (0) -0 = 30", "30 +40 -4 -1 (0) -0 = 65", "65 +40 0 -0 (0) -0 = 105"} {
		if got := hours(ps[i]); got != want {
			t.Errorf("period %d: %s, want %s", i+1, got, want)
		}
	}
	e.State = timesheets.Rejected
	w.count(t, e)
	if ps := w.periods(t, r.ID); hours(ps[0]) != "0 +40 0 -10 (0) -0 = 30" || hours(ps[1]) != "30 +40 6 -1 (0) -0 = 75" {
		t.Errorf("taken back: %s; %s", hours(ps[0]), hours(ps[1]))
	}
}

func TestRule53ABlockCountsOnceItsInvoiceIsPaid(t *testing.T) {
	t.Parallel()
	w := setup(t)
	d := w.support()
	d.Grant, d.Fee, d.StartsOn = "0", nil, day.New(2026, 3, 1)
	r := w.create(t, d)
	price := "900"
	b, err := w.svc.AddBlock(w.Ctx, r.ID, retainers.NewBlock{Amount: "10", Price: &price, CountsFrom: retainers.FromPaid})
	must(t, err)
	if len(w.drafts) != 1 || b.InvoiceID != w.drafts[0].ID {
		t.Fatalf("the block's invoice: %+v", b)
	}
	w.issue(t, b.InvoiceID)
	if got := w.periods(t, r.ID)[0].Closing; got != 0 {
		t.Fatalf("%d before it was paid", got)
	}
	for range 2 {
		w.pay(t, b.InvoiceID)
	}
	if got := w.periods(t, r.ID)[0].Closing; got != 10*3600 {
		t.Fatalf("%d after it was paid", got)
	}
}

// A fee whose draft is thrown away, or whose invoice is voided, is there to be billed again, and by a new invoice.
func TestAFeeIsBilledAgainWhenItsInvoiceCameToNothing(t *testing.T) {
	t.Parallel()
	w := setup(t)
	r := w.create(t, w.support())
	w.Work(t)
	for _, nothing := range []func(invoicing.Fact) interface{ EventName() string }{
		func(f invoicing.Fact) interface{ EventName() string } { return invoicing.InvoiceDeleted{Fact: f} },
		func(f invoicing.Fact) interface{ EventName() string } { return invoicing.InvoiceVoided{Fact: f} },
	} {
		first := w.periods(t, r.ID)[0]
		for _, of := range []string{id.New(), first.FeeInvoiceID, first.FeeInvoiceID} { // a stranger's, and one that is told twice
			e := nothing(invoicing.Fact{InvoiceID: of})
			must(t, w.DB.Run(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error { return w.Bus.Publish(ctx, tx, e) }))
			w.Work(t)
		}
		ps := w.periods(t, r.ID)
		if ps[0].FeeInvoiceID != "" || ps[1].FeeInvoiceID == "" {
			t.Fatalf("after %s: the fee of the first period is billed by %q, of the second by %q", nothing(invoicing.Fact{}).EventName(), ps[0].FeeInvoiceID, ps[1].FeeInvoiceID)
		}
		again, err := w.svc.DraftFee(w.Ctx, first.ID)
		must(t, err)
		if again.FeeInvoiceID == "" || again.FeeInvoiceID == first.FeeInvoiceID {
			t.Fatalf("drafted again by %q, after %q", again.FeeInvoiceID, first.FeeInvoiceID)
		}
	}
}

// A fee says its days as the client's other papers do.
func TestAFeeSpeaksTheLanguageOfTheClient(t *testing.T) {
	t.Parallel()
	for language, want := range map[invoicing.Language]string{
		invoicing.English: "Support, 1 Jan 2026 – 31 Jan 2026", invoicing.German: "Support, 01.01.2026 – 31.01.2026",
	} {
		w := setup(t)
		w.head.Language = language
		w.create(t, w.support())
		w.Work(t)
		var said []string
		for _, d := range w.drafts { // each by a job of its own, in any order
			said = append(said, d.Lines[0].Description)
		}
		if !slices.Contains(said, want) {
			t.Errorf("%s: %q, want %q among them", language, said, want)
		}
	}
}

// What is beyond a retainer is billed when its period is closed, by the contract's rule; what it covers never is.
func TestOnlyWhatIsOverIsLeftToBill(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule  retainers.Overage
		rate  string
		left  int64
		price string
	}{{retainers.AtRate, "", 2, ""}, {retainers.AtOwnRate, "150", 2, "150"}, {retainers.AbsorbsOver, "", 0, ""}} {
		w := setup(t)
		d := w.support()
		d.Rollover, d.Deficit, d.Overage = retainers.RollNone, retainers.BillDeficit, c.rule
		if c.rate != "" {
			rate := decimal.RequireFromString(c.rate)
			d.OverageRate = &rate
		}
		r := w.create(t, d)
		a, b := w.approved("2026-01-12", 38), w.approved("2026-01-13", 4)
		other := w.approved("2025-12-31", 3)
		w.count(t, a, b, other)
		left := func() map[string]retainers.Cover {
			var out map[string]retainers.Cover
			must(t, w.DB.Read(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
				out, err = w.svc.CoversTx(ctx, tx, []string{a.ID, b.ID, other.ID})
				return err
			}))
			return out
		}
		if l := left(); l[b.ID].Seconds(b.BilledSeconds) != 0 || len(l) != 2 {
			t.Errorf("%s: open: %+v", c.rule, l)
		}
		_, err := w.svc.Close(w.Ctx, w.periods(t, r.ID)[0].ID)
		must(t, err)
		l := left()
		if got := l[b.ID].Seconds(b.BilledSeconds); got != c.left*3600 || l[a.ID].Seconds(a.BilledSeconds) != 0 {
			t.Errorf("%s: %d seconds to bill: %+v", c.rule, got, l)
		}
		if c.price != "" && (l[b.ID].Rate == nil || l[b.ID].Rate.String() != c.price) {
			t.Errorf("%s: at %v", c.rule, l[b.ID].Rate)
		}
	}
}

func TestARetainerThatRefusesIsAskedFirst(t *testing.T) {
	t.Parallel()
	w := setup(t)
	d := w.support()
	d.StartsOn, d.Deficit, d.Overage = day.New(2026, 3, 1), retainers.BillDeficit, retainers.Refuse
	r := w.create(t, d)
	w.count(t, w.approved("2026-03-02", 39))
	more := w.approved("2026-03-02", 2)
	if err := w.tell(more); !errors.Is(err, retainers.ErrBeyond) {
		t.Fatalf("41 of 40 hours: %v", err)
	}
	if got := w.periods(t, r.ID)[0].Used; got != 39*3600 {
		t.Errorf("something was left behind: %d", got)
	}
	_, err := w.svc.Adjust(w.Ctx, r.ID, "1", "Agreed by phone with Ms Ito")
	must(t, err)
	w.count(t, more)
	if got := hours(w.periods(t, r.ID)[0]); got != "0 +40 1 -41 (0) -0 = 0" {
		t.Errorf("after the adjustment: %s", got)
	}
}

// A renewal makes each period once, however often it runs, and closes what is over.
func TestRenewalsAreMadeOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	d := w.support()
	d.StartsOn, d.AnchorOn, d.Prorate, d.GraceDays, d.LeadDays = day.New(2026, 3, 17), day.New(2026, 1, 1), true, 5, 7
	r := w.create(t, d)
	w.Work(t)
	if ps := w.periods(t, r.ID); len(ps) != 1 || ps[0].Granted != 1935*36 || ps[0].Fee.Amount() != "1935.48" || len(w.drafts) != 1 {
		t.Fatalf("the first period, 15 of 31 days: %+v", ps)
	}
	w.Clock.Set(time.Date(2026, 5, 26, 8, 0, 0, 0, time.UTC))
	for range 3 {
		w.Work(t)
	}
	ps := w.periods(t, r.ID)
	if len(ps) != 4 || len(w.drafts) != 4 {
		t.Fatalf("a week before June there are %d periods and %d drafts, want 4", len(ps), len(w.drafts))
	}
	for i, p := range ps {
		if closed := p.ClosedAt != nil; closed != (i < 2) {
			t.Errorf("period %d closed: %v", i+1, closed)
		}
	}
	// By the agency's day the list shows May, whatever the database's day is.
	rows, _, err := w.svc.List(w.Ctx, retainers.Filter{}, page.Query{})
	must(t, err)
	if len(rows) != 1 || rows[0].Current == nil || rows[0].Current.Days().From != day.New(2026, 5, 1) {
		t.Errorf("the list shows %+v", rows)
	}
}

// Who makes a retainer for months that are over has yet to approve their time: it counts in its own month for the days of grace.
func TestMonthsThatWereOverStayOpenForTheDaysOfGrace(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Clock.Set(time.Date(2026, 3, 20, 8, 0, 0, 0, time.UTC))
	d := w.support()
	d.GraceDays, d.Rollover = 5, retainers.RollNone
	r := w.create(t, d)
	w.Work(t)
	w.count(t, w.approved("2026-01-12", 8))
	open := func() (n int) {
		for _, p := range w.periods(t, r.ID) {
			if p.ClosedAt == nil {
				n++
			}
		}
		return n
	}
	january := func() retainers.Period { ps := w.periods(t, r.ID); return ps[0] }
	if p := january(); open() != 3 || p.Used != 8*3600 || p.Adjusted != 0 {
		t.Errorf("%d are open, of January %s", open(), hours(p))
	}
	w.Clock.Set(time.Date(2026, 3, 25, 20, 0, 0, 0, time.UTC))
	w.Work(t)
	if open() != 3 {
		t.Errorf("on the last day of grace %d are open", open())
	}
	w.Clock.Set(time.Date(2026, 3, 26, 8, 0, 0, 0, time.UTC))
	w.Work(t)
	if open() != 1 {
		t.Errorf("after the days of grace %d are open", open())
	}
}

func TestAMoneyRetainerCountsWhatTimeIsWorth(t *testing.T) {
	t.Parallel()
	w := setup(t)
	d := w.support()
	d.Unit, d.Grant = retainers.Money, "4000"
	r := w.create(t, d)
	none := w.approved("2026-01-12", 5)
	none.Rate, none.Currency = nil, ""
	foreign := w.approved("2026-01-12", 5)
	foreign.Currency = "USD"
	w.count(t, w.approved("2026-01-12", 12.5), none, foreign) // time without a price, or of another currency, takes nothing
	if p := w.periods(t, r.ID)[0]; p.Used != 125_000 || p.Closing != 275_000 {
		t.Errorf("used %d, closes with %d", p.Used, p.Closing)
	}
}

func TestAClientSeesWhatEndedToo(t *testing.T) {
	t.Parallel()
	w := setup(t)
	d := w.support()
	d.EndsOn = day.New(2026, 1, 31)
	r := w.create(t, d)
	must(t, w.DB.Read(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		rows, err := w.svc.OfClientTx(ctx, tx, w.client)
		if err == nil && (len(rows) != 1 || rows[0].ID != r.ID) {
			t.Errorf("the client sees %+v", rows)
		}
		return err
	}))
}

func TestBadRetainersAreRefusedAtTheirFields(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.create(t, w.support())
	over := w.support()
	over.StartsOn = day.New(2026, 6, 1)
	if _, err := w.svc.Create(w.Ctx, over); !errors.Is(err, retainers.ErrOverlap) {
		t.Errorf("a second one on the same days: %v", err)
	}
	bad := w.support()
	bad.ClientID, bad.Name = id.New(), "x"
	if _, err := w.svc.Create(w.Ctx, bad); !errors.Is(err, retainers.ErrBadRetainer) {
		t.Errorf("a client that is not there: %v", err)
	}
	bad = w.support()
	bad.ProjectID, bad.Grant, bad.Rollover = w.project, "1.005", retainers.RollCapped
	if _, err := w.svc.Create(w.Ctx, bad); !errors.Is(err, retainers.ErrBadRetainer) {
		t.Errorf("hours with three places: %v", err)
	}
}
