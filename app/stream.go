package app

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/live"
	"github.com/bureauhq/bureau/tenancy"
)

var streamOp = httpapi.Op{Host: httpapi.HostAgency, Method: fiber.MethodGet, Need: access.SignedIn, Kinds: []access.Kind{access.Staff, access.Contact}}

// heartbeat keeps proxies from closing a quiet stream, and is how soon we see
// that the browser has gone.
const heartbeat = 15 * time.Second

// settle is after how long a new stream looks whether its member is in: who was
// shut out between the door and here, or came in by an answer that was kept for
// a moment, would otherwise listen on.
const settle = time.Second

// stream tells an open page what changed in its agency: server-sent events
// with names and keys only. The page asks for the rest with its own rights.
func stream(guard httpapi.Guard, hub *live.Hub, isIn func(ctx context.Context, memberID string) bool, stop <-chan struct{}) fiber.Handler {
	return func(c *fiber.Ctx) error {
		ctx := c.UserContext()
		if err := guard(ctx, streamOp); err != nil {
			return err
		}
		agency, err := tenancy.From(ctx)
		if err != nil {
			return err
		}
		actor := access.From(ctx)
		notes, shut, leave := hub.Subscribe(agency.ID, actor.MemberID)
		inside := tenancy.With(context.WithoutCancel(ctx), agency)
		c.Set(fiber.HeaderContentType, "text/event-stream")
		c.Set("X-Accel-Buffering", "no")
		c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
			defer leave()
			beat := time.NewTicker(heartbeat)
			defer beat.Stop()
			settled := time.NewTimer(settle)
			defer settled.Stop()
			_, _ = fmt.Fprint(w, "retry: 2000\n\n")
			for w.Flush() == nil {
				select {
				case <-stop:
					return
				case <-shut:
					// The page asks once more, and is shown the door.
					write(w, actor, live.Note{Event: "identity.member_deactivated.v1"})
					_ = w.Flush()
					return
				case <-settled.C:
					if !isIn(inside, actor.MemberID) {
						return
					}
				case <-beat.C:
					_, _ = fmt.Fprint(w, ": still here\n\n")
				case n := <-notes:
					write(w, actor, n)
				}
			}
		})
		return nil
	}
}

func write(w *bufio.Writer, actor access.Actor, n live.Note) {
	// A contact's page may learn that something changed, not what.
	if actor.Kind == access.Contact {
		n = live.Note{Event: "portal.changed.v1"}
	}
	if n.Member != "" && n.Member != actor.MemberID && !actor.Can("timesheets.entries.read_all") {
		return
	}
	n.Agency = ""
	raw, err := json.Marshal(n)
	if err == nil {
		_, _ = fmt.Fprintf(w, "data: %s\n\n", raw)
	}
}
