package invoicingpdf

import (
	"bytes"
	"fmt"
	"strconv"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"github.com/bureauhq/bureau/modules/invoicing"
)

// RenderStatement draws what a client owes, by how late it is.
func (Renderer) RenderStatement(st invoicing.Statement) ([]byte, error) {
	s := &sheet{Fpdf: fpdf.New("P", "mm", "A4", ""), words: invoicing.WordsIn(st.Language), accent: colour(st.Colour), row: 5, scale: 1}
	date, w := s.words.Day, invoicing.StatementWordsIn(st.Language)
	s.doc.Locale, s.doc.Seller.Name = st.Locale, st.Seller
	stamp := st.To.In(time.UTC)
	s.SetCreationDate(stamp)
	s.SetModificationDate(stamp)
	s.SetCatalogSort(true)
	s.SetProducer(producer, true)
	s.SetTitle(w.Statement+" "+st.ClientName, true)
	s.AddUTF8FontFromBytes("sans", "", regular)
	s.AddUTF8FontFromBytes("sans", "B", bold)
	s.SetMargins(left, top, 210-right)
	s.SetAutoPageBreak(false, 0)
	s.AliasNbPages("{pages}")
	s.SetFooterFunc(s.foot)
	s.AddPage()
	s.SetTextColor(s.accent[0], s.accent[1], s.accent[2])
	s.SetFont("sans", "B", 20)
	s.text(left, top, 120, "L", w.Statement)
	s.font("B", 10, 30)
	s.text(left, top+12, 120, "L", st.ClientName)
	s.font("", 9, 90)
	s.text(left, top+17, 170, "L", invoicing.Fill(w.KnownAt, "from", date(st.From), "to", date(st.To)))
	y := top + 28
	for _, of := range st.Currencies {
		y = s.statementOf(y, st, of)
	}
	if len(st.Currencies) == 0 {
		s.text(left, y, 170, "L", w.Nothing)
	}
	var out bytes.Buffer
	if err := s.Output(&out); err != nil {
		return nil, fmt.Errorf("draw statement: %w", err)
	}
	return out.Bytes(), nil
}

func (s *sheet) statementOf(y float64, st invoicing.Statement, of invoicing.StatementOf) float64 {
	date, w := s.words.Day, invoicing.StatementWordsIn(st.Language)
	line := func(style string, grey int, cells ...string) {
		s.breakAt(&y)
		s.font(style, 8.5, grey)
		at := []struct {
			x, w  float64
			align string
		}{{left, 26, "L"}, {46, 62, "L"}, {108, 26, "L"}, {134, 28, "R"}, {162, 28, "R"}}
		for n, c := range cells {
			s.text(at[n].x, y, at[n].w, at[n].align, c)
		}
		y += s.row
	}
	line("B", 90, s.words.Date, w.What, "", w.Amount, w.Balance+" "+of.Currency)
	balance := of.Opening
	line("", 60, date(st.From), w.Opening, "", "", s.money(balance))
	for _, m := range of.Movements {
		balance = balance.Add(m.Amount)
		line("", 30, date(m.On), w.Movement(m.Kind), s.short(m.Number, 26), s.money(m.Amount), s.money(balance))
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
