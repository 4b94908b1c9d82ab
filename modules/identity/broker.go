package identity

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/tenancy"
)

// Person is who Kratos knows.
type Person struct {
	ID, Email, Name string
	Verified        bool // the e-mail address
}

// SignIn is a person's session with Kratos.
type SignIn struct {
	SID, PersonID, Email, Name string
	Verified                   bool
	AAL                        string
	AMR                        []string
	AuthenticatedAt            time.Time
	ExpiresAt                  time.Time
}

func (w SignIn) person() Person { return Person{w.PersonID, w.Email, w.Name, w.Verified} }

// recovered tells whether nothing but a recovery code opened the session.
func (w SignIn) recovered() bool {
	return len(w.AMR) > 0 && !slices.ContainsFunc(w.AMR, func(m string) bool { return m != "code_recovery" && m != "link_recovery" })
}

// State is a sign-in that an agency's host, or the operators', began.
type State struct {
	Hash       []byte
	AgencyID   string // empty for the operators' host
	GrantID    string // an operator comes in by it, not a member
	Challenge  string
	ReturnPath string
	ExpiresAt  time.Time
}

// Code is what carries a sign-in back to the agency's host.
type Code struct {
	Hash, StateHash              []byte
	AgencyID, GrantID, Challenge string
	MemberID, PersonID, SID, AAL string
	AMR                          []string
	AuthenticatedAt              time.Time
	ValidUntil                   time.Time // of the Kratos session
	ExpiresAt                    time.Time
}

// Membership is one agency that a person may enter.
type Membership struct {
	AgencyID, Kind, Role string
	Slug, Name           string // filled by Agencies
}

var (
	ErrBadSignIn     = fault.Define(fault.Forbidden, "identity.bad_sign_in", "This sign-in is over. Please begin again.")
	ErrPersonUnknown = fault.Define(fault.NotFound, "identity.person_unknown", "This person has never been here.")
	ErrConfirm       = fault.Define(fault.Forbidden, "identity.confirm", "Please type in your password again.")
	ErrConfirmFactor = fault.Define(fault.Forbidden, "identity.confirm_factor", "Please type in a code of your second factor again.")
	ErrRecoveryOnly  = fault.Define(fault.Forbidden, "identity.recovery_only", "Set a new password and sign in with it.")
)

const (
	stateTime  = 10 * time.Minute
	codeTime   = time.Minute
	clockSlack = 5 * time.Second // how far Kratos' clock may be behind ours
)

// Start is a sign-in that has begun.
type Start struct {
	Verifier string // for the browser's cookie
	URL      string // where the browser goes
}

// How a sign-in begins.
type How int

const (
	Plain How = iota
	Again     // the second try in a row, so that two hosts cannot send a browser in circles
	Fresh     // the person types in the password or code, signed in or not
)

// StartSignIn begins a sign-in at the agency of ctx.
func (s *Service) StartSignIn(ctx context.Context, returnPath string, how How) (Start, error) {
	a, err := tenancy.From(ctx)
	if err != nil {
		return Start{}, err
	}
	return s.start(ctx, a.Slug, State{AgencyID: a.ID, ReturnPath: CleanPath(returnPath)}, how)
}

// StartOperatorSignIn begins a sign-in at the operators' host.
func (s *Service) StartOperatorSignIn(ctx context.Context, returnPath string, how How) (Start, error) {
	return s.start(ctx, "", State{ReturnPath: CleanPath(returnPath)}, how)
}

// StartSupport begins an operator's look into the agency of ctx. ErrNoGrant.
func (s *Service) StartSupport(ctx context.Context, grantID string) (Start, error) {
	a, err := tenancy.From(ctx)
	if err != nil {
		return Start{}, err
	}
	if !id.Valid(grantID) {
		return Start{}, ErrNoGrant
	}
	return s.start(ctx, a.Slug, State{AgencyID: a.ID, GrantID: grantID, ReturnPath: "/"}, Plain)
}

func (s *Service) start(ctx context.Context, slug string, st State, how How) (Start, error) {
	state, verifier := secret(), secret()
	st.Hash, st.Challenge, st.ExpiresAt = hash(state), challenge(verifier), s.now().Add(stateTime)
	if err := s.d.Directory.AddState(ctx, st); err != nil {
		return Start{}, err
	}
	q := url.Values{"agency": {slug}, "state": {state}, "challenge": {st.Challenge}}
	switch how {
	case Plain:
	case Again:
		q.Set("again", "1")
	case Fresh:
		q.Set("fresh", "1")
	}
	return Start{verifier, s.d.Places.Auth() + "/broker/authorize?" + q.Encode()}, nil
}

