package stripeapi

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// When Stripe is away, everybody who waits for it holds a request open. So after some failures in a while nobody asks
// for a while: the answer is at once that billing is not available now, and nobody's access changes by it.
const (
	breakAfter  = 5
	breakWithin = 30 * time.Second
	breakFor    = 30 * time.Second
)

// guard stands between us and Stripe: a pace that Stripe takes, and a breaker.
type guard struct {
	next http.RoundTripper
	pace *rate.Limiter // nil is any
	now  func() time.Time

	mu       sync.Mutex
	failures []time.Time
	until    time.Time // nobody asks before
}

// RoundTrip asks, waits for its turn, or answers for Stripe that it is away.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if g.open() {
		return away(r), nil
	}
	if g.pace != nil {
		if err := g.pace.Wait(r.Context()); err != nil {
			return nil, err
		}
	}
	res, err := g.next.RoundTrip(r)
	if r.Context().Err() == nil { // one who went away says nothing about Stripe
		g.note(err != nil || res.StatusCode >= http.StatusInternalServerError || res.StatusCode == http.StatusTooManyRequests)
	}
	return res, err
}

func (g *guard) open() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.now().Before(g.until)
}

func (g *guard) note(failed bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !failed {
		g.failures = g.failures[:0]
		return
	}
	now := g.now()
	g.failures = append(g.failures, now)
	if len(g.failures) > breakAfter {
		g.failures = g.failures[1:]
	}
	if len(g.failures) == breakAfter && now.Sub(g.failures[0]) <= breakWithin {
		g.until, g.failures = now.Add(breakFor), g.failures[:0]
	}
}

// away is the answer of nobody. Stripe's library must not try again by itself.
func away(r *http.Request) *http.Response {
	return &http.Response{
		Status: "503 Service Unavailable", StatusCode: http.StatusServiceUnavailable, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}, "Stripe-Should-Retry": {"false"}},
		Body:   io.NopCloser(strings.NewReader(`{"error":{"type":"api_error","message":"not asked: the last calls failed"}}`)),
	}
}
