package billing

import (
	"context"
	"errors"
	"time"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/money"
)

// Order is an implementation service that the platform sells to an agency:
// billed once, by an invoice of its own, and without any effect on access.
type Order struct {
	ID          string
	AgencyID    string
	Text        string
	Amount      money.Money
	DueDays     int
	State       OrderState
	RequestedBy string // an operator
	RequestedAt time.Time
	ApprovedBy  string // another one, above the limit
	ApprovedAt  *time.Time
	InvoiceID   string
	Version     int
}

// OrderState is how far an order is.
type OrderState string

const (
	OrderWaiting  OrderState = "waiting"  // for a second operator
	OrderApproved OrderState = "approved" // its invoice is being made
	OrderInvoiced OrderState = "invoiced"
	OrderPaid     OrderState = "paid"
	OrderCanceled OrderState = "canceled"
)

// What an order may cost, and above which amount a second operator has to agree (ASVS 2.3.5).
var (
	OrderLeast   = money.Of(500_000, Currency)
	OrderMost    = money.Of(2_500_000, Currency)
	OrderTwoEyes = money.Of(1_000_000, Currency)
)

var (
	ErrOrderNotFound = fault.Define(fault.NotFound, "billing.order_not_found", "This order does not exist.")
	ErrOrderAmount   = fault.Define(fault.Invalid, "billing.order_amount", "An implementation service costs between $5,000 and $25,000.").At("body.amount", "must be between 5000.00 and 25000.00 USD")
	ErrOrderText     = fault.Define(fault.Invalid, "billing.order_text", "An order says what is delivered.").At("body.text", "must have 1 to 500 letters")
	ErrOrderDue      = fault.Define(fault.Invalid, "billing.order_due", "An order is due in 14 or 30 days.").At("body.due_days", "must be 14 or 30")
	ErrOrderState    = fault.Define(fault.Conflict, "billing.order_state", "The order's state does not allow this.")
	ErrSecondPerson  = fault.Define(fault.Forbidden, "billing.second_person", "An order of this size needs the agreement of a second operator.")
)

// PlaceOrder asks for a service to be billed. Up to the limit it is approved by that. ErrOrderAmount, ErrOrderText, ErrOrderDue.
func (s *Service) PlaceOrder(ctx context.Context, agencyID, text string, amount money.Money, dueDays int, by string) (Order, error) {
	switch {
	case amount.Currency != Currency, amount.Minor < OrderLeast.Minor, amount.Minor > OrderMost.Minor:
		return Order{}, ErrOrderAmount
	case len([]rune(text)) < 1 || len([]rune(text)) > 500:
		return Order{}, ErrOrderText
	case dueDays != 14 && dueDays != 30:
		return Order{}, ErrOrderDue
	}
	o := Order{ID: id.New(), AgencyID: agencyID, Text: text, Amount: amount, DueDays: dueDays, State: OrderWaiting, RequestedBy: by, RequestedAt: s.d.Now().UTC(), Version: 1}
	if amount.Minor <= OrderTwoEyes.Minor {
		o.State, o.ApprovedAt = OrderApproved, &o.RequestedAt
	}
	err := s.d.Store.Locked(ctx, agencyID, func(ctx context.Context, t Tx, _ *Account) error {
		if err := t.AddOrder(ctx, o); err != nil {
			return err
		}
		return t.Enqueue(ctx, billOrder{}.of(o)...)
	})
	return o, err
}

// ApproveOrder agrees to an order that another operator asked for. ErrSecondPerson, ErrOrderState.
func (s *Service) ApproveOrder(ctx context.Context, agencyID, orderID, by string) (Order, error) {
	return s.changeOrder(ctx, agencyID, orderID, func(o *Order) error {
		switch {
		case o.State != OrderWaiting:
			return ErrOrderState
		case o.RequestedBy == by:
			return ErrSecondPerson
		}
		now := s.d.Now().UTC()
		o.State, o.ApprovedBy, o.ApprovedAt = OrderApproved, by, &now
		return nil
	})
}

// CancelOrder takes back an order that was not approved. ErrOrderState.
func (s *Service) CancelOrder(ctx context.Context, agencyID, orderID string) (Order, error) {
	return s.changeOrder(ctx, agencyID, orderID, func(o *Order) error {
		if o.State != OrderWaiting {
			return ErrOrderState
		}
		o.State = OrderCanceled
		return nil
	})
}

func (s *Service) changeOrder(ctx context.Context, agencyID, orderID string, fn func(*Order) error) (o Order, err error) {
	err = s.d.Store.Locked(ctx, agencyID, func(ctx context.Context, t Tx, _ *Account) error {
		if o, err = t.Order(ctx, orderID); err != nil {
			return err
		}
		if err := fn(&o); err != nil {
			return err
		}
		if err := t.SaveOrder(ctx, o); err != nil {
			return err
		}
		o.Version++
		return t.Enqueue(ctx, billOrder{}.of(o)...)
	})
	return o, err
}

// Orders lists an agency's orders, the newest first.
func (s *Service) Orders(ctx context.Context, agencyID string) (all []Order, err error) {
	err = s.d.Store.Locked(ctx, agencyID, func(ctx context.Context, t Tx, _ *Account) error {
		all, err = t.Orders(ctx)
		return err
	})
	return all, err
}

// billOrder is the job that makes an approved order's invoice.
type billOrder struct {
	AgencyID string `json:"agency_id"`
	OrderID  string `json:"order_id"`
}

// Kind is the job's stable name.
func (billOrder) Kind() string { return "billing.bill_order" }

func (billOrder) of(o Order) []job.Args {
	if o.State != OrderApproved {
		return nil
	}
	return []job.Args{billOrder{o.AgencyID, o.ID}}
}

// bill makes the invoice. Its calls' keys come from the order: it is made once.
func (s *Service) bill(ctx context.Context, j billOrder) error {
	if err := s.ensureCustomer(ctx, j.AgencyID); err != nil {
		return err
	}
	return s.d.Store.Locked(ctx, j.AgencyID, func(ctx context.Context, t Tx, a *Account) error {
		o, err := t.Order(ctx, j.OrderID)
		if err != nil || o.State != OrderApproved || o.ApprovedAt == nil {
			return err
		}
		inv, err := s.billOnce(ctx, "order:"+o.ID, *o.ApprovedAt, OneOff{CustomerID: a.CustomerID, OrderID: o.ID, Text: o.Text, Amount: o.Amount, DueDays: o.DueDays})
		if err != nil {
			return err
		}
		o.State, o.InvoiceID = OrderInvoiced, inv.ID
		return t.SaveOrder(ctx, o)
	})
}

// refreshOrders looks whether the invoices of open orders were paid.
func (s *Service) refreshOrders(ctx context.Context, agencyID string) error {
	return s.d.Store.Locked(ctx, agencyID, func(ctx context.Context, t Tx, _ *Account) error {
		all, err := t.Orders(ctx)
		if err != nil {
			return err
		}
		for _, o := range all {
			if o.State != OrderInvoiced {
				continue
			}
			inv, err := s.d.Gateway.Invoice(ctx, o.InvoiceID)
			switch {
			case errors.Is(err, ErrGone) || (err == nil && inv.Status != "paid" && inv.Status != "void"):
				continue
			case err != nil:
				return err
			}
			o.State = OrderPaid
			if inv.Status == "void" {
				o.State = OrderCanceled
			}
			if err := t.SaveOrder(ctx, o); err != nil {
				return err
			}
		}
		return nil
	})
}
