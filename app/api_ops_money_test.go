package app_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/billing/billingstripe"
	"github.com/bureauhq/bureau/billing/stripestand"
)

// books is an agency as operators see its bill, at a stand-in for Stripe whose clock the test moves.
type books struct {
	*town
	t           *testing.T
	stand       *stripestand.Stand
	owner       *browser
	slug        string
	opal, oscar *browser
	agency      string
}

func newBooks(t *testing.T) *books {
	t.Helper()
	b := &books{t: t}
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { b.stand.ServeHTTP(w, r) }))
	t.Cleanup(api.Close)
	var err error
	b.stand, err = stripestand.New(stripestand.Config{Real: time.Now, Key: "sk_test", BaseURL: api.URL, WebhookSecret: "whsec", Start: time.Now(), Frozen: true, Hold: true})
	must(t, err)
	t.Cleanup(func() { must(t, b.stand.Close()) })
	b.town = newTown(t, func(cfg *app.Config) {
		cfg.Gateway = billingstripe.New(billingstripe.Config{Key: "sk_test", URL: api.URL, WebhookSecrets: []string{"whsec"}, Now: b.stand.Now})
		cfg.BillingClock = b.stand.Now
	})
	_, err = b.app.Services.Billing.Bootstrap(t.Context())
	must(t, err)
	b.owner, b.slug, _ = b.signUp(t)
	b.opal, _, _ = b.operator(t)
	b.oscar, _, _ = b.operator(t)
	b.agency = read[struct{ Items []agencyJSON }](t, b.opal.call(http.MethodGet, "ops", "/api/v1/ops/agencies?search="+b.slug, nil), http.StatusOK).Items[0].ID
	return b
}

// buy rides the trial to its end and pays a purchase page, as the owner does.
func (b *books) buy(plan string, seats int) {
	b.t.Helper()
	b.stand.Advance(15 * days)
	page := read[struct{ URL string }](b.t, b.owner.call(http.MethodPost, b.slug, "/api/v1/billing/checkout", map[string]any{"plan": plan, "seats": seats}), http.StatusOK)
	if !b.stand.Pay(page.URL[strings.LastIndex(page.URL, "/")+1:], stripestand.CardGood) {
		b.t.Fatal("the card was declined")
	}
	read[struct{ Plan string }](b.t, b.owner.call(http.MethodPost, b.slug, "/api/v1/billing/refresh", nil), http.StatusOK)
	b.app.Gate.Forget(b.agency) // which a note of the database does within a second where the application listens
}

func (b *books) call(who *browser, method, path string, body any) answer {
	b.t.Helper()
	return who.call(method, "ops", "/api/v1/ops/agencies/"+b.agency+path, body)
}

// refused fails the test unless the answer is a problem with this code that names the field.
func (a answer) refused(t *testing.T, what string, status int, code, field string) {
	t.Helper()
	var p struct {
		Code   string
		Detail string
		Errors []struct{ Location, Message string }
	}
	if err := json.Unmarshal(a.body, &p); err != nil || a.status != status || p.Code != code || p.Detail == "" {
		t.Errorf("%s: want %d %s: %s", what, status, code, a)
		return
	}
	if field != "" && (len(p.Errors) == 0 || p.Errors[0].Location != field || p.Errors[0].Message == "") {
		t.Errorf("%s: want a word on %s: %s", what, field, a)
	}
}

type opsBill struct {
	Paybacks []struct{ ID, State, Amount, Error string }
	Orders   []struct{ ID, State string }
	Invoices []struct{ ID, Paid string }
	Terms    struct {
		Collection string
		Ceiling    int `json:"seat_ceiling"`
		Seats      int
	}
}

func (b *books) bill() opsBill {
	b.t.Helper()
	return read[opsBill](b.t, b.call(b.opal, http.MethodGet, "/billing", nil), http.StatusOK)
}

// with is what is right, but for some fields.
func with(right map[string]any, changed map[string]any) map[string]any {
	out := maps.Clone(right)
	maps.Copy(out, changed)
	return out
}

