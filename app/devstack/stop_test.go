package devstack_test

import (
	"bytes"
	"log/slog"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/devstack"
)

// hold stops the process that writes checkpoints, as a busy disk would, and returns its number.
func hold(t *testing.T, databaseURL string) (pid int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if err := conn.QueryRow(t.Context(), `SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'`).Scan(&pid); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if alive(pid) {
			_ = syscall.Kill(pid, syscall.SIGCONT)
		}
	})
	return pid
}

func TestStopWaitsForTheLastCheckpoint(t *testing.T) {
	opts := options(dataDir(t))
	opts.DatabaseOnly = true
	s, err := devstack.Start(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	exec1(t, s, "CREATE TABLE kept AS SELECT 42 AS n")
	postgres, writer := pidOf(t, opts.Data, "postgres"), hold(t, s.DatabaseURL)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		s.Stop()
	}()
	eventually(t, "the server is told to stop", func() bool {
		conn, err := pgx.Connect(t.Context(), s.DatabaseURL)
		if err == nil {
			_ = conn.Close(t.Context())
		}
		return err != nil
	})
	select {
	case <-stopped:
		t.Fatal("Stop returned before the checkpoint was written")
	default:
	}
	if err := syscall.Kill(writer, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	<-stopped
	if alive(postgres) || alive(writer) {
		t.Fatal("a process is left after the stop")
	}
	if s, err = devstack.Start(t.Context(), opts); err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	if n := query[int](t, s, "SELECT n FROM kept"); n != 42 {
		t.Fatalf("kept %d, want 42", n)
	}
}

func TestStopThatTakesTooLongEndsEveryProcessAndSaysSo(t *testing.T) {
	var said bytes.Buffer
	opts := options(dataDir(t))
	opts.DatabaseOnly, opts.Patience, opts.Log = true, 100*time.Millisecond, slog.New(slog.NewTextHandler(&said, nil))
	s, err := devstack.Start(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	exec1(t, s, "CREATE TABLE kept AS SELECT 42 AS n")
	postgres, writer := pidOf(t, opts.Data, "postgres"), hold(t, s.DatabaseURL)
	s.Stop()
	if alive(postgres) || alive(writer) {
		t.Fatal("a process is left after the stop")
	}
	if !strings.Contains(said.String(), "takes too long to stop") {
		t.Errorf("the log does not say how it was stopped: %s", said.String())
	}
	if s, err = devstack.Start(t.Context(), opts); err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	if n := query[int](t, s, "SELECT n FROM kept"); n != 42 {
		t.Fatalf("kept %d, want 42", n)
	}
}

func TestStartWaitsForAPredecessorThatIsStillStopping(t *testing.T) {
	for name, killed := range map[string]bool{"the server stops": false, "the server was killed and left a child": true} {
		t.Run(name, func(t *testing.T) {
			data := dataDir(t)
			child := startChild(t, data)
			found, err := devstack.Find(t.Context(), data)
			if err != nil {
				t.Fatal(err)
			}
			postgres, writer := pidOf(t, data, "postgres"), hold(t, found.DatabaseURL)
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = child.Wait()
			if killed {
				if err := syscall.Kill(postgres, syscall.SIGKILL); err != nil {
					t.Fatal(err)
				}
				eventually(t, "the server is gone", func() bool { return !alive(postgres) })
			}
			opts := options(data)
			opts.DatabaseOnly = true
			waited := false
			opts.Say = func(what string) {
				if strings.Contains(what, "waiting for the end") && !waited {
					waited = true
					_ = syscall.Kill(writer, syscall.SIGCONT)
				}
			}
			s, err := devstack.Start(t.Context(), opts)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Stop()
			if !waited {
				t.Error("the start did not meet its predecessor")
			}
			if n := query[int](t, s, "SELECT 1"); n != 1 {
				t.Fatal(n)
			}
		})
	}
}
