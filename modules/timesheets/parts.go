package timesheets

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrBadHours refuses to say what time counts as where that means nothing.
var ErrBadHours = fault.Define(fault.Invalid, "timesheets.bad_hours", "This time cannot count as that.")

// Agreed is what the contract of some work says about when it is done.
type Agreed struct {
	RuleID string // the row that says so
	Why    string
	Terms  rates.Terms
}

// Split are the parts of an entry that count by different multipliers or have different prices, frozen with its rate. An entry of which
// all is ordinary, at a rate without tiers, has none.
type Split struct {
	RuleID string      `json:"rule"`
	Why    string      `json:"why"`
	Parts  rates.Parts `json:"parts"`

	// Of a rate with tiers, by which the parts can be cut anew when other hours come before them.
	Tiers *rates.Tiers `json:"tiers,omitempty"`
	Since day.Date     `json:"since,omitzero"` // from which day on hours are counted
	Work  rates.Parts  `json:"work,omitempty"` // what counts by which multiplier, in the order of the clock; none: all of it once
}

// same tells whether both say the same of what hours cost. Which places hours have in a count follows from that and from other hours.
func (s *Split) same(o *Split) bool {
	if s == nil || o == nil {
		return s == o
	}
	if s.Tiers != nil || o.Tiers != nil {
		return s.Tiers.Same(o.Tiers) && s.Since == o.Since && sameParts(s.Work, o.Work)
	}
	return sameParts(s.Parts, o.Parts)
}

func sameParts(a, b rates.Parts) bool {
	return slices.EqualFunc(a, b, func(p, q rates.Part) bool {
		same := (p.PerHour == nil) == (q.PerHour == nil) && (p.PerHour == nil || p.PerHour.Equal(*q.PerHour))
		return same && p.Kind == q.Kind && p.Seconds == q.Seconds && p.Factor.Equal(q.Factor) && p.At == q.At && p.From == q.From
	})
}

// divide cuts e where the hours of its contract end (rule 47). Time without start and end is ordinary, unless somebody who may says
// what it counts as. A rate that was set on the entry itself is what each of its hours costs: no multiplier comes on top, and it has no tiers.
func (e *Entry) divide(a *Agreed) {
	before := e.Split
	if e.Split = nil; e.Rate == nil || e.Own != nil {
		return
	}
	if before != nil && before.Tiers != nil {
		e.Split = &Split{Tiers: before.Tiers, Since: before.Since, Parts: before.Parts}
	}
	if a == nil {
		return
	}
	var parts rates.Parts
	switch {
	case e.HourKind != "":
		parts = a.Terms.Whole(e.HourKind, e.RawSeconds)
	case e.StartedAt != nil:
		parts = a.Terms.Stretches(*e.StartedAt, *e.EndedAt)
	}
	switch {
	case parts.Plain():
	case e.Split != nil:
		e.Split.RuleID, e.Split.Why, e.Split.Work = a.RuleID, a.Why, parts
	default:
		e.Split = &Split{RuleID: a.RuleID, Why: a.Why, Parts: parts.Together()}
	}
}

// BilledParts are the seconds that are billed of each part; they add up to those that are billed of the entry.
func (e Entry) BilledParts() []int64 {
	if e.Split == nil || len(e.Split.Parts) == 0 {
		return []int64{e.BilledSeconds}
	}
	return e.Split.Parts.Share(e.BilledSeconds)
}

// Premium is by how many seconds the entry counts more than is billed of it.
func (e Entry) Premium() decimal.Decimal {
	if e.Split == nil {
		return decimal.Zero
	}
	return e.Split.Parts.Premium(e.BilledSeconds)
}

// TierWorth is by how much tiers make the entry worth more than its rate does, or less: in seconds × price.
func (e Entry) TierWorth() decimal.Decimal {
	if e.Split == nil || e.Rate == nil {
		return decimal.Zero
	}
	return e.Split.Parts.Extra(e.BilledSeconds, *e.Rate)
}

// AtRate is the entry at another rate, that of a contract which has no tiers. What its hours count as stays.
func (e Entry) AtRate(perHour *decimal.Decimal, currency string) Entry {
	e.Rate, e.Currency = perHour, currency
	switch {
	case e.Split == nil || e.Split.Tiers == nil:
	case len(e.Split.Work) == 0:
		e.Split = nil
	default:
		e.Split = &Split{RuleID: e.Split.RuleID, Why: e.Split.Why, Parts: e.Split.Work.Together()}
	}
	return e
}

// Rated are the seconds that the rate is multiplied by.
func (e Entry) Rated() decimal.Decimal {
	return decimal.NewFromInt(e.BilledSeconds).Add(e.Premium())
}

// hourKind checks what a person says that time counts as. It sets a price, so it takes what a rate by hand takes.
func hourKind(ctx context.Context, k rates.HourKind) (rates.HourKind, error) {
	a := access.From(ctx)
	switch {
	case !a.Can(SetRates) || !a.Can(SeeRates):
		return "", ErrRateNotYours.At("body.counts_as", "is not yours to decide")
	case k != "" && !k.Valid():
		return "", ErrBadHours.At("body.counts_as", "must be ordinary, after_hours, saturday, sunday or holiday")
	}
	return k, nil
}

// meant refuses a kind of hours for which nothing was agreed.
func (e Entry) meant(a *Agreed) error {
	switch {
	case e.HourKind == "" || e.HourKind == rates.Ordinary:
		return nil
	case e.Own != nil:
		return ErrBadHours.At("body.counts_as", "does not go with a rate of its own: that is what each hour costs")
	case a == nil:
		return ErrBadHours.At("body.counts_as", "means nothing here: no multipliers are agreed for this work on that day")
	}
	return nil
}

// rejudge cuts e anew after its times changed. Its rate stays.
func (s *Service) rejudge(ctx context.Context, tx *tenancy.Tx, e *Entry) (*Agreed, error) {
	known, err := s.rates(ctx, tx, []Entry{*e})
	if err != nil {
		return nil, err
	}
	a := known[e.question()].Agreed
	e.divide(a)
	return a, nil
}