func TestOperatorsGiveMoneyBack(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	b.buy("professional", 20) // $980.00
	invoice := b.bill().Invoices[0].ID
	refund := map[string]any{"kind": "refund", "invoice_id": invoice, "amount": "500.00", "reason": "an outage"}
	credit := map[string]any{"kind": "credit", "amount": "500.01", "reason": "an outage"}
	for _, c := range []struct {
		what        string
		body        map[string]any
		code, field string
	}{
		{"a gift", with(refund, map[string]any{"kind": "gift"}), "request.invalid", "body.kind"},
		{"nothing", with(refund, map[string]any{"amount": "0.00"}), "billing.payback_amount", "body.amount"},
		{"less than nothing", with(credit, map[string]any{"amount": "-1.00"}), "billing.payback_amount", "body.amount"},
		{"a fraction of a cent", with(credit, map[string]any{"amount": "1.001"}), "billing.payback_amount", "body.amount"},
		{"no number", with(credit, map[string]any{"amount": "much"}), "billing.payback_amount", "body.amount"},
		{"a cent more than operators may give", with(credit, map[string]any{"amount": "25000.01"}), "billing.payback_amount", "body.amount"},
		{"more than was paid", with(refund, map[string]any{"amount": "980.01"}), "billing.payback_amount", "body.amount"},
		{"another currency", with(credit, map[string]any{"currency": "EUR"}), "request.invalid", "body.currency"},
		{"no reason", with(credit, map[string]any{"reason": ""}), "billing.payback_reason", "body.reason"},
		{"a novel", with(credit, map[string]any{"reason": strings.Repeat("x", 501)}), "request.invalid", "body.reason"},
		{"a refund of no invoice", map[string]any{"kind": "refund", "amount": "1.00", "reason": "r"}, "billing.payback_invoice", "body.invoice_id"},
		{"a refund of an invoice that is not there", with(refund, map[string]any{"invoice_id": "in_nobody"}), "billing.payback_invoice", "body.invoice_id"},
		{"a credit of an invoice", with(credit, map[string]any{"invoice_id": invoice}), "billing.payback_invoice", "body.invoice_id"},
	} {
		b.call(b.opal, http.MethodPost, "/paybacks", c.body).refused(t, c.what, http.StatusUnprocessableEntity, c.code, c.field)
	}
	if all := b.bill().Paybacks; len(all) != 0 {
		t.Fatalf("what was refused is kept: %+v", all)
	}

	small := read[struct{ ID, State string }](t, b.call(b.opal, http.MethodPost, "/paybacks", refund), http.StatusCreated)
	if small.State != "approved" {
		t.Fatalf("$500.00 need nobody else: %+v", small)
	}
	large := read[struct{ ID, State string }](t, b.call(b.opal, http.MethodPost, "/paybacks", credit), http.StatusCreated)
	if large.State != "waiting" {
		t.Fatalf("$500.01 need a second operator: %+v", large)
	}
	b.call(b.opal, http.MethodPost, "/paybacks", refund).refused(t, "more than is left", http.StatusUnprocessableEntity, "billing.payback_amount", "body.amount")
	one := "/paybacks/" + large.ID
	b.call(b.opal, http.MethodPost, one+"/approve", nil).refused(t, "one's own", http.StatusForbidden, "billing.second_person", "")
	if got := read[struct{ State string }](t, b.call(b.oscar, http.MethodPost, one+"/approve", nil), http.StatusOK); got.State != "approved" {
		t.Fatalf("by a second operator: %+v", got)
	}
	b.call(b.oscar, http.MethodPost, one+"/approve", nil).refused(t, "twice", http.StatusConflict, "billing.payback_state", "")
	b.call(b.oscar, http.MethodPost, one+"/cancel", nil).refused(t, "what is on its way", http.StatusConflict, "billing.payback_state", "")
	b.call(b.oscar, http.MethodPost, "/paybacks/01890000-0000-7000-8000-000000000000/approve", nil).refused(t, "one that is not there", http.StatusNotFound, "billing.payback_not_found", "")
	b.call(b.oscar, http.MethodPost, "/paybacks/none/approve", nil).refused(t, "no key", http.StatusUnprocessableEntity, "request.invalid", "path.payback_id")

	taken := read[struct{ ID string }](t, b.call(b.opal, http.MethodPost, "/paybacks", with(credit, map[string]any{"amount": "600.00"})), http.StatusCreated)
	if got := read[struct{ State string }](t, b.call(b.opal, http.MethodPost, "/paybacks/"+taken.ID+"/cancel", nil), http.StatusOK); got.State != "canceled" {
		t.Fatalf("taken back: %+v", got)
	}
	eventually(t, "both are given back", func() bool {
		done := 0
		for _, p := range b.bill().Paybacks {
			if p.State == "done" {
				done++
			}
		}
		return done == 2
	})
	if left := b.bill().Invoices[0].Paid; left != "980.00" {
		t.Errorf("what was paid is history: %s", left)
	}
	b.owner.wantAudit(b.slug, "billing.payback_approved")
	history := read[struct {
		Items []struct{ Action, Actor string }
	}](t, b.opal.call(http.MethodGet, "ops", "/api/v1/ops/history?agency_id="+b.agency, nil), http.StatusOK)
	if !slices.ContainsFunc(history.Items, func(e struct{ Action, Actor string }) bool { return e.Action == "billing.payback_canceled" }) {
		t.Errorf("our own log: %+v", history)
	}
}

