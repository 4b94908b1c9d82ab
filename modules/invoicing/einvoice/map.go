package einvoice

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
)

// mapper turns a document into terms of EN 16931 and gathers what is lacking.
type mapper struct {
	i     invoicing.Invoice
	doc   invoicing.Document
	out   Invoice
	lacks []invoicing.Lack
}

// Map expresses a document. What EN 16931 asks for and the document does not have, or cannot be said in it, is
// named in lacks; with any of them the result is not to be used.
func Map(i invoicing.Invoice) (Invoice, []invoicing.Lack) {
	m := &mapper{i: i, doc: *i.Document}
	m.head()
	m.out.Seller = m.party(m.doc.Seller, invoicing.MendEntity, i.EntityID, "BT-40")
	m.out.Buyer = m.party(m.doc.Buyer, invoicing.MendClient, i.ClientID, "BT-55")
	m.payment()
	m.lines()
	m.breakdown()
	m.totals()
	m.identities()
	return m.out, m.lacks
}

func (m *mapper) lack(l invoicing.Lack) { m.lacks = append(m.lacks, l) }

func (m *mapper) head() {
	d, o := m.doc, &m.out
	o.Number, o.Type, o.IssueOn, o.Currency, o.BuyerReference = d.Number, typeInvoice, d.IssueOn, d.Currency, d.Reference
	if o.Number == "" { // a draft is checked as if it had one
		o.Number = "DRAFT"
	}
	if d.Kind == invoicing.Deposit {
		o.Type = typeDeposit
	}
	if d.Kind == invoicing.CreditNote {
		o.Type, o.CreditsNumber, o.CreditsOn = typeCreditNote, d.CreditsNumber, d.CreditsOn
	} else {
		o.DueOn = d.DueOn
	}
	o.DeliveredOn = d.SupplyOn
	if d.PeriodFrom != nil && d.PeriodTo != nil {
		o.From, o.To = d.PeriodFrom, d.PeriodTo
	}
	if note := strings.TrimSpace(d.Note); note != "" {
		o.Notes = append(o.Notes, note)
	}
	for _, x := range d.Deductions {
		w := invoicing.WordsIn(d.Language)
		o.Notes = append(o.Notes, invoicing.Fill(w.LessDeposit, "number", x.Number, "day", w.Day(x.On), "net", x.Net.Amount()+" "+x.Net.Currency))
	}
	for _, t := range d.Taxes {
		if t.Kind == calc.Withholding {
			o.Notes = append(o.Notes, fmt.Sprintf("%s %s %%: %s %s", t.Name, t.Percent, t.Amount.Neg().Amount(), t.Amount.Currency))
		}
	}
	if money.Places(d.Currency) > 2 {
		m.lack(invoicing.Lack{
			Term: "BT-5", Field: "body.currency", Mend: invoicing.MendInvoice, MendID: m.i.ID,
			Text: "Amounts in " + d.Currency + " have three decimal places; an e-invoice may have two.",
		})
	}
}

func (m *mapper) party(p invoicing.Party, mend invoicing.Mend, id, country string) Party {
	a := p.Postal
	out := Party{
		Name: p.Name, Line1: a.Line1, Line2: a.Line2, City: a.City, PostalCode: a.PostalCode, Region: a.Region,
		Country: strings.ToUpper(strings.TrimSpace(a.Country)), Email: p.Email, Phone: p.Phone, Registration: p.Registration,
	}
	out.TaxNumber = strings.TrimSpace(p.TaxNumber)
	if vat := plainID(p.TaxID); vatID.MatchString(vat) {
		out.VATID = vat
	} else if out.TaxNumber == "" {
		out.TaxNumber = strings.TrimSpace(p.TaxID)
	}
	if len(out.Country) != 2 {
		m.lack(invoicing.Lack{
			Term: country, Field: "address.country", Mend: mend, MendID: id,
			Text: "The address of " + p.Name + " needs a country, as a code of two letters.",
		})
	}
	return out
}

var (
	vatID = regexp.MustCompile(`^[A-Z]{2}[0-9A-Z+*]{2,13}$`)
	bic   = regexp.MustCompile(`^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$`)
)

// plainID is an identifier without what people put between its parts.
func plainID(s string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", ".", "", "-", "", "/", "", "\u00a0", "").Replace(s))
}

func (m *mapper) payment() {
	b := m.doc.Bank
	if strings.TrimSpace(b.Account) == "" {
		return
	}
	p := &Payment{Means: "30"}
	if invoicing.IsIBAN(b.Account) {
		p.IBAN = plainID(b.Account)
		if m.doc.Currency == "EUR" {
			p.Means = "58"
		}
	} else {
		p.Account = strings.TrimSpace(b.Account)
	}
	if code := plainID(b.Code); bic.MatchString(code) {
		p.BIC = code
	}
	m.out.Payment = p
}

