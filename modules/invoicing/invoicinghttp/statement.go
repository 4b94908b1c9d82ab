package invoicinghttp

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
)

// ClientStatement is what a client was billed, paid and owes at the end of a day.
type ClientStatement struct {
	ClientID   string              `json:"client_id"`
	ClientName string              `json:"client_name"`
	Seller     string              `json:"seller"`
	From       day.Date            `json:"from"`
	To         day.Date            `json:"to"`
	Currencies []StatementCurrency `json:"currencies" doc:"One by one; currencies are never added"`
}

// StatementCurrency is one currency of it.
type StatementCurrency struct {
	Currency  string              `json:"currency"`
	Opening   money.Money         `json:"opening"`
	Movements []StatementMovement `json:"movements"`
	Closing   money.Money         `json:"closing" doc:"Opening and movements; also what is open less the credit"`
	Items     []StatementItem     `json:"items" doc:"What is open, the oldest due date first"`
	Open      money.Money         `json:"open"`
	Credit    money.Money         `json:"credit" doc:"Money and credit notes that are applied to nothing yet"`
	Ageing    []money.Money       `json:"ageing" doc:"Open by due date: not due, 1 to 30 days late, 31 to 60, 61 to 90, more"`
}

// StatementMovement is a change of what the client owes.
type StatementMovement struct {
	On        day.Date    `json:"on"`
	Kind      string      `json:"kind" enum:"invoice,deposit,late_fee,void,payment,credit_note,payment_void,refund,refund_undone,write_off,write_off_undone"`
	InvoiceID string      `json:"invoice_id"`
	Number    string      `json:"number" doc:"Of the document, or the reference of the payment"`
	Amount    money.Money `json:"amount"`
	Balance   money.Money `json:"balance" doc:"What the client owed after it"`
}

// StatementItem is a document of which something is open.
type StatementItem struct {
	InvoiceID string      `json:"invoice_id"`
	Kind      string      `json:"kind" enum:"invoice,deposit"`
	Number    string      `json:"number"`
	IssueOn   day.Date    `json:"issue_on"`
	DueOn     day.Date    `json:"due_on"`
	Total     money.Money `json:"total" doc:"What was payable"`
	Open      money.Money `json:"open"`
	DaysLate  int         `json:"days_late"`
}

// statementView writes a statement for the web.
func statementView(s invoicing.Statement) ClientStatement {
	v := ClientStatement{ClientID: s.ClientID, ClientName: s.ClientName, Seller: s.Seller, From: s.From, To: s.To, Currencies: make([]StatementCurrency, len(s.Currencies))}
	for n, of := range s.Currencies {
		c := StatementCurrency{
			Currency: of.Currency, Opening: of.Opening, Closing: of.Closing, Open: of.Open, Credit: of.Credit, Ageing: of.Buckets[:],
			Movements: make([]StatementMovement, len(of.Movements)), Items: make([]StatementItem, len(of.Items)),
		}
		balance := of.Opening
		for k, m := range of.Movements {
			balance = balance.Add(m.Amount)
			c.Movements[k] = StatementMovement{m.On, string(m.Kind), m.InvoiceID, m.Number, m.Amount, balance}
		}
		for k, i := range of.Items {
			c.Items[k] = StatementItem{i.InvoiceID, string(i.Kind), i.Number, i.IssueOn, i.DueOn, i.Total, i.Open, i.DaysLate(s.To)}
		}
		v.Currencies[n] = c
	}
	return v
}

// StatementIn says of whom, and of which days.
type StatementIn struct {
	ClientID string   `query:"client_id" format:"uuid" required:"true"`
	From     day.Date `query:"from" doc:"Three months before the end when left out"`
	To       day.Date `query:"to" doc:"Today when left out"`
}

func (h handlers) statement(ctx context.Context, in *StatementIn) (*struct{ Body ClientStatement }, error) {
	s, err := h.svc.Statement(ctx, in.ClientID, in.From, in.To)
	if err != nil {
		return nil, err
	}
	return &struct{ Body ClientStatement }{statementView(s)}, nil
}

func (h handlers) statementPDF(ctx context.Context, in *StatementIn) (*pdfOut, error) {
	f, err := h.svc.StatementPDF(ctx, in.ClientID, in.From, in.To)
	if err != nil {
		return nil, err
	}
	return &pdfOut{"application/pdf", `inline; filename="` + f.Name + `"`, f.Bytes}, nil
}
