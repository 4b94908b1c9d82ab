package timesheets

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
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

// Split are the parts of an entry that count by different multipliers, frozen with its rate. An entry of which all is ordinary has none.
type Split struct {
	RuleID string      `json:"rule"`
	Why    string      `json:"why"`
	Parts  rates.Parts `json:"parts"`
}

// same tells whether both come to the same.
func (s *Split) same(o *Split) bool {
	if s == nil || o == nil || len(s.Parts) != len(o.Parts) {
		return s == o
	}
	for i, p := range s.Parts {
		if q := o.Parts[i]; p.Kind != q.Kind || p.Seconds != q.Seconds || !p.Factor.Equal(q.Factor) {
			return false
		}
	}
	return true
}

// divide cuts e where the hours of its contract end (rule 47). Time without start and end is ordinary, unless somebody who may says
// what it counts as. A rate that was set on the entry itself is what each of its hours costs: no multiplier comes on top.
func (e *Entry) divide(a *Agreed) {
	e.Split = nil
	if a == nil || e.Rate == nil || e.Own != nil {
		return
	}
	var parts rates.Parts
	switch {
	case e.HourKind != "":
		parts = a.Terms.Whole(e.HourKind, e.RawSeconds)
	case e.StartedAt != nil:
		parts = a.Terms.Split(*e.StartedAt, *e.EndedAt)
	}
	if !parts.Plain() {
		e.Split = &Split{RuleID: a.RuleID, Why: a.Why, Parts: parts}
	}
}

// BilledParts are the seconds that are billed of each part; they add up to those that are billed of the entry.
func (e Entry) BilledParts() []int64 {
	if e.Split == nil {
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
