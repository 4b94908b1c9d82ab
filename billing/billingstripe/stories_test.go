package billingstripe_test

import (
	"errors"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/billing/stripestand"
)

// till is where a story is told: the stand-in in each run of the tests, Stripe's test mode where a key is at hand.
type till interface {
	billing.Gateway
	at() time.Time
	advance(t *testing.T, d time.Duration)
	// newCustomer has no card.
	newCustomer(t *testing.T) string
	// pay fills in a purchase page and tells whether the card was taken.
	pay(t *testing.T, page billing.Checkout, card string) bool
	// useCard is what a customer does in the portal.
	useCard(t *testing.T, customer, card string)
}

// story is one customer's, from the first purchase on.
type story struct {
	till
	*testing.T
	customer string
	calls    int
}

// key is another one for each call.
func (s *story) key() string {
	s.calls++
	return s.customer + "/" + s.at().String() + "/" + string(rune('a'+s.calls))
}

func (s *story) open(c billing.NewCheckout) billing.Checkout {
	s.Helper()
	c.CustomerID, c.AgencyID, c.SuccessURL, c.CancelURL = s.customer, "a", "https://acme.test/ok", "https://acme.test/no"
	page, err := s.OpenCheckout(s.Context(), s.key(), c)
	must(s.T, err)
	if page.State != "open" || page.URL == "" || page.CustomerID != s.customer {
		s.Fatalf("the page %+v", page)
	}
	return page
}

// bought is the account after the page was paid.
func (s *story) bought(page billing.Checkout, want billing.Seats) billing.Account {
	s.Helper()
	page, err := s.Checkout(s.Context(), page.ID)
	must(s.T, err)
	sub, err := s.Subscription(s.Context(), page.SubscriptionID)
	must(s.T, err)
	plan, _ := billing.PlanOf(want.Plan)
	if page.State != "complete" || sub.CustomerID != s.customer || sub.Items != 1 || sub.Quantity != want.Quantity || sub.LookupKey != plan.LookupKey {
		s.Fatalf("the page %+v made %+v", page, sub)
	}
	return billing.Account{CustomerID: s.customer, SubscriptionID: sub.ID, ItemID: sub.ItemID, Status: sub.Status, Held: want, Paid: want, PeriodStart: sub.PeriodStart, PeriodEnd: sub.PeriodEnd}
}

func (s *story) buy(want billing.Seats) billing.Account {
	s.Helper()
	page := s.open(billing.NewCheckout{Seats: want})
	if !s.pay(s.T, page, stripestand.CardGood) {
		s.Fatal("the card was declined")
	}
	return s.bought(page, want)
}

func (s *story) to(a billing.Account, target billing.Seats) billing.Account {
	s.Helper()
	for _, step := range billing.Steps(a, target, calm) {
		_, err := s.Change(s.Context(), s.key(), a.SubscriptionID, a.ItemID, step)
		must(s.T, err)
		a.Held, a.Paid = step.To, step.Paid
	}
	return a
}

// cents is what all invoices that count come to.
func (s *story) cents() (n int64) {
	s.Helper()
	all, more, err := s.Invoices(s.Context(), s.customer, "")
	must(s.T, err)
	if more {
		s.Fatal("more than a hundred invoices")
	}
	for _, inv := range all {
		if inv.Status != "void" {
			n += inv.Total.Minor
		}
	}
	return n
}

func (s *story) status(a billing.Account) billing.Subscription {
	s.Helper()
	sub, err := s.Subscription(s.Context(), a.SubscriptionID)
	must(s.T, err)
	return sub
}

// renew passes the period's end, and the hour in which an invoice is a draft.
func (s *story) renew(a billing.Account) {
	s.Helper()
	s.advance(s.T, a.PeriodEnd.Sub(s.at())+3*time.Hour)
}

