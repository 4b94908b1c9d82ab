package timesheetsdb

import (
	"context"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// dry puts a statement together without running it.
func dry(tx *tenancy.Tx) *gorm.DB { return tx.Gorm().Session(&gorm.Session{DryRun: true}) }

// summed runs a statement that changes entries and tells how many.
func summed(tx *tenancy.Tx, change *gorm.DB) (int, error) {
	if change.Error != nil {
		return 0, change.Error
	}
	return keepingSums(tx, change.Statement.SQL.String(), change.Statement.Vars...)
}

// keepingSums runs a statement that changes entries and carries what it changed over to time_sums, time_day_sums and time_tally_edges: as one
// statement, so that none can be had without the others. Rows are met in the order of their key, in which two of these never wait for each other in a circle.
func keepingSums(tx *tenancy.Tx, change string, args ...any) (n int, err error) {
	ctx := tx.Gorm().Statement.Context
	if err := tx.PGX().QueryRow(ctx, `WITH changed AS (`+change+` RETURNING old AS was, new AS now),
		sides AS (
			SELECT -1 AS sign, (was).* FROM changed WHERE (was).id IS NOT NULL AND (was).deleted_at IS NULL
			UNION ALL SELECT 1, (now).* FROM changed WHERE (now).deleted_at IS NULL),
		kept AS (
			INSERT INTO time_sums (month, member_id, project_id, client_id, task_id, service_id, state, billable, rate_currency,
				entries, no_rate, seconds, billable_seconds, billed_seconds, worth)
			SELECT work_date - extract(day FROM work_date)::int + 1, member_id, project_id, client_id, task_id, service_id, state, billable, rate_currency,
				sum(sign), coalesce(sum(sign) FILTER (WHERE billable AND rate_amount IS NULL), 0), sum(sign * raw_seconds),
				coalesce(sum(sign * raw_seconds) FILTER (WHERE billable), 0), sum(sign * billed_seconds),
				coalesce(sum(sign * `+exact+`) FILTER (WHERE billable), 0)
			FROM sides GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
			HAVING (sum(sign), sum(sign * raw_seconds), sum(sign * billed_seconds)) <> (0, 0, 0) OR sum(sign * `+exact+`) <> 0
			ORDER BY 2, 1, 3, 4, 5, 6, 7, 8, 9
			ON CONFLICT ON CONSTRAINT time_sums_key DO UPDATE SET entries = time_sums.entries + EXCLUDED.entries, no_rate = time_sums.no_rate + EXCLUDED.no_rate,
				seconds = time_sums.seconds + EXCLUDED.seconds, billable_seconds = time_sums.billable_seconds + EXCLUDED.billable_seconds,
				billed_seconds = time_sums.billed_seconds + EXCLUDED.billed_seconds, worth = time_sums.worth + EXCLUDED.worth),
		days AS (
			INSERT INTO time_day_sums AS d (work_date, member_id, state, billable, rate_currency, entries, no_rate, seconds, billable_seconds, billed_seconds, worth)
			SELECT work_date, member_id, state, billable, rate_currency,
				sum(sign), coalesce(sum(sign) FILTER (WHERE billable AND rate_amount IS NULL), 0), sum(sign * raw_seconds),
				coalesce(sum(sign * raw_seconds) FILTER (WHERE billable), 0), sum(sign * billed_seconds),
				coalesce(sum(sign * `+exact+`) FILTER (WHERE billable), 0)
			FROM sides GROUP BY 1, 2, 3, 4, 5
			HAVING (sum(sign), sum(sign * raw_seconds), sum(sign * billed_seconds)) <> (0, 0, 0) OR sum(sign * `+exact+`) <> 0
			ORDER BY 2, 1, 3, 4, 5
			ON CONFLICT ON CONSTRAINT time_day_sums_key DO UPDATE SET entries = d.entries + EXCLUDED.entries, no_rate = d.no_rate + EXCLUDED.no_rate,
				seconds = d.seconds + EXCLUDED.seconds, billable_seconds = d.billable_seconds + EXCLUDED.billable_seconds,
				billed_seconds = d.billed_seconds + EXCLUDED.billed_seconds, worth = d.worth + EXCLUDED.worth),
		edges AS (
			INSERT INTO time_tally_edges AS e (`+edgeKey+`, change)
			SELECT rate_id, project_id, tier_since, place, sum(sign * way) FROM sides`+edgesOf+` GROUP BY 1, 2, 3, 4 HAVING sum(sign * way) <> 0
			ORDER BY 1, 2, 3, 4
			ON CONFLICT ON CONSTRAINT time_tally_edges_key DO UPDATE SET change = e.change + EXCLUDED.change)
		SELECT count(*) FROM changed`, args...).Scan(&n); err != nil {
		return 0, err
	}
	if n < 2 {
		return n, nil
	}
	// Whole weeks and invoices leave rows behind that stand for nothing any more.
	for _, table := range []string{"time_sums", "time_day_sums"} {
		if _, err := tx.PGX().Exec(ctx, `DELETE FROM `+table+` WHERE id IN (SELECT id FROM `+table+` WHERE entries = 0 LIMIT 1000 FOR UPDATE SKIP LOCKED)`); err != nil {
			return n, err
		}
	}
	return n, nil
}

// ofMonths tells whether the question can be answered by sums of whole months, and the rest of their days.
func ofMonths(f timesheets.Filter, group timesheets.Group) bool {
	return group != timesheets.ByDay && f.SheetID == "" && f.InvoiceID == "" && f.Text == "" && f.AfterID == ""
}

// stretch is whole months, and the days by which it is too short or too long.
type stretch struct {
	whole       bool
	first, last day.Date // of the whole months; none: open
	plus, minus []day.Range
}

// months cuts days into whole months and a rest. Of a month that only partly belongs to them, what is less is read: its days, or those that
// do not belong. So the rest is never more than some 30 days, however long the stretch is.
func months(from, to day.Date) stretch {
	if !from.IsZero() && !to.IsZero() {
		month := day.Range{From: from.StartOfMonth(), To: from.EndOfMonth()}
		inside := day.Range{From: from, To: to}
		if to.Before(from) || (!to.After(month.To) && inside.Len() <= month.Len()/2) {
			return stretch{plus: []day.Range{inside}}
		}
		if !to.After(month.To) {
			return stretch{whole: true, first: month.From, last: month.To, minus: held(day.Range{From: month.From, To: from.AddDays(-1)}, day.Range{From: to.AddDays(1), To: month.To})}
		}
	}
	s := stretch{first: from, last: to}
	if !from.IsZero() {
		before, after := day.Range{From: from.StartOfMonth(), To: from.AddDays(-1)}, day.Range{From: from, To: from.EndOfMonth()}
		if before.Len() < after.Len() {
			s.first, s.minus = before.From, held(before)
		} else {
			s.first, s.plus = after.To.AddDays(1), held(after)
		}
	}
	if !to.IsZero() {
		before, after := day.Range{From: to.StartOfMonth(), To: to}, day.Range{From: to.AddDays(1), To: to.EndOfMonth()}
		if after.Len() < before.Len() {
			s.last, s.minus = to.EndOfMonth(), append(s.minus, held(after)...)
		} else {
			s.last, s.plus = before.From.AddDays(-1), append(s.plus, held(before)...)
		}
	}
	s.whole = from.IsZero() || to.IsZero() || !s.last.Before(s.first)
	return s
}

func held(rs ...day.Range) (out []day.Range) {
	for _, r := range rs {
		if !r.To.Before(r.From) {
			out = append(out, r)
		}
	}
	return out
}

// monthly adds up the sums of whole months and the entries of the days beside them, in one look.
func monthly(tx *tenancy.Tx, f timesheets.Filter, group timesheets.Group) ([]timesheets.Sum, error) {
	key, s := groupColumns[group], months(f.From, f.To)
	var parts []string
	var args []any
	if s.whole {
		w := narrowing(f)
		w.on(!s.first.IsZero(), `month >= ?`, s.first)
		w.on(!s.last.IsZero(), `month <= ?`, s.last)
		parts = append(parts, `SELECT `+key+` AS key, entries, no_rate, seconds, billable_seconds, billed_seconds, rate_currency, worth FROM time_sums`+w.String())
		args = append(args, w.args...)
	}
	days := func(sign string, rs []day.Range) {
		for _, r := range rs {
			f.From, f.To = r.From, r.To
			w := conditions(f)
			parts = append(parts, strings.ReplaceAll(`SELECT `+key+` AS key, ± count(*) AS entries, ± count(*) FILTER (WHERE billable AND rate_amount IS NULL) AS no_rate,
				± sum(raw_seconds) AS seconds, ± coalesce(sum(raw_seconds) FILTER (WHERE billable), 0) AS billable_seconds, ± sum(billed_seconds) AS billed_seconds,
				rate_currency, ± coalesce(sum(`+exact+`) FILTER (WHERE billable), 0) AS worth FROM time_entries`, "±", sign)+w.String()+` GROUP BY 1, rate_currency`)
			args = append(args, w.args...)
		}
	}
	days("+", s.plus)
	days("-", s.minus)
	var rows []sumRow
	err := tx.Gorm().Raw(`SELECT key, sum(entries) AS entries, sum(no_rate) AS no_rate, sum(seconds) AS seconds, sum(billable_seconds) AS billable_seconds,
		sum(billed_seconds) AS billed_seconds, coalesce(rate_currency, '') AS currency, sum(worth) AS seconds_times_rate
		FROM (`+strings.Join(parts, " UNION ALL ")+`) AS months GROUP BY key, rate_currency HAVING sum(entries) > 0 ORDER BY key`, args...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("add up time: %w", err)
	}
	return fromSums(rows), nil
}

type sumRow struct {
	Key              string
	WorkDate         day.Date
	Entries, NoRate  int
	Seconds          int64
	BillableSeconds  int64
	BilledSeconds    int64
	Currency         string
	SecondsTimesRate *decimal.Decimal
}

const sumColumns = `count(*) AS entries, count(*) FILTER (WHERE billable AND rate_amount IS NULL) AS no_rate,
	sum(raw_seconds) AS seconds, coalesce(sum(raw_seconds) FILTER (WHERE billable), 0) AS billable_seconds,
	sum(billed_seconds) AS billed_seconds, coalesce(rate_currency, '') AS currency,
	sum(` + exact + `) FILTER (WHERE billable) AS seconds_times_rate`

func fromSums(rows []sumRow) []timesheets.Sum {
	out := make([]timesheets.Sum, len(rows))
	for i, r := range rows {
		out[i] = timesheets.Sum{
			Key: r.Key, Day: r.WorkDate, Entries: r.Entries, NoRate: r.NoRate, Seconds: r.Seconds, BillableSeconds: r.BillableSeconds,
			BilledSeconds: r.BilledSeconds, Currency: strings.TrimSpace(r.Currency), SecondsTimesRate: zero(r.SecondsTimesRate),
		}
	}
	return out
}

var groupColumns = map[timesheets.Group]string{
	timesheets.ByNothing: `''`, timesheets.ByProject: `project_id::text`, timesheets.ByMember: `member_id::text`,
	timesheets.ByClient: `coalesce(client_id::text, '')`, timesheets.ByDay: `work_date::text`,
	timesheets.ByTask: `coalesce(task_id::text, '')`, timesheets.ByService: `coalesce(service_id::text, '')`,
}

// Sums adds up entries by group and currency.
func (Store) Sums(_ context.Context, tx *tenancy.Tx, f timesheets.Filter, group timesheets.Group) ([]timesheets.Sum, error) {
	switch {
	case ofMonths(f, group):
		return monthly(tx, f, group)
	case ofDays(f, group):
		return daily(tx, f)
	}
	w := conditions(f)
	key := groupColumns[group]
	var rows []sumRow
	err := tx.Gorm().Raw(`SELECT `+key+` AS key, `+sumColumns+` FROM time_entries`+w.String()+` GROUP BY 1, rate_currency ORDER BY 1`, w.args...).Scan(&rows).Error
	return fromSums(rows), err
}

// SheetSums adds up the entries of weeks by day and currency.
func (Store) SheetSums(_ context.Context, tx *tenancy.Tx, sheetIDs []string) ([]timesheets.Sum, error) {
	var rows []sumRow
	err := tx.Gorm().Raw(`SELECT timesheet_id::text AS key, work_date, `+sumColumns+` FROM time_entries
		WHERE timesheet_id IN ? AND deleted_at IS NULL GROUP BY timesheet_id, work_date, rate_currency ORDER BY work_date`, sheetIDs).Scan(&rows).Error
	return fromSums(rows), err
}
