package invoicing

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
)

// Document is all that the paper shows, and nothing else. A preview and the
// issued invoice are made by one function from it, so they are equal but for
// the number; the issued one is copied into its invoice and never looked up
// again. Storage, API, PDF and portal all show this one struct.
type Document struct {
	Kind             DocumentKind     `json:"kind" enum:"invoice,deposit,credit_note"`
	Number           string           `json:"number" doc:"Empty on a preview"`
	CreditsNumber    string           `json:"credits_number" doc:"Of a credit note: the invoice it takes back"`
	CreditsOn        *day.Date        `json:"credits_on"`
	IssueOn          day.Date         `json:"issue_on"`
	DueOn            day.Date         `json:"due_on"`
	SupplyOn         *day.Date        `json:"supply_on"`
	PeriodFrom       *day.Date        `json:"period_from"`
	PeriodTo         *day.Date        `json:"period_to"`
	Seller           Party            `json:"seller"`
	Buyer            Party            `json:"buyer"`
	Bank             Bank             `json:"bank"`
	Reference        string           `json:"reference"`
	Currency         string           `json:"currency"`
	Locale           string           `json:"locale"`
	Format           Format           `json:"format" enum:"pdf,facturx,ubl,cii" doc:"The form in which the client wants it"`
	PricesIncludeTax bool             `json:"prices_include_tax"`
	TaxMethod        calc.Method      `json:"tax_method"`
	Lines            []DocumentLine   `json:"lines"`
	Subtotal         money.Money      `json:"subtotal" doc:"Of the lines as they are printed"`
	DiscountPercent  decimal.Decimal  `json:"discount_percent"`
	Discount         money.Money      `json:"discount" doc:"What is taken off the subtotal"`
	Taxes            []calc.TaxAmount `json:"taxes" doc:"Those of the kind withholding lower what is payable, not the total"`
	Net              money.Money      `json:"net"`
	Tax              money.Money      `json:"tax"`
	Total            money.Money      `json:"total"`
	Withheld         money.Money      `json:"withheld"`
	Deductions       []Deduction      `json:"deductions" doc:"Deposits that were billed before, with their taxes"`
	Deducted         money.Money      `json:"deducted" doc:"What the deposits come to"`
	CashRounding     money.Money      `json:"cash_rounding" doc:"Changes what is payable, never net or tax"`
	Payable          money.Money      `json:"payable"`
	Base             *BaseFigures     `json:"base,omitempty" doc:"In the currency of the books, where that is another one"`
	LegalTexts       []string         `json:"legal_texts"`
	Progress         []Progress       `json:"progress" doc:"How far fees that were agreed are billed with this document"`
	Note             string           `json:"note"`
	Footer           string           `json:"footer"`
	Language         Language         `json:"language" enum:"en,de,fr,es"`
	Layout           Layout           `json:"layout" enum:"classic,modern,compact"`
	Colour           string           `json:"colour"`
	LogoKey          string           `json:"logo_key,omitempty" hidden:"true"`
}

// Party is a side of the document.
type Party struct {
	Name         string   `json:"name"`
	Address      []string `json:"address"`
	TaxID        string   `json:"tax_id"`
	TaxNumber    string   `json:"tax_number" doc:"Of the seller, beside its VAT id"`
	Registration string   `json:"registration"`
	Email        string   `json:"email"`
	Phone        string   `json:"phone"`
	// Postal is the address in its parts. Documents that were issued before it was kept have none.
	Postal Address `json:"postal"`
}

// Retains tells whether a part of any fee is kept back.
func (d Document) Retains() bool {
	return slices.ContainsFunc(d.Progress, func(p Progress) bool { return !p.Retained.IsZero() })
}

// Progress is how far an agreed fee is billed. A line of a credit note counts
// back: what it bills is less than zero.
type Progress struct {
	Name     string      `json:"name"`
	Contract money.Money `json:"contract" doc:"With all change orders"`
	Before   money.Money `json:"before" doc:"Invoiced on other documents; what is on other drafts is left"`
	This     money.Money `json:"this"`
	Left     money.Money `json:"left"`
	Retained money.Money `json:"retained" doc:"Billed and kept back by the client until the end"`
}

