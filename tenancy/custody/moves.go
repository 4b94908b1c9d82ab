package custody

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/tenancy"
)

// settle ends or takes back a move whose mover has died. The caller holds the agency's lock.
func (s *Service) settle(ctx context.Context, m Move) (Move, error) {
	switch m.State {
	case "copying", "fenced":
		a, err := s.current(ctx, m.AgencyID)
		if err != nil {
			return m, err
		}
		old := tenancy.CopyOf(a)
		shut, err := s.isShut(ctx, old)
		if err != nil {
			return m, err
		}
		// What was waited for may have changed where it stands.
		if now, err := s.openMove(ctx, m.AgencyID); err != nil || now.State != m.State {
			if err != nil {
				return m, err
			}
			return s.settle(ctx, now)
		}
		if m.State == "copying" || !shut || old.Placement != m.From {
			return s.takeBack(ctx, m)
		}
		err = s.d.Owner.Owner(ctx, tenancy.Main, func(ctx context.Context, tx pgx.Tx) error { return s.flip(ctx, tx, &m, old, time.Time{}) })
		if err != nil {
			return m, err
		}
		return m, s.finish(ctx, &m)
	case "swapped":
		return m, s.finish(ctx, &m)
	}
	return m, nil
}

// isShut tells whether the doors of a copy are shut. It waits for a mover's
// last transaction, which the server may still be at when its program is gone.
func (s *Service) isShut(ctx context.Context, c tenancy.Copy) (shut bool, err error) {
	err = s.inCopy(ctx, c, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `LOCK TABLE `+versionsTable+` IN ROW EXCLUSIVE MODE`); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT NOT has_schema_privilege($1, $2, 'USAGE')`, c.Role, c.Schema).Scan(&shut)
	})
	return shut, err
}

// takeBack ends a move that has not shut the old copy: the new one goes.
func (s *Service) takeBack(ctx context.Context, m Move) (Move, error) {
	if m.Error == "" {
		m.Error = "it was broken off"
	}
	err := s.d.Control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		m.State = "failed"
		return s.saveMove(ctx, tx, m, m.State)
	})
	if err != nil || m.other.Schema == "" {
		return m, err
	}
	return m, s.d.Owner.Drop(ctx, m.other)
}

// KeepSettled settles moves and exchanges of copies whose process has died, every so often, until ctx ends.
func (s *Service) KeepSettled(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := s.SettleMoves(ctx); err != nil && ctx.Err() == nil {
			s.d.Log.ErrorContext(ctx, "a move that was broken off could not be settled", "err", err)
		}
		if err := s.SettleRestores(ctx); err != nil && ctx.Err() == nil {
			s.d.Log.ErrorContext(ctx, "an exchange of copies that was broken off could not be taken back", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// SettleMoves settles what nobody works at.
func (s *Service) SettleMoves(ctx context.Context) error {
	open, err := s.moves(ctx, `state IN ('copying', 'fenced', 'swapped') ORDER BY started_at`)
	for _, m := range open {
		free, lockErr := s.d.Owner.Alone(ctx, "move/"+m.AgencyID)
		if lockErr != nil || free == nil {
			err = errors.Join(err, lockErr)
			continue
		}
		// It may have gone on while we looked.
		now, findErr := s.openMove(ctx, m.AgencyID)
		if findErr == nil {
			now, findErr = s.settle(ctx, now)
			s.d.Log.WarnContext(ctx, "a move that was broken off is settled", "agency", m.AgencyID, "state", now.State)
		}
		free()
		if findErr != nil && !errors.Is(findErr, ErrNoMove) {
			err = errors.Join(err, fmt.Errorf("agency %s: %w", m.AgencyID, findErr))
		}
	}
	return err
}

// DropMoved throws the copy away that a move has left behind. ErrNoMove, ErrMoving.
func (s *Service) DropMoved(ctx context.Context, agencyID string) (Move, error) {
	m, err := s.openMove(ctx, agencyID)
	switch {
	case err != nil:
		return m, err
	case m.State != "moved":
		return m, ErrMoving
	}
	if err := s.d.Owner.Drop(ctx, m.other); err != nil {
		return m, err
	}
	m.State = "dropped"
	return m, s.d.Control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if err := s.saveMove(ctx, tx, m, m.State); err != nil {
			return err
		}
		return audit.RecordNow(ctx, tx, audit.Change{
			Action: "agency.old_copy_dropped", Entity: "agency", EntityID: agencyID, Before: map[string]string{"placement": m.From, "schema": m.other.Schema},
		})
	})
}

// OpenMove is the agency's move that is under way, or whose old copy is still there. ErrNoMove.
func (s *Service) OpenMove(ctx context.Context, agencyID string) (Move, error) {
	return s.openMove(ctx, agencyID)
}

func (s *Service) openMove(ctx context.Context, agencyID string) (Move, error) {
	found, err := s.moves(ctx, `agency_id = $1 AND state IN ('copying', 'fenced', 'swapped', 'moved')`, agencyID)
	if err == nil && len(found) == 0 {
		err = ErrNoMove
	}
	if err != nil {
		return Move{}, err
	}
	return found[0], nil
}

// notMoving refuses what must not meet a move.
func (s *Service) notMoving(ctx context.Context, agencyID string) error {
	m, err := s.openMove(ctx, agencyID)
	switch {
	case errors.Is(err, ErrNoMove), err == nil && m.State == "moved":
		return nil
	case err != nil:
		return err
	}
	return ErrMoving
}

func (s *Service) moves(ctx context.Context, where string, args ...any) (out []Move, err error) {
	err = s.d.Control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id::text, agency_id::text, from_placement, to_placement, state, started_at, swapped_at, stop_ms, row_count, error,
			placement, schema_name, role_name, shard, schema_version FROM platform.moves WHERE `+where, args...)
		if err != nil {
			return fmt.Errorf("find the move: %w", err)
		}
		out, err = pgx.CollectRows(rows, func(r pgx.CollectableRow) (m Move, err error) {
			err = r.Scan(&m.ID, &m.AgencyID, &m.From, &m.To, &m.State, &m.StartedAt, &m.SwappedAt, &m.StopMS, &m.Rows, &m.Error,
				&m.other.Placement, &m.other.Schema, &m.other.Role, &m.other.Shard, &m.other.Version)
			return m, err
		})
		return err
	})
	return out, err
}

