// Package identitydb keeps members, tokens and invitations in an agency's
// schema, and sessions and sign-ins in the platform's.
package identitydb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/tenancy"
)

// Store implements identity.Store.
type Store struct{}

var _ identity.Store = Store{}

const memberColumns = `id, coalesce(person_id::text, ''), name, email, kind, role, state, coalesce(contact_id::text, ''), coalesce(client_id::text, ''),
	created_at, updated_at, deactivated_at, coalesce(ended_by::text, ''), coalesce(ended_why, ''), last_seen_at, mail_failed_at, mail_failure, version`

func scanMember(row pgx.CollectableRow) (identity.Member, error) {
	var m identity.Member
	var kind, state, why string
	err := row.Scan(&m.ID, &m.PersonID, &m.Name, &m.Email, &kind, &m.Role, &state, &m.ContactID, &m.ClientID,
		&m.CreatedAt, &m.UpdatedAt, &m.DeactivatedAt, &m.EndedBy, &why, &m.LastSeenAt, &m.MailFailedAt, &m.MailFailure, &m.Version)
	m.Kind, m.State, m.EndedWhy = access.Kind(kind), identity.MemberState(state), identity.EndReason(why)
	return m, err
}

func memberFault(err error) error {
	if pg.Violates(err, "members_email_key") || pg.Violates(err, "members_person_key") {
		return identity.ErrAlreadyMember.Because(err)
	}
	return err
}

// one returns the only row, or missing.
func one[T any](ctx context.Context, tx *tenancy.Tx, scan pgx.RowToFunc[T], missing error, sql string, args ...any) (T, error) {
	var zero T
	rows, err := tx.PGX().Query(ctx, sql, args...)
	if err != nil {
		return zero, err
	}
	v, err := pgx.CollectExactlyOneRow(rows, scan)
	if errors.Is(err, pgx.ErrNoRows) {
		return zero, missing
	}
	return v, err
}

func many[T any](ctx context.Context, tx *tenancy.Tx, scan pgx.RowToFunc[T], sql string, args ...any) ([]T, error) {
	rows, err := tx.PGX().Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scan)
}

// AddMember inserts m.
func (Store) AddMember(ctx context.Context, tx *tenancy.Tx, m identity.Member) error {
	_, err := tx.PGX().Exec(ctx, `INSERT INTO members
		(id, person_id, name, email, kind, role, state, contact_id, client_id, created_at, updated_at, version)
		VALUES ($1, nullif($2, '')::uuid, $3, $4, $5, $6, $7, nullif($8, '')::uuid, nullif($9, '')::uuid, $10, $11, $12)`,
		m.ID, m.PersonID, m.Name, m.Email, string(m.Kind), m.Role, string(m.State), m.ContactID, m.ClientID, m.CreatedAt, m.UpdatedAt, m.Version)
	return memberFault(err)
}

// Member finds a member by id.
func (Store) Member(ctx context.Context, tx *tenancy.Tx, id string) (identity.Member, error) {
	return one(ctx, tx, scanMember, identity.ErrMemberNotFound, `SELECT `+memberColumns+` FROM members WHERE id = nullif($1, '')::uuid`, id)
}

// MemberByPerson finds the member that a person is.
func (Store) MemberByPerson(ctx context.Context, tx *tenancy.Tx, personID string) (identity.Member, error) {
	return one(ctx, tx, scanMember, identity.ErrMemberNotFound, `SELECT `+memberColumns+` FROM members WHERE person_id = nullif($1, '')::uuid`, personID)
}

// MemberByEmail finds a member by e-mail.
func (Store) MemberByEmail(ctx context.Context, tx *tenancy.Tx, email string) (identity.Member, error) {
	return one(ctx, tx, scanMember, identity.ErrMemberNotFound, `SELECT `+memberColumns+` FROM members WHERE email = $1`, email)
}

// MembersOfContacts finds whom contacts are let in as.
func (Store) MembersOfContacts(ctx context.Context, tx *tenancy.Tx, contactIDs []string) ([]identity.Member, error) {
	return many(ctx, tx, scanMember, `SELECT `+memberColumns+` FROM members WHERE contact_id = ANY ($1::uuid[]) ORDER BY id`, contactIDs)
}

