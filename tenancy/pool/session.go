package pool

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Session is the whole of a checkout, for who holds the *sql.Conn: what
// database/sql has no words for.
//
// Outside of a transaction each statement is its own, and the server refuses to
// change anything.
//
// When database/sql notices that the server has gone, it gives the session back
// by itself, before its holder does: the seat may be somebody else's by then. So
// every method asks lost first.
type Session struct {
	*lease
	wire  *wire
	begun bool
	login bool // inside AsLogin
}

// Of looks under a *sql.Conn. What it returns is good while conn is held.
func Of(conn *sql.Conn) (s *Session, err error) {
	err = conn.Raw(func(c any) error {
		l, ok := c.(*lease)
		if !ok {
			return fmt.Errorf("pool: unexpected driver connection %T", c)
		}
		s = &Session{lease: l, wire: l.seat.wire()}
		return nil
	})
	return s, err
}

const (
	begin    = "BEGIN READ WRITE"
	snapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
)

// lost tells whether the session was given back.
func (s *Session) lost() bool { return s.done }

// Begin opens a transaction that may change things. It travels with the first statement.
func (s *Session) Begin(ctx context.Context) {
	if s.lost() {
		return
	}
	s.begun = true
	s.ahead(ctx, begin)
}

// BeginSnapshot opens a transaction whose statements all see the moment of the
// first and change nothing. Rollback ends it.
func (s *Session) BeginSnapshot(ctx context.Context) {
	if !s.lost() {
		s.ahead(ctx, snapshot)
	}
}

// Commit ends the transaction. Without any statement in it there is nothing to end.
func (s *Session) Commit(ctx context.Context) error {
	if s.lost() {
		return driver.ErrBadConn
	}
	s.begun = false
	s.wire.takeAllBack()
	if !s.seat.pg().IsClosed() && s.seat.pg().TxStatus() == 'I' {
		return nil
	}
	tag, err := s.seat.conn.Conn().Exec(ctx, "commit")
	if err != nil {
		return err
	}
	if tag.String() == "ROLLBACK" {
		return pgx.ErrTxCommitRollback
	}
	return nil
}

// Rollback undoes what was not committed. It works on after ctx has ended.
func (s *Session) Rollback(ctx context.Context) {
	if s.lost() {
		return
	}
	s.begun = false
	s.wire.takeAllBack()
	if s.seat.pg().IsClosed() || s.seat.pg().TxStatus() == 'I' {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if _, err := s.seat.conn.Conn().Exec(ctx, "rollback"); err != nil {
		s.seat.tainted = true
	}
}

// AsLogin runs fn with the rights of the session's login instead of the
// tenant's role, inside of the transaction. The changes of role travel with the
// statements that follow them.
func (s *Session) AsLogin(ctx context.Context, fn func(context.Context) error) error {
	if s.lost() {
		return driver.ErrBadConn
	}
	if !s.begun || s.login {
		return errors.New("pool: AsLogin needs a transaction of its own")
	}
	s.login = true
	defer func() { s.login = false }()
	out, home := "SET LOCAL ROLE NONE", "SET LOCAL ROLE "+s.tenant.Role
	if !s.wire.takeBack(home) {
		s.ahead(ctx, out)
	}
	if err := fn(ctx); err != nil {
		return err // the transaction is over; the role goes with it
	}
	if s.lost() {
		return driver.ErrBadConn
	}
	if !s.wire.takeBack(out) {
		s.ahead(ctx, home)
	}
	return nil
}

// ahead puts sql ahead of the next statement, and shows it to the tracer.
func (s *Session) ahead(ctx context.Context, sql string) {
	s.wire.putAhead(sql)
	if t := s.pool.cfg.Conn.Tracer; t != nil {
		conn := s.seat.conn.Conn()
		t.TraceQueryEnd(t.TraceQueryStart(ctx, conn, pgx.TraceQueryStartData{SQL: sql}), conn, pgx.TraceQueryEndData{})
	}
}
