package testkit

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/bureauhq/bureau/app/kit/job"
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

// Queue is the platform's, without workers.
func (p *Platform) Queue(t testing.TB) *job.Queue {
	t.Helper()
	c, err := river.NewClient(riverpgxv5.New(p.Control.Pool()), &river.Config{Schema: tenancy.QueueSchema, Logger: Quiet()})
	if err != nil {
		t.Fatal(err)
	}
	return &job.Queue{Client: c}
}

// Quiet is a log that nobody reads.
func Quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
