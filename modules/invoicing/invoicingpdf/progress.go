package invoicingpdf

import (
	"slices"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/pdf"
)

// progress shows how far agreed fees are billed.
func (s *sheet) progress() {
	if len(s.doc.Progress) == 0 {
		return
	}
	s.Font("B", 8.5, 90)
	names, column, width := []string{s.words.Contract, s.words.BilledBefore, s.words.ThisDocument, s.words.Left}, 27.0, 62.0
	retains := s.doc.Retains()
	if retains { // between what was billed and what is left, where there is any
		names, column, width = slices.Insert(names, 3, s.words.Retained), 24, 50
	}
	heads, lines := make([][]string, len(names)), 1
	for n, name := range names { // some languages need two lines for them
		heads[n] = s.SplitText(pdf.Clean(name), column)
		lines = max(lines, len(heads[n]))
	}
	y := s.GetY() + 2
	if y+float64(len(s.doc.Progress)+lines)*s.Row > bottom {
		s.AddPage()
		y = top
		s.Font("B", 8.5, 90)
	}
	first := right - column*float64(len(names))
	put := func(n int, text string) { s.Put(first+column*float64(n), y, column, "R", text) }
	for line := range lines {
		for n, head := range heads {
			if at := line - lines + len(head); at >= 0 {
				put(n, head[at])
			}
		}
		if line < lines-1 {
			y += s.Row - 0.8
		}
	}
	s.Put(left, y, width, "L", s.words.Agreed)
	for _, p := range s.doc.Progress {
		y += s.Row
		s.Font("", 8.5, 60)
		s.Put(left, y, width, "L", s.Short(p.Name, width-2))
		figures := []money.Money{p.Contract, p.Before, p.This, p.Left}
		if retains {
			figures = slices.Insert(figures, 3, p.Retained)
		}
		for n, m := range figures {
			put(n, s.money(m))
		}
	}
	s.SetY(y + s.Row + 3)
}
