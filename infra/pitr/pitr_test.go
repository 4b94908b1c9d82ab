package pitr_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/devstack"
	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/infra/pitr"
	"github.com/bureauhq/bureau/modules/identity/identitydb"
	"github.com/bureauhq/bureau/tenancy"
	"github.com/bureauhq/bureau/tenancy/custody"
)

// A cluster archives its log while an agency writes marks. It is brought to a
// time between two of them, and the agency is taken out of the copy and loaded
// beside the live one: it has exactly the earlier marks.
func TestAnAgencyComesBackFromBetweenTwoMarks(t *testing.T) {
	ctx := t.Context()
	dir, err := os.MkdirTemp("", "bureau-pitr-") //nolint:usetesting // the account that Postgres runs as must reach it
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	must(t, os.Chmod(dir, 0o711))

	data := filepath.Join(dir, "stack")
	start := func() *devstack.Stack {
		t.Helper()
		s, err := devstack.Start(ctx, devstack.Options{Data: data, Domain: "bureau.localhost", DatabaseOnly: true, Log: slog.New(slog.DiscardHandler)})
		must(t, err)
		return s
	}
	stack := start()
	pgdata, err := filepath.EvalSymlinks(filepath.Join(data, "postgres"))
	must(t, err)
	pgdata = filepath.Join(pgdata, "data")
	account := ownerOf(t, pgdata)
	archive := filepath.Join(dir, "archive")
	must(t, os.Mkdir(archive, 0o700))
	chown(t, archive, account)
	scripts := copyScripts(t, dir)

	// As the head of archive.sh says.
	conn := connect(t, stack.DatabaseURL)
	for name, value := range map[string]string{
		"archive_mode": "on", "archive_timeout": "60s", "archive_command": "sh " + filepath.Join(scripts, "archive.sh") + " " + archive + " %p %f",
	} {
		_, err := conn.Exec(ctx, `ALTER SYSTEM SET `+name+` = '`+value+`'`)
		must(t, err)
	}
	must(t, conn.Close(ctx))
	stack.Stop()
	stack = start()
	t.Cleanup(func() { stack.Stop() })

	files, err := file.NewFolder(file.FolderConfig{Dir: filepath.Join(dir, "files"), BaseURL: "http://files.test", Secret: bytes.Repeat([]byte("s"), 32)})
	must(t, err)
	t.Cleanup(func() { _ = files.Close() })
	live := open(t, stack.DatabaseURL, stack.LoginPassword, files)
	must(t, live.owner.Platform(ctx))
	must(t, live.names.Fill(ctx))
	agency, err := live.names.Claim(ctx, "acme", "Acme")
	must(t, err)
	mark := func(name string) {
		t.Helper()
		must(t, live.db.Run(tenancy.With(ctx, agency), func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := tx.PGX().Exec(ctx, `INSERT INTO positions (id, name, created_at) VALUES (gen_random_uuid(), $1, now())`, name)
			return err
		}))
	}
	conn = connect(t, stack.DatabaseURL)
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	mark("before the base")
	base := filepath.Join(dir, "base")
	must(t, pitr.Base(ctx, conn, pgdata, base))
	if err := pitr.Base(ctx, conn, pgdata, base); err == nil {
		t.Error("a base backup was written over another one")
	}
	mark("after the base")
	var at string
	must(t, conn.QueryRow(ctx, `SELECT (clock_timestamp() + interval '1 millisecond')::text`).Scan(&at))
	// A commit is on one side of the time or on the other; the server's clock must have passed it.
	for passed := false; !passed; {
		must(t, conn.QueryRow(ctx, `SELECT clock_timestamp() > $1::timestamptz`, at).Scan(&passed))
	}
	mark("the mistake")
	var piece string
	must(t, conn.QueryRow(ctx, `SELECT pg_walfile_name(pg_switch_wal())`).Scan(&piece))
	archived(t, conn, piece)

	chownAll(t, base, account)
	must(t, os.Chmod(dir, 0o711))
	place := filepath.Join(dir, "restored")
	must(t, os.Mkdir(place, 0o700))
	chown(t, place, account)
	target, port := filepath.Join(place, "data"), freePort(t)
	bin := programs(t, pgdata)
	cmd := exec.CommandContext(ctx, "sh", filepath.Join(scripts, "restore.sh"), base, archive, target, at, strconv.Itoa(port),
		"listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=300", "max_locks_per_transaction=256", "timezone=UTC")
	cmd.Dir, cmd.Env = place, []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "PGBIN=" + bin}
	cmd.SysProcAttr = as(account)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("restore.sh: %v\n%s", err, out)
	}
	t.Cleanup(func() {
		stop := exec.Command(filepath.Join(bin, "pg_ctl"), "-D", target, "-m", "immediate", "stop")
		stop.Dir, stop.SysProcAttr = place, as(account)
		if out, err := stop.CombinedOutput(); err != nil {
			t.Errorf("stop the copy: %v\n%s", err, out)
		}
	})

	then := open(t, strings.Replace(stack.DatabaseURL, hostOf(t, stack.DatabaseURL), net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), 1), stack.LoginPassword, files)
	old, err := then.registry.BySlug(ctx, "acme")
	must(t, err)
	var out bytes.Buffer
	_, _, err = then.custody.Export(ctx, old, &out, custody.Lock{}, nil)
	must(t, err)
	got, err := live.custody.Import(ctx, &out, custody.Key{}, "acme-then", nil)
	must(t, err)
	made, err := live.registry.ByID(ctx, got.AgencyID)
	must(t, err)
	for what, c := range map[string]struct {
		agency tenancy.Agency
		want   string
	}{
		"the copy": {made, "after the base, before the base"},
		"the live": {agency, "after the base, before the base, the mistake"},
	} {
		var marks string
		must(t, live.db.Read(tenancy.With(ctx, c.agency), func(ctx context.Context, tx *tenancy.Tx) error {
			return tx.PGX().QueryRow(ctx, `SELECT string_agg(name, ', ' ORDER BY name) FROM positions`).Scan(&marks)
		}))
		if marks != c.want {
			t.Errorf("%s agency has the marks %q, want %q", what, marks, c.want)
		}
	}
}

