package ledger_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/retainers/ledger"
)

// block is ten hours from a day of the first period on.
func block(id string, period, from int, until day.Date) ledger.Event {
	return ledger.Event{ID: id, Period: period, Kind: ledger.Block, Day: day.New(2026, 1, from), Until: until, Amount: 10 * hour}
}

func returned(id string, period int, of string, hours int64) ledger.Event {
	return ledger.Event{ID: id, Period: period, Kind: ledger.Returned, Of: of, Day: day.New(2026, 3, 5), Amount: -hours * hour}
}

// A block that is taken back in the period in which it began to count was never there; one that counts again does so from its new day.
func TestABlockTakenBackInItsPeriodWasNeverThere(t *testing.T) {
	t.Parallel()
	ps := months(1, ledger.Terms{Deficit: ptr(2 * hour)})
	at := func(d int, id string, hours int64) ledger.Event {
		return ledger.Event{ID: id, Period: 1, Kind: ledger.Use, Entry: id, Day: day.New(2026, 1, d), Amount: hours * hour}
	}
	work := []ledger.Event{at(6, "a", 4), at(20, "b", 5)}
	b, r := block("b1", 1, 5, day.Date{}), returned("r1", 1, "b1", 10)
	if got, want := ledger.Replay(ps, append([]ledger.Event{b, r}, work...))[0], ledger.Replay(ps, work)[0]; !reflect.DeepEqual(got, want) {
		t.Errorf("taken back: %+v, want %+v", got, want)
	}
	// 4 hours of the 6th: 2 in deficit, 2 over. From the 12th on the block pays the 2, and 5 of the 20th: 3 are left.
	got := ledger.Replay(ps, append([]ledger.Event{b, r, block("b2", 1, 12, day.Date{})}, work...))[0]
	if got.Granted != 10*hour || got.Adjusted != 0 || got.Overage != 2*hour || got.Closing != 3*hour {
		t.Errorf("counting again: %+v", got)
	}
}

// What was used of a block in closed periods is owed; what expired of it, or because of it, is not.
func TestWhatABlockGaveInClosedPeriodsIsGivenBack(t *testing.T) {
	t.Parallel()
	carry, bill := ledger.Terms{}, ledger.Terms{Deficit: ptr(0)}
	b := block("b", 1, 10, day.Date{})
	ends := block("b", 1, 10, day.New(2026, 1, 20))
	for name, c := range map[string]struct {
		terms   ledger.Terms
		block   ledger.Event
		lasts   int // periods that a grant outlives its own; less than none: there are no grants
		used    []int64
		absorbs bool
		back    int64
		closing int64 // of March, with what comes then
		says    string
	}{
		"unused, nothing else there":                           {bill, b, -1, []int64{0, 0}, false, 10, 0, "nothing was used"},
		"6 of 10 used: 6 are owed":                             {bill, b, -1, []int64{6, 0}, false, 10, -6, "6 h were used"},
		"6 used, 4 expired":                                    {bill, ends, -1, []int64{6, 0}, false, 6, -6, "6 h were used, 4 h expired"},
		"given anyway what is beyond":                          {bill, b, -1, []int64{6, 0}, true, 4, 0, ""},
		"used before a grant that was enough and expired":      {bill, b, 0, []int64{0, 30}, false, 0, 40, ""},
		"45 of 40 and 10, the next grant expired, over billed": {bill, b, 0, []int64{45, 20}, false, 5, 35, "45 h of 40 h and the block; the next month 20 h of 40 h, the rest expired; overage is billed"},
		"45 of 40 and 10, the next grant would have paid":      {carry, b, 0, []int64{45, 20}, false, 0, 40, "the same, where deficits are taken from the next grant"},
	} {
		ps := months(3, c.terms)
		events := []ledger.Event{c.block}
		if c.lasts >= 0 {
			events = append(events, grants(ps, c.lasts)...)
		}
		for i, h := range c.used {
			u := use(ps[i], string(rune('a'+i)), h)
			u.Day = ps[i].Days.From.AddDays(14)
			events = append(events, u)
		}
		back := ledger.Back(ledger.Carry{}, ps[:2], events, "b", func(int) bool { return c.absorbs })
		if back != c.back*hour {
			t.Errorf("%s: %v hours are given back, want %d", name, float64(back)/hour, c.back)
		}
		if row := fmt.Sprintf("| %s | %d h | %s h |", c.says, c.back, minus(c.closing)); c.says != "" && !strings.Contains(guide(t), row) {
			t.Errorf("the guide does not say %s", row)
		}
		r := returned("r", 3, "b", 0)
		r.Amount = -back
		got := ledger.Replay(ps, append(events, r))
		march := got[2]
		if has := march.Left(day.New(2026, 3, 1)); has != c.closing*hour || march.Adjusted != -back {
			t.Errorf("%s: March has %v hours left (%+v), want %d", name, float64(has)/hour, march, c.closing)
		}
	}
}

// However a history went: nothing of a block stays that is taken back, no more than all of it goes, and who took it back in time
// is no worse off than who waited until its period was closed.
func TestWhatIsGivenBackIsNeitherTooMuchNorTooLittle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ps, events := history(t, true)
		gone := map[string]bool{}
		for _, e := range events {
			gone[e.Of] = true
		}
		blocks := slices.DeleteFunc(slices.Clone(events), func(e ledger.Event) bool { return e.Kind != ledger.Block || gone[e.ID] || e.Period == len(ps) })
		b := rapid.SampledFrom(blocks).Draw(t, "block")
		open := ps[len(ps)-1]
		closed := ps[b.Period-1 : len(ps)-1]
		back := ledger.Back(carryBefore(ps, events, b.Period), closed, events, b.ID, nobody)
		if back < 0 || back > b.Amount {
			t.Fatalf("%d are given back of %d", back, b.Amount)
		}
		r := ledger.Event{ID: "r", Period: open.Number, Kind: ledger.Returned, Of: b.ID, Amount: -back}
		without := slices.DeleteFunc(slices.Clone(events), func(e ledger.Event) bool { return e.ID == b.ID || e.Period == open.Number })
		before := slices.DeleteFunc(slices.Clone(events), func(e ledger.Event) bool { return e.Period == open.Number })
		late, never := ledger.Replay(ps, append(before, r)), ledger.Replay(ps, without)
		owed := int64(0) // what would have been beyond the account, and billed
		for i := range closed {
			n := b.Period - 1 + i
			owed += never[n].Overage - late[n].Overage
		}
		last := len(ps) - 1
		if has, want := late[last].Opening+late[last].Adjusted, never[last].Opening-owed; has != want {
			t.Fatalf("taken back late it goes on with %d, want %d: %d that it would have had less %d that would have been billed", has, want, never[last].Opening, owed)
		}
		for _, l := range late[last].Carry.Lots {
			if l.ID == b.ID {
				t.Fatalf("something of the block is still there: %+v", l)
			}
		}
	})
}
