package billing_test

import (
	"testing"
	"time"

	"github.com/bureauhq/bureau/billing"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func ago(days int, more time.Duration) *time.Time {
	t := noon.Add(-time.Duration(days)*24*time.Hour - more)
	return &t
}

// The table of billing reference A.5: every state that Stripe knows, with the
// moments at which time alone changes the answer.
func TestAccessOfEveryState(t *testing.T) {
	t.Parallel()
	const second = time.Second
	for _, c := range []struct {
		name    string
		account billing.Account
		level   billing.Level
		reason  billing.Reason
		portal  bool
		jobs    bool
		until   time.Duration // from now; 0 is never
		next    billing.Level
	}{
		{"trial, first moment", billing.Account{Status: billing.Trial, TrialEndsAt: noon.Add(billing.TrialTime)}, billing.Full, billing.InTrial, true, true, billing.TrialTime, billing.ReadOnly},
		{"trial, last second", billing.Account{Status: billing.Trial, TrialEndsAt: noon.Add(second)}, billing.Full, billing.InTrial, true, true, second, billing.ReadOnly},
		{"trial over", billing.Account{Status: billing.Trial, TrialEndsAt: noon}, billing.ReadOnly, billing.TrialOver, true, false, 14 * 24 * time.Hour, billing.Suspended},
		{"trial over, 14 days less a second", billing.Account{Status: billing.Trial, TrialEndsAt: *ago(14, -second)}, billing.ReadOnly, billing.TrialOver, true, false, second, billing.Suspended},
		{"trial over for 14 days", billing.Account{Status: billing.Trial, TrialEndsAt: *ago(14, 0)}, billing.Suspended, billing.TrialOver, false, false, 0, ""},
		{"trialing at Stripe", billing.Account{Status: billing.Trialing}, billing.Full, billing.InTrial, true, true, 0, ""},
		{"paused", billing.Account{Status: billing.Paused, PausedSince: ago(0, 0)}, billing.ReadOnly, billing.TrialOver, true, false, 14 * 24 * time.Hour, billing.Suspended},
		{"paused for 14 days", billing.Account{Status: billing.Paused, PausedSince: ago(14, 0)}, billing.Suspended, billing.TrialOver, false, false, 0, ""},
		{"active", billing.Account{Status: billing.ActiveStatus}, billing.Full, billing.InOrder, true, true, 0, ""},
		{"active, canceled to the period's end", billing.Account{Status: billing.ActiveStatus, CancelAtPeriodEnd: true, PeriodEnd: noon.Add(time.Hour)}, billing.Full, billing.EndsAtPeriodEnd, true, true, time.Hour, billing.ReadOnly},
		{"active, collection paused", billing.Account{Status: billing.ActiveStatus, CollectionPaused: true}, billing.Full, billing.CollectPaused, true, true, 0, ""},
		{"past due, day 0", billing.Account{Status: billing.PastDue, PastDueSince: ago(0, 0)}, billing.Grace, billing.PaymentPastDue, true, true, 8 * 24 * time.Hour, billing.ReadOnly},
		{"past due, day 7, last second", billing.Account{Status: billing.PastDue, PastDueSince: ago(8, -second)}, billing.Grace, billing.PaymentPastDue, true, true, second, billing.ReadOnly},
		{"past due, day 8", billing.Account{Status: billing.PastDue, PastDueSince: ago(8, 0)}, billing.ReadOnly, billing.PaymentPastDue, true, false, 0, ""},
		{"past due, day 14", billing.Account{Status: billing.PastDue, PastDueSince: ago(14, 0)}, billing.ReadOnly, billing.PaymentPastDue, true, false, 0, ""},
		{"past due, nobody noted since when", billing.Account{Status: billing.PastDue}, billing.Grace, billing.PaymentPastDue, true, true, 8 * 24 * time.Hour, billing.ReadOnly},
		{"unpaid", billing.Account{Status: billing.Unpaid, UnpaidSince: ago(0, 0)}, billing.Suspended, billing.PaymentFailed, true, false, 14 * 24 * time.Hour, billing.Suspended},
		{"unpaid for 14 days", billing.Account{Status: billing.Unpaid, UnpaidSince: ago(14, 0)}, billing.Suspended, billing.PaymentFailed, false, false, 0, ""},
		{"incomplete", billing.Account{Status: billing.Incomplete}, billing.Setup, billing.FirstPayment, false, false, 0, ""},
		{"incomplete, expired", billing.Account{Status: billing.IncompleteExpired}, billing.Setup, billing.FirstFailed, false, false, 0, ""},
		{"canceled", billing.Account{Status: billing.Canceled, EndedAt: ago(0, 0)}, billing.ReadOnly, billing.SubscriptionEnd, true, false, 30 * 24 * time.Hour, billing.Closed},
		{"canceled, last second of the export", billing.Account{Status: billing.Canceled, EndedAt: ago(30, -second)}, billing.ReadOnly, billing.SubscriptionEnd, true, false, second, billing.Closed},
		{"canceled for 30 days", billing.Account{Status: billing.Canceled, EndedAt: ago(30, 0)}, billing.Closed, billing.SubscriptionEnd, false, false, 0, ""},
		{"a state of the future", billing.Account{Status: "hibernating"}, billing.Grace, billing.UnknownState, true, true, 0, ""},
		{"no state at all", billing.Account{}, billing.Grace, billing.UnknownState, true, true, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := billing.Derive(c.account, nil, noon)
			if got.Level != c.level || len(got.Reasons) != 1 || got.Reasons[0] != c.reason || got.PortalReads != c.portal || got.JobsRun != c.jobs || got.Next != c.next {
				t.Fatalf("got %+v", got)
			}
			if (got.Until == nil) != (c.until == 0) || got.Until != nil && !got.Until.Equal(noon.Add(c.until)) {
				t.Fatalf("until %v, want %s from now", got.Until, c.until)
			}
			if got.Alert != (c.reason == billing.UnknownState || c.reason == billing.CollectPaused) {
				t.Fatalf("alert is %v", got.Alert)
			}
		})
	}
}

