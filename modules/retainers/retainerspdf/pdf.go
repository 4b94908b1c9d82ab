// Package retainerspdf draws the statements of retainers.
package retainerspdf

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/pdf"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/retainers"
	"github.com/bureauhq/bureau/modules/retainers/ledger"
)

// Renderer draws statements. Its zero value is ready.
type Renderer struct{}

var _ retainers.Renderer = Renderer{}

// sheet is one statement being drawn.
type sheet struct {
	*pdf.Sheet
	retainers.Print

	words retainers.PrintWords
	date  func(day.Date) string
	y     float64
	heads bool // the columns are named again on a new page
}

// Render draws a statement as a PDF.
func (Renderer) Render(p retainers.Print, logo []byte) ([]byte, error) {
	words, last := retainers.PrintWordsIn(p.Head.Language), p.Period.Days().To
	s := &sheet{
		Sheet: pdf.New(words.Title+" "+p.Retainer.Name, p.Head.Seller, p.Head.Colour, last), Print: p, words: words, date: invoicing.WordsIn(p.Head.Language).Day, y: pdf.Top,
	}
	s.Feet(p.Head.Seller)
	s.AddPage()
	s.head(logo)
	s.sums()
	s.given()
	s.work()
	return s.Bytes()
}

func (s *sheet) head(logo []byte) {
	under := pdf.Top
	if s.Logo(logo, pdf.Left, pdf.Top) {
		under += 22
	}
	s.Font("B", 10, 30)
	s.Put(pdf.Left, under, 85, "L", s.Short(s.Head.Seller, 83))
	s.InAccent("B", 20)
	s.Put(100, pdf.Top+2, 90, "R", s.words.Title)
	y := max(under+s.Row, pdf.Top+12) + 8
	s.Font("B", 12, 30)
	y = s.Block(pdf.Left, y, 170, s.Retainer.Name) + 1
	s.Font("", 9, 60)
	of := s.ClientName
	if s.ProjectName != "" {
		of += " · " + s.ProjectName
	}
	y = s.Block(pdf.Left, y, 170, of)
	known, days := s.words.Known, s.Period.Days()
	if s.Period.ClosedAt == nil {
		known = s.words.AsOf
	}
	y = s.Block(pdf.Left, y, 170, invoicing.Fill(known, "from", s.date(days.From), "to", s.date(days.To), "day", s.date(s.Period.On)))
	s.y = y + 6
}

// sums is the account, which adds up.
func (s *sheet) sums() {
	p, w := s.Period, s.words
	row := func(style string, grey int, name, figure string) {
		s.BreakAt(&s.y)
		s.Font(style, 9.5, grey)
		s.Put(pdf.Left, s.y, 110, "L", name)
		s.Put(130, s.y, 60, "R", figure)
		s.y += s.Row + 0.6
	}
	row("", 40, w.Opening, s.figure(p.Opening))
	row("", 40, w.Granted, s.signed(p.Granted))
	row("", 40, w.Adjusted, s.signed(p.Adjusted))
	row("", 40, w.Used, s.taken(p.Used))
	if p.Overage != 0 {
		row("", 40, w.Over, s.signed(p.Overage))
		if s.Inner {
			s.y--
			s.Font("", 8, 120)
			s.Put(pdf.Left, s.y, 110, "L", w.Rule(p.OverageRule))
			s.y += s.Row
		}
	}
	row("", 40, w.Expired, s.taken(p.Expired))
	s.Rule(s.y + 0.6)
	s.y += 2
	closing := w.ClosingOpen
	if p.ClosedAt != nil {
		closing = w.Closing
	}
	row("B", 20, closing, s.figure(p.Closing))
	s.y += 6
}

// title begins a part of the paper, of which the first lines stay together.
func (s *sheet) title(text string) {
	if s.y+4*s.Row > pdf.Bottom {
		s.AddPage()
		s.y = pdf.Top
	}
	s.Font("B", 10.5, 30)
	s.Put(pdf.Left, s.y, 170, "L", text)
	s.Rule(s.y + s.Row + 0.8)
	s.SetLineWidth(0.1)
	s.y += s.Row + 2.4
}

// given is what came in and, for the agency's own people, why, and what expired.
func (s *sheet) given() {
	if len(s.Given) == 0 {
		return
	}
	s.title(s.words.Given)
	for _, l := range s.Given {
		what := s.kind(l.Kind)
		if !l.Until.IsZero() {
			what += " · " + invoicing.Fill(s.words.Until, "day", s.date(l.Until))
		}
		under := ""
		if s.Inner {
			under = l.Reason
		}
		figure := s.signed(l.Amount)
		if l.Kind == ledger.Returned {
			figure = s.taken(-l.Amount) // of nothing too
		}
		s.line(l.Day, what, under, "", figure)
	}
	if s.Inner {
		for _, e := range s.Period.Expiries {
			s.line(e.From, s.words.Expired+": "+s.kind(e.Kind), "", "", s.taken(e.Amount))
		}
	}
	s.y += 6
}

