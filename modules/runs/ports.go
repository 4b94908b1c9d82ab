package runs

import (
	"context"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/retainers"
	"github.com/bureauhq/bureau/tenancy"
)

// Store keeps runs. Its one implementation is runsdb.
type Store interface {
	AddRun(ctx context.Context, tx *tenancy.Tx, r Run, items []Item) error
	// Run finds one with its counts and totals; hold keeps others from ending it meanwhile.
	Run(ctx context.Context, tx *tenancy.Tx, id string) (Run, error) // ErrNotFound
	HoldRun(ctx context.Context, tx *tenancy.Tx, id string) (Run, error)
	Runs(ctx context.Context, tx *tenancy.Tx, limit int, after []string) ([]Run, error)
	Items(ctx context.Context, tx *tenancy.Tx, runID string, state ItemState, limit int, after []string) ([]Item, error)
	// Take holds the next client that nobody else works on; false: there is none.
	Take(ctx context.Context, tx *tenancy.Tx, runID string) (Item, bool, error)
	// Settle writes what became of a client, once; false: somebody was faster.
	Settle(ctx context.Context, tx *tenancy.Tx, i Item) (bool, error)
	// End ends a run; clients that are left are passed over.
	End(ctx context.Context, tx *tenancy.Tx, r Run) error
	LastMove(ctx context.Context, tx *tenancy.Tx, runID string) (time.Time, error)

	Statements
}

// Statements keeps runs that mail statements, as the others are kept.
type Statements interface {
	AddStatementRun(ctx context.Context, tx *tenancy.Tx, r StatementRun, items []StatementItem) error
	StatementRun(ctx context.Context, tx *tenancy.Tx, id string, hold bool) (StatementRun, error) // ErrNoStatements
	StatementRuns(ctx context.Context, tx *tenancy.Tx, limit int, after []string) ([]StatementRun, error)
	StatementItems(ctx context.Context, tx *tenancy.Tx, runID string, state ItemState, limit int, after []string) ([]StatementItem, error)
	TakeStatement(ctx context.Context, tx *tenancy.Tx, runID string) (StatementItem, bool, error)
	SettleStatement(ctx context.Context, tx *tenancy.Tx, i StatementItem) (bool, error)
	EndStatements(ctx context.Context, tx *tenancy.Tx, r StatementRun) error
	LastStatementMove(ctx context.Context, tx *tenancy.Tx, runID string) (time.Time, error)
	// Month is on which day they go out by themselves; NewMonth where none is kept.
	Month(ctx context.Context, tx *tenancy.Tx, hold bool) (Month, error)
	PutMonth(ctx context.Context, tx *tenancy.Tx, m Month) error
}

// Clients tells about the agency's clients; *clients.Service answers it.
type Clients interface {
	ActiveTx(ctx context.Context, tx *tenancy.Tx) ([]clients.Client, error)
	ClientsByIDsTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]clients.Client, error)
}

// Bills makes invoices; *invoicing.Service answers it.
type Bills interface {
	ToBillTx(ctx context.Context, tx *tenancy.Tx, b invoicing.Bill) (map[string]bool, error)
	AheadTx(ctx context.Context, tx *tenancy.Tx, b invoicing.Bill, clientIDs []string) ([]invoicing.Ahead, error)
	BillTx(ctx context.Context, tx *tenancy.Tx, b invoicing.Bill) (invoicing.Invoice, []invoicing.LeftOut, error)
	ByIDsTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]invoicing.Listed, error)
	GoOutTx(ctx context.Context, tx *tenancy.Tx, id string, how invoicing.How, on day.Date) (invoicing.Invoice, error)
	StatementsAheadTx(ctx context.Context, tx *tenancy.Tx, days day.Range, clientIDs []string) (map[string]invoicing.StatementAhead, error)
	MailStatementTx(ctx context.Context, tx *tenancy.Tx, clientID string, days day.Range) (invoicing.StatementSending, error)
	StatementMailsTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]invoicing.StatementSending, error)
}

// Retainers tells which fees are due, and drafts them; *retainers.Service answers it.
type Retainers interface {
	FeesTx(ctx context.Context, tx *tenancy.Tx, clientIDs []string, days day.Range) ([]retainers.DueFee, error)
	DraftFeeTx(ctx context.Context, tx *tenancy.Tx, periodID string) (retainers.Period, error)
}

// Settings tells the agency's time zone; *agency.Service answers it.
type Settings interface {
	SettingsTx(ctx context.Context, tx *tenancy.Tx) (agency.Settings, error)
}

// Publisher tells the rest of the house what happened.
type Publisher interface {
	Publish(ctx context.Context, tx job.Tx, e event.Event) error
}

// Jobs takes work that comes later.
type Jobs interface {
	EnqueueAt(ctx context.Context, tx job.Tx, at time.Time, jobs ...job.Args) error
}
