package billingstripe_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/billing/billingstripe"
)

// moody is a Stripe that answers with whatever status it is told.
type moody struct {
	status atomic.Int32
	asked  atomic.Int32
}

func (m *moody) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	m.asked.Add(1)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Stripe-Should-Retry", "false")
	if status := int(m.status.Load()); status != http.StatusOK {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`{"error":{"type":"api_error","message":"no"}}`))
		return
	}
	_, _ = w.Write([]byte(`{"id":"in_1","object":"invoice","status":"paid","currency":"usd"}`))
}

func TestNobodyAsksAProviderThatIsAway(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusInternalServerError, http.StatusServiceUnavailable, http.StatusTooManyRequests} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			m := &moody{}
			srv := httptest.NewServer(m)
			t.Cleanup(srv.Close)
			now := march
			g := billingstripe.New(billingstripe.Config{Key: "sk_test", URL: srv.URL, Now: func() time.Time { return now }})
			ask := func(want error, asked int32) {
				t.Helper()
				before := m.asked.Load()
				_, err := g.Invoice(t.Context(), "in_1")
				if !errors.Is(err, want) || m.asked.Load()-before != asked {
					t.Fatalf("%v after %d calls, want %v after %d", err, m.asked.Load()-before, want, asked)
				}
			}
			m.status.Store(int32(status))
			for range 4 { // with good answers in between nothing breaks
				ask(billing.ErrGatewayAway, 1)
			}
			m.status.Store(http.StatusOK)
			ask(nil, 1)
			m.status.Store(int32(status))
			for range 5 {
				ask(billing.ErrGatewayAway, 1)
			}
			m.status.Store(http.StatusOK)
			ask(billing.ErrGatewayAway, 0)
			now = now.Add(29 * time.Second)
			ask(billing.ErrGatewayAway, 0)
			now = now.Add(time.Second)
			ask(nil, 1)
		})
	}
}

// A refusal is an answer: it does not make anybody think that the provider is away.
func TestRefusalsBreakNothing(t *testing.T) {
	t.Parallel()
	m := &moody{}
	srv := httptest.NewServer(m)
	t.Cleanup(srv.Close)
	g := billingstripe.New(billingstripe.Config{Key: "sk_test", URL: srv.URL, Now: func() time.Time { return march }})
	m.status.Store(http.StatusPaymentRequired)
	for range 8 {
		if _, err := g.Invoice(t.Context(), "in_1"); !errors.Is(err, billing.ErrDeclined) {
			t.Fatal(err)
		}
	}
	if m.asked.Load() != 8 {
		t.Fatalf("%d calls were made", m.asked.Load())
	}
}
