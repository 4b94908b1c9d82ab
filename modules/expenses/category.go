package expenses

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// Faults of categories.
var (
	ErrNoCategory    = fault.Define(fault.NotFound, "expenses.category_not_found", "This category does not exist.")
	ErrBadCategory   = fault.Define(fault.Invalid, "expenses.bad_category", "This category cannot be saved as it is.")
	ErrCategoryTaken = fault.Define(fault.Conflict, "expenses.category_taken", "There is a category of this name already.").At("body.name", "is taken")
)

// Category says what money is spent on, and what new expenses of it are like.
type Category struct {
	ID            string
	Name          string
	AccountCode   string // in the books
	Billable      bool
	MarkupPercent decimal.Decimal
	TaxPercent    decimal.Decimal // in what is paid
	TaxRateID     string          // on what is billed; empty: the agency's default
	ArchivedAt    *time.Time
	CreatedAt     time.Time
	UpdatedAt     time.Time
	Version       int
}

func (c Category) check() error {
	bad := ErrBadCategory
	if n := utf8.RuneCountInString(c.Name); n < 1 || n > 80 || strings.ContainsAny(c.Name, "\n\r\x00") {
		bad = bad.At("body.name", "must have 1 to 80 letters on one line")
	}
	if !isPercent(c.MarkupPercent, -100, 999) {
		bad = bad.At("body.markup_percent", "must be -100 to 999 with at most 4 places")
	}
	if !isPercent(c.TaxPercent, 0, 100) {
		bad = bad.At("body.tax_percent", "must be 0 to 100 with at most 4 places")
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

func isPercent(d decimal.Decimal, low, high int64) bool {
	return d.Cmp(decimal.NewFromInt(low)) >= 0 && d.Cmp(decimal.NewFromInt(high)) <= 0 && d.Equal(d.Truncate(4))
}

// Categories lists them by name, archived ones only when asked for.
func (s *Service) Categories(ctx context.Context, archived bool) (out []Category, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Store.Categories(ctx, tx, archived)
		return err
	})
	return out, err
}

// Category finds one.
func (s *Service) Category(ctx context.Context, id string) (c Category, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err = s.d.Store.Category(ctx, tx, id)
		return err
	})
	return c, err
}

// AddCategory makes one. ErrCategoryTaken.
func (s *Service) AddCategory(ctx context.Context, c Category) (Category, error) {
	now := s.now()
	c.ID, c.Name, c.Version, c.CreatedAt, c.UpdatedAt = s.d.NewID(), strings.TrimSpace(c.Name), 1, now, now
	err := s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := s.checkCategory(ctx, tx, c); err != nil {
			return err
		}
		if err := s.d.Store.AddCategory(ctx, tx, c); err != nil {
			return err
		}
		return s.noteSetting(ctx, tx, audit.Change{Action: "expenses.category_added", Entity: "expense_category", EntityID: c.ID, After: c}, c.Name)
	})
	return c, err
}

// ChangeCategory edits one that is at version. Expenses keep what they have.
func (s *Service) ChangeCategory(ctx context.Context, id string, version int, edit func(*Category)) (c Category, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.Category(ctx, tx, id)
		if err != nil {
			return err
		}
		if before.Version != version {
			return ErrStale
		}
		c = before
		edit(&c)
		c.Name = strings.TrimSpace(c.Name)
		if err := s.checkCategory(ctx, tx, c); err != nil {
			return err
		}
		return s.saveCategory(ctx, tx, "expenses.category_changed", before, &c)
	})
	return c, err
}

// ArchiveCategory takes one out of use, or back into it.
func (s *Service) ArchiveCategory(ctx context.Context, id string, away bool) (c Category, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.Category(ctx, tx, id)
		if err != nil {
			return err
		}
		c = before
		action := "expenses.category_restored"
		if c.ArchivedAt = nil; away {
			now := s.now()
			c.ArchivedAt, action = &now, "expenses.category_archived"
		}
		return s.saveCategory(ctx, tx, action, before, &c)
	})
	return c, err
}

func (s *Service) checkCategory(ctx context.Context, tx *tenancy.Tx, c Category) error {
	if err := c.check(); err != nil {
		return err
	}
	if c.TaxRateID == "" {
		return nil
	}
	known, err := s.d.Taxes.IsTaxRateTx(ctx, tx, c.TaxRateID)
	if err == nil && !known {
		err = ErrBadCategory.At("body.tax_rate_id", "is not a tax rate")
	}
	return err
}

func (s *Service) saveCategory(ctx context.Context, tx *tenancy.Tx, action string, before Category, c *Category) error {
	c.Version, c.UpdatedAt = before.Version+1, s.now()
	if err := s.d.Store.SaveCategory(ctx, tx, *c); err != nil {
		return err
	}
	return s.noteSetting(ctx, tx, audit.Change{Action: action, Entity: "expense_category", EntityID: c.ID, Before: before, After: *c}, c.Name)
}
