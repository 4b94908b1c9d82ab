package peopledb

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/tenancy"
)

// Managers reads to whom members report; all of them when none is named.
func (Store) Managers(ctx context.Context, tx *tenancy.Tx, memberIDs []string) (map[string]string, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT member_id::text, manager_id::text FROM line_managers WHERE cardinality($1::uuid[]) = 0 OR member_id = ANY($1::uuid[]) LIMIT 20000`, ids(memberIDs))
	if err != nil {
		return nil, fmt.Errorf("line managers: %w", err)
	}
	out := map[string]string{}
	var member, manager string
	_, err = pgx.ForEachRow(rows, []any{&member, &manager}, func() error {
		out[member] = manager
		return nil
	})
	return out, err
}

func ids(all []string) []string {
	if all == nil {
		return []string{}
	}
	return all
}

// Reports reads who reports to any of the managers.
func (Store) Reports(ctx context.Context, tx *tenancy.Tx, managerIDs []string) ([]string, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT member_id::text FROM line_managers WHERE manager_id = ANY($1::uuid[])`, ids(managerIDs))
	if err != nil {
		return nil, fmt.Errorf("reports of managers: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// SetManager writes to whom a member reports, or that they report to nobody.
func (Store) SetManager(ctx context.Context, tx *tenancy.Tx, memberID, managerID string) error {
	if managerID == "" {
		_, err := tx.PGX().Exec(ctx, `DELETE FROM line_managers WHERE member_id = $1`, memberID)
		return err
	}
	if err := tx.Lock(ctx, "people.line_managers"); err != nil { // two at once could make a circle of two
		return err
	}
	_, err := tx.PGX().Exec(ctx, `INSERT INTO line_managers (member_id, manager_id) VALUES ($1, $2) ON CONFLICT (member_id) DO UPDATE SET manager_id = EXCLUDED.manager_id`, memberID, managerID)
	return err
}

// Above walks up the line of a member.
func (Store) Above(ctx context.Context, tx *tenancy.Tx, memberID string) ([]string, error) {
	rows, err := tx.PGX().Query(ctx, `WITH RECURSIVE up (id) AS (
			SELECT manager_id FROM line_managers WHERE member_id = $1
			UNION SELECT l.manager_id FROM up JOIN line_managers l ON l.member_id = up.id)
		SELECT id::text FROM up`, memberID)
	if err != nil {
		return nil, fmt.Errorf("the line above a member: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
