// Package paymentshttp puts payments on line on the web, for the agency's staff. Clients pay in the portal.
package paymentshttp

import (
	"context"
	"net/http"

	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/payments"
)

// Service is the part of payments.Service that the web uses.
type Service interface {
	Overview(context.Context) (payments.Overview, error)
	Change(context.Context, int, payments.SettingsChange) (payments.Overview, error)
	Connect(ctx context.Context, country string) (url string, err error)
	RefreshAccount(context.Context) error
	Disconnect(context.Context) (payments.Overview, error)
	Reconnect(context.Context) (payments.Overview, error)
	Attempts(ctx context.Context, invoiceID string) ([]payments.Attempt, error)
	Refund(ctx context.Context, attemptID string, amount *money.Money, reason string) (payments.Attempt, error)
	Differences(ctx context.Context, open bool, q page.Query) ([]payments.Difference, *string, error)
	Settle(ctx context.Context, id, note string) (payments.Difference, error)
}

type handlers struct{ svc Service }

// Register declares the operations.
func Register(api *httpapi.API, svc Service) {
	h := handlers{svc}
	op := func(id, method, path, summary string) httpapi.Op {
		o := httpapi.Op{ID: id, Tag: "online-payments", Method: method, Path: "/api/v1" + path, Summary: summary, Need: payments.CanWriteAccount}
		if method == http.MethodGet {
			o.Need = payments.CanReadAccount
		}
		return o
	}
	stepUp := func(o httpapi.Op) httpapi.Op { o.StepUp = true; return o }
	const account = "/payment-account"
	httpapi.Handle(api, op("payment-account-get", http.MethodGet, account, "The agency's account at the payment provider, and what was decided about it"), h.account)
	httpapi.Handle(api, op("payment-account-change", http.MethodPatch, account, "Change what clients may pay on line"), h.change)
	httpapi.Handle(api, stepUp(op("payment-account-connect", http.MethodPost, account+"/connect", "Make a link to the payment provider's onboarding")), h.connect)
	httpapi.Handle(api, op("payment-account-refresh", http.MethodPost, account+"/refresh", "Ask the payment provider what the account can do"), h.refresh)
	httpapi.Handle(api, stepUp(op("payment-account-disconnect", http.MethodPost, account+"/disconnect", "Stop payments on line; pages that are open are closed")), h.disconnect)
	httpapi.Handle(api, stepUp(op("payment-account-reconnect", http.MethodPost, account+"/reconnect", "Take payments on line again")), h.reconnect)

	list := op("online-payments-list", http.MethodGet, "/online-payments", "List the attempts to pay an invoice on line, the latest first")
	list.Need = invoicing.CanRead
	httpapi.Handle(api, list, h.attempts)
	refund := stepUp(op("online-payments-refund", http.MethodPost, "/online-payments/{id}/refunds", "Give money back through the payment provider"))
	refund.Need, refund.Idempotent, refund.Status = payments.CanRefund, true, http.StatusAccepted
	httpapi.Handle(api, refund, h.refund)

	differences := op("payment-differences-list", http.MethodGet, "/payment-differences", "List where the payment provider and the books do not say the same")
	differences.Need = payments.CanSettle
	httpapi.Handle(api, differences, h.differences)
	settle := op("payment-differences-settle", http.MethodPost, "/payment-differences/{id}/settle", "Say that somebody has looked at a difference")
	settle.Need = payments.CanSettle
	httpapi.Handle(api, settle, h.settle)
}

type accountOut struct {
	ETag string `header:"ETag"`
	Body PaymentAccount
}

func (h handlers) one(o payments.Overview, err error) (*accountOut, error) {
	if err != nil {
		return nil, err
	}
	return &accountOut{httpapi.ETag(o.Settings.Version), accountView(o)}, nil
}

func (h handlers) account(ctx context.Context, _ *struct{}) (*accountOut, error) {
	return h.one(h.svc.Overview(ctx))
}

func (h handlers) change(ctx context.Context, in *struct {
	httpapi.IfMatch
	Body PaymentAccountChange
},
) (*accountOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	return h.one(h.svc.Change(ctx, version, payments.SettingsChange(in.Body)))
}

func (h handlers) connect(ctx context.Context, in *struct{ Body PaymentConnect }) (*struct{ Body PaymentLink }, error) {
	url, err := h.svc.Connect(ctx, in.Body.Country)
	if err != nil {
		return nil, err
	}
	return &struct{ Body PaymentLink }{PaymentLink{url}}, nil
}

func (h handlers) refresh(ctx context.Context, _ *struct{}) (*accountOut, error) {
	if err := h.svc.RefreshAccount(ctx); err != nil {
		return nil, err
	}
	return h.one(h.svc.Overview(ctx))
}

func (h handlers) disconnect(ctx context.Context, _ *struct{}) (*accountOut, error) {
	return h.one(h.svc.Disconnect(ctx))
}

func (h handlers) reconnect(ctx context.Context, _ *struct{}) (*accountOut, error) {
	return h.one(h.svc.Reconnect(ctx))
}

func (h handlers) attempts(ctx context.Context, in *struct {
	InvoiceID string `query:"invoice_id" format:"uuid" required:"true"`
},
) (*struct{ Body OnlinePaymentList }, error) {
	all, err := h.svc.Attempts(ctx, in.InvoiceID)
	if err != nil {
		return nil, err
	}
	out := OnlinePaymentList{Items: make([]OnlinePayment, len(all))}
	for n, a := range all {
		out.Items[n] = attemptView(a)
	}
	return &struct{ Body OnlinePaymentList }{out}, nil
}

func (h handlers) refund(ctx context.Context, in *struct {
	ID   string `path:"id" format:"uuid"`
	Body NewOnlineRefund
},
) (*struct{ Body OnlinePayment }, error) {
	a, err := h.svc.Refund(ctx, in.ID, in.Body.Amount, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return &struct{ Body OnlinePayment }{attemptView(a)}, nil
}

func (h handlers) differences(ctx context.Context, in *struct {
	Settled bool `query:"settled" doc:"Those that are settled, instead of those that are not"`
	page.Query
},
) (*struct{ Body PaymentDifferenceList }, error) {
	all, next, err := h.svc.Differences(ctx, !in.Settled, in.Query)
	if err != nil {
		return nil, err
	}
	out := PaymentDifferenceList{Items: make([]PaymentDifference, len(all)), Next: next}
	for n, d := range all {
		out.Items[n] = differenceView(d)
	}
	return &struct{ Body PaymentDifferenceList }{out}, nil
}

func (h handlers) settle(ctx context.Context, in *struct {
	ID   string `path:"id" format:"uuid"`
	Body PaymentDifferenceSettle
},
) (*struct{ Body PaymentDifference }, error) {
	d, err := h.svc.Settle(ctx, in.ID, in.Body.Note)
	if err != nil {
		return nil, err
	}
	return &struct{ Body PaymentDifference }{differenceView(d)}, nil
}
