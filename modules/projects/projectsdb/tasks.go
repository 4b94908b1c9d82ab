package projectsdb

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/tenancy"
)

const taskColumns = `t.id, t.project_id, coalesce(t.parent_id::text, ''), t.name, t.description, t.column_id, t.rank,
	coalesce(t.assignee_id::text, ''), t.priority, t.estimate_seconds, t.remaining_seconds, t.percent, t.starts_on, t.due_on,
	t.checklist, t.tags, t.billable, t.completed_at, t.created_at, coalesce(t.created_by::text, ''), t.updated_at, t.archived_at, t.version, coalesce(t.service_id::text, ''),
	(SELECT count(*) FROM tasks s WHERE s.parent_id = t.id AND s.archived_at IS NULL),
	(SELECT count(s.completed_at) FROM tasks s WHERE s.parent_id = t.id AND s.archived_at IS NULL),
	(SELECT count(*) FROM task_comments c WHERE c.task_id = t.id)`

func taskInto(t *projects.Task) []any {
	return []any{
		&t.ID, &t.ProjectID, &t.ParentID, &t.Name, &t.Description, &t.ColumnID, &t.Rank,
		&t.AssigneeID, &t.Priority, &t.Estimate, &t.Remaining, &t.Percent, &t.StartsOn, &t.DueOn,
		&t.Checklist, &t.Tags, &t.Billable, &t.CompletedAt, &t.CreatedAt, &t.CreatedBy, &t.UpdatedAt, &t.ArchivedAt, &t.Version, &t.ServiceID,
		&t.SubTasks, &t.SubTasksDone, &t.Comments,
	}
}

func scanTask(r pgx.CollectableRow) (t projects.Task, err error) {
	err = r.Scan(taskInto(&t)...)
	return t, err
}

// AddTask inserts t.
func (Store) AddTask(ctx context.Context, tx *tenancy.Tx, t projects.Task) error {
	_, err := tx.PGX().Exec(ctx, `
		INSERT INTO tasks (id, project_id, parent_id, name, description, column_id, rank, assignee_id, priority, estimate_seconds,
			remaining_seconds, percent, starts_on, due_on, checklist, tags, billable, completed_at, created_at, created_by, updated_at, archived_at, version, service_id)
		VALUES ($1, $2, nullif($3, '')::uuid, $4, $5, $6, $7, nullif($8, '')::uuid, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
			nullif($20, '')::uuid, $21, $22, $23, nullif($24, '')::uuid)`,
		t.ID, t.ProjectID, t.ParentID, t.Name, t.Description, t.ColumnID, t.Rank, t.AssigneeID, int(t.Priority), t.Estimate,
		t.Remaining, t.Percent, t.StartsOn, t.DueOn, list(t.Checklist), list(t.Tags), t.Billable, t.CompletedAt, t.CreatedAt, t.CreatedBy,
		t.UpdatedAt, t.ArchivedAt, t.Version, t.ServiceID)
	return err
}

// list never stores null.
func list[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

// TaskByID finds a task.
func (s Store) TaskByID(ctx context.Context, tx *tenancy.Tx, id string) (projects.Task, error) {
	return s.oneTask(ctx, tx, id, "")
}

// TaskForUpdate finds a task and locks its row.
func (s Store) TaskForUpdate(ctx context.Context, tx *tenancy.Tx, id string) (projects.Task, error) {
	return s.oneTask(ctx, tx, id, " FOR UPDATE")
}

func (Store) oneTask(ctx context.Context, tx *tenancy.Tx, id, lock string) (projects.Task, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT `+taskColumns+` FROM tasks t WHERE t.id = $1`+lock, id)
	if err != nil {
		return projects.Task{}, err
	}
	t, err := pgx.CollectExactlyOneRow(rows, scanTask)
	if errors.Is(err, pgx.ErrNoRows) {
		return t, projects.ErrTaskNotFound
	}
	return t, err
}

// TasksByIDs finds those of the tasks that exist.
func (Store) TasksByIDs(ctx context.Context, tx *tenancy.Tx, ids []string) ([]projects.Task, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT `+taskColumns+` FROM tasks t WHERE t.id = ANY($1::uuid[])`, ids)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanTask)
}

