package agency

import (
	"context"
	"errors"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/tenancy"
)

const (
	// ExportDays is how long an archive can be fetched.
	ExportDays = 7
	// linkTime is how long an address of it works.
	linkTime = 5 * time.Minute
	// exportTime is how long the making of one may take.
	exportTime = 2 * time.Hour
)

var (
	ErrExportRunning  = fault.Define(fault.Conflict, "agency.export_running", "An export is being made already. It can be downloaded when it is ready.")
	ErrExportNotFound = fault.Define(fault.NotFound, "agency.export_not_found", "There is no such export.")
	ErrExportNotReady = fault.Define(fault.Conflict, "agency.export_not_ready", "This export cannot be downloaded: it is not ready, or it has expired.")
)

// Export is one archive of all the agency has.
type Export struct {
	ID         string
	State      string // queued, running, ready, failed, expired
	Recipient  string // public key that it is encrypted to, empty for an open archive
	AskedAt    time.Time
	AskedBy    string
	AskedName  string
	Done       int // parts of Total
	Total      int
	FinishedAt *time.Time
	ExpiresAt  *time.Time
	Key        string // in the file store
	Size       int64
	Rows       int64
	Files      int
}

// Archive is what Archives made.
type Archive struct {
	Key   string
	Size  int64
	Rows  int64
	Files int
}

// Archives makes archives of the agency of ctx and hands them out.
type Archives interface {
	// Check refuses what is no public key.
	Check(recipient string) error
	// Make is told how to say how far it has got.
	Make(ctx context.Context, exportID, recipient string, say func(done, total int)) (Archive, error)
	URL(ctx context.Context, key string, ttl time.Duration, filename string) (string, error)
	Remove(ctx context.Context, key string) error
}

// ExportStore keeps what is known of exports.
type ExportStore interface {
	// AddExport answers ErrExportRunning while another one is open.
	AddExport(context.Context, *tenancy.Tx, Export) error
	Exports(context.Context, *tenancy.Tx, page.Query) ([]Export, error)
	// Export locks the row. ErrExportNotFound.
	Export(ctx context.Context, tx *tenancy.Tx, id string) (Export, error)
	SaveExport(context.Context, *tenancy.Tx, Export) error
	// OldExports are those that ended their time, or whose maker died.
	OldExports(ctx context.Context, tx *tenancy.Tx, now, lost time.Time) ([]Export, error)
}

type exportJob struct {
	ID string `json:"id"`
}

// Kind implements job.Args.
func (exportJob) Kind() string { return "agency.export" }

// RegisterJobs says how exports are made.
func RegisterJobs(r *job.Registry, s *Service) {
	job.HandleWithin(r, exportTime, func(ctx context.Context, j exportJob) error { return s.makeExport(ctx, j.ID) })
	r.Always(exportJob{}) // an agency's data are its own whatever it owes
}

// AskExport begins an export. ErrExportRunning.
func (s *Service) AskExport(ctx context.Context, recipient string) (Export, error) {
	if err := s.d.Archives.Check(recipient); err != nil {
		return Export{}, ErrInvalid.At("body.recipient", "is not a public key of age, such as age1…")
	}
	if err := s.expireExports(ctx); err != nil {
		return Export{}, err
	}
	who := access.From(ctx)
	e := Export{ID: id.New(), State: "queued", Recipient: recipient, AskedAt: s.d.Now().UTC(), AskedBy: who.MemberID, AskedName: who.Name}
	return e, s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := s.d.Exports.AddExport(ctx, tx, e); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, audit.Change{Action: "agency.export_asked", Entity: "export", EntityID: e.ID, After: map[string]any{"encrypted": recipient != ""}}); err != nil {
			return err
		}
		return s.d.Jobs.Enqueue(ctx, tx, exportJob{e.ID})
	})
}

