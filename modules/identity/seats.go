package identity

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/tenancy"
)

// Seats notes who takes a seat, and refuses what the plan has no room for.
type Seats interface {
	Seat(ctx context.Context, tx *tenancy.Tx, c billing.SeatChange, reserved func(context.Context) (int, error)) error
}

// Invited counts the open invitations of staff: each keeps a seat.
func (s *Service) Invited(ctx context.Context, tx *tenancy.Tx) (int, error) {
	return s.d.Store.CountInvited(ctx, tx, s.now())
}

// seat notes a change of the agency's seats in the transaction that makes it,
// with the job that tells the payment provider. Contacts take no seats. billing.ErrNoSeat.
func (s *Service) seat(ctx context.Context, tx *tenancy.Tx, kind access.Kind, c billing.SeatChange) error {
	if s.d.Seats == nil || kind != access.Staff {
		return nil
	}
	if actor := access.From(ctx).MemberID; id.Valid(actor) {
		c.ActorID = actor
	}
	err := s.d.Seats.Seat(ctx, tx, c, func(ctx context.Context) (int, error) { return s.Invited(ctx, tx) })
	if err != nil || c.Delta == 0 {
		return err
	}
	return s.d.Jobs.Enqueue(ctx, tx, billing.SyncSeats{AgencyID: tx.AgencyID()})
}

// reseat keeps, or gives back, the seat of an invitation that a change opened or ended.
func (s *Service) reseat(ctx context.Context, tx *tenancy.Tx, inv Invitation, was, is InvitationState) error {
	c := billing.SeatChange{InvitationID: inv.ID, Reserved: 1, Reason: "invited"}
	switch {
	case (was == Open) == (is == Open):
		return nil
	case was == Open:
		c.Reserved, c.Reason = -1, "revoked"
	}
	return s.seat(ctx, tx, inv.Kind, c)
}
