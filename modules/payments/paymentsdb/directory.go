package paymentsdb

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/modules/payments"
	"github.com/bureauhq/bureau/tenancy"
)

// Enqueuer takes jobs; job.Queue is one.
type Enqueuer interface {
	Enqueue(ctx context.Context, tx job.Tx, jobs ...job.Args) error
}

// Directory implements payments.Directory on the platform's tables.
type Directory struct {
	control *tenancy.Control
	queue   Enqueuer
}

// NewDirectory returns a directory.
func NewDirectory(c *tenancy.Control, q Enqueuer) Directory { return Directory{c, q} }

var _ payments.Directory = Directory{}

func (d Directory) exec(ctx context.Context, sql string, args ...any) error {
	return d.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, sql, args...)
		return err
	})
}

// Connect writes down whose an account is. One that is somebody's stays theirs.
func (d Directory) Connect(ctx context.Context, agencyID, provider, accountID string, at time.Time) error {
	return d.exec(ctx, `INSERT INTO connected_accounts (account_id, provider, agency_id, connected_at) VALUES ($1, $2, $3, $4) ON CONFLICT (account_id) DO NOTHING`, accountID, provider, agencyID, at)
}

// Gone notes that an account took our access away. What it was paid stays its agency's.
func (d Directory) Gone(ctx context.Context, accountID string, at time.Time) error {
	return d.exec(ctx, `UPDATE connected_accounts SET gone_at = $2 WHERE account_id = $1 AND gone_at IS NULL`, accountID, at)
}

// AgencyOf finds whose account this is.
func (d Directory) AgencyOf(ctx context.Context, accountID string) (agencyID string, err error) {
	err = d.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT agency_id::text FROM connected_accounts WHERE account_id = $1`, accountID).Scan(&agencyID)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return agencyID, err
}

// Live pages through the accounts that are connected at a provider, of agencies that are there.
func (d Directory) Live(ctx context.Context, provider, after string, limit int) (out []payments.Connected, err error) {
	err = d.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT c.account_id, c.agency_id::text FROM connected_accounts c JOIN agencies a ON a.id = c.agency_id
			WHERE c.gone_at IS NULL AND a.state IN ('active', 'suspended') AND c.provider = $3 AND c.account_id > $1 ORDER BY c.account_id LIMIT $2`, after, limit, provider)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, pgx.RowToStructByPos[payments.Connected])
		return err
	})
	return out, err
}

// Receive keeps a notice and its jobs in one transaction; one that is there already adds nothing.
func (d Directory) Receive(ctx context.Context, n payments.Notice, source string, at time.Time, jobs ...job.Args) (isNew bool, err error) {
	err = d.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `INSERT INTO payment_events (id, account_id, agency_id, type, object_type, object_id, happened_at, received_at, source, state)
			VALUES ($1, $2, (SELECT agency_id FROM connected_accounts WHERE account_id = $2), $3, $4, $5, $6, $7, $8, 'received') ON CONFLICT (id) DO NOTHING`,
			n.ID, n.Account, n.Type, n.ObjectType, n.ObjectID, n.At, at, source)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		isNew = true
		return d.queue.Enqueue(ctx, job.Platform{Tx: tx}, jobs...)
	})
	return isNew && err == nil, err
}

// Processed marks a notice.
func (d Directory) Processed(ctx context.Context, noticeID, state, reason string, at time.Time) error {
	return d.exec(ctx, `UPDATE payment_events e SET state = $2, reason = $3, processed_at = $4, agency_id = (SELECT agency_id FROM connected_accounts WHERE account_id = e.account_id) WHERE id = $1`, noticeID, state, reason, at)
}

// NoticeBefore is where catching up begins.
func (d Directory) NoticeBefore(ctx context.Context, accountID string, overlap time.Duration) (noticeID string, err error) {
	err = d.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT id FROM payment_events WHERE account_id = $1 AND happened_at <= (SELECT max(happened_at) FROM payment_events WHERE account_id = $1) - make_interval(secs => $2)
			ORDER BY happened_at DESC, id DESC LIMIT 1`, accountID, overlap.Seconds()).Scan(&noticeID)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return noticeID, err
}

// Enqueue adds jobs of the platform.
func (d Directory) Enqueue(ctx context.Context, jobs ...job.Args) error {
	return d.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error { return d.queue.Enqueue(ctx, job.Platform{Tx: tx}, jobs...) })
}
