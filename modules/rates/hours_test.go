package rates_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/rates"
)

func terms(t *testing.T, zone string) rates.Terms {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	dec := decimal.RequireFromString
	out := rates.Terms{Zone: loc, Factors: rates.Factors{AfterHours: dec("1.5"), Saturday: dec("1.25"), Sunday: dec("2"), Holiday: dec("2.5")}}
	for _, d := range []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday} {
		out.Week[d] = rates.Business{From: 8 * 60, To: 18 * 60}
	}
	out.Holiday = func(d day.Date) bool { return d == day.New(2026, time.December, 25) }
	return out
}

func said(parts rates.Parts) string {
	all := make([]string, len(parts))
	for i, p := range parts {
		all[i] = fmt.Sprintf("%s %s × %s", p.Kind, time.Duration(p.Seconds)*time.Second, p.Factor)
	}
	return strings.Join(all, ", ")
}

// Rule 47: judged by the clock on the wall of the contract's zone, whatever the person's is.
func TestRule47WorkIsSplitWhereTheContractsHoursEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, zone, from, to, want string }{
		{"within business hours", "Europe/Berlin", "2026-03-02T09:00:00+01:00", "2026-03-02T13:00:00+01:00", "ordinary 4h0m0s × 1"},
		{"over their end", "Europe/Berlin", "2026-03-02T15:30:00+01:00", "2026-03-02T19:30:00+01:00", "ordinary 2h30m0s × 1, after_hours 1h30m0s × 1.5"},
		{"over both ends", "Europe/Berlin", "2026-03-02T07:00:00+01:00", "2026-03-02T19:00:00+01:00", "after_hours 2h0m0s × 1.5, ordinary 10h0m0s × 1"},
		{"the end itself is after hours", "Europe/Berlin", "2026-03-02T18:00:00+01:00", "2026-03-02T18:00:01+01:00", "after_hours 1s × 1.5"},
		{"logged in another zone", "Europe/Berlin", "2026-03-02T11:00:00-05:00", "2026-03-02T14:00:00-05:00", "ordinary 1h0m0s × 1, after_hours 2h0m0s × 1.5"},
		{"Friday into Saturday", "Europe/Berlin", "2026-03-06T23:00:00+01:00", "2026-03-07T02:00:00+01:00", "after_hours 1h0m0s × 1.5, saturday 2h0m0s × 1.25"},
		{"Saturday into Sunday", "Europe/Berlin", "2026-03-07T22:00:00+01:00", "2026-03-08T01:00:00+01:00", "saturday 2h0m0s × 1.25, sunday 1h0m0s × 2"},
		{"a holiday goes before the hour of its day", "Europe/Berlin", "2026-12-24T17:00:00+01:00", "2026-12-25T09:00:00+01:00", "ordinary 1h0m0s × 1, after_hours 6h0m0s × 1.5, holiday 9h0m0s × 2.5"},
		{"Berlin, clocks forward: 02:00 to 03:00 never was", "Europe/Berlin", "2026-03-29T01:00:00+01:00", "2026-03-29T04:00:00+02:00", "sunday 2h0m0s × 2"},
		{"Berlin, clocks back: 02:00 to 03:00 was twice", "Europe/Berlin", "2026-10-25T01:00:00+02:00", "2026-10-25T04:00:00+01:00", "sunday 4h0m0s × 2"},
		{"New York, clocks forward", "America/New_York", "2026-03-07T23:00:00-05:00", "2026-03-08T04:00:00-04:00", "saturday 1h0m0s × 1.25, sunday 3h0m0s × 2"},
		{"New York, clocks back", "America/New_York", "2026-10-31T23:00:00-04:00", "2026-11-01T03:00:00-05:00", "saturday 1h0m0s × 1.25, sunday 4h0m0s × 2"},
		{"Lord Howe moves by half an hour, forward", "Australia/Lord_Howe", "2026-10-04T01:00:00+10:30", "2026-10-04T03:00:00+11:00", "sunday 1h30m0s × 2"},
		{"Lord Howe, back", "Australia/Lord_Howe", "2026-04-05T01:00:00+11:00", "2026-04-05T03:00:00+10:30", "sunday 2h30m0s × 2"},
		{"Kathmandu is a quarter of an hour off", "Asia/Kathmandu", "2026-03-02T12:00:00Z", "2026-03-02T13:00:00Z", "ordinary 15m0s × 1, after_hours 45m0s × 1.5"},
		{"Apia had no 30 December 2011", "Pacific/Apia", "2011-12-29T23:00:00-10:00", "2011-12-31T01:00:00+14:00", "after_hours 1h0m0s × 1.5, saturday 1h0m0s × 1.25"},
	} {
		from, err := time.Parse(time.RFC3339, c.from)
		if err != nil {
			t.Fatal(err)
		}
		to, err := time.Parse(time.RFC3339, c.to)
		if err != nil {
			t.Fatal(err)
		}
		if got := said(terms(t, c.zone).Split(from, to)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// Business hours that begin within an hour that the clock shows twice, or leaves out.
func TestRule47BusinessHoursOnADayWhenClocksChange(t *testing.T) {
	t.Parallel()
	berlin := terms(t, "Europe/Berlin")
	berlin.Week[time.Sunday] = rates.Business{From: 2*60 + 30, To: 4 * 60}
	at := func(s string) time.Time { x, _ := time.Parse(time.RFC3339, s); return x }
	// Forward: the clock goes from 02:00 to 03:00, which is within business hours at once.
	if got := said(berlin.Split(at("2026-03-29T01:00:00+01:00"), at("2026-03-29T05:00:00+02:00"))); got != "sunday 2h0m0s × 2, ordinary 1h0m0s × 1" {
		t.Error(got)
	}
	// Back: 02:30 to 03:00 is shown twice, and is business twice.
	if got := said(berlin.Split(at("2026-10-25T02:00:00+02:00"), at("2026-10-25T04:00:00+01:00"))); got != "sunday 1h0m0s × 2, ordinary 2h0m0s × 1" {
		t.Error(got)
	}
}

// However work lies, its parts add up to it, and so do their shares of what is billed of it.
func TestRule47PartsAddUpToTheWork(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(47, 47))
	zones := []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"}
	for range 2_000 {
		of := terms(t, zones[r.IntN(len(zones))])
		from := time.Unix(1_750_000_000+r.Int64N(100_000_000), 0)
		length := 1 + r.Int64N(25*3600)
		parts := of.Split(from, from.Add(time.Duration(length)*time.Second))
		var sum, shared int64
		for _, p := range parts {
			sum += p.Seconds
		}
		billed := r.Int64N(26 * 3600)
		for _, s := range parts.Share(billed) {
			shared += s
		}
		if sum != length || shared != billed {
			t.Fatalf("%s from %s: parts of %d s come to %d, shares of %d s to %d", of.Zone, from, length, sum, billed, shared)
		}
	}
}
