package testkit

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/tenancy"
)

// Platform is the shared floor of a test process: pools and registry.
type Platform struct {
	Config      tenancy.Config
	DB          *tenancy.DB
	Control     *tenancy.Control
	Owner       *tenancy.Migrator
	Registry    *tenancy.Registry
	Provisioner *tenancy.Provisioner

	fresh fresh
}

var floor struct {
	sync.Once
	p   *Platform
	err error
}

// NewPlatform returns the floor of this process.
func NewPlatform(t testing.TB) *Platform {
	t.Helper()
	cfg := Config(t)
	floor.Do(func() { floor.p, floor.err = openPlatform(context.Background(), cfg) })
	if floor.err != nil {
		t.Fatalf("test platform: %v", floor.err)
	}
	return floor.p
}

func openPlatform(ctx context.Context, cfg tenancy.Config) (p *Platform, err error) {
	p = &Platform{Config: cfg}
	if p.DB, err = tenancy.Open(ctx, cfg); err != nil {
		return nil, err
	}
	if p.Control, err = tenancy.OpenControl(ctx, cfg); err != nil {
		return nil, err
	}
	if p.Owner, err = tenancy.OpenMigrator(ctx, cfg); err != nil {
		return nil, err
	}
	p.Registry = tenancy.NewRegistry(p.Control, time.Now)
	p.Provisioner, err = tenancy.NewProvisioner(cfg, p.Control, p.Owner, slog.New(slog.DiscardHandler))
	return p, err
}

// Agency is one fresh agency and what a module needs to work in it.
type Agency struct {
	*Platform
	Tenancy  tenancy.Agency
	Ctx      context.Context // the agency, with an actor who may do everything
	Owner    access.Actor
	Bus      *event.Bus
	Queue    *job.Queue
	Registry *job.Registry
	Clock    *Clock

	queueName string
}

// NewAgency claims a fresh agency. Its clock stands at Monday 2026-03-02 09:00 UTC until the test moves it.
func NewAgency(t testing.TB) *Agency {
	t.Helper()
	return NewPlatform(t).Agency(t)
}

// Agency is NewAgency on this platform.
func (p *Platform) Agency(t testing.TB) *Agency {
	t.Helper()
	slug := "a" + strings.ReplaceAll(id.New(), "-", "")
	a, err := p.Provisioner.Claim(t.Context(), slug, "Agency "+slug[:6])
	if err != nil {
		t.Fatalf("claim an agency: %v", err)
	}
	p.Again(t, a, nil)
	clock := &Clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	owner := access.Actor{MemberID: id.New(), PersonID: id.New(), Name: "Olive Owner", Email: "olive@example.test", Kind: access.Staff, Role: "owner", Perms: access.NewSet(access.Everything)}
	q := &job.Queue{Name: "q" + slug[1:]}
	reg := job.NewRegistry()
	ag := &Agency{
		Platform: p, Tenancy: a, Ctx: access.With(tenancy.With(t.Context(), a), owner), Owner: owner,
		Queue: q, Registry: reg, Bus: event.NewBus(q, reg, clock.Now), Clock: clock, queueName: q.Name,
	}
	q.Client = ag.client(t, nil)
	return ag
}

func (a *Agency) client(t testing.TB, cfg *river.Config) *river.Client[pgx.Tx] {
	t.Helper()
	if cfg == nil {
		cfg = &river.Config{}
	}
	cfg.Schema, cfg.Logger = tenancy.QueueSchema, slog.New(slog.DiscardHandler)
	c, err := river.NewClient(riverpgxv5.New(a.Control.Pool()), cfg)
	if err != nil {
		t.Fatalf("job client: %v", err)
	}
	return c
}

// As returns a.Ctx with an actor who holds just these permissions.
func (a *Agency) As(actor access.Actor, perms ...access.Permission) context.Context {
	if actor.MemberID == "" {
		actor.MemberID = id.New()
	}
	if actor.Kind == "" {
		actor.Kind, actor.Role = access.Staff, "member"
	}
	if len(perms) > 0 {
		actor.Perms = access.NewSet(perms...)
	}
	return access.With(a.Ctx, actor)
}

// Work does the jobs of this agency until none is left. Those that wait for a time
// are called too: by the test's clock they know themselves whether they are due.
func (a *Agency) Work(t testing.TB) {
	t.Helper()
	if _, err := a.Control.Pool().Exec(a.Ctx, `UPDATE queue.river_job SET state = 'available', scheduled_at = now() WHERE queue = $1 AND state = 'scheduled'`, a.queueName); err != nil {
		t.Fatalf("call the jobs that wait: %v", err)
	}
	restore := func(ctx context.Context, _ string) (context.Context, error) {
		return access.With(tenancy.With(ctx, a.Tenancy), access.Actor{Kind: access.System, Name: "System"}), nil
	}
	c := a.client(t, &river.Config{
		Workers: a.Registry.Workers, Queues: map[string]river.QueueConfig{a.queueName: {MaxWorkers: 2}},
		FetchCooldown: 5 * time.Millisecond, FetchPollInterval: 20 * time.Millisecond,
		Middleware: []rivertype.Middleware{job.InAgency(restore)},
	})
	if err := c.Start(context.WithoutCancel(a.Ctx)); err != nil {
		t.Fatalf("start the worker: %v", err)
	}
	defer func() { _ = c.StopAndCancel(context.WithoutCancel(a.Ctx)) }()
	deadline := time.Now().Add(30 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range tick.C {
		var open int
		err := a.Control.Pool().QueryRow(a.Ctx, `SELECT count(*) FROM queue.river_job WHERE queue = $1 AND finalized_at IS NULL AND state NOT IN ('retryable', 'scheduled')`, a.queueName).Scan(&open)
		if err != nil {
			t.Fatalf("count jobs: %v", err)
		}
		if open == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d jobs are still open after 30 s", open)
		}
	}
}

// Clock is a clock that tests move by hand.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now tells the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set moves the clock to t.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// Advance moves the clock on by d.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
