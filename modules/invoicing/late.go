package invoicing

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
)

// Faults of late fees.
var (
	ErrNothingLate = fault.Define(fault.Conflict, "invoicing.nothing_late", "There is no late fee to charge for this invoice.")
	ErrBadWaiver   = fault.Define(fault.Invalid, "invoicing.bad_waiver", "This late fee cannot be waived.")
	ErrNotWaived   = fault.Define(fault.Conflict, "invoicing.not_waived", "No late fee of this invoice is waived.")
	ErrLateAhead   = fault.Define(fault.Invalid, "invoicing.late_ahead", "Days that have not come are not late yet.")
)

// LateFees say what late payment costs. They belong to a ladder, whose steps may have a fee of their own.
type LateFees struct {
	On        bool             `json:"on,omitempty"`
	Since     day.Date         `json:"since"`    // days and letters before it cost nothing
	Currency  string           `json:"currency"` // of all amounts
	Percent   decimal.Decimal  `json:"percent"`  // simple interest on what is open
	Per       Per              `json:"per"`
	GraceDays int              `json:"grace_days"` // after the due date, that cost none
	Least     *decimal.Decimal `json:"least,omitempty"`
	Most      *decimal.Decimal `json:"most,omitempty"` // of an invoice, whatever is charged when
	TaxRateID string           `json:"tax_rate_id,omitempty"`
	By        How              `json:"by,omitempty"` // how far a step of the ladder charges by itself; empty: people do
}

// Per is the time that a percentage is for.
type Per string

// A year has 365 days, and a month a twelfth of them.
const (
	PerYear  Per = "year"
	PerMonth Per = "month"
)

// LateKind is what a late fee is for.
type LateKind string

// Late fees are interest for days, or what a reminder costs.
const (
	LateInterest LateKind = "interest"
	LateStep     LateKind = "step"
)

// LateCharge is what was charged, or waived, of an invoice. Each day and each step is once.
type LateCharge struct {
	ID         string
	InvoiceID  string
	Kind       LateKind
	Step       int      // days after the due date
	From, To   day.Date // of interest
	Amount     money.Money
	DocumentID string // that charges it; empty: it is waived
	Reason     string // why
	By         string
	At         time.Time

	Number string // of the document; empty while that is a draft
	State  State
}

// LateDue is what can be charged.
type LateDue struct {
	Kind     LateKind
	Step     int
	On       day.Date // when its letter was written
	From, To day.Date
	Parts    []LateDays
	Amount   money.Money
}

// LateDays are days on which one amount was open.
type LateDays struct {
	Days int
	Base money.Money
}

// Settling is an amount that lowered what was open, from a day on; without a day it was never owed.
type Settling struct {
	On     day.Date
	Amount money.Money
}

// late is what late payment costs by the policy.
func (p ReminderPolicy) late() LateFees {
	if p.Late == nil {
		return LateFees{}
	}
	return *p.Late
}

// checkLate names what is wrong with the fees of a ladder.
func (p ReminderPolicy) checkLate(bad *fault.Error) *fault.Error {
	l := p.late()
	at := func(wrong bool, field, text string) {
		if wrong {
			bad = bad.At("body."+field, text)
		}
	}
	places, costs := money.Places(l.Currency), false
	amount := func(d *decimal.Decimal, field string) {
		at(d != nil && (d.Sign() <= 0 || d.Cmp(maxPrice) > 0 || !d.Equal(d.Truncate(places))), field, fmt.Sprintf("must be more than zero, with at most %d places", places))
	}
	for n, st := range p.Steps {
		field := fmt.Sprintf("steps[%d].fee", n)
		amount(st.Fee, field)
		at(st.Fee != nil && st.Days <= 0, field, "is for letters after the due date")
		costs = costs || st.Fee != nil
	}
	if p.Late == nil {
		return bad
	}
	at(!money.Valid(l.Currency), "late.currency", "is not a currency code")
	at(l.Percent.IsNegative() || l.Percent.Cmp(hundred) > 0 || !l.Percent.Equal(l.Percent.Truncate(4)), "late.percent", "must be 0 to 100 with at most 4 places")
	at(l.Per != PerYear && l.Per != PerMonth, "late.per", "must be year or month")
	at(l.GraceDays < 0 || l.GraceDays > maxStepDays, "late.grace_days", fmt.Sprintf("must be 0 to %d", maxStepDays))
	amount(l.Least, "late.least")
	amount(l.Most, "late.most")
	at(l.Least != nil && l.Most != nil && l.Most.Cmp(*l.Least) < 0, "late.most", "is less than the least")
	at(l.On && l.Percent.IsZero() && !costs, "late.percent", "is required, or a fee at a step")
	at(l.By != "" && !l.By.Valid(), "late.by", "must be draft, issue or send")
	at(l.On && l.By != "" && !p.Enabled, "late.by", "goes with the ladder: turn the reminders on")
	return bad
}

// amounts tells whether the policy names any: then it holds for documents in its currency only.
func (p ReminderPolicy) amounts() bool {
	l := p.late()
	return l.Least != nil || l.Most != nil || slices.ContainsFunc(p.Steps, func(st ReminderStep) bool { return st.Fee != nil })
}

