package expenses

import (
	"context"
	"fmt"
	"time"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// Faults of policies.
var (
	ErrNoPolicy    = fault.Define(fault.NotFound, "expenses.policy_not_found", "This policy does not exist.")
	ErrBadPolicy   = fault.Define(fault.Invalid, "expenses.bad_policy", "This policy cannot be saved as it is.")
	ErrPolicyTaken = fault.Define(fault.Conflict, "expenses.policy_taken", "There is a policy for this already.").At("body.category_id", "has a policy already")
)

// Policy limits what is spent. A category's own policy goes before the one for
// all. Limits are in the agency's currency, and compared with what an expense
// comes to in it.
type Policy struct {
	ID            string
	CategoryID    string // empty: all categories without a policy of their own
	Currency      string
	PerExpense    *money.Money
	PerDay        *money.Money // of one member in the category
	ReceiptAbove  *money.Money
	LateAfterDays int  // 0: never late
	Refuses       bool // else it warns
	CreatedAt     time.Time
	UpdatedAt     time.Time
	Version       int
}

// Finding is what a policy has to say about an expense, at a field.
type Finding struct {
	Code    string `json:"code" enum:"over_limit,over_day,receipt_missing,late"`
	Field   string `json:"field" doc:"What it is about, as in a refusal"`
	Text    string `json:"text"`
	Refuses bool   `json:"refuses" doc:"true: it cannot be submitted like this"`
}

// look compares an expense with the policy. spent is what the member spent
// besides it on the day in the category.
func (p Policy) look(e Expense, spent money.Money, today day.Date) (out []Finding) {
	say := func(code, field, format string, args ...any) {
		out = append(out, Finding{code, field, fmt.Sprintf(format, args...), p.Refuses})
	}
	if e.Base != nil && e.Base.Currency == p.Currency {
		if p.PerExpense != nil && e.Base.Cmp(*p.PerExpense) > 0 {
			say("over_limit", "body.gross", "is %s, more than the limit of %s", e.Base, p.PerExpense)
		}
		if day := e.Base.Add(spent); p.PerDay != nil && day.Cmp(*p.PerDay) > 0 {
			say("over_day", "body.gross", "makes %s on this day, more than the limit of %s", day, p.PerDay)
		}
		if p.ReceiptAbove != nil && e.Kind == ByReceipt && len(e.Receipts) == 0 && e.Base.Cmp(*p.ReceiptAbove) > 0 {
			say("receipt_missing", "body.receipts", "needs a receipt above %s", p.ReceiptAbove)
		}
	}
	if age := today.Sub(e.Day); p.LateAfterDays > 0 && age > p.LateAfterDays {
		say("late", "body.day", "is %d days ago; expenses are due within %d", age, p.LateAfterDays)
	}
	return out
}

// findings asks the policy that holds for the expense.
func (s *Service) findings(ctx context.Context, tx *tenancy.Tx, e Expense, h House) ([]Finding, error) {
	p, err := s.d.Store.PolicyFor(ctx, tx, e.CategoryID)
	if err != nil || p == nil {
		return nil, err
	}
	spent := money.Zero(p.Currency)
	if p.PerDay != nil && e.CategoryID != "" {
		if spent, err = s.d.Store.SpentOn(ctx, tx, e, p.Currency); err != nil {
			return nil, err
		}
	}
	return p.look(e, spent, h.today(s.d.Now())), nil
}

// Policies lists all of them, the one for all categories first.
func (s *Service) Policies(ctx context.Context) (out []Policy, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Store.Policies(ctx, tx)
		return err
	})
	return out, err
}

// Policy finds one.
func (s *Service) Policy(ctx context.Context, id string) (p Policy, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		p, err = s.d.Store.Policy(ctx, tx, id)
		return err
	})
	return p, err
}

// Limits are the amounts of a policy as they were typed in, in the agency's currency.
type Limits struct {
	PerExpense, PerDay, ReceiptAbove *string
	LateAfterDays                    int
	Refuses                          bool
}

func (p *Policy) take(l Limits) error {
	bad := ErrBadPolicy
	read := func(s *string, path string, least int64) *money.Money {
		if s == nil {
			return nil
		}
		m, err := parsed(*s, p.Currency, path)
		if err != nil {
			f := fault.From(err).Fields[0]
			bad = bad.At(f.Path, f.Text)
			return nil
		}
		if m.Minor < least {
			bad = bad.At(path, "must be more than zero")
		}
		return &m
	}
	p.PerExpense, p.PerDay = read(l.PerExpense, "body.per_expense", 1), read(l.PerDay, "body.per_day", 1)
	p.ReceiptAbove = read(l.ReceiptAbove, "body.receipt_above", 0)
	p.LateAfterDays, p.Refuses = l.LateAfterDays, l.Refuses
	if l.LateAfterDays < 0 || l.LateAfterDays > 3650 {
		bad = bad.At("body.late_after_days", "must be 0 to 3650")
	}
	if p.PerExpense == nil && p.PerDay == nil && p.ReceiptAbove == nil && p.LateAfterDays == 0 && len(bad.Fields) == 0 {
		bad = bad.At("body.per_expense", "or another limit is required")
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// AddPolicy makes one. ErrPolicyTaken, ErrNoCategory.
func (s *Service) AddPolicy(ctx context.Context, categoryID string, l Limits) (p Policy, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		h, err := s.d.House.HouseTx(ctx, tx)
		if err != nil {
			return err
		}
		now := s.now()
		p = Policy{ID: s.d.NewID(), CategoryID: categoryID, Currency: h.Currency, CreatedAt: now, UpdatedAt: now, Version: 1}
		if err := p.take(l); err != nil {
			return err
		}
		name := "all categories"
		if categoryID != "" {
			c, err := s.openCategory(ctx, tx, categoryID)
			if err != nil {
				return err
			}
			name = c.Name
		}
		if err := s.d.Store.AddPolicy(ctx, tx, p); err != nil {
			return err
		}
		return s.noteSetting(ctx, tx, audit.Change{Action: "expenses.policy_added", Entity: "expense_policy", EntityID: p.ID, After: p}, name)
	})
	return p, err
}

// ChangePolicy edits one that is at version.
func (s *Service) ChangePolicy(ctx context.Context, id string, version int, l Limits) (p Policy, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.Policy(ctx, tx, id)
		if err != nil {
			return err
		}
		if before.Version != version {
			return ErrStale
		}
		p = before
		if err := p.take(l); err != nil {
			return err
		}
		p.Version, p.UpdatedAt = version+1, s.now()
		if err := s.d.Store.SavePolicy(ctx, tx, p); err != nil {
			return err
		}
		return s.noteSetting(ctx, tx, audit.Change{Action: "expenses.policy_changed", Entity: "expense_policy", EntityID: p.ID, Before: before, After: p}, "")
	})
	return p, err
}

// RemovePolicy lifts its limits.
func (s *Service) RemovePolicy(ctx context.Context, id string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		p, err := s.d.Store.Policy(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.d.Store.RemovePolicy(ctx, tx, id); err != nil {
			return err
		}
		return s.noteSetting(ctx, tx, audit.Change{Action: "expenses.policy_removed", Entity: "expense_policy", EntityID: p.ID, Before: p}, "")
	})
}

func (s *Service) openCategory(ctx context.Context, tx *tenancy.Tx, id string) (Category, error) {
	c, err := s.d.Store.Category(ctx, tx, id)
	if err == nil && c.ArchivedAt != nil {
		err = ErrBadExpense.At("body.category_id", "is archived")
	}
	return c, err
}
