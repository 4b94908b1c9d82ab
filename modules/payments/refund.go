package payments

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// refundNow is the job that asks the provider to give money back.
type refundNow struct {
	RefundID string `json:"refund_id"`
}

// Kind is the job's stable name.
func (refundNow) Kind() string { return "payments.refund" }

// Refund gives money back through the provider: all that is left of the payment where no amount is said. It is asked for in the
// background with a key of its own, so that it is neither lost nor made twice; what becomes of it shows with the payment.
func (s *Service) Refund(ctx context.Context, attemptID string, amount *money.Money, reason string) (a Attempt, err error) {
	if s.d.Provider == nil {
		return a, ErrUnset
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return a, ErrBadRefund.At("body.reason", "is required")
	}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if a, err = s.d.Store.LockedAttempt(ctx, tx, attemptID); err != nil {
			return err
		}
		sum := a.Left()
		if amount != nil {
			sum = *amount
		}
		switch {
		case a.State != Paid:
			return ErrNotPaid
		case sum.Currency != a.Amount.Currency:
			return ErrBadRefund.At("body.amount", "is not in the currency of the payment")
		case a.Left().IsZero():
			return ErrBadRefund.At("body.amount", "has nothing left: all of it went back already")
		case sum.Sign() <= 0:
			return ErrBadRefund.At("body.amount", "must be more than zero")
		case sum.Cmp(a.Left()) > 0:
			return ErrBadRefund.At("body.amount", "is more than is left: "+a.Left().Amount())
		case a.Disputed():
			return ErrBadRefund.At("body.amount", "is disputed: answer the dispute at the provider instead")
		}
		r := Refund{
			ID: s.d.NewID(), AttemptID: a.ID, Amount: sum, Reason: reason, State: RefundAsked, CreatedBy: access.From(ctx).MemberID, CreatedAt: s.d.Now().UTC(),
		}
		if err := s.d.Store.SaveRefund(ctx, tx, r); err != nil {
			return err
		}
		a.Refunds, a.Version = append(a.Refunds, r), a.Version+1
		if err := s.d.Store.SaveAttempt(ctx, tx, a); err != nil {
			return err
		}
		if err := s.d.Jobs.Enqueue(ctx, tx, refundNow{r.ID}); err != nil {
			return err
		}
		c := audit.Change{Action: "payments.refund_asked", Entity: "online_payment", EntityID: a.ID, Reason: reason, After: struct {
			Amount money.Money `json:"amount"`
		}{sum}}
		if err := audit.Record(ctx, tx, c); err != nil {
			return err
		}
		return s.changed(ctx, tx, a, "refund_asked")
	})
	return a, err
}

// refund looks first whether it was asked for already: a key may be forgotten by now.
func (s *Service) refund(ctx context.Context, j refundNow) error {
	if s.d.Provider == nil {
		return ErrAway
	}
	r, err := s.refundOf(ctx, j.RefundID)
	if err != nil || r.State != RefundAsked {
		return err
	}
	if err := s.look(ctx, r.AttemptID, Notice{}); err != nil {
		return err
	}
	if r, err = s.refundOf(ctx, j.RefundID); err != nil || r.State != RefundAsked {
		return err
	}
	var a Attempt
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		a, err = s.d.Store.Attempt(ctx, tx, r.AttemptID)
		return err
	})
	if err != nil {
		return err
	}
	_, err = s.d.Provider.Refund(ctx, r.ID, a.AccountID, a.ChargeID, r.ID, r.Amount)
	switch {
	case errors.Is(err, ErrRefused), errors.Is(err, ErrNoAccess), errors.Is(err, ErrGone):
		return s.refundFails(ctx, r, why(err))
	case err != nil:
		return err
	}
	return s.look(ctx, r.AttemptID, Notice{})
}

// why is what people are told of the provider's no.
func why(err error) string {
	if f := (*fault.Error)(nil); errors.As(err, &f) && len(f.Fields) > 0 {
		return f.Fields[0].Text
	}
	if errors.Is(err, ErrNoAccess) {
		return "The account is not connected any more."
	}
	return "The payment provider refused it."
}

