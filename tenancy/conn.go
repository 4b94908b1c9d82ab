package tenancy

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
)

// errSession refuses statements that could change whose tables are seen.
var errSession = errors.New("tenancy: SET, RESET, DISCARD, DO, CALL and transaction commands are not allowed here")

// oneConn shows GORM the four calls it needs and hides BeginTx: the
// transaction is ours, and a second BEGIN on this wire would break it.
type oneConn struct {
	c   *sql.Conn
	raw *pgx.Conn
}

func (o oneConn) PrepareContext(ctx context.Context, q string) (*sql.Stmt, error) {
	if changesSession(q) {
		return nil, errSession
	}
	return o.c.PrepareContext(ctx, q)
}

func (o oneConn) ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error) {
	if changesSession(q) {
		return nil, errSession
	}
	if len(args) > 0 {
		return o.c.ExecContext(ctx, q, args...)
	}
	// Without arguments pgx would use the simple protocol, which takes several
	// statements in one text. This way the server refuses a second one.
	res := o.raw.PgConn().ExecParams(ctx, q, nil, nil, nil, nil).Read()
	if res.Err != nil {
		return nil, res.Err
	}
	return driver.RowsAffected(res.CommandTag.RowsAffected()), nil
}

func (o oneConn) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	if changesSession(q) {
		return nil, errSession
	}
	return o.c.QueryContext(ctx, q, args...)
}

func (o oneConn) QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row {
	if changesSession(q) {
		q = `SELECT 'refused: changes the session'::int` // QueryRow cannot return an error of its own
	}
	return o.c.QueryRowContext(ctx, q, args...)
}

// changesSession tells whether q, as a whole statement, could change role or
// search path, or end the transaction. With one statement a message and
// set_config revoked nothing else can.
func changesSession(q string) bool {
	word := strings.ToLower(firstWord(q))
	switch word {
	case "set", "reset", "discard", "do", "call", "begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release", "prepare", "execute", "deallocate", "listen", "unlisten", "load":
		return true
	}
	return false
}

// firstWord skips white space and comments, nested ones too.
func firstWord(q string) string {
	for {
		q = strings.TrimLeft(q, " \t\r\n\f\v;(")
		switch {
		case strings.HasPrefix(q, "--"):
			_, rest, found := strings.Cut(q, "\n")
			if !found {
				return ""
			}
			q = rest
		case strings.HasPrefix(q, "/*"):
			q = afterComment(q)
		default:
			i := strings.IndexFunc(q, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '_' })
			if i < 0 {
				return q
			}
			return q[:i]
		}
	}
}

func afterComment(q string) string {
	depth := 0
	for i := 0; i+1 < len(q); i++ {
		switch q[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			depth--
			i++
			if depth == 0 {
				return q[i+1:]
			}
		}
	}
	return ""
}
