package money_test

import (
	"encoding/json"
	"errors"
	"math/big"
	"reflect"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/bureauhq/bureau/app/kit/money"
)

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func TestRule01_PlacesComeFromTheCurrency(t *testing.T) {
	t.Parallel()
	for cur, places := range map[string]int32{"JPY": 0, "USD": 2, "KWD": 3} {
		if got := money.Places(cur); got != places {
			t.Errorf("%s has %d places, want %d", cur, got, places)
		}
	}
	for in, want := range map[money.Money]string{
		money.Of(1250, "JPY"): "1250", money.Of(1250, "USD"): "12.50", money.Of(1250, "KWD"): "1.250", money.Of(-5, "USD"): "-0.05",
	} {
		if got := in.Amount(); got != want {
			t.Errorf("%v = %s, want %s", in, got, want)
		}
	}
}

func TestRule01_NoBinaryFloatingPoint(t *testing.T) {
	t.Parallel()
	sum := money.Zero("EUR")
	for range 10 {
		m, err := money.FromDecimal(dec("0.1"), "EUR", money.HalfUp)
		if err != nil {
			t.Fatal(err)
		}
		sum = sum.Add(m)
	}
	if sum != money.Of(100, "EUR") {
		t.Fatalf("ten times 0.10 is %v", sum)
	}
}

func TestRule05_SplitByLargestRemainder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		whole   int64
		weights []int64
		want    []int64
	}{
		{10000, []int64{1, 1, 1}, []int64{3334, 3333, 3333}},
		{-10000, []int64{1, 1, 1}, []int64{-3334, -3333, -3333}},
		{100, []int64{0, 0, 0}, []int64{34, 33, 33}},
		{5, []int64{3, 7}, []int64{2, 3}},
		{1, []int64{1, 2}, []int64{0, 1}},
	} {
		parts, err := money.Split(money.Of(c.whole, "EUR"), c.weights)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, p := range parts {
			got = append(got, p.Minor)
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("Split(%d, %v) = %v, want %v", c.whole, c.weights, got, c.want)
		}
	}
	for _, bad := range [][]int64{nil, {}, {1, -1}} {
		if _, err := money.Split(money.Of(1, "EUR"), bad); !errors.Is(err, money.ErrWeights) {
			t.Errorf("Split by %v: %v", bad, err)
		}
	}
}

func TestSplitAddsUpAndIsFair(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		whole := money.Of(rapid.Int64Range(-1e12, 1e12).Draw(t, "whole"), "USD")
		weights := rapid.SliceOfN(rapid.Int64Range(0, 1e9), 1, 20).Draw(t, "weights")
		parts, err := money.Split(whole, weights)
		if err != nil {
			t.Fatal(err)
		}
		sum, total := money.Zero("USD"), int64(0)
		for i, p := range parts {
			sum, total = sum.Add(p), total+weights[i]
		}
		if sum != whole {
			t.Fatalf("%v in parts is %v", whole, sum)
		}
		if total == 0 {
			return
		}
		for i, p := range parts {
			exact := new(big.Rat).Mul(big.NewRat(whole.Minor, 1), big.NewRat(weights[i], total))
			off := exact.Sub(exact, big.NewRat(p.Minor, 1))
			if off.Abs(off).Cmp(big.NewRat(1, 1)) >= 0 {
				t.Fatalf("part %d of %v is a whole unit off", i, whole)
			}
		}
	})
}

// ratRound is the oracle: exact fractions, rounded by the definition.
func ratRound(r *big.Rat, mode money.Mode) *big.Int {
	num, den := new(big.Int).Abs(r.Num()), r.Denom()
	q, rest := new(big.Int).QuoRem(num, den, new(big.Int))
	switch rest.Lsh(rest, 1).Cmp(den) {
	case 1:
		q.Add(q, big.NewInt(1))
	case 0:
		if mode == money.HalfUp || q.Bit(0) == 1 {
			q.Add(q, big.NewInt(1))
		}
	}
	if r.Sign() < 0 {
		q.Neg(q)
	}
	return q
}

