package tenancy

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// onlyReads sends statements that may change nothing, each as a transaction by itself. The statement that says so travels in the packet
// of the one it is for and needs no end of its own: without a Sync between them both are of one transaction, which ends, and with it
// what was set in it, whether or not it failed. Sessions that read only, as the agencies' are, would cost the job runner a word before
// each of its writes, and a pool of such sessions the database more connections.
type onlyReads struct{ pool *pgxpool.Pool }

const onlyReading = `SELECT pg_catalog.set_config('transaction_read_only', 'on', true)`

// SendBatch implements Querier.
func (r onlyReads) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	res := r.pool.SendBatch(ctx, &pgx.Batch{QueuedQueries: append([]*pgx.QueuedQuery{{SQL: onlyReading}}, b.QueuedQueries...)})
	_, _ = res.Exec() // where it failed, whatever is asked of res fails as it did
	return res
}

func (r onlyReads) one(ctx context.Context, sql string, args []any) pgx.BatchResults {
	b := &pgx.Batch{}
	b.Queue(sql, args...)
	return r.SendBatch(ctx, b)
}

// Exec implements Querier.
func (r onlyReads) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	res := r.one(ctx, sql, args)
	tag, err := res.Exec()
	if closed := res.Close(); err == nil {
		err = closed
	}
	return tag, err
}

// Query implements Querier.
func (r onlyReads) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	res := r.one(ctx, sql, args)
	rows, err := res.Query()
	if err != nil {
		_ = res.Close()
		return rows, err
	}
	return &readRows{rows, res}, nil
}

// QueryRow implements Querier.
func (r onlyReads) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	res := r.one(ctx, sql, args)
	return readRow{res.QueryRow(), res}
}

// readRows give the connection back with the last of them.
type readRows struct {
	pgx.Rows
	res pgx.BatchResults
}

func (r *readRows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	r.Close()
	return false
}

func (r *readRows) Close() {
	r.Rows.Close()
	_ = r.res.Close() // what went wrong with the rows they say themselves
}

type readRow struct {
	row pgx.Row
	res pgx.BatchResults
}

func (r readRow) Scan(dest ...any) error {
	err := r.row.Scan(dest...)
	if closed := r.res.Close(); err == nil {
		err = closed
	}
	return err
}
