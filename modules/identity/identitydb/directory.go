package identitydb

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/tenancy"
)

// Directory implements identity.Directory on the platform's tables.
type Directory struct {
	control *tenancy.Control
	jobs    identity.Enqueuer
}

// NewDirectory returns a directory.
func NewDirectory(c *tenancy.Control, jobs identity.Enqueuer) Directory { return Directory{c, jobs} }

var _ identity.Directory = Directory{}

func (d Directory) exec(ctx context.Context, sql string, args ...any) error {
	return d.control.RunOne(ctx, func(ctx context.Context, q tenancy.Querier) error {
		_, err := q.Exec(ctx, sql, args...)
		return err
	})
}

// soon is exec for what a crash of the database may lose: a sign-in that is under way is begun again, and what the
// identity server said is asked again.
func (d Directory) soon(ctx context.Context, sql string, args ...any) error {
	return d.control.ExecUnsynced(ctx, sql, args...)
}

// MirrorPerson keeps what Kratos said of a person.
func (d Directory) MirrorPerson(ctx context.Context, p identity.Person, at time.Time) error {
	return d.soon(ctx, `INSERT INTO people (id, email, name, verified, synced_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET email = EXCLUDED.email, name = EXCLUDED.name, verified = EXCLUDED.verified, synced_at = EXCLUDED.synced_at`,
		p.ID, p.Email, p.Name, p.Verified, at)
}

// Person returns what Kratos said of a person when we last looked.
func (d Directory) Person(ctx context.Context, id string) (p identity.Person, err error) {
	err = d.control.ReadOne(ctx, func(ctx context.Context, q tenancy.Querier) error {
		return q.QueryRow(ctx, `SELECT id::text, email, name, verified FROM people WHERE id = $1`, id).Scan(&p.ID, &p.Email, &p.Name, &p.Verified)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return p, identity.ErrPersonUnknown
	}
	return p, err
}

// Changed returns the people of whom we know another address or name.
func (d Directory) Changed(ctx context.Context, all []identity.Person) (out []identity.Person, err error) {
	ids, emails, names := make([]string, len(all)), make([]string, len(all)), make([]string, len(all))
	byID := make(map[string]identity.Person, len(all))
	for i, p := range all {
		ids[i], emails[i], names[i], byID[p.ID] = p.ID, p.Email, p.Name, p
	}
	err = d.control.ReadOne(ctx, func(ctx context.Context, q tenancy.Querier) error {
		rows, err := q.Query(ctx, `SELECT p.id::text FROM people p JOIN unnest($1::uuid[], $2::text[], $3::text[]) AS k (id, email, name) ON k.id = p.id
			WHERE p.email <> k.email OR p.name <> k.name`, ids, emails, names)
		if err != nil {
			return err
		}
		changed, err := pgx.CollectRows(rows, pgx.RowTo[string])
		for _, id := range changed {
			out = append(out, byID[id])
		}
		return err
	})
	return out, err
}

// MirrorMember keeps the index of memberships; an older copy never replaces a newer one.
func (d Directory) MirrorMember(ctx context.Context, agencyID string, m identity.Member, _ time.Time) error {
	return d.exec(ctx, `INSERT INTO memberships (id, agency_id, person_id, email, kind, role, state, updated_at)
		VALUES ($1, $2, nullif($3, '')::uuid, $4, $5, $6, $7, $8)
		ON CONFLICT (agency_id, id) DO UPDATE SET person_id = EXCLUDED.person_id, email = EXCLUDED.email, kind = EXCLUDED.kind, role = EXCLUDED.role,
			state = EXCLUDED.state, updated_at = EXCLUDED.updated_at WHERE memberships.updated_at <= EXCLUDED.updated_at`,
		m.ID, agencyID, m.PersonID, m.Email, string(m.Kind), m.Role, string(m.State), m.UpdatedAt)
}

// MembershipsOf lists open memberships.
func (d Directory) MembershipsOf(ctx context.Context, p identity.Person) (out []identity.Membership, err error) {
	err = d.control.ReadOne(ctx, func(ctx context.Context, q tenancy.Querier) error {
		rows, err := q.Query(ctx, `SELECT agency_id::text, kind, role FROM memberships
			WHERE state = 'active' AND (person_id = $1 OR (person_id IS NULL AND $3 AND email = $2)) ORDER BY id`, p.ID, p.Email, p.Verified)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, func(r pgx.CollectableRow) (m identity.Membership, err error) {
			err = r.Scan(&m.AgencyID, &m.Kind, &m.Role)
			return m, err
		})
		return err
	})
	return out, err
}

