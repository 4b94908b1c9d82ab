package timesheets_test

import (
	"context"
	"testing"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// A program that knows nothing of the sums writes, changes and deletes time; the repair finds what it left behind.
func TestRepairAddsUpWhatAnOldProgramWrote(t *testing.T) {
	t.Parallel()
	w := setup(t)
	me, boss := w.member(), w.manager()
	first, second := w.log(t, me, "2026-03-02", 1), w.log(t, me, "2026-03-03", 1)
	w.log(t, me, "2026-04-01", 1)
	err := w.DB.Run(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if _, err := tx.PGX().Exec(ctx, `UPDATE time_entries SET raw_seconds = 7200 WHERE id = $1`, first.ID); err != nil {
			return err
		}
		_, err := tx.PGX().Exec(ctx, `UPDATE time_entries SET deleted_at = now() WHERE id = $1`, second.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// March is off in one sum of its month and in two of days.
	if off, err := w.svc.SumsOff(w.Ctx); err != nil || off != 3 {
		t.Fatalf("%d sums are off, %v", off, err)
	}
	if off, err := w.svc.RepairSums(w.Ctx); err != nil || off != 3 {
		t.Fatalf("%d sums were repaired, %v", off, err)
	}
	w.sumsHold(t, "repair")
	total, days, err := w.svc.Summary(boss, timesheets.Filter{}, timesheets.ByDay)
	if err != nil || total.Seconds != 3*3600 || len(days) != 2 || days[0].Key != "2026-03-02" || days[0].Seconds != 7200 {
		t.Errorf("%+v %+v, %v", total, days, err)
	}
	if off, err := w.svc.RepairSums(w.Ctx); err != nil || off != 0 {
		t.Errorf("%d sums were repaired again, %v", off, err)
	}
}

// Words in notes are found by their beginnings, in any part of paths and addresses, whatever their case.
func TestNotesAreFoundByWords(t *testing.T) {
	t.Parallel()
	w := setup(t)
	me := w.member()
	seconds := hours(1)
	for i, note := range []string{"Wireframes for docs/api.md", "Call with ann@acme.example about ACM-12", "Übergabe, 100 % done", "C++"} {
		if _, _, err := w.svc.Log(me, timesheets.NewEntry{ProjectID: w.website, Day: day.MustParse("2026-03-02").AddDays(i), Seconds: seconds, Note: note}); err != nil {
			t.Fatal(err)
		}
	}
	for text, want := range map[string]int{
		"wire": 1, "api": 1, "api.md": 1, "acme": 1, "ACM-12": 1, "about acm": 1, "about  acm": 0, "with wireframes": 0, "Übergabe": 1, "100 %": 1, "%": 1, "++": 1, "c++": 1, "'": 0, "a & b": 0, "nowhere": 0,
	} {
		got, err := w.svc.List(me, timesheets.Filter{Text: text})
		if err != nil || len(got) != want {
			t.Errorf("%q is in %d notes, want %d, %v", text, len(got), want, err)
		}
	}
}
