package app_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/billing"
)

// Nobody is charged by a price that is not the plan's: the program does not start. Everything else is no reason to stay away.
func TestNoStartOnAnotherPrice(t *testing.T) {
	t.Parallel()
	b := apptest.NewBilled(t)
	must(t, b.App.PricesAgree(t.Context()))

	b.Stand.Fail(http.StatusInternalServerError, -1)
	must(t, b.App.PricesAgree(t.Context()))
	if !strings.Contains(b.Logs.Text(), "could not be compared") {
		t.Fatal("nothing is said of a provider that is away")
	}
	b.Stand.Fail(0, 0)

	b.Stand.Reprice("professional_monthly_usd_v1", 5900)
	err := b.App.PricesAgree(t.Context())
	var differs billing.CatalogueError
	if !errors.As(err, &differs) || differs.Key != "professional_monthly_usd_v1" || !strings.Contains(err.Error(), "59.00 USD") || !strings.Contains(err.Error(), "49.00 USD") {
		t.Fatalf("%v", err)
	}
	if _, err := b.App.Services.Billing.Bootstrap(t.Context()); !errors.As(err, &differs) {
		t.Fatalf("bootstrap: %v", err)
	}

	b.Stand.Reprice("professional_monthly_usd_v1", 0) // there is none any more
	must(t, b.App.PricesAgree(t.Context()))
	if !strings.Contains(b.Logs.Text(), "prices are missing at the payment provider") {
		t.Fatal("nothing is said of a missing price")
	}
}
