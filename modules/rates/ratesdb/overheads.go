package ratesdb

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/tenancy"
)

// Overheads lists them by day.
func (Store) Overheads(ctx context.Context, tx *tenancy.Tx) ([]rates.Overhead, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT id::text, percent, valid_from, valid_to, created_at, coalesce(created_by::text, '') FROM overheads ORDER BY valid_from LIMIT 1000`)
	if err != nil {
		return nil, fmt.Errorf("read overheads: %w", err)
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (o rates.Overhead, err error) {
		var to day.Date
		err = r.Scan(&o.ID, &o.Percent, &o.From, &to, &o.CreatedAt, &o.CreatedBy)
		if o.CreatedAt = o.CreatedAt.UTC(); !to.IsZero() {
			o.To = &to
		}
		return o, err
	})
}

// AddOverhead inserts o.
func (Store) AddOverhead(ctx context.Context, tx *tenancy.Tx, o rates.Overhead) error {
	_, err := tx.PGX().Exec(ctx, `INSERT INTO overheads (id, percent, valid_from, valid_to, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6)`,
		o.ID, o.Percent, o.From, o.To, o.CreatedAt, pg.Null(o.CreatedBy))
	return err
}

// EndOverhead says where an overhead ends; nil for nowhere.
func (Store) EndOverhead(ctx context.Context, tx *tenancy.Tx, id string, to *day.Date) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE overheads SET valid_to = $2 WHERE id = $1`, id, to)
	return err
}

// RemoveOverhead deletes one; the audit log keeps what it was.
func (Store) RemoveOverhead(ctx context.Context, tx *tenancy.Tx, id string) error {
	_, err := tx.PGX().Exec(ctx, `DELETE FROM overheads WHERE id = $1`, id)
	return err
}

// AddCostDifferences inserts them.
func (Store) AddCostDifferences(ctx context.Context, tx *tenancy.Tx, all []rates.CostDifference) error {
	for _, d := range all {
		if _, err := tx.PGX().Exec(ctx, `INSERT INTO cost_differences (id, member_id, project_id, month, posted_in, seconds, amount_minor, currency, created_at, created_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			d.ID, d.MemberID, d.ProjectID, d.Month, d.PostedIn, d.Seconds, d.Amount.Minor, d.Amount.Currency, d.CreatedAt, pg.Null(d.CreatedBy)); err != nil {
			return fmt.Errorf("post a difference of costs: %w", err)
		}
	}
	return nil
}

// CostDifferences returns up to limit of them behind the cursor, the latest first; of one member, or of all.
func (Store) CostDifferences(ctx context.Context, tx *tenancy.Tx, memberID string, limit int, after []string) ([]rates.CostDifference, error) {
	last := ""
	if after != nil {
		last = after[0]
	}
	rows, err := tx.PGX().Query(ctx, `SELECT id::text, member_id::text, project_id::text, month, posted_in, seconds, amount_minor, currency, created_at, coalesce(created_by::text, '')
		FROM cost_differences WHERE ($1 = '' OR member_id = nullif($1, '')::uuid) AND ($2 = '' OR id < nullif($2, '')::uuid) ORDER BY id DESC LIMIT $3`, memberID, last, limit)
	if err != nil {
		return nil, fmt.Errorf("read differences of costs: %w", err)
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (d rates.CostDifference, err error) {
		var minor int64
		var currency string
		err = r.Scan(&d.ID, &d.MemberID, &d.ProjectID, &d.Month, &d.PostedIn, &d.Seconds, &minor, &currency, &d.CreatedAt, &d.CreatedBy)
		d.Amount, d.CreatedAt = money.Of(minor, strings.TrimSpace(currency)), d.CreatedAt.UTC()
		return d, err
	})
}

// PostedOf adds up what was posted for a project, a currency at a time.
func (Store) PostedOf(ctx context.Context, tx *tenancy.Tx, projectID string) ([]money.Money, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT sum(amount_minor)::bigint, currency FROM cost_differences WHERE project_id = $1 GROUP BY currency ORDER BY currency`, projectID)
	if err != nil {
		return nil, fmt.Errorf("add up differences of costs: %w", err)
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (money.Money, error) {
		var minor int64
		var currency string
		err := r.Scan(&minor, &currency)
		return money.Of(minor, strings.TrimSpace(currency)), err
	})
}
