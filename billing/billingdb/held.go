package billingdb

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/billing"
)

// held is a transaction that holds one agency's account.
type held struct {
	job.Platform
	agencyID string
	queue    *job.Queue
}

var _ billing.Tx = held{}

// Enqueue adds jobs that exist if the transaction does.
func (h held) Enqueue(ctx context.Context, all ...job.Args) error {
	return h.queue.Enqueue(ctx, h, all...)
}

// Record writes into the platform's log.
func (h held) Record(ctx context.Context, c audit.Change) error {
	return audit.RecordNow(ctx, h.Tx, c)
}

// AddCommands writes commands down.
func (h held) AddCommands(ctx context.Context, all ...billing.Command) error {
	b := &pgx.Batch{}
	for _, c := range all {
		b.Queue(`INSERT INTO billing_commands (id, agency_id, kind, params, place, state, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			c.ID, c.AgencyID, c.Kind, c.Params, c.Place, c.State, c.By, c.CreatedAt)
	}
	return h.Tx.SendBatch(ctx, b).Close()
}

const commandColumns = `id::text, agency_id::text, kind, params, place, state, error, created_by, created_at, tried_at, done_at`

func scanCommand(r pgx.CollectableRow) (c billing.Command, err error) {
	err = r.Scan(&c.ID, &c.AgencyID, &c.Kind, &c.Params, &c.Place, &c.State, &c.Error, &c.By, &c.CreatedAt, &c.TriedAt, &c.DoneAt)
	return c, err
}

// OpenCommands lists what is not over, in order.
func (h held) OpenCommands(ctx context.Context) ([]billing.Command, error) {
	rows, err := h.Query(ctx, `SELECT `+commandColumns+` FROM billing_commands WHERE agency_id = $1 AND state IN ('open', 'waiting') ORDER BY created_at, place`, h.agencyID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanCommand)
}

// SaveCommand writes what became of a command.
func (h held) SaveCommand(ctx context.Context, c billing.Command) error {
	_, err := h.Exec(ctx, `UPDATE billing_commands SET state = $2, error = $3, tried_at = $4, done_at = $5 WHERE id = $1`, c.ID, c.State, c.Error, c.TriedAt, c.DoneAt)
	return err
}

const overrideColumns = `id::text, agency_id::text, plan, level, max_seats, reason, created_by, created_at, expires_at, revoked_at`

func scanOverride(r pgx.CollectableRow) (o billing.Override, err error) {
	err = r.Scan(&o.ID, &o.AgencyID, &o.Plan, &o.Level, &o.MaxSeats, &o.Reason, &o.By, &o.CreatedAt, &o.ExpiresAt, &o.RevokedAt)
	return o, err
}

// AddOverride keeps what an operator granted.
func (h held) AddOverride(ctx context.Context, o billing.Override) error {
	_, err := h.Exec(ctx, `INSERT INTO plan_overrides (id, agency_id, plan, level, max_seats, reason, created_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		o.ID, h.agencyID, o.Plan, o.Level, o.MaxSeats, o.Reason, o.By, o.CreatedAt, o.ExpiresAt)
	return err
}

// RevokeOverride ends one.
func (h held) RevokeOverride(ctx context.Context, id, by string, at time.Time) error {
	tag, err := h.Exec(ctx, `UPDATE plan_overrides SET revoked_at = $3, revoked_by = $4 WHERE agency_id = $1 AND id = $2 AND revoked_at IS NULL`, h.agencyID, id, at, by)
	if err == nil && tag.RowsAffected() == 0 {
		return billing.ErrGone
	}
	return err
}

const orderColumns = `id::text, agency_id::text, text, amount_minor, currency, due_days, state, requested_by, requested_at, approved_by, approved_at, coalesce(invoice_id, ''), version`

func scanOrder(r pgx.CollectableRow) (o billing.Order, err error) {
	var minor int64
	var cur string
	err = r.Scan(&o.ID, &o.AgencyID, &o.Text, &minor, &cur, &o.DueDays, &o.State, &o.RequestedBy, &o.RequestedAt, &o.ApprovedBy, &o.ApprovedAt, &o.InvoiceID, &o.Version)
	o.Amount = money.Of(minor, cur)
	return o, err
}

// AddOrder keeps a new order.
func (h held) AddOrder(ctx context.Context, o billing.Order) error {
	_, err := h.Exec(ctx, `INSERT INTO service_orders (id, agency_id, text, amount_minor, currency, due_days, state, requested_by, requested_at, approved_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		o.ID, h.agencyID, o.Text, o.Amount.Minor, o.Amount.Currency, o.DueDays, o.State, o.RequestedBy, o.RequestedAt, o.ApprovedAt)
	return err
}

// SaveOrder writes what can change.
func (h held) SaveOrder(ctx context.Context, o billing.Order) error {
	_, err := h.Exec(ctx, `UPDATE service_orders SET state = $3, approved_by = $4, approved_at = $5, invoice_id = nullif($6, ''), version = version + 1 WHERE agency_id = $1 AND id = $2`,
		h.agencyID, o.ID, o.State, o.ApprovedBy, o.ApprovedAt, o.InvoiceID)
	return err
}

// Order finds one.
func (h held) Order(ctx context.Context, id string) (billing.Order, error) {
	rows, err := h.Query(ctx, `SELECT `+orderColumns+` FROM service_orders WHERE agency_id = $1 AND id = $2`, h.agencyID, id)
	if err != nil {
		return billing.Order{}, err
	}
	o, err := pgx.CollectExactlyOneRow(rows, scanOrder)
	if errors.Is(err, pgx.ErrNoRows) {
		return o, billing.ErrOrderNotFound
	}
	return o, err
}

// Orders lists the agency's orders, the newest first.
func (h held) Orders(ctx context.Context) ([]billing.Order, error) {
	rows, err := h.Query(ctx, `SELECT `+orderColumns+` FROM service_orders WHERE agency_id = $1 ORDER BY requested_at DESC, id DESC LIMIT 200`, h.agencyID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanOrder)
}
