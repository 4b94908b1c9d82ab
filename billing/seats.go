package billing

import (
	"context"
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
	// SeatHistory returns the entries since from, oldest first, at most limit.
	SeatHistory(ctx context.Context, tx *tenancy.Tx, from time.Time, limit int) ([]SeatChange, error)
}

// seatLock orders everything that counts seats of one agency.
const seatLock = "billing.seats"

// Room tells whether delta more seats fit, the limit being 0 for none. Active
// and reserved seats count alike, so that eleven invitations cannot be accepted where ten fit.
func Room(last SeatChange, change SeatChange, maxSeats int) bool {
	grows := change.Delta+change.Reserved > 0
	return !grows || maxSeats == 0 || last.ActiveAfter+last.ReservedAfter+change.Delta+change.Reserved <= maxSeats
}
