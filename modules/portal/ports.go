package portal

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/fees"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/retainers"
	"github.com/bureauhq/bureau/tenancy"
)

// Clients tells about companies and their people; *clients.Service answers it.
type Clients interface {
	ClientTx(ctx context.Context, tx *tenancy.Tx, id string) (clients.Client, error)
	ContactTx(ctx context.Context, tx *tenancy.Tx, id string) (clients.Contact, error)
}

// Settings tells what the agency shows; *agency.Service answers it.
type Settings interface {
	SettingsTx(ctx context.Context, tx *tenancy.Tx) (agency.Settings, error)
}

// Projects answers for engagements and what is said about them.
type Projects interface {
	ProjectsTx(ctx context.Context, tx *tenancy.Tx, clientID string) ([]Project, error)
	ProjectTx(ctx context.Context, tx *tenancy.Tx, clientID, projectID string) (Project, error) // not found
	CommentsTx(ctx context.Context, tx *tenancy.Tx, clientID, projectID string) ([]Comment, error)
	ReplyTx(ctx context.Context, tx *tenancy.Tx, clientID, taskID, body string) (Comment, error) // not found
}

// Invoices answers for documents. It opens its own transactions.
type Invoices interface {
	Invoices(ctx context.Context, clientID string) ([]Invoice, error)        // newest first
	Invoice(ctx context.Context, invoiceID string) (Invoice, error)          // not found
	InvoiceFile(ctx context.Context, invoiceID, format string) (File, error) // not found
	Statement(ctx context.Context, clientID string, from, to day.Date) (invoicing.Statement, error)
	StatementPDF(ctx context.Context, clientID string, from, to day.Date) (File, error)
}

// Payments answers what can be paid on line. It opens its own transactions, and knows that the invoice is the contact's.
type Payments interface {
	Payable(ctx context.Context, invoiceID string) (Payable, error)
	Pay(ctx context.Context, invoiceID string, amount *money.Money) (url string, err error)
}

// Retainers answers for agreements and their statements; *retainers.Service answers it.
type Retainers interface {
	OfClientTx(ctx context.Context, tx *tenancy.Tx, clientID string) ([]retainers.Row, error)
	PapersOfClientTx(ctx context.Context, tx *tenancy.Tx, clientID, retainerID string) (retainers.Row, []retainers.Period, error)                    // not found
	WorkOfClientTx(ctx context.Context, tx *tenancy.Tx, clientID, periodID string, q page.Query) (retainers.Paper, []retainers.Work, *string, error) // not found
	PrintOfClientTx(ctx context.Context, tx *tenancy.Tx, clientID, periodID string) (retainers.Print, error)                                         // not found
	Draw(ctx context.Context, p retainers.Print) (invoicing.PDF, error)
}

// Fees answers for milestones that a client accepts; *fees.Service answers it.
type Fees interface {
	MilestonesOfClientTx(ctx context.Context, tx *tenancy.Tx, clientID string) ([]fees.Milestone, error)
	AcceptForClientTx(ctx context.Context, tx *tenancy.Tx, clientID, partID string, version int) (fees.Milestone, error) // not found
	AskChangesForClientTx(ctx context.Context, tx *tenancy.Tx, clientID, partID string, version int, text string) (fees.Milestone, error)
}

// Time answers for approved hours.
type Time interface {
	ApprovedTx(ctx context.Context, tx *tenancy.Tx, projectIDs []string) (map[string]int64, error)
}
