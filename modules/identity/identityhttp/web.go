package identityhttp

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/identity"
)

// ErrCrossSite refuses a changing call that another site may have made this browser send.
var ErrCrossSite = fault.Define(fault.Forbidden, "identity.cross_site", "This call did not come from our own pages.")

// errNoAgency is tenancy's answer to a slug that is nobody's.
var errNoAgency = fault.Define(fault.NotFound, "tenancy.no_agency", "")

// CSRFHeader is what our pages send along with every changing call. Another
// site cannot: the header makes a browser ask us first, and we never agree.
const CSRFHeader = "X-Bureau-CSRF"

// Options are what the pages' routes need besides the service.
type Options struct {
	KratosPublicURL string
	KratosCookie    string
	Log             *slog.Logger
	Now             func() time.Time
}

// Mount puts the check of cookies and credentials in front of everything that
// follows, and adds the routes of sign-in. The host must be known already.
func Mount(f *fiber.App, svc *identity.Service, o Options) {
	w := &web{svc: svc, o: o, c: cookies{svc.Places().Secure()}}
	f.Use(w.sameOrigin, w.authenticate)
	agency, auth, ops := w.on(httpapi.HostAgency), w.on(httpapi.HostAuth), w.on(httpapi.HostOps)
	f.Get("/auth/start", ops(w.start))
	f.Get(access.StepUpPath, ops(w.stepUp))
	f.Get("/auth/callback", ops(w.operatorCallback))
	f.Post("/auth/sign-out", ops(w.operatorSignOut))
	f.Get("/auth/support", agency(w.support))
	f.Get("/auth/start", agency(w.start))
	f.Get(access.StepUpPath, agency(w.stepUp))
	f.Get("/auth/callback", agency(w.callback))
	f.Post("/auth/sign-out", agency(w.signOut))
	f.Get("/invite", agency(w.invite))
	f.Get("/broker/authorize", auth(w.authorize))
	f.Get("/broker/sign-up", auth(w.signUp))
	f.Post("/broker/sign-out", auth(w.endSignIn))
	f.Get("/broker", auth(w.onward))
	f.All("/.ory/*", auth(newProxy(svc, o).handle))
}

type web struct {
	svc *identity.Service
	o   Options
	c   cookies
}

// on limits a route to one kind of host; elsewhere the path is somebody else's.
func (w *web) on(host httpapi.Host) func(fiber.Handler) fiber.Handler {
	return func(h fiber.Handler) fiber.Handler {
		return func(c *fiber.Ctx) error {
			if httpapi.RequestFrom(c.UserContext()).Host != host {
				return c.Next()
			}
			c.Set(fiber.HeaderCacheControl, "no-store")
			return h(c)
		}
	}
}

var safe = []string{http.MethodGet, http.MethodHead, http.MethodOptions}

// sameOrigin refuses changing calls that a browser sends with our cookie from
// anywhere but the very same origin: another agency's host is another site to us.
func (w *web) sameOrigin(c *fiber.Ctx) error {
	ours := strings.HasPrefix(c.Path(), "/api/") || strings.HasPrefix(c.Path(), "/auth/") || strings.HasPrefix(c.Path(), "/broker")
	if slices.Contains(safe, c.Method()) || !ours {
		return c.Next()
	}
	var origin string
	switch httpapi.RequestFrom(c.UserContext()).Host {
	case httpapi.HostAgency:
		// A bearer token is never sent by a browser on its own account.
		if bearer(c) != "" || w.c.get(c, sessionCookie) == "" {
			return c.Next()
		}
		a, _ := identity.AgencyOf(c.UserContext())
		origin = w.svc.Places().Agency(a)
	case httpapi.HostAuth:
		origin = w.svc.Places().Auth()
	case httpapi.HostOps:
		origin = w.svc.Places().Ops()
	default:
		return c.Next()
	}
	if c.Get(fiber.HeaderOrigin) != origin || c.Get(CSRFHeader) == "" {
		return ErrCrossSite
	}
	return c.Next()
}

