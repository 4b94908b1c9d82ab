package billingstripe_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/billing/billingstripe"
	"github.com/bureauhq/bureau/billing/stripestand"
)

func TestWebhooksAreVerified(t *testing.T) {
	t.Parallel()
	now := march
	body := []byte(`{"id":"evt_1","type":"customer.subscription.updated","api_version":"2099-01-01","created":1,"livemode":false,"data":{"object":{"id":"sub_1","object":"subscription","customer":"cus_1"}}}`)
	g := billingstripe.New(billingstripe.Config{Key: "sk_test", Now: time.Now, WebhookSecrets: []string{"whsec_new", "whsec_old"}})
	for _, c := range []struct {
		name   string
		body   []byte
		header string
		good   bool
	}{
		{"good", body, stripestand.Signature(body, "whsec_new", now), true},
		{"by the secret that is being replaced", body, stripestand.Signature(body, "whsec_old", now), true},
		{"4 minutes old", body, stripestand.Signature(body, "whsec_new", now.Add(-4*time.Minute)), true},
		{"6 minutes old", body, stripestand.Signature(body, "whsec_new", now.Add(-6*time.Minute)), false},
		{"6 minutes from the future", body, stripestand.Signature(body, "whsec_new", now.Add(6*time.Minute)), false},
		{"by another secret", body, stripestand.Signature(body, "whsec_other", now), false},
		{"changed", bytes.Replace(body, []byte("cus_1"), []byte("cus_2"), 1), stripestand.Signature(body, "whsec_new", now), false},
		{"no signature", body, "", false},
		{"rubbish", body, "t=now,v1=zz", false},
		{"no JSON", []byte("{"), stripestand.Signature([]byte("{"), "whsec_new", now), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e, err := g.VerifyWebhook(c.body, c.header, now)
			if c.good != (err == nil) || (err != nil && !errors.Is(err, billing.ErrBadWebhook)) {
				t.Fatalf("%+v %v", e, err)
			}
			if c.good && (e.ID != "evt_1" || e.CustomerID != "cus_1" || e.SubscriptionID != "sub_1" || e.ObjectType != "subscription") {
				t.Fatalf("%+v", e)
			}
		})
	}
}

func TestWebhooksOfTheOtherModeAreRefused(t *testing.T) {
	t.Parallel()
	body := []byte(`{"id":"evt_1","type":"x","created":1,"livemode":false,"data":{"object":{"id":"sub_1","object":"subscription"}}}`)
	g := billingstripe.New(billingstripe.Config{Key: "sk_live", Now: time.Now, Live: true, WebhookSecrets: []string{"s"}})
	if _, err := g.VerifyWebhook(body, stripestand.Signature(body, "s", march), march); !errors.Is(err, billing.ErrBadWebhook) {
		t.Fatal(err)
	}
}

func TestEventsAreListedInOrder(t *testing.T) {
	t.Parallel()
	w := setup(t)
	first, _, err := w.EventsSince(t.Context(), "")
	must(t, err)
	a := w.subscribe(t, seats(billing.Starter, 1))
	for n := range 60 {
		w.stand.Advance(time.Hour)
		a = w.change(t, a, time.Duration(n).String(), seats(billing.Starter, 2+n%2), calm)
	}
	seen, after := map[string]bool{}, first[len(first)-1].ID
	var last time.Time
	for {
		page, more, err := w.EventsSince(t.Context(), after)
		must(t, err)
		for _, e := range page {
			if seen[e.ID] || e.CreatedAt.Before(last) {
				t.Fatalf("%s again, or out of order", e.ID)
			}
			seen[e.ID], last, after = true, e.CreatedAt, e.ID
		}
		if !more {
			break
		}
	}
	if len(seen) < 60 {
		t.Fatalf("only %d events", len(seen))
	}
}
