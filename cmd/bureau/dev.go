package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/app/devstack"
)

type devOptions struct {
	data            string
	port            int
	metrics         string
	demo, noBrowser bool
	verbose         bool
	lightHashing    bool
	further         []string
	spares          int
}

func devCommand(where *place) *cobra.Command {
	var o devOptions
	cmd := &cobra.Command{
		Use: "dev", Short: "Run everything on this machine: database, identity server, mail and the app", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.data = where.data; o.data == "" {
				o.data = ".bureau"
			}
			return dev(cmd.Context(), cmd.OutOrStdout(), o)
		},
	}
	cmd.Flags().IntVar(&o.port, "port", defaultPort, "port of the app")
	cmd.Flags().StringVar(&o.metrics, "metrics", "127.0.0.1:0", "address of /livez, /readyz and /metrics")
	cmd.Flags().BoolVar(&o.demo, "demo", false, "load an agency with a year of sample data")
	cmd.Flags().BoolVar(&o.noBrowser, "no-browser", false, "open no browser")
	cmd.Flags().StringSliceVar(&o.further, "database", nil, "a further database for agencies to move to; it stays for later starts")
	cmd.Flags().IntVar(&o.spares, "spares", 0, "agencies kept ready for the next sign-ups; 0 for the usual number")
	cmd.Flags().BoolVar(&o.lightHashing, "light-hashing", false, "hash passwords cheaply, for automated browsers that sign in by the hundred")
	cmd.Flags().BoolVar(&o.verbose, "verbose", false, "log every request")
	return cmd
}

func dev(ctx context.Context, out io.Writer, o devOptions) (err error) {
	// Whatever ends this ends what it started.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	level := slog.LevelWarn
	if o.verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	// Taken first: a port in use is said before a database is started.
	l, err := net.Listen("tcp4", "127.0.0.1:"+strconv.Itoa(o.port))
	if err != nil {
		return fmt.Errorf("port %d is in use; choose another with --port: %w", o.port, err)
	}
	defer func() { _ = l.Close() }()
	stack, err := devstack.Start(ctx, devstack.Options{
		Data: o.data, Domain: domain, Port: o.port, Log: log, Further: o.further, LightHashing: o.lightHashing,
		Say: func(s string) { _, _ = fmt.Fprintln(out, s) },
	})
	if err != nil {
		return err
	}
	defer stack.Stop()
	cfg, err := devConfig(stack.Addresses, o.port, log)
	if err != nil {
		return err
	}
	cfg.Tenancy.Spares = o.spares
	cfg.MailPage = stack.MailHandler()
	stand, err := payments(&cfg, stack.Addresses, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stand.Close()) }()
	a, err := app.New(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.Migrate(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	// The first sign-up shall wait for nothing either.
	if err := a.Provisioner.Fill(ctx); err != nil {
		return fmt.Errorf("prepare agencies: %w", err)
	}
	health, err := serveHealth(ctx, a, o.metrics)
	if err != nil {
		return err
	}
	defer func() { _ = health.Close() }()
	a.StartListening(ctx)
	if err := a.StartWorker(ctx); err != nil {
		return fmt.Errorf("start the worker: %w", err)
	}
	defer func() {
		cancel()
		err = errors.Join(err, stop(a))
	}()
	if o.demo {
		if err := loadDemo(ctx, a, cfg.KratosAdminURL, out); err != nil {
			return err
		}
	}
	failed := make(chan error, 1)
	go func() { failed <- a.Fiber.Listener(l) }()
	if _, err := a.Services.Billing.Bootstrap(ctx); err != nil {
		return fmt.Errorf("prices: %w", err)
	}
	origin := cfg.Origin.String()
	_, _ = fmt.Fprintf(out, "ready %s\n      caught mail %s/dev/mail · metrics http://%s/metrics · data %s · Ctrl-C stops everything\n",
		origin, origin, health.Addr, o.data)
	if cfg.Web == nil {
		_, _ = fmt.Fprintln(out, "      this program was built without the web app: `make build` includes it")
	}
	if !o.noBrowser {
		openBrowser(ctx, origin)
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	}
}

// openBrowser is a courtesy: it fails silently on machines without a screen.
func openBrowser(ctx context.Context, url string) {
	name := "xdg-open"
	if runtime.GOOS == "darwin" {
		name = "open"
	} else if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return
	}
	_ = exec.CommandContext(ctx, name, url).Start()
}