// MembersByID finds the members with these ids.
func (Store) MembersByID(ctx context.Context, tx *tenancy.Tx, ids []string) ([]identity.Member, error) {
	wanted := make([]string, 0, len(ids))
	for _, id := range ids {
		if id != "" {
			wanted = append(wanted, id)
		}
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	return many(ctx, tx, scanMember, `SELECT `+memberColumns+` FROM members WHERE id = ANY ($1::uuid[])`, wanted)
}

// Members lists by name.
func (Store) Members(ctx context.Context, tx *tenancy.Tx, f identity.MemberFilter) ([]identity.Member, error) {
	var after, afterID string
	if len(f.After) == 2 {
		after, afterID = f.After[0], f.After[1]
	}
	return many(ctx, tx, scanMember, `SELECT `+memberColumns+` FROM members
		WHERE ($1 = '' OR name ILIKE $1 OR email ILIKE $1)
		  AND ($2 = '' OR role = $2) AND ($3 = '' OR state = $3) AND ($4 = '' OR kind = $4)
		  AND ($6 = '' OR (lower(name), id) > ($5, $6::uuid))
		ORDER BY lower(name), id LIMIT $7`,
		pattern(f.Search), f.Role, string(f.State), string(f.Kind), after, afterID, f.Limit+1)
}

// pattern finds s anywhere; the signs that LIKE knows stand for themselves.
func pattern(s string) string {
	if s = strings.TrimSpace(s); s == "" {
		return ""
	}
	return pg.Contains(s)
}

// MailFailed notes that mails to a member fail, since the first of them.
func (Store) MailFailed(ctx context.Context, tx *tenancy.Tx, id string, at time.Time, why string) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE members SET mail_failed_at = coalesce(mail_failed_at, $2), mail_failure = $3 WHERE id = $1`, id, at, why)
	return err
}

// MailArrived notes that they do not.
func (Store) MailArrived(ctx context.Context, tx *tenancy.Tx, id string) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE members SET mail_failed_at = NULL, mail_failure = '' WHERE id = $1`, id)
	return err
}

// SaveMember writes what can change. Another address has not failed yet.
func (Store) SaveMember(ctx context.Context, tx *tenancy.Tx, m identity.Member) error {
	tag, err := tx.PGX().Exec(ctx, `UPDATE members SET person_id = nullif($3, '')::uuid, name = $4, email = $5, role = $6, state = $7,
		mail_failed_at = CASE WHEN email = $5 THEN mail_failed_at END, mail_failure = CASE WHEN email = $5 THEN mail_failure ELSE '' END,
		updated_at = $8, deactivated_at = $9, ended_by = nullif($10, '')::uuid, ended_why = nullif($11, ''), version = version + 1 WHERE id = $1 AND version = $2`,
		m.ID, m.Version, m.PersonID, m.Name, m.Email, m.Role, string(m.State), m.UpdatedAt, m.DeactivatedAt, m.EndedBy, string(m.EndedWhy))
	if err != nil {
		return memberFault(err)
	}
	if tag.RowsAffected() == 0 {
		return identity.ErrStale
	}
	return nil
}

// SeeMember notes a visit.
func (Store) SeeMember(ctx context.Context, tx *tenancy.Tx, id string, at time.Time) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE members SET last_seen_at = $2 WHERE id = $1`, id, at)
	return err
}

// CountOwners counts the owners who can come in.
func (Store) CountOwners(ctx context.Context, tx *tenancy.Tx) (n int, err error) {
	err = tx.PGX().QueryRow(ctx, `SELECT count(*) FROM members WHERE role = 'owner' AND state = 'active'`).Scan(&n)
	return n, err
}

// CountMembers counts all members there ever were.
func (Store) CountMembers(ctx context.Context, tx *tenancy.Tx) (n int, err error) {
	err = tx.PGX().QueryRow(ctx, `SELECT count(*) FROM members`).Scan(&n)
	return n, err
}

const tokenColumns = `id, member_id, name, hint, scopes, created_at, expires_at, last_used_at, revoked_at` //nolint:gosec // names of columns, no secret

func scanToken(row pgx.CollectableRow) (identity.Token, error) {
	var t identity.Token
	err := row.Scan(&t.ID, &t.MemberID, &t.Name, &t.Hint, &t.Scopes, &t.CreatedAt, &t.ExpiresAt, &t.LastUsedAt, &t.RevokedAt)
	return t, err
}

// AddToken inserts t with the hash of its secret.
func (Store) AddToken(ctx context.Context, tx *tenancy.Tx, t identity.Token, hash []byte) error {
	_, err := tx.PGX().Exec(ctx, `INSERT INTO api_tokens (id, member_id, name, token_hash, hint, scopes, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, t.ID, t.MemberID, t.Name, hash, t.Hint, t.Scopes, t.CreatedAt, t.ExpiresAt)
	return err
}

