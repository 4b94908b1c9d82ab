package fees

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/tenancy"
)

// Permissions of this module.
const (
	CanRead   access.Permission = "fees.fees.read"
	CanWrite  access.Permission = "fees.fees.write"
	CanAccept access.Permission = "fees.milestones.accept"
)

// Projects is the part of the projects module that fees ask.
type Projects interface {
	ProjectTx(ctx context.Context, tx *tenancy.Tx, id string) (projects.Project, error) // projects.ErrNotFound
	ProjectsByIDsTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]projects.Project, error)
	TasksByIDsTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]projects.Task, error)
	TasksUnderTx(ctx context.Context, tx *tenancy.Tx, ids []string) ([]string, error) // they and all below them
}

// Publisher tells the rest of the house what happened.
type Publisher interface {
	Publish(ctx context.Context, tx job.Tx, e event.Event) error
}

// Jobs does work later, if the transaction commits.
type Jobs interface {
	Enqueue(ctx context.Context, tx job.Tx, jobs ...job.Args) error
}

// Notices writes letters. A member or a contact who has left gets none.
type Notices interface {
	Tell(ctx context.Context, n Notice) error
	// Language is the one in which a contact is written to: that of the client's documents. Empty: there is no such contact.
	Language(ctx context.Context, contactID string) (string, error)
}

// Notice is a letter to one member, or to one contact.
type Notice struct {
	Key        string // the same for a repeat of the same letter
	MemberID   string
	ContactID  string
	Language   string // of a letter to a contact; those to members are English
	Subject    string
	Paragraphs []string
	Action     string // what its button says
	Path       string // and where it leads, in the agency
}

// Filter says which fees are wanted. Zero fields do not narrow.
type Filter struct {
	ProjectIDs []string
	ClientID   string
	ClientIDs  []string
	Archived   bool // those instead of the others
	Open       bool // only those of which something is left
	All        bool // no page
	Page       page.Query
}

// EntryKind says what a row of the ledger, and the line that it is on, stands for.
type EntryKind string

// The kinds of rows. Together they are what was invoiced of a fee.
const (
	OfBilled   EntryKind = "billed"   // a part of the contract
	OfHeld     EntryKind = "held"     // what the client retains of it; less than zero
	OfReleased EntryKind = "released" // what it retained and is invoiced at the end
)

// Entry is a row of the ledger.
type Entry struct {
	ID         string
	FeeID      string
	PartID     string // of ByPercent: empty
	SourceID   string // the row that was billed; its own id for that one
	Kind       EntryKind
	HeldOf     string // of what is held: the row that it is held of
	DocumentID string
	Amount     money.Money      // less than zero where it came back
	Percent    *decimal.Decimal // up to which it billed
	At         time.Time
}

// OnDocument is what of a fee one document bills.
type OnDocument struct {
	FeeID, DocumentID      string
	Billed, Held, Released int64 // what is held is less than zero
}

// Sum is what of the document the fee comes to.
func (d OnDocument) Sum() int64 { return d.Billed + d.Held + d.Released }

// Drafts tells which of some documents are drafts: what is on them is not invoiced yet. Whoever makes documents knows.
type Drafts func(ctx context.Context, tx *tenancy.Tx, documentIDs []string) ([]string, error)

// Store keeps fees. Its one implementation is feesdb.
type Store interface {
	Fees(ctx context.Context, tx *tenancy.Tx, f Filter) ([]Fee, error)      // limit+1 of them
	ByIDs(ctx context.Context, tx *tenancy.Tx, ids []string) ([]Fee, error) // those that exist
	Locked(ctx context.Context, tx *tenancy.Tx, id string) (Fee, error)     // ErrNotFound; held until the end
	Add(ctx context.Context, tx *tenancy.Tx, f Fee) error
	Save(ctx context.Context, tx *tenancy.Tx, f Fee) error                      // ErrStale; the version that was read goes in
	AddRound(ctx context.Context, tx *tenancy.Tx, partID string, r Round) error // ErrChangesAsked
	AnswerRound(ctx context.Context, tx *tenancy.Tx, r Round) error
	RoundFailed(ctx context.Context, tx *tenancy.Tx, id string, at time.Time, why string) (bool, error) // false: it had
	RoundQueued(ctx context.Context, tx *tenancy.Tx, id string) error
	AddOrder(ctx context.Context, tx *tenancy.Tx, feeID string, o Order) error
	FeeOfPart(ctx context.Context, tx *tenancy.Tx, partID string) (string, error) // ErrPartNotFound
	Take(ctx context.Context, tx *tenancy.Tx, all []Entry) error                  // adds rows and keeps the sums; ErrReleased
	Entries(ctx context.Context, tx *tenancy.Tx, ids []string) ([]Entry, error)   // by id, in its order
	// OnDocuments adds up the ledgers of the fees that are on a document, one row for each fee and each document that it is on.
	OnDocuments(ctx context.Context, tx *tenancy.Tx, documentID string) ([]OnDocument, error)
}

// Pick says what of a fee goes on a document: a part of it, what is done up to
// a percentage, or an amount; or all that is retained of it. None of them: all
// that may be billed now.
type Pick struct {
	FeeID   string
	Release bool
	PartID  string
	Percent *decimal.Decimal
	Amount  *money.Money
}

// Line is what was taken of a fee for a document.
type Line struct {
	SourceID    string
	Kind        EntryKind
	Percent     decimal.Decimal // of what is held
	UpTo        *Done           // how far a fee by percent is billed with it
	ProjectID   string
	ClientID    string
	Description string
	Amount      money.Money
}

// Done is how much of a contract is done.
type Done struct {
	Percent  decimal.Decimal
	Contract money.Money
}

// Coverage names the projects and tasks whose time is paid for by fees.
type Coverage struct{ Projects, Tasks map[string]bool }

// Progress is how far a fee is billed, seen from one document. What is on drafts, but for that document itself, is left.
type Progress struct {
	Name                         string
	Contract, Before, This, Left money.Money
	Retained                     money.Money // of it, and not invoiced yet
}

// Return says how much of a billed row comes back: Before of Of had come back
// already, After of Of has now.
type Return struct {
	SourceID          string
	Before, After, Of int64
}
