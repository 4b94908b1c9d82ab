package expenses

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// Faults of allowances.
var (
	ErrNoRate  = fault.Define(fault.NotFound, "expenses.rate_not_found", "This rate does not exist.")
	ErrBadRate = fault.Define(fault.Invalid, "expenses.bad_rate", "This rate cannot be saved as it is.")
	ErrOverlap = fault.Define(fault.Conflict, "expenses.rate_overlap", "Another rate of this name is valid on some of these days.")
)

// AllowanceRate is what a kilometre or a day away is worth from a day on, up
// to, not including, another. Rates of one kind and name never overlap.
type AllowanceRate struct {
	ID        string
	Kind      Kind
	Name      string // the vehicle, or the region
	Unit      string // km, mi or day
	Currency  string
	PerUnit   decimal.Decimal
	HalfDay   decimal.Decimal
	Breakfast decimal.Decimal // percent of a whole day that a meal given takes off
	Lunch     decimal.Decimal
	Dinner    decimal.Decimal
	From      day.Date
	To        *day.Date // the first day on which it no longer holds; nil: open
	CreatedAt time.Time
	UpdatedAt time.Time
	Version   int
}

// On tells whether the rate holds on d.
func (r AllowanceRate) On(d day.Date) bool {
	return !d.Before(r.From) && (r.To == nil || d.Before(*r.To))
}

func (r AllowanceRate) check() error {
	bad := ErrBadRate
	if n := utf8.RuneCountInString(r.Name); n < 1 || n > 80 || strings.ContainsAny(r.Name, "\n\r\x00") {
		bad = bad.At("body.name", "must have 1 to 80 letters on one line")
	}
	switch {
	case r.Kind == ByMileage && r.Unit != "km" && r.Unit != "mi":
		bad = bad.At("body.unit", "must be km or mi")
	case r.Kind == ByPerDiem && r.Unit != "day":
		bad = bad.At("body.unit", "must be day")
	case r.Kind != ByMileage && r.Kind != ByPerDiem:
		bad = bad.At("body.kind", "must be mileage or per_diem")
	}
	if !money.Valid(r.Currency) {
		bad = bad.At("body.currency", "is not a currency code")
	}
	for path, d := range map[string]decimal.Decimal{"body.per_unit": r.PerUnit, "body.half_day": r.HalfDay} {
		if d.IsNegative() || d.Cmp(most) > 0 || !d.Equal(d.Truncate(6)) {
			bad = bad.At(path, "must be zero or more with at most 6 places")
		}
	}
	for path, d := range map[string]decimal.Decimal{"body.breakfast_percent": r.Breakfast, "body.lunch_percent": r.Lunch, "body.dinner_percent": r.Dinner} {
		if !isPercent(d, 0, 100) {
			bad = bad.At(path, "must be 0 to 100 with at most 4 places")
		}
	}
	if r.From.IsZero() {
		bad = bad.At("body.valid_from", "is required")
	}
	if r.To != nil && !r.To.After(r.From) {
		bad = bad.At("body.valid_to", "must be after the first day")
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// Allowance is how the amount of mileage or per diem came about. The rates are
// copies: a rate that changes later changes no expense.
type Allowance struct {
	Name     string          `json:"name"` // of the rates
	Distance decimal.Decimal `json:"distance,omitzero"`
	Unit     string          `json:"unit,omitempty"`
	Start    string          `json:"start,omitempty"`
	End      string          `json:"end,omitempty"`
	PerUnit  decimal.Decimal `json:"per_unit,omitzero"`
	RateID   string          `json:"rate_id,omitempty"`
	Days     []AwayDay       `json:"days,omitempty"`
}

// AwayDay is one day away, with the meals that somebody else paid.
type AwayDay struct {
	Day       day.Date    `json:"day"`
	Half      bool        `json:"half"`
	Breakfast bool        `json:"breakfast"`
	Lunch     bool        `json:"lunch"`
	Dinner    bool        `json:"dinner"`
	Amount    money.Money `json:"amount"`
	RateID    string      `json:"rate_id"`
}

// maxAway is the longest stay that is one expense.
const maxAway = 100

// price finds the rates of an allowance and what it comes to. Each day is
// rounded once and has the rate of its own date.
func (s *Service) price(ctx context.Context, tx *tenancy.Tx, e *Expense) error {
	a := e.Allowance
	rates, err := s.d.Store.RatesNamed(ctx, tx, e.Kind, a.Name)
	if err != nil {
		return err
	}
	if len(rates) == 0 {
		return ErrBadExpense.At("body.allowance", "has no rates")
	}
	if e.Kind == ByMileage {
		r, ok := rateOn(rates, e.Day)
		if !ok {
			return ErrBadExpense.At("body.day", fmt.Sprintf("has no rate of %s", rates[0].Name))
		}
		return e.drive(r)
	}
	return e.stay(rates)
}

func rateOn(rates []AllowanceRate, d day.Date) (AllowanceRate, bool) {
	for _, r := range rates {
		if r.On(d) {
			return r, true
		}
	}
	return AllowanceRate{}, false
}

// drive is distance times rate, rounded once.
func (e *Expense) drive(r AllowanceRate) (err error) {
	a := e.Allowance
	if a.Distance.Sign() <= 0 || a.Distance.Cmp(decimal.NewFromInt(100_000)) > 0 || !a.Distance.Equal(a.Distance.Truncate(4)) {
		return ErrBadExpense.At("body.distance", "must be more than zero with at most 4 places")
	}
	a.Name, a.Unit, a.PerUnit, a.RateID = r.Name, r.Unit, r.PerUnit, r.ID
	if e.Gross, err = money.FromDecimal(a.Distance.Mul(r.PerUnit), r.Currency, e.Rounding); err != nil {
		return ErrBadExpense.Because(err).At("body.distance", "is too much")
	}
	return nil
}

// stay adds up the days away.
func (e *Expense) stay(rates []AllowanceRate) error {
	a := e.Allowance
	if len(a.Days) == 0 || len(a.Days) > maxAway {
		return ErrBadExpense.At("body.days", fmt.Sprintf("must be 1 to %d", maxAway))
	}
	a.Name = rates[0].Name
	e.Day, e.Gross = a.Days[0].Day, money.Money{}
	for n := range a.Days {
		d := &a.Days[n]
		at := fmt.Sprintf("body.days[%d].day", n)
		if n > 0 && !d.Day.After(a.Days[n-1].Day) {
			return ErrBadExpense.At(at, "is not after the day before it")
		}
		r, ok := rateOn(rates, d.Day)
		switch {
		case !ok:
			return ErrBadExpense.At(at, fmt.Sprintf("has no rate of %s", a.Name))
		case e.Gross.Currency != "" && r.Currency != e.Gross.Currency:
			return ErrBadExpense.At(at, "has a rate in another currency; make two expenses")
		}
		m, err := r.dayAway(*d, e.Rounding)
		if err != nil {
			return ErrBadExpense.Because(err).At(at, "is too much")
		}
		d.Amount, d.RateID = m, r.ID
		e.Gross = e.Gross.Add(m)
	}
	return nil
}

// dayAway is what a day away is worth: the whole or the half, less a share of
// the whole for each meal that was given, and never less than nothing.
func (r AllowanceRate) dayAway(d AwayDay, mode money.Mode) (money.Money, error) {
	worth := r.PerUnit
	if d.Half {
		worth = r.HalfDay
	}
	for _, meal := range []struct {
		given   bool
		percent decimal.Decimal
	}{{d.Breakfast, r.Breakfast}, {d.Lunch, r.Lunch}, {d.Dinner, r.Dinner}} {
		if meal.given {
			worth = worth.Sub(r.PerUnit.Mul(meal.percent).Div(hundred))
		}
	}
	return money.FromDecimal(decimal.Max(worth, decimal.Zero), r.Currency, mode)
}

// Rates lists the allowance rates by kind, name and date.
func (s *Service) Rates(ctx context.Context) (out []AllowanceRate, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Store.Rates(ctx, tx)
		return err
	})
	return out, err
}

