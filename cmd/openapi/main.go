// Command openapi prints the OpenAPI document. It needs no database.
package main

import (
	"context"
	"fmt"
	"net/url"
	"os"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/mail"
	"github.com/bureauhq/bureau/tenancy"
)

// nothing stands in for what the document does not depend on.
type nothing struct {
	mail.Sender
	file.Store
}

func main() {
	origin := &url.URL{Scheme: "http", Host: "bureau.localhost:8080"}
	a, err := app.New(context.Background(), app.Config{
		Origin: origin, Dev: true, Mail: nothing{}, Files: nothing{},
		Tenancy: tenancy.Config{OwnerURL: "postgres://nobody@127.0.0.1:1/none"},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "openapi:", err)
		os.Exit(1)
	}
	raw, err := a.OpenAPI()
	if err != nil {
		fmt.Fprintln(os.Stderr, "openapi:", err)
		os.Exit(1)
	}
	_, _ = os.Stdout.Write(append(raw, '\n'))
}
