package ledger_test

import (
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/retainers/ledger"
)

const hour = 3600

func ptr(n int64) *int64 { return &n }

// months are periods of 2026 with the same terms.
func months(n int, t ledger.Terms) (out []ledger.Period) {
	s := ledger.Schedule{Every: ledger.Month, Anchor: day.New(2026, 1, 1), Starts: day.New(2026, 1, 1)}
	for i := range n {
		r, _ := s.Period(i + 1)
		out = append(out, ledger.Period{Number: i + 1, Days: r, Terms: t})
	}
	return out
}

// grants are 40 hours a period, each good for so many more; less than none: for ever.
func grants(ps []ledger.Period, more int) (out []ledger.Event) {
	for i, p := range ps {
		e := ledger.Event{ID: fmt.Sprintf("g%d", p.Number), Period: p.Number, Kind: ledger.Grant, Day: p.Days.From, Amount: 40 * hour}
		if more >= 0 {
			s := ledger.Schedule{Every: ledger.Month, Anchor: ps[0].Days.From, Starts: ps[0].Days.From}
			last, _ := s.Period(i + 1 + more)
			e.Until = last.To
		}
		out = append(out, e)
	}
	return out
}

func use(p ledger.Period, entry string, hours int64) ledger.Event {
	return ledger.Event{ID: "u" + entry, Period: p.Number, Kind: ledger.Use, Entry: entry, Day: p.Days.From.AddDays(9), Amount: hours * hour}
}

// Grant 40, used 30: the next period has 50. Used 60 of 50: the next has 30.
func TestRule49ClosingIsOpeningAndGrantedLessUsed(t *testing.T) {
	t.Parallel()
	ps := months(3, ledger.Terms{})
	events := append(grants(ps, -1), use(ps[0], "a", 30), use(ps[1], "b", 60))
	got := ledger.Replay(ps, events)
	if has := got[1].Opening + got[1].Granted; has != 50*hour {
		t.Errorf("after 30 of 40 the next period has %d seconds, not 50 hours", has)
	}
	if has := got[2].Opening + got[2].Granted; has != 30*hour {
		t.Errorf("after 60 of 50 the next period has %d seconds, not 30 hours", has)
	}
	if got[1].Closing != -10*hour || got[1].Overage != 0 {
		t.Errorf("60 of 50 closes with %d and is %d over; 10 hours go over as a deficit", got[1].Closing, got[1].Overage)
	}
}

// Carry-over is the closing limited above by the cap and below by the deficit limit.
func TestRule50CarryOverIsLimitedOnBothSides(t *testing.T) {
	t.Parallel()
	ps := months(2, ledger.Terms{Cap: ptr(15 * hour), Deficit: ptr(5 * hour)})
	for _, c := range []struct{ used, closing, expired, over int64 }{
		{10, 15, 15, 0}, {30, 10, 0, 0}, {42, -2, 0, 0}, {45, -5, 0, 0}, {50, -5, 0, 5},
	} {
		got := ledger.Replay(ps, append(grants(ps, -1), use(ps[0], "a", c.used)))[0]
		if got.Closing != c.closing*hour || got.Expired != c.expired*hour || got.Overage != c.over*hour {
			t.Errorf("used %d: closes with %v h, %v h expired, %v h over; want %+v", c.used, got.Closing/hour, got.Expired/hour, got.Overage/hour, c)
		}
	}
}

// Grants are used oldest first, and each expires after its own number of periods as a visible record.
func TestRule50GrantsAreUsedOldestFirstAndExpireByThemselves(t *testing.T) {
	t.Parallel()
	ps := months(4, ledger.Terms{Deficit: ptr(0)})
	events := append(grants(ps, 1), use(ps[1], "a", 25), use(ps[2], "b", 60))
	got := ledger.Replay(ps, events)
	want := [][]ledger.Part{
		nil,
		{{ID: "g1", Kind: ledger.Grant, From: ps[0].Days.From, Amount: 15 * hour}}, // 25 of the 40 of January were used in February
		nil, // 60 of the 80 of February and March: February's are gone
		{{ID: "g3", Kind: ledger.Grant, From: ps[2].Days.From, Amount: 20 * hour}},
	}
	for i, s := range got {
		if !reflect.DeepEqual(s.Expiries, want[i]) {
			t.Errorf("period %d: expired %+v, want %+v", i+1, s.Expiries, want[i])
		}
	}
}

