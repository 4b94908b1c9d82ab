package expenseshttp

import (
	"context"
	"net/http"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/expenses"
)

func registerExpenses(api *httpapi.API, h handlers) {
	const own, base = expenses.WriteOwn, "/expenses"
	exporting := func(o httpapi.Op) httpapi.Op {
		o.Exports = true
		return o
	}
	httpapi.Handle(api, op("expenses-list", http.MethodGet, base, "List expenses, newest first", own), h.list)
	httpapi.Handle(api, creating(op("expenses-create", http.MethodPost, base, "Keep an expense as a draft", own)), h.create)
	httpapi.Handle(api, op("expenses-summary", http.MethodGet, base+"/summary", "Totals of expenses", own), h.summary)
	httpapi.Handle(api, exporting(op("expenses-export", http.MethodGet, base+"/export.csv", "Expenses as CSV", own)), h.csv)
	httpapi.Handle(api, exporting(op("expenses-export-xlsx", http.MethodGet, base+"/export.xlsx", "Expenses as an Excel workbook", own)), h.xlsx)
	httpapi.Handle(api, op("expenses-figure", http.MethodPost, base+"/figure", "Calculate an expense without keeping it", own), h.figure)
	httpapi.Handle(api, op("expenses-reimburse", http.MethodPost, base+"/reimburse", "Note that members were paid back", expenses.CanReimburse), h.reimburse)
	httpapi.Handle(api, op("expenses-unreimburse", http.MethodPost, base+"/unreimburse", "Take back that members were paid back", expenses.CanReimburse), h.unreimburse)
	httpapi.Handle(api, op("expenses-get", http.MethodGet, base+"/{id}", "One expense", own), h.get)
	httpapi.Handle(api, op("expenses-change", http.MethodPut, base+"/{id}", "Write an expense anew", own), h.change)
	httpapi.Handle(api, empty(op("expenses-delete", http.MethodDelete, base+"/{id}", "Take an expense out", own)), h.remove)
	httpapi.Handle(api, op("expenses-submit", http.MethodPost, base+"/{id}/submit", "Hand in an expense", own), h.submit)
	httpapi.Handle(api, op("expenses-recall", http.MethodPost, base+"/{id}/recall", "Take an expense back", own), h.recall)
	httpapi.Handle(api, op("expenses-approve", http.MethodPost, base+"/{id}/approve", "Approve an expense as it was seen", expenses.CanApprove), h.approve)
	httpapi.Handle(api, op("expenses-reject", http.MethodPost, base+"/{id}/reject", "Send an expense back", expenses.CanApprove), h.reject)
}

// ExpenseFilter narrows lists, totals and exports alike. It is exported because huma skips embedded structs that are not.
type ExpenseFilter struct {
	MemberID   string   `query:"member_id" format:"uuid"`
	Others     bool     `query:"others" doc:"Only what is not the caller's own"`
	ProjectID  string   `query:"project_id" format:"uuid"`
	ClientID   string   `query:"client_id" format:"uuid"`
	CategoryID string   `query:"category_id" format:"uuid"`
	InvoiceID  string   `query:"invoice_id" format:"uuid"`
	From       day.Date `query:"from" doc:"First work date"`
	To         day.Date `query:"to" doc:"Last work date"`
	States     []string `query:"state" enum:"draft,submitted,approved,rejected" maxItems:"4"`
	Billing    string   `query:"billing" enum:"open,done" doc:"open: approved, billable and on no invoice"`
	Repayment  string   `query:"repayment" enum:"open,done" doc:"open: approved and to be paid back"`
	Text       string   `query:"q" maxLength:"100" doc:"In merchant and note"`
}

func (f ExpenseFilter) filter() expenses.Filter {
	return expenses.Filter{
		MemberID: f.MemberID, ProjectID: f.ProjectID, ClientID: f.ClientID, CategoryID: f.CategoryID, InvoiceID: f.InvoiceID,
		From: f.From, To: f.To, States: f.States, Billing: f.Billing, Owed: f.Repayment, Text: f.Text, Others: f.Others,
	}
}

