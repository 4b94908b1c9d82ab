package invoicing

import (
	"slices"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
)

// Faults of the settings.
var (
	ErrEntityNotFound  = fault.Define(fault.NotFound, "invoicing.entity_not_found", "This legal entity does not exist.")
	ErrBadEntity       = fault.Define(fault.Invalid, "invoicing.bad_entity", "This legal entity cannot be saved.")
	ErrEntityDefault   = fault.Define(fault.Conflict, "invoicing.entity_default", "The default legal entity cannot be archived. Make another one the default first.")
	ErrTaxRateNotFound = fault.Define(fault.NotFound, "invoicing.tax_rate_not_found", "This tax rate does not exist.")
	ErrBadTaxRate      = fault.Define(fault.Invalid, "invoicing.bad_tax_rate", "This tax rate cannot be saved.")
	ErrTaxNameTaken    = fault.Define(fault.Conflict, "invoicing.tax_name_taken", "A tax rate with this name exists already.")
	// ErrStale answers a change that was based on an older version.
	ErrStale = fault.Define(fault.Precondition, "request.stale", "This was changed meanwhile. Load it again and repeat your change.")
)

// Address is where somebody is.
type Address struct {
	Line1      string `json:"line1"`
	Line2      string `json:"line2"`
	PostalCode string `json:"postal_code"`
	City       string `json:"city"`
	Region     string `json:"region"`
	Country    string `json:"country"` // ISO 3166-1 alpha-2
}

