package money

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// Mode says what becomes of exactly half a unit.
type Mode string

const (
	HalfUp   Mode = "half_up"   // half away from zero: 0.5 → 1, -0.5 → -1
	HalfEven Mode = "half_even" // half to the even neighbour: 0.5 → 0, 1.5 → 2
)

// ParseMode reads a stored mode.
func ParseMode(s string) (Mode, error) {
	switch m := Mode(s); m {
	case HalfUp, HalfEven:
		return m, nil
	}
	return "", fmt.Errorf("money: unknown rounding mode %q", s)
}

// Round rounds d to places.
func (m Mode) Round(d decimal.Decimal, places int32) decimal.Decimal {
	if m == HalfEven {
		return d.RoundBank(places)
	}
	return d.Round(places)
}

// Quo divides exactly until the one rounding to places. decimal.Div rounds
// first to a global number of digits, which rounds twice.
func (m Mode) Quo(num, den decimal.Decimal, places int32) decimal.Decimal {
	q, rest := num.QuoRem(den, places)
	if rest.IsZero() {
		return q
	}
	twice := rest.Abs().Mul(decimal.NewFromInt(2)).Cmp(den.Abs().Shift(-places))
	return m.settle(q, twice, num.Sign()*den.Sign(), places)
}

// settle moves q, cut off towards zero, to its neighbour when the rest is more
// than half a unit, or exactly half and the mode says so.
func (m Mode) settle(q decimal.Decimal, half, sign int, places int32) decimal.Decimal {
	if half < 0 {
		return q
	}
	if half == 0 && m == HalfEven && q.Shift(places).BigInt().Bit(0) == 0 {
		return q
	}
	return q.Add(decimal.New(int64(sign), -places))
}
