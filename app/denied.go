package app

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/ratelimit"
	"github.com/bureauhq/bureau/tenancy"
)

// denials writes down who was refused what (ASVS 16.3.2). It is a record of
// the log and no row of the agency's audit: a refused call writes nothing, and
// whoever guesses keys must not be able to fill a table. For the same reason
// one caller gets so many records a minute and no more.
type denials struct {
	log   *slog.Logger
	limit *ratelimit.Limiter
}

// denialLog is what one caller can put into the log.
var denialLog = ratelimit.Rule{Count: 120, In: time.Minute}

func newDenials(log *slog.Logger, rule ratelimit.Rule, now func() time.Time) denials {
	if rule.Count == 0 {
		rule = denialLog
	}
	return denials{log, ratelimit.New(rule, now)}
}

// note writes the record of a call that was answered with status, if it was a
// refusal: forbidden, or a record that is not there for somebody signed in.
func (d denials) note(c *fiber.Ctx, status int) {
	ctx := c.UserContext()
	a, r := access.From(ctx), httpapi.RequestFrom(ctx)
	refused := status == http.StatusForbidden || status == http.StatusNotFound && a.Known()
	if !refused || !strings.HasPrefix(c.Path(), "/api/") {
		return
	}
	agency, _ := tenancy.From(ctx)
	who := r.IP
	if a.Known() {
		who = a.MemberID + a.OnBehalfOf
	}
	if _, ok := d.limit.Allow(agency.ID + "/" + who); !ok {
		return
	}
	d.log.InfoContext(ctx, "access denied", "event", "authz_denied", "status", status, "method", c.Method(), "route", c.Route().Path,
		"agency", agency.ID, "actor", a.MemberID, "kind", string(a.Kind), "role", a.Role, "on_behalf_of", a.OnBehalfOf, "ip", r.IP, "request_id", r.ID)
}
