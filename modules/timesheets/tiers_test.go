package timesheets_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// tiered is an agency whose one rate is 120 for the first three hours, and 90 from then on.
func tiered(t *testing.T, per rates.Per) *world {
	t.Helper()
	w := setup(t)
	w.priced("120", "90", per)
	return w
}

func (w *world) priced(first, further string, per rates.Per) {
	own := decimal.RequireFromString(first)
	w.price, w.tiers = &own, &rates.Tiers{Per: per, Steps: []rates.Tier{{From: 3 * 3600, PerHour: decimal.RequireFromString(further)}}}
}

// cut says which hours of an entry have which price, as it is kept.
func (w *world) cut(t *testing.T, entryID string) string {
	t.Helper()
	e, err := w.svc.Find(w.Ctx, entryID)
	if err != nil {
		t.Fatal(err)
	}
	if e.Split == nil {
		return "no parts"
	}
	var all []string
	for i, s := range e.BilledParts() {
		p := e.Split.Parts[i]
		text := fmt.Sprintf("%g at %s", float64(s)/3600, p.PerHour)
		if p.Kind != rates.Ordinary {
			text += " × " + p.Factor.String()
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

func (w *world) wantCut(t *testing.T, when string, want map[string]string) {
	t.Helper()
	for entryID, says := range want {
		if got := w.cut(t, entryID); got != says {
			t.Errorf("%s: %s, want %s", when, got, says)
		}
	}
	w.sumsHold(t, when)
	w.placesHold(t, when)
}

// Hours count by work date, start and creation, whenever they are logged, and an entry that crosses a threshold is cut there.
func TestTiersCountByWorkDate(t *testing.T) {
	t.Parallel()
	w := tiered(t, rates.PerMonth)
	second := w.log(t, w.Ctx, "2026-03-10", 2)
	third := w.log(t, w.Ctx, "2026-03-12", 2)
	w.wantCut(t, "in order", map[string]string{second.ID: "2 at 120", third.ID: "1 at 120, 1 at 90"})
	first := w.log(t, w.Ctx, "2026-03-02", 2)
	w.wantCut(t, "one before them", map[string]string{first.ID: "2 at 120", second.ID: "1 at 120, 1 at 90", third.ID: "2 at 90"})
	april := w.log(t, w.Ctx, "2026-04-01", 4)
	w.wantCut(t, "another month", map[string]string{april.ID: "3 at 120, 1 at 90"})

	// What is not billable does not count, and neither does another project.
	no, yes := false, true
	first, _, err := w.svc.Change(w.Ctx, first.ID, first.Version, timesheets.EntryChange{Billable: &no})
	if err != nil {
		t.Fatal(err)
	}
	w.wantCut(t, "not billable", map[string]string{second.ID: "2 at 120", third.ID: "1 at 120, 1 at 90"})
	if first, _, err = w.svc.Change(w.Ctx, first.ID, first.Version, timesheets.EntryChange{Billable: &yes}); err != nil {
		t.Fatal(err)
	}
	w.wantCut(t, "billable again", map[string]string{first.ID: "2 at 120", second.ID: "1 at 120, 1 at 90", third.ID: "2 at 90"})
	if first, _, err = w.svc.Change(w.Ctx, first.ID, first.Version, timesheets.EntryChange{ProjectID: &w.support}); err != nil {
		t.Fatal(err)
	}
	w.wantCut(t, "of another project", map[string]string{first.ID: "2 at 120", second.ID: "2 at 120", third.ID: "1 at 120, 1 at 90"})
	// A rate by hand is what each hour costs.
	own := &timesheets.OwnRate{PerHour: decimal.NewFromInt(50), Currency: "EUR"}
	if second, _, err = w.svc.Change(w.Ctx, second.ID, second.Version, timesheets.EntryChange{Own: &own}); err != nil || second.Amount().Amount() != "100.00" {
		t.Fatalf("at a rate by hand: %v, %v", second.Amount(), err)
	}
	w.wantCut(t, "by hand", map[string]string{second.ID: "no parts", third.ID: "2 at 120"})
	if err := w.svc.Delete(w.Ctx, third.ID); err != nil {
		t.Fatal(err)
	}
	last := w.log(t, w.Ctx, "2026-03-20", 4)
	w.wantCut(t, "deleted", map[string]string{last.ID: "3 at 120, 1 at 90"})
	mia := w.member()
	if mine := w.log(t, mia, "2026-03-21", 1); mine.Split != nil || mine.Rate != nil || mine.Amount() != nil {
		t.Errorf("who may not see money sees %+v", mine.Split)
	} else {
		w.wantCut(t, "of somebody else", map[string]string{mine.ID: "1 at 90"})
	}
}

// A day is counted by itself, the start goes before what was entered earlier, and a multiplier multiplies the price of its tier.
func TestTiersOfADayWithMultipliers(t *testing.T) {
	t.Parallel()
	w := tiered(t, rates.PerDay)
	w.agreed = berlin(t)
	late := w.span(t, "2026-03-02T16:00:00+01:00", "2026-03-02T20:00:00+01:00")
	early := w.span(t, "2026-03-02T09:00:00+01:00", "2026-03-02T11:00:00+01:00")
	other := w.span(t, "2026-03-03T16:00:00+01:00", "2026-03-03T20:00:00+01:00")
	w.wantCut(t, "by the clock", map[string]string{
		early.ID: "2 at 120", late.ID: "1 at 120, 1 at 90, 2 at 90 × 1.5", other.ID: "2 at 120, 1 at 120 × 1.5, 1 at 90 × 1.5",
	})
	// 240 + (120 + 90 + 270) + (240 + 180 + 135)
	total, _, err := w.svc.Summary(w.Ctx, timesheets.Filter{}, timesheets.ByDay)
	if err != nil || amounts(total.Amounts) != "1275.00 EUR" {
		t.Errorf("the total is %v, %v", total.Amounts, err)
	}
	// Another multiplier changes no price that is there; asked for, it goes on top of the same tiers.
	w.agreed = berlin(t)
	w.agreed.Terms.Factors.AfterHours = decimal.NewFromInt(2)
	none := w.span(t, "2026-03-04T09:00:00+01:00", "2026-03-04T10:00:00+01:00")
	w.wantCut(t, "other multipliers", map[string]string{late.ID: "1 at 120, 1 at 90, 2 at 90 × 1.5", none.ID: "1 at 120"})
	var r timesheets.Rerating
	err = w.DB.Run(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		r, err = w.svc.RejudgeTx(ctx, tx, timesheets.Filter{})
		return err
	})
	if err != nil || r.Entries != 2 {
		t.Errorf("judged again: %+v, %v", r, err)
	}
	w.wantCut(t, "judged again", map[string]string{late.ID: "1 at 120, 1 at 90, 2 at 90 × 2", other.ID: "2 at 120, 1 at 120 × 2, 1 at 90 × 2"})
}

// What is approved keeps its places; what comes later has those that are left, so that all of it costs what the table says.
func TestApprovedHoursKeepTheirTier(t *testing.T) {
	t.Parallel()
	w := tiered(t, rates.PerMonth)
	boss := w.manager()
	early := w.log(t, w.Ctx, "2026-03-02", 2)
	late := w.log(t, w.Ctx, "2026-03-10", 2)
	submit := func(e timesheets.Entry) timesheets.Sheet {
		t.Helper()
		s := w.sheet(t, w.Ctx, e.SheetID)
		s, err := w.svc.Submit(w.Ctx, s.ID, s.Version)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := submit(late)
	if _, err := w.svc.ApproveSheet(boss, s.ID, s.Version, ""); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{early.ID: "2 at 120", late.ID: "1 at 120, 1 at 90"}
	w.wantCut(t, "the later one approved first", want)
	between := w.log(t, w.Ctx, "2026-03-04", 3)
	want[between.ID] = "3 at 90"
	w.wantCut(t, "one between them", want)
	// The price of a draft that is deleted is there for the next.
	if err := w.svc.Delete(w.Ctx, early.ID); err != nil {
		t.Fatal(err)
	}
	delete(want, early.ID)
	want[between.ID] = "2 at 120, 1 at 90"
	w.wantCut(t, "the first one deleted", want)
	// Withdrawn, nothing changes by that alone; then it stands in line again.
	if _, err := w.svc.UndoDecision(boss, s.ID); err != nil {
		t.Fatal(err)
	}
	w.wantCut(t, "approval withdrawn", want)
	again := w.log(t, w.Ctx, "2026-03-03", 1)
	w.wantCut(t, "logged after that", map[string]string{again.ID: "1 at 120", between.ID: "2 at 120, 1 at 90", late.ID: "2 at 90"})
	s = w.sheet(t, w.Ctx, late.SheetID)
	if _, err := w.svc.ApproveSheet(boss, s.ID, s.Version, ""); err != nil {
		t.Fatal(err)
	}
	w.log(t, w.Ctx, "2026-03-02", 3)
	w.wantCut(t, "approved again", map[string]string{late.ID: "2 at 90", between.ID: "3 at 90", again.ID: "1 at 90"})
}

// Other prices change nothing that was logged unless they are asked for; then the preview says what comes of it, and it can be undone.
func TestTiersPricedAgain(t *testing.T) {
	t.Parallel()
	w := tiered(t, rates.PerMonth)
	var all []timesheets.Entry
	for _, d := range []string{"2026-03-02", "2026-03-03", "2026-03-04"} {
		all = append(all, w.log(t, w.Ctx, d, 2))
	}
	was := map[string]string{all[0].ID: "2 at 120", all[1].ID: "1 at 120, 1 at 90", all[2].ID: "2 at 90"}
	w.priced("200", "100", rates.PerMonth)
	later := w.log(t, w.Ctx, "2026-03-05", 1)
	was[later.ID] = "1 at 100" // its own prices, behind the hours that are there
	w.wantCut(t, "logged at other prices", was)
	seen, err := w.svc.Rerate(w.Ctx, timesheets.Filter{}, false)
	if err != nil || seen.Entries != 3 || amounts(seen.Before) != "630.00 EUR" || amounts(seen.After) != "900.00 EUR" {
		t.Errorf("the preview: %+v, %v", seen, err)
	}
	w.wantCut(t, "only looked at", was)
	var done timesheets.Rerating
	err = w.DB.Run(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		done, err = w.svc.RepriceTx(ctx, tx, []string{w.line}, day.Date{})
		return err
	})
	if err != nil || done.Entries != seen.Entries || amounts(done.Before) != amounts(seen.Before) || amounts(done.After) != amounts(seen.After) {
		t.Errorf("done: %+v, %v", done, err)
	}
	w.wantCut(t, "priced again", map[string]string{all[0].ID: "2 at 200", all[1].ID: "1 at 200, 1 at 100", all[2].ID: "2 at 100", later.ID: "1 at 100"})
	// Hours that come before them move places, which is no other price that somebody gave them.
	before := w.log(t, w.Ctx, "2026-03-01", 1)
	w.wantCut(t, "one before", map[string]string{before.ID: "1 at 200", all[0].ID: "2 at 200", all[1].ID: "2 at 100"})
	var back timesheets.Rerating
	var stayed []timesheets.BulkRefusal
	err = w.DB.Run(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		back, stayed, err = w.svc.UndoRepricingTx(ctx, tx, done.Repricing)
		return err
	})
	if err != nil || back.Entries != 3 || len(stayed) != 0 {
		t.Errorf("undone: %+v, %v, %v", back, stayed, err)
	}
	w.wantCut(t, "undone", map[string]string{before.ID: "1 at 200", all[0].ID: "2 at 120", all[1].ID: "2 at 90", all[2].ID: "2 at 90", later.ID: "1 at 100"})
}

// A change of many entries previews what becomes of those that are counted with them, and brings it all back.
func TestTiersWhenManyChange(t *testing.T) {
	t.Parallel()
	w := tiered(t, rates.PerMonth)
	boss := w.As(access.Actor{Name: "Bea Boss"}, timesheets.WriteOwn, timesheets.ReadAll, timesheets.Approve, timesheets.SeeRates, timesheets.SetRates)
	a, b := w.log(t, w.Ctx, "2026-03-02", 3), w.log(t, w.Ctx, "2026-03-03", 2)
	was := map[string]string{a.ID: "3 at 120", b.ID: "2 at 90"}
	w.wantCut(t, "logged", was)
	f, ch := timesheets.Filter{IDs: []string{a.ID}}, timesheets.BulkChange{ProjectID: w.support}
	seen, err := w.svc.PreviewBulk(boss, f, ch)
	if err != nil || amounts(seen.Before) != "540.00 EUR" || amounts(seen.After) != "600.00 EUR" {
		t.Errorf("the preview: %+v, %v", seen, err)
	}
	done, err := w.svc.Bulk(boss, f, ch, seen.Seen)
	if err != nil || amounts(done.After) != "600.00 EUR" {
		t.Errorf("done: %+v, %v", done, err)
	}
	w.wantCut(t, "moved", map[string]string{a.ID: "3 at 120", b.ID: "2 at 120"})
	if back, err := w.svc.UndoBulk(boss, done.ID); err != nil || amounts(back.After) != "540.00 EUR" {
		t.Errorf("undone: %+v, %v", back, err)
	}
	w.wantCut(t, "undone", was)
}

// What is counted is what is billed: the rounding rule comes first, of each entry or of a day.
func TestTiersCountRoundedTime(t *testing.T) {
	t.Parallel()
	w := tiered(t, rates.PerDay)
	w.setRounding(t, timesheets.Rounding{Mode: timesheets.RoundUp, Step: 3600, Scope: timesheets.ScopeEntry})
	a := w.log(t, w.Ctx, "2026-03-02", 2.25)
	b := w.log(t, w.Ctx, "2026-03-02", 0.5)
	w.wantCut(t, "each entry", map[string]string{a.ID: "3 at 120", b.ID: "1 at 90"})
	w.setRounding(t, timesheets.Rounding{Mode: timesheets.RoundUp, Step: 3600, Scope: timesheets.ScopeDay})
	c := w.log(t, w.Ctx, "2026-03-02", 0.75)
	// 3.5 h are 4 h of the day: 2.5714 h, 0.5714 h and 0.8571 h of them, to the second.
	total, _, err := w.svc.Summary(w.Ctx, timesheets.Filter{}, timesheets.ByDay)
	if err != nil || total.BilledSeconds != 4*3600 || amounts(total.Amounts) != "450.00 EUR" { // 3 × 120 + 1 × 90
		t.Errorf("the day: %d, %v, %v", total.BilledSeconds, total.Amounts, err)
	}
	if got := w.cut(t, c.ID); strings.Contains(got, "120") {
		t.Errorf("the last of the day: %s", got)
	}
	w.sumsHold(t, "a day")
}

// In a currency without decimals the worth of an entry is rounded once, over all its parts.
func TestTiersInACurrencyWithoutDecimals(t *testing.T) {
	t.Parallel()
	w := tiered(t, rates.PerMonth)
	w.currency = "JPY"
	w.priced("9001", "8001", rates.PerMonth)
	w.log(t, w.Ctx, "2026-03-02", 2.5)
	e := w.log(t, w.Ctx, "2026-03-03", 1) // 4,500.5 and 4,000.5
	if got := w.find(t, w.Ctx, e.ID).Amount(); got.Amount() != "8501" || got.Currency != "JPY" {
		t.Errorf("worth %s", got)
	}
}

// Whatever people do with entries, all of them together are worth what so many hours cost by the table of prices.
func TestTiersAddUpWhateverHappens(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		w := tiered(t, rates.PerMonth)
		rnd := rand.New(rand.NewPCG(seed, 309))
		boss := w.manager()
		for range 25 {
			d := day.New(2026, time.March, 2+rnd.IntN(28)).String()
			switch rnd.IntN(5) {
			case 0, 1, 2:
				if _, _, err := w.svc.Log(w.Ctx, timesheets.NewEntry{ProjectID: w.website, Day: day.MustParse(d), Seconds: hours(float64(1+rnd.IntN(9)) / 4)}); err != nil && !strings.Contains(err.Error(), "period") {
					continue // a week that was handed in takes none
				}
			case 3: // hand in and approve a week
				s, err := w.svc.OpenWeek(w.Ctx, day.MustParse(d))
				if err != nil {
					t.Fatal(err)
				}
				if s, err = w.svc.Submit(w.Ctx, s.ID, s.Version); err == nil {
					_, _ = w.svc.ApproveSheet(boss, s.ID, s.Version, "")
				}
			case 4: // make one longer
				page, err := w.svc.List(w.Ctx, timesheets.Filter{Limit: 1})
				if err != nil {
					t.Fatal(err)
				}
				if len(page) == 1 && page[0].Editable() {
					if _, _, err := w.svc.Change(w.Ctx, page[0].ID, page[0].Version, timesheets.EntryChange{Seconds: hours(3)}); err != nil {
						t.Fatal(err)
					}
				}
			}
			total, _, err := w.svc.Summary(w.Ctx, timesheets.Filter{}, timesheets.ByDay)
			if err != nil {
				t.Fatal(err)
			}
			seconds := decimal.NewFromInt(total.BilledSeconds)
			first := decimal.Min(seconds, decimal.NewFromInt(3*3600))
			want := first.Mul(decimal.NewFromInt(120)).Add(seconds.Sub(first).Mul(decimal.NewFromInt(90))).DivRound(decimal.NewFromInt(3600), 2).StringFixed(2) + " EUR"
			if got := amounts(total.Amounts); got != want && total.BilledSeconds > 0 {
				t.Fatalf("seed %d: %s h are worth %s, want %s", seed, seconds.Div(decimal.NewFromInt(3600)), got, want)
			}
		}
		w.sumsHold(t, "many things")
		w.placesHold(t, "many things")
	}
}

