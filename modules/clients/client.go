package clients

import (
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
)

var (
	ErrNotFound    = fault.Define(fault.NotFound, "clients.not_found", "This client does not exist.")
	ErrBadClient   = fault.Define(fault.Invalid, "clients.bad_client", "Some details of this client cannot be used.")
	ErrCodeTaken   = fault.Define(fault.Conflict, "clients.code_taken", "Another client has this code.")
	ErrStale       = fault.Define(fault.Precondition, "request.stale", "This was changed meanwhile. Load it again and repeat your change.")
	ErrArchived    = fault.Define(fault.Conflict, "clients.archived", "This client is archived. Restore it first.")
	ErrBadSorting  = fault.Define(fault.Invalid, "clients.bad_sorting", "This list cannot be sorted that way.")
	ErrNoEntity    = fault.Define(fault.Invalid, "clients.no_entity", "There is no such legal entity.").At("body.legal_entity_id", "is not a legal entity in use")
	ErrBadTimeline = fault.Define(fault.Invalid, "clients.bad_timeline_kind", "The timeline has no such kind.")
)

// Client is a company the agency works for.
type Client struct {
	ID               string
	Name             string
	Code             string // short, in capitals; project codes begin with it
	Currency         string
	TaxID            string
	BillingEmail     string
	Website          string
	PaymentTermsDays *int // nil: the agency's own terms
	InvoiceFormat    InvoiceFormat
	Language         string // of documents and their mails; empty: that of the legal entity
	LegalEntityID    string // that invoices the client; empty: the default one
	Addresses        []Address
	Tags             []string
	Notes            string
	OwnerID          string // the member who looks after the client, or empty
	CreatedAt        time.Time
	CreatedBy        string
	UpdatedAt        time.Time
	ArchivedAt       *time.Time
	Version          int
}

// InvoiceFormat is the form in which a client wants its invoices.
type InvoiceFormat string

// Forms of invoices: a PDF alone, one with the data in it, or one with the data beside it.
const (
	PDF     InvoiceFormat = "pdf"
	FacturX InvoiceFormat = "facturx"
	UBL     InvoiceFormat = "ubl"
	CII     InvoiceFormat = "cii"
)

// InvoiceFormats are all of them.
var InvoiceFormats = []InvoiceFormat{PDF, FacturX, UBL, CII}

// Languages are those in which clients are written to.
var Languages = []string{"en", "de", "fr", "es"}

// Archived tells whether the client is put away.
func (c Client) Archived() bool { return c.ArchivedAt != nil }

// BillingAddress is where invoices go: the billing address, else the main one,
// else the first there is.
func (c Client) BillingAddress() Address {
	for _, kind := range []AddressKind{AddressBilling, AddressMain} {
		if i := slices.IndexFunc(c.Addresses, func(a Address) bool { return a.Kind == kind }); i >= 0 {
			return c.Addresses[i]
		}
	}
	if len(c.Addresses) > 0 {
		return c.Addresses[0]
	}
	return Address{}
}

// AddressKind says what an address is for.
type AddressKind string

const (
	AddressMain     AddressKind = "main"
	AddressBilling  AddressKind = "billing"
	AddressDelivery AddressKind = "delivery"
)

// Address is a postal address. Its JSON is what the database row holds.
type Address struct {
	Kind       AddressKind `json:"kind"`
	Line1      string      `json:"line1,omitempty"`
	Line2      string      `json:"line2,omitempty"`
	PostalCode string      `json:"postal_code,omitempty"`
	City       string      `json:"city,omitempty"`
	Region     string      `json:"region,omitempty"`
	Country    string      `json:"country,omitempty"` // ISO 3166, two letters
}

// Lines is the address as it stands on an envelope, without empty lines.
func (a Address) Lines() []string {
	place := strings.TrimSpace(a.PostalCode + " " + a.City)
	var out []string
	for _, l := range []string{a.Line1, a.Line2, place, a.Region, a.Country} {
		if l != "" {
			out = append(out, l)
		}
	}
	return out
}

func (a Address) empty() bool { return len(a.Lines()) == 0 }

// Draft is what a person says about a client. Text is trimmed and checked by
// the service.
type Draft struct {
	Name             string
	Code             string // empty: made from the name
	Currency         string // empty: the agency's
	TaxID            string
	BillingEmail     string
	Website          string
	PaymentTermsDays *int
	InvoiceFormat    InvoiceFormat // empty: PDF
	Language         string
	LegalEntityID    string
	Addresses        []Address
	Tags             []string
	Notes            string
	OwnerID          string
}

