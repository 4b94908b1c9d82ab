package rates

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
)

// What people need to hold for the operations of this module.
const (
	ReadCards  access.Permission = "rates.cards.read"
	WriteCards access.Permission = "rates.cards.write"
	SeeAmounts access.Permission = "rates.bill.see"
)

var (
	ErrNotFound     = fault.Define(fault.NotFound, "rates.card_not_found", "This rate card does not exist.")
	ErrNoProject    = fault.Define(fault.NotFound, "rates.project_not_found", "This project does not exist.")
	ErrRateNotFound = fault.Define(fault.NotFound, "rates.rate_not_found", "This rate does not exist.")
	ErrBadCard      = fault.Define(fault.Invalid, "rates.bad_card", "This rate card cannot be saved as it is.")
	ErrBadRate      = fault.Define(fault.Invalid, "rates.bad_rate", "This rate cannot be saved as it is.")
	ErrCardTaken    = fault.Define(fault.Conflict, "rates.card_taken", "There is a rate card for this already.")
	ErrOverlap      = fault.Define(fault.Conflict, "rates.overlap", "Another rate for the same person, task, service or position is valid on some of these days.")
	ErrArchived     = fault.Define(fault.Conflict, "rates.card_archived", "This rate card is archived. Restore it first.")
	ErrStale        = fault.Define(fault.Precondition, "request.stale", "This was changed meanwhile. Load it again and repeat your change.")
	ErrBadQuestion  = fault.Define(fault.Invalid, "rates.bad_question", "This cannot be resolved to a rate.")
)

// Level says for what a card holds rates.
type Level string

const (
	Agency  Level = "agency"
	Client  Level = "client"
	Project Level = "project"
)

// Card is a named set of dated rates in one currency.
type Card struct {
	ID         string
	Name       string
	Level      Level
	ClientID   string // of a client's card
	ProjectID  string // of a project's card
	Currency   string
	CreatedAt  time.Time
	UpdatedAt  time.Time
	ArchivedAt *time.Time
	Version    int
	Rates      []Rate // filled where one card is looked at
}

// Target says whose hours a rate is for.
type Target string

const (
	Member   Target = "member"
	Task     Target = "task" // project cards only
	Position Target = "position"
	Sale     Target = "service" // what is sold; see Sold
)

// Rate is what an hour costs from a day on, up to, not including, another.
type Rate struct {
	ID       string
	CardID   string
	Target   Target
	TargetID string
	PerHour  *decimal.Decimal // zero is a rate; nil where the reader may not see it
	Tiers    *Tiers           // what further hours cost; nil: the same
	From     day.Date
	To       *day.Date // the first day on which it no longer holds; nil: open
	Version  int
}

// On tells whether the rate holds on d.
func (r Rate) On(d day.Date) bool { return !d.Before(r.From) && (r.To == nil || d.Before(*r.To)) }

// CardDraft is what a person says about a new card.
type CardDraft struct {
	Name      string
	Level     Level
	ClientID  string
	ProjectID string
	Currency  string // empty: the client's or the agency's
}

// RateDraft is what a person says about a new rate.
type RateDraft struct {
	Target   Target
	TargetID string
	PerHour  decimal.Decimal
	Tiers    *Tiers
	From     day.Date
	To       *day.Date
}

// RateChange holds what is to be different; nil leaves a field as it is.
type RateChange struct {
	PerHour *decimal.Decimal
	Tiers   **Tiers
	To      **day.Date
}

func checkedName(s string) (string, error) {
	s = strings.TrimSpace(s)
	if n := utf8.RuneCountInString(s); n < 1 || n > 80 || strings.ContainsAny(s, "\n\r\x00") {
		return s, ErrBadCard.At("body.name", "must have 1 to 80 letters on one line")
	}
	return s, nil
}

var most = decimal.NewFromInt(1_000_000)

func checkAmount(d decimal.Decimal) error {
	if says := wrongAmount(d); says != "" {
		return ErrBadRate.At("body.per_hour", says)
	}
	return nil
}

// wrongAmount says what is wrong with the price of an hour; empty: nothing.
func wrongAmount(d decimal.Decimal) string {
	switch {
	case d.IsNegative():
		return "must not be negative"
	case d.GreaterThan(most):
		return "must be at most 1000000"
	case -d.Exponent() > 6 && !d.Equal(d.Truncate(6)):
		return "must have at most 6 decimal places"
	}
	return ""
}

func (d RateDraft) check(level Level) error {
	if err := checkAmount(d.PerHour); err != nil {
		return err
	}
	if err := d.Tiers.check(); err != nil {
		return err
	}
	switch {
	case d.Target != Member && d.Target != Task && d.Target != Position && d.Target != Sale:
		return ErrBadRate.At("body.kind", "must be member, service, position or task")
	case d.Target == Task && level != Project:
		return ErrBadRate.At("body.kind", "task rates belong on a project's card")
	case d.From.IsZero():
		return ErrBadRate.At("body.valid_from", "is required")
	case d.To != nil && !d.To.After(d.From):
		return ErrBadRate.At("body.valid_to", "must be after the first day")
	}
	return nil
}
