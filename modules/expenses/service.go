package expenses

import (
	"context"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/tenancy"
)

// Deps are what the service cannot work without.
type Deps struct {
	DB       *tenancy.DB
	Store    Store
	House    Agency
	Projects Projects
	Clients  Clients
	Team     Team
	Taxes    Taxes
	Files    Files
	Bus      Publisher
	Now      func() time.Time
	NewID    func() string
}

// Service has one method per thing a person can do with expenses.
type Service struct{ d Deps }

// New returns a service over d. It panics on a missing dependency, at start-up.
func New(d Deps) *Service {
	if d.DB == nil || d.Store == nil || d.House == nil || d.Projects == nil || d.Clients == nil || d.Team == nil || d.Taxes == nil || d.Files == nil || d.Bus == nil ||
		d.Now == nil || d.NewID == nil {
		panic("expenses: a dependency is missing")
	}
	return &Service{d}
}

func (s *Service) now() time.Time { return s.d.Now().UTC() }

// ownOnly tells whether the caller sees nobody's expenses but their own.
func ownOnly(a access.Actor) bool { return !a.Can(ReadAll) && !a.Can(CanApprove) }

func mayRead(a access.Actor, memberID string) bool {
	return (memberID != "" && memberID == a.MemberID) || !ownOnly(a)
}

// own finds an expense of the caller's that may still change, and holds it.
func (s *Service) own(ctx context.Context, tx *tenancy.Tx, id string) (Expense, error) {
	e, err := s.readable(ctx, tx, id, true)
	switch {
	case err != nil:
		return e, err
	case e.MemberID != access.From(ctx).MemberID:
		return e, ErrNotYours
	case !e.Editable():
		return e, ErrNotOpen
	}
	return e, nil
}

// readable finds an expense that the caller may see, with its receipts.
func (s *Service) readable(ctx context.Context, tx *tenancy.Tx, id string, hold bool) (e Expense, err error) {
	if hold {
		e, err = s.d.Store.LockedExpense(ctx, tx, id)
	} else {
		e, err = s.d.Store.Expense(ctx, tx, id)
	}
	if err == nil && !mayRead(access.From(ctx), e.MemberID) {
		err = ErrNotFound
	}
	if err != nil {
		return Expense{}, err
	}
	all := []Expense{e}
	err = s.fill(ctx, tx, all)
	return all[0], err
}

// fill adds names and receipts with a handful of questions, however many expenses there are.
func (s *Service) fill(ctx context.Context, tx *tenancy.Tx, all []Expense) error {
	if len(all) == 0 {
		return nil
	}
	var categories, projects, ids []string
	for _, e := range all {
		ids = append(ids, e.ID)
		categories, projects = append(categories, e.CategoryID), append(projects, e.ProjectID)
	}
	known, err := s.d.Store.CategoriesByIDs(ctx, tx, distinct(categories))
	if err != nil {
		return err
	}
	works, err := s.d.Projects.ProjectsTx(ctx, tx, distinct(projects))
	if err != nil {
		return err
	}
	receipts, err := s.d.Store.ReceiptsOf(ctx, tx, ids)
	if err != nil {
		return err
	}
	for n := range all {
		e := &all[n]
		c, p := known[e.CategoryID], works[e.ProjectID]
		e.CategoryName, e.AccountCode = c.Name, c.AccountCode
		e.ProjectCode, e.ProjectName, e.ClientName = p.Code, p.Name, p.ClientName
		e.Receipts = nil
		for _, r := range receipts {
			if r.ExpenseID == e.ID {
				e.Receipts = append(e.Receipts, r)
			}
		}
	}
	return nil
}

// distinct sorts ids and leaves out repeats and empty ones.
func distinct(ids []string) []string {
	ids = slices.DeleteFunc(slices.Clone(ids), func(s string) bool { return s == "" })
	slices.Sort(ids)
	return slices.Compact(ids)
}

// note writes the audit entry of a change and announces it.
func (s *Service) note(ctx context.Context, tx *tenancy.Tx, action, reason string, before *Expense, after Expense, e event.Event) error {
	c := audit.Change{Action: "expenses." + action, Entity: "expense", EntityID: after.ID, Reason: reason, After: record(after)}
	if before != nil {
		c.Before = record(*before)
	}
	if err := audit.Record(ctx, tx, c); err != nil {
		return err
	}
	return s.d.Bus.Publish(ctx, tx, e)
}

func (s *Service) noteSetting(ctx context.Context, tx *tenancy.Tx, c audit.Change, label string) error {
	if err := audit.Record(ctx, tx, c); err != nil {
		return err
	}
	return s.d.Bus.Publish(ctx, tx, SettingChanged{c.Entity, c.EntityID, label})
}
