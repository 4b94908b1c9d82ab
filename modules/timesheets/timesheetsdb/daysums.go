package timesheetsdb

import (
	"context"
	"fmt"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// ofDays tells whether the question can be answered by the sums of people's days.
func ofDays(f timesheets.Filter, group timesheets.Group) bool {
	work := f.ProjectID != "" || f.ClientID != "" || f.TaskID != "" || f.ServiceID != "" || f.ExactTask || f.ExactService || len(f.ProjectIDs)+len(f.TaskIDs) > 0
	return group == timesheets.ByDay && !work && f.SheetID == "" && f.InvoiceID == "" && f.Text == "" && f.AfterID == "" && len(f.IDs) == 0
}

// daily adds up the sums of people's days.
func daily(tx *tenancy.Tx, f timesheets.Filter) ([]timesheets.Sum, error) {
	w := narrowing(f)
	w.on(!f.From.IsZero(), `work_date >= ?`, f.From)
	w.on(!f.To.IsZero(), `work_date <= ?`, f.To)
	var rows []sumRow
	err := tx.Gorm().Raw(`SELECT work_date::text AS key, sum(entries) AS entries, sum(no_rate) AS no_rate, sum(seconds) AS seconds, sum(billable_seconds) AS billable_seconds,
		sum(billed_seconds) AS billed_seconds, coalesce(rate_currency, '') AS currency, sum(worth) AS seconds_times_rate
		FROM time_day_sums`+w.String()+` GROUP BY work_date, rate_currency HAVING sum(entries) > 0 ORDER BY work_date`, w.args...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("add up days: %w", err)
	}
	return fromSums(rows), nil
}

// kept are the tables of sums, and how their rows are found again from the entries alone.
var kept = []struct{ table, date, keys, again string }{
	{
		"time_sums", "month", `month, member_id, project_id, client_id, task_id, service_id, state, billable, rate_currency`,
		`work_date - extract(day FROM work_date)::int + 1 AS month, member_id, project_id, client_id, task_id, service_id, state, billable, rate_currency`,
	},
	{"time_day_sums", "work_date", `work_date, member_id, state, billable, rate_currency`, `work_date, member_id, state, billable, rate_currency`},
}

const (
	sumsOf  = `entries, no_rate, seconds, billable_seconds, billed_seconds, worth`
	addedUp = `count(*)::int AS entries, (count(*) FILTER (WHERE billable AND rate_amount IS NULL))::int AS no_rate, sum(raw_seconds) AS seconds,
		coalesce(sum(raw_seconds) FILTER (WHERE billable), 0) AS billable_seconds, sum(billed_seconds) AS billed_seconds,
		coalesce(sum(` + exact + `) FILTER (WHERE billable), 0) AS worth`
)

// eachMonth calls fn for every month that has entries or sums: one at a time, however many years there are.
func eachMonth(ctx context.Context, tx *tenancy.Tx, fn func(first, next day.Date) error) error {
	var first, last day.Date
	err := tx.PGX().QueryRow(ctx, `SELECT least((SELECT min(work_date) FROM time_entries WHERE deleted_at IS NULL), (SELECT min(month) FROM time_sums), (SELECT min(work_date) FROM time_day_sums)),
		greatest((SELECT max(work_date) FROM time_entries WHERE deleted_at IS NULL), (SELECT max(month) FROM time_sums), (SELECT max(work_date) FROM time_day_sums))`).Scan(&first, &last)
	if err != nil || first.IsZero() {
		return err
	}
	for m := first.StartOfMonth(); !m.After(last); m = m.EndOfMonth().AddDays(1) {
		if err := fn(m, m.EndOfMonth().AddDays(1)); err != nil {
			return err
		}
	}
	return nil
}

// SumsOff counts the sums that are not what adding up all entries gives.
func (Store) SumsOff(ctx context.Context, tx *tenancy.Tx) (off int, err error) {
	err = eachMonth(ctx, tx, func(first, next day.Date) error {
		for _, k := range kept {
			var n int
			err := tx.PGX().QueryRow(ctx, `WITH again AS (SELECT `+k.again+`, `+addedUp+` FROM time_entries
					WHERE deleted_at IS NULL AND work_date >= $1 AND work_date < $2 GROUP BY `+k.keys+`),
				there AS (SELECT `+k.keys+`, `+sumsOf+` FROM `+k.table+` WHERE `+k.date+` >= $1 AND `+k.date+` < $2 AND (`+sumsOf+`) <> (0, 0, 0, 0, 0, 0))
				SELECT count(*) FROM (SELECT DISTINCT `+k.keys+` FROM ((TABLE again EXCEPT ALL TABLE there) UNION ALL (TABLE there EXCEPT ALL TABLE again)) AS other) AS off`,
				first, next).Scan(&n)
			if err != nil {
				return fmt.Errorf("compare %s with the entries: %w", k.table, err)
			}
			off += n
		}
		return nil
	})
	if err != nil {
		return off, err
	}
	var n int
	err = tx.PGX().QueryRow(ctx, `SELECT count(*) FROM (`+edgesAmiss+`) AS off`).Scan(&n)
	return off + n, err
}

// AddUpAgain adds what is missing to each sum and takes off what is too much. Sums and entries are read at one moment, and
// what others change meanwhile comes on top of it, so nobody has to wait and nothing is counted twice.
func (Store) AddUpAgain(ctx context.Context, tx *tenancy.Tx) error {
	if _, err := tx.PGX().Exec(ctx, `INSERT INTO time_tally_edges AS e (`+edgeKey+`, change) `+edgesAmiss+`
		ON CONFLICT ON CONSTRAINT time_tally_edges_key DO UPDATE SET change = e.change + EXCLUDED.change`); err != nil {
		return fmt.Errorf("mend the places of tallies: %w", err)
	}
	return eachMonth(ctx, tx, func(first, next day.Date) error {
		for _, k := range kept {
			_, err := tx.PGX().Exec(ctx, `INSERT INTO `+k.table+` AS d (`+k.keys+`, `+sumsOf+`)
				SELECT `+k.keys+`, sum(sign * entries), sum(sign * no_rate), sum(sign * seconds), sum(sign * billable_seconds), sum(sign * billed_seconds), sum(sign * worth)
				FROM (SELECT 1 AS sign, `+k.again+`, `+addedUp+` FROM time_entries WHERE deleted_at IS NULL AND work_date >= $1 AND work_date < $2 GROUP BY `+k.keys+`
					UNION ALL SELECT -1, `+k.keys+`, `+sumsOf+` FROM `+k.table+` WHERE `+k.date+` >= $1 AND `+k.date+` < $2) AS sides
				GROUP BY `+k.keys+`
				HAVING (sum(sign * entries), sum(sign * no_rate), sum(sign * seconds), sum(sign * billable_seconds), sum(sign * billed_seconds), sum(sign * worth)) <> (0, 0, 0, 0, 0, 0)
				ON CONFLICT ON CONSTRAINT `+k.table+`_key DO UPDATE SET entries = d.entries + EXCLUDED.entries, no_rate = d.no_rate + EXCLUDED.no_rate,
					seconds = d.seconds + EXCLUDED.seconds, billable_seconds = d.billable_seconds + EXCLUDED.billable_seconds,
					billed_seconds = d.billed_seconds + EXCLUDED.billed_seconds, worth = d.worth + EXCLUDED.worth`, first, next)
			if err != nil {
				return fmt.Errorf("mend %s: %w", k.table, err)
			}
		}
		return nil
	})
}
