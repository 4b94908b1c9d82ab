package billingstripe

import (
	"context"
	"errors"
	"strings"

	"github.com/stripe/stripe-go/v76"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/billing"
)

// Invoice finds an invoice.
func (g *Gateway) Invoice(ctx context.Context, id string) (billing.Invoice, error) {
	return invoice(g.api.Invoices.Get(id, &stripe.InvoiceParams{Params: params(ctx, "")}))
}

// Invoices pages through a customer's invoices, or through everybody's open ones.
func (g *Gateway) Invoices(ctx context.Context, customerID, after string) ([]billing.Invoice, bool, error) {
	p := &stripe.InvoiceListParams{ListParams: page(ctx, after)}
	if customerID != "" {
		p.Customer = stripe.String(customerID)
	} else {
		p.Status = stripe.String(string(stripe.InvoiceStatusOpen))
	}
	it := g.api.Invoices.List(p)
	var out []billing.Invoice
	for it.Next() {
		out = append(out, invoiceOf(it.Invoice()))
	}
	if it.Err() != nil {
		return nil, false, failure(it.Err())
	}
	return out, it.Meta().HasMore, nil
}

// PayInvoice tries to collect an invoice now.
func (g *Gateway) PayInvoice(ctx context.Context, key, invoiceID string) (billing.Invoice, error) {
	return invoice(g.api.Invoices.Pay(invoiceID, &stripe.InvoicePayParams{Params: params(ctx, key)}))
}

// FinalizeInvoice gives a draft its number.
func (g *Gateway) FinalizeInvoice(ctx context.Context, key, invoiceID string) (billing.Invoice, error) {
	return invoice(g.api.Invoices.FinalizeInvoice(invoiceID, &stripe.InvoiceFinalizeInvoiceParams{Params: params(ctx, key)}))
}

// VoidInvoice takes an open invoice back.
func (g *Gateway) VoidInvoice(ctx context.Context, key, invoiceID string) (billing.Invoice, error) {
	return invoice(g.api.Invoices.VoidInvoice(invoiceID, &stripe.InvoiceVoidInvoiceParams{Params: params(ctx, key)}))
}

// BillOnce bills something that is no seat. The invoice is made first and its
// one line is put on it by name, so that nothing that waits for a renewal joins it.
func (g *Gateway) BillOnce(ctx context.Context, key string, b billing.OneOff) (billing.Invoice, error) {
	draft, err := g.api.Invoices.New(&stripe.InvoiceParams{
		Params: params(ctx, key+"/invoice"), Customer: stripe.String(b.CustomerID), CollectionMethod: stripe.String(string(stripe.InvoiceCollectionMethodSendInvoice)),
		DaysUntilDue: stripe.Int64(int64(b.DueDays)), PendingInvoiceItemsBehavior: stripe.String("exclude"), AutoAdvance: stripe.Bool(false),
		Metadata: map[string]string{"order_id": b.OrderID},
	})
	if err != nil {
		return billing.Invoice{}, failure(err)
	}
	_, err = g.api.InvoiceItems.New(&stripe.InvoiceItemParams{
		Params: params(ctx, key+"/line"), Customer: stripe.String(b.CustomerID), Invoice: stripe.String(draft.ID), Amount: stripe.Int64(b.Amount.Minor),
		Currency: stripe.String(strings.ToLower(b.Amount.Currency)), Description: stripe.String(b.Text),
	})
	if err != nil {
		return billing.Invoice{}, failure(err)
	}
	// Sending finalizes.
	return invoice(g.api.Invoices.SendInvoice(draft.ID, &stripe.InvoiceSendInvoiceParams{Params: params(ctx, key+"/send")}))
}

var errNothingPaid = errors.New("stripe: nothing was paid on this invoice by card")

// Refund gives back a part of what was paid on an invoice.
func (g *Gateway) Refund(ctx context.Context, key, invoiceID string, sum money.Money, reason string) (string, error) {
	inv, err := g.api.Invoices.Get(invoiceID, &stripe.InvoiceParams{Params: params(ctx, "")})
	if err != nil {
		return "", failure(err)
	}
	if inv.PaymentIntent == nil {
		return "", errNothingPaid
	}
	x, err := g.api.Refunds.New(&stripe.RefundParams{
		Params: params(ctx, key), PaymentIntent: stripe.String(inv.PaymentIntent.ID), Amount: stripe.Int64(sum.Minor), Reason: stripe.String(string(stripe.RefundReasonRequestedByCustomer)),
		Metadata: map[string]string{"reason": reason},
	})
	if err != nil {
		return "", failure(err)
	}
	return x.ID, nil
}

// Credit is used up by the next invoices. Stripe counts it below zero.
func (g *Gateway) Credit(ctx context.Context, key, customerID string, sum money.Money, reason string) (string, error) {
	x, err := g.api.CustomerBalanceTransactions.New(&stripe.CustomerBalanceTransactionParams{
		Params: params(ctx, key), Customer: stripe.String(customerID), Amount: stripe.Int64(-sum.Minor), Currency: stripe.String(strings.ToLower(sum.Currency)), Description: stripe.String(reason),
	})
	if err != nil {
		return "", failure(err)
	}
	return x.ID, nil
}

func invoice(x *stripe.Invoice, err error) (billing.Invoice, error) {
	if err != nil {
		return billing.Invoice{}, failure(err)
	}
	return invoiceOf(x), nil
}

func invoiceOf(x *stripe.Invoice) billing.Invoice {
	inv := billing.Invoice{
		ID: x.ID, Number: x.Number, Status: string(x.Status), Reason: string(x.BillingReason), Total: amount(x.Total, x.Currency), Paid: amount(x.AmountPaid, x.Currency),
		Remaining: amount(x.AmountRemaining, x.Currency), CreatedAt: at(x.Created), DueAt: maybe(x.DueDate), PeriodStart: at(x.PeriodStart), PeriodEnd: at(x.PeriodEnd),
		OrderID: x.Metadata["order_id"], PageURL: x.HostedInvoiceURL, PDFURL: x.InvoicePDF, Attempts: int(x.AttemptCount), NextAttempt: maybe(x.NextPaymentAttempt),
	}
	if x.Customer != nil {
		inv.CustomerID = x.Customer.ID
	}
	if x.Subscription != nil {
		inv.SubscriptionID = x.Subscription.ID
	}
	if x.Lines == nil {
		return inv
	}
	for _, l := range x.Lines.Data {
		line := billing.InvoiceLine{Text: l.Description, Quantity: int(l.Quantity), Amount: amount(l.Amount, l.Currency), Proration: l.Proration}
		if l.Period != nil {
			line.PeriodFrom, line.PeriodTo = at(l.Period.Start), at(l.Period.End)
		}
		inv.Lines = append(inv.Lines, line)
	}
	return inv
}
