package expenses

import (
	"context"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// Entry is an expense as a person types it in. What is nil or empty follows
// from the category, the project, its client and the agency.
type Entry struct {
	Kind       Kind
	Day        day.Date
	CategoryID string
	ProjectID  string
	Merchant   string
	Note       string

	Gross         string // of receipts; the allowances come to an amount by themselves
	Currency      string
	TaxPercent    *decimal.Decimal
	Tax           *string // as the receipt says it, instead of the percentage
	ExchangeRate  *decimal.Decimal
	Billable      *bool
	MarkupPercent *decimal.Decimal // needs a permission to see money
	Reimbursable  *bool
	Allowance     *Allowance
}

// Create keeps a draft of the caller's.
func (s *Service) Create(ctx context.Context, in Entry) (e Expense, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		h, err := s.d.House.HouseTx(ctx, tx)
		if err != nil {
			return err
		}
		if e, err = s.fresh(ctx, h, in.Kind); err != nil {
			return err
		}
		if err := s.apply(ctx, tx, &e, in, h); err != nil {
			return err
		}
		if err := s.d.House.OpenTx(ctx, tx, "body.day", e.dated()); err != nil {
			return err
		}
		if err := s.d.Store.Add(ctx, tx, e); err != nil {
			return err
		}
		return s.note(ctx, tx, "expense_added", "", nil, e, ExpenseAdded{eventOf(e)})
	})
	return e, err
}

func (s *Service) fresh(ctx context.Context, h House, k Kind) (Expense, error) {
	switch k {
	case ByReceipt, ByMileage, ByPerDiem:
	default:
		return Expense{}, ErrBadExpense.At("body.kind", "must be receipt, mileage or per_diem")
	}
	now := s.now()
	return Expense{
		ID: s.d.NewID(), MemberID: access.From(ctx).MemberID, Kind: k, Day: h.today(now), Gross: money.Zero(h.Currency), Tax: money.Zero(h.Currency),
		Rounding: h.Rounding, Reimbursable: true, State: Draft, CreatedAt: now, UpdatedAt: now, Version: 1,
	}, nil
}

// Change writes an expense of the caller's anew. An approved one does not
// change: the approval is of exactly what was seen (rule 89).
func (s *Service) Change(ctx context.Context, id string, version int, in Entry) (e Expense, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.own(ctx, tx, id)
		if err != nil {
			return err
		}
		if before.Version != version {
			return ErrStale
		}
		if in.Kind != before.Kind {
			return ErrBadExpense.At("body.kind", "does not change")
		}
		h, err := s.d.House.HouseTx(ctx, tx)
		if err != nil {
			return err
		}
		e = before
		if err := s.apply(ctx, tx, &e, in, h); err != nil {
			return err
		}
		if err := s.d.House.OpenTx(ctx, tx, "body.day", before.dated(), e.dated()); err != nil {
			return err
		}
		e.State, e.Version, e.UpdatedAt = Draft, version+1, s.now()
		if err := s.d.Store.Save(ctx, tx, e); err != nil {
			return err
		}
		return s.note(ctx, tx, "expense_changed", "", &before, e, ExpenseChanged{eventOf(e)})
	})
	return e, err
}

// Figure calculates an expense without keeping it: for the form's live amounts and warnings.
func (s *Service) Figure(ctx context.Context, id string, in Entry) (e Expense, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		h, err := s.d.House.HouseTx(ctx, tx)
		if err != nil {
			return err
		}
		if id != "" {
			if e, err = s.readable(ctx, tx, id, false); err != nil {
				return err
			}
		} else if e, err = s.fresh(ctx, h, in.Kind); err != nil {
			return err
		}
		return s.apply(ctx, tx, &e, in, h)
	})
	return e, err
}

// Delete takes an expense of the caller's away, with its receipts. The row stays.
func (s *Service) Delete(ctx context.Context, id string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		e, err := s.own(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.d.House.OpenTx(ctx, tx, "path.id", e.dated()); err != nil {
			return err
		}
		before := e
		e.Version, e.UpdatedAt = e.Version+1, s.now()
		if err := s.d.Store.Remove(ctx, tx, e); err != nil {
			return err
		}
		return s.note(ctx, tx, "expense_deleted", "", &before, e, ExpenseDeleted{eventOf(e)})
	})
}

// apply writes what was typed in onto e and brings its figures up to date. A
// draft may lack what only a submitted expense needs.
func (s *Service) apply(ctx context.Context, tx *tenancy.Tx, e *Expense, in Entry, h House) error {
	if !in.Day.IsZero() {
		e.Day = in.Day
	}
	if e.Day.After(h.today(s.d.Now()).AddDays(366)) || e.Day.Before(day.New(2000, 1, 1)) {
		return ErrBadExpense.At("body.day", "is too far away")
	}
	e.Merchant, e.Note = strings.TrimSpace(in.Merchant), strings.TrimSpace(in.Note)
	c, err := s.applyCategory(ctx, tx, e, in)
	if err != nil {
		return err
	}
	open, err := s.applyProject(ctx, tx, e, in)
	if err != nil {
		return err
	}
	e.Billable = open && c.Billable
	if in.Billable != nil {
		if e.Billable = *in.Billable; e.Billable && e.ProjectID == "" {
			return ErrBadExpense.At("body.project_id", "is required for what a client is billed")
		}
	}
	if in.Reimbursable != nil {
		e.Reimbursable = *in.Reimbursable
	}
	if err := s.takeMarkup(ctx, tx, e, in.MarkupPercent, c); err != nil {
		return err
	}
	if err := s.applyAmount(ctx, tx, e, in, c, h); err != nil {
		return err
	}
	if e.Findings, err = s.findings(ctx, tx, *e, h); err != nil {
		return err
	}
	return nil
}

