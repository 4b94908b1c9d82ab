package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/app/devstack"
	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/mail"
	"github.com/bureauhq/bureau/tenancy"
	"github.com/bureauhq/bureau/tenancy/custody"
)

// domain is that of the site in development: browsers resolve all of *.localhost themselves.
const domain = "bureau.localhost"

const defaultPort = 8080

// place says which installation a command is about: a development directory, or what the environment names.
type place struct {
	data  string
	newAt string // the placement of new agencies; empty for what the configuration says
}

// open assembles the application without serving it. With a development directory whose stack is not running, its
// database is started for the command.
func (p *place) open(ctx context.Context) (*app.App, func(), error) {
	if p.data == "" {
		if os.Getenv("BUREAU_DATABASE_URL") == "" {
			return nil, nil, errors.New("which installation? Add --data DIR for a `bureau dev`, or set the environment (`bureau settings` lists it)")
		}
		s, err := readSettings()
		if err != nil {
			return nil, nil, err
		}
		cfg, err := s.config()
		if err != nil {
			return nil, nil, err
		}
		cfg.Tenancy.NewAt = cmp.Or(p.newAt, cfg.Tenancy.NewAt)
		a, err := app.New(ctx, cfg)
		if err != nil {
			return nil, nil, err
		}
		return a, a.Close, nil
	}
	where, err := devstack.Find(ctx, p.data)
	shut := func() {}
	if errors.Is(err, devstack.ErrNotRunning) {
		if _, err := os.Stat(p.data); err != nil {
			return nil, nil, fmt.Errorf("%s is no directory of a `bureau dev`", p.data)
		}
		stack, err := devstack.Start(ctx, devstack.Options{Data: p.data, Domain: domain, DatabaseOnly: true, Log: quiet()})
		if err != nil {
			return nil, nil, err
		}
		where, shut = stack.Addresses, stack.Stop
	} else if err != nil {
		return nil, nil, err
	}
	cfg, err := devConfig(where, defaultPort, quiet())
	if err != nil {
		shut()
		return nil, nil, err
	}
	cfg.Tenancy.NewAt = cmp.Or(p.newAt, cfg.Tenancy.NewAt)
	a, err := app.New(ctx, cfg)
	if err != nil {
		shut()
		return nil, nil, err
	}
	return a, func() { a.Close(); shut() }, nil
}

// devConfig is the configuration beside a development stack.
func devConfig(where devstack.Addresses, port int, log *slog.Logger) (app.Config, error) {
	origin := &url.URL{Scheme: "http", Host: domain + ":" + strconv.Itoa(port)}
	if where.Origin != "" {
		var err error
		if origin, err = url.Parse(where.Origin); err != nil {
			return app.Config{}, fmt.Errorf("the stack's origin: %w", err)
		}
	}
	var others []tenancy.Placement
	for _, name := range slices.Sorted(maps.Keys(where.Further)) {
		others = append(others, tenancy.Placement{Name: name, OwnerURL: where.Further[name]})
	}
	// And elsewhere.
	if named := os.Getenv("BUREAU_PLACEMENTS"); named != "" {
		more, err := placements(strings.Split(named, ","))
		if err != nil {
			return app.Config{}, err
		}
		others = append(others, more...)
	}
	cfg := app.Config{
		Origin: origin, Dev: true, Log: log, Now: time.Now, Web: web(), MailFrom: "no-reply@" + domain,
		// As many shards as production has by default: enough for 2,000 agencies and some spares, and each opens only the connections that are used.
		Tenancy:         tenancy.Config{OwnerURL: where.DatabaseURL, Password: where.LoginPassword, Shards: 10, Conns: 8, Placements: others},
		KratosPublicURL: where.KratosPublicURL, KratosAdminURL: where.KratosAdminURL, KratosCookie: devstack.KratosCookie,
	}
	if where.Origin != "" { // its stand-in for Stripe is part of the running `bureau dev`
		cfg.Gateway = devGateway(origin.Port(), where, log)
	}
	smtp := where.SMTPAddr
	if smtp == "" {
		smtp = "127.0.0.1:1" // nobody listens: mail of a stopped stack waits in its queue
	}
	var err error
	if cfg.Mail, err = mail.NewSMTP(mail.SMTP{URL: "smtp://" + smtp + "?tls=none", From: mail.Address{Name: "Bureau", Email: cfg.MailFrom}}); err != nil {
		return cfg, fmt.Errorf("mail: %w", err)
	}
	if where.TokenKeysFile != "" {
		if cfg.TokenKeys, err = os.ReadFile(where.TokenKeysFile); err != nil {
			return cfg, fmt.Errorf("token keys: %w", err)
		}
	}
	cfg.Secret = where.Secret
	if cfg.Files, err = file.NewFolder(file.FolderConfig{Dir: where.FilesDir, BaseURL: origin.String() + "/files", Secret: []byte(where.Secret)}); err != nil {
		return cfg, fmt.Errorf("files: %w", err)
	}
	store, err := file.NewFolder(file.FolderConfig{Dir: filepath.Join(filepath.Dir(where.FilesDir), "backups"), BaseURL: origin.String(), Secret: []byte(where.Secret)})
	if err != nil {
		return cfg, fmt.Errorf("backups: %w", err)
	}
	cfg.Backups = custody.Plan{Store: store, At: 2 * time.Hour, Days: 7, Keep: 2}
	return cfg, nil
}

// quiet keeps the chatter of start and stop out of a short command's output.
func quiet() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
}

// show prints for scripts or for people.
func show(cmd *cobra.Command, asJSON bool, v any, people func(io.Writer)) error {
	out := cmd.OutOrStdout()
	if !asJSON {
		people(out)
		return nil
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