// Rate finds one.
func (s *Service) Rate(ctx context.Context, id string) (r AllowanceRate, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err = s.d.Store.Rate(ctx, tx, id)
		return err
	})
	return r, err
}

// AddRate makes a dated rate. The open one before it ends where it begins, and
// it ends where the next one begins unless it says so itself. ErrOverlap.
func (s *Service) AddRate(ctx context.Context, r AllowanceRate) (AllowanceRate, error) {
	now := s.now()
	r.ID, r.Name, r.Version, r.CreatedAt, r.UpdatedAt = s.d.NewID(), strings.TrimSpace(r.Name), 1, now, now
	err := s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if r.Currency == "" {
			h, err := s.d.House.HouseTx(ctx, tx)
			if err != nil {
				return err
			}
			r.Currency = h.Currency
		}
		if err := r.check(); err != nil {
			return err
		}
		same, err := s.d.Store.RatesNamed(ctx, tx, r.Kind, r.Name)
		if err != nil {
			return err
		}
		for _, o := range same {
			switch {
			case o.From.Equal(r.From):
				return ErrOverlap.At("body.valid_from", "another rate begins on this day")
			case o.From.Before(r.From) && o.To == nil:
				from := r.From
				o.To = &from
				o.Version++
				o.UpdatedAt = now
				if err := s.d.Store.SaveRate(ctx, tx, o); err != nil {
					return err
				}
			case o.From.Before(r.From) && o.To.After(r.From):
				return ErrOverlap.At("body.valid_from", "another rate is valid until "+o.To.String())
			case o.From.After(r.From) && r.To == nil:
				from := o.From
				r.To = &from
			case o.From.After(r.From) && r.To.After(o.From):
				return ErrOverlap.At("body.valid_to", "another rate begins on "+o.From.String())
			}
		}
		if err := s.d.Store.AddRate(ctx, tx, r); err != nil {
			return err
		}
		return s.noteSetting(ctx, tx, audit.Change{Action: "expenses.rate_added", Entity: "allowance_rate", EntityID: r.ID, After: r}, r.Name)
	})
	return r, err
}

// EndRate says from when on a rate no longer holds; nil: it stays open. What
// was made with it keeps its copy.
func (s *Service) EndRate(ctx context.Context, id string, version int, to *day.Date) (r AllowanceRate, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.Rate(ctx, tx, id)
		if err != nil {
			return err
		}
		if before.Version != version {
			return ErrStale
		}
		r = before
		r.To, r.Version, r.UpdatedAt = to, version+1, s.now()
		if err := r.check(); err != nil {
			return err
		}
		if err := s.d.Store.SaveRate(ctx, tx, r); err != nil {
			return err
		}
		return s.noteSetting(ctx, tx, audit.Change{Action: "expenses.rate_changed", Entity: "allowance_rate", EntityID: r.ID, Before: before, After: r}, r.Name)
	})
	return r, err
}

// RemoveRate takes a rate out of use. Expenses made with it keep their copy.
func (s *Service) RemoveRate(ctx context.Context, id string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err := s.d.Store.Rate(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.d.Store.RemoveRate(ctx, tx, id, s.now()); err != nil {
			return err
		}
		return s.noteSetting(ctx, tx, audit.Change{Action: "expenses.rate_removed", Entity: "allowance_rate", EntityID: r.ID, Before: r}, r.Name)
	})
}