// Rollover none: nothing goes over; what is beyond the grant follows the overage rule.
func TestRule51HoursBeyondWhatIsAvailableAreOverage(t *testing.T) {
	t.Parallel()
	ps := months(2, ledger.Terms{Deficit: ptr(0)})
	got := ledger.Replay(ps, append(grants(ps, 0), use(ps[0], "a", 38), use(ps[0], "b", 7)))
	if early := ledger.Replay(ps, append(grants(ps, 0), use(ps[0], "a", 10)))[0]; early.Left(day.Date{}) != 30*hour || early.Closing != 0 {
		t.Errorf("10 of 40: %d left before the rest expires, closes with %d", early.Left(day.Date{})/hour, early.Closing)
	}
	if got[0].Overage != 5*hour || got[0].Closing != 0 || got[1].Opening != 0 {
		t.Fatalf("45 of 40: %+v", got[0])
	}
	if !reflect.DeepEqual(got[0].Over, []ledger.Part{{ID: "b", From: day.New(2026, 1, 10), Amount: 5 * hour}}) {
		t.Fatalf("over: %+v", got[0].Over)
	}
}

// Late work of a closed period is an adjustment in the current one, and so is its correction.
func TestRule52LateWorkIsAnAdjustment(t *testing.T) {
	t.Parallel()
	ps := months(2, ledger.Terms{})
	late := ledger.Event{ID: "l", Period: 2, Kind: ledger.Late, Entry: "a", Day: ps[0].Days.To, Amount: 4 * hour}
	got := ledger.Replay(ps, append(grants(ps, -1), late))
	if got[0].Used != 0 || got[1].Used != 0 || got[1].Adjusted != -4*hour || got[1].Closing != 76*hour {
		t.Fatalf("late: %+v", got)
	}
	back := ledger.Event{ID: "l", Period: 2, Kind: ledger.Late, Entry: "b", Day: ps[0].Days.To, Amount: -4 * hour}
	got = ledger.Replay(ps, append(grants(ps, -1), use(ps[0], "b", 4), back))
	if got[0].Closing != 36*hour || got[1].Adjusted != 4*hour || got[1].Closing != 80*hour {
		t.Fatalf("taken back late: %+v", got)
	}
}

// A block gives nothing before its day and nothing after its last one.
func TestRule53ABlockCountsFromItsDay(t *testing.T) {
	t.Parallel()
	ps := months(1, ledger.Terms{Deficit: ptr(0)})
	at := func(d int, id string, hours int64) ledger.Event {
		return ledger.Event{ID: id, Period: 1, Kind: ledger.Use, Entry: id, Day: day.New(2026, 1, d), Amount: hours * hour}
	}
	block := func(id string, from, until int) ledger.Event {
		return ledger.Event{ID: id, Period: 1, Kind: ledger.Block, Day: day.New(2026, 1, from), Until: day.New(2026, 1, until), Amount: 10 * hour}
	}
	got := ledger.Replay(ps, []ledger.Event{block("young", 12, 31), block("old", 5, 20), at(4, "early", 2), at(13, "two", 12), at(20, "last", 3), at(21, "gone", 6)})[0]
	over := map[string]int64{}
	for _, p := range got.Over {
		over[p.ID] = p.Amount / hour
	}
	// The 12 hours of the 13th take the old block and 2 of the young one; 5 of the 8 that are left stay for the 21st.
	if want := map[string]int64{"early": 2, "gone": 1}; !reflect.DeepEqual(over, want) {
		t.Fatalf("over: %v, want %v", over, want)
	}
	if got.Expired != 0 || got.Closing != 0 {
		t.Fatalf("%+v", got)
	}
}

// A block was paid for: it can be used through its last day, and the cap of what rolls over takes nothing of it.
func TestRule50ABlockStaysUntilItsLastDay(t *testing.T) {
	t.Parallel()
	ps := months(2, ledger.Terms{Cap: ptr(5 * hour), Deficit: ptr(0)})
	block := func(id string, until day.Date, hours int64) ledger.Event {
		return ledger.Event{ID: id, Period: 1, Kind: ledger.Block, Day: day.New(2026, 1, 10), Until: until, Amount: hours * hour}
	}
	got := ledger.Replay(ps, append(grants(ps, -1), use(ps[0], "a", 30), block("soon", day.New(2026, 1, 20), 3), block("year", day.New(2026, 12, 31), 20)))
	// 10 of the 40 are left, of which 5 go over, beside the 20; the 3 end on the 20th.
	if s := got[0]; s.Expired != 8*hour || s.Closing != 25*hour || got[1].Opening != 25*hour {
		t.Errorf("expired %d, closes with %d; want 8 and 25", s.Expired/hour, s.Closing/hour)
	}
	for d, want := range map[int]int64{9: 33, 20: 33, 21: 30, 31: 30} {
		if left := got[0].Left(day.New(2026, 1, d)); left != want*hour {
			t.Errorf("on the %d. %d are left, want %d", d, left/hour, want)
		}
	}
}

