package portal

import (
	"context"
	"time"

	"github.com/bureauhq/bureau/app/kit/money"
)

// Payable is what a contact can pay of an invoice on line, and what became of the last attempt.
type Payable struct {
	Offered  bool
	Parts    bool
	Open     money.Money
	UnderWay money.Money
	Last     *Attempt
}

// Attempt is an attempt to pay.
type Attempt struct {
	ID      string
	State   string // opening, open, processing, paid, failed, expired, held
	Amount  money.Money
	Method  string
	Failure string
	At      time.Time
}

// Payable tells what can be paid of an invoice.
func (s *Service) Payable(ctx context.Context, invoiceID string) (Payable, error) {
	if _, err := s.Invoice(ctx, invoiceID); err != nil {
		return Payable{}, err
	}
	return s.d.Payments.Payable(ctx, invoiceID)
}

// Pay returns the page on which an invoice is paid: all that is open, or a part.
func (s *Service) Pay(ctx context.Context, invoiceID string, amount *money.Money) (url string, err error) {
	if _, err := s.Invoice(ctx, invoiceID); err != nil {
		return "", err
	}
	return s.d.Payments.Pay(ctx, invoiceID, amount)
}
