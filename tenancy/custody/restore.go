package custody

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/tenancy"
)

var (
	ErrRestoreOpen = fault.Define(fault.Conflict, "custody.restore_open", "There is a restore of this agency already. Swap it in, or drop it first.")
	ErrNoRestore   = fault.Define(fault.NotFound, "custody.no_restore", "There is no restore of this agency that this can be done with.")
	// ErrRestoreElsewhere answers the swap of a copy that was prepared before the agency moved.
	ErrRestoreElsewhere = fault.Define(fault.Conflict, "custody.restore_elsewhere", "The agency is on another database by now. Drop this restore and prepare it again.")
	// ErrRestoring answers whoever comes while somebody exchanges the copies.
	ErrRestoring = fault.Define(fault.Conflict, "custody.restoring", "This agency is being restored at the moment.")
	ErrBusy      = fault.Define(fault.Unavailable, "custody.busy", "Work on this agency does not end. Nothing was changed; try again.").After(30 * time.Second)
)

// Restore is an agency as it was, beside the one that is.
type Restore struct {
	ID        string     `json:"id"`
	AgencyID  string     `json:"agency_id"`
	BackupID  string     `json:"backup_id"`
	State     string     `json:"state"` // ready, swapped, rolled_back, dropped
	AsOf      time.Time  `json:"as_of"`
	MadeAt    time.Time  `json:"made_at"`
	SwappedAt *time.Time `json:"swapped_at"`
	Summary   Summary    `json:"summary"`

	other tenancy.Copy // see the table
}

// Summary shows what a restore would change.
type Summary struct {
	Newest string  `json:"newest"` // the last entry of the restored audit log
	Tables []Delta `json:"tables"` // those whose number of rows differs
	Same   int     `json:"same"`   // tables with as many rows then as now
	Files  int     `json:"files"`  // files that were missing and are back
}

// Delta is how many rows a table had then and has now.
type Delta struct {
	Table string `json:"table"`
	Then  int64  `json:"then"`
	Now   int64  `json:"now"`
}

// Prepare loads a backup into a copy beside the live one and tells how they
// differ. The agency itself is not touched. ErrRestoreOpen.
func (s *Service) Prepare(ctx context.Context, a tenancy.Agency, b Backup, say Progress) (Restore, error) {
	r := Restore{ID: id.New(), AgencyID: a.ID, BackupID: b.ID, State: "ready", AsOf: *b.TakenAt, MadeAt: s.d.Now().UTC()}
	if _, err := s.openRestore(ctx, a.ID, "ready", "swapped", "rolled_back"); !errors.Is(err, ErrNoRestore) {
		return r, errors.Join(err, ErrRestoreOpen)
	}
	if err := s.notMoving(ctx, a.ID); err != nil {
		return r, err
	}
	live, err := s.counts(ctx, tenancy.CopyOf(a))
	if err != nil {
		return r, err
	}
	in, done, err := s.openBackup(ctx, b)
	if err != nil {
		return r, err
	}
	defer done()
	in.say, in.files = say, s.missingFiles(a.ID, &r.Summary.Files)
	err = s.d.Owner.Build(ctx, a.Placement, in.steps, "", func(ctx context.Context, to *tenancy.Building) error {
		if err := in.load(ctx, to.Tx()); err != nil {
			return err
		}
		if err := to.Upgrade(ctx); err != nil {
			return err
		}
		r.other = to.Copy
		r.Summary.compare(in.manifest.Tables, live)
		var at time.Time
		var action, who string
		err := to.Tx().QueryRow(ctx, `SELECT happened_at, action, actor_name FROM audit_events ORDER BY seq DESC LIMIT 1`).Scan(&at, &action, &who)
		if err == nil {
			r.Summary.Newest = fmt.Sprintf("%s %s by %s", at.UTC().Format(time.RFC3339), action, who)
		} else if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		summary, err := json.Marshal(r.Summary)
		if err != nil {
			return err
		}
		_, err = to.Platform().Exec(ctx, `INSERT INTO platform.restores (id, agency_id, backup_id, state, as_of, made_at, summary, schema_name, role_name, shard, schema_version, placement)
			VALUES ($1, $2, $3, 'ready', $4, $5, $6, $7, $8, $9, $10, $11)`, r.ID, r.AgencyID, r.BackupID, r.AsOf, r.MadeAt, summary,
			to.Schema, to.Role, to.Shard, to.Version, to.Placement)
		if pg.Violates(err, "restores_open_key") {
			return ErrRestoreOpen.Because(err)
		}
		return err
	})
	return r, err
}