func TestPeriodsAreAnchored(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		every          ledger.Every
		anchor, starts string
		want           []string
	}{
		{ledger.Month, "2026-01-01", "2026-03-17", []string{"2026-03-17 2026-03-31", "2026-04-01 2026-04-30"}},
		{ledger.Month, "2026-01-31", "2026-01-31", []string{"2026-01-31 2026-02-27", "2026-02-28 2026-03-30", "2026-03-31 2026-04-29"}},
		{ledger.Quarter, "2026-01-01", "2025-11-05", []string{"2025-11-05 2025-12-31", "2026-01-01 2026-03-31"}},
		{ledger.Year, "2024-02-29", "2024-02-29", []string{"2024-02-29 2025-02-27", "2025-02-28 2026-02-27"}},
	} {
		s := ledger.Schedule{Every: c.every, Anchor: day.MustParse(c.anchor), Starts: day.MustParse(c.starts)}
		for i, want := range c.want {
			r, ok := s.Period(i + 1)
			if got := r.From.String() + " " + r.To.String(); !ok || got != want {
				t.Errorf("%s from %s, period %d: %s, want %s", c.every, c.anchor, i+1, got, want)
			}
			if n := s.Number(r.To); n != i+1 {
				t.Errorf("%s is in period %d, want %d", r.To, n, i+1)
			}
		}
	}
	s := ledger.Schedule{Every: ledger.Month, Anchor: day.New(2026, 1, 1), Starts: day.New(2026, 3, 17)}
	if got := s.Share(40*hour, 36); got != 1935*36 {
		t.Errorf("15 of 31 days of 40 hours are %d seconds, want 19.35 hours", got)
	}
	s.Ends = day.New(2026, 4, 10)
	if r, ok := s.Period(2); !ok || r.To != s.Ends {
		t.Errorf("the last period ends on %s", r.To)
	}
	if _, ok := s.Period(3); ok {
		t.Error("there is a period after the end")
	}
}

// history is a random account: terms, grants with their own expiry, blocks that are taken back and count again,
// adjustments, and work that is counted, corrected and taken back. Where one is sold, it has a block before its last period that nobody takes back.
func history(t *rapid.T, sold bool) ([]ledger.Period, []ledger.Event) {
	var terms ledger.Terms
	if rapid.Bool().Draw(t, "capped") {
		terms.Cap = ptr(rapid.Int64Range(0, 60).Draw(t, "cap"))
	}
	if rapid.Bool().Draw(t, "limited") {
		terms.Deficit = ptr(rapid.Int64Range(0, 30).Draw(t, "deficit"))
	}
	fewest, soldIn := 1, 0
	if sold {
		fewest = 2
	}
	ps := months(rapid.IntRange(fewest, 6).Draw(t, "periods"), terms)
	if sold {
		soldIn = rapid.IntRange(1, len(ps)-1).Draw(t, "sold in")
	}
	var events []ledger.Event
	var counting []ledger.Event // blocks that nobody took back
	add := func(e ledger.Event) {
		e.ID = fmt.Sprintf("e%03d", len(events))
		events = append(events, e)
		if e.Kind == ledger.Block {
			counting = append(counting, e)
		}
	}
	for _, p := range ps {
		g := ledger.Event{Period: p.Number, Kind: ledger.Grant, Day: p.Days.From, Amount: rapid.Int64Range(0, 50).Draw(t, "grant")}
		if n := rapid.IntRange(-1, 3).Draw(t, "lasts"); n >= 0 {
			g.Until = p.Days.From.AddMonths(n + 1).AddDays(-1)
		}
		add(g)
		some := func() ledger.Event {
			return ledger.Event{Period: p.Number, Day: p.Days.From.AddDays(rapid.IntRange(0, p.Days.Len()-1).Draw(t, "day"))}
		}
		sale := func(e ledger.Event) ledger.Event {
			e.Kind, e.Amount = ledger.Block, rapid.Int64Range(1, 40).Draw(t, "block")
			e.Until = e.Day.AddDays(rapid.IntRange(0, 90).Draw(t, "until"))
			return e
		}
		if p.Number == soldIn {
			add(sale(some()))
			counting = counting[:len(counting)-1]
		}
		for range rapid.IntRange(0, 8).Draw(t, "events") {
			e := some()
			switch rapid.IntRange(0, 10).Draw(t, "kind") {
			case 10:
				if len(counting) == 0 {
					continue
				}
				n := rapid.IntRange(0, len(counting)-1).Draw(t, "which")
				b := counting[n]
				counting = append(counting[:n:n], counting[n+1:]...)
				e.Kind, e.Of, e.Amount = ledger.Returned, b.ID, -b.Amount
				if b.Period < p.Number {
					closed := ps[b.Period-1 : p.Number-1]
					e.Amount = -ledger.Back(carryBefore(ps, events, b.Period), closed, events, b.ID, nobody)
				}
			case 0:
				e = sale(e)
			case 1:
				e.Kind, e.Amount = ledger.Adjust, rapid.Int64Range(-20, 20).Draw(t, "adjust")
			case 2:
				e.Kind, e.Amount, e.Entry = ledger.Late, rapid.Int64Range(-10, 10).Draw(t, "late"), rapid.StringMatching(`[a-d]`).Draw(t, "entry")
			default:
				e.Kind, e.Amount, e.Entry = ledger.Use, rapid.Int64Range(1, 30).Draw(t, "use"), rapid.StringMatching(`[a-f]`).Draw(t, "entry")
			}
			add(e)
		}
	}
	return ps, events
}

