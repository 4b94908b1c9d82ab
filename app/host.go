package app

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/tenancy"
)

// hosts tells whose host a request came to. Only the Host header counts:
// forwarded hosts can be forged by anyone who reaches us.
type hosts struct {
	domain   string // without port
	registry interface {
		BySlug(context.Context, string) (tenancy.Agency, error)
	}
}

func newHosts(origin *url.URL, r *tenancy.Registry) hosts {
	return hosts{domain: strings.ToLower(origin.Hostname()), registry: r}
}

var errNoHost = errors.New("app: this host is not one of ours")

// resolve returns the kind of host and, for an agency's, ctx with that agency.
func (h hosts) resolve(ctx context.Context, header string) (context.Context, httpapi.Host, error) {
	name := strings.TrimSuffix(strings.ToLower(withoutPort(header)), ".")
	if name == h.domain {
		return ctx, httpapi.HostSite, nil
	}
	label, ours := strings.CutSuffix(name, "."+h.domain)
	switch {
	case !ours || label == "" || strings.Contains(label, "."):
		return ctx, "", errNoHost
	case label == "auth":
		return ctx, httpapi.HostAuth, nil
	}
	a, err := h.registry.BySlug(ctx, label)
	if err != nil {
		return ctx, "", err
	}
	switch a.State {
	case tenancy.Active:
		return tenancy.With(ctx, a), httpapi.HostAgency, nil
	case tenancy.Suspended:
		return ctx, "", tenancy.ErrSuspended
	}
	return ctx, "", tenancy.ErrNoAgency
}

func withoutPort(host string) string {
	if i := strings.LastIndexByte(host, ':'); i > 0 && !strings.HasSuffix(host, "]") {
		return host[:i]
	}
	return host
}

// middleware puts the agency of the host into the request's context. Host
// names that are nobody's get a plain 404 without a hint.
func (h hosts) middleware(c *fiber.Ctx) error {
	ctx, kind, err := h.resolve(c.UserContext(), string(c.Request().Header.Host()))
	switch {
	case errors.Is(err, errNoHost):
		return c.Status(fiber.StatusNotFound).SendString("Not found\n")
	case err != nil:
		return err
	}
	r := httpapi.RequestFrom(ctx)
	r.Host = kind
	c.SetUserContext(httpapi.WithRequest(ctx, r))
	return c.Next()
}
