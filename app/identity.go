package app

import (
	"context"
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/modules/identity/identityhttp"
	"github.com/bureauhq/bureau/modules/identity/identitykratos"
	"github.com/bureauhq/bureau/tenancy"
)

// mountIdentity puts the check of cookies, sessions and tokens in front of the
// operations, and adds the routes of sign-in.
func (a *App) mountIdentity(f *fiber.App) {
	identityhttp.Mount(f, a.Services.Identity, identityhttp.Options{
		KratosPublicURL: a.cfg.KratosPublicURL, KratosCookie: a.cfg.KratosCookie, Log: a.log, Now: a.cfg.Now,
	})
	f.Get("/broker/logo/:slug", a.logoOf)
}

// logoOf shows an agency's logo on the sign-in host.
func (a *App) logoOf(c *fiber.Ctx) error {
	ctx := c.UserContext()
	if httpapi.RequestFrom(ctx).Host != httpapi.HostAuth {
		return c.Next()
	}
	host, err := a.Registry.BySlug(ctx, c.Params("slug"))
	if err == nil && host.State != tenancy.Active {
		err = tenancy.ErrNoAgency
	}
	if err != nil {
		return err
	}
	r, contentType, err := a.Services.Agency.Logo(tenancy.With(ctx, host))
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	raw, err := io.ReadAll(io.LimitReader(r, 4<<20))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, contentType)
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; sandbox")
	c.Set(fiber.HeaderCacheControl, "public, max-age=86400")
	return c.Send(raw)
}

// provider is where people sign in. A process that knows no Kratos (a command,
// the generator of the API's document) works on, but nobody can sign in at it.
func (a *App) provider() (identity.Provider, error) {
	if a.cfg.KratosPublicURL == "" {
		return noKratos{}, nil
	}
	return identitykratos.New(identitykratos.Config{
		PublicURL: a.cfg.KratosPublicURL, AdminURL: a.cfg.KratosAdminURL, AuthURL: a.places.Auth(),
		Cookie: a.cfg.KratosCookie, TokenKeys: a.cfg.TokenKeys, Now: a.cfg.Now,
	})
}

// limits are the figures of production. In development all browsers come from
// one address, so what is counted by address alone is counted more generously.
func (a *App) limits() identity.Limits {
	if a.cfg.Limits != nil {
		return *a.cfg.Limits
	}
	l := identity.DefaultLimits()
	if a.cfg.Dev {
		const several = 3
		l.SignUp, l.Registration = l.SignUp.Times(several), l.Registration.Times(several)
		l.SignInPerIP, l.Flow, l.Slug = l.SignInPerIP.Times(several), l.Flow.Times(several), l.Slug.Times(several)
	}
	return l
}

type noKratos struct{}

func (noKratos) WhoAmI(context.Context, string) (identity.SignIn, error) {
	return identity.SignIn{}, identity.ErrUnavailable
}

func (noKratos) Alive(context.Context, string) (bool, error) { return false, identity.ErrUnavailable }

func (noKratos) People(context.Context, string) ([]identity.Person, string, error) {
	return nil, "", identity.ErrUnavailable
}
func (noKratos) End(context.Context, string) error { return identity.ErrUnavailable }

// looks answers identity.Looks: how an agency's sign-in page looks.
type looks struct{ agency *agency.Service }

func (l looks) Look(ctx context.Context) (identity.Look, error) {
	s, err := l.agency.Settings(ctx)
	if err != nil {
		return identity.Look{}, err
	}
	out := identity.Look{Colour: s.BrandColour}
	if s.LogoKey != "" {
		out.LogoURL = "/api/v1/settings/logo?v=" + strconv.Itoa(s.Version)
	}
	return out, nil
}

// contacts answers identity.Contacts: whose contact it is.
type contacts struct{ s *Services }

func (c contacts) ClientOfTx(ctx context.Context, tx *tenancy.Tx, contactID string) (string, error) {
	got, err := c.s.Clients.ContactTx(ctx, tx, contactID)
	if errors.Is(err, clients.ErrContactNotFound) {
		return "", identity.ErrBadRole.At("body.contact_id", "is no contact of this agency")
	}
	if err == nil && got.ArchivedAt != nil {
		return "", identity.ErrBadRole.At("body.contact_id", "is archived: restore the contact first")
	}
	if err != nil {
		return "", err
	}
	firm, err := c.s.Clients.ClientTx(ctx, tx, got.ClientID)
	if err == nil && firm.Archived() {
		return "", identity.ErrBadRole.At("body.client_id", "is archived: restore the client first")
	}
	return got.ClientID, err
}

// isIn tells whether a member of ctx's agency may come in, this moment.
func (a *App) isIn(ctx context.Context, memberID string) bool {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	m, err := a.Services.Identity.Member(ctx, memberID)
	return err == nil && m.State == identity.Active // one who is in and was not found comes again
}