func (m *mapper) lines() {
	untaxed, taxed := 0, 0
	for n, l := range m.i.Lines {
		category, ok := m.category(n, l)
		if !ok {
			continue
		}
		if category.Code == NotSubject {
			untaxed++
		} else {
			taxed++
		}
		m.out.Lines = append(m.out.Lines, m.line(n, l, category))
	}
	if untaxed == 0 || taxed == 0 {
		return
	}
	for n, l := range m.i.Lines {
		if len(vatOf(l)) == 0 {
			m.lack(m.lineLack(n, "BT-151", "tax_rate_ids", "Line %d has no tax while others have. Give it one, if only a zero rate or an exemption.", n+1))
		}
	}
}

func (m *mapper) lineLack(n int, term, field, format string, args ...any) invoicing.Lack {
	return invoicing.Lack{
		Term: term, Field: "body.lines[" + strconv.Itoa(n) + "]." + field, Mend: invoicing.MendInvoice, MendID: m.i.ID, Text: fmt.Sprintf(format, args...),
	}
}

// vatOf are the taxes of a line that are not withheld.
func vatOf(l invoicing.Line) (all []calc.TaxAmount) {
	for _, t := range l.Taxes {
		if t.Kind != calc.Withholding {
			all = append(all, t)
		}
	}
	return all
}

// category is the one VAT category that a line may have.
func (m *mapper) category(n int, l invoicing.Line) (Category, bool) {
	switch taxes := vatOf(l); len(taxes) {
	case 0:
		return Category{Code: NotSubject}, true
	case 1:
		return categoryOf(taxes[0].Tax), true
	default:
		m.lack(m.lineLack(n, "BT-151", "tax_rate_ids", "Line %d bears %d taxes. An e-invoice has one VAT rate a line.", n+1, len(taxes)))
		return Category{}, false
	}
}

func categoryOf(t calc.Tax) Category {
	switch {
	case t.Kind == calc.Exempt:
		return Category{Code: Exempt}
	case t.Kind == calc.ReverseCharge:
		return Category{Code: ReverseCharge}
	case t.Kind == calc.ZeroRated || t.Percent.IsZero():
		return Category{Code: ZeroRated}
	}
	return Category{Standard, t.Percent}
}

func (m *mapper) line(n int, l invoicing.Line, c Category) Line {
	name, rest, _ := strings.Cut(strings.TrimSpace(l.Description), "\n")
	out := Line{
		ID: strconv.Itoa(n + 1), Name: strings.Join(strings.Fields(name), " "), Description: strings.TrimSpace(rest), Quantity: l.Quantity, Price: l.UnitPrice,
		Net: l.Amount, Category: c, Unit: unitCode(l.Unit), Discount: money.Zero(m.i.Currency), Base: money.Zero(m.i.Currency),
	}
	if out.Unit == "" {
		m.lack(m.lineLack(n, "BT-130", "unit", "The unit %q of line %d has no code. Use one such as h, day, month or pc.", l.Unit, n+1))
	}
	if m.i.PricesIncludeTax {
		m.net(&out, l)
	}
	if !l.Discount.IsZero() || m.i.PricesIncludeTax {
		out.Base = m.rounded(out.Quantity.Mul(out.Price))
		out.Discount = out.Base.Sub(out.Net)
	}
	if out.Discount.IsZero() {
		out.Base = out.Discount
	} else if !m.i.PricesIncludeTax {
		out.Percent = l.Discount.Percent
	}
	if out.Price.IsNegative() { // a price may not be: what is given back has a negative quantity
		out.Price, out.Quantity = out.Price.Neg(), out.Quantity.Neg()
	}
	return out
}

// pricePlaces is how exact a net price is that was computed out of a gross one.
const pricePlaces = 10

// net takes the tax out of a line's price. The line's net is the calculation's, its part of the document's discount
// taken off; the price follows from it, so that both fit.
func (m *mapper) net(out *Line, l invoicing.Line) {
	out.Net = l.Net
	if l.Discount.IsZero() && l.Share.IsZero() && !l.Quantity.IsZero() {
		out.Price = l.Net.Decimal().DivRound(l.Quantity, pricePlaces)
		return
	}
	out.Price = l.UnitPrice.DivRound(decimal.NewFromInt(1).Add(out.Category.Rate.Shift(-2)), pricePlaces)
}

func (m *mapper) rounded(d decimal.Decimal) money.Money {
	x, err := money.FromDecimal(d, m.i.Currency, m.i.Rounding)
	if err != nil { // prices and quantities are limited
		return money.Zero(m.i.Currency)
	}
	return x
}

// same finds a category in the breakdown. Two taxes of one rate are one category.
func (c Category) same(o Category) bool { return c.Code == o.Code && c.Rate.Equal(o.Rate) }

