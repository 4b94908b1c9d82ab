package billing_test

import (
	"errors"
	"testing"

	"github.com/bureauhq/bureau/billing"
)

func TestARemovedAgencyIsChargedNoMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t, deliveries[0])
	check(t, w.End(t.Context(), w.key())) // nothing was bought yet
	w.buy(billing.Professional, 5)
	if _, live := w.invoiced(); live != 1 {
		t.Fatalf("%d subscriptions are live, want 1", live)
	}
	if err := w.service(billing.Away{}).End(t.Context(), w.key()); !errors.Is(err, billing.ErrGatewayAway) {
		t.Fatalf("without the provider: %v, want ErrGatewayAway", err)
	}
	for range 2 {
		check(t, w.End(t.Context(), w.key()))
		if _, live := w.invoiced(); live != 0 {
			t.Fatalf("%d subscriptions are live, want none", live)
		}
	}
}