// TokenByHash finds a token by the hash of its secret.
func (Store) TokenByHash(ctx context.Context, tx *tenancy.Tx, hash []byte) (identity.Token, error) {
	return one(ctx, tx, scanToken, identity.ErrTokenNotFound, `SELECT `+tokenColumns+` FROM api_tokens WHERE token_hash = $1`, hash)
}

// Token finds a token by id.
func (Store) Token(ctx context.Context, tx *tenancy.Tx, id string) (identity.Token, error) {
	return one(ctx, tx, scanToken, identity.ErrTokenNotFound, `SELECT `+tokenColumns+` FROM api_tokens WHERE id = $1`, id)
}

// Tokens lists a member's tokens that were not revoked, newest first.
func (Store) Tokens(ctx context.Context, tx *tenancy.Tx, memberID string, limit int, after []string) ([]identity.Token, error) {
	at, id := cursor(after)
	return many(ctx, tx, scanToken, `SELECT `+tokenColumns+` FROM api_tokens
		WHERE member_id = nullif($1, '')::uuid AND revoked_at IS NULL AND ($3 = '' OR (created_at, id) < ($2::timestamptz, $3::uuid))
		ORDER BY created_at DESC, id DESC LIMIT $4`, memberID, at, id, limit+1)
}

func cursor(after []string) (at *time.Time, id string) {
	if len(after) != 2 {
		return nil, ""
	}
	t, err := time.Parse(time.RFC3339Nano, after[0])
	if err != nil {
		return nil, ""
	}
	return &t, after[1]
}

// RevokeToken ends a token.
func (Store) RevokeToken(ctx context.Context, tx *tenancy.Tx, id string, at time.Time) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE api_tokens SET revoked_at = $2 WHERE id = $1`, id, at)
	return err
}

// UseToken notes a use.
func (Store) UseToken(ctx context.Context, tx *tenancy.Tx, id string, at time.Time) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE api_tokens SET last_used_at = $2 WHERE id = $1`, id, at)
	return err
}

const invitationColumns = `id, email, name, kind, role, coalesce(contact_id::text, ''), coalesce(client_id::text, ''), token_hash, created_at,
	coalesce(created_by::text, ''), mailed, sent_at, expires_at, accepted_at, coalesce(accepted_by::text, ''), revoked_at, failed_at, failure, version`

func scanInvitation(row pgx.CollectableRow) (identity.Invitation, error) {
	var i identity.Invitation
	var kind string
	err := row.Scan(&i.ID, &i.Email, &i.Name, &kind, &i.Role, &i.ContactID, &i.ClientID, &i.TokenHash, &i.CreatedAt,
		&i.CreatedBy, &i.Mailed, &i.SentAt, &i.ExpiresAt, &i.AcceptedAt, &i.AcceptedBy, &i.RevokedAt, &i.FailedAt, &i.Failure, &i.Version)
	i.Kind = access.Kind(kind)
	return i, err
}

// AddInvitation inserts i.
func (Store) AddInvitation(ctx context.Context, tx *tenancy.Tx, i identity.Invitation) error {
	_, err := tx.PGX().Exec(ctx, `INSERT INTO invitations (id, email, name, kind, role, contact_id, client_id, created_at, created_by, mailed, expires_at, version)
		VALUES ($1, $2, $3, $4, $5, nullif($6, '')::uuid, nullif($7, '')::uuid, $8, nullif($9, '')::uuid, $10, $11, $12)`,
		i.ID, i.Email, i.Name, string(i.Kind), i.Role, i.ContactID, i.ClientID, i.CreatedAt, i.CreatedBy, i.Mailed, i.ExpiresAt, i.Version)
	if pg.Violates(err, "invitations_open_key") {
		return identity.ErrAlreadyInvited.Because(err)
	}
	return err
}

