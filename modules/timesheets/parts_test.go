package timesheets_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/modules/timesheets"
)

// berlin is a contract with business hours from Monday to Friday, 08:00 to 18:00 in Berlin.
func berlin(t *testing.T) *timesheets.Agreed {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	dec := decimal.RequireFromString
	a := &timesheets.Agreed{RuleID: "11111111-1111-7111-8111-111111111111", Why: "Multipliers of the agency.", Terms: rates.Terms{
		Zone: zone, Factors: rates.Factors{AfterHours: dec("1.5"), Saturday: dec("1.75"), Sunday: dec("2"), Holiday: dec("2.5")},
	}}
	for d := time.Monday; d <= time.Friday; d++ {
		a.Terms.Week[d] = rates.Business{From: 8 * 60, To: 18 * 60}
	}
	return a
}

func (w *world) span(t *testing.T, from, to string) timesheets.Entry {
	t.Helper()
	a, _ := time.Parse(time.RFC3339, from)
	b, _ := time.Parse(time.RFC3339, to)
	e, _, err := w.svc.Log(w.Ctx, timesheets.NewEntry{ProjectID: w.website, StartedAt: &a, EndedAt: &b})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func (w *world) setRounding(t *testing.T, r timesheets.Rounding) {
	t.Helper()
	s, err := w.svc.Settings(w.Ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.ChangeSettings(w.Ctx, s.Version, timesheets.SettingsChange{Rounding: &r}); err != nil {
		t.Fatal(err)
	}
}

// An entry across the boundary is one entry of four hours and is worth the sum of its parts; raw time stays (rules 37, 44 and 47).
func TestRule47_AnEntryIsWorthTheSumOfItsParts(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.agreed = berlin(t)
	price := decimal.NewFromInt(150)
	w.price = &price
	e := w.span(t, "2026-03-02T15:30:00+01:00", "2026-03-02T19:30:00+01:00")
	if e.RawSeconds != 4*3600 || e.BilledSeconds != 4*3600 || e.Rate.String() != "150" {
		t.Errorf("%d s, billed %d, at %s", e.RawSeconds, e.BilledSeconds, e.Rate)
	}
	// 2 h 30 min × 150.00 + 1 h 30 min × 150.00 × 1.5 = 375.00 + 337.50
	worth := func(want string) {
		t.Helper()
		got, err := w.svc.Find(w.Ctx, e.ID)
		if err != nil || got.Amount().Amount() != want {
			t.Errorf("worth %s, %v, want %s", got.Amount(), err, want)
		}
		total, _, err := w.svc.Summary(w.Ctx, timesheets.Filter{}, timesheets.ByDay)
		if err != nil || len(total.Amounts) != 1 || total.Amounts[0].Amount() != want {
			t.Errorf("the total is %v, %v, want %s", total.Amounts, err, want)
		}
		w.sumsHold(t, want)
	}
	worth("712.50")
	if got, err := w.svc.Find(w.Ctx, e.ID); err != nil || got.Split == nil || got.Split.RuleID != w.agreed.RuleID || len(got.Split.Parts) != 2 || got.Split.Parts[1].Seconds != 5400 || got.Split.Parts[1].Kind != rates.AfterHours {
		t.Errorf("frozen as %+v, %v", got.Split, err)
	}

	// Another contract from now on changes nothing that is there, unless somebody asks for it.
	old := w.agreed
	w.agreed = berlin(t)
	w.agreed.Terms.Factors.AfterHours = decimal.NewFromInt(2)
	note := "again"
	e, _, err := w.svc.Change(w.Ctx, e.ID, e.Version, timesheets.EntryChange{Note: &note})
	if err != nil {
		t.Fatal(err)
	}
	worth("712.50")
	r, err := w.svc.Rerate(w.Ctx, timesheets.Filter{}, true)
	if err != nil || r.Entries != 1 || amounts(r.Before) != "712.50 EUR" || amounts(r.After) != "825.00 EUR" {
		t.Errorf("priced again: %+v, %v", r, err)
	}
	worth("825.00")
	w.agreed = old
	// Other times are judged anew; the rate stays.
	later := e.EndedAt.Add(time.Hour)
	if e, _, err = w.svc.Change(w.Ctx, e.ID, e.Version, timesheets.EntryChange{EndedAt: &later}); err != nil {
		t.Fatal(err)
	}
	worth("937.50") // 2.5 × 150 + 2.5 × 225
	// A duration has no hours of the day.
	if e, _, err = w.svc.Change(w.Ctx, e.ID, e.Version, timesheets.EntryChange{Seconds: hours(4)}); err != nil {
		t.Fatal(err)
	}
	worth("600.00")
}

// A rate by hand is what each hour costs, and what time counts as by hand takes the right to price it.
func TestRule47_WhatIsSetByHand(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.agreed = berlin(t)
	finance := w.As(access.Actor{Name: "Fay Finance"}, timesheets.WriteOwn, timesheets.SeeRates, timesheets.SetRates)
	e, _, err := w.svc.Log(finance, timesheets.NewEntry{ProjectID: w.website, Day: day.MustParse("2026-03-02"), Seconds: hours(2), HourKind: rates.AfterHours})
	if err != nil || e.Amount().Amount() != "285.00" { // 2 × 95 × 1.5
		t.Fatalf("two hours after hours: %+v, %v", e.Amount(), err)
	}
	ordinary, sunday := rates.Ordinary, rates.Sunday
	if e, _, err = w.svc.Change(finance, e.ID, e.Version, timesheets.EntryChange{HourKind: &ordinary}); err != nil || e.Amount().Amount() != "190.00" {
		t.Errorf("ordinary after all: %v, %v", e.Amount(), err)
	}
	if e, _, err = w.svc.Change(finance, e.ID, e.Version, timesheets.EntryChange{HourKind: &sunday}); err != nil || e.Amount().Amount() != "380.00" {
		t.Errorf("as on a Sunday: %v, %v", e.Amount(), err)
	}
	own := &timesheets.OwnRate{PerHour: decimal.NewFromInt(100), Currency: "EUR"}
	_, _, err = w.svc.Change(finance, e.ID, e.Version, timesheets.EntryChange{Own: &own})
	if f := fault.From(err); len(f.Fields) != 1 || f.Fields[0].Path != "body.counts_as" {
		t.Errorf("a rate of its own and a multiplier: %v", err)
	}
	var clock rates.HourKind
	if e, _, err = w.svc.Change(finance, e.ID, e.Version, timesheets.EntryChange{Own: &own, HourKind: &clock}); err != nil || e.Amount().Amount() != "200.00" || e.Split != nil {
		t.Errorf("at a rate of its own: %v, %v", e.Amount(), err)
	}
	_, _, err = w.svc.Log(w.manager(), timesheets.NewEntry{ProjectID: w.website, Day: day.MustParse("2026-03-02"), Seconds: hours(2), HourKind: rates.AfterHours})
	if f := fault.From(err); f.Code != "timesheets.rate_not_yours" {
		t.Errorf("without the right: %v", err)
	}
	w.agreed = nil
	_, _, err = w.svc.Log(finance, timesheets.NewEntry{ProjectID: w.website, Day: day.MustParse("2026-03-02"), Seconds: hours(2), HourKind: rates.AfterHours})
	if f := fault.From(err); f.Code != "timesheets.bad_hours" || f.Fields[0].Path != "body.counts_as" {
		t.Errorf("where nothing is agreed: %v", err)
	}
	if got, err := w.svc.Find(w.member(), e.ID); err == nil && (got.Split != nil || got.HourKind != "" || got.Rate != nil) {
		t.Errorf("a member sees %+v", got)
	}
}

// Rounding makes the billed seconds, of each entry or of all of a day; the parts share what it makes by the seconds that were worked.
func TestRule47_RoundedTimeIsSharedByTheParts(t *testing.T) {
	t.Parallel()
	for scope, want := range map[string]string{timesheets.ScopeEntry: "168.75", timesheets.ScopeDay: "128.13"} {
		w := setup(t)
		w.agreed = berlin(t)
		price := decimal.NewFromInt(150)
		w.price = &price
		w.setRounding(t, timesheets.Rounding{Mode: timesheets.RoundUp, Step: 900, Scope: scope})
		// 20 min of which 10 are after hours, and 16 min within them. By entry 30 + 30 min are billed: 15 of them after hours. By day
		// 45 for all 36 min: 25 of the first, 12 min 30 s of them after hours, and 20 of the second.
		a := w.span(t, "2026-03-02T17:50:00+01:00", "2026-03-02T18:10:00+01:00")
		w.span(t, "2026-03-02T10:00:00+01:00", "2026-03-02T10:16:00+01:00")
		total, _, err := w.svc.Summary(w.Ctx, timesheets.Filter{}, timesheets.ByDay)
		if err != nil {
			t.Fatal(err)
		}
		if a, err = w.svc.Find(w.Ctx, a.ID); err != nil {
			t.Fatal(err)
		}
		parts := a.BilledParts()
		if parts[0]+parts[1] != a.BilledSeconds || a.RawSeconds != 1200 {
			t.Errorf("%s: parts %v of %d s", scope, parts, a.BilledSeconds)
		}
		if got := total.Amounts[0].Amount(); got != want {
			t.Errorf("%s: worth %s, want %s", scope, got, want)
		}
		w.sumsHold(t, scope)
	}
}
