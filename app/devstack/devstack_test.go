package devstack_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/devstack"
	"github.com/bureauhq/bureau/app/devstack/mailcatch"
)

// childEnv makes the test binary run a stack itself, as a process that can be killed.
const childEnv = "DEVSTACK_TEST_CHILD"

func TestMain(m *testing.M) {
	if data := os.Getenv(childEnv); data != "" {
		_, err := devstack.Start(context.Background(), options(data))
		if err != nil {
			_, _ = os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		_, _ = os.Stdout.WriteString("up\n")
		select {}
	}
	os.Exit(m.Run())
}

// patient is how long a test waits for what must happen: only a failure takes that long.
const patient = 3 * time.Minute

func options(data string) devstack.Options {
	return devstack.Options{Data: data, Domain: "bureau.localhost", Port: 8080}
}

func dataDir(t *testing.T) string {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	t.Cleanup(func() {
		if err := devstack.Remove(data); err != nil {
			t.Error(err)
		}
	})
	return data
}

func start(t *testing.T, data string, further ...string) *devstack.Stack {
	t.Helper()
	opts := options(data)
	opts.Further = further
	s, err := devstack.Start(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

func query[T any](t *testing.T, s *devstack.Stack, sql string) T {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	var v T
	if err := conn.QueryRow(t.Context(), sql).Scan(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func exec1(t *testing.T, s *devstack.Stack, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func registrationFlow(t *testing.T, s *devstack.Stack) string {
	t.Helper()
	resp, err := http.Get(s.KratosPublicURL + "/self-service/registration/api")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("registration flow: %s %s", resp.Status, body)
	}
	var flow struct {
		ID string `json:"id"`
		UI struct {
			Action string `json:"action"`
		} `json:"ui"`
	}
	if err := json.Unmarshal(body, &flow); err != nil {
		t.Fatal(err)
	}
	if want := "http://auth.bureau.localhost:8080/.ory/self-service/registration?flow=" + flow.ID; flow.UI.Action != want {
		t.Fatalf("the form goes to %s, want %s", flow.UI.Action, want)
	}
	return flow.ID
}

func TestStackServesAndKeepsWhatItHolds(t *testing.T) {
	data := dataDir(t)
	s := start(t, data, "second")
	if v := query[string](t, s, "SHOW server_version_num"); v < "180000" {
		t.Fatalf("Postgres %s is older than 18", v)
	}
	if v := query[string](t, s, "SHOW fsync"); v != "on" {
		t.Fatalf("fsync is %s", v)
	}
	exec1(t, s, "CREATE TABLE kept (n int)")
	exec1(t, s, "INSERT INTO kept VALUES (42)")

	flow := registrationFlow(t, s)
	form := `{"method":"password","password":"correct horse battery","traits":{"email":"ann@example.test","name":"Ann"}}`
	resp, err := http.Post(s.KratosPublicURL+"/self-service/registration?flow="+flow, "application/json", strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	answer, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("register: %s %s", resp.Status, answer)
	}
	wait, cancel := context.WithTimeout(t.Context(), patient)
	defer cancel()
	m, err := s.Mail.Wait(wait, "ann@example.test", nil)
	if err != nil {
		t.Fatal(err)
	}
	if m.From.Email != "no-reply@bureau.localhost" || !strings.Contains(m.Text, "code") {
		t.Fatalf("mail from %v: %q", m.From, m.Text)
	}
	if query[int](t, s, "SELECT count(*) FROM pg_class WHERE relname LIKE 'identit%'") != 0 {
		t.Fatal("Kratos left tables in the app's database")
	}

	// One stack per directory, and others can find it.
	if _, err := devstack.Start(t.Context(), options(data)); !errors.Is(err, devstack.ErrRunning) {
		t.Fatalf("a second start on the same data: %v, want ErrRunning", err)
	}
	found, err := devstack.Find(t.Context(), data)
	if err != nil || !reflect.DeepEqual(found, s.Addresses) {
		t.Fatalf("found %+v %v, want %+v", found, err, s.Addresses)
	}
	first := s.Addresses
	s.Stop()
	if _, err := devstack.Find(t.Context(), data); !errors.Is(err, devstack.ErrNotRunning) {
		t.Fatalf("found after the stop: %v", err)
	}
	for _, addr := range []string{first.SMTPAddr, strings.TrimPrefix(first.KratosPublicURL, "http://")} {
		if c, err := net.DialTimeout("tcp", addr, time.Second); err == nil {
			_ = c.Close()
			t.Fatalf("%s still listens after the stop", addr)
		}
	}

	s = start(t, data)
	if !reflect.DeepEqual(s.Addresses, first) {
		t.Errorf("addresses changed: %+v, were %+v", s.Addresses, first)
	}
	if s.Further["second"] == "" || len(s.Further) != 1 {
		t.Errorf("further databases are %v, want the one of the first start", s.Further)
	}
	if n := query[int](t, s, "SELECT n FROM kept"); n != 42 {
		t.Errorf("kept %d, want 42", n)
	}
	if got := s.Mail.List(mailcatch.Query{To: "ann@"}); len(got) != 1 || got[0].ID != m.ID || !got[0].At.Equal(m.At) {
		t.Errorf("mails after the restart: %+v, want the one of before", got)
	}
	resp, err = http.Get(s.KratosAdminURL + "/admin/identities")
	if err != nil {
		t.Fatal(err)
	}
	answer, _ = io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if !strings.Contains(string(answer), "ann@example.test") {
		t.Errorf("identities after the restart: %s", answer)
	}
}

func pidOf(t *testing.T, data, service string) int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(data, "log", service+".pid"))
	if err != nil {
		return 0
	}
	pid, _ := strconv.Atoi(string(b))
	return pid
}

func alive(pid int) bool {
	if pid == 0 || syscall.Kill(pid, 0) != nil {
		return false
	}
	// A process nobody has waited for is not alive.
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || !strings.Contains(string(b), ") Z ")
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	ctx, cancel := context.WithTimeout(t.Context(), patient)
	defer cancel()
	for !ok() {
		select {
		case <-ctx.Done():
			t.Fatalf("not within %s: %s", patient, what)
		case <-tick.C:
		}
	}
}

// startChild runs a stack in a process of its own and returns when it serves.
func startChild(t *testing.T, data string) *exec.Cmd {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childEnv+"="+data)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	child.Stderr = os.Stderr
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, 3)); err != nil {
		_ = child.Process.Kill()
		t.Fatalf("the stack did not come up: %v", err)
	}
	return child
}

