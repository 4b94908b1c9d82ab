package identity

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// Session is one browser's sign-in at one agency, or at the operators' host, without its secret.
type Session struct {
	ID              string
	AgencyID        string // empty at the operators' host
	MemberID        string
	PersonID        string
	SID             string // the Kratos session it came from
	AAL             string
	AMR             []string
	AuthenticatedAt time.Time
	CreatedAt       time.Time
	LastSeenAt      time.Time
	IdleEndsAt      time.Time
	ExpiresAt       time.Time
	RevalidatedAt   time.Time
	IP              string
	UserAgent       string
	RevokedAt       *time.Time
	Act             *Act // of an operator inside the agency
}

var (
	ErrNoSession       = fault.Define(fault.Unauthenticated, "identity.no_session", "There is no such session.")
	ErrSessionNotFound = fault.Define(fault.NotFound, "identity.session_not_found", "This session does not exist.")
)

const (
	revalidateEvery = time.Minute      // how long Kratos' word is good
	staleLimit      = 5 * time.Minute  // how much longer it is good while Kratos is away
	retryAway       = 10 * time.Second // how often we try meanwhile
)

func idleTime(k access.Kind) time.Duration {
	switch k {
	case access.Contact:
		return 24 * time.Hour
	case access.Operator:
		return 30 * time.Minute
	}
	return 8 * time.Hour
}

func longestTime(k access.Kind) time.Duration {
	switch k {
	case access.Contact:
		return 30 * 24 * time.Hour
	case access.Operator:
		return 8 * time.Hour
	}
	return 14 * 24 * time.Hour
}

// newSession is a session of somebody who has just come in; where it is good the caller says.
func (s *Service) newSession(k access.Kind, who SignIn, c Credentials) Session {
	now := s.now()
	sess := Session{
		ID: newID(), PersonID: who.PersonID, SID: who.SID, AAL: who.AAL, AMR: who.AMR, AuthenticatedAt: who.AuthenticatedAt,
		CreatedAt: now, LastSeenAt: now, IdleEndsAt: now.Add(idleTime(k)), ExpiresAt: now.Add(longestTime(k)), RevalidatedAt: now,
		IP: c.IP, UserAgent: cut(c.UserAgent, 300),
	}
	if who.ExpiresAt.Before(sess.ExpiresAt) {
		sess.ExpiresAt = who.ExpiresAt
	}
	return sess
}

// checks remembers when Kratos was last asked about which session, so that all
// calls of all hosts with one sign-in ask once a minute together.
type checks struct {
	flight singleflight.Group
	mu     sync.Mutex
	good   map[string]time.Time // by sid: last good answer
	away   time.Time            // until then Kratos is not asked
	since  time.Time            // it did not answer first; zero while it answers
}

func newChecks() *checks { return &checks{good: map[string]time.Time{}} }

func (c *checks) last(sid string) (good, away time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.good[sid], c.away
}

func (c *checks) said(sid string, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.good) >= 20_000 {
		clear(c.good)
	}
	c.good[sid], c.away, c.since = at, time.Time{}, time.Time{}
}

func (c *checks) unreachable(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.away = now.Add(retryAway)
	if c.since.IsZero() {
		c.since = now
	}
}

// answers notes that Kratos is there, whatever it said.
func (c *checks) answers() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.away, c.since = time.Time{}, time.Time{}
}

// revalidate asks Kratos whether the sign-in behind a session is still good,
// at most once a minute. While Kratos is away people go on working for a few
// minutes, and stale says so: what could do harm has to wait.
func (s *Service) revalidate(ctx context.Context, sess Session, now time.Time) (stale bool, err error) {
	good, away := s.checks.last(sess.SID)
	if good.Before(sess.RevalidatedAt) {
		good = sess.RevalidatedAt
	}
	age := now.Sub(good)
	if now.Before(away) {
		return true, tooStale(age)
	}
	if age < revalidateEvery {
		return false, nil
	}
	got, err, _ := s.checks.flight.Do(sess.SID, func() (any, error) {
		// The answer is for all who wait for it, so no single caller may break it off.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
		defer cancel()
		alive, err := s.d.Provider.Alive(ctx, sess.SID)
		if err != nil {
			s.checks.unreachable(now)
			return false, err
		}
		if alive {
			s.checks.said(sess.SID, now)
			return true, s.d.Directory.RevalidatedSID(ctx, sess.SID, now)
		}
		s.checks.answers()
		return false, s.revoke(ctx, Which{SID: sess.SID}, "ended_in_kratos")
	})
	switch {
	case errors.Is(err, ErrUnavailable):
		s.d.Log.WarnContext(ctx, "sessions cannot be checked", "err", err, "stale_seconds", int(age.Seconds()))
		return true, tooStale(age)
	case err != nil:
		return false, err
	case got != true:
		return false, ErrSignInRequired
	}
	return false, nil
}

