package projects

import (
	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/money"
)

// Budget sets what was agreed against what was logged. It counts all logged
// time, billable or not, for the hours, and the value of billable time for the money.
type Budget struct {
	UsedSeconds     int64
	BillableSeconds int64
	LeftSeconds     *int64 // nil without a budget; negative when overrun
	HoursPercent    *int

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

func budgetOf(a access.Actor, p Project, u Usage) Budget {
	b := Budget{UsedSeconds: u.Seconds, BillableSeconds: u.BillableSeconds}
	if p.BudgetHours != nil {
		agreed := p.BudgetHours.Mul(decimal.NewFromInt(3600)).Round(0).IntPart()
		left := agreed - u.Seconds
		b.LeftSeconds, b.HoursPercent = &left, percentOf(u.Seconds, agreed)
	}
	if !a.Can(SeeBudget) {
		return b
	}
	m := &MoneyBudget{Budget: p.BudgetMoney}
	if a.Can(seeBillRates) {
		m.Used = append([]money.Money{}, u.Amount...)
		if p.BudgetMoney != nil {
			used := money.Zero(p.BudgetMoney.Currency)
			for _, amount := range u.Amount {
				if amount.Currency == used.Currency {
					used = used.Add(amount)
				}
			}
			left := p.BudgetMoney.Sub(used)
			m.Left, m.Percent = &left, percentOf(used.Minor, p.BudgetMoney.Minor)
		}
	}
	b.Money = m
	return b
}

// percentOf rounds half up; nothing of nothing has no percentage.
func percentOf(part, whole int64) *int {
	if whole <= 0 {
		return nil
	}
	n := int(decimal.NewFromInt(part).Mul(decimal.NewFromInt(100)).Div(decimal.NewFromInt(whole)).Round(0).IntPart())
	return &n
}
