package identitydb

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/modules/identity"
)

// AddRegistration keeps a registration, and the letter that goes with it.
func (d Directory) AddRegistration(ctx context.Context, r identity.Registration, hash []byte, letters ...job.Args) error {
	return d.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO registrations (id, secret_hash, flow_id, email, held, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			r.ID, hash, r.FlowID, r.Email, r.Held, r.CreatedAt, r.ExpiresAt)
		if err != nil {
			return err
		}
		return d.jobs.Enqueue(ctx, job.Platform{Tx: tx}, letters...)
	})
}

// EnqueueLetters inserts jobs that belong to no agency.
func (d Directory) EnqueueLetters(ctx context.Context, letters ...job.Args) error {
	return d.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return d.jobs.Enqueue(ctx, job.Platform{Tx: tx}, letters...)
	})
}

// Registration finds one that is not over, by its key and the hash of the browser's secret.
func (d Directory) Registration(ctx context.Context, id string, hash []byte, now time.Time) (r identity.Registration, err error) {
	err = d.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT id::text, flow_id::text, email, held, tries, created_at, expires_at FROM registrations
			WHERE id = $1 AND secret_hash = $2 AND expires_at > $3`, id, hash, now).
			Scan(&r.ID, &r.FlowID, &r.Email, &r.Held, &r.Tries, &r.CreatedAt, &r.ExpiresAt)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return r, identity.ErrRegistrationGone
	}
	return r, err
}

// RegistrationSubmitted tells whether a flow of Kratos led to a registration.
func (d Directory) RegistrationSubmitted(ctx context.Context, flowID string, now time.Time) (done bool, err error) {
	err = d.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM registrations WHERE flow_id = $1 AND expires_at > $2)`, flowID, now).Scan(&done)
	})
	return done, err
}

// TryRegistration counts a try and returns how many there were.
func (d Directory) TryRegistration(ctx context.Context, id string) (n int, err error) {
	err = d.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `UPDATE registrations SET tries = tries + 1 WHERE id = $1 RETURNING tries`, id).Scan(&n)
	})
	return n, err
}

// ConfirmRegistration forgets what was held.
func (d Directory) ConfirmRegistration(ctx context.Context, id string) error {
	return d.exec(ctx, `UPDATE registrations SET held = NULL WHERE id = $1`, id)
}
