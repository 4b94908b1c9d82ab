package custody

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/tenancy"
)

const (
	// callsTime is how long an exchange waits for transactions under way, jobsTime for jobs.
	callsTime, jobsTime = 30 * time.Second, 10 * time.Second
	quietLook           = 20 * time.Millisecond
	// aloneTime is how long somebody waits for the copies of an agency that another one has. Each look costs a connection.
	aloneTime, aloneLook = 2 * time.Second, 100 * time.Millisecond
)

// alone keeps everybody else from the copies of an agency until free is called. An exchange that was broken off is
// taken back first. ErrRestoring.
func (s *Service) alone(ctx context.Context, agencyID string) (free func(), err error) {
	// Who looks for exchanges that were broken off has it for a moment.
	for began := time.Now(); ; {
		free, err = s.d.Owner.Alone(ctx, "restore/"+agencyID)
		if err != nil {
			return nil, err
		}
		if free != nil {
			break
		}
		if time.Since(began) > aloneTime {
			return nil, ErrRestoring
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(aloneLook):
		}
	}
	if err := s.takeExchangeBack(ctx, agencyID); err != nil {
		free()
		return nil, err
	}
	return free, nil
}

// exchange points the registry at the other copy. Calls are refused meanwhile,
// and those under way are waited for, so that no acknowledged write is lost.
// Jobs that run end before it; those that wait are parked. It is written down
// before it begins, so that whoever finds it broken off can take it back. The
// caller holds the agency's copies: see alone.
func (s *Service) exchange(ctx context.Context, r Restore, state string, say Progress, inside func(context.Context, pgx.Tx, tenancy.Copy) error) error {
	a, err := s.current(ctx, r.AgencyID)
	if err != nil {
		return err
	}
	if a.State != tenancy.Active && a.State != tenancy.Suspended {
		return tenancy.ErrBadState
	}
	old := tenancy.CopyOf(a)
	if old.Placement != r.other.Placement {
		return ErrRestoreElsewhere
	}
	if err := s.notMoving(ctx, a.ID); err != nil {
		return err
	}
	key := id.New()
	if err := s.announceExchange(ctx, a, r, key); err != nil {
		return err
	}
	say.say("stop", "", 0, 2)
	err = s.shut(ctx, a.ID, old, key)
	if err == nil {
		say.say("stop", "", 1, 2)
		err = s.d.Owner.Both(ctx, old.Placement, func(ctx context.Context, tx, platform pgx.Tx) error {
			// The other copy is the search path: what inside writes goes there.
			if _, err := tx.Exec(ctx, `SET LOCAL search_path TO `+r.other.Schema); err != nil {
				return err
			}
			if err := inside(ctx, tx, old); err != nil {
				return err
			}
			// The copy's members take their places in the index; nobody is signed in any more.
			if _, err := platform.Exec(ctx, `DELETE FROM platform.memberships WHERE agency_id = $1`, a.ID); err != nil {
				return err
			}
			if _, err := s.d.People(ctx, tx, platform, a.ID, false); err != nil {
				return err
			}
			// It was shut, if it was the live one before.
			if err := tenancy.SetDoors(ctx, tx, r.other, true); err != nil {
				return err
			}
			// What still runs after so long a wait has met shut doors. When it comes again it is parked.
			if err := park(ctx, platform, a.ID, key, true); err != nil {
				return err
			}
			say.say("swap", "", 0, 2)
			return swapRows(ctx, platform, a, r, old, state, s.d.Now().UTC())
		})
	}
	if err != nil {
		return errors.Join(err, s.takeExchangeBack(context.WithoutCancel(ctx), a.ID))
	}
	say.say("swap", "", 1, 2)
	return nil
}

