package invoicinghttp

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
)

var errBadNumber = fault.Define(fault.Invalid, "request.bad_number", "This is not a number.")

// InvoiceView is an invoice as people who may see invoices see it.
type InvoiceView struct {
	ID               string                `json:"id"`
	Kind             string                `json:"kind" enum:"invoice,deposit,credit_note"`
	CreditsID        string                `json:"credits_id" doc:"Of a credit note: the invoice that it takes back"`
	CreditsNumber    string                `json:"credits_number"`
	State            string                `json:"state" enum:"draft,issued,void"`
	Status           string                `json:"status" enum:"draft,in_review,ready,open,partly_paid,overdue,paid,credited,written_off,void,credit_note" doc:"Derived from the balance and the due date"`
	Number           string                `json:"number" doc:"Empty while a draft"`
	EntityID         string                `json:"entity_id"`
	ClientID         string                `json:"client_id"`
	ClientName       string                `json:"client_name"`
	Currency         string                `json:"currency"`
	Rounding         string                `json:"rounding"`
	TaxMethod        string                `json:"tax_method"`
	PricesIncludeTax bool                  `json:"prices_include_tax"`
	IssueOn          *day.Date             `json:"issue_on"`
	DueOn            *day.Date             `json:"due_on"`
	SupplyOn         *day.Date             `json:"supply_on"`
	PeriodFrom       *day.Date             `json:"period_from"`
	PeriodTo         *day.Date             `json:"period_to"`
	TermsDays        int                   `json:"terms_days"`
	TermsEndOfMonth  bool                  `json:"terms_end_of_month"`
	Reference        string                `json:"reference"`
	Note             string                `json:"note"`
	Footer           string                `json:"footer"`
	Lines            []InvoiceLineView     `json:"lines"`
	DiscountPercent  string                `json:"discount_percent"`
	DiscountAmount   string                `json:"discount_amount" doc:"As it was entered, in the currency of the document"`
	Subtotal         money.Money           `json:"subtotal" doc:"Of the lines as they are printed"`
	Discount         money.Money           `json:"discount" doc:"What is taken off the subtotal"`
	Taxes            []calc.TaxAmount      `json:"taxes" doc:"Those of the kind withholding lower what is payable, not the total"`
	Net              money.Money           `json:"net"`
	Tax              money.Money           `json:"tax"`
	Total            money.Money           `json:"total"`
	Withheld         money.Money           `json:"withheld"`
	Deductions       []invoicing.Deduction `json:"deductions" doc:"Deposits that were billed before, with their taxes"`
	Deducted         money.Money           `json:"deducted" doc:"What the deposits come to"`
	CashRounding     money.Money           `json:"cash_rounding" doc:"Changes what is payable, never net or tax"`
	Payable          money.Money           `json:"payable"`
	Rate             *FrozenRate           `json:"exchange,omitempty" doc:"Into the currency of the books, frozen at issue; of a draft the one typed in, or none"`
	BaseNet          *money.Money          `json:"base_net,omitempty" doc:"In the currency of the books; none while a draft"`
	BaseTax          *money.Money          `json:"base_tax,omitempty"`
	BaseTotal        *money.Money          `json:"base_total,omitempty"`
	Paid             money.Money           `json:"paid"`
	Credited         money.Money           `json:"credited" doc:"Settled by credit notes"`
	WrittenOff       money.Money           `json:"written_off"`
	Balance          money.Money           `json:"balance"`
	PDFSHA256        string                `json:"pdf_sha256" doc:"Of the kept document; empty until it is stored"`
	SentAt           *time.Time            `json:"sent_at"`
	IssuedAt         *time.Time            `json:"issued_at"`
	VoidedAt         *time.Time            `json:"voided_at"`
	VoidReason       string                `json:"void_reason"`
	VoidTime         string                `json:"void_time"`
	Review           InvoiceReview         `json:"review"`
	Version          int                   `json:"version"`
	CreatedBy        string                `json:"created_by"`
	CreatedAt        time.Time             `json:"created_at"`
	UpdatedAt        time.Time             `json:"updated_at"`
}

