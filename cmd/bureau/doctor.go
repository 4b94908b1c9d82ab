package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bureauhq/bureau/tenancy"
)

// finding is what one check of doctor found.
type finding struct {
	Check string `json:"check"`
	OK    bool   `json:"ok"`
	Found string `json:"found"`
}

func doctorCommand(where *place) *cobra.Command {
	var asJSON, sums, repair bool
	cmd := &cobra.Command{
		Use: "doctor", Short: "Check that everything Bureau needs is there and fits", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			findings := examine(cmd.Context(), where)
			if sums || repair {
				findings = append(findings, examineSums(cmd.Context(), where, repair)...)
			}
			bad := 0
			for _, f := range findings {
				if !f.OK {
					bad++
				}
			}
			if err := show(cmd, asJSON, map[string]any{"ok": bad == 0, "checks": findings}, func(w io.Writer) {
				for _, f := range findings {
					_, _ = fmt.Fprintf(w, "%-4s %-22s %s\n", map[bool]string{true: "ok", false: "BAD"}[f.OK], f.Check, f.Found)
				}
			}); err != nil {
				return err
			}
			if bad > 0 {
				return fmt.Errorf("%d of %d checks failed", bad, len(findings))
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "answer in JSON")
	cmd.Flags().BoolVar(&sums, "sums", false, "compare each agency's totals of time with its entries; this reads all of them")
	cmd.Flags().BoolVar(&repair, "repair-sums", false, "and mend those that are off")
	return cmd
}

func examine(ctx context.Context, where *place) (out []finding) {
	note := func(check, found string, err error) {
		if err != nil {
			found = strings.ReplaceAll(err.Error(), "\n", " ")
		}
		out = append(out, finding{check, err == nil, found})
	}
	a, shut, err := where.open(ctx)
	if err != nil {
		note("configuration", "", err)
		return out
	}
	defer shut()
	note("configuration", "complete", nil)
	note("web app", map[bool]string{true: "built in", false: "not built in: the API alone is served"}[web() != nil], nil)

	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	version, err := databaseVersion(ctx, a.Control)
	note("database", version, err)
	for _, name := range a.Control.Others() {
		there, e := a.Control.At(name)
		if e == nil {
			version, e = databaseVersion(ctx, there)
		}
		note("database "+name, version, e)
		err = errors.Join(err, e)
	}
	if err == nil {
		s, err := a.Migrator().Status(ctx)
		if err == nil && len(s.Behind) > 0 {
			err = fmt.Errorf("%d of %d agencies are behind %s: run `bureau migrate`", len(s.Behind), s.Agencies, s.Newest)
		}
		note("migrations", fmt.Sprintf("%d agencies at %s", s.Agencies, s.Newest), err)
		note("shards", fmt.Sprintf("none has more than %d agencies", tenancy.MostAgencies), roomy(ctx, a.Migrator()))
	}
	note("stores of files", "they answer", a.CheckStores(ctx))
	healthy, err := backupsHealthy(ctx, a)
	note("backups", healthy, err)
	admin := a.KratosAdminURL()
	if admin == "" {
		note("identity server", "not started: only the database is, for this command", nil)
	} else {
		note("identity server", "ready", kratosReady(ctx, admin))
	}
	if dir := os.TempDir(); dir != "" {
		f, err := os.CreateTemp(dir, "bureau-doctor-")
		if err == nil {
			_ = f.Close()
			err = os.Remove(f.Name())
		}
		note("temporary files", dir, err)
	}
	return out
}

// roomy refuses shards that are too full.
func roomy(ctx context.Context, m *tenancy.Migrator) error {
	crowds, err := m.Crowds(ctx)
	if err != nil {
		return err
	}
	var all []error
	for _, c := range crowds {
		all = append(all, fmt.Errorf("shard %d of placement %s has %d agencies, more than %d: raise BUREAU_DATABASE_SHARDS and run `bureau migrate`", c.Shard, c.Placement, c.Agencies, tenancy.MostAgencies))
	}
	return errors.Join(all...)
}

// databaseVersion refuses what is too old.
func databaseVersion(ctx context.Context, c *tenancy.Control) (string, error) {
	conn, err := c.Connect(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var number int
	var version string
	err = conn.QueryRow(ctx, `SELECT current_setting('server_version_num')::int, current_setting('server_version')`).Scan(&number, &version)
	if err == nil && number < 180000 {
		err = fmt.Errorf("PostgreSQL %s is too old: 18 is the oldest that Bureau supports", version)
	}
	return "PostgreSQL " + version, err
}

func kratosReady(ctx context.Context, admin string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(admin, "/")+"/admin/health/ready", nil)
	if err != nil {
		return err
	}
	resp, err := (&http.Client{Timeout: 5 * time.Second}).Do(req)
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers %s", resp.Status)
	}
	return nil
}
