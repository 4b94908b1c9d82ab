package expenses

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
)

// Faults of expenses.
var (
	ErrNotFound   = fault.Define(fault.NotFound, "expenses.not_found", "This expense does not exist.")
	ErrBadExpense = fault.Define(fault.Invalid, "expenses.bad_expense", "This expense cannot be saved as it is.")
	ErrIncomplete = fault.Define(fault.Invalid, "expenses.incomplete", "This expense is not complete yet.")
	ErrPolicy     = fault.Define(fault.Invalid, "expenses.against_policy", "The agency's policy refuses this expense.")
	ErrStale      = fault.Define(fault.Precondition, "request.stale", "This was changed meanwhile. Load it again and repeat your change.")
	ErrNotYours   = fault.Define(fault.Forbidden, "expenses.not_yours", "Only the person who spent the money can do this.")
	ErrNotOpen    = fault.Define(fault.Conflict, "expenses.not_open", "An expense that is submitted or approved does not change. Take it back, or have it sent back, first.")
	ErrWrongState = fault.Define(fault.Conflict, "expenses.wrong_state", "In its present state this cannot be done with the expense.")
	ErrOwn        = fault.Define(fault.Forbidden, "expenses.own_expense", "Nobody approves their own expenses. Ask another approver.")
	ErrOwnReason  = fault.Define(fault.Invalid, "expenses.own_reason", "You are the only one who can approve this. Say why; it stays on record.").
			At("body.own_reason", "is required")
	ErrNoReason = fault.Define(fault.Invalid, "expenses.no_reason", "Say why the expense goes back.").At("body.reason", "is required")
	ErrSettled  = fault.Define(fault.Conflict, "expenses.settled", "This expense is paid back or billed. Undo that first.")
)

// Kind says how an expense comes about.
type Kind string

// The kinds of expenses.
const (
	ByReceipt Kind = "receipt"
	ByMileage Kind = "mileage"
	ByPerDiem Kind = "per_diem"
)

// State is how far an expense has been decided on.
type State string

// The states of an expense. Whether it is paid back and billed is kept apart.
const (
	Draft     State = "draft"
	Submitted State = "submitted"
	Approved  State = "approved"
	Rejected  State = "rejected"
)

// Expense is money that a member spent for the agency, on a work date.
type Expense struct {
	ID       string
	MemberID string
	Kind     Kind
	Day      day.Date
	Merchant string
	Note     string

	CategoryID, CategoryName, AccountCode string
	ClientID, ClientName                  string
	ProjectID, ProjectCode, ProjectName   string

	Gross      money.Money     // what was paid, with the tax in it
	TaxPercent decimal.Decimal // of that tax
	Tax        money.Money
	TaxByHand  bool         // the receipt says another amount than the percentage comes to
	Exchange   *Exchange    // nil where Gross is in the agency's currency, or no rate is known yet
	Base       *money.Money // Gross in the agency's currency; nil without a rate
	Rounding   money.Mode
	Allowance  *Allowance // of mileage and per diem

	Billable      bool
	MarkupPercent decimal.Decimal
	MarkupFrom    MarkupSource // empty: from nowhere, or saved before it was noted
	Reimbursable  bool         // the member paid, not the agency
	Reimbursed    *Reimbursement
	InvoiceID     string

	Findings []Finding
	Receipts []Receipt

	State           State
	SubmittedAt     *time.Time
	DecidedAt       *time.Time
	DecidedBy       string
	DecidedVersion  int
	RejectReason    string
	ExceptionReason string
	CreatedAt       time.Time
	UpdatedAt       time.Time
	Version         int
}

// Exchange is the rate by which an amount became one of the agency's: 1 of the
// foreign currency is Rate of the agency's. It is never turned round.
type Exchange struct {
	Rate   decimal.Decimal
	On     day.Date
	Source string
}

// Where a rate came from.
const (
	RateByHand = "hand" // typed in
	RateByLast = "last" // the one last used for the currency
)

// Reimbursement is the day on which a member was paid back.
type Reimbursement struct {
	On        day.Date
	Reference string
	By        string
}

// Editable tells whether its own member may still change the expense.
func (e Expense) Editable() bool { return e.State == Draft || e.State == Rejected }

// Settled tells whether money has moved because of the expense.
func (e Expense) Settled() bool { return e.Reimbursed != nil || e.InvoiceID != "" }

// Net is what was paid without the tax.
func (e Expense) Net() money.Money { return e.Gross.Sub(e.Tax) }

// Owed tells whether the member is still to be paid back.
func (e Expense) Owed() bool { return e.State == Approved && e.Reimbursable && e.Reimbursed == nil }

// Unbilled tells whether the client can be billed for it.
func (e Expense) Unbilled() bool { return e.State == Approved && e.Billable && e.InvoiceID == "" }

// label names the expense for people.
func (e Expense) label() string {
	parts := slices.DeleteFunc([]string{e.CategoryName, e.Merchant}, func(s string) bool { return s == "" })
	label := e.Day.String()
	for _, p := range parts {
		label += " · " + p
	}
	return label
}

// Text describes the expense on an invoice: what for and where. When it was is said in the language of the document.
func (e Expense) Text() string {
	text := e.CategoryName
	switch {
	case e.Kind == ByMileage:
		text += " · " + e.Allowance.Distance.String() + " " + e.Allowance.Unit
		if e.Allowance.Start != "" && e.Allowance.End != "" {
			text += ", " + e.Allowance.Start + " – " + e.Allowance.End
		}
	case e.Merchant != "":
		text += " · " + e.Merchant
	}
	return text
}

// expenseRecord is what the audit log keeps of an expense.
type expenseRecord struct {
	Member     string          `json:"member_id"`
	Kind       Kind            `json:"kind"`
	Day        day.Date        `json:"day"`
	Category   string          `json:"category_id,omitempty"`
	Project    string          `json:"project_id,omitempty"`
	Merchant   string          `json:"merchant"`
	Note       string          `json:"note"`
	Gross      money.Money     `json:"gross"`
	Tax        money.Money     `json:"tax"`
	Base       *money.Money    `json:"base,omitempty"`
	Rate       string          `json:"exchange_rate,omitempty"`
	Allowance  *Allowance      `json:"allowance,omitempty"`
	Billable   bool            `json:"billable"`
	Markup     decimal.Decimal `json:"markup_percent"`
	MarkupFrom MarkupSource    `json:"markup_source,omitempty"`
	Own        bool            `json:"reimbursable"`
	Reimbursed *Reimbursement  `json:"reimbursed,omitempty"`
	State      State           `json:"state"`
	Reason     string          `json:"reason,omitempty"`
}

func record(e Expense) expenseRecord {
	r := expenseRecord{
		Member: e.MemberID, Kind: e.Kind, Day: e.Day, Category: e.CategoryID, Project: e.ProjectID, Merchant: e.Merchant, Note: e.Note,
		Gross: e.Gross, Tax: e.Tax, Base: e.Base, Allowance: e.Allowance, Billable: e.Billable, Markup: e.MarkupPercent, MarkupFrom: e.MarkupFrom, Own: e.Reimbursable,
		Reimbursed: e.Reimbursed, State: e.State, Reason: e.RejectReason,
	}
	if e.Exchange != nil {
		r.Rate = e.Exchange.Rate.String()
	}
	return r
}
