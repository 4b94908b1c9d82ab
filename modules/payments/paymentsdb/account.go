// Package paymentsdb keeps payments on line in Postgres: the agency's side in its own schema, whose an account is in the platform's.
package paymentsdb

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/payments"
	"github.com/bureauhq/bureau/tenancy"
)

// Store implements payments.Store.
type Store struct{}

var _ payments.Store = Store{}

// Settings reads what the agency decided; what it did not is as it is usual.
func (Store) Settings(ctx context.Context, tx *tenancy.Tx) (payments.Settings, error) {
	s := payments.Settings{Offered: true}
	err := tx.PGX().QueryRow(ctx, `SELECT offered, parts, version, updated_at FROM payment_settings`).Scan(&s.Offered, &s.Parts, &s.Version, &s.UpdatedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return s, nil
	}
	return s, err
}

// SaveSettings writes them.
func (Store) SaveSettings(ctx context.Context, tx *tenancy.Tx, s payments.Settings) error {
	tag, err := tx.PGX().Exec(ctx, `UPDATE payment_settings SET offered = $1, parts = $2, version = $3, updated_at = $4`, s.Offered, s.Parts, s.Version, s.UpdatedAt)
	if err == nil && tag.RowsAffected() == 0 {
		_, err = tx.PGX().Exec(ctx, `INSERT INTO payment_settings (id, offered, parts, version, updated_at) VALUES ($1, $2, $3, $4, $5)`, id.New(), s.Offered, s.Parts, s.Version, s.UpdatedAt)
	}
	return err
}

const accountColumns = `id, provider, country, submitted, charges, payouts, due, overdue, disabled, connected_at, checked_at, disconnected_at, gone_at, compared_at, compared_count, version`

func (Store) account(ctx context.Context, tx *tenancy.Tx, lock string) (a payments.Account, err error) {
	err = tx.PGX().QueryRow(ctx, `SELECT `+accountColumns+` FROM payment_accounts ORDER BY gone_at DESC NULLS FIRST LIMIT 1`+lock).Scan(
		&a.ID, &a.Provider, &a.Country, &a.Submitted, &a.Charges, &a.Payouts, &a.Due, &a.Overdue, &a.Disabled, &a.ConnectedAt, &a.CheckedAt, &a.DisconnectedAt, &a.GoneAt, &a.ComparedAt, &a.ComparedCount, &a.Version)
	if errors.Is(err, pgx.ErrNoRows) {
		return payments.Account{}, nil
	}
	return a, err
}

// Account finds the live account, or else the last one.
func (s Store) Account(ctx context.Context, tx *tenancy.Tx) (payments.Account, error) {
	return s.account(ctx, tx, "")
}

// LockedAccount holds it too.
func (s Store) LockedAccount(ctx context.Context, tx *tenancy.Tx) (payments.Account, error) {
	return s.account(ctx, tx, " FOR UPDATE")
}

// AddAccount inserts an account, once.
func (Store) AddAccount(ctx context.Context, tx *tenancy.Tx, a payments.Account) (bool, error) {
	tag, err := tx.PGX().Exec(ctx, `INSERT INTO payment_accounts (id, provider, country, connected_at, checked_at, version) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		a.ID, a.Provider, a.Country, a.ConnectedAt, a.CheckedAt, a.Version)
	return tag.RowsAffected() == 1, err
}

// SaveAccount writes what may change.
func (Store) SaveAccount(ctx context.Context, tx *tenancy.Tx, a payments.Account) error {
	if a.Due == nil {
		a.Due = []string{}
	}
	_, err := tx.PGX().Exec(ctx, `UPDATE payment_accounts SET country = $2, submitted = $3, charges = $4, payouts = $5, due = $6, overdue = $7, disabled = $8, checked_at = $9, disconnected_at = $10,
		gone_at = $11, compared_at = $12, compared_count = $13, version = $14 WHERE id = $1`,
		a.ID, a.Country, a.Submitted, a.Charges, a.Payouts, a.Due, a.Overdue, a.Disabled, a.CheckedAt, a.DisconnectedAt, a.GoneAt, a.ComparedAt, a.ComparedCount, a.Version)
	return err
}
