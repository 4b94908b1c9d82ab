package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/bureauhq/bureau/app"
)

// stopWithin is how long requests and jobs under way may take to end.
const stopWithin = 20 * time.Second

func serveCommand() *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: "Serve the web app and the API; the environment names the services", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := readSettings()
			if err != nil {
				return err
			}
			cfg, err := s.config()
			if err != nil {
				return err
			}
			return run(cmd.Context(), cfg, s.Listen, s.MetricsListen, func(a *app.App) { a.StartListening(cmd.Context()) })
		},
	}
}

func workerCommand() *cobra.Command {
	return &cobra.Command{
		Use: "worker", Short: "Do the background work; the environment names the services", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := readSettings()
			if err != nil {
				return err
			}
			cfg, err := s.config()
			if err != nil {
				return err
			}
			return run(cmd.Context(), cfg, "", s.MetricsListen, func(a *app.App) {
				a.StartListening(cmd.Context())
				startWorker(cmd.Context(), a, cfg.Log)
			})
		},
	}
}

// startWorker keeps trying: the database may come up after us.
func startWorker(ctx context.Context, a *app.App, log *slog.Logger) {
	go func() {
		for {
			err := a.StartWorker(ctx)
			if err == nil || ctx.Err() != nil {
				return
			}
			log.WarnContext(ctx, "the worker could not start and tries again", "err", err)
			select {
			case <-ctx.Done():
				return
			case <-time.After(2 * time.Second):
			}
		}
	}()
}

// run serves until the context ends. An empty listen leaves the web server out.
func run(ctx context.Context, cfg app.Config, listen, metrics string, start func(*app.App)) error {
	a, err := app.New(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.PricesAgree(ctx); err != nil {
		return err
	}
	health, err := serveHealth(ctx, a, metrics)
	if err != nil {
		return err
	}
	defer func() { _ = health.Close() }()
	failed := make(chan error, 1)
	if listen != "" {
		l, err := net.Listen("tcp", listen)
		if err != nil {
			return fmt.Errorf("serve: %w", err)
		}
		go func() { failed <- a.Fiber.Listener(l) }()
	}
	start(a)
	cfg.Log.InfoContext(ctx, "ready", "listen", listen, "metrics", metrics, "version", app.Version)
	select {
	case <-ctx.Done():
		return stop(a)
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	}
}

// stop lets what is under way end, for as long as that may take.
func stop(a *app.App) error {
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	return a.Stop(ctx)
}

// serveHealth answers /livez, /readyz and /metrics on an address of their own.
func serveHealth(ctx context.Context, a *app.App, addr string) (*http.Server, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	s := &http.Server{Addr: l.Addr().String(), Handler: a.Health(), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			slog.ErrorContext(ctx, "the metrics server ended", "err", err)
		}
	}()
	return s, nil
}
