package tenancy_test

import (
	"context"
	"net"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/tenancy"
)

// wire counts round trips: something is said after something was heard.
type wire struct {
	net.Conn
	heard *atomic.Bool
	trips *atomic.Int64
}

func (w wire) Read(b []byte) (int, error) {
	n, err := w.Conn.Read(b)
	w.heard.Store(true)
	return n, err
}

func (w wire) Write(b []byte) (int, error) {
	if w.heard.Swap(false) {
		w.trips.Add(1)
	}
	return w.Conn.Write(b)
}

// That nothing may be changed is said in the packet of what is asked.
func TestReadOneCostsNoRoundTripMore(t *testing.T) {
	t.Parallel()
	cfg := testkit.Own(t, nil).Control.Pool().Config()
	var heard atomic.Bool
	var trips atomic.Int64
	cfg.MaxConns = 1
	cfg.ConnConfig.AfterNetConnect = func(_ context.Context, _ *pgconn.Config, c net.Conn) (net.Conn, error) {
		return wire{c, &heard, &trips}, nil
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	for name, q := range map[string]tenancy.Querier{"as it is": pool, "reading only": tenancy.OnlyReads(pool)} {
		for call, ask := range map[string]func() error{
			"QueryRow": func() error { return q.QueryRow(t.Context(), `SELECT $1::int`, 1).Scan(new(int)) },
			"Exec":     func() error { _, err := q.Exec(t.Context(), `SELECT $1::int`, 1); return err },
			"SendBatch": func() error {
				b := &pgx.Batch{}
				b.Queue(`SELECT 1`)
				b.Queue(`SELECT 2`)
				return q.SendBatch(t.Context(), b).Close()
			},
		} {
			for range 2 { // statements are made known at their first use
				if err := ask(); err != nil {
					t.Fatal(err)
				}
			}
			before := trips.Load()
			if err := ask(); err != nil {
				t.Fatal(err)
			}
			if n := trips.Load() - before; n != 1 {
				t.Errorf("%s %s: %d round trips, want 1", call, name, n)
			}
		}
	}
}
