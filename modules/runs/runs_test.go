package runs_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/retainers"
	"github.com/bureauhq/bureau/modules/runs"
	"github.com/bureauhq/bureau/modules/runs/runsdb"
	"github.com/bureauhq/bureau/tenancy"
)

// world is an agency whose bills the test makes up. It is Monday, 2 March 2026.
type world struct {
	*testkit.Agency
	svc     *runs.Service
	clients []clients.Client

	mu      sync.Mutex
	billed  map[string]int // client → committed bills
	nothing map[string]bool
	breaks  func(clientID string) error

	fees      []retainers.DueFee
	feeStates map[string]invoicing.State
	sent      int // fees that went out
}

func (w *world) ActiveTx(context.Context, *tenancy.Tx) ([]clients.Client, error) {
	return slices.Clone(w.clients), nil
}

func (w *world) ClientsByIDsTx(_ context.Context, _ *tenancy.Tx, ids []string) (map[string]clients.Client, error) {
	out := map[string]clients.Client{}
	for _, c := range w.clients {
		for _, i := range ids {
			if c.ID == i {
				out[i] = c
			}
		}
	}
	return out, nil
}

func (w *world) SettingsTx(context.Context, *tenancy.Tx) (agency.Settings, error) {
	return agency.Settings{TimeZone: "Europe/Berlin", Currency: "EUR"}, nil
}

func (w *world) ToBillTx(context.Context, *tenancy.Tx, invoicing.Bill) (map[string]bool, error) {
	out := map[string]bool{}
	for _, c := range w.clients {
		out[c.ID] = !w.nothing[c.ID]
	}
	return out, nil
}

func (w *world) AheadTx(_ context.Context, _ *tenancy.Tx, b invoicing.Bill, ids []string) (out []invoicing.Ahead, err error) {
	if b.EntityID != "" {
		return nil, invoicing.ErrEntityNotFound
	}
	for _, i := range ids {
		out = append(out, invoicing.Ahead{ClientID: i, Total: money.Of(10000, "EUR")})
	}
	return out, nil
}

func (w *world) BillTx(_ context.Context, tx *tenancy.Tx, b invoicing.Bill) (invoicing.Invoice, []invoicing.LeftOut, error) {
	if w.breaks != nil {
		w.mu.Lock()
		err := w.breaks(b.ClientID)
		w.mu.Unlock()
		if err != nil {
			return invoicing.Invoice{}, nil, err
		}
	}
	tx.AfterCommit(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.billed[b.ClientID]++
	})
	i := invoicing.Invoice{ID: id.New(), ClientID: b.ClientID, Currency: "EUR", Total: money.Of(10000, "EUR"), State: invoicing.Draft}
	if b.How != invoicing.AsDraft {
		i.State, i.Number = invoicing.Issued, "INV-2026-0001"
	}
	return i, nil, nil
}

func (w *world) ByIDsTx(_ context.Context, _ *tenancy.Tx, ids []string) (map[string]invoicing.Listed, error) {
	out := map[string]invoicing.Listed{}
	for _, i := range ids {
		out[i] = invoicing.Listed{Summary: invoicing.Summary{ID: i, State: w.feeStates[i]}}
	}
	return out, nil
}

// GoOutTx issues the draft of a fee, once.
func (w *world) GoOutTx(_ context.Context, tx *tenancy.Tx, id string, how invoicing.How, _ day.Date) (invoicing.Invoice, error) {
	i := invoicing.Invoice{ID: id, Currency: "EUR", Total: money.Of(400000, "EUR"), State: invoicing.Draft}
	if how != invoicing.AsDraft {
		i.State, i.Number = invoicing.Issued, "INV-2026-0002"
		tx.AfterCommit(func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.feeStates[id] = invoicing.Issued
			w.sent++
		})
	}
	return i, nil
}

func (w *world) FeesTx(_ context.Context, _ *tenancy.Tx, ids []string, days day.Range) (out []retainers.DueFee, _ error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.fees {
		if days.Contains(day.New(2026, 2, 1)) && (len(ids) == 0 || slices.Contains(ids, f.ClientID)) {
			out = append(out, f)
		}
	}
	return out, nil
}

func (w *world) DraftFeeTx(_ context.Context, _ *tenancy.Tx, periodID string) (retainers.Period, error) {
	for _, f := range w.fees {
		if f.PeriodID == periodID {
			return retainers.Period{ID: periodID, FeeInvoiceID: cmp.Or(f.InvoiceID, "0198c0de-0000-7000-8000-00000000fee1")}, nil
		}
	}
	return retainers.Period{}, retainers.ErrPeriodNotFound
}

func setup(t *testing.T, n int) *world {
	t.Helper()
	w := &world{Agency: testkit.NewAgency(t), billed: map[string]int{}, nothing: map[string]bool{}, feeStates: map[string]invoicing.State{}}
	for i := range n {
		w.clients = append(w.clients, clients.Client{ID: id.New(), Name: fmt.Sprintf("Client %02d", i)})
	}
	w.svc = runs.New(runs.Deps{DB: w.DB, Store: runsdb.Store{}, Clients: w, Bills: w, Retainers: w, Settings: w, Events: w.Bus, Jobs: w.Queue, Now: w.Clock.Now})
	runs.RegisterJobs(w.Registry, w.svc)
	return w
}

