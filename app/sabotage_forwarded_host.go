//go:build sabotage_forwarded_host

// The agency is taken from X-Forwarded-Host.

package app

import (
	"cmp"

	"github.com/gofiber/fiber/v2"

	"github.com/bureauhq/bureau/app/kit/httpapi"
)

func (h hosts) middleware(c *fiber.Ctx) error {
	ctx, kind, err := h.resolve(c.UserContext(), cmp.Or(c.Get(fiber.HeaderXForwardedHost), string(c.Request().Header.Host())))
	if err != nil {
		return err
	}
	r := httpapi.RequestFrom(ctx)
	r.Host = kind
	c.SetUserContext(httpapi.WithRequest(ctx, r))
	return c.Next()
}
