// Package ratio measures what the agencies' pool costs beside what one would do without it, in processor time of both
// ends: by turns, in one run, on one machine, so that the ratios mean something where times do not.
package ratio

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"

	"github.com/bureauhq/bureau/tenancy"
)

// target is an agency and what is asked for in it. Keys are different in all agencies, so a row of another one shows.
type target struct {
	agency          tenancy.Agency
	schema, role    string
	project, client string
}

var errWrongRow = errors.New("a row of another agency")

// The five tables of a request, with the columns that a page would show.
type (
	project struct {
		ID, ClientID, Code, Name, State, Colour string
		Version                                 int
	}
	client struct {
		ID, Name, Code, Currency string
		Version                  int
	}
	task struct {
		ID, ProjectID, Name, ColumnID, Rank string
		Priority                            int
		Version                             int
	}
	timeEntry struct {
		ID, ProjectID, Note string
		RawSeconds          int
		Version             int
	}
	contact struct {
		ID, ClientID, Name, Email string
		Version                   int
	}
)

func (project) TableName() string   { return "projects" }
func (client) TableName() string    { return "clients" }
func (task) TableName() string      { return "tasks" }
func (timeEntry) TableName() string { return "time_entries" }
func (contact) TableName() string   { return "contacts" }

// page is what a request reads.
type page struct {
	project  project
	client   client
	tasks    []task
	entries  []timeEntry
	contacts []contact
}

// check finds rows that are not the target's.
func (p *page) check(t *target) error {
	ok := p.project.ID == t.project && p.client.ID == t.client &&
		!slices.ContainsFunc(p.tasks, func(x task) bool { return x.ProjectID != t.project }) &&
		!slices.ContainsFunc(p.entries, func(x timeEntry) bool { return x.ProjectID != t.project }) &&
		!slices.ContainsFunc(p.contacts, func(x contact) bool { return x.ClientID != t.client })
	if !ok {
		return fmt.Errorf("%w: asked for project %s of %s, got %s", errWrongRow, t.project, t.agency.Slug, p.project.ID)
	}
	return nil
}

// viaGorm asks the five questions through GORM: two by key, three lists.
func viaGorm(g *gorm.DB, t *target) error {
	var p page
	err := errors.Join(
		g.Where("id = ?", t.project).Take(&p.project).Error,
		g.Where("id = ?", t.client).Take(&p.client).Error,
		g.Where("project_id = ?", t.project).Order("rank, id").Limit(10).Find(&p.tasks).Error,
		g.Where("project_id = ? AND deleted_at IS NULL", t.project).Order("work_date DESC, id DESC").Limit(4).Find(&p.entries).Error,
		g.Where("client_id = ?", t.client).Order("lower(name), id").Limit(2).Find(&p.contacts).Error,
	)
	if err != nil {
		return err
	}
	return p.check(t)
}

// questions are the same five as text, with %s before the table for its schema.
var questions = [5]string{
	`SELECT id::text, client_id::text, code, name, state, colour, version FROM %sprojects WHERE id = $1 LIMIT 1`,
	`SELECT id::text, name, code, currency, version FROM %sclients WHERE id = $1 LIMIT 1`,
	`SELECT id::text, project_id::text, name, column_id, rank, priority, version FROM %stasks WHERE project_id = $1 ORDER BY rank, id LIMIT 10`,
	`SELECT id::text, project_id::text, note, raw_seconds, version FROM %stime_entries WHERE project_id = $1 AND deleted_at IS NULL ORDER BY work_date DESC, id DESC LIMIT 4`,
	`SELECT id::text, client_id::text, name, email, version FROM %scontacts WHERE client_id = $1 ORDER BY lower(name), id LIMIT 2`,
}

// qualified are the questions with the schema in them.
func qualified(schema string) (out [5]string) {
	for i, q := range questions {
		out[i] = fmt.Sprintf(q, schema+".")
	}
	return out
}

type querier interface {
	Query(context.Context, string, ...any) (pgx.Rows, error)
}

// viaPgx asks them with pgx alone.
func viaPgx(ctx context.Context, c querier, q *[5]string, t *target) error {
	var p page
	var err error
	if p.project, err = one[project](ctx, c, q[0], t.project); err != nil {
		return err
	}
	if p.client, err = one[client](ctx, c, q[1], t.client); err != nil {
		return err
	}
	if p.tasks, err = some[task](ctx, c, q[2], t.project); err != nil {
		return err
	}
	if p.entries, err = some[timeEntry](ctx, c, q[3], t.project); err != nil {
		return err
	}
	if p.contacts, err = some[contact](ctx, c, q[4], t.client); err != nil {
		return err
	}
	return p.check(t)
}

func one[T any](ctx context.Context, c querier, q, key string) (v T, err error) {
	rows, err := c.Query(ctx, q, key)
	if err != nil {
		return v, err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[T])
}

func some[T any](ctx context.Context, c querier, q, key string) ([]T, error) {
	rows, err := c.Query(ctx, q, key)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[T])
}

// targets finds in each agency a project to ask about. One statement asks a hundred agencies.
func targets(ctx context.Context, owner string, agencies []tenancy.Agency) (out []*target, err error) {
	conn, err := pgx.Connect(ctx, owner)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	for some := range slices.Chunk(agencies, 100) {
		parts := make([]string, len(some))
		for i, a := range some {
			parts[i] = fmt.Sprintf(`(SELECT %d, p.id::text, p.client_id::text FROM %s.projects p ORDER BY p.created_at, p.id LIMIT 1)`, i, tenancy.CopyOf(a).Schema)
		}
		rows, err := conn.Query(ctx, strings.Join(parts, " UNION ALL "), pgx.QueryExecModeExec)
		if err != nil {
			return nil, err
		}
		var i int
		var p, c string
		if _, err := pgx.ForEachRow(rows, []any{&i, &p, &c}, func() error {
			at := tenancy.CopyOf(some[i])
			out = append(out, &target{some[i], at.Schema, at.Role, p, c})
			return nil
		}); err != nil {
			return nil, err
		}
	}
	if len(out) == 0 {
		return nil, errors.New("no agency has a project to ask about: they must be made with --size small")
	}
	return out, nil
}
