// Package app builds the whole application out of its parts. Only cmd and the
// end-to-end tests import it.
package app

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/live"
	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/tenancy"
	"github.com/bureauhq/bureau/tenancy/custody"
)

// Version is set at build time.
var Version = "dev"

// App is the assembled application, ready to serve and to work.
type App struct {
	Fiber *fiber.App
	API   *httpapi.API

	DB          *tenancy.DB
	Control     *tenancy.Control
	Registry    *tenancy.Registry
	Provisioner *tenancy.Provisioner
	Bus         *event.Bus
	Queue       *job.Queue
	Jobs        *job.Registry
	Live        *live.Hub
	Services    Services
	Custody     *custody.Service
	Gate        *billing.Gate

	cfg      Config
	places   identity.Places
	log      *slog.Logger
	worker   *river.Client[pgx.Tx]
	owner    *tenancy.Migrator
	meter    *meter
	stopping chan struct{}
}

// New wires everything. It reaches for nothing: the database may be away.
func New(ctx context.Context, cfg Config) (*App, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	a := &App{cfg: cfg, log: cfg.Log, meter: newMeter(), Live: live.NewHub(), Queue: &job.Queue{}, Jobs: job.NewRegistry(), stopping: make(chan struct{})}
	var err error
	if a.places, err = identity.NewPlaces(cfg.Origin.String()); err != nil {
		return nil, err
	}
	a.Bus = event.NewBus(a.Queue, a.Jobs, cfg.Now)
	if err := a.openDatabase(ctx); err != nil {
		a.Close()
		return nil, err
	}
	a.openCustody()
	if err := a.wireServices(); err != nil {
		a.Close()
		return nil, err
	}
	if err := a.openQueue(); err != nil {
		a.Close()
		return nil, err
	}
	a.wireWeb()
	return a, nil
}

func (a *App) openDatabase(ctx context.Context) (err error) {
	if a.DB, err = tenancy.Open(ctx, a.cfg.Tenancy); err != nil {
		return err
	}
	a.meter.registry.MustRegister(poolCollector{a.DB.Pools})
	if a.Control, err = tenancy.OpenControl(ctx, a.cfg.Tenancy); err != nil {
		return err
	}
	if a.owner, err = tenancy.OpenMigrator(ctx, a.cfg.Tenancy); err != nil {
		return err
	}
	a.Registry = tenancy.NewRegistry(a.Control, a.cfg.Now)
	a.DB.Follow(a.Registry)
	a.Registry.MigrateLate(a.owner)
	a.Provisioner, err = tenancy.NewProvisioner(a.cfg.Tenancy, a.Control, a.owner, a.log)
	return err
}

// openQueue builds the job runner; it runs only after StartWorker.
func (a *App) openQueue() error {
	restore := func(ctx context.Context, key string) (context.Context, error) {
		agency, err := a.Registry.ByID(ctx, key)
		if err != nil {
			return nil, err
		}
		return access.With(tenancy.With(ctx, agency), access.Actor{Kind: access.System, Name: "Bureau"}), nil
	}
	queue := cmp.Or(a.cfg.Queue, river.QueueDefault)
	a.Queue.Name = queue
	client, err := river.NewClient(riverpgxv5.New(a.Control.Pool()), &river.Config{
		Schema: tenancy.QueueSchema, Logger: a.log, Workers: a.Jobs.Workers, JobTimeout: 2 * time.Minute,
		Queues:     map[string]river.QueueConfig{queue: {MaxWorkers: 8}},
		Middleware: []rivertype.Middleware{job.Park(a.Jobs, a.jobsRun), job.InAgency(restore)},
	})
	a.worker, a.Queue.Client = client, client
	return err
}