// SaveTask updates t, if it is still at the version that was read.
func (Store) SaveTask(ctx context.Context, tx *tenancy.Tx, t projects.Task) error {
	tag, err := tx.PGX().Exec(ctx, `
		UPDATE tasks SET parent_id = nullif($3, '')::uuid, name = $4, description = $5, column_id = $6, rank = $7,
			assignee_id = nullif($8, '')::uuid, priority = $9, estimate_seconds = $10, remaining_seconds = $11, percent = $12,
			starts_on = $13, due_on = $14, checklist = $15, tags = $16, billable = $17, completed_at = $18, updated_at = $19,
			archived_at = $20, service_id = nullif($21, '')::uuid, version = version + 1
		WHERE id = $1 AND version = $2`,
		t.ID, t.Version, t.ParentID, t.Name, t.Description, t.ColumnID, t.Rank, t.AssigneeID, int(t.Priority), t.Estimate, t.Remaining,
		t.Percent, t.StartsOn, t.DueOn, list(t.Checklist), list(t.Tags), t.Billable, t.CompletedAt, t.UpdatedAt, t.ArchivedAt, t.ServiceID)
	if err == nil && tag.RowsAffected() == 0 {
		return projects.ErrStale
	}
	return err
}

const foreignKeyViolation = "23503"

// RemoveTasks deletes tasks with what was said about them. Other modules hold on to tasks that they need by a foreign key.
func (Store) RemoveTasks(ctx context.Context, tx *tenancy.Tx, ids []string) error {
	_, err := tx.PGX().Exec(ctx, `DELETE FROM tasks WHERE id = ANY($1::uuid[])`, ids)
	var e *pgconn.PgError
	if errors.As(err, &e) && e.Code == foreignKeyViolation {
		return projects.ErrTaskHasTime.Because(err)
	}
	return err
}

var taskSorts = map[string]sort{
	"rank":       plain("t.rank", `text COLLATE "C"`),
	"due_on":     plain("coalesce(t.due_on, date '9999-12-31')", "date"),
	"priority":   plain("t.priority", "smallint"),
	"name":       plain("lower(t.name)", "text"),
	"updated_at": moment("t.updated_at"),
	"created_at": moment("t.created_at"),
}

// Tasks returns the page's tasks and one more, if there is one, with what is shown of their projects.
func (Store) Tasks(ctx context.Context, tx *tenancy.Tx, f projects.TaskFilter) ([]projects.TaskRow, error) {
	var q query
	narrow(&q, f)
	due(&q, f)
	order, key := q.cut(f.Order, taskSorts, "t.id")
	rows, err := tx.PGX().Query(ctx, `SELECT `+taskColumns+`, `+key+`, p.code, p.name, p.colour, p.client_id,
		coalesce((SELECT c FROM jsonb_array_elements(p.board_columns) c WHERE c->>'id' = t.column_id LIMIT 1), '{}')
		FROM tasks t JOIN projects p ON p.id = t.project_id`+q.sql()+` `+order, q.args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (row projects.TaskRow, err error) {
		err = r.Scan(append(taskInto(&row.Task), &row.Key, &row.ProjectCode, &row.ProjectName, &row.ProjectColour, &row.ClientID, &row.Column)...)
		return row, err
	})
}

func narrow(q *query, f projects.TaskFilter) {
	if f.ProjectID != "" {
		q.and("t.project_id = ?", f.ProjectID)
	} else {
		q.and("p.state <> 'archived'")
	}
	if f.Archived {
		q.and("t.archived_at IS NOT NULL")
	} else {
		q.and("t.archived_at IS NULL")
	}
	if f.Search != "" {
		q.and("t.name ILIKE ?", like(f.Search))
	}
	if f.AssigneeID != "" {
		q.and("t.assignee_id = ?", f.AssigneeID)
	}
	if f.Unassigned {
		q.and("t.assignee_id IS NULL")
	}
	if f.ColumnID != "" {
		q.and("t.column_id = ?", f.ColumnID)
	}
	if f.ParentID != "" {
		q.and("t.parent_id = ?", f.ParentID)
	}
	if f.Top {
		q.and("t.parent_id IS NULL")
	}
	if f.Tag != "" {
		q.and("? = ANY(t.tags)", f.Tag)
	}
	switch f.State {
	case "open":
		q.and("t.completed_at IS NULL")
	case "done":
		q.and("t.completed_at IS NOT NULL")
	}
}

func due(q *query, f projects.TaskFilter) {
	switch f.Due {
	case projects.Overdue:
		q.and("t.due_on < ? AND t.completed_at IS NULL", f.Today)
	case projects.DueToday:
		q.and("t.due_on = ?", f.Today)
	case projects.DueWeek:
		q.and("t.due_on BETWEEN ? AND ?", f.Today, f.Today.AddDays(6))
	case projects.NoDue:
		q.and("t.due_on IS NULL")
	}
}

