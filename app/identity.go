package app

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/identity"
)

// sessionCookie is the name of an agency's session cookie; the prefix makes the
// browser keep it to this host, which needs https.
func (a *App) sessionCookie() string {
	if a.cfg.Origin.Scheme == "https" {
		return "__Host-bureau_session"
	}
	return "bureau_session"
}

// mountIdentity puts sessions and tokens in front of the operations.
func (a *App) mountIdentity(f *fiber.App) { f.Use(a.authenticate) }

// authenticate puts who calls into the request's context. Bad credentials are
// refused here; none at all are the guard's affair.
func (a *App) authenticate(c *fiber.Ctx) error {
	ctx := c.UserContext()
	r := httpapi.RequestFrom(ctx)
	if r.Host != httpapi.HostAgency {
		return c.Next()
	}
	bearer, _ := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Bearer ")
	actor, err := a.Services.Identity.Authenticate(ctx, identity.Credentials{
		Cookie: c.Cookies(a.sessionCookie()), Bearer: bearer, IP: r.IP, UserAgent: r.UserAgent,
	})
	if err != nil {
		return err
	}
	if actor.Known() {
		c.SetUserContext(access.With(ctx, actor))
	}
	return c.Next()
}
