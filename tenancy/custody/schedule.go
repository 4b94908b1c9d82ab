package custody

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/tenancy"
)

// scheduleLock lets one worker of several make the backups.
const scheduleLock = 0x62757265617562 // "bureaub"

// patience is how long after a failure an agency's backup is tried again.
const patience = time.Hour

// KeepBackups makes the backups that are due and removes those that grew old,
// now and again every interval, until ctx ends.
func (s *Service) KeepBackups(ctx context.Context, find func(context.Context, string) (tenancy.Agency, error), every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := s.Due(ctx, find); err != nil && ctx.Err() == nil {
			s.d.Log.ErrorContext(ctx, "backups could not be made", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Due makes every backup that the plan asks for by now. A failure of one
// agency does not hold up the others.
func (s *Service) Due(ctx context.Context, find func(context.Context, string) (tenancy.Agency, error)) error {
	if s.d.Backups.Store == nil {
		return nil
	}
	// The lock is a connection's: it goes with a worker that dies.
	conn, err := s.d.Control.Connect(ctx)
	if err != nil {
		return fmt.Errorf("connect for the schedule: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var mine bool
	if err := conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, scheduleLock).Scan(&mine); err != nil || !mine {
		return err
	}
	// Given back at once: the database takes its time to notice that a connection is closed, and who comes next finds it free.
	defer func() {
		_, _ = conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, scheduleLock)
	}()
	if err := errors.Join(s.Sweep(ctx), s.lost(ctx)); err != nil {
		return err
	}
	keys, err := s.due(ctx)
	for _, key := range keys {
		a, findErr := find(ctx, key)
		if findErr == nil {
			_, findErr = s.Backup(ctx, a, Scheduled, nil) // written down and logged there
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		_ = findErr
	}
	return errors.Join(err, s.Expire(ctx))
}

// since is the newest planned time that has passed.
func (p Plan) since(now time.Time) time.Time {
	now = now.UTC()
	at := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC).Add(p.At)
	if at.After(now) {
		at = at.AddDate(0, 0, -1)
	}
	return at
}

func (s *Service) due(ctx context.Context) (keys []string, err error) {
	now := s.d.Now()
	err = s.d.Control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT a.id::text FROM agencies a WHERE a.state IN ('active', 'suspended') AND a.claimed_at < $1
			AND NOT EXISTS (SELECT FROM backups b WHERE b.agency_id = a.id AND b.state = 'good' AND b.started_at >= $1)
			AND NOT EXISTS (SELECT FROM backups b WHERE b.agency_id = a.id AND b.state IN ('failed', 'running') AND b.started_at >= $2)
			ORDER BY a.number`, s.d.Backups.since(now), now.Add(-patience))
		if err != nil {
			return fmt.Errorf("find what is due: %w", err)
		}
		keys, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	return keys, err
}

// lost ends the backups whose process died: nobody holds them. What they have put into the store goes with them when they are old.
func (s *Service) lost(ctx context.Context) error {
	open, err := s.backups(ctx, `WHERE b.state = 'running' AND b.started_at < $1`, s.d.Now().Add(-time.Minute))
	for _, b := range open {
		free, aloneErr := s.d.Owner.Alone(ctx, "backup/"+b.ID)
		if aloneErr != nil || free == nil {
			err = errors.Join(err, aloneErr)
			continue
		}
		err = errors.Join(err, s.d.Control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE backups SET state = 'failed', error = 'the program ended in the middle', finished_at = $2 WHERE id = $1 AND state = 'running'`, b.ID, s.d.Now().UTC())
			return err
		}))
		free()
	}
	return err
}

// Expire removes archives that the plan keeps no longer.
func (s *Service) Expire(ctx context.Context) error {
	if s.d.Backups.Store == nil {
		return nil
	}
	old, err := s.backups(ctx, `WHERE b.state IN ('good', 'failed') AND b.started_at < $1
		AND NOT EXISTS (SELECT FROM restores r WHERE r.backup_id = b.id AND r.state <> 'dropped')
		AND b.id NOT IN (SELECT n.id FROM (SELECT k.id, row_number() OVER (PARTITION BY k.agency_id ORDER BY k.taken_at DESC) AS place
			FROM backups k WHERE k.state = 'good') n WHERE n.place <= $2)
		ORDER BY b.started_at`, s.d.Now().AddDate(0, 0, -s.d.Backups.Days), s.d.Backups.Keep)
	for _, b := range old {
		if b.Key != "" {
			if err := s.d.Backups.Store.Delete(ctx, b.Key); err != nil {
				return fmt.Errorf("remove the archive %s: %w", b.Key, err)
			}
		}
		b.State = "gone"
		if err := s.endBackup(ctx, b); err != nil {
			return err
		}
	}
	return err
}

// Health is how the backups of all agencies stand.
type Health struct {
	Configured bool       `json:"configured"`
	Agencies   int        `json:"agencies"`
	Overdue    int        `json:"overdue"` // without a good backup of the last two days
	Failed     []Backup   `json:"failed"`  // agencies whose newest backup failed
	Newest     *time.Time `json:"newest"`
}

// Health looks at the newest backup of every agency.
func (s *Service) Health(ctx context.Context) (h Health, err error) {
	h.Configured = s.d.Backups.Store != nil
	if !h.Configured {
		return h, nil
	}
	err = s.d.Control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		// An agency of today has until tomorrow's schedule.
		return tx.QueryRow(ctx, `SELECT count(*), count(*) FILTER (WHERE coalesce(b.newest, a.claimed_at) < $1), max(b.newest)
			FROM agencies a LEFT JOIN (SELECT agency_id, max(taken_at) AS newest FROM backups WHERE state = 'good' GROUP BY agency_id) b ON b.agency_id = a.id
			WHERE a.state IN ('active', 'suspended')`, s.d.Now().Add(-48*time.Hour)).Scan(&h.Agencies, &h.Overdue, &h.Newest)
	})
	if err != nil {
		return h, fmt.Errorf("look at the backups: %w", err)
	}
	h.Failed, err = s.backups(ctx, `WHERE b.state = 'failed' AND a.state IN ('active', 'suspended') AND NOT EXISTS
		(SELECT FROM backups n WHERE n.agency_id = b.agency_id AND n.started_at > b.started_at) ORDER BY b.started_at DESC LIMIT 20`)
	return h, err
}
