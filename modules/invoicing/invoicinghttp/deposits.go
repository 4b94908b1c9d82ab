package invoicinghttp

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
)

// InvoiceDeduct says how much of a deposit an invoice takes off.
type InvoiceDeduct struct {
	DepositID string       `json:"deposit_id" format:"uuid"`
	Amount    *money.Money `json:"amount,omitempty" doc:"As the deposit prints it: net, or gross where prices include tax. All that is left, or that fits, when left out"`
}

// InvoiceDeductions are all that a draft deducts.
type InvoiceDeductions struct {
	Deductions []InvoiceDeduct `json:"deductions,omitempty" maxItems:"50" doc:"None takes all off again"`
}

func (h handlers) deduct(ctx context.Context, in *struct {
	IDIn
	httpapi.IfMatch
	Body InvoiceDeductions
},
) (*invoiceOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	i, err := h.svc.Change(ctx, in.ID, version, func(i *invoicing.Invoice) error {
		all := make([]invoicing.Deduct, len(in.Body.Deductions))
		for n, d := range in.Body.Deductions {
			all[n] = invoicing.Deduct(d)
		}
		i.Deduct(all)
		return nil
	})
	return h.one(ctx, i, err)
}

// InvoiceDeposit is a deposit of which something is left.
type InvoiceDeposit struct {
	ID      string      `json:"id"`
	Number  string      `json:"number"`
	IssueOn day.Date    `json:"issue_on"`
	Total   money.Money `json:"total"`
	Balance money.Money `json:"balance" doc:"What the client has not paid of it"`
	Left    money.Money `json:"left" doc:"As its lines print it: what an invoice may deduct"`
	Value   money.Money `json:"value" doc:"With the taxes of that: what it lowers an invoice by"`
}

// InvoiceDeposits are a client's.
type InvoiceDeposits struct {
	Items []InvoiceDeposit `json:"items"`
}

func (h handlers) deposits(ctx context.Context, in *struct {
	ClientID string `query:"client_id" format:"uuid" required:"true"`
},
) (*struct{ Body InvoiceDeposits }, error) {
	all, err := h.svc.Deposits(ctx, in.ClientID)
	if err != nil {
		return nil, err
	}
	out := InvoiceDeposits{Items: make([]InvoiceDeposit, len(all))}
	for n, d := range all {
		out.Items[n] = InvoiceDeposit{d.Invoice.ID, d.Invoice.Number, d.Invoice.IssueOn, d.Invoice.Total, d.Invoice.Balance(), d.Left, d.Total}
	}
	return &struct{ Body InvoiceDeposits }{out}, nil
}
