package identitydb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Adopted tells what became of the members of an agency that was imported.
type Adopted struct {
	Members     int
	Unknown     []string
	Invitations int
}

// indexed is a member as the platform's index knows it.
type indexed struct {
	ID, PersonID             *string
	Email, Kind, Role, State string
	UpdatedAt                time.Time
}

// Index enters all members of a new agency into the platform's index. The search path of agency is the agency's
// schema; platform is a transaction on the platform's tables, which may be in another database.
func Index(ctx context.Context, agency, platform pgx.Tx, agencyID string) (members int, err error) {
	all, err := membersOf(ctx, agency)
	if err != nil {
		return 0, err
	}
	return len(all), index(ctx, platform, agencyID, all)
}

func membersOf(ctx context.Context, agency pgx.Tx) ([]indexed, error) {
	rows, err := agency.Query(ctx, `SELECT id::text, person_id::text, email, kind, role, state, updated_at FROM members ORDER BY email`)
	if err != nil {
		return nil, fmt.Errorf("read the members: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[indexed])
}

func index(ctx context.Context, platform pgx.Tx, agencyID string, all []indexed) error {
	_, err := platform.CopyFrom(ctx, pgx.Identifier{"platform", "memberships"},
		[]string{"id", "agency_id", "person_id", "email", "kind", "role", "state", "updated_at"},
		pgx.CopyFromSlice(len(all), func(i int) ([]any, error) {
			m := all[i]
			return []any{m.ID, agencyID, m.PersonID, m.Email, m.Kind, m.Role, m.State, m.UpdatedAt}, nil
		}))
	if err != nil {
		return fmt.Errorf("index the members: %w", err)
	}
	return nil
}

// Adopt gives the members of an imported agency their places in the platform's
// index, as Index does.
//
// Who a person is says Kratos, and that is global. In the installation that
// the archive came from, members keep their person. Elsewhere the keys of
// persons mean nothing: members lose theirs and get one at the first sign-in
// with the verified address that the membership names.
func Adopt(ctx context.Context, agency, platform pgx.Tx, agencyID string, elsewhere bool) (a Adopted, err error) {
	if elsewhere {
		if _, err := agency.Exec(ctx, `UPDATE members SET person_id = NULL WHERE person_id IS NOT NULL`); err != nil {
			return a, fmt.Errorf("part members from their persons: %w", err)
		}
	}
	all, err := membersOf(ctx, agency)
	if err != nil {
		return a, err
	}
	if err := index(ctx, platform, agencyID, all); err != nil {
		return a, err
	}
	a.Members = len(all)
	rows, err := platform.Query(ctx, `SELECT m.email FROM platform.memberships m WHERE m.agency_id = $1 AND m.state = 'active' AND NOT EXISTS
		(SELECT FROM platform.people p WHERE p.id = m.person_id OR (m.person_id IS NULL AND p.verified AND p.email = m.email)) ORDER BY m.email`, agencyID)
	if err != nil {
		return a, fmt.Errorf("find the members without an account: %w", err)
	}
	if a.Unknown, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		return a, fmt.Errorf("find the members without an account: %w", err)
	}
	err = agency.QueryRow(ctx, `SELECT count(*) FROM invitations WHERE accepted_at IS NULL AND revoked_at IS NULL`).Scan(&a.Invitations)
	return a, err
}
