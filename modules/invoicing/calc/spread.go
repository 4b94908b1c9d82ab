package calc

import (
	"slices"

	"github.com/shopspring/decimal"
)

// fraction is an exact number of minor units.
type fraction struct{ num, den decimal.Decimal }

func (f fraction) isZero() bool { return f.num.IsZero() }

// spread parts whole units in proportion to exact shares by the largest
// remainder: every part is rounded down, and the units left go to the parts
// that lost most, the earlier one first when they are equal. Mirrored shares
// give mirrored parts.
func spread(whole int64, shares []fraction) []int64 {
	parts, rests, order := make([]int64, len(shares)), make([]fraction, len(shares)), make([]int, len(shares))
	sign := signOf(whole, shares)
	left := whole * sign
	for i, share := range shares {
		num, den := share.num.Mul(decimal.NewFromInt(sign)), share.den
		if den.IsNegative() {
			num, den = num.Neg(), den.Neg()
		}
		q, rest := num.QuoRem(den, 0)
		if rest.IsNegative() {
			q, rest = q.Sub(one), rest.Add(den)
		}
		parts[i], rests[i], order[i] = q.IntPart(), fraction{rest, den}, i
		left -= parts[i]
	}
	// a/b < c/d is ad < cb, as no denominator is negative.
	slices.SortStableFunc(order, func(a, b int) int {
		return rests[b].num.Mul(rests[a].den).Cmp(rests[a].num.Mul(rests[b].den))
	})
	for n := 0; left > 0; n, left = n+1, left-1 {
		parts[order[n%len(order)]]++
	}
	for n := len(order) - 1; left < 0; n, left = n-1, left+1 {
		parts[order[(n+len(order))%len(order)]]--
	}
	for i := range parts {
		parts[i] *= sign
	}
	return parts
}

// signOf is the sign of what is spread, or of its first part where the parts
// cancel out.
func signOf(whole int64, shares []fraction) int64 {
	for _, s := range shares {
		if whole == 0 && !s.isZero() {
			return int64(s.num.Sign() * s.den.Sign())
		}
	}
	if whole < 0 {
		return -1
	}
	return 1
}

// total adds fractions up as one. Most share a denominator.
func total(all []fraction) fraction {
	byDen := map[string]fraction{}
	for _, f := range all {
		key := f.den.String()
		byDen[key] = fraction{byDen[key].num.Add(f.num), f.den}
	}
	sum := fraction{decimal.Zero, one}
	for _, f := range byDen {
		sum = fraction{sum.num.Mul(f.den).Add(f.num.Mul(sum.den)), sum.den.Mul(f.den)}
	}
	return sum
}
