package identityhttp

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/identity"
)

// registerSignUp declares what the pages of the site and of the sign-in host
// call. Nobody has a session of ours there; what they may see and do depends
// on Kratos' cookie and on the secrets that they hold.
func registerSignUp(api *httpapi.API, h handlers) {
	const get, post, patch = http.MethodGet, http.MethodPost, http.MethodPatch
	pub := func(host httpapi.Host, id, method, path, summary string) httpapi.Op {
		return httpapi.Op{ID: id, Tag: "auth", Method: method, Path: path, Summary: summary, Need: access.Public, Host: host}
	}
	httpapi.Handle(api, pub(httpapi.HostSite, "slugs-check", get, "/api/v1/slugs/{slug}", "Whether an address can be had"), h.slug)
	begin := pub(httpapi.HostSite, "sign-ups-create", post, "/api/v1/sign-ups", "Begin to sign up an agency")
	begin.Status = http.StatusCreated
	httpapi.Handle(api, begin, h.beginSignUp)
	httpapi.Handle(api, pub(httpapi.HostAuth, "sign-ups-change", patch, "/api/v1/sign-ups/current", "Choose another name or address"), h.changeSignUp)
	httpapi.Handle(api, pub(httpapi.HostAuth, "sign-ups-complete", post, "/api/v1/sign-ups/complete", "Found the agency"), h.completeSignUp)
	httpapi.Handle(api, pub(httpapi.HostAuth, "sign-in-context", get, "/api/v1/sign-in-context", "What the sign-in pages show"), h.context)
	httpapi.Handle(api, pub(httpapi.HostAuth, "agencies-list", get, "/api/v1/agencies", "The agencies that I may enter"), h.agencies)
	httpapi.Handle(api, pub(httpapi.HostAuth, "invitations-look", post, "/api/v1/invitations/look", "Look at an invitation"), h.look)
	httpapi.Handle(api, pub(httpapi.HostAuth, "invitations-accept", post, "/api/v1/invitations/accept", "Accept an invitation"), h.accept)
}

// SlugView says whether an address can be had.
type SlugView struct {
	Slug    string `json:"slug"`
	Status  string `json:"status" enum:"available,taken,held,reserved,malformed" doc:"Held: by a sign-up that is open, for an hour at most"`
	Message string `json:"message"`
	Address string `json:"address"`
}

// NewSignUp begins a sign-up.
type NewSignUp struct {
	AgencyName string `json:"agency_name" minLength:"2" maxLength:"80"`
	Slug       string `json:"slug" minLength:"1" maxLength:"100"`
}

// SignUpView is a sign-up under way.
type SignUpView struct {
	ID          string    `json:"id"`
	AgencyName  string    `json:"agency_name"`
	Slug        string    `json:"slug"`
	Address     string    `json:"address"`
	ExpiresAt   time.Time `json:"expires_at"`
	ContinueURL string    `json:"continue_url,omitempty"`
}

// Redirect says where the browser goes next.
type Redirect struct {
	RedirectTo string `json:"redirect_to"`
}

// DoorView is an agency as somebody sees it who is not in yet.
type DoorView struct {
	Slug    string `json:"slug"`
	Name    string `json:"name"`
	Colour  string `json:"colour"`
	LogoURL string `json:"logo_url"`
	URL     string `json:"url"`
}

// SignedInView is who is signed in on the sign-in host.
type SignedInView struct {
	Email    string `json:"email"`
	Name     string `json:"name"`
	Verified bool   `json:"verified"`
	AAL      string `json:"aal"`
}

// SignInContext is what the sign-in pages show around the form.
type SignInContext struct {
	SiteURL    string        `json:"site_url"`
	Agency     *DoorView     `json:"agency"`
	SignUp     *SignUpView   `json:"sign_up"`
	Invitation bool          `json:"invitation"`
	Account    *SignedInView `json:"account"`
	Kratos     string        `json:"kratos" enum:"ok,unavailable"`
}

// AgencyChoice is one agency to choose.
type AgencyChoice struct {
	Slug string `json:"slug"`
	Name string `json:"name"`
	Kind string `json:"kind"`
	URL  string `json:"url"`
}

// AgencyChoices are the agencies of one person.
type AgencyChoices struct {
	Items []AgencyChoice `json:"items"`
	Next  *string        `json:"next"`
}

// InvitationSecret is what a letter holds.
type InvitationSecret struct {
	Token string `json:"token" maxLength:"200" doc:"Empty for the one held by this browser"`
}

// InvitedView is an invitation as its holder sees it.
type InvitedView struct {
	Agency    DoorView        `json:"agency"`
	Kind      string          `json:"kind"`
	Role      string          `json:"role"`
	Email     string          `json:"email" doc:"Masked"`
	State     string          `json:"state" enum:"open,accepted,revoked,expired"`
	ExpiresAt time.Time       `json:"expires_at"`
	Account   *InvitedAccount `json:"account"`
}

// InvitedAccount compares who is signed in with who is invited.
type InvitedAccount struct {
	Email    string `json:"email" doc:"Masked"`
	Verified bool   `json:"verified"`
	Matches  bool   `json:"matches"`
}

func (h handlers) signUpView(u identity.SignUp) SignUpView {
	return SignUpView{ID: u.ID, AgencyName: u.AgencyName, Slug: u.Slug, Address: h.svc.Places().Agency(u.Slug), ExpiresAt: u.ExpiresAt}
}

