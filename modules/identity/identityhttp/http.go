// Package identityhttp puts members, sessions, invitations, tokens, sign-up
// and sign-in on the web.
package identityhttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/identity"
)

// writeMembers is who manages members.
const writeMembers access.Permission = "identity.members.write"

var person = []access.Kind{access.Staff, access.Contact}

// Register declares the operations.
func Register(api *httpapi.API, svc *identity.Service) {
	h := handlers{svc}
	const (
		readMembers           = "identity.members.read"
		readInv, writeInv     = "identity.invitations.read", "identity.invitations.write"
		tokens                = "identity.tokens.write"
		get, post, patch, del = http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete
	)
	anyone := append([]access.Kind{access.Token}, person...)

	httpapi.Handle(api, httpapi.Op{ID: "me-get", Tag: "auth", Whenever: true, Method: get, Path: "/api/v1/me", Summary: "Who I am here and what I may do", Need: access.SignedIn, Kinds: anyone}, h.me)
	httpapi.Handle(api, httpapi.Op{ID: "me-change", Tag: "auth", Whenever: true, Method: patch, Path: "/api/v1/me", Summary: "Change my name as this agency shows it", Need: access.SignedIn, Kinds: person}, h.changeMe)
	httpapi.Handle(api, httpapi.Op{ID: "me-leave", Tag: "auth", Whenever: true, Method: post, Path: "/api/v1/me/leave", Status: http.StatusNoContent, Summary: "Leave this agency", Need: access.SignedIn, Kinds: person}, h.leave)
	httpapi.Handle(api, httpapi.Op{ID: "sessions-list", Tag: "auth", Whenever: true, Method: get, Path: "/api/v1/sessions", Summary: "Where I am signed in", Need: access.SignedIn, Kinds: person}, h.sessions)
	httpapi.Handle(api, httpapi.Op{ID: "sessions-end", Tag: "auth", Whenever: true, Method: del, Path: "/api/v1/sessions/{id}", Status: http.StatusNoContent, Summary: "End one of my sessions", Need: access.SignedIn, Kinds: person}, h.endSession)
	httpapi.Handle(api, httpapi.Op{ID: "sessions-end-others", Tag: "auth", Whenever: true, Method: del, Path: "/api/v1/sessions", Status: http.StatusNoContent, Summary: "End all my sessions but this one", Need: access.SignedIn, Kinds: person}, h.endOthers)

	httpapi.Handle(api, httpapi.Op{ID: "members-list", Tag: "members", Method: get, Path: "/api/v1/members", Summary: "List the agency's people", Need: readMembers}, h.members)
	httpapi.Handle(api, httpapi.Op{ID: "members-get", Tag: "members", Method: get, Path: "/api/v1/members/{id}", Summary: "One member", Need: readMembers}, h.member)
	httpapi.Handle(api, httpapi.Op{ID: "members-change", Tag: "members", Method: patch, Path: "/api/v1/members/{id}", Summary: "Give a member another role", Need: writeMembers}, h.changeMember)
	httpapi.Handle(api, httpapi.Op{ID: "members-deactivate", Tag: "members", Whenever: true, Method: post, Path: "/api/v1/members/{id}/deactivate", Summary: "End a member's access", Need: writeMembers}, h.deactivate)
	httpapi.Handle(api, httpapi.Op{ID: "members-reactivate", Tag: "members", Method: post, Path: "/api/v1/members/{id}/reactivate", Summary: "Let a member in again", Need: writeMembers}, h.reactivate)

	httpapi.Handle(api, httpapi.Op{ID: "invitations-list", Tag: "members", Method: get, Path: "/api/v1/invitations", Summary: "List invitations", Need: readInv}, h.invitations)
	httpapi.Handle(api, httpapi.Op{ID: "invitations-create", Tag: "members", Method: post, Path: "/api/v1/invitations", Status: http.StatusCreated, Summary: "Invite somebody by e-mail", Need: writeInv, Idempotent: true}, h.invite)
	httpapi.Handle(api, httpapi.Op{ID: "invitations-resend", Tag: "members", Method: post, Path: "/api/v1/invitations/{id}/resend", Summary: "Send an invitation again", Need: writeInv}, h.resend)
	httpapi.Handle(api, httpapi.Op{ID: "invitations-revoke", Tag: "members", Method: post, Path: "/api/v1/invitations/{id}/revoke", Summary: "Take an invitation back", Need: writeInv}, h.revoke)

	httpapi.Handle(api, httpapi.Op{ID: "api-tokens-list", Tag: "settings", Method: get, Path: "/api/v1/api-tokens", Summary: "List my API tokens", Need: tokens, Kinds: []access.Kind{access.Staff}}, h.tokens)
	httpapi.Handle(api, httpapi.Op{ID: "api-tokens-create", Tag: "settings", Holds: "api_tokens", Method: post, Path: "/api/v1/api-tokens", Status: http.StatusCreated, Summary: "Make an API token; its secret is shown this once", Need: tokens, Kinds: []access.Kind{access.Staff}, StepUp: true}, h.createToken)
	httpapi.Handle(api, httpapi.Op{ID: "api-tokens-revoke", Tag: "settings", Method: del, Path: "/api/v1/api-tokens/{id}", Status: http.StatusNoContent, Summary: "Revoke an API token", Need: tokens, Kinds: []access.Kind{access.Staff}}, h.revokeToken)
	httpapi.Handle(api, httpapi.Op{ID: "api-tokens-scopes", Tag: "settings", Method: get, Path: "/api/v1/api-token-scopes", Summary: "What a token can be limited to", Need: tokens, Kinds: []access.Kind{access.Staff}}, h.scopes)

	registerSupport(api, h)
	registerSignUp(api, h)
}

