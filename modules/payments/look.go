package payments

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// looks is how often something is looked at anew because somebody else wrote meanwhile.
const looks = 5

// seen is what the provider has of an attempt.
type seen struct {
	page   *Checkout
	charge *Charge
	lost   bool // the account is not ours to ask any more
}

// look asks the provider what became of an attempt, and takes it down. What is written depends on what is there now alone: whoever calls
// it, however often and in whatever order, comes to the same. Nobody's older answer replaces a newer one, because it is
// taken down only where nobody else wrote between the question and the answer.
func (s *Service) look(ctx context.Context, id string, hint Notice) error {
	for range looks {
		var a Attempt
		err := s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
			a, err = s.d.Store.Attempt(ctx, tx, id)
			return err
		})
		if err != nil {
			return err
		}
		now, err := s.ask(ctx, a, hint)
		if err != nil {
			return err
		}
		written := false
		err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
			held, err := s.d.Store.LockedAttempt(ctx, tx, id)
			if err != nil || held.Version != a.Version {
				return err
			}
			written = true
			return s.take(ctx, tx, held, now)
		})
		if err != nil || written {
			return err
		}
	}
	return ErrWrittenMeanwhile
}

// ask asks for the page and for the charge of an attempt.
func (s *Service) ask(ctx context.Context, a Attempt, hint Notice) (out seen, err error) {
	page := a.CheckoutID
	if page == "" {
		page = hint.CheckoutID // whose answer never came to us
	}
	charge := a.ChargeID
	if charge == "" {
		charge = hint.ChargeID
	}
	if page != "" && charge == "" {
		c, err := s.d.Provider.Checkout(ctx, a.AccountID, page)
		switch {
		case errors.Is(err, ErrNoAccess):
			return seen{lost: true}, nil
		case errors.Is(err, ErrGone):
			return out, nil
		case err != nil:
			return out, err
		}
		out.page, charge = &c, c.ChargeID
	}
	if charge == "" {
		return out, nil
	}
	c, err := s.d.Provider.Charge(ctx, a.AccountID, charge)
	switch {
	case errors.Is(err, ErrNoAccess):
		return seen{lost: true}, nil
	case errors.Is(err, ErrGone):
		return out, nil
	case err != nil:
		return out, err
	}
	out.charge = &c
	// A charge that waits for the payer, or failed, does so on a page that may be open still.
	if page != "" && out.page == nil && (c.State == ChargeWaiting || c.State == ChargeFailed) {
		p, err := s.d.Provider.Checkout(ctx, a.AccountID, page)
		if err != nil && !errors.Is(err, ErrGone) {
			return out, err
		}
		if err == nil {
			out.page = &p
		}
	}
	return out, nil
}

// take writes down what was seen.
func (s *Service) take(ctx context.Context, tx *tenancy.Tx, a Attempt, now seen) error {
	was := a
	was.Refunds, was.Disputes = slices.Clone(a.Refunds), slices.Clone(a.Disputes)
	if c := now.charge; c != nil {
		if why := strange(a, *c); why != "" {
			return s.hold(ctx, tx, a, *c, why)
		}
		a.ChargeID = c.ID
	}
	if p := now.page; p != nil && a.CheckoutID == "" && p.AttemptID == a.ID {
		expires := p.ExpiresAt
		a.CheckoutID, a.URL, a.ExpiresAt = p.ID, p.URL, &expires
	}
	what := a.become(now)
	if what == "paid" {
		if err := s.receive(ctx, tx, &a, *now.charge); err != nil {
			return err
		}
	}
	if a.State == Paid {
		if now.charge != nil && now.charge.Fee != nil {
			a.Fee = now.charge.Fee
		}
		if err := s.backs(ctx, tx, &a, now.charge); err != nil {
			return err
		}
		if err := s.disputes(ctx, tx, &a, now.charge); err != nil {
			return err
		}
	}
	if same(was, a) && slices.Equal(was.Refunds, a.Refunds) && slices.EqualFunc(was.Disputes, a.Disputes, func(x, y Dispute) bool { return x.ID == y.ID && x.State == y.State }) {
		return nil
	}
	a.Version++
	if err := s.d.Store.SaveAttempt(ctx, tx, a); err != nil {
		return err
	}
	if what == "" {
		return nil
	}
	return s.changed(ctx, tx, a, what)
}

// same tells whether nothing of the attempt itself is different.
func same(a, b Attempt) bool {
	fee := (a.Fee == nil) == (b.Fee == nil) && (a.Fee == nil || *a.Fee == *b.Fee)
	return fee && a.State == b.State && a.ChargeID == b.ChargeID && a.CheckoutID == b.CheckoutID && a.Failure == b.Failure && a.Method == b.Method && a.PaymentID == b.PaymentID
}

