package invoicing

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
)

// Document is all that the paper shows, and nothing else. A preview and the
// issued invoice are made by one function from it, so they are equal but for
// the number; the issued one is copied into its invoice and never looked up again.
type Document struct {
	Number     string         `json:"number"` // empty on a preview
	IssueOn    day.Date       `json:"issue_on"`
	DueOn      day.Date       `json:"due_on"`
	SupplyOn   *day.Date      `json:"supply_on"`
	PeriodFrom *day.Date      `json:"period_from"`
	PeriodTo   *day.Date      `json:"period_to"`
	Seller     Party          `json:"seller"`
	Buyer      Party          `json:"buyer"`
	Bank       Bank           `json:"bank"`
	Reference  string         `json:"reference"`
	Currency   string         `json:"currency"`
	Locale     string         `json:"locale"`
	Inclusive  bool           `json:"prices_include_tax"`
	Method     TaxMethod      `json:"tax_method"`
	Lines      []DocumentLine `json:"lines"`
	Taxes      []TaxAmount    `json:"taxes"`
	Net        money.Money    `json:"net"`
	Tax        money.Money    `json:"tax"`
	Total      money.Money    `json:"total"`
	LegalTexts []string       `json:"legal_texts"`
	Note       string         `json:"note"`
	Footer     string         `json:"footer"`
	Colour     string         `json:"colour"`
	LogoKey    string         `json:"logo_key"`
}

// Party is a side of the document.
type Party struct {
	Name         string   `json:"name"`
	Address      []string `json:"address"`
	TaxID        string   `json:"tax_id"`
	Registration string   `json:"registration"`
	Email        string   `json:"email"`
	Phone        string   `json:"phone"`
}

// DocumentLine is a printed line.
type DocumentLine struct {
	Description     string          `json:"description"`
	Quantity        decimal.Decimal `json:"quantity"`
	Unit            string          `json:"unit"`
	UnitPrice       decimal.Decimal `json:"unit_price"`
	DiscountPercent decimal.Decimal `json:"discount_percent"`
	Taxes           []string        `json:"taxes"`
	Amount          money.Money     `json:"amount"` // net, or gross where prices include tax
}

// compose writes the document of a calculated invoice as if issued on a day.
func compose(i Invoice, number string, on day.Date, e LegalEntity, c Client, d Defaults) Document {
	doc := Document{
		Number: number, IssueOn: on, DueOn: i.dueFrom(on), SupplyOn: optional(i.SupplyOn), PeriodFrom: optional(i.PeriodFrom), PeriodTo: optional(i.PeriodTo),
		Seller: Party{Name: e.Name, Address: e.Address.Lines(), TaxID: e.TaxID, Registration: e.Registration, Email: e.Email, Phone: e.Phone},
		Buyer:  Party{Name: c.Name, Address: slices.Clone(c.Address), TaxID: c.TaxID},
		Bank:   e.Bank, Reference: i.Reference, Currency: i.Currency, Locale: d.Locale, Inclusive: i.PricesIncludeTax, Method: i.TaxMethod,
		Taxes: i.Taxes, Net: i.Net, Tax: i.Tax, Total: i.Total, Note: i.Note, Footer: i.Footer, Colour: d.Colour, LogoKey: d.LogoKey,
	}
	for _, l := range i.Lines {
		line := DocumentLine{
			Description: l.Description, Quantity: l.Quantity, Unit: l.Unit, UnitPrice: l.UnitPrice, DiscountPercent: l.DiscountPercent, Amount: l.Net,
		}
		if i.PricesIncludeTax {
			line.Amount = l.Gross
		}
		for _, t := range l.Taxes {
			line.Taxes = append(line.Taxes, t.Name)
		}
		doc.Lines = append(doc.Lines, line)
	}
	for _, t := range i.Taxes {
		if t.LegalText != "" && !slices.Contains(doc.LegalTexts, t.LegalText) {
			doc.LegalTexts = append(doc.LegalTexts, t.LegalText)
		}
	}
	return doc
}

// dueFrom is the due date of the invoice if it is issued on a day.
func (i Invoice) dueFrom(on day.Date) day.Date {
	if !i.DueOn.IsZero() {
		return i.DueOn
	}
	return i.Terms.Due(on)
}

func optional(d day.Date) *day.Date {
	if d.IsZero() {
		return nil
	}
	return &d
}
