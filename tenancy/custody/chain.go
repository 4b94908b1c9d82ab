package custody

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/audit"
)

// chainTx lets the audit kit write in a transaction that is not tenancy.DB's.
type chainTx struct {
	tx     pgx.Tx
	before []func(context.Context) error
	values map[any]any
}

var _ audit.Tx = (*chainTx)(nil)

func (c *chainTx) PGX() pgx.Tx { return c.tx }
func (c *chainTx) BeforeCommit(_ any, fn func(context.Context) error) {
	c.before = append(c.before, fn)
}
func (c *chainTx) Values() map[any]any { return c.values }

// inChain adds an entry to the audit log of the current schema.
func inChain(ctx context.Context, tx pgx.Tx, change audit.Change) error {
	c := &chainTx{tx: tx, values: map[any]any{}}
	if err := audit.Record(ctx, c, change); err != nil {
		return err
	}
	for _, fn := range c.before {
		if err := fn(ctx); err != nil {
			return err
		}
	}
	return nil
}