func challenge(verifier string) string {
	h := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(h[:])
}

// CleanPath keeps a path on our own host and turns everything else into "/".
func CleanPath(p string) string {
	u, err := url.Parse(p)
	bad := err != nil || u.Scheme != "" || u.Host != "" || u.Opaque != "" || len(p) > 500 ||
		!strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.HasPrefix(p, "/auth/") ||
		strings.ContainsFunc(p, func(r rune) bool { return r == '\\' || unicode.IsControl(r) })
	if bad {
		return "/"
	}
	return p
}

// Authorize decides, on the host of the sign-in pages, whether the person
// with this Kratos cookie may enter the agency, or the operators' host where
// slug is empty, and returns the address on that host that takes them in. With fresh, only
// if the password or code was typed in since this began. ErrBadSignIn, ErrConfirm,
// ErrConfirmFactor, ErrSignInRequired, ErrSecondFactor, ErrRecoveryOnly, ErrNotVerified, ErrNotAMember,
// ErrDeactivated, ErrNotAnOperator, ErrNoSecondFactor, ErrNoGrant, ErrUnavailable, tenancy.ErrSuspended, tenancy.ErrNoAgency.
func (s *Service) Authorize(ctx context.Context, slug, state, chall, cookie string, fresh bool) (string, error) {
	var a tenancy.Agency
	host := s.d.Places.Ops()
	if slug != "" {
		var err error
		if a, err = s.openAgency(ctx, slug); err != nil {
			return "", err
		}
		host = s.d.Places.Agency(a.Slug)
	}
	who, err := s.d.Provider.WhoAmI(ctx, cookie)
	if err != nil {
		return "", err
	}
	switch {
	case who.recovered():
		return "", ErrRecoveryOnly
	case !who.Verified:
		return "", ErrNotVerified
	}
	now := s.now()
	st, err := s.d.Directory.PeekState(ctx, hash(state), a.ID, now)
	if err != nil {
		return "", err
	}
	if !same(st.Challenge, chall) {
		return "", ErrBadSignIn
	}
	if begun := st.ExpiresAt.Add(-stateTime); fresh && who.AuthenticatedAt.Before(begun.Add(-clockSlack)) {
		if who.AAL == "aal2" {
			return "", ErrConfirmFactor
		}
		return "", ErrConfirm
	}
	memberID, err := s.admitTo(ctx, a, st, who)
	if err != nil {
		return "", err
	}
	code := secret()
	err = s.d.Directory.AddCode(ctx, Code{
		Hash: hash(code), StateHash: st.Hash, AgencyID: a.ID, GrantID: st.GrantID, Challenge: st.Challenge, MemberID: memberID, PersonID: who.PersonID, SID: who.SID,
		AAL: who.AAL, AMR: who.AMR, AuthenticatedAt: who.AuthenticatedAt, ValidUntil: who.ExpiresAt, ExpiresAt: now.Add(codeTime),
	})
	if err != nil {
		return "", err
	}
	return host + "/auth/callback?" + url.Values{"code": {code}, "state": {state}}.Encode(), nil
}

// admitTo checks that the person may come in where the sign-in began, and returns the member they come in as, if as one.
func (s *Service) admitTo(ctx context.Context, a tenancy.Agency, st State, who SignIn) (memberID string, err error) {
	switch {
	case a.ID == "":
		_, err = s.admitOperator(ctx, who)
		return "", err
	case st.GrantID != "":
		g, err := s.admitSupport(ctx, a.ID, st.GrantID, who)
		return g.MemberID, err
	}
	m, err := s.admit(inAgency(ctx, a), who)
	return m.ID, err
}

func (s *Service) openAgency(ctx context.Context, slug string) (tenancy.Agency, error) {
	a, err := s.d.Agencies.BySlug(ctx, slug)
	switch {
	case err != nil:
		return tenancy.Agency{}, err
	case a.State == tenancy.Suspended:
		return tenancy.Agency{}, tenancy.ErrSuspended
	case a.State != tenancy.Active:
		return tenancy.Agency{}, tenancy.ErrNoAgency
	}
	return a, nil
}