// strange says in what a charge is not the attempt's, though it says so.
func strange(a Attempt, c Charge) string {
	switch {
	case c.AttemptID != a.ID:
		return "it is of another attempt"
	case c.InvoiceID != a.InvoiceID:
		return "it is for another invoice"
	case c.Amount.Currency != a.Amount.Currency:
		return "it is in " + c.Amount.Currency + " and not in " + a.Amount.Currency
	case c.Amount != a.Amount:
		return "it is over " + c.Amount.Amount() + " and not over " + a.Amount.Amount()
	}
	return ""
}

// become is the state that follows from what was seen, and what to call the step: nothing where it is none. What was paid stays paid.
func (a *Attempt) become(now seen) (what string) {
	was := a.State
	if was == Paid || was == Held {
		return ""
	}
	a.Failure = ""
	c, p := now.charge, now.page
	switch {
	case c != nil && c.State == ChargeSucceeded:
		a.State = Paid
	case now.lost:
		if was == Opening || was == Open {
			a.State, a.Failure = Expired, "The account is not connected any more."
		}
	case c != nil && c.State == ChargeProcessing:
		a.State = Processing
	case p != nil && p.State == CheckoutExpired:
		a.State = Expired
	case p != nil && p.State == CheckoutOpen:
		if was == Opening { // one that ended stays so: another may be open
			a.State = Open
		}
	case c != nil && (p == nil || p.State == CheckoutDone) && (c.State == ChargeFailed || was == Processing || p != nil):
		a.State = Failed
	}
	if c != nil && a.State != Paid {
		a.Failure = c.Failure
	}
	if c != nil && c.Method != "" {
		a.Method, a.MethodText = c.Method, c.MethodText
	}
	if a.State == was {
		return ""
	}
	return string(a.State)
}

// receive writes the payment into the books, once.
func (s *Service) receive(ctx context.Context, tx *tenancy.Tx, a *Attempt, c Charge) error {
	method := "other"
	if c.Method == "card" {
		method = "card"
	}
	p, err := s.d.Bills.ReceiveTx(ctx, tx, invoicing.Received{
		ProviderRef: ref(s.d.Provider.Name(), c.ID), InvoiceID: a.InvoiceID, Amount: c.Amount, At: s.d.Now(), Method: method, Reference: c.ID, Note: "Paid on line: " + c.MethodText,
	})
	if err != nil {
		return err
	}
	at := s.d.Now().UTC()
	a.State, a.PaymentID, a.PaidAt, a.Failure = Paid, p.ID, &at, ""
	if err := s.d.Store.CloseDifferences(ctx, tx, c.ID, []Kind{DiffState, DiffMissingHere}, at, "It is in the books now."); err != nil {
		return err
	}
	if left := p.Unapplied(); left.Sign() > 0 {
		return s.tell(ctx, tx, letter{
			Key: "payments.credit/" + a.ID, Subject: a.ClientName + " paid more than was open", Path: "/invoices/" + a.InvoiceID,
			Paragraphs: []string{
				a.ClientName + " has paid " + a.Amount.String() + " on line for " + a.InvoiceNumber + ". The invoice was settled or voided meanwhile, or less of it was open.",
				left.String() + " is the client's credit now. Use it for another invoice, or give it back.",
			},
		})
	}
	return nil
}

// hold puts an attempt aside whose charge does not say what it should. Nothing of it comes into the books until somebody has looked.
func (s *Service) hold(ctx context.Context, tx *tenancy.Tx, a Attempt, c Charge, why string) error {
	s.d.Log.ErrorContext(ctx, "a payment on line does not say what it should", "agency", tx.AgencyID(), "attempt", a.ID, "charge", c.ID, "why", why)
	if err := s.differ(ctx, tx, Difference{Kind: DiffHeld, Subject: c.ID, AttemptID: a.ID, InvoiceID: a.InvoiceID, Ours: a.Amount.String(), Theirs: why}); err != nil {
		return err
	}
	if a.State == Held || a.State == Paid || c.AttemptID != a.ID {
		return nil // what another attempt's charge says is no reason to stop this one
	}
	a.State, a.Held, a.Version = Held, why, a.Version+1
	if err := s.d.Store.SaveAttempt(ctx, tx, a); err != nil {
		return err
	}
	return s.changed(ctx, tx, a, "held")
}

// waitTime is how long an attempt may wait before somebody asks by himself what became of it.
const waitTime = time.Hour
