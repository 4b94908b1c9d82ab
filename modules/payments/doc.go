// Package payments lets clients pay invoices on line, through a payment provider at which the agency has an account of its own.
//
// It owns the agency's connected account, the attempts to pay with their refunds and disputes, and what a comparison with the
// provider found. The provider is a port; paymentsstripe is Stripe (Connect, Standard accounts, direct charges).
//
// The books are invoicing's: what was received, given back or taken back is recorded there, once each, in the transaction that notes it
// here. What a notice of the provider says is never used: the payment is asked for anew and everything follows from what it is
// now, so notices may come in any order and number. Whose a notice is says the account alone, by the platform's own table.
//
// It announces payments.account_changed.v1, payments.online_payment_changed.v1 and payments.differences_changed.v1, and hears from
// invoicing what settles an invoice, to close pages on which it could be paid again.
package payments
