package invoicing

import (
	"context"
	"io"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/fees"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// Permissions of this module.
const (
	CanRead          access.Permission = "invoicing.invoices.read"
	CanWrite         access.Permission = "invoicing.invoices.write"
	CanIssue         access.Permission = "invoicing.invoices.issue"
	CanReview        access.Permission = "invoicing.invoices.review"
	CanWritePayments access.Permission = "invoicing.payments.write"
	CanReadSettings  access.Permission = "invoicing.settings.read"
	CanWriteSettings access.Permission = "invoicing.settings.write"
)

// Defaults are what the agency's profile says.
type Defaults struct {
	LegalName string
	Currency  string
	TimeZone  string
	Locale    string
	Colour    string
	LogoKey   string
}

// Settings answers the agency's profile.
type Settings interface {
	DefaultsTx(ctx context.Context, tx *tenancy.Tx) (Defaults, error)
}

// Plan tells whether what the agency pays for holds more than one legal entity; app answers it.
type Plan interface {
	SeveralEntities(ctx context.Context) error
}

// Client is whom a document goes to.
type Client struct {
	ID        string
	Name      string
	Address   []string
	Postal    Address
	TaxID     string
	Currency  string // empty: the entity's
	TermsDays *int   // nil: the entity's
	Format    Format // in which it wants its documents
	Language  string // empty: the entity's
	EntityID  string // that invoices them; empty: the default one
}

// Recipient is somebody whom invoices are mailed to.
type Recipient struct {
	Name  string
	Email string
}

// Clients answers who a client is.
type Clients interface {
	ClientTx(ctx context.Context, tx *tenancy.Tx, id string) (Client, error) // not found
	ClientsTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]Client, error)
	BillingTx(ctx context.Context, tx *tenancy.Tx, clientIDs []string) (map[string][]Recipient, error) // who get their invoices
}

// TimeEntry is approved, billable time that is on no invoice.
type TimeEntry struct {
	ID          string
	MemberID    string
	ClientID    string
	ProjectID   string
	ProjectName string
	TaskID      string
	TaskName    string
	ServiceName string
	TaxRateID   string // of the service; empty for the agency's default
	Day         day.Date
	RawSeconds  int64            // as logged
	Seconds     int64            // as billed, by the rounding rule
	Rate        *decimal.Decimal // per hour; nil: no rate was found
	Currency    string
	Note        string
	Parts       []TimePart // what counts by different multipliers; none: all of it counts once
	Settled     bool       // with a retainer, which leaves these seconds: they are rounded no more
}

// TimePart is so much of an entry's seconds as counts by one multiplier and has one price.
type TimePart struct {
	Kind       rates.HourKind
	RawSeconds int64 // as logged
	Seconds    int64
	Factor     decimal.Decimal

	// Of a rate with tiers.
	PerHour    *decimal.Decimal // before the multiplier; nil: the entry's rate
	Per        rates.Per        // over which days hours are counted
	UpTo, Over int64            // seconds of that count: where the first hours end, or where the tier begins
}

// ToBill counts a client's billable time that is on no invoice.
type ToBill struct {
	Approved int
	Open     int // not approved yet
}

// TimeQuery says which time is wanted.
type TimeQuery struct {
	ClientID   string
	ClientIDs  []string // those alone
	ProjectIDs []string
	From, To   day.Date
}

// Periods are closed for everybody, or for what a legal entity invoices.
type Periods interface {
	// OpenForTx refuses a day that is in a closed period, which cannot close before the end of tx.
	OpenForTx(ctx context.Context, tx *tenancy.Tx, entityID string, on day.Date, field string) error
	// MovesTx refuses that what one legal entity invoices goes over to another, where closed time would be open again.
	MovesTx(ctx context.Context, tx *tenancy.Tx, from, to, field string) error
}

// Time answers what is unbilled and is told what was billed.
type Time interface {
	UnbilledTx(ctx context.Context, tx *tenancy.Tx, q TimeQuery) ([]TimeEntry, error)
	ToBillTx(ctx context.Context, tx *tenancy.Tx, q TimeQuery) (map[string]ToBill, error)        // by client
	MarkBilledTx(ctx context.Context, tx *tenancy.Tx, entryIDs []string, invoiceID string) error // billed already
	ReleaseBilledTx(ctx context.Context, tx *tenancy.Tx, invoiceID string) error
	RoundingTx(ctx context.Context, tx *tenancy.Tx) (*timesheets.Rounding, error)                        // of what an invoice rounds together; nil: nothing
	RoundBilledTx(ctx context.Context, tx *tenancy.Tx, invoiceID string, seconds map[string]int64) error // by entry
	EntriesTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]TimeEntry, error)           // what people said about them
}