// Lines writes the address as it stands on an envelope.
func (a Address) Lines() []string {
	var out []string
	for _, l := range []string{a.Line1, a.Line2, strings.TrimSpace(a.PostalCode + " " + a.City), a.Region, a.Country} {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// Bank is the account that clients pay to.
type Bank struct {
	Name    string `json:"name"`
	Account string `json:"account"` // IBAN or account number
	Code    string `json:"code"`    // BIC, routing or sort code
}

// LegalEntity is a company of the agency that issues documents.
type LegalEntity struct {
	ID               string
	Name             string
	Address          Address
	TaxID            string // with VAT, that with its country
	TaxNumber        string // beside it, as some countries ask for on invoices
	Registration     string
	Email            string
	Phone            string
	Bank             Bank
	Currency         string
	Terms            day.Terms
	NumberFormat     NumberFormat
	CreditFormat     NumberFormat // of credit notes
	NumberReset      Reset
	FiscalMonth      time.Month // the first month of the fiscal year
	TimeZone         string
	Rounding         money.Mode
	TaxMethod        calc.Method
	PricesIncludeTax bool
	CashStep         int64 // what is payable is rounded to it, in minor units of the currency; 0 rounds nothing
	Footer           string
	Language         Language // of its documents where the client has none
	Layout           Layout
	Colour           string // empty: the agency's
	LogoKey          string // empty: the agency's
	Default          bool
	ArchivedAt       *time.Time
	Version          int
	CreatedAt        time.Time
	UpdatedAt        time.Time
}

// NewLegalEntity is an entity with the usual settings: EUR-like defaults come
// from the agency, numbers are INV-2026-0001 and start again every year.
func NewLegalEntity(id string, d Defaults, now time.Time) LegalEntity {
	return LegalEntity{ //nolint:gosec // number formats are no credentials
		ID: id, Name: d.LegalName, Currency: d.Currency, TimeZone: d.TimeZone,
		Terms: day.Terms{Days: 30}, NumberFormat: "INV-{YYYY}-{NNNN}", CreditFormat: "CN-{YYYY}-{NNNN}", NumberReset: Yearly, FiscalMonth: time.January,
		Language: languageOf(d.Locale), Layout: Classic, Rounding: money.HalfUp, TaxMethod: calc.PerRate, Version: 1, CreatedAt: now, UpdatedAt: now,
	}
}

// Today is the day it is for the entity.
func (e LegalEntity) Today(now time.Time) day.Date {
	loc, err := time.LoadLocation(e.TimeZone)
	if err != nil { // zones are checked when they are saved
		loc = time.UTC
	}
	return day.Of(now, loc)
}

// FiscalYear is the year in which the fiscal year of d began.
func (e LegalEntity) FiscalYear(d day.Date) int {
	if d.Month() < e.FiscalMonth {
		return d.Year() - 1
	}
	return d.Year()
}

// Series is the counter that a document issued on d is numbered by.
func (e LegalEntity) Series(k DocumentKind, d day.Date) Series {
	if k == Deposit { // it is an invoice, and numbered as one
		k = PlainInvoice
	}
	s := Series{EntityID: e.ID, Name: string(k)}
	if e.NumberReset == Yearly {
		s.Period = fourDigits(e.FiscalYear(d))
	}
	return s
}

// Format is how documents of a kind are numbered.
func (e LegalEntity) Format(k DocumentKind) NumberFormat {
	if k == CreditNote {
		return e.CreditFormat
	}
	return e.NumberFormat
}

// Layout is how documents are laid out.
type Layout string

// Layouts of documents.
const (
	Classic Layout = "classic"
	Modern  Layout = "modern"
	Compact Layout = "compact"
)

// Layouts are all of them.
var Layouts = []Layout{Classic, Modern, Compact}

// speaks is the language of documents for a client.
func (e LegalEntity) speaks(c Client) Language {
	if l := Language(c.Language); slices.Contains(Languages, l) {
		return l
	}
	return e.Language
}

// languageOf is the one of our languages that a locale is of, or English.
func languageOf(locale string) Language {
	for _, l := range Languages {
		if strings.HasPrefix(locale, string(l)) {
			return l
		}
	}
	return English
}

// check names every fault of the entity at its field.
func (e LegalEntity) check() error {
	bad := ErrBadEntity
	if strings.TrimSpace(e.Name) == "" {
		bad = bad.At("body.name", "is required")
	}
	if !money.Valid(e.Currency) {
		bad = bad.At("body.currency", "is not a currency code")
	}
	if _, err := time.LoadLocation(e.TimeZone); err != nil || e.TimeZone == "" || e.TimeZone == "Local" {
		bad = bad.At("body.time_zone", "is not a time zone such as Europe/Berlin")
	}
	if err := e.NumberFormat.Check(e.NumberReset); err != nil {
		bad = bad.At("body.number_format", err.Error())
	}
	if err := e.CreditFormat.Check(e.NumberReset); err != nil {
		bad = bad.At("body.credit_format", err.Error())
	}
	if e.CreditFormat == e.NumberFormat {
		bad = bad.At("body.credit_format", "is that of the invoices: no two documents have one number")
	}
	if e.NumberReset != Never && e.NumberReset != Yearly {
		bad = bad.At("body.number_reset", "must be never or yearly")
	}
	if e.FiscalMonth < time.January || e.FiscalMonth > time.December {
		bad = bad.At("body.fiscal_month", "must be 1 to 12")
	}
	if e.Terms.Days < 0 || e.Terms.Days > 365 {
		bad = bad.At("body.terms_days", "must be 0 to 365")
	}
	if _, err := money.ParseMode(string(e.Rounding)); err != nil {
		bad = bad.At("body.rounding", "must be half_up or half_even")
	}
	if !slices.Contains(Languages, e.Language) {
		bad = bad.At("body.language", "must be one of en, de, fr, es")
	}
	if !slices.Contains(Layouts, e.Layout) {
		bad = bad.At("body.layout", "must be one of classic, modern, compact")
	}
	if e.Colour != "" {
		if err := agency.CheckColour(e.Colour); err != nil {
			bad = bad.At("body.colour", err.Error())
		}
	}
	if account := strings.ToUpper(strings.ReplaceAll(e.Bank.Account, " ", "")); looksLikeIBAN(account) && !IsIBAN(account) {
		bad = bad.At("body.bank.account", "begins like an IBAN, and its check digits are wrong")
	}
	if e.TaxMethod != calc.PerLine && e.TaxMethod != calc.PerRate {
		bad = bad.At("body.tax_method", "must be per_line or per_rate")
	}
	if e.CashStep < 0 || e.CashStep > 1000 {
		bad = bad.At("body.cash_rounding", "must be the value of a coin")
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}
