package projectsdb

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/tenancy"
)

const limitColumns = `id::text, project_id::text, coalesce(task_id::text, ''), coalesce(member_id::text, ''), unit, amount, coalesce(currency, ''),
	approved_only, billable_only, alerts, hard_stop, told, created_at, coalesce(created_by::text, ''), updated_at, version`

func scanLimit(r pgx.CollectableRow) (l projects.Limit, err error) {
	err = r.Scan(&l.ID, &l.ProjectID, &l.TaskID, &l.MemberID, &l.Unit, &l.Amount, &l.Currency,
		&l.ApprovedOnly, &l.BillableOnly, &l.Alerts, &l.HardStop, &l.Told, &l.CreatedAt, &l.CreatedBy, &l.UpdatedAt, &l.Version)
	l.Currency = strings.TrimSpace(l.Currency)
	return l, err
}

func limits(ctx context.Context, tx *tenancy.Tx, rest string, args ...any) ([]projects.Limit, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT `+limitColumns+` FROM budgets `+rest, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanLimit)
}

// AddLimit inserts l.
func (Store) AddLimit(ctx context.Context, tx *tenancy.Tx, l projects.Limit) error {
	_, err := tx.PGX().Exec(ctx, `
		INSERT INTO budgets (id, project_id, task_id, member_id, unit, amount, currency, approved_only, billable_only, alerts, hard_stop, told,
			created_at, created_by, updated_at, version)
		VALUES ($1, $2, nullif($3, '')::uuid, nullif($4, '')::uuid, $5, $6, nullif($7, ''), $8, $9, $10, $11, $12, $13, nullif($14, '')::uuid, $15, $16)`,
		l.ID, l.ProjectID, l.TaskID, l.MemberID, l.Unit, l.Amount, l.Currency, l.ApprovedOnly, l.BillableOnly, list(l.Alerts), l.HardStop, l.Told,
		l.CreatedAt, l.CreatedBy, l.UpdatedAt, l.Version)
	if pg.Violates(err, "budgets_scope_key") {
		return projects.ErrLimitTaken.Because(err)
	}
	return err
}

// SaveLimit updates the terms of l, if it is still at the version that was read.
func (Store) SaveLimit(ctx context.Context, tx *tenancy.Tx, l projects.Limit) error {
	tag, err := tx.PGX().Exec(ctx, `
		UPDATE budgets SET amount = $3, currency = nullif($4, ''), approved_only = $5, billable_only = $6, alerts = $7, hard_stop = $8, told = $9,
			updated_at = $10, version = version + 1 WHERE id = $1 AND version = $2`,
		l.ID, l.Version, l.Amount, l.Currency, l.ApprovedOnly, l.BillableOnly, list(l.Alerts), l.HardStop, l.Told, l.UpdatedAt)
	if err == nil && tag.RowsAffected() == 0 {
		return projects.ErrStale
	}
	return err
}

// RemoveLimit deletes a budget; it is nobody's record.
func (Store) RemoveLimit(ctx context.Context, tx *tenancy.Tx, id string) error {
	_, err := tx.PGX().Exec(ctx, `DELETE FROM budgets WHERE id = $1`, id)
	return err
}

// AgreeLimit makes the project's own budget of a unit what the project says; its terms stay.
func (Store) AgreeLimit(ctx context.Context, tx *tenancy.Tx, l projects.Limit) error {
	if l.Amount < 0 {
		_, err := tx.PGX().Exec(ctx, `DELETE FROM budgets WHERE project_id = $1 AND task_id IS NULL AND member_id IS NULL AND unit = $2`, l.ProjectID, l.Unit)
		return err
	}
	_, err := tx.PGX().Exec(ctx, `
		INSERT INTO budgets (id, project_id, unit, amount, currency, billable_only, alerts, created_at, created_by, updated_at)
		VALUES ($1, $2, $3, $4, nullif($5, ''), $6, $7, $8, nullif($9, '')::uuid, $8)
		ON CONFLICT ON CONSTRAINT budgets_scope_key DO UPDATE SET amount = excluded.amount, currency = excluded.currency,
			updated_at = excluded.updated_at, version = budgets.version + 1
		WHERE (budgets.amount, budgets.currency) IS DISTINCT FROM (excluded.amount, excluded.currency)`,
		l.ID, l.ProjectID, l.Unit, l.Amount, l.Currency, l.BillableOnly, list(l.Alerts), l.CreatedAt, l.CreatedBy)
	return err
}

// Limit finds a budget.
func (Store) Limit(ctx context.Context, tx *tenancy.Tx, id string) (projects.Limit, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT `+limitColumns+` FROM budgets WHERE id = $1`, id)
	if err != nil {
		return projects.Limit{}, err
	}
	l, err := pgx.CollectExactlyOneRow(rows, scanLimit)
	if errors.Is(err, pgx.ErrNoRows) {
		return l, projects.ErrLimitNotFound
	}
	return l, err
}

