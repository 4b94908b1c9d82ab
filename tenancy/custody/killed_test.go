package custody_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/tenancy"
	"github.com/bureauhq/bureau/tenancy/custody"
)

// moverEnv makes this test program one that kills itself in the middle of its work.
const moverEnv = "BUREAU_TEST_MOVER"

// mover says what such a program does.
type mover struct {
	OwnerURL, Prefix, NewAt string
	Placements              []tenancy.Placement
	Shards                  int
	Files, Backups          string // directories
	Do                      string // move, backup, prepare, swap, rollback, import
	Agency, To              string // an agency; a placement, a backup, or the slug of what comes from Archive
	Archive                 string
	Die                     string // at which step, as "what done"
}

func moverOn(p *testkit.Platform) mover {
	return mover{OwnerURL: p.Config.OwnerURL, Prefix: p.Config.Prefix, NewAt: p.Config.NewAt, Placements: p.Config.Placements, Shards: p.Config.Shards}
}

// dies runs the program until it kills itself.
func (m mover) dies(t *testing.T) {
	t.Helper()
	raw, err := json.Marshal(m)
	must(t, err)
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), moverEnv+"="+string(raw))
	out, err := cmd.CombinedOutput()
	var ended *exec.ExitError
	if !errors.As(err, &ended) || ended.ExitCode() != -1 {
		t.Fatalf("the program was not killed at %q: %v\n%s", m.Die, err, out)
	}
}

func TestMain(m *testing.M) {
	if raw := os.Getenv(moverEnv); raw != "" {
		if err := moveAndDie(raw); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(3) // it should be dead by now
	}
	os.Exit(m.Run())
}

func moveAndDie(raw string) error {
	var m mover
	if err := json.Unmarshal([]byte(raw), &m); err != nil {
		return err
	}
	ctx := context.Background()
	p := &testkit.Platform{Config: tenancy.Config{OwnerURL: m.OwnerURL, Prefix: m.Prefix, Placements: m.Placements, Shards: m.Shards, NewAt: m.NewAt}}
	var err error
	if p.Owner, err = tenancy.OpenMigrator(ctx, p.Config); err != nil {
		return err
	}
	if p.Control, err = tenancy.OpenControl(ctx, p.Config); err != nil {
		return err
	}
	a, err := tenancy.NewRegistry(p.Control, time.Now).ByID(ctx, m.Agency)
	if err != nil {
		return err
	}
	files, err := openFolder(m.Files)
	if err != nil {
		return err
	}
	backups, err := openFolder(m.Backups)
	if err != nil {
		return err
	}
	say := func(s custody.Step) {
		if fmt.Sprint(s.What, " ", s.Done) == m.Die {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // the signal is on its way
		}
	}
	service := custody.New(depsOf(p, files, backups))
	switch m.Do {
	case "move":
		_, err = service.Move(ctx, a, m.To, say)
	case "backup":
		_, err = service.Backup(ctx, a, custody.Asked, say)
	case "prepare":
		var b custody.Backup
		if b, err = service.BackupByID(ctx, m.To); err == nil {
			_, err = service.Prepare(ctx, a, b, say)
		}
	case "swap":
		_, err = service.Swap(ctx, a, say)
	case "rollback":
		_, err = service.Rollback(ctx, a, say)
	case "import":
		var f *os.File
		if f, err = os.Open(m.Archive); err == nil {
			_, err = service.Import(ctx, f, custody.Key{}, m.To, say)
		}
	}
	return err
}

// A mover that is killed leaves an agency that works, with all that was in it, in one place.
func TestMoveIsKilledAnywhere(t *testing.T) {
	t.Parallel()
	m := newMoving(t, "")
	there := m.Another(t, func(c *tenancy.Config) { c.NewAt = testkit.Second })
	there.DB.Follow(there.Registry)
	for _, from := range []string{tenancy.Main, testkit.Second} {
		for die, arrives := range map[string]bool{
			"copy 0": false, "copy 20": false, "catch up 0": false, "stop 0": false, "compare 0": false, "swap 0": false,
			"swap 1":  true, // only where the platform is in another database than the agency
			"prove 0": true,
		} {
			if die == "swap 1" && from == tenancy.Main {
				continue
			}
			t.Run(strings.ReplaceAll(from+" "+die, " ", "_"), func(t *testing.T) { m.killed(t, there, from, die, arrives) })
		}
	}
	// What the builds announced goes too.
	must(t, m.Owner.Owner(t.Context(), tenancy.Main, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE arrivals SET started_at = started_at - interval '2 minutes'`)
		return err
	}))
	must(t, m.Sweep(t.Context()))
	must(t, m.Owner.Owner(t.Context(), tenancy.Main, func(ctx context.Context, tx pgx.Tx) error {
		var n int
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM arrivals`).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d arrivals are left: %v", n, err)
		}
		return nil
	}))
}

func (m moving) killed(t *testing.T, there *testkit.Platform, from, die string, arrives bool) {
	t.Helper()
	maker, to := m.Platform, testkit.Second
	if from == testkit.Second {
		maker, to = there, tenancy.Main
	}
	var err error
	m.agency, err = maker.Provisioner.Claim(t.Context(), newSlug(), "On the way")
	must(t, err)
	if m.agency.Placement != from {
		t.Fatalf("a new agency is at %s", m.agency.Placement)
	}
	m.fill(t, 50)
	was := m.tables(t, tenancy.CopyOf(m.agency))
	one := moverOn(m.Platform)
	one.Do, one.Agency, one.To, one.Die, one.Files, one.Backups = "move", m.agency.ID, to, die, t.TempDir(), t.TempDir()
	one.dies(t)
	// The server may take a moment to notice.
	for deadline, tick := time.Now().Add(30*time.Second), time.NewTicker(50*time.Millisecond); ; <-tick.C {
		must(t, m.SettleMoves(t.Context()))
		if open, err := m.OpenMove(t.Context(), m.agency.ID); errors.Is(err, custody.ErrNoMove) || err == nil && open.State == "moved" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the move is not settled")
		}
	}
	now := m.now(t)
	if want := map[bool]string{true: to, false: from}[arrives]; now.Placement != want {
		t.Fatalf("killed at %q it is at %s, want %s", die, now.Placement, want)
	}
	is := m.tables(t, tenancy.CopyOf(now))
	for name, rows := range was {
		if is[name] != rows && (!arrives || !strings.HasPrefix(name, "audit_")) {
			t.Errorf("table %s differs after a move that was killed at %q", name, die)
		}
	}
	// It is worked in by a program that knows, and by one that has heard nothing.
	for _, a := range []tenancy.Agency{now, m.agency} {
		err := m.DB.Run(tenancy.With(t.Context(), a), func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := tx.PGX().Exec(ctx, `UPDATE clients SET notes = 'later'`)
			return err
		})
		if stale := a.Placement != now.Placement; stale != errors.Is(err, tenancy.ErrMoved) || !stale && err != nil {
			t.Errorf("killed at %q, work with what was known at %s: %v", die, a.Placement, err)
		}
	}
	// And it can be moved after all.
	if !arrives {
		if got, err := m.Move(t.Context(), now, to, nil); err != nil || got.State != "moved" {
			t.Errorf("moved once more: %+v %v", got, err)
		}
	}
	_, err = m.DropMoved(t.Context(), m.agency.ID)
	must(t, err)
}
