package identityhttp

import (
	"context"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"
)

// Our cookies. Outside of development each name begins with __Host-, so that
// no other host can set it and it can reach no other host.
const (
	sessionCookie      = "bureau_session"      // on an agency's host: who is signed in
	loginCookie        = "bureau_login"        // on an agency's host: this browser began the sign-in
	signUpCookie       = "bureau_sign_up"      // on the sign-in host: the sign-up under way
	inviteCookie       = "bureau_invite"       // on the sign-in host: the invitation in hand
	registrationCookie = "bureau_registration" // on the sign-in host: the account that waits for its code
	agencyCookie       = "bureau_agency"       // on the sign-in host: which agency one is about to enter
)

type cookies struct{ secure bool }

func (h handlers) cookies() cookies { return cookies{h.svc.Places().Secure()} }

func (c cookies) name(n string) string {
	if c.secure {
		return "__Host-" + n
	}
	return n
}

func (c cookies) make(name, value string, lasts time.Duration) http.Cookie {
	return http.Cookie{ //nolint:gosec // Secure wherever the site speaks https
		Name: c.name(name), Value: value, Path: "/", MaxAge: int(lasts.Seconds()), Secure: c.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

func (c cookies) gone(name string) http.Cookie {
	k := c.make(name, "", 0) //nolint:gosec // as above
	k.MaxAge = -1
	return k
}

func (c cookies) get(f *fiber.Ctx, name string) string { return f.Cookies(c.name(name)) }

func set(f *fiber.Ctx, k http.Cookie) { f.Response().Header.Add(fiber.HeaderSetCookie, k.String()) }

// jar holds the cookies that the operations of the sign-in host work with.
type jar struct {
	Kratos, SignUp, Invite, Agency string
	out                            *[]http.Cookie
}

// set sends a cookie along with the answer. It goes by the request's own
// middleware, since an answer can hold this header more than once.
func (j jar) set(k http.Cookie) {
	if j.out != nil {
		*j.out = append(*j.out, k)
	}
}

type jarKey struct{}

func jarFrom(ctx context.Context) jar {
	j, _ := ctx.Value(jarKey{}).(jar)
	return j
}
