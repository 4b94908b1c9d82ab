package custody

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/tenancy"
)

// Plan says where backups go, when they are made and how long they stay.
type Plan struct {
	Store file.Store
	// At is the time of the day, in UTC, from which every agency shall have a new backup.
	At time.Duration
	// Days is how long a backup stays; of each agency the newest Keep stay however old they are.
	Days int
	Keep int
	// Identity encrypts backups to itself; empty for open ones. Without it they cannot be read.
	Identity string
}

var (
	ErrNoBackups = fault.Define(fault.Precondition, "custody.no_backups", "This installation keeps no backups: set BUREAU_BACKUP_DIR or BUREAU_BACKUP_BUCKET.")
	ErrNoBackup  = fault.Define(fault.NotFound, "custody.no_backup", "There is no backup of that time.")
)

// The reasons of a backup.
const (
	Scheduled     = "scheduled"
	Asked         = "asked"
	BeforeRestore = "before_restore"
)

// Backup is one archive that is kept.
type Backup struct {
	ID         string     `json:"id"`
	AgencyID   string     `json:"agency_id"`
	Slug       string     `json:"slug"`
	Reason     string     `json:"reason"`
	State      string     `json:"state"` // running, good, failed, gone
	Error      string     `json:"error,omitempty"`
	StartedAt  time.Time  `json:"started_at"`
	TakenAt    *time.Time `json:"taken_at"`
	VerifiedAt *time.Time `json:"verified_at"`
	Key        string     `json:"key"`
	Size       int64      `json:"size"`
	SHA256     string     `json:"sha256"`
	Version    string     `json:"schema_version"`
	Tables     int        `json:"tables"`
	Rows       int64      `json:"rows"`
	Files      int        `json:"files"`
}

// Backup makes an archive of the agency, keeps it, loads it into a spare of
// its own, compares, and throws the spare away. Only then it is good.
func (s *Service) Backup(ctx context.Context, a tenancy.Agency, reason string, say Progress) (Backup, error) {
	if s.d.Backups.Store == nil {
		return Backup{}, ErrNoBackups
	}
	b := Backup{ID: id.New(), AgencyID: a.ID, Slug: a.Slug, Reason: reason, State: "running", StartedAt: s.d.Now().UTC()}
	// It is held for as long as somebody works at it: see lost.
	free, err := s.d.Owner.Alone(ctx, "backup/"+b.ID)
	if err != nil {
		return b, err
	}
	defer free()
	if err := s.addBackup(ctx, b); err != nil {
		return b, err
	}
	err = s.backup(ctx, a, &b, say)
	// What became of it is written down even when the caller has gone.
	ctx = context.WithoutCancel(ctx)
	if err != nil {
		b.State, b.Error = "failed", err.Error()
		s.d.Log.ErrorContext(ctx, "a backup failed", "agency", a.ID, "slug", a.Slug, "err", err)
		return b, errors.Join(err, s.endBackup(ctx, b))
	}
	b.State = "good"
	return b, s.endBackup(ctx, b)
}

func (s *Service) backup(ctx context.Context, a tenancy.Agency, b *Backup, say Progress) error {
	lock, err := s.d.Backups.lock()
	if err != nil {
		return err
	}
	tmp, done, err := Temp()
	if err != nil {
		return err
	}
	defer done()
	h := sha256.New()
	head, m, err := s.Export(ctx, a, io.MultiWriter(tmp, h), lock, say)
	if err != nil {
		return err
	}
	if b.Size, err = tmp.Seek(0, io.SeekCurrent); err != nil {
		return fmt.Errorf("length of the archive: %w", err)
	}
	b.TakenAt, b.SHA256, b.Version = &head.TakenAt, hex.EncodeToString(h.Sum(nil)), head.SchemaVersion()
	b.Tables, b.Rows, b.Files = len(m.Tables), m.Rows(), len(m.Files)
	b.Key = file.Key(a.ID, head.TakenAt.UTC().Format("20060102T150405Z")+"-"+b.ID+".bureau")
	if _, err := tmp.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("rewind the archive: %w", err)
	}
	// Said before it is there, so that it is found again if we die here.
	err = s.d.Control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE backups SET object_key = $2, size = $3 WHERE id = $1`, b.ID, b.Key, b.Size)
		return err
	})
	if err != nil {
		return err
	}
	if err := s.d.Backups.Store.Put(ctx, b.Key, "application/octet-stream", tmp, b.Size); err != nil {
		return fmt.Errorf("keep the archive: %w", err)
	}
	if err := s.verifyBackup(ctx, *b, say); err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	now := s.d.Now().UTC()
	b.VerifiedAt = &now
	return nil
}

func (p Plan) lock() (Lock, error) {
	if p.Identity == "" {
		return Lock{}, nil
	}
	to, err := RecipientOf(p.Identity)
	return Lock{Recipient: to}, err
}

// Temp is a file for an archive: stores want to know its length ahead.
func Temp() (*os.File, func(), error) {
	f, err := os.CreateTemp("", "bureau-archive-*")
	if err != nil {
		return nil, nil, fmt.Errorf("temporary file for the archive: %w", err)
	}
	return f, func() { _ = f.Close(); _ = os.Remove(f.Name()) }, nil
}

// errDiscard ends the building of a spare that has served its purpose.
var errDiscard = errors.New("custody: the spare is thrown away")

// verifyBackup reads what was kept, not what was written: into a spare, whose
// transaction is then undone.
func (s *Service) verifyBackup(ctx context.Context, b Backup, say Progress) error {
	placement, err := s.placementOf(ctx, b.AgencyID)
	if err != nil {
		return err
	}
	in, done, err := s.openBackup(ctx, b)
	if err != nil {
		return err
	}
	defer done()
	in.say = say
	err = s.d.Owner.Build(ctx, placement, in.steps, "", func(ctx context.Context, to *tenancy.Building) error {
		if err := in.load(ctx, to.Tx()); err != nil {
			return err
		}
		if err := to.Upgrade(ctx); err != nil {
			return err
		}
		return errDiscard
	})
	if errors.Is(err, errDiscard) {
		return nil
	}
	return err
}

// openBackup opens a kept archive; its checksum is compared when done reading it.
func (s *Service) openBackup(ctx context.Context, b Backup) (*incoming, func(), error) {
	r, _, err := s.d.Backups.Store.Open(ctx, b.Key)
	if err != nil {
		return nil, nil, fmt.Errorf("open the archive %s: %w", b.Key, err)
	}
	in, err := s.read(r, Key{Identity: s.d.Backups.Identity})
	if err != nil {
		_ = r.Close()
		return nil, nil, err
	}
	return in, func() { in.close(); _ = r.Close() }, nil
}

// Verify loads a kept backup into a spare again and writes down how it went.
func (s *Service) Verify(ctx context.Context, b Backup, say Progress) (Backup, error) {
	if s.d.Backups.Store == nil {
		return b, ErrNoBackups
	}
	err := s.verifyBackup(ctx, b, say)
	ctx = context.WithoutCancel(ctx)
	now := s.d.Now().UTC()
	if b.VerifiedAt, b.State, b.Error = &now, "good", ""; err != nil {
		b.State, b.Error = "failed", err.Error()
		s.d.Log.ErrorContext(ctx, "a kept backup cannot be loaded", "backup", b.ID, "slug", b.Slug, "err", err)
	}
	return b, errors.Join(err, s.endBackup(ctx, b))
}

func (s *Service) addBackup(ctx context.Context, b Backup) error {
	return s.d.Control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO backups (id, agency_id, reason, started_at) VALUES ($1, $2, $3, $4)`, b.ID, b.AgencyID, b.Reason, b.StartedAt)
		return err
	})
}

