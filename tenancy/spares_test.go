package tenancy_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/tenancy"
)

// until asks again and again, for at most a minute.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); !ok(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not happen", what)
		}
	}
}

func spares(t *testing.T, p *testkit.Platform) int {
	t.Helper()
	n, err := p.Provisioner.Spares(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// hold keeps transactions of an agency under way until the returned function is called. They are of Run: what only reads
// has no transaction between its statements.
func hold(t *testing.T, p *testkit.Platform, a tenancy.Agency, n int) (let func()) {
	t.Helper()
	done, in := make(chan struct{}), make(chan struct{})
	ended := make(chan error, n)
	for range n {
		go func() {
			ended <- p.DB.Run(tenancy.With(t.Context(), a), func(ctx context.Context, tx *tenancy.Tx) error {
				_, err := tx.PGX().Exec(ctx, `SELECT 1`)
				in <- struct{}{}
				<-done
				return err
			})
		}()
		<-in
	}
	return func() {
		close(done)
		for range n {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	}
}

// The rest of the cluster may be busy too, so nothing here waits for quiet; that a spare is not made while there is work,
// and is made at once when none is left, is what counts.
func TestSparesWaitForWorkButNotWhenNoneIsLeft(t *testing.T) {
	t.Parallel()
	p := testkit.Own(t, func(c *tenancy.Config) { c.Spares = 5 })
	a := claimed(t, p)
	if n := spares(t, p); n != 3 {
		t.Fatalf("%d spares at first, want 3", n)
	}
	let := hold(t, p, a, 4)
	var versions []int
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.Provisioner.KeepSpares(ctx, 5*time.Millisecond)
	}()
	// Two looks long nothing happens, although two are lacking.
	for began := time.Now(); time.Since(began) < 2*time.Second; {
		versions = append(versions, spares(t, p))
	}
	if slices.Max(versions) != 3 {
		t.Fatalf("a spare was made beside work: %d", slices.Max(versions))
	}
	// With the last one claimed the next is made beside the work.
	for range 3 {
		claimed(t, p)
	}
	until(t, "a spare for the next sign-up", func() bool { return spares(t, p) > 0 })
	stop()
	<-ended
	let()
}