// AddState keeps a sign-in that began.
func (d Directory) AddState(ctx context.Context, s identity.State) error {
	return d.soon(ctx, `INSERT INTO broker_states (state_hash, agency_id, challenge, return_path, expires_at, grant_id)
		VALUES ($1, nullif($2, '')::uuid, $3, $4, $5, nullif($6, '')::uuid)`, s.Hash, s.AgencyID, s.Challenge, s.ReturnPath, s.ExpiresAt, s.GrantID)
}

const stateColumns = `state_hash, coalesce(agency_id::text, ''), challenge, return_path, expires_at, coalesce(grant_id::text, '')`

// PeekState finds a sign-in that began at this agency.
func (d Directory) PeekState(ctx context.Context, hash []byte, agencyID string, now time.Time) (identity.State, error) {
	return d.state(ctx, `SELECT `+stateColumns+` FROM broker_states
		WHERE state_hash = $1 AND agency_id IS NOT DISTINCT FROM nullif($2, '')::uuid AND expires_at > $3`, hash, agencyID, now)
}

// TakeState is PeekState, once.
func (d Directory) TakeState(ctx context.Context, hash []byte, agencyID string, now time.Time) (identity.State, error) {
	return d.state(ctx, `DELETE FROM broker_states WHERE state_hash = $1 AND agency_id IS NOT DISTINCT FROM nullif($2, '')::uuid AND expires_at > $3
		RETURNING `+stateColumns, hash, agencyID, now)
}

