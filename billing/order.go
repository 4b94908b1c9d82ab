package billing

import (
	"context"
	"errors"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/money"
)

// Order is an implementation service that the platform sells to an agency:
// billed once, by an invoice of its own, and without any effect on access.
type Order struct {
	Request
	Text      string
	DueDays   int
	InvoiceID string
	Version   int
}

// How far an order is beyond being approved, which is when its invoice is made.
const (
	OrderInvoiced RequestState = "invoiced"
	OrderPaid     RequestState = "paid"
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
)

// PlaceOrder asks for a service to be billed: by whom, in which agency, what and for how much. Up to the limit it is
// approved by that. ErrOrderAmount, ErrOrderText, ErrOrderDue.
func (s *Service) PlaceOrder(ctx context.Context, o Order) (Order, error) {
	switch {
	case o.Amount.Currency != Currency, o.Amount.Minor < OrderLeast.Minor, o.Amount.Minor > OrderMost.Minor:
		return o, ErrOrderAmount
	case len([]rune(o.Text)) < 1 || len([]rune(o.Text)) > 500:
		return o, ErrOrderText
	case o.DueDays != 14 && o.DueDays != 30:
		return o, ErrOrderDue
	}
	o.Version = 1
	err := s.ask(ctx, &o, func(context.Context, Tx, *Account) error { return nil })
	return o, err
}

// ApproveOrder agrees to an order that another operator asked for. ErrSecondPerson, ErrOrderState.
func (s *Service) ApproveOrder(ctx context.Context, agencyID, orderID, by string) (o Order, err error) {
	err = s.approve(ctx, agencyID, o.find(orderID), by)
	return o, err
}

// CancelOrder takes back an order that was not approved. ErrOrderState.
func (s *Service) CancelOrder(ctx context.Context, agencyID, orderID string) (o Order, err error) {
	err = s.cancel(ctx, agencyID, o.find(orderID))
	return o, err
}

func (o *Order) find(id string) func(context.Context, Tx) (asked, error) {
	return func(ctx context.Context, t Tx) (_ asked, err error) {
		*o, err = t.Order(ctx, id)
		return o, err
	}
}

func (o *Order) kind() requestKind {
	return requestKind{"billing.order", OrderTwoEyes, ErrOrderState, ErrSecondPerson}
}

func (o *Order) add(ctx context.Context, t Tx) error { return t.AddOrder(ctx, *o) }

func (o *Order) save(ctx context.Context, t Tx) error {
	err := t.SaveOrder(ctx, *o)
	o.Version++
	return err
}

func (o *Order) work() job.Args { return billOrder{o.AgencyID, o.ID} }

func (o *Order) told() audit.Change {
	return audit.Change{After: map[string]any{
		"order": o.ID, "text": o.Text, "amount": o.Amount.Amount(), "currency": o.Amount.Currency, "due_days": o.DueDays,
		"state": o.State, "requested_by": o.RequestedBy, "approved_by": o.ApprovedBy,
	}}
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

// bill makes the invoice. Its calls' keys come from the order: it is made once.
func (s *Service) bill(ctx context.Context, j billOrder) error {
	if err := s.ensureCustomer(ctx, j.AgencyID); err != nil {
		return err
	}
	return s.d.Store.Locked(ctx, j.AgencyID, func(ctx context.Context, t Tx, a *Account) error {
		o, err := t.Order(ctx, j.OrderID)
		if err != nil || o.State != RequestApproved || o.ApprovedAt == nil {
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

// refreshOrders looks whether the invoices of open orders were paid. It returns those that were, or were given up.
func (s *Service) refreshOrders(ctx context.Context, agencyID string) (changed []Order, err error) {
	err = s.d.Store.Locked(ctx, agencyID, func(ctx context.Context, t Tx, _ *Account) error {
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
				o.State = RequestCanceled
			}
			if err := t.SaveOrder(ctx, o); err != nil {
				return err
			}
			changed = append(changed, o)
		}
		return nil
	})
	return changed, err
}
