package pool_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/bureauhq/bureau/tenancy/pool"
)

// After a storm of hits, misses, failures, cancelled calls and refused statements, the server says of every idle
// connection what the pool believes of it.
func TestServerAgreesWithThePool(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 5)
	p, db := w.open(t, func(c *pool.Config) {
		c.Max, c.Budget = 3, 4
		c.Conn.RuntimeParams["application_name"] = "belief"
	})
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() {
			for range 60 {
				who := w.tenants[rand.IntN(len(w.tenants))]
				ctx, cancel := context.WithTimeout(as(t.Context(), who), time.Duration(1+rand.IntN(400))*time.Millisecond)
				conn, err := db.Conn(ctx)
				if err != nil {
					cancel()
					continue
				}
				var path string
				q := []string{`SELECT current_schema()`, `SELECT 1/0`, `SET ROLE NONE`, `SELECT current_schema()`}[rand.IntN(4)]
				if err := conn.QueryRowContext(ctx, q).Scan(&path); err == nil && path != who.Schema {
					t.Errorf("%s was served in %s", who.Schema, path)
				}
				_ = conn.Close()
				cancel()
			}
		})
	}
	all.Wait()
	// On a machine slow enough every last call of the storm was cut off and took its connection with it: one that is in
	// no hurry leaves one behind to be asked.
	var served string
	ctx := as(t.Context(), w.tenants[0])
	if err := db.QueryRowContext(ctx, `SELECT current_schema()`).Scan(&served); err != nil || served != w.tenants[0].Schema {
		t.Fatalf("after the storm %s was served in %q: %v", w.tenants[0].Schema, served, err)
	}
	beliefs, err := pool.Beliefs(t.Context(), p)
	if err != nil || len(beliefs) == 0 {
		t.Fatalf("%d idle connections: %v", len(beliefs), err)
	}
	for _, b := range beliefs {
		if b.User != b.Believed.Role || b.Path != b.Believed.Schema {
			t.Errorf("the pool believes %+v, the server says %s in %s", b.Believed, b.User, b.Path)
		}
	}
	for _, b := range beliefs {
		var user string
		err := w.owner.QueryRow(t.Context(), `SELECT usename FROM pg_stat_activity WHERE pid = $1 AND application_name = 'belief'`, b.PID).Scan(&user)
		if err != nil || user != w.login {
			t.Errorf("the server knows connection %d as %q (%v), want %s", b.PID, user, err, w.login)
		}
	}
	if s := p.Stats(); s.Open > 3 || len(beliefs) != s.Idle || s.Queue != 0 {
		t.Errorf("%d are idle, the pool says %+v", len(beliefs), s)
	}
}
