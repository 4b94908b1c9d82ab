package billing_test

import (
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/mail"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/billing/billingdb"
	"github.com/bureauhq/bureau/billing/billingstripe"
	"github.com/bureauhq/bureau/billing/stripestand"
	"github.com/bureauhq/bureau/tenancy"
)

const whsec = "whsec_of_the_tests"

// world is one agency on a real database, billed through the production
// gateway by a stand-in whose clock the test moves.
type world struct {
	*testing.T
	*billing.Service
	agency   *testkit.Agency
	stand    *stripestand.Stand
	store    billing.Store
	gateway  billing.Gateway
	replicas []*billing.Service
	how      delivery
	r        *rand.Rand
	members  int
	invited  atomic.Int32 // open invitations
	mails    mailbox
	apiURL   string // of the stand-in
}

// delivery is how the provider's notices arrive.
type delivery struct {
	name     string
	knobs    stripestand.Knobs
	catchUp  bool
	replicas int
	today    bool // the provider's clock begins with the real one
}

var deliveries = []delivery{
	{name: "in order", replicas: 1},
	{name: "in any order", knobs: stripestand.Knobs{Shuffle: true}, replicas: 1},
	{name: "each twice", knobs: stripestand.Knobs{Double: true, Shuffle: true}, replicas: 1},
	{name: "half lost, then caught up", knobs: stripestand.Knobs{Drop: 0.5}, catchUp: true, replicas: 1},
	{name: "to two replicas", knobs: stripestand.Knobs{Double: true, Shuffle: true}, replicas: 2},
}

// mailbox keeps the letters that were sent.
type mailbox struct {
	mu  sync.Mutex
	all []mail.Message
}

func (m *mailbox) Send(_ context.Context, l mail.Message) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all = append(m.all, l)
	return nil
}

func (m *mailbox) subjects() (out []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.all {
		out = append(out, l.Subject)
	}
	return out
}

type people struct{}

func (people) BillingOwner(context.Context) (billing.Owner, error) {
	return billing.Owner{Name: "Olive Owner", Email: "olive@example.test"}, nil
}

func newWorld(t *testing.T, how delivery) *world {
	t.Helper()
	return newWorldOf(t, testkit.NewAgency(t), how)
}

func newWorldOf(t *testing.T, agency *testkit.Agency, how delivery) *world {
	t.Helper()
	w := &world{T: t, agency: agency, how: how, r: rand.New(rand.NewPCG(7, 11))}
	api := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.stand.ServeHTTP(rw, r) }))
	t.Cleanup(api.Close)
	w.apiURL = api.URL
	turn := 0
	hooks := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err == nil {
			turn++
			err = w.replicas[turn%len(w.replicas)].Notice(r.Context(), raw, r.Header.Get("Stripe-Signature"))
		}
		if err != nil {
			t.Logf("notice: %v", err)
			rw.WriteHeader(http.StatusInternalServerError)
		}
	}))
	t.Cleanup(hooks.Close)
	start := w.agency.Clock.Now()
	if how.today {
		start = time.Now()
	}
	var err error
	w.stand, err = stripestand.New(stripestand.Config{
		Real: time.Now,
		Key:  "sk_test", BaseURL: api.URL, WebhookURL: hooks.URL, WebhookSecret: whsec, Start: start, Frozen: true, Hold: true,
	})
	check(t, err)
	t.Cleanup(func() { check(t, w.stand.Close()) })
	w.stand.SetKnobs(how.knobs)
	w.store = billingdb.New(w.agency.Control, w.agency.Queue)
	w.gateway = billingstripe.New(billingstripe.Config{Key: "sk_test", URL: api.URL, WebhookSecrets: []string{whsec}, Now: w.stand.Now})
	for range how.replicas {
		w.replicas = append(w.replicas, w.service(w.gateway))
	}
	w.Service = w.replicas[0]
	w.RegisterJobs(w.agency.Registry)
	_, err = w.Bootstrap(t.Context())
	check(t, err)
	check(t, w.Begin(t.Context(), w.key()))
	w.join() // the owner
	return w
}

// service is the process that a gateway belongs to.
func (w *world) service(g billing.Gateway) *billing.Service {
	return w.process(g, time.Now, slog.New(slog.DiscardHandler))
}

// timed is a service for which it is as late as for the provider.
func (w *world) timed(g billing.Gateway) *billing.Service {
	return w.watched(g, slog.New(slog.DiscardHandler))
}

