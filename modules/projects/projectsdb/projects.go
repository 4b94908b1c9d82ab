// Package projectsdb keeps projects, tasks and comments in Postgres.
package projectsdb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/tenancy"
)

// Store implements projects.Store.
type Store struct{}

var _ projects.Store = Store{}

const projectColumns = `p.id, p.client_id, p.code, p.name, p.description, p.state, p.archived_from, coalesce(p.manager_id::text, ''),
	p.starts_on, p.due_on, p.billable, p.budget_hours, p.budget_minor, p.budget_currency, p.colour, p.board_columns,
	p.created_at, coalesce(p.created_by::text, ''), p.updated_at, p.archived_at, p.version,
	ARRAY(SELECT m.member_id::text FROM project_members m WHERE m.project_id = p.id ORDER BY m.member_id)`

func scanProject(row pgx.CollectableRow, more ...any) (projects.Project, error) {
	var p projects.Project
	var hours decimal.NullDecimal
	var minor *int64
	var cur *string
	dest := []any{
		&p.ID, &p.ClientID, &p.Code, &p.Name, &p.Description, &p.State, &p.ArchivedFrom, &p.ManagerID,
		&p.StartsOn, &p.DueOn, &p.Billable, &hours, &minor, &cur, &p.Colour, &p.Columns,
		&p.CreatedAt, &p.CreatedBy, &p.UpdatedAt, &p.ArchivedAt, &p.Version, &p.MemberIDs,
	}
	if err := row.Scan(append(dest, more...)...); err != nil {
		return p, err
	}
	if hours.Valid {
		p.BudgetHours = &hours.Decimal
	}
	if minor != nil && cur != nil {
		m := money.Of(*minor, *cur)
		p.BudgetMoney = &m
	}
	p.CreatedAt, p.UpdatedAt = p.CreatedAt.UTC(), p.UpdatedAt.UTC()
	return p, nil
}

func budget(m *money.Money) (minor *int64, cur *string) {
	if m == nil {
		return nil, nil
	}
	return &m.Minor, &m.Currency
}

func hours(d *decimal.Decimal) decimal.NullDecimal {
	if d == nil {
		return decimal.NullDecimal{}
	}
	return decimal.NewNullDecimal(*d)
}

// Add inserts p; its members come by AddMember.
func (Store) Add(ctx context.Context, tx *tenancy.Tx, p projects.Project) error {
	minor, cur := budget(p.BudgetMoney)
	_, err := tx.PGX().Exec(ctx, `
		INSERT INTO projects (id, client_id, code, name, description, state, archived_from, manager_id, starts_on, due_on, billable,
			budget_hours, budget_minor, budget_currency, colour, board_columns, created_at, created_by, updated_at, archived_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, nullif($8, '')::uuid, $9, $10, $11, $12, $13, $14, $15, $16, $17, nullif($18, '')::uuid, $19, $20, $21)`,
		p.ID, p.ClientID, p.Code, p.Name, p.Description, p.State, p.ArchivedFrom, p.ManagerID, p.StartsOn, p.DueOn, p.Billable,
		hours(p.BudgetHours), minor, cur, p.Colour, p.Columns, p.CreatedAt, p.CreatedBy, p.UpdatedAt, p.ArchivedAt, p.Version)
	return projectFault(err)
}

func projectFault(err error) error {
	if pg.Violates(err, "projects_code_key") {
		return projects.ErrCodeTaken.Because(err)
	}
	return err
}

// ByID finds a project.
func (s Store) ByID(ctx context.Context, tx *tenancy.Tx, id string) (projects.Project, error) {
	return s.one(ctx, tx, id, "")
}

// ForUpdate finds a project and locks its row.
func (s Store) ForUpdate(ctx context.Context, tx *tenancy.Tx, id string) (projects.Project, error) {
	return s.one(ctx, tx, id, " FOR UPDATE")
}

func (Store) one(ctx context.Context, tx *tenancy.Tx, id, lock string) (projects.Project, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT `+projectColumns+` FROM projects p WHERE p.id = $1`+lock, id)
	if err != nil {
		return projects.Project{}, err
	}
	p, err := pgx.CollectExactlyOneRow(rows, func(r pgx.CollectableRow) (projects.Project, error) { return scanProject(r) })
	if errors.Is(err, pgx.ErrNoRows) {
		return p, projects.ErrNotFound
	}
	return p, err
}

// ByIDs finds those of the projects that exist.
func (Store) ByIDs(ctx context.Context, tx *tenancy.Tx, ids []string) ([]projects.Project, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT `+projectColumns+` FROM projects p WHERE p.id = ANY($1::uuid[])`, ids)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (projects.Project, error) { return scanProject(r) })
}

