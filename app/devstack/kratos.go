package devstack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	config "github.com/bureauhq/bureau/infra/kratos"
)

// KratosEnv names a ready Kratos binary, instead of the one built from tools/kratos.
const KratosEnv = "BUREAU_KRATOS_BIN"

// BuildKratos returns the path of Kratos, built once from tools/kratos and kept in the user's cache. It is keyed by what
// decides its content: the module's sums and the flags.
func BuildKratos(ctx context.Context, root string, say func(string)) (string, error) {
	if bin := os.Getenv(KratosEnv); bin != "" {
		return bin, nil
	}
	module := filepath.Join(root, "tools", "kratos")
	sums, err := os.ReadFile(filepath.Join(module, "go.sum"))
	if err != nil {
		return "", fmt.Errorf("no source of Kratos found in %s: run Bureau in its project's directory, or let %s name a binary", module, KratosEnv)
	}
	ldflags := "-s -w -X github.com/ory/kratos/driver/config.Version=" + config.Version
	key := sha256.New()
	key.Write(sums)
	key.Write([]byte(ldflags))
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("kratos: %w", err)
	}
	dir := filepath.Join(cache, "bureau", "kratos-"+hex.EncodeToString(key.Sum(nil))[:16])
	bin := filepath.Join(dir, "kratos")
	if _, err := os.Stat(bin); err == nil {
		return bin, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("kratos: %w", err)
	}
	// Two that start at once must not both build for minutes.
	unlock, err := lockFile(ctx, filepath.Join(dir, "lock"), true)
	if err != nil {
		return "", fmt.Errorf("kratos: %w", err)
	}
	defer unlock()
	if _, err := os.Stat(bin); err == nil {
		return bin, nil
	}
	say("Building Ory Kratos " + config.Version + ". This happens once and takes some minutes.")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", ldflags, "-o", bin+".part", "github.com/ory/kratos")
	cmd.Dir = module
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=-mod=readonly")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build Kratos: %w\n%s", err, out)
	}
	if err := os.Rename(bin+".part", bin); err != nil {
		return "", fmt.Errorf("kratos: %w", err)
	}
	return bin, nil
}

// kratos is the identity server of the stack.
type kratos struct {
	bin, dir   string
	adminURL   string
	configFile string
}

// configure writes the configuration, which holds secrets.
func (k *kratos) configure(s config.Settings) error {
	text, err := config.Config(s)
	if err != nil {
		return err
	}
	if err := os.WriteFile(k.configFile, text, 0o600); err != nil {
		return fmt.Errorf("kratos: %w", err)
	}
	return nil
}

// environment keeps what argon2 leaves behind from growing to hundreds of megabytes.
func (k *kratos) environment() []string {
	return []string{"PATH=/usr/bin:/bin", "HOME=" + k.dir, "GOMEMLIMIT=200MiB", "GOGC=50"}
}

// migrate runs Kratos' own migrations, unless this binary has run them: the database's comment remembers.
func (k *kratos) migrate(ctx context.Context, database string) error {
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		return fmt.Errorf("kratos: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	done := "migrated by " + filepath.Base(filepath.Dir(k.bin))
	var comment *string
	err = conn.QueryRow(ctx, `SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()`).Scan(&comment)
	if err != nil {
		return fmt.Errorf("kratos: %w", err)
	}
	if comment != nil && *comment == done {
		return nil
	}
	cmd := exec.CommandContext(ctx, k.bin, "migrate", "sql", "up", "-e", "-y", "-c", k.configFile)
	cmd.Env, cmd.Dir = k.environment(), k.dir
	cmd.SysProcAttr = attributes(syscall.SIGKILL, nil)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("migrate the tables of Kratos: %w\n%s", err, out)
	}
	if _, err := conn.Exec(ctx, `COMMENT ON DATABASE `+kratosName+` IS '`+done+`'`); err != nil {
		return fmt.Errorf("kratos: %w", err)
	}
	return nil
}

func (k *kratos) command() *exec.Cmd {
	cmd := exec.Command(k.bin, "serve", "-c", k.configFile, "--dev", "--watch-courier")
	cmd.Env, cmd.Dir = k.environment(), k.dir
	return cmd
}

var probe = &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

func (k *kratos) answers(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, k.adminURL+"/admin/health/ready", nil)
	if err != nil {
		return err
	}
	resp, err := probe.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16))
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	return nil
}
