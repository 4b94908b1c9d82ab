package billing_test

import (
	"testing"

	"github.com/bureauhq/bureau/billing"
)

// It looks after all agencies of the platform, which the other tests have too, each with a payment provider of its own: alone.
func TestNobodyIsChargedWhileARemovalCanBeRegretted(t *testing.T) {
	for _, c := range []struct {
		name     string
		canceled bool // by the owner, before
	}{{"a running subscription", false}, {"one that the owner had canceled", true}} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, deliveries[0])
			w.advance(15 * days)
			w.buy(billing.Starter, 1)
			if c.canceled {
				_, err := w.SetCancel(t.Context(), w.key(), true)
				check(t, err)
			}
			slug := w.agency.Tenancy.Slug
			ends := func(want bool) {
				t.Helper()
				for range 2 {
					_, err := w.FollowRemovals(t.Context())
					check(t, err)
				}
				w.tell()
				if a, _ := w.account(); a.CancelAtPeriodEnd != want {
					t.Fatalf("it ends with its period: %v, want %v", a.CancelAtPeriodEnd, want)
				}
			}
			ends(c.canceled)
			check(t, w.agency.Provisioner.Delete(t.Context(), slug))
			ends(true)
			check(t, w.agency.Provisioner.Resume(t.Context(), slug))
			ends(c.canceled)
			check(t, w.agency.Provisioner.Delete(t.Context(), slug))
			ends(true)
			w.advance(32 * days)
			if cents, live := w.invoiced(); cents != 2900 || live != 0 {
				t.Fatalf("%d cents were charged, %d subscriptions are live", cents, live)
			}
		})
	}
}
