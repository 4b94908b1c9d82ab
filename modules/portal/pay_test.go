package portal_test

import (
	"context"
	"errors"
	"testing"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/portal"
)

// The payments of a careless neighbour pay whatever they are told to.
func (c *careless) Payable(context.Context, string) (portal.Payable, error) {
	return portal.Payable{Offered: true}, nil
}

func (c *careless) Pay(_ context.Context, invoiceID string, _ *money.Money) (string, error) {
	return "https://pay.test/" + invoiceID, nil
}

func TestOnlyOnesOwnInvoicesArePaid(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, i := range w.invoices {
		own := i.ClientID == w.mine.ID && (i.State == "issued" || i.State == "void") && i.Number != ""
		url, err := w.svc.Pay(w.asPia, i.ID, nil)
		if own != (err == nil) || own != (url != "") || !own && !errors.Is(err, portal.ErrNotFound) {
			t.Errorf("%s of %s (%s): %q, %v", i.Number, i.ClientID, i.State, url, err)
		}
		if _, err := w.svc.Payable(w.asPia, i.ID); own != (err == nil) {
			t.Errorf("%s: %v", i.Number, err)
		}
	}
}
