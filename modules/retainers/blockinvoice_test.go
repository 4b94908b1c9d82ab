package retainers_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/retainers"
	"github.com/bureauhq/bureau/modules/retainers/ledger"
	"github.com/bureauhq/bureau/modules/retainers/retainersdb"
	"github.com/bureauhq/bureau/tenancy"
)

// became says how an invoice stands, and tells of it.
func (w *world) became(t testing.TB, st invoicing.Standing, invoiceID string, e event.Event) {
	t.Helper()
	w.standing[invoiceID] = st
	must(t, w.DB.Run(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error { return w.Bus.Publish(ctx, tx, e) }))
	w.Work(t)
}

func fact(invoiceID string) invoicing.Fact {
	return invoicing.Fact{InvoiceID: invoiceID, Number: "INV-7"}
}

func (w *world) issue(t testing.TB, of string) {
	t.Helper()
	w.became(t, invoicing.Standing{State: invoicing.Issued}, of, invoicing.InvoiceIssued{Fact: fact(of)})
}

func (w *world) pay(t testing.TB, of string) {
	t.Helper()
	w.became(t, invoicing.Standing{State: invoicing.Issued, Paid: true}, of, invoicing.InvoicePaid{Fact: fact(of)})
}

func (w *world) unpay(t testing.TB, of string) {
	t.Helper()
	w.became(t, invoicing.Standing{State: invoicing.Issued}, of, invoicing.InvoiceUnpaid{Fact: fact(of)})
}

func (w *world) void(t testing.TB, of string) {
	t.Helper()
	w.became(t, invoicing.Standing{State: invoicing.Void}, of, invoicing.InvoiceVoided{Fact: fact(of)})
}

func (w *world) remove(t testing.TB, of string) {
	t.Helper()
	w.became(t, invoicing.Standing{State: invoicing.Void}, of, invoicing.InvoiceDeleted{Fact: fact(of)})
}

func (w *world) credit(t testing.TB, of, draft string) {
	t.Helper()
	w.became(t, invoicing.Standing{State: invoicing.Void}, of, invoicing.CreditNoteIssued{Fact: fact(id.New()), CreditsID: of, DraftID: draft})
}

func (w *world) block(t testing.TB, retainerID string) retainers.Block {
	t.Helper()
	_, bs, err := w.svc.Blocks(w.Ctx, retainerID)
	must(t, err)
	return bs[0]
}

// onlyBlocks is a retainer that grants nothing, from January on.
func (w *world) onlyBlocks(t testing.TB, deficit retainers.Deficit, overage retainers.Overage) retainers.Row {
	t.Helper()
	d := w.support()
	d.Grant, d.Fee, d.Deficit, d.Overage = "0", nil, deficit, overage
	return w.create(t, d)
}

func (w *world) sell(t testing.TB, retainerID, from string) retainers.Block {
	t.Helper()
	price := "900"
	b, err := w.svc.AddBlock(w.Ctx, retainerID, retainers.NewBlock{Amount: "10", Price: &price, CountsFrom: from})
	must(t, err)
	return b
}

// sold is a world with a retainer that has nothing but one block.
func sold(t testing.TB, deficit retainers.Deficit, overage retainers.Overage, from string) (*world, retainers.Row, retainers.Block) {
	t.Helper()
	w := setup(t)
	r := w.onlyBlocks(t, deficit, overage)
	return w, r, w.sell(t, r.ID, from)
}

// replayed holds the stored figures of a retainer against what its ledger comes to from nothing.
func (w *world) replayed(t testing.TB, retainerID string) {
	t.Helper()
	must(t, w.DB.Read(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		lines, err := retainersdb.Store{}.Lines(ctx, tx, retainerID, 1)
		if err != nil {
			return err
		}
		var events []ledger.Event
		for _, l := range lines {
			events = append(events, l.Event)
		}
		ps := w.periods(t, retainerID)
		var of []ledger.Period
		for _, p := range ps {
			of = append(of, p.Period)
		}
		for i, want := range ledger.Replay(of, events) {
			got := ps[i].Statement
			got.Expiries, got.Over = slices.Clip(got.Expiries), slices.Clip(got.Over)
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("period %d is stored as %+v, and its ledger comes to %+v", i+1, got, want)
			}
		}
		return nil
	}))
}

