package billing_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/billing/stripestand"
)

const days = 24 * time.Hour

func pro(n int) billing.Seats { return billing.Seats{Plan: billing.Professional, Quantity: n} }

// outcome is what a story must come to, however the notices arrived.
type outcome struct {
	Status     billing.Status
	Level      billing.Level
	Held, Paid billing.Seats
	Cents      int64
	Live       int
}

// The stories of billing reference A.9.
var stories = []struct {
	name string
	tell func(w *world)
	want outcome
}{
	{"trial to paid", func(w *world) {
		w.level(billing.Full)
		w.join()
		w.advance(14*days + time.Hour) // the trial is over
		w.level(billing.ReadOnly)
		w.buy(billing.Professional, 2)
	}, outcome{billing.ActiveStatus, billing.Full, pro(2), pro(2), 2 * 4900, 1}},

	{"bought in the trial, what is left of it stays free", func(w *world) {
		w.advance(4 * days)
		w.buy(billing.Professional, 1)
		w.advance(10*days + 2*time.Hour)
	}, outcome{billing.ActiveStatus, billing.Full, pro(1), pro(1), 4900, 1}},

	{"trial ends, nobody pays, later somebody does", func(w *world) {
		w.advance(14*days + time.Hour)
		w.level(billing.ReadOnly)
		w.advance(14 * days)
		w.level(billing.Suspended)
		w.buy(billing.Starter, 1)
	}, outcome{billing.ActiveStatus, billing.Full, billing.Seats{Plan: billing.Starter, Quantity: 1}, billing.Seats{Plan: billing.Starter, Quantity: 1}, 2900, 1}},

	{"the renewal is declined, and paid at last", func(w *world) {
		w.advance(15 * days)
		w.buy(billing.Professional, 1)
		w.card(stripestand.CardDeclines, false)
		w.advance(31*days + 2*time.Hour)
		w.level(billing.Grace)
		w.advance(8 * days)
		w.level(billing.ReadOnly)
		w.advance(7 * days)
		w.level(billing.Suspended)
		w.advance(31 * days) // a draft of the unpaid time
		w.card(stripestand.CardGood, false)
		check(w, w.PayOpen(w.Context(), w.key()))
		w.tell()
	}, outcome{billing.ActiveStatus, billing.Full, pro(1), pro(1), 3 * 4900, 1}},

	{"a seat is given back and filled again", func(w *world) {
		w.advance(15 * days)
		w.buy(billing.Professional, 1)
		a, _ := w.account()
		half := a.PeriodEnd.Sub(a.PeriodStart) / 2
		w.advance(half)
		for range 3 { // each time a person more and one less: the seat is paid once
			w.join()
			w.leave()
		}
		w.join()
		w.tell()
		w.advance(half + 2*time.Hour)
	}, outcome{billing.ActiveStatus, billing.Full, pro(2), pro(2), 4900 + 2450 + 2*4900, 1}},

	{"a larger plan at once, a smaller one at the period's end", func(w *world) {
		w.advance(15 * days)
		w.buy(billing.Starter, 1)
		a, _ := w.account()
		w.advance(a.PeriodEnd.Sub(a.PeriodStart) / 2)
		_, err := w.Change(w.Context(), w.key(), billing.Seats{Plan: billing.Enterprise, Quantity: 1})
		check(w, err)
		w.tell()
		if _, acc := w.account(); acc.Plan != billing.Enterprise {
			w.Fatalf("after the upgrade: %+v", acc)
		}
		_, err = w.Change(w.Context(), w.key(), billing.Seats{Plan: billing.Starter, Quantity: 1})
		check(w, err)
		if _, acc := w.account(); acc.Plan != billing.Enterprise {
			w.Fatalf("the paid plan was taken before its time: %+v", acc)
		}
		w.advance(a.PeriodEnd.Sub(w.stand.Now()) + 2*time.Hour)
		if _, acc := w.account(); acc.Plan != billing.Starter {
			w.Fatalf("in the next period: %+v", acc)
		}
	}, outcome{
		billing.ActiveStatus, billing.Full, billing.Seats{Plan: billing.Starter, Quantity: 1}, billing.Seats{Plan: billing.Starter, Quantity: 1}, 2900 + (3950 - 1450) + 2900, 1,
	}},

	{"an upgrade that is not paid lapses", func(w *world) {
		w.advance(15 * days)
		w.buy(billing.Starter, 1)
		w.card(stripestand.CardDeclines, false)
		w.advance(days)
		a, err := w.Change(w.Context(), w.key(), pro(1))
		check(w, err)
		if a.PendingUntil == nil || a.Held.Plan != billing.Starter {
			w.Fatalf("while it waits: %+v", a)
		}
		if _, err := w.Change(w.Context(), w.key(), pro(1)); !errors.Is(err, billing.ErrChanging) {
			w.Fatalf("a second change while one waits: %v", err)
		}
		w.advance(days)
		w.card(stripestand.CardGood, false)
	}, outcome{billing.ActiveStatus, billing.Full, billing.Seats{Plan: billing.Starter, Quantity: 1}, billing.Seats{Plan: billing.Starter, Quantity: 1}, 2900, 1}},

	{"declined at the purchase, then paid on the same page", func(w *world) {
		w.advance(15 * days)
		page, err := w.Subscribe(w.Context(), w.key(), starter(1), links)
		check(w, err)
		if w.stand.Pay(page.ID, stripestand.CardDeclines) {
			w.Fatal("the declining card was taken")
		}
		w.tell()
		w.level(billing.ReadOnly)
		if !w.stand.Pay(page.ID, stripestand.CardGood) {
			w.Fatal("the good card was declined")
		}
	}, outcome{billing.ActiveStatus, billing.Full, starter(1), starter(1), 2900, 1}},

	{"two clicks, of which the first page is closed", func(w *world) {
		w.advance(15 * days)
		first, err := w.Subscribe(w.Context(), w.key(), pro(1), links)
		check(w, err)
		second, err := w.Subscribe(w.Context(), w.key(), starter(1), links)
		check(w, err)
		if w.stand.Pay(first.ID, stripestand.CardGood) || !w.stand.Pay(second.ID, stripestand.CardGood) {
			w.Fatal("not the second page was paid")
		}
	}, outcome{billing.ActiveStatus, billing.Full, starter(1), starter(1), 2900, 1}},

	{"an upgrade that the bank asks about, and that is confirmed", func(w *world) {
		w.advance(15 * days)
		w.buy(billing.Starter, 1)
		a, _ := w.account()
		w.advance(a.PeriodEnd.Sub(a.PeriodStart) / 2)
		w.card(stripestand.CardAsks, false)
		a, err := w.Change(w.Context(), w.key(), pro(1))
		check(w, err)
		if _, acc := w.account(); a.PendingUntil == nil || acc.Plan != billing.Starter {
			w.Fatalf("while the bank asks: %+v", a)
		}
		w.confirm()
	}, outcome{billing.ActiveStatus, billing.Full, pro(1), pro(1), 2900 + (2450 - 1450), 1}},

	{"a smaller plan is refused to eleven, and taken by ten", func(w *world) {
		w.advance(15 * days)
		w.buy(billing.Professional, 1)
		for range 10 {
			w.join() // a new customer pays each at once, for the whole period
		}
		if _, err := w.Change(w.Context(), w.key(), starter(11)); !errors.Is(err, billing.ErrTooManySeats) {
			w.Fatalf("Starter for eleven: %v", err)
		}
		w.leave()
		_, err := w.Change(w.Context(), w.key(), starter(10))
		check(w, err)
		a, _ := w.account()
		w.advance(a.PeriodEnd.Sub(w.stand.Now()) + 2*time.Hour)
	}, outcome{billing.ActiveStatus, billing.Full, starter(10), starter(10), 11*4900 + 10*2900, 1}},

	{"an upgrade with more seats lapses, and leaves none of them behind", func(w *world) {
		w.advance(15 * days)
		w.buy(billing.Starter, 1)
		w.card(stripestand.CardDeclines, false)
		w.advance(days)
		a, err := w.Change(w.Context(), w.key(), pro(5))
		check(w, err)
		if a.PendingUntil == nil {
			w.Fatalf("it does not wait: %+v", a)
		}
		w.advance(days)
		w.card(stripestand.CardGood, false)
		check(w, w.SyncSeats(w.Context(), w.key())) // as each night
	}, outcome{billing.ActiveStatus, billing.Full, starter(1), starter(1), 2900, 1}},

	{"whoever leaves is billed no more from the next period on", func(w *world) {
		w.join()
		w.advance(15 * days)
		w.buy(billing.Professional, 2)
		w.leave()
		a, _ := w.account()
		if a.Held != pro(1) || a.Paid != pro(2) {
			w.Fatalf("one has left: %+v", a)
		}
		w.advance(a.PeriodEnd.Sub(w.stand.Now()) + 2*time.Hour)
	}, outcome{billing.ActiveStatus, billing.Full, pro(1), pro(1), 2*4900 + 4900, 1}},

	{"a seat is paid late while a smaller plan waits, which comes all the same", func(w *world) {
		w.advance(15 * days)
		w.buy(billing.Professional, 1)
		_, err := w.Change(w.Context(), w.key(), starter(1))
		check(w, err)
		a, _ := w.account()
		w.advance(a.PeriodEnd.Sub(w.stand.Now()) / 2)
		w.card(stripestand.CardAsks, false)
		w.join()
		if a, _ := w.account(); a.PendingUntil == nil {
			w.Fatalf("the seat does not wait: %+v", a)
		}
		w.confirm()
		w.tell()
		if a, acc := w.account(); a.Held != starter(2) || a.Paid != pro(2) || acc.Plan != billing.Professional {
			w.Fatalf("once it was paid: %+v", a)
		}
		w.card(stripestand.CardGood, false)
		w.advance(a.PeriodEnd.Sub(w.stand.Now()) + 2*time.Hour)
	}, outcome{billing.ActiveStatus, billing.Full, starter(2), starter(2), 4900 + 2450 + 2*2900, 1}},

	{"canceled while a larger plan waits for its payment", func(w *world) {
		w.advance(15 * days)
		w.buy(billing.Starter, 1)
		w.card(stripestand.CardDeclines, false)
		a, err := w.Change(w.Context(), w.key(), pro(1))
		check(w, err)
		if a.PendingUntil == nil {
			w.Fatalf("it does not wait: %+v", a)
		}
		a, err = w.SetCancel(w.Context(), w.key(), true)
		check(w, err)
		if !a.CancelAtPeriodEnd {
			w.Fatalf("the cancellation waits too: %+v", a)
		}
		w.advance(a.PeriodEnd.Sub(w.stand.Now()) + time.Hour)
	}, outcome{billing.Canceled, billing.ReadOnly, starter(1), starter(1), 2900, 0}},

	{"renewals keep to the month's end, a leap day among them", func(w *world) {
		eve := time.Date(2028, 1, 31, 10, 0, 0, 0, time.UTC)
		w.advance(eve.Sub(w.stand.Now()))
		w.buy(billing.Starter, 1)
		for _, end := range []time.Time{time.Date(2028, 2, 29, 10, 0, 0, 0, time.UTC), time.Date(2028, 3, 31, 10, 0, 0, 0, time.UTC), time.Date(2028, 4, 30, 10, 0, 0, 0, time.UTC)} {
			a, _ := w.account()
			if !a.PeriodEnd.Equal(end) {
				w.Fatalf("the period ends %s, not %s", a.PeriodEnd, end)
			}
			w.advance(end.Sub(w.stand.Now()) + 2*time.Hour)
		}
	}, outcome{billing.ActiveStatus, billing.Full, starter(1), starter(1), 4 * 2900, 1}},

	{"canceled, taken back, canceled, and back again", func(w *world) {
		w.advance(15 * days)
		w.buy(billing.Starter, 1)
		for _, cancel := range []bool{true, false, true} {
			_, err := w.SetCancel(w.Context(), w.key(), cancel)
			check(w, err)
		}
		w.tell()
		w.advance(31*days + time.Hour)
		w.level(billing.ReadOnly)
		w.advance(30 * days)
		w.level(billing.Closed)
		w.buy(billing.Professional, 1)
	}, outcome{billing.ActiveStatus, billing.Full, pro(1), pro(1), 2900 + 4900, 1}},
}

