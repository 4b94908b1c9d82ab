package testkit

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/tenancy"
)

// Second is the name of the second placement of Placed.
const Second = "second"

// Placed is Own with a second placement: another database, in cluster, or in
// that of all tests when it is empty. change may be nil.
func Placed(t testing.TB, cluster string, change func(*tenancy.Config)) *Platform {
	t.Helper()
	if cluster == "" {
		cluster = Cluster(t)
	}
	name := fmt.Sprintf("placed%d_%d", os.Getpid(), count.Add(1))
	onCluster(t, cluster, func(ctx context.Context, conn *pgx.Conn) {
		if _, err := conn.Exec(ctx, `CREATE DATABASE `+name); err != nil {
			t.Fatal(err)
		}
	})
	url := withDatabase(cluster, name)
	t.Cleanup(func() { dropDatabase(t, cluster, url) })
	p := Own(t, func(cfg *tenancy.Config) {
		cfg.Placements = []tenancy.Placement{{Name: Second, OwnerURL: url}}
		if change != nil {
			change(cfg)
		}
	})
	if err := p.Owner.Platform(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.DB.Follow(p.Registry)
	return p
}
