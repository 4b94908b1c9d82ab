//go:build sabotage_export_schema

// An export reads the schema of whoever was exported first, as the owner of all.

package tenancy

import (
	"context"
	"sync"

	"github.com/jackc/pgx/v5"
)

var sabotagedFirst struct {
	sync.Mutex
	schema string
}

func (m *Migrator) Snapshot(ctx context.Context, c Copy, fn func(context.Context, pgx.Tx) error) error {
	h, err := m.at(c.Placement)
	if err != nil {
		return err
	}
	sabotagedFirst.Lock()
	if sabotagedFirst.schema == "" {
		sabotagedFirst.schema = c.Schema
	}
	begin := `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path TO ` + sabotagedFirst.schema + Form
	sabotagedFirst.Unlock()
	return away(pgx.BeginTxFunc(ctx, h.pool, pgx.TxOptions{BeginQuery: begin}, func(tx pgx.Tx) error { return fn(ctx, tx) }))
}
