package invoicing

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/tenancy"
)

// Faults of late fees of many invoices.
var (
	ErrLatePaused  = fault.Define(fault.Conflict, "invoicing.late_paused", "The reminders of this invoice are paused, such as while it is disputed. Let them go on first.")
	ErrMayNotIssue = fault.Define(fault.Forbidden, "invoicing.may_not_issue", "You may make drafts, but not issue invoices.")
	ErrBadLateFees = fault.Define(fault.Invalid, "invoicing.bad_late_fees", "These late fees cannot be charged.")
)

// LatePaused is why nothing is charged in bulk while the reminders of an invoice are paused.
const LatePaused = "paused"

// LateFilter says which overdue invoices are wanted.
type LateFilter struct {
	ClientID string
	Search   string   // a part of the number or the client's name
	Before   day.Date // due before this day
	After    []string // the cursor: due date and id
	Limit    int
}

// Overdue is an invoice that was not paid in time, with what late payment costs today.
type Overdue struct {
	Invoice  Invoice // its lines are those of late fees alone
	DaysLate int
	PausedAt *time.Time
	Reason   string // of the pause
	Policy   LateFees
	Due      []LateDue
	Why      string // nothing can be charged
	Fee      money.Money
	Charged  money.Money // by documents and drafts
	Capped   bool        // the most of the policy made the fee smaller, or nothing
}

// OverdueFees lists overdue invoices with what may be charged for them today, the oldest first.
func (s *Service) OverdueFees(ctx context.Context, f LateFilter, q page.Query) (out []Overdue, next *string, err error) {
	if f.After, err = page.Decode(q.Cursor, 2); err != nil {
		return nil, nil, err
	}
	if f.After != nil {
		if _, err := day.Parse(f.After[0]); err != nil || uuid.Validate(f.After[1]) != nil {
			return nil, nil, page.ErrBadCursor.Because(err)
		}
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if f.Before, err = s.today(ctx, tx); err != nil {
			return err
		}
		f.Limit = q.Size() + 1
		if out, err = s.d.Store.Overdue(ctx, tx, f); err != nil {
			return err
		}
		out, next = page.Cut(out, q.Size(), func(o Overdue) []string { return []string{o.Invoice.DueOn.String(), o.Invoice.ID} })
		return s.feesOf(ctx, tx, out, f.Before)
	})
	return out, next, err
}

// feesOf finds what is due of many invoices, with as many questions as for one.
func (s *Service) feesOf(ctx context.Context, tx *tenancy.Tx, all []Overdue, today day.Date) error {
	if len(all) == 0 {
		return nil
	}
	ids := make([]string, len(all))
	for n, o := range all {
		ids[n] = o.Invoice.ID
	}
	policies, err := s.d.Store.ReminderPolicies(ctx, tx)
	if err != nil {
		return err
	}
	charges, err := s.d.Store.LateCharges(ctx, tx, ids...)
	if err != nil {
		return err
	}
	settled, err := s.d.Store.Settlings(ctx, tx, ids...)
	if err != nil {
		return err
	}
	sent, err := s.lettersOf(ctx, tx, ids...)
	if err != nil {
		return err
	}
	for n := range all {
		o := &all[n]
		id := o.Invoice.ID
		p, own := policies[o.Invoice.ClientID]
		if !own {
			p = policies[""]
		}
		mine := slices.DeleteFunc(slices.Clone(charges), func(c LateCharge) bool { return c.InvoiceID != id })
		o.DaysLate, o.Policy = today.Sub(o.Invoice.DueOn), p.late()
		o.Due, o.Why = p.lateDue(o.Invoice, sent[id], settled[id], mine, today)
		if o.PausedAt != nil && len(o.Due) > 0 {
			o.Due, o.Why = nil, LatePaused
		}
		o.sum(mine)
	}
	return nil
}

// sum adds up what is due and what was charged.
func (o *Overdue) sum(charged []LateCharge) {
	o.Fee, o.Charged = money.Zero(o.Invoice.Currency), money.Zero(o.Invoice.Currency)
	for _, c := range charged {
		if c.DocumentID != "" {
			o.Charged = o.Charged.Add(c.Amount)
		}
	}
	for _, d := range o.Due {
		o.Fee = o.Fee.Add(d.Amount)
	}
	most := o.Policy.Most
	o.Capped = o.Why == LateCapped || most != nil && len(o.Due) > 0 && o.Charged.Add(o.Fee).Decimal().Cmp(*most) >= 0
}

// LateCharged is what became of one invoice of many.
type LateCharged struct {
	InvoiceID string
	Document  Invoice // that charges its late fees
	Err       error   // why there is none
}

// ChargeLateMany charges what is due now for late payment of many invoices, each in a transaction and a document of
// its own: one that is refused stops no other, and asking again charges nothing twice. ErrNotFound.
func (s *Service) ChargeLateMany(ctx context.Context, invoiceIDs []string, how How) ([]LateCharged, error) {
	switch {
	case !how.Valid():
		return nil, ErrBadLateFees.At("body.how", "must be draft, issue or send")
	case how != AsDraft && !access.From(ctx).Can(CanIssue):
		return nil, ErrMayNotIssue.At("body.how", "is not for you: make drafts")
	}
	err := s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		missing, err := s.d.Store.Unknown(ctx, tx, invoiceIDs)
		if err == nil && len(missing) > 0 {
			return ErrNotFound.At(fmt.Sprintf("body.invoice_ids[%d]", slices.Index(invoiceIDs, missing[0])), "does not exist")
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make([]LateCharged, len(invoiceIDs))
	for n, id := range invoiceIDs {
		out[n].InvoiceID = id
		out[n].Document, out[n].Err = s.chargeOverdue(ctx, id, how)
		if ctx.Err() != nil {
			return nil, ctx.Err() // the rest was not charged; asking again is harmless
		}
	}
	return out, nil
}

// chargeOverdue charges what is due for one of many. What is paused waits.
func (s *Service) chargeOverdue(ctx context.Context, id string, how How) (d Invoice, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		i, err := s.d.Store.LockedInvoice(ctx, tx, id)
		if err != nil {
			return err
		}
		today, err := s.today(ctx, tx)
		if err != nil {
			return err
		}
		if i.State != Issued || i.Balance().Sign() <= 0 || !i.DueOn.Before(today) {
			return ErrNothingLate.Saying("This invoice is not overdue.")
		}
		r, err := s.d.Store.Reminding(ctx, tx, id)
		if err != nil {
			return err
		}
		if r.PausedAt != nil {
			return ErrLatePaused.Saying("The reminders of this invoice are paused: %s. Let them go on first.", strings.TrimRight(r.Reason, "."))
		}
		d, err = s.chargeLate(ctx, tx, id, day.Date{}, how)
		return err
	})
	if err != nil {
		return Invoice{}, err
	}
	return d, nil
}
