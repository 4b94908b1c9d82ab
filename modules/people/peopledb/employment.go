package peopledb

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/people"
	"github.com/bureauhq/bureau/tenancy"
)

// Employments reads from when to when members are employed; all of them when none is named.
func (Store) Employments(ctx context.Context, tx *tenancy.Tx, memberIDs []string) (map[string]people.Employment, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT member_id::text, first_day, last_day FROM employment_days
		WHERE cardinality($1::uuid[]) = 0 OR member_id = ANY($1::uuid[]) LIMIT 20000`, ids(memberIDs))
	if err != nil {
		return nil, fmt.Errorf("employments: %w", err)
	}
	out := map[string]people.Employment{}
	var member string
	var e people.Employment
	_, err = pgx.ForEachRow(rows, []any{&member, &e.First, &e.Last}, func() error {
		out[member] = e
		return nil
	})
	return out, err
}

// SaveEmployment writes from when to when a member is employed.
func (Store) SaveEmployment(ctx context.Context, tx *tenancy.Tx, memberID string, e people.Employment) error {
	_, err := tx.PGX().Exec(ctx, `INSERT INTO employment_days (member_id, first_day, last_day) VALUES ($1, $2, $3)
		ON CONFLICT (member_id) DO UPDATE SET first_day = EXCLUDED.first_day, last_day = EXCLUDED.last_day`, memberID, e.First, e.Last)
	return err
}

// FirstSchedules reads when the first schedule of each member begins.
func (Store) FirstSchedules(ctx context.Context, tx *tenancy.Tx) (map[string]day.Date, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT member_id::text, min(starts_on) FROM employments GROUP BY member_id LIMIT 20000`)
	if err != nil {
		return nil, fmt.Errorf("first schedules: %w", err)
	}
	out := map[string]day.Date{}
	var member string
	var first day.Date
	_, err = pgx.ForEachRow(rows, []any{&member, &first}, func() error {
		out[member] = first
		return nil
	})
	return out, err
}
