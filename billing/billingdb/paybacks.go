package billingdb

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/billing"
)

const paybackColumns = `id::text, agency_id::text, kind, invoice_id, amount_minor, currency, reason, state, requested_by, requested_at, approved_by, approved_at, provider_id, error`

func scanPayback(r pgx.CollectableRow) (p billing.Payback, err error) {
	var minor int64
	var cur string
	err = r.Scan(&p.ID, &p.AgencyID, &p.Kind, &p.InvoiceID, &minor, &cur, &p.Reason, &p.State, &p.RequestedBy, &p.RequestedAt, &p.ApprovedBy, &p.ApprovedAt, &p.ProviderID, &p.Error)
	p.Amount = money.Of(minor, cur)
	return p, err
}

// AddPayback keeps a new one.
func (h held) AddPayback(ctx context.Context, p billing.Payback) error {
	_, err := h.Exec(ctx, `INSERT INTO paybacks (id, agency_id, kind, invoice_id, amount_minor, currency, reason, state, requested_by, requested_at, approved_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		p.ID, h.agencyID, p.Kind, p.InvoiceID, p.Amount.Minor, p.Amount.Currency, p.Reason, p.State, p.RequestedBy, p.RequestedAt, p.ApprovedAt)
	return err
}

// SavePayback writes what became of it.
func (h held) SavePayback(ctx context.Context, p billing.Payback) error {
	_, err := h.Exec(ctx, `UPDATE paybacks SET state = $3, approved_by = $4, approved_at = $5, provider_id = $6, error = $7 WHERE agency_id = $1 AND id = $2`,
		h.agencyID, p.ID, p.State, p.ApprovedBy, p.ApprovedAt, p.ProviderID, p.Error)
	return err
}

// Payback finds one.
func (h held) Payback(ctx context.Context, id string) (billing.Payback, error) {
	rows, err := h.Query(ctx, `SELECT `+paybackColumns+` FROM paybacks WHERE agency_id = $1 AND id = $2`, h.agencyID, id)
	if err != nil {
		return billing.Payback{}, err
	}
	p, err := pgx.CollectExactlyOneRow(rows, scanPayback)
	if errors.Is(err, pgx.ErrNoRows) {
		return p, billing.ErrPaybackGone
	}
	return p, err
}

// Paybacks lists the agency's, the newest first.
func (h held) Paybacks(ctx context.Context) ([]billing.Payback, error) {
	rows, err := h.Query(ctx, `SELECT `+paybackColumns+` FROM paybacks WHERE agency_id = $1 ORDER BY requested_at DESC, id DESC LIMIT 200`, h.agencyID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanPayback)
}