// InvoiceLineView is one line.
type InvoiceLineView struct {
	ID              string           `json:"id"`
	Kind            string           `json:"kind" enum:"free,time,fee,retained,expense,late"`
	ProjectID       string           `json:"project_id"`
	Description     string           `json:"description"`
	Quantity        string           `json:"quantity"`
	Unit            string           `json:"unit"`
	UnitPrice       string           `json:"unit_price"`
	DiscountPercent string           `json:"discount_percent"`
	DiscountAmount  string           `json:"discount_amount"`
	TaxRateIDs      []string         `json:"tax_rate_ids"`
	Taxes           []calc.TaxAmount `json:"taxes"`
	Amount          money.Money      `json:"amount" doc:"As printed: net, or gross where prices include tax, before the document's discount"`
	Net             money.Money      `json:"net"`
	Tax             money.Money      `json:"tax"`
	Gross           money.Money      `json:"gross"`
	Entries         int              `json:"entries" doc:"How many time entries the line bills"`
	Seconds         int64            `json:"seconds" doc:"As billed"`
	RawSeconds      int64            `json:"raw_seconds" doc:"As logged"`
	Standard        *money.Money     `json:"standard" doc:"Of time: raw hours at the standard rate. The client does not see it"`
	Written         int              `json:"written" doc:"How many entries are written up or down"`
}

func taxes(all []calc.TaxAmount) []calc.TaxAmount { return append([]calc.TaxAmount{}, all...) }

// subtotal adds up the lines as they are printed.
func subtotal(i invoicing.Invoice) money.Money {
	sum := money.Zero(i.Currency)
	for _, l := range i.Lines {
		sum = sum.Add(l.Amount)
	}
	return sum
}

const notDecimal = "must be a decimal such as 12.50"

// readDecimal reads a decimal into to; nothing is zero where that is allowed.
func readDecimal(s string, empty bool, to *decimal.Decimal) bool {
	if s == "" && empty {
		*to = decimal.Zero
		return true
	}
	d, ok := parseDecimal(s)
	*to = d
	return ok
}

func opt(d day.Date) *day.Date {
	if d.IsZero() {
		return nil
	}
	return &d
}

func toView(i invoicing.Invoice, today day.Date) InvoiceView {
	v := InvoiceView{
		ID: i.ID, Kind: string(i.Kind), CreditsID: i.CreditsID, CreditsNumber: i.CreditsNumber, Credited: i.Credited, WrittenOff: i.WrittenOff, State: string(i.State), Status: string(i.Status(today)), Number: i.Number, EntityID: i.EntityID, ClientID: i.ClientID,
		ClientName: i.ClientName, Currency: i.Currency, Rounding: string(i.Rounding), TaxMethod: string(i.TaxMethod), PricesIncludeTax: i.PricesIncludeTax,
		IssueOn: opt(i.IssueOn), DueOn: opt(i.DueOn), SupplyOn: opt(i.SupplyOn), PeriodFrom: opt(i.PeriodFrom), PeriodTo: opt(i.PeriodTo),
		TermsDays: i.Terms.Days, TermsEndOfMonth: i.Terms.EndOfMonth, Reference: i.Reference, Note: i.Note, Footer: i.Footer,
		Lines: make([]InvoiceLineView, len(i.Lines)), Taxes: taxes(i.Taxes), Net: i.Net, Tax: i.Tax, Total: i.Total, Paid: i.Paid, Balance: i.Balance(),
		DiscountPercent: i.Discount.Percent.String(), DiscountAmount: i.Discount.Amount.String(), Subtotal: subtotal(i), Discount: i.DiscountTotal,
		Withheld: i.Withheld, Deductions: append([]invoicing.Deduction{}, i.Deductions...), Deducted: i.Deducted, CashRounding: i.Cash, Payable: i.Payable(), PDFSHA256: i.PDFHash, SentAt: i.SentAt, IssuedAt: i.IssuedAt, VoidedAt: i.VoidedAt, VoidReason: i.VoidWhy, VoidTime: string(i.VoidTime), Review: reviewView(i),
		Version: i.Version, CreatedBy: i.CreatedBy, CreatedAt: i.CreatedAt, UpdatedAt: i.UpdatedAt,
	}
	switch {
	case i.Rate != nil:
		v.Rate, v.BaseNet, v.BaseTax, v.BaseTotal = frozen(i.Rate), &i.BaseNet, &i.BaseTax, &i.BaseTotal
	case i.RateWish != nil:
		v.Rate = &FrozenRate{Value: i.RateWish.Value.String(), Direction: string(i.RateWish.Direction), Source: calc.ByHand}
	}
	for n, l := range i.Lines {
		lv := InvoiceLineView{
			ID: l.ID, Kind: string(l.Kind), ProjectID: l.ProjectID, Description: l.Description, Quantity: l.Quantity.String(), Unit: l.Unit,
			UnitPrice: l.UnitPrice.String(), DiscountPercent: l.Discount.Percent.String(), DiscountAmount: l.Discount.Amount.String(), TaxRateIDs: append([]string{}, l.TaxRateIDs...),
			Taxes: taxes(l.Taxes), Amount: l.Amount, Net: l.Net, Tax: l.Tax, Gross: l.Gross, Entries: l.Entries(),
		}
		lv.worked(l, i.Currency)
		v.Lines[n] = lv
	}
	return v
}

