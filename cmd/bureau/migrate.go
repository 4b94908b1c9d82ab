package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

func migrateCommand(where *place) *cobra.Command {
	var asJSON bool
	status := &cobra.Command{
		Use: "status", Short: "Tell which agencies are behind", Args: cobra.NoArgs,
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
			return show(cmd, asJSON, s, func(w io.Writer) {
				_, _ = fmt.Fprintf(w, "newest step: %s\nagencies: %d, behind: %d\n", s.Newest, s.Agencies, len(s.Behind))
				for _, l := range s.Behind {
					_, _ = fmt.Fprintf(w, "  %s is at %s %s\n", l.Slug, l.Version, l.Error)
				}
			})
		},
	}
	cmd := &cobra.Command{
		Use: "migrate", Short: "Bring the platform and all agencies to the newest step", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, shut, err := where.open(cmd.Context())
			if err != nil {
				return err
			}
			defer shut()
			if err := a.Migrate(cmd.Context()); err != nil {
				return err
			}
			s, err := a.Migrator().Status(cmd.Context())
			if err != nil {
				return err
			}
			return show(cmd, asJSON, s, func(w io.Writer) { _, _ = fmt.Fprintf(w, "%d agencies are at %s\n", s.Agencies, s.Newest) })
		},
	}
	cmd.PersistentFlags().BoolVar(&asJSON, "json", false, "answer in JSON")
	cmd.AddCommand(status)
	return cmd
}
