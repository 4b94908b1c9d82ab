package expenses

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// The values by which lists are narrowed to what is settled and what is not.
const (
	BillingOpen = "open" // approved, billable and on no invoice
	BillingDone = "done"
	OwedOpen    = "open" // approved and to be paid back
	OwedDone    = "done"
)

// Filter narrows lists, sums and exports. Zero fields do not narrow.
type Filter struct {
	MemberID    string
	Others      bool   // not the caller's own
	NotMemberID string // filled in for Others
	ProjectID   string
	ProjectIDs  []string
	ClientID    string
	ClientIDs   []string
	CategoryID  string
	InvoiceID   string
	From, To    day.Date
	States      []string
	Billing     string
	Owed        string
	Text        string

	AfterDay day.Date
	AfterID  string
	Limit    int // 0: all, oldest first
}

// Sum adds up the expenses of one currency.
type Sum struct {
	Count           int
	Gross           money.Money
	Base            *money.Money // nil where some have no rate
	Owed, ToBill    money.Money  // of Base
	Drafts, Waiting int
}

// Totals add up expenses. Amounts in different currencies are never added.
type Totals struct {
	Count, Drafts, Waiting int
	Gross, Base            []money.Money
	Owed, ToBill           []money.Money
}

// narrow keeps a caller who may not see all to their own.
func narrow(a access.Actor, f Filter) (Filter, bool) {
	if f.Others {
		f.NotMemberID = a.MemberID
	}
	if !ownOnly(a) {
		return f, false
	}
	if f.MemberID != "" && f.MemberID != a.MemberID {
		return f, true
	}
	f.MemberID = a.MemberID
	return f, false
}

// Find reads one expense.
func (s *Service) Find(ctx context.Context, id string) (e Expense, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		e, err = s.readable(ctx, tx, id, false)
		return err
	})
	return e, err
}

// List lists expenses, newest first; callers who may not see all see their own.
func (s *Service) List(ctx context.Context, f Filter) (out []Expense, err error) {
	f, none := narrow(access.From(ctx), f)
	if none {
		return nil, nil
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if out, err = s.d.Store.List(ctx, tx, f); err != nil {
			return err
		}
		return s.fill(ctx, tx, out)
	})
	return out, err
}

// Summary adds up what a list with the same filter shows.
func (s *Service) Summary(ctx context.Context, f Filter) (t Totals, err error) {
	f, none := narrow(access.From(ctx), f)
	if none {
		return t, nil
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		sums, err := s.d.Store.Sums(ctx, tx, f)
		for _, x := range sums {
			t.Count, t.Drafts, t.Waiting = t.Count+x.Count, t.Drafts+x.Drafts, t.Waiting+x.Waiting
			t.Gross = money.Sum(append(t.Gross, x.Gross)...)
			if x.Base != nil {
				t.Base = money.Sum(append(t.Base, *x.Base)...)
			}
			t.Owed, t.ToBill = addSome(t.Owed, x.Owed), addSome(t.ToBill, x.ToBill)
		}
		return err
	})
	return t, err
}

func addSome(all []money.Money, m money.Money) []money.Money {
	if m.IsZero() {
		return all
	}
	return money.Sum(append(all, m)...)
}