var links = billing.Links{Success: "http://a.test/ok", Cancel: "http://a.test/no"}

// confirm is what a person does on the page of the newest invoice, whose bank asks whether it is them.
func (w *world) confirm() {
	w.Helper()
	a, _ := w.account()
	all, _, err := w.gateway.Invoices(w.Context(), a.CustomerID, "")
	check(w, err)
	form := strings.NewReader(url.Values{"confirm": {"yes"}}.Encode())
	req, err := http.NewRequestWithContext(w.Context(), http.MethodPost, w.apiURL+"/pages/invoice/"+all[0].ID, form)
	check(w, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(req)
	check(w, err)
	check(w, res.Body.Close())
	if res.StatusCode != http.StatusOK {
		w.Fatalf("the invoice's page: %d", res.StatusCode)
	}
}

func TestStoriesEndAlikeHoweverNoticesArrive(t *testing.T) {
	t.Parallel()
	for _, story := range stories {
		for _, how := range deliveries {
			t.Run(story.name+", "+how.name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, how)
				story.tell(w)
				w.tell()
				a, acc := w.account()
				cents, live := w.invoiced()
				if got := (outcome{a.Status, acc.Level, a.Held, a.Paid, cents, live}); got != story.want {
					t.Fatalf("got  %+v\nwant %+v", got, story.want)
				}
			})
		}
	}
}

