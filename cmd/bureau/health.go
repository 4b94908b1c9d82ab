package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// metricsVariable names the setting that tells where a process answers about its health.
const metricsVariable = "BUREAU_METRICS_LISTEN"

// healthCommand is for health checks of containers: their image has no shell and no curl.
func healthCommand() *cobra.Command {
	return &cobra.Command{
		Use: "health", Short: "Ask the serve or worker of the same container whether it is ready", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			listen := os.Getenv(metricsVariable)
			if listen == "" {
				listen = settingDefault(metricsVariable)
			}
			return askReady(cmd.Context(), listen)
		},
	}
}

func askReady(ctx context.Context, listen string) error {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return errors.New(metricsVariable + " must be an address such as :9090")
	}
	// Who listens everywhere is asked at home.
	if addr, err := netip.ParseAddr(host); host == "" || err == nil && addr.IsUnspecified() {
		host = "localhost"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	resp, err := (&http.Client{Timeout: 4 * time.Second}).Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(io.LimitReader(resp.Body, 200))
		return fmt.Errorf("it answers %s: %s", resp.Status, strings.TrimSpace(string(said)))
	}
	return nil
}
