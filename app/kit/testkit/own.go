package testkit

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/tenancy"
)

// Own returns a platform with a database of the test's own, for what touches all agencies at once. change may be nil.
func Own(t testing.TB, change func(*tenancy.Config)) *Platform {
	t.Helper()
	cluster := Cluster(t)
	cfg, err := makeDatabase(t.Context(), cluster)
	if err != nil {
		t.Fatalf("a database of its own: %v", err)
	}
	t.Cleanup(func() { dropDatabase(t, cluster, cfg.OwnerURL) })
	return openOwn(t, cfg, change)
}

// Alone is Own with roles that nothing else in the cluster depends on either; making it takes seconds.
func Alone(t testing.TB, change func(*tenancy.Config)) *Platform {
	t.Helper()
	cluster := Cluster(t)
	conn, err := pgx.Connect(t.Context(), cluster)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	prefix := fmt.Sprintf("alone%d_%d", os.Getpid(), count.Add(1))
	if _, err := conn.Exec(t.Context(), `CREATE DATABASE `+prefix); err != nil {
		t.Fatal(err)
	}
	cfg := tenancy.Config{OwnerURL: withDatabase(cluster, prefix), Prefix: prefix, Shards: 2, Conns: 8, Spares: 1}
	t.Cleanup(func() {
		dropDatabase(t, cluster, cfg.OwnerURL)
		dropRoles(t, cluster, prefix)
	})
	if err := migrate(t.Context(), cfg); err != nil {
		t.Fatalf("migrate a database of its own: %v", err)
	}
	return openOwn(t, cfg, change)
}

func openOwn(t testing.TB, cfg tenancy.Config, change func(*tenancy.Config)) *Platform {
	t.Helper()
	if change != nil {
		change(&cfg)
	}
	p, err := openPlatform(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// Another opens the same database with another configuration, as a second program does.
func (p *Platform) Another(t testing.TB, change func(*tenancy.Config)) *Platform {
	t.Helper()
	return openOwn(t, p.Config, change)
}

// Close gives all connections back.
func (p *Platform) Close() {
	p.DB.Close()
	p.Control.Close()
	p.Owner.Close()
}

func onCluster(t testing.TB, cluster string, fn func(context.Context, *pgx.Conn)) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	conn, err := pgx.Connect(ctx, cluster)
	if err != nil {
		t.Error(err)
		return
	}
	defer func() { _ = conn.Close(ctx) }()
	fn(ctx, conn)
}

func dropDatabase(t testing.TB, cluster, owner string) {
	t.Helper()
	u, err := url.Parse(owner)
	if err != nil {
		return // of the keyword form; dropOld takes it in an hour
	}
	onCluster(t, cluster, func(ctx context.Context, conn *pgx.Conn) {
		if _, err := conn.Exec(ctx, `DROP DATABASE `+strings.TrimPrefix(u.Path, "/")+` WITH (FORCE)`); err != nil {
			t.Error(err)
		}
	})
}

func dropRoles(t testing.TB, cluster, prefix string) {
	t.Helper()
	onCluster(t, cluster, func(ctx context.Context, conn *pgx.Conn) {
		rows, err := conn.Query(ctx, `SELECT rolname FROM pg_roles WHERE starts_with(rolname, $1)`, prefix+"_")
		if err != nil {
			t.Error(err)
			return
		}
		names, _ := pgx.CollectRows(rows, pgx.RowTo[string])
		for _, n := range names {
			if _, err := conn.Exec(ctx, `DROP ROLE `+n); err != nil {
				t.Error(err)
			}
		}
	})
}
