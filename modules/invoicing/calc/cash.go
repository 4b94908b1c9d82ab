package calc

import (
	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/money"
)

// CashRounding is what makes an amount payable in coins of step: a signed
// amount of its own after tax, which changes neither net nor tax (rule 7).
func CashRounding(payable money.Money, step int64, mode money.Mode) money.Money {
	if step <= 1 {
		return money.Zero(payable.Currency)
	}
	coins := mode.Quo(decimal.NewFromInt(payable.Minor), decimal.NewFromInt(step), 0)
	return money.Of(coins.IntPart()*step-payable.Minor, payable.Currency)
}
