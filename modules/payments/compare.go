package payments

import (
	"context"
	"errors"
	"time"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// compareTime is how far back payments are compared: refunds and disputes come late.
const compareTime = 60 * 24 * time.Hour

// compareNow is the job that compares an agency's payments with the provider's.
type compareNow struct {
	AgencyID string `json:"agency_id"`
}

// Kind is the job's stable name.
func (compareNow) Kind() string { return "payments.compare" }

func (s *Service) compare(ctx context.Context, j compareNow) error {
	in, err := s.inAgency(ctx, j.AgencyID)
	if err != nil {
		return err
	}
	_, err = s.Compare(in)
	return err
}

// Compare compares the payments of the last weeks with the provider's. What differs is looked at again through the ordinary door, which
// heals it; what does not heal is listed until somebody has put it right. It returns how many were compared.
func (s *Service) Compare(ctx context.Context) (compared int, err error) {
	if s.d.Provider == nil {
		return 0, nil
	}
	o, err := s.Overview(ctx)
	if err != nil || o.Account.ID == "" || o.Account.GoneAt != nil {
		return 0, err
	}
	if err := s.RefreshAccount(ctx); err != nil {
		return 0, err
	}
	if err := s.lookAtWaiting(ctx); err != nil {
		return 0, err
	}
	since := s.d.Clock().Add(-compareTime)
	theirs := map[string]bool{}
	for after := ""; ; {
		page, more, err := s.d.Provider.Charges(ctx, o.Account.ID, since, after)
		if err != nil {
			return compared, err
		}
		n, err := s.comparePage(ctx, page, theirs)
		if err != nil {
			return compared, err
		}
		compared += n
		if !more || len(page) == 0 {
			break
		}
		after = page[len(page)-1].ID
	}
	if err := s.compareOurs(ctx, o.Account.ID, since, theirs); err != nil {
		return compared, err
	}
	return compared, s.compared(ctx, compared)
}

// lookAtWaiting asks what became of attempts that have waited for a while.
func (s *Service) lookAtWaiting(ctx context.Context) error {
	var all []Attempt
	err := s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		all, err = s.d.Store.Waiting(ctx, tx, "", s.d.Clock().Add(-waitTime), 1000)
		return err
	})
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.State == Opening && s.d.Clock().After(a.CreatedAt.Add(keyTime)) {
			if err := s.end(ctx, a.ID, Expired, ""); err != nil {
				return err
			}
			continue
		}
		if err := s.look(ctx, a.ID, Notice{}); err != nil {
			return err
		}
	}
	return nil
}

// comparePage compares charges that say they are ours with our attempts.
func (s *Service) comparePage(ctx context.Context, page []Charge, theirs map[string]bool) (n int, err error) {
	var ids []string
	for _, c := range page {
		theirs[c.ID] = true
		if c.AttemptID != "" {
			ids = append(ids, c.AttemptID)
		}
	}
	if len(ids) == 0 {
		return 0, nil
	}
	ours, err := s.attempts(ctx, ids)
	if err != nil {
		return 0, err
	}
	for _, c := range page {
		if c.AttemptID == "" {
			continue
		}
		n++
		a, known := ours[c.AttemptID]
		if known && agree(a, c) {
			continue
		}
		if err := s.compareOne(ctx, c, known); err != nil {
			return n, err
		}
	}
	return n, nil
}

func (s *Service) attempts(ctx context.Context, ids []string) (out map[string]Attempt, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Store.AttemptsByIDs(ctx, tx, ids)
		return err
	})
	return out, err
}

// agree tells whether an attempt says what the charge says.
func agree(a Attempt, c Charge) bool {
	succeeded := c.State == ChargeSucceeded
	return succeeded == (a.State == Paid) && (!succeeded || a.ChargeID == c.ID && a.Amount == c.Amount && a.wentBack() == c.Refunded)
}

// wentBack is what is in the books as given back through the provider.
func (a Attempt) wentBack() money.Money {
	sum := money.Zero(a.Amount.Currency)
	for _, r := range a.Refunds {
		if r.RefundID != "" && r.State != RefundFailed {
			sum = sum.Add(r.Amount)
		}
	}
	return sum
}

