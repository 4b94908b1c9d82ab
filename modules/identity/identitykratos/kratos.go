// Package identitykratos asks Ory Kratos who somebody is. It is the only
// package that knows Kratos' client.
package identitykratos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	kratos "github.com/ory/kratos-client-go"

	"github.com/bureauhq/bureau/modules/identity"
)

// Config says where Kratos is.
type Config struct {
	PublicURL string // as this process reaches it
	AdminURL  string
	AuthURL   string // as browsers reach the sign-in pages; Kratos' own address is below it
	Cookie    string // name of Kratos' session cookie
	TokenKeys []byte // public JWK set
	Now       func() time.Time
}

// Provider implements identity.Provider.
type Provider struct {
	public, admin *kratos.APIClient
	verifier      *Verifier
	cookie        string
}

var _ identity.Provider = (*Provider)(nil)

const timeout = 3 * time.Second

// New returns a provider. It connects to nothing yet.
func New(c Config) (*Provider, error) {
	v, err := NewVerifier(c.TokenKeys, strings.TrimSuffix(c.AuthURL, "/")+"/.ory/", c.Now)
	if err != nil {
		return nil, err
	}
	if c.Cookie == "" {
		return nil, errors.New("identitykratos: the name of Kratos' cookie is missing")
	}
	return &Provider{public: client(c.PublicURL), admin: client(c.AdminURL), verifier: v, cookie: c.Cookie}, nil
}

func client(url string) *kratos.APIClient {
	tr := http.DefaultTransport.(*http.Transport).Clone()
	tr.MaxIdleConnsPerHost, tr.Proxy = 16, nil
	cfg := kratos.NewConfiguration()
	cfg.Servers = kratos.ServerConfigurations{{URL: strings.TrimSuffix(url, "/")}}
	cfg.HTTPClient = &http.Client{Timeout: timeout, Transport: tr}
	return kratos.NewAPIClient(cfg)
}

// WhoAmI returns the sign-in of the Kratos cookie with this value.
func (p *Provider) WhoAmI(ctx context.Context, cookie string) (identity.SignIn, error) {
	if cookie == "" || len(cookie) > 4096 || strings.ContainsAny(cookie, ";,\r\n") {
		return identity.SignIn{}, identity.ErrSignInRequired
	}
	// Kratos gets its own cookie and no other.
	s, resp, err := p.public.FrontendAPI.ToSession(ctx).Cookie(p.cookie + "=" + cookie).TokenizeAs("app").Execute()
	defer done(resp)
	switch {
	case resp == nil:
		return identity.SignIn{}, away(err)
	case resp.StatusCode == http.StatusUnauthorized:
		return identity.SignIn{}, identity.ErrSignInRequired
	case resp.StatusCode == http.StatusForbidden:
		return identity.SignIn{}, forbidden(err)
	case err != nil || resp.StatusCode != http.StatusOK:
		return identity.SignIn{}, away(fmt.Errorf("whoami: %s: %w", resp.Status, err))
	}
	return p.signIn(s)
}

func (p *Provider) signIn(s *kratos.Session) (identity.SignIn, error) {
	if s.Tokenized == nil || s.Identity == nil {
		return identity.SignIn{}, away(errors.New("whoami: the answer holds no token or no identity"))
	}
	c, err := p.verifier.Verify(*s.Tokenized)
	if err != nil {
		return identity.SignIn{}, away(err)
	}
	if c.Subject != s.Identity.Id || c.SID != s.Id {
		return identity.SignIn{}, away(errors.New("whoami: token and session differ"))
	}
	if s.Active == nil || !*s.Active || (s.Identity.State != nil && *s.Identity.State != "active") {
		return identity.SignIn{}, identity.ErrSignInRequired
	}
	out := identity.SignIn{SID: c.SID, PersonID: c.Subject, AAL: c.AAL, AMR: c.AMR, AuthenticatedAt: c.AuthenticatedAt}
	if s.ExpiresAt == nil {
		return identity.SignIn{}, away(errors.New("whoami: a session without an end"))
	}
	out.ExpiresAt = *s.ExpiresAt
	who, err := person(*s.Identity)
	out.Email, out.Name, out.Verified = who.Email, who.Name, who.Verified
	return out, err
}