func TestTwoClicksBuyOneSubscription(t *testing.T) {
	t.Parallel()
	w := newWorld(t, deliveries[0])
	var pages [2]billing.Checkout
	var wg sync.WaitGroup
	for i := range pages {
		wg.Go(func() {
			var err error
			if pages[i], err = w.Subscribe(t.Context(), w.key(), pro(1), billing.Links{Success: "http://a.test/", Cancel: "http://a.test/"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	paid := 0
	for _, p := range pages {
		if w.stand.Pay(p.ID, stripestand.CardGood) {
			paid++
		}
	}
	w.tell()
	if _, live := w.invoiced(); paid != 1 || live != 1 {
		t.Fatalf("%d pages could be paid, %d subscriptions are live", paid, live)
	}
	if _, err := w.Subscribe(t.Context(), w.key(), pro(1), billing.Links{}); !errors.Is(err, billing.ErrSubscribed) {
		t.Fatalf("a second purchase: %v", err)
	}
}

func TestStarterRefusesTheEleventh(t *testing.T) {
	t.Parallel()
	w := newWorld(t, deliveries[0])
	w.advance(15 * days)
	w.buy(billing.Starter, 1)
	for range 9 {
		w.join()
	}
	if err := w.seat(1); !errors.Is(err, billing.ErrNoSeat) {
		t.Fatalf("the eleventh: %v", err)
	}
	// The plan cannot shrink below the people either.
	_, err := w.Change(t.Context(), w.key(), billing.Seats{Plan: billing.Professional, Quantity: 11})
	check(t, err)
	w.tell()
	w.join()
	if _, err := w.Change(t.Context(), w.key(), billing.Seats{Plan: billing.Starter, Quantity: 10}); !errors.Is(err, billing.ErrTooManySeats) {
		t.Fatalf("back to Starter with eleven: %v", err)
	}
}

func TestElevenAtOnceAreTen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, deliveries[0])
	w.advance(15 * days)
	w.buy(billing.Starter, 1)
	check(t, w.seat(-1)) // the owner's seat, so that eleven start alike
	var taken, refused atomic.Int32
	var wg sync.WaitGroup
	for range 11 {
		wg.Go(func() {
			switch err := w.seat(1); {
			case err == nil:
				taken.Add(1)
			case errors.Is(err, billing.ErrNoSeat):
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if taken.Load() != 10 || refused.Load() != 1 {
		t.Fatalf("%d were taken, %d refused", taken.Load(), refused.Load())
	}
}

func TestEventsOfStrangersAreKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, deliveries[0])
	stranger, err := w.gateway.CreateCustomer(t.Context(), "stranger", billing.NewCustomer{AgencyID: w.key(), Name: "Somebody", Email: "olive@example.test"})
	check(t, err)
	w.tell()
	var state string
	var agency *string
	check(t, w.agency.Control.Pool().QueryRow(t.Context(), `SELECT state, agency_id::text FROM platform.stripe_events WHERE customer_id = $1`, stranger).Scan(&state, &agency))
	if state != "unknown" || agency != nil {
		t.Fatalf("%s %v", state, agency)
	}
	if a, _ := w.account(); a.CustomerID != "" {
		t.Fatal("a customer was matched by its e-mail or metadata")
	}
}
