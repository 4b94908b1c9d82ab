package timesheetsdb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// LoggedOn adds up the sums of members' days.
func (Store) LoggedOn(ctx context.Context, tx *tenancy.Tx, memberIDs []string, r day.Range) (map[string]map[day.Date]int64, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT member_id::text, work_date, sum(seconds)::bigint FROM time_day_sums
		WHERE member_id = ANY($1::uuid[]) AND work_date BETWEEN $2 AND $3 GROUP BY member_id, work_date`, memberIDs, r.From, r.To)
	if err != nil {
		return nil, fmt.Errorf("time of members by day: %w", err)
	}
	out := map[string]map[day.Date]int64{}
	var member string
	var d day.Date
	var seconds int64
	_, err = pgx.ForEachRow(rows, []any{&member, &d, &seconds}, func() error {
		if out[member] == nil {
			out[member] = map[day.Date]int64{}
		}
		out[member][d] = seconds
		return nil
	})
	return out, err
}

// Reminding reads the one row, locked when hold is set.
func (Store) Reminding(ctx context.Context, tx *tenancy.Tx, hold bool) (r timesheets.Reminding, err error) {
	query := `SELECT missing, unsubmitted, weekday, minute, zone, since, runs_at, version FROM time_reminding WHERE one`
	if hold {
		query += ` FOR UPDATE`
	}
	var weekday int
	err = tx.PGX().QueryRow(ctx, query).Scan(&r.Missing, &r.Unsubmitted, &weekday, &r.Minute, &r.Clock, &r.Since, &r.RunsAt, &r.Version)
	r.Weekday, r.Since, r.RunsAt = time.Weekday(weekday), utc(r.Since), utc(r.RunsAt)
	return r, err
}

// SaveReminding writes r over the version it names.
func (Store) SaveReminding(ctx context.Context, tx *tenancy.Tx, r timesheets.Reminding) (bool, error) {
	tag, err := tx.PGX().Exec(ctx, `UPDATE time_reminding SET missing = $1, unsubmitted = $2, weekday = $3, minute = $4, zone = $5, since = $6, runs_at = $7, version = version + 1
		WHERE one AND version = $8`, r.Missing, r.Unsubmitted, int(r.Weekday), r.Minute, r.Clock, r.Since, r.RunsAt, r.Version)
	return tag.RowsAffected() == 1, err
}

// PlanReminding writes when the next round is.
func (Store) PlanReminding(ctx context.Context, tx *tenancy.Tx, at *time.Time) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE time_reminding SET runs_at = $1 WHERE one`, at)
	return err
}

// TakeReminder marks a member as reminded; the key refuses a second time.
func (Store) TakeReminder(ctx context.Context, tx *tenancy.Tx, memberID, kind string, period day.Date, at time.Time) (bool, error) {
	tag, err := tx.PGX().Exec(ctx, `INSERT INTO time_reminders (member_id, kind, first_day, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, memberID, kind, period, at)
	return tag.RowsAffected() == 1, err
}

// Reminded reads who was reminded of what of a period.
func (Store) Reminded(ctx context.Context, tx *tenancy.Tx, period day.Date) (map[string][]string, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT member_id::text, kind FROM time_reminders WHERE first_day = $1`, period)
	if err != nil {
		return nil, fmt.Errorf("who was reminded: %w", err)
	}
	out := map[string][]string{}
	var member, kind string
	_, err = pgx.ForEachRow(rows, []any{&member, &kind}, func() error {
		out[member] = append(out[member], kind)
		return nil
	})
	return out, err
}

// ReminderChoices reads what members do not want; all of them when none is named.
func (Store) ReminderChoices(ctx context.Context, tx *tenancy.Tx, memberIDs []string) (map[string]timesheets.ReminderChoice, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT member_id::text, no_missing, no_unsubmitted FROM time_reminder_choices
		WHERE cardinality($1::uuid[]) = 0 OR member_id = ANY($1::uuid[]) LIMIT 20000`, append([]string{}, memberIDs...))
	if err != nil {
		return nil, fmt.Errorf("choices of reminders: %w", err)
	}
	out := map[string]timesheets.ReminderChoice{}
	var member string
	var c timesheets.ReminderChoice
	_, err = pgx.ForEachRow(rows, []any{&member, &c.NoMissing, &c.NoUnsubmitted}, func() error {
		out[member] = c
		return nil
	})
	return out, err
}

// SaveReminderChoice writes what a member does not want.
func (Store) SaveReminderChoice(ctx context.Context, tx *tenancy.Tx, memberID string, c timesheets.ReminderChoice) error {
	_, err := tx.PGX().Exec(ctx, `INSERT INTO time_reminder_choices (member_id, no_missing, no_unsubmitted) VALUES ($1, $2, $3)
		ON CONFLICT (member_id) DO UPDATE SET no_missing = EXCLUDED.no_missing, no_unsubmitted = EXCLUDED.no_unsubmitted`, memberID, c.NoMissing, c.NoUnsubmitted)
	return err
}

// LastZones looks at the latest entry of each member, and at no other.
func (Store) LastZones(ctx context.Context, tx *tenancy.Tx, memberIDs []string) (map[string]string, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT m.id::text, e.zone FROM unnest($1::uuid[]) AS m(id)
		CROSS JOIN LATERAL (SELECT zone FROM time_entries WHERE member_id = m.id AND deleted_at IS NULL ORDER BY work_date DESC, id DESC LIMIT 1) AS e`, memberIDs)
	if err != nil {
		return nil, fmt.Errorf("zones of members: %w", err)
	}
	out := map[string]string{}
	var member, zone string
	_, err = pgx.ForEachRow(rows, []any{&member, &zone}, func() error {
		out[member] = zone
		return nil
	})
	return out, err
}