// stories are told alike at the stand-in and at Stripe. Each says what its invoices come to.
var stories = []struct {
	name string
	tell func(s *story) (wantCents int64)
}{
	{"bought and renewed", func(s *story) int64 {
		a := s.buy(seats(billing.Professional, 3))
		if a.Status != billing.ActiveStatus {
			s.Fatalf("%+v", a)
		}
		s.renew(a)
		return 2 * 3 * 4900
	}},
	{"declined at the purchase, then paid", func(s *story) int64 {
		page := s.open(billing.NewCheckout{Seats: seats(billing.Starter, 1)})
		if s.pay(s.T, page, stripestand.CardDeclines) {
			s.Fatal("the declining card was taken")
		}
		if page, err := s.Checkout(s.Context(), page.ID); err != nil || page.State != "open" || page.SubscriptionID != "" {
			s.Fatalf("after the declined card: %+v %v", page, err)
		}
		if !s.pay(s.T, page, stripestand.CardGood) {
			s.Fatal("the good card was declined")
		}
		s.bought(page, seats(billing.Starter, 1))
		return 2900
	}},
	{"bought in the trial, the rest of which is free", func(s *story) int64 {
		end := s.at().Add(10 * 24 * time.Hour).Truncate(time.Second)
		page := s.open(billing.NewCheckout{Seats: seats(billing.Professional, 2), TrialEnd: &end})
		if !s.pay(s.T, page, stripestand.CardGood) {
			s.Fatal("the card was declined")
		}
		a := s.bought(page, seats(billing.Professional, 2))
		if sub := s.status(a); sub.Status != billing.Trialing || sub.TrialEnd == nil || !sub.TrialEnd.Equal(end) || s.cents() != 0 {
			s.Fatalf("in the trial: %+v, %d cents", sub, s.cents())
		}
		s.advance(s.T, end.Sub(s.at())+3*time.Hour)
		if sub := s.status(a); sub.Status != billing.ActiveStatus {
			s.Fatalf("after the trial: %+v", sub)
		}
		return 2 * 4900
	}},
	{"the page is given up, and another one is paid", func(s *story) int64 {
		first := s.open(billing.NewCheckout{Seats: seats(billing.Starter, 1)})
		must(s.T, s.ExpireCheckout(s.Context(), first.ID))
		if page, err := s.Checkout(s.Context(), first.ID); err != nil || page.State != "expired" {
			s.Fatalf("%+v %v", page, err)
		}
		s.buy(seats(billing.Professional, 1))
		return 4900
	}},
	{"two clicks open one page", func(s *story) int64 {
		c := billing.NewCheckout{CustomerID: s.customer, AgencyID: "a", Seats: seats(billing.Starter, 1), SuccessURL: "https://acme.test/ok", CancelURL: "https://acme.test/no"}
		key := s.key()
		var pages [2]billing.Checkout
		for i := range pages {
			var err error
			pages[i], err = s.OpenCheckout(s.Context(), key, c)
			must(s.T, err)
		}
		if pages[0].ID != pages[1].ID {
			s.Fatalf("two pages: %+v", pages)
		}
		if !s.pay(s.T, pages[1], stripestand.CardGood) {
			s.Fatal("the card was declined")
		}
		all, _, err := s.Subscriptions(s.Context(), s.customer, "")
		must(s.T, err)
		if len(all) != 1 {
			s.Fatalf("%d subscriptions", len(all))
		}
		return 2900
	}},
	{"a seat is given back and filled again", func(s *story) int64 {
		a := s.buy(seats(billing.Professional, 1))
		s.advance(s.T, 10*24*time.Hour)
		want := int64(4900) + independent(seats(billing.Professional, 2), a.Paid, a, s.at())
		for range 3 {
			a = s.to(a, seats(billing.Professional, 2))
			a = s.to(a, seats(billing.Professional, 1))
		}
		a = s.to(a, seats(billing.Professional, 2))
		s.renew(a)
		return want + 2*4900
	}},
	{"a larger plan at once, a smaller one at the period's end", func(s *story) int64 {
		a := s.buy(seats(billing.Starter, 2))
		s.advance(s.T, 12*24*time.Hour)
		want := int64(2*2900) + independent(seats(billing.Enterprise, 2), a.Paid, a, s.at())
		a = s.to(a, seats(billing.Enterprise, 2))
		if got := s.cents(); got != want {
			s.Fatalf("after the upgrade %d cents, want %d", got, want)
		}
		a = s.to(a, seats(billing.Starter, 2))
		s.renew(a)
		return want + 2*2900
	}},
	{"a larger plan that is not paid lapses", func(s *story) int64 {
		a := s.buy(seats(billing.Starter, 1))
		s.useCard(s.T, s.customer, stripestand.CardDeclines)
		s.advance(s.T, 24*time.Hour)
		step := billing.Steps(a, seats(billing.Enterprise, 1), calm)[0]
		sub, err := s.Change(s.Context(), s.key(), a.SubscriptionID, a.ItemID, step)
		must(s.T, err)
		if sub.PendingUntil == nil || sub.LookupKey != "starter_monthly_usd_v1" {
			s.Fatalf("while it waits: %+v", sub)
		}
		s.advance(s.T, 24*time.Hour)
		if sub := s.status(a); sub.PendingUntil != nil || sub.LookupKey != "starter_monthly_usd_v1" || sub.Status != billing.ActiveStatus {
			s.Fatalf("a day later: %+v", sub)
		}
		return 2900
	}},
	{"a late payment and back", func(s *story) int64 {
		a := s.buy(seats(billing.Starter, 1))
		s.useCard(s.T, s.customer, stripestand.CardDeclines)
		s.renew(a)
		sub := s.status(a)
		if sub.Status != billing.PastDue || sub.LatestInvoice == nil {
			s.Fatalf("after the declined renewal: %+v", sub)
		}
		if _, err := s.PayInvoice(s.Context(), s.key(), sub.LatestInvoice.ID); !errors.Is(err, billing.ErrDeclined) {
			s.Fatalf("the declined card: %v", err)
		}
		s.useCard(s.T, s.customer, stripestand.CardGood)
		_, err := s.PayInvoice(s.Context(), s.key(), sub.LatestInvoice.ID)
		must(s.T, err)
		if sub := s.status(a); sub.Status != billing.ActiveStatus {
			s.Fatalf("after the payment: %+v", sub)
		}
		return 2 * 2900
	}},
	{"canceled, taken back, canceled, and bought again", func(s *story) int64 {
		a := s.buy(seats(billing.Starter, 1))
		for _, cancel := range []bool{true, false, true} {
			sub, err := s.SetCancelAtPeriodEnd(s.Context(), s.key(), a.SubscriptionID, cancel)
			must(s.T, err)
			if sub.CancelAtPeriodEnd != cancel || sub.Status != billing.ActiveStatus {
				s.Fatalf("%+v", sub)
			}
		}
		s.renew(a)
		if sub := s.status(a); sub.Status != billing.Canceled || sub.EndedAt == nil {
			s.Fatalf("after the period: %+v", sub)
		}
		s.buy(seats(billing.Professional, 1))
		return 2900 + 4900
	}},
	{"a service, a refund and a credit", func(s *story) int64 {
		a := s.buy(seats(billing.Starter, 1))
		inv, err := s.BillOnce(s.Context(), s.key(), billing.OneOff{CustomerID: s.customer, OrderID: "o", Text: "Implementation", Amount: money.Of(500_000, "USD"), DueDays: 14})
		must(s.T, err)
		if inv.Total != money.Of(500_000, "USD") || inv.Status != "open" || inv.DueAt == nil || inv.SubscriptionID != "" {
			s.Fatalf("the service's invoice: %+v", inv)
		}
		_, err = s.Refund(s.Context(), s.key(), s.status(a).LatestInvoice.ID, money.Of(1000, "USD"), "goodwill")
		must(s.T, err)
		if _, err = s.Refund(s.Context(), s.key(), s.status(a).LatestInvoice.ID, money.Of(2000, "USD"), "too much"); err == nil {
			s.Fatal("more was given back than was paid")
		}
		_, err = s.Credit(s.Context(), s.key(), s.customer, money.Of(900, "USD"), "sorry")
		must(s.T, err)
		s.renew(a)
		if last := s.status(a).LatestInvoice; last.Total.Minor != 2900 || last.Paid.Minor != 2000 {
			s.Fatalf("the credit was not used: %+v", last)
		}
		return 2*2900 + 500_000
	}},
}

// tell tells all stories where open opens a till.
func tell(t *testing.T, open func(t *testing.T) till) {
	t.Helper()
	for _, story := range stories {
		t.Run(story.name, func(t *testing.T) { tellOne(t, open(t), story.tell) })
	}
}

func tellOne(t *testing.T, at till, tell func(*story) int64) {
	t.Helper()
	s := &story{till: at, T: t, customer: at.newCustomer(t)}
	want := tell(s)
	if got := s.cents(); got != want {
		t.Fatalf("%d cents were invoiced, want %d", got, want)
	}
}

// counter is the stand-in as a till.
type counter struct{ *world }

func (c counter) at() time.Time                               { return c.stand.Now() }
func (c counter) advance(_ *testing.T, d time.Duration)       { c.stand.Advance(d) }
func (c counter) newCustomer(*testing.T) string               { return c.customer }
func (c counter) useCard(_ *testing.T, customer, card string) { c.stand.SetCard(customer, card, false) }

func (c counter) pay(_ *testing.T, page billing.Checkout, card string) bool {
	return c.stand.Pay(page.ID, card)
}

func TestStories(t *testing.T) {
	t.Parallel()
	tell(t, func(t *testing.T) till { t.Helper(); return counter{setup(t)} })
}
