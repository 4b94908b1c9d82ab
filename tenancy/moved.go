package tenancy

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/bureauhq/bureau/app/kit/fault"
)

// ErrMoved answers work that met the agency at the moment of its move to
// another database. Nothing of it was done; the same call succeeds at once.
var ErrMoved = fault.Define(fault.Unavailable, "tenancy.moved", "This agency has just been moved to another database. Nothing was changed; please try again.").
	After(time.Second)

// Whereabouts knows where an agency is, whatever anybody remembers.
type Whereabouts interface {
	// Whereabouts asks the registry itself. shut says that the agency is on its way at this moment.
	Whereabouts(ctx context.Context, key string) (now Agency, shut bool, err error)
}

// Follow lets db find agencies that have moved. Without it, work on a copy that is shut fails as it stands.
func (db *DB) Follow(w Whereabouts) { db.where = w }

const (
	// shutTime is how long work waits for the end of a move. The old copy is shut just before the registry says where the new one is.
	shutTime = 5 * time.Second
	shutLook = 20 * time.Millisecond
)

// isShut tells whether err may come from a copy whose doors are shut, or that
// is gone: no right to the schema, nothing found in it, no such schema, no role to enter it with.
func isShut(err error) bool {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return errors.Is(err, ErrNoPlacement)
	}
	switch e.Code {
	case "42501", "42P01", "3F000", "22023":
		return true
	}
	return false
}

// moved tells whether a is elsewhere by now, and waits while it is on its way:
// ErrMoved. Otherwise err was about something else, and stays.
func (db *DB) moved(ctx context.Context, a Agency, err error) error {
	end := time.Now().Add(shutTime)
	for {
		now, shut, askErr := db.where.Whereabouts(ctx, a.ID)
		switch {
		case askErr != nil:
			return err
		case now.Placement != a.Placement || now.schema != a.schema:
			refused(ctx)
			return ErrMoved.Because(err)
		case !shut:
			return err
		case time.Now().After(end):
			return ErrMoved.Because(err)
		}
		select {
		case <-ctx.Done():
			return ErrMoved.Because(ctx.Err())
		case <-time.After(shutLook):
		}
	}
}

// Whereabouts implements the interface of that name, and forgets what was cached of an agency that is elsewhere.
func (r *Registry) Whereabouts(ctx context.Context, key string) (now Agency, shut bool, err error) {
	err = r.control.ReadOne(ctx, func(ctx context.Context, q Querier) error {
		// In one statement: between two the move could come to its end, and it would seem that there is none.
		now, err = scanAgency(q.QueryRow(ctx, `SELECT `+agencyColumns+`, EXISTS (SELECT FROM moves m WHERE m.agency_id = a.id AND m.state = 'fenced')
			FROM agencies a WHERE a.id = $1`, key), &shut)
		return err
	})
	r.mu.RLock()
	known := r.byID[key]
	r.mu.RUnlock()
	if err == nil && (!known.found || known.agency.schema != now.schema) {
		r.Forget(key)
	}
	return now, shut, err
}

// Attempt is one try of a call. It may be made again when all of it met an
// agency that had moved, and nothing was changed meanwhile.
type Attempt struct{ changed, refused atomic.Bool }

type attemptKey struct{}

// Watch returns a context whose work is noted in the attempt.
func Watch(ctx context.Context) (context.Context, *Attempt) {
	a := &Attempt{}
	return context.WithValue(ctx, attemptKey{}, a), a
}

// Again tells whether the call should be made again.
func (a *Attempt) Again() bool { return a.refused.Load() && !a.changed.Load() }

func changed(ctx context.Context) {
	if a, ok := ctx.Value(attemptKey{}).(*Attempt); ok {
		a.changed.Store(true)
	}
}

func refused(ctx context.Context) {
	if a, ok := ctx.Value(attemptKey{}).(*Attempt); ok {
		a.refused.Store(true)
	}
}

type repeatableKey struct{}

// Repeatable marks work on the platform's tables that may as well be done twice: see Attempt.
func Repeatable(ctx context.Context) context.Context {
	return context.WithValue(ctx, repeatableKey{}, true)
}
