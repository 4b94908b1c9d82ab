package identityhttp

import (
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/identity"
)

func (w *web) operatorCredentials(c *fiber.Ctx) identity.Credentials {
	r := httpapi.RequestFrom(c.UserContext())
	return identity.Credentials{Cookie: w.c.get(c, sessionCookie), IP: r.IP, UserAgent: r.UserAgent}
}

// authenticateOperator puts the operator into the context of calls that reach their host.
func (w *web) authenticateOperator(c *fiber.Ctx) error {
	if !strings.HasPrefix(c.Path(), "/api/") && c.Path() != "/auth/sign-out" {
		return c.Next()
	}
	ctx := c.UserContext()
	actor, err := w.svc.AuthenticateOperator(ctx, w.operatorCredentials(c))
	if err != nil && !errors.Is(err, identity.ErrSignInRequired) {
		return err
	}
	if actor.Known() {
		c.SetUserContext(access.With(ctx, actor))
	}
	return c.Next()
}

// operatorCallback takes in an operator who comes from the sign-in host.
func (w *web) operatorCallback(c *fiber.Ctx) error {
	ctx := c.UserContext()
	creds := w.operatorCredentials(c)
	got, err := w.svc.RedeemOperator(ctx, c.Query("code"), c.Query("state"), w.c.get(c, loginCookie), creds)
	if err != nil {
		if actor, in := w.svc.AuthenticateOperator(ctx, creds); errors.Is(err, identity.ErrBadSignIn) && in == nil && actor.Known() {
			return c.Redirect("/")
		}
		return w.problem(c, err, "")
	}
	set(c, w.c.gone(loginCookie))
	set(c, w.c.make(sessionCookie, got.Token, got.Lasts))
	return c.Redirect(got.ReturnPath)
}

// operatorSignOut ends the session, and the sign-in behind it.
func (w *web) operatorSignOut(c *fiber.Ctx) error {
	set(c, w.c.gone(sessionCookie))
	if access.From(c.UserContext()).Known() {
		if err := w.svc.SignOutOperator(c.UserContext()); err != nil {
			return err
		}
	}
	return c.JSON(Redirect{w.svc.Places().Ops() + "/auth/start"})
}

// support begins an operator's look into this agency.
func (w *web) support(c *fiber.Ctx) error {
	st, err := w.svc.StartSupport(c.UserContext(), c.Query("grant"))
	if err != nil {
		return w.problem(c, err, "")
	}
	set(c, w.c.make(loginCookie, st.Verifier, 10*time.Minute))
	return c.Redirect(st.URL)
}
