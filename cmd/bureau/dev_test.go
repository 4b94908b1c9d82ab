package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/devstack"
)

// asBureau makes the test binary behave as bureau itself.
const asBureau = "BUREAU_TEST_AS_BUREAU"

func TestMain(m *testing.M) {
	if os.Getenv(asBureau) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func bureau(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), asBureau+"=1", "BUREAU_DATABASE_URL=")
	return cmd
}

// running is a started `bureau dev`.
type running struct {
	cmd    *exec.Cmd
	origin string
	took   time.Duration
}

func startDev(t *testing.T, data string, port int) running {
	t.Helper()
	cmd := bureau(t.Context(), "dev", "--data", data, "--port", strconv.Itoa(port), "--no-browser")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if origin, ok := strings.CutPrefix(lines.Text(), "ready "); ok {
			return running{cmd, origin, time.Since(began)}
		}
	}
	t.Fatal("bureau dev ended without being ready")
	return running{}
}

// interrupt is Ctrl-C; it returns the processes that were there and are not.
func (r running) interrupt(t *testing.T) {
	t.Helper()
	if err := r.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Wait(); err != nil {
		t.Errorf("bureau dev ended with %v", err)
	}
}

func call(t *testing.T, port int, host, path string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d%s", port, path), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

func answerOf(t *testing.T, args ...string) map[string]any {
	t.Helper()
	cmd := bureau(t.Context(), args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("bureau %s: %v", strings.Join(args, " "), err)
	}
	var v map[string]any
	if err := json.Unmarshal(out, &v); err != nil {
		t.Fatalf("bureau %s answers %s", strings.Join(args, " "), out)
	}
	return v
}

func servicePIDs(t *testing.T, data string) []int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(data, "log", "*.pid"))
	if err != nil || len(files) != 2 {
		t.Fatalf("services: %v %v, want two", files, err)
	}
	var pids []int
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		pid, err := strconv.Atoi(string(b))
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	return pids
}

func TestDevFromFirstStartToSecond(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	t.Cleanup(func() {
		if err := devstack.Remove(data); err != nil {
			t.Error(err)
		}
	})
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	_ = l.Close()
	site := fmt.Sprintf("bureau.localhost:%d", port)

	dev := startDev(t, data, port)
	if dev.origin != "http://"+site {
		t.Errorf("ready at %s", dev.origin)
	}
	if code := call(t, port, site, "/dev/mail"); code != http.StatusOK {
		t.Errorf("/dev/mail answers %d", code)
	}
	if code := call(t, port, site, "/api/v1/openapi.json"); code != http.StatusOK {
		t.Errorf("the OpenAPI document answers %d", code)
	}
	made := answerOf(t, "tenant", "create", "--slug", "acme", "--name", "Acme", "--owner-email", "owner@acme.test", "--json", "--data", data)
	if made["slug"] != "acme" || made["state"] != "active" || made["url"] != fmt.Sprintf("http://acme.%s", site) {
		t.Errorf("tenant create: %v", made)
	}
	token := answerOf(t, "token", "create", "--tenant", "acme", "--email", "owner@acme.test", "--name", "test", "--json", "--data", data)["token"]
	if code := callAs(t, port, "acme."+site, "/api/v1/clients", fmt.Sprint(token)); code != http.StatusOK {
		t.Errorf("/api/v1/clients with the token answers %d", code)
	}
	if s := answerOf(t, "tenant", "suspend", "acme", "--json", "--data", data); s["state"] != "suspended" {
		t.Errorf("suspend: %v", s)
	}
	if s := answerOf(t, "tenant", "resume", "acme", "--json", "--data", data); s["state"] != "active" {
		t.Errorf("resume: %v", s)
	}
	// The stand-in for Stripe answers the commands beside the running stack.
	if r := answerOf(t, "billing", "reconcile", "--json", "--data", data); r["accounts"] != 1.0 || len(r["drift"].([]any)) != 0 {
		t.Errorf("billing reconcile: %v", r)
	}
	if s := answerOf(t, "migrate", "status", "--json", "--data", data); len(s["behind"].([]any)) != 0 {
		t.Errorf("migrate status: %v", s)
	}
	for _, flag := range []string{"--json", "--sums", "--repair-sums"} {
		if s := answerOf(t, "doctor", "--json", "--data", data, flag); s["ok"] != true {
			t.Errorf("doctor %s: %v", flag, s)
		}
	}
	pids := servicePIDs(t, data)
	dev.interrupt(t)
	for _, pid := range pids {
		if syscall.Kill(pid, 0) == nil {
			t.Errorf("process %d is left", pid)
		}
	}

	// The same commands find a stack that is not running.
	if s := answerOf(t, "tenant", "show", "acme", "--json", "--data", data); s["name"] != "Acme" {
		t.Errorf("tenant show beside a stopped stack: %v", s)
	}

	dev = startDev(t, data, port)
	if dev.took > 10*time.Second {
		t.Errorf("the second start took %s, want at most 10 s", dev.took)
	}
	if code := callAs(t, port, "acme."+site, "/api/v1/clients", fmt.Sprint(token)); code != http.StatusOK {
		t.Errorf("/api/v1/clients after the restart answers %d", code)
	}
	dev.interrupt(t)
}

func callAs(t *testing.T, port int, host, path, token string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d%s", port, path), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

func TestWithoutAnInstallationTheRemedyIsSaid(t *testing.T) {
	out, err := bureau(t.Context(), "tenant", "list").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "--data DIR") {
		t.Fatalf("%v: %s", err, out)
	}
}
