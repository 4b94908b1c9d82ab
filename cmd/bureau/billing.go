package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

func billingCommand(where *place) *cobra.Command {
	cmd := &cobra.Command{Use: "billing", Short: "Look after what agencies are charged"}
	cmd.AddCommand(bootstrapCommand(where), reconcileCommand(where))
	return cmd
}

func bootstrapCommand(where *place) *cobra.Command {
	return &cobra.Command{
		Use: "bootstrap", Short: "Make the prices of the plans at the payment provider; refuses ones that differ", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, shut, err := where.open(cmd.Context())
			if err != nil {
				return err
			}
			defer shut()
			made, err := a.Services.Billing.Bootstrap(cmd.Context())
			for _, key := range made {
				_, _ = fmt.Fprintln(cmd.OutOrStdout(), "made", key)
			}
			if err == nil && len(made) == 0 {
				_, _ = fmt.Fprintln(cmd.OutOrStdout(), "all prices are there and right")
			}
			return err
		},
	}
}

func reconcileCommand(where *place) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "reconcile", Short: "Compare every subscription with the payment provider, and mend what differs", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, shut, err := where.open(cmd.Context())
			if err != nil {
				return err
			}
			defer shut()
			if _, err := a.Services.Billing.CatchUp(cmd.Context()); err != nil {
				return err
			}
			r, err := a.Services.Billing.Reconcile(cmd.Context())
			if err != nil {
				return err
			}
			return show(cmd, asJSON, r, func(w io.Writer) {
				_, _ = fmt.Fprintf(w, "%d accounts, %d subscriptions, %d differences, %d ended duplicates, $%s a month at risk\n", r.Accounts, r.Subscriptions, len(r.Drift), r.Duplicates, r.AtRisk.Amount())
				for _, d := range r.Drift {
					_, _ = fmt.Fprintf(w, "%s  %s %s: here %s, there %s, healed %v\n", d.AgencyID, d.Subject, d.Field, d.Ours, d.Theirs, d.Healed)
				}
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
