package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

func tokenCommand(where *place) *cobra.Command {
	var asJSON bool
	var slug, email, name string
	var scopes []string
	cmd := &cobra.Command{Use: "token", Short: "Make API tokens"}
	create := &cobra.Command{
		Use: "create", Short: "Make an API token for a member; it is shown once", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, shut, err := where.open(cmd.Context())
			if err != nil {
				return err
			}
			defer shut()
			token, err := createToken(cmd.Context(), a, slug, email, name, scopes)
			if err != nil {
				return err
			}
			return show(cmd, asJSON, map[string]string{"token": token}, func(w io.Writer) { _, _ = fmt.Fprintln(w, token) })
		},
	}
	create.Flags().StringVar(&slug, "tenant", "", "slug of the agency")
	create.Flags().StringVar(&email, "email", "", "e-mail of the member who acts by the token")
	create.Flags().StringVar(&name, "name", "", "what the token is for")
	create.Flags().StringSliceVar(&scopes, "scopes", nil, "what the token may do, with commas between; all that the member may when left out")
	create.Flags().BoolVar(&asJSON, "json", false, "answer in JSON")
	for _, f := range []string{"tenant", "email", "name"} {
		_ = create.MarkFlagRequired(f)
	}
	cmd.AddCommand(create)
	return cmd
}
