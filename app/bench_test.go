package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/tenancy"
)

const (
	benchRounds = 7
	benchCalls  = 60 // of each kind in a round
)

// BenchmarkRatios compares two calls through the whole stack with their floors, in one run on one machine: raw pgx sending
// exactly the statements that the call sends, and a handler that does nothing. The figures that count are the ratios.
func BenchmarkRatios(b *testing.B) {
	bench := newBench(b)
	empty := fiber.New(fiber.Config{DisableStartupMessage: true})
	empty.All("/*", func(c *fiber.Ctx) error { return c.SendStatus(http.StatusNoContent) })
	floor := listen(b, empty)
	days := 0
	for _, op := range []struct {
		name   string
		method string
		path   string
		body   func() any
	}{
		{"list of 50 tasks", http.MethodGet, "/api/v1/tasks?limit=50&project_id=" + bench.project, func() any { return nil }},
		{"create of a time entry", http.MethodPost, "/api/v1/time-entries", func() any {
			days++ // a day holds 24 hours
			return map[string]any{"project_id": bench.project, "task_id": bench.task, "day": bench.today.AddDays(-days % 300).String(), "seconds": 900}
		}},
	} {
		call := func() { bench.call(b, bench.at, op.method, op.path, op.body()) }
		for range 20 {
			call()
		}
		since := id.New()
		sent := bench.tape.record(call)
		replay := bench.replayer(b, sent, since)
		nothing := func() { bench.call(b, floor, op.method, op.path, op.body()) }
		var stack, raw, none []time.Duration
		for range benchRounds {
			// In turns, so that a slow moment of the machine meets all three.
			stack, raw, none = append(stack, median(call)), append(raw, median(replay)), append(none, median(nothing))
		}
		s, r, n := middle(stack), middle(raw), middle(none)
		fmt.Printf("%-24s stack %8s   raw pgx %8s (%d statements)   empty handler %8s   stack/pgx %.2f   stack/(pgx+handler) %.2f\n",
			op.name, s.Round(time.Microsecond), r.Round(time.Microsecond), len(sent), n.Round(time.Microsecond), float64(s)/float64(r), float64(s)/float64(r+n))
		unit := strings.ReplaceAll(op.name, " ", "-")
		b.ReportMetric(float64(s)/float64(r), unit+"/pgx")
		b.ReportMetric(float64(s)/float64(n), unit+"/handler")
	}
}

// median of the calls of one round.
func median(call func()) time.Duration {
	took := make([]time.Duration, benchCalls)
	for i := range took {
		began := time.Now()
		call()
		took[i] = time.Since(began)
	}
	return middle(took)
}

func middle(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// statement is one that the stack sent.
type statement struct {
	sql  string
	args []any
}

// tape is a tracer that keeps statements while it records.
type tape struct {
	mu   sync.Mutex
	on   bool
	sent []statement
}

func (t *tape) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.on {
		t.sent = append(t.sent, statement{d.SQL, slices.Clone(d.Args)})
	}
	return ctx
}

func (t *tape) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (t *tape) record(call func()) []statement {
	t.mu.Lock()
	t.on, t.sent = true, nil
	t.mu.Unlock()
	call()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.on = false
	return t.sent
}

type bench struct {
	tape          *tape
	owner         string // URL of the database
	at, host      string
	tokens        []string
	next          int
	project, task string
	today         day.Date
	client        *http.Client
}

func newBench(b *testing.B) *bench {
	b.Helper()
	out := &bench{tape: &tape{}, today: day.Of(time.Now(), time.UTC), client: &http.Client{}}
	cfg := testkit.NewPlatform(b).Config
	cfg.Tracer, out.owner = out.tape, cfg.OwnerURL
	files, err := file.NewFolder(file.FolderConfig{Dir: b.TempDir(), BaseURL: "http://" + apptest.Domain + "/files", Secret: []byte("a secret of this test process only")})
	if err != nil {
		b.Fatal(err)
	}
	a, err := app.New(b.Context(), app.Config{
		Origin: &url.URL{Scheme: "http", Host: apptest.Domain}, Dev: true, Tenancy: cfg, Mail: &apptest.Mails{}, Files: files,
		MailFrom: "bureau@example.test", Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})), Now: time.Now,
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(a.Close)
	out.at = listen(b, a.Fiber)
	agency, err := a.Provisioner.Claim(b.Context(), "b"+strings.ReplaceAll(id.New(), "-", ""), "Bench")
	if err != nil {
		b.Fatal(err)
	}
	out.host = agency.Slug + "." + apptest.Domain
	out.fill(b, a, tenancy.With(b.Context(), agency))
	return out
}