// Invitation finds an invitation by id.
func (Store) Invitation(ctx context.Context, tx *tenancy.Tx, id string) (identity.Invitation, error) {
	return one(ctx, tx, scanInvitation, identity.ErrInvitationNotFound, `SELECT `+invitationColumns+` FROM invitations WHERE id = $1`, id)
}

// InvitationByHash finds an invitation by the hash of its newest letter's secret.
func (Store) InvitationByHash(ctx context.Context, tx *tenancy.Tx, hash []byte) (identity.Invitation, error) {
	return one(ctx, tx, scanInvitation, identity.ErrInvitationNotFound, `SELECT `+invitationColumns+` FROM invitations WHERE token_hash = $1`, hash)
}

// Invitations lists, newest first.
func (Store) Invitations(ctx context.Context, tx *tenancy.Tx, f identity.InvitationFilter) ([]identity.Invitation, error) {
	at, id := cursor(f.After)
	return many(ctx, tx, scanInvitation, `SELECT `+invitationColumns+` FROM invitations
		WHERE ($1 = '' OR email = $1)
		  AND CASE $2 WHEN '' THEN true WHEN 'accepted' THEN accepted_at IS NOT NULL WHEN 'revoked' THEN revoked_at IS NOT NULL
		      WHEN 'expired' THEN accepted_at IS NULL AND revoked_at IS NULL AND expires_at <= $3
		      ELSE accepted_at IS NULL AND revoked_at IS NULL AND expires_at > $3 END
		  AND ($5 = '' OR (created_at, id) < ($4::timestamptz, $5::uuid))
		ORDER BY created_at DESC, id DESC LIMIT $6`, f.Email, string(f.State), f.Now, at, id, f.Limit+1)
}

// OpenInvitationsOf finds what invites contacts and was neither accepted nor taken back, run out or not.
func (Store) OpenInvitationsOf(ctx context.Context, tx *tenancy.Tx, contactIDs []string) ([]string, error) {
	return many(ctx, tx, pgx.RowTo[string], `SELECT id::text FROM invitations
		WHERE contact_id = ANY ($1::uuid[]) AND accepted_at IS NULL AND revoked_at IS NULL ORDER BY id`, contactIDs)
}

// SaveInvitation writes what can change.
func (Store) SaveInvitation(ctx context.Context, tx *tenancy.Tx, i identity.Invitation) error {
	tag, err := tx.PGX().Exec(ctx, `UPDATE invitations SET token_hash = $3, mailed = $4, sent_at = $5, expires_at = $6, accepted_at = $7,
		accepted_by = nullif($8, '')::uuid, revoked_at = $9, failed_at = $10, failure = $11, version = version + 1 WHERE id = $1 AND version = $2`,
		i.ID, i.Version, i.TokenHash, i.Mailed, i.SentAt, i.ExpiresAt, i.AcceptedAt, i.AcceptedBy, i.RevokedAt, i.FailedAt, i.Failure)
	if err != nil {
		return fmt.Errorf("save invitation: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return identity.ErrStale
	}
	return nil
}

// CountInvited counts the open invitations of staff.
func (Store) CountInvited(ctx context.Context, tx *tenancy.Tx, now time.Time) (n int, err error) {
	err = tx.PGX().QueryRow(ctx, `SELECT count(*) FROM invitations WHERE kind = 'staff' AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > $1`, now).Scan(&n)
	return n, err
}

// CountMailed counts letters.
func (Store) CountMailed(ctx context.Context, tx *tenancy.Tx, since time.Time) (n int, oldest time.Time, err error) {
	var first *time.Time
	err = tx.PGX().QueryRow(ctx, `SELECT count(*), min(m.at) FROM invitations i CROSS JOIN LATERAL unnest(i.mailed) AS m (at) WHERE m.at > $1`, since).Scan(&n, &first)
	if first != nil {
		oldest = *first
	}
	return n, oldest, err
}
