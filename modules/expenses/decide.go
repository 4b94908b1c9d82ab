package expenses

import (
	"context"
	"slices"
	"strings"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/tenancy"
)

// Submit hands in an expense of the caller's as they saw it. What the policy
// refuses is refused here, at its field; what it warns of goes along.
func (s *Service) Submit(ctx context.Context, id string, version int) (Expense, error) {
	return s.decide(ctx, id, version, decision{
		action: "submitted", from: []State{Draft, Rejected}, to: Submitted, own: true,
		event: func(e ExpenseEvent) event.Event { return ExpenseSubmitted{e} },
	})
}

// Recall takes an expense of the caller's back as long as nobody has decided on it.
func (s *Service) Recall(ctx context.Context, id string, version int) (Expense, error) {
	return s.decide(ctx, id, version, decision{
		action: "recalled", from: []State{Submitted}, to: Draft, own: true,
		event: func(e ExpenseEvent) event.Event { return ExpenseRecalled{e} },
	})
}

// Approve approves an expense exactly as it was seen. Nobody approves their
// own; the only person who could may, with a reason that stays on record.
func (s *Service) Approve(ctx context.Context, id string, version int, ownReason string) (Expense, error) {
	return s.decide(ctx, id, version, decision{
		action: "approved", from: []State{Submitted}, to: Approved, ownReason: strings.TrimSpace(ownReason),
		event: func(e ExpenseEvent) event.Event { return ExpenseApproved{e} },
	})
}

// Reject sends an expense back with a reason, also an approved one, unless it
// is paid back or billed.
func (s *Service) Reject(ctx context.Context, id string, version int, reason string) (Expense, error) {
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return Expense{}, ErrNoReason
	}
	return s.decide(ctx, id, version, decision{
		action: "rejected", from: []State{Submitted, Approved}, to: Rejected, reason: reason,
		event: func(e ExpenseEvent) event.Event { return ExpenseRejected{e} },
	})
}

// decision is one step in the life of an expense.
type decision struct {
	action            string
	from              []State
	to                State
	own               bool // the member's own step, not an approver's
	reason, ownReason string
	event             func(ExpenseEvent) event.Event
}

func (s *Service) decide(ctx context.Context, id string, version int, d decision) (e Expense, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.readable(ctx, tx, id, true)
		if err != nil {
			return err
		}
		e = before
		exception, err := s.mayDecide(ctx, tx, e, d)
		if err != nil {
			return err
		}
		switch {
		case e.State == d.to && e.DecidedVersion == version:
			return nil // the same decision on the same version, once more: nothing left to do
		case e.Version != version:
			return ErrStale
		case !slices.Contains(d.from, e.State):
			return ErrWrongState
		case e.Settled():
			return ErrSettled
		case exception && d.ownReason == "":
			return ErrOwnReason
		}
		if d.to != Approved { // what is closed is neither handed in nor back; what was handed in before is decided on
			if err := s.d.House.OpenTx(ctx, tx, "path.id", e.dated()); err != nil {
				return err
			}
		}
		if d.to == Submitted {
			if err := s.complete(ctx, tx, &e); err != nil {
				return err
			}
		}
		action, reason := "expense_"+d.action, d.reason
		s.settle(ctx, &e, d)
		if exception {
			e.ExceptionReason, action, reason = d.ownReason, "expense_self_approved", d.ownReason
		}
		if err := s.d.Store.Save(ctx, tx, e); err != nil {
			return err
		}
		return s.note(ctx, tx, action, reason, &before, e, d.event(eventOf(e)))
	})
	return e, err
}

func (s *Service) settle(ctx context.Context, e *Expense, d decision) {
	now := s.now()
	e.State, e.RejectReason, e.ExceptionReason, e.DecidedVersion = d.to, d.reason, "", e.Version
	e.DecidedAt, e.DecidedBy = nil, ""
	e.Version, e.UpdatedAt = e.Version+1, now
	switch {
	case d.to == Submitted:
		e.SubmittedAt = &now
	case !d.own:
		e.DecidedAt, e.DecidedBy = &now, access.From(ctx).MemberID
	}
}

// mayDecide tells whether the caller may take this step, and whether only as an exception.
func (s *Service) mayDecide(ctx context.Context, tx *tenancy.Tx, e Expense, d decision) (exception bool, err error) {
	a := access.From(ctx)
	own := e.MemberID == a.MemberID
	switch {
	case d.own && !own:
		return false, ErrNotYours
	case d.own || !own || d.to == Rejected: // sending back one's own approves nothing
		return false, nil
	}
	others, err := s.d.Team.OtherApproversTx(ctx, tx, a.MemberID)
	if err == nil && others > 0 {
		err = ErrOwn
	}
	return true, err
}

// complete names all that a submitted expense still lacks, and what the policy refuses.
func (s *Service) complete(ctx context.Context, tx *tenancy.Tx, e *Expense) error {
	h, err := s.d.House.HouseTx(ctx, tx)
	if err != nil {
		return err
	}
	bad := ErrIncomplete
	if e.CategoryID == "" {
		bad = bad.At("body.category_id", "is required")
	}
	if e.Gross.IsZero() {
		bad = bad.At("body.gross", "must be more than zero")
	}
	if e.Base == nil || e.Base.Currency != h.Currency {
		bad = bad.At("body.exchange_rate", "is required for an amount in "+e.Gross.Currency)
	}
	if e.Day.After(h.today(s.d.Now())) && e.Kind != ByReceipt {
		bad = bad.At("body.day", "has not come yet")
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	if e.Findings, err = s.findings(ctx, tx, *e, h); err != nil {
		return err
	}
	refused := ErrPolicy
	for _, f := range e.Findings {
		if f.Refuses {
			refused = refused.At(f.Field, f.Text)
		}
	}
	if len(refused.Fields) > 0 {
		return refused
	}
	return nil
}
