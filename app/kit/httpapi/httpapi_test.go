package httpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/money"
)

var errTaken = fault.Define(fault.Conflict, "things.name_taken", "This name is taken.")

type thingIn struct {
	httpapi.IfMatch
	Marker string `query:"marker" maxLength:"20"`
	Body   struct {
		Name   string        `json:"name" minLength:"1" maxLength:"20"`
		Secret string        `json:"secret,omitempty" maxLength:"5"`
		Prices []money.Money `json:"prices,omitempty" maxItems:"9"`
	}
}

type thingOut struct {
	ETag string `header:"ETag"`
	Body struct {
		Name string `json:"name"`
	}
}

// memory keeps answers as the real one does, without a database.
type memory struct{ digests, answers map[string]string }

func (m memory) Begin(ctx context.Context, op, key, digest string) (context.Context, json.RawMessage, error) {
	was, ok := m.digests[op+key]
	switch {
	case !ok:
		m.digests[op+key] = digest
		return ctx, nil, nil
	case was != digest:
		return ctx, nil, httpapi.ErrKeyReused
	}
	return ctx, json.RawMessage(m.answers[op+key]), nil
}

func (m memory) Finish(_ context.Context, op, key string, answer json.RawMessage) {
	m.answers[op+key] = string(answer)
}

type bench struct {
	app  *fiber.App
	runs int
	kept []string
}

func setup(t *testing.T) *bench {
	t.Helper()
	b := &bench{}
	log := slog.New(slog.DiscardHandler)
	b.app = httpapi.NewFiber(log, fiber.Config{})
	api := httpapi.NewAPI(b.app, httpapi.Options{
		Title: "T", Version: "1", Log: log, Replayer: memory{map[string]string{}, map[string]string{}},
		Guard: func(_ context.Context, op httpapi.Op) error {
			if op.Need == "things.forbidden" {
				return fault.Define(fault.TooMany, "limit", "Slow down.").After(1500e6)
			}
			return nil
		},
	})
	fn := func(_ context.Context, in *thingIn) (*thingOut, error) {
		b.runs++
		b.kept = append(b.kept, in.Marker)
		switch in.Body.Name {
		case "taken":
			return nil, fmt.Errorf("store: %w", errTaken.Because(errors.New("password=hunter2")).At("body.name", "is taken"))
		case "broken":
			return nil, errors.New("password=hunter2")
		case "panic":
			panic("password=hunter2")
		case "versioned":
			if _, err := in.Version(); err != nil {
				return nil, err
			}
		}
		out := &thingOut{ETag: httpapi.ETag(b.runs)}
		out.Body.Name = in.Body.Name
		return out, nil
	}
	httpapi.Handle(api, httpapi.Op{ID: "things-create", Tag: "things", Method: http.MethodPost, Path: "/api/v1/things", Status: 201, Need: access.SignedIn, Idempotent: true}, fn)
	httpapi.Handle(api, httpapi.Op{ID: "things-guarded", Tag: "things", Method: http.MethodPost, Path: "/api/v1/guarded", Need: "things.forbidden"}, fn)
	return b
}

func (b *bench) post(t *testing.T, path, body string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://acme.test"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := b.app.Test(req, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(raw)
}

