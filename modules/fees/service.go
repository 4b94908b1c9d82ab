package fees

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/tenancy"
)

// Deps are what the service cannot work without.
type Deps struct {
	DB       *tenancy.DB
	Store    Store
	Projects Projects
	Events   Publisher
	Jobs     Jobs
	Notices  Notices
	Now      func() time.Time
}

// Service has one method per thing a person can do with fees.
type Service struct{ d Deps }

// New returns a service over d.
func New(d Deps) *Service {
	if d.DB == nil || d.Store == nil || d.Projects == nil || d.Events == nil || d.Jobs == nil || d.Notices == nil || d.Now == nil {
		panic("fees: a dependency is missing")
	}
	return &Service{d}
}

func (s *Service) now() time.Time { return s.d.Now().UTC().Truncate(time.Microsecond) }

// Draft is what a new fee is made of.
type Draft struct {
	ProjectID string
	Name      string
	Kind      Kind
	Amount    money.Money
	Percent   decimal.Decimal
	Retain    decimal.Decimal
	Covers    Covers
	TaskIDs   []string
	Parts     []Part
}

// Create agrees on a fee for a project.
func (s *Service) Create(ctx context.Context, d Draft) (f Fee, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		p, err := s.d.Projects.ProjectTx(ctx, tx, d.ProjectID)
		if fault.From(err).Kind == fault.NotFound && err != nil {
			return ErrBadFee.Because(err).At("body.project_id", "is not a project of this agency")
		} else if err != nil {
			return err
		}
		now := s.now()
		f = Fee{
			ID: id.New(), ProjectID: p.ID, ClientID: p.ClientID, Name: d.Name, Kind: d.Kind, Agreed: d.Amount, Contract: d.Amount, Billed: money.Zero(d.Amount.Currency),
			Retain: d.Retain, Held: money.Zero(d.Amount.Currency), Released: money.Zero(d.Amount.Currency),
			Percent: d.Percent, Covers: d.Covers, TaskIDs: d.TaskIDs, Version: 1, CreatedBy: access.From(ctx).MemberID, CreatedAt: now, UpdatedAt: now,
		}
		for _, part := range d.Parts {
			part.ID, part.Billed, part.Version = id.New(), money.Zero(d.Amount.Currency), 1
			f.Parts = append(f.Parts, part)
		}
		if err := s.checked(ctx, tx, &f); err != nil {
			return err
		}
		if err := s.d.Store.Add(ctx, tx, f); err != nil {
			return err
		}
		return s.note(ctx, tx, "fees.fee_added", nil, &f, FeeAdded{factOf(f, "")})
	})
	return f, err
}

func (s *Service) checked(ctx context.Context, tx *tenancy.Tx, f *Fee) error {
	if err := f.check(); err != nil {
		return err
	}
	if len(f.TaskIDs) == 0 {
		return nil
	}
	slices.Sort(f.TaskIDs)
	f.TaskIDs = slices.Compact(f.TaskIDs)
	tasks, err := s.d.Projects.TasksByIDsTx(ctx, tx, f.TaskIDs)
	if err != nil {
		return err
	}
	for _, task := range f.TaskIDs {
		if t, known := tasks[task]; !known || t.ProjectID != f.ProjectID {
			return ErrBadFee.At("body.task_ids", "name a task that is not of this project")
		}
	}
	return nil
}

// Change is what is to be different; nil stays.
type Change struct {
	Name    *string
	Percent *decimal.Decimal
	Retain  *decimal.Decimal // of what is billed from now on
	Covers  *Covers
	TaskIDs *[]string
	Parts   *[]Part // all in their order; one with an id stays that part
}

// Change edits a fee. What it was agreed at changes by an order only, and a
// part that is billed keeps its amount.
func (s *Service) Change(ctx context.Context, feeID string, version int, c Change) (f Fee, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.live(ctx, tx, feeID)
		if err != nil {
			return err
		}
		if before.Version != version {
			return ErrStale
		}
		f = before
		set(&f.Name, c.Name)
		set(&f.Percent, c.Percent)
		set(&f.Retain, c.Retain)
		set(&f.Covers, c.Covers)
		set(&f.TaskIDs, c.TaskIDs)
		if f.Covers != TheTasks && c.TaskIDs == nil {
			f.TaskIDs = nil
		}
		if c.Parts != nil {
			f.Parts = s.parts(before, *c.Parts)
		}
		if err := s.checked(ctx, tx, &f); err != nil {
			return err
		}
		if err := kept(before, f); err != nil {
			return err
		}
		f.UpdatedAt = s.now()
		return s.save(ctx, tx, "fees.fee_changed", before, &f, FeeChanged{factOf(f, "")})
	})
	return f, err
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// parts gives parts that stay what happened to them.
func (s *Service) parts(before Fee, wanted []Part) []Part {
	out := make([]Part, 0, len(wanted))
	seen := map[string]bool{}
	for _, p := range wanted {
		at := slices.IndexFunc(before.Parts, func(x Part) bool { return x.ID == p.ID })
		if at < 0 || seen[p.ID] {
			p.ID, p.Billed, p.Version = id.New(), money.Zero(before.Contract.Currency), 1
		} else {
			was := before.Parts[at]
			p.Billed, p.AcceptedAt, p.AcceptedBy, p.AcceptedKind, p.OrderID = was.Billed, was.AcceptedAt, was.AcceptedBy, was.AcceptedKind, was.OrderID
			p.Rounds, p.Version = was.Rounds, was.Version
			if p.OrderID != "" {
				p.Amount, p.Percent = was.Amount, nil
			}
		}
		seen[p.ID] = true
		out = append(out, p)
	}
	return out
}

