package app_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/billing/stripestand"
	"github.com/bureauhq/bureau/modules/identity"
)

// BenchmarkBillingRatios says what billing costs: the check of access beside the request that it stands before, notices
// that come at a pace, and the nightly comparison. `make bench` prints it.
func BenchmarkBillingRatios(b *testing.B) {
	w := apptest.NewBilled(b)
	b.Run("access check in a request", func(b *testing.B) { benchGate(b, w) })
	b.Run("comparison of all agencies", func(b *testing.B) { benchReconcile(b, w) })
	// The work that follows from the notices runs beside their answers, as in life.
	if err := w.App.StartWorker(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Run("50 notices a second", func(b *testing.B) { benchNotices(b, w) })
}

func benchGate(b *testing.B, w *apptest.Billed) {
	b.Helper()
	const calls, checks = 300, 200_000
	c := w.As(b, identity.Owner)
	call := func() { c.GET(b, "/api/v1/tasks?limit=50").Expect(b, http.StatusOK) }
	for range 30 {
		call()
	}
	took := make([]time.Duration, calls)
	for i := range took {
		start := time.Now()
		call()
		took[i] = time.Since(start)
	}
	slices.Sort(took)
	start := time.Now()
	for range checks {
		if acc, err := w.App.Gate.Access(b.Context(), w.Agency.ID); err != nil || !acc.MayChange() {
			b.Fatalf("%+v %v", acc, err)
		}
	}
	check := time.Since(start) / checks
	b.ReportMetric(100*float64(check)/float64(took[calls/2]), "%-of-request")
	b.ReportMetric(float64(check.Nanoseconds()), "ns-check")
	b.ReportMetric(float64(took[calls/2].Microseconds()), "us-request")
}

func benchNotices(b *testing.B, w *apptest.Billed) {
	b.Helper()
	const pace, seconds = 50, 10
	at := listen(b, w.App.Fiber)
	customer := "cus_" + id.New()
	if _, err := w.App.Control.Pool().Exec(b.Context(), `UPDATE platform.subscriptions SET customer_id = $2 WHERE agency_id = $1`, w.Agency.ID, customer); err != nil {
		b.Fatal(err)
	}
	var mu sync.Mutex
	var took []time.Duration
	var wg sync.WaitGroup
	tick := time.NewTicker(time.Second / pace)
	defer tick.Stop()
	for range pace * seconds {
		<-tick.C
		wg.Go(func() {
			body := bytes.ReplaceAll(notice("evt_"+id.New(), customer, "in_"+id.New()), []byte("subscription"), []byte("invoice"))
			req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, "http://"+at+"/webhooks/stripe", bytes.NewReader(body))
			if err != nil {
				b.Error(err)
				return
			}
			req.Host = apptest.Domain
			req.Header.Set("Stripe-Signature", stripestand.Signature(body, apptest.Secrets[0], time.Now()))
			start := time.Now()
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			_ = res.Body.Close()
			mu.Lock()
			defer mu.Unlock()
			took = append(took, time.Since(start))
			if res.StatusCode != http.StatusOK {
				b.Errorf("answered %d", res.StatusCode)
			}
		})
	}
	wg.Wait()
	slices.Sort(took)
	late, _ := slices.BinarySearch(took, 100*time.Millisecond)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-p50")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms-p99")
	b.ReportMetric(100*float64(late)/float64(len(took)), "%-within-100ms")
}

// paged is a provider that answers from memory, so that what is measured is our own time.
type paged struct {
	billing.Gateway
	all []billing.Subscription
}

func (p *paged) Subscriptions(_ context.Context, _, after string) ([]billing.Subscription, bool, error) {
	from := 0
	if after != "" {
		from = slices.IndexFunc(p.all, func(s billing.Subscription) bool { return s.ID == after }) + 1
	}
	to := min(from+100, len(p.all))
	return p.all[from:to], to < len(p.all), nil
}

func (p *paged) Subscription(_ context.Context, id string) (billing.Subscription, error) {
	for _, s := range p.all {
		if s.ID == id {
			return s, nil
		}
	}
	return billing.Subscription{}, billing.ErrGone
}

// benchReconcile compares agencies (60, or as many as BUREAU_BENCH_AGENCIES says), one in ten of which a notice did not
// reach, and says what that is for 2,000.
func benchReconcile(b *testing.B, w *apptest.Billed) {
	b.Helper()
	agencies := 60
	if s := os.Getenv("BUREAU_BENCH_AGENCIES"); s != "" {
		var err error
		if agencies, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	provider := &paged{}
	started := time.Now().Truncate(time.Second)
	for n := range agencies {
		a, err := w.App.Provisioner.Claim(b.Context(), "r"+strings.ReplaceAll(id.New(), "-", ""), "Bench")
		if err != nil {
			b.Fatal(err)
		}
		if err := w.App.Services.Billing.Begin(b.Context(), a.ID); err != nil {
			b.Fatal(err)
		}
		s := billing.Subscription{
			ID: fmt.Sprintf("sub_b%04d", n), CustomerID: "cus_" + a.ID, ItemID: "si_1", Items: 1, Status: billing.ActiveStatus, LookupKey: "starter_monthly_usd_v1", UnitAmount: money.Of(2900, "USD"), Quantity: 1,
			PeriodStart: started, PeriodEnd: started.AddDate(0, 1, 0), CreatedAt: started,
		}
		if _, err := w.App.Control.Pool().Exec(b.Context(), `UPDATE platform.subscriptions SET status = 'active', customer_id = $2, subscription_id = $3, item_id = 'si_1', held_plan = 'starter', held_quantity = 1,
			paid_plan = 'starter', paid_quantity = 1, period_start = $4, period_end = $5, customer_since = $4 WHERE agency_id = $1`, a.ID, s.CustomerID, s.ID, s.PeriodStart, s.PeriodEnd); err != nil {
			b.Fatal(err)
		}
		if n%10 == 0 {
			s.CancelAtPeriodEnd = true // a notice that was lost
		}
		provider.all = append(provider.all, s)
	}
	s := w.BillingWith(provider)
	start := time.Now()
	r, err := s.Reconcile(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	took := time.Since(start)
	if len(r.Drift) < agencies/10 || slices.ContainsFunc(r.Drift, func(d billing.Drift) bool { return !d.Healed }) {
		b.Fatalf("%d differences were made, and found or mended otherwise: %+v", agencies/10, r.Drift)
	}
	b.ReportMetric(took.Seconds()/float64(r.Accounts)*2000, "s-for-2000")
	b.ReportMetric(float64(r.Accounts), "accounts")
	b.ReportMetric(float64(len(r.Drift)), "healed")
}
