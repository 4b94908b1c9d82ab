package timesheets

import (
	"context"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
)

// SetRates is what one needs to price an entry by hand.
const SetRates access.Permission = "rates.cards.write"

var (
	ErrRateNotYours = fault.Define(fault.Forbidden, "timesheets.rate_not_yours", "You may not set the rate of an entry.")
	ErrBadOwnRate   = fault.Define(fault.Invalid, "timesheets.bad_rate", "This rate cannot be set.")
)

// OwnRate is a rate set on an entry itself (the first step of rule 42). Zero is a rate.
type OwnRate struct {
	PerHour  decimal.Decimal `json:"per_hour"`
	Currency string          `json:"currency"`
}

var mostPerHour = decimal.NewFromInt(1_000_000)

// own checks a rate that a person sets by hand.
func own(ctx context.Context, r *OwnRate) (*OwnRate, error) {
	a := access.From(ctx)
	if !a.Can(SetRates) || !a.Can(SeeRates) {
		return nil, ErrRateNotYours
	}
	if r == nil {
		return nil, nil
	}
	out := OwnRate{PerHour: r.PerHour, Currency: strings.ToUpper(strings.TrimSpace(r.Currency))}
	switch {
	case out.PerHour.IsNegative() || out.PerHour.GreaterThan(mostPerHour):
		return nil, ErrBadOwnRate.At("body.own_rate.per_hour", "must be 0 to 1000000")
	case !out.PerHour.Equal(out.PerHour.Truncate(6)):
		return nil, ErrBadOwnRate.At("body.own_rate.per_hour", "must have at most 6 decimal places")
	case !money.Valid(out.Currency):
		return nil, ErrBadOwnRate.At("body.own_rate.currency", "is not an ISO 4217 currency code")
	}
	return &out, nil
}

func (r OwnRate) rate() Rate {
	return Rate{Found: true, PerHour: r.PerHour, Currency: r.Currency, Level: "entry", Why: "Set on the entry itself."}
}