type handlers struct{ svc *identity.Service }

// MemberView is one of the agency's people.
type MemberView struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Email      string     `json:"email"`
	Kind       string     `json:"kind" enum:"staff,contact"`
	Role       string     `json:"role" enum:"owner,admin,finance,manager,member,contact"`
	State      string     `json:"state" enum:"active,deactivated"`
	ContactID  *string    `json:"contact_id"`
	ClientID   *string    `json:"client_id"`
	CreatedAt  time.Time  `json:"created_at"`
	LastSeenAt *time.Time `json:"last_seen_at"`

	MailFailedAt *time.Time `json:"mail_failed_at" doc:"Since when mails to the address fail; null: they arrive, or the reader does not manage members"`
	MailFailure  string     `json:"mail_failure" doc:"What the mail server answered last"`

	Version int `json:"version"`
}

// MemberList is a page of members by name.
type MemberList struct {
	Items []MemberView `json:"items"`
	Next  *string      `json:"next"`
}

// MemberChange gives a member another role.
type MemberChange struct {
	Role string `json:"role" enum:"owner,admin,finance,manager,member"`
}

// MeView is who the caller is here.
type MeView struct {
	Member      MemberView   `json:"member"`
	Kind        string       `json:"kind" enum:"staff,contact,token,support"`
	Role        string       `json:"role"`
	Permissions []string     `json:"permissions"`
	ReadOnly    bool         `json:"read_only"`
	Agency      MyAgency     `json:"agency"`
	Session     *SessionView `json:"session"`
	AuthURL     string       `json:"auth_url"`
	Support     *GrantView   `json:"support" doc:"The look into the agency that an operator takes"`
}

// MyAgency is where the caller is.
type MyAgency struct {
	ID   string `json:"id"`
	Slug string `json:"slug"`
	Name string `json:"name"`
}

// MeChange changes how the caller is shown.
type MeChange struct {
	Name string `json:"name" minLength:"1" maxLength:"120"`
}

// SessionView is one browser in which the caller is signed in.
type SessionView struct {
	ID         string    `json:"id"`
	Current    bool      `json:"current"`
	CreatedAt  time.Time `json:"created_at"`
	LastSeenAt time.Time `json:"last_seen_at"`
	ExpiresAt  time.Time `json:"expires_at"`
	IP         string    `json:"ip"`
	UserAgent  string    `json:"user_agent"`
	AAL        string    `json:"aal"`
}

// SessionList holds the caller's open sessions.
type SessionList struct {
	Items []SessionView `json:"items"`
	Next  *string       `json:"next"`
}

