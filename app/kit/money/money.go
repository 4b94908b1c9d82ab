// Package money holds exact amounts: whole minor units of one currency.
//
// Quantities, hours, prices and rates are decimals; they become Money in one
// place, FromDecimal, by a named rounding mode. Binary floating point appears
// nowhere.
package money

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/bojanz/currency"
	"github.com/danielgtaylor/huma/v2"
	"github.com/shopspring/decimal"
)

// Money is an amount in the minor unit of its currency: cents, yen, fils.
// The zero value is nothing in no currency; it may be added to anything.
type Money struct {
	Minor    int64
	Currency string
}

// Why an amount was refused.
var (
	ErrCurrency = errors.New("money: unknown currency")
	ErrAmount   = errors.New("money: not an amount")
	ErrRange    = errors.New("money: amount is too large")
	ErrWeights  = errors.New("money: weights must be zero or more, and at least one")
)

// limit keeps sums of very many amounts inside an int64.
const limit = int64(1e15)

// Of is minor units of a currency.
func Of(minor int64, cur string) Money { return Money{Minor: minor, Currency: cur} }

// Zero is no money, in a currency.
func Zero(cur string) Money { return Money{Currency: cur} }

// Valid reports whether cur is a currency in use.
func Valid(cur string) bool { return currency.IsValid(cur) }

// Currencies lists the codes of all currencies in use, sorted.
func Currencies() []string {
	codes := slices.Clone(currency.GetCurrencyCodes())
	slices.Sort(codes)
	return codes
}

// Places is the number of decimal places of a currency: 0 for JPY, 2 for EUR,
// 3 for KWD. Unknown codes have 2; FromDecimal and Parse refuse them.
func Places(cur string) int32 {
	digits, ok := currency.GetDigits(cur)
	if !ok {
		return 2
	}
	return int32(digits)
}

// FromDecimal rounds d once to the places of cur.
func FromDecimal(d decimal.Decimal, cur string, mode Mode) (Money, error) {
	if !Valid(cur) {
		return Money{}, fmt.Errorf("%w: %q", ErrCurrency, cur)
	}
	minor := mode.Round(d.Shift(Places(cur)), 0)
	if minor.Abs().Cmp(decimal.NewFromInt(limit)) > 0 {
		return Money{}, ErrRange
	}
	return Money{Minor: minor.IntPart(), Currency: cur}, nil
}

// Decimal is the amount in major units: 12.50 for 1250 cents.
func (m Money) Decimal() decimal.Decimal {
	return decimal.New(m.Minor, -Places(m.Currency))
}

// Amount is the plain figure with all its places: "1250.00".
func (m Money) Amount() string { return m.Decimal().StringFixed(Places(m.Currency)) }

// String is for logs; screens and documents use Format.
func (m Money) String() string { return strings.TrimSpace(m.Amount() + " " + m.Currency) }

// IsZero reports whether there is nothing.
func (m Money) IsZero() bool { return m.Minor == 0 }

// Sign is -1, 0 or 1.
func (m Money) Sign() int {
	switch {
	case m.Minor < 0:
		return -1
	case m.Minor > 0:
		return 1
	}
	return 0
}

// Add adds o. Adding two currencies is a mistake in the program, not in the
// data, and panics: use Sum where currencies may differ.
func (m Money) Add(o Money) Money {
	cur := common(m, o)
	sum := m.Minor + o.Minor
	if (sum > m.Minor) != (o.Minor > 0) && o.Minor != 0 {
		panic("money: sum leaves the range of int64")
	}
	return Money{Minor: sum, Currency: cur}
}

// Sub takes o away.
func (m Money) Sub(o Money) Money { return m.Add(o.Neg()) }

// Neg turns the sign.
func (m Money) Neg() Money { return Money{Minor: -m.Minor, Currency: m.Currency} }

// Cmp is -1, 0 or 1 as m is less than, equal to or more than o.
func (m Money) Cmp(o Money) int {
	common(m, o)
	switch {
	case m.Minor < o.Minor:
		return -1
	case m.Minor > o.Minor:
		return 1
	}
	return 0
}

func common(a, b Money) string {
	switch {
	case a.Currency == b.Currency, b == Money{}:
		return a.Currency
	case a == Money{}:
		return b.Currency
	}
	panic("money: " + a.Currency + " and " + b.Currency + " do not mix")
}

// Sum adds amounts currency by currency and returns one total for each,
// ordered by code: amounts in different currencies are never added.
func Sum(amounts ...Money) []Money {
	var totals []Money
	for _, m := range amounts {
		i, found := slices.BinarySearchFunc(totals, m.Currency, func(t Money, cur string) int {
			return strings.Compare(t.Currency, cur)
		})
		if !found {
			totals = slices.Insert(totals, i, Zero(m.Currency))
		}
		totals[i] = totals[i].Add(m)
	}
	return totals
}

