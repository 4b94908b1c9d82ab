package payments

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// keyTime is how long the provider remembers a key: an attempt that is older is not asked for again by the same one.
const keyTime = 23 * time.Hour

// Payable is what somebody who looks at an invoice can do about it.
type Payable struct {
	Offered  bool
	Parts    bool
	UnderWay money.Money // what the bank has not confirmed yet
	Open     money.Money // what can be paid now
	Last     *Attempt    // the latest attempt, if any
}

// Payable tells what can be paid of an invoice on line.
func (s *Service) Payable(ctx context.Context, invoiceID string) (p Payable, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		i, err := s.d.Bills.InvoiceTx(ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		o, err := s.overview(ctx, tx)
		if err != nil {
			return err
		}
		all, err := s.d.Store.Attempts(ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		p.UnderWay = underWay(all, i.Currency)
		p.Open = money.Zero(i.Currency)
		if payable(i) {
			p.Open = rest(i, p.UnderWay)
		}
		p.Offered, p.Parts = o.Takes() && p.Open.Sign() > 0 && s.d.Provider.Collectable(p.Open).Sign() > 0, o.Settings.Parts
		if len(all) > 0 {
			p.Last = &all[0]
		}
		return nil
	})
	return p, err
}

func payable(i invoicing.Invoice) bool {
	return i.State == invoicing.Issued && i.Kind != invoicing.CreditNote && i.Balance().Sign() > 0
}

// underWay adds up what banks have not confirmed yet.
func underWay(all []Attempt, currency string) money.Money {
	sum := money.Zero(currency)
	for _, a := range all {
		if a.State == Processing {
			sum = sum.Add(a.Amount)
		}
	}
	return sum
}

// rest is what is open and not under way.
func rest(i invoicing.Invoice, way money.Money) money.Money {
	left := i.Balance().Sub(way)
	if left.Sign() < 0 {
		return money.Zero(i.Currency)
	}
	return left
}

// Pay opens the page on which an invoice is paid: all that is open, or a part. A page that is open for this invoice and amount is
// the one that is returned, so two clicks are one attempt.
func (s *Service) Pay(ctx context.Context, invoiceID string, amount *money.Money) (a Attempt, err error) {
	if s.d.Provider == nil {
		return a, ErrNotOffered
	}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		a, err = s.attempt(ctx, tx, invoiceID, amount)
		return err
	})
	if err != nil || a.State == Open {
		return a, err
	}
	return s.openPage(ctx, a)
}

// attempt finds the attempt that is open for this, or makes one.
func (s *Service) attempt(ctx context.Context, tx *tenancy.Tx, invoiceID string, amount *money.Money) (Attempt, error) {
	i, err := s.d.Bills.HeldTx(ctx, tx, invoiceID)
	if err != nil {
		return Attempt{}, err
	}
	o, err := s.overview(ctx, tx)
	if err != nil {
		return Attempt{}, err
	}
	all, err := s.d.Store.Attempts(ctx, tx, invoiceID)
	if err != nil {
		return Attempt{}, err
	}
	sum, err := s.sumOf(i, o, underWay(all, i.Currency), amount)
	if err != nil {
		return Attempt{}, err
	}
	now := s.d.Clock().UTC()
	at := slices.IndexFunc(all, func(a Attempt) bool { return a.Amount == sum && (a.State == Open || a.State == Opening) })
	if at >= 0 {
		old := all[at]
		fresh := old.AccountID == o.Account.ID && (old.State == Opening && now.Before(old.CreatedAt.Add(keyTime)) || old.State == Open && old.ExpiresAt != nil && now.Before(old.ExpiresAt.Add(-time.Minute)))
		if fresh {
			return old, nil
		}
		old.State, old.Version = Expired, old.Version+1
		if err := s.d.Store.SaveAttempt(ctx, tx, old); err != nil {
			return Attempt{}, err
		}
	}
	who := access.From(ctx)
	a := Attempt{
		ID: s.d.NewID(), AccountID: o.Account.ID, InvoiceID: i.ID, InvoiceNumber: i.Number, ClientID: i.ClientID, ClientName: i.ClientName, Amount: sum, State: Opening,
		PayerID: who.MemberID, PayerName: who.Name, CreatedAt: now, Version: 1,
	}
	if err := s.d.Store.AddAttempt(ctx, tx, a); err != nil {
		return a, err
	}
	return a, audit.Record(ctx, tx, audit.Change{Action: "payments.payment_begun", Entity: "online_payment", EntityID: a.ID, After: shot(a)})
}

// shot is what the audit log keeps of an attempt.
func shot(a Attempt) any {
	return struct {
		Invoice string      `json:"invoice"`
		Amount  money.Money `json:"amount"`
		State   State       `json:"state"`
	}{a.InvoiceNumber, a.Amount, a.State}
}

