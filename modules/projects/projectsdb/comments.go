package projectsdb

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/tenancy"
)

const commentColumns = `c.id, c.task_id, c.project_id, coalesce(c.author_id::text, ''), c.author_name, c.author_kind, c.body, c.for_client,
	c.created_at, c.edited_at, c.version`

func commentInto(c *projects.Comment) []any {
	return []any{&c.ID, &c.TaskID, &c.ProjectID, &c.AuthorID, &c.AuthorName, &c.AuthorKind, &c.Body, &c.ForClient, &c.CreatedAt, &c.EditedAt, &c.Version}
}

func scanComment(r pgx.CollectableRow) (c projects.Comment, err error) {
	err = r.Scan(commentInto(&c)...)
	return c, err
}

// AddComment inserts c.
func (Store) AddComment(ctx context.Context, tx *tenancy.Tx, c projects.Comment) error {
	_, err := tx.PGX().Exec(ctx, `
		INSERT INTO task_comments (id, task_id, project_id, author_id, author_name, author_kind, body, for_client, created_at, version)
		VALUES ($1, $2, $3, nullif($4, '')::uuid, $5, $6, $7, $8, $9, $10)`,
		c.ID, c.TaskID, c.ProjectID, c.AuthorID, c.AuthorName, c.AuthorKind, c.Body, c.ForClient, c.CreatedAt, c.Version)
	return err
}

// CommentForUpdate finds a comment and locks its row.
func (Store) CommentForUpdate(ctx context.Context, tx *tenancy.Tx, id string) (projects.Comment, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT `+commentColumns+` FROM task_comments c WHERE c.id = $1 FOR UPDATE`, id)
	if err != nil {
		return projects.Comment{}, err
	}
	c, err := pgx.CollectExactlyOneRow(rows, scanComment)
	if errors.Is(err, pgx.ErrNoRows) {
		return c, projects.ErrCommentNotFound
	}
	return c, err
}

// SaveComment updates c, if it is still at the version that was read.
func (Store) SaveComment(ctx context.Context, tx *tenancy.Tx, c projects.Comment) error {
	tag, err := tx.PGX().Exec(ctx, `
		UPDATE task_comments SET body = $3, for_client = $4, edited_at = $5, version = version + 1 WHERE id = $1 AND version = $2`,
		c.ID, c.Version, c.Body, c.ForClient, c.EditedAt)
	if err == nil && tag.RowsAffected() == 0 {
		return projects.ErrStale
	}
	return err
}

// RemoveComment deletes a comment.
func (Store) RemoveComment(ctx context.Context, tx *tenancy.Tx, id string) error {
	_, err := tx.PGX().Exec(ctx, `DELETE FROM task_comments WHERE id = $1`, id)
	return err
}

// Comments returns the page's comments and one more, if there is one, oldest first.
func (Store) Comments(ctx context.Context, tx *tenancy.Tx, taskID string, clientOnly bool, after []string, limit int) ([]projects.Comment, error) {
	var q query
	q.and("c.task_id = ?", taskID)
	if clientOnly {
		q.and("c.for_client")
	}
	if len(after) == 2 {
		q.and("(c.created_at, c.id) > (?::timestamptz, ?::uuid)", after[0], after[1])
	}
	rows, err := tx.PGX().Query(ctx, `SELECT `+commentColumns+` FROM task_comments c`+q.sql()+fmt.Sprintf(` ORDER BY c.created_at, c.id LIMIT %d`, limit+1), q.args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanComment)
}

// ClientComments returns what was said in a project for its client, oldest first; the last thousand of it.
func (Store) ClientComments(ctx context.Context, tx *tenancy.Tx, projectID string) ([]projects.ClientComment, error) {
	rows, err := tx.PGX().Query(ctx, `
		SELECT `+commentColumns+`, t.name FROM task_comments c JOIN tasks t ON t.id = c.task_id
		WHERE c.project_id = $1 AND c.for_client AND t.archived_at IS NULL ORDER BY c.created_at DESC, c.id DESC LIMIT 1000`, projectID)
	if err != nil {
		return nil, err
	}
	newest, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (c projects.ClientComment, err error) {
		err = r.Scan(append(commentInto(&c.Comment), &c.TaskName)...)
		return c, err
	})
	slices.Reverse(newest)
	return newest, err
}
