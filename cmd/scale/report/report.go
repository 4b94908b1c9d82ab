// Package report holds what was measured beside the goals set for it.
package report

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// Verdict is what a figure says about its goal.
type Verdict string

const (
	// Told has no goal.
	Told Verdict = ""
	// Met and Missed are of ratios, counts and memory, which depend little on what else the machine does.
	Met    Verdict = "met"
	Missed Verdict = "MISSED"
	// MetTime and MissedTime are of times, which depend on it a lot.
	MetTime    Verdict = "met (time)"
	MissedTime Verdict = "missed (time)"
)

// Row is one figure.
type Row struct {
	What     string  `json:"what"`
	Measured string  `json:"measured"`
	Goal     string  `json:"goal"`
	Verdict  Verdict `json:"verdict"`
}

// Sheet collects rows. Say, if set, hears of each as it comes.
type Sheet struct {
	Rows []Row
	Say  func(Row)
}

// Add adds rows.
func (s *Sheet) Add(rows ...Row) {
	for _, r := range rows {
		s.Rows = append(s.Rows, r)
		if s.Say != nil {
			s.Say(r)
		}
	}
}

// Note adds a figure without a goal.
func (s *Sheet) Note(what, measured string) { s.Add(Row{What: what, Measured: measured}) }

// Ratio adds a ratio that must not be above most.
func (s *Sheet) Ratio(what string, is, most float64, detail string) {
	s.Add(Row{what, fmt.Sprintf("%.2f (%s)", is, detail), fmt.Sprintf("≤ %.2f", most), either(is <= most, Met, Missed)})
}

// Count adds a number that must be exactly want.
func (s *Sheet) Count(what string, is, want int) {
	s.Add(Row{what, fmt.Sprint(is), fmt.Sprint(want), either(is == want, Met, Missed)})
}

// AtMost adds a count that must not be above most.
func (s *Sheet) AtMost(what string, is, most int, detail string) {
	s.Add(Row{what, strings.TrimSpace(fmt.Sprintf("%d %s", is, detail)), fmt.Sprintf("≤ %d", most), either(is <= most, Met, Missed)})
}

// Memory adds bytes that must stay below a number of MB.
func (s *Sheet) Memory(what string, bytes int64, below int64, detail string) {
	s.Add(Row{what, strings.TrimSpace(fmt.Sprintf("%d MB %s", bytes>>20, detail)), fmt.Sprintf("< %d MB", below), either(bytes < below<<20, Met, Missed)})
}

// Time adds a time that should not be above most.
func (s *Sheet) Time(what string, took, most time.Duration, detail string) {
	s.Add(Row{what, strings.TrimSpace(short(took) + " " + detail), "≤ " + most.String(), either(took <= most, MetTime, MissedTime)})
}

// Rate adds a number of things a second that should be at least this.
func (s *Sheet) Rate(what string, n int, took time.Duration, least float64, detail string) {
	rate := float64(n) / max(took.Seconds(), 1e-9)
	s.Add(Row{what, strings.TrimSpace(fmt.Sprintf("%.1f a second %s", rate, detail)), fmt.Sprintf("≥ %g", least), either(rate >= least, MetTime, MissedTime)})
}

func either(ok bool, yes, no Verdict) Verdict {
	if ok {
		return yes
	}
	return no
}

// short leaves out digits that mean nothing.
func short(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return d.Round(time.Second).String()
	case d >= 100*time.Millisecond:
		return d.Round(time.Millisecond).String()
	default:
		return d.Round(time.Microsecond).String()
	}
}

// Missed counts the goals that were missed and do not depend on time.
func (s *Sheet) Missed() (n int) {
	for _, r := range s.Rows {
		if r.Verdict == Missed {
			n++
		}
	}
	return n
}

// Markdown is the sheet as a table.
func (s *Sheet) Markdown() string {
	var b strings.Builder
	b.WriteString("| what | measured | goal | |\n| --- | --- | --- | --- |\n")
	for _, r := range s.Rows {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.What, r.Measured, r.Goal, r.Verdict)
	}
	return b.String()
}

// The marks between which a document holds a table of a run.
const (
	opening = "<!-- scale -->"
	closing = "<!-- /scale -->"
)

// Insert replaces what a document holds between the marks.
func Insert(document, text string) error {
	b, err := os.ReadFile(document)
	if err != nil {
		return err
	}
	before, rest, ok1 := strings.Cut(string(b), opening)
	_, after, ok2 := strings.Cut(rest, closing)
	if !ok1 || !ok2 {
		return fmt.Errorf("%s has no place marked %s … %s", document, opening, closing)
	}
	return os.WriteFile(document, []byte(before+opening+"\n"+strings.TrimSpace(text)+"\n"+closing+after), 0o644)
}