// Whatever makes an invoice come to nothing takes its block back, and a block that is billed again counts again.
func TestABlockIsTakenBackWithItsInvoice(t *testing.T) {
	t.Parallel()
	nothing := func(testing.TB, *world, string) {}
	issue := func(t testing.TB, w *world, of string) { t.Helper(); w.issue(t, of) }
	pay := func(t testing.TB, w *world, of string) { t.Helper(); w.issue(t, of); w.pay(t, of) }
	for name, c := range map[string]struct {
		from   string
		begins func(testing.TB, *world, string)
		ends   func(testing.TB, *world, string)
	}{
		"now, its draft deleted":        {retainers.FromNow, nothing, func(t testing.TB, w *world, of string) { t.Helper(); w.remove(t, of) }},
		"now, its invoice voided":       {retainers.FromNow, issue, func(t testing.TB, w *world, of string) { t.Helper(); w.void(t, of) }},
		"issued, its draft deleted":     {retainers.FromIssued, nil, func(t testing.TB, w *world, of string) { t.Helper(); w.remove(t, of) }},
		"issued, its invoice voided":    {retainers.FromIssued, issue, func(t testing.TB, w *world, of string) { t.Helper(); w.void(t, of) }},
		"issued, its invoice credited":  {retainers.FromIssued, issue, func(t testing.TB, w *world, of string) { t.Helper(); w.credit(t, of, "") }},
		"paid, its draft deleted":       {retainers.FromPaid, nil, func(t testing.TB, w *world, of string) { t.Helper(); w.remove(t, of) }},
		"paid, its invoice credited":    {retainers.FromPaid, pay, func(t testing.TB, w *world, of string) { t.Helper(); w.credit(t, of, "") }},
		"paid, unpaid and then voided":  {retainers.FromPaid, pay, func(t testing.TB, w *world, of string) { t.Helper(); w.unpay(t, of); w.void(t, of) }},
		"issued, the end is told twice": {retainers.FromIssued, issue, func(t testing.TB, w *world, of string) { t.Helper(); w.void(t, of); w.void(t, of) }},
	} {
		w, r, b := sold(t, retainers.BillDeficit, retainers.AtRate, c.from)
		left := func() int64 { return w.periods(t, r.ID)[2].Closing / 3600 }
		if c.begins != nil {
			c.begins(t, w, b.InvoiceID)
			if left() != 10 {
				t.Fatalf("%s: %d hours before the end", name, left())
			}
		}
		c.ends(t, w, id.New()) // of somebody else
		c.ends(t, w, b.InvoiceID)
		if left() != 0 {
			t.Errorf("%s: %d hours are left", name, left())
		}
		after := w.block(t, r.ID)
		if after.InvoiceID != "" || !after.CountsOn.IsZero() || !after.Unbilled() {
			t.Errorf("%s: the block is %+v", name, after)
		}
		w.replayed(t, r.ID)

		again, err := w.svc.DraftBlock(w.Ctx, b.ID)
		must(t, err)
		twice, err := w.svc.DraftBlock(w.Ctx, b.ID)
		must(t, err)
		if again.InvoiceID == "" || again.InvoiceID == b.InvoiceID || twice.InvoiceID != again.InvoiceID || len(w.drafts) != 2 {
			t.Fatalf("%s: drafted again by %q and %q after %q, %d drafts", name, again.InvoiceID, twice.InvoiceID, b.InvoiceID, len(w.drafts))
		}
		w.issue(t, again.InvoiceID)
		if c.from == retainers.FromPaid {
			if left() != 0 {
				t.Errorf("%s: %d hours before it is paid again", name, left())
			}
			w.pay(t, again.InvoiceID)
		}
		if left() != 10 {
			t.Errorf("%s: %d hours once it is billed again", name, left())
		}
		w.replayed(t, r.ID)
	}
}

// A payment that is taken back leaves the invoice: paid again, the block counts again.
func TestABlockOnceItIsPaidFollowsItsPayments(t *testing.T) {
	t.Parallel()
	w, r, b := sold(t, retainers.CarryDeficit, retainers.AtRate, retainers.FromPaid)
	w.issue(t, b.InvoiceID)
	w.count(t, w.approved("2026-03-02", 4))
	for range 2 {
		w.pay(t, b.InvoiceID)
		if got := hours(w.periods(t, r.ID)[2]); got != "0 +10 0 -4 (0) -0 = 6" {
			t.Fatalf("paid: %s", got)
		}
		w.unpay(t, b.InvoiceID)
		if got := hours(w.periods(t, r.ID)[2]); got != "0 +0 0 -4 (0) -0 = -4" {
			t.Fatalf("taken back: %s", got)
		}
		if now := w.block(t, r.ID); now.InvoiceID != b.InvoiceID || now.Unbilled() {
			t.Fatalf("the invoice is still there: %+v", now)
		}
	}
	w.replayed(t, r.ID)
	paper, err := w.svc.Statement(w.Ctx, w.periods(t, r.ID)[2].ID)
	must(t, err)
	var said []string
	for _, l := range paper.Given {
		if l.Amount != 0 {
			said = append(said, fmt.Sprint(l.Kind, " ", l.Amount/3600, " ", l.Reason))
		}
	}
	const why = "A payment of invoice INV-7 was taken back"
	if want := []string{"block 10 ", "returned -10 " + why, "block 10 ", "returned -10 " + why}; !slices.Equal(said, want) {
		t.Errorf("the statement says %q, want %q", said, want)
	}
}

