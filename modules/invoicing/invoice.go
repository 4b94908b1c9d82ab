package invoicing

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
	"github.com/bureauhq/bureau/modules/timesheets"
)

// Faults of invoices.
var (
	ErrNotFound      = fault.Define(fault.NotFound, "invoicing.not_found", "This invoice does not exist.")
	ErrBadInvoice    = fault.Define(fault.Invalid, "invoicing.bad_invoice", "This invoice cannot be saved.")
	ErrNotDraft      = fault.Define(fault.Conflict, "invoicing.not_draft", "An issued invoice is never edited or deleted. Void it and make a new one.")
	ErrNotIssued     = fault.Define(fault.Conflict, "invoicing.not_issued", "Only an issued invoice can do this.")
	ErrNoLines       = fault.Define(fault.Invalid, "invoicing.no_lines", "An invoice needs at least one line.").At("body.lines", "needs at least one line")
	ErrNegativeTotal = fault.Define(fault.Invalid, "invoicing.negative_total", "The total of an invoice cannot be negative.").At("body.lines", "add up to less than zero")
	ErrDateBackwards = fault.Define(fault.Invalid, "invoicing.date_backwards", "A later invoice of this series is issued already. Dates of a series do not go backwards.").
				At("body.issue_on", "is before the last issued invoice of the series")
	ErrDateAhead = fault.Define(fault.Invalid, "invoicing.date_ahead", "An invoice is not issued on a day that has not come.").
			At("body.issue_on", "is in the future")
	ErrNumberTaken   = fault.Define(fault.Conflict, "invoicing.number_taken", "This number exists already. Check the number format of the legal entity.")
	ErrBilledAlready = fault.Define(fault.Conflict, "invoicing.billed_already", "Some of this time was put on another invoice meanwhile.")
	ErrNothingToBill = fault.Define(fault.Invalid, "invoicing.nothing_to_bill", "There is no approved, unbilled time with a rate in this period.")
	ErrBadPeriod     = fault.Define(fault.Invalid, "invoicing.bad_period", "The period ends before it begins.")
	ErrManyClients   = fault.Define(fault.Invalid, "invoicing.many_clients", "An invoice has one client; these projects have several.").
				At("body.project_ids", "belong to several clients")
	ErrNoScope = fault.Define(fault.Invalid, "invoicing.no_scope", "Name a client or at least one project.").At("body.client_id", "is required without project_ids")
)

// DocumentKind tells invoices from the notes that take them back.
type DocumentKind string

const (
	PlainInvoice DocumentKind = "invoice"
	// Deposit is money invoiced ahead: a liability, which later invoices deduct.
	Deposit    DocumentKind = "deposit"
	CreditNote DocumentKind = "credit_note"
)

// State is what a document is. Whether it is paid follows from its balance.
type State string

const (
	Draft  State = "draft"
	Issued State = "issued"
	Void   State = "void"
)

// Status is what people see: the state, and for issued ones what the balance says.
type Status string

const (
	StatusDraft Status = "draft"
	// StatusInReview and StatusReady are drafts that wait for a review, or have passed it.
	StatusInReview Status = "in_review"
	StatusReady    Status = "ready"
	StatusOpen     Status = "open"
	StatusPart     Status = "partly_paid"
	StatusLate     Status = "overdue"
	StatusPaid     Status = "paid"
	StatusVoided   Status = "void"
	// StatusCredited is an invoice that was settled by credit notes alone.
	StatusCredited Status = "credited"
	// StatusWrittenOff is an invoice of which the rest was given up.
	StatusWrittenOff Status = "written_off"
	// StatusCredit is a credit note: nothing of it is to be paid.
	StatusCredit Status = "credit_note"
)