// sumOf is how much is to be paid, as the provider can collect it.
func (s *Service) sumOf(i invoicing.Invoice, o Overview, way money.Money, amount *money.Money) (money.Money, error) {
	switch {
	case !o.Takes(), i.State != invoicing.Issued, i.Kind == invoicing.CreditNote:
		return money.Money{}, ErrNotOffered
	case i.Balance().Sign() <= 0:
		return money.Money{}, ErrNothingOpen
	}
	left := rest(i, way)
	if left.IsZero() {
		return money.Money{}, ErrUnderWay
	}
	sum := left
	if amount != nil {
		sum = *amount
		switch {
		case sum.Currency != i.Currency:
			return sum, ErrBadAmount.At("body.amount", "is not in the currency of the invoice")
		case sum.Sign() <= 0:
			return sum, ErrBadAmount.At("body.amount", "must be more than zero")
		case sum.Cmp(left) > 0:
			return sum, ErrBadAmount.At("body.amount", "is more than is open: "+left.Amount())
		case sum.Cmp(left) < 0 && !o.Settings.Parts:
			return sum, ErrBadAmount.At("body.amount", "must be all that is open: "+left.Amount())
		}
	}
	can := s.d.Provider.Collectable(sum)
	switch {
	case can.IsZero():
		return sum, ErrBadAmount.At("body.amount", "is less than can be paid on line")
	case amount != nil && can != sum && sum != left:
		return sum, ErrBadAmount.At("body.amount", "cannot be paid to the last digit; "+can.Amount()+" can")
	}
	return can, nil
}

// openPage asks the provider for the page of an attempt. A process that dies here leaves the attempt; the next click asks with the same key.
func (s *Service) openPage(ctx context.Context, a Attempt) (Attempt, error) {
	agency, err := tenancy.From(ctx)
	if err != nil {
		return a, err
	}
	// Whose the account is must be what the platform knows, or its notices would find nobody.
	owner, err := s.d.Directory.AgencyOf(ctx, a.AccountID)
	if err != nil {
		return a, err // that we cannot look is no reason to say that it is not offered
	}
	if owner != agency.ID {
		return a, ErrNotOffered
	}
	back, err := s.d.Places.PageURL(ctx, "/portal/invoices/"+a.InvoiceID)
	if err != nil {
		return a, err
	}
	c, err := s.d.Provider.OpenCheckout(ctx, a.ID, a.AccountID, NewCheckout{
		AttemptID: a.ID, InvoiceID: a.InvoiceID, AgencyID: agency.ID, Amount: a.Amount, Text: a.InvoiceNumber, DoneURL: back + "?paid=" + a.ID, BackURL: back,
	})
	switch {
	case errors.Is(err, ErrNoAccess):
		return a, errors.Join(ErrNotOffered, s.RefreshAccount(ctx), s.end(ctx, a.ID, Failed, "The account is not connected any more."))
	case errors.Is(err, ErrRefused):
		s.d.Log.WarnContext(ctx, "the payment provider refused a page", "attempt", a.ID, "err", err)
		return a, errors.Join(ErrNotOffered.Because(err), s.RefreshAccount(ctx), s.end(ctx, a.ID, Failed, "The payment provider did not open a page."))
	case err != nil:
		return a, err
	}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if a, err = s.d.Store.LockedAttempt(ctx, tx, a.ID); err != nil || a.State != Opening {
			return err
		}
		expires := c.ExpiresAt
		a.State, a.CheckoutID, a.URL, a.ExpiresAt, a.Version = Open, c.ID, c.URL, &expires, a.Version+1
		if err := s.d.Store.SaveAttempt(ctx, tx, a); err != nil {
			return err
		}
		return s.changed(ctx, tx, a, "opened")
	})
	return a, err
}

// end ends an attempt whose page was never there.
func (s *Service) end(ctx context.Context, id string, state State, why string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		a, err := s.d.Store.LockedAttempt(ctx, tx, id)
		if err != nil || a.State != Opening {
			return err
		}
		a.State, a.Failure, a.Version = state, why, a.Version+1
		return s.d.Store.SaveAttempt(ctx, tx, a)
	})
}

// closePages is the job that closes pages that must not be paid on any more: of one invoice those that ask for more than is open of it, of
// all where payments are not taken.
type closePages struct {
	InvoiceID string `json:"invoice_id,omitempty"`
}

// Kind is the job's stable name.
func (closePages) Kind() string { return "payments.close_pages" }

func (s *Service) closePages(ctx context.Context, j closePages) error {
	if s.d.Provider == nil {
		return nil
	}
	var shut []Attempt
	err := s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		all, err := s.d.Store.Waiting(ctx, tx, j.InvoiceID, time.Time{}, 1000)
		if err != nil || len(all) == 0 {
			return err
		}
		o, err := s.overview(ctx, tx)
		if err != nil {
			return err
		}
		for _, a := range all {
			if a.State != Open {
				continue
			}
			stays := o.Takes() && a.AccountID == o.Account.ID
			if stays && j.InvoiceID != "" {
				i, err := s.d.Bills.InvoiceTx(ctx, tx, a.InvoiceID)
				if err != nil {
					return err
				}
				stays = payable(i) && a.Amount.Cmp(i.Balance()) <= 0
			}
			if !stays {
				shut = append(shut, a)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, a := range shut {
		err := s.d.Provider.CloseCheckout(ctx, a.AccountID, a.CheckoutID)
		// One that is not open any more is looked at; one that we may not close says so when it is looked at.
		if err != nil && !errors.Is(err, ErrRefused) && !errors.Is(err, ErrGone) && !errors.Is(err, ErrNoAccess) {
			return err
		}
		if err := s.look(ctx, a.ID, Notice{}); err != nil {
			return err
		}
	}
	return nil
}