// LimitsOf returns the budgets of projects: their own, then those of tasks, then those of people.
func (Store) LimitsOf(ctx context.Context, tx *tenancy.Tx, projectIDs []string) ([]projects.Limit, error) {
	return limits(ctx, tx, `WHERE project_id = ANY($1::uuid[]) ORDER BY member_id IS NOT NULL, task_id IS NOT NULL, unit, created_at, id`, projectIDs)
}

// HoldLimits locks the budgets of a project that have alerts.
func (Store) HoldLimits(ctx context.Context, tx *tenancy.Tx, projectID string) ([]projects.Limit, error) {
	return limits(ctx, tx, `WHERE project_id = $1 AND cardinality(alerts) > 0 ORDER BY id FOR UPDATE`, projectID)
}

// HoldStops locks the budgets of projects that have a hard stop, in the order of their ids.
func (Store) HoldStops(ctx context.Context, tx *tenancy.Tx, projectIDs []string) ([]projects.Limit, error) {
	return limits(ctx, tx, `WHERE hard_stop AND project_id = ANY($1::uuid[]) ORDER BY project_id, id FOR UPDATE`, projectIDs)
}

// Stops returns the budgets of a project that have a hard stop.
func (Store) Stops(ctx context.Context, tx *tenancy.Tx, projectID string) ([]projects.Limit, error) {
	return limits(ctx, tx, `WHERE hard_stop AND project_id = $1 ORDER BY id`, projectID)
}

// Watched returns those of the projects that have budgets with alerts.
func (Store) Watched(ctx context.Context, tx *tenancy.Tx, projectIDs []string) ([]string, error) {
	rows, err := tx.PGX().Query(ctx, `
		SELECT DISTINCT project_id::text FROM budgets WHERE project_id = ANY($1::uuid[]) AND (cardinality(alerts) > 0 OR told > 0)`, projectIDs)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// SetTold notes the highest level that was told.
func (Store) SetTold(ctx context.Context, tx *tenancy.Tx, id string, level int) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE budgets SET told = $2 WHERE id = $1`, id, level)
	return err
}

// AddAlerts writes crossings down; alertID is that of the highest.
func (Store) AddAlerts(ctx context.Context, tx *tenancy.Tx, alertID, limitID string, levels []int, at time.Time) error {
	_, err := tx.PGX().Exec(ctx, `
		INSERT INTO budget_alerts (id, budget_id, level, reached_at)
		SELECT CASE WHEN level = max(level) OVER () THEN $1::uuid ELSE uuidv7() END, $2, level, $4 FROM unnest($3::smallint[]) AS level`, alertID, limitID, levels, at)
	return err
}

// LimitAlerts returns the last crossing of each level.
func (Store) LimitAlerts(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string][]projects.Reached, error) {
	rows, err := tx.PGX().Query(ctx, `
		SELECT budget_id::text, level, max(reached_at) FROM budget_alerts WHERE budget_id = ANY($1::uuid[]) GROUP BY budget_id, level ORDER BY level`, ids)
	if err != nil {
		return nil, err
	}
	out := map[string][]projects.Reached{}
	var id string
	var r projects.Reached
	_, err = pgx.ForEachRow(rows, []any{&id, &r.Level, &r.At}, func() error {
		out[id] = append(out[id], projects.Reached{Level: r.Level, At: r.At.UTC()})
		return nil
	})
	return out, err
}
