package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"github.com/bureauhq/bureau/infra/pitr"
)

func pitrCommand() *cobra.Command {
	var pgdata, to string
	base := &cobra.Command{
		Use: "base --pgdata DIR --to DIR", Short: "Copy the running cluster; on its own machine, as its account", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			url := os.Getenv("BUREAU_DATABASE_URL")
			if url == "" {
				return errors.New("set BUREAU_DATABASE_URL to a superuser's address of the cluster")
			}
			conn, err := pgx.Connect(cmd.Context(), url)
			if err != nil {
				return fmt.Errorf("connect: %w", err)
			}
			defer func() { _ = conn.Close(cmd.Context()) }()
			return pitr.Base(cmd.Context(), conn, pgdata, to)
		},
	}
	base.Flags().StringVar(&pgdata, "pgdata", "", "folder of the cluster")
	base.Flags().StringVar(&to, "to", "", "new folder for the copy")
	_, _ = base.MarkFlagRequired("pgdata"), base.MarkFlagRequired("to")
	cmd := &cobra.Command{Use: "pitr", Short: "Base backups of the whole cluster; see infra/pitr"}
	cmd.AddCommand(base)
	return cmd
}
