package billing_test

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bureauhq/bureau/billing"
)

// future is a gateway whose provider has invented a state.
type future struct {
	billing.Gateway
	state billing.Status
}

func (g *future) invent(x billing.Subscription) billing.Subscription {
	if g.state != "" {
		x.Status = g.state
	}
	return x
}

func (g *future) Subscription(ctx context.Context, id string) (billing.Subscription, error) {
	x, err := g.Gateway.Subscription(ctx, id)
	return g.invent(x), err
}

func (g *future) Subscriptions(ctx context.Context, customer, after string) ([]billing.Subscription, bool, error) {
	all, more, err := g.Gateway.Subscriptions(ctx, customer, after)
	for i := range all {
		all[i] = g.invent(all[i])
	}
	return all, more, err
}

// said is a log that a test reads.
type said struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.Write(p)
}

func (s *said) errors() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for line := range strings.Lines(s.all.String()) {
		if strings.Contains(line, "level=ERROR") && strings.Contains(line, "a state that an operator should look at") {
			n++
		}
	}
	return n
}

// A state that Stripe invents tomorrow takes nothing from anybody, and an operator hears of it: once when it
// begins, and in each night's report until it is over.
func TestAnUnknownStateIsGraceAndAnAlert(t *testing.T) {
	t.Parallel()
	w := deaf(t)
	g, log := &future{Gateway: w.gateway}, &said{}
	w.Service = w.watched(g, slog.New(slog.NewTextHandler(log, nil)))
	check(t, w.Refresh(t.Context(), w.key()))
	if n := log.errors(); n != 0 {
		t.Fatalf("%d alerts while all is well", n)
	}
	g.state = "hibernating"
	for range 3 {
		check(t, w.Refresh(t.Context(), w.key()))
		w.level(billing.Grace)
	}
	if n := log.errors(); n != 1 {
		t.Fatalf("%d alerts about the one state", n)
	}
	for range 2 {
		r, err := w.Reconcile(t.Context())
		check(t, err)
		if healed, stayed := found(r); len(healed) != 0 || !slices.Equal(stayed, []string{"state"}) || r.Drift[0].Theirs != "hibernating" {
			t.Fatalf("the night's report: %+v", r.Drift)
		}
	}
	g.state = ""
	check(t, w.Refresh(t.Context(), w.key()))
	r, err := w.Reconcile(t.Context())
	check(t, err)
	if len(r.Drift) != 0 {
		t.Fatalf("afterwards: %+v", r.Drift)
	}
	w.level(billing.Full)
}

// An invitation that ran out keeps no seat, also where nobody has counted since.
func TestInvitationsThatRanOutKeepNoSeat(t *testing.T) {
	t.Parallel()
	w := newWorld(t, deliveries[0])
	w.advance(15 * days)
	w.buy(billing.Professional, 9)
	for range 8 {
		w.join()
	}
	for range 2 {
		w.invite()
	}
	if last, err := w.Seats(w.agency.Ctx); err != nil || last.ActiveAfter != 9 || last.ReservedAfter != 2 {
		t.Fatalf("%+v %v", last, err)
	}
	w.invited.Store(0) // both ran out
	if last, err := w.Seats(w.agency.Ctx); err != nil || last.ActiveAfter != 9 || last.ReservedAfter != 0 {
		t.Fatalf("after they ran out: %+v %v", last, err)
	}
	_, err := w.Change(t.Context(), w.key(), starter(9))
	check(t, err)
}
