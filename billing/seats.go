package billing

import (
	"context"
	"fmt"
	"time"

	"github.com/bureauhq/bureau/tenancy"
)

// SeatChange is an entry of an agency's seat ledger: one member of staff came
// or went, or an invitation was sent or ended. Entries are only ever added, in the
// transaction that changes the membership, so their sum is the number of
// active members at every point.
type SeatChange struct {
	Seq           int64 // set by the store
	At            time.Time
	ActorID       string // who did it; empty for the platform
	MemberID      string // whose seat it is; empty for an invitation
	InvitationID  string
	Delta         int // of active seats: 1, 0 or -1
	Reserved      int // of open staff invitations: 1, 0 or -1
	ActiveAfter   int
	ReservedAfter int
	Reason        string // joined, left, deactivated, activated, invited, accepted, revoked, expired
}

// SeatStore keeps the ledger. Its one implementation is billingdb.
type SeatStore interface {
	// LastSeat is the newest entry; the zero entry where there is none.
	LastSeat(ctx context.Context, tx *tenancy.Tx) (SeatChange, error)
	AddSeat(ctx context.Context, tx *tenancy.Tx, c SeatChange) error
	// SeatsAt is how many seats were in use just before the moment.
	SeatsAt(ctx context.Context, tx *tenancy.Tx, at time.Time) (int, error)
	// SeatHistory returns the entries since from, oldest first, at most limit.
	SeatHistory(ctx context.Context, tx *tenancy.Tx, from time.Time, limit int) ([]SeatChange, error)
}

// seatLock orders everything that counts seats of one agency.
const seatLock = "billing.seats"

// Room tells whether delta more seats fit, the limit being 0 for none. Active
// and reserved seats count alike, so that eleven invitations cannot be accepted where ten fit.
func Room(last SeatChange, change SeatChange, maxSeats int) bool {
	if maxSeats == 0 || change.Delta <= 0 && change.Reserved <= 0 {
		return true
	}
	active, reserved := last.ActiveAfter+change.Delta, last.ReservedAfter+change.Reserved
	// Who accepts takes the seat that was kept, but none that the plan does not have.
	return active <= maxSeats && (change.Delta+change.Reserved <= 0 || active+reserved <= maxSeats)
}

// taken says who has the seats.
func (c SeatChange) taken() string {
	return count(c.ActiveAfter, "1 person has one", "%d people have one") + " and " + count(c.ReservedAfter, "1 is kept for an open invitation", "%d are kept for open invitations")
}

func count(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return fmt.Sprintf(many, n)
}

// Seat notes, in the membership's own transaction, that somebody came or went,
// and refuses what does not fit (ErrNoSeat). All changes of one agency's seats stand in line for it, so
// eleven people who accept at once where ten fit are exactly ten. The job that tells the provider is
// added by the caller, in the same transaction: SyncSeats.
// reserved counts the open invitations of staff as they are after the change: an invitation runs out
// without anybody doing anything, so a sum of entries would keep its seat for ever.
func (s *Service) Seat(ctx context.Context, tx *tenancy.Tx, c SeatChange, reserved func(context.Context) (int, error)) error {
	if err := tx.Lock(ctx, seatLock); err != nil {
		return err
	}
	last, err := s.d.Seats.LastSeat(ctx, tx)
	if err != nil {
		return err
	}
	if last.ReservedAfter, err = reserved(ctx); err != nil {
		return err
	}
	last.ReservedAfter -= c.Reserved // as it was before the change
	if c.Delta > 0 || c.Reserved > 0 {
		a, acc, err := s.Account(ctx, tx.AgencyID())
		switch {
		case err != nil:
			return err
		case !Room(last, c, acc.MaxSeats):
			return ErrNoSeat.Saying("Your plan holds %d seats: %s.", acc.MaxSeats, last.taken())
		case !Room(last, c, acc.SeatLimit):
			return ErrNoSeat.Saying("From %s on your plan is %s, which holds %d seats: %s. Keep the larger plan to have more.",
				a.PeriodEnd.Format("2 January 2006"), mustPlan(a.Held.Plan).Name, acc.SeatLimit, last.taken())
		}
	}
	c.Seq, c.At = last.Seq+1, s.d.Now().UTC()
	c.ActiveAfter, c.ReservedAfter = last.ActiveAfter+c.Delta, last.ReservedAfter+c.Reserved
	return s.d.Seats.AddSeat(ctx, tx, c)
}

// SeatHistory is the ledger since from, for the chart of seats over time; ctx carries the agency.
func (s *Service) SeatHistory(ctx context.Context, from time.Time) (out []SeatChange, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Seats.SeatHistory(ctx, tx, from, 10_000)
		return err
	})
	return out, err
}

// seatsSince is how many seats were in use at from, and what changed since.
func (s *Service) seatsSince(ctx context.Context, from time.Time) (before int, changes []SeatChange, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if before, err = s.d.Seats.SeatsAt(ctx, tx, from); err != nil {
			return err
		}
		changes, err = s.d.Seats.SeatHistory(ctx, tx, from, 100_000)
		return err
	})
	return before, changes, err
}

// Seats is the newest entry of the ledger, with what is kept now: an invitation that ran out since keeps no seat. ctx carries the agency.
func (s *Service) Seats(ctx context.Context) (last SeatChange, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if last, err = s.d.Seats.LastSeat(ctx, tx); err != nil {
			return err
		}
		last.ReservedAfter, err = s.d.Invitations.Invited(ctx, tx)
		return err
	})
	return last, err
}