func (d Directory) state(ctx context.Context, sql string, args ...any) (s identity.State, err error) {
	err = d.control.RunOne(ctx, func(ctx context.Context, q tenancy.Querier) error {
		return q.QueryRow(ctx, sql, args...).Scan(&s.Hash, &s.AgencyID, &s.Challenge, &s.ReturnPath, &s.ExpiresAt, &s.GrantID)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return s, identity.ErrBadSignIn
	}
	return s, err
}

// AddCode keeps a one-time code.
func (d Directory) AddCode(ctx context.Context, c identity.Code) error {
	return d.soon(ctx, `INSERT INTO broker_codes
		(code_hash, agency_id, state_hash, challenge, member_id, person_id, kratos_sid, aal, amr, authenticated_at, valid_until, expires_at, grant_id)
		VALUES ($1, nullif($2, '')::uuid, $3, $4, nullif($5, '')::uuid, $6, $7, $8, $9, $10, $11, $12, nullif($13, '')::uuid)`,
		c.Hash, c.AgencyID, c.StateHash, c.Challenge, c.MemberID, c.PersonID, c.SID, c.AAL, c.AMR, c.AuthenticatedAt, c.ValidUntil, c.ExpiresAt, c.GrantID)
}

// UseCode returns a code once.
func (d Directory) UseCode(ctx context.Context, hash []byte, agencyID string, now time.Time) (c identity.Code, err error) {
	err = d.control.RunOne(ctx, func(ctx context.Context, q tenancy.Querier) error {
		return q.QueryRow(ctx, `UPDATE broker_codes SET used_at = $3 WHERE code_hash = $1 AND agency_id IS NOT DISTINCT FROM nullif($2, '')::uuid AND used_at IS NULL AND expires_at > $3
			RETURNING code_hash, state_hash, coalesce(agency_id::text, ''), challenge, coalesce(member_id::text, ''), person_id::text, kratos_sid::text, aal, amr,
				authenticated_at, valid_until, expires_at, coalesce(grant_id::text, '')`,
			hash, agencyID, now).Scan(&c.Hash, &c.StateHash, &c.AgencyID, &c.Challenge, &c.MemberID, &c.PersonID, &c.SID, &c.AAL, &c.AMR,
			&c.AuthenticatedAt, &c.ValidUntil, &c.ExpiresAt, &c.GrantID)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return c, identity.ErrBadSignIn
	}
	return c, err
}

// AddSession inserts s with the hash of its cookie.
func (d Directory) AddSession(ctx context.Context, s identity.Session, hash []byte) error {
	return d.soon(ctx, `WITH seen AS (
			INSERT INTO sessions (id, token_hash, agency_id, member_id, person_id, kratos_sid, aal, amr, authenticated_at,
				created_at, last_seen_at, idle_expires_at, expires_at, revalidated_at, ip, user_agent, act)
			VALUES ($1, $2, nullif($3, '')::uuid, nullif($4, '')::uuid, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
			RETURNING CASE WHEN act IS NULL THEN agency_id END AS agency_id, person_id, created_at AS at)
		`+noteActive,
		s.ID, hash, s.AgencyID, s.MemberID, s.PersonID, s.SID, s.AAL, s.AMR, s.AuthenticatedAt,
		s.CreatedAt, s.LastSeenAt, s.IdleEndsAt, s.ExpiresAt, s.RevalidatedAt, s.IP, s.UserAgent, s.Act)
}

const sessionColumns = `id::text, coalesce(agency_id::text, ''), coalesce(member_id::text, ''), person_id::text, kratos_sid::text, aal, amr, authenticated_at,
	created_at, last_seen_at, idle_expires_at, expires_at, revalidated_at, ip, user_agent, revoked_at, act`

func scanSession(row pgx.CollectableRow) (s identity.Session, err error) {
	err = row.Scan(&s.ID, &s.AgencyID, &s.MemberID, &s.PersonID, &s.SID, &s.AAL, &s.AMR, &s.AuthenticatedAt,
		&s.CreatedAt, &s.LastSeenAt, &s.IdleEndsAt, &s.ExpiresAt, &s.RevalidatedAt, &s.IP, &s.UserAgent, &s.RevokedAt, &s.Act)
	return s, err
}

func (d Directory) sessions(ctx context.Context, sql string, args ...any) (out []identity.Session, err error) {
	err = d.control.ReadOne(ctx, func(ctx context.Context, q tenancy.Querier) error {
		rows, err := q.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, scanSession)
		return err
	})
	return out, err
}

// SessionByHash finds a session by the hash of its cookie, also an ended one.
func (d Directory) SessionByHash(ctx context.Context, hash []byte) (identity.Session, error) {
	all, err := d.sessions(ctx, `SELECT `+sessionColumns+` FROM sessions WHERE token_hash = $1`, hash)
	if err != nil {
		return identity.Session{}, err
	}
	if len(all) == 0 {
		return identity.Session{}, identity.ErrNoSession
	}
	return all[0], nil
}

// Sessions lists a member's open sessions, the latest first.
func (d Directory) Sessions(ctx context.Context, agencyID, memberID string, now time.Time) ([]identity.Session, error) {
	return d.sessions(ctx, `SELECT `+sessionColumns+` FROM sessions
		WHERE agency_id = $1 AND member_id = $2 AND act IS NULL AND revoked_at IS NULL AND idle_expires_at > $3 AND expires_at > $3
		ORDER BY last_seen_at DESC, id DESC LIMIT 100`, agencyID, memberID, now)
}

// noteActive counts who was seen among the people of the month.
const noteActive = `INSERT INTO active_people (month, agency_id, person_id) SELECT date_trunc('month', at AT TIME ZONE 'UTC')::date, agency_id, person_id
	FROM seen WHERE agency_id IS NOT NULL ON CONFLICT DO NOTHING`

// TouchSession notes a use.
func (d Directory) TouchSession(ctx context.Context, id, ip string, seen, idleEnds time.Time) error {
	ctx = tenancy.Repeatable(ctx)
	return d.soon(ctx, `WITH seen AS (
			UPDATE sessions SET last_seen_at = $2, idle_expires_at = $3, ip = $4 WHERE id = $1 AND revoked_at IS NULL RETURNING agency_id, person_id, last_seen_at AS at)
		`+noteActive, id, seen, idleEnds, ip)
}

// RevalidatedSID notes that Kratos still knows a sign-in.
func (d Directory) RevalidatedSID(ctx context.Context, sid string, at time.Time) error {
	return d.soon(ctx, `UPDATE sessions SET revalidated_at = $2 WHERE kratos_sid = $1 AND revoked_at IS NULL`, sid, at)
}

var errAllSessions = errors.New("identitydb: this would end all sessions of everybody")

// Revoke ends sessions.
func (d Directory) Revoke(ctx context.Context, w identity.Which, reason string, at time.Time) (sids []string, err error) {
	if w.ID == "" && w.MemberID == "" && w.PersonID == "" && w.SID == "" {
		return nil, errAllSessions
	}
	err = d.control.RunOne(ctx, func(ctx context.Context, q tenancy.Querier) error {
		rows, err := q.Query(ctx, `UPDATE sessions SET revoked_at = $7, revoked_reason = $6
			WHERE revoked_at IS NULL AND ($1 = '' OR id = nullif($1, '')::uuid) AND ($2 = '' OR agency_id = nullif($2, '')::uuid)
			  AND ($3 = '' OR member_id = nullif($3, '')::uuid) AND ($4 = '' OR person_id = nullif($4, '')::uuid) AND ($5 = '' OR kratos_sid = nullif($5, '')::uuid)
			RETURNING kratos_sid::text`, w.ID, w.AgencyID, w.MemberID, w.PersonID, w.SID, reason, at)
		if err != nil {
			return err
		}
		sids, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	return sids, err
}

// SIDsOf lists the sign-ins behind a person's open sessions.
func (d Directory) SIDsOf(ctx context.Context, personID string) (sids []string, err error) {
	err = d.control.ReadOne(ctx, func(ctx context.Context, q tenancy.Querier) error {
		rows, err := q.Query(ctx, `SELECT DISTINCT kratos_sid::text FROM sessions WHERE person_id = $1 AND revoked_at IS NULL`, personID)
		if err != nil {
			return err
		}
		sids, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	return sids, err
}

func slugFault(err error) error {
	if pg.Violates(err, "sign_ups_slug_key") {
		return tenancy.ErrSlugTaken.Because(err)
	}
	return err
}

// AddSignUp reserves a slug.
func (d Directory) AddSignUp(ctx context.Context, s identity.SignUp, hash []byte) error {
	return slugFault(d.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if err := dropStale(ctx, tx, s.Slug, s.CreatedAt); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO sign_ups (id, slug, agency_name, token_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			s.ID, s.Slug, s.AgencyName, hash, s.CreatedAt, s.ExpiresAt)
		return err
	}))
}

// dropStale gives up reservations of a slug that ran out.
func dropStale(ctx context.Context, tx pgx.Tx, slug string, now time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM sign_ups WHERE slug = $1 AND completed_at IS NULL AND expires_at <= $2`, slug, now)
	return err
}

// SignUpByHash finds a sign-up that is not over.
func (d Directory) SignUpByHash(ctx context.Context, hash []byte, now time.Time) (s identity.SignUp, err error) {
	err = d.control.ReadOne(ctx, func(ctx context.Context, q tenancy.Querier) error {
		return q.QueryRow(ctx, `SELECT id::text, slug, agency_name, coalesce(person_id::text, ''), coalesce(agency_id::text, ''), created_at, expires_at, completed_at
			FROM sign_ups WHERE token_hash = $1 AND expires_at > $2`, hash, now).
			Scan(&s.ID, &s.Slug, &s.AgencyName, &s.PersonID, &s.AgencyID, &s.CreatedAt, &s.ExpiresAt, &s.CompletedAt)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return s, identity.ErrSignUpGone
	}
	return s, err
}

// SlugHeld tells whether a sign-up under way holds the slug.
func (d Directory) SlugHeld(ctx context.Context, slug string, now time.Time) (held bool, err error) {
	err = d.control.ReadOne(ctx, func(ctx context.Context, q tenancy.Querier) error {
		return q.QueryRow(ctx, `SELECT EXISTS (SELECT FROM sign_ups WHERE slug = $1 AND completed_at IS NULL AND expires_at > $2)`, slug, now).Scan(&held)
	})
	return held, err
}

// SaveSignUp writes what can change.
func (d Directory) SaveSignUp(ctx context.Context, s identity.SignUp) error {
	return d.saveSignUp(ctx, d.exec, s)
}

// NoteSignUp is SaveSignUp for a step on the way, which a call that broke off takes again.
func (d Directory) NoteSignUp(ctx context.Context, s identity.SignUp) error {
	return d.saveSignUp(ctx, d.soon, s)
}

func (d Directory) saveSignUp(ctx context.Context, write func(ctx context.Context, sql string, args ...any) error, s identity.SignUp) error {
	return slugFault(write(ctx, `UPDATE sign_ups SET slug = $2, agency_name = $3, person_id = nullif($4, '')::uuid, agency_id = nullif($5, '')::uuid, completed_at = $6 WHERE id = $1`,
		s.ID, s.Slug, s.AgencyName, s.PersonID, s.AgencyID, s.CompletedAt))
}

// Sweep removes what is over.
func (d Directory) Sweep(ctx context.Context, now time.Time) error {
	return d.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		b := &pgx.Batch{}
		b.Queue(`DELETE FROM broker_states WHERE expires_at <= $1`, now)
		b.Queue(`DELETE FROM broker_codes WHERE expires_at <= $1`, now.Add(-time.Hour))
		b.Queue(`DELETE FROM sign_ups WHERE completed_at IS NULL AND expires_at <= $1`, now)
		b.Queue(`DELETE FROM registrations WHERE expires_at <= $1`, now)
		b.Queue(`DELETE FROM sessions WHERE expires_at <= $1 OR idle_expires_at <= $1 OR revoked_at <= $2`, now.Add(-30*24*time.Hour), now.Add(-30*24*time.Hour))
		return tx.SendBatch(ctx, b).Close()
	})
}