// Fees answers what was agreed for projects whatever the hours, and is told
// what is put on documents. *fees.Service answers it.
type Fees interface {
	// BillTx takes what was picked for a document; its field paths are those of body.fees.
	BillTx(ctx context.Context, tx *tenancy.Tx, documentID string, picks []fees.Pick, on day.Date) ([]fees.Line, error)
	DueTx(ctx context.Context, tx *tenancy.Tx, clientID string, projectIDs []string, on day.Date) ([]fees.Due, error)
	DueOfTx(ctx context.Context, tx *tenancy.Tx, clientIDs []string, on day.Date) ([]fees.Due, error) // no ids: of all clients
	CoveredTx(ctx context.Context, tx *tenancy.Tx, projectIDs []string) (fees.Coverage, error)
	ProgressTx(ctx context.Context, tx *tenancy.Tx, documentID string, drafts fees.Drafts) ([]fees.Progress, error)
	AgainTx(ctx context.Context, tx *tenancy.Tx, documentID string, sourceIDs []string) ([]string, error)
	HeldOfTx(ctx context.Context, tx *tenancy.Tx, sourceIDs []string) (map[string]string, error)
	GiveBackTx(ctx context.Context, tx *tenancy.Tx, documentID string, back []fees.Return) error
}

// Members answers how members are called, and who reviews.
type Members interface {
	NamesTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]string, error)
	ReviewersTx(ctx context.Context, tx *tenancy.Tx) ([]string, error) // those who are active and may
}

// Projects answers how projects are called, and the phases that tasks are in.
type Projects interface {
	ProjectNamesTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]string, error)
	PhaseNamesTx(ctx context.Context, tx *tenancy.Tx, taskIDs []string) (map[string]string, error) // by task: the topmost one above it, or itself
}

// Renderer makes the PDF of a document. The same document gives the same bytes.
type Renderer interface {
	Render(doc Document, logo []byte) ([]byte, error)
	RenderStatement(s Statement) ([]byte, error)
	// Embed puts the data of an e-invoice into a rendered document.
	Embed(doc Document, pdf, data []byte) ([]byte, error)
}

// Images keeps logos.
type Images interface {
	// PutLogo refuses what is no PNG, JPEG or WebP of a sensible size.
	PutLogo(ctx context.Context, agencyID string, r io.Reader) (key string, err error)
}

// Files keeps documents byte for byte.
type Files interface {
	Put(ctx context.Context, key, contentType string, r io.Reader, size int64) error
	Read(ctx context.Context, key string) ([]byte, error)
}

// File is a document as it is handed out.
type File struct {
	Name        string
	ContentType string
	Bytes       []byte
}

// Mail is a message with the document attached.
type Mail struct {
	Key      string // a repeated send of one key is one mail
	To       []Recipient
	ReplyTo  string
	FromName string
	Subject  string
	Text     string
	Files    []File
}

// Notices writes letters to members.
type Notices interface {
	Tell(ctx context.Context, n projects.Notice) error
}

// Mailer sends mail.
type Mailer interface {
	Send(ctx context.Context, m Mail) error
}

// PayLinks answers where a client pays an invoice on line: nowhere where the agency does not offer it.
type PayLinks interface {
	PayLinkTx(ctx context.Context, tx *tenancy.Tx, i Invoice) (url string, err error)
}

// Publisher announces events; event.Bus is one.
type Publisher interface {
	Publish(ctx context.Context, tx job.Tx, e event.Event) error
}

// Queue takes jobs; job.Queue is one.
type Queue interface {
	Enqueue(ctx context.Context, tx job.Tx, all ...job.Args) error
	EnqueueAt(ctx context.Context, tx job.Tx, at time.Time, all ...job.Args) error
}

