package billing_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/billing/billingstripe"
)

// slow is the stand-in behind a wire on which the first answer does not come before the caller gives up.
func (w *world) slow() billing.Gateway {
	w.Helper()
	waited := false
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || waited {
			w.stand.ServeHTTP(rw, r)
			return
		}
		waited = true
		w.stand.ServeHTTP(httptest.NewRecorder(), r) // it is done all the same
		<-r.Context().Done()
	}))
	w.Cleanup(srv.Close)
	return billingstripe.New(billingstripe.Config{Key: "sk_test", URL: srv.URL, WebhookSecrets: []string{whsec}, Now: w.stand.Now})
}

// Whatever keeps an answer away: people are told so, nothing is changed, and the same key does it once.
func TestAnAnswerThatDoesNotComeChargesOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		status int // 0 is a slow answer
	}{{"down", http.StatusServiceUnavailable}, {"failing", http.StatusInternalServerError}, {"busy", http.StatusTooManyRequests}, {"slow", 0}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, deliveries[0])
			w.advance(15 * days)
			w.buy(billing.Starter, 1)
			before, _ := w.account()
			s, ctx := w.Service, t.Context()
			if c.status == 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, 2*time.Second)
				defer cancel()
				s = w.service(w.slow())
			} else {
				w.stand.Fail(c.status, -1)
			}
			said, kept := billing.ErrGatewayAway, 0 // nothing was changed, and nothing will be
			if c.status == 0 {
				said, kept = billing.ErrKept, 1 // it is not known, and will be done
			}
			if _, err := s.Change(ctx, w.key(), pro(1)); !errors.Is(err, said) {
				t.Fatalf("without an answer: %v", err)
			}
			if c.status != 0 {
				if _, err := s.SetCancel(ctx, w.key(), true); !errors.Is(err, said) {
					t.Fatalf("canceled without an answer: %v", err)
				}
			}
			if all, err := w.store.History(t.Context(), w.key(), 10); err != nil || len(all) != kept {
				t.Fatalf("%d commands are kept, want %d: %+v %v", len(all), kept, all, err)
			}
			if a, acc := w.account(); a.Held != before.Held || acc.Level != billing.Full {
				t.Fatalf("without an answer: %+v %+v", a, acc)
			}
			w.stand.Fail(0, 0)
			w.advance(2 * time.Minute)                       // after which a provider that was away is asked again
			check(t, w.RunCommands(t.Context(), w.key()))    // what each process does with commands that lie there
			_, err := w.Change(t.Context(), w.key(), pro(1)) // the owner presses again
			check(t, err)
			w.tell()
			a, _ := w.account()
			cents, live := w.invoiced()
			if a.Held != pro(1) || live != 1 || cents < 4898 || cents > 4900 { // 29.00, and the difference to 49.00 for the rest of the month
				t.Fatalf("%+v, %d cents, %d subscriptions", a.Held, cents, live)
			}
			all, _, err := w.gateway.Invoices(t.Context(), a.CustomerID, "")
			check(t, err)
			if len(all) != 2 { // the purchase and the upgrade
				t.Fatalf("%d invoices: %+v", len(all), all)
			}
		})
	}
}
