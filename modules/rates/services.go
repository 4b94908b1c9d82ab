package rates

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/tenancy"
)

// What people need to hold for the operations on services.
const (
	ReadServices  access.Permission = "rates.services.read"
	WriteServices access.Permission = "rates.services.write"
)

var (
	ErrServiceNotFound = fault.Define(fault.NotFound, "rates.service_not_found", "This service does not exist.")
	ErrBadService      = fault.Define(fault.Invalid, "rates.bad_service", "This service cannot be saved as it is.")
	ErrServiceTaken    = fault.Define(fault.Conflict, "rates.service_taken", "There is a service of this name already.").At("body.name", "is taken")
)

// Sold is a service: what is sold and logged, such as consulting or support.
// What an hour of it costs stands on the rate cards.
type Sold struct {
	ID         string
	Name       string
	Billable   bool   // what time on it is unless the entry says otherwise
	TaxRateID  string // the tax of its invoice lines; empty: the agency's default
	CreatedAt  time.Time
	CreatedBy  string
	UpdatedAt  time.Time
	ArchivedAt *time.Time
	Version    int
}

// NewSold is what a person says about a new service.
type NewSold struct {
	Name      string
	Billable  bool
	TaxRateID string
}

// SoldChange holds what is to be different; nil leaves a field as it is.
type SoldChange struct {
	Name      *string
	Billable  *bool
	TaxRateID *string // empty for the agency's default
}

// SoldFilter says which services are wanted.
type SoldFilter struct {
	Search   string
	Archived bool
}

func (s *Service) checkSold(ctx context.Context, tx *tenancy.Tx, x *Sold, was string) error {
	x.Name = strings.TrimSpace(x.Name)
	if n := utf8.RuneCountInString(x.Name); n < 1 || n > 80 || strings.ContainsAny(x.Name, "\n\r\x00") {
		return ErrBadService.At("body.name", "must have 1 to 80 letters on one line")
	}
	if x.TaxRateID == "" || x.TaxRateID == was {
		return nil
	}
	ok, err := s.d.Taxes.IsTaxRateTx(ctx, tx, x.TaxRateID)
	if err == nil && !ok {
		err = ErrBadService.At("body.tax_rate_id", "is not a tax rate of this agency")
	}
	return err
}

// CreateSold makes a service. ErrBadService, ErrServiceTaken.
func (s *Service) CreateSold(ctx context.Context, n NewSold) (x Sold, err error) {
	now := s.now()
	x = Sold{
		ID: id.New(), Name: n.Name, Billable: n.Billable, TaxRateID: n.TaxRateID, CreatedAt: now, CreatedBy: access.From(ctx).MemberID, UpdatedAt: now, Version: 1,
	}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := s.checkSold(ctx, tx, &x, ""); err != nil {
			return err
		}
		if err := s.d.Store.AddSold(ctx, tx, x); err != nil {
			return err
		}
		return s.note(ctx, tx, audit.Change{Action: "rates.service_created", Entity: "service", EntityID: x.ID, After: x}, ServiceCreated{x.ref()})
	})
	return x, err
}

// ChangeSold edits a service that is at version. Time that was logged keeps what it has.
func (s *Service) ChangeSold(ctx context.Context, serviceID string, version int, ch SoldChange) (Sold, error) {
	return s.editSold(ctx, serviceID, "rates.service_changed", func(ctx context.Context, tx *tenancy.Tx, x *Sold) error {
		if x.Version != version {
			return ErrStale
		}
		was := x.TaxRateID
		if ch.Name != nil {
			x.Name = *ch.Name
		}
		if ch.Billable != nil {
			x.Billable = *ch.Billable
		}
		if ch.TaxRateID != nil {
			x.TaxRateID = *ch.TaxRateID
		}
		return s.checkSold(ctx, tx, x, was)
	})
}

// ArchiveSold takes a service out of use: new time cannot name it.
func (s *Service) ArchiveSold(ctx context.Context, serviceID string) (Sold, error) {
	now := s.now()
	return s.editSold(ctx, serviceID, "rates.service_archived", func(_ context.Context, _ *tenancy.Tx, x *Sold) error {
		if x.ArchivedAt == nil {
			x.ArchivedAt = &now
		}
		return nil
	})
}

// RestoreSold takes an archived service back into use. ErrServiceTaken.
func (s *Service) RestoreSold(ctx context.Context, serviceID string) (Sold, error) {
	return s.editSold(ctx, serviceID, "rates.service_restored", func(_ context.Context, _ *tenancy.Tx, x *Sold) error {
		x.ArchivedAt = nil
		return nil
	})
}

func (s *Service) editSold(ctx context.Context, serviceID, action string, fn func(context.Context, *tenancy.Tx, *Sold) error) (x Sold, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.SoldForUpdate(ctx, tx, serviceID)
		if err != nil {
			return err
		}
		x = before
		if err := fn(ctx, tx, &x); err != nil || x == before {
			return err
		}
		x.UpdatedAt, x.Version = s.now(), before.Version+1
		if err := s.d.Store.SaveSold(ctx, tx, x); err != nil {
			return err
		}
		return s.note(ctx, tx, audit.Change{Action: action, Entity: "service", EntityID: x.ID, Before: before, After: x}, ServiceChanged{x.ref()})
	})
	return x, err
}

// FindSold returns one service. ErrServiceNotFound.
func (s *Service) FindSold(ctx context.Context, serviceID string) (x Sold, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		x, err = s.SoldTx(ctx, tx, serviceID)
		return err
	})
	return x, err
}

// ListSold returns one page of services, by name.
func (s *Service) ListSold(ctx context.Context, f SoldFilter, q page.Query) (out []Sold, next *string, err error) {
	after, err := page.Decode(q.Cursor, 2)
	if err != nil {
		return nil, nil, err
	}
	if after != nil && uuid.Validate(after[1]) != nil {
		return nil, nil, page.ErrBadCursor
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Store.ListSold(ctx, tx, f, q.Size()+1, after)
		out, next = page.Cut(out, q.Size(), func(x Sold) []string { return []string{x.Name, x.ID} })
		return err
	})
	return out, next, err
}

// SoldTx returns a service to a module that is in its own transaction. ErrServiceNotFound.
func (s *Service) SoldTx(ctx context.Context, tx *tenancy.Tx, serviceID string) (Sold, error) {
	all, err := s.d.Store.SoldByIDs(ctx, tx, []string{serviceID})
	if err == nil && len(all) == 0 {
		err = ErrServiceNotFound
	}
	if err != nil {
		return Sold{}, err
	}
	return all[0], nil
}

// SoldByIDsTx returns those of the services that exist, by id.
func (s *Service) SoldByIDsTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]Sold, error) {
	out := map[string]Sold{}
	if len(ids) == 0 {
		return out, nil
	}
	all, err := s.d.Store.SoldByIDs(ctx, tx, ids)
	for _, x := range all {
		out[x.ID] = x
	}
	return out, err
}
