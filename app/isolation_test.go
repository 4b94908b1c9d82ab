package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/identity"
)

// The sweep walks every operation of the API with every kind of caller. It
// knows no operation by name: a new one is covered by being registered.

const canary = "CANARY-OF-ANOTHER-AGENCY"

var staffRoles = []string{identity.Owner, identity.Admin, identity.Manager, identity.Employee, identity.Finance}

var pathParam = regexp.MustCompile(`\{[^}]+\}`)

// withKeys fills every parameter of a path with key.
func withKeys(path, key string) string { return pathParam.ReplaceAllString(path, key) }

// agencyOps are the operations on an agency's host, in the order of registration.
func agencyOps(t *testing.T) []httpapi.Op {
	t.Helper()
	var ops []httpapi.Op
	for _, op := range apptest.App(t).API.Ops() {
		if op.Host == httpapi.HostAgency {
			ops = append(ops, op)
		}
	}
	if len(ops) < 10 {
		t.Fatalf("only %d operations were found", len(ops))
	}
	return ops
}

func problemCode(r *apptest.Reply) string {
	var p apptest.Problem
	_ = json.Unmarshal(r.Body, &p)
	return p.Code
}

// TestSweepPermissions calls every operation as nobody and as every role, with
// a key that exists nowhere, and compares the answer with what the operation declares.
func TestSweepPermissions(t *testing.T) {
	t.Parallel()
	env, other := apptest.New(t), apptest.New(t)
	stranger := other.As(t, identity.Owner)
	gone := env.Fresh(t, identity.Admin, "*")
	if _, err := env.App.Services.Identity.Deactivate(env.Ctx, gone.Member.ID); err != nil {
		t.Fatal(err)
	}
	for _, op := range agencyOps(t) {
		t.Run(op.ID, func(t *testing.T) {
			t.Parallel()
			path := withKeys(op.Path, id.New())
			if op.Need == access.Public {
				return
			}
			call := func(c *apptest.Client) *apptest.Reply { return c.Do(t, op.Method, path, emptyBody(op)) }
			refused := func(who string, c *apptest.Client, status int) {
				if r := call(c); r.Status != status {
					t.Errorf("%s: %s; want %d", who, r, status)
				}
			}
			refused("nobody", env.Nobody(), http.StatusUnauthorized)
			bad := *env.Nobody()
			bad.Token = "bur_" + strings.Repeat("x", 43)
			refused("a made-up token", &bad, http.StatusUnauthorized)
			foreign := *stranger
			foreign.Host = env.Nobody().Host
			refused("another agency's owner", &foreign, http.StatusUnauthorized)
			refused("a deactivated person", gone, http.StatusUnauthorized)

			byToken := slices.Contains(op.Kinds, access.Token)
			for _, role := range staffRoles {
				c := env.Fresh(t, role, "*")
				r := call(c)
				may := byToken && (op.Need == access.SignedIn || identity.Permissions(role).Has(op.Need))
				guarded := r.Status == http.StatusForbidden && problemCode(r) == "access.forbidden"
				if may && (guarded || r.Status == http.StatusUnauthorized || r.Status >= 500) {
					t.Errorf("%s: %s; want to be let through", role, r)
				}
				if !may && !guarded {
					t.Errorf("%s: %s; want access.forbidden", role, r)
				}
			}
			contact := env.Contact(t, id.New(), id.New())
			r := call(contact)
			may := slices.Contains(op.Kinds, access.Contact) && (op.Need == access.SignedIn || identity.Permissions(identity.Client).Has(op.Need))
			guarded := r.Status == http.StatusForbidden && problemCode(r) == "access.forbidden"
			if may == guarded || r.Status == http.StatusUnauthorized || r.Status >= 500 {
				t.Errorf("a contact: %s; want to be let through: %v", r, may)
			}
			if op.Need != access.SignedIn && byToken {
				scope := "people.positions.read"
				if op.Need == access.Permission(scope) {
					scope = "audit.events.read"
				}
				narrow := env.Fresh(t, identity.Owner, scope)
				refused("a token with too little scope", narrow, http.StatusForbidden)
			}
		})
	}
}

