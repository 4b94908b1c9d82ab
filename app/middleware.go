package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/tenancy"
)

// deadline is the longest a request may take; work that needs longer is a job.
const deadline = 20 * time.Second

// secondTry marks a call that is made again.
const secondTry = "second_try"

// requests gives each call its name, its deadline and its line in the log. A
// call that has met an agency at the moment of its move is made once more.
func requests(log *slog.Logger, now func() time.Time, seen *meter, denied denials) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if c.Locals(secondTry) != nil {
			return c.Next()
		}
		start := now()
		ctx, cancel := context.WithTimeout(c.UserContext(), deadline)
		defer cancel()
		r := httpapi.Request{ID: id.New(), IP: c.IP(), UserAgent: c.Get(fiber.HeaderUserAgent)}
		ctx, try := tenancy.Watch(httpapi.WithRequest(ctx, r))
		c.SetUserContext(ctx)
		c.Set("X-Request-Id", r.ID)
		err := c.Next()
		if try.Again() {
			c.Locals(secondTry, true)
			c.Response().Reset()
			c.SetUserContext(ctx)
			c.Set("X-Request-Id", r.ID)
			err = c.RestartRouting()
		}
		if err != nil {
			// Answer here, so that the log and the meter see the status.
			if err := httpapi.SendProblem(c, err); err != nil {
				return err
			}
			if f := fault.From(err); f.Kind == fault.Internal && !isFiber(err) {
				log.ErrorContext(ctx, "request failed", "err", err, "request_id", r.ID)
			}
		}
		took, status := now().Sub(start), c.Response().StatusCode()
		seen.request(c.Method(), c.Route().Path, status, took)
		denied.note(c, status)
		level := slog.LevelDebug
		if status >= http.StatusInternalServerError {
			level = slog.LevelWarn
		}
		agency, _ := tenancy.From(c.UserContext())
		log.Log(ctx, level, "request", "method", c.Method(), "route", c.Route().Path, "status", status, "ms", took.Milliseconds(), "agency", agency.ID, "request_id", r.ID)
		return nil
	}
}

func isFiber(err error) bool {
	var fe *fiber.Error
	return errors.As(err, &fe)
}

// headers every answer carries; pages add their own content policy.
func headers(dev bool) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Set("X-Content-Type-Options", "nosniff")
		c.Set("X-Frame-Options", "DENY")
		c.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		c.Set("Cross-Origin-Opener-Policy", "same-origin")
		c.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
		if !dev {
			c.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		if strings.HasPrefix(c.Path(), "/api/") {
			c.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
			c.Set("Cache-Control", "no-store")
		}
		return c.Next()
	}
}

var (
	errForbidden = fault.Define(fault.Forbidden, "access.forbidden", "You are not allowed to do this. An owner or admin of your agency can grant it.")
	errReadOnly  = fault.Define(fault.Forbidden, "access.read_only", "This is a preview; nothing can be changed in it.")
	errSupport   = fault.Define(fault.Forbidden, "access.support", "Support looks only: nothing can be changed, exported or unlocked.")
	errNoRoute   = fault.Define(fault.NotFound, "request.no_such_route", "There is nothing here.")
)

// guard decides whether the caller of ctx may run op: the one place for it.
func (a *App) guard(ctx context.Context, op httpapi.Op) error {
	if err := mayCall(ctx, op); err != nil || op.Need == access.Public {
		return err
	}
	if op.Host == httpapi.HostAgency {
		if err := a.paidFor(ctx, op); err != nil {
			return err
		}
	}
	if !op.StepUp {
		return nil
	}
	return access.StepUp(ctx, a.cfg.Now())
}

func mayCall(ctx context.Context, op httpapi.Op) error {
	if op.Host != httpapi.RequestFrom(ctx).Host {
		return errNoRoute
	}
	if op.Need == access.Public {
		return nil
	}
	a := access.From(ctx)
	switch {
	case !a.Known():
		return identity.ErrSignInRequired
	case a.Kind == access.Support:
		return maySupport(a, op)
	case !slices.Contains(op.Kinds, a.Kind), !a.Can(op.Need):
		return errForbidden
	case a.ReadOnly && op.Changes():
		return errReadOnly
	}
	return nil
}

// maySupport says what an operator inside an agency may call: what its staff
// may look at. Their kind comes before their permissions, so that nothing a
// permission could be given for opens more.
func maySupport(a access.Actor, op httpapi.Op) error {
	switch {
	case op.Changes(), op.StepUp, op.Exports:
		return errSupport
	case !slices.Contains(op.Kinds, access.Staff), !a.Can(op.Need):
		return errForbidden
	}
	return nil
}
