package timesheets_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// A million entries of 100 members over 1,000 days, each of whom works on six of 50 projects and four tasks of each in a month; a week of one
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
	const columns = `(id, member_id, timesheet_id, client_id, project_id, task_id, work_date, zone, raw_seconds, billed_seconds, billable, note, rate_amount, rate_currency, state, source, created_at, updated_at)`
	const numbered = `('00000000-0000-7000-%s-' || lpad((%s)::text, 12, '0'))::uuid`
	project := `(n % 100 * 7 + n / 30000 * 3 + n / 100 % 6) % 50`
	for from := 0; from < 1_000_000; from += 10_000 {
		run(`INSERT INTO time_entries `+columns+`
			SELECT uuidv7(), `+fmt.Sprintf(numbered, "8000", "n % 100")+`, $1, `+fmt.Sprintf(numbered, "a000", project+" / 5")+`, `+fmt.Sprintf(numbered, "9000", project)+`,
				`+fmt.Sprintf(numbered, "b000", project+" * 4 + n / 100 % 4")+`, '2023-06-01'::date + n / 1000, 'UTC', 1800, 1800, n % 5 <> 0, 'Some work', 95, 'EUR',
				CASE WHEN n < 900000 THEN 'approved' ELSE 'draft' END, 'manual', now(), now() FROM generate_series($2::int, $2::int + 9999) AS n`, w.client, from)
	}
	run(`INSERT INTO time_entries `+columns+`
		SELECT uuidv7(), $2, $1, $1, `+fmt.Sprintf(numbered, "9000", "n % 20")+`, NULL,
			'2026-03-02'::date + n % 7, 'UTC', 600, 600, true, 'Some work', 95, 'EUR', 'draft', 'manual', now(), now() FROM generate_series(0, 199) AS n`, w.client, member)
	if _, err := w.svc.RepairSums(w.Ctx); err != nil { // they were written past the service
		b.Fatal(err)
	}
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
		{"page of a client", func() error {
			_, err := w.svc.List(boss, timesheets.Filter{ClientID: "00000000-0000-7000-a000-000000000007", Limit: 51})
			return err
		}},
		{"page of a task", func() error {
			_, err := w.svc.List(boss, timesheets.Filter{TaskID: "00000000-0000-7000-b000-000000000007", Limit: 51})
			return err
		}},
		{"page of a state that is rare", func() error {
			_, err := w.svc.List(boss, timesheets.Filter{States: []string{timesheets.Rejected}, Limit: 51})
			return err
		}},
		{"total of a month", func() error { _, _, err := w.svc.Summary(boss, month, timesheets.ByProject); return err }},
		{"total of two years and two halves", func() error {
			_, _, err := w.svc.Summary(boss, timesheets.Filter{From: day.MustParse("2023-11-16"), To: day.MustParse("2026-01-15")}, timesheets.ByProject)
			return err
		}},
		{"total of all", func() error { _, _, err := w.svc.Summary(boss, timesheets.Filter{}, timesheets.ByNothing); return err }},
		{"total of all by member", func() error { _, _, err := w.svc.Summary(boss, timesheets.Filter{}, timesheets.ByMember); return err }},
		{"total of all by task", func() error { _, _, err := w.svc.Summary(boss, timesheets.Filter{}, timesheets.ByTask); return err }},
		{"total of all by day", func() error { _, _, err := w.svc.Summary(boss, timesheets.Filter{}, timesheets.ByDay); return err }},
		{"total of a client", func() error {
			_, _, err := w.svc.Summary(boss, timesheets.Filter{ClientID: "00000000-0000-7000-a000-000000000007"}, timesheets.ByProject)
			return err
		}},
		{"total of a note", func() error {
			_, _, err := w.svc.Summary(boss, timesheets.Filter{Text: "nowhere"}, timesheets.ByNothing)
			return err
		}},
		{"page of a word that is rare", func() error {
			_, err := w.svc.List(boss, timesheets.Filter{Text: "nowhere", Limit: 51})
			return err
		}},
		{"page of a word that all have", func() error {
			_, err := w.svc.List(boss, timesheets.Filter{Text: "work", Limit: 51})
			return err
		}},
		{"sums compared with the entries", func() error { _, err := w.svc.SumsOff(w.Ctx); return err }},
		{"a new entry", func() error {
			_, _, err := w.svc.Log(boss, timesheets.NewEntry{ProjectID: w.website, Day: day.MustParse("2026-03-02").AddDays(rand.IntN(300)), Seconds: hours(0.01)})
			return err
		}},
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
