package recurring

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
)

// Faults of recurring invoices.
var (
	ErrNotFound    = fault.Define(fault.NotFound, "recurring.not_found", "This recurring invoice does not exist.")
	ErrBad         = fault.Define(fault.Invalid, "recurring.bad_schedule", "This recurring invoice cannot be saved as it is.")
	ErrMayNot      = fault.Define(fault.Forbidden, "recurring.may_not_issue", "Only who may issue invoices lets them be issued by themselves.").At("body.how", "needs the right to issue invoices")
	ErrStale       = fault.Define(fault.Precondition, "request.stale", "This was changed meanwhile. Load it again and repeat your change.")
	ErrOver        = fault.Define(fault.Conflict, "recurring.over", "All its periods are billed. Give it a later end first.")
	ErrBadDecision = fault.Define(fault.Invalid, "recurring.bad_decision", "This cannot be decided about these periods.")
)

// Every says what the length of a period is counted in.
type Every string

// Lengths of periods.
const (
	Week    Every = "week"
	Month   Every = "month"
	Quarter Every = "quarter"
	Year    Every = "year"
)

var months = map[Every]int{Month: 1, Quarter: 3, Year: 12}

// BillAt says when a period is billed.
type BillAt string

// AtStart is on the first day of a period, AtEnd on the day after its last one.
const (
	AtStart BillAt = "start"
	AtEnd   BillAt = "end"
)

// State is how it is with a schedule.
type State string

// States of a schedule.
const (
	Active State = "active"
	Paused State = "paused"
	Ended  State = "ended"
)

// Line is what a whole period costs.
type Line struct {
	Description     string          `json:"description"`
	Quantity        decimal.Decimal `json:"quantity"`
	Unit            string          `json:"unit"`
	UnitPrice       decimal.Decimal `json:"unit_price"`
	DiscountPercent decimal.Decimal `json:"discount_percent"`
	DiscountAmount  decimal.Decimal `json:"discount_amount"`
	TaxRateIDs      []string        `json:"tax_rate_ids"` // null: the default ones of the day
}

// Schedule says what a client is billed again and again. It has no exchange rate:
// each invoice takes that of its own day of issue (rule 96).
type Schedule struct {
	ID string
	Wish

	Net   money.Money // of a whole period, when the lines were saved
	State State

	Next    int        // the first period that nobody looked at
	NextOn  day.Date   // the day on which one is billed next; none: never
	TurnsAt *time.Time // when the job for it comes

	CreatedAt time.Time
	CreatedBy string
	UpdatedAt time.Time
	Version   int
}

// Wish is what a person says of a schedule.
type Wish struct {
	ClientID  string
	ProjectID string // of the lines and of what is swept up; empty: of no project, and all of them
	EntityID  string // empty: the default one
	Name      string
	Currency  string // empty: the client's, else the entity's

	Every        Every
	Count        int // so many of them are one period
	DayOfMonth   int // on which periods begin, or the last of a shorter month; 0: as the first one
	Starts, Ends day.Date
	Times        int // 0: without end

	At       BillAt
	Prorate  bool // a period that is shorter pays its share by days
	Lines    []Line
	Time     bool // approved, unbilled time comes along
	Expenses bool // and what was spent
	GroupBy  invoicing.GroupBy

	How        invoicing.How
	TermsDays  *int // nil: the client's, else the entity's
	EndOfMonth bool
	Reference  string
	Note       string
}

func (w Wish) cycle() day.Cycle {
	c := day.Cycle{Starts: w.Starts, Ends: w.Ends, Anchor: w.Starts}
	if w.Every == Week {
		c.Weeks = w.Count
		return c
	}
	c.Months, c.Day = months[w.Every]*w.Count, w.DayOfMonth
	if c.Day == 0 {
		return c
	}
	c.Anchor = w.Starts.StartOfMonth()
	if min(c.Day, c.Anchor.EndOfMonth().Day()) > w.Starts.Day() {
		c.Anchor = c.Anchor.AddMonths(-1)
	}
	return c
}

// period is the n-th one. False: there are not so many.
func (w Wish) period(n int) (Period, bool) {
	if w.Times > 0 && n > w.Times {
		return Period{}, false
	}
	c := w.cycle()
	days, ok := c.Period(n)
	p := Period{Number: n, Stretch: invoicing.Stretch{Days: days, Of: c.Whole(n)}, IssueOn: days.From, State: Planned}
	if w.At == AtEnd {
		p.IssueOn = days.To.AddDays(1)
	}
	return p, ok && p.IssueOn.Year() <= lastYear
}

// lastYear is where calendars of the program end.
const lastYear = 2200

// lines are those of a whole period.
func (w Wish) lines() []invoicing.Line {
	out := make([]invoicing.Line, len(w.Lines))
	for n, l := range w.Lines {
		out[n] = invoicing.Line{ProjectID: w.ProjectID, Description: l.Description, Quantity: l.Quantity, Unit: l.Unit, UnitPrice: l.UnitPrice, TaxRateIDs: slices.Clone(l.TaxRateIDs)}
		out[n].Discount.Percent, out[n].Discount.Amount = l.DiscountPercent, l.DiscountAmount
	}
	return out
}

