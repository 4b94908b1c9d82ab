package ratesdb

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/tenancy"
)

// mostMultipliers bounds what is read at once: years of many contracts.
const mostMultipliers = ` LIMIT 2000`

func multipliers(ctx context.Context, tx *tenancy.Tx, where string, args ...any) ([]rates.Multipliers, error) {
	rows, err := tx.PGX().Query(ctx, `
		SELECT id::text, level, coalesce(client_id::text, ''), coalesce(project_id::text, ''), zone, week::text, after_hours, saturday, sunday, holiday, region,
			valid_from, valid_to, created_at, coalesce(created_by::text, '')
		FROM rate_multipliers WHERE removed_at IS NULL AND `+where+` ORDER BY level, client_id, project_id, valid_from`+mostMultipliers, args...)
	if err != nil {
		return nil, fmt.Errorf("read multipliers: %w", err)
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (m rates.Multipliers, err error) {
		var week string
		var to day.Date
		f := &m.Factors
		err = r.Scan(&m.ID, &m.Level, &m.ClientID, &m.ProjectID, &m.Zone, &week, &f.AfterHours, &f.Saturday, &f.Sunday, &f.Holiday, &m.Region, &m.From, &to, &m.CreatedAt, &m.CreatedBy)
		if err != nil {
			return m, err
		}
		m.CreatedAt = m.CreatedAt.UTC()
		if !to.IsZero() {
			m.To = &to
		}
		return m, json.Unmarshal([]byte(week), &m.Week)
	})
}

// Multipliers lists those that are not removed.
func (Store) Multipliers(ctx context.Context, tx *tenancy.Tx, f rates.MultiplierFilter) ([]rates.Multipliers, error) {
	return multipliers(ctx, tx, `($1 = '' OR level = $1) AND ($2 = '' OR client_id = nullif($2, '')::uuid) AND ($3 = '' OR project_id = nullif($3, '')::uuid)`,
		string(f.Level), f.ClientID, f.ProjectID)
}

// MultipliersByID finds some that are not removed.
func (Store) MultipliersByID(ctx context.Context, tx *tenancy.Tx, id string) (rates.Multipliers, error) {
	found, err := multipliers(ctx, tx, `id = $1`, id)
	if err == nil && len(found) == 0 {
		err = rates.ErrMultipliersNotFound
	}
	if err != nil {
		return rates.Multipliers{}, err
	}
	return found[0], nil
}

// Agreed lists those that may answer.
func (Store) Agreed(ctx context.Context, tx *tenancy.Tx, clientIDs, projectIDs []string, from, to day.Date) ([]rates.Multipliers, error) {
	return multipliers(ctx, tx, `(level = 'agency' OR client_id = ANY ($1::uuid[]) OR project_id = ANY ($2::uuid[]))
		AND valid_from <= $4::date AND (valid_to IS NULL OR valid_to > $3::date)`, clientIDs, projectIDs, from.String(), to.String())
}

// AddMultipliers inserts m.
func (Store) AddMultipliers(ctx context.Context, tx *tenancy.Tx, m rates.Multipliers) error {
	week, err := json.Marshal(m.Week)
	if err != nil {
		return err
	}
	_, err = tx.PGX().Exec(ctx, `
		INSERT INTO rate_multipliers (id, level, client_id, project_id, zone, week, after_hours, saturday, sunday, holiday, region, valid_from, valid_to, created_at, created_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		m.ID, string(m.Level), pg.Null(m.ClientID), pg.Null(m.ProjectID), m.Zone, string(week), m.Factors.AfterHours, m.Factors.Saturday, m.Factors.Sunday, m.Factors.Holiday,
		m.Region, m.From, m.To, m.CreatedAt, pg.Null(m.CreatedBy))
	return err
}

// EndMultipliers says where they end; nil for nowhere.
func (Store) EndMultipliers(ctx context.Context, tx *tenancy.Tx, id string, to *day.Date) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE rate_multipliers SET valid_to = $2 WHERE id = $1`, id, to)
	return err
}

// RemoveMultipliers takes them out of use; the row stays, since entries say that they come from it.
func (Store) RemoveMultipliers(ctx context.Context, tx *tenancy.Tx, id string, at time.Time) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE rate_multipliers SET removed_at = $2 WHERE id = $1`, id, at)
	return err
}
