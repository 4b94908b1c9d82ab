package paymentsdb

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/payments"
	"github.com/bureauhq/bureau/tenancy"
)

const attemptColumns = `id::text, account_id, invoice_id::text, invoice_number, client_id::text, client_name, currency, amount_minor, state, coalesce(session_id, ''), session_url, expires_at,
	coalesce(intent_id, ''), method, method_text, fee_minor, fee_currency, failure, held, coalesce(payment_id::text, ''), payer_id, payer_name, created_at, paid_at, version`

func scanAttempt(row pgx.CollectableRow) (a payments.Attempt, err error) {
	var fee *int64
	var in *string
	err = row.Scan(&a.ID, &a.AccountID, &a.InvoiceID, &a.InvoiceNumber, &a.ClientID, &a.ClientName, &a.Amount.Currency, &a.Amount.Minor, &a.State, &a.CheckoutID, &a.URL, &a.ExpiresAt,
		&a.ChargeID, &a.Method, &a.MethodText, &fee, &in, &a.Failure, &a.Held, &a.PaymentID, &a.PayerID, &a.PayerName, &a.CreatedAt, &a.PaidAt, &a.Version)
	if fee != nil && in != nil {
		m := money.Of(*fee, *in)
		a.Fee = &m
	}
	return a, err
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// AddAttempt inserts an attempt.
func (Store) AddAttempt(ctx context.Context, tx *tenancy.Tx, a payments.Attempt) error {
	_, err := tx.PGX().Exec(ctx, `INSERT INTO online_payments (id, account_id, invoice_id, invoice_number, client_id, client_name, currency, amount_minor, state, payer_id, payer_name, created_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		a.ID, a.AccountID, a.InvoiceID, a.InvoiceNumber, a.ClientID, a.ClientName, a.Amount.Currency, a.Amount.Minor, a.State, a.PayerID, a.PayerName, a.CreatedAt, a.Version)
	return err
}

// SaveAttempt writes what may change.
func (Store) SaveAttempt(ctx context.Context, tx *tenancy.Tx, a payments.Attempt) error {
	var fee *int64
	var in *string
	if a.Fee != nil {
		fee, in = &a.Fee.Minor, &a.Fee.Currency
	}
	_, err := tx.PGX().Exec(ctx, `UPDATE online_payments SET state = $2, session_id = $3, session_url = $4, expires_at = $5, intent_id = $6, method = $7, method_text = $8, fee_minor = $9, fee_currency = $10,
		failure = $11, held = $12, payment_id = $13, paid_at = $14, version = $15 WHERE id = $1`,
		a.ID, a.State, orNull(a.CheckoutID), a.URL, a.ExpiresAt, orNull(a.ChargeID), a.Method, a.MethodText, fee, in, a.Failure, a.Held, orNull(a.PaymentID), a.PaidAt, a.Version)
	return err
}

// find reads attempts with their refunds and disputes, in three statements however many they are.
func (s Store) find(ctx context.Context, tx *tenancy.Tx, where string, args ...any) ([]payments.Attempt, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT `+attemptColumns+` FROM online_payments WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(rows, scanAttempt)
	if err != nil || len(all) == 0 {
		return all, err
	}
	at, ids := make(map[string]*payments.Attempt, len(all)), make([]string, len(all))
	for n := range all {
		at[all[n].ID], ids[n] = &all[n], all[n].ID
	}
	if err := s.refunds(ctx, tx, at, ids); err != nil {
		return nil, err
	}
	return all, s.disputes(ctx, tx, at, ids)
}

func (s Store) one(ctx context.Context, tx *tenancy.Tx, where string, args ...any) (payments.Attempt, error) {
	all, err := s.find(ctx, tx, where, args...)
	if err != nil {
		return payments.Attempt{}, err
	}
	if len(all) == 0 {
		return payments.Attempt{}, payments.ErrNotFound
	}
	return all[0], nil
}

// Attempt reads an attempt. What is no key of ours is nobody's.
func (s Store) Attempt(ctx context.Context, tx *tenancy.Tx, id string) (payments.Attempt, error) {
	return s.one(ctx, tx, `id::text = $1`, id)
}

// LockedAttempt holds it too.
func (s Store) LockedAttempt(ctx context.Context, tx *tenancy.Tx, id string) (payments.Attempt, error) {
	return s.one(ctx, tx, `id = $1 FOR UPDATE`, id)
}

// AttemptOf finds whose page or charge this is.
func (Store) AttemptOf(ctx context.Context, tx *tenancy.Tx, checkoutID, chargeID string) (id string, err error) {
	err = tx.PGX().QueryRow(ctx, `SELECT id::text FROM online_payments WHERE session_id = nullif($1, '') OR intent_id = nullif($2, '') ORDER BY intent_id = nullif($2, '') DESC NULLS LAST LIMIT 1`, checkoutID, chargeID).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return id, err
}

// Attempts finds those of an invoice, the latest first.
func (s Store) Attempts(ctx context.Context, tx *tenancy.Tx, invoiceID string) ([]payments.Attempt, error) {
	return s.find(ctx, tx, `invoice_id = $1 ORDER BY created_at DESC, id DESC LIMIT 200`, invoiceID)
}

// Waiting lists attempts that something may become of.
func (s Store) Waiting(ctx context.Context, tx *tenancy.Tx, invoiceID string, before time.Time, limit int) ([]payments.Attempt, error) {
	var until *time.Time
	if !before.IsZero() {
		until = &before
	}
	return s.find(ctx, tx, `state IN ('opening', 'open', 'processing') AND ($1 = '' OR invoice_id = nullif($1, '')::uuid) AND ($2::timestamptz IS NULL OR created_at < $2) ORDER BY created_at LIMIT $3`, invoiceID, until, limit)
}

// AttemptsByIDs finds attempts by their keys.
func (s Store) AttemptsByIDs(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]payments.Attempt, error) {
	all, err := s.find(ctx, tx, `id::text = ANY($1)`, ids)
	out := make(map[string]payments.Attempt, len(all))
	for _, a := range all {
		out[a.ID] = a
	}
	return out, err
}

// PaidSince lists what we have as paid.
func (s Store) PaidSince(ctx context.Context, tx *tenancy.Tx, accountID string, since time.Time) ([]payments.Attempt, error) {
	return s.find(ctx, tx, `state = 'paid' AND account_id = $1 AND created_at >= $2 ORDER BY created_at`, accountID, since)
}

const refundColumns = `r.id::text, r.attempt_id::text, r.amount_minor, a.currency, r.reason, r.state, coalesce(r.provider_id, ''), coalesce(r.refund_id::text, ''), r.failure, r.created_by, r.created_at`

func scanRefund(row pgx.CollectableRow) (r payments.Refund, err error) {
	err = row.Scan(&r.ID, &r.AttemptID, &r.Amount.Minor, &r.Amount.Currency, &r.Reason, &r.State, &r.ProviderID, &r.RefundID, &r.Failure, &r.CreatedBy, &r.CreatedAt)
	return r, err
}

func (Store) refunds(ctx context.Context, tx *tenancy.Tx, at map[string]*payments.Attempt, ids []string) error {
	rows, err := tx.PGX().Query(ctx, `SELECT `+refundColumns+` FROM online_refunds r JOIN online_payments a ON a.id = r.attempt_id WHERE r.attempt_id = ANY($1::uuid[]) ORDER BY r.id`, ids)
	if err != nil {
		return err
	}
	found, err := pgx.CollectRows(rows, scanRefund)
	for _, r := range found {
		at[r.AttemptID].Refunds = append(at[r.AttemptID].Refunds, r)
	}
	return err
}

// Refund reads a refund.
func (Store) Refund(ctx context.Context, tx *tenancy.Tx, id string) (payments.Refund, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT `+refundColumns+` FROM online_refunds r JOIN online_payments a ON a.id = r.attempt_id WHERE r.id = $1`, id)
	if err != nil {
		return payments.Refund{}, err
	}
	r, err := pgx.CollectExactlyOneRow(rows, scanRefund)
	if errors.Is(err, pgx.ErrNoRows) {
		err = payments.ErrNotFound
	}
	return r, err
}

// SaveRefund writes a refund, a new one too.
func (Store) SaveRefund(ctx context.Context, tx *tenancy.Tx, r payments.Refund) error {
	_, err := tx.PGX().Exec(ctx, `INSERT INTO online_refunds (id, attempt_id, amount_minor, reason, state, provider_id, refund_id, failure, created_by, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (id) DO UPDATE SET state = EXCLUDED.state, provider_id = EXCLUDED.provider_id, refund_id = EXCLUDED.refund_id, failure = EXCLUDED.failure`,
		r.ID, r.AttemptID, r.Amount.Minor, r.Reason, r.State, orNull(r.ProviderID), orNull(r.RefundID), r.Failure, r.CreatedBy, r.CreatedAt)
	return err
}

func (Store) disputes(ctx context.Context, tx *tenancy.Tx, at map[string]*payments.Attempt, ids []string) error {
	rows, err := tx.PGX().Query(ctx, `SELECT id, attempt_id::text, amount_minor, reason, state, answer_by, coalesce(refund_id::text, ''), opened_at, closed_at
		FROM online_disputes WHERE attempt_id = ANY($1::uuid[]) ORDER BY opened_at, id`, ids)
	if err != nil {
		return err
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (d payments.Dispute, err error) {
		err = row.Scan(&d.ID, &d.AttemptID, &d.Amount.Minor, &d.Reason, &d.State, &d.AnswerBy, &d.RefundID, &d.OpenedAt, &d.ClosedAt)
		return d, err
	})
	for _, d := range found {
		a := at[d.AttemptID]
		d.Amount.Currency = a.Amount.Currency
		a.Disputes = append(a.Disputes, d)
	}
	return err
}

// SaveDispute writes a dispute, a new one too.
func (Store) SaveDispute(ctx context.Context, tx *tenancy.Tx, d payments.Dispute) error {
	_, err := tx.PGX().Exec(ctx, `INSERT INTO online_disputes (id, attempt_id, amount_minor, reason, state, answer_by, refund_id, opened_at, closed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (id) DO UPDATE SET reason = EXCLUDED.reason, state = EXCLUDED.state, answer_by = EXCLUDED.answer_by, refund_id = EXCLUDED.refund_id, closed_at = EXCLUDED.closed_at`,
		d.ID, d.AttemptID, d.Amount.Minor, d.Reason, d.State, d.AnswerBy, orNull(d.RefundID), d.OpenedAt, d.ClosedAt)
	return err
}
