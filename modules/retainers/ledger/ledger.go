// Package ledger is the arithmetic of retainers and prepaid blocks: what comes
// into an account and what goes out of it, period by period, as a pure function
// of its events. Replaying all of them gives every balance there ever was.
//
// Amounts are whole seconds or whole minor units of a currency; the ledger does
// not know which.
package ledger

import (
	"cmp"
	"slices"

	"github.com/bureauhq/bureau/app/kit/day"
)

// Kind says what an event does.
type Kind string

const (
	Grant  Kind = "grant"      // what the contract gives for a period
	Block  Kind = "block"      // bought besides, once
	Adjust Kind = "adjustment" // by hand, either way
	Use    Kind = "use"        // approved billable work of this period
	Late   Kind = "late"       // the same, or its correction, of a period that is closed (rule 52)

	Returned Kind = "returned" // a block whose invoice came to nothing
)

// Event is one line of the ledger. It is never changed, only followed by another.
type Event struct {
	ID     string // in the order of writing
	Period int
	Kind   Kind
	Entry  string   // the time entry of work
	Day    day.Date // from when it counts; of work: its work date
	Until  day.Date // the last day on which what it gives can be used; none: always
	Amount int64    // what it gives; of work: what it takes, less than nothing when it is taken back
	Of     string   // of what is returned: the event by which the block had begun to count
}

// Terms are what the contract said about a period when it was last open.
type Terms struct {
	Cap     *int64 `json:"cap,omitempty"`     // most that goes over into the next period; nil: all
	Deficit *int64 `json:"deficit,omitempty"` // most that may be taken ahead of the next grant; nil: anything
}

// Period is a stretch of an account.
type Period struct {
	Number int
	Days   day.Range
	Terms  Terms
}

// Lot is what is left of one grant, block or adjustment.
type Lot struct {
	ID    string   `json:"id"`
	Kind  Kind     `json:"kind"`
	From  day.Date `json:"from"`
	Until day.Date `json:"until"`
	Left  int64    `json:"left"`
}

// Carry is what one period leaves to the next: lots, oldest first, or a debt.
type Carry struct {
	Lots []Lot `json:"lots,omitempty"`
	Debt int64 `json:"debt,omitempty"`
}

// Balance is what can be used, less than nothing when more was.
func (c Carry) Balance() int64 {
	sum := -c.Debt
	for _, l := range c.Lots {
		sum += l.Left
	}
	return sum
}

// Part is a piece of a lot or of an entry.
type Part struct {
	ID     string   `json:"id"`
	Kind   Kind     `json:"kind,omitempty"`
	From   day.Date `json:"from,omitzero"`
	Until  day.Date `json:"until,omitzero"` // of a lot that ended before its period did
	Amount int64    `json:"amount"`
}

// Statement is the account of one period. It adds up: see Closing.
type Statement struct {
	Period Period

	Opening  int64 // what the period before left
	Granted  int64 // grants and blocks
	Adjusted int64 // by hand, work of closed periods that came late, and blocks of closed periods that were taken back
	Used     int64 // approved billable work of these days
	Overage  int64 // the part of work that was beyond the account; it follows the overage rule
	Expired  int64
	Closing  int64 // opening + granted + adjusted - used + overage - expired

	Expiries []Part // of which lots, and how much
	Over     []Part // of which entries, and how much
	Carry    Carry
}

// Left is what there was to use before the period ended: of an open one, what is left on a day, with what ends later in it.
// Without a day nothing of what ends within the period is counted.
func (s Statement) Left(on day.Date) int64 {
	left := s.Closing
	for _, p := range s.Expiries {
		if p.Until.IsZero() || !on.IsZero() && !p.Until.Before(on) {
			left += p.Amount
		}
	}
	return left
}

// Run makes the statement of a period from what came before and its events.
func Run(before Carry, p Period, events []Event) Statement {
	a := account{s: Statement{Period: p, Opening: before.Balance()}, debt: before.Debt}
	for _, l := range before.Lots {
		if l.Left > 0 {
			a.lots = append(a.lots, l)
		}
	}
	for _, step := range steps(p, events) {
		a.expire(step.day)
		a.take(step)
	}
	a.expire(p.Days.To.AddDays(1))
	a.limit()
	a.s.Carry = Carry{Lots: a.lots, Debt: a.debt}
	a.s.Closing = a.s.Carry.Balance()
	return a.s
}

// Replay makes the statements of all periods from nothing.
func Replay(periods []Period, events []Event) []Statement {
	return Continue(Carry{}, periods, events)
}

// Continue makes the statements of periods that follow on what was left before.
func Continue(before Carry, periods []Period, events []Event) []Statement {
	of := map[int][]Event{}
	for _, e := range events {
		of[e.Period] = append(of[e.Period], e)
	}
	out := make([]Statement, len(periods))
	for i, p := range periods {
		out[i] = Run(before, p, of[p.Number])
		before = out[i].Carry
	}
	return out
}

// step is what happens on a day: the work on one entry is one step, however
// often it was counted, corrected and taken back.
type step struct {
	Event

	day   day.Date
	order int
}

