package billing_test

import (
	"context"
	"testing"
	"time"

	"github.com/bureauhq/bureau/billing"
)

// slowStore lets something happen between its reading and its answer.
type slowStore struct {
	billing.Store
	account billing.Account
	asked   int
	between func()
}

func (s *slowStore) Account(context.Context, string, time.Time) (billing.Account, []billing.Override, error) {
	s.asked++
	a := s.account
	if s.between != nil {
		s.between()
	}
	return a, nil, nil
}

func TestTheGateAsksOnceAndForgetsWhatChanged(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	s := &slowStore{account: billing.Account{Status: billing.ActiveStatus, Held: pro(1)}}
	clock := func() time.Time { return now }
	g := billing.NewGate(s, false, clock, clock)
	level := func(want billing.Level, asked int) {
		t.Helper()
		if acc, err := g.Access(t.Context(), "a"); err != nil || acc.Level != want || s.asked != asked {
			t.Fatalf("%s after %d questions, want %s after %d: %v", acc.Level, s.asked, want, asked, err)
		}
	}
	level(billing.Full, 1)
	level(billing.Full, 1)
	g.Forget("a")
	level(billing.Full, 2)
	now = now.Add(31 * time.Second)
	level(billing.Full, 3)

	// The account changes while it is read, and that is heard of before the answer is kept: the answer is old already.
	g.Forget("a")
	s.between = func() {
		s.between = nil
		s.account.Status = billing.Incomplete
		g.Forget("a")
	}
	level(billing.Full, 4)
	level(billing.Setup, 5)
	level(billing.Setup, 5)
}