func nobody(int) bool { return false }

// carryBefore is what the periods before a number leave to it.
func carryBefore(ps []ledger.Period, events []ledger.Event, number int) ledger.Carry {
	if number == 1 {
		return ledger.Carry{}
	}
	return ledger.Replay(ps[:number-1], events)[number-2].Carry
}

func TestStatementsAddUpWhateverHappened(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ps, events := history(t, false)
		opening := int64(0)
		for _, s := range ledger.Replay(ps, events) {
			if s.Opening != opening {
				t.Fatalf("period %d opens with %d after %d", s.Period.Number, s.Opening, opening)
			}
			if sum := s.Opening + s.Granted + s.Adjusted - s.Used + s.Overage - s.Expired; sum != s.Closing {
				t.Fatalf("period %d: adds up to %d, closes with %d", s.Period.Number, sum, s.Closing)
			}
			if s.Expired < 0 || s.Overage < 0 || total(s.Expiries) != s.Expired || total(s.Over) != s.Overage {
				t.Fatalf("period %d: %+v", s.Period.Number, s)
			}
			if s.Carry.Debt < 0 || s.Carry.Debt > 0 && len(s.Carry.Lots) > 0 {
				t.Fatalf("period %d owes and has: %+v", s.Period.Number, s.Carry)
			}
			over := int64(0) // of all but blocks
			for _, l := range s.Carry.Lots {
				if l.Kind != ledger.Block {
					over += l.Left
				}
			}
			if c := s.Period.Terms.Cap; c != nil && over > *c {
				t.Fatalf("period %d carries %d over a cap of %d", s.Period.Number, over, *c)
			}
			for _, l := range s.Carry.Lots {
				if l.Left <= 0 || !l.Until.IsZero() && !l.Until.After(s.Period.Days.To) {
					t.Fatalf("period %d leaves a lot that is gone: %+v", s.Period.Number, l)
				}
			}
			opening = s.Closing
		}
	})
}

// The order in which events were written decides nothing, and going on from any
// period's end gives what replaying all of them gives.
func TestReplayIsTheSameFromAnyPeriodOn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ps, events := history(t, false)
		all := ledger.Replay(ps, events)
		if again := ledger.Replay(ps, rapid.Permutation(events).Draw(t, "order")); !reflect.DeepEqual(all, again) {
			t.Fatal("another order gives other balances")
		}
		cut := rapid.IntRange(1, len(ps)).Draw(t, "closed")
		if rest := ledger.Continue(all[cut-1].Carry, ps[cut:], events); !reflect.DeepEqual(append([]ledger.Statement{}, all[cut:]...), rest) {
			t.Fatal("going on from a closed period gives other balances")
		}
	})
}

func total(parts []ledger.Part) (sum int64) {
	for _, p := range parts {
		sum += p.Amount
	}
	return sum
}