func bearer(c *fiber.Ctx) string {
	scheme, token, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// authenticate puts the actor into the context of calls that reach an agency,
// and the cookies into that of calls that reach the sign-in host.
func (w *web) authenticate(c *fiber.Ctx) error {
	ctx := c.UserContext()
	r := httpapi.RequestFrom(ctx)
	switch {
	case r.Host == httpapi.HostAuth:
		var out []http.Cookie
		c.SetUserContext(context.WithValue(ctx, jarKey{}, w.jar(c, &out)))
		err := c.Next()
		for _, k := range out {
			set(c, k)
		}
		return err
	case r.Host == httpapi.HostAgency && (strings.HasPrefix(c.Path(), "/api/") || c.Path() == "/auth/sign-out"):
		actor, err := w.svc.Authenticate(ctx, identity.Credentials{
			Cookie: w.c.get(c, sessionCookie), Bearer: bearer(c), IP: r.IP, UserAgent: r.UserAgent,
		})
		// A session that is over is nobody: the operation decides whether it needs somebody.
		if err != nil && !errors.Is(err, identity.ErrSignInRequired) {
			return err
		}
		if actor.Known() {
			c.SetUserContext(access.With(ctx, actor))
		}
	case r.Host == httpapi.HostOps:
		return w.authenticateOperator(c)
	}
	return c.Next()
}

func (w *web) jar(c *fiber.Ctx, out *[]http.Cookie) jar {
	return jar{c.Cookies(w.o.KratosCookie), w.c.get(c, signUpCookie), w.c.get(c, inviteCookie), w.c.get(c, agencyCookie), out}
}

// start begins a sign-in at this agency.
func (w *web) start(c *fiber.Ctx) error {
	if c.Query("again") == "1" {
		return w.begin(c, identity.Again)
	}
	return w.begin(c, identity.Plain)
}

// stepUp asks somebody who is signed in for the password or code, and gives them a fresh session.
func (w *web) stepUp(c *fiber.Ctx) error { return w.begin(c, identity.Fresh) }

func (w *web) begin(c *fiber.Ctx, how identity.How) error {
	start := w.svc.StartSignIn
	if httpapi.RequestFrom(c.UserContext()).Host == httpapi.HostOps {
		start = w.svc.StartOperatorSignIn
	}
	st, err := start(c.UserContext(), c.Query("return", "/"), how)
	if err != nil {
		return w.problem(c, err, "")
	}
	set(c, w.c.make(loginCookie, st.Verifier, 10*time.Minute))
	return c.Redirect(st.URL)
}

// callback takes in somebody who comes from the sign-in host.
func (w *web) callback(c *fiber.Ctx) error {
	ctx := c.UserContext()
	r := httpapi.RequestFrom(ctx)
	slug, _ := identity.AgencyOf(ctx)
	creds := identity.Credentials{Cookie: w.c.get(c, sessionCookie), IP: r.IP, UserAgent: r.UserAgent}
	got, err := w.svc.Redeem(ctx, c.Query("code"), c.Query("state"), w.c.get(c, loginCookie), creds)
	if err != nil {
		// The way back in the browser's history ends here with a code that was used: they are in already.
		if actor, in := w.svc.Authenticate(ctx, creds); errors.Is(err, identity.ErrBadSignIn) && in == nil && actor.Known() {
			return c.Redirect("/")
		}
		return w.problem(c, err, slug)
	}
	set(c, w.c.gone(loginCookie))
	set(c, w.c.make(sessionCookie, got.Token, got.Lasts))
	return c.Redirect(got.ReturnPath)
}

// signOut ends the session, and the sign-in behind it.
func (w *web) signOut(c *fiber.Ctx) error {
	set(c, w.c.gone(sessionCookie))
	if a := access.From(c.UserContext()); a.Known() && a.SessionID != "" {
		if err := w.svc.SignOut(c.UserContext()); err != nil && !errors.Is(err, identity.ErrSessionNotFound) {
			return err
		}
	}
	if access.From(c.UserContext()).Kind == access.Support {
		return c.JSON(Redirect{w.svc.Places().Ops()})
	}
	slug, _ := identity.AgencyOf(c.UserContext())
	return c.JSON(Redirect{w.svc.Places().Agency(slug) + "/auth/start"})
}

// invite hands a letter's link on to the sign-in host; browsers keep the part after #.
func (w *web) invite(c *fiber.Ctx) error { return c.Redirect(w.svc.Places().Auth() + "/invite") }

// authorize sends who may enter back to the agency, and everybody else to where they can change that.
func (w *web) authorize(c *fiber.Ctx) error {
	ctx, slug := c.UserContext(), c.Query("agency")
	to, err := w.svc.Authorize(ctx, slug, c.Query("state"), c.Query("challenge"), jarFrom(ctx).Kratos, c.Query("fresh") == "1")
	here := w.svc.Places().Auth() + "/broker/authorize?" + string(c.Request().URI().QueryString())
	if slug != "" && (err == nil || !errors.Is(err, errNoAgency)) {
		set(c, w.c.make(agencyCookie, cookieSafe(slug), time.Hour))
	}
	switch {
	case err == nil:
		return c.Redirect(to)
	case errors.Is(err, identity.ErrSignInRequired):
		return c.Redirect(flow("login", here))
	case errors.Is(err, identity.ErrSecondFactor):
		return c.Redirect(flow("login", here) + "&aal=aal2")
	case errors.Is(err, identity.ErrConfirmFactor):
		return c.Redirect(flow("login", here) + "&aal=aal2&refresh=true")
	case errors.Is(err, identity.ErrNoSecondFactor) && wantsPage(c):
		return c.Redirect(flow("settings", here))
	case errors.Is(err, identity.ErrRecoveryOnly), errors.Is(err, identity.ErrConfirm):
		return c.Redirect(flow("login", here) + "&refresh=true")
	case errors.Is(err, identity.ErrNotVerified) && wantsPage(c):
		return c.Redirect(flow("verification", here))
	case errors.Is(err, identity.ErrBadSignIn) && c.Query("again") == "":
		// It took longer than the ten minutes: the person is known by now, so a fresh start needs no hand.
		host := w.svc.Places().Ops()
		if slug != "" {
			host = w.svc.Places().Agency(slug)
		}
		return c.Redirect(host + "/auth/start?again=1")
	}
	return w.problem(c, err, slug)
}

func cookieSafe(slug string) string {
	if len(slug) > 63 || strings.ContainsFunc(slug, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' }) {
		return ""
	}
	return slug
}

func flow(kind, returnTo string) string {
	return "/.ory/self-service/" + kind + "/browser?return_to=" + url.QueryEscape(returnTo)
}

// signUp takes a sign-up over from the site and lets the founder register.
func (w *web) signUp(c *fiber.Ctx) error {
	token := c.Query("token")
	if _, err := w.svc.SignUpOf(c.UserContext(), token); err != nil {
		return w.problem(c, err, "")
	}
	set(c, w.c.make(signUpCookie, token, time.Hour))
	set(c, w.c.gone(inviteCookie))
	set(c, w.c.gone(agencyCookie))
	return c.Redirect(flow("registration", w.svc.Places().Auth()+"/broker/"))
}

// onward is where Kratos sends everybody: it knows what they came for.
func (w *web) onward(c *fiber.Ctx) error {
	j := jarFrom(c.UserContext())
	if _, err := w.svc.SignUpOf(c.UserContext(), j.SignUp); err == nil {
		return c.Redirect("/sign-up/finish")
	}
	switch {
	case j.Invite != "":
		return c.Redirect("/invite")
	case cookieSafe(j.Agency) != "":
		return c.Redirect(w.svc.Places().Agency(cookieSafe(j.Agency)) + "/auth/start")
	}
	return c.Redirect("/agencies")
}

// endSignIn lets somebody use another account.
func (w *web) endSignIn(c *fiber.Ctx) error {
	if err := w.svc.EndSignIn(c.UserContext(), jarFrom(c.UserContext()).Kratos); err != nil {
		return err
	}
	to := "/agencies"
	if jarFrom(c.UserContext()).Invite != "" {
		to = "/invite"
	}
	return c.JSON(Redirect{to})
}

func wantsPage(c *fiber.Ctx) bool {
	return strings.Contains(c.Get(fiber.HeaderAccept), "text/html")
}

// problem shows browsers a page that says what is wrong, and answers everybody else as the API does.
func (w *web) problem(c *fiber.Ctx, err error, slug string) error {
	f := fault.From(err)
	if f.Kind == fault.Internal || !wantsPage(c) {
		return err
	}
	q := url.Values{"code": {f.Code}}
	if cookieSafe(slug) != "" {
		q.Set("agency", slug)
	}
	return c.Redirect(w.svc.Places().Auth() + "/problem?" + q.Encode())
}
