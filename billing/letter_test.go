package billing_test

import (
	"slices"
	"testing"
	"time"

	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/billing/stripestand"
)

func TestLettersAreDue(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	late := billing.Account{Status: billing.PastDue, PastDueSince: &start}
	trial := billing.Account{Status: billing.Trial, TrialEndsAt: start}
	for _, c := range []struct {
		name string
		a    billing.Account
		at   time.Duration
		want billing.LetterKind
	}{
		{"declined this moment", late, 0, billing.LetterLate0},
		{"a second before three days", late, 3*days - time.Second, billing.LetterLate0},
		{"three days", late, 3 * days, billing.LetterLate3},
		{"six days", late, 6 * days, billing.LetterLate6},
		{"read only", late, 8 * days, ""},
		{"long before the trial's end", trial, -4 * days, ""},
		{"three days before", trial, -3 * days, billing.LetterTrialEnds},
		{"its end", trial, 0, billing.LetterTrialOver},
		{"long after", trial, 14 * days, ""},
		{"paid", billing.Account{Status: billing.ActiveStatus}, 0, ""},
	} {
		if got, _ := billing.LetterDue(c.a, start.Add(c.at)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestLettersAreSentOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, deliveries[0])
	w.Service = w.timed(w.gateway)
	remind := func() {
		t.Helper()
		for range 2 {
			a, _ := w.account()
			_, err := w.RemindAgency(t.Context(), a)
			check(t, err)
		}
		w.agency.Work(t)
	}
	name := w.agency.Tenancy.Name
	remind()
	w.advance(11*days + time.Hour)
	remind()
	w.buy(billing.Professional, 1)
	w.advance(4 * days) // what was left of the trial
	w.card(stripestand.CardDeclines, false)
	w.advance(31*days + 2*time.Hour)
	remind()
	w.advance(3 * days)
	remind()
	// Between a letter that is due and its sending somebody pays: it is not sent.
	w.advance(3 * days)
	a, _ := w.account()
	isNew, err := w.RemindAgency(t.Context(), a)
	check(t, err)
	if !isNew {
		t.Fatal("the last warning is not due")
	}
	w.stand.SetCard(a.CustomerID, stripestand.CardGood, true)
	check(t, w.Refresh(t.Context(), w.key()))
	w.agency.Work(t)
	got := w.mails.subjects()
	for i, s := range got {
		if len(s) > 24 && s[:13] == "The trial of " {
			got[i] = s[:len("The trial of "+name+" ends")]
		}
	}
	want := []string{"The trial of " + name + " ends", "The payment for " + name + " did not go through", "The payment for " + name + " is still open"}
	if !slices.Equal(got, want) {
		t.Fatalf("%q", got)
	}
}
