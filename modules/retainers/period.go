package retainers

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/retainers/ledger"
)

// Period is a stretch of a retainer with its statement. Of an open one the
// figures are what they would be if it ended now.
type Period struct {
	ID         string
	RetainerID string

	ledger.Statement

	OverageRule  Overage
	OverageRate  *decimal.Decimal
	Currency     string // the retainer's
	Fee          *money.Money
	FeeInvoiceID string
	ClosedAt     *time.Time
	CreatedAt    time.Time
	On           day.Date // when it is looked at
}

// Left is what there is to use on the day that it is looked at; of a closed period, what there was before the rest expired.
func (p Period) Left() int64 { return p.Statement.Left(p.On) }

// Number counts the periods of a retainer from 1.
func (p Period) Number() int { return p.Period.Number }

// Days are those of the period.
func (p Period) Days() day.Range { return p.Period.Days }

// Available is what could be used until now and what came in: the whole of the bar.
func (p Period) Available() int64 { return p.Opening + p.Granted + p.Adjusted }

// DueFee is the fee of a period, and its invoice if there is one.
type DueFee struct {
	PeriodID, ClientID, InvoiceID string
	Fee                           money.Money
}

// Line is an event of the ledger as it was written down.
type Line struct {
	ledger.Event

	RetainerID string
	BlockID    string
	Turn       int // which time the block counts
	Reason     string
	CreatedAt  time.Time
	CreatedBy  string
}

// Block is hours or money bought once.
type Block struct {
	ID         string
	RetainerID string
	Amount     int64
	Price      *money.Money
	CountsFrom string   // now, issued or paid
	InvoiceID  string   // none: it has no price, or its invoice came to nothing
	CountsOn   day.Date // none: not yet, or not any more
	ExpiresOn  day.Date // the last day; none: never
	CreatedAt  time.Time
	CreatedBy  string
}

// Unbilled tells whether the block's invoice came to nothing: it may be billed again.
func (b Block) Unbilled() bool { return b.InvoiceID == "" && b.Price != nil && !b.Price.IsZero() }

// From when a block counts (rule 53).
const (
	FromNow, FromIssued, FromPaid = "now", "issued", "paid"
)

// Net is what the ledger holds of one entry in one period.
type Net struct {
	RetainerID string
	EntryID    string
	Period     int
	Closed     bool
	Day        day.Date
	Amount     int64
}

// Work is an entry on a statement.
type Work struct {
	EntryID string
	Day     day.Date
	Amount  int64 // what it took; less than nothing when it was taken back
	Late    bool
	Over    int64 // the part beyond the retainer

	MemberName, ProjectName, TaskName, Note string
}
