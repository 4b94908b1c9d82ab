package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/tenancy/custody"
)

func moveCommand(with opened, asJSON *bool) *cobra.Command {
	var to string
	var drop bool
	cmd := &cobra.Command{
		Use: "move SLUG --to PLACEMENT", Short: "Move an agency to another database while it is used", Args: cobra.ExactArgs(1),
		Long: "Move an agency to another database while it is used:\n\n" +
			"  move SLUG --to PLACEMENT  copies it, catches up, lets nobody write for a moment, and swaps; the old copy is shut and stays\n" +
			"  move SLUG --drop-old      throws the old copy away\n" +
			"  move SLUG                 tells how its last move stands\n\n" +
			"A move that was broken off is taken back, or ended when all that was left was to swap: by the same command, or by the worker.",
		RunE: with(func(cmd *cobra.Command, a *app.App, args []string) error {
			ctx := cmd.Context()
			found, err := a.Provisioner.Find(ctx, args[0])
			if err != nil {
				return err
			}
			ctx = operator(ctx, found)
			var m custody.Move
			switch {
			case to != "" && drop:
				return errors.New("either --to or --drop-old")
			case to != "":
				m, err = a.Custody.Move(ctx, found, to, steps(cmd))
			case drop:
				m, err = a.Custody.DropMoved(ctx, found.ID)
			default:
				m, err = a.Custody.OpenMove(ctx, found.ID)
			}
			if err != nil {
				return because(err)
			}
			return show(cmd, *asJSON, m, func(w io.Writer) {
				_, _ = fmt.Fprintf(w, "%s: %s from %s to %s, %d rows; nobody could write for %d ms\n", found.Slug, m.State, m.From, m.To, m.Rows, m.StopMS)
				if m.State == "moved" {
					_, _ = fmt.Fprintf(w, "The old copy is shut and stays until `bureau tenant move %s --drop-old`.\n", found.Slug)
				}
			})
		}),
	}
	cmd.Flags().StringVar(&to, "to", "", "placement: main, or one of BUREAU_PLACEMENTS")
	cmd.Flags().BoolVar(&drop, "drop-old", false, "throw the old copy away")
	return cmd
}
