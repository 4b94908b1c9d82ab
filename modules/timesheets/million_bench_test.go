package timesheets_test

import (
	"context"
	"testing"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// A million entries of 100 members and 50 projects over 1,000 days; a week of one
// member with 200 entries. docs/performance.md has the figures.
func BenchmarkMillionEntries(b *testing.B) {
	w := setup(b)
	member := id.New()
	run := func(sql string, args ...any) {
		err := w.DB.Run(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := tx.PGX().Exec(ctx, sql, args...)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	run(`INSERT INTO timesheets (id, member_id, week_start, created_at) VALUES ($1, $2, '2026-03-02', now())`, w.client, member)
	const columns = `(id, member_id, timesheet_id, client_id, project_id, work_date, zone, raw_seconds, billed_seconds, billable, note, rate_amount, rate_currency, state, source, created_at, updated_at)`
	for from := 0; from < 1_000_000; from += 40_000 {
		run(`INSERT INTO time_entries `+columns+`
			SELECT uuidv7(), ('00000000-0000-7000-8000-' || lpad((n % 100)::text, 12, '0'))::uuid, $1, $1, ('00000000-0000-7000-9000-' || lpad((n % 50)::text, 12, '0'))::uuid,
				'2023-06-01'::date + n / 1000, 'UTC', 1800, 1800, n % 5 <> 0, 'Some work', 95, 'EUR', 'approved', 'manual', now(), now() FROM generate_series($2::int, $2::int + 39999) AS n`, w.client, from)
	}
	run(`INSERT INTO time_entries `+columns+`
		SELECT uuidv7(), $2, $1, $1, ('00000000-0000-7000-9000-' || lpad((n % 20)::text, 12, '0'))::uuid,
			'2026-03-02'::date + n % 7, 'UTC', 600, 600, true, 'Some work', 95, 'EUR', 'draft', 'manual', now(), now() FROM generate_series(0, 199) AS n`, w.client, member)
	boss := w.manager()
	me := w.As(access.Actor{MemberID: member}, timesheets.WriteOwn)
	month := timesheets.Filter{From: day.MustParse("2026-01-01"), To: day.MustParse("2026-01-31")}
	for _, c := range []struct {
		name string
		call func() error
	}{
		{"page", func() error { _, err := w.svc.List(boss, timesheets.Filter{Limit: 51}); return err }},
		{"page of a member", func() error {
			_, err := w.svc.List(boss, timesheets.Filter{MemberID: "00000000-0000-7000-8000-000000000007", Limit: 51})
			return err
		}},
		{"page of a project's month", func() error {
			f := month
			f.ProjectID, f.Limit = "00000000-0000-7000-9000-000000000007", 51
			_, err := w.svc.List(boss, f)
			return err
		}},
		{"total of a month", func() error { _, _, err := w.svc.Summary(boss, month, timesheets.ByProject); return err }},
		{"total of all", func() error { _, _, err := w.svc.Summary(boss, timesheets.Filter{}, timesheets.ByNothing); return err }},
		{"week of 200", func() error { _, err := w.svc.Week(me, "", day.MustParse("2026-03-02")); return err }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if err := c.call(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
