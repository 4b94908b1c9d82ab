package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/tenancy"
)

// tenantView is an agency as scripts see it.
type tenantView struct {
	ID    string `json:"id"`
	Slug  string `json:"slug"`
	Name  string `json:"name"`
	State string `json:"state"`
	URL   string `json:"url"`
	// Placement is the database that holds it.
	Placement string `json:"placement"`
	// RemoveAfter is when a deleted agency goes for good.
	RemoveAfter *time.Time `json:"remove_after,omitempty"`
}

func tenantCommand(where *place) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{Use: "tenant", Aliases: []string{"agency"}, Short: "Make agencies and look after them"}
	cmd.PersistentFlags().BoolVar(&asJSON, "json", false, "answer in JSON")

	with := openedBy(where)
	print1 := func(cmd *cobra.Command, a *app.App, found tenancy.Agency) error {
		v := viewOf(a, found)
		if found.State == tenancy.Deleted {
			at, err := a.Provisioner.DeletedAt(cmd.Context(), found.ID)
			if err != nil {
				return err
			}
			at = at.Add(tenancy.Regret)
			v.RemoveAfter = &at
		}
		return show(cmd, asJSON, v, func(w io.Writer) {
			_, _ = fmt.Fprintf(w, "%s  %s  %s  %s  %s\n", v.Slug, v.Name, v.State, v.Placement, v.URL)
		})
	}

	var slug, name, owner, ownerName string
	create := &cobra.Command{
		Use: "create", Short: "Open an agency with its first owner", Args: cobra.NoArgs,
		RunE: with(func(cmd *cobra.Command, a *app.App, _ []string) error {
			made, err := createTenant(cmd.Context(), a, slug, name, owner, cmp.Or(ownerName, owner))
			if err != nil {
				return err
			}
			return print1(cmd, a, made)
		}),
	}
	create.Flags().StringVar(&slug, "slug", "", "first label of the agency's host name")
	create.Flags().StringVar(&name, "name", "", "name of the agency")
	create.Flags().StringVar(&owner, "owner-email", "", "e-mail of its first owner, who signs up or in with it")
	create.Flags().StringVar(&ownerName, "owner-name", "", "name of its first owner")
	for _, f := range []string{"slug", "name", "owner-email"} {
		_ = create.MarkFlagRequired(f)
	}

	list := &cobra.Command{
		Use: "list", Short: "List all agencies", Args: cobra.NoArgs,
		RunE: with(func(cmd *cobra.Command, a *app.App, _ []string) error {
			items, err := allTenants(cmd.Context(), a)
			if err != nil {
				return err
			}
			return show(cmd, asJSON, map[string]any{"items": items}, func(w io.Writer) {
				t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
				for _, v := range items {
					_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", v.Slug, v.Name, v.State, v.Placement, v.URL)
				}
				_ = t.Flush()
			})
		}),
	}
	showOne := &cobra.Command{
		Use: "show SLUG", Short: "Show one agency", Args: cobra.ExactArgs(1),
		RunE: with(func(cmd *cobra.Command, a *app.App, args []string) error {
			found, err := a.Provisioner.Find(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return print1(cmd, a, found)
		}),
	}
	cmd.AddCommand(purgeCommand(where, &asJSON), create, list, showOne)
	cmd.AddCommand(custodyCommands(with, &asJSON)...)
	cmd.AddCommand(moveCommand(with, &asJSON))
	for _, m := range []struct {
		use, short string
		move       func(*app.App) func(context.Context, string) error
	}{
		{"suspend SLUG", "Close an agency for everybody; its data stay", func(a *app.App) func(context.Context, string) error { return a.Provisioner.Suspend }},
		{"resume SLUG", "Open a suspended or deleted agency again", func(a *app.App) func(context.Context, string) error { return a.Provisioner.Resume }},
		{"delete SLUG", "Mark an agency for removal; `resume` takes it back", func(a *app.App) func(context.Context, string) error { return a.Provisioner.Delete }},
	} {
		cmd.AddCommand(&cobra.Command{
			Use: m.use, Short: m.short, Args: cobra.ExactArgs(1),
			RunE: with(func(cmd *cobra.Command, a *app.App, args []string) error {
				if err := m.move(a)(cmd.Context(), args[0]); err != nil {
					return err
				}
				found, err := a.Provisioner.Find(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				return print1(cmd, a, found)
			}),
		})
	}
	return cmd
}

func viewOf(a *app.App, t tenancy.Agency) tenantView {
	u := a.Origin()
	u.Host = t.Slug + "." + u.Host
	return tenantView{ID: t.ID, Slug: t.Slug, Name: t.Name, State: string(t.State), URL: u.String(), Placement: t.Placement}
}

func allTenants(ctx context.Context, a *app.App) ([]tenantView, error) {
	const many = 500
	items := []tenantView{}
	for after := ""; ; {
		page, err := a.Provisioner.List(ctx, after, many)
		if err != nil {
			return nil, err
		}
		for _, t := range page {
			if t.Slug != "" {
				items = append(items, viewOf(a, t))
			}
		}
		if len(page) < many {
			return items, nil
		}
		after = page[len(page)-1].Slug
	}
}

// operator acts for the platform, on the command line.
func operator(ctx context.Context, t tenancy.Agency) context.Context {
	return access.With(tenancy.With(ctx, t), access.Actor{Kind: access.System, Name: "Bureau command line"})
}
