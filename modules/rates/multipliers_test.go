package rates_test

import (
	"context"
	"slices"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/tenancy"
)

func (w *world) agree(t *testing.T, level rates.Level, from, factor string, edit ...func(*rates.MultipliersDraft)) rates.Multipliers {
	t.Helper()
	f := decimal.RequireFromString(factor)
	d := rates.MultipliersDraft{Level: level, Zone: "Europe/Berlin", Factors: rates.Factors{AfterHours: f, Saturday: f, Sunday: f, Holiday: f}, From: day.MustParse(from)}
	switch level {
	case rates.Client:
		d.ClientID = w.client
	case rates.Project:
		d.ProjectID = w.project
	}
	for _, fn := range edit {
		fn(&d)
	}
	m, _, _, err := w.svc.AddMultipliers(w.Ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// A project's multipliers go before its client's, and those before the agency's; the work date decides among dated ones (rules 43 and 47).
func TestRule47_TheNearestContractDecidesOnTheWorkDate(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.rate(t, w.card(t, rates.Agency), rates.Member, w.ada, "100", "2020-01-01", "")
	said := func(on string) string {
		t.Helper()
		var a rates.Answer
		err := w.DB.Read(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
			a, err = w.svc.ResolveTx(ctx, tx, rates.Question{MemberID: w.ada, ProjectID: w.project, Day: day.MustParse(on)})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if a.Agreed == nil {
			return "none"
		}
		return a.Agreed.Terms.Factors.Sunday.String()
	}
	w.agree(t, rates.Agency, "2026-01-01", "1.1")
	client := w.agree(t, rates.Client, "2026-03-01", "1.2")
	w.agree(t, rates.Client, "2026-05-01", "1.25")
	w.agree(t, rates.Project, "2026-04-01", "1.3", func(d *rates.MultipliersDraft) { to := day.MustParse("2026-06-01"); d.To = &to })
	for on, want := range map[string]string{"2025-12-31": "none", "2026-02-28": "1.1", "2026-03-01": "1.2", "2026-04-30": "1.3", "2026-06-01": "1.25"} {
		if got := said(on); got != want {
			t.Errorf("on %s: %s, want %s", on, got, want)
		}
	}
	all, err := w.svc.Multipliers(w.Ctx, rates.MultiplierFilter{Level: rates.Client, ClientID: w.client})
	if err != nil || len(all) != 2 || all[0].To == nil || all[0].To.String() != "2026-05-01" {
		t.Errorf("the client's: %+v, %v", all, err)
	}
	if err := w.svc.RemoveMultipliers(w.Ctx, all[1].ID); err != nil {
		t.Fatal(err)
	}
	if got := said("2026-06-01"); got != "1.2" {
		t.Errorf("after the second is taken away: %s", got)
	}
	if err := w.svc.RemoveMultipliers(w.Ctx, client.ID); err != nil {
		t.Fatal(err)
	}
	if got := said("2026-03-15"); got != "1.1" {
		t.Errorf("after the client's are taken away: %s", got)
	}
}

// Holidays are those of the contract's region, in any year.
func TestRule47_HolidaysAreOfTheContractsRegion(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.rate(t, w.card(t, rates.Agency), rates.Member, w.ada, "100", "2020-01-01", "")
	w.agree(t, rates.Agency, "2020-01-01", "2", func(d *rates.MultipliersDraft) { d.Region = "DE-BY" })
	err := w.DB.Read(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		a, err := w.svc.ResolveTx(ctx, tx, rates.Question{MemberID: w.ada, ProjectID: w.project, Day: day.MustParse("2026-01-06")})
		if err != nil {
			return err
		}
		for on, want := range map[string]bool{"2026-01-06": true, "2029-01-06": true, "2026-01-07": false} {
			if got := a.Agreed.Terms.Holiday(day.MustParse(on)); got != want {
				t.Errorf("Epiphany in Bavaria, %s: %t", on, got)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestBadMultipliersAreRefusedAtTheirField(t *testing.T) {
	t.Parallel()
	w := setup(t)
	from := day.MustParse("2026-01-01")
	w.agree(t, rates.Agency, "2026-01-01", "1.5")
	fine := func() rates.MultipliersDraft {
		return rates.MultipliersDraft{Level: rates.Agency, Zone: "Europe/Berlin", From: from.AddDays(1)}
	}
	for want, edit := range map[string]func(*rates.MultipliersDraft){
		"body.valid_from":   func(d *rates.MultipliersDraft) { d.From = from },
		"body.valid_from#2": func(d *rates.MultipliersDraft) { d.From = day.Date{} },
		"body.valid_to":     func(d *rates.MultipliersDraft) { d.To = &from },
		"body.zone":         func(d *rates.MultipliersDraft) { d.Zone = "Berlin" },
		"body.zone#2":       func(d *rates.MultipliersDraft) { d.Zone = "Local" },
		"body.region":       func(d *rates.MultipliersDraft) { d.Region = "XX" },
		"body.after_hours":  func(d *rates.MultipliersDraft) { d.Factors.AfterHours = decimal.NewFromInt(-1) },
		"body.saturday":     func(d *rates.MultipliersDraft) { d.Factors.Saturday = decimal.NewFromInt(101) },
		"body.holiday":      func(d *rates.MultipliersDraft) { d.Factors.Holiday = decimal.RequireFromString("1.00001") },
		"body.week":         func(d *rates.MultipliersDraft) { d.Week[1] = rates.Business{From: 600, To: 600} },
		"body.level":        func(d *rates.MultipliersDraft) { d.ClientID = w.client },
		"body.client_id":    func(d *rates.MultipliersDraft) { d.Level, d.ClientID = rates.Client, stranger },
		"body.project_id":   func(d *rates.MultipliersDraft) { d.Level, d.ProjectID = rates.Project, stranger },
	} {
		d := fine()
		edit(&d)
		_, _, _, err := w.svc.AddMultipliers(w.Ctx, d)
		f := fault.From(err)
		if err == nil || !slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Path == want || len(want) > 2 && x.Path == want[:len(want)-2] }) {
			t.Errorf("%s: %v %+v", want, err, f)
		}
	}
	all, err := w.svc.Multipliers(w.Ctx, rates.MultiplierFilter{})
	if err != nil || len(all) != 1 || all[0].To != nil {
		t.Errorf("nothing half-done stays: %+v, %v", all, err)
	}
}