// watched is timed, with a log that is read.
func (w *world) watched(g billing.Gateway, log *slog.Logger) *billing.Service {
	return w.process(g, w.stand.Now, log)
}

func (w *world) process(g billing.Gateway, now func() time.Time, log *slog.Logger) *billing.Service {
	return billing.New(billing.Deps{
		DB: w.agency.DB, Store: w.store, Seats: billingdb.Seats{}, Gateway: g, Agencies: w.agency.Platform.Registry, Owners: people{}, Invitations: w, Mail: &w.mails,
		PageURL: func(slug string) string { return "http://" + slug + ".test" }, Clock: w.stand.Now, Now: now, Threshold: money.Of(20_000, "USD"), Log: log,
	})
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) key() string { return w.agency.Tenancy.ID }

// Invited answers billing.Invitations.
func (w *world) Invited(context.Context, *tenancy.Tx) (int, error) { return int(w.invited.Load()), nil }

// seat changes the seats by one, as a change of a membership does.
func (w *world) seat(delta int) error {
	return w.changeSeats(billing.SeatChange{MemberID: id.New(), Delta: delta, Reason: "joined"})
}

func (w *world) changeSeats(c billing.SeatChange) error {
	return w.agency.DB.Run(w.agency.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		return w.Seat(ctx, tx, c, func(ctx context.Context) (int, error) { return w.Invited(ctx, tx) })
	})
}

// invite keeps a seat for somebody.
func (w *world) invite() {
	w.Helper()
	w.invited.Add(1)
	check(w, w.changeSeats(billing.SeatChange{InvitationID: id.New(), Reserved: 1, Reason: "invited"}))
}

func (w *world) join() {
	w.Helper()
	check(w, w.seat(1))
	w.members++
	check(w, w.SyncSeats(w.Context(), w.key()))
}

func (w *world) leave() {
	w.Helper()
	check(w, w.seat(-1))
	w.members--
	check(w, w.SyncSeats(w.Context(), w.key()))
}

// tell lets the provider's notices arrive, and the work that follows be done.
func (w *world) tell() {
	w.Helper()
	for range 3 { // work makes further events
		w.stand.Deliver(w.r)
		if w.how.catchUp {
			_, err := w.CatchUp(w.Context())
			check(w, err)
		}
		w.agency.Work(w)
	}
}

func (w *world) advance(d time.Duration) {
	w.Helper()
	// A step a day, with notices in between: no installation is deaf for a month.
	for ; d > 24*time.Hour; d -= 24 * time.Hour {
		w.stand.Advance(24 * time.Hour)
		if w.stand.Pending() > 0 {
			w.tell()
		}
	}
	w.stand.Advance(d)
	w.tell()
}

func (w *world) account() (billing.Account, billing.Access) {
	w.Helper()
	a, acc, err := w.Account(w.Context(), w.key())
	check(w, err)
	return a, acc
}

func (w *world) buy(plan billing.PlanID, n int) {
	w.Helper()
	page, err := w.Subscribe(w.Context(), w.key(), billing.Seats{Plan: plan, Quantity: n}, billing.Links{Success: "http://a.test/ok", Cancel: "http://a.test/no"})
	check(w, err)
	if !w.stand.Pay(page.ID, stripestand.CardGood) {
		w.Fatal("the card was declined")
	}
	w.tell()
}

func (w *world) card(card string, payOpen bool) {
	w.Helper()
	a, _ := w.account()
	w.stand.SetCard(a.CustomerID, card, payOpen)
	w.tell()
}

// invoiced is what all invoices that count come to, and how many subscriptions are live.
func (w *world) invoiced() (total int64, live int) {
	w.Helper()
	a, _ := w.account()
	if a.CustomerID == "" {
		return 0, 0
	}
	for after := ""; ; {
		page, more, err := w.gateway.Invoices(w.Context(), a.CustomerID, after)
		check(w, err)
		for _, inv := range page {
			after = inv.ID
			if inv.Status != "void" {
				total += inv.Total.Minor
			}
		}
		if !more {
			break
		}
	}
	subs, _, err := w.gateway.Subscriptions(w.Context(), a.CustomerID, "")
	check(w, err)
	for _, s := range subs {
		if s.Status.Live() {
			live++
		}
	}
	return total, live
}

func (w *world) level(want billing.Level) {
	w.Helper()
	if a, acc := w.account(); acc.Level != want {
		w.Fatalf("the level is %s, not %s: %+v", acc.Level, want, a)
	}
}
