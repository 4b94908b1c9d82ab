package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/tenancy"
)

// purgeCommand does at once what the worker does every day.
func purgeCommand(where *place, asJSON *bool) *cobra.Command {
	var dryRun bool
	var slug string
	cmd := &cobra.Command{
		Use: "purge", Short: "Remove for good what was deleted 30 days ago or earlier", Args: cobra.NoArgs,
		Long: "Removes tables, role, files, jobs and people's data of agencies that were deleted 30 days ago or earlier. The worker does the same\n" +
			"every day. With --slug it removes one deleted agency now, for a customer who asks for that.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, shut, err := where.open(cmd.Context())
			if err != nil {
				return err
			}
			defer shut()
			due, err := purgeDue(cmd, a, slug)
			if err != nil {
				return err
			}
			var gone []tenancy.Agency
			if !dryRun {
				for _, t := range due {
					if e := a.RemoveAgency(cmd.Context(), t); e != nil {
						err = errors.Join(err, fmt.Errorf("%s: %w", t.Slug, e))
						continue
					}
					gone = append(gone, t)
				}
			}
			type one struct {
				ID   string `json:"id"`
				Slug string `json:"slug"`
			}
			answer := struct {
				Due     []one `json:"due"`
				Removed []one `json:"removed"`
			}{[]one{}, []one{}}
			for _, t := range due {
				answer.Due = append(answer.Due, one{t.ID, t.Slug})
			}
			for _, t := range gone {
				answer.Removed = append(answer.Removed, one{t.ID, t.Slug})
			}
			return errors.Join(err, show(cmd, *asJSON, answer, func(w io.Writer) {
				for _, t := range due {
					_, _ = fmt.Fprintln(w, t.Slug)
				}
				_, _ = fmt.Fprintf(w, "%d due, %d removed\n", len(due), len(gone))
			}))
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "name them, and remove nothing")
	cmd.Flags().StringVar(&slug, "slug", "", "remove this deleted agency now, whenever it was deleted")
	return cmd
}

func purgeDue(cmd *cobra.Command, a *app.App, slug string) ([]tenancy.Agency, error) {
	if slug == "" {
		return a.Provisioner.Due(cmd.Context(), time.Now().Add(-tenancy.Regret))
	}
	t, err := a.Provisioner.Find(cmd.Context(), slug)
	if err != nil {
		return nil, err
	}
	if t.State != tenancy.Deleted && t.State != tenancy.Removing {
		return nil, fmt.Errorf("%s is %s; only a deleted agency can be removed", slug, t.State)
	}
	return []tenancy.Agency{t}, nil
}
