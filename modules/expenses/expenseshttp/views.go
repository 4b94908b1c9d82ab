package expenseshttp

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/expenses"
)

// ExpenseView is money that a member spent.
type ExpenseView struct {
	ID              string               `json:"id"`
	MemberID        string               `json:"member_id"`
	Kind            string               `json:"kind" enum:"receipt,mileage,per_diem"`
	Day             day.Date             `json:"day"`
	CategoryID      *string              `json:"category_id"`
	CategoryName    string               `json:"category_name"`
	AccountCode     string               `json:"account_code"`
	ClientID        *string              `json:"client_id"`
	ClientName      string               `json:"client_name"`
	ProjectID       *string              `json:"project_id"`
	ProjectCode     string               `json:"project_code"`
	ProjectName     string               `json:"project_name"`
	Merchant        string               `json:"merchant"`
	Note            string               `json:"note"`
	Gross           money.Money          `json:"gross" doc:"What was paid, with the tax in it"`
	TaxPercent      string               `json:"tax_percent"`
	Tax             money.Money          `json:"tax"`
	TaxByHand       bool                 `json:"tax_by_hand"`
	Net             money.Money          `json:"net"`
	ExchangeRate    *string              `json:"exchange_rate" doc:"1 of the expense's currency is so much of the agency's; frozen"`
	ExchangeSource  string               `json:"exchange_source" enum:"hand,last," doc:"last: the one last used for the currency"`
	ExchangeOn      *day.Date            `json:"exchange_on"`
	Base            *money.Money         `json:"base" doc:"In the agency's currency; null without a rate"`
	Billable        bool                 `json:"billable"`
	MarkupPercent   string               `json:"markup_percent"`
	MarkupSource    string               `json:"markup_source" enum:"expense,client,category," doc:"Where the markup is from: typed in, the client's or the category's; empty where nobody noted it"`
	Reimbursable    bool                 `json:"reimbursable" doc:"true: the member paid; false: the agency did"`
	Reimbursement   *ExpensePaidBack     `json:"reimbursement"`
	InvoiceID       *string              `json:"invoice_id"`
	Mileage         *ExpenseTripView     `json:"mileage"`
	PerDiem         *ExpenseStayView     `json:"per_diem"`
	Findings        []expenses.Finding   `json:"findings" doc:"What the policy has to say"`
	Receipts        []ExpenseReceiptView `json:"receipts"`
	State           string               `json:"state" enum:"draft,submitted,approved,rejected"`
	Billing         string               `json:"billing" enum:"none,open,billed" doc:"Apart from whether it is paid back"`
	Repayment       string               `json:"repayment" enum:"none,open,paid" doc:"Apart from whether it is billed"`
	RejectReason    string               `json:"reject_reason"`
	ExceptionReason string               `json:"exception_reason"`
	SubmittedAt     *time.Time           `json:"submitted_at"`
	DecidedAt       *time.Time           `json:"decided_at"`
	DecidedBy       *string              `json:"decided_by"`
	Editable        bool                 `json:"editable" doc:"By its own member"`
	CreatedAt       time.Time            `json:"created_at"`
	UpdatedAt       time.Time            `json:"updated_at"`
	Version         int                  `json:"version"`
}

// ExpensePaidBack says when a member was paid back.
type ExpensePaidBack struct {
	On        day.Date `json:"on"`
	Reference string   `json:"reference"`
}

// ExpenseTripView is how mileage came about.
type ExpenseTripView struct {
	Allowance string `json:"allowance"`
	Distance  string `json:"distance"`
	Unit      string `json:"unit" enum:"km,mi"`
	PerUnit   string `json:"per_unit" doc:"The rate on the work date, copied"`
	Start     string `json:"start"`
	End       string `json:"end"`
}

// ExpenseStayView is how per diem came about.
type ExpenseStayView struct {
	Allowance string           `json:"allowance"`
	Days      []ExpenseDayView `json:"days"`
}

// ExpenseDayView is a day away and what it is worth.
type ExpenseDayView struct {
	Day       day.Date    `json:"day"`
	Half      bool        `json:"half"`
	Breakfast bool        `json:"breakfast"`
	Lunch     bool        `json:"lunch"`
	Dinner    bool        `json:"dinner"`
	Worth     money.Money `json:"worth"`
}