// Change holds what is to be different; nil leaves a field as it is.
type Change struct {
	Name, Code, Currency, TaxID, BillingEmail, Website, Notes, OwnerID *string
	PaymentTermsDays                                                   **int
	InvoiceFormat                                                      *InvoiceFormat
	Language, LegalEntityID                                            *string
	Addresses                                                          *[]Address
	Tags                                                               *[]string
}

func (ch Change) apply(d Draft) Draft {
	set(&d.Name, ch.Name)
	set(&d.Code, ch.Code)
	set(&d.Currency, ch.Currency)
	set(&d.TaxID, ch.TaxID)
	set(&d.BillingEmail, ch.BillingEmail)
	set(&d.Website, ch.Website)
	set(&d.Notes, ch.Notes)
	set(&d.OwnerID, ch.OwnerID)
	set(&d.PaymentTermsDays, ch.PaymentTermsDays)
	set(&d.InvoiceFormat, ch.InvoiceFormat)
	set(&d.Language, ch.Language)
	set(&d.LegalEntityID, ch.LegalEntityID)
	set(&d.Addresses, ch.Addresses)
	set(&d.Tags, ch.Tags)
	return d
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func (c Client) draft() Draft {
	return Draft{
		Name: c.Name, Code: c.Code, Currency: c.Currency, TaxID: c.TaxID, BillingEmail: c.BillingEmail, Website: c.Website,
		PaymentTermsDays: c.PaymentTermsDays, InvoiceFormat: c.InvoiceFormat, Language: c.Language, LegalEntityID: c.LegalEntityID, Addresses: c.Addresses, Tags: c.Tags, Notes: c.Notes, OwnerID: c.OwnerID,
	}
}

func (c Client) with(d Draft) Client {
	c.Name, c.Code, c.Currency, c.TaxID, c.BillingEmail, c.Website = d.Name, d.Code, d.Currency, d.TaxID, d.BillingEmail, d.Website
	c.PaymentTermsDays, c.Addresses, c.Tags, c.Notes, c.OwnerID = d.PaymentTermsDays, d.Addresses, d.Tags, d.Notes, d.OwnerID
	c.InvoiceFormat, c.Language, c.LegalEntityID = d.InvoiceFormat, d.Language, d.LegalEntityID
	return c
}

var codePattern = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,7}$`)

// checked returns d trimmed and in its normal form, or every complaint at once.
// Code and currency must be filled in before.
func (d Draft) checked() (Draft, error) {
	b := blame{fault: ErrBadClient}
	d.Name = b.text("name", d.Name, 1, 120)
	d.Code = strings.ToUpper(strings.TrimSpace(d.Code))
	if !codePattern.MatchString(d.Code) {
		b.at("code", "must be 2 to 8 capital letters or digits, a letter first")
	}
	d.Currency = strings.ToUpper(strings.TrimSpace(d.Currency))
	if !money.Valid(d.Currency) {
		b.at("currency", "is not an ISO 4217 currency code")
	}
	d.TaxID = b.text("tax_id", d.TaxID, 0, 40)
	d.BillingEmail = b.email("billing_email", d.BillingEmail)
	d.Website = b.website("website", d.Website)
	d.Notes = b.long("notes", d.Notes, 5000)
	if d.PaymentTermsDays != nil && (*d.PaymentTermsDays < 0 || *d.PaymentTermsDays > 365) {
		b.at("payment_terms_days", "must be between 0 and 365")
	}
	if d.InvoiceFormat == "" {
		d.InvoiceFormat = PDF
	}
	if !slices.Contains(InvoiceFormats, d.InvoiceFormat) {
		b.at("invoice_format", "must be pdf, facturx, ubl or cii")
	}
	if d.Language != "" && !slices.Contains(Languages, d.Language) {
		b.at("language", "must be one of "+strings.Join(Languages, ", "))
	}
	d.Addresses = b.addresses(d.Addresses)
	d.Tags = b.tags(d.Tags)
	return d, b.err()
}

// blame collects complaints about the fields of a body.
type blame struct {
	fault  *fault.Error
	fields int
}

func (b *blame) at(field, text string) {
	b.fault = b.fault.At("body."+field, text)
	b.fields++
}

func (b *blame) err() error {
	if b.fields == 0 {
		return nil
	}
	return b.fault
}

// text trims a one-line text and checks its length.
func (b *blame) text(field, s string, least, most int) string {
	s = strings.TrimSpace(s)
	switch n := utf8.RuneCountInString(s); {
	case n < least && n == 0:
		b.at(field, "is required")
	case n > most:
		b.at(field, fmt.Sprintf("must have at most %d letters", most))
	case strings.ContainsFunc(s, unicode.IsControl) || !utf8.ValidString(s):
		b.at(field, "must be one line of plain text")
	}
	return s
}

// long checks a text of several lines.
func (b *blame) long(field, s string, most int) string {
	s = strings.TrimSpace(s)
	notText := func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' }
	switch {
	case utf8.RuneCountInString(s) > most:
		b.at(field, fmt.Sprintf("must have at most %d letters", most))
	case strings.ContainsFunc(s, notText) || !utf8.ValidString(s):
		b.at(field, "must be plain text")
	}
	return s
}

func (b *blame) email(field, s string) string {
	s = NormalEmail(s)
	if s != "" && !validEmail(s) {
		b.at(field, "is not an e-mail address")
	}
	return s
}

// NormalEmail is the form in which addresses are kept and compared.
func NormalEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func validEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > 254 {
		return false
	}
	_, domain, _ := strings.Cut(s, "@")
	return strings.Contains(domain, ".") && !strings.HasSuffix(domain, ".")
}

// website accepts only web addresses, so that a link to it can never run script.
func (b *blame) website(field, s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return ""
	}
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || !strings.Contains(u.Hostname(), ".") || u.User != nil || len(s) > 200 {
		b.at(field, "is not a web address")
	}
	return s
}

func (b *blame) addresses(as []Address) []Address {
	if len(as) > 5 {
		b.at("addresses", "must be at most 5")
		return nil
	}
	out := make([]Address, 0, len(as))
	seen := map[AddressKind]bool{}
	for i, a := range as {
		at := fmt.Sprintf("addresses[%d].", i)
		switch {
		case a.Kind == "":
			a.Kind = AddressMain
		case !slices.Contains([]AddressKind{AddressMain, AddressBilling, AddressDelivery}, a.Kind):
			b.at(at+"kind", "must be main, billing or delivery")
		}
		a.Line1, a.Line2 = b.text(at+"line1", a.Line1, 0, 120), b.text(at+"line2", a.Line2, 0, 120)
		a.PostalCode, a.City, a.Region = b.text(at+"postal_code", a.PostalCode, 0, 20), b.text(at+"city", a.City, 0, 80), b.text(at+"region", a.Region, 0, 80)
		a.Country = b.country(at+"country", a.Country)
		if a.empty() {
			continue
		}
		if seen[a.Kind] {
			b.at(at+"kind", "is there twice")
		}
		seen[a.Kind] = true
		out = append(out, a)
	}
	return out
}

func (b *blame) country(field, s string) string {
	s = strings.ToUpper(strings.TrimSpace(s))
	if s == "" {
		return ""
	}
	if r, err := language.ParseRegion(s); err != nil || len(s) != 2 || !r.IsCountry() {
		b.at(field, "is not an ISO 3166 country code of two letters")
	}
	return s
}

// tags come out in lower case, sorted, each once.
func (b *blame) tags(ts []string) []string {
	out := make([]string, 0, len(ts))
	for i, t := range ts {
		t = strings.ToLower(b.text(fmt.Sprintf("tags[%d]", i), t, 1, 30))
		if strings.Contains(t, ",") {
			b.at(fmt.Sprintf("tags[%d]", i), "must not contain a comma")
		}
		out = append(out, t)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	if len(out) > 20 {
		b.at("tags", "must be at most 20")
	}
	return out
}

// codeFrom proposes a code for a name: three to four letters of it, and a
// number behind when taken says that they are used.
func codeFrom(name string, taken func(string) bool) string {
	var letters []rune
	for _, r := range strings.ToUpper(name) {
		if (r >= 'A' && r <= 'Z') || (len(letters) > 0 && r >= '0' && r <= '9') {
			letters = append(letters, r)
		}
		if len(letters) == 4 {
			break
		}
	}
	base := string(letters)
	if len(base) < 2 {
		base = "CLI"
	}
	if short := base[:min(3, len(base))]; !taken(short) {
		return short
	}
	if !taken(base) {
		return base
	}
	for i := 2; ; i++ {
		n := fmt.Sprint(i)
		if c := base[:min(len(base), 8-len(n))] + n; !taken(c) {
			return c
		}
	}
}
