package identity

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// SignUp is an agency that is being founded. It holds its slug for an hour;
// nothing else exists before the founder's e-mail is verified.
type SignUp struct {
	ID          string
	Slug        string
	AgencyName  string
	PersonID    string
	AgencyID    string
	CreatedAt   time.Time
	ExpiresAt   time.Time
	CompletedAt *time.Time
}

var (
	ErrBadSlug      = fault.Define(fault.Invalid, "identity.bad_slug", "An address has 3 to 40 letters a to z, digits and single hyphens, and begins with a letter.")
	ErrSlugReserved = fault.Define(fault.Conflict, "identity.slug_reserved", "This address is reserved. Please choose another one.")
	ErrSignUpGone   = fault.Define(fault.NotFound, "identity.sign_up_gone", "This sign-up is over. Please begin again.")
	ErrBadAgency    = fault.Define(fault.Invalid, "identity.bad_agency_name", "An agency's name has 2 to 80 letters.")
)

const signUpTime = time.Hour

// reserved are names that we use ourselves, may use, or that others could be misled by.
var reserved = map[string]bool{}

func init() {
	const names = `www auth ops api admin administrator mail email smtp imap pop static assets cdn bureau app apps portal status help
		support docs doc blog about account accounts billing pay payment payments invoice invoices dashboard dev test demo staging stage
		preview beta internal intranet root system security abuse postmaster hostmaster webmaster noreply no-reply login signin sign-in
		signup sign-up logout register registration oauth sso saml id identity kratos hydra public private secure ssl ftp ssh vpn ns ns1 ns2
		mx autodiscover autoconfig localhost local metrics grafana git ci s3 files file upload uploads media img images download downloads
		web site host server broker sales marketing team teams press legal privacy terms jobs careers news forum community shop store
		example invalid null undefined none`
	for _, n := range strings.Fields(names) {
		reserved[n] = true
	}
}

// SlugStatus says whether a slug can be had.
type SlugStatus string

const (
	SlugAvailable SlugStatus = "available"
	SlugTaken     SlugStatus = "taken"
	SlugHeld      SlugStatus = "held" // by a sign-up that is open; nobody is told by whose
	SlugReserved  SlugStatus = "reserved"
	SlugMalformed SlugStatus = "malformed"
)

// checkSlug returns the slug in lower case. ErrBadSlug, ErrSlugReserved.
func checkSlug(s string) (string, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	bad := func(why string) (string, error) { return s, ErrBadSlug.At("body.slug", why) }
	switch {
	case len(s) < 3:
		return bad("must have at least 3 letters")
	case len(s) > 40:
		return bad("must have at most 40 letters")
	case s[0] < 'a' || s[0] > 'z':
		return bad("must begin with a letter from a to z")
	case strings.HasSuffix(s, "-"):
		return bad("must not end with a hyphen")
	case strings.Contains(s, "--"):
		return bad("must not hold two hyphens in a row")
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return bad("may hold letters from a to z, digits and hyphens only")
		}
	}
	if reserved[s] {
		return s, ErrSlugReserved.At("body.slug", "is reserved")
	}
	return s, nil
}

// CheckSlug tells whether a slug can be had, and why not. ErrTooManyTries.
func (s *Service) CheckSlug(ctx context.Context, raw, ip string) (slug string, st SlugStatus, message string, err error) {
	if wait, ok := s.slugs.Allow(ip); !ok {
		return "", "", "", ErrTooManyTries.After(wait)
	}
	slug, err = checkSlug(raw)
	var f *fault.Error
	switch {
	case errors.Is(err, ErrSlugReserved):
		return slug, SlugReserved, ErrSlugReserved.Text, nil
	case errors.As(err, &f):
		return slug, SlugMalformed, "The address " + f.Fields[0].Text + ".", nil
	}
	if st, err = s.holderOf(ctx, slug); err != nil {
		return "", "", "", err
	}
	return slug, st, map[SlugStatus]string{
		SlugAvailable: "This address is free.",
		SlugTaken:     "This address is taken.",
		SlugHeld:      "Somebody is signing up with this address. It is free again within the hour if they do not finish.",
	}[st], nil
}

// holderOf tells who has a well-formed slug: an agency, a sign-up, or nobody.
func (s *Service) holderOf(ctx context.Context, slug string) (SlugStatus, error) {
	_, err := s.d.Agencies.BySlug(ctx, slug)
	if err == nil {
		return SlugTaken, nil
	}
	if !errors.Is(err, tenancy.ErrNoAgency) {
		return "", err
	}
	held, err := s.d.Directory.SlugHeld(ctx, slug, s.now())
	if err != nil || !held {
		return SlugAvailable, err
	}
	return SlugHeld, nil
}

func (s *Service) slugFree(ctx context.Context, slug string) error {
	if st, err := s.holderOf(ctx, slug); err != nil || st == SlugAvailable {
		return err
	}
	return tenancy.ErrSlugTaken
}

func checkAgencyName(s string) (string, error) {
	name, err := parseName("body.agency_name", s)
	if n := len([]rune(name)); err != nil || n < 2 || n > 80 {
		return "", ErrBadAgency.At("body.agency_name", "must have 2 to 80 letters")
	}
	return name, nil
}

