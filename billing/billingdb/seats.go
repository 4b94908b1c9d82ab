package billingdb

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/tenancy"
)

// Seats implements billing.SeatStore on the agency's own ledger.
type Seats struct{}

var _ billing.SeatStore = Seats{}

const seatColumns = `seq, at, coalesce(actor_id::text, ''), coalesce(member_id::text, ''), coalesce(invitation_id::text, ''), delta, reserved, active_after, reserved_after, reason`

func scanSeat(r pgx.CollectableRow) (c billing.SeatChange, err error) {
	err = r.Scan(&c.Seq, &c.At, &c.ActorID, &c.MemberID, &c.InvitationID, &c.Delta, &c.Reserved, &c.ActiveAfter, &c.ReservedAfter, &c.Reason)
	return c, err
}

// LastSeat is the newest entry.
func (Seats) LastSeat(ctx context.Context, tx *tenancy.Tx) (billing.SeatChange, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT `+seatColumns+` FROM seat_ledger ORDER BY seq DESC LIMIT 1`)
	if err != nil {
		return billing.SeatChange{}, err
	}
	c, err := pgx.CollectExactlyOneRow(rows, scanSeat)
	if errors.Is(err, pgx.ErrNoRows) {
		return billing.SeatChange{}, nil
	}
	return c, err
}

// AddSeat adds an entry.
func (Seats) AddSeat(ctx context.Context, tx *tenancy.Tx, c billing.SeatChange) error {
	_, err := tx.PGX().Exec(ctx, `INSERT INTO seat_ledger (seq, at, actor_id, member_id, invitation_id, delta, reserved, active_after, reserved_after, reason)
		VALUES ($1, $2, nullif($3, '')::uuid, nullif($4, '')::uuid, nullif($5, '')::uuid, $6, $7, $8, $9, $10)`,
		c.Seq, c.At, c.ActorID, c.MemberID, c.InvitationID, c.Delta, c.Reserved, c.ActiveAfter, c.ReservedAfter, c.Reason)
	return err
}

// SeatsAt is what the entry before the moment left.
func (Seats) SeatsAt(ctx context.Context, tx *tenancy.Tx, at time.Time) (n int, err error) {
	err = tx.PGX().QueryRow(ctx, `SELECT active_after FROM seat_ledger WHERE at < $1 ORDER BY seq DESC LIMIT 1`, at).Scan(&n)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	return n, err
}

// SeatHistory lists entries since from.
func (Seats) SeatHistory(ctx context.Context, tx *tenancy.Tx, from time.Time, limit int) ([]billing.SeatChange, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT `+seatColumns+` FROM seat_ledger WHERE at >= $1 ORDER BY seq LIMIT $2`, from, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanSeat)
}

// SeatDay notes a day's peak; a lower figure never replaces a higher one.
func (s Store) SeatDay(ctx context.Context, agencyID string, day time.Time, peak int) error {
	return s.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO seat_days (agency_id, day, peak) VALUES ($1, $2, $3) ON CONFLICT (agency_id, day) DO UPDATE SET peak = greatest(seat_days.peak, EXCLUDED.peak)`, agencyID, day, peak)
		return err
	})
}

// SeatDays returns the peaks of the days from, to and between.
func (s Store) SeatDays(ctx context.Context, agencyID string, from, to time.Time) (map[string]int, error) {
	out := map[string]int{}
	err := s.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT day::text, peak FROM seat_days WHERE agency_id = $1 AND day BETWEEN $2 AND $3`, agencyID, from, to)
		if err != nil {
			return err
		}
		var day string
		var peak int
		_, err = pgx.ForEachRow(rows, []any{&day, &peak}, func() error { out[day] = peak; return nil })
		return err
	})
	return out, err
}
