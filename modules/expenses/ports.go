package expenses

import (
	"context"
	"io"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// The permissions of this module.
const (
	WriteOwn      access.Permission = "expenses.expenses.write"
	ReadAll       access.Permission = "expenses.expenses.read_all"
	CanApprove    access.Permission = "expenses.expenses.approve"
	CanReimburse  access.Permission = "expenses.reimbursements.write"
	WriteSettings access.Permission = "expenses.settings.write"
)

// Store keeps what this module owns. Its one implementation is expensesdb.
type Store interface {
	Categories(ctx context.Context, tx *tenancy.Tx, archived bool) ([]Category, error)
	Category(ctx context.Context, tx *tenancy.Tx, id string) (Category, error) // ErrNoCategory
	CategoriesByIDs(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]Category, error)
	AddCategory(ctx context.Context, tx *tenancy.Tx, c Category) error  // ErrCategoryTaken
	SaveCategory(ctx context.Context, tx *tenancy.Tx, c Category) error // ErrCategoryTaken, ErrStale

	Policies(ctx context.Context, tx *tenancy.Tx) ([]Policy, error)
	Policy(ctx context.Context, tx *tenancy.Tx, id string) (Policy, error) // ErrNoPolicy
	// PolicyFor is the category's own policy, or the one for all; nil without either.
	PolicyFor(ctx context.Context, tx *tenancy.Tx, categoryID string) (*Policy, error)
	AddPolicy(ctx context.Context, tx *tenancy.Tx, p Policy) error  // ErrPolicyTaken
	SavePolicy(ctx context.Context, tx *tenancy.Tx, p Policy) error // ErrStale
	RemovePolicy(ctx context.Context, tx *tenancy.Tx, id string) error

	Markups(ctx context.Context, tx *tenancy.Tx) ([]Markup, error)
	Markup(ctx context.Context, tx *tenancy.Tx, id string) (Markup, error) // ErrNoMarkup
	// MarkupFor is the client's own; nil without one.
	MarkupFor(ctx context.Context, tx *tenancy.Tx, clientID string) (*Markup, error)
	AddMarkup(ctx context.Context, tx *tenancy.Tx, m Markup) error  // ErrMarkupTaken
	SaveMarkup(ctx context.Context, tx *tenancy.Tx, m Markup) error // ErrStale
	RemoveMarkup(ctx context.Context, tx *tenancy.Tx, id string) error

	Rates(ctx context.Context, tx *tenancy.Tx) ([]AllowanceRate, error)
	RatesNamed(ctx context.Context, tx *tenancy.Tx, k Kind, name string) ([]AllowanceRate, error)
	Rate(ctx context.Context, tx *tenancy.Tx, id string) (AllowanceRate, error) // ErrNoRate
	AddRate(ctx context.Context, tx *tenancy.Tx, r AllowanceRate) error         // ErrOverlap
	SaveRate(ctx context.Context, tx *tenancy.Tx, r AllowanceRate) error        // ErrOverlap, ErrStale
	RemoveRate(ctx context.Context, tx *tenancy.Tx, id string, at time.Time) error

	Expense(ctx context.Context, tx *tenancy.Tx, id string) (Expense, error)       // ErrNotFound
	LockedExpense(ctx context.Context, tx *tenancy.Tx, id string) (Expense, error) // ErrNotFound; held until the end
	List(ctx context.Context, tx *tenancy.Tx, f Filter) ([]Expense, error)
	CountByClient(ctx context.Context, tx *tenancy.Tx, f Filter) (map[string]int, error)
	Sums(ctx context.Context, tx *tenancy.Tx, f Filter) ([]Sum, error)
	// SpentOn is what the member spent besides e on its day in its category.
	SpentOn(ctx context.Context, tx *tenancy.Tx, e Expense, currency string) (money.Money, error)
	// LastExchange is the rate that was last used from a currency to another; nil without one.
	LastExchange(ctx context.Context, tx *tenancy.Tx, from, to string) (*Exchange, error)
	Add(ctx context.Context, tx *tenancy.Tx, e Expense) error
	Save(ctx context.Context, tx *tenancy.Tx, e Expense) error // ErrStale
	Remove(ctx context.Context, tx *tenancy.Tx, e Expense) error

	// Reimburse writes the day on which approved expenses were paid back, or
	// takes it away again, and tells how many there were.
	Reimburse(ctx context.Context, tx *tenancy.Tx, ids []string, r Reimbursement, at time.Time) (int, error)
	Unreimburse(ctx context.Context, tx *tenancy.Tx, ids []string, at time.Time) (int, error)
	MarkBilled(ctx context.Context, tx *tenancy.Tx, ids []string, invoiceID string, at time.Time) (int, error)
	ReleaseBilled(ctx context.Context, tx *tenancy.Tx, ids []string, at time.Time) (int, error)

	ReceiptsOf(ctx context.Context, tx *tenancy.Tx, expenseIDs []string) ([]Receipt, error)
	AddReceipt(ctx context.Context, tx *tenancy.Tx, r Receipt) error
	RemoveReceipt(ctx context.Context, tx *tenancy.Tx, r Receipt) error
}

// House is what the agency has settled.
type House struct {
	Currency string
	Zone     *time.Location
	Rounding money.Mode
}

func (h House) today(now time.Time) day.Date { return day.Of(now, h.Zone) }

// Agency answers what the house has settled.
type Agency interface {
	HouseTx(ctx context.Context, tx *tenancy.Tx) (House, error)
	// OpenTx refuses when one of the days, as it is for the client, is in a closed period, at the field; the period cannot close before the end of tx.
	OpenTx(ctx context.Context, tx *tenancy.Tx, field string, dated ...Dated) error
}

// Project is what an expense may be spent on.
type Project struct {
	ID, Code, Name       string
	ClientID, ClientName string
	Billable, Open       bool
}

// Projects answers what expenses may be spent on.
type Projects interface {
	ProjectsTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]Project, error)
}

// Clients knows whom the agency works for.
type Clients interface {
	// ClientNamesTx names those of the clients that exist.
	ClientNamesTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]string, error)
}

// Team knows the other members.
type Team interface {
	// OtherApproversTx counts the active members besides memberID who may approve expenses.
	OtherApproversTx(ctx context.Context, tx *tenancy.Tx, memberID string) (int, error)
	NamesTx(ctx context.Context, tx *tenancy.Tx, memberIDs []string) (map[string]string, error)
}

// Taxes knows the tax rates of invoices.
type Taxes interface {
	IsTaxRateTx(ctx context.Context, tx *tenancy.Tx, id string) (bool, error)
}

// Files keeps receipts.
type Files interface {
	Put(ctx context.Context, key, contentType string, r io.Reader, size int64) error
	Read(ctx context.Context, key string) ([]byte, error)
	Delete(ctx context.Context, key string) error
}

// Publisher tells the rest of the house what happened.
type Publisher interface {
	Publish(ctx context.Context, tx job.Tx, e event.Event) error
}

// Dated is when something was spent, and for whose project; for nobody's when empty.
type Dated struct {
	Day       day.Date
	ProjectID string
}

func (e Expense) dated() Dated { return Dated{e.Day, e.ProjectID} }