// Invoice is a document of a legal entity to a client.
type Invoice struct {
	ID         string
	Kind       DocumentKind
	EntityID   string
	ClientID   string
	ClientName string
	State      State
	Number     string // empty while a draft

	CreditsID     string // of a credit note: the invoice it takes back
	CreditsNumber string
	CreditsOn     day.Date

	Period string // of the number's series

	Currency         string
	Rounding         money.Mode
	TaxMethod        calc.Method
	PricesIncludeTax bool

	IssueOn    day.Date // of a draft: as wished; none means the day of issue
	DueOn      day.Date // of a draft: as wished; none means by the terms
	SupplyOn   day.Date
	PeriodFrom day.Date
	PeriodTo   day.Date
	Terms      day.Terms
	Reference  string // the client's, such as an order number
	Note       string
	Footer     string

	Lines           []Line
	Discount        calc.Discount // on the whole document
	DiscountTotal   money.Money   // what it comes to
	Taxes           []calc.TaxAmount
	Net, Tax, Total money.Money
	Withheld        money.Money // kept back by the client as tax
	Deductions      []Deduction // of deposits
	Deducted        money.Money // what they come to
	CashStep        int64       // the smallest coin, in minor units; none is 0
	Cash            money.Money // what rounding to it adds to what is payable
	Paid            money.Money
	Credited        money.Money
	WrittenOff      money.Money

	RateWish                    *RateWish  // of a draft: typed in; nil takes the kept one when it is issued
	Rate                        *calc.Rate // frozen at issue; nil on documents that are older than rates
	BaseNet, BaseTax, BaseTotal money.Money

	TimeRule  *timesheets.Rounding // of the time that is rounded together on it; nil: none is
	Review    Review
	Progress  []Progress // of fees; written onto the document
	deducts   *[]Deduct  // what is wished to be deducted
	Document  *Document  // what the issued document shows
	PDFKey    string
	PDFHash   string
	SentAt    *time.Time
	IssuedAt  *time.Time
	VoidedAt  *time.Time
	VoidWhy   string
	VoidTime  TimeFate
	Version   int
	CreatedBy string
	CreatedAt time.Time
	UpdatedAt time.Time
}

// LineKind says where a line came from.
type LineKind string

const (
	FreeLine    LineKind = "free"
	TimeLine    LineKind = "time"
	FeeLine     LineKind = "fee"
	ExpenseLine LineKind = "expense"
	LateLine    LineKind = "late"     // of a late fee
	RetainLine  LineKind = "retained" // what the client retains of a fee, or is invoiced of that at the end
)

// Line is one line of an invoice.
type Line struct {
	ID              string
	Kind            LineKind
	CreditsLineID   string // of a credit note: the line it takes back
	ProjectID       string
	Description     string
	Quantity        decimal.Decimal
	Unit            string
	UnitPrice       decimal.Decimal
	Discount        calc.Discount
	TaxRateIDs      []string
	Amount, Share   money.Money // as printed; the part of the document's discount in it
	Net, Tax, Gross money.Money
	Taxes           []calc.TaxAmount
	Sources         []Source // what was billed by it
}

// SourceKind says what was billed by a line.
type SourceKind string

const (
	OfTime    SourceKind = "time"    // a time entry
	OfFee     SourceKind = "fee"     // what a fee's ledger took for the line
	OfExpense SourceKind = "expense" // an expense of a member
	OfLate    SourceKind = "late"    // days, or a reminder, of an invoice that was not paid in time
)

// Source is what a line was made from, in the module that it belongs to.
type Source struct {
	Kind    SourceKind
	ID      string
	Seconds int64  // of time: as billed
	Part    int    // of an entry of which parts are on several lines
	With    string // of time: what it is rounded with on the document; empty: it was rounded before
	Worked  Worked // of time
}

// Balance is what is still to be paid. A void invoice has none.
func (i Invoice) Balance() money.Money {
	if i.State != Issued {
		return money.Zero(i.Currency)
	}
	return i.Payable().Sub(i.Paid).Sub(i.Credited).Sub(i.WrittenOff)
}

// Payable is what the client is to pay: withheld tax is not the agency's, and
// deposits were billed before.
func (i Invoice) Payable() money.Money {
	return i.Total.Sub(i.Withheld).Sub(i.Deducted).Add(i.Cash)
}

