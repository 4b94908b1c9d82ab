package ratelimit_test

import (
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/ratelimit"
)

func TestLimiter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	l := ratelimit.New(ratelimit.Rule{Count: 3, In: time.Minute}, func() time.Time { return now })
	for i := range 3 {
		if _, ok := l.Allow("a"); !ok {
			t.Fatalf("call %d was refused", i+1)
		}
	}
	wait, ok := l.Allow("a")
	if ok || wait <= 0 || wait > 20*time.Second {
		t.Fatalf("fourth call: allowed %v, wait %v; want refused, wait up to 20s", ok, wait)
	}
	if _, ok := l.Allow("b"); !ok {
		t.Fatal("one key's calls were charged to another")
	}
	now = now.Add(wait)
	if _, ok := l.Allow("a"); !ok {
		t.Fatal("refused after the wait it was told")
	}
	if _, ok := l.Allow("a"); ok {
		t.Fatal("refused calls must not add up to credit")
	}
}

func TestNoRuleAllowsAll(t *testing.T) {
	t.Parallel()
	l := ratelimit.New(ratelimit.Rule{}, time.Now)
	for range 1000 {
		if _, ok := l.Allow("a"); !ok {
			t.Fatal("refused without a rule")
		}
	}
}
