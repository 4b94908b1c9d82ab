package timesheets_test

import (
	"context"
	"math/big"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// replayed are the sums that adding up all entries anew would give, and are not there, or are there and should not be.
const replayed = `
	WITH again AS (SELECT (date_trunc('month', work_date::timestamp))::date AS month, member_id, project_id, client_id, task_id, service_id, state, billable, rate_currency,
		count(*) AS entries, count(*) FILTER (WHERE billable AND rate_amount IS NULL) AS no_rate, sum(raw_seconds) AS seconds,
		coalesce(sum(raw_seconds) FILTER (WHERE billable), 0) AS billable_seconds, sum(billed_seconds) AS billed_seconds,
		coalesce(sum((billed_seconds + premium_seconds) * rate_amount + tier_worth) FILTER (WHERE billable), 0) AS worth
		FROM time_entries WHERE deleted_at IS NULL GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9),
	kept AS (SELECT month, member_id, project_id, client_id, task_id, service_id, state, billable, rate_currency,
		entries, no_rate, seconds, billable_seconds, billed_seconds, worth FROM time_sums WHERE entries <> 0)
	SELECT (SELECT count(*) FROM (SELECT * FROM again EXCEPT SELECT * FROM kept) AS missing) + (SELECT count(*) FROM (SELECT * FROM kept EXCEPT SELECT * FROM again) AS extra)
		+ (SELECT count(*) FROM time_sums WHERE entries = 0 AND (no_rate, seconds, billable_seconds, billed_seconds, worth) <> (0, 0, 0, 0, 0))`

// Whatever happens to time, its sums are what replaying all of it from nothing gives, and every total is the one that its entries give.
func TestSumsAreWhatReplayingGives(t *testing.T) {
	t.Parallel()
	w := setup(t)
	random := rand.New(rand.NewPCG(7, 11))
	boss := w.manager()
	var people []context.Context
	var members []string
	for range 3 {
		m := id.New()
		members, people = append(members, m), append(people, w.As(access.Actor{MemberID: m, Name: "Somebody"}, timesheets.WriteOwn))
	}
	projects, tasks := []string{w.website, w.support}, []string{"", id.New(), id.New()}
	pick := func(ss []string) string { return ss[random.IntN(len(ss))] }
	yesNo := func() *bool { b := random.IntN(2) == 0; return &b }
	first := day.MustParse("2025-12-29")
	invoices := []string{}
	w.agreed = berlin(t)
	steps := map[string]func() error{
		"log a span": func() error {
			from := first.AddDays(random.IntN(70)).In(time.UTC).Add(time.Duration(random.IntN(86_400)) * time.Second)
			to := from.Add(time.Duration(1+random.IntN(36_000)) * time.Second)
			_, _, err := w.svc.Log(people[random.IntN(3)], timesheets.NewEntry{ProjectID: pick(projects), TaskID: pick(tasks), StartedAt: &from, EndedAt: &to, Zone: "Asia/Kathmandu", Billable: yesNo()})
			return err
		},
		"log": func() error {
			_, _, err := w.svc.Log(people[random.IntN(3)], timesheets.NewEntry{
				ProjectID: pick(projects), TaskID: pick(tasks), Day: first.AddDays(random.IntN(70)), Seconds: hours(float64(1+random.IntN(9)) / 8), Billable: yesNo(),
			})
			return err
		},
		"change": func() error {
			e := w.anyOf(t, random)
			project, note := pick(projects), "again"
			_, _, err := w.svc.Change(boss, e.ID, e.Version, timesheets.EntryChange{ProjectID: &project, Billable: yesNo(), Note: &note, Seconds: hours(0.4)})
			return err
		},
		"delete":   func() error { return w.svc.Delete(boss, w.anyOf(t, random).ID) },
		"reprice":  func() error { p := decimal.New(int64(8000+random.IntN(4000)), -2); w.price = &p; return nil },
		"no price": func() error { w.price = nil; return nil },
		"rerate":   func() error { _, err := w.svc.Rerate(boss, timesheets.Filter{}, true); return err },
		"round": func() error {
			s, err := w.svc.Settings(boss)
			if err != nil {
				return err
			}
			rule := timesheets.Rounding{Mode: "up", Step: int64(300 * (1 + random.IntN(3))), Scope: []string{"entry", "day"}[random.IntN(2)]}
			_, err = w.svc.ChangeSettings(boss, s.Version, timesheets.SettingsChange{Rounding: &rule})
			return err
		},
		"submit and decide": func() error {
			i := random.IntN(3)
			sheets, err := w.svc.Sheets(people[i], timesheets.SheetFilter{State: timesheets.Draft})
			if err != nil || len(sheets) == 0 {
				return err
			}
			sheet, err := w.svc.Submit(people[i], sheets[0].ID, sheets[0].Version)
			if err != nil {
				return err
			}
			if random.IntN(3) == 0 {
				_, err = w.svc.Reject(boss, sheet.ID, sheet.Version, "again", nil)
				return err
			}
			_, err = w.svc.ApproveSheet(boss, sheet.ID, sheet.Version, "")
			return err
		},
		"bill": func() error {
			return w.DB.Run(boss, func(ctx context.Context, tx *tenancy.Tx) error {
				all, err := w.svc.UnbilledTx(ctx, tx, timesheets.UnbilledFilter{ClientID: w.client})
				var ids []string
				for _, e := range all {
					if !e.NoRate() {
						ids = append(ids, e.ID)
					}
				}
				if err != nil || len(ids) == 0 {
					return err
				}
				invoices = append(invoices, id.New())
				return w.svc.MarkBilledTx(ctx, tx, ids, invoices[len(invoices)-1])
			})
		},
		"void": func() error {
			if len(invoices) == 0 {
				return nil
			}
			return w.DB.Run(boss, func(ctx context.Context, tx *tenancy.Tx) error { return w.svc.ReleaseBilledTx(ctx, tx, pick(invoices)) })
		},
	}
	names := []string{"log", "log", "log", "log a span", "log a span", "log a span", "change", "change", "delete", "reprice", "no price", "rerate", "round", "submit and decide", "submit and decide", "bill", "void"}
	done := map[string]int{}
	for i := range 150 {
		name := names[random.IntN(len(names))]
		if i < 8 {
			name = "log"
		}
		if steps[name]() == nil { // what is refused leaves no sums behind either
			done[name]++
		}
		if i%10 == 9 {
			w.sumsHold(t, name)
			w.scopesHold(t, random, projects, tasks[1:], members)
		}
	}
	for name := range steps {
		if done[name] == 0 {
			t.Errorf("%q never succeeded", name)
		}
	}
	w.totalsHold(t, random, members)
}

func (w *world) anyOf(t *testing.T, random *rand.Rand) timesheets.Entry {
	t.Helper()
	all, err := w.svc.List(w.manager(), timesheets.Filter{})
	if err != nil || len(all) == 0 {
		t.Fatal(err)
	}
	return all[random.IntN(len(all))]
}

func (w *world) sumsHold(t *testing.T, after string) {
	t.Helper()
	var differences int
	err := w.DB.Read(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		return tx.PGX().QueryRow(ctx, replayed).Scan(&differences)
	})
	off, err2 := w.svc.SumsOff(w.Ctx)
	if err2 != nil || off != 0 {
		t.Fatalf("after %q the product itself finds %d sums off: %v", after, off, err2)
	}
	if err != nil || differences != 0 {
		t.Fatalf("after %q %d sums are not what replaying gives: %v", after, differences, err)
	}
}

