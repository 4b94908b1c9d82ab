package expenses

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// Faults of markups.
var (
	ErrNoMarkup    = fault.Define(fault.NotFound, "expenses.markup_not_found", "This markup does not exist.")
	ErrBadMarkup   = fault.Define(fault.Invalid, "expenses.bad_markup", "This markup cannot be saved as it is.")
	ErrMarkupTaken = fault.Define(fault.Conflict, "expenses.markup_taken", "This client has a markup already.").At("body.client_id", "has a markup already")
)

// MarkupSource says where the markup of an expense comes from.
type MarkupSource string

// The sources of a markup, the one that goes before the others first. Expenses
// from before it was noted have none, nor have those that nothing gives a markup.
const (
	OfExpense  MarkupSource = "expense" // typed in
	OfClient   MarkupSource = "client"
	OfCategory MarkupSource = "category"
)

// Markup is what a client pays on top of expenses, whatever their category
// (cost-plus). Zero is one too: at cost.
type Markup struct {
	ID         string
	ClientID   string
	ClientName string
	Percent    decimal.Decimal
	CreatedAt  time.Time
	UpdatedAt  time.Time
	Version    int
}

func (m Markup) check() error {
	if !isPercent(m.Percent, 0, 999) {
		return ErrBadMarkup.At("body.markup_percent", "must be 0 to 999 with at most 4 places")
	}
	return nil
}

// takeMarkup gives the expense the markup that was typed in, else its client's,
// else its category's. It stays what it is until the expense is saved anew.
func (s *Service) takeMarkup(ctx context.Context, tx *tenancy.Tx, e *Expense, typed *decimal.Decimal, c Category) error {
	if typed != nil {
		if e.MarkupPercent, e.MarkupFrom = *typed, OfExpense; !isPercent(*typed, -100, 999) {
			return ErrBadExpense.At("body.markup_percent", "must be -100 to 999 with at most 4 places")
		}
		return nil
	}
	if e.MarkupPercent, e.MarkupFrom = c.MarkupPercent, OfCategory; c.ID == "" {
		e.MarkupFrom = ""
	}
	if e.ClientID == "" {
		return nil
	}
	m, err := s.d.Store.MarkupFor(ctx, tx, e.ClientID)
	if err == nil && m != nil {
		e.MarkupPercent, e.MarkupFrom = m.Percent, OfClient
	}
	return err
}

// Markups lists those of clients, by the clients' names.
func (s *Service) Markups(ctx context.Context) (out []Markup, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if out, err = s.d.Store.Markups(ctx, tx); err != nil {
			return err
		}
		return s.nameClients(ctx, tx, out)
	})
	return out, err
}

// Markup finds one.
func (s *Service) Markup(ctx context.Context, id string) (m Markup, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		m, err = s.markup(ctx, tx, id)
		return err
	})
	return m, err
}

func (s *Service) markup(ctx context.Context, tx *tenancy.Tx, id string) (Markup, error) {
	m, err := s.d.Store.Markup(ctx, tx, id)
	if err != nil {
		return m, err
	}
	all := []Markup{m}
	err = s.nameClients(ctx, tx, all)
	return all[0], err
}

func (s *Service) nameClients(ctx context.Context, tx *tenancy.Tx, all []Markup) error {
	ids := make([]string, len(all))
	for n, m := range all {
		ids[n] = m.ClientID
	}
	names, err := s.d.Clients.ClientNamesTx(ctx, tx, distinct(ids))
	if err != nil {
		return err
	}
	for n := range all {
		all[n].ClientName = names[all[n].ClientID]
	}
	slices.SortStableFunc(all, func(a, b Markup) int {
		return strings.Compare(strings.ToLower(a.ClientName), strings.ToLower(b.ClientName))
	})
	return nil
}

// AddMarkup gives a client its own. ErrBadMarkup, ErrMarkupTaken.
func (s *Service) AddMarkup(ctx context.Context, clientID string, percent decimal.Decimal) (m Markup, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		now := s.now()
		m = Markup{ID: s.d.NewID(), ClientID: clientID, Percent: percent, CreatedAt: now, UpdatedAt: now, Version: 1}
		if err := m.check(); err != nil {
			return err
		}
		names, err := s.d.Clients.ClientNamesTx(ctx, tx, []string{clientID})
		if err != nil {
			return err
		}
		name, known := names[clientID]
		if !known {
			return ErrBadMarkup.At("body.client_id", "is not a client of this agency")
		}
		m.ClientName = name
		if err := s.d.Store.AddMarkup(ctx, tx, m); err != nil {
			return err
		}
		return s.noteSetting(ctx, tx, audit.Change{Action: "expenses.markup_added", Entity: "expense_markup", EntityID: m.ID, After: m}, m.ClientName)
	})
	return m, err
}

// ChangeMarkup gives one that is at version another percentage. Expenses keep what they have.
func (s *Service) ChangeMarkup(ctx context.Context, id string, version int, percent decimal.Decimal) (m Markup, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.markup(ctx, tx, id)
		if err != nil {
			return err
		}
		if before.Version != version {
			return ErrStale
		}
		m = before
		m.Percent, m.Version, m.UpdatedAt = percent, version+1, s.now()
		if err := m.check(); err != nil {
			return err
		}
		if err := s.d.Store.SaveMarkup(ctx, tx, m); err != nil {
			return err
		}
		return s.noteSetting(ctx, tx, audit.Change{Action: "expenses.markup_changed", Entity: "expense_markup", EntityID: m.ID, Before: before, After: m}, m.ClientName)
	})
	return m, err
}

// RemoveMarkup leaves the client to the categories again.
func (s *Service) RemoveMarkup(ctx context.Context, id string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		m, err := s.markup(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.d.Store.RemoveMarkup(ctx, tx, id); err != nil {
			return err
		}
		return s.noteSetting(ctx, tx, audit.Change{Action: "expenses.markup_removed", Entity: "expense_markup", EntityID: m.ID, Before: m}, m.ClientName)
	})
}
