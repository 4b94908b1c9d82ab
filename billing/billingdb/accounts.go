// Package billingdb keeps billing's records: the platform's side in the
// platform's schema, the seat ledger in the agency's.
package billingdb

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/tenancy"
)

// Store implements billing.Store.
type Store struct {
	control *tenancy.Control
	queue   *job.Queue
}

// New returns a store.
func New(c *tenancy.Control, q *job.Queue) Store { return Store{c, q} }

var _ billing.Store = Store{}

const accountColumns = `agency_id::text, coalesce(customer_id, ''), coalesce(subscription_id, ''), item_id, status, held_plan, held_quantity, paid_plan, paid_quantity,
	period_start, period_end, trial_ends_at, cancel_at_period_end, collection_paused, collection, seat_ceiling, seat_floor, past_due_since, unpaid_since, paused_since, ended_at,
	last_payment_failed, customer_since, pending_until, checkout_id, synced_seq, synced_at, version, leaving, true_up_since`

func scanAccount(row pgx.Row) (a billing.Account, err error) {
	var start, end, trial, since, trueUp *time.Time
	err = row.Scan(&a.AgencyID, &a.CustomerID, &a.SubscriptionID, &a.ItemID, &a.Status, &a.Held.Plan, &a.Held.Quantity, &a.Paid.Plan, &a.Paid.Quantity,
		&start, &end, &trial, &a.CancelAtPeriodEnd, &a.CollectionPaused, &a.Collection, &a.SeatCeiling, &a.SeatFloor, &a.PastDueSince, &a.UnpaidSince, &a.PausedSince, &a.EndedAt,
		&a.LastPaymentFailed, &since, &a.PendingUntil, &a.CheckoutID, &a.SyncedSeq, &a.SyncedAt, &a.Version, &a.Leaving, &trueUp)
	for from, to := range map[**time.Time]*time.Time{&start: &a.PeriodStart, &end: &a.PeriodEnd, &trial: &a.TrialEndsAt, &since: &a.CustomerSince, &trueUp: &a.TrueUpSince} {
		if *from != nil {
			*to = (*from).UTC()
		}
	}
	return a, err
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Begin gives an agency its account, once.
func (s Store) Begin(ctx context.Context, a billing.Account) error {
	return s.control.ExecUnsynced(ctx, `INSERT INTO subscriptions (agency_id, status, held_plan, held_quantity, paid_plan, paid_quantity, collection, trial_ends_at, synced_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now()) ON CONFLICT (agency_id) DO NOTHING`,
		a.AgencyID, a.Status, a.Held.Plan, a.Held.Quantity, a.Paid.Plan, a.Paid.Quantity, a.Collection, a.TrialEndsAt)
}

// Account reads an account and its overrides in one round trip.
func (s Store) Account(ctx context.Context, agencyID string, now time.Time) (a billing.Account, overrides []billing.Override, err error) {
	err = s.control.ReadOne(ctx, func(ctx context.Context, q tenancy.Querier) error {
		b := &pgx.Batch{}
		b.Queue(`SELECT `+accountColumns+` FROM subscriptions WHERE agency_id = $1`, agencyID)
		b.Queue(`SELECT `+overrideColumns+` FROM plan_overrides WHERE agency_id = $1 AND expires_at > $2 AND revoked_at IS NULL ORDER BY created_at, id`, agencyID, now)
		res := q.SendBatch(ctx, b)
		defer func() { _ = res.Close() }()
		if a, err = scanAccount(res.QueryRow()); err != nil {
			return noAccount(err)
		}
		rows, err := res.Query()
		if err != nil {
			return err
		}
		overrides, err = pgx.CollectRows(rows, scanOverride)
		return err
	})
	return a, overrides, err
}

func noAccount(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return billing.ErrNoAccount
	}
	return err
}

