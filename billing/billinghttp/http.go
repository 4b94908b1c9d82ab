// Package billinghttp puts an agency's own bill on the web.
package billinghttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/billing"
)

// Service is the part of billing.Service that the web uses.
type Service interface {
	Account(ctx context.Context, agencyID string) (billing.Account, billing.Access, error)
	Seats(ctx context.Context) (billing.SeatChange, error)
	SeatHistory(ctx context.Context, from time.Time) ([]billing.SeatChange, error)
	Refresh(ctx context.Context, agencyID string) error
	Subscribe(ctx context.Context, agencyID string, want billing.Seats, links billing.Links) (billing.Checkout, error)
	PreviewChange(ctx context.Context, agencyID string, want billing.Seats) (billing.Effect, error)
	Change(ctx context.Context, agencyID string, want billing.Seats) (billing.Account, error)
	SetCancel(ctx context.Context, agencyID string, cancel bool) (billing.Account, error)
	Portal(ctx context.Context, agencyID, returnURL string) (string, error)
	Invoices(ctx context.Context, agencyID, after string) ([]billing.Invoice, bool, error)
	PayOpen(ctx context.Context, agencyID string) error
	Settlements(ctx context.Context, agencyID string) ([]billing.Settlement, error)
}

// Agency tells whose call it is, and where its pages are.
type Agency interface {
	AgencyID(ctx context.Context) (string, error)
	PageURL(ctx context.Context, path string) (string, error)
}

// Register declares the operations. All of them may be called whatever the
// agency owes: putting that right is what they are for.
func Register(api *httpapi.API, svc Service, agency Agency) {
	h := handlers{svc, agency}
	const read, write = "billing.account.read", "billing.account.write"
	op := func(id, method, path, summary string, need access.Permission) httpapi.Op {
		o := httpapi.Op{ID: id, Tag: "billing", Method: method, Path: "/api/v1/billing" + path, Summary: summary, Need: need, Whenever: true}
		if method == http.MethodPost { // money is moved by people, not by programs
			o.Kinds = []access.Kind{access.Staff}
		}
		return o
	}
	httpapi.Handle(api, op("billing-status", http.MethodGet, "/status", "What the agency's plan allows, and until when", access.SignedIn), h.status)
	httpapi.Handle(api, op("billing-get", http.MethodGet, "", "The agency's plan, seats and what it costs", read), h.get)
	httpapi.Handle(api, op("billing-plans", http.MethodGet, "/plans", "The plans on sale", access.SignedIn), h.plans)
	httpapi.Handle(api, op("billing-seats", http.MethodGet, "/seats", "Seats over time", read), h.seats)
	httpapi.Handle(api, op("billing-invoices", http.MethodGet, "/invoices", "The platform's invoices to the agency, newest first", read), h.invoices)
	httpapi.Handle(api, op("billing-quarters", http.MethodGet, "/quarters", "Quarters that were settled, newest first", read), h.quarters)
	httpapi.Handle(api, op("billing-checkout", http.MethodPost, "/checkout", "Open the page on which a plan is bought", write), h.checkout)
	httpapi.Handle(api, op("billing-preview", http.MethodPost, "/preview", "What a change would cost and stop", write), h.preview)
	httpapi.Handle(api, op("billing-change", http.MethodPost, "/change", "Change plan and seats", write), h.change)
	httpapi.Handle(api, op("billing-cancel", http.MethodPost, "/cancel", "End the subscription with its period", write), h.cancel)
	httpapi.Handle(api, op("billing-resume", http.MethodPost, "/resume", "Take the end of the subscription back", write), h.resume)
	httpapi.Handle(api, op("billing-portal", http.MethodPost, "/portal", "Open the page of invoices, cards, addresses and tax ids", write), h.portal)
	httpapi.Handle(api, op("billing-pay", http.MethodPost, "/pay", "Try to pay everything that is owed, with the card on file", write), h.pay)
	httpapi.Handle(api, op("billing-refresh", http.MethodPost, "/refresh", "Look at the payment provider now", write), h.refresh)
}

type handlers struct {
	svc    Service
	agency Agency
}

func (h handlers) status(ctx context.Context, _ *struct{}) (*statusOut, error) {
	id, err := h.agency.AgencyID(ctx)
	if err != nil {
		return nil, err
	}
	_, acc, err := h.svc.Account(ctx, id)
	if err != nil {
		return nil, err
	}
	return &statusOut{Body: accessView(acc)}, nil
}

func (h handlers) get(ctx context.Context, _ *struct{}) (*accountOut, error) {
	id, err := h.agency.AgencyID(ctx)
	if err != nil {
		return nil, err
	}
	return h.account(ctx, id)
}

func (h handlers) account(ctx context.Context, id string) (*accountOut, error) {
	a, acc, err := h.svc.Account(ctx, id)
	if err != nil {
		return nil, err
	}
	last, err := h.svc.Seats(ctx)
	if err != nil {
		return nil, err
	}
	return &accountOut{Body: accountView(a, acc, last)}, nil
}

