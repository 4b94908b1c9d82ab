package app

import (
	"context"
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/payments"
	"github.com/bureauhq/bureau/modules/portal"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// forPayments answers the ports of payments.
type forPayments struct{ s *Services }

// PaymentProfile is how the agency's books are headed. Its owner is whom the provider writes to.
func (f forPayments) PaymentProfile(ctx context.Context) (payments.AgencyProfile, error) {
	entities, err := f.s.Invoicing.Entities(ctx)
	if err != nil {
		return payments.AgencyProfile{}, err
	}
	out := payments.AgencyProfile{}
	for _, e := range entities {
		if e.Default {
			out = payments.AgencyProfile{Name: e.Name, Email: e.Email, Country: e.Address.Country}
		}
	}
	if out.Email == "" {
		owner, err := owners(f).BillingOwner(ctx)
		if err != nil {
			return out, err
		}
		out.Email = owner.Email
	}
	return out, nil
}

func (f forPayments) HoldersTx(ctx context.Context, tx *tenancy.Tx, p access.Permission) ([]string, error) {
	holders, err := f.s.Identity.HoldersTx(ctx, tx, p)
	return memberIDs(holders), err
}

// paymentNotices answers payments.Notices.
type paymentNotices struct{ notices }

func (n paymentNotices) Tell(ctx context.Context, l payments.MemberNotice) error {
	return n.notices.Tell(ctx, timesheets.Notice(l))
}

// payLinks answers invoicing.PayLinks: where an invoice is paid on line, if it can be.
type payLinks struct {
	s      *Services
	places addresses
}

func (p payLinks) PayLinkTx(ctx context.Context, tx *tenancy.Tx, i invoicing.Invoice) (string, error) {
	takes, err := p.s.Payments.TakesTx(ctx, tx)
	if err != nil || !takes {
		return "", err
	}
	return p.places.PageURL(ctx, "/portal/invoices/"+i.ID)
}

// Payable answers the portal what a contact can pay of an invoice.
func (r portalRecords) Payable(ctx context.Context, invoiceID string) (portal.Payable, error) {
	p, err := r.s.Payments.Payable(ctx, invoiceID)
	out := portal.Payable{Offered: p.Offered, Parts: p.Parts, Open: p.Open, UnderWay: p.UnderWay}
	if a := p.Last; a != nil {
		out.Last = &portal.Attempt{ID: a.ID, State: string(a.State), Amount: a.Amount, Method: a.MethodText, Failure: a.Failure, At: a.CreatedAt}
	}
	return out, err
}

// Pay answers the portal where an invoice is paid.
func (r portalRecords) Pay(ctx context.Context, invoiceID string, amount *money.Money) (string, error) {
	a, err := r.s.Payments.Pay(ctx, invoiceID, amount)
	return a.URL, err
}

// webhook takes a provider's notices at a path of the site. bad is how take says that a notice is not the provider's.
func (a *App) webhook(f *fiber.App, path string, bad error, take func(ctx context.Context, raw []byte, signature string) error) {
	f.Post(path, func(c *fiber.Ctx) error {
		if httpapi.RequestFrom(c.UserContext()).Host != httpapi.HostSite {
			return errNoRoute
		}
		const most = 1 << 20
		if len(c.Body()) > most {
			return fiber.ErrRequestEntityTooLarge
		}
		raw := append([]byte(nil), c.Body()...) // the buffer is used again after the answer
		err := take(c.UserContext(), raw, strings.Clone(c.Get("Stripe-Signature")))
		switch {
		case errors.Is(err, bad):
			return fiber.ErrBadRequest
		case err != nil:
			// Whatever it is, it is ours: the provider shall send the notice again.
			a.log.ErrorContext(c.UserContext(), "a notice of the payment provider was not kept", "path", path, "err", err)
			return fiber.ErrInternalServerError
		}
		return c.SendStatus(fiber.StatusOK)
	})
}

// mountWebhooks takes the payment provider's notices, on the site's host: those about the agencies' bills, and those about the
// accounts that agencies have themselves, signed with other secrets.
func (a *App) mountWebhooks(f *fiber.App) {
	a.webhook(f, "/webhooks/stripe", billing.ErrBadWebhook, a.Services.Billing.Notice)
	a.webhook(f, "/webhooks/stripe-connect", payments.ErrBadNotice, a.Services.Payments.Notice)
}