func (s *Service) refundOf(ctx context.Context, id string) (r Refund, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err = s.d.Store.Refund(ctx, tx, id)
		return err
	})
	return r, err
}

// refundFails ends a refund that the provider did not begin.
func (s *Service) refundFails(ctx context.Context, r Refund, because string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		a, err := s.d.Store.LockedAttempt(ctx, tx, r.AttemptID)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(a.Refunds, func(x Refund) bool { return x.ID == r.ID && x.State == RefundAsked })
		if at < 0 {
			return nil
		}
		a.Version++
		if err := s.d.Store.SaveAttempt(ctx, tx, a); err != nil {
			return err
		}
		return s.failed(ctx, tx, a, a.Refunds[at], because)
	})
}

// failed notes that a refund did not arrive, in the books too, and tells those who look after money.
func (s *Service) failed(ctx context.Context, tx *tenancy.Tx, a Attempt, r Refund, because string) error {
	if r.RefundID != "" {
		if err := s.d.Bills.UndoRefundTx(ctx, tx, a.PaymentID, r.RefundID, because); err != nil {
			return err
		}
	}
	r.State, r.Failure = RefundFailed, because
	if err := s.d.Store.SaveRefund(ctx, tx, r); err != nil {
		return err
	}
	if err := s.changed(ctx, tx, a, "refund_failed"); err != nil {
		return err
	}
	return s.tell(ctx, tx, letter{
		Key: "payments.refund_failed/" + r.ID, Subject: "A refund to " + a.ClientName + " did not arrive", Path: "/invoices/" + a.InvoiceID,
		Paragraphs: []string{r.Amount.String() + " of the payment for " + a.InvoiceNumber + " did not go back: " + because, "The money is the client's credit until you give it back in another way."},
	})
}

