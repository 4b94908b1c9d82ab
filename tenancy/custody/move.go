package custody

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/tenancy"
)

var (
	ErrMoving       = fault.Define(fault.Conflict, "custody.moving", "This agency is being moved to another database at the moment.")
	ErrAlreadyThere = fault.Define(fault.Conflict, "custody.already_there", "The agency is there already.")
	ErrOldCopy      = fault.Define(fault.Conflict, "custody.old_copy", "The copy that its last move left behind is still there. Throw it away first.")
	ErrNoMove       = fault.Define(fault.NotFound, "custody.no_move", "This agency has not been moved, or its old copy is gone.")
	ErrMoveTooLong  = fault.Define(fault.Unavailable, "custody.move_too_long", "So much is written that the move could not end within the time in which nobody may write. Nothing was changed; try again in a quieter hour.")
	ErrUnknownPlace = fault.Define(fault.Invalid, "custody.unknown_placement", "There is no such placement in the configuration.").At("body.placement", "is not configured")
)

// Move is an agency's way to another database.
type Move struct {
	ID        string     `json:"id"`
	AgencyID  string     `json:"agency_id"`
	From      string     `json:"from"`
	To        string     `json:"to"`
	State     string     `json:"state"` // see the table
	StartedAt time.Time  `json:"started_at"`
	SwappedAt *time.Time `json:"swapped_at"`
	StopMS    int        `json:"stop_ms"` // for how long nobody could write
	Rows      int64      `json:"rows"`
	Error     string     `json:"error,omitempty"`

	other tenancy.Copy // see the table
}

const (
	// stopMost ends a stop before those who wait to write are refused.
	stopMost = 4 * time.Second
	// lockWait is how long the stop waits for writers under way before it lets others pass again.
	lockWait, lockPause, lockTries = 300 * time.Millisecond, 200 * time.Millisecond, 60
	// Catching up goes on in rounds until one is short, but not for ever.
	shortRound, mostRounds = 200 * time.Millisecond, 10
)

// Move takes an agency to another placement while it is used. Its tables are
// copied and caught up with; then nobody can write for a moment, in which the
// last changes are carried over and compared. The old copy is shut for good
// before the registry names the new one, and stays until DropMoved.
// ErrUnknownPlace, ErrAlreadyThere, ErrMoving, ErrOldCopy, ErrRestoreOpen, ErrBusy, ErrMoveTooLong.
func (s *Service) Move(ctx context.Context, a tenancy.Agency, to string, say Progress) (m Move, err error) {
	if !s.d.Owner.Has(to) {
		return m, ErrUnknownPlace
	}
	select {
	case s.moving <- struct{}{}: // one at a time in a process: each holds several connections of the owner
		defer func() { <-s.moving }()
	case <-ctx.Done():
		return m, ctx.Err()
	}
	free, err := s.d.Owner.Alone(ctx, "move/"+a.ID)
	if err != nil {
		return m, err
	}
	if free == nil {
		return m, ErrMoving
	}
	defer free()
	if open, err := s.openMove(ctx, a.ID); err == nil {
		// Whoever began it is gone. What can be ended is, the rest is taken back.
		if open, err = s.settle(ctx, open); err != nil || (open.State == "moved" && open.To == to) {
			return open, err
		}
	} else if !errors.Is(err, ErrNoMove) {
		return m, err
	}
	if a, err = s.current(ctx, a.ID); err != nil {
		return m, err
	}
	if err := s.mayMove(ctx, a, to); err != nil {
		return m, err
	}
	m = Move{ID: id.New(), AgencyID: a.ID, From: a.Placement, To: to, State: "copying", StartedAt: s.d.Now().UTC()}
	if err := s.addMove(ctx, m); err != nil {
		return m, err
	}
	if err = s.move(ctx, a, &m, say); err == nil {
		return m, nil
	}
	// Where it stands is asked, not guessed: the connection may have gone at a commit.
	ctx = context.WithoutCancel(ctx)
	m.Error = err.Error()
	open, findErr := s.openMove(ctx, a.ID)
	if findErr != nil {
		return m, errors.Join(err, findErr)
	}
	open.Error = m.Error
	settled, settleErr := s.settle(ctx, open)
	if settleErr == nil && settled.State == "moved" {
		return settled, nil
	}
	return settled, errors.Join(err, settleErr)
}

func (s *Service) mayMove(ctx context.Context, a tenancy.Agency, to string) error {
	switch {
	case a.State != tenancy.Active && a.State != tenancy.Suspended:
		return tenancy.ErrBadState
	case a.Placement == to:
		return ErrAlreadyThere
	}
	if _, err := s.openMove(ctx, a.ID); !errors.Is(err, ErrNoMove) {
		return errors.Join(err, ErrOldCopy)
	}
	if _, err := s.openRestore(ctx, a.ID, "ready", "swapped", "rolled_back"); !errors.Is(err, ErrNoRestore) {
		return errors.Join(err, ErrRestoreOpen)
	}
	return nil
}

