package agency

import (
	"context"
	"io"
	"time"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/tenancy"
)

// Store keeps settings. Its one implementation is agencydb.
type Store interface {
	Settings(context.Context, *tenancy.Tx) (Settings, error)
	// Save writes s if the stored version is still s.Version. httpapi.ErrStale otherwise.
	Save(context.Context, *tenancy.Tx, Settings, time.Time) error
	SetLogo(ctx context.Context, tx *tenancy.Tx, key string, now time.Time) error
	MarkSample(context.Context, *tenancy.Tx, SampleState, time.Time) error
	// Happened tells which of the named events ever took place.
	Happened(ctx context.Context, tx *tenancy.Tx, names []string) (map[string]bool, error)
}

// Names keeps the agency's name where hosts and mails look it up.
type Names interface {
	Rename(ctx context.Context, agencyID, name string) error
}

// Publisher tells the rest of the house what happened.
type Publisher interface {
	Publish(context.Context, job.Tx, event.Event) error
}

// Enqueuer adds jobs in the transaction of a change.
type Enqueuer interface {
	Enqueue(context.Context, job.Tx, ...job.Args) error
}

// Images checks and stores a picture and opens it again.
type Images interface {
	// PutLogo refuses what is no PNG, JPEG or WebP of at most 2 MB and 4096 pixels a side.
	PutLogo(ctx context.Context, agencyID string, r io.Reader) (key string, err error)
	Open(ctx context.Context, key string) (r io.ReadCloser, contentType string, err error)
}

// Deps are what the service cannot work without.
type Deps struct {
	DB     *tenancy.DB
	Store  Store
	Names  Names
	Events Publisher
	Images Images
	// Exports, Archives and Jobs make exports of all that the agency has.
	Exports  ExportStore
	Archives Archives
	Jobs     Enqueuer
	Now      func() time.Time
}

// Service has one method per thing a person can do with the agency's settings.
type Service struct{ d Deps }

// New returns a service over d.
func New(d Deps) *Service { return &Service{d} }

// SettingsTx returns the settings inside the caller's transaction.
func (s *Service) SettingsTx(ctx context.Context, tx *tenancy.Tx) (Settings, error) {
	out, err := s.d.Store.Settings(ctx, tx)
	out.Name, out.Slug = tx.Agency().Name, tx.Agency().Slug
	return out, err
}

// Settings returns the settings.
func (s *Service) Settings(ctx context.Context) (out Settings, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.SettingsTx(ctx, tx)
		return err
	})
	return out, err
}

// Change changes the settings of version. ErrInvalid, httpapi.ErrStale.
func (s *Service) Change(ctx context.Context, version int, c Change) (out Settings, err error) {
	renamed := false
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.SettingsTx(ctx, tx)
		if err != nil {
			return err
		}
		if out, err = c.apply(before); err != nil {
			return err
		}
		renamed = out.Name != before.Name
		out.Version = version
		if err := s.d.Store.Save(ctx, tx, out, s.d.Now()); err != nil {
			return err
		}
		out.Version++
		if err := audit.Record(ctx, tx, audit.Change{Action: "agency.settings_changed", Entity: "settings", EntityID: "settings", Before: before, After: out}); err != nil {
			return err
		}
		return s.d.Events.Publish(ctx, tx, SettingsChanged{Name: out.Name})
	})
	if err != nil {
		return Settings{}, err
	}
	if renamed {
		// The registry is another database login's; a failure here leaves the old
		// name on the host's pages and is mended by saving again.
		agency, err := tenancy.From(ctx)
		if err == nil {
			err = s.d.Names.Rename(ctx, agency.ID, out.Name)
		}
		return out, err
	}
	return out, nil
}

// SetLogo stores a new logo.
func (s *Service) SetLogo(ctx context.Context, r io.Reader) (Settings, error) {
	agency, err := tenancy.From(ctx)
	if err != nil {
		return Settings{}, err
	}
	key, err := s.d.Images.PutLogo(ctx, agency.ID, r)
	if err != nil {
		return Settings{}, err
	}
	return s.logo(ctx, key)
}

// RemoveLogo goes back to the agency's name in letters.
func (s *Service) RemoveLogo(ctx context.Context) (Settings, error) { return s.logo(ctx, "") }

func (s *Service) logo(ctx context.Context, key string) (out Settings, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.SettingsTx(ctx, tx)
		if err != nil {
			return err
		}
		if err := s.d.Store.SetLogo(ctx, tx, key, s.d.Now()); err != nil {
			return err
		}
		if out, err = s.SettingsTx(ctx, tx); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, audit.Change{Action: "agency.logo_changed", Entity: "settings", EntityID: "settings", Before: before.LogoKey, After: key}); err != nil {
			return err
		}
		return s.d.Events.Publish(ctx, tx, SettingsChanged{Name: out.Name})
	})
	return out, err
}

// Logo opens the logo. The content type is one of our own making, never the uploader's.
func (s *Service) Logo(ctx context.Context) (io.ReadCloser, string, error) {
	set, err := s.Settings(ctx)
	if err != nil {
		return nil, "", err
	}
	if set.LogoKey == "" {
		return nil, "", ErrNoLogo
	}
	return s.d.Images.Open(ctx, set.LogoKey)
}
