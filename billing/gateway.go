package billing

import (
	"context"
	"time"

	"github.com/bureauhq/bureau/app/kit/money"
)

// Gateway is everything that is asked of the payment provider. Its one
// implementation is billingstripe. Calls that change something carry a key:
// the same key asks for the same thing once, however often it is sent. Every
// call may fail with ErrGatewayAway (nothing is known of the outcome; try again
// with the same key) or ErrDeclined (the provider, or the bank, said no).
type Gateway interface {
	CreateCustomer(ctx context.Context, key string, c NewCustomer) (customerID string, err error)

	// OpenCheckout makes the page on which a subscription is bought.
	OpenCheckout(ctx context.Context, key string, c NewCheckout) (Checkout, error)
	Checkout(ctx context.Context, id string) (Checkout, error) // ErrGone
	ExpireCheckout(ctx context.Context, id string) error
	// EnsurePortal makes the portal's configuration, once: what a customer may do in it.
	EnsurePortal(ctx context.Context, key string) (made bool, err error)
	// OpenPortal makes a link to the page of invoices, cards, addresses and tax ids.
	OpenPortal(ctx context.Context, customerID, returnURL string) (url string, err error)

	Subscription(ctx context.Context, id string) (Subscription, error) // ErrGone
	// Subscriptions pages through all there are, also ended ones; after is the last id seen.
	Subscriptions(ctx context.Context, customerID, after string) (page []Subscription, more bool, err error)
	Change(ctx context.Context, key, subscriptionID, itemID string, s Step) (Subscription, error)
	// Preview is what the steps of one change cost: today, and at the next renewal.
	Preview(ctx context.Context, a Account, steps []Step, at time.Time) (Preview, error)
	SetCancelAtPeriodEnd(ctx context.Context, key, subscriptionID string, cancel bool) (Subscription, error)
	CancelNow(ctx context.Context, key, subscriptionID string) (Subscription, error)
	Resume(ctx context.Context, key, subscriptionID string) (Subscription, error)

	Invoice(ctx context.Context, id string) (Invoice, error) // ErrGone
	// Invoices pages through a customer's, the newest first; through everybody's open ones when customerID is empty.
	Invoices(ctx context.Context, customerID, after string) (page []Invoice, more bool, err error)
	// PayInvoice finalizes a draft first: an unpaid subscription collects such.
	PayInvoice(ctx context.Context, key, invoiceID string) (Invoice, error)
	FinalizeInvoice(ctx context.Context, key, invoiceID string) (Invoice, error)
	VoidInvoice(ctx context.Context, key, invoiceID string) (Invoice, error)
	// BillOnce makes, finalizes and sends an invoice that has nothing to do with the subscription.
	BillOnce(ctx context.Context, key string, b OneOff) (Invoice, error)
	Refund(ctx context.Context, key, invoiceID string, amount money.Money, reason string) (refundID string, err error)
	Credit(ctx context.Context, key, customerID string, amount money.Money, reason string) (creditID string, err error)

	// EventsSince lists what happened after the given event, the oldest first; the newest ones when after is empty.
	EventsSince(ctx context.Context, after string) (page []Event, more bool, err error)
	// VerifyWebhook checks the signature over raw against any of the secrets and how old it is, to both sides. ErrBadWebhook.
	VerifyWebhook(raw []byte, signature string, now time.Time) (Event, error)

	// Catalogue returns the prices that carry the lookup keys; missing ones are not in the answer.
	Catalogue(ctx context.Context, lookupKeys []string) (map[string]Price, error)
	CreatePrice(ctx context.Context, key string, p Plan) (Price, error)
	// Now is the provider's clock. Trials and dunning are measured against it.
	Now(ctx context.Context) (time.Time, error)
}

// NewCustomer is an agency as the provider shall know it.
type NewCustomer struct{ AgencyID, Name, Email string }

// NewCheckout asks for a purchase of Seats.
type NewCheckout struct {
	CustomerID, AgencyID  string
	Seats                 Seats
	TrialEnd              *time.Time // what is left of the trial stays free
	SuccessURL, CancelURL string
}

// Checkout is a purchase page.
type Checkout struct {
	ID, URL        string
	State          string // open, complete, expired
	CustomerID     string
	SubscriptionID string // once complete
	ExpiresAt      time.Time
}

// Subscription is the provider's subscription as it is now.
type Subscription struct {
	ID, CustomerID, ItemID string
	Items                  int // ours have exactly one
	Status                 Status
	LookupKey              string // of the item's price
	UnitAmount             money.Money
	Quantity               int
	PeriodStart, PeriodEnd time.Time
	CreatedAt              time.Time
	TrialEnd               *time.Time
	CancelAtPeriodEnd      bool
	CanceledAt, EndedAt    *time.Time
	CollectionPaused       bool
	PendingUntil           *time.Time // a change waits for its payment
	LatestInvoice          *Invoice
}

// Invoice is one of the platform's invoices to an agency.
type Invoice struct {
	ID, Number, CustomerID, SubscriptionID string
	OrderID                                string // of a OneOff
	Status                                 string // draft, open, paid, uncollectible, void
	Reason                                 string // subscription_create, subscription_cycle, subscription_update, manual
	Total, Paid, Remaining                 money.Money
	CreatedAt                              time.Time
	DueAt                                  *time.Time
	PeriodStart, PeriodEnd                 time.Time
	PageURL, PDFURL                        string
	Attempts                               int
	NextAttempt                            *time.Time
	Lines                                  []InvoiceLine
}

// InvoiceLine is a row of an Invoice.
type InvoiceLine struct {
	Text       string
	Quantity   int
	Amount     money.Money
	Proration  bool
	PeriodFrom time.Time
	PeriodTo   time.Time
}

// Preview is what a change costs.
type Preview struct {
	Today   money.Money // charged at once, or put on the next invoice
	Renewal money.Money // the next invoice without today's share
	At      time.Time   // of the next renewal
	Lines   []InvoiceLine
}

// OneOff is an invoice outside of the subscription.
type OneOff struct {
	CustomerID, OrderID, Text string
	Amount                    money.Money
	DueDays                   int
}

// Event says that something happened to an object. What it says about the
// object is never used: the object is fetched anew.
type Event struct {
	ID, Type, Account string
	LiveMode          bool
	ObjectType        string // subscription, invoice, checkout.session, customer, charge …
	ObjectID          string
	CustomerID        string
	SubscriptionID    string
	CreatedAt         time.Time
	Raw               []byte
}

// Price is the provider's price for a seat and month.
type Price struct {
	ID, LookupKey, ProductID string
	Amount                   money.Money
	Interval                 string // month
	Active                   bool
}
