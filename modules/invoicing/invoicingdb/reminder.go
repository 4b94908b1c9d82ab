package invoicingdb

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

const policyColumns = `id::text, coalesce(client_id::text, ''), enabled, enabled_on, steps, late, runs_at, version, updated_at`

func scanPolicy(row pgx.CollectableRow) (p invoicing.ReminderPolicy, err error) {
	var on *time.Time
	var steps, late []byte
	if err = row.Scan(&p.ID, &p.ClientID, &p.Enabled, &on, &steps, &late, &p.RunsAt, &p.Version, &p.UpdatedAt); err != nil {
		return p, err
	}
	p.EnabledOn = dayOf(on)
	if err = json.Unmarshal(steps, &p.Steps); err != nil || string(late) == "{}" {
		return p, err
	}
	return p, json.Unmarshal(late, &p.Late)
}

// ReminderPolicy reads the policy of a client, or of the agency. Nil where there is none.
func (Store) ReminderPolicy(ctx context.Context, tx *tenancy.Tx, clientID string, hold bool) (*invoicing.ReminderPolicy, error) {
	lock := ""
	if hold {
		lock = " FOR UPDATE"
	}
	rows, err := tx.PGX().Query(ctx, `SELECT `+policyColumns+` FROM reminder_policies WHERE client_id IS NOT DISTINCT FROM $1::text::uuid`+lock, key(clientID))
	if err != nil {
		return nil, err
	}
	p, err := pgx.CollectExactlyOneRow(rows, scanPolicy)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil //nolint:nilnil // there is none, which is no fault
	}
	return &p, err
}

// key is an id, or null where it is empty.
func key(id string) *string {
	if id == "" {
		return nil
	}
	return &id
}

// ReminderPolicies reads all of them by client; the agency's has no name.
func (Store) ReminderPolicies(ctx context.Context, tx *tenancy.Tx) (map[string]invoicing.ReminderPolicy, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT `+policyColumns+` FROM reminder_policies`)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, scanPolicy)
	all := make(map[string]invoicing.ReminderPolicy, len(found))
	for _, p := range found {
		all[p.ClientID] = p
	}
	return all, err
}

// PutReminderPolicy writes a policy, new or not.
func (Store) PutReminderPolicy(ctx context.Context, tx *tenancy.Tx, p invoicing.ReminderPolicy) error {
	steps, err := json.Marshal(p.Steps)
	if err != nil {
		return err
	}
	late := []byte("{}")
	if p.Late != nil {
		if late, err = json.Marshal(p.Late); err != nil {
			return err
		}
	}
	_, err = tx.PGX().Exec(ctx, `
		INSERT INTO reminder_policies (id, client_id, enabled, enabled_on, steps, runs_at, version, updated_at, late) VALUES ($1, $2::text::uuid, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (client_id) DO UPDATE
		SET enabled = excluded.enabled, enabled_on = excluded.enabled_on, steps = excluded.steps, late = excluded.late, runs_at = excluded.runs_at, version = excluded.version, updated_at = excluded.updated_at`,
		p.ID, key(p.ClientID), p.Enabled, p.EnabledOn, string(steps), p.RunsAt, p.Version, p.UpdatedAt, string(late))
	return err
}

// DropReminderPolicy deletes the policy of a client.
func (Store) DropReminderPolicy(ctx context.Context, tx *tenancy.Tx, clientID string) error {
	_, err := tx.PGX().Exec(ctx, `DELETE FROM reminder_policies WHERE client_id = $1`, clientID)
	return err
}

// Remindable reads open invoices that are due within days, with the steps taken, some at a time.
func (Store) Remindable(ctx context.Context, tx *tenancy.Tx, from, to day.Date, after string, limit int) ([]invoicing.Remindable, error) {
	rows, err := tx.PGX().Query(ctx, `
		SELECT i.id::text, i.client_id::text, i.due_on, ARRAY(SELECT r.days FROM reminders r WHERE r.invoice_id = i.id)
		FROM invoices i
		WHERE i.state = 'issued' AND i.open_minor > 0 AND i.kind <> 'credit_note' AND i.reminders_paused_at IS NULL AND i.due_on BETWEEN $1 AND $2
		  AND ($3::text IS NULL OR i.id > $3::text::uuid)
		ORDER BY i.id LIMIT $4`, from, to, key(after), limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (r invoicing.Remindable, err error) {
		var due time.Time
		err = row.Scan(&r.InvoiceID, &r.ClientID, &due, &r.Taken)
		r.DueOn = day.Of(due, time.UTC)
		return r, err
	})
}

// TakeReminder marks a step as taken, and tells whether it was not before.
func (Store) TakeReminder(ctx context.Context, tx *tenancy.Tx, invoiceID string, r invoicing.Reminder) (bool, error) {
	tag, err := tx.PGX().Exec(ctx, `
		INSERT INTO reminders (invoice_id, days, outcome, sending_id, created_at) VALUES ($1, $2, $3, $4::text::uuid, $5) ON CONFLICT DO NOTHING`,
		invoiceID, r.Days, string(r.Outcome), key(r.SendingID), r.At)
	return err == nil && tag.RowsAffected() == 1, err
}

// SettleReminder takes back a letter that has not gone out.
func (Store) SettleReminder(ctx context.Context, tx *tenancy.Tx, sendingID string) error {
	if _, err := tx.PGX().Exec(ctx, `UPDATE reminders SET outcome = 'settled', sending_id = NULL WHERE sending_id = $1`, sendingID); err != nil {
		return err
	}
	_, err := tx.PGX().Exec(ctx, `DELETE FROM invoice_sends WHERE id = $1 AND sent_at IS NULL`, sendingID)
	return err
}

// PauseReminders writes whether reminders of an invoice stand still, and why.
func (Store) PauseReminders(ctx context.Context, tx *tenancy.Tx, invoiceID string, at *time.Time, reason string) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE invoices SET reminders_paused_at = $2, reminders_pause_reason = $3 WHERE id = $1`, invoiceID, at, reason)
	return err
}

// Reminding reads where an invoice stands.
func (Store) Reminding(ctx context.Context, tx *tenancy.Tx, invoiceID string) (r invoicing.Reminding, err error) {
	if err = tx.PGX().QueryRow(ctx, `SELECT reminders_paused_at, reminders_pause_reason FROM invoices WHERE id = $1`, invoiceID).Scan(&r.PausedAt, &r.Reason); err != nil {
		return r, err
	}
	rows, err := tx.PGX().Query(ctx, `SELECT days, outcome, coalesce(sending_id::text, ''), created_at FROM reminders WHERE invoice_id = $1 ORDER BY days`, invoiceID)
	if err != nil {
		return r, err
	}
	r.Taken, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (t invoicing.Reminder, err error) {
		err = row.Scan(&t.Days, &t.Outcome, &t.SendingID, &t.At)
		return t, err
	})
	return r, err
}
