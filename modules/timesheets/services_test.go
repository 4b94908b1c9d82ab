package timesheets_test

import (
	"context"
	"errors"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/timesheets"
)

// Rule 42: what is set on the entry itself goes before every card, and zero is a rate.
func TestRule42_EntryOverrideGoesFirst(t *testing.T) {
	t.Parallel()
	w := setup(t)
	finance := w.As(access.Actor{Name: "Fay Finance"}, timesheets.WriteOwn, timesheets.SeeRates, timesheets.SetRates)
	n := timesheets.NewEntry{
		ProjectID: w.website, Day: day.MustParse("2026-03-02"), Seconds: hours(1), Own: &timesheets.OwnRate{PerHour: decimal.RequireFromString("0"), Currency: "usd"},
	}
	e, _, err := w.svc.Log(finance, n)
	if err != nil || e.Rate == nil || !e.Rate.IsZero() || e.Currency != "USD" || e.RateLevel != "entry" || e.NoRate() {
		t.Fatalf("%+v, %v", e, err)
	}
	if r, err := w.svc.Rerate(finance, timesheets.Filter{}, true); err != nil || r.Entries != 0 {
		t.Errorf("a new look at the cards touches it: %+v, %v", r, err)
	}
	note, none := "other work", (*timesheets.OwnRate)(nil)
	if e, _, err = w.svc.Change(finance, e.ID, e.Version, timesheets.EntryChange{Note: &note}); err != nil || e.RateLevel != "entry" {
		t.Errorf("another change takes it off: %+v, %v", e, err)
	}
	if e, _, err = w.svc.Change(finance, e.ID, e.Version, timesheets.EntryChange{Own: &none}); err != nil || e.Own != nil || e.Rate.String() != "95" || e.Currency != "EUR" {
		t.Errorf("taken off: %+v, %v", e, err)
	}
	if _, _, err := w.svc.Log(w.member(), n); !errors.Is(err, timesheets.ErrRateNotYours) {
		t.Errorf("a member sets a rate: %v", err)
	}
	for _, bad := range []timesheets.OwnRate{
		{PerHour: decimal.NewFromInt(-1), Currency: "EUR"}, {PerHour: decimal.NewFromInt(1), Currency: "XYZ"}, {PerHour: decimal.RequireFromString("0.1234567"), Currency: "EUR"},
	} {
		n.Own = &bad
		if _, _, err := w.svc.Log(finance, n); !errors.Is(err, timesheets.ErrBadOwnRate) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

func TestAServiceSaysWhetherItsTimeIsBillable(t *testing.T) {
	t.Parallel()
	w := setup(t)
	me := w.manager()
	log := func(n timesheets.NewEntry) timesheets.Entry {
		t.Helper()
		n.ProjectID, n.Day, n.Seconds = w.website, day.MustParse("2026-03-02"), hours(1)
		e, _, err := w.svc.Log(me, n)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	yes := true
	if e := log(timesheets.NewEntry{ServiceID: w.courtesy.ID}); e.Billable || e.ServiceName != "Courtesy" {
		t.Errorf("%+v", e)
	}
	if e := log(timesheets.NewEntry{ServiceID: w.courtesy.ID, Billable: &yes}); !e.Billable {
		t.Errorf("what the entry says goes first: %+v", e)
	}
	work := w.works[w.website]
	work.ServiceID = w.consulting.ID
	w.works[w.website] = work
	e := log(timesheets.NewEntry{})
	if e.ServiceID != w.consulting.ID || !e.Billable {
		t.Errorf("the task's service: %+v", e)
	}
	none := ""
	e, _, err := w.svc.Change(me, e.ID, e.Version, timesheets.EntryChange{ServiceID: &none})
	if err != nil || e.ServiceID != "" {
		t.Errorf("%+v, %v", e, err)
	}
	nobody := id.New()
	if _, _, err := w.svc.Change(me, e.ID, e.Version, timesheets.EntryChange{ServiceID: &nobody}); !errors.Is(err, timesheets.ErrNoService) {
		t.Errorf("an unknown service: %v", err)
	}
	work.ServiceID = nobody // put away since
	w.works[w.website] = work
	if e := log(timesheets.NewEntry{}); e.ServiceID != "" {
		t.Errorf("%+v", e)
	}
}

// Who reads the time of others, and does not decide on leave, is not told why they are away.
func TestWhySomebodyIsAwayIsNotForAllReaders(t *testing.T) {
	t.Parallel()
	w := setup(t)
	me, sunday := w.member(), day.MustParse("2026-03-08")
	for name, c := range map[string]struct {
		who  context.Context
		told bool
	}{
		"oneself":              {me, true},
		"who approves leave":   {w.As(access.Actor{Name: "Max"}, timesheets.ReadAll, timesheets.SeeLeave), true},
		"who only reads hours": {w.As(access.Actor{Name: "Fin"}, timesheets.ReadAll), false},
	} {
		g, err := w.svc.Week(c.who, access.From(me).MemberID, sunday)
		if err != nil || (len(g.Away[sunday]) > 0) != c.told {
			t.Errorf("%s: %v, %v", name, g.Away, err)
		}
	}
}
