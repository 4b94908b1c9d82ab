package billing_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/billing"
)

func TestOrdersAreChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, deliveries[0])
	usd := func(n int64) money.Money { return money.Of(n, "USD") }
	for _, c := range []struct {
		name   string
		text   string
		amount money.Money
		due    int
		want   error
	}{
		{"the least", "Import", usd(500_000), 14, nil},
		{"the most", "Import", usd(2_500_000), 30, nil},
		{"a cent too little", "Import", usd(499_999), 14, billing.ErrOrderAmount},
		{"a cent too much", "Import", usd(2_500_001), 14, billing.ErrOrderAmount},
		{"a currency that is not the contract's", "Import", money.Of(600_000, "EUR"), 14, billing.ErrOrderAmount},
		{"nothing delivered", "", usd(600_000), 14, billing.ErrOrderText},
		{"a novel", strings.Repeat("ä", 501), usd(600_000), 14, billing.ErrOrderText},
		{"due at another day", "Import", usd(600_000), 15, billing.ErrOrderDue},
	} {
		_, err := w.PlaceOrder(t.Context(), billing.Order{Request: billing.Request{AgencyID: w.key(), Amount: c.amount, RequestedBy: opal}, Text: c.text, DueDays: c.due})
		if !errors.Is(err, c.want) || (c.want == nil) != (err == nil) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	w.agency.Work(t)
	all, err := w.Orders(t.Context(), w.key())
	check(t, err)
	if len(all) != 2 || all[0].State != billing.RequestWaiting || all[1].State != billing.OrderInvoiced {
		t.Fatalf("%+v", all)
	}
}