func (s *Service) move(ctx context.Context, a tenancy.Agency, m *Move, say Progress) error {
	f := &follower{}
	keys, err := s.copyOut(ctx, a, m, f, say)
	if err != nil {
		return err
	}
	for i := range mostRounds {
		say.say("catch up", "", i, mostRounds)
		began := time.Now()
		if err := s.catchUp(ctx, a, m, f); err != nil {
			return err
		}
		if time.Since(began) < shortRound {
			break
		}
	}
	for range lockTries {
		if err = s.stop(ctx, a, m, f, keys, say); !errors.Is(err, errHeld) {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lockPause):
		}
	}
	if errors.Is(err, errHeld) {
		return ErrBusy.Because(err)
	}
	if err != nil {
		return err
	}
	say.say("prove", "", 0, 1)
	return s.finish(ctx, m)
}

// copyOut fills the new copy from one moment of the agency.
func (s *Service) copyOut(ctx context.Context, a tenancy.Agency, m *Move, f *follower, say Progress) (keys []foreignKey, err error) {
	err = s.frozen(ctx, tenancy.CopyOf(a), func(ctx context.Context, from pgx.Tx) error {
		has, err := stepsOf(ctx, from)
		if err != nil {
			return err
		}
		steps, err := tenancy.Steps(has)
		if err != nil {
			return err
		}
		return s.d.Owner.Build(ctx, m.To, steps, "", func(ctx context.Context, b *tenancy.Building) error {
			if keys, err = liftKeys(ctx, b.Tx()); err != nil {
				return err
			}
			if err := f.start(ctx, from, b.Tx(), say); err != nil {
				return err
			}
			m.other = b.Copy
			return s.saveMove(ctx, b.Platform(), *m, "copying")
		})
	})
	if err != nil {
		return nil, err
	}
	// The server plans by what it knows of the rows.
	return keys, s.inCopy(ctx, m.other, func(ctx context.Context, tx pgx.Tx) error {
		for _, t := range f.tables {
			if _, err := tx.Exec(ctx, `ANALYZE `+quote(t.name)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) catchUp(ctx context.Context, a tenancy.Agency, m *Move, f *follower) error {
	return s.frozen(ctx, tenancy.CopyOf(a), func(ctx context.Context, from pgx.Tx) error {
		return s.inCopy(ctx, m.other, func(ctx context.Context, to pgx.Tx) error {
			_, err := f.round(ctx, from, to)
			return err
		})
	})
}

// frozen calls fn in a transaction of the owner that sees a copy at one moment.
func (s *Service) frozen(ctx context.Context, c tenancy.Copy, fn func(context.Context, pgx.Tx) error) error {
	return s.d.Owner.Owner(ctx, c.Placement, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL search_path TO `+c.Schema+tenancy.Form); err != nil {
			return err
		}
		return fn(ctx, tx)
	})
}

// inCopy calls fn in a transaction of the owner on a copy.
func (s *Service) inCopy(ctx context.Context, c tenancy.Copy, fn func(context.Context, pgx.Tx) error) error {
	return s.d.Owner.Owner(ctx, c.Placement, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL search_path TO `+c.Schema+tenancy.Form); err != nil {
			return err
		}
		return fn(ctx, tx)
	})
}

// errHeld says that somebody writes for longer than the stop waits.
var errHeld = errors.New("custody: a writer does not end")

// stop is the moment in which nobody writes. Readers go on; writers wait for
// the locks, and find the agency moved when they get them.
func (s *Service) stop(ctx context.Context, a tenancy.Agency, m *Move, f *follower, keys []foreignKey, say Progress) error {
	old := tenancy.CopyOf(a)
	say.say("stop", "", 0, 1)
	began := time.Now()
	ctx, cancel := context.WithTimeoutCause(ctx, stopMost+lockWait, ErrMoveTooLong)
	defer cancel()
	err := s.inCopy(ctx, old, func(ctx context.Context, from pgx.Tx) error {
		if err := lockAll(ctx, from, f.tables); err != nil {
			return err
		}
		err := s.inCopy(ctx, m.other, func(ctx context.Context, to pgx.Tx) error { return s.complete(ctx, a, m, f, keys, from, to, say) })
		if err != nil {
			return err
		}
		say.say("swap", "", 0, 2)
		if err := tenancy.SetDoors(ctx, from, old, false); err != nil {
			return err
		}
		if old.Placement == tenancy.Main {
			return s.flip(ctx, from, m, old, began)
		}
		// From here on the move can only go forward: the doors shut with this
		// transaction, and the registry follows.
		return s.d.Owner.Owner(ctx, tenancy.Main, func(ctx context.Context, tx pgx.Tx) error {
			return s.saveMove(ctx, tx, *m, "fenced")
		})
	})
	if err == nil && old.Placement != tenancy.Main {
		say.say("swap", "", 1, 2)
		err = s.d.Owner.Owner(ctx, tenancy.Main, func(ctx context.Context, tx pgx.Tx) error { return s.flip(ctx, tx, m, old, began) })
	}
	m.StopMS = int(time.Since(began).Milliseconds())
	if err != nil && errors.Is(context.Cause(ctx), ErrMoveTooLong) {
		return ErrMoveTooLong.Because(err)
	}
	return err
}

func lockAll(ctx context.Context, tx pgx.Tx, tables []shape) error {
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = quote(t.name)
	}
	_, err := tx.Exec(ctx, fmt.Sprintf(`SET LOCAL lock_timeout = '%dms'; LOCK TABLE %s, %s IN EXCLUSIVE MODE`, lockWait.Milliseconds(), strings.Join(names, ", "), versionsTable))
	if pg.Retryable(err) {
		return errHeld
	}
	return err
}

// complete makes the new copy all that the old one is.
func (s *Service) complete(ctx context.Context, a tenancy.Agency, m *Move, f *follower, keys []foreignKey, from, to pgx.Tx, say Progress) error {
	then, err := stepsOf(ctx, to)
	if err != nil {
		return err
	}
	now, err := stepsOf(ctx, from)
	if err != nil {
		return err
	}
	if strings.Join(then, " ") != strings.Join(now, " ") {
		return ErrMoveDiffers.Because(errors.New("the agency was migrated meanwhile"))
	}
	if m.Rows, err = f.round(ctx, from, to); err != nil {
		return err
	}
	counters, err := sequences(ctx, from)
	if err != nil {
		return err
	}
	for _, q := range counters {
		if _, err := to.Exec(ctx, `SELECT setval($1::text::regclass, $2, $3)`, quote(q.Name), q.Value, q.Called); err != nil {
			return fmt.Errorf("sequence %s: %w", q.Name, err)
		}
	}
	say.say("compare", "", 0, 1)
	if err := f.compare(ctx, from, to); err != nil {
		return err
	}
	if err := layKeys(ctx, to, keys); err != nil {
		return fmt.Errorf("put the foreign keys back: %w", err)
	}
	return audit.RecordNow(ctx, to, moved(a.ID, *m))
}

func moved(agencyID string, m Move) audit.Change {
	return audit.Change{
		Action: "agency.moved", Entity: "agency", EntityID: agencyID,
		Before: map[string]string{"placement": m.From}, After: map[string]any{"placement": m.To, "rows": m.Rows},
	}
}

// flip lets the registry name the new copy. tx is on the platform's database.
func (s *Service) flip(ctx context.Context, tx pgx.Tx, m *Move, old tenancy.Copy, began time.Time) error {
	n := m.other
	tag, err := tx.Exec(ctx, `UPDATE platform.agencies SET placement = $2, schema_name = $3, role_name = $4, shard = $5, schema_version = $6
		WHERE id = $1 AND placement = $7 AND schema_name = $8`, m.AgencyID, n.Placement, n.Schema, n.Role, n.Shard, n.Version, old.Placement, old.Schema)
	if err != nil {
		return fmt.Errorf("swap: %w", err)
	}
	if tag.RowsAffected() != 1 {
		return tenancy.ErrMoved.Because(errors.New("the agency's tables have been exchanged meanwhile"))
	}
	now := s.d.Now().UTC()
	m.SwappedAt, m.other = &now, old
	if !began.IsZero() {
		m.StopMS = int(time.Since(began).Milliseconds())
	}
	if err := s.saveMove(ctx, tx, *m, "swapped"); err != nil {
		return err
	}
	m.State = "swapped"
	if _, err := tx.Exec(ctx, `SET LOCAL search_path TO platform`); err != nil {
		return err
	}
	return audit.RecordNow(ctx, tx, moved(m.AgencyID, *m))
}

// finish looks at the foreign keys of the rows that were copied.
func (s *Service) finish(ctx context.Context, m *Move) error {
	a, err := s.current(ctx, m.AgencyID)
	if err != nil {
		return err
	}
	if err := s.inCopy(ctx, tenancy.CopyOf(a), proveKeys); err != nil {
		return fmt.Errorf("prove the foreign keys: %w", err)
	}
	m.State = "moved"
	return s.d.Control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error { return s.saveMove(ctx, tx, *m, "moved") })
}
