package payments

import (
	"context"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// Permissions of this module.
const (
	CanReadAccount  access.Permission = "payments.account.read"
	CanWriteAccount access.Permission = "payments.account.write"
	CanRefund       access.Permission = "payments.refunds.write"
	CanSettle       access.Permission = "payments.differences.write"
)

// Store keeps the agency's side. Its one implementation is paymentsdb.
type Store interface {
	Settings(ctx context.Context, tx *tenancy.Tx) (Settings, error)
	SaveSettings(ctx context.Context, tx *tenancy.Tx, s Settings) error
	// Account finds the live account, or else the last one; a zero one where there was none.
	Account(ctx context.Context, tx *tenancy.Tx) (Account, error)
	LockedAccount(ctx context.Context, tx *tenancy.Tx) (Account, error)
	// AddAccount tells whether it was not there.
	AddAccount(ctx context.Context, tx *tenancy.Tx, a Account) (added bool, err error)
	SaveAccount(ctx context.Context, tx *tenancy.Tx, a Account) error

	AddAttempt(ctx context.Context, tx *tenancy.Tx, a Attempt) error
	Attempt(ctx context.Context, tx *tenancy.Tx, id string) (Attempt, error) // ErrNotFound
	LockedAttempt(ctx context.Context, tx *tenancy.Tx, id string) (Attempt, error)
	SaveAttempt(ctx context.Context, tx *tenancy.Tx, a Attempt) error
	// AttemptOf finds whose page or charge this is: "" if nobody's.
	AttemptOf(ctx context.Context, tx *tenancy.Tx, checkoutID, chargeID string) (id string, err error)
	// Attempts finds those of an invoice, the latest first, with all that belongs to them.
	Attempts(ctx context.Context, tx *tenancy.Tx, invoiceID string) ([]Attempt, error)
	// Waiting lists attempts that something may become of: of one invoice, or of all.
	Waiting(ctx context.Context, tx *tenancy.Tx, invoiceID string, before time.Time, limit int) ([]Attempt, error)
	AttemptsByIDs(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]Attempt, error)
	// PaidSince lists what we have as paid into an account since.
	PaidSince(ctx context.Context, tx *tenancy.Tx, accountID string, since time.Time) ([]Attempt, error)

	SaveRefund(ctx context.Context, tx *tenancy.Tx, r Refund) error
	Refund(ctx context.Context, tx *tenancy.Tx, id string) (Refund, error) // ErrNotFound
	SaveDispute(ctx context.Context, tx *tenancy.Tx, d Dispute) error

	// AddDifference tells whether it is a new one: of a kind and subject one is open.
	AddDifference(ctx context.Context, tx *tenancy.Tx, d Difference) (added bool, err error)
	Differences(ctx context.Context, tx *tenancy.Tx, open bool, q page.Query) ([]Difference, error)
	SettleDifference(ctx context.Context, tx *tenancy.Tx, d Difference) (Difference, error) // ErrDifferenceGone
	// CloseDifferences settles what is open of these subjects: it is gone by itself.
	CloseDifferences(ctx context.Context, tx *tenancy.Tx, subject string, kinds []Kind, at time.Time, note string) error
}

// Directory keeps the platform's side: whose an account is, and which notices came. Its one implementation is paymentsdb.
type Directory interface {
	// Connect writes down whose an account is; again changes nothing.
	Connect(ctx context.Context, agencyID, provider, accountID string, at time.Time) error
	Gone(ctx context.Context, accountID string, at time.Time) error
	// AgencyOf finds whose account this is: "" if nobody's.
	AgencyOf(ctx context.Context, accountID string) (agencyID string, err error)
	// Live pages through the accounts that are connected.
	Live(ctx context.Context, provider, after string, limit int) ([]Connected, error)
	// Receive keeps a notice with the jobs that follow, once: it tells whether it is new.
	Receive(ctx context.Context, n Notice, source string, at time.Time, jobs ...job.Args) (isNew bool, err error)
	Processed(ctx context.Context, noticeID, state, reason string, at time.Time) error
	// NoticeBefore is the newest notice of an account that happened at least overlap before its newest; empty if there is none.
	NoticeBefore(ctx context.Context, accountID string, overlap time.Duration) (noticeID string, err error)
	Enqueue(ctx context.Context, jobs ...job.Args) error
}

// Connected is an account and whose it is.
type Connected struct{ AccountID, AgencyID string }

// Bills are the books; *invoicing.Service answers it.
type Bills interface {
	HeldTx(ctx context.Context, tx *tenancy.Tx, id string) (invoicing.Invoice, error)
	InvoiceTx(ctx context.Context, tx *tenancy.Tx, id string) (invoicing.Invoice, error)
	ReceiveTx(ctx context.Context, tx *tenancy.Tx, r invoicing.Received) (invoicing.Payment, error)
	GiveBackTx(ctx context.Context, tx *tenancy.Tx, paymentID string, r invoicing.Returned) (invoicing.Refund, error)
	UndoRefundTx(ctx context.Context, tx *tenancy.Tx, paymentID, refundID, why string) error
}

// Profile tells how the agency is called when an account is opened for it.
type Profile interface {
	PaymentProfile(ctx context.Context) (AgencyProfile, error)
}

// AgencyProfile is what an account begins with; its owner completes it at the provider.
type AgencyProfile struct{ Name, Email, Country string }

// Places knows the addresses of pages on the agency's host.
type Places interface {
	PageURL(ctx context.Context, path string) (string, error)
}

// Agencies tells which agency a key belongs to.
type Agencies interface {
	ByID(ctx context.Context, id string) (tenancy.Agency, error)
}

// Team knows who is to be told, and Notices writes to them.
type Team interface {
	HoldersTx(ctx context.Context, tx *tenancy.Tx, p access.Permission) (memberIDs []string, err error)
}

// MemberNotice is a letter to a member of staff.
type MemberNotice struct {
	Key        string // a repeated one is one letter
	MemberID   string
	Subject    string
	Paragraphs []string
	Action     string
	Path       string
}

// Notices writes letters.
type Notices interface {
	Tell(ctx context.Context, n MemberNotice) error
}

// Rounds lets one of several processes do what is due now and then.
type Rounds interface {
	Due(ctx context.Context, round string, every time.Duration, now time.Time) (bool, error)
	Again(ctx context.Context, round string) error
}

// Publisher announces events; event.Bus is one.
type Publisher interface {
	Publish(ctx context.Context, tx job.Tx, e event.Event) error
}

// Jobs takes work; job.Queue is one.
type Jobs interface {
	Enqueue(ctx context.Context, tx job.Tx, jobs ...job.Args) error
}
