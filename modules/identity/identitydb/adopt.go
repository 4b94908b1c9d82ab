package identitydb

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Adopted tells what became of the members of an agency that was imported.
type Adopted struct {
	Members     int
	Unknown     []string
	Invitations int
}

// Index enters all members of a new agency into the platform's index. The search path of tx is the agency's schema.
func Index(ctx context.Context, tx pgx.Tx, agencyID string) (members int, err error) {
	tag, err := tx.Exec(ctx, `INSERT INTO platform.memberships (id, agency_id, person_id, email, kind, role, state, updated_at)
		SELECT id, $1, person_id, email, kind, role, state, updated_at FROM members`, agencyID)
	if err != nil {
		return 0, fmt.Errorf("index the members: %w", err)
	}
	return int(tag.RowsAffected()), nil
}

// Adopt gives the members of an imported agency their places in the platform's
// index. The search path of tx is the agency's schema, and its rights are the
// owner's.
//
// Who a person is says Kratos, and that is global. In the installation that
// the archive came from, members keep their person. Elsewhere the keys of
// persons mean nothing: members lose theirs and get one at the first sign-in
// with the verified address that the membership names.
func Adopt(ctx context.Context, tx pgx.Tx, agencyID string, elsewhere bool) (a Adopted, err error) {
	if elsewhere {
		if _, err := tx.Exec(ctx, `UPDATE members SET person_id = NULL WHERE person_id IS NOT NULL`); err != nil {
			return a, fmt.Errorf("part members from their persons: %w", err)
		}
	}
	if a.Members, err = Index(ctx, tx, agencyID); err != nil {
		return a, err
	}
	rows, err := tx.Query(ctx, `SELECT m.email FROM members m WHERE m.state = 'active' AND NOT EXISTS
		(SELECT FROM platform.people p WHERE p.id = m.person_id OR (m.person_id IS NULL AND p.verified AND p.email = m.email)) ORDER BY m.email`)
	if err != nil {
		return a, fmt.Errorf("find the members without an account: %w", err)
	}
	if a.Unknown, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		return a, fmt.Errorf("find the members without an account: %w", err)
	}
	err = tx.QueryRow(ctx, `SELECT count(*) FROM invitations WHERE accepted_at IS NULL AND revoked_at IS NULL`).Scan(&a.Invitations)
	return a, err
}