// announceExchange closes the agency, holds its jobs, and writes down what was before.
func (s *Service) announceExchange(ctx context.Context, a tenancy.Agency, r Restore, key string) error {
	return s.d.Control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE restores SET exchange = $2, exchange_state = $3 WHERE id = $1 AND state = $4 AND exchange IS NULL`, r.ID, key, string(a.State), r.State)
		if err != nil {
			return err
		}
		if tag.RowsAffected() != 1 {
			return ErrNoRestore
		}
		tag, err = tx.Exec(ctx, `UPDATE agencies SET state = $2 WHERE id = $1 AND state = $3`, a.ID, string(tenancy.Suspended), string(a.State))
		if err != nil {
			return err
		}
		if tag.RowsAffected() != 1 {
			return tenancy.ErrBadState
		}
		return park(ctx, tx, a.ID, key, false)
	})
}

// takeExchangeBack makes an agency what it was before an exchange that did not come to its end.
func (s *Service) takeExchangeBack(ctx context.Context, agencyID string) error {
	return s.d.Control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		var restore, key string
		var state tenancy.State
		// This waits for a last transaction that the server may still be at when its program is gone.
		err := tx.QueryRow(ctx, `SELECT id::text, exchange::text, exchange_state FROM restores WHERE agency_id = $1 AND exchange IS NOT NULL FOR UPDATE`, agencyID).Scan(&restore, &key, &state)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		a, err := tenancy.ReadAgency(ctx, tx, agencyID)
		if err != nil {
			return err
		}
		live := tenancy.CopyOf(a)
		if err := s.d.Owner.Doors(ctx, live, true); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE agencies SET state = $2 WHERE id = $1 AND state = $3`, agencyID, string(state), string(tenancy.Suspended)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE restores SET exchange = NULL, exchange_state = '' WHERE id = $1`, restore); err != nil {
			return err
		}
		if live.Placement != tenancy.Main {
			err := s.d.Owner.Owner(ctx, live.Placement, func(ctx context.Context, tx pgx.Tx) error { return release(ctx, tx, key) })
			if err != nil {
				return err
			}
		}
		return release(ctx, tx, key)
	})
}

// SettleRestores takes back what was broken off in the middle of an exchange, and is nobody's any more.
func (s *Service) SettleRestores(ctx context.Context) error {
	var open []string
	err := s.d.Control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT agency_id::text FROM restores WHERE exchange IS NOT NULL`)
		if err == nil {
			open, err = pgx.CollectRows(rows, pgx.RowTo[string])
		}
		return err
	})
	for _, agencyID := range open {
		free, aloneErr := s.alone(ctx, agencyID)
		switch {
		case errors.Is(aloneErr, ErrRestoring):
		case aloneErr != nil:
			err = errors.Join(err, fmt.Errorf("agency %s: %w", agencyID, aloneErr))
		default:
			free()
			s.d.Log.WarnContext(ctx, "an exchange of copies that was broken off is taken back", "agency", agencyID)
		}
	}
	return err
}

// shut waits for work that is under way, then lets none in any more, then
// waits for what slipped in between: a process may hear late that the agency is closed.
func (s *Service) shut(ctx context.Context, agencyID string, c tenancy.Copy, key string) error {
	if err := s.quiet(ctx, c); err != nil {
		return err
	}
	if err := s.idle(ctx, agencyID, c, key); err != nil {
		return err
	}
	if err := s.d.Owner.Doors(ctx, c, false); err != nil {
		return err
	}
	if err := s.quiet(ctx, c); err != nil {
		return err
	}
	// From here on nobody can ask for a job in the agency, and none is left that could begin.
	return s.idle(ctx, agencyID, c, key)
}

