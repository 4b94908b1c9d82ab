// Package audit shows the agency's audit log and checks its chain. It is
// written by app/kit/audit in every change's own transaction; nothing here
// or elsewhere changes or removes an entry.
package audit

import (
	"bytes"
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
	// Walk calls fn with every entry, oldest first.
	Walk(ctx context.Context, tx *tenancy.Tx, fn func(kit.Entry) error) error
	// Head returns the number and hash that the chain should end with.
	Head(context.Context, *tenancy.Tx) (int64, []byte, error)
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
type Verdict struct {
	Entries int64
	Intact  bool
	// FirstBad is the number of the first entry that does not fit, 0 for none.
	FirstBad int64
}

// Verify walks the whole chain and compares every hash, the numbering and the head (rule 101).
func (s *Service) Verify(ctx context.Context) (v Verdict, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		var prev []byte
		err := s.d.Store.Walk(ctx, tx, func(e kit.Entry) error {
			v.Entries++
			if v.FirstBad == 0 && (e.Seq != v.Entries || !bytes.Equal(e.Hash, e.Sum(prev))) {
				v.FirstBad = e.Seq
			}
			prev = e.Hash
			return nil
		})
		if err != nil {
			return err
		}
		seq, head, err := s.d.Store.Head(ctx, tx)
		if v.FirstBad == 0 && (seq != v.Entries || !bytes.Equal(head, prev)) {
			v.FirstBad = v.Entries + 1 // entries at the end are missing
		}
		return err
	})
	v.Intact = v.FirstBad == 0
	return v, err
}
