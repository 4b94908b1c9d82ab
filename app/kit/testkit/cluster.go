// Package testkit gives tests a real agency in a real Postgres. Only tests import it.
package testkit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/migrations"
	"github.com/bureauhq/bureau/tenancy"
)

// ClusterURL names the cluster that tests make their databases in.
const ClusterURL = "BUREAU_TEST_DATABASE_URL"

// Cluster returns the owner's URL of the test cluster. Tests fail without
// one: a skipped test proves nothing.
func Cluster(t testing.TB) string {
	t.Helper()
	u := os.Getenv(ClusterURL)
	if u == "" {
		t.Fatalf("%s is not set: run `make test`, or `go run ./cmd/teststack -- go test ./...`", ClusterURL)
	}
	return u
}

var ours struct {
	sync.Once
	cfg tenancy.Config
	err error
}

// Config is the tenancy configuration of this test process: a database of its
// own, copied from a migrated template, with a few spare agencies in it.
func Config(t testing.TB) tenancy.Config {
	t.Helper()
	cluster := Cluster(t)
	ours.Do(func() { ours.cfg, ours.err = makeDatabase(context.Background(), cluster) })
	if ours.err != nil {
		t.Fatalf("test database: %v", ours.err)
	}
	return ours.cfg
}

func makeDatabase(ctx context.Context, cluster string) (tenancy.Config, error) {
	conn, err := pgx.Connect(ctx, cluster)
	if err != nil {
		return tenancy.Config{}, fmt.Errorf("connect to %s: %w", ClusterURL, err)
	}
	defer func() { _ = conn.Close(ctx) }()
	prefix := "bt" + fingerprint()
	name := fmt.Sprintf("%s_%d_%d_%d", prefix, time.Now().Unix(), os.Getpid(), count.Add(1))
	// Copying needs the template for itself, and it must be made once.
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock(hashtext('bureau-testkit'))`); err != nil {
		return tenancy.Config{}, err
	}
	template := prefix + "_template"
	if err := ensureTemplate(ctx, conn, cluster, prefix, template); err != nil {
		return tenancy.Config{}, err
	}
	if _, err := conn.Exec(ctx, `CREATE DATABASE `+name+` TEMPLATE `+template); err != nil {
		return tenancy.Config{}, fmt.Errorf("copy the template: %w", err)
	}
	// A copy does not take the rights on the database itself along.
	if _, err := conn.Exec(ctx, `REVOKE TEMP ON DATABASE `+name+` FROM PUBLIC`); err != nil {
		return tenancy.Config{}, err
	}
	dropOld(ctx, conn)
	return tenancy.Config{OwnerURL: withDatabase(cluster, name), Prefix: prefix, Shards: 2, Conns: 16, Spares: 4}, nil
}

// count tells the databases of this process apart.
var count atomic.Int64

func ensureTemplate(ctx context.Context, conn *pgx.Conn, cluster, prefix, template string) error {
	var there bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, template).Scan(&there); err != nil || there {
		return err
	}
	making := template + "_making"
	for _, q := range []string{`DROP DATABASE IF EXISTS ` + making + ` WITH (FORCE)`, `CREATE DATABASE ` + making} {
		if _, err := conn.Exec(ctx, q); err != nil {
			return err
		}
	}
	cfg := tenancy.Config{OwnerURL: withDatabase(cluster, making), Prefix: prefix, Shards: 2, Spares: 4}
	if err := migrate(ctx, cfg); err != nil {
		return fmt.Errorf("migrate the template: %w", err)
	}
	_, err := conn.Exec(ctx, `ALTER DATABASE `+making+` RENAME TO `+template)
	return err
}

func migrate(ctx context.Context, cfg tenancy.Config) error {
	owner, err := tenancy.OpenMigrator(ctx, cfg)
	if err != nil {
		return err
	}
	defer owner.Close()
	if err := owner.Platform(ctx); err != nil {
		return err
	}
	p, err := tenancy.NewProvisioner(cfg, nil, owner, nil)
	if err != nil {
		return err
	}
	for range cfg.Spares {
		if err := p.Make(ctx); err != nil {
			return err
		}
	}
	return nil
}

// dropOld removes databases of runs that ended an hour ago or earlier.
func dropOld(ctx context.Context, conn *pgx.Conn) {
	rows, err := conn.Query(ctx, `SELECT datname FROM pg_database
		WHERE datname ~ '^bt[0-9a-f]+_[0-9]+_[0-9]+(_[0-9]+)?$' AND split_part(datname, '_', 2)::bigint < extract(epoch FROM now()) - 3600`)
	if err != nil {
		return
	}
	names, _ := pgx.CollectRows(rows, pgx.RowTo[string])
	for _, n := range names {
		_, _ = conn.Exec(ctx, `DROP DATABASE IF EXISTS `+n+` WITH (FORCE)`)
	}
}

// fingerprint changes with every migration, so that a template is never stale.
func fingerprint() string {
	h := sha256.New()
	for _, s := range append(migrations.Platform(), migrations.Tenant()...) {
		h.Write([]byte(s.ID + s.SQL))
	}
	return hex.EncodeToString(h.Sum(nil))[:10]
}

func withDatabase(raw, name string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme == "" {
		return strings.TrimSpace(raw) + " dbname=" + name // keyword form
	}
	u.Path = "/" + name
	return u.String()
}
