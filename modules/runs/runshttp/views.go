package runshttp

import (
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/runs"
)

// NewInvoiceRun says what a run bills.
type NewInvoiceRun struct {
	From            day.Date  `json:"from"`
	To              day.Date  `json:"to"`
	How             string    `json:"how,omitempty" enum:"draft,issue,send" default:"draft" doc:"Issuing needs the right to issue; send mails what was issued"`
	IssueOn         *day.Date `json:"issue_on,omitempty" doc:"The day of issue when left out"`
	GroupBy         string    `json:"group_by,omitempty" enum:"task,phase,service,person,day,entry" default:"task"`
	EntityID        string    `json:"entity_id,omitempty" maxLength:"36" doc:"The default one when left out"`
	Time            *bool     `json:"time,omitempty" default:"true"`
	Expenses        *bool     `json:"expenses,omitempty" default:"true"`
	Fees            *bool     `json:"fees,omitempty" default:"true" doc:"What may be billed of them by the last day"`
	Retainers       *bool     `json:"retainers,omitempty" default:"true" doc:"Fees of retainers whose period begins on these days, each an invoice of its own"`
	WaitForApproval bool      `json:"wait_for_approval,omitempty" doc:"Refuse clients with time of the period that is not approved"`
	ClientIDs       []string  `json:"client_ids,omitempty" maxItems:"1000" doc:"All clients when left out"`
}

// InvoiceRunView is a run and how far it is.
type InvoiceRunView struct {
	ID              string           `json:"id"`
	From            day.Date         `json:"from"`
	To              day.Date         `json:"to"`
	How             string           `json:"how" enum:"draft,issue,send"`
	IssueOn         *day.Date        `json:"issue_on"`
	GroupBy         string           `json:"group_by"`
	EntityID        string           `json:"entity_id"`
	Time            bool             `json:"time"`
	Expenses        bool             `json:"expenses"`
	Fees            bool             `json:"fees"`
	Retainers       bool             `json:"retainers"`
	WaitForApproval bool             `json:"wait_for_approval"`
	Chosen          bool             `json:"chosen" doc:"Clients were named"`
	State           string           `json:"state" enum:"running,done,cancelled"`
	Clients         int              `json:"clients"`
	Counts          InvoiceRunCounts `json:"counts"`
	Totals          []money.Money    `json:"totals" doc:"Of the invoices it made, by currency"`
	CreatedBy       string           `json:"created_by"`
	CreatedAt       time.Time        `json:"created_at"`
	FinishedAt      *time.Time       `json:"finished_at"`
}

// InvoiceRunCounts counts the clients of a run by what became of them.
type InvoiceRunCounts struct {
	Pending   int `json:"pending"`
	Drafted   int `json:"drafted"`
	Issued    int `json:"issued"`
	Nothing   int `json:"nothing"`
	Refused   int `json:"refused"`
	Cancelled int `json:"cancelled"`
}

// InvoiceRunList is a page of runs.
type InvoiceRunList struct {
	Items []InvoiceRunView `json:"items"`
	Next  *string          `json:"next"`
}

// InvoiceRunClient is what became of a client.
type InvoiceRunClient struct {
	ClientID   string          `json:"client_id"`
	ClientName string          `json:"client_name"`
	State      string          `json:"state" enum:"pending,drafted,issued,nothing,refused,cancelled"`
	InvoiceID  string          `json:"invoice_id"`
	Number     string          `json:"number"`
	Total      *money.Money    `json:"total"`
	LeftOut    int             `json:"left_out" doc:"What could not be on the invoice"`
	Fees       []InvoiceRunFee `json:"fees" doc:"Of retainers, each an invoice of its own"`
	Code       string          `json:"code" doc:"Of a refusal"`
	Why        string          `json:"why"`
}

// InvoiceRunFee is the invoice of a retainer's period.
type InvoiceRunFee struct {
	InvoiceID string      `json:"invoice_id"`
	Number    string      `json:"number" doc:"Empty for drafts"`
	Total     money.Money `json:"total"`
}

func feesOf(all []runs.Fee) []InvoiceRunFee {
	out := make([]InvoiceRunFee, len(all))
	for n, f := range all {
		out[n] = InvoiceRunFee(f)
	}
	return out
}

// InvoiceRunClientList is a page of them.
type InvoiceRunClientList struct {
	Items []InvoiceRunClient `json:"items"`
	Next  *string            `json:"next"`
}

// InvoiceRunAhead is what a client would be billed.
type InvoiceRunAhead struct {
	ClientID   string        `json:"client_id"`
	ClientName string        `json:"client_name"`
	Lines      int           `json:"lines"`
	Entries    int           `json:"entries" doc:"Of time"`
	LeftOut    int           `json:"left_out" doc:"What could not be on the invoice: without a rate, in another currency, paid for by a fee"`
	Open       int           `json:"open" doc:"Entries that are not approved"`
	Total      money.Money   `json:"total"`
	Fees       int           `json:"fees" doc:"Of retainers, each an invoice of its own"`
	FeesTotal  []money.Money `json:"fees_total" doc:"What they come to without tax, by currency"`
	Code       string        `json:"code" doc:"Why it would be refused; empty: it would be made"`
	Why        string        `json:"why"`
}

// InvoiceRunPreview is a page of what a run would bill.
type InvoiceRunPreview struct {
	Clients int               `json:"clients" doc:"All that the run would look at"`
	ToBill  int               `json:"to_bill" doc:"Of whom there may be something to bill"`
	Items   []InvoiceRunAhead `json:"items"`
	Next    *string           `json:"next"`
}

func toView(r runs.Run) InvoiceRunView {
	v := InvoiceRunView{
		ID: r.ID, From: r.From, To: r.To, How: string(r.How), GroupBy: string(r.GroupBy), EntityID: r.EntityID, Time: r.Time, Expenses: r.Expenses, Fees: r.Fees, Retainers: r.Retainers,
		WaitForApproval: r.WaitForOpen, Chosen: r.Chosen, State: string(r.State), Clients: r.Clients(), Totals: append([]money.Money{}, r.Totals...),
		CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt, FinishedAt: r.FinishedAt,
		Counts: InvoiceRunCounts{r.Counts[runs.Pending], r.Counts[runs.Drafted], r.Counts[runs.Issued], r.Counts[runs.Nothing], r.Counts[runs.Refused], r.Counts[runs.Skipped]},
	}
	if !r.IssueOn.IsZero() {
		v.IssueOn = &r.IssueOn
	}
	return v
}

func ahead(a runs.Ahead) InvoiceRunAhead {
	v := InvoiceRunAhead{ClientID: a.ClientID, ClientName: a.ClientName, Lines: a.Lines, Entries: a.Entries, LeftOut: a.LeftOut, Open: a.Open, Total: a.Total, Fees: a.Fees, FeesTotal: append([]money.Money{}, a.FeesCome...)}
	if a.Refusal != nil {
		f := fault.From(a.Refusal)
		v.Code, v.Why = f.Code, f.Text
	}
	return v
}
