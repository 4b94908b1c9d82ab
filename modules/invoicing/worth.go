package invoicing

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
)

// Worked is a time entry as a line bills it, and what it was worth on the way
// there. Of all entries of a line each figure adds up to the line's.
type Worked struct {
	MemberID  string
	ProjectID string
	Day       day.Date
	Raw       int64           // seconds as they were logged
	Ruled     int64           // as the rounding rule makes them
	Rate      decimal.Decimal // per hour, as frozen on the entry, times what the hours count
	Written   *Written        // nil: neither up nor down

	Standard money.Money // raw hours at the rate
	Value    money.Money // those of the rule at the rate
	Worth    money.Money // after it was written up or down
	Billed   money.Money // what the line bills of it: discounts taken off
	Credited money.Money // by credit notes
}

// Written says that somebody wrote time up or down, by hours or to an amount.
type Written struct {
	Amount *money.Money // nil: by hours, which the source tells
	Reason string       // of the agency's list, as it was then
	Note   string
	By     string
	At     time.Time
}

var hour = decimal.NewFromInt(3600)

// at is what seconds are worth at a rate, rounded once.
func at(seconds int64, rate decimal.Decimal, currency string, mode money.Mode) money.Money {
	exact := mode.Quo(decimal.NewFromInt(seconds).Mul(rate), hour, money.Places(currency))
	return money.Of(exact.Shift(money.Places(currency)).IntPart(), currency)
}

// hoursOf are seconds as the quantity of a line.
func hoursOf(seconds int64) decimal.Decimal {
	return decimal.NewFromInt(seconds).DivRound(hour, quantityPlaces)
}

// hoursAt are seconds as the quantity of a line at a price: as hoursOf, or the next one up or down, so that the line comes to what
// they are worth exactly. A third of an hour has no end, and where the worth is half a unit its last place decides which way it goes.
func hoursAt(seconds int64, price decimal.Decimal, currency string, mode money.Mode) decimal.Decimal {
	near, want := hoursOf(seconds), at(seconds, price, currency, mode).Minor
	for _, step := range []int64{0, 1, -1} {
		q := near.Add(decimal.New(step, -quantityPlaces))
		if got, err := money.FromDecimal(q.Mul(price), currency, mode); err == nil && got.Minor == want {
			return q
		}
	}
	return near
}

// times are the places of the line's time entries among its sources.
func (l Line) times() (at []int) {
	for n, s := range l.Sources {
		if s.Kind == OfTime {
			at = append(at, n)
		}
	}
	return at
}

// recount makes the line of its entries: their hours at their rate, or, where an
// amount was written, the same hours at the price that makes it. A price that
// no number of six places makes is printed as one piece.
func (l *Line) recount(currency string, mode money.Mode) {
	var seconds, hourly int64
	fixed := money.Zero(currency)
	byAmount := false
	var rate decimal.Decimal
	for _, n := range l.times() {
		s := l.Sources[n]
		seconds, rate = seconds+s.Seconds, s.Worked.Rate
		if w := s.Worked.Written; w != nil && w.Amount != nil {
			fixed, byAmount = fixed.Add(*w.Amount), true
			continue
		}
		hourly += s.Seconds
	}
	l.Quantity, l.UnitPrice, l.Unit = hoursAt(seconds, rate, currency, mode), rate, "h"
	if !byAmount {
		return
	}
	wanted := fixed.Add(at(hourly, rate, currency, mode)).Decimal()
	if !l.Quantity.IsZero() {
		l.UnitPrice = mode.Quo(wanted, l.Quantity, 6)
	}
	if !mode.Round(l.Quantity.Mul(l.UnitPrice), money.Places(currency)).Equal(wanted) {
		l.Quantity, l.UnitPrice, l.Unit = one, wanted, ""
	}
}

// shareOut parts the line's figures between its time entries, by the largest
// remainder (rule 5), so that sums of entries are sums of lines.
func (l *Line) shareOut(currency string, mode money.Mode) {
	times := l.times()
	if len(times) == 0 {
		return
	}
	l.Sources = slices.Clone(l.Sources)
	raw, ruled, seconds := make([]int64, len(times)), make([]int64, len(times)), make([]int64, len(times))
	var rawSum, ruledSum, hourly int64
	rate := l.Sources[times[0]].Worked.Rate
	for k, n := range times {
		s := l.Sources[n]
		raw[k], ruled[k] = s.Worked.Raw, s.Worked.Ruled
		rawSum, ruledSum = rawSum+raw[k], ruledSum+ruled[k]
		if w := s.Worked.Written; w == nil || w.Amount == nil {
			seconds[k] = s.Seconds
			hourly += s.Seconds
		}
	}
	standard := parts(at(rawSum, rate, currency, mode), raw)
	value := parts(at(ruledSum, rate, currency, mode), ruled)
	worth := parts(at(hourly, rate, currency, mode), seconds)
	weights := make([]int64, len(times))
	for k, n := range times {
		w := &l.Sources[n].Worked
		w.Standard, w.Value, w.Worth = standard[k], value[k], worth[k]
		if hourly == 0 {
			w.Worth = money.Zero(currency)
		}
		if w.Written != nil && w.Written.Amount != nil {
			w.Worth = *w.Written.Amount
		}
		weights[k] = max(w.Worth.Minor, 0)
	}
	for k, m := range parts(l.Amount.Sub(l.Share), weights) {
		w := &l.Sources[times[k]].Worked
		if w.Billed = m; w.Credited.Currency == "" {
			w.Credited = money.Zero(currency)
		}
	}
}

// parts splits an amount by weights that are not negative.
func parts(m money.Money, weights []int64) []money.Money {
	all, err := money.Split(m, weights)
	if err != nil { // seconds and amounts are checked when they are written
		panic(err)
	}
	return all
}