// compareOne looks again at what differs, and lists it if it still does.
func (s *Service) compareOne(ctx context.Context, c Charge, known bool) error {
	a := Attempt{}
	if known {
		if err := s.look(ctx, c.AttemptID, Notice{ChargeID: c.ID}); err != nil {
			return err
		}
		again, err := s.attempts(ctx, []string{c.AttemptID})
		if err != nil {
			return err
		}
		if a = again[c.AttemptID]; agree(a, c) || a.State == Held {
			return nil // healed, or listed when it was put aside
		}
	}
	if c.State != ChargeSucceeded && !known {
		return nil // no money came
	}
	d := Difference{Kind: DiffMissingHere, Subject: c.ID, AttemptID: a.ID, InvoiceID: a.InvoiceID, Ours: "no such payment", Theirs: string(c.State) + ", " + c.Amount.String()}
	switch {
	case !known:
	case (c.State == ChargeSucceeded) != (a.State == Paid):
		d.Kind, d.Ours = DiffState, string(a.State)
	case a.Amount != c.Amount || a.ChargeID != c.ID:
		d.Kind, d.Ours = DiffAmount, a.Amount.String()+" by "+a.ChargeID
	default:
		d.Kind, d.Ours, d.Theirs = DiffRefund, a.wentBack().String()+" given back", c.Refunded.String()+" given back"
	}
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error { return s.differ(ctx, tx, d) })
}

// compareOurs lists payments that the provider does not have.
func (s *Service) compareOurs(ctx context.Context, accountID string, since time.Time, theirs map[string]bool) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		all, err := s.d.Store.PaidSince(ctx, tx, accountID, since.Add(24*time.Hour)) // the page was there before its charge
		if err != nil {
			return err
		}
		for _, a := range all {
			if theirs[a.ChargeID] {
				continue
			}
			if err := s.differ(ctx, tx, Difference{Kind: DiffMissingThere, Subject: a.ChargeID, AttemptID: a.ID, InvoiceID: a.InvoiceID, Ours: "paid, " + a.Amount.String(), Theirs: "no such payment"}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) compared(ctx context.Context, n int) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		a, err := s.d.Store.LockedAccount(ctx, tx)
		if err != nil || a.ID == "" {
			return err
		}
		now := s.d.Now().UTC()
		a.ComparedAt, a.ComparedCount, a.Version = &now, n, a.Version+1
		return s.d.Store.SaveAccount(ctx, tx, a)
	})
}

// every is how often a round looks whether something is due.
const every = time.Minute

// Keep takes in notices that never arrived, and lets each agency's payments be compared once a day, until ctx ends. Of several processes one does it.
func (s *Service) Keep(ctx context.Context) {
	if s.d.Provider == nil {
		return
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.KeepOnce(ctx)
		}
	}
}

// KeepOnce is one look of Keep: it does what is due.
func (s *Service) KeepOnce(ctx context.Context) {
	s.round(ctx, "payments.catch_up", time.Hour, func() error {
		missed, err := s.CatchUp(ctx)
		if missed > 0 {
			s.d.Log.WarnContext(ctx, "notices of connected accounts had not arrived", "missed", missed)
		}
		return err
	})
	s.round(ctx, "payments.compare", 24*time.Hour, func() error {
		return s.everyAccount(ctx, func(c Connected) error { return s.d.Directory.Enqueue(ctx, compareNow{c.AgencyID}) })
	})
}

func (s *Service) round(ctx context.Context, name string, often time.Duration, do func() error) {
	due, err := s.d.Rounds.Due(ctx, name, often, s.d.Now().UTC())
	if err == nil && due {
		if err = do(); err != nil {
			err = errors.Join(err, s.d.Rounds.Again(ctx, name))
		}
	}
	if err != nil && ctx.Err() == nil {
		s.d.Log.WarnContext(ctx, "payments could not be looked after and are tried again", "what", name, "err", err)
	}
}
