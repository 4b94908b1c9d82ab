package invoicingpdf

import "github.com/bureauhq/bureau/app/kit/money"

// progress shows how far agreed fees are billed.
func (s *sheet) progress() {
	if len(s.doc.Progress) == 0 {
		return
	}
	y := s.GetY() + 2
	if y+float64(len(s.doc.Progress)+1)*s.row > bottom {
		s.AddPage()
		y = top
	}
	s.font("B", 8.5, 90)
	s.text(left, y, 62, "L", s.words.Agreed)
	for n, name := range []string{s.words.Contract, s.words.BilledBefore, s.words.ThisDocument, s.words.Left} {
		s.text(82+27*float64(n), y, 27, "R", name)
	}
	for _, p := range s.doc.Progress {
		y += s.row
		s.font("", 8.5, 60)
		s.text(left, y, 62, "L", s.short(p.Name, 60))
		for n, m := range []money.Money{p.Contract, p.Before, p.This, p.Left} {
			s.text(82+27*float64(n), y, 27, "R", s.money(m))
		}
	}
	s.SetY(y + s.row + 3)
}

// short cuts a text to a width.
func (s *sheet) short(text string, w float64) string {
	all := s.SplitText(clean(text), w)
	switch len(all) {
	case 0:
		return ""
	case 1:
		return all[0]
	}
	return all[0] + "…"
}
