package payments

import (
	"context"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/tenancy"
)

// Kind is in what the provider and we do not say the same.
type Kind string

// Kinds of differences.
const (
	DiffHeld         Kind = "held"          // amount, currency or invoice are others than they should be
	DiffStranger     Kind = "stranger"      // it says that it is ours
	DiffMissingHere  Kind = "missing_here"  // the provider has a payment of ours that we do not know
	DiffMissingThere Kind = "missing_there" // we have a payment that the provider does not
	DiffState        Kind = "state"
	DiffAmount       Kind = "amount"
	DiffRefund       Kind = "refund"
	DiffDispute      Kind = "dispute"
)

// Difference is something that somebody has to look at.
type Difference struct {
	ID        string
	Kind      Kind
	Subject   string // the provider's object
	AttemptID string
	InvoiceID string
	Ours      string
	Theirs    string
	FoundAt   time.Time
	SettledAt *time.Time
	SettledBy string
	Note      string
}

// differ lists a difference, and tells those who look after money if it is new.
func (s *Service) differ(ctx context.Context, tx *tenancy.Tx, d Difference) error {
	d.ID, d.FoundAt = s.d.NewID(), s.d.Now().UTC()
	added, err := s.d.Store.AddDifference(ctx, tx, d)
	if err != nil || !added {
		return err
	}
	if err := s.d.Events.Publish(ctx, tx, DifferencesChanged{}); err != nil {
		return err
	}
	return s.tell(ctx, tx, letter{
		Key: "payments.difference/" + d.ID, Subject: "A payment on line needs a look", Path: "/settings/payments",
		Paragraphs: []string{"The payment provider and the books do not say the same of " + d.Subject + ".", "Ours: " + d.Ours + ". The provider's: " + d.Theirs + "."},
	})
}

// Differences lists what is to be looked at, or was, the latest first.
func (s *Service) Differences(ctx context.Context, open bool, q page.Query) (all []Difference, next *string, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		all, err = s.d.Store.Differences(ctx, tx, open, q)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	all, next = page.Cut(all, q.Size(), func(d Difference) []string { return []string{d.FoundAt.Format(time.RFC3339Nano), d.ID} })
	return all, next, nil
}

// Settle says that somebody has looked at a difference, and what came of it.
func (s *Service) Settle(ctx context.Context, id, note string) (d Difference, err error) {
	now := s.d.Now().UTC()
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		d, err = s.d.Store.SettleDifference(ctx, tx, Difference{ID: id, SettledAt: &now, SettledBy: access.From(ctx).MemberID, Note: strings.TrimSpace(note)})
		if err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, audit.Change{Action: "payments.difference_settled", Entity: "payment_difference", EntityID: d.ID, Reason: d.Note, After: struct {
			Kind    Kind   `json:"kind"`
			Subject string `json:"subject"`
		}{d.Kind, d.Subject}}); err != nil {
			return err
		}
		return s.d.Events.Publish(ctx, tx, DifferencesChanged{})
	})
	return d, err
}
