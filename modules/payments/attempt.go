package payments

import (
	"time"

	"github.com/bureauhq/bureau/app/kit/money"
)

// State is how far an attempt to pay is.
type State string

// States of attempts.
const (
	Opening    State = "opening" // its page is being made
	Open       State = "open"
	Processing State = "processing" // the bank takes its time
	Paid       State = "paid"
	Failed     State = "failed"
	Expired    State = "expired"
	Held       State = "held" // it does not say what it should, and waits for somebody to look
)

// Attempt is a client's attempt to pay an invoice on line.
type Attempt struct {
	ID            string
	AccountID     string
	InvoiceID     string
	InvoiceNumber string
	ClientID      string
	ClientName    string
	Amount        money.Money
	State         State
	CheckoutID    string
	URL           string
	ExpiresAt     *time.Time
	ChargeID      string
	Method        string
	MethodText    string
	Fee           *money.Money
	Failure       string
	Held          string
	PaymentID     string // in the books
	PayerID       string // the member, who is the contact
	PayerName     string
	CreatedAt     time.Time
	PaidAt        *time.Time
	Version       int
	Refunds       []Refund
	Disputes      []Dispute
}

// Disputed tells whether the payer's bank wants the money back and nobody has decided.
func (a Attempt) Disputed() bool {
	for _, d := range a.Disputes {
		if d.State == DisputeOpen {
			return true
		}
	}
	return false
}

// Left is what was received and neither went back, nor is on its way back, nor was lost to a dispute (rule 25).
func (a Attempt) Left() money.Money {
	left := a.Amount
	if a.State != Paid {
		return money.Zero(left.Currency)
	}
	for _, r := range a.Refunds {
		if r.State != RefundFailed {
			left = left.Sub(r.Amount)
		}
	}
	for _, d := range a.Disputes {
		if d.State == DisputeLost {
			left = left.Sub(d.Amount)
		}
	}
	if left.Sign() < 0 {
		return money.Zero(left.Currency)
	}
	return left
}

// RefundStatus is how far a refund is.
type RefundStatus string

// States of refunds.
const (
	RefundAsked     RefundStatus = "asked" // the provider does not know of it yet, as far as we know
	RefundPending   RefundStatus = "pending"
	RefundSucceeded RefundStatus = "succeeded"
	RefundFailed    RefundStatus = "failed"
)

// Refund is money that goes back through the provider.
type Refund struct {
	ID         string
	AttemptID  string
	Amount     money.Money
	Reason     string
	State      RefundStatus
	ProviderID string
	RefundID   string // in the books
	Failure    string
	CreatedBy  string
	CreatedAt  time.Time
}

// Dispute is a payment that the payer's bank wants back.
type Dispute struct {
	ID        string
	AttemptID string
	Amount    money.Money
	Reason    string
	State     DisputeStatus
	AnswerBy  *time.Time
	RefundID  string // in the books, once lost
	OpenedAt  time.Time
	ClosedAt  *time.Time
}

// ref is how the books know a charge of a provider.
func ref(provider, chargeID string) string { return provider + ":" + chargeID }
