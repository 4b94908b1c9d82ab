package invoicing

import (
	"context"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/tenancy"
)

// Filter says which invoices are wanted. Zero fields do not filter.
type Filter struct {
	Query    string
	Status   Status
	ClientID string
	From, To day.Date // by date of issue
	Sort     string   // "-created", "-issue_on", "due_on", "client", "-total", "-number" and their opposites
	Today    day.Date
	// IssuedOnly hides drafts: what a client may know of.
	IssuedOnly bool
	CreditsID  string // only credit notes for this invoice
	IDs        []string
	Page       page.Query
}

// Summary is a row of the list.
type Summary struct {
	ID         string
	Kind       DocumentKind
	Number     string
	ClientID   string
	ClientName string
	State      State
	IssueOn    day.Date
	DueOn      day.Date
	Total      money.Money
	Paid       money.Money
	Credited   money.Money
	WrittenOff money.Money
	Withheld   money.Money
	Deducted   money.Money
	Cash       money.Money
	SentAt     *time.Time
	CreatedAt  time.Time
	Reviewed   ReviewState // of a draft, as it is now
	SortKey    string      // the value the list is sorted by, for the cursor
}

// Balance is what is still to be paid.
func (r Summary) Balance() money.Money {
	if r.State != Issued {
		return money.Zero(r.Total.Currency)
	}
	return r.Total.Sub(r.Withheld).Sub(r.Deducted).Add(r.Cash).Sub(r.Paid).Sub(r.Credited).Sub(r.WrittenOff)
}

// Status derives what people see.
func (r Summary) Status(today day.Date) Status {
	switch {
	case r.State == Draft && r.Reviewed == InReview:
		return StatusInReview
	case r.State == Draft && r.Reviewed == Ready:
		return StatusReady
	}
	return StatusOf(r.Kind, r.State, r.Balance(), r.Paid, r.Credited, r.WrittenOff, r.DueOn, today)
}

// everything is a page that holds all there can be of something small.
var everything = page.Query{Limit: 200}

// Overview counts and adds up, currency by currency.
type Overview struct {
	Counts map[Status]int
	Totals []CurrencyTotals
}

// CurrencyTotals are the sums of one currency. Buckets age the open balance by
// due date: not yet due, 1 to 30 days late, 31 to 60, 61 to 90, more.
//
// Total is the full value of invoices less credit notes. Deposits are no part
// of it: they are owed in work until an invoice deducts them, so nothing counts
// twice. What is left of them is Deposits.
type CurrencyTotals struct {
	Currency string
	Count    int
	Total    money.Money
	Deposits money.Money
	Open     money.Money
	Overdue  money.Money
	Buckets  [5]money.Money
}

// List finds invoices.
func (s *Service) List(ctx context.Context, f Filter) (rows []Summary, next *string, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		f.Today, err = s.today(ctx, tx)
		if err != nil {
			return err
		}
		rows, err = s.d.Store.List(ctx, tx, f)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	rows, next = page.Cut(rows, f.Page.Size(), func(r Summary) []string { return []string{r.SortKey, r.ID} })
	return rows, next, nil
}

// ByIDsTx finds invoices that another module made, and says what state each is in. Drafts that were thrown away are not there.
func (s *Service) ByIDsTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]Listed, error) {
	out := make(map[string]Listed, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	today, err := s.today(ctx, tx)
	if err != nil {
		return nil, err
	}
	rows, err := s.d.Store.List(ctx, tx, Filter{IDs: ids, Today: today, Page: everything})
	for _, r := range rows {
		out[r.ID] = Listed{r, r.Status(today)}
	}
	return out, err
}

// Listed is an invoice with what people see of its state.
type Listed struct {
	Summary

	Shown Status
}

// Overview adds up what a filter finds.
func (s *Service) Overview(ctx context.Context, f Filter) (o Overview, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if f.Today, err = s.today(ctx, tx); err != nil {
			return err
		}
		o, err = s.d.Store.Overview(ctx, tx, f)
		return err
	})
	return o, err
}

// today is the day it is for the agency: an invoice is overdue by its calendar.
func (s *Service) today(ctx context.Context, tx *tenancy.Tx) (day.Date, error) {
	d, err := s.d.Settings.DefaultsTx(ctx, tx)
	if err != nil {
		return day.Date{}, err
	}
	return LegalEntity{TimeZone: d.TimeZone}.Today(s.d.Now()), nil
}

// Today is the same for views of single invoices.
func (s *Service) Today(ctx context.Context) (d day.Date, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		d, err = s.today(ctx, tx)
		return err
	})
	return d, err
}
