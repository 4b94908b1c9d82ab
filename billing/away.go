package billing

import (
	"context"
	"time"

	"github.com/bureauhq/bureau/app/kit/money"
)

// Away is a payment provider that nobody can reach: that of a process which knows none.
type Away struct{}

var _ Gateway = Away{}

// CreateCustomer is away.
func (Away) CreateCustomer(context.Context, string, NewCustomer) (string, error) {
	return "", ErrGatewayAway
}

// OpenCheckout is away.
func (Away) OpenCheckout(context.Context, string, NewCheckout) (Checkout, error) {
	return Checkout{}, ErrGatewayAway
}

// Checkout is away.
func (Away) Checkout(context.Context, string) (Checkout, error) {
	return Checkout{}, ErrGatewayAway
}

// ExpireCheckout is away.
func (Away) ExpireCheckout(context.Context, string) error {
	return ErrGatewayAway
}

// EnsurePortal is away.
func (Away) EnsurePortal(context.Context, string) (bool, error) {
	return false, ErrGatewayAway
}

// OpenPortal is away.
func (Away) OpenPortal(context.Context, string, string) (string, error) {
	return "", ErrGatewayAway
}

// Subscription is away.
func (Away) Subscription(context.Context, string) (Subscription, error) {
	return Subscription{}, ErrGatewayAway
}

// Subscriptions is away.
func (Away) Subscriptions(context.Context, string, string) ([]Subscription, bool, error) {
	return nil, false, ErrGatewayAway
}

// Change is away.
func (Away) Change(context.Context, string, string, string, Step) (Subscription, error) {
	return Subscription{}, ErrGatewayAway
}

// Preview is away.
func (Away) Preview(context.Context, Account, []Step, time.Time) (Preview, error) {
	return Preview{}, ErrGatewayAway
}

// SetCancelAtPeriodEnd is away.
func (Away) SetCancelAtPeriodEnd(context.Context, string, string, bool) (Subscription, error) {
	return Subscription{}, ErrGatewayAway
}

// CancelNow is away.
func (Away) CancelNow(context.Context, string, string) (Subscription, error) {
	return Subscription{}, ErrGatewayAway
}

// Resume is away.
func (Away) Resume(context.Context, string, string) (Subscription, error) {
	return Subscription{}, ErrGatewayAway
}

// Invoice is away.
func (Away) Invoice(context.Context, string) (Invoice, error) {
	return Invoice{}, ErrGatewayAway
}

// Invoices is away.
func (Away) Invoices(context.Context, string, string) ([]Invoice, bool, error) {
	return nil, false, ErrGatewayAway
}

// PayInvoice is away.
func (Away) PayInvoice(context.Context, string, string) (Invoice, error) {
	return Invoice{}, ErrGatewayAway
}

// FinalizeInvoice is away.
func (Away) FinalizeInvoice(context.Context, string, string) (Invoice, error) {
	return Invoice{}, ErrGatewayAway
}

// VoidInvoice is away.
func (Away) VoidInvoice(context.Context, string, string) (Invoice, error) {
	return Invoice{}, ErrGatewayAway
}

// BillOnce is away.
func (Away) BillOnce(context.Context, string, OneOff) (Invoice, error) {
	return Invoice{}, ErrGatewayAway
}

// Refund is away.
func (Away) Refund(context.Context, string, string, money.Money, string) (string, error) {
	return "", ErrGatewayAway
}

// Credit is away.
func (Away) Credit(context.Context, string, string, money.Money, string) (string, error) {
	return "", ErrGatewayAway
}

// EventsSince is away.
func (Away) EventsSince(context.Context, string) ([]Event, bool, error) {
	return nil, false, ErrGatewayAway
}

// VerifyWebhook is away.
func (Away) VerifyWebhook([]byte, string, time.Time) (Event, error) {
	return Event{}, ErrGatewayAway
}

// Catalogue is away.
func (Away) Catalogue(context.Context, []string) (map[string]Price, error) {
	return nil, ErrGatewayAway
}

// CreatePrice is away.
func (Away) CreatePrice(context.Context, string, Plan) (Price, error) {
	return Price{}, ErrGatewayAway
}

// Now is away.
func (Away) Now(context.Context) (time.Time, error) {
	return time.Time{}, ErrGatewayAway
}
