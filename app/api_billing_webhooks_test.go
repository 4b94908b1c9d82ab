package app_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/billing/stripestand"
)

// notice is a body as Stripe sends it, about a subscription of a customer.
func notice(eventID, customer, subscription string) []byte {
	return []byte(fmt.Sprintf(`{"id":%q,"object":"event","api_version":"2023-10-16","type":"customer.subscription.updated","created":%d,"livemode":false,
		"data":{"object":{"id":%q,"object":"subscription","customer":%q,"metadata":{"agency_id":"m"}}}}`, eventID, time.Now().Unix(), subscription, customer))
}

// kept is how many events with this key are kept, in which state, and how many jobs follow from it.
func kept(t *testing.T, b *apptest.Billed, eventID string) (n int, agency string, jobs int) {
	t.Helper()
	row := b.App.Control.Pool().QueryRow(t.Context(), `SELECT count(*), coalesce(max(agency_id::text), ''), (SELECT count(*) FROM queue.river_job WHERE kind = 'billing.event' AND args ->> 'event_id' = $1)
		FROM platform.stripe_events WHERE id = $1`, eventID)
	if err := row.Scan(&n, &agency, &jobs); err != nil {
		t.Fatal(err)
	}
	return n, agency, jobs
}

func TestWebhooksKeepOnlyWhatStripeSent(t *testing.T) {
	t.Parallel()
	b := apptest.NewBilled(t)
	agencys := b.Agency.Slug + "." + apptest.Domain
	for _, c := range []struct {
		name, host string
		sign       func(body []byte, now time.Time) string
		change     func(body []byte) []byte
		want       int
	}{
		{"signed", apptest.Domain, func(b []byte, now time.Time) string { return stripestand.Signature(b, apptest.Secrets[0], now) }, nil, http.StatusOK},
		{"by the secret that is being replaced", apptest.Domain, func(b []byte, now time.Time) string { return stripestand.Signature(b, apptest.Secrets[1], now) }, nil, http.StatusOK},
		{"four minutes old", apptest.Domain, func(b []byte, now time.Time) string {
			return stripestand.Signature(b, apptest.Secrets[0], now.Add(-4*time.Minute))
		}, nil, http.StatusOK},
		{"forged", apptest.Domain, func(b []byte, now time.Time) string { return stripestand.Signature(b, "whsec_of_somebody", now) }, nil, http.StatusBadRequest},
		{"without a signature", apptest.Domain, func([]byte, time.Time) string { return "" }, nil, http.StatusBadRequest},
		{"stale", apptest.Domain, func(b []byte, now time.Time) string {
			return stripestand.Signature(b, apptest.Secrets[0], now.Add(-6*time.Minute))
		}, nil, http.StatusBadRequest},
		{"from the future", apptest.Domain, func(b []byte, now time.Time) string {
			return stripestand.Signature(b, apptest.Secrets[0], now.Add(6*time.Minute))
		}, nil, http.StatusBadRequest},
		{
			"with the signature of another notice", apptest.Domain, func(b []byte, now time.Time) string { return stripestand.Signature(b, apptest.Secrets[0], now) },
			func(b []byte) []byte { return bytes.Replace(b, []byte("cus_"), []byte("cux_"), 1) }, http.StatusBadRequest,
		},
		{
			"of the other mode", apptest.Domain, nil,
			func(b []byte) []byte {
				return bytes.Replace(b, []byte(`"livemode":false`), []byte(`"livemode":true`), 1)
			}, http.StatusBadRequest,
		},
		{"of a connected account", apptest.Domain, nil, func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"livemode":false`), []byte(`"account":"acct_1","livemode":false`), 1)
		}, http.StatusBadRequest},
		{"no JSON", apptest.Domain, nil, func(b []byte) []byte { return b[:len(b)-2] }, http.StatusBadRequest},
		{"at an agency's host", agencys, nil, nil, http.StatusNotFound},
		{"at the sign-in host", "auth." + apptest.Domain, nil, nil, http.StatusNotFound},
		{"at the operators' host", "ops." + apptest.Domain, nil, nil, http.StatusNotFound},
		{"at nobody's host", "evil.example", nil, nil, http.StatusNotFound},
		{"too large", apptest.Domain, nil, func(b []byte) []byte { return append(b, bytes.Repeat([]byte(" "), 1<<20)...) }, http.StatusRequestEntityTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			now := time.Now() // of this case: it may have waited minutes for its turn, and five are what a signature lasts
			eventID := "evt_" + id.New()
			body := notice(eventID, "cus_"+id.New(), "sub_"+id.New())
			signature := ""
			if c.sign != nil {
				signature = c.sign(body, now)
			}
			if c.change != nil {
				body = c.change(body)
			}
			if c.sign == nil {
				signature = stripestand.Signature(body, apptest.Secrets[0], now)
			}
			b.Notice(t, c.host, body, signature).Expect(t, c.want)
			n, _, jobs := kept(t, b, eventID)
			if want := map[bool]int{true: 1}[c.want == http.StatusOK]; n != want || jobs != want {
				t.Fatalf("%d events and %d jobs were kept, want %d", n, jobs, want)
			}
		})
	}
}

func TestWebhooksThatComeAgainAreKeptOnce(t *testing.T) {
	t.Parallel()
	b := apptest.NewBilled(t)
	eventID := "evt_" + id.New()
	body := notice(eventID, "cus_"+id.New(), "sub_"+id.New())
	signature := stripestand.Signature(body, apptest.Secrets[0], time.Now())
	for range 3 { // the very same request, and one that is signed anew as Stripe's own repetitions are
		b.Notice(t, apptest.Domain, body, signature).Expect(t, http.StatusOK)
	}
	b.Notice(t, apptest.Domain, body, stripestand.Signature(body, apptest.Secrets[1], time.Now().Add(time.Second))).Expect(t, http.StatusOK)
	if n, _, jobs := kept(t, b, eventID); n != 1 || jobs != 1 {
		t.Fatalf("%d events, %d jobs", n, jobs)
	}
}

// What we could not keep is answered so that Stripe sends it again.
func TestWebhooksThatCannotBeKeptComeAgain(t *testing.T) {
	t.Parallel()
	b := apptest.NewBilled(t)
	eventID := "evt_" + id.New()
	body := bytes.Replace(notice(eventID, "cus_"+id.New(), "sub_"+id.New()), []byte(`"m"`), []byte(`"\u0000"`), 1) // which the database does not take
	b.Notice(t, apptest.Domain, body, stripestand.Signature(body, apptest.Secrets[0], time.Now())).Expect(t, http.StatusInternalServerError)
	if n, _, jobs := kept(t, b, eventID); n != 0 || jobs != 0 {
		t.Fatalf("%d events and %d jobs were kept", n, jobs)
	}
}

// Neither an e-mail nor metadata make a stranger's event an agency's.
func TestWebhooksOfStrangersBelongToNobody(t *testing.T) {
	t.Parallel()
	b := apptest.NewBilled(t)
	if err := b.App.StartWorker(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventID := "evt_" + id.New()
	body := bytes.Replace(notice(eventID, "cus_stranger"+id.New(), "sub_"+id.New()), []byte(`"agency_id":"m"`), []byte(fmt.Sprintf(`"agency_id":%q`, b.Agency.ID)), 1)
	b.Notice(t, apptest.Domain, body, stripestand.Signature(body, apptest.Secrets[0], time.Now())).Expect(t, http.StatusOK)
	eventually(t, "the event is looked at", func() bool {
		var state string
		if err := b.App.Control.Pool().QueryRow(t.Context(), `SELECT state FROM platform.stripe_events WHERE id = $1`, eventID).Scan(&state); err != nil {
			t.Fatal(err)
		}
		return state == "unknown"
	})
	if _, agency, _ := kept(t, b, eventID); agency != "" {
		t.Fatalf("it was given to %s", agency)
	}
	alerts := 0
	for line := range strings.Lines(b.Logs.Text()) {
		if strings.Contains(line, "an event of an unknown customer") && strings.Contains(line, eventID) {
			alerts++
		}
	}
	if alerts != 1 {
		t.Fatalf("%d alerts", alerts)
	}
}

// A charge-back is nobody's change of access; an operator hears of it, once.
func TestADisputeIsToldToOperators(t *testing.T) {
	t.Parallel()
	b := apptest.NewBilled(t)
	eventID := "evt_" + id.New()
	body := []byte(fmt.Sprintf(`{"id":%q,"object":"event","type":"charge.dispute.created","created":%d,"livemode":false,"data":{"object":{"id":"dp_1","object":"dispute","charge":"ch_1"}}}`, eventID, time.Now().Unix()))
	for range 2 {
		b.Notice(t, apptest.Domain, body, stripestand.Signature(body, apptest.Secrets[0], time.Now())).Expect(t, http.StatusOK)
	}
	if n := strings.Count(b.Logs.Text(), "a payment is disputed"); n != 1 || !strings.Contains(b.Logs.Text(), "dp_1") {
		t.Fatalf("operators heard of it %d times", n)
	}
}

// eventually waits for what happens in the background.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(30 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("not within 30 s: %s", what)
		}
	}
}