// ExpenseList is a page of expenses.
type ExpenseList struct {
	Items []ExpenseView `json:"items"`
	Next  *string       `json:"next"`
}

// ExpenseTotals add up expenses, one amount a currency.
type ExpenseTotals struct {
	Count   int           `json:"count"`
	Drafts  int           `json:"drafts"`
	Waiting int           `json:"waiting"`
	Gross   []money.Money `json:"gross" doc:"As it was paid"`
	Base    []money.Money `json:"base" doc:"In the agency's currency, of all that has a rate"`
	Owed    []money.Money `json:"owed" doc:"Approved and not paid back"`
	ToBill  []money.Money `json:"to_bill" doc:"Approved, billable and on no invoice"`
}

// ExpensesToReimburse says which expenses were paid back.
type ExpensesToReimburse struct {
	ExpenseIDs []string  `json:"expense_ids" minItems:"1" maxItems:"500" nullable:"false"`
	On         *day.Date `json:"on,omitempty" doc:"Today when left out"`
	Reference  string    `json:"reference,omitempty" maxLength:"160"`
}

// ExpensesToUndo says of which expenses the reimbursement is taken back.
type ExpensesToUndo struct {
	ExpenseIDs []string `json:"expense_ids" minItems:"1" maxItems:"500" nullable:"false"`
}

// ExpensesSettled tells how many expenses it was.
type ExpensesSettled struct {
	Count int `json:"count"`
}

// ExpenseFigure is an expense that is being typed in.
type ExpenseFigure struct {
	ExpenseID *string      `json:"expense_id,omitempty" format:"uuid" doc:"The one that is being changed"`
	Entry     ExpenseInput `json:"entry"`
}

// ExpenseApproval approves.
type ExpenseApproval struct {
	OwnReason string `json:"own_reason,omitempty" maxLength:"500" doc:"Needed where you are the only one who can approve your own expense"`
}

// ExpenseRejection sends back.
type ExpenseRejection struct {
	Reason string `json:"reason" minLength:"1" maxLength:"500"`
}

type (
	listIn struct {
		page.Query
		ExpenseFilter
	}
	listOut    struct{ Body ExpenseList }
	filterIn   struct{ ExpenseFilter }
	totalsOut  struct{ Body ExpenseTotals }
	createIn   struct{ Body ExpenseInput }
	figureIn   struct{ Body ExpenseFigure }
	figureOut  struct{ Body ExpenseView }
	settledOut struct{ Body ExpensesSettled }
	expenseOut struct {
		ETag string `header:"ETag"`
		Body ExpenseView
	}
	changeIn struct {
		httpapi.IfMatch
		IDIn
		Body ExpenseInput
	}
	stepIn struct {
		httpapi.IfMatch
		IDIn
	}
	approveIn struct {
		httpapi.IfMatch
		IDIn
		Body ExpenseApproval
	}
	rejectIn struct {
		httpapi.IfMatch
		IDIn
		Body ExpenseRejection
	}
	fileOut struct {
		ContentType        string `header:"Content-Type"`
		ContentDisposition string `header:"Content-Disposition"`
		Body               []byte
	}
)

func answer(e expenses.Expense, err error) (*expenseOut, error) {
	if err != nil {
		return nil, err
	}
	return &expenseOut{httpapi.ETag(e.Version), toExpense(e)}, nil
}

func (h handlers) list(ctx context.Context, in *listIn) (*listOut, error) {
	f := in.filter()
	after, err := page.Decode(in.Cursor, 2)
	if err != nil {
		return nil, err
	}
	if after != nil {
		if f.AfterDay, err = day.Parse(after[0]); err != nil {
			return nil, page.ErrBadCursor.Because(err)
		}
		f.AfterID = after[1]
	}
	f.Limit = in.Size() + 1
	found, err := h.svc.List(ctx, f)
	if err != nil {
		return nil, err
	}
	found, next := page.Cut(found, in.Size(), func(e expenses.Expense) []string { return []string{e.Day.String(), e.ID} })
	out := &listOut{ExpenseList{Items: make([]ExpenseView, len(found)), Next: next}}
	for n, e := range found {
		out.Body.Items[n] = toExpense(e)
	}
	return out, nil
}