// stretch is what of a period is billed; nil: what it is priced for.
func (w Wish) stretch(p Period) *invoicing.Stretch {
	if !w.Prorate {
		return nil
	}
	return &p.Stretch
}

// edit writes onto a draft what the schedule says of it.
func (w Wish) edit(p Period) func(*invoicing.Invoice) {
	return func(i *invoicing.Invoice) {
		i.PeriodFrom, i.PeriodTo = p.Days.From, p.Days.To
		i.Reference, i.Note = w.Reference, w.Note
		if w.TermsDays != nil {
			i.Terms = day.Terms{Days: *w.TermsDays, EndOfMonth: w.EndOfMonth}
		}
	}
}

// swept is what comes along up to a day, and no lines.
func (w Wish) swept(until day.Date) invoicing.Bill {
	b := invoicing.Bill{FromTime: invoicing.FromTime{
		ClientID: w.ClientID, EntityID: w.EntityID, From: day.New(1970, 1, 1), To: until, GroupBy: w.GroupBy, NoTime: !w.Time, Expenses: &w.Expenses, Currency: w.Currency,
	}}
	if w.ProjectID != "" {
		b.ProjectIDs = []string{w.ProjectID}
	}
	return b
}

// bill is the bill of a period. What comes along is what was worked before it is billed.
func (s Schedule) bill(p Period, how invoicing.How) invoicing.Bill {
	b := s.swept(p.IssueOn.AddDays(-1))
	b.Lines, b.Part, b.How = s.lines(), s.stretch(p), how
	edit := s.edit(p)
	b.Edit = func(i *invoicing.Invoice) {
		edit(i)
		i.CreatedBy = s.CreatedBy
	}
	return b
}

const (
	maxLines = 100
	maxTimes = 1200
	// backYears is how long ago a schedule may begin: each period since then is asked about.
	backYears = 2
)

// check names all that is wrong with a wish at its fields; lines are checked by whoever calculates them.
// Of one that begins, the start is near today; one that runs may have begun long ago.
func (w Wish) check(today day.Date, begins bool) error {
	bad := ErrBad
	at := func(wrong bool, field, text string) {
		if wrong {
			bad = bad.At("body."+field, text)
		}
	}
	n := utf8.RuneCountInString(w.Name)
	at(n < 1 || n > 120 || strings.ContainsAny(w.Name, "\n\r\x00"), "name", "must have 1 to 120 letters on one line")
	at(!money.Valid(w.Currency), "currency", "is not a currency")
	at(w.Every != Week && months[w.Every] == 0, "every", "must be week, month, quarter or year")
	at(w.Count < 1 || w.Count > 52, "count", "must be 1 to 52")
	at(w.DayOfMonth < 0 || w.DayOfMonth > 31, "day_of_month", "must be 1 to 31")
	at(w.DayOfMonth != 0 && w.Every == Week, "day_of_month", "goes with months, quarters and years")
	at(w.Starts.IsZero(), "starts_on", "is required")
	at(begins && !w.Starts.IsZero() && w.Starts.Before(today.AddMonths(-12*backYears)), "starts_on", fmt.Sprintf("is more than %d years ago", backYears))
	at(begins && w.Starts.After(today.AddMonths(12*20)), "starts_on", "is more than 20 years ahead")
	at(!w.Ends.IsZero() && w.Ends.Before(w.Starts), "ends_on", "is before the start")
	at(w.Times < 0 || w.Times > maxTimes, "times", fmt.Sprintf("must be 1 to %d", maxTimes))
	at(w.Times > 0 && !w.Ends.IsZero(), "times", "cannot stand beside a last day")
	at(w.At != AtStart && w.At != AtEnd, "bill_at", "must be start or end")
	at(!w.How.Valid(), "how", "must be draft, issue or send")
	at(len(w.Lines) > maxLines, "lines", fmt.Sprintf("are more than %d", maxLines))
	at(len(w.Lines) == 0 && !w.Time && !w.Expenses, "lines", "need at least one, or something that comes along")
	at(w.TermsDays != nil && (*w.TermsDays < 0 || *w.TermsDays > 365), "terms_days", "must be 0 to 365")
	at(w.TermsDays == nil && w.EndOfMonth, "terms_days", "is required: so many days after the end of the month")
	at(utf8.RuneCountInString(w.Reference) > 120, "reference", "must have at most 120 letters")
	at(utf8.RuneCountInString(w.Note) > 4000, "note", "must have at most 4,000 letters")
	if len(bad.Fields) > 0 {
		return bad
	}
	if _, ok := w.period(1); !ok {
		return ErrBad.At("body.ends_on", "leaves no period")
	}
	return nil
}

// sameDays tells whether two wishes lay the same periods, but for where they end.
func (w Wish) sameDays(o Wish) bool {
	return w.Every == o.Every && w.Count == o.Count && w.DayOfMonth == o.DayOfMonth && w.Starts == o.Starts && w.At == o.At
}
