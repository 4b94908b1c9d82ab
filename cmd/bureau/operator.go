package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/modules/identity"
)

// operatorView is an operator as scripts see it.
type operatorView struct {
	ID        string    `json:"id"`
	Email     string    `json:"email"`
	Name      string    `json:"name"`
	SignedIn  bool      `json:"signed_in"` // has come in at least once
	CreatedAt time.Time `json:"created_at"`
}

func viewOfOperator(o identity.Operator) operatorView {
	return operatorView{o.ID, o.Email, o.Name, o.PersonID != "", o.CreatedAt}
}

func operatorCommand(where *place) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{Use: "operator", Short: "Say who runs the platform, at ops.<domain>"}
	cmd.PersistentFlags().BoolVar(&asJSON, "json", false, "answer in JSON")
	with := openedBy(where)
	one := func(cmd *cobra.Command, o identity.Operator) error {
		v := viewOfOperator(o)
		return show(cmd, asJSON, v, func(w io.Writer) { _, _ = fmt.Fprintf(w, "%s  %s\n", v.Email, v.Name) })
	}
	asSystem := access.Actor{Kind: access.System, Name: "Bureau command line"}

	var email, name string
	create := &cobra.Command{
		Use: "create", Short: "Let somebody in at ops.<domain>: they sign in with this address and a second factor", Args: cobra.NoArgs,
		RunE: with(func(cmd *cobra.Command, a *app.App, _ []string) error {
			o, err := a.Services.Identity.OperatorCreate(access.With(cmd.Context(), asSystem), email, name)
			if err != nil {
				return plain("operator", err)
			}
			return one(cmd, o)
		}),
	}
	create.Flags().StringVar(&email, "email", "", "address that the operator signs in with")
	create.Flags().StringVar(&name, "name", "", "the operator's name, as agencies see it")
	for _, f := range []string{"email", "name"} {
		_ = create.MarkFlagRequired(f)
	}
	list := &cobra.Command{
		Use: "list", Short: "List the operators", Args: cobra.NoArgs,
		RunE: with(func(cmd *cobra.Command, a *app.App, _ []string) error {
			all, err := a.Services.Identity.Operators(cmd.Context())
			if err != nil {
				return err
			}
			items := make([]operatorView, len(all))
			for i, o := range all {
				items[i] = viewOfOperator(o)
			}
			return show(cmd, asJSON, map[string]any{"items": items}, func(w io.Writer) {
				t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
				for _, v := range items {
					_, _ = fmt.Fprintf(t, "%s\t%s\t%s\n", v.Email, v.Name, v.CreatedAt.Format(time.DateOnly))
				}
				_ = t.Flush()
			})
		}),
	}
	remove := &cobra.Command{
		Use: "remove EMAIL", Short: "Shut an operator out, at once", Args: cobra.ExactArgs(1),
		RunE: with(func(cmd *cobra.Command, a *app.App, args []string) error {
			o, err := a.Services.Identity.OperatorRemove(access.With(cmd.Context(), asSystem), args[0])
			if err != nil {
				return plain("operator", err)
			}
			return one(cmd, o)
		}),
	}
	cmd.AddCommand(create, list, remove)
	return cmd
}