func drawMode(t *rapid.T) money.Mode {
	return rapid.SampledFrom([]money.Mode{money.HalfUp, money.HalfEven}).Draw(t, "mode")
}

func TestRoundingAgreesWithExactFractions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cur := rapid.SampledFrom([]string{"JPY", "EUR", "KWD"}).Draw(t, "cur")
		mode := drawMode(t)
		d := decimal.New(rapid.Int64Range(-1e12, 1e12).Draw(t, "digits"), -rapid.Int32Range(0, 6).Draw(t, "places"))
		got, err := money.FromDecimal(d, cur, mode)
		if err != nil {
			t.Fatal(err)
		}
		want := ratRound(d.Shift(money.Places(cur)).Rat(), mode)
		if want.Cmp(big.NewInt(got.Minor)) != 0 {
			t.Fatalf("%s %s by %s is %d, want %s", d, cur, mode, got.Minor, want)
		}
	})
}

func TestQuoRoundsOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		mode := drawMode(t)
		num := decimal.New(rapid.Int64Range(-1e12, 1e12).Draw(t, "num"), -rapid.Int32Range(0, 4).Draw(t, "np"))
		den := decimal.New(rapid.Int64Range(1, 1e9).Draw(t, "den"), -rapid.Int32Range(0, 4).Draw(t, "dp"))
		if rapid.Bool().Draw(t, "negative") {
			den = den.Neg()
		}
		got := mode.Quo(num, den, 2)
		exact := new(big.Rat).Quo(num.Rat(), den.Rat())
		want := ratRound(exact.Mul(exact, big.NewRat(100, 1)), mode)
		if got.Shift(2).BigInt().Cmp(want) != 0 {
			t.Fatalf("%s / %s by %s is %s, want %s", num, den, mode, got, want)
		}
	})
}

func TestArithmeticAgreesWithIntegers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64Range(-1e15, 1e15).Draw(t, "a"), rapid.Int64Range(-1e15, 1e15).Draw(t, "b")
		x, y := money.Of(a, "EUR"), money.Of(b, "EUR")
		if x.Add(y).Minor != a+b || x.Sub(y).Minor != a-b || x.Neg().Minor != -a {
			t.Fatal("wrong sum")
		}
		if x.Cmp(y) != big.NewInt(a).Cmp(big.NewInt(b)) || x.Sign() != big.NewInt(a).Sign() {
			t.Fatal("wrong order")
		}
	})
}

func TestCurrenciesDoNotMix(t *testing.T) {
	t.Parallel()
	if got := (money.Money{}).Add(money.Of(5, "EUR")); got != money.Of(5, "EUR") {
		t.Errorf("nothing + 0.05 EUR = %v", got)
	}
	totals := money.Sum(money.Of(5, "USD"), money.Of(1, "EUR"), money.Of(7, "USD"))
	if want := []money.Money{money.Of(1, "EUR"), money.Of(12, "USD")}; !reflect.DeepEqual(totals, want) {
		t.Errorf("totals %v, want %v", totals, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("EUR + USD went through")
		}
	}()
	money.Of(1, "EUR").Add(money.Of(1, "USD"))
}