// Status derives what people see from state, balance and due date only.
func (i Invoice) Status(today day.Date) Status {
	switch i.Reviewed() {
	case InReview:
		return StatusInReview
	case Ready:
		return StatusReady
	case NoReview, SentBack:
	}
	return StatusOf(i.Kind, i.State, i.Balance(), i.Paid, i.Credited, i.WrittenOff, i.DueOn, today)
}

// StatusOf derives a status. A part payment leaves "partly paid", and a late
// one is overdue whether or not a part of it is paid.
func StatusOf(kind DocumentKind, state State, balance, paid, credited, writtenOff money.Money, due, today day.Date) Status {
	switch {
	case state == Draft:
		return StatusDraft
	case state == Void:
		return StatusVoided
	case kind == CreditNote:
		return StatusCredit
	case balance.IsZero() && !writtenOff.IsZero():
		return StatusWrittenOff
	case balance.IsZero() && paid.IsZero() && !credited.IsZero():
		return StatusCredited
	case balance.IsZero():
		return StatusPaid
	case due.Before(today):
		return StatusLate
	case !paid.IsZero() || !credited.IsZero() || !writtenOff.IsZero():
		return StatusPart
	}
	return StatusOpen
}

// TaxPoint is the day whose tax rates hold: the day of supply, or the end of
// the period billed, or the day of issue.
func (i Invoice) TaxPoint(today day.Date) day.Date {
	for _, d := range []day.Date{i.SupplyOn, i.PeriodTo, i.IssueOn} {
		if !d.IsZero() {
			return d
		}
	}
	return today
}

// label names the invoice for people.
func (i Invoice) label() string {
	if i.Number != "" {
		return i.Number + " · " + i.ClientName
	}
	return "Draft for " + i.ClientName
}

