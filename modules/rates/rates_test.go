package rates_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/clients/clientsdb"
	"github.com/bureauhq/bureau/modules/people/peoplecal"
	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/modules/rates/ratesdb"
	"github.com/bureauhq/bureau/tenancy"
)

// world has one client with one project, a person with a position, and a task.
type world struct {
	*testkit.Agency
	svc                             *rates.Service
	client, project, ada, dev, task string
	sale                            string
	asked                           int // how often positions were asked for
	tax                             string
	capacity                        time.Duration
	closed                          day.Date
	logged                          []rates.Logged
	worked                          rates.Worked
	smallPlan                       error // what cards of clients and projects are refused with
}

// stranger is nobody's id: no member, no position, no task.
const stranger = "00000000-0000-7000-8000-00000000dead"

func (w *world) MembersTx(_ context.Context, _ *tenancy.Tx, ids []string) (map[string]bool, error) {
	out := map[string]bool{}
	for _, m := range ids {
		out[m] = m != stranger
	}
	return out, nil
}

func (w *world) RepriceTx(context.Context, *tenancy.Tx, []string, day.Date) (rates.Effect, error) {
	return rates.Effect{}, nil
}

func (w *world) UndoTx(context.Context, *tenancy.Tx, string) (rates.Effect, []rates.Stayed, error) {
	return rates.Effect{}, nil, nil
}

func (w *world) ClosedThroughTx(context.Context, *tenancy.Tx) (day.Date, error) { return w.closed, nil }

func (w *world) LoggedTx(_ context.Context, _ *tenancy.Tx, _ string, from, to day.Date) (out []rates.Logged, err error) {
	for _, l := range w.logged {
		if !l.Month.Before(from.StartOfMonth()) && !l.Month.After(to) { // the test changes costs at the first of months
			out = append(out, l)
		}
	}
	return out, nil
}

func (w *world) RejudgeTx(context.Context, *tenancy.Tx, rates.Stretch) (rates.Effect, error) {
	return rates.Effect{}, nil
}

// CapacityTx is what the test says a year has.
func (w *world) CapacityTx(context.Context, *tenancy.Tx, string, day.Date, day.Date) (time.Duration, error) {
	return w.capacity, nil
}

func (w *world) WorkedTx(context.Context, *tenancy.Tx, string) (rates.Worked, error) {
	return w.worked, nil
}

// SecondsTx says 10 hours for each cost.
func (w *world) SecondsTx(_ context.Context, _ *tenancy.Tx, _ string, costs []rates.Cost) ([]int64, error) {
	return slices.Repeat([]int64{36_000}, len(costs)), nil
}

func (w *world) IsPositionTx(_ context.Context, _ *tenancy.Tx, id string) (bool, error) {
	return id == w.dev, nil
}

func (w *world) ProjectOfTaskTx(_ context.Context, _ *tenancy.Tx, id string) (string, error) {
	if id == w.task {
		return w.project, nil
	}
	return "", nil
}

func (w *world) IsTaxRateTx(_ context.Context, _ *tenancy.Tx, id string) (bool, error) {
	return id == w.tax, nil
}

func (w *world) ClientsOfTx(_ context.Context, _ *tenancy.Tx, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for _, p := range ids {
		if p == w.project {
			out[p] = w.client
		}
	}
	return out, nil
}

func (w *world) PositionsOnTx(_ context.Context, _ *tenancy.Tx, _ []string, days []day.Date) (map[day.Date]map[string]string, error) {
	w.asked++
	out := map[day.Date]map[string]string{}
	for _, d := range days {
		out[d] = map[string]string{w.ada: w.dev}
	}
	return out, nil
}

func (w *world) SettingsTx(context.Context, *tenancy.Tx) (agency.Settings, error) {
	return agency.Settings{Currency: "EUR"}, nil
}

func (w *world) CustomRates(context.Context) error { return w.smallPlan }

func (w *world) IsMemberTx(context.Context, *tenancy.Tx, string) (bool, error) { return true, nil }

