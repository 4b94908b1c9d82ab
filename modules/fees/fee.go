package fees

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
)

// Faults of fees.
var (
	ErrNotFound     = fault.Define(fault.NotFound, "fees.not_found", "This fee does not exist.")
	ErrPartNotFound = fault.Define(fault.NotFound, "fees.part_not_found", "This part of the fee does not exist.")
	ErrBadFee       = fault.Define(fault.Invalid, "fees.bad_fee", "This fee cannot be saved.")
	ErrArchived     = fault.Define(fault.Conflict, "fees.archived", "This fee is archived. Restore it first.")
	ErrAccepted     = fault.Define(fault.Conflict, "fees.accepted", "This was accepted already.")
	ErrNotAccepted  = fault.Define(fault.Conflict, "fees.not_accepted", "This is not accepted.")
	ErrNoMilestone  = fault.Define(fault.Conflict, "fees.no_milestone", "Only milestones are accepted.")
	ErrPartBilled   = fault.Define(fault.Conflict, "fees.part_billed", "This part is on an invoice.")
	ErrBadOrder     = fault.Define(fault.Invalid, "fees.bad_order", "This change order cannot be recorded.")
	ErrNumberTaken  = fault.Define(fault.Conflict, "fees.order_number_taken", "There is a change order with this number.").At("body.number", "is taken")
	ErrCannotBill   = fault.Define(fault.Invalid, "fees.cannot_bill", "This cannot be billed.")
	// ErrStale answers a change based on an older version; the code is the one of the whole API.
	ErrStale = fault.Define(fault.Precondition, "request.stale", "This was changed meanwhile. Load it again and repeat your change.")
)

// Kind says how a fee is billed.
type Kind string

const (
	ByPercent    Kind = "percent"    // as much of it as is done
	BySchedule   Kind = "schedule"   // part by part on their days
	ByMilestones Kind = "milestones" // part by part when each is accepted
)

// Covers says whose time the fee pays for: it is not billed by the hour too.
type Covers string

const (
	TheProject Covers = "project" // all time of it
	TheTasks   Covers = "tasks"   // time on some tasks and those below them
	NoTime     Covers = "nothing"
)