// ExpenseReceiptView is a file that proves an expense.
type ExpenseReceiptView struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	ContentType string    `json:"content_type"`
	Size        int64     `json:"size"`
	Thumbnail   bool      `json:"thumbnail" doc:"Whether there is a small picture: ?small=true"`
	CreatedAt   time.Time `json:"created_at"`
}

func toExpense(e expenses.Expense) ExpenseView {
	v := ExpenseView{
		ID: e.ID, MemberID: e.MemberID, Kind: string(e.Kind), Day: e.Day, CategoryID: null(e.CategoryID), CategoryName: e.CategoryName, AccountCode: e.AccountCode,
		ClientID: null(e.ClientID), ClientName: e.ClientName, ProjectID: null(e.ProjectID), ProjectCode: e.ProjectCode, ProjectName: e.ProjectName,
		Merchant: e.Merchant, Note: e.Note, Gross: e.Gross, TaxPercent: e.TaxPercent.String(), Tax: e.Tax, TaxByHand: e.TaxByHand, Net: e.Net(), Base: e.Base,
		Billable: e.Billable, MarkupPercent: e.MarkupPercent.String(), MarkupSource: string(e.MarkupFrom), Reimbursable: e.Reimbursable, InvoiceID: null(e.InvoiceID), Findings: list(e.Findings),
		Receipts: []ExpenseReceiptView{}, State: string(e.State), Billing: "none", Repayment: "none", RejectReason: e.RejectReason, ExceptionReason: e.ExceptionReason,
		SubmittedAt: e.SubmittedAt, DecidedAt: e.DecidedAt, DecidedBy: null(e.DecidedBy), Editable: e.Editable(),
		CreatedAt: e.CreatedAt, UpdatedAt: e.UpdatedAt, Version: e.Version,
	}
	if x := e.Exchange; x != nil {
		rate, on := x.Rate.String(), x.On
		v.ExchangeRate, v.ExchangeOn, v.ExchangeSource = &rate, &on, x.Source
	}
	switch {
	case e.InvoiceID != "":
		v.Billing = "billed"
	case e.Unbilled():
		v.Billing = "open"
	}
	switch {
	case e.Reimbursed != nil:
		v.Repayment, v.Reimbursement = "paid", &ExpensePaidBack{e.Reimbursed.On, e.Reimbursed.Reference}
	case e.Owed():
		v.Repayment = "open"
	}
	v.takeAllowance(e)
	for _, r := range e.Receipts {
		v.Receipts = append(v.Receipts, ExpenseReceiptView{r.ID, r.Name, r.ContentType, r.Size, r.ThumbKey != "", r.CreatedAt})
	}
	return v
}

func (v *ExpenseView) takeAllowance(e expenses.Expense) {
	a := e.Allowance
	switch {
	case a == nil:
	case e.Kind == expenses.ByMileage:
		v.Mileage = &ExpenseTripView{a.Name, a.Distance.String(), a.Unit, a.PerUnit.String(), a.Start, a.End}
	default:
		v.PerDiem = &ExpenseStayView{Allowance: a.Name, Days: []ExpenseDayView{}}
		for _, d := range a.Days {
			v.PerDiem.Days = append(v.PerDiem.Days, ExpenseDayView{d.Day, d.Half, d.Breakfast, d.Lunch, d.Dinner, d.Amount})
		}
	}
}

