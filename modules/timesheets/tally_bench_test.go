package timesheets_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// bulkTally fills a tally past the service: half-hour entries side by side in the count, all approved but for the last ones.
func (w *world) bulkTally(b testing.TB, entries, open int) {
	b.Helper()
	first := w.log(b, w.Ctx, "2024-01-01", 0.5) // it is the pattern of the others
	err := w.DB.Run(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		for from := 1; from < entries; from += 20_000 {
			_, err := tx.PGX().Exec(ctx, `INSERT INTO time_entries (id, member_id, timesheet_id, client_id, project_id, work_date, zone, raw_seconds, billed_seconds, billable, note,
					rate_amount, rate_currency, rate_id, rate_parts, tier_since, tier_worth, state, source, created_at, updated_at)
				SELECT uuidv7(), member_id, timesheet_id, client_id, project_id, work_date + n / 250, zone, raw_seconds, billed_seconds, billable, 'Some work',
					rate_amount, rate_currency, rate_id,
					jsonb_set(rate_parts, '{parts}', jsonb_build_array(jsonb_build_object('kind', '', 'seconds', 1800, 'factor', '1', 'at', n * 1800, 'from', 10800, 'per_hour', '90'))),
					tier_since, 1800 * (90 - rate_amount), CASE WHEN n < $3 THEN 'approved' ELSE 'draft' END, source, created_at, updated_at
				FROM time_entries, generate_series($2::int, $4::int) AS n WHERE id = $1`, first.ID, from, entries-open, min(from+20_000, entries)-1)
			if err != nil {
				return err
			}
		}
		_, err := tx.PGX().Exec(ctx, `UPDATE time_entries SET state = 'approved' WHERE id = $1`, first.ID)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := w.svc.RepairSums(w.Ctx); err != nil { // they were written past the service
		b.Fatal(err)
	}
}

// One project with 200,000 entries whose price has tiers for as long as it holds, 500 of them not approved yet. docs/performance.md has the figures.
func BenchmarkLargeTally(b *testing.B) {
	w := setup(b)
	w.priced("120", "90", rates.PerLine)
	w.bulkTally(b, 200_000, 500)
	me, boss := w.member(), w.manager()
	last := day.MustParse("2024-01-01").AddDays(114 * 7) // a Monday, as the first day is
	b.Run("a new entry of another project, which has none", func(b *testing.B) {
		tiers := w.tiers
		w.tiers = nil
		defer func() { w.tiers = tiers }()
		for i := 0; b.Loop(); i++ {
			if _, _, err := w.svc.Log(boss, timesheets.NewEntry{ProjectID: w.support, Day: last.AddDays(i % 20), Seconds: hours(0.25)}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("a new entry", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if _, _, err := w.svc.Log(boss, timesheets.NewEntry{ProjectID: w.website, Day: last.AddDays(i % 20), Seconds: hours(0.25)}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("a week of 40 approved", func(b *testing.B) {
		week := last.AddDays(8 * 7)
		for b.Loop() {
			b.StopTimer()
			week = week.AddDays(7)
			var sheet string
			for i := range 40 {
				e, _, err := w.svc.Log(me, timesheets.NewEntry{ProjectID: w.website, Day: week.AddDays(i % 5), Seconds: hours(0.5)})
				if err != nil {
					b.Fatal(err)
				}
				sheet = e.SheetID
			}
			s := w.sheet(b, me, sheet)
			s, err := w.svc.Submit(me, s.ID, s.Version)
			if err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			if _, err := w.svc.ApproveSheet(boss, s.ID, s.Version, ""); err != nil {
				b.Fatal(err)
			}
		}
	})
	w.plan(b)
}

// plan prints how the entries of the tally are found.
func (w *world) plan(b *testing.B) {
	b.Helper()
	err := w.DB.Read(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		rows, err := tx.PGX().Query(ctx, `EXPLAIN (ANALYZE, BUFFERS) SELECT * FROM time_entries WHERE deleted_at IS NULL AND tier_since IS NOT NULL
			AND (rate_id, project_id, tier_since) IN (SELECT rate_id, project_id, since FROM time_tally_edges) AND state IN ('draft', 'submitted', 'rejected') ORDER BY work_date, id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		var lines []string
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				return err
			}
			lines = append(lines, line)
		}
		fmt.Println(strings.Join(lines, "\n"))
		return rows.Err()
	})
	if err != nil {
		b.Fatal(err)
	}
}