func emptyBody(op httpapi.Op) any {
	if op.Method == http.MethodPost || op.Method == http.MethodPut || op.Method == http.MethodPatch {
		return "{}"
	}
	return nil
}

// TestSweepForeignKeys calls every operation as an owner with keys of another
// agency's records, in the path and in the body. The answer must be that for
// a key that exists nowhere, nothing of the other agency may show, and nothing
// in its schema may change.
func TestSweepForeignKeys(t *testing.T) {
	t.Parallel()
	mine, theirs := apptest.New(t), apptest.New(t)
	seed(t, theirs)
	quiet(t, theirs)
	keys := plant(t, theirs)
	before := checksum(t, theirs)
	doc := apptest.App(t).API.OpenAPI()
	for _, op := range agencyOps(t) {
		t.Run(op.ID, func(t *testing.T) {
			if !slices.Contains(op.Kinds, access.Token) {
				return
			}
			c := mine.Fresh(t, identity.Owner, "*")
			for _, key := range keysFor(op, keys) {
				unknown := id.New()
				got := c.With("If-Match", `"1"`).Do(t, op.Method, withKeys(op.Path, key), bodyOf(doc, op, key))
				want := c.With("If-Match", `"1"`).Do(t, op.Method, withKeys(op.Path, unknown), bodyOf(doc, op, unknown))
				if strings.Contains(string(got.Body), canary) {
					t.Fatalf("shows the other agency: %s", got)
				}
				if strings.Contains(op.Path, "{") && got.Status != want.Status {
					t.Errorf("a foreign key: %s\na key of nobody: %s", got, want)
				}
				if got.Status >= 500 {
					t.Errorf("fails: %s", got)
				}
			}
		})
	}
	if after := checksum(t, theirs); after != before {
		t.Errorf("the other agency was changed")
	}
}

// keysFor keeps the sweep small: operations without any key need one call.
func keysFor(op httpapi.Op, keys []string) []string {
	if strings.Contains(op.Path, "{") || op.Changes() {
		return keys
	}
	return keys[:1]
}

// bodyOf makes a body that passes validation as far as the schema tells, with
// key in every place that takes one.
func bodyOf(doc *huma.OpenAPI, op httpapi.Op, key string) any {
	item := doc.Paths[op.Path]
	if item == nil {
		return nil
	}
	o := map[string]*huma.Operation{http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodPatch: item.Patch}[op.Method]
	if o == nil || o.RequestBody == nil || o.RequestBody.Content["application/json"] == nil {
		return nil
	}
	return valueOf(doc, o.RequestBody.Content["application/json"].Schema, "", key, 0)
}

func valueOf(doc *huma.OpenAPI, s *huma.Schema, name, key string, depth int) any {
	if s == nil || depth > 6 {
		return nil
	}
	if s.Ref != "" {
		return valueOf(doc, doc.Components.Schemas.SchemaFromRef(s.Ref), name, key, depth+1)
	}
	if len(s.Enum) > 0 {
		return s.Enum[0]
	}
	switch s.Type {
	case huma.TypeObject:
		out := map[string]any{}
		for field, fs := range s.Properties {
			takesKey := fs.Format == "uuid" || strings.HasSuffix(field, "_id") || strings.HasSuffix(field, "_ids")
			if slices.Contains(s.Required, field) || takesKey {
				out[field] = valueOf(doc, fs, field, key, depth+1)
			}
		}
		return out
	case huma.TypeArray:
		return []any{valueOf(doc, s.Items, strings.TrimSuffix(name, "s"), key, depth+1)}
	case huma.TypeBoolean:
		return true
	case huma.TypeInteger, huma.TypeNumber:
		if s.Minimum != nil {
			return *s.Minimum
		}
		return 1
	}
	switch {
	case s.Format == "uuid" || strings.HasSuffix(name, "_id"):
		return key
	case s.Format == "date":
		return "2026-03-02"
	case s.Format == "date-time":
		return "2026-03-02T09:00:00Z"
	case strings.Contains(name, "mail"):
		return "someone@example.test"
	case strings.Contains(name, "currency"):
		return "EUR"
	}
	return "10"
}

