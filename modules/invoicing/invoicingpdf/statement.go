package invoicingpdf

import (
	"strconv"

	"github.com/bureauhq/bureau/app/kit/pdf"
	"github.com/bureauhq/bureau/modules/invoicing"
)

// RenderStatement draws what a client owes, by how late it is.
func (Renderer) RenderStatement(st invoicing.Statement) ([]byte, error) {
	date, w := invoicing.WordsIn(st.Language).Day, invoicing.StatementWordsIn(st.Language)
	s := &sheet{Sheet: pdf.New(w.Statement+" "+st.ClientName, "", st.Colour, st.To), words: invoicing.WordsIn(st.Language)}
	s.doc.Locale, s.doc.Seller.Name = st.Locale, st.Seller
	s.Feet(s.foot())
	s.AddPage()
	s.SetTextColor(s.Accent[0], s.Accent[1], s.Accent[2])
	s.SetFont("sans", "B", 20)
	s.Put(left, top, 120, "L", w.Statement)
	s.Font("B", 10, 30)
	s.Put(left, top+12, 120, "L", st.ClientName)
	s.Font("", 9, 90)
	s.Put(left, top+17, 170, "L", invoicing.Fill(w.KnownAt, "from", date(st.From), "to", date(st.To)))
	y := top + 28
	for _, of := range st.Currencies {
		y = s.statementOf(y, st, of)
	}
	if len(st.Currencies) == 0 {
		s.Put(left, y, 170, "L", w.Nothing)
	}
	return s.Bytes()
}

func (s *sheet) statementOf(y float64, st invoicing.Statement, of invoicing.StatementOf) float64 {
	date, w := s.words.Day, invoicing.StatementWordsIn(st.Language)
	line := func(style string, grey int, cells ...string) {
		s.BreakAt(&y)
		s.Font(style, 8.5, grey)
		at := []struct { // the longest of the words, a German one, takes 48 mm
			x, w  float64
			align string
		}{{left, 26, "L"}, {46, 48, "L"}, {94, 40, "L"}, {134, 28, "R"}, {162, 28, "R"}}
		for n, c := range cells {
			s.Put(at[n].x, y, at[n].w, at[n].align, c)
		}
		y += s.Row
	}
	line("B", 90, s.words.Date, w.What, "", w.Amount, w.Balance+" "+of.Currency)
	balance := of.Opening
	line("", 60, date(st.From), w.Opening, "", "", s.money(balance))
	for _, m := range of.Movements {
		balance = balance.Add(m.Amount)
		line("", 30, date(m.On), w.Movement(m.Kind), s.Short(m.Number, 40), s.money(m.Amount), s.money(balance))
	}
	line("B", 20, date(st.To), w.Closing, "", "", s.money(of.Closing))
	y += 3
	if len(of.Items) > 0 {
		line("B", 90, w.Due, w.Open, w.DaysLate, w.Of, w.Open)
		for _, i := range of.Items {
			line("", 30, date(i.DueOn), i.Number, strconv.Itoa(i.DaysLate(st.To)), s.money(i.Total), s.money(i.Open))
		}
		y += 2
		for n, m := range of.Buckets {
			line("", 60, "", w.Ages()[n], "", "", s.money(m))
		}
	}
	if !of.Credit.IsZero() {
		line("", 60, "", w.Credit, "", "", s.money(of.Credit.Neg()))
	}
	return y + 6
}
