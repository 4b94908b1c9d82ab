// Package invoicingpdf draws invoices. The same document gives the same bytes:
// nothing in the file depends on when or where it is drawn.
package invoicingpdf

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/pdf"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
	"github.com/bureauhq/bureau/modules/invoicing/einvoice/facturx"
)

// Renderer draws documents. Its zero value is ready.
type Renderer struct{}

var _ invoicing.Renderer = Renderer{}

const (
	left, top, right, bottom = pdf.Left, pdf.Top, pdf.Right, pdf.Bottom
	band                     = 30.0 // of the modern layout, at the top of the first page
)

// sheet is one document being drawn.
type sheet struct {
	*pdf.Sheet

	doc   invoicing.Document
	words invoicing.Words
}

// Render draws the document as a PDF.
func (Renderer) Render(doc invoicing.Document, logo []byte) ([]byte, error) {
	s := &sheet{Sheet: pdf.New(title(doc), doc.Seller.Name, doc.Colour, doc.IssueOn), doc: doc, words: invoicing.WordsIn(doc.Language)}
	if doc.Layout == invoicing.Compact {
		s.Row, s.Scale = 4.2, 0.88
	}
	s.Feet(s.foot())
	s.AddPage()
	s.head(logo)
	s.table()
	s.totals()
	s.progress()
	s.closing()
	return s.Bytes()
}

// Embed puts the data of an e-invoice into a PDF that Render has drawn of the same document.
func (Renderer) Embed(doc invoicing.Document, drawn, data []byte) ([]byte, error) {
	return facturx.Embed(drawn, data, facturx.Meta{Title: title(doc), Author: doc.Seller.Name, Producer: pdf.Producer, At: doc.IssueOn.In(time.UTC)})
}

func title(doc invoicing.Document) string {
	if doc.Number == "" {
		return heading(doc) + " (" + invoicing.WordsIn(doc.Language).Draft + ")"
	}
	return heading(doc) + " " + doc.Number
}

func heading(doc invoicing.Document) string {
	w := invoicing.WordsIn(doc.Language)
	switch doc.Kind {
	case invoicing.CreditNote:
		return w.CreditNote
	case invoicing.Deposit:
		return w.Deposit
	case invoicing.PlainInvoice:
	}
	return w.Invoice
}

// heading writes what the document is, with its number and the logo, and returns where the seller stands.
func (s *sheet) heading(logo []byte) float64 {
	number := s.doc.Number
	if number == "" {
		number = s.words.Draft
	}
	if s.doc.Layout == invoicing.Modern {
		s.SetFillColor(s.Accent[0], s.Accent[1], s.Accent[2])
		s.Rect(0, 0, 210, band, "F")
		s.SetTextColor(255, 255, 255) // whose contrast was checked when the colour was chosen
		s.SetFont("sans", "B", 22)
		s.Put(left, 9, 110, "L", heading(s.doc))
		s.SetFont("sans", "", 10)
		s.Put(left, 18, 110, "L", number)
		s.Logo(logo, 140, band+6)
		return band + 8
	}
	y := top
	if s.Logo(logo, left, top) {
		y += 22
	}
	s.SetTextColor(s.Accent[0], s.Accent[1], s.Accent[2])
	s.SetFont("sans", "B", 20*s.Scale)
	s.Put(110, top+2, 80, "R", heading(s.doc))
	s.Font("", 10, 90)
	s.Put(110, top+11, 80, "R", number)
	return y
}

func (s *sheet) head(logo []byte) {
	y := s.heading(logo)
	s.Font("B", 10, 30)
	s.Put(left, y, 85, "L", s.doc.Seller.Name)
	s.Font("", 9, 90)
	y += s.Row
	for _, l := range append(append([]string{}, s.doc.Seller.Address...), nonEmpty(s.doc.Seller.Email, s.doc.Seller.Phone)...) {
		s.Put(left, y, 85, "L", l)
		y += s.Row - 0.6
	}
	y = max(y+8, 58)
	s.Font("", 8, 120)
	s.Put(left, y, 85, "L", s.words.BillTo)
	s.Font("B", 10, 30)
	s.Put(left, y+s.Row, 85, "L", s.doc.Buyer.Name)
	s.Font("", 9, 60)
	end := y + 2*s.Row
	buyer := append([]string{}, s.doc.Buyer.Address...)
	if s.doc.Buyer.TaxID != "" {
		buyer = append(buyer, s.words.TaxID+" "+s.doc.Buyer.TaxID)
	}
	for _, l := range buyer {
		s.Put(left, end, 85, "L", l)
		end += s.Row - 0.6
	}
	s.SetY(max(end, s.facts(y)) + 8)
}