func (h handlers) plans(context.Context, *struct{}) (*plansOut, error) {
	out := &plansOut{}
	out.Body.Items = []PlanView{}
	for _, p := range billing.Plans() {
		out.Body.Items = append(out.Body.Items, planView(p))
	}
	return out, nil
}

func (h handlers) seats(ctx context.Context, in *seatsIn) (*seatsOut, error) {
	all, err := h.svc.SeatHistory(ctx, in.From)
	if err != nil {
		return nil, err
	}
	out := &seatsOut{}
	out.Body.Items = []SeatPoint{}
	for _, c := range all {
		out.Body.Items = append(out.Body.Items, SeatPoint{At: c.At, Active: c.ActiveAfter, Reserved: c.ReservedAfter, Reason: c.Reason})
	}
	return out, nil
}

func (h handlers) invoices(ctx context.Context, in *invoicesIn) (*invoicesOut, error) {
	id, err := h.agency.AgencyID(ctx)
	if err != nil {
		return nil, err
	}
	all, more, err := h.svc.Invoices(ctx, id, in.Cursor)
	if err != nil {
		return nil, err
	}
	out := &invoicesOut{}
	out.Body.Items = []PlatformInvoice{}
	for _, inv := range all {
		out.Body.Items = append(out.Body.Items, invoiceView(inv))
	}
	if more {
		out.Body.Next = &all[len(all)-1].ID
	}
	return out, nil
}

func (h handlers) quarters(ctx context.Context, _ *struct{}) (*quartersOut, error) {
	id, err := h.agency.AgencyID(ctx)
	if err != nil {
		return nil, err
	}
	all, err := h.svc.Settlements(ctx, id)
	if err != nil {
		return nil, err
	}
	out := &quartersOut{}
	out.Body.Items = make([]BillingQuarter, len(all))
	for i, x := range all {
		out.Body.Items[i] = quarterView(x)
	}
	return out, nil
}

func (h handlers) checkout(ctx context.Context, in *seatsWanted) (*linkOut, error) {
	id, err := h.agency.AgencyID(ctx)
	if err != nil {
		return nil, err
	}
	var l billing.Links
	if l.Success, err = h.agency.PageURL(ctx, "/settings/billing?bought={CHECKOUT_SESSION_ID}"); err != nil {
		return nil, err
	}
	if l.Cancel, err = h.agency.PageURL(ctx, "/settings/billing"); err != nil {
		return nil, err
	}
	page, err := h.svc.Subscribe(ctx, id, in.wanted(), l)
	if err != nil {
		return nil, err
	}
	return link(page.URL), nil
}

func (h handlers) preview(ctx context.Context, in *seatsWanted) (*effectOut, error) {
	id, err := h.agency.AgencyID(ctx)
	if err != nil {
		return nil, err
	}
	e, err := h.svc.PreviewChange(ctx, id, in.wanted())
	if err != nil {
		return nil, err
	}
	return &effectOut{Body: effectView(e)}, nil
}

func (h handlers) change(ctx context.Context, in *seatsWanted) (*accountOut, error) {
	id, err := h.agency.AgencyID(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := h.svc.Change(ctx, id, in.wanted()); err != nil {
		return nil, err
	}
	return h.account(ctx, id)
}

func (h handlers) cancel(ctx context.Context, _ *struct{}) (*accountOut, error) {
	return h.setCancel(ctx, true)
}

func (h handlers) resume(ctx context.Context, _ *struct{}) (*accountOut, error) {
	return h.setCancel(ctx, false)
}

func (h handlers) setCancel(ctx context.Context, cancel bool) (*accountOut, error) {
	id, err := h.agency.AgencyID(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := h.svc.SetCancel(ctx, id, cancel); err != nil {
		return nil, err
	}
	return h.account(ctx, id)
}

func (h handlers) portal(ctx context.Context, _ *struct{}) (*linkOut, error) {
	id, err := h.agency.AgencyID(ctx)
	if err != nil {
		return nil, err
	}
	back, err := h.agency.PageURL(ctx, "/settings/billing")
	if err != nil {
		return nil, err
	}
	url, err := h.svc.Portal(ctx, id, back)
	if err != nil {
		return nil, err
	}
	return link(url), nil
}

func (h handlers) pay(ctx context.Context, _ *struct{}) (*accountOut, error) {
	id, err := h.agency.AgencyID(ctx)
	if err != nil {
		return nil, err
	}
	if err := h.svc.PayOpen(ctx, id); err != nil {
		return nil, err
	}
	return h.account(ctx, id)
}

func (h handlers) refresh(ctx context.Context, _ *struct{}) (*accountOut, error) {
	id, err := h.agency.AgencyID(ctx)
	if err != nil {
		return nil, err
	}
	if err := h.svc.Refresh(ctx, id); err != nil {
		return nil, err
	}
	return h.account(ctx, id)
}