func TestKilledStackLeavesNothingAndStartsAgain(t *testing.T) {
	data := dataDir(t)
	child := startChild(t, data)
	postgres, kratos := pidOf(t, data, "postgres"), pidOf(t, data, "kratos")
	if !alive(postgres) || !alive(kratos) {
		t.Fatal("a service is not running")
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	eventually(t, "both services end with their parent", func() bool { return !alive(postgres) && !alive(kratos) })

	s := start(t, data)
	if n := query[int](t, s, "SELECT 1"); n != 1 {
		t.Fatal(n)
	}
}

func TestServiceThatDiesComesBack(t *testing.T) {
	data := dataDir(t)
	s := start(t, data)
	for _, service := range []string{"postgres", "kratos"} {
		old := pidOf(t, data, service)
		if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		eventually(t, service+" is started again", func() bool {
			now := pidOf(t, data, service)
			return now != 0 && now != old
		})
	}
	eventually(t, "Postgres answers", func() bool {
		conn, err := pgx.Connect(t.Context(), s.DatabaseURL)
		if err != nil {
			return false
		}
		return conn.Close(context.Background()) == nil
	})
	eventually(t, "Kratos answers", func() bool {
		resp, err := http.Get(s.KratosAdminURL + "/admin/health/ready")
		if err != nil {
			return false
		}
		_ = resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

func TestStalePIDOfAStrangerDoesNotBlockTheStart(t *testing.T) {
	data := dataDir(t)
	opts := options(data)
	opts.DatabaseOnly = true
	s, err := devstack.Start(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	s.Stop()
	cluster, err := filepath.EvalSymlinks(filepath.Join(data, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	// Our parent is alive and no Postgres: Postgres alone would take its number for a running server.
	lock := strconv.Itoa(os.Getppid()) + "\n" + filepath.Join(cluster, "data") + "\n"
	if err := os.WriteFile(filepath.Join(cluster, "data", "postmaster.pid"), []byte(lock), 0o644); err != nil {
		t.Fatal(err)
	}
	if s, err = devstack.Start(t.Context(), opts); err != nil {
		t.Fatal(err)
	}
	s.Stop()
}

func TestThrowawayLeavesNoDirectory(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	opts := options(data)
	opts.Throwaway, opts.DatabaseOnly = true, true
	s, err := devstack.Start(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	home, err := filepath.EvalSymlinks(filepath.Join(data, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	s.Stop()
	for _, dir := range []string{data, home} {
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is still there: %v", dir, err)
		}
	}
}

// As root the cluster lies elsewhere when its account cannot reach the data; it must not outlive temporary data for long.
func TestClusterOfRemovedTemporaryDataIsSwept(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root has clusters outside of the data directory")
	}
	var homes []string
	for range 2 {
		data := dataDir(t)
		opts := options(data)
		opts.DatabaseOnly = true
		s, err := devstack.Start(t.Context(), opts)
		if err != nil {
			t.Fatal(err)
		}
		s.Stop()
		home, err := filepath.EvalSymlinks(filepath.Join(data, "postgres"))
		if err != nil {
			t.Fatal(err)
		}
		homes = append(homes, home)
		if len(homes) == 1 {
			if err := os.RemoveAll(data); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := os.Stat(homes[0]); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there: %v", homes[0], err)
	}
	if _, err := os.Stat(homes[1]); err != nil {
		t.Errorf("the cluster in use: %v", err)
	}
}

func TestMissingPostgresIsSaidWithItsRemedy(t *testing.T) {
	opts := options(dataDir(t))
	opts.Root, opts.DatabaseOnly = t.TempDir(), true
	t.Setenv(devstack.PostgresEnv, "")
	_, err := devstack.Start(t.Context(), opts)
	if err == nil || !strings.Contains(err.Error(), "npm ci") {
		t.Fatalf("got %v, want the remedy", err)
	}
}

func TestMailIsCaughtBySMTP(t *testing.T) {
	store, err := mailcatch.NewStore(t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	server, err := mailcatch.Listen("127.0.0.1:0", store)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	err = smtp.SendMail(server.Addr, nil, "a@example.test", []string{"b@example.test", "hidden@example.test"},
		[]byte("From: A <a@example.test>\r\nTo: b@example.test\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nHello\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := store.Wait(t.Context(), "hidden@example.test", nil)
	if err != nil {
		t.Fatal(err)
	}
	if m.Subject != "Grüße" || strings.TrimSpace(m.Text) != "Hello" || len(m.To) != 1 {
		t.Fatalf("%+v", m)
	}
}