func steps(p Period, events []Event) []step {
	var out []step
	at := map[[2]string]int{}
	gone := undone(events)
	written := slices.SortedFunc(slices.Values(events), func(a, b Event) int { return cmp.Compare(a.ID, b.ID) })
	for _, e := range written {
		if gone[e.ID] {
			continue
		}
		st := step{Event: e, day: p.Days.From}
		if (e.Kind == Block || e.Kind == Use) && e.Day.After(st.day) {
			st.day = e.Day // a block gives nothing before its day; all else is there when the period begins
		}
		if e.Kind == Use || e.Kind == Late {
			k := [2]string{string(e.Kind), e.Entry}
			if n, known := at[k]; known {
				out[n].Amount += e.Amount
				out[n].Day, out[n].day = e.Day, st.day // where it was moved to
				continue
			}
			at[k] = len(out)
		}
		out = append(out, st)
	}
	out = slices.DeleteFunc(out, func(s step) bool { return s.Amount == 0 })
	for i := range out {
		out[i].order = out[i].rank()
	}
	slices.SortStableFunc(out, func(a, b step) int {
		return cmp.Or(a.day.Compare(b.day), cmp.Compare(a.order, b.order), cmp.Compare(a.Entry, b.Entry), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// undone names the blocks of a period that were taken back in it, and what took them back: it is counted as if they had never been.
func undone(events []Event) map[string]bool {
	all := map[string]bool{}
	for _, e := range events {
		if e.Kind == Returned && slices.ContainsFunc(events, func(b Event) bool { return b.Kind == Block && b.ID == e.Of }) {
			all[e.ID], all[e.Of] = true, true
		}
	}
	return all
}

// rank puts what gives before what takes on the same day.
func (s step) rank() int {
	switch gives := (s.Kind == Use || s.Kind == Late) != (s.Amount > 0); {
	case s.Kind == Grant:
		return 0
	case gives:
		return 1
	case s.Kind == Adjust || s.Kind == Returned:
		return 2
	case s.Kind == Late:
		return 3
	}
	return 4
}

type account struct {
	s    Statement
	lots []Lot
	debt int64
}

func (a *account) take(s step) {
	switch s.Kind {
	case Grant, Block:
		a.s.Granted += s.Amount
		a.give(s, s.Amount)
	case Adjust:
		a.s.Adjusted += s.Amount
		if s.Amount > 0 {
			a.give(s, s.Amount)
		} else {
			a.debt += a.draw(-s.Amount)
		}
	case Returned:
		a.s.Adjusted += s.Amount
		a.debt += a.draw(a.drawFrom(s.Of, -s.Amount))
	case Late:
		a.s.Adjusted -= s.Amount
		a.work(s)
	case Use:
		a.s.Used += s.Amount
		a.work(s)
	}
}

// work draws what an entry takes, goes into debt as far as it may, and leaves the rest over.
func (a *account) work(s step) {
	if s.Amount < 0 {
		a.give(s, -s.Amount)
		return
	}
	rest := a.draw(s.Amount)
	ahead := rest
	if most := a.s.Period.Terms.Deficit; most != nil {
		ahead = min(rest, max(0, *most-a.debt))
	}
	a.debt += ahead
	if over := rest - ahead; over > 0 {
		a.s.Overage += over
		a.s.Over = append(a.s.Over, Part{ID: s.Entry, From: s.Day, Amount: over})
	}
}

// give pays what is owed first; the rest is a lot, which can be used before younger ones.
func (a *account) give(s step, amount int64) {
	paid := min(a.debt, amount)
	a.debt -= paid
	if amount -= paid; amount <= 0 {
		return
	}
	a.lots = append(a.lots, Lot{ID: s.ID, Kind: s.Kind, From: s.day, Until: s.Until, Left: amount})
	slices.SortStableFunc(a.lots, func(x, y Lot) int { return x.From.Compare(y.From) })
}

// draw takes from the oldest lots and returns what they did not have.
func (a *account) draw(amount int64) (rest int64) {
	for i := range a.lots {
		part := min(amount, a.lots[i].Left)
		a.lots[i].Left -= part
		amount -= part
	}
	a.sweep()
	return amount
}

// drawFrom takes from one lot and returns what it did not have.
func (a *account) drawFrom(id string, amount int64) (rest int64) {
	for i := range a.lots {
		if a.lots[i].ID == id {
			part := min(amount, a.lots[i].Left)
			a.lots[i].Left -= part
			amount -= part
		}
	}
	a.sweep()
	return amount
}

func (a *account) sweep() {
	a.lots = slices.DeleteFunc(a.lots, func(l Lot) bool { return l.Left == 0 })
}

// expire ends the lots whose last day was before d.
func (a *account) expire(d day.Date) {
	for i, l := range a.lots {
		if !l.Until.IsZero() && l.Until.Before(d) {
			a.lose(i, l.Left)
		}
	}
	a.sweep()
}

// limit loses what is more than the cap at the end of a period, oldest first. Blocks were paid for: they stay until their own last day.
func (a *account) limit() {
	if a.s.Period.Terms.Cap == nil {
		return
	}
	tooMuch := -*a.s.Period.Terms.Cap
	for _, l := range a.lots {
		if l.Kind != Block {
			tooMuch += l.Left
		}
	}
	for i, l := range a.lots {
		if l.Kind == Block || tooMuch <= 0 {
			continue
		}
		part := min(tooMuch, l.Left)
		a.lose(i, part)
		tooMuch -= part
	}
	a.sweep()
}

func (a *account) lose(i int, amount int64) {
	if amount == 0 {
		return
	}
	l := &a.lots[i]
	l.Left -= amount
	a.s.Expired += amount
	part := Part{ID: l.ID, Kind: l.Kind, From: l.From, Amount: amount}
	if l.Until.Before(a.s.Period.Days.To) {
		part.Until = l.Until
	}
	a.s.Expiries = append(a.s.Expiries, part)
}
