package sample

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/modules/invoicing/calc"
	"github.com/bureauhq/bureau/modules/rates"
)

// abroad is which client is billed in another currency, where the agency's is one of the two.
const abroad = 2

// otherOf is that currency.
var otherOf = map[string]string{"USD": "EUR", "EUR": "USD"}

// dollars are what a euro cost at the beginning of each month, over and over.
var dollars = []string{"1.0842", "1.0917", "1.0765", "1.0688", "1.0731", "1.0804", "1.0956", "1.1012", "1.0889", "1.0823", "1.0798", "1.0871"}

// exchange keeps the exchange rate of each month and sells to the client abroad in its own currency.
func (m *maker) exchange(ctx context.Context) error {
	if m.foreign == "" || m.s.Billing == nil {
		return nil
	}
	for i, on := 0, m.start.StartOfMonth(); !on.After(m.today); i, on = i+1, on.AddMonths(1) {
		// A euro in dollars, whichever of them the books are in.
		r := calc.Rate{Currency: m.foreign, Value: decimal.RequireFromString(dollars[i%len(dollars)]), Direction: calc.BasePerUnit, On: on}
		if m.foreign == "USD" {
			r.Direction = calc.UnitsPerBase
		}
		err := m.s.Once(ctx, "exchange "+on.String(), func(ctx context.Context) error { return m.s.Billing.Rate(ctx, r) })
		if err != nil {
			return err
		}
	}
	return m.sellAbroad(ctx, m.clients[abroad].ID)
}

// sellAbroad gives a client a card of its own: the hour in its currency.
func (m *maker) sellAbroad(ctx context.Context, clientID string) error {
	card, err := m.card(ctx, rates.CardDraft{Name: "In " + m.foreign, Level: rates.Client, ClientID: clientID, Currency: m.foreign})
	if err != nil {
		return err
	}
	return m.fill(ctx, card, "rate abroad")
}