// InvitationView is an invitation without its secret.
type InvitationView struct {
	ID        string     `json:"id"`
	Email     string     `json:"email"`
	Name      string     `json:"name"`
	Kind      string     `json:"kind" enum:"staff,contact"`
	Role      string     `json:"role"`
	ContactID *string    `json:"contact_id"`
	ClientID  *string    `json:"client_id"`
	State     string     `json:"state" enum:"open,accepted,revoked,expired"`
	CreatedAt time.Time  `json:"created_at"`
	CreatedBy string     `json:"created_by"`
	ExpiresAt time.Time  `json:"expires_at"`
	SentAt    *time.Time `json:"sent_at"`
	FailedAt  *time.Time `json:"failed_at" doc:"When its newest letter was given up: it could not be delivered"`
	Failure   string     `json:"failure" doc:"What the mail server answered then"`
	Version   int        `json:"version"`
}

// InvitationList is a page of invitations, the newest first.
type InvitationList struct {
	Items []InvitationView `json:"items"`
	Next  *string          `json:"next"`
}

// NewInvitation invites somebody.
type NewInvitation struct {
	Email     string `json:"email" minLength:"3" maxLength:"254"`
	Name      string `json:"name,omitempty" maxLength:"120"`
	Role      string `json:"role" enum:"owner,admin,finance,manager,member,contact"`
	ContactID string `json:"contact_id,omitempty" maxLength:"36" format:"uuid" doc:"With the role contact: who is invited"`
	ClientID  string `json:"client_id,omitempty" maxLength:"36" format:"uuid" doc:"With the role contact: whose records they may see"`
}

// TokenView is an API token without its secret.
type TokenView struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Hint       string     `json:"hint" doc:"The last letters of the secret"`
	Scopes     []string   `json:"scopes"`
	MemberID   string     `json:"member_id"`
	CreatedAt  time.Time  `json:"created_at"`
	ExpiresAt  *time.Time `json:"expires_at"`
	LastUsedAt *time.Time `json:"last_used_at"`
}

// TokenMade is a new token with its secret, which is shown this once.
type TokenMade struct {
	TokenView
	Token string `json:"token"`
}

// TokenList is a page of tokens, the newest first.
type TokenList struct {
	Items []TokenView `json:"items"`
	Next  *string     `json:"next"`
}

