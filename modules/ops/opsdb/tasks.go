package opsdb

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/ops"
)

const taskColumns = `id::text, agency_id::text, kind, coalesce(backup_id::text, ''), placement, state, what, done, total, error, created_by, created_at, changed_at, finished_at`

func scanTask(r pgx.CollectableRow) (t ops.Task, err error) {
	err = r.Scan(&t.ID, &t.AgencyID, &t.Kind, &t.BackupID, &t.Placement, &t.State, &t.What, &t.Done, &t.Total, &t.Error, &t.By, &t.CreatedAt, &t.ChangedAt, &t.FinishedAt)
	return t, err
}

// AddTask keeps a task, its job and what is said about it. One that broke off is in nobody's way.
func (s Store) AddTask(ctx context.Context, t ops.Task, c audit.Change, over ops.BrokenOff) error {
	err := s.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE operator_tasks SET state = 'failed', error = $3, finished_at = changed_at
			WHERE agency_id = $1 AND state = 'running' AND changed_at < $2`, t.AgencyID, over.Before, over.Error)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO operator_tasks (id, agency_id, kind, backup_id, placement, state, created_by, created_at, changed_at)
			VALUES ($1, $2, $3, nullif($4, '')::uuid, $5, $6, $7, $8, $9)`, t.ID, t.AgencyID, t.Kind, t.BackupID, t.Placement, t.State, t.By, t.CreatedAt, t.ChangedAt)
		if err != nil {
			return err
		}
		if err := s.queue.Enqueue(ctx, job.Platform{Tx: tx}, ops.RunTask{TaskID: t.ID}); err != nil {
			return err
		}
		return audit.RecordNow(ctx, tx, c)
	})
	if pg.Violates(err, "operator_tasks_open_key") {
		return ops.ErrBusy.Because(err)
	}
	return err
}

// SaveTask writes how far a task is.
func (s Store) SaveTask(ctx context.Context, t ops.Task) error {
	return s.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE operator_tasks SET state = $2, what = $3, done = $4, total = $5, error = $6, changed_at = $7, finished_at = $8 WHERE id = $1`,
			t.ID, t.State, t.What, t.Done, t.Total, t.Error, t.ChangedAt, t.FinishedAt)
		return err
	})
}

// Task finds one task.
func (s Store) Task(ctx context.Context, key string) (ops.Task, error) {
	found, err := collect(ctx, s, scanTask, `SELECT `+taskColumns+` FROM operator_tasks WHERE id = $1`, key)
	if err == nil && len(found) == 0 {
		err = ops.ErrNoTask
	}
	if err != nil {
		return ops.Task{}, err
	}
	return found[0], nil
}

// Tasks lists an agency's tasks, the newest first.
func (s Store) Tasks(ctx context.Context, agencyID string, limit int) ([]ops.Task, error) {
	return collect(ctx, s, scanTask, `SELECT `+taskColumns+` FROM operator_tasks WHERE agency_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2`, agencyID, limit)
}