// A credit note settles the invoice it takes back: that is no payment, in whatever order the two are told. The draft that takes
// the invoice's place bills the block.
func TestACreditNoteIsNoPaymentOfABlock(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, left string }{{retainers.FromPaid, "0"}, {retainers.FromIssued, "0"}, {retainers.FromNow, "10"}} {
		w, r, b := sold(t, retainers.CarryDeficit, retainers.AtRate, c.from)
		draft := id.New()
		w.issue(t, b.InvoiceID)
		w.became(t, invoicing.Standing{State: invoicing.Void}, b.InvoiceID, invoicing.InvoicePaid{Fact: fact(b.InvoiceID)})
		w.credit(t, b.InvoiceID, draft)
		if now := w.block(t, r.ID); now.InvoiceID != draft || fmt.Sprint(w.periods(t, r.ID)[2].Closing/3600) != c.left {
			t.Fatalf("%s: %+v, %d", c.from, now, w.periods(t, r.ID)[2].Closing/3600)
		}
		w.issue(t, draft)
		w.pay(t, draft)
		if got := w.periods(t, r.ID)[2].Closing; got != 10*3600 {
			t.Errorf("%s: %d once the draft is paid", c.from, got/3600)
		}
		w.replayed(t, r.ID)
	}
}

// What was used of a block in closed periods is owed from the oldest open one on, and what expired of it is not; closed statements
// stay what they are.
func TestABlockOfAClosedPeriodIsTakenBackInTheOldestOpenOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		expires            day.Date
		january, february  string
		march, billedAgain string
	}{
		{day.Date{}, "0 +10 0 -6 (0) -0 = 4", "4 +0 -10 -0 (0) -0 = -6", "-6 +0 0 -0 (0) -0 = -6", "-6 +10 0 -0 (0) -0 = 4"},
		{day.New(2026, 1, 20), "0 +10 0 -6 (0) -4 = 0", "0 +0 -6 -0 (0) -0 = -6", "-6 +0 0 -0 (0) -0 = -6", "-6 +10 0 -0 (0) -4 = 0"},
	} {
		w := setup(t)
		w.Clock.Set(time.Date(2026, 1, 7, 9, 0, 0, 0, time.UTC))
		r := w.onlyBlocks(t, retainers.BillDeficit, retainers.AtRate)
		price := "900"
		b, err := w.svc.AddBlock(w.Ctx, r.ID, retainers.NewBlock{Amount: "10", Price: &price, CountsFrom: retainers.FromIssued, ExpiresOn: c.expires})
		must(t, err)
		w.issue(t, b.InvoiceID)
		w.count(t, w.approved("2026-01-12", 6))
		w.Clock.Set(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
		w.Work(t)
		_, err = w.svc.Close(w.Ctx, w.periods(t, r.ID)[0].ID)
		must(t, err)
		closed := w.periods(t, r.ID)[0]
		w.void(t, b.InvoiceID)
		ps := w.periods(t, r.ID)
		if !reflect.DeepEqual(ps[0], closed) {
			t.Errorf("the closed statement is %+v, and was %+v", ps[0], closed)
		}
		for i, want := range []string{c.january, c.february, c.march} {
			if got := hours(ps[i]); got != want {
				t.Errorf("period %d: %s, want %s", i+1, got, want)
			}
		}
		w.replayed(t, r.ID)
		again, err := w.svc.DraftBlock(w.Ctx, b.ID)
		must(t, err)
		w.issue(t, again.InvoiceID)
		if got := hours(w.periods(t, r.ID)[2]); got != c.billedAgain {
			t.Errorf("billed again: %s, want %s", got, c.billedAgain)
		}
		w.replayed(t, r.ID)
	}
}

// Nobody can refuse that a block is gone: where overage is refused, what was approved stays approved, and is beyond it.
func TestTakingABlockBackRefusesNothing(t *testing.T) {
	t.Parallel()
	w, r, b := sold(t, retainers.BillDeficit, retainers.Refuse, retainers.FromIssued)
	w.issue(t, b.InvoiceID)
	w.count(t, w.approved("2026-03-02", 8))
	w.void(t, b.InvoiceID)
	if got := hours(w.periods(t, r.ID)[2]); got != "0 +0 0 -8 (8) -0 = 0" {
		t.Errorf("taken back: %s", got)
	}
	if err := w.tell(w.approved("2026-03-02", 1)); !errors.Is(err, retainers.ErrBeyond) {
		t.Errorf("more is approved: %v", err)
	}
	w.replayed(t, r.ID)
}

