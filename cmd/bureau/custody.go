package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/tenancy/custody"
)

// opened runs one action of a command on an opened installation.
type opened func(func(cmd *cobra.Command, a *app.App, args []string) error) func(*cobra.Command, []string) error

// The secrets of archives come from the environment: arguments are seen by every process of a machine.
const (
	passphraseEnv = "BUREAU_ARCHIVE_PASSPHRASE"
	archiveKeyEnv = "BUREAU_ARCHIVE_KEY"
)

// custodyCommands are those that hold one agency as a whole.
func custodyCommands(with opened, asJSON *bool) []*cobra.Command {
	return []*cobra.Command{exportCommand(with, asJSON), importCommand(with, asJSON), backupsCommand(with, asJSON), restoreCommand(with, asJSON), jobsCommand(with, asJSON)}
}

func exportCommand(with opened, asJSON *bool) *cobra.Command {
	var recipient string
	var locked bool
	cmd := &cobra.Command{
		Use: "export SLUG FILE", Short: "Write all of an agency into one file; - is standard output", Args: cobra.ExactArgs(2),
		RunE: with(func(cmd *cobra.Command, a *app.App, args []string) error {
			found, err := a.Provisioner.Find(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			lock := custody.Lock{Recipient: recipient}
			if locked {
				if lock.Passphrase = os.Getenv(passphraseEnv); lock.Passphrase == "" {
					return fmt.Errorf("set %s to the passphrase", passphraseEnv)
				}
			}
			if err := lock.Check(); err != nil {
				return err
			}
			write := func(w io.Writer) error {
				began := time.Now()
				head, m, err := a.Custody.Export(cmd.Context(), found, w, lock, steps(cmd))
				if err != nil {
					return err
				}
				v := map[string]any{"slug": found.Slug, "taken_at": head.TakenAt, "schema_version": head.SchemaVersion(), "tables": len(m.Tables), "rows": m.Rows(), "files": len(m.Files)}
				return show(reported(cmd, args[1]), *asJSON, v, func(w io.Writer) {
					_, _ = fmt.Fprintf(w, "%s: %d tables, %d rows, %d files as of %s, in %s\n", found.Slug, len(m.Tables), m.Rows(), len(m.Files),
						head.TakenAt.Format(time.RFC3339), time.Since(began).Round(time.Millisecond))
				})
			}
			if args[1] == "-" {
				return write(cmd.OutOrStdout())
			}
			return wholeFile(args[1], write)
		}),
	}
	cmd.Flags().StringVar(&recipient, "recipient", "", "encrypt to this public key of age (age1…)")
	cmd.Flags().BoolVar(&locked, "passphrase", false, "encrypt with the passphrase in "+passphraseEnv)
	return cmd
}

// reported sends what is said about an export away from the export itself.
func reported(cmd *cobra.Command, file string) *cobra.Command {
	if file == "-" {
		cmd.SetOut(cmd.ErrOrStderr())
	}
	return cmd
}

// wholeFile makes a file that is there complete or not at all.
func wholeFile(name string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return err
	}
	err = errors.Join(write(f), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

func importCommand(with opened, asJSON *bool) *cobra.Command {
	var slug string
	cmd := &cobra.Command{
		Use: "import FILE --slug SLUG", Short: "Open an agency from a file of `export`; - is standard input", Args: cobra.ExactArgs(1),
		Long: "Open an agency from a file of `export`, under another address or in another installation.\n" +
			"An encrypted file is opened with " + passphraseEnv + " or " + archiveKeyEnv + ".\n" +
			"The agency is there, verified, when the command succeeds; otherwise nothing is.",
		RunE: with(func(cmd *cobra.Command, a *app.App, args []string) error {
			ctx := cmd.Context()
			free, status, why, err := a.Services.Identity.CheckSlug(ctx, slug, "command line")
			if err != nil {
				return err
			}
			if status != identity.SlugAvailable {
				return fmt.Errorf("--slug: %s", why)
			}
			r := cmd.InOrStdin()
			if args[0] != "-" {
				f, err := os.Open(args[0])
				if err != nil {
					return err
				}
				defer func() { _ = f.Close() }()
				r = f
			}
			key := custody.Key{Passphrase: os.Getenv(passphraseEnv), Identity: os.Getenv(archiveKeyEnv)}
			got, err := a.Custody.Import(ctx, r, key, free, steps(cmd))
			if err != nil {
				return because(err)
			}
			// Without an account it is in its trial all the same, and the nightly comparison begins it.
			if err := a.Services.Billing.Begin(ctx, got.AgencyID); err != nil {
				_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "its trial begins later: %v\n", err)
			}
			return show(cmd, *asJSON, got, func(w io.Writer) {
				_, _ = fmt.Fprintf(w, "%s (%s) is open: %d rows, %d files, %d members\n", got.Slug, got.Name, got.Rows, got.Files, got.People.Members)
				if len(got.People.Unknown) > 0 {
					_, _ = fmt.Fprintf(w, "without an account here; they come in by signing up or in with the address:\n  %s\n", strings.Join(got.People.Unknown, "\n  "))
				}
				if got.People.Invitations > 0 {
					_, _ = fmt.Fprintf(w, "open invitations whose letters do not work any more, to be sent again: %d\n", got.People.Invitations)
				}
			})
		}),
	}
	cmd.Flags().StringVar(&slug, "slug", "", "first label of the new agency's host name")
	_ = cmd.MarkFlagRequired("slug")
	return cmd
}

// because adds what is behind a refusal: an operator may see it.
func because(err error) error {
	if inner := errors.Unwrap(err); inner != nil && !strings.Contains(err.Error(), inner.Error()) {
		return fmt.Errorf("%w (%w)", err, inner)
	}
	return err
}

// steps shows progress where a person watches.
func steps(cmd *cobra.Command) custody.Progress {
	out, ok := cmd.ErrOrStderr().(*os.File)
	if !ok {
		return nil
	}
	if info, err := out.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return func(s custody.Step) { _, _ = fmt.Fprintf(out, "\r\x1b[K%s %d/%d %s", s.What, s.Done, s.Total, s.Name) }
}

func backupsCommand(with opened, asJSON *bool) *cobra.Command {
	return &cobra.Command{
		Use: "backups SLUG", Short: "List an agency's backups", Args: cobra.ExactArgs(1),
		RunE: with(func(cmd *cobra.Command, a *app.App, args []string) error {
			found, err := a.Provisioner.Find(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return listBackups(cmd, a, *asJSON, found.ID)
		}),
	}
}

func listBackups(cmd *cobra.Command, a *app.App, asJSON bool, agencyID string) error {
	items, err := a.Custody.Backups(cmd.Context(), agencyID, 200)
	if err != nil {
		return err
	}
	return show(cmd, asJSON, map[string]any{"items": items}, func(w io.Writer) {
		t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
		for _, b := range items {
			_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%d rows\t%d files\t%d bytes\t%s\n", b.StartedAt.Format(time.RFC3339), b.Slug, b.State, b.Reason, b.ID, b.Rows, b.Files, b.Size, b.Error)
		}
		_ = t.Flush()
	})
}

func backupCommand(where *place) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{Use: "backup", Short: "Make and check backups of agencies"}
	cmd.PersistentFlags().BoolVar(&asJSON, "json", false, "answer in JSON")
	with := openedBy(where)
	said := func(cmd *cobra.Command, b custody.Backup, err error) error {
		if err != nil {
			return because(err)
		}
		return show(cmd, asJSON, b, func(w io.Writer) {
			_, _ = fmt.Fprintf(w, "%s %s: %d rows, %d files, %d bytes, loaded into a spare and compared\n", b.Slug, b.State, b.Rows, b.Files, b.Size)
		})
	}
	var all bool
	run := &cobra.Command{
		Use: "run [SLUG]", Short: "Back up one agency, or all that are due", Args: cobra.MaximumNArgs(1),
		RunE: with(func(cmd *cobra.Command, a *app.App, args []string) error {
			if len(args) == 0 && !all {
				return errors.New("name an agency, or add --due")
			}
			if len(args) == 0 {
				return a.Custody.Due(cmd.Context(), a.Registry.ByID)
			}
			found, err := a.Provisioner.Find(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			b, err := a.Custody.Backup(cmd.Context(), found, custody.Asked, steps(cmd))
			return said(cmd, b, err)
		}),
	}
	run.Flags().BoolVar(&all, "due", false, "all agencies whose backup is due")
	list := &cobra.Command{
		Use: "list", Short: "List the newest backups", Args: cobra.NoArgs,
		RunE: with(func(cmd *cobra.Command, a *app.App, _ []string) error { return listBackups(cmd, a, asJSON, "") }),
	}
	verify := &cobra.Command{
		Use: "verify ID", Short: "Load a kept backup into a spare and compare", Args: cobra.ExactArgs(1),
		RunE: with(func(cmd *cobra.Command, a *app.App, args []string) error {
			b, err := a.Custody.BackupByID(cmd.Context(), args[0])
			if err == nil {
				b, err = a.Custody.Verify(cmd.Context(), b, steps(cmd))
			}
			return said(cmd, b, err)
		}),
	}
	key := &cobra.Command{
		Use: "key", Short: "Make a key for BUREAU_BACKUP_KEY; keep a copy of it elsewhere", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			identity, recipient, err := custody.NewIdentity()
			if err != nil {
				return err
			}
			return show(cmd, asJSON, map[string]string{"key": identity, "recipient": recipient}, func(w io.Writer) { _, _ = fmt.Fprintln(w, identity) })
		},
	}
	cmd.AddCommand(run, list, verify, key)
	return cmd
}

// openedBy opens the installation for one action and shuts it again.
func openedBy(where *place) opened {
	return func(fn func(cmd *cobra.Command, a *app.App, args []string) error) func(*cobra.Command, []string) error {
		return func(cmd *cobra.Command, args []string) error {
			a, shut, err := where.open(cmd.Context())
			if err != nil {
				return err
			}
			defer shut()
			return fn(cmd, a, args)
		}
	}
}

func restoreCommand(with opened, asJSON *bool) *cobra.Command {
	var at string
	var swap, back, drop bool
	cmd := &cobra.Command{
		Use: "restore SLUG --at TIME", Short: "Take an agency back to an earlier time, in steps", Args: cobra.ExactArgs(1),
		Long: "Take an agency back to an earlier time:\n\n" +
			"  restore SLUG --at TIME   loads the newest backup of that time or before beside the agency, and shows the difference\n" +
			"  restore SLUG --swap      makes it the agency; its jobs are parked, everybody signs in anew\n" +
			"  restore SLUG --rollback  takes the swap back\n" +
			"  restore SLUG --drop-old  throws the other copy away",
		RunE: with(func(cmd *cobra.Command, a *app.App, args []string) error {
			ctx := cmd.Context()
			found, err := a.Provisioner.Find(ctx, args[0])
			if err != nil {
				return err
			}
			ctx = operator(ctx, found)
			var r custody.Restore
			if at != "" {
				t, err := time.Parse(time.RFC3339, at)
				if err != nil {
					return errors.New("--at: want a time such as 2026-03-02T15:04:05Z")
				}
				b, err := a.Custody.NewestAt(ctx, found.ID, t)
				if err != nil {
					return err
				}
				if r, err = a.Custody.Prepare(ctx, found, b, steps(cmd)); err != nil {
					return because(err)
				}
			}
			switch {
			case swap:
				r, err = a.Custody.Swap(ctx, found, steps(cmd))
			case back:
				r, err = a.Custody.Rollback(ctx, found, steps(cmd))
			case drop:
				r, err = a.Custody.DropOld(ctx, found)
			case at == "":
				r, err = a.Custody.OpenRestore(ctx, found.ID)
			}
			if err != nil {
				return because(err)
			}
			waiting, err := a.Custody.Parked(ctx, found.ID)
			if err != nil {
				return err
			}
			return show(cmd, *asJSON, map[string]any{"restore": r, "parked_jobs": waiting}, func(w io.Writer) { sayRestore(w, found.Slug, r, waiting) })
		}),
	}
	cmd.Flags().StringVar(&at, "at", "", "as the agency was at this time")
	cmd.Flags().BoolVar(&swap, "swap", false, "make what was loaded the agency")
	cmd.Flags().BoolVar(&back, "rollback", false, "take the swap back")
	cmd.Flags().BoolVar(&drop, "drop-old", false, "throw the other copy away")
	cmd.MarkFlagsMutuallyExclusive("swap", "rollback", "drop-old")
	cmd.MarkFlagsMutuallyExclusive("at", "rollback")
	cmd.MarkFlagsMutuallyExclusive("at", "drop-old")
	return cmd
}

func sayRestore(w io.Writer, slug string, r custody.Restore, waiting int) {
	_, _ = fmt.Fprintf(w, "%s as of %s: %s\n", slug, r.AsOf.Format(time.RFC3339), r.State)
	if r.State == "ready" {
		_, _ = fmt.Fprintf(w, "last entry of its log: %s\n%d tables have as many rows as now; the others:\n", r.Summary.Newest, r.Summary.Same)
		t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
		for _, d := range r.Summary.Tables {
			_, _ = fmt.Fprintf(t, "  %s\t%d then\t%d now\n", d.Table, d.Then, d.Now)
		}
		_ = t.Flush()
		_, _ = fmt.Fprintf(w, "`bureau tenant restore %s --swap` makes it the agency, --drop-old throws it away.\n", slug)
	}
	if waiting > 0 {
		_, _ = fmt.Fprintf(w, "%d jobs are parked: `bureau tenant jobs %s --run` or --discard\n", waiting, slug)
	}
}

func jobsCommand(with opened, asJSON *bool) *cobra.Command {
	var run, discard bool
	cmd := &cobra.Command{
		Use: "jobs SLUG", Short: "Decide on the jobs that a restore has parked", Args: cobra.ExactArgs(1),
		RunE: with(func(cmd *cobra.Command, a *app.App, args []string) error {
			ctx := cmd.Context()
			found, err := a.Provisioner.Find(ctx, args[0])
			if err != nil {
				return err
			}
			var moved int64
			if run || discard {
				if moved, err = a.Custody.Unpark(operator(ctx, found), found.ID, run, nil); err != nil {
					return err
				}
			}
			waiting, err := a.Custody.Parked(ctx, found.ID)
			if err != nil {
				return err
			}
			return show(cmd, *asJSON, map[string]any{"parked": waiting, "moved": moved}, func(w io.Writer) {
				_, _ = fmt.Fprintf(w, "%d jobs are parked, %d were moved\n", waiting, moved)
			})
		}),
	}
	cmd.Flags().BoolVar(&run, "run", false, "let them run")
	cmd.Flags().BoolVar(&discard, "discard", false, "throw them away")
	cmd.MarkFlagsMutuallyExclusive("run", "discard")
	return cmd
}

// backupsHealthy is the check of `bureau doctor`.
func backupsHealthy(ctx context.Context, a *app.App) (string, error) {
	h, err := a.Custody.Health(ctx)
	switch {
	case err != nil:
		return "", err
	case !h.Configured:
		return "", errors.New("none are made: set BUREAU_BACKUP_DIR or BUREAU_BACKUP_BUCKET")
	case len(h.Failed) > 0:
		b := h.Failed[0]
		return "", fmt.Errorf("%d agencies' newest backup failed; %s at %s: %s", len(h.Failed), b.Slug, b.StartedAt.Format(time.RFC3339), b.Error)
	case h.Overdue > 0:
		return "", fmt.Errorf("%d of %d agencies have no good backup of the last two days", h.Overdue, h.Agencies)
	case h.Newest == nil:
		return fmt.Sprintf("none yet; %d agencies are new", h.Agencies), nil
	}
	return fmt.Sprintf("%d agencies, the newest of %s", h.Agencies, h.Newest.Format(time.RFC3339)), nil
}