// Store keeps what this module owns. Its one implementation is invoicingdb.
type Store interface {
	Entities(ctx context.Context, tx *tenancy.Tx) ([]LegalEntity, error)
	Entity(ctx context.Context, tx *tenancy.Tx, id string) (LegalEntity, error) // ErrEntityNotFound
	AddEntity(ctx context.Context, tx *tenancy.Tx, e LegalEntity) error
	SaveEntity(ctx context.Context, tx *tenancy.Tx, e LegalEntity) error // ErrStale
	ClearDefaultEntity(ctx context.Context, tx *tenancy.Tx) error

	TaxRates(ctx context.Context, tx *tenancy.Tx) ([]TaxRate, error)
	TaxRate(ctx context.Context, tx *tenancy.Tx, id string) (TaxRate, error) // ErrTaxRateNotFound
	AddTaxRate(ctx context.Context, tx *tenancy.Tx, r TaxRate) error         // ErrTaxNameTaken
	SaveTaxRate(ctx context.Context, tx *tenancy.Tx, r TaxRate) error        // ErrTaxNameTaken, ErrStale

	// NextNumber takes the next number of a series and holds its row until
	// the transaction ends. ErrDateBackwards.
	NextNumber(ctx context.Context, tx *tenancy.Tx, s Series, on day.Date) (int, error)
	// LastNumber tells how far a series is, for showing what comes next.
	LastNumber(ctx context.Context, tx *tenancy.Tx, s Series) (int, error)

	Invoice(ctx context.Context, tx *tenancy.Tx, id string) (Invoice, error)       // ErrNotFound
	LockedInvoice(ctx context.Context, tx *tenancy.Tx, id string) (Invoice, error) // ErrNotFound; held until the end
	Drafts(ctx context.Context, tx *tenancy.Tx, ids []string) ([]string, error)    // those of them that are drafts
	AddInvoice(ctx context.Context, tx *tenancy.Tx, i Invoice) error
	SaveDraft(ctx context.Context, tx *tenancy.Tx, i Invoice) error // ErrStale; head and lines
	RemoveDraft(ctx context.Context, tx *tenancy.Tx, id string) error
	MarkIssued(ctx context.Context, tx *tenancy.Tx, i Invoice) error // ErrNumberTaken
	MarkVoid(ctx context.Context, tx *tenancy.Tx, i Invoice) error
	// SetReview writes what was said about this version of a draft. ErrStale.
	SetReview(ctx context.Context, tx *tenancy.Tx, i Invoice) error
	ReviewSettings(ctx context.Context, tx *tenancy.Tx, hold bool) (ReviewSettings, error)
	PutReviewSettings(ctx context.Context, tx *tenancy.Tx, r ReviewSettings) error
	// CreditWorked adds to what credit notes took back of time entries.
	CreditWorked(ctx context.Context, tx *tenancy.Tx, all []TakenBack) error
	Realised(ctx context.Context, tx *tenancy.Tx, f RealisationFilter) ([]Realised, error) // limit+1 of them
	RealisedTotals(ctx context.Context, tx *tenancy.Tx, f RealisationFilter) ([]Realised, error)
	// CurrenciesOf tells in which currencies documents are, those that exist.
	CurrenciesOf(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]string, error)
	// SetSettled writes how much of an invoice is paid and credited. ErrOverpaid.
	SetSettled(ctx context.Context, tx *tenancy.Tx, i Invoice) error
	// CreditedLines is how much of each line credit notes took back so far.
	CreditedLines(ctx context.Context, tx *tenancy.Tx, i Invoice) (map[string]money.Money, error)
	CreditedBase(ctx context.Context, tx *tenancy.Tx, i Invoice) (Sums, error)
	CreditedTotal(ctx context.Context, tx *tenancy.Tx, i Invoice) (money.Money, error)
	TakenTaxes(ctx context.Context, tx *tenancy.Tx, i Invoice) ([]calc.TaxAmount, error) // never nil
	// KeepPDF notes where a document is kept, and tells which one stands: the first.
	KeepPDF(ctx context.Context, tx *tenancy.Tx, invoiceID, key, hash string) (firstKey, firstHash string, err error)
	// KeepFile does the same for a form beside the PDF; KeptFile finds it, or else no key.
	KeepFile(ctx context.Context, tx *tenancy.Tx, invoiceID string, f Format, key, hash string) (firstKey, firstHash string, err error)
	KeptFile(ctx context.Context, tx *tenancy.Tx, invoiceID string, f Format) (key, hash string, err error)
	FreeSources(ctx context.Context, tx *tenancy.Tx, invoiceID string, but SourceKind) error
	// Statement reads what a client owed at the end of a day, currency by currency.
	Statement(ctx context.Context, tx *tenancy.Tx, clientID string, from, to day.Date, zone string) ([]StatementOf, error)
	DepositIDs(ctx context.Context, tx *tenancy.Tx, clientID string) ([]string, error)
	DropDeductions(ctx context.Context, tx *tenancy.Tx, invoiceID string) error
	AddDeductions(ctx context.Context, tx *tenancy.Tx, invoiceID string, all []Deduction) error
	ReleaseDeductions(ctx context.Context, tx *tenancy.Tx, invoiceID string, at time.Time) error
	// SetPayable writes what a draft deducts and rounds.
	SetPayable(ctx context.Context, tx *tenancy.Tx, i Invoice) error
	FreeLines(ctx context.Context, tx *tenancy.Tx, lineIDs []string) error

	List(ctx context.Context, tx *tenancy.Tx, f Filter) ([]Summary, error)
	Overview(ctx context.Context, tx *tenancy.Tx, f Filter) (Overview, error)

	AddSend(ctx context.Context, tx *tenancy.Tx, s Sending) error
	Sending(ctx context.Context, tx *tenancy.Tx, id string) (Sending, error)
	Sendings(ctx context.Context, tx *tenancy.Tx, invoiceID string) ([]Sending, error)
	MarkSent(ctx context.Context, tx *tenancy.Tx, s Sending) error

	// AddStatementSend tells whether it was added: of those in bulk there is one a client and day.
	AddStatementSend(ctx context.Context, tx *tenancy.Tx, s StatementSending) (added bool, err error)
	StatementSend(ctx context.Context, tx *tenancy.Tx, id string) (StatementSending, error) // ErrNotFound
	// MarkSendFailed and MarkStatementFailed note that a mail could not be delivered. False: it was noted before, or it was sent.
	MarkSendFailed(ctx context.Context, tx *tenancy.Tx, s Sending) (bool, error)
	MarkStatementFailed(ctx context.Context, tx *tenancy.Tx, s StatementSending) (bool, error)
	// QueueSendAgain and QueueStatementAgain forget that. False: it could be delivered, or is on its way.
	QueueSendAgain(ctx context.Context, tx *tenancy.Tx, id, by string, at time.Time) (bool, error)
	QueueStatementAgain(ctx context.Context, tx *tenancy.Tx, id, by string, at time.Time) (bool, error) // ErrStatementMailed
	// StatementSends are the latest mails with a client's statement, the newest first.
	StatementSends(ctx context.Context, tx *tenancy.Tx, clientID string, limit int) ([]StatementSending, error)
	StatementSendsByIDs(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]StatementSending, error)
	// StatementMailed tells which clients a statement to a day was mailed to; of all clients for no ids.
	StatementMailed(ctx context.Context, tx *tenancy.Tx, to day.Date, clientIDs []string) (map[string]bool, error)
	MarkStatementSent(ctx context.Context, tx *tenancy.Tx, id string, at time.Time) error
	// Balances are what clients owed at the end of a day, and whether anything moved in the days; of all clients for no ids.
	Balances(ctx context.Context, tx *tenancy.Tx, days day.Range, clientIDs []string, zone string) ([]Balance, error)

	// ReminderPolicy finds the policy of a client, or the agency's for no client; nil where there is none.
	ReminderPolicy(ctx context.Context, tx *tenancy.Tx, clientID string, hold bool) (*ReminderPolicy, error)
	ReminderPolicies(ctx context.Context, tx *tenancy.Tx) (map[string]ReminderPolicy, error)
	PutReminderPolicy(ctx context.Context, tx *tenancy.Tx, p ReminderPolicy) error
	DropReminderPolicy(ctx context.Context, tx *tenancy.Tx, clientID string) error
	Remindable(ctx context.Context, tx *tenancy.Tx, from, to day.Date, after string, limit int) ([]Remindable, error)
	// TakeReminder tells whether the step was not taken before.
	TakeReminder(ctx context.Context, tx *tenancy.Tx, invoiceID string, r Reminder) (first bool, err error)
	SettleReminder(ctx context.Context, tx *tenancy.Tx, sendingID string) error
	PauseReminders(ctx context.Context, tx *tenancy.Tx, invoiceID string, at *time.Time, reason string) error
	Reminding(ctx context.Context, tx *tenancy.Tx, invoiceID string) (Reminding, error)

	LateCharges(ctx context.Context, tx *tenancy.Tx, invoiceIDs ...string) ([]LateCharge, error)
	// Settlings are what lowered the balances of invoices, by their ids.
	Settlings(ctx context.Context, tx *tenancy.Tx, invoiceIDs ...string) (map[string][]Settling, error)
	// Letters are the steps of the ladder that were taken, by invoice.
	Letters(ctx context.Context, tx *tenancy.Tx, invoiceIDs []string) (map[string][]Reminder, error)
	// Overdue reads invoices that were not paid in time, the oldest first, without what late payment costs.
	Overdue(ctx context.Context, tx *tenancy.Tx, f LateFilter) ([]Overdue, error)
	// Unknown are those of the ids that no invoice has.
	Unknown(ctx context.Context, tx *tenancy.Tx, ids []string) ([]string, error)
	AddLateCharges(ctx context.Context, tx *tenancy.Tx, all []LateCharge) error // ErrNothingLate
	FreeLate(ctx context.Context, tx *tenancy.Tx, documentID string, ids []string, at time.Time) error
	MoveLate(ctx context.Context, tx *tenancy.Tx, documentID string, ids []string) error
	UnwaiveLate(ctx context.Context, tx *tenancy.Tx, invoiceID string, at time.Time) (int64, error)

	Rates(ctx context.Context, tx *tenancy.Tx, f RateFilter) ([]ExchangeRate, error)
	// RateOn finds the latest rate of a day or before it that is not older than so many days, or none.
	RateOn(ctx context.Context, tx *tenancy.Tx, currency, base string, on day.Date, maxAge int) (*calc.Rate, error)
	PutRate(ctx context.Context, tx *tenancy.Tx, r ExchangeRate) (ExchangeRate, error)
	DropRate(ctx context.Context, tx *tenancy.Tx, id string) (ExchangeRate, error) // ErrRateNotFound

	CurrencyReport(ctx context.Context, tx *tenancy.Tx, from, to day.Date, zone string) (CurrencyReport, error)
	OpenForeign(ctx context.Context, tx *tenancy.Tx, on day.Date, zone string, limit int) ([]OpenForeign, error)
	AddRevaluation(ctx context.Context, tx *tenancy.Tx, r Revaluation) error // ErrRevalued
	Revaluations(ctx context.Context, tx *tenancy.Tx, p page.Query) ([]Revaluation, error)
	DropRevaluation(ctx context.Context, tx *tenancy.Tx, id string) (Revaluation, error) // ErrRevaluationNotFound

	AddPayment(ctx context.Context, tx *tenancy.Tx, p Payment) error               // ErrReceived
	LockedPayment(ctx context.Context, tx *tenancy.Tx, id string) (Payment, error) // ErrPaymentNotFound
	AddAllocation(ctx context.Context, tx *tenancy.Tx, a Allocation) error
	UndoAllocation(ctx context.Context, tx *tenancy.Tx, a Allocation) error
	VoidPayment(ctx context.Context, tx *tenancy.Tx, p Payment) error
	AddRefund(ctx context.Context, tx *tenancy.Tx, r Refund) error
	UndoRefund(ctx context.Context, tx *tenancy.Tx, r Refund) error
	AddWriteOff(ctx context.Context, tx *tenancy.Tx, w WriteOff) error
	WriteOff(ctx context.Context, tx *tenancy.Tx, i Invoice, id string) (WriteOff, error)    // ErrWriteOffNotFound
	WriteOffOn(ctx context.Context, tx *tenancy.Tx, id string) (invoiceID string, err error) // ErrWriteOffNotFound
	WriteOffs(ctx context.Context, tx *tenancy.Tx, i Invoice) ([]WriteOff, error)
	UndoWriteOff(ctx context.Context, tx *tenancy.Tx, w WriteOff) error
	Payments(ctx context.Context, tx *tenancy.Tx, f PaymentFilter) ([]Payment, error)
	Credit(ctx context.Context, tx *tenancy.Tx, clientID string) ([]money.Money, error)
}