func TestJSON(t *testing.T) {
	t.Parallel()
	b, err := json.Marshal(money.Of(125000, "EUR"))
	if err != nil || string(b) != `{"amount":"1250.00","currency":"EUR"}` {
		t.Fatalf("%s %v", b, err)
	}
	for in, want := range map[string]money.Money{
		`{"amount":"1250.00","currency":"EUR"}`:  money.Of(125000, "EUR"),
		`{"amount":"1250.5","currency":"EUR"}`:   money.Of(125050, "EUR"),
		`{"amount":"-3","currency":"JPY"}`:       money.Of(-3, "JPY"),
		`{"amount":"1.2340","currency":"KWD"}`:   money.Of(1234, "KWD"),
		`{"amount":"100.50","currency":"KWD"}`:   money.Of(100500, "KWD"),
		`{"amount":"-0.05","currency":"USD"}`:    money.Of(-5, "USD"),
		`{"amount":"0","currency":"USD"}`:        money.Of(0, "USD"),
		`{"currency":"USD","amount":"00012.50"}`: money.Of(1250, "USD"),
	} {
		var got money.Money
		if err := json.Unmarshal([]byte(in), &got); err != nil || got != want {
			t.Errorf("%s = %v, %v; want %v", in, got, err, want)
		}
	}
	for _, in := range []string{
		`{"amount":12.5,"currency":"EUR"}`, `{"amount":"12.505","currency":"EUR"}`, `{"amount":"1.5","currency":"JPY"}`,
		`{"amount":"1","currency":"XXZ"}`, `{"amount":"1e3","currency":"EUR"}`, `{"amount":"","currency":"EUR"}`,
		`{"amount":"99999999999999999999","currency":"EUR"}`, `{"amount":"1","currency":"EUR","rate":1}`, `"1"`,
	} {
		var got money.Money
		if err := json.Unmarshal([]byte(in), &got); err == nil {
			t.Errorf("%s was read as %v", in, got)
		}
	}
}

func TestFormatAndParseByLocale(t *testing.T) {
	t.Parallel()
	m := money.Of(123456790, "EUR")
	for locale, want := range map[string]string{
		"en": "€1,234,567.90", "de": "1.234.567,90\u00a0€", "fr": "1\u202f234\u202f567,90\u00a0€", "de-CH": "€\u00a01’234’567.90",
	} {
		got := money.Format(m, locale)
		if locale == "de-CH" { // the apostrophe differs between CLDR releases
			got = normalise(got)
			want = normalise(want)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", locale, got, want)
		}
		back, err := money.Parse(money.Format(m, locale), "EUR", locale)
		if err != nil || back != m {
			t.Errorf("%s: read back as %v, %v", locale, back, err)
		}
	}
	if _, err := money.Parse("12,345", "EUR", "de"); !errors.Is(err, money.ErrAmount) {
		t.Errorf("three places of a euro: %v", err)
	}
	if _, err := money.Parse("abc", "EUR", "en"); !errors.Is(err, money.ErrAmount) {
		t.Errorf("letters: %v", err)
	}
}

func normalise(s string) string {
	out := []rune(s)
	for i, r := range out {
		if r == '’' {
			out[i] = '\''
		}
	}
	return string(out)
}

func TestFormatReadsBackInEveryLocale(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		locale := rapid.SampledFrom([]string{"en", "en-GB", "de", "fr", "es", "ja", "pl", "sv", "de-CH"}).Draw(t, "locale")
		cur := rapid.SampledFrom([]string{"EUR", "USD", "JPY", "KWD", "PLN", "CHF"}).Draw(t, "cur")
		m := money.Of(rapid.Int64Range(-1e12, 1e12).Draw(t, "minor"), cur)
		back, err := money.Parse(money.Format(m, locale), cur, locale)
		if err != nil || back != m {
			t.Fatalf("%v is written %q and read %v, %v", m, money.Format(m, locale), back, err)
		}
	})
}

func TestSchemaIsSharedByName(t *testing.T) {
	t.Parallel()
	r := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	type pair struct {
		A money.Money  `json:"a"`
		B *money.Money `json:"b,omitempty"`
	}
	s := r.Schema(reflect.TypeFor[pair](), false, "pair")
	if got := s.Properties["a"].Ref; got != "#/components/schemas/Money" {
		t.Errorf("a is %q", got)
	}
	if got := s.Properties["b"].Ref; got != "#/components/schemas/Money" {
		t.Errorf("b is %q", got)
	}
	if r.Map()["Money"] == nil {
		t.Fatal("no schema called Money")
	}
	res := &huma.ValidateResult{}
	huma.Validate(r, r.Map()["Money"], huma.NewPathBuffer([]byte(""), 0), huma.ModeWriteToServer, map[string]any{"amount": "1.5x", "currency": "EUR"}, res)
	if len(res.Errors) != 1 {
		t.Errorf("a bad amount: %v", res.Errors)
	}
}