// Fee is an amount that was agreed for a project.
type Fee struct {
	ID         string
	ProjectID  string
	ClientID   string
	Name       string
	Kind       Kind
	Agreed     money.Money     // at first
	Contract   money.Money     // with all change orders
	Billed     money.Money     // the ledger's sum
	Percent    decimal.Decimal // how much of it is done; of ByPercent
	Retain     decimal.Decimal // percent of each invoice that the client retains until the end
	Held       money.Money     // what invoices took off for that
	Released   money.Money     // what of it was invoiced
	Covers     Covers
	TaskIDs    []string
	Parts      []Part
	Orders     []Order
	ArchivedAt *time.Time
	Version    int
	CreatedBy  string
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// Left is what may still be billed.
func (f Fee) Left() money.Money { return f.Contract.Sub(f.Billed) }

// Done is what the work that is done comes to.
func (f Fee) Done() money.Money { return shareOf(f.Contract, f.Percent) }

// Part is what a schedule or a list of milestones consists of.
type Part struct {
	ID           string
	Name         string
	Percent      *decimal.Decimal // of what was agreed; nil: an amount was said
	Amount       money.Money
	Billed       money.Money
	DueOn        day.Date
	AcceptedAt   *time.Time
	AcceptedBy   string // by name
	AcceptedKind string // staff or contact
	OrderID      string // the change order that brought it
	Rounds       []Round
	Version      int // counts what whoever accepts it should see
}

// Left is what may still be billed of the part.
func (p Part) Left() money.Money { return p.Amount.Sub(p.Billed) }

// Order is a change of the contract.
type Order struct {
	ID         string
	Number     string
	Reason     string
	Amount     money.Money // more or less
	ApprovedBy string
	ApprovedOn day.Date
	CreatedBy  string
	CreatedAt  time.Time
}

var hundred = decimal.NewFromInt(100)

// shareOf is a percentage of an amount, rounded half away from zero.
func shareOf(m money.Money, percent decimal.Decimal) money.Money {
	d := m.Decimal().Mul(percent).Div(hundred)
	return money.Of(d.Shift(money.Places(m.Currency)).Round(0).IntPart(), m.Currency)
}

const (
	maxParts = 100
	maxTasks = 200
)

// maxAmount keeps sums far from what an integer holds.
const maxAmount = int64(1_000_000_000_000_00)

// check names every fault of a fee at its field.
func (f *Fee) check() error {
	bad := ErrBadFee
	if f.Name = strings.TrimSpace(f.Name); f.Name == "" || utf8.RuneCountInString(f.Name) > 200 {
		bad = bad.At("body.name", "must have 1 to 200 letters")
	}
	if !money.Valid(f.Agreed.Currency) {
		bad = bad.At("body.amount", "is not in a currency")
	}
	if f.Agreed.Sign() <= 0 || f.Agreed.Minor > maxAmount {
		bad = bad.At("body.amount", "must be more than zero")
	}
	if f.Percent.IsNegative() || f.Percent.Cmp(hundred) > 0 || !f.Percent.Equal(f.Percent.Truncate(4)) {
		bad = bad.At("body.percent", "must be 0 to 100 with at most 4 places")
	}
	if f.Retain.IsNegative() || f.Retain.Cmp(hundred) >= 0 || !f.Retain.Equal(f.Retain.Truncate(4)) {
		bad = bad.At("body.retain_percent", "must be 0 to less than 100 with at most 4 places")
	}
	if !f.Percent.IsZero() && f.Kind != ByPercent {
		bad = bad.At("body.percent", "is for fees that are billed by percent")
	}
	switch {
	case f.Covers == TheTasks && len(f.TaskIDs) == 0:
		bad = bad.At("body.task_ids", "name at least one task")
	case f.Covers != TheTasks && len(f.TaskIDs) > 0:
		bad = bad.At("body.task_ids", "are for fees that cover tasks")
	case len(f.TaskIDs) > maxTasks:
		bad = bad.At("body.task_ids", "are too many")
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return f.checkParts()
}

// checkParts gives each part its amount. Parts are all percentages that make
// 100, or all amounts that make the contract.
func (f *Fee) checkParts() error {
	if f.Kind == ByPercent {
		if len(f.Parts) > 0 {
			return ErrBadFee.At("body.parts", "are for schedules and milestones")
		}
		return nil
	}
	bad := ErrBadFee
	if len(f.Parts) == 0 || len(f.Parts) > maxParts {
		return bad.At("body.parts", "must be 1 to 100")
	}
	own := slices.DeleteFunc(slices.Clone(f.Parts), func(p Part) bool { return p.OrderID != "" })
	byPercent := slices.ContainsFunc(own, func(p Part) bool { return p.Percent != nil })
	sum, shares := money.Zero(f.Contract.Currency), decimal.Zero
	for n := range f.Parts {
		p := &f.Parts[n]
		at := func(field, text string) { bad = bad.At(fmt.Sprintf("body.parts[%d].%s", n, field), text) }
		if p.Name = strings.TrimSpace(p.Name); p.Name == "" || utf8.RuneCountInString(p.Name) > 200 {
			at("name", "must have 1 to 200 letters")
		}
		if f.Kind == BySchedule && p.DueOn.IsZero() {
			at("due_on", "is required")
		}
		switch {
		case p.OrderID != "":
		case byPercent && p.Percent == nil:
			at("percent", "is required where other parts have one")
		case byPercent && (p.Percent.Sign() <= 0 || p.Percent.Cmp(hundred) > 0 || !p.Percent.Equal(p.Percent.Truncate(4))):
			at("percent", "must be more than 0, at most 100, with at most 4 places")
		case byPercent:
			shares = shares.Add(*p.Percent)
		case p.Amount.Currency != f.Contract.Currency:
			at("amount", "is not in the currency of the fee")
		case p.Amount.Sign() < 0 || p.Amount.Minor > maxAmount:
			at("amount", "cannot be less than zero")
		}
		if !byPercent || p.OrderID != "" {
			sum = money.Of(sum.Minor+p.Amount.Minor, sum.Currency)
		}
	}
	switch {
	case len(bad.Fields) > 0:
		return bad
	case byPercent && !shares.Equal(hundred):
		return bad.At("body.parts", "are "+shares.String()+" % together, not 100 %")
	case byPercent:
		return f.split()
	case sum != f.Contract:
		return bad.At("body.parts", "come to "+sum.Amount()+", the contract to "+f.Contract.Amount())
	}
	return nil
}

// split shares what was agreed out among the parts by their percentages: by
// largest remainder, so that they add up to it (rule 5).
func (f *Fee) split() error {
	var at []int
	var weights []int64
	for n, p := range f.Parts {
		if p.OrderID == "" {
			at, weights = append(at, n), append(weights, p.Percent.Shift(4).IntPart())
		}
	}
	shares, err := money.Split(f.Agreed, weights)
	if err != nil {
		return ErrBadFee.Because(err).At("body.parts", "cannot be split")
	}
	for k, n := range at {
		f.Parts[n].Amount = shares[k]
	}
	return nil
}

// order adds a change order. More is a part of its own where there are parts;
// less is taken off what is not billed yet, from the last part on.
func (f *Fee) order(o Order, part Part) error {
	bad := ErrBadOrder
	for _, field := range []struct {
		name string
		text *string
		most int
	}{{"number", &o.Number, 40}, {"reason", &o.Reason, 1000}, {"approved_by", &o.ApprovedBy, 200}} {
		if *field.text = strings.TrimSpace(*field.text); *field.text == "" || utf8.RuneCountInString(*field.text) > field.most {
			bad = bad.At("body."+field.name, fmt.Sprintf("must have 1 to %d letters", field.most))
		}
	}
	switch {
	case o.Amount.Currency != f.Contract.Currency:
		bad = bad.At("body.amount", "is not in the currency of the fee")
	case o.Amount.IsZero() || o.Amount.Minor > maxAmount || o.Amount.Minor < -maxAmount:
		bad = bad.At("body.amount", "must not be zero")
	case o.Amount.Neg().Cmp(f.Left()) > 0:
		bad = bad.At("body.amount", "takes off more than is left: "+f.Left().Amount())
	}
	if o.ApprovedOn.IsZero() {
		bad = bad.At("body.approved_on", "is required")
	}
	if f.Kind == BySchedule && o.Amount.Sign() > 0 && part.DueOn.IsZero() {
		bad = bad.At("body.due_on", "says when it is billed")
	}
	if slices.ContainsFunc(f.Orders, func(x Order) bool { return strings.EqualFold(x.Number, o.Number) }) {
		return ErrNumberTaken
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	f.Orders = append(f.Orders, o)
	f.Contract = f.Contract.Add(o.Amount)
	if f.Kind == ByPercent {
		return nil
	}
	if o.Amount.Sign() > 0 {
		part.Name, part.Amount, part.Billed, part.OrderID = "Change order "+o.Number, o.Amount, money.Zero(o.Amount.Currency), o.ID
		f.Parts = append(f.Parts, part)
		return nil
	}
	less := o.Amount.Neg()
	for n := len(f.Parts) - 1; n >= 0 && !less.IsZero(); n-- {
		p := &f.Parts[n]
		off := p.Left()
		if off.Cmp(less) > 0 {
			off = less
		}
		if off.IsZero() {
			continue
		}
		p.Amount, p.Percent, less = p.Amount.Sub(off), nil, less.Sub(off)
	}
	for n := range f.Parts {
		f.Parts[n].Percent = nil // they are of the contract no more
	}
	return nil
}
