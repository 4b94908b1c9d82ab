package custody_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/tenancy"
)

// A move to another database of the same cluster and back, of a small agency and of one with 100,000 time entries, at rest and while four people
// change time entries without a pause. The whole time is the benchmark's; docs/scaling.md has the figures.
func BenchmarkMove(b *testing.B) {
	for _, size := range []struct {
		name    string
		entries int
	}{{"small", 0}, {"100000 entries", 100_000}} {
		for _, writers := range []int{0, 4} {
			b.Run(size.name+map[bool]string{true: ", at rest", false: ", 4 writers"}[writers == 0], func(b *testing.B) { benchmarkMove(b, size.entries, writers) })
		}
	}
}

func benchmarkMove(b *testing.B, entries, writers int) {
	b.Helper()
	m := newMoving(b, "")
	run := func(sql string, args ...any) error {
		a, _, err := m.Registry.Whereabouts(b.Context(), m.agency.ID)
		if err != nil {
			return err
		}
		return m.DB.Run(tenancy.With(b.Context(), a), func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := tx.PGX().Exec(ctx, sql, args...)
			return err
		})
	}
	sheet := id.New()
	must(b, run(`INSERT INTO timesheets (id, member_id, week_start, created_at) VALUES ($1, $1, '2026-03-02', now())`, sheet))
	const part = 5_000 // what one statement may take
	for from := 0; from < max(entries, 200); from += part {
		must(b, run(`INSERT INTO time_entries (id, member_id, timesheet_id, client_id, project_id, work_date, zone, raw_seconds, billed_seconds, billable, note, rate_amount, rate_currency,
				state, source, created_at, updated_at)
			SELECT uuidv7(), $1, $1, $1, gen_random_uuid(), '2024-01-01'::date + n / 150, 'UTC', 1800, 1800, n % 5 <> 0, 'Some work, as people describe it', 95, 'EUR',
				'draft', 'manual', now(), now() FROM generate_series($2::int + 1, $3::int) AS n`, sheet, from, min(from+part, max(entries, 200))))
	}
	ctx, stop := context.WithCancel(b.Context())
	var all sync.WaitGroup
	var writes, again atomic.Int64
	for range writers {
		all.Go(func() {
			for ctx.Err() == nil {
				err := run(`UPDATE time_entries SET note = note || '.', updated_at = now() WHERE id IN (SELECT id FROM time_entries ORDER BY work_date DESC, id LIMIT 20 OFFSET (random() * 50)::int FOR UPDATE SKIP LOCKED)`)
				switch {
				case errors.Is(err, tenancy.ErrMoved):
					again.Add(1)
				case err != nil:
					b.Error(err)
					return
				default:
					writes.Add(1)
				}
			}
		})
	}
	var stops, whole []int
	var rows int64
	there := true
	for b.Loop() {
		to := map[bool]string{true: testkit.Second, false: tenancy.Main}[there]
		began := time.Now()
		got, err := m.Move(b.Context(), m.now(b), to, nil)
		must(b, err)
		whole, stops, rows, there = append(whole, int(time.Since(began).Milliseconds())), append(stops, got.StopMS), got.Rows, !there
		_, err = m.DropMoved(b.Context(), m.agency.ID)
		must(b, err)
	}
	stop()
	all.Wait()
	slices.Sort(stops)
	slices.Sort(whole)
	b.ReportMetric(float64(rows), "rows")
	b.ReportMetric(float64(whole[len(whole)/2]), "move-ms")
	b.ReportMetric(float64(stops[len(stops)/2]), "stop-ms")
	b.ReportMetric(float64(stops[len(stops)-1]), "longest-stop-ms")
	if writers > 0 {
		b.ReportMetric(float64(writes.Load()), "writes")
		b.ReportMetric(float64(again.Load()), "writes-again")
	}
}