// seed gives the other agency records through its own operations, as far as
// bodies can be made from the document alone.
func seed(t *testing.T, env *apptest.Env) {
	t.Helper()
	doc := apptest.App(t).API.OpenAPI()
	owner := env.As(t, identity.Owner)
	made := ""
	for range 3 { // what needs a record of the first round is made in the next
		for _, op := range agencyOps(t) {
			if op.Method != http.MethodPost || strings.Contains(op.Path, "{") || !slices.Contains(op.Kinds, access.Token) || strings.HasSuffix(op.Path, "/leave") {
				continue
			}
			r := owner.POST(t, op.Path, bodyOf(doc, op, made))
			var v struct{ ID string }
			if r.Status == http.StatusCreated && json.Unmarshal(r.Body, &v) == nil && id.Valid(v.ID) {
				made = v.ID
			}
		}
	}
}

// quiet waits until the agency's jobs are done: what they change is not the sweep's doing.
func quiet(t *testing.T, env *apptest.Env) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); <-tick.C {
		var open int
		must(t, env.App.Control.Pool().QueryRow(t.Context(), `SELECT count(*) FROM queue.river_job
			WHERE metadata ->> 'agency' = $1 AND state IN ('available', 'running', 'pending')`, env.Agency.ID).Scan(&open))
		if open == 0 {
			return
		}
	}
	t.Fatal("the agency's jobs do not end")
}

// plant writes the canary into every free text of the agency and returns keys of its records.
func plant(t *testing.T, env *apptest.Env) (keys []string) {
	t.Helper()
	inSchema(t, env, func(ctx context.Context, conn *pgx.Conn) {
		rows, err := conn.Query(ctx, `SELECT c.table_name, c.column_name FROM information_schema.columns c
			JOIN information_schema.tables b USING (table_schema, table_name)
			WHERE c.table_schema = current_schema() AND b.table_type = 'BASE TABLE' AND c.data_type = 'text' AND c.table_name NOT IN ('schema_migrations', 'api_tokens')`)
		must(t, err)
		type column struct{ Table, Column string }
		columns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[column])
		must(t, err)
		planted := 0
		for _, c := range columns {
			// Columns with a CHECK or a unique index refuse it; the others take it.
			tag, err := conn.Exec(ctx, fmt.Sprintf(`UPDATE %s SET %s = '%s'`, c.Table, c.Column, canary))
			if err == nil && tag.RowsAffected() > 0 {
				planted++
			}
		}
		if planted < 5 {
			t.Fatalf("the canary was planted in %d columns only", planted)
		}
		rows, err = conn.Query(ctx, `SELECT table_name FROM information_schema.columns WHERE table_schema = current_schema() AND column_name = 'id' AND data_type = 'uuid'`)
		must(t, err)
		tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
		must(t, err)
		for _, table := range tables {
			var key string
			if conn.QueryRow(ctx, `SELECT id::text FROM `+table+` LIMIT 1`).Scan(&key) == nil {
				keys = append(keys, key)
			}
		}
	})
	if len(keys) == 0 {
		t.Fatal("the other agency has no records")
	}
	return keys
}

// checksum is one value over every row of the agency.
func checksum(t *testing.T, env *apptest.Env) string {
	t.Helper()
	var sum strings.Builder
	inSchema(t, env, func(ctx context.Context, conn *pgx.Conn) {
		rows, err := conn.Query(ctx, `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY 1`)
		must(t, err)
		tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
		must(t, err)
		for _, table := range tables {
			var s string
			must(t, conn.QueryRow(ctx, `SELECT coalesce(md5(string_agg(x::text, '|' ORDER BY x::text)), '') FROM `+table+` x`).Scan(&s))
			fmt.Fprintf(&sum, "%s %s\n", table, s)
		}
	})
	return sum.String()
}

func inSchema(t *testing.T, env *apptest.Env, fn func(context.Context, *pgx.Conn)) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), testkit.Config(t).OwnerURL)
	must(t, err)
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	var schema string
	must(t, conn.QueryRow(t.Context(), `SELECT schema_name FROM platform.agencies WHERE id = $1`, env.Agency.ID).Scan(&schema))
	_, err = conn.Exec(t.Context(), `SET search_path TO `+schema)
	must(t, err)
	fn(t.Context(), conn)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
