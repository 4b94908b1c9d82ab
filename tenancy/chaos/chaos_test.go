// Package chaos_test storms the agencies' pool with everything that goes wrong at once, and counts rows of the wrong agency.
// It is a package of its own so that it runs beside the others.
package chaos_test

import (
	"context"
	"os"
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/bureauhq/bureau/tenancy"
)

// long is the variable that says how long the storm lasts; without it, a minute at half strength.
const long = "BUREAU_CHAOS_FOR"

// throughPool is the product's own way to an agency's tables.
func throughPool(db *tenancy.DB) door {
	return func(ctx context.Context, a agency, change bool, fn func(context.Context, *gorm.DB) error) error {
		run := db.Read
		if change {
			run = db.Run
		}
		return run(tenancy.With(ctx, a.Agency), func(ctx context.Context, tx *tenancy.Tx) error { return fn(ctx, tx.Gorm()) })
	}
}

// Under statement errors, cancelled calls, panics, killed backends, migrations, careless SETs and agencies that are not there,
// no row of another agency is read or written, nothing acknowledged is lost and nothing undone stays. And the same storm, run
// over the three ways that most people do it, finds a breach in each: else it would prove nothing.
func TestChaos(t *testing.T) {
	t.Parallel()
	lasts, pace := time.Minute, gusts
	if v := os.Getenv(long); v != "" {
		var err error
		if lasts, err = time.ParseDuration(v); err != nil {
			t.Fatal(err)
		}
		pace = open
	}
	w := newWorld(t)
	for _, c := range controls {
		w.clean(t)
		s := &storm{world: w, name: c.name, control: true}
		s.blow(t, c.open(t, w), time.Minute, open)
		t.Logf("%s: %s", c.name, s.found())
		if !s.breached() {
			t.Errorf("%s stayed clean: the storm is too weak to prove anything", c.name)
		}
	}
	w.clean(t)
	s := &storm{world: w, name: "pool"}
	s.blow(t, throughPool(w.DB), lasts, pace)
	t.Logf("the pool: %s", s.found())
	t.Logf("its counters: %+v", w.DB.Pools())
	s.judge(t)
	w.quiet(t)
}

// quiet looks at the pool after the storm: nothing is held, nobody waits, and each agency finds its own.
func (w *world) quiet(t *testing.T) {
	t.Helper()
	enter := throughPool(w.DB)
	for _, a := range w.agencies {
		if a.gone {
			continue
		}
		var marks []mark
		err := enter(t.Context(), a, false, func(_ context.Context, g *gorm.DB) error { return g.Find(&marks, "run = ?", first).Error })
		if err != nil || len(marks) != 1 || marks[0].Agency != a.schema {
			t.Errorf("%s finds %v after the storm: %v", a.schema, marks, err)
		}
	}
	for _, s := range w.settled(t) {
		if s.Queue != 0 || s.Idle != s.Open || s.Open > conns+lent || s.Hits == 0 || s.Warm == 0 || s.Cold == 0 || s.Recycled == 0 || s.Tainted == 0 {
			t.Errorf("after the storm the pool says %+v", s)
		}
	}
}

// settled is what the pools say once nobody has a connection or waits for one any more: what calls that were cut off have
// left is still being cleaned or closed when the last answer is there.
func (w *world) settled(t *testing.T) []tenancy.PoolStats {
	t.Helper()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for late := time.After(30 * time.Second); ; {
		all := w.DB.Pools()
		if !slices.ContainsFunc(all, func(s tenancy.PoolStats) bool { return s.Queue != 0 || s.Idle != s.Open }) {
			return all
		}
		select {
		case <-look.C:
		case <-late:
			return all // the caller says what is wrong
		}
	}
}
