// Package audit shows the agency's audit log and checks its chain. It is
// written by app/kit/audit in every change's own transaction; nothing here
// or elsewhere changes or removes an entry.
package audit

import (
	"context"
	"time"

	kit "github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/tenancy"
)

// Filter says which entries are wanted; empty fields want all.
type Filter struct {
	ActorID  string
	Entity   string
	EntityID string
	Action   string // begins with
	From, To time.Time
	Before   int64 // entries older than this sequence number; 0 starts at the newest
	Limit    int
}

// Store reads the log. Its one implementation is auditdb.
type Store interface {
	// List returns entries, newest first.
	List(context.Context, *tenancy.Tx, Filter) ([]kit.Entry, error)
}

// Deps are what the service cannot work without.
type Deps struct {
	DB    *tenancy.DB
	Store Store
}

// Service reads the log.
type Service struct{ d Deps }

// New returns a service over d.
func New(d Deps) *Service { return &Service{d} }

// List returns entries, newest first, one more than f.Limit if there are more.
func (s *Service) List(ctx context.Context, f Filter) (out []kit.Entry, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Store.List(ctx, tx, f)
		return err
	})
	return out, err
}

// Verdict is the outcome of a check of the chain.
type Verdict = kit.Verdict

// Verify walks the whole chain and compares every hash, the numbering and the head (rule 101).
// A change that is committed meanwhile is not seen, neither its entry nor the head it moved.
func (s *Service) Verify(ctx context.Context) (v Verdict, err error) {
	err = s.d.DB.ReadAtOnce(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		v, err = kit.Check(ctx, tx.PGX())
		return err
	})
	return v, err
}
