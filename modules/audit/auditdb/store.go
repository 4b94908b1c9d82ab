// Package auditdb reads the audit log from Postgres.
package auditdb

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	kit "github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/modules/audit"
	"github.com/bureauhq/bureau/tenancy"
)

const columns = `seq, id, happened_at, action, entity, entity_id, actor_id, actor_name, actor_kind, on_behalf_of, source, reason, before, after, hash`

// Store implements audit.Store.
type Store struct{}

var _ audit.Store = Store{}

// List returns entries, newest first.
func (Store) List(ctx context.Context, tx *tenancy.Tx, f audit.Filter) ([]kit.Entry, error) {
	q, args := `SELECT `+columns+` FROM audit_events WHERE true`, []any{}
	add := func(cond string, v any) {
		args = append(args, v)
		q += fmt.Sprintf(" AND "+cond, len(args))
	}
	if f.Before > 0 {
		add("seq < $%d", f.Before)
	}
	if f.ActorID != "" {
		add("actor_id = $%d", f.ActorID)
	}
	if f.Entity != "" {
		add("entity = $%d", f.Entity)
	}
	if f.EntityID != "" {
		add("entity_id = $%d", f.EntityID)
	}
	if f.Action != "" {
		add("starts_with(action, $%d)", f.Action)
	}
	if !f.From.IsZero() {
		add("happened_at >= $%d", f.From)
	}
	if !f.To.IsZero() {
		add("happened_at < $%d", f.To)
	}
	args = append(args, f.Limit+1)
	q += fmt.Sprintf(" ORDER BY seq DESC LIMIT $%d", len(args))
	rows, err := tx.PGX().Query(ctx, q, args...)
	if err != nil {
		return nil, fmt.Errorf("list audit events: %w", err)
	}
	return pgx.CollectRows(rows, scan)
}

// Walk calls fn with every entry, oldest first.
func (Store) Walk(ctx context.Context, tx *tenancy.Tx, fn func(kit.Entry) error) error {
	rows, err := tx.PGX().Query(ctx, `SELECT `+columns+` FROM audit_events ORDER BY seq`)
	if err != nil {
		return fmt.Errorf("walk audit events: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		e, err := scan(rows)
		if err != nil {
			return err
		}
		if err := fn(e); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Head returns the number and hash that the chain should end with.
func (Store) Head(ctx context.Context, tx *tenancy.Tx) (seq int64, hash []byte, err error) {
	err = tx.PGX().QueryRow(ctx, `SELECT seq, hash FROM audit_heads WHERE one`).Scan(&seq, &hash)
	return seq, hash, err
}

func scan(r pgx.CollectableRow) (e kit.Entry, err error) {
	err = r.Scan(&e.Seq, &e.ID, &e.At, &e.Action, &e.Entity, &e.EntityID, &e.ActorID, &e.ActorName, &e.ActorKind, &e.OnBehalfOf, &e.Source,
		&e.Reason, &e.Before, &e.After, &e.Hash)
	return e, err
}