// TasksIn returns all tasks of some columns in their order.
func (Store) TasksIn(ctx context.Context, tx *tenancy.Tx, projectID string, columns []string) ([]projects.Task, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT `+taskColumns+` FROM tasks t WHERE t.project_id = $1 AND t.column_id = ANY($2) ORDER BY t.rank, t.id FOR UPDATE`, projectID, columns)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanTask)
}

// Above returns a task and its ancestors, nearest first. A circle, should one ever be stored, ends it.
func (Store) Above(ctx context.Context, tx *tenancy.Tx, taskID string) ([]projects.Task, error) {
	rows, err := tx.PGX().Query(ctx, `
		WITH RECURSIVE up AS (
			SELECT id, parent_id, 1 AS level FROM tasks WHERE id = $1
			UNION ALL
			SELECT a.id, a.parent_id, up.level + 1 FROM tasks a JOIN up ON a.id = up.parent_id WHERE up.level < 50
		)
		SELECT `+taskColumns+` FROM tasks t JOIN up ON up.id = t.id ORDER BY up.level`, taskID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanTask)
}

// PhaseNames walks up from each of the tasks and returns how the topmost ones are called, by the task it began at.
func (Store) PhaseNames(ctx context.Context, tx *tenancy.Tx, taskIDs []string) (map[string]string, error) {
	rows, err := tx.PGX().Query(ctx, `
		WITH RECURSIVE up AS (
			SELECT id AS task, parent_id, name, 1 AS level FROM tasks WHERE id = ANY($1::uuid[])
			UNION ALL
			SELECT up.task, a.parent_id, a.name, up.level + 1 FROM tasks a JOIN up ON a.id = up.parent_id WHERE up.level < 50
		)
		SELECT task::text, name FROM up WHERE parent_id IS NULL`, taskIDs)
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(taskIDs))
	var task, name string
	_, err = pgx.ForEachRow(rows, []any{&task, &name}, func() error {
		names[task] = name
		return nil
	})
	return names, err
}

// Below returns the ids of all tasks under one, and how many levels they are.
func (Store) Below(ctx context.Context, tx *tenancy.Tx, taskID string) (ids []string, levels int, err error) {
	rows, err := tx.PGX().Query(ctx, `
		WITH RECURSIVE down AS (
			SELECT id, 1 AS level FROM tasks WHERE parent_id = $1
			UNION ALL
			SELECT t.id, down.level + 1 FROM tasks t JOIN down ON t.parent_id = down.id WHERE down.level < 50
		)
		SELECT id, level FROM down`, taskID)
	if err != nil {
		return nil, 0, err
	}
	var id string
	var level int
	_, err = pgx.ForEachRow(rows, []any{&id, &level}, func() error {
		ids, levels = append(ids, id), max(levels, level)
		return nil
	})
	return ids, levels, err
}

// Trees returns each task with all that are below it.
func (Store) Trees(ctx context.Context, tx *tenancy.Tx, taskIDs []string) (map[string][]string, error) {
	rows, err := tx.PGX().Query(ctx, `
		WITH RECURSIVE down AS (
			SELECT id AS root, id FROM tasks WHERE id = ANY($1::uuid[])
			UNION
			SELECT down.root, t.id FROM tasks t JOIN down ON t.parent_id = down.id
		)
		SELECT root::text, id::text FROM down`, taskIDs)
	if err != nil {
		return nil, err
	}
	out := make(map[string][]string, len(taskIDs))
	var root, id string
	_, err = pgx.ForEachRow(rows, []any{&root, &id}, func() error {
		out[root] = append(out[root], id)
		return nil
	})
	return out, err
}

// Neighbours finds the ranks between which a card goes. Archived cards keep their rank, so they count.
func (s Store) Neighbours(ctx context.Context, tx *tenancy.Tx, to projects.Place) (before, after string, err error) {
	beside := func(fn, cmp, rank string) (string, error) {
		var found string
		err := tx.PGX().QueryRow(ctx, fmt.Sprintf(`
			SELECT coalesce(%s(rank), '') FROM tasks WHERE project_id = $1 AND column_id = $2 AND id <> $3 AND ($4 = '' OR rank %s $4)`, fn, cmp),
			to.ProjectID, to.ColumnID, to.TaskID, rank).Scan(&found)
		return found, err
	}
	switch {
	case to.BeforeID != "":
		if after, err = s.rankOf(ctx, tx, to, to.BeforeID); err == nil {
			before, err = beside("max", "<", after)
		}
	case to.AfterID != "":
		if before, err = s.rankOf(ctx, tx, to, to.AfterID); err == nil {
			after, err = beside("min", ">", before)
		}
	default:
		before, err = beside("max", "<", "")
	}
	return before, after, err
}

func (Store) rankOf(ctx context.Context, tx *tenancy.Tx, to projects.Place, id string) (rank string, err error) {
	err = tx.PGX().QueryRow(ctx, `SELECT rank FROM tasks WHERE id = $1 AND project_id = $2 AND column_id = $3`, id, to.ProjectID, to.ColumnID).Scan(&rank)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", projects.ErrBadNeighbour
	}
	return rank, err
}