func february() runs.Wish {
	return runs.Wish{From: day.New(2026, 2, 1), To: day.New(2026, 2, 28), How: invoicing.AsDraft, GroupBy: invoicing.ByTask, Time: true, Expenses: true, Fees: true}
}

func (w *world) start(t *testing.T, wish runs.Wish) runs.Run {
	t.Helper()
	r, err := w.svc.Start(w.Ctx, wish)
	must(t, err)
	return r
}

func (w *world) find(t *testing.T, runID string) runs.Run {
	t.Helper()
	r, err := w.svc.Find(w.Ctx, runID)
	must(t, err)
	return r
}

func (w *world) items(t *testing.T, runID string) map[string]runs.Item {
	t.Helper()
	all, _, err := w.svc.Items(w.Ctx, runID, "", page.Query{Limit: 200})
	must(t, err)
	out := map[string]runs.Item{}
	for _, i := range all {
		out[i.ClientID] = i
	}
	return out
}

func (w *world) once(t *testing.T) {
	t.Helper()
	for _, c := range w.clients {
		if w.billed[c.ID] != 1 {
			t.Errorf("%s was billed %d times", c.Name, w.billed[c.ID])
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestARunTellsWhatBecameOfEachClient(t *testing.T) {
	t.Parallel()
	w := setup(t, 4)
	w.nothing[w.clients[1].ID] = true
	w.breaks = func(c string) error {
		switch c {
		case w.clients[2].ID:
			return invoicing.ErrNoAddress
		case w.clients[3].ID:
			return invoicing.ErrNothingToBill
		}
		return nil
	}
	wish := february()
	wish.How = invoicing.AsIssued
	p, _, err := w.svc.Preview(w.Ctx, wish, page.Query{})
	if err != nil || p.Clients != 4 || p.ToBill != 3 || len(p.Page) != 3 {
		t.Fatalf("preview %+v, %v", p, err)
	}
	r := w.start(t, wish)
	if r.State != runs.Running || r.Left() != 3 || r.Clients() != 4 {
		t.Fatalf("started %+v", r)
	}
	w.Work(t)
	r = w.find(t, r.ID)
	if r.State != runs.Done || r.FinishedAt == nil || len(r.Totals) != 1 || r.Totals[0] != money.Of(10000, "EUR") {
		t.Fatalf("done %+v", r)
	}
	got := w.items(t, r.ID)
	for n, want := range []runs.ItemState{runs.Issued, runs.Nothing, runs.Refused, runs.Nothing} {
		if i := got[w.clients[n].ID]; i.State != want || i.DecidedAt == nil {
			t.Errorf("client %d is %+v, want %s", n, i, want)
		}
	}
	if i := got[w.clients[0].ID]; i.Number == "" || i.InvoiceID == "" {
		t.Errorf("issued %+v", i)
	}
	if i := got[w.clients[2].ID]; i.Code != "invoicing.no_address" || i.Why == "" {
		t.Errorf("refused %+v", i)
	}
}

// A run whose worker died goes on with the client it was at, and bills nobody twice.
func TestARunGoesOnAfterACrash(t *testing.T) {
	t.Parallel()
	w := setup(t, 9)
	seen := 0
	w.breaks = func(string) error {
		if seen++; seen > 3 {
			return errors.New("the machine is gone")
		}
		return nil
	}
	r := w.start(t, february())
	w.Work(t)
	w.breaks = nil
	if now := w.find(t, r.ID); now.State != runs.Running || now.Counts[runs.Drafted] != 3 || now.Left() != 6 {
		t.Fatalf("broken off: %+v", now)
	}
	// The job is as one of a killed process is: the queue believes that it runs.
	if _, err := w.Control.Pool().Exec(w.Ctx, `UPDATE queue.river_job SET state = 'cancelled', finalized_at = now() WHERE kind = 'runs.work' AND args ->> 'run' = $1`, r.ID); err != nil {
		t.Fatal(err)
	}
	w.Work(t)
	if now := w.find(t, r.ID); now.Left() != 6 {
		t.Fatalf("before anybody could know: %+v", now)
	}
	w.Clock.Advance(31 * time.Second)
	w.Work(t)
	if now := w.find(t, r.ID); now.State != runs.Done || now.Counts[runs.Drafted] != 9 {
		t.Fatalf("gone on: %+v", now)
	}
	w.once(t)
}

func TestWorkersOfOneRunShareItsClients(t *testing.T) {
	t.Parallel()
	w := setup(t, 24)
	r := w.start(t, february())
	w.Clock.Advance(31 * time.Second) // the watch takes the first for dead
	w.Work(t)
	if now := w.find(t, r.ID); now.State != runs.Done || now.Counts[runs.Drafted] != 24 {
		t.Fatalf("done %+v", now)
	}
	w.once(t)
}

func TestACancelledRunKeepsWhatItMade(t *testing.T) {
	t.Parallel()
	w := setup(t, 6)
	seen := 0
	w.breaks = func(string) error {
		if seen++; seen > 2 {
			return errors.New("stop here")
		}
		return nil
	}
	r := w.start(t, february())
	w.Work(t)
	r, err := w.svc.Cancel(w.Ctx, r.ID)
	if err != nil || r.State != runs.Cancelled || r.Counts[runs.Drafted] != 2 || r.Counts[runs.Skipped] != 4 {
		t.Fatalf("cancelled %+v, %v", r, err)
	}
	w.breaks = nil
	w.Clock.Advance(time.Minute)
	w.Work(t)
	if now := w.find(t, r.ID); now.Counts[runs.Drafted] != 2 || now.State != runs.Cancelled {
		t.Errorf("it went on: %+v", now)
	}
	if again, err := w.svc.Cancel(w.Ctx, r.ID); err != nil || again.State != runs.Cancelled || again.Counts[runs.Skipped] != 4 {
		t.Errorf("cancelled twice: %+v, %v", again, err)
	}
}

func TestABadRunIsRefusedAtItsField(t *testing.T) {
	t.Parallel()
	w := setup(t, 1)
	for field, change := range map[string]func(*runs.Wish){
		"body.to":            func(x *runs.Wish) { x.To = day.New(2026, 1, 1) },
		"body.from":          func(x *runs.Wish) { x.From = day.Date{} },
		"body.how":           func(x *runs.Wish) { x.How = "at once" },
		"body.time":          func(x *runs.Wish) { x.Time, x.Expenses, x.Fees = false, false, false },
		"body.entity_id":     func(x *runs.Wish) { x.EntityID = id.New() },
		"body.client_ids[0]": func(x *runs.Wish) { x.ClientIDs = []string{id.New()} },
		"body.issue_on":      func(x *runs.Wish) { x.How, x.IssueOn = invoicing.AsIssued, day.New(2026, 3, 3) },
	} {
		wish := february()
		change(&wish)
		_, err := w.svc.Start(w.Ctx, wish)
		if !errors.Is(err, runs.ErrBadRun) {
			t.Errorf("%s: %v", field, err)
			continue
		}
		var f *fault.Error
		if errors.As(err, &f); len(f.Fields) != 1 || f.Fields[0].Path != field {
			t.Errorf("%s: refused at %v", field, f.Fields)
		}
	}
	wish := february()
	wish.How = invoicing.AsIssued
	if _, err := w.svc.Start(w.As(access.Actor{Name: "Draws up"}, invoicing.CanWrite), wish); !errors.Is(err, runs.ErrMayNot) {
		t.Errorf("issued without the right: %v", err)
	}
}

// The fees of retainers go out with a run, each an invoice of its own and once, also where there is nothing else to bill.
func TestARunIssuesTheFeesOfRetainersOnce(t *testing.T) {
	t.Parallel()
	w := setup(t, 3)
	w.nothing[w.clients[1].ID] = true
	w.breaks = func(c string) error {
		if c == w.clients[1].ID {
			return invoicing.ErrNothingToBill
		}
		return nil
	}
	draft, out := id.New(), id.New()
	w.feeStates[draft], w.feeStates[out] = invoicing.Draft, invoicing.Issued
	fee := money.Of(336135, "EUR")
	w.fees = []retainers.DueFee{
		{PeriodID: id.New(), ClientID: w.clients[1].ID, InvoiceID: draft, Fee: fee},
		{PeriodID: id.New(), ClientID: w.clients[2].ID, InvoiceID: out, Fee: fee}, // went out before
	}
	wish := february()
	wish.How, wish.Retainers = invoicing.AsIssued, true
	p, _, err := w.svc.Preview(w.Ctx, wish, page.Query{})
	if err != nil || p.ToBill != 3 || p.Page[1].Fees != 1 || p.Page[1].FeesCome[0] != fee || p.Page[2].Fees != 0 {
		t.Fatalf("preview %+v, %v", p, err)
	}
	r := w.start(t, wish)
	w.Work(t)
	r = w.find(t, r.ID)
	if r.State != runs.Done || r.Counts[runs.Issued] != 3 || r.Clients() != 3 || len(r.Totals) != 1 || r.Totals[0] != money.Of(420000, "EUR") {
		t.Fatalf("done %+v", r)
	}
	if i := w.items(t, r.ID)[w.clients[1].ID]; len(i.Fees) != 1 || i.Fees[0].Number == "" || i.InvoiceID != "" {
		t.Errorf("the client with a fee alone: %+v", i)
	}
	again := w.start(t, wish)
	w.Work(t)
	if w.sent != 1 {
		t.Errorf("the fee went out %d times", w.sent)
	}
	if again = w.find(t, again.ID); again.Counts[runs.Nothing] != 1 {
		t.Errorf("again %+v", again.Counts)
	}
	// Drafts by themselves are made by the renewal: a run that drafts leaves them.
	wish.How = invoicing.AsDraft
	w.feeStates[draft] = invoicing.Draft
	if p, _, err = w.svc.Preview(w.Ctx, wish, page.Query{}); err != nil || p.ToBill != 2 {
		t.Errorf("a run that drafts: %+v, %v", p, err)
	}
}
