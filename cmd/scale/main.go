// Command scale shows on one machine, without a hand, what Bureau does with thousands of agencies: it makes them, migrates
// them, compares the agencies' pool with its rivals, exports, starts the program and counts what it asks, sends it ten
// thousand requests, signs people up beside traffic, and prints one table with the goals beside the figures:
//
//	go run ./cmd/scale --agencies 2000
//
// What is made stays in the data directory, so that a run that broke off is repeated quickly. It fails when a goal is missed
// that does not depend on how busy the machine is.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/app/devstack"
	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/mail"
	"github.com/bureauhq/bureau/cmd/bureau/fleet"
	"github.com/bureauhq/bureau/cmd/scale/ratio"
	"github.com/bureauhq/bureau/cmd/scale/report"
	"github.com/bureauhq/bureau/tenancy"
)

const domain = "bureau.localhost"

// patience is how long the last checkpoint may take after thousands of agencies were made: it syncs every one of their files.
const patience = 15 * time.Minute

type run struct {
	agencies, requests, over, signUps, spares, traffic int
	rounds                                             int
	data, out, doc, program                            string
	port                                               int
	skew                                               float64
	onlySignUps, onlyRatios                            bool

	sheet report.Sheet
	began time.Time
}

func main() {
	r := &run{began: time.Now()}
	flag.IntVar(&r.agencies, "agencies", 60, "how many there shall be; the goals are set for 2000")
	flag.StringVar(&r.data, "data", ".bureau-scale", "directory of the installation; one with fewer agencies is filled up")
	flag.StringVar(&r.program, "program", "bin/bureau", "the built program")
	flag.IntVar(&r.port, "port", 8095, "port that it shall listen on")
	flag.StringVar(&r.out, "out", "", "file for the table; empty for scale-<agencies>.md in the data directory")
	flag.StringVar(&r.doc, "doc", "", "document to put the table into, between its two marks; empty for none")
	flag.IntVar(&r.requests, "requests", 10_000, "requests to the running program")
	flag.IntVar(&r.over, "over", 1000, "agencies that these are sent to")
	flag.IntVar(&r.signUps, "sign-ups", 40, "people who sign up beside traffic; half as many do beside as much traffic as the machine takes")
	flag.BoolVar(&r.onlySignUps, "only-sign-ups", false, "measure these alone, with the agencies that are there")
	flag.BoolVar(&r.onlyRatios, "only-ratios", false, "compare the pool with its rivals alone, over the agencies that are there")
	flag.IntVar(&r.traffic, "traffic", 100, "requests a second beside them")
	flag.IntVar(&r.spares, "spares", 60, "agencies kept ready for them; a few minutes' worth, since they are made in quiet moments")
	flag.IntVar(&r.rounds, "rounds", 5, "rounds of each comparison")
	flag.Float64Var(&r.skew, "skew", 1.1, "how uneven traffic is: exponent of the Zipf distribution, above 1")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := r.all(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "scale:", err)
		os.Exit(1)
	}
}

func (r *run) say(s string) {
	fmt.Fprintf(os.Stderr, "%6s  %s\n", time.Since(r.began).Round(time.Second), s)
}

func (r *run) all(ctx context.Context) error {
	r.sheet.Say = func(row report.Row) {
		r.say(strings.TrimSpace(fmt.Sprintf("  %s: %s  %s  %s", row.What, row.Measured, row.Goal, row.Verdict)))
	}
	if _, err := os.Stat(r.program); err != nil {
		return fmt.Errorf("%s is not built: `make build` does it: %w", r.program, err)
	}
	if r.out == "" {
		r.out = filepath.Join(r.data, fmt.Sprintf("scale-%d.md", r.agencies))
	}
	before, waited := conditions(), stalled()
	if !r.onlySignUps {
		if err := r.beside(ctx); err != nil {
			return err
		}
	}
	if !r.onlyRatios {
		if err := r.live(ctx); err != nil {
			return err
		}
	}
	text := fmt.Sprintf("%d agencies, %s; Zipf %g; %s before the run, %s after it; %s in all, in %s of which somebody waited for the disk. `make scale AGENCIES=%d`.\n\n%s",
		r.agencies, machine(), r.skew, before, conditions(), time.Since(r.began).Round(time.Second), (stalled() - waited).Round(time.Second), r.agencies, r.sheet.Markdown())
	fmt.Println(text)
	if err := os.WriteFile(r.out, []byte(text), 0o600); err != nil {
		return err
	}
	r.say("the table is in " + r.out)
	if r.doc != "" {
		if err := report.Insert(r.doc, text); err != nil {
			return err
		}
		r.say("and in " + r.doc)
	}
	if n := r.sheet.Missed(); n > 0 {
		return fmt.Errorf("%d goals were missed", n)
	}
	return nil
}

