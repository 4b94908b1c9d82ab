package billing

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Gate answers what an agency may do, without a query for agencies that were
// asked about lately. It keeps what is known of an account and derives from it at each question, so that
// the end of a trial or of a grace is exact. A change in any process is heard within a moment (Forget).
type Gate struct {
	store Store
	// free installations bill nobody.
	free  bool
	clock func() time.Time
	now   func() time.Time

	mu    sync.RWMutex
	kept  map[string]keptAccount
	heard int // how often something was forgotten
}

type keptAccount struct {
	account   Account
	overrides []Override
	until     time.Time
}

// Channel is where the database says whose account changed.
const Channel = "bureau_billing"

const gateSize = 20_000

// NewGate returns a gate over the accounts. An installation that bills nobody gives every agency everything.
func NewGate(store Store, free bool, clock, now func() time.Time) *Gate {
	return &Gate{store: store, free: free, clock: clock, now: now, kept: map[string]keptAccount{}}
}

// Access is what the agency may do now. An agency without an account is one that
// was made this moment: its trial is about to begin.
func (g *Gate) Access(ctx context.Context, agencyID string) (Access, error) {
	if g.free {
		return Everything(), nil
	}
	g.mu.RLock()
	k, ok := g.kept[agencyID]
	heard := g.heard
	g.mu.RUnlock()
	clock := g.clock()
	if ok && g.now().Before(k.until) {
		return Derive(k.account, k.overrides, clock), nil
	}
	a, overrides, err := g.store.Account(ctx, agencyID, clock)
	switch {
	case errors.Is(err, ErrNoAccount):
		return Derive(Account{Status: Trial, TrialEndsAt: clock.Add(TrialTime)}, nil, clock), nil
	case err != nil && ok:
		// The database is away: what was known a moment ago is better than locking everybody out.
		return Derive(k.account, k.overrides, clock), nil
	case err != nil:
		return Access{}, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if heard != g.heard { // what was read may be from before the change that was just heard of
		return Derive(a, overrides, clock), nil
	}
	if len(g.kept) >= gateSize {
		clear(g.kept) // rare, and the next questions fill it again
	}
	g.kept[agencyID] = keptAccount{a, overrides, g.now().Add(accessTime)}
	return Derive(a, overrides, clock), nil
}

// Forget drops what is kept of an agency; of all when the key is empty.
func (g *Gate) Forget(agencyID string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.heard++
	if agencyID == "" {
		clear(g.kept)
		return
	}
	delete(g.kept, agencyID)
}
