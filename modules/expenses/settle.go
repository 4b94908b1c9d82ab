package expenses

import (
	"context"
	"strings"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// Faults of settling.
var (
	ErrNotOwed     = fault.Define(fault.Conflict, "expenses.not_owed", "Some of these expenses are not approved, were paid by the agency, or are paid back already. Load the list again.")
	ErrNotPaid     = fault.Define(fault.Conflict, "expenses.not_reimbursed", "Some of these expenses are not paid back.")
	ErrBadPayment  = fault.Define(fault.Invalid, "expenses.bad_reimbursement", "This reimbursement cannot be recorded.")
	ErrNotBillable = fault.Define(fault.Conflict, "expenses.not_billable", "Some of these expenses are already billed or no longer approved. Load the draft again.")
)

// Reimburse notes the day on which members were paid back, for all of the
// expenses or for none. It says nothing of whether they are billed.
func (s *Service) Reimburse(ctx context.Context, ids []string, on day.Date, reference string) (n int, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		h, err := s.d.House.HouseTx(ctx, tx)
		if err != nil {
			return err
		}
		today := h.today(s.d.Now())
		if on.IsZero() {
			on = today
		}
		if on.After(today) {
			return ErrBadPayment.At("body.on", "has not come yet")
		}
		wanted := distinct(ids)
		r := Reimbursement{On: on, Reference: strings.TrimSpace(reference), By: access.From(ctx).MemberID}
		if n, err = s.d.Store.Reimburse(ctx, tx, wanted, r, s.now()); err != nil {
			return err
		}
		if n != len(wanted) {
			return ErrNotOwed
		}
		return s.noteMany(ctx, tx, "expenses.expenses_reimbursed", Reimbursed{Expenses: wanted, On: on, Reference: r.Reference})
	})
	return n, err
}

// Unreimburse takes a reimbursement back that was noted by mistake.
func (s *Service) Unreimburse(ctx context.Context, ids []string) (n int, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		wanted := distinct(ids)
		if n, err = s.d.Store.Unreimburse(ctx, tx, wanted, s.now()); err != nil {
			return err
		}
		if n != len(wanted) {
			return ErrNotPaid
		}
		return s.noteMany(ctx, tx, "expenses.reimbursement_undone", Reimbursed{Expenses: wanted, Undone: true})
	})
	return n, err
}

func (s *Service) noteMany(ctx context.Context, tx *tenancy.Tx, action string, e Reimbursed) error {
	if err := audit.Record(ctx, tx, audit.Change{Action: action, Entity: "expense", EntityID: "many", After: e}); err != nil {
		return err
	}
	return s.d.Bus.Publish(ctx, tx, e)
}

// Unbilled says whose approved expenses are wanted. Zero fields do not narrow.
type Unbilled struct {
	ClientID   string
	ClientIDs  []string
	ProjectIDs []string
	From, To   day.Date
}

// UnbilledTx returns approved, billable expenses that are on no invoice, oldest first.
func (s *Service) UnbilledTx(ctx context.Context, tx *tenancy.Tx, f Unbilled) ([]Expense, error) {
	all, err := s.d.Store.List(ctx, tx, Filter{ClientID: f.ClientID, ClientIDs: f.ClientIDs, ProjectIDs: f.ProjectIDs, From: f.From, To: f.To, Billing: BillingOpen})
	if err != nil {
		return nil, err
	}
	return all, s.fill(ctx, tx, all)
}

// ToBillTx counts approved, billable expenses that are on no invoice, client by client.
func (s *Service) ToBillTx(ctx context.Context, tx *tenancy.Tx, f Unbilled) (map[string]int, error) {
	return s.d.Store.CountByClient(ctx, tx, Filter{ClientID: f.ClientID, ClientIDs: f.ClientIDs, ProjectIDs: f.ProjectIDs, From: f.From, To: f.To, Billing: BillingOpen})
}

// SaleTaxesTx are the tax rates by which categories are billed; those without one have the agency's default.
func (s *Service) SaleTaxesTx(ctx context.Context, tx *tenancy.Tx, categoryIDs []string) (map[string]string, error) {
	known, err := s.d.Store.CategoriesByIDs(ctx, tx, distinct(categoryIDs))
	out := make(map[string]string, len(known))
	for id, c := range known {
		out[id] = c.TaxRateID
	}
	return out, err
}

// MarkBilledTx ties expenses to an invoice, all or none. ErrNotBillable.
func (s *Service) MarkBilledTx(ctx context.Context, tx *tenancy.Tx, ids []string, invoiceID string) error {
	wanted := distinct(ids)
	if len(wanted) == 0 {
		return nil
	}
	n, err := s.d.Store.MarkBilled(ctx, tx, wanted, invoiceID, s.now())
	if err == nil && n != len(wanted) {
		err = ErrNotBillable
	}
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.Change{Action: "expenses.expenses_billed", Entity: "invoice", EntityID: invoiceID, After: map[string]any{"expenses": wanted}})
}

// ReleaseBilledTx makes expenses unbilled again, approved as they were. The
// document is the one that gives them back.
func (s *Service) ReleaseBilledTx(ctx context.Context, tx *tenancy.Tx, ids []string, documentID string) error {
	n, err := s.d.Store.ReleaseBilled(ctx, tx, distinct(ids), s.now())
	if err != nil || n == 0 {
		return err
	}
	return audit.Record(ctx, tx, audit.Change{Action: "expenses.expenses_released", Entity: "invoice", EntityID: documentID, After: map[string]any{"expenses": distinct(ids)}})
}