// BeginSignUp reserves a slug and returns the secret that continues the
// sign-up. ErrBadSlug, ErrSlugReserved, tenancy.ErrSlugTaken, ErrTooManyTries.
func (s *Service) BeginSignUp(ctx context.Context, agencyName, slug, ip string) (SignUp, string, error) {
	name, err := checkAgencyName(agencyName)
	if err != nil {
		return SignUp{}, "", err
	}
	if slug, err = checkSlug(slug); err != nil {
		return SignUp{}, "", err
	}
	if wait, ok := s.signUps.Allow(ip); !ok {
		return SignUp{}, "", ErrTooManyTries.After(wait)
	}
	if err := s.slugFree(ctx, slug); err != nil {
		return SignUp{}, "", err
	}
	now, token := s.now(), secret()
	u := SignUp{ID: newID(), Slug: slug, AgencyName: name, CreatedAt: now, ExpiresAt: now.Add(signUpTime)}
	if err := s.d.Directory.AddSignUp(ctx, u, hash(token)); err != nil {
		return SignUp{}, "", err
	}
	return u, token, nil
}

// SignUpOf returns the sign-up that a secret continues. ErrSignUpGone.
func (s *Service) SignUpOf(ctx context.Context, token string) (SignUp, error) {
	if token == "" {
		return SignUp{}, ErrSignUpGone
	}
	return s.d.Directory.SignUpByHash(ctx, hash(token), s.now())
}

// ChangeSignUp chooses another name or slug for an agency that is not founded yet.
func (s *Service) ChangeSignUp(ctx context.Context, token, agencyName, slug string) (SignUp, error) {
	u, err := s.SignUpOf(ctx, token)
	if err != nil {
		return SignUp{}, err
	}
	if u.AgencyID != "" {
		return SignUp{}, ErrSignUpGone
	}
	if u.AgencyName, err = checkAgencyName(agencyName); err != nil {
		return SignUp{}, err
	}
	if slug, err = checkSlug(slug); err != nil {
		return SignUp{}, err
	}
	if slug != u.Slug {
		if err := s.slugFree(ctx, slug); err != nil {
			return SignUp{}, err
		}
		u.Slug = slug
	}
	return u, s.d.Directory.SaveSignUp(ctx, u)
}

// CompleteSignUp founds the agency with the signed-in person as its owner and
// returns the address that takes them in. Every step can be done again, so a
// call that broke off is repeated. ErrSignUpGone, ErrSignInRequired,
// ErrNotVerified, ErrUnavailable, tenancy.ErrSlugTaken.
func (s *Service) CompleteSignUp(ctx context.Context, token, cookie string) (string, error) {
	u, err := s.SignUpOf(ctx, token)
	if err != nil {
		return "", err
	}
	who, err := s.d.Provider.WhoAmI(ctx, cookie)
	switch {
	case err != nil:
		return "", err
	case who.recovered():
		return "", ErrRecoveryOnly
	case !who.Verified:
		return "", ErrNotVerified
	case u.PersonID != "" && u.PersonID != who.PersonID:
		return "", ErrSignUpGone
	}
	target := s.d.Places.Agency(u.Slug) + "/auth/start?return=%2Fwelcome"
	if u.CompletedAt != nil {
		return target, nil
	}
	u.PersonID = who.PersonID
	if err := s.d.Directory.NoteSignUp(ctx, u); err != nil {
		return "", err
	}
	a, err := s.claim(ctx, u)
	if err != nil {
		return "", err
	}
	u.AgencyID = a.ID
	if err := s.d.Directory.MirrorPerson(ctx, who.person(), s.now()); err != nil {
		return "", err
	}
	if err := s.found(inAgency(ctx, a), who); err != nil {
		return "", err
	}
	now := s.now()
	u.CompletedAt = &now
	return target, s.d.Directory.SaveSignUp(ctx, u)
}

// claim takes a spare agency; or the one that an earlier try of this sign-up
// took before it broke off, which nobody has entered.
func (s *Service) claim(ctx context.Context, u SignUp) (tenancy.Agency, error) {
	a, err := s.d.Claimer.Claim(ctx, u.Slug, u.AgencyName)
	if err == nil {
		s.d.Agencies.Forget(a.ID) // and that there was nobody at this address
		return a, nil
	}
	if !errors.Is(err, tenancy.ErrSlugTaken) {
		return tenancy.Agency{}, err
	}
	s.d.Agencies.Forget("") // it may still say that there is nobody
	a, findErr := s.d.Agencies.BySlug(ctx, u.Slug)
	if findErr != nil {
		return tenancy.Agency{}, errors.Join(err, findErr)
	}
	n := 0
	findErr = s.d.DB.Read(inAgency(ctx, a), func(ctx context.Context, tx *tenancy.Tx) (err error) {
		if _, err = s.d.Store.MemberByPerson(ctx, tx, u.PersonID); err == nil {
			return nil // founded already by this person
		}
		n, err = s.d.Store.CountMembers(ctx, tx)
		return err
	})
	if findErr != nil {
		return tenancy.Agency{}, findErr
	}
	if n > 0 {
		return tenancy.Agency{}, err
	}
	return a, nil
}

func (s *Service) found(ctx context.Context, who SignIn) error {
	memberID := newID()
	ctx = access.With(ctx, access.Actor{MemberID: memberID, PersonID: who.PersonID, Name: who.Name, Email: who.Email, Kind: access.Staff, Role: Owner})
	err := s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := s.CreateMemberTx(ctx, tx, NewMember{ID: memberID, PersonID: who.PersonID, Name: who.Name, Email: who.Email, Role: Owner})
		return err
	})
	if errors.Is(err, ErrAlreadyMember) {
		return nil
	}
	return err
}
