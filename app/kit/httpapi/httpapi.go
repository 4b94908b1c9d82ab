// Package httpapi declares HTTP operations: one call per operation, typed in
// and out, with what its caller needs written beside the path.
package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/recover"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/fault"
)

// Op describes one operation. Need has no default on purpose.
type Op struct {
	ID      string // "clients-create"
	Tag     string // the front end's file of generated calls
	Method  string
	Path    string
	Status  int // of success; 200 when zero
	Summary string
	Need    access.Permission
	Kinds   []access.Kind // who may call; staff and API tokens when empty
	Host    Host          // the agency's host when empty
	// Idempotent operations accept an Idempotency-Key and answer a repeated
	// call with the first answer. For calls that create.
	Idempotent bool
	// Whenever operations may be called whatever the agency owes: its bill, its
	// data's export, one's own session.
	Whenever bool
	// Intake operations bring the agency money: they may be called while its records cannot be changed for what it owes.
	Intake bool
	// Holds names the function of a plan that the operation belongs to; empty for what every plan holds.
	Holds string
	// StepUp operations want a person to have signed in within the last minutes.
	StepUp bool
	// Exports operations hand out records in bulk: nobody's support may call them.
	Exports bool
	// MaxBody is the largest body in bytes; 1 MiB when zero.
	MaxBody int64
}

// Guard decides whether the caller of ctx may run op.
type Guard func(ctx context.Context, op Op) error

// API is where operations are registered.
type API struct {
	huma.API
	guard    Guard
	replayer Replayer
	log      *slog.Logger
	ops      []Op
}

// Options are what an API needs besides its Fiber app.
type Options struct {
	Title, Version string
	Guard          Guard
	Replayer       Replayer // nil where nothing is idempotent
	Log            *slog.Logger
}

// Ops lists what was registered, for the tests that walk it.
func (a *API) Ops() []Op { return slices.Clone(a.ops) }

// NewFiber returns the app that every server and every test uses.
func NewFiber(log *slog.Logger, cfg fiber.Config) *fiber.App {
	cfg.DisableStartupMessage = true
	cfg.Immutable = true // strings from a request must outlive it
	cfg.ErrorHandler = func(c *fiber.Ctx, err error) error {
		p := problemOf(err)
		if p.Status >= 500 {
			log.ErrorContext(c.UserContext(), "unhandled", "err", err, "path", c.Path())
		}
		return SendProblem(c, p)
	}
	app := fiber.New(cfg)
	app.Use(recover.New())
	return app
}

func problemOf(err error) *Problem {
	var fe *fiber.Error
	if errors.As(err, &fe) {
		return newProblem(fe.Code, codeOf(fe.Code), http.StatusText(fe.Code))
	}
	return ProblemFrom(err)
}

// SendProblem answers a plain Fiber request with err as a problem.
func SendProblem(c *fiber.Ctx, err error) error {
	p := *problemOf(err)
	p.RequestID = RequestFrom(c.UserContext()).ID
	for k, v := range p.GetHeaders() {
		c.Set(k, v[0])
	}
	return c.Status(p.Status).JSON(p, p.ContentType(""))
}

// NewAPI mounts a typed API on a Fiber app. The guard is asked before every
// operation, and before its body is read.
func NewAPI(app *fiber.App, o Options) *API {
	cfg := huma.DefaultConfig(o.Title, o.Version)
	cfg.CreateHooks = nil
	cfg.DocsPath, cfg.SchemasPath, cfg.OpenAPIPath = "", "", ""
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token":   {Type: "http", Scheme: "bearer", Description: "An API token of a member, with scopes"},
		"session": {Type: "apiKey", In: "cookie", Name: "bureau_session", Description: "The session of a signed-in person on this agency's host"},
	}
	return &API{API: humafiber.NewV2(app, cfg), guard: o.Guard, replayer: o.Replayer, log: o.Log}
}

func (a *API) guardOf(op Op) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		if err := a.guard(hc.Context(), op); err != nil {
			a.writeProblem(hc, ProblemFrom(err))
			return
		}
		next(hc)
	}
}

func (a *API) writeProblem(hc huma.Context, p *Problem) {
	q := *p
	q.RequestID = RequestFrom(hc.Context()).ID
	for k, v := range q.GetHeaders() {
		hc.SetHeader(k, v[0])
	}
	hc.SetHeader("Content-Type", q.ContentType(""))
	hc.SetStatus(q.Status)
	_ = json.NewEncoder(hc.BodyWriter()).Encode(q) // the caller has gone; nobody is left to tell
}

var safeMethods = []string{http.MethodGet, http.MethodHead}

// Changes tells whether op may change anything.
func (o Op) Changes() bool { return !slices.Contains(safeMethods, o.Method) }

// Handle registers fn as op. It panics on a programmer's mistake, at start-up.
func Handle[I, O any](api *API, op Op, fn func(context.Context, *I) (*O, error)) {
	op = api.checked(op)
	h := huma.Operation{
		OperationID: op.ID, Method: op.Method, Path: op.Path, Summary: op.Summary, DefaultStatus: op.Status,
		Tags: []string{op.Tag}, MaxBodyBytes: op.MaxBody, Extensions: map[string]any{"x-authz": authz(op)},
		Middlewares: huma.Middlewares{api.guardOf(op)},
		Errors:      []int{http.StatusUnprocessableEntity},
	}
	if op.Need != access.Public {
		h.Security = []map[string][]string{{"session": {}}, {"token": {}}}
		h.Errors = append(h.Errors, http.StatusUnauthorized, http.StatusForbidden)
	}
	if op.Idempotent {
		h.Parameters = append(h.Parameters, &huma.Param{
			Name: idempotencyHeader, In: "header", Schema: &huma.Schema{Type: "string"},
			Description: "Makes a repeated call answer with the first answer instead of doing it again",
		})
		h.Middlewares = append(h.Middlewares, keepKey)
	}
	huma.Register(api.API, h, func(ctx context.Context, in *I) (*O, error) {
		out, err := once(ctx, api, op, in, fn)
		if err == nil {
			return out, nil
		}
		if fault.From(err).Kind == fault.Internal {
			api.log.ErrorContext(ctx, "operation failed", "op", op.ID, "err", err, "request_id", RequestFrom(ctx).ID)
		}
		p := *ProblemFrom(err)
		p.RequestID = RequestFrom(ctx).ID
		return nil, &p
	})
}

func (a *API) checked(op Op) Op {
	if op.ID == "" || op.Need == "" || op.Tag == "" || !strings.HasPrefix(op.Path, "/api/v1/") {
		panic("httpapi: " + op.Method + " " + op.Path + " needs an ID, a Tag, a Need and a path under /api/v1/")
	}
	if op.Host == "" {
		op.Host = HostAgency
	}
	if len(op.Kinds) == 0 && op.Need != access.Public {
		op.Kinds = []access.Kind{access.Staff, access.Token}
	}
	a.ops = append(a.ops, op)
	return op
}

// authz is what the document says about who may call: the sweep and the
// front end read it there.
func authz(op Op) map[string]any {
	kinds := make([]string, len(op.Kinds))
	for i, k := range op.Kinds {
		kinds[i] = string(k)
	}
	return map[string]any{
		"permission": string(op.Need), "kinds": kinds, "host": string(op.Host), "changes": op.Changes(),
		"whenever": op.Whenever, "holds": op.Holds, "step_up": op.StepUp,
	}
}
