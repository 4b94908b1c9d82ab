// Package pdf draws papers on A4: letters, logos, page breaks and feet. The
// same calls give the same bytes: nothing in a file depends on when or where it
// is drawn.
package pdf

import (
	"bytes"
	_ "embed" // the fonts
	"fmt"
	"strconv"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"github.com/bureauhq/bureau/app/kit/day"
)

// DejaVu Sans covers Latin, Greek and Cyrillic letters and most currency signs (see fonts/LICENSE).
var (
	//go:embed fonts/DejaVuSansCondensed.ttf
	regular []byte
	//go:embed fonts/DejaVuSansCondensed-Bold.ttf
	bold []byte
)

// Where things stand, in millimetres on A4.
const (
	Left, Top, Right, Bottom = 20.0, 18.0, 190.0, 272.0
)

// Producer is who the files say made them.
const Producer = "Bureau"

// Sheet is one paper being drawn.
type Sheet struct {
	*fpdf.Fpdf

	Accent [3]int
	Row    float64 // height of a line of text
	Scale  float64 // of the letters
	feet   string
}

// New begins a paper of a day, without a page yet. The colour is "#2855d9"; any other text is a dark grey.
func New(title, author, colour string, on day.Date) *Sheet {
	s := &Sheet{Fpdf: fpdf.New("P", "mm", "A4", ""), Accent: rgb(colour), Row: 5, Scale: 1}
	stamp := on.In(time.UTC)
	s.SetCreationDate(stamp)
	s.SetModificationDate(stamp)
	s.SetCatalogSort(true)
	s.SetProducer(Producer, true)
	s.SetTitle(title, true)
	if author != "" {
		s.SetAuthor(author, true)
	}
	s.AddUTF8FontFromBytes("sans", "", regular)
	s.AddUTF8FontFromBytes("sans", "B", bold)
	s.SetMargins(Left, Top, 210-Right)
	s.SetAutoPageBreak(false, 0)
	return s
}

// Bytes ends the paper.
func (s *Sheet) Bytes() ([]byte, error) {
	s.drawFeet()
	var out bytes.Buffer
	if err := s.Output(&out); err != nil {
		return nil, fmt.Errorf("draw a paper: %w", err)
	}
	return out.Bytes(), nil
}

// Font sets the letters that follow: "B" for bold, their size, and how grey they are.
func (s *Sheet) Font(style string, size float64, grey int) {
	s.SetFont("sans", style, size*s.Scale)
	s.SetTextColor(grey, grey, grey)
}

// InAccent sets the letters that follow in the agency's colour.
func (s *Sheet) InAccent(style string, size float64) {
	s.SetTextColor(s.Accent[0], s.Accent[1], s.Accent[2])
	s.SetFont("sans", style, size*s.Scale)
}

// Rule draws a line across the sheet in the agency's colour.
func (s *Sheet) Rule(y float64) {
	s.SetDrawColor(s.Accent[0], s.Accent[1], s.Accent[2])
	s.SetLineWidth(0.4)
	s.Line(Left, y, Right, y)
}

// Put writes one line of text.
func (s *Sheet) Put(x, y, w float64, align, text string) {
	s.SetXY(x, y)
	s.CellFormat(w, s.Row, Clean(text), "", 0, align, false, 0, "")
}

// Block writes a text as wide as w and returns where it ends.
func (s *Sheet) Block(x, y, w float64, text string) float64 {
	for _, l := range s.SplitText(Clean(text), w) {
		s.BreakAt(&y)
		s.Put(x, y, w, "L", l)
		y += s.Row
	}
	return y
}

// BreakAt starts a new page when the next line does not fit, and tells whether it did.
func (s *Sheet) BreakAt(y *float64) bool {
	if *y+s.Row <= Bottom {
		return false
	}
	s.AddPage()
	*y = Top
	return true
}

// Feet says what stands at the foot of every page, beside its number.
func (s *Sheet) Feet(text string) { s.feet = text }

// drawFeet waits until all pages are there: a number ends at the edge only when it is known how wide it is.
func (s *Sheet) drawFeet() {
	of := s.PageCount()
	for n := 1; n <= of; n++ {
		s.SetPage(n)
		s.Font("", 7.5, 130)
		s.Put(Left, 282, 140, "L", s.feet)
		s.Put(160, 282, Right-160, "R", fmt.Sprintf("%d / %d", n, of))
	}
}

// Short cuts a text to a width.
func (s *Sheet) Short(text string, w float64) string {
	all := s.SplitText(Clean(text), w)
	switch len(all) {
	case 0:
		return ""
	case 1:
		return all[0]
	}
	return all[0] + "…"
}

// Clean replaces spaces that the font has no glyph for.
func Clean(text string) string { return strings.ReplaceAll(text, "\u202f", "\u00a0") }

func rgb(hex string) [3]int {
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil || len(hex) != 7 {
		return [3]int{33, 43, 54}
	}
	return [3]int{int(n >> 16), int(n >> 8 & 255), int(n & 255)}
}
