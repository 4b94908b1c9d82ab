package recurring

import (
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
)

// PeriodState is what became of a period.
type PeriodState string

// States of periods. All but Planned have a row.
const (
	Planned PeriodState = "planned"
	Billed  PeriodState = "billed"
	Nothing PeriodState = "nothing" // there was nothing to bill
	Refused PeriodState = "refused" // with the reason; it can be tried again
	Missed  PeriodState = "missed"  // nobody has decided about it yet
	Skipped PeriodState = "skipped"
)

// Period is one time that a schedule bills.
type Period struct {
	ScheduleID string
	Number     int

	invoicing.Stretch

	IssueOn   day.Date // as planned
	State     PeriodState
	InvoiceID string
	Code, Why string // of a refusal
	DecidedAt time.Time
	DecidedBy string // empty: it came by itself
}

// Part tells whether it is shorter than others.
func (p Period) Part() bool { return p.Days != p.Of }

// Past is a period with its invoice as it is now, if there is one.
type Past struct {
	Period

	Invoice *invoicing.Listed
}

// Ahead is a period that comes, with what its lines come to.
type Ahead struct {
	Period

	Due     day.Date
	Invoice invoicing.Invoice
}

// Extras are what would come along if it were billed now.
type Extras struct {
	Lines, Entries, LeftOut, Open int
	Total                         money.Money
}

// Outlook is what a schedule does next.
type Outlook struct {
	Periods []Ahead
	More    bool // there are later ones
	Whole   money.Money
	Extras  *Extras // nil: nothing comes along
}
