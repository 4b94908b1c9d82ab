package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"log/slog"
	"net/url"
	"time"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/ratelimit"
	"github.com/bureauhq/bureau/tenancy"
)

var (
	ErrSignInRequired = fault.Define(fault.Unauthenticated, "identity.sign_in_required", "Please sign in.")
	ErrSecondFactor   = fault.Define(fault.Forbidden, "identity.second_factor", "Please confirm your second factor.")
	ErrUnavailable    = fault.Define(fault.Unavailable, "identity.unavailable", "Signing in is not possible at the moment. Please try again in a minute.").After(30 * time.Second)
	ErrDeactivated    = fault.Define(fault.Forbidden, "identity.deactivated", "Your access to this agency has been ended.")
	ErrNotAMember     = fault.Define(fault.Forbidden, "identity.not_a_member", "Your account does not belong to this agency.")
	ErrNotVerified    = fault.Define(fault.Forbidden, "identity.email_not_verified", "Please confirm your e-mail address first.")
	ErrTooManyTries   = fault.Define(fault.TooMany, "identity.too_many_tries", "Too many tries. Please wait a moment.")
)

// Deps are what the service works with.
type Deps struct {
	DB        *tenancy.DB
	Store     Store
	Directory Directory
	Provider  Provider
	Agencies  Agencies
	Claimer   Claimer
	Contacts  Contacts // nil: contacts are not checked
	Looks     Looks    // nil: every agency looks the same
	Seats     Seats    // nil: seats are not counted
	Events    Publisher
	Jobs      Enqueuer
	Mail      Sender
	Places    Places
	Limits    Limits
	Log       *slog.Logger
	Now       func() time.Time
}

// Limits are the figures that guard the way in.
type Limits struct {
	Token           ratelimit.Rule // calls per API token
	SignUp          ratelimit.Rule // sign-ups begun per address
	Slug            ratelimit.Rule // slug checks per address
	InvitesPerHour  int            // letters of invitation per agency
	SignInPerPerson ratelimit.Rule // tries per identifier and address
	SignInPerIP     ratelimit.Rule
	SignInPerName   ratelimit.Rule // tries per identifier from anywhere
	Recovery        ratelimit.Rule // codes asked for per identifier
	Registration    ratelimit.Rule // per address
	Flow            ratelimit.Rule // pages opened per address
	AccountExists   ratelimit.Rule // letters to an address with which somebody registers again
}

// DefaultLimits are the figures for production.
func DefaultLimits() Limits {
	return Limits{
		Token:           ratelimit.Rule{Count: 600, In: time.Minute},
		SignUp:          ratelimit.Rule{Count: 10, In: time.Hour},
		Slug:            ratelimit.Rule{Count: 60, In: time.Minute},
		InvitesPerHour:  20,
		SignInPerPerson: ratelimit.Rule{Count: 5, In: time.Minute},
		SignInPerIP:     ratelimit.Rule{Count: 20, In: time.Minute},
		SignInPerName:   ratelimit.Rule{Count: 100, In: time.Hour},
		Recovery:        ratelimit.Rule{Count: 3, In: 15 * time.Minute},
		Registration:    ratelimit.Rule{Count: 10, In: time.Hour},
		Flow:            ratelimit.Rule{Count: 60, In: time.Minute},
		AccountExists:   ratelimit.Rule{Count: 3, In: time.Hour},
	}
}

// Places knows the addresses of our hosts.
type Places struct{ base url.URL }

// NewPlaces takes the address of the public site: "https://bureau.example".
func NewPlaces(site string) (Places, error) {
	u, err := url.Parse(site)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return Places{}, fault.Define(fault.Invalid, "identity.bad_site_url", "The site's address must be http(s)://host[:port].")
	}
	return Places{url.URL{Scheme: u.Scheme, Host: u.Host}}, nil
}

// Site is the public site, without a slash at its end.
func (p Places) Site() string { return p.base.String() }

// Auth is the host of the sign-in pages.
func (p Places) Auth() string { return p.at("auth") }

// Ops is the host of those who run the platform.
func (p Places) Ops() string { return p.at("ops") }

// Agency is the host of one agency.
func (p Places) Agency(slug string) string { return p.at(slug) }

// Secure tells whether the hosts speak https.
func (p Places) Secure() bool { return p.base.Scheme == "https" }

func (p Places) at(label string) string {
	u := p.base
	u.Host = label + "." + u.Host
	return u.String()
}

// Service is what can be done with the agency's people.
type Service struct {
	d          Deps
	sessions   *kept[Session]
	members    *kept[Member]
	tokens     *kept[Token]
	operators  *kept[Operator]
	checks     *checks
	tokenLimit *ratelimit.Limiter
	signUps    *ratelimit.Limiter
	slugs      *ratelimit.Limiter
	notices    *ratelimit.Limiter
}

// New returns a service.
func New(d Deps) *Service {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{
		d: d, sessions: newKept[Session](), members: newKept[Member](), tokens: newKept[Token](), operators: newKept[Operator](), checks: newChecks(),
		tokenLimit: ratelimit.New(d.Limits.Token, d.Now), signUps: ratelimit.New(d.Limits.SignUp, d.Now), slugs: ratelimit.New(d.Limits.Slug, d.Now),
		notices: ratelimit.New(d.Limits.AccountExists, d.Now),
	}
}

// Places returns the addresses of our hosts.
func (s *Service) Places() Places { return s.d.Places }

// Limits returns the figures that guard the way in.
func (s *Service) Limits() Limits { return s.d.Limits }

func (s *Service) now() time.Time { return s.d.Now().UTC().Truncate(time.Microsecond) }

func newID() string { return id.New() }

// secret makes a random text of 256 bits.
func secret() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: it ends the program instead
	return base64.RawURLEncoding.EncodeToString(b)
}

func hash(s string) []byte {
	h := sha256.Sum256([]byte(s))
	return h[:]
}

// inAgency is ctx in which a is the agency.
func inAgency(ctx context.Context, a tenancy.Agency) context.Context { return tenancy.With(ctx, a) }

// Now tells the time that the module works with.
func (s *Service) Now() time.Time { return s.now() }

// AgencyOf returns the slug of the agency of ctx.
func AgencyOf(ctx context.Context) (slug string, err error) {
	a, err := tenancy.From(ctx)
	return a.Slug, err
}