// Split divides m by weights so that the parts add up to m exactly: each part
// is rounded towards zero and the units left over go to the largest remainders,
// the earlier part first when they are equal. Equal weights of all zeros split
// evenly.
func Split(m Money, weights []int64) ([]Money, error) {
	if len(weights) == 0 {
		return nil, ErrWeights
	}
	total := new(big.Int)
	for _, w := range weights {
		if w < 0 {
			return nil, ErrWeights
		}
		total.Add(total, big.NewInt(w))
	}
	if total.Sign() == 0 {
		weights = slices.Repeat([]int64{1}, len(weights))
		total.SetInt64(int64(len(weights)))
	}
	whole, sign := m.Minor, int64(1)
	if whole < 0 {
		whole, sign = -whole, -1
	}
	parts := make([]Money, len(weights))
	rests := make([]*big.Int, len(weights))
	order := make([]int, len(weights))
	left := whole
	for i, w := range weights {
		share, rest := new(big.Int).QuoRem(new(big.Int).Mul(big.NewInt(whole), big.NewInt(w)), total, new(big.Int))
		parts[i] = Money{Minor: share.Int64(), Currency: m.Currency}
		rests[i], order[i] = rest, i
		left -= share.Int64()
	}
	slices.SortStableFunc(order, func(a, b int) int { return rests[b].Cmp(rests[a]) })
	for _, i := range order[:left] {
		parts[i].Minor++
	}
	for i := range parts {
		parts[i].Minor *= sign
	}
	return parts, nil
}

// Format writes m as people of a locale do: "€1,234.50", "1.234,50 €".
// The result may contain no-break spaces.
func Format(m Money, locale string) string {
	amount, err := currency.NewAmount(m.Amount(), m.Currency)
	if err != nil {
		return m.String()
	}
	return currency.NewFormatter(currency.NewLocale(locale)).Format(amount)
}

// Parse reads what a person of a locale types: "1.234,50 €" in German.
// More places than the currency has are refused rather than rounded.
func Parse(s, cur, locale string) (Money, error) {
	if !Valid(cur) {
		return Money{}, fmt.Errorf("%w: %q", ErrCurrency, cur)
	}
	amount, err := currency.NewFormatter(currency.NewLocale(locale)).Parse(strings.TrimSpace(s), cur)
	if err != nil {
		return Money{}, fmt.Errorf("%w: %q", ErrAmount, s)
	}
	return ParseAmount(amount.Number(), cur)
}

// ParseAmount reads the plain figure of the API: "1250.00".
func ParseAmount(s, cur string) (Money, error) {
	if !Valid(cur) {
		return Money{}, fmt.Errorf("%w: %q", ErrCurrency, cur)
	}
	if len(s) > 24 || strings.ContainsAny(s, "eE") {
		return Money{}, fmt.Errorf("%w: %q", ErrAmount, s)
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return Money{}, fmt.Errorf("%w: %q", ErrAmount, s)
	}
	if !d.Equal(d.Truncate(Places(cur))) {
		return Money{}, fmt.Errorf("%w: %s has %d places", ErrAmount, cur, Places(cur))
	}
	return FromDecimal(d, cur, HalfUp)
}

type wire struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

// MarshalJSON writes {"amount":"1250.00","currency":"EUR"}.
func (m Money) MarshalJSON() ([]byte, error) {
	b := make([]byte, 0, 48)
	b = append(b, `{"amount":"`...)
	b = append(b, m.Amount()...)
	b = append(b, `","currency":`...)
	b = strconv.AppendQuote(b, m.Currency)
	return append(b, '}'), nil
}

// UnmarshalJSON reads the same and refuses floating point.
func (m *Money) UnmarshalJSON(b []byte) error {
	var w wire
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&w); err != nil {
		return fmt.Errorf("%w: %w", ErrAmount, err)
	}
	if w == (wire{}) { // how the zero value is written by this package
		*m = Money{}
		return nil
	}
	read, err := ParseAmount(w.Amount, w.Currency)
	if err != nil {
		return err
	}
	*m = read
	return nil
}

// Schema describes the wire form once, as Money, for the API document.
func (Money) Schema(r huma.Registry) *huma.Schema {
	const name = "Money"
	if _, known := r.Map()[name]; !known {
		s := &huma.Schema{
			Type:                 huma.TypeObject,
			Description:          "An exact amount of one currency.",
			AdditionalProperties: false,
			Required:             []string{"amount", "currency"},
			Properties: map[string]*huma.Schema{
				"amount": {
					Type: huma.TypeString, MaxLength: ptr(20), Pattern: `^-?[0-9]{1,15}(\.[0-9]{1,4})?$`,
					PatternDescription: "an amount such as 1250.00", Examples: []any{"1250.00"},
				},
				"currency": {
					Type: huma.TypeString, MaxLength: ptr(3), Pattern: `^[A-Z]{3}$`,
					PatternDescription: "a currency code such as EUR", Examples: []any{"EUR"},
				},
			},
		}
		for _, p := range s.Properties {
			p.PrecomputeMessages()
		}
		s.PrecomputeMessages()
		r.Map()[name] = s
	}
	return &huma.Schema{Ref: "#/components/schemas/" + name}
}

func ptr[T any](v T) *T { return &v }

var _ huma.SchemaProvider = Money{}
