package identity

import (
	"context"
	"errors"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/tenancy"
)

// Credentials are what a request brings along to say who it is.
type Credentials struct {
	Cookie    string // value of the session cookie
	Bearer    string // API token
	IP        string
	UserAgent string
}

// Authenticate finds out who calls the agency of ctx. Without credentials it
// returns nobody and no error. A token beats a cookie.
// ErrSignInRequired, ErrBadToken, ErrTooManyCalls, ErrUnavailable.
func (s *Service) Authenticate(ctx context.Context, c Credentials) (access.Actor, error) {
	a, err := tenancy.From(ctx)
	if err != nil {
		return access.Actor{}, err
	}
	switch {
	case c.Bearer != "":
		return s.byToken(ctx, a, c.Bearer)
	case c.Cookie != "":
		return s.bySession(ctx, a, c)
	}
	return access.Actor{}, nil
}

func (s *Service) byToken(ctx context.Context, a tenancy.Agency, plain string) (access.Actor, error) {
	if len(plain) > 100 || len(plain) <= len(TokenPrefix) || plain[:len(TokenPrefix)] != TokenPrefix {
		return access.Actor{}, ErrBadToken
	}
	h := hash(plain)
	t, m, err := s.tokenAndMember(ctx, a, h)
	now := s.now()
	switch {
	case errors.Is(err, ErrTokenNotFound), errors.Is(err, ErrMemberNotFound):
		return access.Actor{}, ErrBadToken
	case err != nil:
		return access.Actor{}, err
	case t.RevokedAt != nil, t.ExpiresAt != nil && !now.Before(*t.ExpiresAt), m.State != Active, m.Kind != access.Staff:
		return access.Actor{}, ErrBadToken
	}
	if wait, ok := s.tokenLimit.Allow(t.ID); !ok {
		return access.Actor{}, ErrTooManyCalls.After(wait)
	}
	if t.LastUsedAt == nil || now.Sub(*t.LastUsedAt) >= time.Minute {
		t.LastUsedAt = &now
		s.tokens.put(a.ID+string(h), t)
		if err := s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error { return s.d.Store.UseToken(ctx, tx, t.ID, now) }); err != nil {
			s.d.Log.WarnContext(ctx, "the last use of a token was not noted", "err", err)
		}
	}
	actor := m.actor()
	actor.Kind, actor.TokenID, actor.Perms = access.Token, t.ID, actor.Perms.Only(t.Scopes)
	return actor, nil
}

func (s *Service) tokenAndMember(ctx context.Context, a tenancy.Agency, h []byte) (t Token, m Member, err error) {
	t, ok := s.tokens.get(a.ID + string(h))
	if ok {
		if m, ok = s.members.get(a.ID + t.MemberID); ok {
			return t, m, nil
		}
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if t, err = s.d.Store.TokenByHash(ctx, tx, h); err != nil {
			return err
		}
		m, err = s.d.Store.Member(ctx, tx, t.MemberID)
		return err
	})
	if err == nil {
		s.tokens.put(a.ID+string(h), t)
		s.members.put(a.ID+m.ID, m)
	}
	return t, m, err
}

func (s *Service) memberNow(ctx context.Context, a tenancy.Agency, id string) (Member, error) {
	if m, ok := s.members.get(a.ID + id); ok {
		return m, nil
	}
	m, err := s.Member(ctx, id)
	if err == nil {
		s.members.put(a.ID+id, m)
	}
	return m, err
}

// openSession finds the session of a cookie that is good on the host of this
// agency, or of the operators when that is empty, and the key it is kept under. ErrSignInRequired.
func (s *Service) openSession(ctx context.Context, agencyID string, c Credentials) (sess Session, key string, err error) {
	if len(c.Cookie) > 100 {
		return sess, "", ErrSignInRequired
	}
	h := hash(c.Cookie)
	sess, ok := s.sessions.get(string(h))
	if !ok {
		sess, err = s.d.Directory.SessionByHash(ctx, h)
		if errors.Is(err, ErrNoSession) {
			return sess, "", ErrSignInRequired
		}
		if err != nil {
			return sess, "", err
		}
		s.sessions.put(string(h), sess)
	}
	now := s.now()
	if !isOf(sess, tenancy.Agency{ID: agencyID}) || sess.RevokedAt != nil || !now.Before(sess.IdleEndsAt) || !now.Before(sess.ExpiresAt) {
		return sess, "", ErrSignInRequired
	}
	return sess, string(h), nil
}

func (s *Service) bySession(ctx context.Context, a tenancy.Agency, c Credentials) (access.Actor, error) {
	sess, key, err := s.openSession(ctx, a.ID, c)
	if err != nil {
		return access.Actor{}, err
	}
	now := s.now()
	m, err := s.memberNow(ctx, a, sess.MemberID)
	if errors.Is(err, ErrMemberNotFound) || (err == nil && m.State != Active) {
		return access.Actor{}, ErrSignInRequired
	}
	if err != nil {
		return access.Actor{}, err
	}
	stale, err := s.revalidate(ctx, sess, now)
	if err != nil {
		return access.Actor{}, err
	}
	if now.Sub(sess.LastSeenAt) >= time.Minute && sess.Act == nil {
		s.see(ctx, sess, key, m, c.IP, now)
	}
	actor := m.actor()
	if sess.Act != nil {
		actor = sess.Act.actor(m)
	}
	actor.SessionID, actor.AuthenticatedAt, actor.Stale = sess.ID, sess.AuthenticatedAt, stale
	return actor, nil
}

// isOf tells whether a session is a's: it is good on its own agency's host only.
func isOf(sess Session, a tenancy.Agency) bool { return sess.AgencyID == a.ID }

// see notes that a session is in use, at most once a minute.
func (s *Service) see(ctx context.Context, sess Session, key string, m Member, ip string, now time.Time) {
	s.touch(ctx, sess, key, m.Kind, ip, now)
	err := s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error { return s.d.Store.SeeMember(ctx, tx, m.ID, now) })
	if err != nil {
		s.d.Log.WarnContext(ctx, "the last visit of a member was not noted", "err", err)
	}
}

// touch moves the end of a session that is in use.
func (s *Service) touch(ctx context.Context, sess Session, key string, k access.Kind, ip string, now time.Time) {
	sess.LastSeenAt, sess.IdleEndsAt = now, now.Add(idleTime(k))
	s.sessions.put(key, sess)
	if err := s.d.Directory.TouchSession(ctx, sess.ID, ip, sess.LastSeenAt, sess.IdleEndsAt); err != nil {
		s.d.Log.WarnContext(ctx, "the last use of a session was not noted", "err", err)
	}
}