func setup(t *testing.T) *world {
	t.Helper()
	w := &world{Agency: testkit.NewAgency(t), project: id.New(), ada: id.New(), dev: id.New(), task: id.New(), tax: id.New()}
	cl := clients.New(clients.Deps{DB: w.DB, Store: clientsdb.Store{}, Members: w, Settings: w, Events: w.Bus, Now: w.Clock.Now})
	c, _, err := cl.Create(w.Ctx, clients.Draft{Name: "Acme", Currency: "USD"})
	if err != nil {
		t.Fatal(err)
	}
	w.client = c.ID
	w.svc = rates.New(rates.Deps{DB: w.DB, Store: ratesdb.Store{}, Clients: cl, Projects: w, Targets: w, Taxes: w, Positions: w, Settings: w, Plan: w, Capacity: w, Regions: peoplecal.Regions{}, Time: w, Events: w.Bus, Now: w.Clock.Now})
	sold, err := w.svc.CreateSold(w.Ctx, rates.NewSold{Name: "Consulting", Billable: true})
	if err != nil {
		t.Fatal(err)
	}
	w.sale = sold.ID
	return w
}

func (w *world) card(t *testing.T, level rates.Level) rates.Card {
	t.Helper()
	d := rates.CardDraft{Name: string(level) + " card", Level: level}
	switch level {
	case rates.Client:
		d.ClientID = w.client
	case rates.Project:
		d.ProjectID = w.project
	}
	c, err := w.svc.CreateCard(w.Ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (w *world) rate(t *testing.T, c rates.Card, kind rates.Target, target, amount, from, to string) rates.Rate {
	t.Helper()
	r, err := w.svc.AddRate(w.Ctx, c.ID, draft(kind, target, amount, from, to))
	if err != nil {
		t.Fatalf("%s %s from %s: %v", kind, amount, from, err)
	}
	return r
}

func draft(kind rates.Target, target, amount, from, to string) rates.RateDraft {
	d := rates.RateDraft{Target: kind, TargetID: target, PerHour: decimal.RequireFromString(amount), From: day.MustParse(from)}
	if to != "" {
		end := day.MustParse(to)
		d.To = &end
	}
	return d
}

func (w *world) resolve(t *testing.T, q rates.Question) rates.Answer {
	t.Helper()
	var a rates.Answer
	err := w.DB.Read(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		a, err = w.svc.ResolveTx(ctx, tx, q)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (w *world) on(d string) rates.Question {
	return rates.Question{MemberID: w.ada, ProjectID: w.project, TaskID: w.task, ServiceID: w.sale, Day: day.MustParse(d)}
}

func fields(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return fmt.Sprint(err)
	}
	var out []string
	for _, x := range f.Fields {
		out = append(out, x.Path)
	}
	return f.Code + " " + strings.Join(out, ",")
}

// Rule 42: the order is fixed; nothing found is "no rate", and zero is a rate.
func TestRule42_OrderOfRates(t *testing.T) {
	t.Parallel()
	w := setup(t)
	if a := w.resolve(t, w.on("2026-03-02")); a.Found || a.RateID != "" || !strings.Contains(a.Why, "No rate card") {
		t.Fatalf("nothing yet: %+v", a)
	}
	agencyCard, clientCard, projectCard := w.card(t, rates.Agency), w.card(t, rates.Client), w.card(t, rates.Project)
	if agencyCard.Currency != "EUR" || clientCard.Currency != "USD" || projectCard.Currency != "USD" {
		t.Errorf("currencies %s %s %s", agencyCard.Currency, clientCard.Currency, projectCard.Currency)
	}
	// From the last place of the order to the first: each must win over all before it.
	for _, s := range []struct {
		card   rates.Card
		kind   rates.Target
		target string
		amount string
		why    string
	}{
		{agencyCard, rates.Position, w.dev, "70", "agency and position"},
		{agencyCard, rates.Sale, w.sale, "75", "agency and service"},
		{agencyCard, rates.Member, w.ada, "80", "agency and person"},
		{clientCard, rates.Position, w.dev, "90", "client and position"},
		{clientCard, rates.Sale, w.sale, "95", "client and service"},
		{clientCard, rates.Member, w.ada, "100", "client and person"},
		{projectCard, rates.Position, w.dev, "110", "project and position"},
		{projectCard, rates.Sale, w.sale, "115", "project and service"},
		{projectCard, rates.Task, w.task, "120", "project and task"},
		{projectCard, rates.Member, w.ada, "0", "project and person"},
	} {
		r := w.rate(t, s.card, s.kind, s.target, s.amount, "2026-01-01", "")
		a := w.resolve(t, w.on("2026-03-02"))
		if !a.Found || a.PerHour.String() != s.amount || a.RateID != r.ID || a.CardID != s.card.ID || a.Level != string(s.card.Level) || !strings.Contains(a.Why, s.why) {
			t.Errorf("%s: got %+v", s.why, a)
		}
		if strings.Contains(a.Why, s.amount+".") || a.Currency != s.card.Currency {
			t.Errorf("%s: %q in %s", s.why, a.Why, a.Currency)
		}
	}
	ex, err := w.svc.Explain(w.Ctx, []string{w.ada}, w.on("2026-03-02"))
	if err != nil || len(ex) != 1 || len(ex[0].Steps) != 10 || !ex[0].Steps[0].Taken || ex[0].Steps[1].Taken || ex[0].Steps[9].RateID == "" {
		t.Errorf("explain: %+v, %v", ex, err)
	}
	if _, err := w.svc.Archive(w.Ctx, projectCard.ID); err != nil {
		t.Fatal(err)
	}
	if a := w.resolve(t, w.on("2026-03-02")); a.PerHour.String() != "100" {
		t.Errorf("an archived card answers: %+v", a)
	}
}

// Rule 43: valid from a date up to, not including, the next; the work date decides.
func TestRule43_WorkDateDecides(t *testing.T) {
	t.Parallel()
	w := setup(t)
	c := w.card(t, rates.Agency)
	w.rate(t, c, rates.Member, w.ada, "80", "2026-01-01", "")
	w.rate(t, c, rates.Member, w.ada, "90", "2026-03-01", "2026-07-01")
	w.rate(t, c, rates.Member, w.ada, "75", "2025-06-01", "2025-12-01")
	for d, want := range map[string]string{
		"2025-05-31": "none", "2025-06-01": "75", "2025-11-30": "75", "2025-12-01": "none", "2025-12-31": "none", "2026-01-01": "80",
		"2026-02-28": "80", "2026-03-01": "90", "2026-06-30": "90", "2026-07-01": "none",
	} {
		a, got := w.resolve(t, w.on(d)), "none"
		if a.Found {
			got = a.PerHour.String()
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", d, got, want)
		}
	}
	for name, d := range map[string]rates.RateDraft{
		"same first day":    draft(rates.Member, w.ada, "1", "2026-03-01", ""),
		"inside":            draft(rates.Member, w.ada, "1", "2026-04-01", "2026-05-01"),
		"reaches into next": draft(rates.Member, w.ada, "1", "2025-12-15", "2026-01-02"),
	} {
		if _, err := w.svc.AddRate(w.Ctx, c.ID, d); !errors.Is(err, rates.ErrOverlap) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	w.rate(t, c, rates.Member, w.ada, "76", "2025-12-01", "2026-01-01") // exactly the gap
	w.rate(t, c, rates.Member, id.New(), "1", "2026-03-01", "")         // another person
}

func TestRule43_TheDatabaseRefusesOverlapsToo(t *testing.T) {
	t.Parallel()
	w := setup(t)
	c := w.card(t, rates.Agency)
	w.rate(t, c, rates.Member, w.ada, "80", "2026-01-01", "")
	amount := decimal.NewFromInt(1)
	err := w.DB.Run(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		return ratesdb.Store{}.AddRate(ctx, tx, rates.Rate{
			ID: id.New(), CardID: c.ID, Target: rates.Member, TargetID: w.ada, PerHour: &amount, From: day.MustParse("2026-05-01"), Version: 1,
		}, "", w.Clock.Now())
	})
	if !errors.Is(err, rates.ErrOverlap) {
		t.Errorf("got %v", err)
	}
}

// Rule 44: the row a rate came from can be copied; editing says so, and removing one gives its days back.
func TestRule44_EditingARate(t *testing.T) {
	t.Parallel()
	w := setup(t)
	c := w.card(t, rates.Agency)
	first := w.rate(t, c, rates.Member, w.ada, "80", "2026-01-01", "")
	second := w.rate(t, c, rates.Member, w.ada, "90.125", "2026-03-01", "")
	if _, err := w.svc.ChangeRate(w.Ctx, second.ID, 7, rates.RateChange{}); !errors.Is(err, rates.ErrStale) {
		t.Errorf("stale: %v", err)
	}
	amount := decimal.RequireFromString("95")
	got, err := w.svc.ChangeRate(w.Ctx, second.ID, 1, rates.RateChange{PerHour: &amount})
	if err != nil || got.Version != 2 || !got.PerHour.Equal(amount) {
		t.Fatalf("change: %+v, %v", got, err)
	}
	var open *day.Date
	if _, err := w.svc.ChangeRate(w.Ctx, first.ID, 2, rates.RateChange{To: &open}); !errors.Is(err, rates.ErrOverlap) {
		t.Errorf("opening the first again: %v", err)
	}
	if err := w.svc.RemoveRate(w.Ctx, second.ID); err != nil {
		t.Fatal(err)
	}
	if a := w.resolve(t, w.on("2026-03-05")); a.RateID != first.ID {
		t.Errorf("after removing: %+v", a)
	}
	if err := w.svc.RemoveRate(w.Ctx, second.ID); !errors.Is(err, rates.ErrRateNotFound) {
		t.Errorf("twice: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	w := setup(t)
	agencyCard := w.card(t, rates.Agency)
	for want, d := range map[string]rates.CardDraft{
		"rates.card_taken body.level":    {Name: "Again", Level: rates.Agency},
		"rates.bad_card body.name":       {Name: " ", Level: rates.Agency},
		"rates.bad_card body.level":      {Name: "x", Level: "planet"},
		"rates.bad_card body.client_id":  {Name: "x", Level: rates.Client, ClientID: id.New()},
		"rates.bad_card body.project_id": {Name: "x", Level: rates.Project, ProjectID: id.New()},
		"rates.bad_card body.currency":   {Name: "x", Level: rates.Client, ClientID: w.client, Currency: "XYZ"},
	} {
		if _, err := w.svc.CreateCard(w.Ctx, d); fields(err) != want {
			t.Errorf("card: got %s, want %s", fields(err), want)
		}
	}
	for _, c := range []struct {
		want string
		d    rates.RateDraft
	}{
		{"rates.bad_rate body.per_hour", draft(rates.Member, w.ada, "-1", "2026-01-01", "")},
		{"rates.bad_rate body.per_hour", draft(rates.Member, w.ada, "1.1234567", "2026-01-01", "")},
		{"rates.bad_rate body.per_hour", draft(rates.Member, w.ada, "1000001", "2026-01-01", "")},
		{"rates.bad_rate body.kind", draft(rates.Task, w.task, "1", "2026-01-01", "")},
		{"rates.bad_rate body.valid_to", draft(rates.Member, w.ada, "1", "2026-01-01", "2026-01-01")},
		{"rates.bad_rate body.target_id", draft(rates.Member, stranger, "1", "2026-01-01", "")},
		{"rates.bad_rate body.target_id", draft(rates.Position, w.ada, "1", "2026-01-01", "")},
		{"rates.bad_rate body.target_id", draft(rates.Sale, w.ada, "1", "2026-01-01", "")},
	} {
		if _, err := w.svc.AddRate(w.Ctx, agencyCard.ID, c.d); fields(err) != c.want {
			t.Errorf("rate: got %s, want %s", fields(err), c.want)
		}
	}
	if _, err := w.svc.AddRate(w.Ctx, w.card(t, rates.Project).ID, draft(rates.Task, w.ada, "1", "2026-01-01", "")); fields(err) != "rates.bad_rate body.target_id" {
		t.Errorf("a task of nowhere: %s", fields(err))
	}
	for want, q := range map[string]rates.Question{
		"query.project_id": {ProjectID: stranger}, "query.client_id": {ClientID: stranger}, "query.task_id": {TaskID: stranger}, "query.service_id": {ServiceID: stranger},
	} {
		q.Day = day.MustParse("2026-03-02")
		if _, err := w.svc.Explain(w.Ctx, []string{w.ada}, q); fields(err) != "rates.bad_question "+want {
			t.Errorf("question: got %s, want %s", fields(err), want)
		}
	}
	if _, err := w.svc.Explain(w.Ctx, []string{w.ada, stranger}, w.on("2026-03-02")); fields(err) != "rates.bad_question query.member_id" {
		t.Errorf("question about a stranger: %s", fields(err))
	}
	if _, err := w.svc.AddRate(w.Ctx, id.New(), draft(rates.Member, w.ada, "1", "2026-01-01", "")); !errors.Is(err, rates.ErrNotFound) {
		t.Errorf("unknown card: %v", err)
	}
}

// Who may not see bill rates gets them from no method of the service.
func TestAmountsAreHidden(t *testing.T) {
	t.Parallel()
	w := setup(t)
	c := w.card(t, rates.Agency)
	r := w.rate(t, c, rates.Member, w.ada, "4711.42", "2026-01-01", "")
	blind := w.As(access.Actor{}, rates.ReadCards, rates.WriteCards)
	var seen []any
	keep := func(v any, err error) {
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, v)
	}
	v1, err := w.svc.Card(blind, c.ID)
	keep(v1, err)
	v2, _, err := w.svc.Cards(blind, rates.CardFilter{}, page.Query{})
	keep(v2, err)
	v3, err := w.svc.Explain(blind, []string{w.ada}, w.on("2026-03-02"))
	keep(v3, err)
	if len(v3) != 1 || !v3[0].Found {
		t.Fatalf("explain: %+v", v3)
	}
	v4, err := w.svc.RenameCard(blind, c.ID, 1, "New name")
	keep(v4, err)
	end := day.MustParse("2027-01-01")
	to := &end
	v5, err := w.svc.ChangeRate(blind, r.ID, 1, rates.RateChange{To: &to})
	keep(v5, err)
	raw, err := json.Marshal(seen)
	if err != nil || strings.Contains(string(raw), "4711") {
		t.Errorf("an amount shows: %s", raw)
	}
}

func TestManyQuestionsOfOneDayAskForPositionsOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	c := w.card(t, rates.Agency)
	w.rate(t, c, rates.Position, w.dev, "70", "2026-01-01", "")
	qs := make([]rates.Question, 40)
	for i := range qs {
		qs[i] = w.on([]string{"2026-03-02", "2025-03-02"}[i%2])
	}
	err := w.DB.Read(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		as, err := w.svc.ResolveManyTx(ctx, tx, qs)
		for i, a := range as {
			if a.Found != (i%2 == 0) {
				t.Errorf("question %d: %+v", i, a)
			}
		}
		return err
	})
	if err != nil || w.asked != 1 {
		t.Errorf("asked %d times, %v", w.asked, err)
	}
}

func TestCardsOfClientsAndProjectsArePartOfAPlan(t *testing.T) {
	t.Parallel()
	w := setup(t)
	card := w.card(t, rates.Client)
	draft := rates.RateDraft{Target: rates.Position, TargetID: w.dev, PerHour: decimal.NewFromInt(90), From: day.MustParse("2026-01-01")}
	rate, err := w.svc.AddRate(w.Ctx, card.ID, draft)
	if err != nil {
		t.Fatal(err)
	}

	w.smallPlan = fault.Define(fault.PaymentRequired, "test.small_plan", "Not in the plan.")
	per := decimal.NewFromInt(95)
	later := draft
	later.From = day.MustParse("2026-06-01")
	for what, do := range map[string]func() error{
		"a client's card": func() error {
			_, err := w.svc.CreateCard(w.Ctx, rates.CardDraft{Name: "More", Level: rates.Client, ClientID: w.client})
			return err
		},
		"a project's card": func() error {
			_, err := w.svc.CreateCard(w.Ctx, rates.CardDraft{Name: "More", Level: rates.Project, ProjectID: w.project})
			return err
		},
		"one more rate": func() error { _, err := w.svc.AddRate(w.Ctx, card.ID, later); return err },
		"another amount": func() error {
			_, err := w.svc.ChangeRate(w.Ctx, rate.ID, rate.Version, rates.RateChange{PerHour: &per})
			return err
		},
	} {
		if err := do(); !errors.Is(err, w.smallPlan) {
			t.Errorf("%s: %v", what, err)
		}
	}
	// What is there counts on, and may be taken away.
	if err := w.svc.RemoveRate(w.Ctx, rate.ID); err != nil {
		t.Error(err)
	}
	if _, err := w.svc.Archive(w.Ctx, card.ID); err != nil {
		t.Error(err)
	}
	if _, err := w.svc.Restore(w.Ctx, card.ID); !errors.Is(err, w.smallPlan) {
		t.Errorf("an archived card: %v", err)
	}
	if c, err := w.svc.Card(w.Ctx, card.ID); err != nil || c.ArchivedAt == nil {
		t.Errorf("the refused card came back: %v %v", c, err)
	}
	w.card(t, rates.Agency)
}