// backs takes down what became of refunds, those made at the provider among them.
func (s *Service) backs(ctx context.Context, tx *tenancy.Tx, a *Attempt, c *Charge) error {
	if c == nil {
		return nil
	}
	for _, theirs := range c.Refunds {
		at := slices.IndexFunc(a.Refunds, func(r Refund) bool { return r.ProviderID == theirs.ID || r.ID == theirs.RefundID })
		if at < 0 {
			a.Refunds = append(a.Refunds, Refund{ID: s.d.NewID(), AttemptID: a.ID, Amount: theirs.Amount, Reason: "Given back at the payment provider", State: RefundAsked, CreatedAt: theirs.CreatedAt})
			at = len(a.Refunds) - 1
		}
		if err := s.back(ctx, tx, *a, &a.Refunds[at], theirs); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) back(ctx context.Context, tx *tenancy.Tx, a Attempt, r *Refund, theirs RefundState) error {
	before := *r
	r.ProviderID = theirs.ID
	if theirs.State == RefundFailed {
		if before.State == RefundFailed {
			return nil
		}
		r.State = RefundFailed
		return s.failed(ctx, tx, a, *r, "the payer's bank did not take it ("+theirs.Failure+")")
	}
	r.State = theirs.State
	if r.RefundID == "" {
		booked, err := s.d.Bills.GiveBackTx(ctx, tx, a.PaymentID, invoicing.Returned{Amount: theirs.Amount, At: s.d.Now(), Method: methodOf(a), Reference: theirs.ID, Reason: r.Reason})
		if err := s.unbooked(ctx, tx, a, DiffRefund, theirs.ID, theirs.Amount, err); err != nil {
			return err
		}
		r.RefundID = booked.ID
		if err == nil {
			if err := s.changed(ctx, tx, a, "refunded"); err != nil {
				return err
			}
		} else {
			r.RefundID = ""
		}
	}
	if *r == before {
		return nil
	}
	return s.d.Store.SaveRefund(ctx, tx, *r)
}

func methodOf(a Attempt) string {
	if a.Method == "card" {
		return "card"
	}
	return "other"
}

// unbooked lists what went back and does not fit into the books, such as money that somebody had given back by hand before. Other failures stay failures.
func (s *Service) unbooked(ctx context.Context, tx *tenancy.Tx, a Attempt, kind Kind, subject string, m money.Money, err error) error {
	if err == nil || !errors.Is(err, invoicing.ErrBadRefund) && !errors.Is(err, invoicing.ErrPaymentVoided) {
		return err
	}
	return s.differ(ctx, tx, Difference{Kind: kind, Subject: subject, AttemptID: a.ID, InvoiceID: a.InvoiceID, Ours: "not in the books: more went back than is left of the payment", Theirs: m.String()})
}

// disputes takes down what payers' banks want back. Money that is lost opens the invoice again.
func (s *Service) disputes(ctx context.Context, tx *tenancy.Tx, a *Attempt, c *Charge) error {
	if c == nil {
		return nil
	}
	for _, theirs := range c.Disputes {
		at := slices.IndexFunc(a.Disputes, func(d Dispute) bool { return d.ID == theirs.ID })
		isNew := at < 0
		if isNew {
			a.Disputes = append(a.Disputes, Dispute{ID: theirs.ID, AttemptID: a.ID, Amount: theirs.Amount, OpenedAt: theirs.CreatedAt})
			at = len(a.Disputes) - 1
		}
		d := &a.Disputes[at]
		if d.State == theirs.State && !isNew {
			continue
		}
		d.State, d.Reason, d.AnswerBy = theirs.State, theirs.Reason, theirs.AnswerBy
		if err := s.disputed(ctx, tx, *a, d); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) disputed(ctx context.Context, tx *tenancy.Tx, a Attempt, d *Dispute) error {
	what, say := "disputed", []string{
		"The payer's bank wants " + d.Amount.String() + " of the payment of " + a.ClientName + " for " + a.InvoiceNumber + " back (" + strings.ReplaceAll(d.Reason, "_", " ") + ").",
		"Answer it at the payment provider, with what shows that the work was done. The invoice stays paid until it is decided.",
	}
	if d.State != DisputeOpen {
		at := s.d.Now().UTC()
		d.ClosedAt = &at
		what, say = "dispute_won", []string{"The dispute of " + d.Amount.String() + " for " + a.InvoiceNumber + " was decided for you. The money stays yours."}
	}
	if d.State == DisputeLost && d.RefundID == "" {
		what, say = "dispute_lost", []string{"The dispute of " + d.Amount.String() + " for " + a.InvoiceNumber + " was lost: the money went back to the payer.", "The invoice is open again by as much."}
		booked, err := s.d.Bills.GiveBackTx(ctx, tx, a.PaymentID, invoicing.Returned{Amount: d.Amount, At: s.d.Now(), Method: methodOf(a), Reference: d.ID, Reason: "Dispute lost"})
		if err := s.unbooked(ctx, tx, a, DiffDispute, d.ID, d.Amount, err); err != nil {
			return err
		}
		if err == nil {
			d.RefundID = booked.ID
		}
	}
	if err := s.d.Store.SaveDispute(ctx, tx, *d); err != nil {
		return err
	}
	if err := s.changed(ctx, tx, a, what); err != nil {
		return err
	}
	return s.tell(ctx, tx, letter{Key: "payments.dispute/" + d.ID + "/" + string(d.State), Subject: map[string]string{
		"disputed": a.ClientName + " disputes a payment", "dispute_won": "A dispute was won", "dispute_lost": "A dispute was lost",
	}[what], Paragraphs: say, Path: "/invoices/" + a.InvoiceID})
}

// Attempts lists the attempts to pay an invoice, the latest first.
func (s *Service) Attempts(ctx context.Context, invoiceID string) (all []Attempt, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if _, err := s.d.Bills.InvoiceTx(ctx, tx, invoiceID); err != nil {
			return err
		}
		all, err = s.d.Store.Attempts(ctx, tx, invoiceID)
		return err
	})
	return all, err
}