// facts are the dates and references beside the address.
func (s *sheet) facts(y float64) float64 {
	d, w := s.doc, s.words
	facts := [][2]string{{w.Date, w.Day(d.IssueOn)}}
	if d.Kind == invoicing.CreditNote {
		facts = append(facts, [2]string{w.ForInvoice, d.CreditsNumber})
		if d.CreditsOn != nil {
			facts = append(facts, [2]string{w.Of, w.Day(*d.CreditsOn)})
		}
	} else {
		facts = append(facts, [2]string{w.Due, w.Day(d.DueOn)})
	}
	if d.PeriodFrom != nil && d.PeriodTo != nil {
		facts = append(facts, [2]string{w.Period, w.Day(*d.PeriodFrom) + " – " + w.Day(*d.PeriodTo)})
	}
	if d.SupplyOn != nil {
		facts = append(facts, [2]string{w.SupplyOn, w.Day(*d.SupplyOn)})
	}
	if d.Reference != "" {
		facts = append(facts, [2]string{w.Reference, d.Reference})
	}
	for _, f := range facts {
		s.Font("", 9, 120)
		s.Put(112, y, 28, "L", f[0])
		s.Font("", 9, 30)
		s.Put(138, y, 52, "R", f[1])
		y += s.Row
	}
	return y
}