// Locked holds the account's row for the time of fn.
func (s Store) Locked(ctx context.Context, agencyID string, fn func(context.Context, billing.Tx, *billing.Account) error) error {
	return s.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		a, err := scanAccount(tx.QueryRow(ctx, `SELECT `+accountColumns+` FROM subscriptions WHERE agency_id = $1 FOR UPDATE`, agencyID))
		if err != nil {
			return noAccount(err)
		}
		was := a
		if err := fn(ctx, held{job.Platform{Tx: tx}, agencyID, s.queue}, &a); err != nil {
			return err
		}
		if same(was, a) {
			return nil // nobody needs to be told that nothing changed
		}
		_, err = tx.Exec(ctx, `UPDATE subscriptions SET customer_id = nullif($2, ''), subscription_id = nullif($3, ''), item_id = $4, status = $5, held_plan = $6, held_quantity = $7,
			paid_plan = $8, paid_quantity = $9, period_start = $10, period_end = $11, trial_ends_at = $12, cancel_at_period_end = $13, collection_paused = $14, collection = $15,
			seat_ceiling = $16, seat_floor = $17, past_due_since = $18, unpaid_since = $19, paused_since = $20, ended_at = $21, last_payment_failed = $22, customer_since = $23,
			pending_until = $24, checkout_id = $25, synced_seq = $26, synced_at = now(), version = version + 1, true_up_since = $27, leaving = $28 WHERE agency_id = $1`,
			agencyID, a.CustomerID, a.SubscriptionID, a.ItemID, a.Status, a.Held.Plan, a.Held.Quantity, a.Paid.Plan, a.Paid.Quantity, orNull(a.PeriodStart), orNull(a.PeriodEnd),
			orNull(a.TrialEndsAt), a.CancelAtPeriodEnd, a.CollectionPaused, a.Collection, a.SeatCeiling, a.SeatFloor, a.PastDueSince, a.UnpaidSince, a.PausedSince, a.EndedAt,
			a.LastPaymentFailed, orNull(a.CustomerSince), a.PendingUntil, a.CheckoutID, a.SyncedSeq, orNull(a.TrueUpSince), a.Leaving)
		return err
	})
}

// same compares what the account says; times by their instant.
func same(a, b billing.Account) bool {
	equal := func(x, y *time.Time) bool { return (x == nil) == (y == nil) && (x == nil || x.Equal(*y)) }
	times := equal(a.PastDueSince, b.PastDueSince) && equal(a.UnpaidSince, b.UnpaidSince) && equal(a.PausedSince, b.PausedSince) && equal(a.EndedAt, b.EndedAt) &&
		equal(a.PendingUntil, b.PendingUntil) && a.PeriodStart.Equal(b.PeriodStart) && a.PeriodEnd.Equal(b.PeriodEnd) && a.TrialEndsAt.Equal(b.TrialEndsAt) && a.CustomerSince.Equal(b.CustomerSince) && a.TrueUpSince.Equal(b.TrueUpSince)
	for _, x := range []*billing.Account{&a, &b} {
		x.PastDueSince, x.UnpaidSince, x.PausedSince, x.EndedAt, x.PendingUntil = nil, nil, nil, nil, nil
		x.PeriodStart, x.PeriodEnd, x.TrialEndsAt, x.CustomerSince, x.SyncedAt, x.TrueUpSince = time.Time{}, time.Time{}, time.Time{}, time.Time{}, time.Time{}, time.Time{}
	}
	return times && a == b
}

// AgencyOf finds whose customer or subscription this is.
func (s Store) AgencyOf(ctx context.Context, customerID, subscriptionID string) (agencyID string, err error) {
	err = s.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT agency_id::text FROM subscriptions WHERE customer_id = nullif($1, '') OR subscription_id = nullif($2, '') LIMIT 1`, customerID, subscriptionID).Scan(&agencyID)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return agencyID, err
}

// Accounts pages through all accounts.
func (s Store) Accounts(ctx context.Context, after string, limit int) (out []billing.Account, err error) {
	err = s.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+accountColumns+` FROM subscriptions WHERE ($1 = '' OR agency_id > nullif($1, '')::uuid) ORDER BY agency_id LIMIT $2`, after, limit)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, func(r pgx.CollectableRow) (billing.Account, error) { return scanAccount(r) })
		return err
	})
	return out, err
}
