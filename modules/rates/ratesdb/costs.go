package ratesdb

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/tenancy"
)

// mostCosts bounds what is read at once: years of an agency.
const mostCosts = ` LIMIT 5000`

func costs(ctx context.Context, tx *tenancy.Tx, where string, args ...any) ([]rates.Cost, error) {
	rows, err := tx.PGX().Query(ctx, `
		SELECT id::text, member_id::text, per_hour, currency, valid_from, valid_to, salary_minor, coalesce(capacity_seconds, 0), created_at, coalesce(created_by::text, '')
		FROM cost_rates `+where+` ORDER BY member_id, valid_from`+mostCosts, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (c rates.Cost, err error) {
		var salary *int64
		var capacity int64
		var to day.Date
		err = r.Scan(&c.ID, &c.MemberID, &c.PerHour, &c.Currency, &c.From, &to, &salary, &capacity, &c.CreatedAt, &c.CreatedBy)
		c.Currency, c.CreatedAt, c.Capacity = strings.TrimSpace(c.Currency), c.CreatedAt.UTC(), time.Duration(capacity)*time.Second
		if !to.IsZero() {
			c.To = &to
		}
		if salary != nil {
			m := money.Of(*salary, c.Currency)
			c.Salary = &m
		}
		return c, err
	})
}

// Costs lists the cost rates of a member, or of all.
func (Store) Costs(ctx context.Context, tx *tenancy.Tx, memberID string) ([]rates.Cost, error) {
	return costs(ctx, tx, `WHERE $1 = '' OR member_id = nullif($1, '')::uuid`, memberID)
}

// CostsOf lists the cost rates of members.
func (Store) CostsOf(ctx context.Context, tx *tenancy.Tx, memberIDs []string) ([]rates.Cost, error) {
	return costs(ctx, tx, `WHERE member_id = ANY($1::uuid[])`, memberIDs)
}

// Cost finds a cost rate.
func (Store) Cost(ctx context.Context, tx *tenancy.Tx, id string) (rates.Cost, error) {
	found, err := costs(ctx, tx, `WHERE id = $1`, id)
	if err == nil && len(found) == 0 {
		err = rates.ErrCostNotFound
	}
	if err != nil {
		return rates.Cost{}, err
	}
	return found[0], nil
}

// AddCost inserts c.
func (Store) AddCost(ctx context.Context, tx *tenancy.Tx, c rates.Cost) error {
	var salary, capacity *int64
	if c.Salary != nil {
		seconds := int64(c.Capacity / time.Second)
		salary, capacity = &c.Salary.Minor, &seconds
	}
	_, err := tx.PGX().Exec(ctx, `
		INSERT INTO cost_rates (id, member_id, per_hour, currency, valid_from, valid_to, salary_minor, capacity_seconds, created_at, created_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, nullif($10, '')::uuid)`,
		c.ID, c.MemberID, c.PerHour, c.Currency, c.From, c.To, salary, capacity, c.CreatedAt, c.CreatedBy)
	return err
}

// EndCost says where a cost rate ends; nil for nowhere.
func (Store) EndCost(ctx context.Context, tx *tenancy.Tx, id string, to *day.Date) error {
	tag, err := tx.PGX().Exec(ctx, `UPDATE cost_rates SET valid_to = $2 WHERE id = $1`, id, to)
	if err == nil && tag.RowsAffected() == 0 {
		err = rates.ErrCostNotFound
	}
	return err
}

// RemoveCost deletes a cost rate; the audit log keeps what it was.
func (Store) RemoveCost(ctx context.Context, tx *tenancy.Tx, id string) error {
	_, err := tx.PGX().Exec(ctx, `DELETE FROM cost_rates WHERE id = $1`, id)
	return err
}
