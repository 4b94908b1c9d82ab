package portalhttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/money"
)

// PortalPayable is what a contact can pay of an invoice on line.
type PortalPayable struct {
	Offered  bool           `json:"offered" doc:"It can be paid on line now"`
	Parts    bool           `json:"parts" doc:"A part of it can"`
	Open     money.Money    `json:"open" doc:"What can be paid now"`
	UnderWay money.Money    `json:"under_way" doc:"Paid, and not confirmed by the bank yet"`
	Last     *PortalAttempt `json:"last" doc:"The latest attempt; null before the first"`
}

// PortalAttempt is an attempt to pay.
type PortalAttempt struct {
	ID      string      `json:"id"`
	State   string      `json:"state" enum:"opening,open,processing,paid,failed,expired,held"`
	Amount  money.Money `json:"amount"`
	Method  string      `json:"method"`
	Failure string      `json:"failure"`
	At      time.Time   `json:"at"`
}

// PortalPay says how much is to be paid.
type PortalPay struct {
	Amount *money.Money `json:"amount,omitempty" doc:"All that is open when left out"`
}

// PortalPayPage is where it is paid, at the payment provider.
type PortalPayPage struct {
	URL string `json:"url"`
}

func registerPay(api *httpapi.API, h handlers, op func(id, method, path, summary string) httpapi.Op) {
	httpapi.Handle(api, op("portal-invoice-payable", http.MethodGet, "/invoices/{id}/payable", "What of an invoice can be paid on line, and what became of the last attempt"), h.payable)
	pay := op("portal-invoice-pay", http.MethodPost, "/invoices/{id}/pay", "Open the page on which an invoice is paid")
	pay.Intake = true
	httpapi.Handle(api, pay, h.pay)
}

func (h handlers) payable(ctx context.Context, in *idIn) (*struct{ Body PortalPayable }, error) {
	p, err := h.svc.Payable(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	v := PortalPayable{Offered: p.Offered, Parts: p.Parts, Open: p.Open, UnderWay: p.UnderWay}
	if a := p.Last; a != nil {
		v.Last = &PortalAttempt{a.ID, a.State, a.Amount, a.Method, a.Failure, a.At}
	}
	return &struct{ Body PortalPayable }{v}, nil
}

func (h handlers) pay(ctx context.Context, in *struct {
	ID   string `path:"id" format:"uuid"`
	Body PortalPay
},
) (*struct{ Body PortalPayPage }, error) {
	url, err := h.svc.Pay(ctx, in.ID, in.Body.Amount)
	if err != nil {
		return nil, err
	}
	return &struct{ Body PortalPayPage }{PortalPayPage{url}}, nil
}