// idle parks the agency's jobs and waits for those that run, but not for ever.
func (s *Service) idle(ctx context.Context, agencyID string, c tenancy.Copy, key string) error {
	tick := time.NewTicker(quietLook)
	defer tick.Stop()
	for end := time.Now().Add(s.jobsTime); ; {
		if c.Placement != tenancy.Main {
			err := s.d.Owner.Owner(ctx, c.Placement, func(ctx context.Context, tx pgx.Tx) error { return park(ctx, tx, agencyID, key, false) })
			if err != nil {
				return err
			}
		}
		var running int
		err := s.d.Control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
			if err := park(ctx, tx, agencyID, key, false); err != nil {
				return err
			}
			return tx.QueryRow(ctx, `SELECT count(*) FROM `+jobs+` WHERE metadata @> jsonb_build_object('agency', $1::text) AND state = 'running'`, agencyID).Scan(&running)
		})
		if err != nil || running == 0 || time.Now().After(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func swapRows(ctx context.Context, tx pgx.Tx, a tenancy.Agency, r Restore, old tenancy.Copy, state string, now time.Time) error {
	tag, err := tx.Exec(ctx, `UPDATE platform.restores SET state = $2, swapped_at = $3, schema_name = $4, role_name = $5, shard = $6, schema_version = $7,
		exchange = NULL, exchange_state = '' WHERE id = $1 AND state = $8`, r.ID, state, now, old.Schema, old.Role, old.Shard, old.Version, r.State)
	if err != nil {
		return err
	}
	if tag.RowsAffected() != 1 {
		return ErrNoRestore
	}
	tag, err = tx.Exec(ctx, `UPDATE platform.agencies SET schema_name = $2, role_name = $3, shard = $4, schema_version = $5, state = $6 WHERE id = $1 AND schema_name = $7`,
		a.ID, r.other.Schema, r.other.Role, r.other.Shard, r.other.Version, string(a.State), old.Schema)
	if err != nil {
		return err
	}
	if tag.RowsAffected() != 1 {
		return tenancy.ErrMoved
	}
	_, err = tx.Exec(ctx, `UPDATE platform.sessions SET revoked_at = $2, revoked_reason = 'restored' WHERE agency_id = $1 AND revoked_at IS NULL`, a.ID, now)
	return err
}

const jobs = tenancy.QueueSchema + `.river_job`

// park holds the agency's jobs in the queue of tx's database. 'pending' is the queue's state for what waits for a
// person. Those that run are marked, where that is asked for: they are put off when they come again (job.Park).
func park(ctx context.Context, tx pgx.Tx, agencyID, key string, running bool) error {
	states := []string{"available", "scheduled", "retryable"}
	if running {
		states = append(states, "running")
	}
	_, err := tx.Exec(ctx, `UPDATE `+jobs+` SET state = CASE state WHEN 'running' THEN state ELSE 'pending' END, metadata = metadata || jsonb_build_object('parked', $2::text)
		WHERE metadata @> jsonb_build_object('agency', $1::text) AND state::text = ANY ($3)`, agencyID, key, states)
	return err
}

// release lets go what was parked under a key.
func release(ctx context.Context, tx pgx.Tx, key string) error {
	_, err := tx.Exec(ctx, `UPDATE `+jobs+` SET metadata = metadata - 'parked', state = CASE
		WHEN state <> 'pending' THEN state WHEN scheduled_at > now() THEN 'scheduled' ELSE 'available' END
		WHERE metadata @> jsonb_build_object('parked', $1::text)`, key)
	return err
}

// quiet waits until no transaction uses the copy. ErrBusy.
func (s *Service) quiet(ctx context.Context, c tenancy.Copy) error {
	ctx, cancel := context.WithTimeout(ctx, callsTime)
	defer cancel()
	tick := time.NewTicker(quietLook)
	defer tick.Stop()
	for {
		var open int
		err := s.d.Owner.Owner(ctx, c.Placement, func(ctx context.Context, tx pgx.Tx) error {
			return tx.QueryRow(ctx, `SELECT count(*) FROM pg_locks l WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
				AND l.pid <> pg_backend_pid() AND EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = l.relation
				AND d.refclassid = 'pg_namespace'::regclass AND d.refobjid = $1::text::regnamespace)`, c.Schema).Scan(&open)
		})
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			return ErrBusy.Because(err)
		case err != nil:
			return fmt.Errorf("wait for calls under way: %w", err)
		case open == 0:
			return nil
		}
		select {
		case <-ctx.Done():
			return ErrBusy.Because(ctx.Err())
		case <-tick.C:
		}
	}
}

// keepHighest carries counters over: what was used up stays used up.
func (s *Service) keepHighest(ctx context.Context, tx pgx.Tx, from, to string) error {
	for _, h := range s.d.Highest {
		sets, on, both := make([]string, len(h.Columns)), make([]string, len(h.Key)), append(append([]string{}, h.Key...), h.Columns...)
		for i, c := range h.Columns {
			sets[i] = fmt.Sprintf("%[1]s = greatest(n.%[1]s, o.%[1]s)", c)
		}
		for i, c := range h.Key {
			on[i] = fmt.Sprintf("n.%[1]s = o.%[1]s", c)
		}
		join, list := strings.Join(on, " AND "), strings.Join(both, ", ")
		q := fmt.Sprintf(`UPDATE %[1]s.%[3]s n SET %[4]s FROM %[2]s.%[3]s o WHERE %[5]s;
			INSERT INTO %[1]s.%[3]s (%[6]s) SELECT %[6]s FROM %[2]s.%[3]s o WHERE NOT EXISTS (SELECT FROM %[1]s.%[3]s n WHERE %[5]s)
				AND EXISTS (SELECT FROM %[1]s.%[7]s p WHERE p.id = o.%[8]s)`,
			to, from, h.Table, strings.Join(sets, ", "), join, list, h.Parent, h.Ref)
		if _, err := tx.Exec(ctx, q); err != nil {
			return fmt.Errorf("carry over the counters of %s: %w", h.Table, err)
		}
	}
	return nil
}
