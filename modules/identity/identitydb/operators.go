package identitydb

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/identity"
)

// Log writes down what an operator did.
func (d Directory) Log(ctx context.Context, c audit.Change) error {
	return d.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error { return audit.RecordNow(ctx, tx, c) })
}

const operatorColumns = `id::text, email, name, coalesce(person_id::text, ''), created_at, removed_at`

func scanOperator(row pgx.CollectableRow) (o identity.Operator, err error) {
	err = row.Scan(&o.ID, &o.Email, &o.Name, &o.PersonID, &o.CreatedAt, &o.RemovedAt)
	return o, err
}

func operatorChange(action string, o identity.Operator) audit.Change {
	return audit.Change{Action: action, Entity: "operator", EntityID: o.ID, After: map[string]any{"email": o.Email, "name": o.Name}}
}

// AddOperator keeps a new operator.
func (d Directory) AddOperator(ctx context.Context, o identity.Operator) error {
	err := d.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO operators (id, email, name, created_at) VALUES ($1, $2, $3, $4)`, o.ID, o.Email, o.Name, o.CreatedAt)
		if err != nil {
			return err
		}
		return audit.RecordNow(ctx, tx, operatorChange("ops.operator_created", o))
	})
	if pg.Violates(err, "operators_email_key") {
		return identity.ErrOperatorKnown.Because(err)
	}
	return err
}

// Operators lists those who were not removed.
func (d Directory) Operators(ctx context.Context) (out []identity.Operator, err error) {
	err = d.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+operatorColumns+` FROM operators WHERE removed_at IS NULL ORDER BY email LIMIT 1000`)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, scanOperator)
		return err
	})
	return out, err
}

// OperatorOf finds the operator that a person is. One who was named ahead of
// the first sign-in becomes the person with the verified address.
func (d Directory) OperatorOf(ctx context.Context, p identity.Person) (o identity.Operator, err error) {
	query := func(ctx context.Context, tx pgx.Tx, sql string, args ...any) error {
		rows, err := tx.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		o, err = pgx.CollectExactlyOneRow(rows, scanOperator)
		return err
	}
	err = d.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return query(ctx, tx, `SELECT `+operatorColumns+` FROM operators WHERE person_id = $1 AND removed_at IS NULL`, p.ID)
	})
	if errors.Is(err, pgx.ErrNoRows) && p.Verified {
		err = d.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
			return query(ctx, tx, `UPDATE operators SET person_id = $1 WHERE email = $2 AND person_id IS NULL AND removed_at IS NULL RETURNING `+operatorColumns, p.ID, p.Email)
		})
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return o, identity.ErrNotAnOperator
	}
	return o, err
}

// RemoveOperator ends an operator's access and all sessions that came from it.
func (d Directory) RemoveOperator(ctx context.Context, email string, at time.Time) (o identity.Operator, err error) {
	err = d.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `UPDATE operators SET removed_at = $2 WHERE email = $1 AND removed_at IS NULL RETURNING `+operatorColumns, email, at)
		if err != nil {
			return err
		}
		if o, err = pgx.CollectExactlyOneRow(rows, scanOperator); err != nil {
			return err
		}
		b := &pgx.Batch{}
		b.Queue(`UPDATE sessions SET revoked_at = $2, revoked_reason = 'operator_removed'
			WHERE person_id = nullif($1, '')::uuid AND (agency_id IS NULL OR act IS NOT NULL) AND revoked_at IS NULL`, o.PersonID, at)
		b.Queue(`UPDATE support_grants SET ended_at = $2, ended_by = 'Bureau' WHERE operator_id = $1 AND ended_at IS NULL AND expires_at > $2`, o.ID, at)
		if err := tx.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
		return audit.RecordNow(ctx, tx, operatorChange("ops.operator_removed", o))
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return o, identity.ErrOperatorUnknown
	}
	return o, err
}

const grantColumns = `g.id::text, g.agency_id::text, g.operator_id::text, (SELECT o.name FROM operators o WHERE o.id = g.operator_id), g.person_id::text, g.member_id::text,
	g.reason, g.created_at, g.expires_at, g.opened_at, g.ended_at, g.ended_by`

func scanGrant(row pgx.CollectableRow) (g identity.Grant, err error) {
	err = row.Scan(&g.ID, &g.AgencyID, &g.OperatorID, &g.OperatorName, &g.PersonID, &g.MemberID, &g.Reason, &g.CreatedAt, &g.ExpiresAt, &g.OpenedAt, &g.EndedAt, &g.EndedBy)
	return g, err
}

func grantChange(action string, g identity.Grant) audit.Change {
	return audit.Change{Action: action, Entity: "agency", EntityID: g.AgencyID, Reason: g.Reason, After: map[string]any{"support_access": g.ID, "on_behalf_of": g.MemberID, "expires_at": g.ExpiresAt}}
}

// AddGrant keeps a look into an agency.
func (d Directory) AddGrant(ctx context.Context, g identity.Grant) error {
	return d.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO support_grants (id, agency_id, operator_id, person_id, member_id, reason, created_at, expires_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, g.ID, g.AgencyID, g.OperatorID, g.PersonID, g.MemberID, g.Reason, g.CreatedAt, g.ExpiresAt)
		if err != nil {
			return err
		}
		return audit.RecordNow(ctx, tx, grantChange("ops.support_opened", g))
	})
}

func (d Directory) grants(ctx context.Context, where string, args ...any) (out []identity.Grant, err error) {
	err = d.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+grantColumns+` FROM support_grants g `+where, args...)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, scanGrant)
		return err
	})
	return out, err
}

// Grant finds a look into an agency.
func (d Directory) Grant(ctx context.Context, key string) (identity.Grant, error) {
	found, err := d.grants(ctx, `WHERE g.id = $1`, key)
	if err == nil && len(found) == 0 {
		err = identity.ErrNoGrant
	}
	if err != nil {
		return identity.Grant{}, err
	}
	return found[0], nil
}

// Grants lists looks into an agency, the newest first.
func (d Directory) Grants(ctx context.Context, agencyID string, limit int) ([]identity.Grant, error) {
	return d.grants(ctx, `WHERE g.agency_id = $1 ORDER BY g.created_at DESC, g.id DESC LIMIT $2`, agencyID, limit)
}

// EnterGrant notes that the operator went in.
func (d Directory) EnterGrant(ctx context.Context, g identity.Grant, at time.Time) error {
	return d.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE support_grants SET opened_at = coalesce(opened_at, $2) WHERE id = $1`, g.ID, at); err != nil {
			return err
		}
		return audit.RecordNow(ctx, tx, grantChange("ops.support_entered", g))
	})
}

// EndGrant ends a look into an agency, and the sessions of it.
func (d Directory) EndGrant(ctx context.Context, key, agencyID, by string, at time.Time) (g identity.Grant, err error) {
	err = d.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `UPDATE support_grants g SET ended_at = $3, ended_by = $4
			WHERE g.id = $1 AND g.agency_id = $2 AND g.ended_at IS NULL AND g.expires_at > $3 RETURNING `+grantColumns, key, agencyID, at, by)
		if err != nil {
			return err
		}
		if g, err = pgx.CollectExactlyOneRow(rows, scanGrant); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE sessions SET revoked_at = $2, revoked_reason = 'support_ended' WHERE act ->> 'grant_id' = $1 AND revoked_at IS NULL`, g.ID, at); err != nil {
			return err
		}
		return audit.RecordNow(ctx, tx, grantChange("ops.support_ended", g))
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return g, identity.ErrNoGrant
	}
	return g, err
}