// fill makes a project with 50 tasks, and tokens enough to stay below the limit of each.
func (out *bench) fill(b *testing.B, a *app.App, ctx context.Context) { //nolint:revive // the test comes first, as everywhere
	b.Helper()
	ctx = access.With(ctx, access.Actor{Kind: access.System, Name: "Bench"})
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	client, _, err := a.Services.Clients.Create(ctx, clients.Draft{Name: "Acme"})
	must(err)
	var members []string
	for range 6 {
		m, err := a.Services.Identity.CreateMember(ctx, identity.NewMember{PersonID: id.New(), Name: "Bench", Email: id.New() + "@example.test", Role: identity.Owner})
		must(err)
		members = append(members, m.ID)
		_, token, err := a.Services.Identity.TokenCreateFor(ctx, m.ID, identity.NewToken{Name: "bench", Scopes: identity.Scopes()})
		must(err)
		out.tokens = append(out.tokens, token)
	}
	p, err := a.Services.Projects.Create(ctx, projects.NewProject{ClientID: client.ID, Name: "Bench", State: projects.Active, Billable: true, MemberIDs: members})
	must(err)
	out.project = p.ID
	for n := range 50 {
		t, err := a.Services.Projects.CreateTask(ctx, projects.NewTask{ProjectID: p.ID, Name: fmt.Sprintf("Task %d", n), AssigneeID: members[n%len(members)]})
		must(err)
		out.task = t.ID
	}
}

func listen(b *testing.B, f *fiber.App) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go func() { _ = f.Listener(l) }()
	b.Cleanup(func() { _ = f.Shutdown() })
	return l.Addr().String()
}

func (out *bench) call(b *testing.B, at, method, path string, body any) {
	b.Helper()
	var r io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			b.Fatal(err)
		}
		r = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(b.Context(), method, "http://"+at+path, r)
	if err != nil {
		b.Fatal(err)
	}
	out.next++
	req.Host = out.host
	req.Header.Set("Authorization", "Bearer "+out.tokens[out.next%len(out.tokens)])
	if r != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := out.client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	answer, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil || res.StatusCode >= 300 {
		b.Fatalf("%s %s: %d %s %v", method, path, res.StatusCode, answer, err)
	}
}

// replayer sends the statements again over one connection. What they would write is taken back, because the same rows
// cannot be written twice; the test cluster does not wait for its disk, so that costs what a commit costs.
func (out *bench) replayer(b *testing.B, sent []statement, since string) func() {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), out.owner)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close(context.Background()) })
	out.enter(b, conn)
	made := madeBy(sent, since)
	return func() {
		fresh := make(map[any]any, len(made))
		for _, old := range made {
			fresh[old] = id.New()
		}
		for _, s := range sent {
			sql, args := s.sql, slices.Clone(s.args)
			for i, a := range args {
				if text, ok := a.(string); ok && fresh[text] != nil {
					args[i] = fresh[text]
				}
			}
			if strings.EqualFold(sql, "commit") {
				sql = "rollback"
			}
			if len(args) == 0 {
				if _, err := conn.Exec(b.Context(), sql); err != nil {
					b.Fatalf("replay %s: %v", sql, err)
				}
				continue
			}
			rows, err := conn.Query(b.Context(), sql, args...)
			if err == nil {
				for rows.Next() {
					_ = rows.RawValues()
				}
				rows.Close()
				err = rows.Err()
			}
			if err != nil {
				b.Fatalf("replay %s: %v", sql, err)
			}
		}
	}
}

// enter makes conn a session of the agency, as the pool's are; the platform's tables follow, which calls read on another connection.
func (out *bench) enter(b *testing.B, conn *pgx.Conn) {
	b.Helper()
	slug, _, _ := strings.Cut(out.host, ".")
	var schema string
	err := conn.QueryRow(b.Context(), `SELECT schema_name FROM platform.agencies WHERE slug = $1`, slug).Scan(&schema)
	if err == nil {
		_, err = conn.Exec(b.Context(), `SET search_path = `+schema+`, platform`)
	}
	if err != nil {
		b.Fatal(err)
	}
}

// madeBy finds the ids that were made for the call: their first letters are the time, and they are younger than since.
// What steps aside for a row that is there steps aside for its own row of before, too.
func madeBy(sent []statement, since string) (ids []string) {
	const timePart = 13
	var kept []any
	for _, s := range sent {
		if strings.Contains(strings.ToLower(s.sql), "on conflict") {
			kept = append(kept, s.args...)
		}
	}
	for _, s := range sent {
		for _, a := range s.args {
			key, ok := a.(string)
			if ok && len(key) == len(since) && strings.Count(key, "-") == 4 && key[:timePart] >= since[:timePart] && !slices.Contains(kept, a) && !slices.Contains(ids, key) {
				ids = append(ids, key)
			}
		}
	}
	return ids
}