// Two who log at once are counted one after the other.
func TestTiersOfManyAtOnce(t *testing.T) {
	t.Parallel()
	w := tiered(t, rates.PerMonth)
	var all sync.WaitGroup
	for range 8 {
		ctx := w.As(access.Actor{MemberID: id.New(), Name: "Somebody"}, timesheets.WriteOwn)
		all.Go(func() {
			for _, d := range []string{"2026-03-04", "2026-03-02", "2026-03-03"} {
				if _, _, err := w.svc.Log(ctx, timesheets.NewEntry{ProjectID: w.website, Day: day.MustParse(d), Seconds: hours(0.25)}); err != nil {
					t.Errorf("log: %v", err)
				}
			}
		})
	}
	all.Wait()
	total, _, err := w.svc.Summary(w.manager(), timesheets.Filter{}, timesheets.ByDay)
	if err != nil || total.BilledSeconds != 6*3600 || amounts(total.Amounts) != "630.00 EUR" { // 3 × 120 + 3 × 90
		t.Errorf("the total is %v of %d s, %v", total.Amounts, total.BilledSeconds, err)
	}
	w.sumsHold(t, "many at once")
	w.placesHold(t, "many at once")
}

// At the rate of a contract hours have no tiers; what they count as stays.
func TestAContractsRateHasNoTiers(t *testing.T) {
	t.Parallel()
	w := tiered(t, rates.PerDay)
	w.agreed = berlin(t)
	fifty := decimal.NewFromInt(50)
	across := w.span(t, "2026-03-02T15:00:00+01:00", "2026-03-02T20:00:00+01:00").AtRate(&fifty, "EUR")
	if got := across.Amount().Amount(); got != "300.00" { // 3 × 50 + 2 × 50 × 1.5
		t.Errorf("across the hours: %s", got)
	}
	plain := w.span(t, "2026-03-03T09:00:00+01:00", "2026-03-03T13:00:00+01:00").AtRate(&fifty, "EUR")
	if got := plain.Amount().Amount(); got != "200.00" || plain.Split != nil {
		t.Errorf("within them: %s, %+v", got, plain.Split)
	}
}