// StaleSeconds tells for how long Kratos has not answered about sessions; 0 while it does.
func (s *Service) StaleSeconds() float64 {
	s.checks.mu.Lock()
	defer s.checks.mu.Unlock()
	if s.checks.since.IsZero() {
		return 0
	}
	return s.now().Sub(s.checks.since).Seconds()
}

func tooStale(age time.Duration) error {
	if age > revalidateEvery+staleLimit {
		return ErrUnavailable
	}
	return nil
}

func (s *Service) revoke(ctx context.Context, w Which, reason string) error {
	_, err := s.d.Directory.Revoke(ctx, w, reason, s.now())
	s.sessions.forget()
	return err
}

// Sessions lists the actor's open sessions at this agency, latest first.
func (s *Service) Sessions(ctx context.Context) ([]Session, error) {
	a, err := tenancy.From(ctx)
	if err != nil {
		return nil, err
	}
	if access.From(ctx).Kind == access.Support {
		return nil, nil // where the owner is signed in is none of support's business
	}
	return s.d.Directory.Sessions(ctx, a.ID, access.From(ctx).MemberID, s.now())
}

// EndSession ends one of the actor's sessions, and the sign-in behind it. ErrSessionNotFound.
func (s *Service) EndSession(ctx context.Context, id string) error {
	return s.end(ctx, func(all []Session, _ Session) []Session {
		for _, one := range all {
			if one.ID == id {
				return []Session{one}
			}
		}
		return nil
	}, true)
}

// EndOthers ends all of the actor's sessions but the one in use.
func (s *Service) EndOthers(ctx context.Context) error {
	return s.end(ctx, func(all []Session, current Session) (out []Session) {
		for _, one := range all {
			if one.ID != current.ID && one.SID != current.SID {
				out = append(out, one)
			}
		}
		return out
	}, false)
}

// SignOut ends the session in use and the sign-in behind it, on all agencies of the browser.
func (s *Service) SignOut(ctx context.Context) error {
	if a := access.From(ctx); a.Kind == access.Support {
		return s.revoke(ctx, Which{ID: a.SessionID}, "ended") // an operator's own sign-in goes on
	}
	return s.EndSession(ctx, access.From(ctx).SessionID)
}

func (s *Service) end(ctx context.Context, pick func(all []Session, current Session) []Session, must bool) error {
	a, err := tenancy.From(ctx)
	if err != nil {
		return err
	}
	actor := access.From(ctx)
	all, err := s.d.Directory.Sessions(ctx, a.ID, actor.MemberID, s.now())
	if err != nil {
		return err
	}
	var current Session
	for _, one := range all {
		if one.ID == actor.SessionID {
			current = one
		}
	}
	picked := pick(all, current)
	if must && len(picked) == 0 {
		return ErrSessionNotFound
	}
	for _, one := range picked {
		if err := s.revoke(ctx, Which{SID: one.SID, PersonID: one.PersonID}, "ended"); err != nil {
			return err
		}
		// Our own word is enough for our hosts; Kratos' session would let the browser in again without a password.
		if err := s.d.Provider.End(ctx, one.SID); err != nil {
			s.d.Log.WarnContext(ctx, "a sign-in was ended here but not in Kratos", "err", err)
		}
	}
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		for _, one := range picked {
			err := audit.Record(ctx, tx, audit.Change{
				Action: "identity.session_ended", Entity: "session", EntityID: one.ID, Before: map[string]string{"ip": one.IP, "user_agent": one.UserAgent},
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// CredentialsChanged makes the members follow the account, and ends the
// sessions whose sign-in Kratos ended because their owner changed or recovered
// the password: all but the browser's own.
func (s *Service) CredentialsChanged(ctx context.Context, cookie string) error {
	who, err := s.d.Provider.WhoAmI(ctx, cookie)
	if err != nil {
		return err
	}
	if err := s.Follow(ctx, who.person()); err != nil {
		s.d.Log.WarnContext(ctx, "a changed account is followed later", "err", err)
	}
	sids, err := s.d.Directory.SIDsOf(ctx, who.PersonID)
	if err != nil {
		return err
	}
	for _, sid := range sids {
		if sid == who.SID {
			continue
		}
		alive, err := s.d.Provider.Alive(ctx, sid)
		if err != nil {
			return err
		}
		if !alive {
			if err := s.revoke(ctx, Which{SID: sid}, "credentials_changed"); err != nil {
				return err
			}
		}
	}
	return nil
}

// Sweep removes sign-ins, sign-ups and sessions that are over, now and every
// few minutes, until ctx ends.
func (s *Service) Sweep(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := s.d.Directory.Sweep(ctx, s.now()); err != nil && ctx.Err() == nil {
			s.d.Log.WarnContext(ctx, "old sign-ins were not removed", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
