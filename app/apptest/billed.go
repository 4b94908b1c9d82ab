package apptest

import (
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/ratelimit"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/billing/billingdb"
	"github.com/bureauhq/bureau/billing/billingstripe"
	"github.com/bureauhq/bureau/billing/stripestand"
	"github.com/bureauhq/bureau/modules/payments/paymentsstripe"
	"github.com/bureauhq/bureau/tenancy"
)

// Secrets sign the notices of a billed application: the new one, and the one that it replaces.
var Secrets = []string{"whsec_new_of_the_tests", "whsec_old_of_the_tests"}

// ConnectSecrets sign the notices about accounts that agencies have themselves.
var ConnectSecrets = []string{"whsec_connect_new_of_the_tests", "whsec_connect_old_of_the_tests"}

// Billed is an agency of an application of its own, billed by a stand-in for Stripe whose clock the test moves.
// Its background work does not run until StartWorker.
type Billed struct {
	*Env
	Stand *stripestand.Stand
}

// NewBilled starts the application and opens an agency, whose trial begins.
func NewBilled(t testing.TB) *Billed {
	t.Helper()
	b := &Billed{}
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { b.Stand.ServeHTTP(w, r) }))
	t.Cleanup(api.Close)
	hooks := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { b.forward(t, w, r) }))
	t.Cleanup(hooks.Close)
	var err error
	b.Stand, err = stripestand.New(stripestand.Config{
		Real: time.Now, Key: "sk_test", BaseURL: api.URL, WebhookURL: hooks.URL + "/webhooks/stripe", Host: Domain, WebhookSecret: Secrets[0],
		ConnectURL: hooks.URL + "/webhooks/stripe-connect", ConnectSecret: ConnectSecrets[0], Start: time.Now(), Frozen: true, Hold: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Stand.Close() })

	cfg := testkit.NewPlatform(t).Config
	files, err := file.NewFolder(file.FolderConfig{Dir: t.TempDir(), BaseURL: "http://" + Domain + "/files", Secret: []byte("a secret of this test process only")})
	if err != nil {
		t.Fatal(err)
	}
	mails, logs := &Mails{}, &Logs{}
	a, err := app.New(t.Context(), app.Config{
		Origin: &url.URL{Scheme: "http", Host: Domain}, Dev: true, Tenancy: cfg, Queue: "billed-" + id.New(), Mail: mails, Files: files, MailFrom: "bureau@example.test",
		Gateway:      billingstripe.New(billingstripe.Config{Key: "sk_test", URL: api.URL, WebhookSecrets: Secrets, Now: b.Stand.Now}),
		Payments:     paymentsstripe.New(paymentsstripe.Config{Key: "sk_test", URL: api.URL, WebhookSecrets: ConnectSecrets, Now: b.Stand.Now, Name: "stripe-" + id.New()}), // each test has a Stripe of its own
		BillingClock: b.Stand.Now, Log: slog.New(logs), Now: time.Now, DenialLog: ratelimit.Rule{Count: 1_000_000, In: time.Minute},
	})
	if err != nil {
		t.Fatalf("start the application: %v", err)
	}
	t.Cleanup(func() {
		if err := a.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		a.Close()
	})
	b.Env = newEnv(t, a)
	b.Mails, b.Logs = mails, logs
	if _, err := a.Services.Billing.Bootstrap(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.Services.Billing.Begin(t.Context(), b.Agency.ID); err != nil {
		t.Fatal(err)
	}
	return b
}

// forward hands a notice to the application as a proxy would.
func (b *Billed) forward(t testing.TB, w http.ResponseWriter, r *http.Request) {
	t.Helper()
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	w.WriteHeader(b.notice(t, r.Host, r.URL.Path, raw, r.Header.Get("Stripe-Signature")).Status)
}

// Notice posts to the address of Stripe's notices.
func (b *Billed) Notice(t testing.TB, host string, raw []byte, signature string) *Reply {
	t.Helper()
	return b.notice(t, host, "/webhooks/stripe", raw, signature)
}

// ConnectNotice posts to the address of Stripe's notices about accounts that agencies have themselves.
func (b *Billed) ConnectNotice(t testing.TB, host string, raw []byte, signature string) *Reply {
	t.Helper()
	return b.notice(t, host, "/webhooks/stripe-connect", raw, signature)
}

func (b *Billed) notice(t testing.TB, host, path string, raw []byte, signature string) *Reply {
	t.Helper()
	c := (&Client{env: b.Env, Host: host}).With("Stripe-Signature", signature)
	return c.Do(t, http.MethodPost, path, raw)
}

// Tell lets the provider's notices arrive, and what they say be taken down.
func (b *Billed) Tell(t testing.TB) {
	t.Helper()
	b.Stand.Deliver(rand.New(rand.NewPCG(1, 2)))
	if err := b.App.Services.Billing.Refresh(t.Context(), b.Agency.ID); err != nil {
		t.Fatal(err)
	}
	b.App.Gate.Forget(b.Agency.ID)
}

// Pass moves the provider's clock.
func (b *Billed) Pass(t testing.TB, d time.Duration) {
	t.Helper()
	b.Stand.Advance(d)
	b.Tell(t)
}

// Buy subscribes the agency.
func (b *Billed) Buy(t testing.TB, plan billing.PlanID, seats int) {
	t.Helper()
	page, err := b.App.Services.Billing.Subscribe(t.Context(), b.Agency.ID, billing.Seats{Plan: plan, Quantity: seats}, billing.Links{Success: "http://" + Domain, Cancel: "http://" + Domain})
	if err != nil {
		t.Fatal(err)
	}
	if !b.Stand.Pay(page.ID, stripestand.CardGood) {
		t.Fatal("the card was declined")
	}
	b.Tell(t)
}

// Card gives the agency another card.
func (b *Billed) Card(t testing.TB, card string) {
	t.Helper()
	a, _, err := b.App.Services.Billing.Account(t.Context(), b.Agency.ID)
	if err != nil {
		t.Fatal(err)
	}
	b.Stand.SetCard(a.CustomerID, card, false)
}

// Level fails the test unless the agency's access is this.
func (b *Billed) Level(t testing.TB, want billing.Level) {
	t.Helper()
	acc, err := b.App.Gate.Access(t.Context(), b.Agency.ID)
	if err != nil || acc.Level != want {
		t.Fatalf("the level is %s (%s), not %s: %v", acc.Level, strings.Join(reasons(acc), ", "), want, err)
	}
}

func reasons(a billing.Access) (out []string) {
	for _, r := range a.Reasons {
		out = append(out, string(r))
	}
	return out
}

// BillingWith is the application's billing before another provider.
func (b *Billed) BillingWith(g billing.Gateway) *billing.Service {
	return billing.New(billing.Deps{
		DB: b.App.DB, Store: billingdb.New(b.App.Control, b.App.Queue), Seats: billingdb.Seats{}, Gateway: g, Agencies: b.App.Registry, Owners: nobody{}, Invitations: nobody{}, Mail: b.Mails,
		PageURL: func(slug string) string { return "http://" + slug + "." + Domain }, Clock: b.Stand.Now, Now: time.Now, Log: slog.New(b.Logs),
	})
}

type nobody struct{}

func (nobody) Invited(context.Context, *tenancy.Tx) (int, error) { return 0, nil }

func (nobody) BillingOwner(context.Context) (billing.Owner, error) { return billing.Owner{}, nil }
