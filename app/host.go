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
	case label == "ops":
		return ctx, httpapi.HostOps, nil
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

// withoutPort cuts a port off. What stands there and is no number is no port,
// and belongs to a name that is not ours.
func withoutPort(host string) string {
	name, port, ok := strings.Cut(host, ":")
	if ok && strings.Trim(port, "0123456789") == "" {
		return name
	}
	return host
}

// oneHost tells whether a request names one host only. Its first line may hold
// a whole address (RFC 9112, 3.2.2); where that and the Host header differ, a
// proxy before us may have taken the one for true and we the other.
func oneHost(target, header string) bool {
	if strings.HasPrefix(target, "/") {
		return true
	}
	u, err := url.Parse(target)
	return err == nil && u.User == nil && strings.EqualFold(u.Host, header)
}

// middleware puts the agency of the host into the request's context. Host
// names that are nobody's get a plain 404 without a hint.
func (h hosts) middleware(c *fiber.Ctx) error {
	if !oneHost(string(c.Request().Header.RequestURI()), string(c.Request().Header.Host())) {
		return c.Status(fiber.StatusBadRequest).SendString("Bad request\n")
	}
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
