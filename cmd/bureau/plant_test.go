package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/testkit"
)

// plant is one installation.
type plant struct {
	env      []string
	database *testkit.Line
	slug     string
	token    string
}

func need(t *testing.T, name string) string {
	t.Helper()
	v := os.Getenv(name)
	if v == "" {
		t.Fatalf("%s is not set: run `make test`, or `go run ./cmd/teststack -- go test ./...`", name)
	}
	return v
}

func newPlant(t *testing.T) *plant {
	t.Helper()
	cfg := testkit.Config(t)
	database, err := url.Parse(cfg.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	p := &plant{database: testkit.NewLine(t, database.Host), slug: "f" + strings.ReplaceAll(id.New(), "-", "")[:20]}
	database.Host = p.database.Addr
	p.env = append(os.Environ(), asBureau+"=1",
		"BUREAU_ORIGIN=https://bureau.test", "BUREAU_LOG_LEVEL=error", "BUREAU_LOG_FORMAT=text",
		"BUREAU_DATABASE_URL="+database.String(), "BUREAU_DATABASE_PREFIX="+cfg.Prefix, "BUREAU_DATABASE_LOGIN_PASSWORD=unused",
		"BUREAU_DATABASE_SHARDS="+strconv.Itoa(cfg.Shards), "BUREAU_SPARE_AGENCIES=1",
		"BUREAU_KRATOS_PUBLIC_URL="+need(t, "BUREAU_TEST_KRATOS_PUBLIC_URL"), "BUREAU_KRATOS_ADMIN_URL="+need(t, "BUREAU_TEST_KRATOS_ADMIN_URL"),
		"BUREAU_TOKEN_KEYS_FILE="+need(t, "BUREAU_TEST_TOKEN_KEYS"), "BUREAU_MAIL_FROM=no-reply@bureau.test",
		"BUREAU_SMTP_URL=smtp://"+need(t, "BUREAU_TEST_SMTP_ADDR")+"?tls=none", "BUREAU_FILES_DIR="+t.TempDir(), "BUREAU_SECRET="+strings.Repeat("s", 32),
	)
	p.answer(t, "tenant", "create", "--slug", p.slug, "--name", "Faults", "--owner-email", p.owner(), "--json")
	p.newToken(t)
	return p
}

func (p *plant) owner() string { return "owner-" + p.slug + "@example.test" }

// newToken makes the token of the calls that follow; each may make some hundreds a minute.
func (p *plant) newToken(t *testing.T) {
	t.Helper()
	p.token = fmt.Sprint(p.answer(t, "token", "create", "--tenant", p.slug, "--email", p.owner(), "--name", "faults", "--json")["token"])
}

func (p *plant) command(ctx context.Context, env []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env, cmd.Stderr = slices.Concat(p.env, env), os.Stderr
	return cmd
}

func (p *plant) answer(t *testing.T, args ...string) (v map[string]any) {
	t.Helper()
	out, err := p.command(t.Context(), nil, args...).Output()
	if err != nil {
		t.Fatalf("bureau %s: %v", strings.Join(args, " "), err)
	}
	if err := json.Unmarshal(out, &v); err != nil {
		t.Fatalf("bureau %s answers %s", strings.Join(args, " "), out)
	}
	return v
}

// process is one of the plant's programs.
type process struct {
	plant       *plant
	cmd         *exec.Cmd
	web, health string
	client      *http.Client
}

func unused(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// start runs `bureau serve` or `bureau worker` and returns when it lives.
func (p *plant) start(t *testing.T, what string) *process {
	t.Helper()
	s := &process{plant: p, web: unused(t), health: unused(t), client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}, Timeout: 30 * time.Second}}
	s.cmd = p.command(t.Context(), []string{"BUREAU_LISTEN=" + s.web, "BUREAU_METRICS_LISTEN=" + s.health}, what)
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.kill)
	eventually(t, what+" lives", 30*time.Second, func() bool { return s.status("/livez") == http.StatusOK })
	if what == "serve" {
		eventually(t, "the web server listens", 30*time.Second, func() bool {
			c, err := net.Dial("tcp4", s.web)
			if err == nil {
				_ = c.Close()
			}
			return err == nil
		})
	}
	return s
}

// kill is `kill -9`. It may be called twice.
func (s *process) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

func (s *process) status(path string) int {
	res, err := s.client.Get("http://" + s.health + path)
	if err != nil {
		return 0
	}
	_ = res.Body.Close()
	return res.StatusCode
}

type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r reply) String() string { return fmt.Sprintf("%d %s", r.status, r.body) }

func (r reply) code() string {
	var p struct{ Code string }
	_ = json.Unmarshal(r.body, &p)
	return p.Code
}

// doneBefore tells whether a repeated call is told that its first changed things, though its answer is not there.
func (r reply) doneBefore() bool {
	return r.code() == "request.under_way" || r.code() == "request.already_done"
}

// call sends a request to the agency; an error says that no whole answer came.
func (s *process) call(method, path, key string, body any) (reply, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return reply{}, err
	}
	req, err := http.NewRequest(method, "http://"+s.web+path, bytes.NewReader(raw))
	if err != nil {
		return reply{}, err
	}
	req.Host = s.plant.slug + ".bureau.test"
	req.Header.Set("Authorization", "Bearer "+s.plant.token)
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := s.client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = res.Body.Close() }()
	all, err := io.ReadAll(res.Body)
	return reply{res.StatusCode, res.Header, all}, err
}

func (s *process) must(t *testing.T, method, path string, body, into any) {
	t.Helper()
	r, err := s.call(method, path, "", body)
	if err != nil || r.status >= 300 {
		t.Fatalf("%s %s: %s, %v", method, path, r, err)
	}
	if into != nil {
		if err := json.Unmarshal(r.body, into); err != nil {
			t.Fatal(err)
		}
	}
}

// eventually waits until ok says so.
func eventually(t *testing.T, what string, within time.Duration, ok func() bool) {
	t.Helper()
	deadline, tick := time.After(within), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			t.Fatalf("%s: not within %s", what, within)
		case <-tick.C:
		}
	}
}
