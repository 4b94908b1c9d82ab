package main

import (
	"cmp"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/bureauhq/bureau/tenancy"
)

func migrateCommand(where *place) *cobra.Command {
	var asJSON, dryRun bool
	var workers int
	status := &cobra.Command{
		Use: "status", Short: "Tell which agencies are behind, and where the registry is wrong about one", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, shut, err := where.open(cmd.Context())
			if err != nil {
				return err
			}
			defer shut()
			s, err := a.Migrator().Status(cmd.Context())
			if err != nil {
				return err
			}
			return show(cmd, asJSON, s, func(w io.Writer) { printStatus(w, s) })
		},
	}
	cmd := &cobra.Command{
		Use: "migrate", Short: "Bring the platform and all agencies to the newest step", Args: cobra.NoArgs,
		Long: "Brings the platform and then all agencies to the newest step, each agency's step in a transaction of its own. It can be\n" +
			"stopped and repeated. An agency that fails holds up no other; it is named with its error, here and in `migrate status`.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, shut, err := where.open(cmd.Context())
			if err != nil {
				return err
			}
			defer shut()
			m := a.Migrator()
			if dryRun {
				s, err := m.Status(cmd.Context())
				if err != nil {
					return err
				}
				return show(cmd, asJSON, s, func(w io.Writer) { printPlan(w, s) })
			}
			if err := m.Platform(cmd.Context()); err != nil {
				return err
			}
			out, err := migrateAgencies(cmd, m, workers)
			if err != nil {
				return err
			}
			s, err := m.Status(cmd.Context())
			if err != nil {
				return err
			}
			if err := show(cmd, asJSON, s, func(w io.Writer) { printStatus(w, s) }); err != nil {
				return err
			}
			if n := len(out.Failed); n > 0 {
				return fmt.Errorf("%d of %d agencies could not be migrated; mend the cause and repeat", n, s.Agencies)
			}
			return nil
		},
	}
	cmd.PersistentFlags().BoolVar(&asJSON, "json", false, "answer in JSON")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be done, and do nothing")
	cmd.Flags().IntVar(&workers, "workers", 0, "agencies migrated side by side; 0 for two each core")
	cmd.AddCommand(status)
	return cmd
}

// migrateAgencies shows a bar once it is known how many agencies there are to migrate.
func migrateAgencies(cmd *cobra.Command, m *tenancy.Migrator, workers int) (tenancy.Migrated, error) {
	var bar *progress
	out, err := m.Agencies(cmd.Context(), tenancy.Fleet{Workers: workers, Tell: func(done, failed, all int) {
		if bar == nil {
			bar = newProgress("migrated", all)
		}
		bar.tell(done+failed, failed)
	}})
	if bar != nil {
		bar.end()
	}
	return out, err
}

func printStatus(w io.Writer, s tenancy.Status) {
	_, _ = fmt.Fprintf(w, "newest step: %s\nagencies: %d, behind: %d\n", s.Newest, s.Agencies, len(s.Behind))
	for _, l := range s.Behind {
		_, _ = fmt.Fprintf(w, "  %s is at %s", cmp.Or(l.Slug, l.AgencyID), cmp.Or(l.Version, "no step"))
		if l.FailedAt != nil {
			_, _ = fmt.Fprintf(w, "; last tried %s: %s", l.FailedAt.Format("2006-01-02 15:04"), l.Error)
		}
		_, _ = fmt.Fprintln(w)
	}
	for _, x := range s.Mismatches {
		_, _ = fmt.Fprintf(w, "  %s: the registry says %s, the schema %s; `bureau migrate` mends it\n",
			cmp.Or(x.Slug, x.AgencyID), cmp.Or(x.Registry, "no step"), cmp.Or(x.Schema, "nothing"))
	}
}

func printPlan(w io.Writer, s tenancy.Status) {
	count := map[string]int{}
	var order []string
	for _, l := range s.Behind {
		for _, step := range l.Missing {
			if count[step] == 0 {
				order = append(order, step)
			}
			count[step]++
		}
	}
	_, _ = fmt.Fprintf(w, "%d of %d agencies would be migrated\n", len(s.Behind), s.Agencies)
	for _, step := range order {
		_, _ = fmt.Fprintf(w, "  %s in %d\n", step, count[step])
	}
}
