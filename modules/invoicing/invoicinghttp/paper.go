package invoicinghttp

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
)

// InvoicePaper is the document and, for a draft, the number it would get.
type InvoicePaper struct {
	Document   InvoiceDocument `json:"document"`
	NextNumber string          `json:"next_number" doc:"Of a draft: the number if it were issued now"`
}

// InvoiceDocument is all that the paper shows.
type InvoiceDocument struct {
	Number           string                `json:"number"`
	IssueOn          day.Date              `json:"issue_on"`
	DueOn            day.Date              `json:"due_on"`
	SupplyOn         *day.Date             `json:"supply_on"`
	PeriodFrom       *day.Date             `json:"period_from"`
	PeriodTo         *day.Date             `json:"period_to"`
	Seller           InvoiceParty          `json:"seller"`
	Buyer            InvoiceParty          `json:"buyer"`
	Bank             InvoiceBank           `json:"bank"`
	Reference        string                `json:"reference"`
	Currency         string                `json:"currency"`
	Locale           string                `json:"locale"`
	PricesIncludeTax bool                  `json:"prices_include_tax"`
	Lines            []InvoiceDocumentLine `json:"lines"`
	Taxes            []InvoiceTaxView      `json:"taxes"`
	Net              money.Money           `json:"net"`
	Tax              money.Money           `json:"tax"`
	Total            money.Money           `json:"total"`
	LegalTexts       []string              `json:"legal_texts"`
	Note             string                `json:"note"`
	Footer           string                `json:"footer"`
	Colour           string                `json:"colour"`
}

// InvoiceParty is a side of the document.
type InvoiceParty struct {
	Name         string   `json:"name"`
	Address      []string `json:"address"`
	TaxID        string   `json:"tax_id"`
	Registration string   `json:"registration"`
	Email        string   `json:"email"`
	Phone        string   `json:"phone"`
}

// InvoiceDocumentLine is a printed line.
type InvoiceDocumentLine struct {
	Description     string      `json:"description"`
	Quantity        string      `json:"quantity"`
	Unit            string      `json:"unit"`
	UnitPrice       string      `json:"unit_price"`
	DiscountPercent string      `json:"discount_percent"`
	Taxes           []string    `json:"taxes"`
	Amount          money.Money `json:"amount"`
}

func partyView(p invoicing.Party) InvoiceParty {
	return InvoiceParty{p.Name, append([]string{}, p.Address...), p.TaxID, p.Registration, p.Email, p.Phone}
}

// DocumentView is the document on the wire; the portal shows the same.
func DocumentView(d invoicing.Document) InvoiceDocument {
	v := InvoiceDocument{
		Number: d.Number, IssueOn: d.IssueOn, DueOn: d.DueOn, SupplyOn: d.SupplyOn, PeriodFrom: d.PeriodFrom, PeriodTo: d.PeriodTo,
		Seller: partyView(d.Seller), Buyer: partyView(d.Buyer), Bank: InvoiceBank(d.Bank), Reference: d.Reference, Currency: d.Currency, Locale: d.Locale,
		PricesIncludeTax: d.Inclusive, Lines: make([]InvoiceDocumentLine, len(d.Lines)), Taxes: taxViews(d.Taxes), Net: d.Net, Tax: d.Tax, Total: d.Total,
		LegalTexts: append([]string{}, d.LegalTexts...), Note: d.Note, Footer: d.Footer, Colour: d.Colour,
	}
	for n, l := range d.Lines {
		v.Lines[n] = InvoiceDocumentLine{
			l.Description, l.Quantity.String(), l.Unit, l.UnitPrice.String(), l.DiscountPercent.String(), append([]string{}, l.Taxes...), l.Amount,
		}
	}
	return v
}

func (h handlers) preview(ctx context.Context, in *IDIn) (*struct{ Body InvoicePaper }, error) {
	p, err := h.svc.Paper(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body InvoicePaper }{InvoicePaper{DocumentView(p.Document), p.NextNumber}}, nil
}

type pdfOut struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (h handlers) pdf(ctx context.Context, in *IDIn) (*pdfOut, error) {
	f, err := h.svc.PDF(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &pdfOut{"application/pdf", `inline; filename="` + f.Name + `"`, f.Bytes}, nil
}