// NewToken makes a token.
type NewToken struct {
	Name      string     `json:"name" minLength:"1" maxLength:"80"`
	Scopes    []string   `json:"scopes" minItems:"1" maxItems:"60" doc:"Permissions, module.*, *:read or *" example:"[\"*:read\"]"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
}

// ScopeList lists what a token can be limited to.
type ScopeList struct {
	Items []string `json:"items"`
	Next  *string  `json:"next"`
}

type (
	none struct{}
	idIn struct {
		ID string `path:"id" maxLength:"36" format:"uuid"`
	}
	out[T any] struct {
		ETag string `header:"ETag"`
		Body T
	}
)

func opt(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func memberView(ctx context.Context, m identity.Member) MemberView {
	v := MemberView{
		ID: m.ID, Name: m.Name, Email: m.Email, Kind: string(m.Kind), Role: m.Role, State: string(m.State),
		ContactID: opt(m.ContactID), ClientID: opt(m.ClientID), CreatedAt: m.CreatedAt, LastSeenAt: m.LastSeenAt, Version: m.Version,
	}
	if a := access.From(ctx); a.MemberID == m.ID || a.Perms.Has(writeMembers) {
		v.MailFailedAt, v.MailFailure = m.MailFailedAt, m.MailFailure
	}
	return v
}

func memberOut(ctx context.Context) func(identity.Member, error) (*out[MemberView], error) {
	return func(m identity.Member, err error) (*out[MemberView], error) {
		if err != nil {
			return nil, err
		}
		return &out[MemberView]{httpapi.ETag(m.Version), memberView(ctx, m)}, nil
	}
}

func sessionView(s identity.Session, current string) SessionView {
	ends := s.ExpiresAt
	if s.IdleEndsAt.Before(ends) {
		ends = s.IdleEndsAt
	}
	return SessionView{s.ID, s.ID == current, s.CreatedAt, s.LastSeenAt, ends, s.IP, s.UserAgent, s.AAL}
}

func (h handlers) me(ctx context.Context, _ *none) (*out[MeView], error) {
	me, err := h.svc.Me(ctx)
	if err != nil {
		return nil, err
	}
	v := MeView{
		Member: memberView(ctx, me.Member), Kind: string(me.Actor.Kind), Role: me.Actor.Role, Permissions: me.Actor.Perms.Names(), ReadOnly: me.Actor.ReadOnly,
		Agency: MyAgency{me.AgencyID, me.AgencySlug, me.AgencyName}, AuthURL: h.svc.Places().Auth(),
	}
	if me.Session != nil {
		s := sessionView(*me.Session, me.Session.ID)
		v.Session = &s
	}
	if me.Support != nil {
		g := grantView(*me.Support, h.svc.Now())
		v.Support = &g
	}
	return &out[MeView]{httpapi.ETag(me.Member.Version), v}, nil
}

func (h handlers) changeMe(ctx context.Context, in *struct{ Body MeChange }) (*out[MemberView], error) {
	return memberOut(ctx)(h.svc.Rename(ctx, access.From(ctx).MemberID, in.Body.Name))
}

func (h handlers) leave(ctx context.Context, _ *none) (*none, error) {
	return nil, h.svc.Leave(ctx)
}

func (h handlers) sessions(ctx context.Context, _ *none) (*out[SessionList], error) {
	all, err := h.svc.Sessions(ctx)
	if err != nil {
		return nil, err
	}
	list := SessionList{Items: make([]SessionView, len(all))}
	for i, s := range all {
		list.Items[i] = sessionView(s, access.From(ctx).SessionID)
	}
	return &out[SessionList]{Body: list}, nil
}

func (h handlers) endSession(ctx context.Context, in *idIn) (*none, error) {
	return nil, h.svc.EndSession(ctx, in.ID)
}

func (h handlers) endOthers(ctx context.Context, _ *none) (*none, error) {
	return nil, h.svc.EndOthers(ctx)
}

type membersIn struct {
	page.Query
	Search string `query:"q" maxLength:"100" doc:"Part of a name or e-mail"`
	Role   string `query:"role" enum:"owner,admin,finance,manager,member,contact"`
	State  string `query:"state" enum:"active,deactivated"`
	Kind   string `query:"kind" enum:"staff,contact,all" default:"staff"`
}

func (h handlers) members(ctx context.Context, in *membersIn) (*out[MemberList], error) {
	after, err := page.Decode(in.Cursor, 2)
	if err != nil {
		return nil, err
	}
	if in.Kind == "all" {
		in.Kind = ""
	}
	rows, err := h.svc.Members(ctx, identity.MemberFilter{
		Search: in.Search, Role: in.Role, State: identity.MemberState(in.State), Kind: access.Kind(in.Kind), Limit: in.Size(), After: after,
	})
	if err != nil {
		return nil, err
	}
	rows, next := page.Cut(rows, in.Size(), identity.Member.SortKey)
	list := MemberList{Items: make([]MemberView, len(rows)), Next: next}
	for i, m := range rows {
		list.Items[i] = memberView(ctx, m)
	}
	return &out[MemberList]{Body: list}, nil
}

func (h handlers) member(ctx context.Context, in *idIn) (*out[MemberView], error) {
	return memberOut(ctx)(h.svc.Member(ctx, in.ID))
}

type changeMemberIn struct {
	httpapi.IfMatch
	ID   string `path:"id" format:"uuid"`
	Body MemberChange
}

func (h handlers) changeMember(ctx context.Context, in *changeMemberIn) (*out[MemberView], error) {
	v, err := in.Version()
	if err != nil {
		return nil, err
	}
	return memberOut(ctx)(h.svc.ChangeRole(ctx, in.ID, v, in.Body.Role))
}

func (h handlers) deactivate(ctx context.Context, in *idIn) (*out[MemberView], error) {
	return memberOut(ctx)(h.svc.Deactivate(ctx, in.ID))
}

func (h handlers) reactivate(ctx context.Context, in *idIn) (*out[MemberView], error) {
	return memberOut(ctx)(h.svc.Reactivate(ctx, in.ID))
}

func invitationView(i identity.Invitation, now time.Time) InvitationView {
	return InvitationView{
		ID: i.ID, Email: i.Email, Name: i.Name, Kind: string(i.Kind), Role: i.Role, ContactID: opt(i.ContactID), ClientID: opt(i.ClientID),
		State: string(i.State(now)), CreatedAt: i.CreatedAt, CreatedBy: i.CreatedBy, ExpiresAt: i.ExpiresAt, SentAt: i.SentAt, FailedAt: i.FailedAt, Failure: i.Failure, Version: i.Version,
	}
}

func (h handlers) invitationOut(i identity.Invitation, err error) (*out[InvitationView], error) {
	if err != nil {
		return nil, err
	}
	return &out[InvitationView]{httpapi.ETag(i.Version), invitationView(i, h.svc.Now())}, nil
}

type invitationsIn struct {
	page.Query
	State string `query:"state" enum:"open,accepted,revoked,expired"`
}

func (h handlers) invitations(ctx context.Context, in *invitationsIn) (*out[InvitationList], error) {
	after, err := page.Decode(in.Cursor, 2)
	if err != nil {
		return nil, err
	}
	rows, err := h.svc.Invitations(ctx, identity.InvitationFilter{State: identity.InvitationState(in.State), Limit: in.Size(), After: after})
	if err != nil {
		return nil, err
	}
	rows, next := page.Cut(rows, in.Size(), func(i identity.Invitation) []string { return []string{i.CreatedAt.Format(time.RFC3339Nano), i.ID} })
	list := InvitationList{Items: make([]InvitationView, len(rows)), Next: next}
	for i, inv := range rows {
		list.Items[i] = invitationView(inv, h.svc.Now())
	}
	return &out[InvitationList]{Body: list}, nil
}

func (h handlers) invite(ctx context.Context, in *struct{ Body NewInvitation }) (*out[InvitationView], error) {
	b := in.Body
	return h.invitationOut(h.svc.Invite(ctx, identity.NewInvitation{Email: b.Email, Name: b.Name, Role: b.Role, ContactID: b.ContactID, ClientID: b.ClientID}))
}

func (h handlers) resend(ctx context.Context, in *idIn) (*out[InvitationView], error) {
	return h.invitationOut(h.svc.Resend(ctx, in.ID))
}

func (h handlers) revoke(ctx context.Context, in *idIn) (*out[InvitationView], error) {
	return h.invitationOut(h.svc.Revoke(ctx, in.ID))
}

func tokenView(t identity.Token) TokenView {
	return TokenView{t.ID, t.Name, t.Hint, t.Scopes, t.MemberID, t.CreatedAt, t.ExpiresAt, t.LastUsedAt}
}

func (h handlers) tokens(ctx context.Context, in *struct{ page.Query }) (*out[TokenList], error) {
	after, err := page.Decode(in.Cursor, 2)
	if err != nil {
		return nil, err
	}
	rows, err := h.svc.Tokens(ctx, in.Size(), after)
	if err != nil {
		return nil, err
	}
	rows, next := page.Cut(rows, in.Size(), func(t identity.Token) []string { return []string{t.CreatedAt.Format(time.RFC3339Nano), t.ID} })
	list := TokenList{Items: make([]TokenView, len(rows)), Next: next}
	for i, t := range rows {
		list.Items[i] = tokenView(t)
	}
	return &out[TokenList]{Body: list}, nil
}

func (h handlers) createToken(ctx context.Context, in *struct{ Body NewToken }) (*out[TokenMade], error) {
	t, plain, err := h.svc.TokenCreate(ctx, identity.NewToken{Name: in.Body.Name, Scopes: in.Body.Scopes, ExpiresAt: in.Body.ExpiresAt})
	if err != nil {
		return nil, err
	}
	return &out[TokenMade]{Body: TokenMade{tokenView(t), plain}}, nil
}

func (h handlers) revokeToken(ctx context.Context, in *idIn) (*none, error) {
	return nil, h.svc.TokenRevoke(ctx, in.ID)
}

func (h handlers) scopes(context.Context, *none) (*out[ScopeList], error) {
	return &out[ScopeList]{Body: ScopeList{Items: identity.Scopes()}}, nil
}