// person reads what we use of an identity.
func person(i kratos.Identity) (p identity.Person, err error) {
	p.ID = i.Id
	traits, _ := i.Traits.(map[string]any)
	p.Email, _ = traits["email"].(string)
	p.Name, _ = traits["name"].(string)
	// What looks like an address but is none, or hides letters, is nobody's to be matched with.
	if p.Email, err = identity.NormaliseEmail(p.Email); err != nil {
		return identity.Person{}, err
	}
	for _, a := range i.VerifiableAddresses {
		if a.Verified && strings.EqualFold(a.Value, p.Email) {
			p.Verified = true
		}
	}
	return p, nil
}

// People lists everybody.
func (p *Provider) People(ctx context.Context, page string) (all []identity.Person, next string, err error) {
	req := p.admin.IdentityAPI.ListIdentities(ctx).PageSize(250)
	if page != "" {
		req = req.PageToken(page)
	}
	found, resp, err := req.Execute()
	defer done(resp)
	switch {
	case resp == nil:
		return nil, "", away(err)
	case err != nil || resp.StatusCode != http.StatusOK:
		return nil, "", away(fmt.Errorf("identities: %s: %w", resp.Status, err))
	}
	for _, i := range found {
		if one, err := person(i); err == nil {
			all = append(all, one)
		}
	}
	return all, nextPage(resp.Header.Values("Link")), nil
}

// nextPage reads the token of the next page from Link headers.
func nextPage(links []string) string {
	for _, link := range strings.Split(strings.Join(links, ","), ",") {
		target, rel, _ := strings.Cut(link, ";")
		if !strings.Contains(rel, `rel="next"`) {
			continue
		}
		if u, err := url.Parse(strings.Trim(strings.TrimSpace(target), "<>")); err == nil {
			return u.Query().Get("page_token")
		}
	}
	return ""
}

// forbidden reads why Kratos does not show the session.
func forbidden(err error) error {
	var api *kratos.GenericOpenAPIError
	if errors.As(err, &api) && strings.Contains(string(api.Body()), "session_aal2_required") {
		return identity.ErrSecondFactor
	}
	return away(fmt.Errorf("whoami: refused: %w", err))
}

// Alive tells whether a session is still good.
func (p *Provider) Alive(ctx context.Context, sid string) (bool, error) {
	s, resp, err := p.admin.IdentityAPI.GetSession(ctx, sid).Expand([]string{"identity"}).Execute()
	defer done(resp)
	switch {
	case resp == nil:
		return false, away(err)
	case resp.StatusCode == http.StatusNotFound:
		return false, nil
	case err != nil || resp.StatusCode != http.StatusOK:
		return false, away(fmt.Errorf("session: %s: %w", resp.Status, err))
	}
	ok := s.Active != nil && *s.Active && (s.Identity == nil || s.Identity.State == nil || *s.Identity.State == "active")
	return ok, nil
}

// End ends a session.
func (p *Provider) End(ctx context.Context, sid string) error {
	resp, err := p.admin.IdentityAPI.DisableSession(ctx, sid).Execute()
	defer done(resp)
	switch {
	case resp == nil:
		return away(err)
	case resp.StatusCode == http.StatusNotFound, resp.StatusCode < 300:
		return nil
	}
	return away(fmt.Errorf("end session: %s: %w", resp.Status, err))
}

// away is what every failure to get an answer becomes: it must never look like "not signed in".
func away(err error) error { return identity.ErrUnavailable.Because(err) }

func done(resp *http.Response) {
	if resp != nil && resp.Body != nil {
		_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16))
		_ = resp.Body.Close()
	}
}
