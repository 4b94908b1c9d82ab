package timesheets_test

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// placesHold replays the kept edges of the counts from the entries alone, and looks whether a place is had by two.
func (w *world) placesHold(t *testing.T, when string) {
	t.Helper()
	type edge struct {
		timesheets.Tally
		place int64
	}
	type stretch struct{ from, to int64 }
	kept, want, all := map[edge]int{}, map[edge]int{}, map[timesheets.Tally][]stretch{}
	entries, err := w.svc.List(w.manager(), timesheets.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		since := e.CountedSince()
		if since.IsZero() {
			continue
		}
		of := timesheets.Tally{RateID: e.RateID, ProjectID: e.ProjectID, Since: since}
		for _, p := range e.Split.Parts {
			all[of] = append(all[of], stretch{p.At, p.At + p.Seconds})
			if e.State == timesheets.Approved || e.State == timesheets.Billed {
				want[edge{of, p.At}]++
				want[edge{of, p.At + p.Seconds}]--
			}
		}
	}
	maps.DeleteFunc(want, func(_ edge, n int) bool { return n == 0 })
	err = w.DB.Read(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		rows, err := tx.PGX().Query(ctx, `SELECT rate_id::text, project_id::text, since, place, change FROM time_tally_edges WHERE change <> 0`)
		if err != nil {
			return err
		}
		var e edge
		var n int
		_, err = pgx.ForEachRow(rows, []any{&e.RateID, &e.ProjectID, &e.Since, &e.place, &n}, func() error { kept[e] = n; return nil })
		return err
	})
	if err != nil || !maps.Equal(kept, want) {
		t.Fatalf("after %q the edges are %v, replaying gives %v: %v", when, kept, want, err)
	}
	for of, stretches := range all {
		slices.SortFunc(stretches, func(a, b stretch) int { return cmp.Compare(a.from, b.from) })
		for i := 1; i < len(stretches); i++ {
			if stretches[i].from < stretches[i-1].to {
				t.Fatalf("after %q two have the places from %d on of %v: %v", when, stretches[i].from, of, stretches)
			}
		}
	}
}

// Weeks are approved and taken back while others log: nobody gets a place that somebody has, and what is kept is what replaying gives.
func TestNoPlaceIsGivenTwiceWhileOthersDecide(t *testing.T) {
	t.Parallel()
	w := tiered(t, rates.PerLine)
	boss := w.manager()
	var sheets []string
	for _, d := range []string{"2026-02-02", "2026-02-09", "2026-02-16"} {
		e := w.log(t, w.Ctx, d, 2)
		s := w.sheet(t, w.Ctx, e.SheetID)
		if _, err := w.svc.Submit(w.Ctx, s.ID, s.Version); err != nil {
			t.Fatal(err)
		}
		sheets = append(sheets, s.ID)
	}
	var all sync.WaitGroup
	for _, sheetID := range sheets {
		all.Go(func() {
			for range 10 {
				s, _, _, err := w.svc.Sheet(boss, sheetID)
				if err == nil {
					_, err = w.svc.ApproveSheet(boss, sheetID, s.Version, "")
				}
				if err == nil {
					_, err = w.svc.UndoDecision(boss, sheetID)
				}
				if err != nil {
					t.Errorf("decide: %v", err)
					return
				}
			}
		})
	}
	for i := range 3 {
		ctx := w.As(access.Actor{MemberID: id.New(), Name: "Somebody"}, timesheets.WriteOwn)
		all.Go(func() {
			for n := range 10 {
				on := day.MustParse("2026-01-26").AddDays(7*(n%4) + i)
				if _, _, err := w.svc.Log(ctx, timesheets.NewEntry{ProjectID: w.website, Day: on, Seconds: hours(0.5)}); err != nil {
					t.Errorf("log: %v", err)
				}
			}
		})
	}
	all.Wait()
	w.sumsHold(t, "decisions")
	w.placesHold(t, "decisions")
	w.log(t, w.Ctx, "2026-01-20", 1) // with nobody beside it all that is open stands in line again
	w.placesHold(t, "one more")
	total, _, err := w.svc.Summary(boss, timesheets.Filter{}, timesheets.ByDay)
	if err != nil || total.BilledSeconds != 22*3600 || amounts(total.Amounts) != "2070.00 EUR" { // 3 × 120 + 19 × 90
		t.Errorf("the total is %v of %d s, %v", total.Amounts, total.BilledSeconds, err)
	}
}