// admit finds the member that a person is, and ties one that was entered
// ahead of the first sign-in to the person by the verified e-mail.
func (s *Service) admit(ctx context.Context, who SignIn) (m Member, err error) {
	old, err := s.d.Directory.Person(ctx, who.PersonID)
	if err != nil && !errors.Is(err, ErrPersonUnknown) {
		return Member{}, err
	}
	if err := s.d.Directory.MirrorPerson(ctx, who.person(), s.now()); err != nil {
		return Member{}, err
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		m, err = s.d.Store.MemberByPerson(ctx, tx, who.PersonID)
		return err
	})
	if errors.Is(err, ErrMemberNotFound) {
		m, err = s.tie(ctx, who)
	}
	if err != nil {
		return Member{}, err
	}
	if m.State != Active {
		return Member{}, ErrDeactivated
	}
	return s.follow(ctx, m, who.person(), old)
}

func (s *Service) tie(ctx context.Context, who SignIn) (m Member, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		m, err = s.d.Store.MemberByEmail(ctx, tx, who.Email)
		if errors.Is(err, ErrMemberNotFound) || (err == nil && m.PersonID != "") {
			return ErrNotAMember
		}
		if err != nil {
			return err
		}
		if m.State != Active {
			return ErrDeactivated
		}
		before := m
		m.PersonID, m.UpdatedAt = who.PersonID, s.now()
		if err := s.d.Store.SaveMember(ctx, tx, m); err != nil {
			return err
		}
		m.Version++
		return s.record(access.With(ctx, m.actor()), tx, "identity.member_first_signed_in", &before, &m)
	})
	return m, err
}

// Arrival is a sign-in that reached the agency's host.
type Arrival struct {
	Token      string // for the browser's cookie
	ReturnPath string
	Lasts      time.Duration
}

// Redeem turns a code into a session at the agency of ctx. The browser must
// be the one that began the sign-in: it holds the verifier. A session it
// already had ends. ErrBadSignIn, ErrDeactivated.
func (s *Service) Redeem(ctx context.Context, code, state, verifier string, c Credentials) (Arrival, error) {
	a, err := tenancy.From(ctx)
	if err != nil {
		return Arrival{}, err
	}
	now := s.now()
	got, st, err := s.take(ctx, a.ID, code, state, verifier)
	if err != nil {
		return Arrival{}, err
	}
	if got.GrantID != "" {
		if err := s.replace(ctx, c); err != nil {
			return Arrival{}, err
		}
		in, err := s.openSupportSession(ctx, got.GrantID, got.signIn(), c)
		in.ReturnPath = st.ReturnPath
		return in, err
	}
	m, err := s.Member(ctx, got.MemberID)
	if err != nil {
		return Arrival{}, err
	}
	if m.State != Active {
		return Arrival{}, ErrDeactivated
	}
	if err := s.replace(ctx, c); err != nil {
		return Arrival{}, err
	}
	token, sess, err := s.OpenSession(ctx, m, got.signIn(), c)
	if err != nil {
		return Arrival{}, err
	}
	return Arrival{token, st.ReturnPath, sess.ExpiresAt.Sub(now)}, nil
}

// RedeemOperator is Redeem at the operators' host. ErrBadSignIn, ErrNotAnOperator.
func (s *Service) RedeemOperator(ctx context.Context, code, state, verifier string, c Credentials) (Arrival, error) {
	got, st, err := s.take(ctx, "", code, state, verifier)
	if err != nil {
		return Arrival{}, err
	}
	o, err := s.d.Directory.OperatorOf(ctx, Person{ID: got.PersonID})
	if err != nil {
		return Arrival{}, err
	}
	if err := s.replace(ctx, c); err != nil {
		return Arrival{}, err
	}
	in, err := s.openOperatorSession(ctx, o, got.signIn(), c)
	in.ReturnPath = st.ReturnPath
	return in, err
}

// take uses up a code and the sign-in it belongs to. ErrBadSignIn.
func (s *Service) take(ctx context.Context, agencyID, code, state, verifier string) (got Code, st State, err error) {
	now := s.now()
	if st, err = s.d.Directory.TakeState(ctx, hash(state), agencyID, now); err != nil {
		return got, st, err
	}
	if got, err = s.d.Directory.UseCode(ctx, hash(code), agencyID, now); err != nil {
		return got, st, err
	}
	if subtle.ConstantTimeCompare(got.StateHash, st.Hash) != 1 || !same(got.Challenge, st.Challenge) || !same(st.Challenge, challenge(verifier)) {
		return got, st, ErrBadSignIn
	}
	return got, st, nil
}

