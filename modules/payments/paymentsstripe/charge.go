package paymentsstripe

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v76"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/payments"
)

// Charge finds a payment intent with its charge, fee, refunds and disputes.
func (p *Provider) Charge(ctx context.Context, accountID, id string) (payments.Charge, error) {
	in := &stripe.PaymentIntentParams{Params: params(ctx, accountID, "")}
	in.AddExpand("latest_charge.balance_transaction")
	in.AddExpand("latest_charge.refunds")
	i, err := p.api.PaymentIntents.Get(id, in)
	if err != nil {
		return payments.Charge{}, failure(err)
	}
	c := chargeOf(i)
	if i.LatestCharge == nil {
		return c, nil
	}
	if r := i.LatestCharge.Refunds; r != nil && r.HasMore { // ten are shown with a charge
		if c.Refunds, err = p.refunds(ctx, accountID, id); err != nil {
			return payments.Charge{}, err
		}
	}
	if !i.LatestCharge.Disputed {
		return c, nil
	}
	it := p.api.Disputes.List(&stripe.DisputeListParams{ListParams: page(ctx, accountID, ""), PaymentIntent: stripe.String(id)})
	for it.Next() {
		c.Disputes = append(c.Disputes, disputeOf(it.Dispute()))
	}
	return c, failure(it.Err())
}

// refunds are all of a payment, the newest first.
func (p *Provider) refunds(ctx context.Context, accountID, id string) (out []payments.RefundState, err error) {
	in := &stripe.RefundListParams{ListParams: page(ctx, accountID, ""), PaymentIntent: stripe.String(id)}
	in.Single = false
	it := p.api.Refunds.List(in)
	for it.Next() {
		out = append(out, refundOf(it.Refund()))
	}
	return out, failure(it.Err())
}

// Charges pages through payment intents.
func (p *Provider) Charges(ctx context.Context, accountID string, since time.Time, after string) ([]payments.Charge, bool, error) {
	in := &stripe.PaymentIntentListParams{ListParams: page(ctx, accountID, after), CreatedRange: &stripe.RangeQueryParams{GreaterThanOrEqual: since.Unix()}}
	in.AddExpand("data.latest_charge")
	it := p.api.PaymentIntents.List(in)
	var out []payments.Charge
	for it.Next() {
		out = append(out, chargeOf(it.PaymentIntent()))
	}
	if it.Err() != nil {
		return nil, false, failure(it.Err())
	}
	return out, it.Meta().HasMore, nil
}

// Refund gives a part of a payment back.
func (p *Provider) Refund(ctx context.Context, key, accountID, chargeID, refundID string, m money.Money) (payments.RefundState, error) {
	amount, ok := minor(m)
	if !ok {
		return payments.RefundState{}, payments.ErrRefused.At("body.amount", "Stripe does not give back the last digit of this amount.")
	}
	in := &stripe.RefundParams{Params: params(ctx, accountID, key), PaymentIntent: stripe.String(chargeID), Amount: stripe.Int64(amount), Reason: stripe.String(string(stripe.RefundReasonRequestedByCustomer))}
	in.AddMetadata(metaRefund, refundID)
	r, err := p.api.Refunds.New(in)
	if err != nil {
		return payments.RefundState{}, failure(err)
	}
	return refundOf(r), nil
}

// brands are the cards' names as people write them.
var brands = map[stripe.PaymentMethodCardBrand]string{
	stripe.PaymentMethodCardBrandAmex: "American Express", stripe.PaymentMethodCardBrandDiners: "Diners Club", stripe.PaymentMethodCardBrandDiscover: "Discover", stripe.PaymentMethodCardBrandJCB: "JCB",
	stripe.PaymentMethodCardBrandMastercard: "Mastercard", stripe.PaymentMethodCardBrandUnionpay: "UnionPay", stripe.PaymentMethodCardBrandVisa: "Visa",
}

func chargeOf(i *stripe.PaymentIntent) payments.Charge {
	c := payments.Charge{
		ID: i.ID, AttemptID: i.Metadata[metaAttempt], InvoiceID: i.Metadata[metaInvoice], Amount: amountOf(i.Amount, i.Currency), State: payments.ChargeWaiting,
		CreatedAt: time.Unix(i.Created, 0).UTC(), Refunded: money.Zero(amountOf(0, i.Currency).Currency),
	}
	if e := i.LastPaymentError; e != nil {
		c.State, c.Failure = payments.ChargeFailed, e.Msg
	}
	switch i.Status {
	case stripe.PaymentIntentStatusSucceeded:
		c.State, c.Failure = payments.ChargeSucceeded, ""
		c.Amount = amountOf(i.AmountReceived, i.Currency)
	case stripe.PaymentIntentStatusProcessing:
		c.State, c.Failure = payments.ChargeProcessing, ""
	case stripe.PaymentIntentStatusCanceled:
		c.State = payments.ChargeFailed
	}
	if ch := i.LatestCharge; ch != nil {
		describe(&c, ch)
	}
	return c
}

// describe says how a charge was paid, what it cost and what went back.
func describe(c *payments.Charge, ch *stripe.Charge) {
	c.Refunded = amountOf(ch.AmountRefunded, ch.Currency)
	if b := ch.BalanceTransaction; b != nil && b.Currency != "" {
		fee := amountOf(b.Fee, b.Currency)
		c.Fee = &fee
	}
	if d := ch.PaymentMethodDetails; d != nil {
		c.Method, c.MethodText = string(d.Type), strings.ReplaceAll(string(d.Type), "_", " ")
		switch {
		case d.Card != nil:
			c.MethodText = cmp.Or(brands[d.Card.Brand], "Card") + " •••• " + d.Card.Last4
		case d.SEPADebit != nil:
			c.MethodText = "SEPA debit •••• " + d.SEPADebit.Last4
		case d.USBankAccount != nil:
			c.MethodText = "Bank debit •••• " + d.USBankAccount.Last4
		}
	}
	if ch.Refunds != nil {
		for _, r := range ch.Refunds.Data {
			c.Refunds = append(c.Refunds, refundOf(r))
		}
	}
}

func refundOf(r *stripe.Refund) payments.RefundState {
	out := payments.RefundState{
		ID: r.ID, RefundID: r.Metadata[metaRefund], Amount: amountOf(r.Amount, r.Currency), State: payments.RefundPending, Failure: strings.ReplaceAll(string(r.FailureReason), "_", " "), CreatedAt: time.Unix(r.Created, 0).UTC(),
	}
	switch r.Status {
	case stripe.RefundStatusSucceeded:
		out.State = payments.RefundSucceeded
	case stripe.RefundStatusFailed, stripe.RefundStatusCanceled:
		out.State = payments.RefundFailed
	}
	return out
}

// disputeOf tells how a dispute stands. An early warning is none: no money has moved.
func disputeOf(d *stripe.Dispute) payments.DisputeState {
	out := payments.DisputeState{ID: d.ID, Amount: amountOf(d.Amount, d.Currency), Reason: string(d.Reason), State: payments.DisputeOpen, CreatedAt: time.Unix(d.Created, 0).UTC()}
	switch d.Status {
	case stripe.DisputeStatusWon, stripe.DisputeStatusWarningClosed:
		out.State = payments.DisputeWon
	case stripe.DisputeStatusLost:
		out.State = payments.DisputeLost
	}
	if e := d.EvidenceDetails; e != nil && e.DueBy != 0 {
		t := time.Unix(e.DueBy, 0).UTC()
		out.AnswerBy = &t
	}
	return out
}
