package retainersdb

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/retainers"
	"github.com/bureauhq/bureau/tenancy"
)

// TaskPlan reads what the periods of a retainer bring; nil where nothing was ever said.
func (Store) TaskPlan(ctx context.Context, tx *tenancy.Tx, retainerID string) (*retainers.TaskPlan, error) {
	p := retainers.TaskPlan{RetainerID: retainerID}
	var items []byte
	err := tx.PGX().QueryRow(ctx, `SELECT project_id::text, items, version, updated_at FROM retainer_task_plans WHERE retainer_id = $1`, retainerID).
		Scan(&p.ProjectID, &items, &p.Version, &p.UpdatedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil //nolint:nilnil // there is none, which is no fault
	}
	if err != nil {
		return nil, err
	}
	p.UpdatedAt = p.UpdatedAt.UTC()
	return &p, json.Unmarshal(items, &p.Items)
}

// PutTaskPlan writes a plan, new or not.
func (Store) PutTaskPlan(ctx context.Context, tx *tenancy.Tx, p retainers.TaskPlan) error {
	items, err := json.Marshal(append([]retainers.PlannedTask{}, p.Items...))
	if err != nil {
		return err
	}
	_, err = tx.PGX().Exec(ctx, `
		INSERT INTO retainer_task_plans (retainer_id, project_id, items, version, updated_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (retainer_id) DO UPDATE SET project_id = excluded.project_id, items = excluded.items, version = excluded.version, updated_at = excluded.updated_at`,
		p.RetainerID, p.ProjectID, string(items), p.Version, p.UpdatedAt)
	return err
}

const tasksMade = `SELECT m.period_id::text, p.from_on, p.to_on, m.task_ids::text[], m.note, m.made_at FROM retainer_period_tasks m JOIN retainer_periods p ON p.id = m.period_id `

func scanMade(row pgx.CollectableRow) (m retainers.PeriodTasks, err error) {
	var from, to time.Time
	err = row.Scan(&m.PeriodID, &from, &to, &m.TaskIDs, &m.Note, &m.At)
	m.Days, m.At = day.Range{From: day.Of(from, time.UTC), To: day.Of(to, time.UTC)}, m.At.UTC()
	return m, err
}

// TasksMade reads what became of the plan in the last periods, newest first.
func (Store) TasksMade(ctx context.Context, tx *tenancy.Tx, retainerID string, limit int) ([]retainers.PeriodTasks, error) {
	rows, err := tx.PGX().Query(ctx, tasksMade+`WHERE p.retainer_id = $1 ORDER BY p.number DESC LIMIT $2`, retainerID, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanMade)
}

// TasksOfPeriod reads it of one period; nil where nothing was done yet.
func (Store) TasksOfPeriod(ctx context.Context, tx *tenancy.Tx, periodID string) (*retainers.PeriodTasks, error) {
	rows, err := tx.PGX().Query(ctx, tasksMade+`WHERE m.period_id = $1`, periodID)
	if err != nil {
		return nil, err
	}
	m, err := pgx.CollectExactlyOneRow(rows, scanMade)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil //nolint:nilnil // there is none, which is no fault
	}
	return &m, err
}

// PutTasksMade notes what became of the plan in a period. A note gives way to tasks, and tasks to nothing.
func (Store) PutTasksMade(ctx context.Context, tx *tenancy.Tx, m retainers.PeriodTasks) error {
	_, err := tx.PGX().Exec(ctx, `
		INSERT INTO retainer_period_tasks (period_id, task_ids, note, made_at) VALUES ($1, $2::uuid[], $3, $4)
		ON CONFLICT (period_id) DO UPDATE SET task_ids = excluded.task_ids, note = excluded.note, made_at = excluded.made_at WHERE retainer_period_tasks.note <> ''`,
		m.PeriodID, append([]string{}, m.TaskIDs...), m.Note, m.At)
	return err
}