// TeamsOf lists the projects that a member leads or is on the team of.
func (Store) TeamsOf(ctx context.Context, tx *tenancy.Tx, memberID string) ([]string, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT id::text FROM projects WHERE manager_id = $1 UNION SELECT project_id::text FROM project_members WHERE member_id = $1`, memberID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// LedBy returns the ids of the projects that any of the members leads.
func (Store) LedBy(ctx context.Context, tx *tenancy.Tx, memberIDs []string) ([]string, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT id::text FROM projects WHERE manager_id = ANY($1::uuid[]) LIMIT 20000`, memberIDs)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// Save updates p, if it is still at the version that was read.
func (Store) Save(ctx context.Context, tx *tenancy.Tx, p projects.Project) error {
	minor, cur := budget(p.BudgetMoney)
	tag, err := tx.PGX().Exec(ctx, `
		UPDATE projects SET code = $3, name = $4, description = $5, state = $6, archived_from = $7, manager_id = nullif($8, '')::uuid,
			starts_on = $9, due_on = $10, billable = $11, budget_hours = $12, budget_minor = $13, budget_currency = $14, colour = $15,
			board_columns = $16, updated_at = $17, archived_at = $18, version = version + 1
		WHERE id = $1 AND version = $2`,
		p.ID, p.Version, p.Code, p.Name, p.Description, p.State, p.ArchivedFrom, p.ManagerID, p.StartsOn, p.DueOn, p.Billable,
		hours(p.BudgetHours), minor, cur, p.Colour, p.Columns, p.UpdatedAt, p.ArchivedAt)
	if err == nil && tag.RowsAffected() == 0 {
		return projects.ErrStale
	}
	return projectFault(err)
}

// LastNumber finds the highest number behind prefix- among all codes.
func (Store) LastNumber(ctx context.Context, tx *tenancy.Tx, prefix string) (n int, err error) {
	err = tx.PGX().QueryRow(ctx, `
		SELECT coalesce(max(substr(code, length($1) + 2)::int), 0) FROM projects
		WHERE starts_with(code, $1 || '-') AND substr(code, length($1) + 2) ~ '^[0-9]{1,6}$'`, prefix).Scan(&n)
	return n, err
}

