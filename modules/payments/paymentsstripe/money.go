package paymentsstripe

import (
	"slices"
	"strings"

	"github.com/stripe/stripe-go/v76"

	"github.com/bureauhq/bureau/app/kit/money"
)

// Stripe counts most currencies in their smallest unit, as we do, but not all.
var (
	// inUnits are counted in whole units; one of them has parts by ISO 4217 that Stripe does not know.
	inUnits = []string{"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"}
	// inHundreds have no parts and are counted as if they had.
	inHundreds = []string{"ISK", "UGX"}
	// inTens are counted in thousandths, of which the last digit must be 0.
	inTens = []string{"BHD", "JOD", "KWD", "OMR", "TND"}

	// least are Stripe's smallest amounts, in our smallest units. Where none is known Stripe is asked.
	least = map[string]int64{
		"USD": 50, "AED": 200, "AUD": 50, "BGN": 100, "BRL": 50, "CAD": 50, "CHF": 50, "CZK": 1500, "DKK": 250, "EUR": 50, "GBP": 30, "HKD": 400, "HUF": 17500, "INR": 50,
		"JPY": 50, "MXN": 1000, "MYR": 200, "NOK": 300, "NZD": 50, "PLN": 200, "RON": 200, "SEK": 300, "SGD": 50, "THB": 1000,
	}
)

// most is the largest number that Stripe takes: eight digits.
const most = 99_999_999

// scale is how many of our smallest units are one step of Stripe's, and by what its number is multiplied.
func scale(currency string) (step, times int64) {
	switch {
	case slices.Contains(inUnits, currency):
		for range money.Places(currency) {
			if step == 0 {
				step = 1
			}
			step *= 10
		}
		return max(step, 1), 1
	case slices.Contains(inHundreds, currency):
		return 1, 100
	case slices.Contains(inTens, currency):
		return 10, 10
	}
	return 1, 1
}

// minor is an amount as Stripe counts it; not ok where Stripe cannot count it.
func minor(m money.Money) (n int64, ok bool) {
	step, times := scale(m.Currency)
	if m.Minor%step != 0 {
		return 0, false
	}
	n = m.Minor / step * times
	return n, n > 0 && n <= most
}

// amountOf is an amount of Stripe's as we count it.
func amountOf(n int64, cur stripe.Currency) money.Money {
	c := strings.ToUpper(string(cur))
	step, times := scale(c)
	return money.Of(n/times*step, c)
}

// Collectable is the largest amount up to m that can be collected in one payment.
func (*Provider) Collectable(m money.Money) money.Money {
	step, times := scale(m.Currency)
	n := min(m.Minor/step*times, most/times*times)
	out := money.Of(n/times*step, m.Currency)
	if out.Minor <= 0 || out.Minor < least[m.Currency] {
		return money.Zero(m.Currency)
	}
	return out
}
