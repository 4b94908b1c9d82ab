package calc_test

import (
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
)

func rate(value string, d calc.Direction) calc.Rate {
	return calc.Rate{Currency: "USD", Base: "EUR", Value: decimal.RequireFromString(value), Direction: d, On: day.New(2026, 3, 31), Source: "ECB"}
}

// 1,000.00 USD billed at 0.92 and paid at 0.95 gained 30.00 EUR; paid at 0.90 it lost 20.00.
func TestRule94_GainIsAmountTimesDifferenceOfRates(t *testing.T) {
	t.Parallel()
	billed := rate("0.92", calc.BasePerUnit)
	for _, c := range []struct {
		amount int64
		paid   calc.Rate
		want   int64
	}{
		{100_000, rate("0.95", calc.BasePerUnit), 3_000},
		{100_000, rate("0.90", calc.BasePerUnit), -2_000},
		{40_000, rate("0.95", calc.BasePerUnit), 1_200},
		{100_000, rate("0.92", calc.BasePerUnit), 0},
		{100_000, rate("1.0526315789", calc.UnitsPerBase), 3_000}, // 950.000000023…
	} {
		got, err := calc.Gain(money.Of(c.amount, "USD"), billed, c.paid, money.HalfUp)
		if err != nil || got != money.Of(c.want, "EUR") {
			t.Errorf("%d at %s: %v, %v; want %d", c.amount, c.paid.Value, got, err, c.want)
		}
	}
	if _, err := calc.Gain(money.Of(1, "USD"), billed, calc.Same("EUR", day.New(2026, 3, 31)), money.HalfUp); err == nil {
		t.Error("rates of two currencies are compared")
	}
}

// 1 EUR = 1.08764321 USD: 10,000.00 USD are 9,194.19 EUR. By the rate turned
// round and rounded to four places, 0.9194, they would be 9,194.00.
func TestRule97_ARateIsNeverTurnedRound(t *testing.T) {
	t.Parallel()
	tenThousand := money.Of(1_000_000, "USD")
	as := func(r calc.Rate) money.Money {
		m, err := r.ToBase(tenThousand, money.HalfUp)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	if got := as(rate("1.08764321", calc.UnitsPerBase)); got != money.Of(919_419, "EUR") {
		t.Errorf("as quoted: %v", got)
	}
	if got := as(rate("0.9194", calc.BasePerUnit)); got != money.Of(919_400, "EUR") {
		t.Errorf("turned round and rounded: %v", got)
	}
	rupiah := calc.Rate{Currency: "IDR", Base: "EUR", Value: decimal.RequireFromString("0.000056123456789"), Direction: calc.BasePerUnit}
	if got, err := rupiah.ToBase(money.Of(1_000_000_000_00, "IDR"), money.HalfUp); err != nil || got != money.Of(5_612_346, "EUR") {
		t.Errorf("1,000,000,000 IDR at 11 significant digits: %v, %v", got, err)
	}
}

// Half a cent goes away from zero or to even, as the document says.
func TestRule03_TheModeOfTheDocumentRoundsItsBase(t *testing.T) {
	t.Parallel()
	r := rate("0.925", calc.BasePerUnit)
	for mode, want := range map[money.Mode]int64{money.HalfUp: 93, money.HalfEven: 92} { // 0.925
		if got, err := r.ToBase(money.Of(100, "USD"), mode); err != nil || got.Minor != want {
			t.Errorf("%s: %v, %v; want %d", mode, got, err, want)
		}
	}
}

func TestRatesAgreeWithExactFractions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value := decimal.New(rapid.Int64Range(1, 1e12).Draw(t, "value"), -8)
		d := rapid.SampledFrom([]calc.Direction{calc.BasePerUnit, calc.UnitsPerBase}).Draw(t, "direction")
		minor := rapid.Int64Range(-1e9, 1e9).Draw(t, "minor")
		r := rate(value.String(), d)
		got, err := r.ToBase(money.Of(minor, "USD"), money.HalfUp)
		want := new(big.Rat).SetInt64(minor)
		if v := value.Rat(); d == calc.BasePerUnit {
			want.Mul(want, v)
		} else {
			want.Quo(want, v)
		}
		if limit := new(big.Rat).SetInt64(1e15); new(big.Rat).Abs(want).Cmp(limit) >= 0 {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		off := new(big.Rat).Sub(new(big.Rat).SetInt64(got.Minor), want)
		if off.Abs(off).Cmp(big.NewRat(1, 2)) > 0 {
			t.Fatalf("%d at %s %s is %d, not %s", minor, value, d, got.Minor, want.FloatString(4))
		}
	})
}
