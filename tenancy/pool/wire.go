package pool

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// wire lies between pgx and the socket, above TLS. A statement that is put
// ahead travels in the same packet as whatever pgx sends next, and its answer
// is kept from pgx: BEGIN costs no round trip of its own, whoever speaks first.
//
// It is sent by the extended protocol without a Sync. If it fails, the server
// skips all that follows up to the next Sync, which is pgx's own: pgx reads the
// failure as that of its statement, and nothing ran.
type wire struct {
	net.Conn
	socket net.Conn // for a look at it without reading

	mu    sync.Mutex // pgx may read in the background while it writes
	ahead []string
	owed  int    // answers to statements put ahead that have not come yet
	step  int    // how much of the next one has come
	in    []byte // read from the socket, not yet looked at
	out   []byte // looked at, not yet read by pgx
}

// throughWire makes every connection of cfg a wire.
func throughWire(cfg *pgconn.Config) {
	wrapped := cfg.AfterNetConnect
	cfg.AfterNetConnect = func(ctx context.Context, c *pgconn.Config, conn net.Conn) (net.Conn, error) {
		w := &wire{Conn: conn, socket: conn}
		if wrapped != nil {
			var err error
			if w.Conn, err = wrapped(ctx, c, conn); err != nil {
				return conn, err
			}
		}
		return w, nil
	}
}

// putAhead lets sql travel before the next statement.
func (w *wire) putAhead(sql string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ahead = append(w.ahead, sql)
}

// takeBack forgets sql if it is the last one that was put ahead and has not been sent.
func (w *wire) takeBack(sql string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(w.ahead)
	if n == 0 || w.ahead[n-1] != sql {
		return false
	}
	w.ahead = w.ahead[:n-1]
	return true
}

// takeAllBack forgets what was not sent.
func (w *wire) takeAllBack() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ahead = nil
}

func (w *wire) Write(b []byte) (int, error) {
	w.mu.Lock()
	if len(w.ahead) == 0 {
		w.mu.Unlock()
		return w.Conn.Write(b)
	}
	first, err := encode(w.ahead)
	if err != nil {
		w.mu.Unlock()
		return 0, err
	}
	w.owed += len(w.ahead)
	w.ahead = nil
	w.mu.Unlock()
	n, err := w.Conn.Write(append(first, b...))
	return max(0, n-len(first)), err
}

func encode(statements []string) (b []byte, err error) {
	for _, sql := range statements {
		for _, m := range []pgproto3.FrontendMessage{&pgproto3.Parse{Query: sql}, &pgproto3.Bind{}, &pgproto3.Execute{}} {
			if b, err = m.Encode(b); err != nil {
				return nil, fmt.Errorf("pool: encode %s: %w", sql, err)
			}
		}
	}
	return b, nil
}

func (w *wire) Read(b []byte) (int, error) {
	for {
		w.mu.Lock()
		if len(w.out) > 0 {
			defer w.mu.Unlock()
			return w.deliver(b), nil
		}
		w.mu.Unlock()
		n, err := w.Conn.Read(b)
		w.mu.Lock()
		// Only now: this read may have begun long before the last write.
		if w.owed == 0 && len(w.in) == 0 {
			w.mu.Unlock()
			return n, err
		}
		w.in = append(w.in, b[:n]...)
		if err := w.sift(); err != nil {
			w.mu.Unlock()
			return 0, err // pgx closes the connection
		}
		if len(w.out) > 0 {
			defer w.mu.Unlock()
			return w.deliver(b), nil
		}
		w.mu.Unlock()
		if err != nil {
			return 0, err
		}
	}
}

func (w *wire) deliver(b []byte) int {
	n := copy(b, w.out)
	w.out = w.out[n:]
	return n
}

// settled tells whether every answer that was owed has come and everything
// that came was read.
func (w *wire) settled() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.ahead) == 0 && w.owed == 0 && len(w.in) == 0 && len(w.out) == 0
}

const header = 5 // a message's kind and length

// answer is what the server says to a statement put ahead: parsed, bound, completed.
const answer = "12C"

// sift moves messages from in to out, without the answers that are ours.
func (w *wire) sift() error {
	for w.owed > 0 && len(w.in) >= header {
		size := 1 + int(binary.BigEndian.Uint32(w.in[1:header]))
		if len(w.in) < size {
			return nil
		}
		message := w.in[:size]
		w.in = w.in[size:]
		switch kind := message[0]; kind {
		case answer[w.step]:
			if w.step++; w.step == len(answer) {
				w.step = 0
				w.owed--
			}
			continue
		case 'E': // it failed; the server skips the rest, and nothing more is owed
			w.owed, w.step = 0, 0
		case 'N', 'S', 'A': // a notice, a setting, a notification: they come at any time
		default:
			return fmt.Errorf("pool: %q came instead of the answer to a statement put ahead", kind)
		}
		w.out = append(w.out, message...)
	}
	if w.owed == 0 {
		w.out = append(w.out, w.in...)
		w.in = w.in[:0]
	}
	return nil
}