func (m *mapper) vat(c Category) *VAT {
	for n := range m.out.VAT {
		if m.out.VAT[n].same(c) {
			return &m.out.VAT[n]
		}
	}
	zero := money.Zero(m.i.Currency)
	m.out.VAT = append(m.out.VAT, VAT{Category: c, Base: zero, Tax: zero})
	return &m.out.VAT[len(m.out.VAT)-1]
}

// breakdown adds bases up from the lines and takes the taxes as they were calculated.
func (m *mapper) breakdown() {
	for _, l := range m.i.Lines {
		taxes := vatOf(l)
		if len(taxes) > 1 {
			continue
		}
		c := Category{Code: NotSubject}
		if len(taxes) == 1 {
			c = categoryOf(taxes[0].Tax)
		}
		v := m.vat(c)
		v.Base = v.Base.Add(l.Net)
		if !l.Share.IsZero() && !m.i.PricesIncludeTax {
			m.allow(c, l)
		}
	}
	for _, t := range m.i.Taxes {
		if t.Kind == calc.Withholding {
			continue
		}
		v := m.vat(categoryOf(t.Tax))
		v.Tax = v.Tax.Add(t.Amount)
		if v.Code != Exempt && v.Code != ReverseCharge || t.LegalText == "" || strings.Contains(v.Reason, t.LegalText) {
			continue
		}
		v.Reason = strings.TrimPrefix(v.Reason+"; "+t.LegalText, "; ")
	}
	for n := range m.out.VAT {
		switch v := &m.out.VAT[n]; v.Code {
		case ReverseCharge:
			v.ReasonID = "VATEX-EU-AE"
		case NotSubject:
			v.ReasonID, v.Reason = "VATEX-EU-O", "Not subject to VAT"
		}
	}
}

// allow adds a line's part of the document's discount to its category.
func (m *mapper) allow(c Category, l invoicing.Line) {
	for n := range m.out.Allowances {
		if a := &m.out.Allowances[n]; a.Category.same(c) {
			a.Amount, a.Base = a.Amount.Add(l.Share), a.Base.Add(l.Amount)
			return
		}
	}
	m.out.Allowances = append(m.out.Allowances, Allowance{l.Share, m.i.Discount.Percent, l.Amount, c})
}

func (m *mapper) totals() {
	o, zero := &m.out, money.Zero(m.i.Currency)
	o.LineTotal, o.AllowanceTotal = zero, zero
	for _, l := range o.Lines {
		o.LineTotal = o.LineTotal.Add(l.Net)
	}
	for _, a := range o.Allowances {
		o.AllowanceTotal = o.AllowanceTotal.Add(a.Amount)
	}
	// What the client keeps back as tax is not to be paid; there is no other place for it. Deposits were billed before.
	o.Net, o.Tax, o.Total, o.Prepaid, o.Rounding, o.Due = m.i.Net, m.i.Tax, m.i.Total, m.i.Withheld.Add(m.i.Deducted), m.i.Cash, m.i.Payable()
}

// identities asks for what tells seller and buyer to a tax office, as the categories need it.
func (m *mapper) identities() {
	seller, buyer := &m.out.Seller, &m.out.Buyer
	codes := map[string]bool{}
	for _, v := range m.out.VAT {
		codes[v.Code] = true
	}
	entity := invoicing.Lack{Term: "BT-31", Field: "tax_id", Mend: invoicing.MendEntity, MendID: m.i.EntityID}
	switch {
	case codes[NotSubject]: // neither side may show a VAT id
		if seller.TaxNumber == "" {
			seller.TaxNumber = seller.VATID
		}
		seller.VATID, buyer.VATID = "", ""
		if seller.Registration == "" {
			entity.Term, entity.Field, entity.Text = "BT-30", "registration", "An e-invoice without VAT needs the registration number of "+seller.Name+"."
			m.lack(entity)
		}
	case codes[ReverseCharge] && seller.VATID == "":
		entity.Text = "Reverse charge needs the VAT id of " + seller.Name + ", with its country such as DE123456789."
		m.lack(entity)
	case seller.VATID == "" && seller.TaxNumber == "":
		entity.Text = seller.Name + " needs a VAT id or a tax number."
		m.lack(entity)
	case seller.VATID == "" && seller.Registration == "":
		entity.Text = seller.Name + " needs a VAT id with its country such as DE123456789, or a registration number."
		m.lack(entity)
	}
	if codes[ReverseCharge] && buyer.VATID == "" {
		m.lack(invoicing.Lack{
			Term: "BT-48", Field: "tax_id", Mend: invoicing.MendClient, MendID: m.i.ClientID,
			Text: "Reverse charge needs the VAT id of " + buyer.Name + ", with its country such as FR12345678901.",
		})
	}
}
