package pool

import (
	"context"
	"database/sql/driver"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// lease is one checkout, as database/sql sees it: a driver.Conn whose Close
// gives the session back. Every statement passes its check.
type lease struct {
	pool   *Pool
	seat   *seat
	tenant Tenant
	done   bool
}

// check refuses what must not run here. A session that was asked for it serves
// nobody else: who tries once may have found another way too.
func (l *lease) check(ctx context.Context, q string, args ...any) error {
	if l.done {
		return ErrTenant
	}
	if t, err := l.pool.cfg.Tenant(ctx); err != nil || t != l.tenant {
		l.seat.tainted = true
		return ErrTenant
	}
	if !allowed(q) {
		l.seat.tainted = true
		return ErrStatement
	}
	for _, a := range args {
		if _, ok := a.(pgx.QueryExecMode); ok { // the simple protocol takes several statements in one text
			l.seat.tainted = true
			return ErrStatement
		}
	}
	return nil
}

// exec sends q by the extended protocol, which takes exactly one statement.
// pgx's own Exec uses the simple protocol when there are no arguments.
func (l *lease) exec(ctx context.Context, q string, args []any) (pgconn.CommandTag, error) {
	if len(args) > 0 {
		return l.seat.conn.Conn().Exec(ctx, q, args...)
	}
	rows, err := l.seat.conn.Conn().Query(ctx, q)
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	rows.Close()
	return rows.CommandTag(), rows.Err()
}

// ExecContext implements driver.ExecerContext.
func (l *lease) ExecContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Result, error) {
	values := valuesOf(args)
	if err := l.check(ctx, q, values...); err != nil {
		return nil, err
	}
	tag, err := l.exec(ctx, q, values)
	if err != nil {
		return nil, err
	}
	return driver.RowsAffected(tag.RowsAffected()), nil
}

// QueryContext implements driver.QueryerContext.
func (l *lease) QueryContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Rows, error) {
	if err := l.check(ctx, q, valuesOf(args)...); err != nil {
		return nil, err
	}
	return l.seat.conn.QueryContext(ctx, q, args)
}

func valuesOf(args []driver.NamedValue) []any {
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = a.Value
	}
	return out
}

// CheckNamedValue implements driver.NamedValueChecker: pgx knows more types than database/sql.
func (l *lease) CheckNamedValue(v *driver.NamedValue) error { return l.seat.conn.CheckNamedValue(v) }

// PrepareContext implements driver.ConnPrepareContext. pgx prepares every
// statement at its first use anyway, so this only keeps the text.
func (l *lease) PrepareContext(ctx context.Context, q string) (driver.Stmt, error) {
	if err := l.check(ctx, q); err != nil {
		return nil, err
	}
	return statement{l, q}, nil
}

// Prepare implements driver.Conn.
func (l *lease) Prepare(string) (driver.Stmt, error) { return nil, ErrTenant }

// Begin implements driver.Conn.
func (l *lease) Begin() (driver.Tx, error) { return nil, errDoors }

// BeginTx implements driver.ConnBeginTx: a second BEGIN on this wire would break the first.
func (l *lease) BeginTx(context.Context, driver.TxOptions) (driver.Tx, error) { return nil, errDoors }

// ResetSession implements driver.SessionResetter. The pool has looked at the session.
func (l *lease) ResetSession(context.Context) error { return nil }

// IsValid implements driver.Validator.
func (l *lease) IsValid() bool { return !l.done }

// Close implements driver.Conn: it gives the session back.
func (l *lease) Close() error {
	if !l.done {
		l.done = true
		l.pool.back(l.seat)
		l.pool.pass.leave() // whoever comes in next finds the session
	}
	return nil
}

type statement struct {
	l *lease
	q string
}

func (st statement) Close() error  { return nil }
func (st statement) NumInput() int { return -1 }

func (st statement) Exec([]driver.Value) (driver.Result, error) { return nil, ErrTenant }
func (st statement) Query([]driver.Value) (driver.Rows, error)  { return nil, ErrTenant }

func (st statement) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	return st.l.ExecContext(ctx, st.q, args)
}

func (st statement) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return st.l.QueryContext(ctx, st.q, args)
}