func nonEmpty(all ...string) (out []string) {
	for _, s := range all {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

var columns = []struct {
	name  func(invoicing.Words) string
	align string
	x, w  float64
}{
	{func(w invoicing.Words) string { return w.Description }, "L", left, 84},
	{func(w invoicing.Words) string { return w.Quantity }, "R", 104, 24},
	{func(w invoicing.Words) string { return w.Price }, "R", 128, 30},
	{func(w invoicing.Words) string { return w.Amount }, "R", 158, 32},
}

func (s *sheet) tableHead(y float64) float64 {
	s.Font("B", 8.5, 90)
	for _, c := range columns {
		s.Put(c.x, y, c.w, c.align, c.name(s.words))
	}
	s.SetDrawColor(s.Accent[0], s.Accent[1], s.Accent[2])
	s.SetLineWidth(0.4)
	s.Line(left, y+s.Row+0.8, right, y+s.Row+0.8)
	return y + s.Row + 2.4
}

func (s *sheet) table() {
	y := s.tableHead(s.GetY())
	s.SetLineWidth(0.1)
	for _, l := range s.doc.Lines {
		s.Font("", 9, 30)
		text := s.SplitText(pdf.Clean(l.Description), columns[0].w-2)
		under := s.under(l)
		height := float64(len(text))*s.Row + 2
		if under != "" {
			height += s.Row - 1
		}
		if y+height > bottom && height < bottom-top-20 {
			s.AddPage()
			y = s.tableHead(top)
			s.SetLineWidth(0.1)
		}
		s.Font("", 9, 30)
		s.Put(columns[1].x, y, columns[1].w, "R", strings.TrimSpace(s.words.Number(l.Quantity.Round(4))+" "+l.Unit))
		s.Put(columns[2].x, y, columns[2].w, "R", s.price(l.UnitPrice))
		s.Put(columns[3].x, y, columns[3].w, "R", s.money(l.Amount))
		y = s.Block(columns[0].x, y, columns[0].w, strings.Join(text, "\n"))
		if under != "" {
			s.Font("", 8, 120)
			s.Put(columns[0].x, y-0.6, columns[0].w, "L", under)
			y += s.Row - 1
		}
		s.SetDrawColor(225, 225, 225)
		s.Line(left, y+0.8, right, y+0.8)
		y += 2
	}
	s.SetY(y + 2)
}

// under is the small print of a line.
func (s *sheet) under(l invoicing.DocumentLine) string {
	var parts []string
	if !l.DiscountPercent.IsZero() {
		parts = append(parts, invoicing.Fill(s.words.Less, "what", s.words.Number(l.DiscountPercent)+" %"))
	}
	if !l.DiscountAmount.IsZero() {
		parts = append(parts, invoicing.Fill(s.words.Less, "what", s.price(l.DiscountAmount)))
	}
	return strings.Join(append(parts, l.Taxes...), " · ")
}

func (s *sheet) money(m money.Money) string { return pdf.Clean(money.Format(m, s.doc.Locale)) }

// price keeps the places that a unit price has beyond those of money.
func (s *sheet) price(d decimal.Decimal) string {
	m, err := money.FromDecimal(d, s.doc.Currency, money.HalfUp)
	if err == nil && m.Decimal().Equal(d) {
		return s.money(m)
	}
	return s.words.Number(d) + "\u00a0" + s.doc.Currency
}

func (s *sheet) totals() {
	d := s.doc
	var rows, held [][2]string
	if !d.Discount.IsZero() {
		name := s.words.Discount
		if !d.DiscountPercent.IsZero() {
			name += " " + s.words.Number(d.DiscountPercent) + " %"
		}
		rows = append(rows, [2]string{s.words.Subtotal, s.money(d.Subtotal)}, [2]string{name, s.money(d.Discount.Neg())})
	}
	rows = append(rows, [2]string{s.words.Net, s.money(d.Net)})
	for _, t := range d.Taxes {
		name := t.Name + " " + s.words.Number(t.Percent) + " % " + invoicing.Fill(s.words.On, "what", s.money(t.Base))
		if t.Kind == calc.Withholding {
			held = append(held, [2]string{name, s.money(t.Amount.Neg())})
			continue
		}
		rows = append(rows, [2]string{name, s.money(t.Amount)})
	}
	for _, x := range d.Deductions {
		held = append(held, [2]string{invoicing.Fill(s.words.LessDeposit, "number", x.Number, "day", s.words.Day(x.On), "net", s.money(x.Net)), s.money(x.Net.Neg())})
		for _, t := range x.Taxes {
			if t.Kind != calc.Withholding {
				held = append(held, [2]string{t.Name + " " + s.words.Number(t.Percent) + " % " + s.words.OfIt, s.money(t.Amount.Neg())})
			}
		}
	}
	if !d.CashRounding.IsZero() {
		held = append(held, [2]string{s.words.Rounding, s.money(d.CashRounding)})
	}
	y := s.GetY()
	if y+float64(len(rows)+len(held)+4)*s.Row+6 > bottom {
		s.AddPage()
		y = top
	}
	y = s.sums(y, rows)
	s.SetDrawColor(s.Accent[0], s.Accent[1], s.Accent[2])
	s.SetLineWidth(0.4)
	s.Line(112, y+1, right, y+1)
	s.Font("B", 11.5, 20)
	label := s.words.Total
	if d.Kind == invoicing.CreditNote {
		label = s.words.TotalCredited
	}
	if d.PricesIncludeTax && len(d.Taxes) > 0 {
		label = s.words.TotalInclusive
	}
	s.Put(90, y+2.4, 60, "R", label)
	s.Put(148, y+2.4, 42, "R", s.money(d.Total))
	y += 10
	if len(held) > 0 {
		y = s.sums(y, held)
		s.Font("B", 11.5, 20)
		s.Put(90, y+1, 60, "R", s.payable())
		s.Put(148, y+1, 42, "R", s.money(d.Payable))
		y += 8
	}
	if d.Base != nil {
		s.Font("", 8, 120)
		s.Put(left, y+1, right-left, "R", s.inBooks(*d.Base))
		y += 6
	}
	s.SetY(y + 4)
}

// inBooks says what the document comes to in the currency of the seller's books, and at which rate.
func (s *sheet) inBooks(b invoicing.BaseFigures) string {
	rate := "1 " + b.Currency + " = " + s.words.Number(b.Value) + " " + b.Base
	if b.Direction == calc.UnitsPerBase {
		rate = "1 " + b.Base + " = " + s.words.Number(b.Value) + " " + b.Currency
	}
	return invoicing.Fill(s.words.InBooks, "rate", rate, "day", s.words.Day(b.On), "net", s.money(b.Net), "tax", s.money(b.Tax), "total", s.money(b.Total))
}

func (s *sheet) payable() string {
	if s.doc.Kind == invoicing.CreditNote {
		return s.words.ToCredit
	}
	return s.words.ToPay
}

// sums writes names beside amounts and returns where they end.
func (s *sheet) sums(y float64, rows [][2]string) float64 {
	for _, r := range rows {
		s.Font("", 9, 60)
		s.Put(90, y, 68, "R", r[0])
		s.Put(158, y, 32, "R", r[1])
		y += s.Row
	}
	return y
}

func (s *sheet) closing() {
	d, y := s.doc, s.GetY()
	s.Font("", 9, 60)
	for _, block := range append(append([]string{}, d.LegalTexts...), d.Note) {
		if block != "" {
			y = s.Block(left, y, right-left, block) + 2
		}
	}
	bank := strings.Join(nonEmpty(d.Bank.Name, d.Bank.Account, d.Bank.Code), " · ")
	if bank != "" {
		y += 2
		s.BreakAt(&y)
		s.Font("B", 9, 30)
		s.Put(left, y, 170, "L", invoicing.Fill(s.words.PayBy, "day", s.words.Day(d.DueOn)))
		s.Font("", 9, 60)
		y = s.Block(left, y+s.Row, right-left, bank) + 2
	}
	if d.Footer != "" {
		s.Block(left, y+2, right-left, d.Footer)
	}
}

func (s *sheet) foot() string {
	parts := nonEmpty(s.doc.Seller.Name, s.doc.Seller.Registration)
	if s.doc.Seller.TaxID != "" {
		parts = append(parts, s.words.TaxID+" "+s.doc.Seller.TaxID)
	}
	if s.doc.Seller.TaxNumber != "" {
		parts = append(parts, s.words.TaxNumber+" "+s.doc.Seller.TaxNumber)
	}
	return strings.Join(parts, " · ")
}
