package rates

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
)

// HourKind says what an hour counts as.
type HourKind string

// What hours count as. A holiday goes before a Sunday or a Saturday, and those before the hour of the day: multipliers never multiply each other.
const (
	Ordinary   HourKind = "ordinary"
	AfterHours HourKind = "after_hours"
	Saturday   HourKind = "saturday"
	Sunday     HourKind = "sunday"
	Holiday    HourKind = "holiday"
)

// Valid tells whether there is such a kind.
func (k HourKind) Valid() bool {
	return slices.Contains([]HourKind{Ordinary, AfterHours, Saturday, Sunday, Holiday}, k)
}

// minutesADay is where a day's business hours end at the latest.
const minutesADay = 24 * 60

// Business are the business hours of a weekday, in minutes after midnight: from the first up to, not including, the last. Both zero: there are none.
type Business struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Valid tells whether they lie within a day.
func (o Business) Valid() bool {
	return o == Business{} || (o.From >= 0 && o.From < o.To && o.To <= minutesADay)
}

// Factors say by how much the hours of a kind are multiplied. Ordinary ones always count once.
type Factors struct {
	AfterHours, Saturday, Sunday, Holiday decimal.Decimal
}

// Of is the multiplier of a kind.
func (f Factors) Of(k HourKind) decimal.Decimal {
	switch k {
	case AfterHours:
		return f.AfterHours
	case Saturday:
		return f.Saturday
	case Sunday:
		return f.Sunday
	case Holiday:
		return f.Holiday
	case Ordinary:
	}
	return decimal.NewFromInt(1)
}

// Terms are what a contract says about when work is done: judged by the clock on the wall of its time zone (rule 47).
type Terms struct {
	Zone    *time.Location
	Week    [7]Business // by time.Weekday
	Factors Factors
	Holiday func(day.Date) bool // nil: there are none
}

// Parts are a stretch of work, cut into what counts alike.
type Parts []Part

// Part is so much of a stretch of work that counts alike.
type Part struct {
	Kind    HourKind        `json:"kind"`
	Seconds int64           `json:"seconds"`
	Factor  decimal.Decimal `json:"factor"`

	// Of a rate with tiers.
	At      int64            `json:"at,omitempty"`       // its place in the count: so many seconds come before it
	From    int64            `json:"from,omitempty"`     // where its tier begins; zero: the first hours
	PerHour *decimal.Decimal `json:"per_hour,omitempty"` // what an hour of it costs before the multiplier; nil: the entry's rate
}

// Split cuts work into what counts alike, in the order in which each first occurs. The seconds of the parts are those of the
// work, also where clocks change: an hour that the clock shows twice is judged twice, one that it leaves out never.
func (t Terms) Split(from, to time.Time) Parts { return t.Stretches(from, to).Together() }

// Stretches are the same in the order of the clock: what counts alike can be there several times.
func (t Terms) Stretches(from, to time.Time) Parts {
	var parts Parts
	for at := from.Truncate(time.Second); at.Before(to); {
		until := to.Truncate(time.Second)
		if _, change := at.In(t.Zone).ZoneBounds(); !change.IsZero() && change.Before(until) {
			until = change
		}
		_, offset := at.In(t.Zone).Zone()
		parts = t.steady(parts, at.Unix()+int64(offset), until.Unix()+int64(offset))
		if !until.After(at) {
			break // less than a second is left
		}
		at = until
	}
	return parts
}

// Whole is work that is judged by hand: all of it counts alike.
func (t Terms) Whole(kind HourKind, seconds int64) Parts {
	return t.add(nil, kind, seconds)
}

const secondsADay = 24 * 60 * 60

// epoch is the day on which clocks began to count.
var epoch = day.New(1970, time.January, 1)

// steady judges a stretch in which no clock changes. Both ends are seconds as the clock on the wall counts them.
func (t Terms) steady(parts Parts, from, to int64) Parts {
	for from < to {
		n := from / secondsADay
		if from%secondsADay < 0 {
			n--
		}
		second := from - n*secondsADay
		kind, until := t.judge(epoch.AddDays(int(n)), second)
		until = min(until-second, to-from)
		parts = t.add(parts, kind, until)
		from += until
	}
	return parts
}

// judge tells what a second of a day counts as, and until which second of that day.
func (t Terms) judge(d day.Date, second int64) (HourKind, int64) {
	if t.Holiday != nil && t.Holiday(d) {
		return Holiday, secondsADay
	}
	outside := AfterHours
	switch d.Weekday() {
	case time.Saturday:
		outside = Saturday
	case time.Sunday:
		outside = Sunday
	default:
	}
	open := t.Week[d.Weekday()]
	from, to := int64(open.From)*60, int64(open.To)*60
	switch {
	case second < from:
		return outside, from
	case second < to:
		return Ordinary, to
	}
	return outside, secondsADay
}

// add puts seconds behind the others, to the last part where it is of their kind. What counts once is ordinary, whatever the day.
func (t Terms) add(parts Parts, kind HourKind, seconds int64) Parts {
	factor := t.Factors.Of(kind)
	if factor.Equal(decimal.NewFromInt(1)) {
		kind, factor = Ordinary, decimal.NewFromInt(1)
	}
	if n := len(parts) - 1; n >= 0 && parts[n].Kind == kind {
		parts[n].Seconds += seconds
		return parts
	}
	return append(parts, Part{Kind: kind, Seconds: seconds, Factor: factor})
}

// Together puts what counts alike into one part each.
func (ps Parts) Together() (out Parts) {
	for _, p := range ps {
		if i := slices.IndexFunc(out, func(o Part) bool { return o.Kind == p.Kind }); i >= 0 {
			out[i].Seconds += p.Seconds
			continue
		}
		out = append(out, p)
	}
	return out
}

// Whole is work of which all counts once.
func Whole(seconds int64) Parts {
	return Parts{{Kind: Ordinary, Seconds: seconds, Factor: decimal.NewFromInt(1)}}
}

// Plain tells whether all of the parts count once.
func (ps Parts) Plain() bool {
	return !slices.ContainsFunc(ps, func(one Part) bool { return one.Kind != Ordinary })
}

// Share spreads seconds over parts by their own. So much of an entry is billed by rounding, or left by a retainer, and each part
// has its share of it.
func (ps Parts) Share(seconds int64) []int64 {
	weights := make([]int64, len(ps))
	for i, p := range ps {
		weights[i] = p.Seconds
	}
	return Spread(seconds, weights)
}

// Spread parts seconds by weights, so that the parts add up to them: the largest remainders take what whole seconds leave over,
// the earlier of equal ones first.
func Spread(seconds int64, weights []int64) []int64 {
	out := make([]int64, len(weights))
	var weight int64
	for _, w := range weights {
		weight += w
	}
	if weight == 0 {
		return out
	}
	left, order := seconds, make([]int, len(weights))
	for i, w := range weights {
		order[i] = i
		out[i] = seconds * w / weight
		left -= out[i]
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return int(seconds*weights[b]%weight - seconds*weights[a]%weight)
	})
	for _, i := range order[:left] {
		out[i]++
	}
	return out
}

// Premium is by how many seconds parts count more than the seconds that are spread over them, or less.
func (ps Parts) Premium(seconds int64) (sum decimal.Decimal) {
	one := decimal.NewFromInt(1)
	for i, s := range ps.Share(seconds) {
		sum = sum.Add(decimal.NewFromInt(s).Mul(ps[i].Factor.Sub(one)))
	}
	return sum
}
