package billingdb

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/billing"
)

const settlementColumns = `id::text, agency_id::text, quarter, licensed, peak, peak_day, months, price_minor, amount_minor, currency, state, coalesce(invoice_id, ''), created_at, done_at`

func scanSettlement(r pgx.CollectableRow) (x billing.Settlement, err error) {
	var peak *time.Time
	var price, amount int64
	var cur string
	err = r.Scan(&x.ID, &x.AgencyID, &x.Quarter, &x.Licensed, &x.Peak, &peak, &x.Months, &price, &amount, &cur, &x.State, &x.InvoiceID, &x.CreatedAt, &x.DoneAt)
	x.Price, x.Amount = money.Of(price, cur), money.Of(amount, cur)
	if peak != nil {
		x.PeakDay = *peak
	}
	return x, err
}

// Settlement finds a quarter.
func (s Store) Settlement(ctx context.Context, agencyID string, quarter time.Time) (x billing.Settlement, err error) {
	err = s.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+settlementColumns+` FROM true_ups WHERE agency_id = $1 AND quarter = $2`, agencyID, quarter)
		if err != nil {
			return err
		}
		x, err = pgx.CollectExactlyOneRow(rows, scanSettlement)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return x, billing.ErrGone
	}
	return x, err
}

// Settlements lists quarters, the newest first.
func (s Store) Settlements(ctx context.Context, agencyID string, limit int) (all []billing.Settlement, err error) {
	err = s.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+settlementColumns+` FROM true_ups WHERE agency_id = $1 ORDER BY quarter DESC LIMIT $2`, agencyID, limit)
		if err != nil {
			return err
		}
		all, err = pgx.CollectRows(rows, scanSettlement)
		return err
	})
	return all, err
}

// AddSettlement keeps a quarter's figures; one that is there stays as it is.
func (h held) AddSettlement(ctx context.Context, x billing.Settlement) error {
	_, err := h.Exec(ctx, `INSERT INTO true_ups (id, agency_id, quarter, licensed, peak, peak_day, months, price_minor, amount_minor, currency, state, created_at, done_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (agency_id, quarter) DO NOTHING`,
		x.ID, h.agencyID, x.Quarter, x.Licensed, x.Peak, orNull(x.PeakDay), x.Months, x.Price.Minor, x.Amount.Minor, x.Amount.Currency, x.State, x.CreatedAt, x.DoneAt)
	return err
}

// SaveSettlement writes what became of it.
func (h held) SaveSettlement(ctx context.Context, x billing.Settlement) error {
	_, err := h.Exec(ctx, `UPDATE true_ups SET state = $3, invoice_id = nullif($4, ''), done_at = $5 WHERE agency_id = $1 AND id = $2`, h.agencyID, x.ID, x.State, x.InvoiceID, x.DoneAt)
	return err
}
