// Package ratelimit counts calls by key in the memory of one process. With
// several replicas each counts for itself: a limit guards against a flood and
// is no exact figure.
package ratelimit

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rule is "so many in so long"; after a pause the whole number may come at once.
type Rule struct {
	Count int
	In    time.Duration
}

// Times returns the rule with its count multiplied, for installations where
// many people share one address.
func (r Rule) Times(n int) Rule { return Rule{r.Count * max(n, 1), r.In} }

// Limiter applies one rule to many keys.
type Limiter struct {
	rule Rule
	now  func() time.Time

	mu      sync.Mutex
	buckets map[string]*bucket
	swept   time.Time
}

type bucket struct {
	limiter *rate.Limiter
	seen    time.Time
}

const mostKeys = 100_000

// New returns a limiter without history. A rule without a count allows everything.
func New(rule Rule, now func() time.Time) *Limiter {
	return &Limiter{rule: rule, now: now, buckets: map[string]*bucket{}, swept: now()}
}

// Allow takes one call off the key's account. If none is left it takes
// nothing and tells how long to wait.
func (l *Limiter) Allow(key string) (retryAfter time.Duration, ok bool) {
	if l.rule.Count <= 0 {
		return 0, true
	}
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	b := l.buckets[key]
	if b == nil {
		b = &bucket{limiter: rate.NewLimiter(rate.Every(l.rule.In/time.Duration(l.rule.Count)), l.rule.Count)}
		l.buckets[key] = b
	}
	b.seen = now
	r := b.limiter.ReserveN(now, 1)
	if wait := r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
		return wait, false
	}
	return 0, true
}

// sweep forgets keys whose accounts are full again, so that a stream of
// made-up keys cannot fill the memory.
func (l *Limiter) sweep(now time.Time) {
	if now.Sub(l.swept) < l.rule.In && len(l.buckets) < mostKeys {
		return
	}
	l.swept = now
	for key, b := range l.buckets {
		if now.Sub(b.seen) >= l.rule.In {
			delete(l.buckets, key)
		}
	}
	if len(l.buckets) >= mostKeys {
		clear(l.buckets)
	}
}
