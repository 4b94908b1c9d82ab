package timesheetsdb

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

type settingsRow struct {
	LockedThrough      day.Date
	LockedBy           *string
	LockedAt           *time.Time
	GraceDays          *int
	GraceEvery         string
	GraceAfter         day.Date
	Overlap            string
	RoundingMode       string
	RoundingStep       int64
	RoundingMinimum    int64
	RoundingScope      string
	ForgottenHours     int
	ApprovalRoute      string
	OwnException       bool
	MembersSetBillable bool
	Holidays           string
	EntityLocks        string
	EntityGraces       string
	SheetPeriods       string
	Version            int
}

const settingsColumns = `locked_through, locked_by, locked_at, grace_days, grace_every, grace_after, overlap,
	rounding_mode, rounding_step, rounding_minimum, rounding_scope, forgotten_hours, approval_route, own_exception, members_set_billable, holidays, entity_locks, entity_graces, sheet_periods, version`

// Settings reads the one row, held against a change when hold is set.
func (Store) Settings(_ context.Context, tx *tenancy.Tx, hold bool) (timesheets.Settings, error) {
	query := `SELECT ` + settingsColumns + ` FROM time_settings WHERE one`
	if hold {
		query += ` FOR SHARE`
	}
	var r settingsRow
	if err := tx.Gorm().Raw(query).Scan(&r).Error; err != nil {
		return timesheets.Settings{}, fmt.Errorf("read time settings: %w", err)
	}
	s := timesheets.Settings{
		Lock:  timesheets.Lock{Through: r.LockedThrough, By: pg.Text(r.LockedBy), At: utc(r.LockedAt)},
		Grace: timesheets.Grace{On: r.GraceDays != nil, Every: r.GraceEvery, After: r.GraceAfter}, Overlap: r.Overlap, ForgottenHours: r.ForgottenHours,
		Route: timesheets.Route(r.ApprovalRoute), OwnException: r.OwnException, MembersSetBillable: r.MembersSetBillable, Holidays: timesheets.Holidays(r.Holidays), Version: r.Version,
		Rounding: timesheets.Rounding{Mode: r.RoundingMode, Step: r.RoundingStep, Minimum: r.RoundingMinimum, Scope: r.RoundingScope},
	}
	if r.GraceDays != nil {
		s.Grace.Days = *r.GraceDays
	}
	var locks []entityLock
	if err := json.Unmarshal([]byte(r.EntityLocks), &locks); err != nil {
		return s, fmt.Errorf("what legal entities have closed: %w", err)
	}
	for _, l := range locks {
		s.Entities = append(s.Entities, timesheets.EntityLock{Lock: timesheets.Lock{Through: l.Through, By: l.By, At: l.At}, EntityID: l.EntityID})
	}
	var graces []entityGrace
	if err := json.Unmarshal([]byte(r.EntityGraces), &graces); err != nil {
		return s, fmt.Errorf("how legal entities close: %w", err)
	}
	for _, g := range graces {
		s.Graces = append(s.Graces, timesheets.EntityGrace{Grace: timesheets.Grace{On: g.On, Days: g.Days, Every: g.Every, After: g.After}, EntityID: g.EntityID})
	}
	if err := json.Unmarshal([]byte(r.SheetPeriods), &s.Periods); err != nil {
		return s, fmt.Errorf("what is handed in together: %w", err)
	}
	return s, nil
}

type entityGrace struct {
	EntityID string   `json:"entity_id"`
	On       bool     `json:"on"`
	Days     int      `json:"days"`
	Every    string   `json:"every"`
	After    day.Date `json:"after,omitzero"`
}

type entityLock struct {
	EntityID string     `json:"entity_id"`
	Through  day.Date   `json:"through"`
	By       string     `json:"by"`
	At       *time.Time `json:"at"`
}

// SaveSettings writes s over the version it names.
func (Store) SaveSettings(_ context.Context, tx *tenancy.Tx, s timesheets.Settings) (bool, error) {
	var grace *int
	if s.Grace.On {
		grace = &s.Grace.Days
	}
	locks := make([]entityLock, len(s.Entities))
	for i, l := range s.Entities {
		locks[i] = entityLock{l.EntityID, l.Through, l.By, l.At}
	}
	raw, err := json.Marshal(locks)
	if err != nil {
		return false, fmt.Errorf("what legal entities have closed: %w", err)
	}
	graces := make([]entityGrace, len(s.Graces))
	for i, g := range s.Graces {
		graces[i] = entityGrace{g.EntityID, g.On, g.Days, g.Every, g.After}
	}
	rules, err := json.Marshal(graces)
	if err != nil {
		return false, fmt.Errorf("how legal entities close: %w", err)
	}
	periods, err := json.Marshal(append(timesheets.Periods{}, s.Periods...))
	if err != nil {
		return false, fmt.Errorf("what is handed in together: %w", err)
	}
	res := tx.Gorm().Exec(`UPDATE time_settings SET locked_through = ?, locked_by = ?, locked_at = ?, grace_days = ?, grace_every = ?, grace_after = ?,
		overlap = ?, rounding_mode = ?, rounding_step = ?, rounding_minimum = ?, rounding_scope = ?, forgotten_hours = ?, approval_route = ?, own_exception = ?, members_set_billable = ?, holidays = ?, entity_locks = ?::jsonb, entity_graces = ?::jsonb, sheet_periods = ?::jsonb,
		version = version + 1 WHERE one AND version = ?`,
		s.Lock.Through, pg.Null(s.Lock.By), s.Lock.At, grace, s.Grace.Every, s.Grace.After,
		s.Overlap, s.Rounding.Mode, s.Rounding.Step, s.Rounding.Minimum, s.Rounding.Scope, s.ForgottenHours, string(s.Route), s.OwnException, s.MembersSetBillable, string(s.Holidays), string(raw), string(rules), string(periods), s.Version)
	return res.RowsAffected == 1, res.Error
}

// UnbilledDays lists work dates with time that is on no invoice, and all they have.
func (Store) UnbilledDays(ctx context.Context, tx *tenancy.Tx, from day.Date) ([]timesheets.DayCount, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT work_date, count(*) FROM time_entries
		WHERE deleted_at IS NULL AND ($1::date IS NULL OR work_date >= $1) GROUP BY work_date HAVING bool_or(state <> 'billed') ORDER BY work_date`, from)
	if err != nil {
		return nil, fmt.Errorf("days that are not billed: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[timesheets.DayCount])
}

// Opening counts what is settled between two days.
func (Store) Opening(ctx context.Context, tx *tenancy.Tx, from, to day.Date, of timesheets.Clientele, invoices int) (o timesheets.Opening, err error) {
	err = tx.PGX().QueryRow(ctx, `SELECT count(*), coalesce(sum(raw_seconds), 0), count(*) FILTER (WHERE state = 'billed'),
			count(DISTINCT timesheet_id) FILTER (WHERE state IN ('approved', 'billed')),
			coalesce((array_agg(DISTINCT invoice_id::text) FILTER (WHERE invoice_id IS NOT NULL))[:$3], '{}')
		FROM time_entries WHERE deleted_at IS NULL AND work_date BETWEEN $1 AND $2
			AND ($4 OR (client_id IS NOT NULL AND client_id = ANY($6::uuid[])) <> $5)`, from, to, invoices, of.All, of.But, append([]string{}, of.Client...)).
		Scan(&o.Entries, &o.Seconds, &o.BilledEntries, &o.ApprovedWeeks, &o.Invoices)
	return o, err
}
