package payments

import (
	"context"
	"time"

	"github.com/bureauhq/bureau/app/kit/money"
)

// Provider collects money into the agencies' own accounts. Calls that change something carry a key: the same key asks for the same
// thing once, however often it is sent. Each call may fail with ErrAway, and with the faults that are named.
type Provider interface {
	// Name is how records tell providers apart: "stripe".
	Name() string
	// CreateAccount makes an account that its owner has to complete. ErrBadCountry.
	CreateAccount(ctx context.Context, key string, n NewAccount) (accountID string, err error)
	// Onboarding makes a link to the provider's own pages, good once and not for long. ErrNoAccess.
	Onboarding(ctx context.Context, accountID, againURL, returnURL string) (url string, err error)
	// Account says what an account can do. ErrNoAccess.
	Account(ctx context.Context, accountID string) (AccountState, error)
	// Collectable is the largest amount up to m that can be collected in one payment; zero where none can.
	Collectable(m money.Money) money.Money

	// OpenCheckout makes the page on which somebody pays. ErrNoAccess, ErrRefused.
	OpenCheckout(ctx context.Context, key, accountID string, n NewCheckout) (Checkout, error)
	Checkout(ctx context.Context, accountID, id string) (Checkout, error) // ErrGone, ErrNoAccess
	// CloseCheckout makes a page useless. ErrRefused where it is not open, ErrGone, ErrNoAccess.
	CloseCheckout(ctx context.Context, accountID, id string) error

	Charge(ctx context.Context, accountID, id string) (Charge, error) // ErrGone, ErrNoAccess
	// Charges pages through what was charged since; refunds are added up and disputes are not told. ErrNoAccess.
	Charges(ctx context.Context, accountID string, since time.Time, after string) (page []Charge, more bool, err error)
	// Refund gives a part of a charge back. ErrRefused, ErrNoAccess.
	Refund(ctx context.Context, key, accountID, chargeID, refundID string, m money.Money) (RefundState, error)

	// NoticesSince lists what happened to an account after the given notice, the oldest first; the newest when after is empty. ErrGone, ErrNoAccess.
	NoticesSince(ctx context.Context, accountID, after string) (page []Notice, more bool, err error)
	// Verify checks that a notice is the provider's, and how old it is, to both sides. ErrBadNotice.
	Verify(raw []byte, signature string, now time.Time) (Notice, error)
}

// NewAccount is an agency as the provider shall know it.
type NewAccount struct {
	AgencyID, Name, Email string
	Country               string // empty: the provider asks
}

// AccountState is what an account can do, as the provider says.
type AccountState struct {
	Country   string
	Submitted bool
	Charges   bool
	Payouts   bool
	Due       []string // what the provider still wants to know
	Overdue   bool     // some of it should have been there by now
	Disabled  string   // why it does not work, if so
}

// Ready tells whether clients can pay into the account.
func (a AccountState) Ready() bool {
	return a.Charges && a.Payouts && !a.Overdue && a.Disabled == ""
}

// NewCheckout asks for a payment page.
type NewCheckout struct {
	AttemptID, InvoiceID, AgencyID string // they travel with the payment
	Amount                         money.Money
	Text                           string
	Email                          string // of the payer, if known
	DoneURL, BackURL               string
}

// Checkout is a payment page.
type Checkout struct {
	ID, URL   string
	AttemptID string // as it travels with the page
	State     CheckoutState
	ChargeID  string // none before somebody has tried to pay
	ExpiresAt time.Time
}

// CheckoutState is how far a page is.
type CheckoutState string

// States of pages.
const (
	CheckoutOpen    CheckoutState = "open"
	CheckoutDone    CheckoutState = "complete" // whether the money came, says the charge
	CheckoutExpired CheckoutState = "expired"
)

// Charge is a payment at the provider as it is now.
type Charge struct {
	ID                   string
	AttemptID, InvoiceID string // as they travel with it; empty where it is not of our making
	State                ChargeState
	Amount               money.Money
	Method, MethodText   string // "card", "Visa •••• 4242"
	Fee                  *money.Money
	Failure              string
	CreatedAt            time.Time
	Refunded             money.Money
	Refunds              []RefundState
	Disputes             []DisputeState
}

// ChargeState is how far a charge is.
type ChargeState string

// States of charges.
const (
	ChargeWaiting    ChargeState = "waiting" // for the payer
	ChargeProcessing ChargeState = "processing"
	ChargeSucceeded  ChargeState = "succeeded"
	ChargeFailed     ChargeState = "failed"
)

// RefundState is a refund at the provider as it is now.
type RefundState struct {
	ID        string
	RefundID  string // ours, as it travels with it; empty where it was made at the provider
	Amount    money.Money
	State     RefundStatus
	Failure   string
	CreatedAt time.Time
}

// DisputeState is a dispute at the provider as it is now.
type DisputeState struct {
	ID        string
	Amount    money.Money
	Reason    string
	State     DisputeStatus
	AnswerBy  *time.Time
	CreatedAt time.Time
}

// DisputeStatus is how a dispute stands.
type DisputeStatus string

// States of disputes.
const (
	DisputeOpen DisputeStatus = "open"
	DisputeWon  DisputeStatus = "won"
	DisputeLost DisputeStatus = "lost"
)

// Notice says that something happened to something of an account. What it says of the thing is not used.
type Notice struct {
	ID, Account, Type    string
	ObjectType, ObjectID string
	CheckoutID, ChargeID string // what it is about, if it is about a payment
	At                   time.Time
}