// totalsHold asks for totals of every kind, and by a note that all entries have or lack: the way past the sums.
func (w *world) totalsHold(t *testing.T, random *rand.Rand, members []string) {
	t.Helper()
	boss := w.manager()
	for range 60 {
		var f timesheets.Filter
		if random.IntN(2) == 0 {
			f.MemberID = members[random.IntN(3)]
		}
		if random.IntN(2) == 0 {
			f.ProjectIDs = []string{w.website}
		}
		if random.IntN(3) == 0 {
			f.States = []string{timesheets.Draft, timesheets.Billed}
		}
		if random.IntN(4) > 0 {
			f.From = day.MustParse("2025-12-20").AddDays(random.IntN(60))
		}
		if random.IntN(4) > 0 {
			f.To = day.MustParse("2026-01-20").AddDays(random.IntN(60))
		}
		groups := []timesheets.Group{timesheets.ByNothing, timesheets.ByProject, timesheets.ByMember, timesheets.ByTask, timesheets.ByClient, timesheets.ByDay}
		g := groups[random.IntN(len(groups))]
		total, by, err := w.svc.Summary(boss, f, g)
		if err != nil {
			t.Fatal(err)
		}
		if f.From.After(f.To) && !f.To.IsZero() {
			f.From, f.To = f.To, f.From
			if total.Entries != 0 {
				t.Errorf("from after to: %+v", total)
			}
			continue
		}
		entries, err := w.svc.List(boss, f)
		if err != nil {
			t.Fatal(err)
		}
		want, seconds := map[string]int64{}, int64(0)
		for _, e := range entries {
			key := map[timesheets.Group]string{timesheets.ByProject: e.ProjectID, timesheets.ByMember: e.MemberID, timesheets.ByTask: e.TaskID, timesheets.ByClient: e.ClientID, timesheets.ByDay: e.Day.String()}[g]
			want[key] += e.BilledSeconds
			seconds += e.RawSeconds
		}
		got := map[string]int64{}
		for _, group := range by {
			got[group.Key] = group.BilledSeconds
		}
		if g == timesheets.ByNothing {
			got, want = nil, nil
		}
		if total.Entries != len(entries) || total.Seconds != seconds || (g != timesheets.ByNothing && !reflect.DeepEqual(got, want)) {
			t.Errorf("%+v by %q: %d entries, %d s, %v; its entries give %d, %d s, %v", f, g, total.Entries, total.Seconds, got, len(entries), seconds, want)
		}
	}
}