// entries are the time entries on all lines, each once: one of which parts cost differently is on several.
func (i Invoice) entries() []string {
	var ids []string
	for _, l := range i.Lines {
		for _, s := range l.Sources {
			if s.Kind == OfTime {
				ids = append(ids, s.ID)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// sourced tells whether any line was made from something that it bills.
func (i Invoice) sourced() bool {
	return slices.ContainsFunc(i.Lines, func(l Line) bool { return len(l.Sources) > 0 })
}

// calculate brings all figures up to date with lines, taxes and method.
func (i *Invoice) calculate(rates map[string]TaxRate, today day.Date) error {
	point := i.TaxPoint(today)
	s := calc.Sum{Currency: i.Currency, Rounding: i.Rounding, Method: i.TaxMethod, PricesIncludeTax: i.PricesIncludeTax, Discount: i.Discount}
	bad := ErrBadInvoice
	for n, l := range i.Lines {
		sl := calc.Line{Quantity: l.Quantity, UnitPrice: l.UnitPrice, Discount: l.Discount}
		seen := map[string]bool{}
		for _, id := range l.TaxRateIDs {
			rate, known := rates[id]
			if !known || seen[id] {
				bad = bad.At(fmt.Sprintf("body.lines[%d].tax_rate_ids", n), "names an unknown tax rate, or one twice")
				continue
			}
			seen[id] = true
			sl.Taxes = append(sl.Taxes, rate.At(point))
		}
		s.Lines = append(s.Lines, sl)
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	f, err := calc.Calculate(s)
	if err != nil {
		return uncountable(err)
	}
	i.take(f)
	return i.finish()
}

// take writes calculated figures onto the invoice.
func (i *Invoice) take(f calc.Figures) {
	for n := range i.Lines {
		l, of := &i.Lines[n], f.Lines[n]
		l.Amount, l.Share, l.Net, l.Tax, l.Gross, l.Taxes = of.Amount, of.Share, of.Net, of.Tax, of.Gross, of.Taxes
		l.shareOut(i.Currency, i.Rounding)
	}
	i.DiscountTotal, i.Taxes, i.Net, i.Tax, i.Total, i.Withheld = f.Discount, f.Taxes, f.Net, f.Tax, f.Total, f.Withheld
}

// uncountable names the field that an invoice could not be calculated for.
func uncountable(err error) error {
	line := (*calc.LineError)(nil)
	switch bad := ErrBadInvoice.Because(err); {
	case errors.Is(err, calc.ErrDiscount):
		return bad.At("body.discount_amount", "is more than the lines add up to")
	case errors.Is(err, calc.ErrLineDiscount) && errors.As(err, &line):
		return bad.At(fmt.Sprintf("body.lines[%d].discount_amount", line.Line), "is more than the line")
	default:
		return bad.At("body.lines", "add up to more than can be billed")
	}
}

// quantityPlaces are enough for hours that have no end in decimals: what they are short of changes no amount. Rule 2 asks for 4.
const quantityPlaces = 8

// maxLines is more than anybody reads, and little enough to render at once.
const maxLines = 500

// maxDescription is the longest text of a line.
const maxDescription = 2000

var (
	maxQuantity = decimal.New(1, 9)
	maxPrice    = decimal.New(1, 10)
)

// check names every fault of a draft at its field.
func (i Invoice) check() error {
	bad := ErrBadInvoice
	if !money.Valid(i.Currency) {
		bad = bad.At("body.currency", "is not a currency code")
	}
	if !i.PeriodFrom.IsZero() && !i.PeriodTo.IsZero() && i.PeriodTo.Before(i.PeriodFrom) {
		bad = bad.At("body.period_to", "is before the start")
	}
	if !i.IssueOn.IsZero() && !i.DueOn.IsZero() && i.DueOn.Before(i.IssueOn) {
		bad = bad.At("body.due_on", "is before the date of issue")
	}
	if i.Terms.Days < 0 || i.Terms.Days > 365 {
		bad = bad.At("body.terms_days", "must be 0 to 365")
	}
	if len(i.Lines) > maxLines {
		bad = bad.At("body.lines", "are more than 500")
	}
	for n, l := range i.Lines {
		at := func(field, text string) { bad = bad.At(fmt.Sprintf("body.lines[%d].%s", n, field), text) }
		if strings.TrimSpace(l.Description) == "" {
			at("description", "is required")
		}
		if l.Quantity.Abs().Cmp(maxQuantity) > 0 || !l.Quantity.Equal(l.Quantity.Truncate(quantityPlaces)) {
			at("quantity", "must have at most 9 digits and 8 places")
		}
		if l.UnitPrice.Abs().Cmp(maxPrice) > 0 || !l.UnitPrice.Equal(l.UnitPrice.Truncate(6)) {
			at("unit_price", "must have at most 10 digits and 6 places")
		}
		checkDiscount(l.Discount, i.Currency, at)
	}
	checkDiscount(i.Discount, i.Currency, func(field, text string) { bad = bad.At("body."+field, text) })
	if i.RateWish != nil {
		if err := i.RateWish.check("body.exchange_rate", "body.exchange_direction"); err != nil {
			return err
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// checkDiscount names what is wrong with a discount: a percentage or an amount
// that the currency can pay, and not both.
func checkDiscount(d calc.Discount, currency string, at func(field, text string)) {
	if d.Percent.IsNegative() || d.Percent.Cmp(hundred) > 0 || !d.Percent.Equal(d.Percent.Truncate(4)) {
		at("discount_percent", "must be 0 to 100 with at most 4 places")
	}
	switch {
	case d.Amount.IsNegative() || d.Amount.Cmp(maxPrice) > 0 || !d.Amount.Equal(d.Amount.Truncate(money.Places(currency))):
		at("discount_amount", fmt.Sprintf("must be an amount with at most %d places", money.Places(currency)))
	case !d.Amount.IsZero() && !d.Percent.IsZero():
		at("discount_amount", "cannot stand beside a percentage")
	}
}

// TimeFate is what becomes of the time on a voided invoice.
type TimeFate string

const (
	ReleaseTime  TimeFate = "release"   // it can be billed again
	WriteOffTime TimeFate = "write_off" // it stays billed, by nothing
)