func TestAccessFollowsThePlanThatWasPaid(t *testing.T) {
	t.Parallel()
	end := noon.Add(72 * time.Hour)
	a := billing.Account{
		Status: billing.ActiveStatus, Held: billing.Seats{Plan: billing.Starter, Quantity: 3},
		Paid: billing.Seats{Plan: billing.Enterprise, Quantity: 3}, PeriodStart: noon.Add(-24 * time.Hour), PeriodEnd: end,
	}
	if got := billing.Derive(a, nil, noon); got.Plan != billing.Enterprise || !got.Has(billing.FeatureLegalEntities) || got.MaxSeats != 0 {
		t.Fatalf("before the period's end: %+v", got)
	}
	if got := billing.Derive(a, nil, end); got.Plan != billing.Starter || got.Has(billing.FeatureAPITokens) || got.MaxSeats != 10 {
		t.Fatalf("after it: %+v", got)
	}
}

func TestTrialIsProfessionalWithFiveSeats(t *testing.T) {
	t.Parallel()
	got := billing.Derive(billing.Account{Status: billing.Trial, TrialEndsAt: noon.Add(time.Hour)}, nil, noon)
	if got.Plan != billing.Professional || got.MaxSeats != 5 || !got.Has(billing.FeatureAPITokens) {
		t.Fatalf("%+v", got)
	}
}

func TestOverridesCountWhileTheyLast(t *testing.T) {
	t.Parallel()
	a := billing.Account{Status: billing.PastDue, PastDueSince: ago(9, 0), Held: billing.Seats{Plan: billing.Starter, Quantity: 2}}
	o := billing.Override{Plan: billing.Enterprise, Level: billing.Full, MaxSeats: 40, CreatedAt: *ago(1, 0), ExpiresAt: noon.Add(time.Hour)}
	got := billing.Derive(a, []billing.Override{o}, noon)
	if got.Level != billing.Full || got.Plan != billing.Enterprise || got.MaxSeats != 40 || !got.JobsRun || got.Until == nil || !got.Until.Equal(o.ExpiresAt) {
		t.Fatalf("in force: %+v", got)
	}
	if got := billing.Derive(a, []billing.Override{o}, o.ExpiresAt); got.Level != billing.ReadOnly || got.Plan != billing.Starter {
		t.Fatalf("expired: %+v", got)
	}
	o.RevokedAt = ago(0, time.Minute)
	if got := billing.Derive(a, []billing.Override{o}, noon); got.Level != billing.ReadOnly {
		t.Fatalf("revoked: %+v", got)
	}
}