func (c Code) signIn() SignIn {
	return SignIn{SID: c.SID, PersonID: c.PersonID, AAL: c.AAL, AMR: c.AMR, AuthenticatedAt: c.AuthenticatedAt, ExpiresAt: c.ValidUntil}
}

// replace ends the session that the browser has already.
func (s *Service) replace(ctx context.Context, c Credentials) error {
	if c.Cookie == "" {
		return nil
	}
	old, err := s.d.Directory.SessionByHash(ctx, hash(c.Cookie))
	if err != nil {
		return nil //nolint:nilerr // there is none to end
	}
	return s.revoke(ctx, Which{ID: old.ID}, "replaced")
}

// OpenSession makes a session of a sign-in that was checked, and returns the
// value of its cookie.
func (s *Service) OpenSession(ctx context.Context, m Member, who SignIn, c Credentials) (token string, sess Session, err error) {
	a, err := tenancy.From(ctx)
	if err != nil {
		return "", Session{}, err
	}
	token = secret()
	sess = s.newSession(m.Kind, who, c)
	sess.AgencyID, sess.MemberID = a.ID, m.ID
	actor := m.actor()
	actor.SessionID = sess.ID
	err = s.d.DB.Run(access.With(ctx, actor), func(ctx context.Context, tx *tenancy.Tx) error {
		if err := s.d.Store.SeeMember(ctx, tx, m.ID, sess.CreatedAt); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Change{
			Action: "identity.signed_in", Entity: "session", EntityID: sess.ID, After: map[string]any{"ip": sess.IP, "user_agent": sess.UserAgent, "aal": sess.AAL},
		})
	})
	if err != nil {
		return "", Session{}, err
	}
	return token, sess, s.d.Directory.AddSession(ctx, sess, hash(token))
}

func same(a, b string) bool {
	return a != "" && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

func cut(s string, most int) string {
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "")
	}
	return strings.ToValidUTF8(s, "")
}

// MyAgencies lists the agencies that the person with this Kratos cookie may
// enter. ErrSignInRequired, ErrSecondFactor, ErrUnavailable.
func (s *Service) MyAgencies(ctx context.Context, cookie string) ([]Membership, error) {
	who, err := s.d.Provider.WhoAmI(ctx, cookie)
	if err != nil {
		return nil, err
	}
	all, err := s.d.Directory.MembershipsOf(ctx, who.person())
	if err != nil {
		return nil, err
	}
	out := []Membership{}
	for _, m := range all {
		a, err := s.d.Agencies.ByID(ctx, m.AgencyID)
		if errors.Is(err, tenancy.ErrNoAgency) || (err == nil && a.State != tenancy.Active) {
			continue
		}
		if err != nil {
			return nil, err
		}
		m.Slug, m.Name = a.Slug, a.Name
		out = append(out, m)
	}
	return out, nil
}

// Door is what the sign-in pages show of an agency.
type Door struct{ Slug, Name, Colour, LogoURL, URL string }

// Door describes an open agency to somebody who is not in yet. tenancy.ErrNoAgency.
func (s *Service) Door(ctx context.Context, slug string) (Door, error) {
	a, err := s.openAgency(ctx, slug)
	if err != nil {
		return Door{}, err
	}
	return s.doorOf(ctx, a)
}

func (s *Service) doorOf(ctx context.Context, a tenancy.Agency) (Door, error) {
	d := Door{Slug: a.Slug, Name: a.Name, URL: s.d.Places.Agency(a.Slug)}
	if s.d.Looks == nil {
		return d, nil
	}
	look, err := s.d.Looks.Look(inAgency(ctx, a))
	if err != nil {
		return Door{}, err
	}
	d.Colour, d.LogoURL = look.Colour, look.LogoURL
	if strings.HasPrefix(d.LogoURL, "/") {
		d.LogoURL = d.URL + d.LogoURL
	}
	return d, nil
}

// WhoAmI returns the sign-in behind a Kratos cookie. ErrSignInRequired, ErrSecondFactor, ErrUnavailable.
func (s *Service) WhoAmI(ctx context.Context, cookie string) (SignIn, error) {
	return s.d.Provider.WhoAmI(ctx, cookie)
}

// EndSignIn ends the Kratos session behind a cookie and all of ours that came from it.
func (s *Service) EndSignIn(ctx context.Context, cookie string) error {
	who, err := s.d.Provider.WhoAmI(ctx, cookie)
	if errors.Is(err, ErrSignInRequired) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.revoke(ctx, Which{SID: who.SID}, "ended"); err != nil {
		return err
	}
	return s.d.Provider.End(ctx, who.SID)
}
