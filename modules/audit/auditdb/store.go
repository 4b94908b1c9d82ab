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

// Store implements audit.Store.
type Store struct{}

var _ audit.Store = Store{}

// List returns entries, newest first.
func (Store) List(ctx context.Context, tx *tenancy.Tx, f audit.Filter) ([]kit.Entry, error) {
	q, args := `SELECT `+kit.Columns+` FROM audit_events WHERE true`, []any{}
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
	return pgx.CollectRows(rows, kit.Scan)
}
