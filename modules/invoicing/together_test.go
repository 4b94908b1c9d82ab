package invoicing_test

import (
	"fmt"
	"testing"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/modules/timesheets"
)

func quarters(scope string) *timesheets.Rounding {
	return &timesheets.Rounding{Mode: timesheets.RoundUp, Step: 15 * 60, Scope: scope}
}

func sevenMinutes(t *testing.T, w *world, on, task string) {
	t.Helper()
	w.worked(t, on, 7*60, "120", task)
	w.entries[len(w.entries)-1].TaskID = task
}

func february(w *world, by invoicing.GroupBy) invoicing.FromTime {
	return invoicing.FromTime{ClientID: w.client.ID, From: day.MustParse("2026-02-01"), To: day.MustParse("2026-02-28"), GroupBy: by}
}

// ruled adds up what the rule makes of the time on an invoice, and what is billed of it.
func ruled(i invoicing.Invoice) (raw, rule, billed int64) {
	for _, l := range i.Lines {
		for _, s := range l.Sources {
			raw, rule, billed = raw+s.Worked.Raw, rule+s.Worked.Ruled, billed+s.Seconds
		}
	}
	return raw, rule, billed
}

// Four times 7 minutes on two tasks and once without one, up to 15: the wider what is rounded together, the less is billed.
func TestRule37_TimeIsRoundedTogetherOnTheInvoice_AsTheGuideSays(t *testing.T) {
	t.Parallel()
	says := guide(t, "time.md")
	w := setup(t)
	for _, task := range []string{"Form", "Form", "Form", "Colour", ""} {
		sevenMinutes(t, w, "2026-02-10", task)
	}
	for _, c := range []struct {
		scope, name, hours, total string
		minutes                   int64
	}{
		{timesheets.ScopeTask, "Task on an invoice", "1:00", "120.00", 60},
		{timesheets.ScopeInvoice, "Invoice", "0:45", "90.00", 45},
	} {
		w.rounding = quarters(c.scope)
		i, _, err := w.svc.Preview(w.Ctx, february(w, invoicing.ByTask))
		if err != nil {
			t.Fatal(err)
		}
		if raw, rule, billed := ruled(i); raw != 35*60 || rule != c.minutes*60 || billed != rule || i.Net.Amount() != c.total {
			t.Errorf("by %s: %d s are %d s, %s", c.scope, raw, rule, i.Net.Amount())
		}
		says(fmt.Sprintf("| %s | %s | %s |", c.name, c.hours, c.total))
	}
	entry, each := quarters(timesheets.ScopeEntry), int64(0)
	for range 5 {
		each += entry.Round(7 * 60)
	}
	if each != 75*60 {
		t.Errorf("each by itself: %d s", each)
	}
	says("| Entry | 1:15 | 150.00 |")
}

// Each change of what is on a draft works the rounding out again by the rule that the draft was made with; what was written by hand stays.
func TestRule37_ADraftIsRoundedAgainWithWhatIsOnIt(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.rounding = quarters(timesheets.ScopeTask)
	for range 3 {
		sevenMinutes(t, w, "2026-02-10", "Form")
	}
	half := []invoicing.TimePart{{Kind: rates.Ordinary, RawSeconds: 300, Seconds: 300, Factor: dec("1")}, {Kind: rates.AfterHours, RawSeconds: 120, Seconds: 120, Factor: dec("1.5")}}
	w.entries[2].Parts = half
	seen, _, err := w.svc.Preview(w.Ctx, february(w, invoicing.ByEntry))
	if err != nil {
		t.Fatal(err)
	}
	i, _, err := w.svc.CreateFromTime(w.Ctx, february(w, invoicing.ByEntry))
	if err != nil {
		t.Fatal(err)
	}
	stands := func(what string, rule int64, of map[int]int64) {
		t.Helper()
		i = w.find(t, i.ID)
		if _, got, _ := ruled(i); got != rule {
			t.Errorf("%s: the rule makes it %d s, want %d", what, got, rule)
		}
		if len(w.rounded) != len(of) {
			t.Errorf("%s: told of %d entries", what, len(w.rounded))
		}
		for n, seconds := range of {
			if got := w.rounded[w.entries[n].ID]; got != seconds {
				t.Errorf("%s: entry %d is told as %d s, want %d", what, n, got, seconds)
			}
		}
	}
	stands("drafted", 1800, map[int]int64{0: 600, 1: 600, 2: 600})
	if i.Net != seen.Net {
		t.Errorf("previewed %s, drafted %s", seen.Net, i.Net)
	}

	w.rounding = quarters(timesheets.ScopeInvoice) // for later drafts
	gone := func(line func(invoicing.Line) bool) {
		t.Helper()
		if i, err = w.svc.Change(w.Ctx, i.ID, i.Version, func(i *invoicing.Invoice) error {
			var kept []invoicing.Line
			for _, l := range i.Lines {
				if !line(l) {
					kept = append(kept, l)
				}
			}
			i.Lines = kept
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	of := func(n int) func(invoicing.Line) bool {
		return func(l invoicing.Line) bool { return l.Sources[0].ID == w.entries[n].ID }
	}
	gone(of(2))
	stands("a line less", 900, map[int]int64{0: 450, 1: 450})
	if i.TimeRule == nil || i.TimeRule.Scope != timesheets.ScopeTask || i.Lines[0].Quantity.String() != "0.125" {
		t.Errorf("rule %+v, %s h", i.TimeRule, i.Lines[0].Quantity)
	}

	ten := int64(600)
	if i, err = w.svc.Write(w.Ctx, i.ID, i.Version, invoicing.Write{EntryID: w.entries[0].ID, LineID: lineOf(i, w.entries[0].ID), Seconds: &ten, Reason: "Goodwill"}); err != nil {
		t.Fatal(err)
	}
	w.worked(t, "2026-02-11", 7*60, "120", "Form")
	w.entries[3].TaskID = "Form"
	w.entries[3].Settled = true // a retainer left it
	if i, _, err = w.svc.Add(w.Ctx, i.ID, i.Version, february(w, invoicing.ByEntry)); err != nil {
		t.Fatal(err)
	}
	stands("more time", 1800+420, map[int]int64{0: 600, 1: 600, 2: 600})
	if _, _, billed := ruled(i); billed != 1800+420 {
		t.Errorf("%d s are billed", billed)
	}
	gone(of(1))
	stands("a line less again", 900+420, map[int]int64{0: 450, 2: 450})
	if _, _, billed := ruled(i); billed != 600+450+420 {
		t.Errorf("%d s are billed: what was written stays", billed)
	}
	gone(func(l invoicing.Line) bool { return !of(3)(l) })
	if i = w.find(t, i.ID); i.TimeRule != nil {
		t.Errorf("nothing is rounded together on it, and it keeps %+v", i.TimeRule)
	}
}

func lineOf(i invoicing.Invoice, entry string) string {
	for _, l := range i.Lines {
		if l.Sources[0].ID == entry {
			return l.ID
		}
	}
	return ""
}