// ExpenseInput is an expense as it is typed in. What is left out follows from
// the category, the project and the agency.
type ExpenseInput struct {
	Kind          string          `json:"kind" enum:"receipt,mileage,per_diem"`
	Day           *day.Date       `json:"day,omitempty" doc:"Today when left out; of per diem the first of days"`
	CategoryID    string          `json:"category_id" maxLength:"36" doc:"Empty in a draft that has none yet"`
	ProjectID     *string         `json:"project_id,omitempty" format:"uuid"`
	Merchant      string          `json:"merchant,omitempty" maxLength:"160"`
	Note          string          `json:"note,omitempty" maxLength:"2000"`
	Gross         string          `json:"gross" maxLength:"20" example:"11.90" doc:"Decimal, with the tax in it; empty where it is not known yet, and of mileage and per diem"`
	Currency      string          `json:"currency,omitempty" maxLength:"3" doc:"The agency's when left out"`
	TaxPercent    *string         `json:"tax_percent,omitempty" maxLength:"10" example:"19" doc:"The category's when left out"`
	Tax           *string         `json:"tax,omitempty" maxLength:"20" example:"1.90" doc:"As the receipt says it, instead of what the percentage comes to"`
	ExchangeRate  *string         `json:"exchange_rate,omitempty" maxLength:"25" example:"0.92" doc:"1 of the currency is so much of the agency's; the last one used when left out"`
	Billable      *bool           `json:"billable,omitempty"`
	MarkupPercent *string         `json:"markup_percent,omitempty" maxLength:"10" example:"10" doc:"The client's when left out, else the category's"`
	Reimbursable  *bool           `json:"reimbursable,omitempty" doc:"false: the agency paid"`
	Allowance     string          `json:"allowance,omitempty" maxLength:"80" doc:"The name of the rates, of mileage and per diem"`
	Distance      string          `json:"distance,omitempty" maxLength:"20" example:"12.5" doc:"Of mileage, in the unit of the rate"`
	Start         string          `json:"start,omitempty" maxLength:"160"`
	End           string          `json:"end,omitempty" maxLength:"160"`
	Days          []ExpenseDayOff `json:"days,omitempty" maxItems:"100" doc:"Of per diem, one after the other"`
}

// ExpenseDayOff is a day away, with the meals that somebody else paid.
type ExpenseDayOff struct {
	Day       day.Date `json:"day"`
	Half      bool     `json:"half,omitempty" doc:"Arrival or departure"`
	Breakfast bool     `json:"breakfast,omitempty"`
	Lunch     bool     `json:"lunch,omitempty"`
	Dinner    bool     `json:"dinner,omitempty"`
}

func (b ExpenseInput) entry() (expenses.Entry, error) {
	n := numbers{bad: expenses.ErrBadExpense}
	if b.CategoryID != "" && !id.Valid(b.CategoryID) {
		n.bad = n.bad.At("body.category_id", "is not an id")
	}
	e := expenses.Entry{
		Kind: expenses.Kind(b.Kind), CategoryID: b.CategoryID, ProjectID: text(b.ProjectID), Merchant: b.Merchant, Note: b.Note, Gross: b.Gross, Currency: b.Currency,
		TaxPercent: n.optional(b.TaxPercent, "body.tax_percent"), Tax: b.Tax, ExchangeRate: n.optional(b.ExchangeRate, "body.exchange_rate"),
		Billable: b.Billable, MarkupPercent: n.optional(b.MarkupPercent, "body.markup_percent"), Reimbursable: b.Reimbursable,
	}
	if b.Day != nil {
		e.Day = *b.Day
	}
	if e.Kind != expenses.ByReceipt {
		e.Allowance = &expenses.Allowance{Name: b.Allowance, Start: b.Start, End: b.End}
	}
	switch e.Kind {
	case expenses.ByMileage:
		e.Allowance.Distance = n.read(b.Distance, "body.distance")
	case expenses.ByPerDiem:
		for _, d := range b.Days {
			e.Allowance.Days = append(e.Allowance.Days, expenses.AwayDay{Day: d.Day, Half: d.Half, Breakfast: d.Breakfast, Lunch: d.Lunch, Dinner: d.Dinner})
		}
	case expenses.ByReceipt:
	}
	return e, n.err()
}

// numbers reads decimals and gathers what is none.
type numbers struct{ bad *fault.Error }

func (n *numbers) read(s, path string) decimal.Decimal {
	d, err := decimal.NewFromString(s)
	if err != nil || d.Exponent() < -20 || d.Exponent() > 12 {
		n.bad = n.bad.At(path, "is not a number")
		return decimal.Zero
	}
	return d
}

func (n *numbers) optional(s *string, path string) *decimal.Decimal {
	if s == nil || *s == "" {
		return nil
	}
	d := n.read(*s, path)
	return &d
}

func (n *numbers) err() error {
	if len(n.bad.Fields) > 0 {
		return n.bad
	}
	return nil
}
