package timesheets

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// Filter narrows a list of entries. Zero fields do not narrow.
type Filter struct {
	MemberID, ProjectID, ClientID, TaskID string
	ServiceID                             string
	ExactTask                             bool // an empty TaskID means "no task"
	ExactService                          bool // an empty ServiceID means "no service"
	ProjectIDs, TaskIDs, ClientIDs        []string
	SheetID, InvoiceID                    string
	IDs                                   []string
	From, To                              day.Date // work dates, both included
	States                                []string
	Billable                              *bool
	Text                                  string // in the note, from the beginning of a word
	Limit                                 int    // 0 for all
	AfterDay                              day.Date
	AfterID                               string // newest first, after this one
}

// Group says by what sums are kept apart.
type Group string

// What sums can be grouped by.
const (
	ByNothing Group = ""
	ByProject Group = "project"
	ByMember  Group = "member"
	ByClient  Group = "client"
	ByDay     Group = "day"
	ByTask    Group = "task"
	ByService Group = "service"
)

// Sum is the total of some entries in one currency (or none).
type Sum struct {
	Key                                     string
	Day                                     day.Date
	Entries, NoRate                         int
	Seconds, BillableSeconds, BilledSeconds int64
	Currency                                string
	// SecondsTimesRate is exact; it is divided and rounded once, at the end.
	SecondsTimesRate decimal.Decimal
}

// Totals is a sum in all its currencies.
type Totals struct {
	Key                                     string
	Entries, NoRate                         int
	Seconds, BillableSeconds, BilledSeconds int64
	Amounts                                 []money.Money
	MoneyHidden                             bool
}

func addWorth(amounts []money.Money, s Sum) ([]money.Money, error) {
	if s.Currency == "" || s.SecondsTimesRate.IsZero() {
		return amounts, nil
	}
	m, err := worth(s.SecondsTimesRate, s.Currency)
	if err != nil {
		return nil, err
	}
	return money.Sum(append(amounts, m)...), nil
}

// narrow keeps callers to their own time who may not see that of others.
func narrow(a access.Actor, f Filter) (_ Filter, none bool) {
	if !ownOnly(a) {
		return f, false
	}
	none = f.MemberID != "" && f.MemberID != a.MemberID
	f.MemberID = a.MemberID
	return f, none
}

// List returns entries, newest first.
func (s *Service) List(ctx context.Context, f Filter) (entries []Entry, err error) {
	f, none := narrow(access.From(ctx), f)
	if none {
		return nil, nil
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if entries, err = s.d.Store.Entries(ctx, tx, f); err != nil {
			return err
		}
		return s.nameAll(ctx, tx, entries)
	})
	for i := range entries {
		s.show(ctx, &entries[i])
	}
	return entries, err
}

// Find returns one entry.
func (s *Service) Find(ctx context.Context, entryID string) (e Entry, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if e, err = s.d.Store.Entry(ctx, tx, entryID); err != nil {
			return err
		}
		if !mayRead(access.From(ctx), e.MemberID) {
			return ErrNotFound
		}
		one := []Entry{e}
		err = s.nameAll(ctx, tx, one)
		e = one[0]
		return err
	})
	s.show(ctx, &e)
	return e, err
}

// Recent returns the caller's latest work, each project, task and note once.
func (s *Service) Recent(ctx context.Context) (entries []Entry, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.readConditions(ctx, tx, false)
		if err != nil {
			return err
		}
		if entries, err = s.d.Store.Recent(ctx, tx, access.From(ctx).MemberID, c.today.AddDays(-60)); err != nil {
			return err
		}
		if err := s.nameAll(ctx, tx, entries); err != nil {
			return err
		}
		return nil
	})
	for i := range entries {
		s.show(ctx, &entries[i])
	}
	return entries, err
}

// Summary adds up entries: all of them, and by group if one is wanted. Amounts
// are left out for callers who may not see rates.
func (s *Service) Summary(ctx context.Context, f Filter, g Group) (total Totals, groups []Totals, err error) {
	a := access.From(ctx)
	total.MoneyHidden = !a.Can(SeeRates)
	f, none := narrow(a, f)
	if none {
		return total, nil, nil
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		sums, err := s.d.Store.Sums(ctx, tx, f, g)
		if err != nil {
			return err
		}
		for _, sum := range sums {
			if err := total.add(sum); err != nil {
				return err
			}
			if g == ByNothing {
				continue
			}
			i := slices.IndexFunc(groups, func(t Totals) bool { return t.Key == sum.Key })
			if i < 0 {
				groups, i = append(groups, Totals{Key: sum.Key, MoneyHidden: total.MoneyHidden}), len(groups)
			}
			if err := groups[i].add(sum); err != nil {
				return err
			}
		}
		return nil
	})
	return total, groups, err
}

func (t *Totals) add(s Sum) (err error) {
	t.Entries += s.Entries
	t.Seconds += s.Seconds
	t.BillableSeconds += s.BillableSeconds
	t.BilledSeconds += s.BilledSeconds
	if t.MoneyHidden {
		return nil
	}
	t.NoRate += s.NoRate
	t.Amounts, err = addWorth(t.Amounts, s)
	return err
}