func (v *InvoiceLineView) worked(l invoicing.Line, currency string) {
	standard := money.Zero(currency)
	for _, s := range l.Sources {
		if s.Kind != invoicing.OfTime {
			continue
		}
		v.Seconds, v.RawSeconds, standard = v.Seconds+s.Seconds, v.RawSeconds+s.Worked.Raw, standard.Add(s.Worked.Standard)
		if s.Worked.Written != nil {
			v.Written++
		}
	}
	if v.Entries > 0 {
		v.Standard = &standard
	}
}

// InvoiceLineInput is a line as it is written. A line with the id of an
// existing one keeps the time that it bills.
type InvoiceLineInput struct {
	ID              string   `json:"id,omitempty" maxLength:"36" doc:"Of a line that stays; empty for a new one"`
	Description     string   `json:"description" maxLength:"2000"`
	Quantity        string   `json:"quantity" maxLength:"20" doc:"A decimal with at most 8 places" example:"1"`
	Unit            string   `json:"unit,omitempty" maxLength:"20"`
	UnitPrice       string   `json:"unit_price" maxLength:"24" doc:"A decimal with at most 6 places" example:"120.00"`
	DiscountPercent string   `json:"discount_percent,omitempty" maxLength:"10"`
	DiscountAmount  string   `json:"discount_amount,omitempty" maxLength:"24" doc:"Off the whole line; not beside a percentage"`
	TaxRateIDs      []string `json:"tax_rate_ids,omitempty" maxItems:"5"`
}