// Why nothing can be charged.
const (
	LateOff      = "off"
	LateCurrency = "currency" // the amounts of the policy are in another one
	LateBelow    = "below"    // the least that is charged
	LateCapped   = "capped"   // the most was charged
	LateNothing  = "nothing"
)

// bearing is what of an invoice can be late: no late fee is charged upon late fees.
func (i Invoice) bearing() money.Money {
	sum := i.Payable()
	for _, l := range i.Lines {
		if l.Kind == LateLine {
			sum = sum.Sub(l.Gross)
		}
	}
	return sum
}

// lateDue is what can be charged of an invoice up to a day, or why nothing can.
func (p ReminderPolicy) lateDue(i Invoice, sent map[int]day.Date, settled []Settling, charged []LateCharge, until day.Date) (out []LateDue, why string) {
	l := p.late()
	switch {
	case !l.On:
		return nil, LateOff
	case p.amounts() && l.Currency != i.Currency:
		return nil, LateCurrency
	case i.bearing().Sign() <= 0:
		return nil, LateNothing
	}
	out = append(p.stepsDue(i, sent, charged, until), l.interestDue(i, settled, charged, until)...)
	sum := money.Zero(i.Currency)
	for _, d := range out {
		sum = sum.Add(d.Amount)
	}
	switch {
	case len(out) == 0:
		return nil, LateNothing
	case l.Least != nil && sum.Decimal().Cmp(*l.Least) < 0:
		return nil, LateBelow
	case l.Most == nil:
		return out, ""
	}
	left := l.Most.Shift(money.Places(i.Currency)).IntPart()
	for _, c := range charged {
		if c.DocumentID != "" {
			left -= c.Amount.Minor
		}
	}
	for n := range out {
		out[n].Amount.Minor = max(0, min(out[n].Amount.Minor, left))
		left -= out[n].Amount.Minor
	}
	if out = slices.DeleteFunc(out, func(d LateDue) bool { return d.Amount.IsZero() }); len(out) == 0 {
		return nil, LateCapped
	}
	return out, ""
}

// stepsDue are the fees of letters that went out.
func (p ReminderPolicy) stepsDue(i Invoice, sent map[int]day.Date, charged []LateCharge, until day.Date) (out []LateDue) {
	for _, st := range p.Steps {
		on, went := sent[st.Days]
		done := slices.ContainsFunc(charged, func(c LateCharge) bool { return c.Kind == LateStep && c.Step == st.Days })
		if st.Fee == nil || st.Days <= 0 || !went || done || on.Before(p.late().Since) || on.After(until) {
			continue
		}
		fee := money.Of(st.Fee.Shift(money.Places(i.Currency)).IntPart(), i.Currency)
		out = append(out, LateDue{Kind: LateStep, Step: st.Days, On: on, Amount: fee})
	}
	return out
}

// maxLateDays is how far back interest is counted: claims do not live longer.
const maxLateDays = 3660

// interestDue is simple interest for the days that were not charged yet, on what was open when each began. The days
// that follow one another are rounded once, together.
func (l LateFees) interestDue(i Invoice, settled []Settling, charged []LateCharge, until day.Date) (out []LateDue) {
	if l.Percent.IsZero() {
		return nil
	}
	from := i.DueOn.AddDays(1 + l.GraceDays)
	for _, other := range []day.Date{l.Since, until.AddDays(-maxLateDays)} {
		from = later(from, other)
	}
	done := func(d day.Date) bool {
		return slices.ContainsFunc(charged, func(c LateCharge) bool {
			return c.Kind == LateInterest && day.Range{From: c.From, To: c.To}.Contains(d)
		})
	}
	whole := i.bearing()
	for d := from; !d.After(until); d = d.AddDays(1) {
		base := whole
		for _, s := range settled {
			if s.On.IsZero() || s.On.Before(d) {
				base = base.Sub(s.Amount)
			}
		}
		if base.Sign() <= 0 || done(d) {
			continue
		}
		if n := len(out) - 1; n < 0 || out[n].To.AddDays(1) != d {
			out = append(out, LateDue{Kind: LateInterest, From: d})
		}
		run := &out[len(out)-1]
		run.To = d
		if n := len(run.Parts) - 1; n >= 0 && run.Parts[n].Base == base {
			run.Parts[n].Days++
		} else {
			run.Parts = append(run.Parts, LateDays{1, base})
		}
	}
	for n := range out {
		out[n].Amount = l.interest(out[n].Parts, i.Currency, i.Rounding)
	}
	return slices.DeleteFunc(out, func(d LateDue) bool { return d.Amount.IsZero() })
}

// interest is rounded once: the sum of days × what was open, × percent, ÷ 365.
func (l LateFees) interest(parts []LateDays, currency string, mode money.Mode) money.Money {
	sum := decimal.Zero
	for _, p := range parts {
		sum = sum.Add(decimal.NewFromInt(int64(p.Days)).Mul(decimal.NewFromInt(p.Base.Minor)))
	}
	months := int64(1)
	if l.Per == PerMonth {
		months = 12
	}
	return money.Of(mode.Quo(sum.Mul(l.Percent).Mul(decimal.NewFromInt(months)), decimal.NewFromInt(36_500), 0).IntPart(), currency)
}