// doorView shows an agency on the sign-in host, whose pages load pictures from that host only.
func doorView(d identity.Door) DoorView {
	v := DoorView{Slug: d.Slug, Name: d.Name, Colour: d.Colour, URL: d.URL + "/auth/start"}
	if d.LogoURL != "" {
		_, version, _ := strings.Cut(d.LogoURL, "?")
		v.LogoURL = "/broker/logo/" + d.Slug + "?" + version
	}
	return v
}

func (h handlers) slug(ctx context.Context, in *struct {
	Slug string `path:"slug" maxLength:"100"`
},
) (*out[SlugView], error) {
	raw, err := url.PathUnescape(in.Slug)
	if err != nil {
		raw = in.Slug
	}
	slug, st, msg, err := h.svc.CheckSlug(ctx, raw, httpapi.RequestFrom(ctx).IP)
	if err != nil {
		return nil, err
	}
	v := SlugView{Slug: slug, Status: string(st), Message: msg}
	if st == identity.SlugAvailable || st == identity.SlugTaken || st == identity.SlugHeld {
		v.Address = h.svc.Places().Agency(slug)
	}
	return &out[SlugView]{Body: v}, nil
}

func (h handlers) beginSignUp(ctx context.Context, in *struct{ Body NewSignUp }) (*out[SignUpView], error) {
	u, token, err := h.svc.BeginSignUp(ctx, in.Body.AgencyName, in.Body.Slug, httpapi.RequestFrom(ctx).IP)
	if err != nil {
		return nil, err
	}
	v := h.signUpView(u)
	v.ContinueURL = h.svc.Places().Auth() + "/broker/sign-up?token=" + token
	return &out[SignUpView]{Body: v}, nil
}

func (h handlers) changeSignUp(ctx context.Context, in *struct{ Body NewSignUp }) (*out[SignUpView], error) {
	u, err := h.svc.ChangeSignUp(ctx, jarFrom(ctx).SignUp, in.Body.AgencyName, in.Body.Slug)
	if err != nil {
		return nil, err
	}
	return &out[SignUpView]{Body: h.signUpView(u)}, nil
}

func (h handlers) completeSignUp(ctx context.Context, _ *none) (*out[Redirect], error) {
	j := jarFrom(ctx)
	to, err := h.svc.CompleteSignUp(ctx, j.SignUp, j.Kratos)
	if err != nil {
		return nil, err
	}
	j.set(h.cookies().gone(signUpCookie))
	return &out[Redirect]{Body: Redirect{to}}, nil
}

func (h handlers) context(ctx context.Context, _ *none) (*out[SignInContext], error) {
	j := jarFrom(ctx)
	v := SignInContext{SiteURL: h.svc.Places().Site(), Invitation: j.Invite != "", Kratos: "ok"}
	if d, err := h.doorAhead(ctx, j); err == nil {
		door := doorView(d)
		v.Agency = &door
	}
	if u, err := h.svc.SignUpOf(ctx, j.SignUp); err == nil {
		s := h.signUpView(u)
		v.SignUp, v.Agency = &s, nil
	}
	who, err := h.svc.WhoAmI(ctx, j.Kratos)
	switch {
	case err == nil:
		v.Account = &SignedInView{who.Email, who.Name, who.Verified, who.AAL}
	case errors.Is(err, identity.ErrUnavailable):
		v.Kratos = "unavailable"
	}
	return &out[SignInContext]{Body: v}, nil
}

// doorAhead is where this visit leads: into the agency whose invitation the browser holds, or the one that it came from.
func (h handlers) doorAhead(ctx context.Context, j jar) (identity.Door, error) {
	if j.Invite != "" {
		if d, err := h.svc.DoorOfInvitation(ctx, j.Invite); err == nil {
			return d, nil
		}
	}
	return h.svc.Door(ctx, j.Agency)
}

func (h handlers) agencies(ctx context.Context, _ *none) (*out[AgencyChoices], error) {
	all, err := h.svc.MyAgencies(ctx, jarFrom(ctx).Kratos)
	if err != nil {
		return nil, err
	}
	v := AgencyChoices{Items: make([]AgencyChoice, len(all))}
	for i, m := range all {
		v.Items[i] = AgencyChoice{m.Slug, m.Name, m.Kind, h.svc.Places().Agency(m.Slug) + "/auth/start"}
	}
	return &out[AgencyChoices]{Body: v}, nil
}

func (h handlers) look(ctx context.Context, in *struct{ Body InvitationSecret }) (*out[InvitedView], error) {
	j, token := jarFrom(ctx), in.Body.Token
	if token == "" {
		token = j.Invite
	}
	inv, err := h.svc.LookAtInvitation(ctx, token, j.Kratos)
	if err != nil {
		return nil, err
	}
	v := InvitedView{
		Agency: doorView(inv.Door), Kind: string(inv.Kind), Role: inv.Role, Email: identity.Mask(inv.Email),
		State: string(inv.State(h.svc.Now())), ExpiresAt: inv.ExpiresAt,
	}
	if a := inv.Account; a != nil {
		v.Account = &InvitedAccount{identity.Mask(a.Email), a.Verified, inv.Matches}
	}
	// From here on the browser holds the secret: registration and its mail come in between.
	c := h.cookies()
	j.set(c.make(inviteCookie, token, time.Hour))
	j.set(c.gone(signUpCookie))
	return &out[InvitedView]{Body: v}, nil
}

func (h handlers) accept(ctx context.Context, _ *none) (*out[Redirect], error) {
	j := jarFrom(ctx)
	to, err := h.svc.AcceptInvitation(ctx, j.Invite, j.Kratos)
	if err != nil {
		return nil, err
	}
	j.set(h.cookies().gone(inviteCookie))
	return &out[Redirect]{Body: Redirect{to}}, nil
}
