package runs

import (
	"cmp"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
)

// ErrNoStatements is told for a run of statements that there is not.
var ErrNoStatements = fault.Define(fault.NotFound, "runs.no_statements", "This run of statements does not exist.")

// Who says which clients get a statement.
type Who string

const (
	WithOpen  Who = "open"  // those who owe something at the end of the last day
	WithMoved Who = "moved" // and those of whom something moved in the days
)

// Valid tells whether there is such a choice.
func (w Who) Valid() bool { return w == WithOpen || w == WithMoved }

// Mailed is what became of a client who got a statement.
const Mailed ItemState = "sent"

// LeftOut is what became of a client who was not written to.
const LeftOut ItemState = "skipped"

// Reason says why a client gets no statement.
type Reason string

const (
	NothingOpen Reason = "no_balance"
	NoContact   Reason = "no_contact"
	SentBefore  Reason = "already_sent" // a statement to the same day was mailed
	Archived    Reason = "archived"
	Unwanted    Reason = "left_out" // by whoever started the run
)

// StatementWish says whose statements of which days are mailed.
type StatementWish struct {
	From, To day.Date // no From: a month
	Who      Who
	LeaveOut []string // clients that get none
}

func (w *StatementWish) ready(today day.Date) error {
	bad := ErrBadRun
	if w.Who = cmp.Or(w.Who, WithOpen); !w.Who.Valid() {
		bad = bad.At("body.who", "must be open or moved")
	}
	if w.To.IsZero() {
		bad = bad.At("body.to", "is required")
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	if w.From.IsZero() {
		w.From = w.To.AddDays(1).AddMonths(-1)
	}
	return invoicing.StatementDays(w.From, w.To, today)
}

func (w StatementWish) days() day.Range { return day.Range{From: w.From, To: w.To} }

// skips tells why a client gets none; empty: it gets one.
func (w StatementWish) skips(a invoicing.StatementAhead, archived bool) Reason {
	switch {
	case len(a.Open) == 0 && (w.Who == WithOpen || !a.Moved):
		return NothingOpen
	case archived:
		return Archived
	case a.Mailed:
		return SentBefore
	case len(a.To) == 0:
		return NoContact
	}
	return ""
}

// StatementRun mails the statements of all clients, each once.
type StatementRun struct {
	ID string
	StatementWish

	Monthly    bool // it came by itself
	State      State
	CreatedBy  string
	CreatedAt  time.Time
	FinishedAt *time.Time

	Counts map[ItemState]int
	Why    map[Reason]int // of those that were left out
}

// Clients is how many there are in the run.
func (r StatementRun) Clients() int { return Run{Counts: r.Counts}.Clients() }

// Left is how many have not been looked at.
func (r StatementRun) Left() int { return r.Counts[Pending] }

// StatementItem is a client of such a run.
type StatementItem struct {
	RunID      string
	ClientID   string
	ClientName string
	Position   int
	State      ItemState
	Reason     Reason
	Open       []money.Money
	SendingID  string
	Code, Why  string // of a refusal
	DecidedAt  *time.Time

	Mail *invoicing.StatementSending // with whom it went to; nil: none was asked for
}

// StatementAhead is what a run would do for a client.
type StatementAhead struct {
	ClientID   string
	ClientName string
	Reason     Reason // why it gets none; empty: it gets one

	invoicing.StatementAhead
}

func byClient(a, b StatementAhead) int {
	return cmp.Or(strings.Compare(strings.ToLower(a.ClientName), strings.ToLower(b.ClientName)), strings.Compare(a.ClientID, b.ClientID))
}