func (s *sheet) kind(k ledger.Kind) string {
	return map[ledger.Kind]string{
		ledger.Grant: s.words.Grant, ledger.Block: s.words.Block, ledger.Returned: s.words.Returned, ledger.Adjust: s.words.Adjustment, ledger.Use: s.words.GivenBack, ledger.Late: s.words.GivenBack,
	}[k]
}

// work is every entry behind the statement, and what they come to.
func (s *sheet) work() {
	s.title(s.words.Work)
	if len(s.Work) == 0 {
		s.Font("", 9, 90)
		s.Put(pdf.Left, s.y, 170, "L", s.words.NoWork)
		return
	}
	s.workHead()
	s.heads = true
	var used, late, over int64
	for _, e := range s.Work {
		what := join(" · ", e.ProjectName, e.TaskName)
		if e.Late {
			what, late = join(" · ", what, s.words.Late), late+e.Amount
		} else {
			used += e.Amount
		}
		over += e.Over
		under := ""
		if s.Inner {
			under = join(" · ", e.MemberName, e.Note)
		}
		s.line(e.Day, what, under, s.beyond(e.Over), s.figure(e.Amount))
	}
	s.y += 0.6
	s.total(s.words.UsedTotal, s.beyond(over), s.figure(used))
	if late != 0 {
		s.total(s.words.LateTotal, "", s.figure(late))
	}
}

func (s *sheet) workHead() {
	s.Font("B", 8.5, 90)
	beyond := ""
	if s.Period.Overage != 0 {
		beyond = s.words.OverCol
	}
	s.cells(s.words.Day, s.words.What, beyond, s.words.Amount)
	s.y += s.Row + 0.6
}

func (s *sheet) total(name, over, figure string) {
	s.BreakAt(&s.y)
	s.Font("B", 9, 20)
	s.cells("", name, over, figure)
	s.y += s.Row
}

func (s *sheet) cells(day, what, over, figure string) {
	s.Put(pdf.Left, s.y, 24, "L", day)
	s.Put(44, s.y, 94, "L", s.Short(what, 92))
	s.Put(138, s.y, 24, "R", over)
	s.Put(162, s.y, 28, "R", figure)
}

// line is one row with its small print, which stays with it.
func (s *sheet) line(on day.Date, what, under, over, figure string) {
	s.Font("", 8, 120)
	small := s.SplitText(pdf.Clean(under), 92)
	height := s.Row + float64(len(small))*(s.Row-1)
	if s.y+height > pdf.Bottom && height < pdf.Bottom-pdf.Top {
		s.AddPage()
		s.y = pdf.Top
		if s.heads {
			s.workHead()
		}
	}
	s.BreakAt(&s.y)
	s.Font("", 9, 30)
	s.cells(s.date(on), what, over, figure)
	s.y += s.Row
	s.Font("", 8, 120)
	for _, l := range small {
		s.BreakAt(&s.y)
		s.Put(44, s.y-0.6, 94, "L", l)
		s.y += s.Row - 1
	}
}

// signed writes what is added.
func (s *sheet) signed(n int64) string {
	if n < 0 {
		return s.taken(-n)
	}
	return "+ " + s.figure(n)
}

// taken writes what is taken away.
func (s *sheet) taken(n int64) string {
	if n < 0 {
		return s.signed(-n)
	}
	return "− " + s.figure(n)
}

func (s *sheet) beyond(n int64) string {
	if n == 0 {
		return ""
	}
	return s.figure(n)
}

// figure writes an amount as the screens do: "1,234:30 h", or money.
func (s *sheet) figure(n int64) string {
	switch {
	case s.Retainer.Unit == retainers.Hours:
		return hours(n, s.words.Thousands)
	case !s.Sees:
		return "–"
	}
	return pdf.Clean(money.Format(money.Of(n, s.Retainer.Currency), s.Head.Locale))
}

// hours drops seconds below a minute, as the screens do.
func hours(n int64, thousands string) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	whole := strconv.FormatInt(n/3600, 10)
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + thousands + whole[at:]
	}
	return fmt.Sprintf("%s%s:%02d h", sign, whole, n%3600/60)
}

func join(with string, parts ...string) string {
	var out []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, with)
}
