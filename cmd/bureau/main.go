// Command bureau is the whole product: the server, its workers, and the tools to look after them.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/bureauhq/bureau/app"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	// After the first signal the default holds again: a second one ends a stop that hangs.
	context.AfterFunc(ctx, stop)
	if err := command().ExecuteContext(ctx); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "bureau:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop has been called
	}
}

func command() *cobra.Command {
	root := &cobra.Command{
		Use: "bureau", Short: "Run agencies: clients, projects, time and invoices", Version: app.Version,
		SilenceUsage: true, SilenceErrors: true,
	}
	var where place
	root.PersistentFlags().StringVar(&where.data, "data", "", "directory of a `bureau dev`; without it the environment names the services")
	root.AddCommand(devCommand(&where), serveCommand(), workerCommand(), migrateCommand(&where), seedCommand(&where), tenantCommand(&where), backupCommand(&where), pitrCommand(),
		tokenCommand(&where), operatorCommand(&where), billingCommand(&where), doctorCommand(&where), healthCommand(), settingsCommand(), kratosCommand(), mailboxCommand())
	return root
}