// missingFiles puts back what is not there any more. A key is written once, so what is there is right.
func (s *Service) missingFiles(agencyID string, n *int) putFile {
	put := s.newFiles(agencyID)
	return func(ctx context.Context, f File, r io.Reader) error {
		there, err := s.d.Files.Exists(ctx, file.Key(agencyID, f.Key))
		if err != nil {
			return err
		}
		if there {
			return noFiles(ctx, f, r)
		}
		*n++
		return put(ctx, f, r)
	}
}

// counts is how many rows each table has now.
func (s *Service) counts(ctx context.Context, c tenancy.Copy) (map[string]int64, error) {
	out := map[string]int64{}
	err := s.d.Owner.Snapshot(ctx, c, func(ctx context.Context, tx pgx.Tx) error {
		tables, err := shapes(ctx, tx)
		if err != nil {
			return err
		}
		for _, t := range tables {
			var n int64
			if err := tx.QueryRow(ctx, `SELECT count(*) FROM `+quote(t.name)).Scan(&n); err != nil {
				return fmt.Errorf("count %s: %w", t.name, err)
			}
			out[t.name] = n
		}
		return nil
	})
	return out, err
}

func (s *Summary) compare(then []Table, now map[string]int64) {
	for _, t := range then {
		if n := now[t.Name]; n != t.Rows {
			s.Tables = append(s.Tables, Delta{t.Name, t.Rows, n})
		} else {
			s.Same++
		}
	}
}

// OpenRestore is the agency's restore that was prepared or swapped in. ErrNoRestore.
func (s *Service) OpenRestore(ctx context.Context, agencyID string) (Restore, error) {
	return s.openRestore(ctx, agencyID, "ready", "swapped", "rolled_back")
}

func (s *Service) openRestore(ctx context.Context, agencyID string, states ...string) (r Restore, err error) {
	err = s.d.Control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return scanRestore(ctx, tx, &r, `agency_id = $1 AND state = ANY ($2)`, agencyID, states)
	})
	return r, err
}

func scanRestore(ctx context.Context, tx pgx.Tx, r *Restore, where string, args ...any) error {
	var summary []byte
	err := tx.QueryRow(ctx, `SELECT id::text, agency_id::text, backup_id::text, state, as_of, made_at, swapped_at, summary, schema_name, role_name, shard, schema_version, placement
		FROM platform.restores WHERE `+where, args...).Scan(&r.ID, &r.AgencyID, &r.BackupID, &r.State, &r.AsOf, &r.MadeAt, &r.SwappedAt, &summary,
		&r.other.Schema, &r.other.Role, &r.other.Shard, &r.other.Version, &r.other.Placement)
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrNoRestore
	}
	if err != nil {
		return fmt.Errorf("find the restore: %w", err)
	}
	return json.Unmarshal(summary, &r.Summary)
}

// Swap makes the prepared copy the agency's. Before it, the agency as it is is
// backed up. Its jobs are parked, its sessions end and its API tokens are gone;
// invoice numbers go on from the higher counter. The old copy stays until DropOld.
func (s *Service) Swap(ctx context.Context, a tenancy.Agency, say Progress) (Restore, error) {
	free, err := s.alone(ctx, a.ID)
	if err != nil {
		return Restore{}, err
	}
	defer free()
	r, err := s.openRestore(ctx, a.ID, "ready", "rolled_back")
	if err != nil {
		return r, err
	}
	if a, err = s.current(ctx, a.ID); err != nil {
		return r, err
	}
	if _, err := s.Backup(ctx, a, BeforeRestore, say); err != nil {
		return r, fmt.Errorf("back up the agency as it is: %w", err)
	}
	err = s.exchange(ctx, r, "swapped", say, func(ctx context.Context, tx pgx.Tx, old tenancy.Copy) error {
		if err := s.keepHighest(ctx, tx, old.Schema, r.other.Schema); err != nil {
			return err
		}
		if r.State == "rolled_back" {
			return nil // its chain says already that it was restored
		}
		return recordLeft(ctx, tx, old, audit.Change{Action: "agency.restored", Entity: "agency", EntityID: a.ID, Reason: "restored from a backup"}, r)
	})
	if err == nil {
		r.State = "swapped"
	}
	return r, err
}

