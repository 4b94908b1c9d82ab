package pool

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5"
)

// PutAhead lets a test put any statement ahead of the next one.
func PutAhead(s *Session, sql string) { s.wire.putAhead(sql) }

// PID is the process that serves s.
func PID(s *Session) uint32 { return s.seat.pg().PID() }

// Belief is whose session the pool believes an idle connection to be, and who the server says it is.
type Belief struct {
	PID      uint32
	Believed Tenant
	User     string
	Path     string
}

// Beliefs asks every idle connection, around the pool.
func Beliefs(ctx context.Context, p *Pool) (out []Belief, err error) {
	p.desk.mu.Lock()
	defer p.desk.mu.Unlock()
	for _, s := range p.desk.idle {
		b := Belief{PID: s.pg().PID(), Believed: s.tenant}
		err := s.conn.Conn().QueryRow(ctx, `SELECT current_user, current_setting('search_path')`).Scan(&b.User, &b.Path)
		if err != nil {
			return out, err
		}
		out = append(out, b)
	}
	return out, nil
}

// Unguarded is the connection under conn, without the check.
func Unguarded(conn *sql.Conn) (*pgx.Conn, error) {
	s, err := Of(conn)
	if err != nil {
		return nil, err
	}
	return s.seat.conn.Conn(), nil
}
