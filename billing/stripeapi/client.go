// Package stripeapi is how Stripe is reached, whatever is asked of it: the way
// there with its pace and breaker, what a failure means, and whether a notice is Stripe's.
package stripeapi

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/client"
	"github.com/stripe/stripe-go/v76/webhook"
	"golang.org/x/time/rate"
)

// Way says how Stripe is reached.
type Way struct {
	Key string
	// URL is the API's address; empty is Stripe's own.
	URL string
	Now func() time.Time
	// PerSecond is how many calls are made in a second at most; 0 is any number.
	PerSecond int
}

// Client returns Stripe's API. It asks Stripe nothing yet.
func Client(w Way) *client.API {
	way := &guard{next: http.DefaultTransport, now: w.Now}
	if w.PerSecond > 0 {
		way.pace = rate.NewLimiter(rate.Limit(w.PerSecond), w.PerSecond)
	}
	b := &stripe.BackendConfig{
		HTTPClient:        &http.Client{Timeout: 20 * time.Second, Transport: way},
		MaxNetworkRetries: stripe.Int64(1), // more would outlast a request; jobs try again with the same key
		LeveledLogger:     &stripe.LeveledLogger{Level: stripe.LevelNull},
		EnableTelemetry:   stripe.Bool(false),
	}
	if w.URL != "" {
		b.URL = stripe.String(w.URL)
	}
	api := &client.API{}
	api.Init(w.Key, &stripe.Backends{
		API: stripe.GetBackendWithConfig(stripe.APIBackend, b), Connect: stripe.GetBackendWithConfig(stripe.ConnectBackend, b), Uploads: stripe.GetBackendWithConfig(stripe.UploadsBackend, b),
	})
	return api
}

// Trouble is what an error of Stripe's means.
type Trouble int

// Troubles, from the ones that go by to the ones that stay.
const (
	Away     Trouble = iota // no answer, or one from which nothing is known: try again with the same key
	Declined                // Stripe, or the bank, said no
	Gone                    // Stripe does not have it
	NoAccess                // the connected account is not ours to act for
	Refused                 // Stripe does not do what was asked
)

// TroubleOf says what an error of Stripe's library means.
func TroubleOf(err error) Trouble {
	var se *stripe.Error
	if !errors.As(err, &se) {
		return Away
	}
	switch {
	case se.Type == stripe.ErrorTypeCard, se.HTTPStatusCode == http.StatusPaymentRequired:
		return Declined
	case se.Code == stripe.ErrorCodeAccountInvalid, se.HTTPStatusCode == http.StatusForbidden:
		return NoAccess
	case se.HTTPStatusCode == http.StatusNotFound, se.Code == stripe.ErrorCodeResourceMissing:
		return Gone
	case se.HTTPStatusCode >= http.StatusInternalServerError, se.HTTPStatusCode == http.StatusTooManyRequests, se.HTTPStatusCode == http.StatusConflict:
		return Away
	}
	return Refused
}

// tolerance is how far a notice's time may lie from ours, to either side.
// Stripe's library looks at the past alone.
const tolerance = 5 * time.Minute

// Genuine tells whether a notice was signed with one of the secrets, and not long ago. Its API version does not matter.
func Genuine(raw []byte, signature string, secrets []string, now time.Time) bool {
	stamped, ok := stamp(signature)
	if !ok || stamped.Before(now.Add(-tolerance)) || stamped.After(now.Add(tolerance)) {
		return false
	}
	return slices.ContainsFunc(secrets, func(secret string) bool {
		return webhook.ValidatePayloadIgnoringTolerance(raw, signature, secret) == nil
	})
}

// stamp reads the time of a signature header: t=…,v1=….
func stamp(signature string) (time.Time, bool) {
	for part := range strings.SplitSeq(signature, ",") {
		if v, ok := strings.CutPrefix(strings.TrimSpace(part), "t="); ok {
			n, err := strconv.ParseInt(v, 10, 64)
			return time.Unix(n, 0), err == nil
		}
	}
	return time.Time{}, false
}
