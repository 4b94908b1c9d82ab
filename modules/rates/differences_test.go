package rates_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/rates"
)

func (w *world) cost(t *testing.T, from, perHour string) rates.Cost {
	t.Helper()
	amount := decimal.RequireFromString(perHour)
	c, err := w.svc.AddCost(w.Ctx, rates.CostDraft{MemberID: w.ada, From: day.MustParse(from), PerHour: &amount})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (w *world) posted(t *testing.T) string {
	t.Helper()
	all, _, err := w.svc.CostDifferences(w.Ctx, w.ada, page.Query{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	lines := make([]string, len(all))
	for i, d := range all {
		lines[len(all)-1-i] = fmt.Sprintf("%s in %s: %d h %s", d.Month.Format("Jan"), d.PostedIn.Format("Jan"), d.Seconds/3600, d.Amount)
	}
	return strings.Join(lines, "; ")
}

// A past cost that changes after its month is closed posts the difference in the open month, person by person and month by month.
func TestRule45ADifferenceIsPostedInTheOpenMonth(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.closed = day.MustParse("2026-02-28")
	for n, hours := range map[string]int64{"2026-01-01": 100, "2026-02-01": 80, "2026-03-01": 50} {
		w.logged = append(w.logged, rates.Logged{ProjectID: w.project, Month: day.MustParse(n), Seconds: hours * 3600})
	}
	first := w.cost(t, "2026-01-01", "30")
	if got := w.posted(t); got != "" {
		t.Errorf("the first cost ever changes no figure that anybody had: %s", got)
	}
	w.cost(t, "2026-02-01", "35") // five more for the closed February, nothing for January, and March is open
	if got := w.posted(t); got != "Feb in Mar: 80 h 400.00 EUR" {
		t.Error(got)
	}
	if guide, err := os.ReadFile("../../docs/guide/rates.md"); err != nil || !strings.Contains(string(guide), "Posted in March: 80 h of February,\n400.00.") {
		t.Errorf("the guide says something else: %v", err)
	}
	// Saying it was less all along: taken away and said again, the two differences come to what it changed.
	if err := w.svc.RemoveCost(w.Ctx, first.ID); err != nil {
		t.Fatal(err)
	}
	w.cost(t, "2026-01-01", "28.5")
	if got := w.posted(t); got != "Feb in Mar: 80 h 400.00 EUR; Jan in Mar: 100 h -3000.00 EUR; Jan in Mar: 100 h 2850.00 EUR" {
		t.Error(got)
	}
	w.cost(t, "2026-04-01", "40") // from an open month on
	w.closed = day.MustParse("2026-03-15")
	w.cost(t, "2026-03-01", "36") // March is closed in part only: it is open
	if got := w.posted(t); strings.Count(got, ";") != 2 {
		t.Error(got)
	}
}

// Margins show the direct cost and the one with overhead, by the overhead of the work date.
func TestOverheadLoadsCostsByTheWorkDate(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.cost(t, "2026-01-01", "30")
	add := func(percent, from string) error {
		_, err := w.svc.AddOverhead(w.Ctx, decimal.RequireFromString(percent), day.MustParse(from))
		return err
	}
	if err := add("20", "2026-03-01"); err != nil {
		t.Fatal(err)
	}
	if err := add("25.5", "2026-05-01"); err != nil {
		t.Fatal(err)
	}
	// The test's time says 10 h for each stretch: before March without overhead, then at 20 %, then at 25.5 %.
	w.worked = rates.Worked{MemberIDs: []string{w.ada}, Seconds: 30 * 3600, Worth: []money.Money{money.Of(200_000, "EUR")}}
	m, err := w.svc.Margin(w.Ctx, w.project)
	if err != nil || m.Direct.Cost[0].Minor != 90_000 || m.Loaded.Cost[0].Minor != 30_000+36_000+37_650 || m.Direct.Margin.Minor != 110_000 || m.Loaded.Margin.Minor != 96_350 || *m.Loaded.Percent != 48 {
		t.Errorf("%+v %v", m, err)
	}
	for field, err := range map[string]error{"body.valid_from": add("10", "2026-03-01"), "body.percent": add("-1", "2026-06-01"), "body.percent#": add("1.00001", "2026-06-01")} {
		if f := fault.From(err); err == nil || len(f.Fields) != 1 || !strings.HasPrefix(field, f.Fields[0].Path) {
			t.Errorf("%s: %v", field, err)
		}
	}
	all, err := w.svc.Overheads(w.Ctx)
	if err != nil || len(all) != 2 || all[0].To.String() != "2026-05-01" {
		t.Fatalf("%+v %v", all, err)
	}
	if err := w.svc.RemoveOverhead(w.Ctx, all[1].ID); err != nil {
		t.Fatal(err)
	}
	if all, err = w.svc.Overheads(w.Ctx); err != nil || len(all) != 1 || all[0].To != nil {
		t.Errorf("the one before holds on: %+v %v", all, err)
	}
}
