package main

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/bureauhq/bureau/app/devstack/mailcatch"
)

// mailboxCommand is the mail catcher of development on its own, for a trial by Compose.
func mailboxCommand() *cobra.Command {
	var smtp, page, dir string
	cmd := &cobra.Command{
		Use: "mailbox", Short: "Catch mail and show it at /dev/mail, for trials; nothing is delivered", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			store, err := mailcatch.NewStore(dir, time.Now)
			if err != nil {
				return err
			}
			server, err := mailcatch.Listen(smtp, store)
			if err != nil {
				return err
			}
			defer func() { _ = server.Close() }()
			web := &http.Server{Addr: page, Handler: mailcatch.Handler("/dev/mail", store), ReadHeaderTimeout: 5 * time.Second}
			failed := make(chan error, 1)
			go func() { failed <- web.ListenAndServe() }()
			_, _ = fmt.Fprintf(cmd.OutOrStdout(), "mail for %s is shown at http://%s/dev/mail\n", server.Addr, page)
			select {
			case <-cmd.Context().Done():
				return web.Close()
			case err := <-failed:
				return errors.Join(errors.New("the page could not be served"), err)
			}
		},
	}
	cmd.Flags().StringVar(&smtp, "smtp", "127.0.0.1:1025", "address for mail")
	cmd.Flags().StringVar(&page, "http", "127.0.0.1:8025", "address of the page")
	cmd.Flags().StringVar(&dir, "dir", "", "directory to keep mails in; without it they are gone at the end")
	return cmd
}
