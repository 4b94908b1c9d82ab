package invoicing

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/bureauhq/bureau/app/kit/day"
)

// Reset says when a series starts again at 1.
type Reset string

const (
	Never  Reset = "never"
	Yearly Reset = "yearly"
)

// Series names one counter: an entity, a kind of document, a fiscal year.
type Series struct {
	EntityID string
	Name     string
	Period   string // the fiscal year, empty if the series never resets
}

// NumberFormat is a pattern such as INV-{YYYY}-{NNNN}: {YYYY} and {YY} are the
// fiscal year, {MM} the month of issue, {N…} the counter with leading zeros.
type NumberFormat string

var (
	formatToken = regexp.MustCompile(`\{[^{}]*\}`)
	formatRest  = regexp.MustCompile(`^[A-Za-z0-9/._ #-]*$`)
	counter     = regexp.MustCompile(`^\{N{1,10}\}$`)
)

// Check says what is wrong with the format, for a series that resets as told.
func (f NumberFormat) Check(reset Reset) error {
	counters, year := 0, false
	for _, token := range formatToken.FindAllString(string(f), -1) {
		switch {
		case counter.MatchString(token):
			counters++
		case token == "{YYYY}" || token == "{YY}":
			year = true
		case token != "{MM}":
			return fmt.Errorf("does not know %s", token)
		}
	}
	switch {
	case len(f) > 40:
		return errors.New("must have at most 40 letters")
	case !formatRest.MatchString(formatToken.ReplaceAllString(string(f), "")):
		return errors.New("may have letters, digits and / . _ # - beside its placeholders")
	case counters != 1:
		return errors.New("needs the counter once, such as {NNNN}")
	case reset == Yearly && !year:
		return errors.New("needs {YYYY} or {YY}, since it starts again every year")
	}
	return nil
}

// Number writes the n-th number of a series for a document issued on d.
func (f NumberFormat) Number(n, fiscalYear int, d day.Date) string {
	return formatToken.ReplaceAllStringFunc(string(f), func(token string) string {
		switch token {
		case "{YYYY}":
			return fourDigits(fiscalYear)
		case "{YY}":
			return fourDigits(fiscalYear)[2:]
		case "{MM}":
			return fmt.Sprintf("%02d", int(d.Month()))
		}
		return fmt.Sprintf("%0*d", strings.Count(token, "N"), n)
	})
}

func fourDigits(year int) string { return fmt.Sprintf("%04d", year) }
