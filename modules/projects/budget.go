package projects

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/money"
)

// Budget sets what was agreed for a project against what was used of it, as its
// terms count it (rule 48): unless they say otherwise all logged time, billable
// or not, for the hours, and the value of billable time for the money.
type Budget struct {
	UsedSeconds     int64 // what the budget in hours counts; without one, all that was logged
	BillableSeconds int64
	LeftSeconds     *int64 // nil without a budget; negative when overrun
	HoursPercent    *int
	Level           int  // the highest alert that is reached, of all budgets of the project that the reader may see
	Stopped         bool // one of them takes no more

	// Money is nil for those who may not see amounts.
	Money *MoneyBudget
}

// MoneyBudget is the part of a budget that only some may see.
type MoneyBudget struct {
	Budget  *money.Money
	Used    []money.Money // one for each currency; nil for those who may not see rates
	Left    *money.Money  // in the budget's currency; amounts in others are never added
	Percent *int
}

func budgetOf(a access.Actor, p Project, u Usage, sts []Standing) Budget {
	b := Budget{UsedSeconds: u.Seconds, BillableSeconds: u.BillableSeconds}
	var cash *Standing
	for _, st := range sts {
		seen, spent := st.seenBy(a)
		if seen && spent {
			b.Level, b.Stopped = max(b.Level, st.Level()), b.Stopped || st.Stopped()
		}
		switch {
		case !st.Own():
		case st.Unit == InHours:
			left := st.Left()
			b.UsedSeconds, b.LeftSeconds, b.HoursPercent = st.Spent, &left, st.Percent()
		case spent:
			cash = &st
		}
	}
	if !a.Can(SeeBudget) {
		return b
	}
	m := &MoneyBudget{Budget: p.BudgetMoney}
	if a.Can(seeBillRates) {
		m.Used = append([]money.Money{}, u.Amount...)
		if cash != nil && p.BudgetMoney != nil {
			left := money.Of(cash.Left(), cash.Currency)
			m.Left, m.Percent = &left, cash.Percent()
			m.Used = counted(m.Used, money.Of(cash.Spent, cash.Currency))
		}
	}
	b.Money = m
	return b
}

// counted puts what a budget counts in the place of all that was logged in its currency.
func counted(used []money.Money, m money.Money) []money.Money {
	out := slices.DeleteFunc(used, func(o money.Money) bool { return o.Currency == m.Currency })
	if m.IsZero() {
		return out
	}
	return append(out, m)
}

// percentOf rounds half up; nothing of nothing has no percentage.
func percentOf(part, whole int64) *int {
	if whole <= 0 {
		return nil
	}
	n := int(decimal.NewFromInt(part).Mul(decimal.NewFromInt(100)).Div(decimal.NewFromInt(whole)).Round(0).IntPart())
	return &n
}