// installation is Bureau over one cluster, as far as this test needs it.
type installation struct {
	db       *tenancy.DB
	owner    *tenancy.Migrator
	names    *tenancy.Provisioner
	registry *tenancy.Registry
	custody  *custody.Service
}

func open(t *testing.T, url, password string, files file.Store) installation {
	t.Helper()
	ctx, cfg := t.Context(), tenancy.Config{OwnerURL: url, Password: password, Shards: 1, Conns: 4, Spares: 1}
	var i installation
	var err error
	i.db, err = tenancy.Open(ctx, cfg)
	must(t, err)
	t.Cleanup(i.db.Close)
	control, err := tenancy.OpenControl(ctx, cfg)
	must(t, err)
	t.Cleanup(control.Close)
	i.owner, err = tenancy.OpenMigrator(ctx, cfg)
	must(t, err)
	t.Cleanup(i.owner.Close)
	log := slog.New(slog.DiscardHandler)
	i.registry = tenancy.NewRegistry(control, time.Now)
	i.names, err = tenancy.NewProvisioner(cfg, control, i.owner, log)
	must(t, err)
	i.custody = custody.New(custody.Deps{
		Owner: i.owner, Control: control, Files: files, Program: "test", Log: log, Now: time.Now,
		People: func(ctx context.Context, tx, platform pgx.Tx, key string, elsewhere bool) (custody.People, error) {
			_, err := identitydb.Adopt(ctx, tx, platform, key, elsewhere)
			return custody.People{}, err
		},
	})
	return i
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	must(t, err)
	return conn
}

// archived waits until the piece of the log lies in the archive.
func archived(t *testing.T, conn *pgx.Conn, piece string) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for range tick.C {
		var done bool
		var failed int
		must(t, conn.QueryRow(t.Context(), `SELECT coalesce(last_archived_wal >= $1, false), failed_count FROM pg_stat_archiver`, piece).Scan(&done, &failed))
		if failed > 0 {
			t.Fatal("archive.sh failed")
		}
		if done {
			return
		}
	}
}

// programs is the folder of the server's programs, where the server's account can reach them.
func programs(t *testing.T, pgdata string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(pgdata, "postmaster.opts"))
	must(t, err)
	server, _, _ := strings.Cut(string(raw), " ")
	return filepath.Dir(strings.Trim(server, `"`))
}

func ownerOf(t *testing.T, path string) *syscall.Stat_t {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	return info.Sys().(*syscall.Stat_t)
}

// as runs a program as the server's account, when we are another one.
func as(account *syscall.Stat_t) *syscall.SysProcAttr {
	if os.Getuid() != 0 {
		return nil
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: account.Uid, Gid: account.Gid}}
}

func chown(t *testing.T, path string, account *syscall.Stat_t) {
	t.Helper()
	if os.Getuid() == 0 {
		must(t, os.Chown(path, int(account.Uid), int(account.Gid)))
	}
}

func chownAll(t *testing.T, root string, account *syscall.Stat_t) {
	t.Helper()
	must(t, filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err == nil {
			chown(t, path, account)
		}
		return err
	}))
}

// copyScripts puts the scripts where the server's account can read them.
func copyScripts(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(dir, "scripts")
	must(t, os.Mkdir(to, 0o755))
	for _, name := range []string{"archive.sh", "restore.sh"} {
		raw, err := os.ReadFile(name)
		must(t, err)
		must(t, os.WriteFile(filepath.Join(to, name), raw, 0o755))
	}
	return to
}

func hostOf(t *testing.T, url string) string {
	t.Helper()
	cfg, err := pgx.ParseConfig(url)
	must(t, err)
	return net.JoinHostPort(cfg.Host, fmt.Sprint(cfg.Port))
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	must(t, err)
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