// Rollback makes the old copy the agency's again. What was done since the swap stays in the other one.
func (s *Service) Rollback(ctx context.Context, a tenancy.Agency, say Progress) (Restore, error) {
	free, err := s.alone(ctx, a.ID)
	if err != nil {
		return Restore{}, err
	}
	defer free()
	r, err := s.openRestore(ctx, a.ID, "swapped")
	if err != nil {
		return r, err
	}
	err = s.exchange(ctx, r, "rolled_back", say, func(ctx context.Context, tx pgx.Tx, now tenancy.Copy) error {
		if err := s.keepHighest(ctx, tx, now.Schema, r.other.Schema); err != nil {
			return err
		}
		return recordLeft(ctx, tx, now, audit.Change{Action: "agency.restore_undone", Entity: "agency", EntityID: a.ID}, r)
	})
	if err == nil {
		r.State = "rolled_back"
	}
	return r, err
}

// recordLeft writes into the chain of the copy that becomes the agency's, which tx is in: the entry follows on that
// chain's head and names the head of the one that is left behind. On a placement of its own the copy commits before
// the platform does, so an exchange may be taken back with its entry written: when it is made again and neither chain
// went on meanwhile, that entry stands for it.
func recordLeft(ctx context.Context, tx pgx.Tx, left tenancy.Copy, c audit.Change, r Restore) error {
	var seq int64
	var hash string
	if err := tx.QueryRow(ctx, `SELECT seq, encode(hash, 'hex') FROM `+left.Schema+`.audit_heads WHERE one`).Scan(&seq, &hash); err != nil {
		return fmt.Errorf("read the head of the audit chain that is left: %w", err)
	}
	var written bool
	err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM audit_events e JOIN audit_heads h ON h.one AND h.seq = e.seq
		WHERE e.action = $1 AND e.after::jsonb ->> 'backup' = $2 AND e.after::jsonb ->> 'left_hash' = $3)`, c.Action, r.BackupID, hash).Scan(&written)
	if err != nil || written {
		return err
	}
	c.After = map[string]any{"as_of": r.AsOf, "backup": r.BackupID, "left_entries": seq, "left_hash": hash}
	return audit.RecordNow(ctx, tx, c)
}

// DropOld throws the other copy away: the old one after a swap, or a prepared one that is not wanted.
func (s *Service) DropOld(ctx context.Context, a tenancy.Agency) (Restore, error) {
	free, err := s.alone(ctx, a.ID)
	if err != nil {
		return Restore{}, err
	}
	defer free()
	r, err := s.openRestore(ctx, a.ID, "ready", "swapped", "rolled_back")
	if err != nil {
		return r, err
	}
	if err := s.d.Owner.Drop(ctx, r.other); err != nil {
		return r, err
	}
	r.State = "dropped"
	return r, s.d.Control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE restores SET state = 'dropped', ended_at = $2 WHERE id = $1`, r.ID, s.d.Now().UTC()); err != nil {
			return err
		}
		return audit.RecordNow(ctx, tx, audit.Change{
			Action: "agency.old_copy_dropped", Entity: "agency", EntityID: a.ID, Before: map[string]any{"backup": r.BackupID, "as_of": r.AsOf, "schema": r.other.Schema},
		})
	})
}

// Parked is how many jobs of the agency wait for a decision since a restore.
func (s *Service) Parked(ctx context.Context, agencyID string) (n int, err error) {
	err = s.d.Control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM `+tenancy.QueueSchema+`.river_job WHERE `+parked, agencyID).Scan(&n)
	})
	return n, err
}

const parked = `metadata @> jsonb_build_object('agency', $1::text) AND metadata ? 'parked' AND state IN ('pending', 'available', 'scheduled', 'retryable')`

// Unpark lets the parked jobs of an agency run, or throws them away. The platform's log holds it; note, which may be nil, says as what.
func (s *Service) Unpark(ctx context.Context, agencyID string, run bool, note func(int64) (audit.Change, error)) (n int64, err error) {
	action, q := "agency.parked_jobs_discarded", `UPDATE `+tenancy.QueueSchema+`.river_job SET state = 'cancelled', finalized_at = now() WHERE `+parked
	if run {
		action, q = "agency.parked_jobs_run", `UPDATE `+tenancy.QueueSchema+`.river_job SET state = 'available', scheduled_at = now(), metadata = metadata - 'parked' WHERE `+parked
	}
	err = s.d.Control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, q, agencyID)
		if n = tag.RowsAffected(); err != nil || n == 0 {
			return err
		}
		c := audit.Change{Action: action, Entity: "agency", EntityID: agencyID, After: map[string]int64{"jobs": n}}
		if note != nil {
			if c, err = note(n); err != nil {
				return err
			}
		}
		return audit.RecordNow(ctx, tx, c)
	})
	return n, err
}