func (a *App) wireWeb() {
	proxies := a.cfg.TrustedProxies
	f := httpapi.NewFiber(a.log, fiber.Config{
		AppName: "Bureau", ServerHeader: "", BodyLimit: 8 << 20, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		ProxyHeader: fiber.HeaderXForwardedFor, EnableTrustedProxyCheck: true, TrustedProxies: proxies, EnableIPValidation: true,
	})
	f.Use(requests(a.log, a.cfg.Now, a.meter, newDenials(a.log, a.cfg.DenialLog, a.cfg.Now)), headers(a.cfg.Dev))
	a.mountDev(f)
	f.Use(newHosts(a.cfg.Origin, a.Registry).middleware)
	a.mountWebhooks(f)
	a.mountFiles(f)
	a.mountIdentity(f)
	f.Use("/api/v1/portal", a.preview)
	f.Get("/api/v1/stream", stream(a.guard, a.Live, a.isIn, a.stopping))
	a.API = httpapi.NewAPI(f, httpapi.Options{
		Title: "Bureau", Version: "1", Guard: a.guard, Log: a.log,
		Replayer: replays{a.DB, a.cfg.Now, a.log},
	})
	a.registerOperations()
	a.mountDocument(f)
	a.mountPages(f)
	a.Fiber = f
}

// StartListening keeps this process's caches and open pages in step with the others, until ctx ends.
func (a *App) StartListening(ctx context.Context) {
	go a.Live.Listen(ctx, a.Control.Connect, a.log)
	for _, name := range a.Control.Others() {
		if there, err := a.Control.At(name); err == nil {
			go a.Live.Listen(ctx, there.Connect, a.log)
		}
	}
	go a.listenToBilling(ctx)
	go func() {
		for ctx.Err() == nil {
			if err := a.Registry.Listen(ctx); err != nil && ctx.Err() == nil {
				a.Registry.Forget("") // nothing may be trusted while nobody listens
				a.log.WarnContext(ctx, "registry changes are not heard", "err", err)
			}
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}()
}

// StartWorker does jobs and keeps spare agencies ready, until ctx ends. It returns when it is ready.
func (a *App) StartWorker(ctx context.Context) error {
	go a.Provisioner.KeepSpares(ctx, 2*time.Second)
	go a.Provisioner.KeepPurging(ctx, 24*time.Hour, a.cfg.Now, a.elsewhere())
	go a.Services.Identity.Sweep(ctx, 10*time.Minute)
	go a.Services.Billing.Keep(ctx)
	go a.Services.Payments.Keep(ctx)
	go tenancy.NewCarrier(a.Control, a.Queue, a.log).Keep(ctx)
	go a.Custody.KeepSettled(ctx, 2*time.Second)
	go a.Custody.KeepBackups(ctx, a.Registry.ByID, time.Minute)
	if a.cfg.KratosAdminURL != "" {
		go a.Services.Identity.KeepFollowing(ctx, time.Hour)
	}
	return a.worker.Start(ctx)
}

// Migrate brings the platform and all agencies to the newest step.
func (a *App) Migrate(ctx context.Context) error {
	if err := a.owner.Platform(ctx); err != nil {
		return err
	}
	out, err := a.owner.Agencies(ctx, tenancy.Fleet{})
	for _, l := range out.Failed {
		err = errors.Join(err, errors.New(l.Slug+": "+l.Error))
	}
	return err
}

// RemoveAgency removes an agency for good and at once, whatever its state.
func (a *App) RemoveAgency(ctx context.Context, t tenancy.Agency) error {
	if t.State == tenancy.Active || t.State == tenancy.Suspended {
		if err := a.Provisioner.Delete(ctx, t.Slug); err != nil {
			return err
		}
	}
	return a.Provisioner.Remove(ctx, t, a.elsewhere())
}

// elsewhere is what a removed agency leaves outside of the database.
func (a *App) elsewhere() tenancy.Elsewhere {
	out := tenancy.Elsewhere{Stores: []tenancy.Files{a.cfg.Files}, End: a.Services.Billing.End}
	if a.cfg.Backups.Store != nil {
		out.Stores = append(out.Stores, a.cfg.Backups.Store)
	}
	return out
}

// Migrator is for the command line.
func (a *App) Migrator() *tenancy.Migrator { return a.owner }

// Stop ends open streams and jobs and waits for requests that are under way.
func (a *App) Stop(ctx context.Context) error {
	close(a.stopping)
	err := a.Fiber.ShutdownWithContext(ctx)
	// Stop of a client that was never started returns at once.
	return errors.Join(err, a.worker.Stop(ctx))
}

// Close gives all connections back.
func (a *App) Close() {
	if a.DB != nil {
		a.DB.Close()
	}
	if a.Control != nil {
		a.Control.Close()
	}
	if a.owner != nil {
		a.owner.Close()
	}
}