func (s *Service) addMove(ctx context.Context, m Move) error {
	err := s.d.Control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO moves (id, agency_id, from_placement, to_placement, state, started_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			m.ID, m.AgencyID, m.From, m.To, m.State, m.StartedAt)
		return err
	})
	if pg.Violates(err, "moves_open_key") {
		return ErrMoving.Because(err)
	}
	return err
}

// saveMove writes a move down in its new state, unless somebody has settled it.
func (s *Service) saveMove(ctx context.Context, tx pgx.Tx, m Move, state string) error {
	var ended *time.Time
	if state == "dropped" || state == "failed" {
		now := s.d.Now().UTC()
		ended = &now
	}
	tag, err := tx.Exec(ctx, `UPDATE platform.moves SET state = $2, swapped_at = $3, ended_at = $4, stop_ms = $5, row_count = $6, error = $7,
		placement = $8, schema_name = $9, role_name = $10, shard = $11, schema_version = $12 WHERE id = $1 AND state NOT IN ('failed', 'dropped')`,
		m.ID, state, m.SwappedAt, ended, m.StopMS, m.Rows, m.Error, m.other.Placement, m.other.Schema, m.other.Role, m.other.Shard, m.other.Version)
	if err != nil {
		return fmt.Errorf("write the move down: %w", err)
	}
	if tag.RowsAffected() != 1 {
		return ErrNoMove
	}
	return nil
}

// current is the agency as the registry has it now.
func (s *Service) current(ctx context.Context, key string) (a tenancy.Agency, err error) {
	err = s.d.Control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		a, err = tenancy.ReadAgency(ctx, tx, key)
		return err
	})
	return a, err
}
