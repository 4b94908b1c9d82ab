package runs

import (
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
)

// Faults of runs.
var (
	ErrNotFound = fault.Define(fault.NotFound, "runs.not_found", "This invoice run does not exist.")
	ErrBadRun   = fault.Define(fault.Invalid, "runs.bad_run", "This run cannot be started as it is.")
	ErrMayNot   = fault.Define(fault.Forbidden, "runs.may_not_issue", "Only who may issue invoices lets them be issued by themselves.").At("body.how", "needs the right to issue invoices")
)

// State is where a run is.
type State string

const (
	Running   State = "running"
	Done      State = "done"
	Cancelled State = "cancelled"
)

// ItemState is what became of a client.
type ItemState string

const (
	Pending ItemState = "pending"
	Drafted ItemState = "drafted"
	Issued  ItemState = "issued"
	Nothing ItemState = "nothing" // there was nothing to bill
	Refused ItemState = "refused"
	Skipped ItemState = "cancelled" // the run was ended before
)

// Wish says what a run bills.
type Wish struct {
	From, To    day.Date
	IssueOn     day.Date // none: the day it is issued
	How         invoicing.How
	GroupBy     invoicing.GroupBy
	EntityID    string // empty: the default one
	Time        bool
	Expenses    bool
	Fees        bool     // what may be billed of them by the last day
	Retainers   bool     // the fees of their periods that begin on these days, each an invoice of its own
	WaitForOpen bool     // a client with time that is not approved waits
	ClientIDs   []string // none: all
}

// bill is the bill of one client.
func (w Wish) bill(clientID string) invoicing.Bill {
	spent := w.Expenses
	return invoicing.Bill{
		FromTime: invoicing.FromTime{ClientID: clientID, EntityID: w.EntityID, From: w.From, To: w.To, GroupBy: w.GroupBy, NoTime: !w.Time, Expenses: &spent},
		FeesDue:  w.Fees, WaitForOpen: w.WaitForOpen, How: w.How, IssueOn: w.IssueOn,
	}
}

// check names all that is wrong with a wish at its field.
func (w Wish) check(today day.Date) error {
	bad := ErrBadRun
	at := func(wrong bool, field, text string) {
		if wrong {
			bad = bad.At("body."+field, text)
		}
	}
	at(w.From.IsZero(), "from", "is required")
	at(w.To.IsZero(), "to", "is required")
	at(!w.To.IsZero() && w.To.Before(w.From), "to", "is before the start")
	at(!w.From.IsZero() && w.To.Sub(w.From) > 1100, "to", "is more than three years after the start")
	at(!w.How.Valid(), "how", "must be draft, issue or send")
	at(!w.IssueOn.IsZero() && w.How == invoicing.AsDraft, "issue_on", "goes with invoices that are issued")
	at(w.IssueOn.After(today), "issue_on", "is in the future")
	at(!w.Time && !w.Expenses && !w.Fees && !w.Retainers, "time", "something must be billed: time, expenses, fees or retainers")
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// Run is a run with how far it is.
type Run struct {
	ID string
	Wish

	Chosen     bool // clients were named
	State      State
	CreatedBy  string
	CreatedAt  time.Time
	FinishedAt *time.Time

	Counts map[ItemState]int
	Totals []money.Money // of what was billed, by currency
}

// Clients is how many there are in the run.
func (r Run) Clients() (n int) {
	for _, c := range r.Counts {
		n += c
	}
	return n
}

// Left is how many have not been looked at.
func (r Run) Left() int { return r.Counts[Pending] }

// Fee is the invoice of a retainer's period that a run brought.
type Fee struct {
	InvoiceID string
	Number    string // empty: a draft
	Total     money.Money
}

// Item is a client of a run.
type Item struct {
	RunID      string
	ClientID   string
	ClientName string
	Position   int
	State      ItemState
	InvoiceID  string
	Number     string
	Total      *money.Money
	LeftOut    int
	Fees       []Fee  // of retainers
	Code, Why  string // of a refusal
	DecidedAt  *time.Time
}