func (s *Service) applyCategory(ctx context.Context, tx *tenancy.Tx, e *Expense, in Entry) (c Category, err error) {
	if in.CategoryID == "" {
		e.CategoryID, e.CategoryName, e.AccountCode = "", "", ""
		return c, nil
	}
	if in.CategoryID == e.CategoryID { // one that was archived meanwhile may stay
		c, err = s.d.Store.Category(ctx, tx, in.CategoryID)
	} else {
		c, err = s.openCategory(ctx, tx, in.CategoryID)
	}
	e.CategoryID, e.CategoryName, e.AccountCode = c.ID, c.Name, c.AccountCode
	return c, err
}

// applyProject tells whether what is spent on it is billable by itself.
func (s *Service) applyProject(ctx context.Context, tx *tenancy.Tx, e *Expense, in Entry) (billable bool, err error) {
	before := e.ProjectID
	e.ProjectID, e.ProjectCode, e.ProjectName, e.ClientID, e.ClientName = "", "", "", "", ""
	if in.ProjectID == "" {
		return false, nil
	}
	found, err := s.d.Projects.ProjectsTx(ctx, tx, []string{in.ProjectID})
	if err != nil {
		return false, err
	}
	p, ok := found[in.ProjectID]
	switch {
	case !ok:
		return false, ErrBadExpense.At("body.project_id", "does not exist")
	case !p.Open && in.ProjectID != before:
		return false, ErrBadExpense.At("body.project_id", "is closed")
	}
	e.ProjectID, e.ProjectCode, e.ProjectName, e.ClientID, e.ClientName = p.ID, p.Code, p.Name, p.ClientID, p.ClientName
	return p.Billable, nil
}

func (s *Service) applyAmount(ctx context.Context, tx *tenancy.Tx, e *Expense, in Entry, c Category, h House) error {
	if e.Kind != ByReceipt {
		if in.Allowance == nil {
			return ErrBadExpense.At("body.allowance", "is required")
		}
		e.Allowance = in.Allowance
		if err := s.price(ctx, tx, e); err != nil {
			return err
		}
		e.TaxPercent, e.TaxByHand = decimal.Zero, false
	} else if err := e.applyReceipt(in, c, h); err != nil {
		return err
	}
	if err := s.applyExchange(ctx, tx, e, in, h); err != nil {
		return err
	}
	return e.figure(h.Currency)
}

func (e *Expense) applyReceipt(in Entry, c Category, h House) (err error) {
	currency := strings.ToUpper(in.Currency)
	if currency == "" {
		currency = h.Currency
	}
	if !money.Valid(currency) {
		return ErrBadExpense.At("body.currency", "is not a currency code")
	}
	e.Gross, e.Tax = money.Zero(currency), money.Zero(currency)
	if in.Gross != "" {
		if e.Gross, err = parsed(in.Gross, currency, "body.gross"); err != nil {
			return err
		}
	}
	e.TaxPercent = c.TaxPercent
	if in.TaxPercent != nil {
		if e.TaxPercent = *in.TaxPercent; !isPercent(e.TaxPercent, 0, 100) {
			return ErrBadExpense.At("body.tax_percent", "must be 0 to 100 with at most 4 places")
		}
	}
	if e.TaxByHand = in.Tax != nil; e.TaxByHand {
		if e.Tax, err = parsed(*in.Tax, currency, "body.tax"); err != nil {
			return err
		}
		if e.Tax.Cmp(e.Gross) > 0 {
			return ErrBadExpense.At("body.tax", "is more than the amount")
		}
	}
	return nil
}

// applyExchange freezes the rate of a foreign amount: the one typed in, else the
// one it has, else the one that was last used for the currency.
func (s *Service) applyExchange(ctx context.Context, tx *tenancy.Tx, e *Expense, in Entry, h House) (err error) {
	was := e.Exchange
	kept := was != nil && e.Base != nil && e.Base.Currency == h.Currency
	switch {
	case e.Gross.Currency == h.Currency:
		e.Exchange = nil
	case in.ExchangeRate != nil && kept && in.ExchangeRate.Equal(was.Rate):
	case in.ExchangeRate != nil:
		d := *in.ExchangeRate
		if d.Sign() <= 0 || d.Cmp(most) > 0 || !d.Equal(d.Truncate(10)) {
			return ErrBadExpense.At("body.exchange_rate", "must be more than zero with at most 10 places")
		}
		e.Exchange = &Exchange{Rate: d, On: e.Day, Source: RateByHand}
	default:
		e.Exchange, err = s.d.Store.LastExchange(ctx, tx, e.Gross.Currency, h.Currency)
	}
	return err
}