// kept makes sure that what was accepted, billed or ordered is still there, and what was said about it.
func kept(before, after Fee) error {
	for _, was := range before.Parts {
		at := slices.IndexFunc(after.Parts, func(x Part) bool { return x.ID == was.ID })
		switch {
		case at >= 0 && (was.Billed.IsZero() && was.AcceptedAt == nil || after.Parts[at].Amount == was.Amount):
		case at < 0 && was.Billed.IsZero() && was.AcceptedAt == nil && was.OrderID == "" && len(was.Rounds) == 0:
		case at < 0 && len(was.Rounds) > 0:
			return ErrBadFee.At("body.parts", "the client asked for changes to \""+was.Name+"\": it cannot be removed")
		default:
			return ErrBadFee.At("body.parts", `"`+was.Name+`" is accepted, billed or ordered and keeps its amount`)
		}
	}
	return nil
}

// NewOrder is a change of the contract, and when it is billed.
type NewOrder struct {
	Order
	DueOn day.Date
}

// Order records a change order: what more or less the client agreed to.
func (s *Service) Order(ctx context.Context, feeID string, n NewOrder) (f Fee, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.live(ctx, tx, feeID)
		if err != nil {
			return err
		}
		f = before
		f.Parts, f.Orders = slices.Clone(before.Parts), slices.Clone(before.Orders)
		o := n.Order
		o.ID, o.CreatedBy, o.CreatedAt = id.New(), access.From(ctx).MemberID, s.now()
		if err := f.order(o, Part{ID: id.New(), DueOn: n.DueOn, Version: 1}); err != nil {
			return err
		}
		if err := s.d.Store.AddOrder(ctx, tx, f.ID, f.Orders[len(f.Orders)-1]); err != nil {
			return err
		}
		f.UpdatedAt = s.now()
		return s.save(ctx, tx, "fees.change_order_recorded", before, &f, FeeReordered{factOf(f, "change order "+o.Number)})
	})
	return f, err
}

// Archive takes a fee that is not to be billed any more out of the way.
func (s *Service) Archive(ctx context.Context, feeID string) (Fee, error) {
	return s.put(ctx, feeID, true)
}

// Restore brings it back.
func (s *Service) Restore(ctx context.Context, feeID string) (Fee, error) {
	return s.put(ctx, feeID, false)
}

func (s *Service) put(ctx context.Context, feeID string, away bool) (f Fee, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.Locked(ctx, tx, feeID)
		if err != nil {
			return err
		}
		f = before
		if away == (f.ArchivedAt != nil) {
			return nil
		}
		now := s.now()
		action := "fees.fee_restored"
		f.ArchivedAt, f.UpdatedAt = nil, now
		if away {
			f.ArchivedAt, action = &now, "fees.fee_archived"
		}
		return s.save(ctx, tx, action, before, &f, FeeChanged{factOf(f, "")})
	})
	return f, err
}

// Fee reads one fee.
func (s *Service) Fee(ctx context.Context, feeID string) (f Fee, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		all, err := s.d.Store.ByIDs(ctx, tx, []string{feeID})
		if err == nil && len(all) == 0 {
			err = ErrNotFound
		}
		if err == nil {
			f = all[0]
		}
		return err
	})
	return f, err
}

// Fees lists fees, the oldest first.
func (s *Service) Fees(ctx context.Context, f Filter) (all []Fee, next *string, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		all, err = s.d.Store.Fees(ctx, tx, f)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	all, next = page.Cut(all, f.Page.Size(), func(f Fee) []string { return []string{f.CreatedAt.Format(time.RFC3339Nano), f.ID} })
	return all, next, nil
}

// live locks a fee that may be worked with.
func (s *Service) live(ctx context.Context, tx *tenancy.Tx, feeID string) (Fee, error) {
	f, err := s.d.Store.Locked(ctx, tx, feeID)
	if err == nil && f.ArchivedAt != nil {
		err = ErrArchived
	}
	return f, err
}

// ofPart locks the fee of a part, and says which one it is.
func (s *Service) ofPart(ctx context.Context, tx *tenancy.Tx, partID string) (Fee, int, error) {
	feeID, err := s.d.Store.FeeOfPart(ctx, tx, partID)
	if err != nil {
		return Fee{}, 0, err
	}
	f, err := s.live(ctx, tx, feeID)
	if errors.Is(err, ErrNotFound) {
		err = ErrPartNotFound
	}
	if err != nil {
		return f, 0, err
	}
	at := slices.IndexFunc(f.Parts, func(p Part) bool { return p.ID == partID })
	if at < 0 {
		return f, 0, ErrPartNotFound
	}
	return f, at, nil
}

// save writes a changed fee with its audit entry and its event.
func (s *Service) save(ctx context.Context, tx *tenancy.Tx, action string, before Fee, f *Fee, e event.Event) error {
	for n := range f.Parts {
		f.Parts[n].count(before)
	}
	if err := s.d.Store.Save(ctx, tx, *f); err != nil {
		return err
	}
	f.Version++
	return s.note(ctx, tx, action, &before, f, e)
}

func (s *Service) note(ctx context.Context, tx *tenancy.Tx, action string, before, after *Fee, e event.Event) error {
	c := audit.Change{Action: action, Entity: "fee", EntityID: after.ID, After: *after}
	if before != nil {
		c.Before = *before
	}
	if err := audit.Record(ctx, tx, c); err != nil {
		return err
	}
	return s.d.Events.Publish(ctx, tx, e)
}
