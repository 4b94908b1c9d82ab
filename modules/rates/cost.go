package rates

import (
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
	Worth, Cost    []money.Money // one for each currency; those of different ones are never added
	Margin         *money.Money  // where all is in one currency and something is known of the cost
	Percent        *int          // of the worth
	Seconds        int64         // all that was logged
	WithoutCost    int64         // of it by people whose cost on that day nobody said
	secondsTimes   map[string]decimal.Decimal
	currenciesSeen []string
}

// add counts seconds at a cost.
func (m *Margin) add(seconds int64, c Cost) {
	if m.secondsTimes == nil {
		m.secondsTimes = map[string]decimal.Decimal{}
	}
	if _, known := m.secondsTimes[c.Currency]; !known {
		m.currenciesSeen = append(m.currenciesSeen, c.Currency)
	}
	m.secondsTimes[c.Currency] = m.secondsTimes[c.Currency].Add(c.PerHour.Mul(decimal.NewFromInt(seconds)))
	m.WithoutCost -= seconds
}

// close rounds each currency once and sets worth against cost.
func (m *Margin) close() error {
	for _, cur := range m.currenciesSeen {
		sum, err := money.FromDecimal(money.HalfUp.Quo(m.secondsTimes[cur], decimal.NewFromInt(3600), money.Places(cur)), cur, money.HalfUp)
		if err != nil {
			return err
		}
		m.Cost = append(m.Cost, sum)
	}
	all := money.Sum(append(append([]money.Money{}, m.Worth...), m.Cost...)...)
	if len(all) != 1 || len(m.Cost) == 0 { // where nobody said what anything cost, all of the worth is no margin
		return nil
	}
	worth, cost := money.Zero(all[0].Currency), money.Zero(all[0].Currency)
	for _, w := range m.Worth {
		worth = worth.Add(w)
	}
	for _, c := range m.Cost {
		cost = cost.Add(c)
	}
	margin := worth.Sub(cost)
	m.Margin = &margin
	if worth.Sign() > 0 {
		p := int(money.HalfUp.Quo(decimal.NewFromInt(margin.Minor).Mul(decimal.NewFromInt(100)), decimal.NewFromInt(worth.Minor), 0).IntPart())
		m.Percent = &p
	}
	return nil
}