// AddMember tells whether the member is new on the team.
func (Store) AddMember(ctx context.Context, tx *tenancy.Tx, projectID, memberID string, at time.Time) (bool, error) {
	tag, err := tx.PGX().Exec(ctx, `
		INSERT INTO project_members (project_id, member_id, added_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, projectID, memberID, at)
	return tag.RowsAffected() == 1, err
}

// RemoveMember tells whether the member was on the team.
func (Store) RemoveMember(ctx context.Context, tx *tenancy.Tx, projectID, memberID string) (bool, error) {
	tag, err := tx.PGX().Exec(ctx, `DELETE FROM project_members WHERE project_id = $1 AND member_id = $2`, projectID, memberID)
	return tag.RowsAffected() == 1, err
}

// Progress counts tasks, project by project.
func (Store) Progress(ctx context.Context, tx *tenancy.Tx, projectIDs []string) (map[string]projects.Progress, error) {
	out := make(map[string]projects.Progress, len(projectIDs))
	rows, err := tx.PGX().Query(ctx, `
		SELECT project_id, count(*), count(completed_at) FROM tasks
		WHERE project_id = ANY($1::uuid[]) AND archived_at IS NULL GROUP BY project_id`, projectIDs)
	if err != nil {
		return nil, err
	}
	var id string
	var p projects.Progress
	_, err = pgx.ForEachRow(rows, []any{&id, &p.Tasks, &p.Done}, func() error {
		out[id] = p
		return nil
	})
	return out, err
}

const instant = `to_char(%s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

// sort is how a list is ordered by one of its columns.
type sort struct{ expr, cast, text string }

func plain(expr, cast string) sort { return sort{expr, cast, "(" + expr + ")::text"} }
func moment(expr string) sort      { return sort{expr, "timestamptz", fmt.Sprintf(instant, expr)} }

var projectSorts = map[string]sort{
	"name":       plain("lower(p.name)", "text"),
	"code":       plain("p.code", "text"),
	"due_on":     plain("coalesce(p.due_on, date '9999-12-31')", "date"),
	"updated_at": moment("p.updated_at"),
	"created_at": moment("p.created_at"),
}

// query collects the conditions of a list and their values.
type query struct {
	where []string
	args  []any
}

// and adds a condition; every ? in it stands for the next of vals.
func (q *query) and(cond string, vals ...any) {
	for _, v := range vals {
		q.args = append(q.args, v)
		cond = strings.Replace(cond, "?", fmt.Sprintf("$%d", len(q.args)), 1)
	}
	q.where = append(q.where, cond)
}

// cut adds the page's begin and returns how it is ordered and what its key reads like.
func (q *query) cut(o projects.Order, sorts map[string]sort, id string) (order, key string) {
	name, turned := strings.CutPrefix(o.Sort, "-")
	s, dir, cmp := sorts[name], "ASC", ">"
	if turned {
		dir, cmp = "DESC", "<"
	}
	if len(o.After) == 2 {
		q.and(fmt.Sprintf("(%s, %s) %s (?::%s, ?::uuid)", s.expr, id, cmp, s.cast), o.After[0], o.After[1])
	}
	return fmt.Sprintf("ORDER BY %s %s, %s %s LIMIT %d", s.expr, dir, id, dir, o.Limit+1), s.text
}

func (q *query) sql() string {
	if len(q.where) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(q.where, " AND ")
}

// like makes a pattern that finds s anywhere, its own % and _ taken by the letter.
func like(s string) string {
	return pg.Contains(s)
}

// List returns the page's projects and one more, if there is one.
func (Store) List(ctx context.Context, tx *tenancy.Tx, f projects.ProjectFilter) ([]projects.Row, error) {
	var q query
	if f.Search != "" {
		pattern := like(f.Search)
		q.and("(p.name ILIKE ? OR p.code ILIKE ?)", pattern, pattern)
	}
	if len(f.States) > 0 {
		q.and("p.state = ANY(?)", f.States)
	} else {
		q.and("p.state <> 'archived'")
	}
	if f.ClientID != "" {
		q.and("p.client_id = ?", f.ClientID)
	}
	if f.ManagerID != "" {
		q.and("p.manager_id = ?", f.ManagerID)
	}
	if f.Mine {
		me := f.MemberID()
		q.and("(p.manager_id = nullif(?, '')::uuid OR EXISTS (SELECT FROM project_members m WHERE m.project_id = p.id AND m.member_id = nullif(?, '')::uuid))", me, me)
	}
	order, key := q.cut(f.Order, projectSorts, "p.id")
	rows, err := tx.PGX().Query(ctx, `SELECT `+projectColumns+`, `+key+` FROM projects p`+q.sql()+` `+order, q.args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (projects.Row, error) {
		var row projects.Row
		var err error
		row.Project, err = scanProject(r, &row.Key)
		return row, err
	})
}

// Timeline reads the events of a project, or of one task in it, newest first.
func (Store) Timeline(ctx context.Context, tx *tenancy.Tx, f projects.TimelineFilter) ([]projects.Moment, error) {
	var q query
	q.and("e.project_id = ?", f.ProjectID)
	q.and("split_part(e.name, '.', 1) = ANY(?)", f.Modules)
	if f.TaskID != "" {
		q.and("e.entity = 'task'")
		q.and("e.entity_id = ?", f.TaskID)
	}
	if len(f.After) == 2 {
		q.and("(e.happened_at, e.id) < (?::timestamptz, ?::uuid)", f.After[0], f.After[1])
	}
	rows, err := tx.PGX().Query(ctx, `
		SELECT e.id, e.happened_at, e.name, e.entity, e.entity_id, coalesce(e.actor_id::text, ''), e.actor_name, e.label
		FROM events e`+q.sql()+fmt.Sprintf(" ORDER BY e.happened_at DESC, e.id DESC LIMIT %d", f.Limit+1), q.args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (m projects.Moment, err error) {
		err = r.Scan(&m.ID, &m.HappenedAt, &m.Name, &m.Entity, &m.EntityID, &m.ActorID, &m.ActorName, &m.Label)
		return m, err
	})
}