// InvoiceChange is what is to be different on a draft; what is left out stays.
type InvoiceChange struct {
	EntityID          *string             `json:"entity_id,omitempty" format:"uuid"`
	ClientID          *string             `json:"client_id,omitempty" format:"uuid"`
	Currency          *string             `json:"currency,omitempty" minLength:"3" maxLength:"3"`
	PricesIncludeTax  *bool               `json:"prices_include_tax,omitempty" doc:"For the whole document; a line cannot differ"`
	TaxMethod         *string             `json:"tax_method,omitempty" enum:"per_line,per_rate"`
	IssueOn           *string             `json:"issue_on,omitempty" maxLength:"10" doc:"A day, or empty for the day of issue"`
	DueOn             *string             `json:"due_on,omitempty" maxLength:"10" doc:"A day, or empty to follow the terms"`
	SupplyOn          *string             `json:"supply_on,omitempty" maxLength:"10" doc:"A day, or empty"`
	PeriodFrom        *string             `json:"period_from,omitempty" maxLength:"10" doc:"A day, or empty"`
	PeriodTo          *string             `json:"period_to,omitempty" maxLength:"10" doc:"A day, or empty"`
	TermsDays         *int                `json:"terms_days,omitempty" minimum:"0" maximum:"365"`
	TermsEndOfMonth   *bool               `json:"terms_end_of_month,omitempty"`
	Reference         *string             `json:"reference,omitempty" maxLength:"120"`
	Note              *string             `json:"note,omitempty" maxLength:"4000"`
	Footer            *string             `json:"footer,omitempty" maxLength:"2000"`
	DiscountPercent   *string             `json:"discount_percent,omitempty" maxLength:"10" doc:"Off the whole document, spread over its lines before tax"`
	DiscountAmount    *string             `json:"discount_amount,omitempty" maxLength:"24" doc:"The same as an amount; not beside a percentage"`
	ExchangeRate      *string             `json:"exchange_rate,omitempty" maxLength:"24" doc:"Into the currency of the books; empty takes the kept one when it is issued"`
	ExchangeDirection string              `json:"exchange_direction,omitempty" enum:"base_per_unit,units_per_base" default:"base_per_unit"`
	Lines             *[]InvoiceLineInput `json:"lines,omitempty" maxItems:"500" doc:"All lines in their order"`
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// apply writes the change onto i, or names every field that cannot be read.
func (c InvoiceChange) apply(i *invoicing.Invoice) error {
	set(&i.EntityID, c.EntityID)
	set(&i.ClientID, c.ClientID)
	set(&i.Currency, c.Currency)
	set(&i.PricesIncludeTax, c.PricesIncludeTax)
	if c.TaxMethod != nil {
		i.TaxMethod = calc.Method(*c.TaxMethod)
	}
	set(&i.Terms.Days, c.TermsDays)
	set(&i.Terms.EndOfMonth, c.TermsEndOfMonth)
	set(&i.Reference, c.Reference)
	set(&i.Note, c.Note)
	set(&i.Footer, c.Footer)
	if c.ExchangeRate != nil {
		wish, err := rateWish("body.exchange_rate", strings.TrimSpace(*c.ExchangeRate), c.ExchangeDirection)
		if err != nil {
			return err
		}
		i.RateWish = wish
	}
	bad := errBadNumber
	for _, f := range []struct {
		name string
		from *string
		to   *day.Date
	}{
		{"issue_on", c.IssueOn, &i.IssueOn},
		{"due_on", c.DueOn, &i.DueOn},
		{"supply_on", c.SupplyOn, &i.SupplyOn},
		{"period_from", c.PeriodFrom, &i.PeriodFrom},
		{"period_to", c.PeriodTo, &i.PeriodTo},
	} {
		if f.from == nil {
			continue
		}
		*f.to = day.Date{}
		if *f.from == "" {
			continue
		}
		d, err := day.Parse(*f.from)
		if err != nil {
			bad = bad.At("body."+f.name, err.Error())
		}
		*f.to = d
	}
	for _, f := range []struct {
		name string
		from *string
		to   *decimal.Decimal
	}{{"discount_percent", c.DiscountPercent, &i.Discount.Percent}, {"discount_amount", c.DiscountAmount, &i.Discount.Amount}} {
		if f.from != nil && !readDecimal(*f.from, true, f.to) {
			bad = bad.At("body."+f.name, notDecimal)
		}
	}
	if c.Lines != nil {
		i.Lines = nil
		for n, l := range *c.Lines {
			line, b := l.line(n, bad)
			bad = b
			i.Lines = append(i.Lines, line)
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

func (l InvoiceLineInput) line(n int, bad *fault.Error) (invoicing.Line, *fault.Error) {
	out := invoicing.Line{ID: l.ID, Kind: invoicing.FreeLine, Description: l.Description, Unit: l.Unit, TaxRateIDs: l.TaxRateIDs}
	for _, f := range []struct {
		name, from string
		to         *decimal.Decimal
	}{
		{"quantity", l.Quantity, &out.Quantity},
		{"unit_price", l.UnitPrice, &out.UnitPrice},
		{"discount_percent", l.DiscountPercent, &out.Discount.Percent},
		{"discount_amount", l.DiscountAmount, &out.Discount.Amount},
	} {
		if !readDecimal(f.from, strings.HasPrefix(f.name, "discount"), f.to) {
			bad = bad.At("body.lines["+itoa(n)+"]."+f.name, notDecimal)
		}
	}
	return out, bad
}

// InvoiceRow is a row of the list.
type InvoiceRow struct {
	ID         string      `json:"id"`
	Kind       string      `json:"kind" enum:"invoice,deposit,credit_note"`
	Number     string      `json:"number"`
	ClientID   string      `json:"client_id"`
	ClientName string      `json:"client_name"`
	State      string      `json:"state" enum:"draft,issued,void"`
	Status     string      `json:"status" enum:"draft,in_review,ready,open,partly_paid,overdue,paid,credited,written_off,void,credit_note"`
	IssueOn    *day.Date   `json:"issue_on"`
	DueOn      *day.Date   `json:"due_on"`
	Total      money.Money `json:"total"`
	Balance    money.Money `json:"balance"`
	SentAt     *time.Time  `json:"sent_at"`
	CreatedAt  time.Time   `json:"created_at"`
}

func row(r invoicing.Summary, today day.Date) InvoiceRow {
	return InvoiceRow{
		ID: r.ID, Kind: string(r.Kind), Number: r.Number, ClientID: r.ClientID, ClientName: r.ClientName, State: string(r.State), Status: string(r.Status(today)),
		IssueOn: opt(r.IssueOn), DueOn: opt(r.DueOn), Total: r.Total, Balance: r.Balance(), SentAt: r.SentAt, CreatedAt: r.CreatedAt,
	}
}

// InvoiceList is a page of invoices.
type InvoiceList struct {
	Items []InvoiceRow `json:"items"`
	Next  *string      `json:"next"`
}

// InvoiceOverview counts and adds up what a filter finds.
type InvoiceOverview struct {
	Counts map[string]int         `json:"counts" doc:"By status"`
	Totals []InvoiceCurrencyTotal `json:"totals" doc:"By currency; currencies are never added"`
}

// InvoiceCurrencyTotal are the sums of one currency.
type InvoiceCurrencyTotal struct {
	Currency string        `json:"currency"`
	Count    int           `json:"count"`
	Total    money.Money   `json:"total" doc:"The full value of issued invoices less credit notes; deposits are no part of it"`
	Deposits money.Money   `json:"deposits" doc:"What is left of issued deposits: owed in work"`
	Open     money.Money   `json:"open"`
	Overdue  money.Money   `json:"overdue"`
	Ageing   []money.Money `json:"ageing" doc:"Open by due date: not due, 1 to 30 days late, 31 to 60, 61 to 90, more"`
}

// PaymentView is a payment.
type PaymentView struct {
	ID           string           `json:"id"`
	ClientID     string           `json:"client_id"`
	ClientName   string           `json:"client_name"`
	Amount       money.Money      `json:"amount"`
	Unapplied    money.Money      `json:"unapplied" doc:"What is left: the client's credit"`
	ReceivedOn   day.Date         `json:"received_on"`
	Method       string           `json:"method" enum:"bank_transfer,card,cash,cheque,other,credit_note"`
	CreditNoteID string           `json:"credit_note_id" doc:"What it is the value of, if it is no money"`
	OnLine       bool             `json:"on_line" doc:"A payment provider received it; see the invoice's payments on line"`
	Rate         *FrozenRate      `json:"exchange,omitempty" doc:"Into the currency of the books; none on payments that are older than rates"`
	Reference    string           `json:"reference"`
	Note         string           `json:"note"`
	VoidedAt     *time.Time       `json:"voided_at"`
	VoidReason   string           `json:"void_reason"`
	CreatedBy    string           `json:"created_by"`
	CreatedAt    time.Time        `json:"created_at"`
	Allocations  []AllocationView `json:"allocations"`
	Refunds      []PaymentRefund  `json:"refunds"`
}

// AllocationView is a part of a payment that is applied to an invoice.
type AllocationView struct {
	ID            string       `json:"id"`
	InvoiceID     string       `json:"invoice_id"`
	InvoiceNumber string       `json:"invoice_number"`
	Amount        money.Money  `json:"amount"`
	Gain          *money.Money `json:"gain,omitempty" doc:"Amount × (rate of the payment − rate of the invoice), in the currency of the books; less than zero is a loss"`
	AppliedOn     day.Date     `json:"applied_on"`
	UndoneAt      *time.Time   `json:"undone_at"`
	UndoReason    string       `json:"undo_reason"`
}

func paymentView(p invoicing.Payment) PaymentView {
	v := PaymentView{
		ID: p.ID, ClientID: p.ClientID, ClientName: p.ClientName, Amount: p.Amount, Unapplied: p.Unapplied(), ReceivedOn: p.ReceivedOn, Method: p.Method,
		Rate: frozen(p.Rate), Reference: p.Reference, Note: p.Note, CreditNoteID: p.CreditNoteID, OnLine: p.ProviderRef != "", VoidedAt: p.VoidedAt, VoidReason: p.VoidWhy, CreatedBy: p.CreatedBy, CreatedAt: p.CreatedAt,
		Allocations: make([]AllocationView, len(p.Allocations)), Refunds: make([]PaymentRefund, len(p.Refunds)),
	}
	for n, r := range p.Refunds {
		v.Refunds[n] = PaymentRefund{r.ID, r.Amount, r.RefundedOn, r.Method, r.Reference, r.Reason, r.UndoneAt, r.UndoWhy}
	}
	for n, a := range p.Allocations {
		v.Allocations[n] = AllocationView{a.ID, a.InvoiceID, a.InvoiceNumber, a.Amount, a.Gain, a.AppliedOn, a.UndoneAt, a.UndoWhy}
	}
	return v
}

// PaymentList is a page of payments.
type PaymentList struct {
	Items []PaymentView `json:"items"`
	Next  *string       `json:"next"`
}
