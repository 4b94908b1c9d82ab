package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/cmd/bureau/fleet"
)

type seedOptions struct {
	agencies          int
	size, placement   string
	workers           int
	zipf              bool
	skew              float64
	over, concurrency int
	lasting           time.Duration
	requests          int
	production        bool
}

func seedCommand(where *place) *cobra.Command {
	var o seedOptions
	cmd := &cobra.Command{
		Use: "seed", Short: "Fill the installation with sample agencies, and send requests to them", Args: cobra.NoArgs,
		Long: "Makes agencies sample-0001, sample-0002 and so on with the records of a small agency, until there are as many as asked for; a run\n" +
			"that broke off is repeated. With --zipf it then sends requests to them, most of them to a few, for a while, from this process to\n" +
			"itself, and prints rates, times and what the processes hold of memory.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if where.data == "" && !o.production {
				return errors.New("this fills the installation that the environment names with thousands of made-up agencies: add --production if that is meant")
			}
			here := *where
			here.newAt = o.placement
			a, shut, err := here.open(cmd.Context())
			if err != nil {
				return err
			}
			defer shut()
			if err := a.Migrate(cmd.Context()); err != nil {
				return err
			}
			if o.agencies > 0 {
				if err := makeAgencies(cmd, a, o); err != nil {
					return err
				}
			}
			if !o.zipf {
				return nil
			}
			return sendTraffic(cmd, a, o)
		},
	}
	f := cmd.Flags()
	f.IntVar(&o.agencies, "agencies", 0, "how many sample agencies there shall be")
	f.StringVar(&o.size, "size", "small", "what each holds: small or empty")
	f.StringVar(&o.placement, "placement", "", "on which database new ones are made; empty for that of all new agencies")
	f.IntVar(&o.workers, "workers", 0, "agencies made side by side; 0 for one each core")
	f.BoolVar(&o.zipf, "zipf", false, "send requests to the sample agencies, most to a few")
	f.Float64Var(&o.skew, "skew", 1.1, "how uneven: exponent of the Zipf distribution, above 1")
	f.IntVar(&o.over, "over", 0, "send to so many of them only; 0 for all")
	f.IntVar(&o.concurrency, "concurrency", 16, "requests under way at a time")
	f.DurationVar(&o.lasting, "for", 30*time.Second, "how long to send requests")
	f.IntVar(&o.requests, "requests", 0, "send so many at most; 0 for no such limit")
	f.BoolVar(&o.production, "production", false, "allow it on the installation that the environment names")
	return cmd
}

func makeAgencies(cmd *cobra.Command, a *app.App, o seedOptions) error {
	var bar *progress
	began := time.Now()
	made, err := fleet.Seed{
		App: a, Agencies: o.agencies, Size: o.size, Workers: o.workers,
		Say: func(s string) { _, _ = fmt.Fprintln(os.Stderr, s) }, Tell: func(done, all int) {
			if bar == nil {
				bar, began = newProgress("made", all), time.Now()
			}
			bar.tell(done, 0)
		},
	}.Run(cmd.Context())
	if bar != nil {
		bar.end()
	}
	if err != nil {
		return err
	}
	took := time.Since(began)
	_, _ = fmt.Fprintf(cmd.OutOrStdout(), "%d agencies made in %s, %.1f a second\n", made, took.Round(time.Second), float64(made)/took.Seconds())
	return nil
}

func sendTraffic(cmd *cobra.Command, a *app.App, o seedOptions) error {
	if o.skew <= 1 {
		return errors.New("--skew must be above 1")
	}
	all, err := fleet.Existing(cmd.Context(), a)
	if err != nil {
		return err
	}
	if o.over > 0 && o.over < len(all) {
		all = all[:o.over]
	}
	t := &fleet.Traffic{App: a, Agencies: all, Concurrency: o.concurrency, Skew: o.skew, For: o.lasting, Requests: o.requests}
	tally, err := t.Run(cmd.Context())
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	_, _ = fmt.Fprintf(out, "%d agencies called, %d at a time\n", t.Called(), o.concurrency)
	tally.Print(out)
	m, err := fleet.MeasureMemory(cmd.Context(), a.Control.Pool(), a.RolePrefix(), os.Getpid())
	if err != nil {
		_, _ = fmt.Fprintln(out, "memory: not measured:", err)
		return nil
	}
	_, _ = fmt.Fprintln(out, "memory:", m)
	return nil
}
