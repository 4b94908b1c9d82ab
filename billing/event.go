package billing

import (
	"context"
	"errors"
	"strings"
	"time"
)

// processEvent is the job that looks at what an event is about.
type processEvent struct {
	EventID        string `json:"event_id"`
	CustomerID     string `json:"customer_id"`
	SubscriptionID string `json:"subscription_id"`
}

// Kind is the job's stable name.
func (processEvent) Kind() string { return "billing.event" }

// Notice takes a signed notice of the provider's. It is kept, once, together
// with the job that follows from it; what it says about the object is not used. ErrBadWebhook;
// any other failure must be answered so that the provider sends it again.
func (s *Service) Notice(ctx context.Context, raw []byte, signature string) error {
	e, err := s.d.Gateway.VerifyWebhook(raw, signature, s.d.Now())
	if err != nil {
		return err
	}
	_, err = s.receive(ctx, e, "webhook")
	return err
}

func (s *Service) receive(ctx context.Context, e Event, source string) (bool, error) {
	isNew, err := s.d.Store.Receive(ctx, e, source, s.d.Now().UTC(), processEvent{e.ID, e.CustomerID, e.SubscriptionID})
	if isNew && strings.HasPrefix(e.Type, disputes) {
		// Whose it is does not stand in it, and nobody's access depends on it: it is answered at the provider, within its time.
		s.d.Log.ErrorContext(ctx, "a payment is disputed: it is answered at the payment provider", "event", e.ID, "type", e.Type, "dispute", e.ObjectID)
	}
	return isNew, err
}

// disputes are events about payments that were charged back.
const disputes = "charge.dispute."

// process fetches what the event is about, under the account's lock. Whose it
// is say our own rows alone: an event of a customer nobody has is kept, and an operator is asked to look.
func (s *Service) process(ctx context.Context, j processEvent) error {
	agencyID, err := s.d.Store.AgencyOf(ctx, j.CustomerID, j.SubscriptionID)
	if err != nil {
		return err
	}
	if agencyID == "" {
		if j.CustomerID != "" || j.SubscriptionID != "" {
			s.d.Log.ErrorContext(ctx, "an event of an unknown customer", "event", j.EventID, "customer", j.CustomerID, "subscription", j.SubscriptionID)
		}
		return s.d.Store.Processed(ctx, j.EventID, "unknown", "", s.d.Now().UTC())
	}
	if err := s.Refresh(ctx, agencyID); err != nil && !errors.Is(err, ErrGone) {
		return err
	}
	if _, err := s.refreshOrders(ctx, agencyID); err != nil {
		return err
	}
	return s.d.Store.Processed(ctx, j.EventID, "done", agencyID, s.d.Now().UTC())
}

// overlap is how far back lost events are looked for: one may be lost while a later one arrives.
const overlap = 24 * time.Hour

// CatchUp lists the provider's events of the last day and takes in those that
// never arrived, through the same door. It returns how many those were.
func (s *Service) CatchUp(ctx context.Context) (missed int, err error) {
	after, err := s.d.Store.EventBefore(ctx, overlap)
	if err != nil {
		return 0, err
	}
	for {
		page, more, err := s.d.Gateway.EventsSince(ctx, after)
		if errors.Is(err, ErrGone) && after != "" {
			after = "" // older than what the provider keeps: the newest page, and the nightly comparison
			continue
		}
		if err != nil {
			return missed, err
		}
		for _, e := range page {
			isNew, err := s.receive(ctx, e, "catch_up")
			if err != nil {
				return missed, err
			}
			if isNew {
				missed++
			}
			after = e.ID
		}
		if !more || len(page) == 0 {
			return missed, nil
		}
	}
}
