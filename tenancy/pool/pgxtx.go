package pool

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// PGX is the session for code that speaks pgx. Its statements pass the same
// check; to end the transaction is left to the doors.
func (s *Session) PGX() pgx.Tx { return pgxTx{s.lease} }

type pgxTx struct{ l *lease }

func (t pgxTx) Exec(ctx context.Context, q string, args ...any) (pgconn.CommandTag, error) {
	if err := t.l.check(ctx, q, args...); err != nil {
		return pgconn.CommandTag{}, err
	}
	return t.l.exec(ctx, q, args)
}

func (t pgxTx) Query(ctx context.Context, q string, args ...any) (pgx.Rows, error) {
	if err := t.l.check(ctx, q, args...); err != nil {
		return refused{err}, err
	}
	rows, err := t.l.seat.conn.Conn().Query(ctx, q, args...)
	return connless{rows}, err
}

func (t pgxTx) QueryRow(ctx context.Context, q string, args ...any) pgx.Row {
	if err := t.l.check(ctx, q, args...); err != nil {
		return refused{err}
	}
	return t.l.seat.conn.Conn().QueryRow(ctx, q, args...)
}

func (t pgxTx) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	for _, q := range b.QueuedQueries {
		if err := t.l.check(ctx, q.SQL, q.Arguments...); err != nil {
			return refusedBatch{err}
		}
	}
	return t.l.seat.conn.Conn().SendBatch(ctx, b) // its first word was not BEGIN, so its Tx is nil
}

// CopyFrom writes its own statements.
func (t pgxTx) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error) {
	if err := t.l.check(ctx, "INSERT"); err != nil {
		return 0, err
	}
	return t.l.seat.conn.Conn().CopyFrom(ctx, table, columns, rows)
}

// Prepare is not needed: every statement is prepared at its first use.
func (t pgxTx) Prepare(context.Context, string, string) (*pgconn.StatementDescription, error) {
	return nil, ErrStatement
}

func (t pgxTx) Begin(context.Context) (pgx.Tx, error) { return nil, errDoors }
func (t pgxTx) Commit(context.Context) error          { return errDoors }
func (t pgxTx) Rollback(context.Context) error        { return errDoors }

// LargeObjects is empty: there are none in a tenant's schema.
func (t pgxTx) LargeObjects() pgx.LargeObjects { return pgx.LargeObjects{} }

// Conn is nil: whoever held the connection could go around the check.
func (t pgxTx) Conn() *pgx.Conn { return nil }

// connless are rows that do not show the connection they come from.
type connless struct{ pgx.Rows }

func (connless) Conn() *pgx.Conn { return nil }

// refused is the answer to a statement that was not sent.
type refused struct{ err error }

func (r refused) Close()                                       {}
func (r refused) Err() error                                   { return r.err }
func (r refused) CommandTag() pgconn.CommandTag                { return pgconn.CommandTag{} }
func (r refused) FieldDescriptions() []pgconn.FieldDescription { return nil }
func (r refused) Next() bool                                   { return false }
func (r refused) Scan(...any) error                            { return r.err }
func (r refused) Values() ([]any, error)                       { return nil, r.err }
func (r refused) RawValues() [][]byte                          { return nil }
func (r refused) Conn() *pgx.Conn                              { return nil }
func (r refused) TypeMap() *pgtype.Map                         { return nil }

type refusedBatch struct{ err error }

func (r refusedBatch) Exec() (pgconn.CommandTag, error) { return pgconn.CommandTag{}, r.err }
func (r refusedBatch) Query() (pgx.Rows, error)         { return refused(r), r.err }
func (r refusedBatch) QueryRow() pgx.Row                { return refused(r) }
func (r refusedBatch) Close() error                     { return r.err }
func (r refusedBatch) Tx() pgx.Tx                       { return nil }