func TestFailuresAreProblems(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		path, body string
		header     []string
		status     int
		contains   string
	}{
		"unknown field":        {"/api/v1/things", `{"name":"a","x":1}`, nil, 422, `"location":"body.x"`},
		"wrong type":           {"/api/v1/things", `{"name":1}`, nil, 422, `"location":"body.name"`},
		"too long":             {"/api/v1/things", `{"name":"` + strings.Repeat("a", 21) + `"}`, nil, 422, `"location":"body.name"`},
		"bad JSON":             {"/api/v1/things", `{"name":`, nil, 400, `"code":"request.invalid"`},
		"a fault":              {"/api/v1/things", `{"name":"taken"}`, nil, 409, `"code":"things.name_taken"`},
		"an unclassified one":  {"/api/v1/things", `{"name":"broken"}`, nil, 500, `"code":"internal"`},
		"a panic":              {"/api/v1/things", `{"name":"panic"}`, nil, 500, `"code":"internal"`},
		"no If-Match":          {"/api/v1/things", `{"name":"versioned"}`, nil, 428, `"location":"header.If-Match"`},
		"a malformed If-Match": {"/api/v1/things", `{"name":"versioned"}`, []string{"If-Match", `"x"`}, 412, `"location":"header.If-Match"`},
		"no such route":        {"/api/v1/nothing", `{}`, nil, 404, `"code":"request.no_such_route"`},
		"refused by the guard": {"/api/v1/guarded", `not even JSON`, nil, 429, `"code":"limit"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res, body := setup(t).post(t, tt.path, tt.body, tt.header...)
			if res.StatusCode != tt.status || !strings.Contains(body, tt.contains) {
				t.Errorf("got %d %s, want %d with %s", res.StatusCode, body, tt.status, tt.contains)
			}
			if ct := res.Header.Get("Content-Type"); ct != "application/problem+json" {
				t.Errorf("content type %q", ct)
			}
			if strings.Contains(body, "hunter2") {
				t.Errorf("private text came out: %s", body)
			}
			if tt.status == 429 && res.Header.Get("Retry-After") != "2" {
				t.Errorf("Retry-After is %q, want 2 (1.5 s rounded up)", res.Header.Get("Retry-After"))
			}
		})
	}
}

func TestValuesSentAreNotEchoed(t *testing.T) {
	t.Parallel()
	_, body := setup(t).post(t, "/api/v1/things", `{"name":"a","secret":"correct horse battery"}`)
	if strings.Contains(body, "horse") || !strings.Contains(body, "body.secret") {
		t.Errorf("got %s, want the field named and its value kept back", body)
	}
}

func TestAmountsThatAreNoneAreNamed(t *testing.T) {
	t.Parallel()
	res, body := setup(t).post(t, "/api/v1/things", `{"name":"a","prices":[{"amount":"1.00","currency":"EUR"},{"amount":"7.77","currency":"QQQ"},{"amount":"1.5","currency":"JPY"},
		{"amount":"999999999999999.00","currency":"EUR"}]}`)
	for _, want := range []string{
		`{"location":"body.prices[1].currency","message":"is not an ISO 4217 currency code"}`,
		`{"location":"body.prices[2].amount","message":"must be an amount with at most 0 places"}`,
		`{"location":"body.prices[3].amount","message":"is too large"}`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%d %s lacks %s", res.StatusCode, body, want)
		}
	}
	if res.StatusCode != http.StatusUnprocessableEntity || strings.Contains(body, "prices[0]") || strings.Contains(body, "7.77") || strings.Contains(body, "QQQ") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}

func TestARepeatedCallIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, a1 := b.post(t, "/api/v1/things", `{"name":"a"}`, "Idempotency-Key", "key-12345")
	second, a2 := b.post(t, "/api/v1/things", `{"name":"a"}`, "Idempotency-Key", "key-12345")
	if b.runs != 1 || a1 != a2 || first.StatusCode != 201 || second.StatusCode != 201 || first.Header.Get("ETag") != second.Header.Get("ETag") {
		t.Errorf("%d runs, %d %s then %d %s", b.runs, first.StatusCode, a1, second.StatusCode, a2)
	}
	if res, body := b.post(t, "/api/v1/things", `{"name":"b"}`, "Idempotency-Key", "key-12345"); res.StatusCode != 409 || !strings.Contains(body, "idempotency_key_reused") {
		t.Errorf("another body: got %d %s", res.StatusCode, body)
	}
	if res, _ := b.post(t, "/api/v1/things", `{"name":"b"}`, "Idempotency-Key", "short"); res.StatusCode != 422 {
		t.Errorf("a short key: got %d, want 422", res.StatusCode)
	}
}

// fasthttp reuses its buffers: without Immutable a kept string changes later.
func TestStringsOutliveTheirRequest(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, m := range []string{"AAAAA", "BBBBB", "CCCCC"} {
		b.post(t, "/api/v1/things?marker="+m, `{"name":"a"}`)
	}
	if got := strings.Join(b.kept, " "); got != "AAAAA BBBBB CCCCC" {
		t.Errorf("got %s", got)
	}
}

// The same holds for handlers of net/http, which know of no such thing.
func TestStringsOutliveTheirRequestInMountedHandlers(t *testing.T) {
	t.Parallel()
	var kept []string
	f := httpapi.NewFiber(slog.Default(), fiber.Config{})
	f.All("/kept/*", httpapi.Mount(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		for name, values := range r.Header {
			if strings.HasPrefix(name, "X-Kept-") {
				kept = append(kept, name, values[0])
			}
		}
		kept = append(kept, r.Method, r.Host, r.URL.Path, r.URL.RawQuery, r.RequestURI)
	})))
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = f.Listener(ln) }()
	t.Cleanup(func() { _ = f.Shutdown() })
	var want []string
	for _, m := range []string{"AAAAA", "BBBBB", "CCCCC"} { // over one connection, whose buffers are used again
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+ln.Addr().String()+"/kept/"+m+"?q="+m, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = strings.ToLower(m) + ".example"
		req.Header.Set("X-Kept-"+m, m)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		want = append(want, http.CanonicalHeaderKey("X-Kept-"+m), m, "GET", strings.ToLower(m)+".example", "/kept/"+m, "q="+m, "/kept/"+m+"?q="+m)
	}
	if !slices.Equal(kept, want) {
		t.Errorf("got  %q\nwant %q", kept, want)
	}
}

func TestOperationsWithoutANeedDoNotStart(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("an operation without a permission was registered")
		}
	}()
	api := httpapi.NewAPI(httpapi.NewFiber(slog.Default(), fiber.Config{}), httpapi.Options{Title: "T", Version: "1"})
	httpapi.Handle(api, httpapi.Op{ID: "x", Tag: "x", Method: http.MethodGet, Path: "/api/v1/x"}, func(context.Context, *struct{}) (*thingOut, error) { return nil, nil })
}
