package invoicingpdf

import "github.com/bureauhq/bureau/app/kit/money"

// progress shows how far agreed fees are billed.
func (s *sheet) progress() {
	if len(s.doc.Progress) == 0 {
		return
	}
	y := s.GetY() + 2
	if y+float64(len(s.doc.Progress)+1)*s.Row > bottom {
		s.AddPage()
		y = top
	}
	s.Font("B", 8.5, 90)
	s.Put(left, y, 62, "L", s.words.Agreed)
	for n, name := range []string{s.words.Contract, s.words.BilledBefore, s.words.ThisDocument, s.words.Left} {
		s.Put(82+27*float64(n), y, 27, "R", name)
	}
	for _, p := range s.doc.Progress {
		y += s.Row
		s.Font("", 8.5, 60)
		s.Put(left, y, 62, "L", s.Short(p.Name, 60))
		for n, m := range []money.Money{p.Contract, p.Before, p.This, p.Left} {
			s.Put(82+27*float64(n), y, 27, "R", s.money(m))
		}
	}
	s.SetY(y + s.Row + 3)
}
