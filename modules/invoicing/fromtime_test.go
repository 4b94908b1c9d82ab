package invoicing_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/invoicing"
)

// What becomes one line is chosen; days are written as the client reads them.
func TestLinesOfTimeAreAsDetailedAsChosen(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.client.Language = "de"
	w.worked(t, "2026-02-10", 3600, "100", "Form")
	w.worked(t, "2026-02-10", 1800, "100", "Form")
	w.worked(t, "2026-02-11", 7200, "100", "Colour")
	for n, note := range []string{"Buttons", "", "Palette " + strings.Repeat("x", 2000)} {
		w.entries[n].MemberID = "0198c0de-0000-7000-8000-00000000a1ba"
		w.entries[n].TaskID, w.entries[n].Note, w.entries[n].ServiceName = w.entries[n].TaskName, note, "Design work"
	}
	w.phases = map[string]string{"Form": "Concept", "Colour": "Concept"}
	for by, want := range map[invoicing.GroupBy][]string{
		invoicing.ByTask:    {"Website: Form 1.5", "Website: Colour 2"},
		invoicing.ByPhase:   {"Website: Concept 3.5"},
		invoicing.ByService: {"Website: Design work 3.5"},
		invoicing.ByDay:     {"Website: 10.02.2026 1.5", "Website: 11.02.2026 2"},
		invoicing.ByEntry:   {"Website: 10.02.2026, Person a1ba, Form\nButtons 1", "Website: 10.02.2026, Person a1ba, Form 0.5", ("Website: 11.02.2026, Person a1ba, Colour\nPalette " + strings.Repeat("x", 2000))[:2000] + " 2"},
	} {
		i, _, err := w.svc.Preview(w.Ctx, invoicing.FromTime{ClientID: w.client.ID, From: day.MustParse("2026-02-01"), To: day.MustParse("2026-02-28"), GroupBy: by})
		if err != nil {
			t.Fatal(by, err)
		}
		var got []string
		for _, l := range i.Lines {
			got = append(got, l.Description+" "+l.Quantity.String())
		}
		if !slices.Equal(got, want) {
			t.Errorf("by %s: %q", by, got)
		}
	}
}

// A quantity of hours has no end in decimals. Where what the time is worth is exactly half a unit, the line still comes to what the exact
// fraction rounds to: 35 min at 7050 are 4112.5, 50 min at 9003 are 7502.5.
func TestRule02_HalfAUnitOfTimeIsRoundedAsItsExactFraction(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.client.Currency = "JPY"
	want := map[string]string{"7050": "4113", "9003": "7503", "90": "54"}
	w.worked(t, "2026-02-10", 35*60, "7050", "Design")
	w.worked(t, "2026-02-10", 50*60, "9003", "Design")
	w.worked(t, "2026-02-10", 2140, "90", "Design") // 53.5
	for n := range w.entries {
		w.entries[n].Currency = "JPY"
	}
	i, _, err := w.svc.Preview(w.Ctx, invoicing.FromTime{ClientID: w.client.ID, From: day.MustParse("2026-02-01"), To: day.MustParse("2026-02-28"), GroupBy: invoicing.ByTask})
	if err != nil || len(i.Lines) != len(want) {
		t.Fatal(i.Lines, err)
	}
	for _, l := range i.Lines {
		if l.Net.Amount() != want[l.UnitPrice.String()] {
			t.Errorf("%s h at %s are %s", l.Quantity, l.UnitPrice, l.Net.Amount())
		}
	}
}