// DocumentLine is a printed line.
type DocumentLine struct {
	Description     string          `json:"description"`
	Quantity        decimal.Decimal `json:"quantity"`
	Unit            string          `json:"unit"`
	UnitPrice       decimal.Decimal `json:"unit_price"`
	DiscountPercent decimal.Decimal `json:"discount_percent"`
	DiscountAmount  decimal.Decimal `json:"discount_amount"`
	Taxes           []string        `json:"taxes"`
	Amount          money.Money     `json:"amount" doc:"Net, or gross where prices include tax; before the document's discount"`
}

// compose writes the document of a calculated invoice as if issued on a day.
func compose(i Invoice, number string, on day.Date, e LegalEntity, c Client, d Defaults) Document {
	doc := Document{
		Kind: i.Kind, CreditsNumber: i.CreditsNumber, CreditsOn: optional(i.CreditsOn), Number: number, IssueOn: on, DueOn: i.dueFrom(on), SupplyOn: optional(i.SupplyOn), PeriodFrom: optional(i.PeriodFrom), PeriodTo: optional(i.PeriodTo),
		Seller: Party{Name: e.Name, Address: e.Address.Lines(), Postal: e.Address, TaxID: e.TaxID, TaxNumber: e.TaxNumber, Registration: e.Registration, Email: e.Email, Phone: e.Phone},
		Buyer:  Party{Name: c.Name, Address: slices.Clone(c.Address), Postal: c.Postal, TaxID: c.TaxID},
		Bank:   e.Bank, Reference: i.Reference, Currency: i.Currency, Locale: localeFor(e.speaks(c), d.Locale), Format: Format(or(string(c.Format), string(PlainPDF))), PricesIncludeTax: i.PricesIncludeTax, TaxMethod: i.TaxMethod,
		DiscountPercent: i.Discount.Percent, Discount: i.DiscountTotal, Taxes: i.Taxes, Net: i.Net, Tax: i.Tax, Total: i.Total,
		Withheld: i.Withheld, Deductions: i.Deductions, Deducted: i.Deducted, CashRounding: i.Cash, Payable: i.Payable(), Base: i.baseFigures(), Progress: i.Progress, Note: i.Note, Footer: i.Footer, Language: e.speaks(c), Layout: e.Layout, Colour: or(e.Colour, d.Colour), LogoKey: or(e.LogoKey, d.LogoKey),
	}
	for _, l := range i.Lines {
		line := DocumentLine{
			Description: l.Description, Quantity: l.Quantity, Unit: l.Unit, UnitPrice: l.UnitPrice, DiscountPercent: l.Discount.Percent,
			DiscountAmount: l.Discount.Amount, Amount: l.Amount,
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
	if i.Kind == CreditNote {
		doc.Bank = Bank{} // nobody is to pay it
	}
	return doc.Whole()
}

// Whole fills in what documents that were frozen earlier do not have, and
// makes every list one, if an empty one.
func (d Document) Whole() Document {
	if d.Payable.Currency == "" {
		d.Discount, d.Withheld, d.Payable = money.Zero(d.Currency), money.Zero(d.Currency), d.Total
	}
	if d.Kind == "" {
		d.Kind = PlainInvoice
	}
	if d.Format == "" { // and it spoke English, in the one layout that there was
		d.Format, d.Language, d.Layout = PlainPDF, English, Classic
	}
	d.Subtotal = money.Zero(d.Currency)
	d.Lines = append([]DocumentLine{}, d.Lines...)
	for n := range d.Lines {
		d.Subtotal = d.Subtotal.Add(d.Lines[n].Amount)
		d.Lines[n].Taxes = list(d.Lines[n].Taxes)
	}
	if d.Deducted.Currency == "" {
		d.Deducted, d.CashRounding = money.Zero(d.Currency), money.Zero(d.Currency)
	}
	d.Progress, d.Deductions = slices.Clone(list(d.Progress)), list(d.Deductions)
	for n := range d.Progress {
		if d.Progress[n].Retained.Currency == "" {
			d.Progress[n].Retained = money.Zero(d.Currency)
		}
	}
	d.Taxes, d.LegalTexts = list(d.Taxes), list(d.LegalTexts)
	d.Seller.Address, d.Buyer.Address = list(d.Seller.Address), list(d.Buyer.Address)
	return d
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func list[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
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