func (s *Service) endBackup(ctx context.Context, b Backup) error {
	there := false
	err := s.d.Control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE backups SET state = $2, error = $3, taken_at = $4, finished_at = $5, verified_at = $6, object_key = $7,
			size = $8, sha256 = $9, schema_version = $10, tables = $11, row_count = $12, files = $13 WHERE id = $1`,
			b.ID, b.State, b.Error, b.TakenAt, s.d.Now().UTC(), b.VerifiedAt, b.Key, b.Size, b.SHA256, b.Version, b.Tables, b.Rows, b.Files)
		there = err == nil && tag.RowsAffected() == 1
		return err
	})
	if err != nil || there || b.Key == "" {
		return err
	}
	// The agency was removed while its archive was made.
	return s.d.Backups.Store.Delete(ctx, b.Key)
}

const selectBackup = `SELECT b.id::text, b.agency_id::text, coalesce(a.slug, ''), b.reason, b.state, b.error, b.started_at, b.taken_at, b.verified_at, b.object_key,
	b.size, b.sha256, b.schema_version, b.tables, b.row_count, b.files FROM backups b LEFT JOIN agencies a ON a.id = b.agency_id `

func scanBackup(r pgx.CollectableRow) (b Backup, err error) {
	err = r.Scan(&b.ID, &b.AgencyID, &b.Slug, &b.Reason, &b.State, &b.Error, &b.StartedAt, &b.TakenAt, &b.VerifiedAt, &b.Key, &b.Size, &b.SHA256,
		&b.Version, &b.Tables, &b.Rows, &b.Files)
	return b, err
}

func (s *Service) backups(ctx context.Context, where string, args ...any) (out []Backup, err error) {
	err = s.d.Control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, selectBackup+where, args...)
		if err != nil {
			return fmt.Errorf("list backups: %w", err)
		}
		out, err = pgx.CollectRows(rows, scanBackup)
		return err
	})
	return out, err
}

// Backups lists what is kept, newest first; of one agency, or of all when key is empty.
func (s *Service) Backups(ctx context.Context, key string, limit int) ([]Backup, error) {
	return s.backups(ctx, `WHERE ($1 = '' OR b.agency_id = nullif($1, '')::uuid) ORDER BY b.started_at DESC, b.id DESC LIMIT $2`, key, limit)
}

// BackupByID finds one. ErrNoBackup.
func (s *Service) BackupByID(ctx context.Context, key string) (Backup, error) {
	if !id.Valid(key) {
		return Backup{}, ErrNoBackup
	}
	return one(s.backups(ctx, `WHERE b.id = $1`, key))
}

// NewestAt finds the newest good backup of an agency that is not younger than at. ErrNoBackup.
func (s *Service) NewestAt(ctx context.Context, agencyID string, at time.Time) (Backup, error) {
	return one(s.backups(ctx, `WHERE b.agency_id = $1 AND b.state = 'good' AND b.taken_at <= $2 ORDER BY b.taken_at DESC LIMIT 1`, agencyID, at))
}

func one(found []Backup, err error) (Backup, error) {
	if err == nil && len(found) == 0 {
		err = ErrNoBackup
	}
	if err != nil {
		return Backup{}, err
	}
	return found[0], nil
}