// Exports lists exports, newest first, one more than the page if there are more.
func (s *Service) Exports(ctx context.Context, q page.Query) (out []Export, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Exports.Exports(ctx, tx, q)
		return err
	})
	now := s.d.Now()
	for i, e := range out {
		if e.State == "ready" && !e.ExpiresAt.After(now) {
			out[i].State = "expired" // its file goes with the next export
		}
	}
	return out, err
}

// ExportURL is an address from which whoever has it can fetch the archive for a
// few minutes. Each is written down. ErrExportNotFound, ErrExportNotReady.
func (s *Service) ExportURL(ctx context.Context, key string) (address string, until time.Time, err error) {
	if !id.Valid(key) {
		return "", until, ErrExportNotFound
	}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		e, err := s.d.Exports.Export(ctx, tx, key)
		if err != nil {
			return err
		}
		now := s.d.Now().UTC()
		if e.State != "ready" || !e.ExpiresAt.After(now) {
			return ErrExportNotReady
		}
		until = now.Add(linkTime)
		name := tx.Agency().Slug + "-" + e.AskedAt.Format(time.DateOnly) + ".bureau"
		if address, err = s.d.Archives.URL(ctx, e.Key, linkTime, name); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Change{Action: "agency.export_downloaded", Entity: "export", EntityID: e.ID})
	})
	return address, until, err
}

// changeExport applies fn to the stored export.
func (s *Service) changeExport(ctx context.Context, key string, fn func(*Export) error) (e Export, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if e, err = s.d.Exports.Export(ctx, tx, key); err != nil {
			return err
		}
		if err := fn(&e); err != nil {
			return err
		}
		return s.d.Exports.SaveExport(ctx, tx, e)
	})
	return e, err
}

var errEnded = errors.New("agency: the export has ended")

func (s *Service) makeExport(ctx context.Context, key string) error {
	e, err := s.changeExport(ctx, key, func(e *Export) error {
		if e.State != "queued" && e.State != "running" {
			return errEnded
		}
		e.State = "running"
		return nil
	})
	if errors.Is(err, errEnded) {
		return nil // the job came twice
	}
	if err != nil {
		return err
	}
	said := 0
	made, err := s.d.Archives.Make(ctx, key, e.Recipient, func(done, total int) {
		// Twenty steps are enough to see that it moves.
		if now := done * 20 / max(total, 1); now > said {
			said = now
			_, _ = s.changeExport(ctx, key, func(e *Export) error { e.Done, e.Total = done, total; return nil })
		}
	})
	now := s.d.Now().UTC()
	_, saveErr := s.changeExport(context.WithoutCancel(ctx), key, func(e *Export) error {
		e.FinishedAt = &now
		if err != nil {
			e.State = "failed"
			return nil //nolint:nilerr // the failure is kept; it is no reason not to keep it
		}
		until := now.AddDate(0, 0, ExportDays)
		e.State, e.ExpiresAt, e.Done, e.Total = "ready", &until, 1, 1
		e.Key, e.Size, e.Rows, e.Files = made.Key, made.Size, made.Rows, made.Files
		return nil
	})
	if err != nil {
		// It is shown as failed, and can be asked for again; a second try behind one's back would only confuse.
		return errors.Join(err, saveErr)
	}
	return saveErr
}

// expireExports removes archives that ended their time, and ends exports whose maker died.
func (s *Service) expireExports(ctx context.Context) error {
	now := s.d.Now().UTC()
	var old []Export
	err := s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		old, err = s.d.Exports.OldExports(ctx, tx, now, now.Add(-exportTime))
		return err
	})
	if err != nil {
		return err
	}
	for _, e := range old {
		if e.Key != "" {
			if err := s.d.Archives.Remove(ctx, e.Key); err != nil {
				return err
			}
		}
		_, err := s.changeExport(ctx, e.ID, func(e *Export) error {
			if e.State = "expired"; e.Key == "" {
				e.State, e.FinishedAt = "failed", &now
			}
			e.Key = ""
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
