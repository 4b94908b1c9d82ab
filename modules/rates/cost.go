package rates

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
)

// SeeCost is held by those who may know what people cost. Writing needs WriteCards besides.
const SeeCost access.Permission = "rates.cost.see"

var (
	ErrCostNotFound  = fault.Define(fault.NotFound, "rates.cost_not_found", "This cost rate does not exist.")
	ErrBadCost       = fault.Define(fault.Invalid, "rates.bad_cost", "This cost rate cannot be saved as it is.")
	ErrCostForbidden = fault.Define(fault.Forbidden, "rates.cost_forbidden", "You may not see or set what people cost.")
)

// Cost is what an hour of a person costs the agency from a day on, up to, not including, another.
type Cost struct {
	ID        string
	MemberID  string
	PerHour   decimal.Decimal
	Currency  string
	From      day.Date
	To        *day.Date     // the first day on which it no longer holds; nil: open
	Salary    *money.Money  // of a year, where it was worked out of one
	Capacity  time.Duration // of that year, after holidays and before leave
	CreatedAt time.Time
	CreatedBy string
}

// CostDraft is what a person says about a cost: an amount for the hour, or a salary for the year.
type CostDraft struct {
	MemberID string
	From     day.Date
	PerHour  *decimal.Decimal
	Salary   *decimal.Decimal
	Currency string // empty: the agency's
}

// HourlyCost spreads the cost of a period over the hours that a person has in it:
// those of the schedule less holidays. Leave does not lower them, so it does not
// raise the cost (rule 46). It keeps four places.
func HourlyCost(period decimal.Decimal, capacity time.Duration) (decimal.Decimal, bool) {
	if capacity <= 0 {
		return decimal.Zero, false
	}
	return money.HalfUp.Quo(period.Mul(decimal.NewFromInt(3600)), decimal.NewFromInt(int64(capacity/time.Second)), 4), true
}

func (d CostDraft) check() error {
	bad := ErrBadCost
	switch {
	case (d.PerHour == nil) == (d.Salary == nil):
		bad = bad.At("body.per_hour", "say what an hour costs, or the salary of a year")
	case d.PerHour != nil && (d.PerHour.IsNegative() || d.PerHour.GreaterThan(most)):
		bad = bad.At("body.per_hour", "must be 0 to 1000000")
	case d.PerHour != nil && !d.PerHour.Equal(d.PerHour.Truncate(6)):
		bad = bad.At("body.per_hour", "must have at most 6 decimal places")
	case d.Salary != nil && (d.Salary.IsNegative() || d.Salary.GreaterThan(most.Mul(decimal.NewFromInt(1000)))):
		bad = bad.At("body.salary", "must be 0 to 1000000000")
	}
	if d.From.IsZero() {
		bad = bad.At("body.valid_from", "is required")
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// Margin is what a project is worth against what it cost.
type Margin struct {
	Worth          []money.Money // one for each currency; those of different ones are never added
	Direct         CostSide      // what the hours of people cost
	Loaded         CostSide      // the same with the agency's overhead of each day
	Posted         []money.Money // of the direct cost, what was posted later for months that were closed
	Seconds        int64         // all that was logged
	WithoutCost    int64         // of it by people whose cost on that day nobody said
	currenciesSeen []string
}

// CostSide is one way to look at what something cost.
type CostSide struct {
	Cost         []money.Money
	Margin       *money.Money // where all is in one currency and something is known of the cost
	Percent      *int         // of the worth
	secondsTimes map[string]decimal.Decimal
}

func (x *CostSide) add(currency string, exact decimal.Decimal) {
	if x.secondsTimes == nil {
		x.secondsTimes = map[string]decimal.Decimal{}
	}
	x.secondsTimes[currency] = x.secondsTimes[currency].Add(exact)
}

// add counts seconds at a cost, and at it times what the overhead makes of it.
func (m *Margin) add(seconds int64, c Cost, factor decimal.Decimal) {
	if !slices.Contains(m.currenciesSeen, c.Currency) {
		m.currenciesSeen = append(m.currenciesSeen, c.Currency)
	}
	exact := c.PerHour.Mul(decimal.NewFromInt(seconds))
	m.Direct.add(c.Currency, exact)
	m.Loaded.add(c.Currency, exact.Mul(factor))
	m.WithoutCost -= seconds
}

// close rounds each currency once and sets worth against cost.
func (m *Margin) close() error {
	for _, side := range []*CostSide{&m.Direct, &m.Loaded} {
		if err := side.close(m.Worth, m.currenciesSeen); err != nil {
			return err
		}
	}
	return nil
}

func (x *CostSide) close(worths []money.Money, currencies []string) error {
	for _, cur := range currencies {
		sum, err := money.FromDecimal(money.HalfUp.Quo(x.secondsTimes[cur], decimal.NewFromInt(3600), money.Places(cur)), cur, money.HalfUp)
		if err != nil {
			return err
		}
		x.Cost = append(x.Cost, sum)
	}
	all := money.Sum(append(append([]money.Money{}, worths...), x.Cost...)...)
	if len(all) != 1 || len(x.Cost) == 0 { // where nobody said what anything cost, all of the worth is no margin
		return nil
	}
	worth, cost := money.Zero(all[0].Currency), money.Zero(all[0].Currency)
	for _, w := range worths {
		worth = worth.Add(w)
	}
	for _, c := range x.Cost {
		cost = cost.Add(c)
	}
	margin := worth.Sub(cost)
	x.Margin = &margin
	if worth.Sign() > 0 {
		p := int(money.HalfUp.Quo(decimal.NewFromInt(margin.Minor).Mul(decimal.NewFromInt(100)), decimal.NewFromInt(worth.Minor), 0).IntPart())
		x.Percent = &p
	}
	return nil
}
