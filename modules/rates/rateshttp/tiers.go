package rateshttp

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/modules/rates"
)

// RateTiers are further prices of a rate, in and out. The price of the rate is that of the first hours.
type RateTiers struct {
	Per   string     `json:"per" enum:"day,month,line" doc:"Which hours are counted: those of a day, of a calendar month, or all for as long as the rate holds; each project by itself"`
	Steps []RateTier `json:"steps" maxItems:"10" doc:"Ascending. In a change none means that there are no tiers any more"`
}

// RateTier is what an hour costs from so many counted seconds on.
type RateTier struct {
	FromSeconds int64  `json:"from_seconds"`
	PerHour     string `json:"per_hour" minLength:"1" maxLength:"20" pattern:"^-?[0-9]+([.][0-9]+)?$" doc:"Decimal; zero is a price"`
}

func (t *RateTiers) read() (*rates.Tiers, error) {
	if t == nil {
		return nil, nil
	}
	out := &rates.Tiers{Per: rates.Per(t.Per)}
	for i, s := range t.Steps {
		amount, err := decimal.NewFromString(s.PerHour)
		if err != nil {
			return nil, rates.ErrBadRate.Because(err).At(fmt.Sprintf("body.tiers.steps[%d].per_hour", i), "is not a number")
		}
		out.Steps = append(out.Steps, rates.Tier{From: s.FromSeconds, PerHour: amount})
	}
	return out, nil
}

// change is what they are to be: nil leaves them, and without steps there are none any more.
func (t *RateTiers) change() (**rates.Tiers, error) {
	if t == nil {
		return nil, nil
	}
	tiers, err := t.read()
	if len(t.Steps) == 0 {
		tiers = nil
	}
	return &tiers, err
}

func toTiers(t *rates.Tiers) *RateTiers {
	if t == nil {
		return nil
	}
	v := &RateTiers{Per: string(t.Per), Steps: make([]RateTier, len(t.Steps))}
	for i, s := range t.Steps {
		v.Steps[i] = RateTier{s.From, *amount(&s.PerHour)}
	}
	return v
}