// beside is what is measured with the database alone, from this process.
func (r *run) beside(ctx context.Context) error {
	stack, err := devstack.Start(ctx, devstack.Options{Data: r.data, Domain: domain, DatabaseOnly: true, Patience: patience, Log: quiet(), Say: r.say})
	if err != nil {
		return err
	}
	defer stack.Stop()
	a, err := r.open(ctx, stack.Addresses)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := mend(ctx, stack.DatabaseURL); err != nil {
		return err
	}
	if err := a.Migrate(ctx); err != nil {
		return err
	}
	if err := r.seed(ctx, a); err != nil {
		return err
	}
	all, err := fleet.Existing(ctx, a)
	if err != nil {
		return err
	}
	all = all[:min(len(all), r.agencies)]
	if !r.onlyRatios {
		if err := r.maintain(ctx, a, all, stack.Addresses); err != nil {
			return err
		}
	}
	a.Close() // its connections would be among those that are looked at
	cfg := tenancyConfig(stack.Addresses)
	cfg.Wait = 30 * time.Second // nobody gives up in a comparison
	if err := (ratio.Plan{Tenancy: cfg, Agencies: all, Skew: r.skew, Rounds: r.rounds, Requests: max(1000, min(3000, 2*r.agencies)), Say: r.say}).Run(ctx, &r.sheet); err != nil {
		return err
	}
	return logStatements(ctx, stack.DatabaseURL, true) // for the start that comes next
}

// maintain is what an operator does to all agencies.
func (r *run) maintain(ctx context.Context, a *app.App, all []tenancy.Agency, at devstack.Addresses) error {
	if err := r.checkpoint(ctx, at.DatabaseURL, "checkpoint after the agencies were made"); err != nil {
		return err
	}
	if err := r.migrate(ctx, at); err != nil {
		return err
	}
	if err := r.checkpoint(ctx, at.DatabaseURL, "checkpoint after the step was taken back"); err != nil {
		return err
	}
	if err := r.export(ctx, a, all); err != nil {
		return err
	}
	return r.sweep(ctx, at.DatabaseURL)
}

// tenancyConfig has the figures of production, written out.
func tenancyConfig(at devstack.Addresses) tenancy.Config {
	return tenancy.Config{
		OwnerURL: at.DatabaseURL, Password: at.LoginPassword, Prefix: "bureau", Shards: 10, Conns: 4, ConnAgencies: 100,
		ConnLife: 45 * time.Minute, Wait: 3 * time.Second,
	}
}

// open is the application without web server and jobs.
func (r *run) open(ctx context.Context, at devstack.Addresses) (*app.App, error) {
	origin := &url.URL{Scheme: "http", Host: domain + ":" + strconv.Itoa(r.port)}
	files, err := file.NewFolder(file.FolderConfig{Dir: at.FilesDir, BaseURL: origin.String() + "/files", Secret: []byte(at.Secret)})
	if err != nil {
		return nil, err
	}
	nobody, err := mail.NewSMTP(mail.SMTP{URL: "smtp://127.0.0.1:1?tls=none", From: mail.Address{Name: "Bureau", Email: "no-reply@" + domain}})
	if err != nil {
		return nil, err
	}
	return app.New(ctx, app.Config{
		Origin: origin, Dev: true, Tenancy: tenancyConfig(at), Mail: nobody, Files: files,
		MailFrom: "no-reply@" + domain, Log: quiet(), Now: time.Now,
	})
}

func quiet() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
}

// seed makes the agencies. How fast is kept beside them, for runs that find them there.
func (r *run) seed(ctx context.Context, a *app.App) error {
	r.say(fmt.Sprintf("making agencies, until there are %d", r.agencies))
	was := filepath.Join(r.data, "seeded.json")
	var began time.Time
	step := max(1, r.agencies/20)
	made, err := fleet.Seed{App: a, Agencies: r.agencies, Size: "small", Say: r.say, Tell: func(done, all int) {
		if done == 0 {
			began = time.Now()
		} else if done%step == 0 {
			r.say(fmt.Sprintf("  %d of %d made, %.1f a second", done, all, float64(done)/time.Since(began).Seconds()))
		}
	}}.Run(ctx)
	if err != nil {
		return err
	}
	var one report.Sheet
	if made == 0 {
		b, err := os.ReadFile(was)
		if err == nil && json.Unmarshal(b, &one.Rows) == nil {
			r.sheet.Add(one.Rows...)
		}
		return nil
	}
	one.Rate(fmt.Sprintf("small agencies made, the last %d", made), made, time.Since(began), 4, "")
	r.sheet.Add(one.Rows...)
	b, err := json.Marshal(one.Rows)
	return errors.Join(err, os.WriteFile(was, b, 0o600))
}