// scopesHold asks for what budgets count and works it out of the entries alone, one by one (rules 48 and 54).
func (w *world) scopesHold(t *testing.T, random *rand.Rand, projects, tasks, members []string) {
	t.Helper()
	entries, err := w.svc.List(w.manager(), timesheets.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	var scopes []timesheets.Scope
	for range 12 {
		s := timesheets.Scope{ProjectID: projects[random.IntN(len(projects))], Approved: random.IntN(2) == 0, Billable: random.IntN(2) == 0, Currency: []string{"EUR", "USD", ""}[random.IntN(3)]}
		if random.IntN(2) == 0 {
			s.MemberID = members[random.IntN(len(members))]
		}
		if random.IntN(2) == 0 {
			s.TaskIDs = tasks[:1+random.IntN(len(tasks))]
		}
		scopes = append(scopes, s)
	}
	days := slices.Clone(scopes)
	for i := range days {
		days[i].From, days[i].To = day.MustParse("2026-01-10"), day.MustParse("2026-02-06")
	}
	for _, asked := range [][]timesheets.Scope{scopes, days} {
		var got []timesheets.Spent
		if err := w.DB.Read(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
			got, err = w.svc.SpentTx(ctx, tx, asked)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		for i, s := range asked {
			if want := spentOf(entries, s); got[i] != want {
				t.Fatalf("%+v: %+v, its entries give %+v", s, got[i], want)
			}
		}
	}
}

// rated are the seconds that an entry's rate is multiplied by, part by part.
func rated(e timesheets.Entry) *big.Rat {
	if e.Split == nil {
		return big.NewRat(e.BilledSeconds, 1)
	}
	sum := new(big.Rat)
	for i, billed := range e.BilledParts() {
		sum.Add(sum, new(big.Rat).Mul(big.NewRat(billed, 1), e.Split.Parts[i].Factor.Rat()))
	}
	return sum
}

func spentOf(entries []timesheets.Entry, s timesheets.Scope) (out timesheets.Spent) {
	worth := new(big.Rat)
	for _, e := range entries {
		switch {
		case e.ProjectID != s.ProjectID, s.MemberID != "" && e.MemberID != s.MemberID, len(s.TaskIDs) > 0 && !slices.Contains(s.TaskIDs, e.TaskID):
			continue
		case s.Approved && e.State != timesheets.Approved && e.State != timesheets.Billed, !s.From.IsZero() && (e.Day.Before(s.From) || e.Day.After(s.To)):
			continue
		}
		if e.Billable || !s.Billable {
			out.Seconds += e.RawSeconds
		}
		if e.Billable && e.Rate != nil && e.Currency == s.Currency {
			worth.Add(worth, new(big.Rat).Mul(e.Rate.Rat(), new(big.Rat).Mul(rated(e), big.NewRat(100, 3600))))
		}
	}
	half := worth.Add(worth, big.NewRat(1, 2)) // nothing here is negative
	out.Minor = new(big.Int).Quo(half.Num(), half.Denom()).Int64()
	return out
}
