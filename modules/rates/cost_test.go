package rates_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/rates"
)

func TestRule46HourlyCostOfASalary(t *testing.T) {
	t.Parallel()
	per, ok := rates.HourlyCost(decimal.NewFromInt(60_000), 2064*time.Hour)
	if !ok || per.String() != "29.0698" || per.StringFixed(2) != "29.07" {
		t.Errorf("60,000 / 2,064 h = %s", per)
	}
	if _, ok := rates.HourlyCost(decimal.NewFromInt(60_000), 0); ok {
		t.Error("a year without hours has a cost of the hour")
	}
}

// Costs are dated: one ends where the next begins, and the work date decides (rule 45).
func TestRule45CostsHoldFromADayOn(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.capacity = 2064 * time.Hour
	sixty, amount := decimal.NewFromInt(60_000), decimal.RequireFromString("35.5")
	add := func(d rates.CostDraft) (rates.Cost, error) { d.MemberID = w.ada; return w.svc.AddCost(w.Ctx, d) }
	first, err := add(rates.CostDraft{From: day.MustParse("2026-01-01"), Salary: &sixty})
	if err != nil || first.PerHour.String() != "29.0698" || first.Salary.Minor != 6_000_000 || first.Currency != "EUR" {
		t.Fatalf("%+v %v", first, err)
	}
	if _, err := add(rates.CostDraft{From: day.MustParse("2026-07-01"), PerHour: &amount}); err != nil {
		t.Fatal(err)
	}
	middle, err := add(rates.CostDraft{From: day.MustParse("2026-04-01"), PerHour: &amount})
	if err != nil || middle.To == nil || middle.To.String() != "2026-07-01" {
		t.Fatalf("%+v %v", middle, err)
	}
	spans := func() (out []string) {
		all, err := w.svc.Costs(w.Ctx, w.ada)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			to := ""
			if c.To != nil {
				to = c.To.String()
			}
			out = append(out, c.From.String()+".."+to)
		}
		return out
	}
	same(t, spans(), "2026-01-01..2026-04-01", "2026-04-01..2026-07-01", "2026-07-01..")
	if err := w.svc.RemoveCost(w.Ctx, middle.ID); err != nil {
		t.Fatal(err)
	}
	same(t, spans(), "2026-01-01..2026-07-01", "2026-07-01..")

	w.worked = rates.Worked{MemberIDs: []string{w.ada}, Seconds: 25 * 3600, Worth: []money.Money{money.Of(200_000, "EUR")}}
	m, err := w.svc.Margin(w.Ctx, w.project)
	if err != nil || len(m.Direct.Cost) != 1 || m.Direct.Cost[0].Minor != 64_570 || m.Direct.Margin.Minor != 135_430 || *m.Direct.Percent != 68 || m.WithoutCost != 5*3600 {
		t.Errorf("10 h at 29.0698 and 10 h at 35.50 of 2,000.00: %+v %v", m, err)
	}
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}

func TestBadCostsAreRefusedAtTheirField(t *testing.T) {
	t.Parallel()
	w := setup(t)
	some, minus, tiny := decimal.NewFromInt(10), decimal.NewFromInt(-1), decimal.RequireFromString("1.0000001")
	from := day.MustParse("2026-01-01")
	for field, d := range map[string]rates.CostDraft{
		"body.per_hour":   {MemberID: w.ada, From: from},
		"body.per_hour#2": {MemberID: w.ada, From: from, PerHour: &some, Salary: &some},
		"body.per_hour#3": {MemberID: w.ada, From: from, PerHour: &minus},
		"body.per_hour#4": {MemberID: w.ada, From: from, PerHour: &tiny},
		"body.salary":     {MemberID: w.ada, From: from, Salary: &some}, // no hours in that year
		"body.valid_from": {MemberID: w.ada, PerHour: &some},
		"body.member_id":  {MemberID: stranger, From: from, PerHour: &some},
		"body.currency":   {MemberID: w.ada, From: from, PerHour: &some, Currency: "XYZ"},
	} {
		_, err := w.svc.AddCost(w.Ctx, d)
		f := fault.From(err)
		if err == nil || len(f.Fields) != 1 || field[:len(f.Fields[0].Path)] != f.Fields[0].Path {
			t.Errorf("%s: %v %+v", field, err, f)
		}
	}
	blind := w.As(access.Actor{MemberID: w.ada, Name: "Ada"}, rates.WriteCards)
	if _, err := w.svc.AddCost(blind, rates.CostDraft{MemberID: w.ada, From: from, PerHour: &some}); fault.From(err).Code != "rates.cost_forbidden" {
		t.Errorf("without the right to see costs: %v", err)
	}
}