// Of a contract that is over the account is over too.
func TestABlockOfAnEndedRetainerIsLetGo(t *testing.T) {
	t.Parallel()
	w := setup(t)
	d := w.support()
	d.Grant, d.Fee, d.EndsOn, d.GraceDays = "0", nil, day.New(2026, 3, 10), 0
	r := w.create(t, d)
	b := w.sell(t, r.ID, retainers.FromNow)
	w.Clock.Set(time.Date(2026, 4, 2, 9, 0, 0, 0, time.UTC))
	w.Work(t)
	w.remove(t, b.InvoiceID)
	if now := w.block(t, r.ID); now.InvoiceID != "" || !now.CountsOn.IsZero() {
		t.Errorf("the block is %+v", now)
	}
	if _, err := w.svc.DraftBlock(w.Ctx, b.ID); !errors.Is(err, retainers.ErrClosed) {
		t.Errorf("billed again after the end: %v", err)
	}
	w.replayed(t, r.ID)
}

func TestOnlyABlockWithoutAnInvoiceIsDraftedAgain(t *testing.T) {
	t.Parallel()
	w := setup(t)
	r := w.onlyBlocks(t, retainers.CarryDeficit, retainers.AtRate)
	free, err := w.svc.AddBlock(w.Ctx, r.ID, retainers.NewBlock{Amount: "1", CountsFrom: retainers.FromNow})
	must(t, err)
	if _, err := w.svc.DraftBlock(w.Ctx, free.ID); !errors.Is(err, retainers.ErrNoPrice) {
		t.Errorf("one that costs nothing: %v", err)
	}
	if _, err := w.svc.DraftBlock(w.Ctx, id.New()); !errors.Is(err, retainers.ErrBlockNotFound) {
		t.Errorf("one that is not there: %v", err)
	}
}

// Replaying the ledger from nothing gives the stored balances, whatever became of blocks, work and periods.
func TestReplayGivesTheStoredBalancesWhateverBecameOfBlocks(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		w, dice := setup(t), rand.New(rand.NewPCG(seed, 5))
		w.Clock.Set(time.Date(2026, 1, 2, 9, 0, 0, 0, time.UTC))
		d := w.support()
		d.Grant, d.Fee, d.GraceDays = "8", nil, 3
		if seed == 1 {
			limit, lasts := "4", 1
			d.DeficitLimit, d.Rollover, d.Lasts = &limit, retainers.RollExpiring, &lasts
		}
		if seed == 2 {
			d.Deficit, d.Overage, d.Rollover = retainers.BillDeficit, retainers.AbsorbsOver, retainers.RollNone
		}
		r := w.create(t, d)
		for step := range 60 {
			today := day.Of(w.Clock.Now(), time.UTC)
			_, all, err := w.svc.Blocks(w.Ctx, r.ID)
			must(t, err)
			switch n := dice.IntN(8); {
			case n == 0 || len(all) == 0:
				w.sell(t, r.ID, []string{retainers.FromNow, retainers.FromIssued, retainers.FromPaid}[dice.IntN(3)])
			case n <= 2:
				w.count(t, w.approved(today.AddDays(-dice.IntN(9)).String(), float64(1+dice.IntN(6))))
			case n == 3:
				w.Clock.Set(w.Clock.Now().AddDate(0, 0, 1+dice.IntN(12)))
				w.Work(t)
			default:
				b := all[dice.IntN(len(all))]
				if b.InvoiceID == "" {
					_, err := w.svc.DraftBlock(w.Ctx, b.ID)
					must(t, err)
					continue
				}
				switch st := w.standing[b.InvoiceID]; {
				case st.State == "":
					[]func(testing.TB, string){w.issue, w.issue, w.remove}[dice.IntN(3)](t, b.InvoiceID)
				case st.Paid:
					[]func(testing.TB, string){w.unpay, func(t testing.TB, of string) { t.Helper(); w.credit(t, of, "") }}[dice.IntN(2)](t, b.InvoiceID)
				default:
					[]func(testing.TB, string){w.pay, w.void}[dice.IntN(2)](t, b.InvoiceID)
				}
			}
			if step%10 == 9 {
				w.replayed(t, r.ID)
			}
		}
		_, all, err := w.svc.Blocks(w.Ctx, r.ID)
		must(t, err)
		for _, b := range all {
			st := w.standing[b.InvoiceID]
			want := b.InvoiceID != "" && (b.CountsFrom == retainers.FromNow || b.CountsFrom == retainers.FromIssued && st.State == invoicing.Issued || st.Paid)
			if counts := !b.CountsOn.IsZero(); counts != want {
				t.Errorf("history %d: a block from %s counts %v with its invoice %+v", seed, b.CountsFrom, counts, st)
			}
		}
	}
}
