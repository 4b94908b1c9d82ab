package billing_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/billing"
)

const (
	opal  = "opal@platform.test"
	oscar = "oscar@platform.test"
)

func TestMoneyIsGivenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, deliveries[0])
	w.advance(15 * days)
	w.buy(billing.Professional, 20) // $980.00
	a, _ := w.account()
	all, _, err := w.gateway.Invoices(t.Context(), a.CustomerID, "")
	check(t, err)
	paid := all[0].ID
	ask := func(kind billing.PaybackKind, invoice string, cents int64) (billing.Payback, error) {
		return w.GiveBack(t.Context(), billing.Payback{Request: billing.Request{AgencyID: w.key(), Amount: money.Of(cents, "USD"), RequestedBy: opal}, Kind: kind, InvoiceID: invoice, Reason: "an outage"})
	}
	state := func(id string, want billing.RequestState) billing.Payback {
		t.Helper()
		w.agency.Work(t)
		all, err := w.Paybacks(t.Context(), w.key())
		check(t, err)
		for _, p := range all {
			if p.ID == id {
				if p.State != want {
					t.Fatalf("%s, want %s: %+v", p.State, want, p)
				}
				return p
			}
		}
		t.Fatalf("%s is not there", id)
		return billing.Payback{}
	}

	small, err := ask(billing.Refund, paid, 50_000)
	check(t, err)
	if p := state(small.ID, billing.PaybackDone); p.ProviderID == "" || p.ApprovedBy != "" {
		t.Fatalf("%+v", p)
	}
	if _, err := ask(billing.Refund, paid, 48_001); !errors.Is(err, billing.ErrPaybackAmount) || !strings.Contains(fault.From(err).Text, "480.00") {
		t.Fatalf("more than is left of what was paid: %v", err)
	}

	large, err := ask(billing.Credit, "", 50_001)
	check(t, err)
	state(large.ID, billing.RequestWaiting)
	if _, err := w.ApprovePayback(t.Context(), w.key(), large.ID, opal); !errors.Is(err, billing.ErrSecondPerson) {
		t.Fatalf("by the same operator: %v", err)
	}
	_, err = w.ApprovePayback(t.Context(), w.key(), large.ID, oscar)
	check(t, err)
	state(large.ID, billing.PaybackDone)
	if _, err := w.CancelPayback(t.Context(), w.key(), large.ID); !errors.Is(err, billing.ErrPaybackState) {
		t.Fatalf("what is done was taken back: %v", err)
	}
	taken, err := ask(billing.Credit, "", 60_000)
	check(t, err)
	_, err = w.CancelPayback(t.Context(), w.key(), taken.ID)
	check(t, err)
	state(taken.ID, billing.RequestCanceled)

	// The credit is used by the next renewal: $980.00 less $500.01.
	w.advance(31*days + 2*3600e9)
	all, _, err = w.gateway.Invoices(t.Context(), a.CustomerID, "")
	check(t, err)
	if all[0].Total.Minor != 98_000 || all[0].Paid.Minor != 98_000-50_001 {
		t.Fatalf("%+v", all[0])
	}
}

func TestPaybacksAreChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, deliveries[0])
	other := newWorld(t, deliveries[0])
	for _, x := range []*world{w, other} {
		x.advance(15 * days)
		x.buy(billing.Starter, 1)
	}
	theirs, _ := other.account()
	invoices, _, err := other.gateway.Invoices(t.Context(), theirs.CustomerID, "")
	check(t, err)
	usd := func(n int64) money.Money { return money.Of(n, "USD") }
	for _, c := range []struct {
		name string
		p    billing.Payback
		want error
	}{
		{"nothing", billing.Payback{Kind: billing.Credit, Request: billing.Request{Amount: usd(0)}, Reason: "r"}, billing.ErrPaybackAmount},
		{"too much", billing.Payback{Kind: billing.Credit, Request: billing.Request{Amount: usd(2_500_001)}, Reason: "r"}, billing.ErrPaybackAmount},
		{"another currency", billing.Payback{Kind: billing.Credit, Request: billing.Request{Amount: money.Of(100, "EUR")}, Reason: "r"}, billing.ErrPaybackAmount},
		{"no reason", billing.Payback{Kind: billing.Credit, Request: billing.Request{Amount: usd(100)}}, billing.ErrPaybackReason},
		{"a kind that is none", billing.Payback{Kind: "gift", Request: billing.Request{Amount: usd(100)}, Reason: "r"}, billing.ErrPaybackKind},
		{"a refund of no invoice", billing.Payback{Kind: billing.Refund, Request: billing.Request{Amount: usd(100)}, Reason: "r"}, billing.ErrPaybackInvoice},
		{"a credit of an invoice", billing.Payback{Kind: billing.Credit, InvoiceID: "in_1", Request: billing.Request{Amount: usd(100)}, Reason: "r"}, billing.ErrPaybackInvoice},
		{"an invoice that is not there", billing.Payback{Kind: billing.Refund, InvoiceID: "in_1", Request: billing.Request{Amount: usd(100)}, Reason: "r"}, billing.ErrPaybackInvoice},
		{"another agency's invoice", billing.Payback{Kind: billing.Refund, InvoiceID: invoices[0].ID, Request: billing.Request{Amount: usd(100)}, Reason: "r"}, billing.ErrPaybackInvoice},
	} {
		c.p.AgencyID, c.p.RequestedBy = w.key(), opal
		if _, err := w.GiveBack(t.Context(), c.p); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if all, err := w.Paybacks(t.Context(), w.key()); err != nil || len(all) != 0 {
		t.Fatalf("something was kept: %v %v", all, err)
	}
}