func (h handlers) summary(ctx context.Context, in *filterIn) (*totalsOut, error) {
	t, err := h.svc.Summary(ctx, in.filter())
	if err != nil {
		return nil, err
	}
	return &totalsOut{ExpenseTotals{t.Count, t.Drafts, t.Waiting, list(t.Gross), list(t.Base), list(t.Owed), list(t.ToBill)}}, nil
}

func (h handlers) csv(ctx context.Context, in *filterIn) (*fileOut, error) {
	all, err := h.svc.Export(ctx, in.filter())
	if err != nil {
		return nil, err
	}
	body, err := all.CSV()
	return &fileOut{"text/csv; charset=utf-8", `attachment; filename="expenses.csv"`, body}, err
}

func (h handlers) xlsx(ctx context.Context, in *filterIn) (*fileOut, error) {
	all, err := h.svc.Export(ctx, in.filter())
	if err != nil {
		return nil, err
	}
	body, err := all.XLSX("Expenses")
	return &fileOut{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", `attachment; filename="expenses.xlsx"`, body}, err
}

func (h handlers) create(ctx context.Context, in *createIn) (*expenseOut, error) {
	e, err := in.Body.entry()
	if err != nil {
		return nil, err
	}
	return answer(h.svc.Create(ctx, e))
}

func (h handlers) figure(ctx context.Context, in *figureIn) (*figureOut, error) {
	entry, err := in.Body.Entry.entry()
	if err != nil {
		return nil, err
	}
	e, err := h.svc.Figure(ctx, text(in.Body.ExpenseID), entry)
	if err != nil {
		return nil, err
	}
	return &figureOut{toExpense(e)}, nil
}

func (h handlers) get(ctx context.Context, in *IDIn) (*expenseOut, error) {
	return answer(h.svc.Find(ctx, in.ID))
}

func (h handlers) change(ctx context.Context, in *changeIn) (*expenseOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	e, err := in.Body.entry()
	if err != nil {
		return nil, err
	}
	return answer(h.svc.Change(ctx, in.ID, version, e))
}

func (h handlers) remove(ctx context.Context, in *IDIn) (*struct{}, error) {
	return nil, h.svc.Delete(ctx, in.ID)
}

func (h handlers) submit(ctx context.Context, in *stepIn) (*expenseOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	return answer(h.svc.Submit(ctx, in.ID, version))
}

func (h handlers) recall(ctx context.Context, in *stepIn) (*expenseOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	return answer(h.svc.Recall(ctx, in.ID, version))
}

func (h handlers) approve(ctx context.Context, in *approveIn) (*expenseOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	return answer(h.svc.Approve(ctx, in.ID, version, in.Body.OwnReason))
}

func (h handlers) reject(ctx context.Context, in *rejectIn) (*expenseOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	return answer(h.svc.Reject(ctx, in.ID, version, in.Body.Reason))
}

func (h handlers) reimburse(ctx context.Context, in *struct{ Body ExpensesToReimburse }) (*settledOut, error) {
	var on day.Date
	if in.Body.On != nil {
		on = *in.Body.On
	}
	n, err := h.svc.Reimburse(ctx, in.Body.ExpenseIDs, on, in.Body.Reference)
	if err != nil {
		return nil, err
	}
	return &settledOut{ExpensesSettled{n}}, nil
}

func (h handlers) unreimburse(ctx context.Context, in *struct{ Body ExpensesToUndo }) (*settledOut, error) {
	n, err := h.svc.Unreimburse(ctx, in.Body.ExpenseIDs)
	if err != nil {
		return nil, err
	}
	return &settledOut{ExpensesSettled{n}}, nil
}