func TestOperatorsSetTerms(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	b.buy("professional", 3)
	right := map[string]any{"collection": "true_up", "seat_ceiling": 10, "seats": 3}
	refusals := func(all map[string][2]string, bodies map[string]map[string]any) {
		t.Helper()
		for what, want := range all {
			b.call(b.opal, http.MethodPost, "/terms", with(right, bodies[what])).refused(t, what, http.StatusUnprocessableEntity, want[0], want[1])
		}
	}
	refusals(map[string][2]string{
		"by the month": {"request.invalid", "body.collection"}, "a ceiling below none": {"request.invalid", "body.seat_ceiling"}, "a ceiling above all": {"request.invalid", "body.seat_ceiling"},
		"seats below none": {"request.invalid", "body.seats"}, "seats above all": {"request.invalid", "body.seats"}, "a field that there is not": {"request.invalid", "body.discount"},
		"on Professional": {"billing.terms_plan", "body.collection"},
	}, map[string]map[string]any{
		"by the month": {"collection": "monthly"}, "a ceiling below none": {"seat_ceiling": -1}, "a ceiling above all": {"seat_ceiling": 5001},
		"seats below none": {"seats": -1}, "seats above all": {"seats": 5001}, "a field that there is not": {"discount": 5},
	})
	if a := b.owner.call(http.MethodPost, b.slug, "/api/v1/billing/change", map[string]any{"plan": "enterprise", "seats": 3}); a.status != http.StatusOK {
		t.Fatal(a)
	}
	for _, mail := range []string{"one", "two"} {
		if a := b.owner.call(http.MethodPost, b.slug, "/api/v1/invitations", map[string]any{"email": mail + "@" + b.slug + ".test", "name": mail, "role": "member"}); a.status != http.StatusCreated {
			t.Fatal(a)
		}
	}
	// One person works there, and two are invited.
	b.call(b.opal, http.MethodPost, "/terms", with(right, map[string]any{"seat_ceiling": 2})).refused(t, "a ceiling below the people", http.StatusUnprocessableEntity, "billing.terms_ceiling", "body.seat_ceiling")
	if got := b.bill().Terms; got.Collection != "auto" || got.Ceiling != 0 {
		t.Fatalf("what was refused is kept: %+v", got)
	}
	read[struct{ Collection string }](t, b.call(b.opal, http.MethodPost, "/terms", with(right, map[string]any{"seat_ceiling": 3, "seats": 4})), http.StatusOK)
	if got := b.bill().Terms; got.Collection != "true_up" || got.Ceiling != 3 || got.Seats != 4 {
		t.Fatalf("the terms: %+v", got)
	}
	b.owner.call(http.MethodPost, b.slug, "/api/v1/invitations", map[string]any{"email": "three@" + b.slug + ".test", "name": "three", "role": "member"}).refused(t, "above the ceiling", http.StatusPaymentRequired, "billing.no_seat", "")
	b.owner.wantAudit(b.slug, "billing.terms_set")
}

