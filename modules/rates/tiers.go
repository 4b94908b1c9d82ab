package rates

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
)

// Per says over which days the hours of tiers are counted.
type Per string

// Over which days hours are counted: those of one, of a calendar month, or of all for which the line holds.
const (
	PerDay   Per = "day"
	PerMonth Per = "month"
	PerLine  Per = "line"
)

// Tier is what an hour costs from so many counted seconds on.
type Tier struct {
	From    int64           `json:"from"`
	PerHour decimal.Decimal `json:"per_hour"`
}

// Tiers are further prices of a line. Its own is that of the first hours.
type Tiers struct {
	Per   Per    `json:"per"`
	Steps []Tier `json:"steps"` // ascending
}

const (
	mostTiers   = 10
	mostCounted = 100_000 * 60 * 60 // seconds from which a tier may begin at the latest
)

func (t *Tiers) check() error {
	if t == nil {
		return nil
	}
	bad := ErrBadRate
	if !slices.Contains([]Per{PerDay, PerMonth, PerLine}, t.Per) {
		bad = bad.At("body.tiers.per", "must be day, month or line")
	}
	switch n := len(t.Steps); {
	case n == 0:
		bad = bad.At("body.tiers.steps", "must be one at least")
	case n > mostTiers:
		bad = bad.At("body.tiers.steps", "must be 10 at most")
	}
	var before int64
	for i, s := range t.Steps {
		at := fmt.Sprintf("body.tiers.steps[%d].", i)
		switch {
		case s.From <= before && i > 0:
			bad = bad.At(at+"from_seconds", "must be after the tier before it")
		case s.From <= 0:
			bad = bad.At(at+"from_seconds", "must be more than 0")
		case s.From > mostCounted:
			bad = bad.At(at+"from_seconds", "must be 100000 hours at most")
		case t.Per == PerDay && s.From >= 25*60*60:
			bad = bad.At(at+"from_seconds", "is more than a day has")
		}
		before = max(before, s.From)
		if says := wrongAmount(s.PerHour); says != "" {
			bad = bad.At(at+"per_hour", says)
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// Same tells whether both say the same.
func (t *Tiers) Same(o *Tiers) bool {
	if t == nil || o == nil {
		return t == o
	}
	return t.Per == o.Per && slices.EqualFunc(t.Steps, o.Steps, func(a, b Tier) bool { return a.From == b.From && a.PerHour.Equal(b.PerHour) })
}

// Since is the day from which the hours of d are counted, on a line that holds from a day on.
func (t Tiers) Since(d, holds day.Date) day.Date {
	from := holds
	switch t.Per {
	case PerDay:
		from = d
	case PerMonth:
		from = d.StartOfMonth()
	case PerLine:
	}
	if from.Before(holds) {
		return holds
	}
	return from
}

// at is the tier of a counted second, with the second at which it ends. The first hours are of no tier: they have the line's own price.
func (t Tiers) at(second int64) (tier *Tier, until int64) {
	until = math.MaxInt64
	for i := range t.Steps {
		if t.Steps[i].From > second {
			return tier, t.Steps[i].From
		}
		tier = &t.Steps[i]
	}
	return tier, until
}

// Place gives seconds that are spread over work the lowest places of a count that are free, takes them, and cuts the seconds where a
// tier begins. The price of a tier is what a multiplier multiplies.
func (t Tiers) Place(work Parts, seconds int64, own decimal.Decimal, taken *Taken) (out Parts) {
	places := taken.take(seconds)
	for i, left := range work.Share(seconds) {
		for left > 0 {
			place := &places[0]
			tier, until := t.at(place.from)
			part := Part{Kind: work[i].Kind, Factor: work[i].Factor, At: place.from, PerHour: &own}
			if tier != nil {
				part.From, part.PerHour = tier.From, &tier.PerHour
			}
			part.Seconds = min(left, until-place.from, place.to-place.from)
			out = out.follow(part)
			left -= part.Seconds
			if place.from += part.Seconds; place.from == place.to {
				places = places[1:]
			}
		}
	}
	return out
}

// follow adds a part behind the others, as one with the last where it goes on with the same.
func (ps Parts) follow(p Part) Parts {
	if n := len(ps) - 1; n >= 0 {
		if l := &ps[n]; l.Kind == p.Kind && l.From == p.From && l.At+l.Seconds == p.At {
			l.Seconds += p.Seconds
			return ps
		}
	}
	return append(ps, p)
}

// Extra is by how much parts with prices of their own make seconds that are spread over them worth more than at one rate, in seconds × price.
func (ps Parts) Extra(seconds int64, rate decimal.Decimal) (sum decimal.Decimal) {
	for i, s := range ps.Share(seconds) {
		if p := ps[i]; p.PerHour != nil {
			sum = sum.Add(decimal.NewFromInt(s).Mul(p.Factor).Mul(p.PerHour.Sub(rate)))
		}
	}
	return sum
}

// Taken are the places of a count that hours have: from the first counted second on.
type Taken struct{ spans []span } // in order, each apart from the next

// span is a stretch of a count; its end is not part of it.
type span struct{ from, to int64 }

// TakenBetween are the places of stretches that begin, by +1, and end, by -1, at some.
func TakenBetween(changes map[int64]int) (k Taken) {
	depth, from := 0, int64(0)
	for _, place := range slices.Sorted(maps.Keys(changes)) {
		before := depth
		depth += changes[place]
		switch {
		case before <= 0 && depth > 0:
			from = place
		case before > 0 && depth <= 0:
			k.Add(from, place-from)
		}
	}
	return k
}

// Add takes places that hours have.
func (k *Taken) Add(from, seconds int64) {
	if seconds <= 0 {
		return
	}
	s := span{from, from + seconds}
	var out []span
	for _, o := range k.spans {
		if o.to < s.from || o.from > s.to {
			out = append(out, o)
			continue
		}
		s = span{min(s.from, o.from), max(s.to, o.to)}
	}
	out = append(out, s)
	slices.SortFunc(out, func(a, b span) int { return int(a.from - b.from) })
	k.spans = out
}

// take takes the lowest places that are free.
func (k *Taken) take(seconds int64) (out []span) {
	var from int64
	for i := 0; seconds > 0; i++ {
		to := from + seconds
		if i < len(k.spans) {
			to = min(to, k.spans[i].from)
		}
		if to > from {
			out = append(out, span{from, to})
			seconds -= to - from
		}
		if i < len(k.spans) {
			from = k.spans[i].to
		}
	}
	for _, s := range out {
		k.Add(s.from, s.to-s.from)
	}
	return out
}
