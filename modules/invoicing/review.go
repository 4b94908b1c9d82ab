package invoicing

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// Faults of reviews.
var (
	ErrNotReviewed = fault.Define(fault.Conflict, "invoicing.not_reviewed", "This agency issues only what was reviewed. Send the draft to review and have it approved first.")
	ErrReviewStale = fault.Define(fault.Conflict, "invoicing.review_stale", "The draft comes to another total than what was approved, as when a tax has changed. Save it and have it reviewed again.")
	ErrInReview    = fault.Define(fault.Conflict, "invoicing.in_review", "This draft is in review already, or approved.")
	ErrNotInReview = fault.Define(fault.Conflict, "invoicing.not_in_review", "This draft is not in review.")
	ErrOwnReview   = fault.Define(fault.Forbidden, "invoicing.own_review", "Nobody approves a draft that they made or sent to review. Somebody else can.")
	ErrOwnReason   = fault.Define(fault.Invalid, "invoicing.own_reason", "You are the only one who can approve this. Say why it is approved by whom it was made.").
			At("body.own_reason", "is required")
	ErrNoBackReason = fault.Define(fault.Invalid, "invoicing.back_reason", "Say what is to be changed.").At("body.reason", "is required")
)

// ReviewState is how far the review of a draft is.
type ReviewState string

// States of reviews.
const (
	NoReview ReviewState = ""
	InReview ReviewState = "in_review"
	Ready    ReviewState = "ready" // approved: it may be issued
	SentBack ReviewState = "back"
)

// Review is what was said about a draft. It binds to one version of it (rule
// 89): of any later version it says nothing.
type Review struct {
	State   ReviewState
	Version int
	SentBy  string
	SentAt  *time.Time
	By      string
	At      *time.Time
	Reason  string // why it went back, or why somebody approved their own
}

// Reviewed is how far the review of this very version is. A draft that was sent
// back stays so until it is sent again.
func (i Invoice) Reviewed() ReviewState {
	if i.State != Draft || (i.Review.State != SentBack && i.Review.Version != i.Version) {
		return NoReview
	}
	return i.Review.State
}

// Outdated tells whether the draft was changed after it was sent or approved.
func (i Invoice) Outdated() bool {
	return i.State == Draft && (i.Review.State == InReview || i.Review.State == Ready) && i.Review.Version != i.Version
}

// SendToReview asks for somebody to look at a draft as it is.
func (s *Service) SendToReview(ctx context.Context, id string, version int) (Invoice, error) {
	return s.review(ctx, id, version, func(ctx context.Context, _ *tenancy.Tx, i *Invoice) (event.Event, error) {
		switch {
		case i.Reviewed() == InReview, i.Reviewed() == Ready:
			return nil, ErrInReview
		case len(i.Lines) == 0:
			return nil, ErrNoLines
		}
		now := s.d.Now()
		i.Review = Review{State: InReview, Version: i.Version, SentBy: access.From(ctx).MemberID, SentAt: &now}
		return InvoiceInReview{factOf(*i)}, nil
	})
}

// Approve says that a draft may be issued as it was seen. The same said twice is
// said once. Who made or sent it does not; where nobody else could, they may,
// with a reason that stays on record (rule 90).
func (s *Service) Approve(ctx context.Context, id string, version int, ownReason string) (Invoice, error) {
	return s.review(ctx, id, version, func(ctx context.Context, tx *tenancy.Tx, i *Invoice) (event.Event, error) {
		switch i.Reviewed() {
		case Ready:
			return nil, nil
		case InReview:
		case NoReview, SentBack:
			return nil, ErrNotInReview
		}
		exception, err := s.mayApprove(ctx, tx, *i)
		if err != nil {
			return nil, err
		}
		i.Review.Reason = ""
		if exception {
			if i.Review.Reason = strings.TrimSpace(ownReason); i.Review.Reason == "" {
				return nil, ErrOwnReason
			}
		}
		now := s.d.Now()
		i.Review.State, i.Review.By, i.Review.At = Ready, access.From(ctx).MemberID, &now
		return InvoiceApproved{factOf(*i)}, nil
	})
}

// mayApprove tells whether the caller may approve a draft as an exception only.
func (s *Service) mayApprove(ctx context.Context, tx *tenancy.Tx, i Invoice) (exception bool, err error) {
	me := access.From(ctx).MemberID
	own := []string{i.CreatedBy, i.Review.SentBy}
	if !slices.Contains(own, me) {
		return false, nil
	}
	all, err := s.d.Members.ReviewersTx(ctx, tx)
	if err != nil {
		return false, err
	}
	if slices.ContainsFunc(all, func(m string) bool { return m != me && !slices.Contains(own, m) }) {
		return false, ErrOwnReview
	}
	return true, nil
}

// SendBack gives a draft back for a reason, also one that was approved.
func (s *Service) SendBack(ctx context.Context, id string, version int, reason string) (Invoice, error) {
	return s.review(ctx, id, version, func(ctx context.Context, _ *tenancy.Tx, i *Invoice) (event.Event, error) {
		switch reason = strings.TrimSpace(reason); {
		case reason == "":
			return nil, ErrNoBackReason
		case i.Reviewed() == SentBack && i.Review.Version == version && i.Review.Reason == reason:
			return nil, nil
		case i.Reviewed() != InReview && i.Reviewed() != Ready:
			return nil, ErrNotInReview
		}
		now := s.d.Now()
		i.Review.State, i.Review.By, i.Review.At, i.Review.Reason = SentBack, access.From(ctx).MemberID, &now, reason
		return InvoiceSentBack{factOf(*i)}, nil
	})
}

// review takes a step on the version that was seen. No event: there was nothing left to do.
func (s *Service) review(ctx context.Context, id string, version int, step func(context.Context, *tenancy.Tx, *Invoice) (event.Event, error)) (i Invoice, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.draft(ctx, tx, id)
		if err != nil {
			return err
		}
		if before.Version != version {
			return ErrStale
		}
		i = before
		e, err := step(ctx, tx, &i)
		if err != nil || e == nil {
			return err
		}
		if err := s.d.Store.SetReview(ctx, tx, i); err != nil {
			return err
		}
		return s.record(ctx, tx, strings.TrimSuffix(e.EventName(), ".v1"), &before, &i, e)
	})
	return i, err
}

// NamesOf answers how members are called; nobody has no name.
func (s *Service) NamesOf(ctx context.Context, ids ...string) (names map[string]string, err error) {
	ids = slices.DeleteFunc(ids, func(id string) bool { return id == "" })
	if len(ids) == 0 {
		return nil, nil
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		names, err = s.d.Members.NamesTx(ctx, tx, ids)
		return err
	})
	return names, err
}

// reviewedEnough refuses to issue what this agency wants to be reviewed and was not.
func (s *Service) reviewedEnough(ctx context.Context, tx *tenancy.Tx, i Invoice) error {
	set, err := s.d.Store.ReviewSettings(ctx, tx, false)
	if err != nil || !set.Required || i.Reviewed() == Ready {
		return err
	}
	return ErrNotReviewed
}