func TestOperatorsSellAndGrant(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	order := map[string]any{"text": "Import", "amount": "5000.00", "due_days": 14}
	grant := map[string]any{"plan": "enterprise", "reason": "pilot", "expires_at": b.stand.Now().Add(48 * time.Hour)}
	for _, c := range []struct {
		what, path  string
		body        map[string]any
		code, field string
	}{
		{"a cent too little", "/orders", with(order, map[string]any{"amount": "4999.99"}), "billing.order_amount", "body.amount"},
		{"a cent too much", "/orders", with(order, map[string]any{"amount": "25000.01"}), "billing.order_amount", "body.amount"},
		{"no number", "/orders", with(order, map[string]any{"amount": "5,000"}), "billing.order_amount", "body.amount"},
		{"a currency that is not the contract's", "/orders", with(order, map[string]any{"currency": "EUR"}), "request.invalid", "body.currency"},
		{"nothing delivered", "/orders", with(order, map[string]any{"text": ""}), "billing.order_text", "body.text"},
		{"a novel", "/orders", with(order, map[string]any{"text": strings.Repeat("x", 501)}), "request.invalid", "body.text"},
		{"due at another day", "/orders", with(order, map[string]any{"due_days": 15}), "request.invalid", "body.due_days"},
		{"a plan that there is not", "/overrides", with(grant, map[string]any{"plan": "gold"}), "request.invalid", "body.plan"},
		{"a level that there is not", "/overrides", with(grant, map[string]any{"level": "closed"}), "request.invalid", "body.level"},
		{"an override without a reason", "/overrides", with(grant, map[string]any{"reason": ""}), "billing.override_reason", "body.reason"},
		{"one that is over", "/overrides", with(grant, map[string]any{"expires_at": b.stand.Now().Add(-time.Hour)}), "billing.override_end", "body.expires_at"},
		{"one that does not end", "/overrides", with(grant, map[string]any{"expires_at": b.stand.Now().AddDate(2, 0, 0)}), "billing.override_end", "body.expires_at"},
		{"one that grants nothing", "/overrides", map[string]any{"reason": "pilot", "expires_at": b.stand.Now().Add(48 * time.Hour)}, "billing.override_empty", "body.plan"},
	} {
		b.call(b.opal, http.MethodPost, c.path, c.body).refused(t, c.what, http.StatusUnprocessableEntity, c.code, c.field)
	}
	const nobody = "/01890000-0000-7000-8000-000000000000"
	b.call(b.opal, http.MethodPost, "/orders"+nobody+"/approve", nil).refused(t, "an order that is not there", http.StatusNotFound, "billing.order_not_found", "")
	if a := b.call(b.opal, http.MethodPost, "/overrides"+nobody+"/revoke", nil); a.status != http.StatusNotFound {
		t.Errorf("an override that is not there: %s", a)
	}
	large := read[struct{ ID, State string }](t, b.call(b.opal, http.MethodPost, "/orders", with(order, map[string]any{"amount": "10000.01"})), http.StatusCreated)
	one := "/orders/" + large.ID
	b.call(b.opal, http.MethodPost, one+"/approve", nil).refused(t, "one's own", http.StatusForbidden, "billing.second_person", "")
	read[struct{ State string }](t, b.call(b.oscar, http.MethodPost, one+"/cancel", nil), http.StatusOK)
	b.call(b.oscar, http.MethodPost, one+"/approve", nil).refused(t, "what was taken back", http.StatusConflict, "billing.order_state", "")
	read[struct{ State string }](t, b.call(b.opal, http.MethodPost, "/orders", order), http.StatusCreated)
	eventually(t, "the order is invoiced", func() bool { return b.bill().Orders[0].State == "invoiced" })
}
