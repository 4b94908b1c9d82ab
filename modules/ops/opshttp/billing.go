package opshttp

import (
	"context"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/billing"
)

// OpsBilling is what operators see of an agency's bill.
type OpsBilling struct {
	Status      string        `json:"status"`
	Plan        string        `json:"plan" doc:"What the agency has now, overrides included"`
	Level       string        `json:"level"`
	HeldPlan    string        `json:"held_plan"`
	Seats       int           `json:"seats"`
	MaxSeats    int           `json:"max_seats" doc:"0 is no limit"`
	TrialEndsAt *time.Time    `json:"trial_ends_at"`
	PeriodEnd   *time.Time    `json:"period_end"`
	CustomerID  string        `json:"customer_id" doc:"The payment provider's"`
	Overrides   []OpsOverride `json:"overrides" doc:"Those in force"`
	Orders      []OpsOrder    `json:"orders"`
	Paybacks    []OpsPayback  `json:"paybacks"`
	Terms       OpsTerms      `json:"terms"`
	Quarters    []OpsQuarter  `json:"quarters" doc:"Settled ones, the newest first"`
	Invoices    []OpsInvoice  `json:"invoices" doc:"The newest hundred; empty while the payment provider is away"`
	History     []OpsCommand  `json:"history"`
}

// OpsOverride is what an operator granted.
type OpsOverride struct {
	ID        string    `json:"id"`
	Plan      string    `json:"plan"`
	Level     string    `json:"level"`
	MaxSeats  int       `json:"max_seats"`
	Reason    string    `json:"reason"`
	By        string    `json:"by"`
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

// OpsOrder is an implementation service that was sold.
type OpsOrder struct {
	ID          string     `json:"id"`
	Text        string     `json:"text"`
	Amount      string     `json:"amount"`
	Currency    string     `json:"currency"`
	DueDays     int        `json:"due_days"`
	State       string     `json:"state" enum:"waiting,approved,invoiced,paid,canceled"`
	RequestedBy string     `json:"requested_by"`
	RequestedAt time.Time  `json:"requested_at"`
	ApprovedBy  string     `json:"approved_by"`
	ApprovedAt  *time.Time `json:"approved_at"`
}

// OpsCommand is one change that was made at the payment provider.
type OpsCommand struct {
	ID        string     `json:"id"`
	Kind      string     `json:"kind"`
	State     string     `json:"state"`
	Error     string     `json:"error"`
	By        string     `json:"by"`
	CreatedAt time.Time  `json:"created_at"`
	DoneAt    *time.Time `json:"done_at"`
}

// OpsDrift is a difference between the payment provider and us.
type OpsDrift struct {
	AgencyID string    `json:"agency_id"`
	Subject  string    `json:"subject"`
	Field    string    `json:"field"`
	Ours     string    `json:"ours"`
	Theirs   string    `json:"theirs"`
	At       time.Time `json:"at"`
	Healed   bool      `json:"healed"`
}

// OpsDriftList lists differences, the newest first.
type OpsDriftList = list[OpsDrift]

func overrideView(o billing.Override) OpsOverride {
	return OpsOverride{o.ID, string(o.Plan), string(o.Level), o.MaxSeats, o.Reason, o.By, o.CreatedAt, o.ExpiresAt}
}

func orderView(o billing.Order) OpsOrder {
	return OpsOrder{
		ID: o.ID, Text: o.Text, Amount: o.Amount.Amount(), Currency: o.Amount.Currency, DueDays: o.DueDays, State: string(o.State),
		RequestedBy: o.RequestedBy, RequestedAt: o.RequestedAt, ApprovedBy: o.ApprovedBy, ApprovedAt: o.ApprovedAt,
	}
}

func when(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (h handlers) billing(ctx context.Context, in *IDIn) (*out[OpsBilling], error) {
	account, acc, err := h.bills.Account(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	_, overrides, err := h.books.Account(ctx, in.ID, h.who.Now())
	if err != nil {
		return nil, err
	}
	orders, err := h.bills.Orders(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	more, err := h.beyond(ctx, in.ID, account)
	if err != nil {
		return nil, err
	}
	done, err := h.books.History(ctx, in.ID, 50)
	if err != nil {
		return nil, err
	}
	return &out[OpsBilling]{OpsBilling{
		Status: string(account.Status), Plan: string(acc.Plan), Level: string(acc.Level), HeldPlan: string(account.Held.Plan), Seats: account.Held.Quantity, MaxSeats: acc.MaxSeats,
		TrialEndsAt: when(account.TrialEndsAt), PeriodEnd: when(account.PeriodEnd), CustomerID: account.CustomerID,
		Overrides: views(overrides, overrideView), Orders: views(orders, orderView),
		Paybacks: more.paybacks, Terms: termsView(account), Quarters: more.quarters, Invoices: more.invoices,
		History: views(done, func(c billing.Command) OpsCommand {
			return OpsCommand{c.ID, string(c.Kind), string(c.State), c.Error, c.By, c.CreatedAt, c.DoneAt}
		}),
	}}, nil
}

// NewOpsOverride grants an agency something, for a while.
type NewOpsOverride struct {
	Plan      string    `json:"plan,omitempty" enum:"starter,professional,enterprise"`
	Level     string    `json:"level,omitempty" enum:"full,grace,read_only,suspended"`
	MaxSeats  int       `json:"max_seats,omitempty" minimum:"0" maximum:"100000"`
	Reason    string    `json:"reason" maxLength:"500"`
	ExpiresAt time.Time `json:"expires_at"`
}

func (h handlers) grantOverride(ctx context.Context, in *struct {
	IDIn
	Body NewOpsOverride
},
) (*out[OpsOverride], error) {
	b := in.Body
	o, err := h.bills.Grant(ctx, billing.Override{
		AgencyID: in.ID, Plan: billing.PlanID(b.Plan), Level: billing.Level(b.Level), MaxSeats: b.MaxSeats, Reason: b.Reason, By: access.From(ctx).Name, ExpiresAt: b.ExpiresAt,
	})
	if err != nil {
		return nil, err
	}
	return &out[OpsOverride]{overrideView(o)}, nil
}

func (h handlers) revokeOverride(ctx context.Context, in *struct {
	IDIn
	OverrideID string `path:"override_id" maxLength:"36" format:"uuid"`
},
) (*none, error) {
	return nil, h.bills.RevokeGrant(ctx, in.ID, in.OverrideID, access.From(ctx).Name)
}

// NewOpsOrder sells an implementation service.
type NewOpsOrder struct {
	Text    string `json:"text" maxLength:"500"`
	Amount  string `json:"amount" maxLength:"20" doc:"Decimal amount in USD"`
	DueDays int    `json:"due_days" enum:"14,30"`
}

func orderOut(o billing.Order, err error) (*out[OpsOrder], error) {
	if err != nil {
		return nil, err
	}
	return &out[OpsOrder]{orderView(o)}, nil
}

func (h handlers) placeOrder(ctx context.Context, in *struct {
	IDIn
	Body NewOpsOrder
},
) (*out[OpsOrder], error) {
	amount, err := money.ParseAmount(in.Body.Amount, billing.Currency)
	if err != nil {
		return nil, billing.ErrOrderAmount
	}
	// The operator's key, not the name: two people of one name are two.
	by := billing.Request{AgencyID: in.ID, Amount: amount, RequestedBy: access.From(ctx).Email}
	return orderOut(h.bills.PlaceOrder(ctx, billing.Order{Request: by, Text: in.Body.Text, DueDays: in.Body.DueDays}))
}

type orderIn struct {
	IDIn
	OrderID string `path:"order_id" maxLength:"36" format:"uuid"`
}

func (h handlers) approveOrder(ctx context.Context, in *orderIn) (*out[OpsOrder], error) {
	return orderOut(h.bills.ApproveOrder(ctx, in.ID, in.OrderID, access.From(ctx).Email))
}

func (h handlers) cancelOrder(ctx context.Context, in *orderIn) (*out[OpsOrder], error) {
	return orderOut(h.bills.CancelOrder(ctx, in.ID, in.OrderID))
}

const driftTime = 30 * 24 * time.Hour

func (h handlers) drift(ctx context.Context, _ *none) (*out[OpsDriftList], error) {
	found, err := h.books.DriftSince(ctx, h.who.Now().Add(-driftTime), 200)
	if err != nil {
		return nil, err
	}
	view := func(d billing.Drift) OpsDrift {
		return OpsDrift{d.AgencyID, d.Subject, d.Field, d.Ours, d.Theirs, d.At, d.Healed}
	}
	return &out[OpsDriftList]{OpsDriftList{Items: views(found, view)}}, nil
}
