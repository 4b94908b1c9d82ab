package rates_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/rates"
)

const hour = int64(3600)

// support is the first three hours at 120, the next seven at 90, and 80 from then on.
func support(per rates.Per) rates.Tiers {
	return rates.Tiers{Per: per, Steps: []rates.Tier{{From: 3 * hour, PerHour: decimal.NewFromInt(90)}, {From: 10 * hour, PerHour: decimal.NewFromInt(80)}}}
}

var hundredTwenty = decimal.NewFromInt(120)

// placed says which hours have which price.
func placed(parts rates.Parts) string {
	all := make([]string, len(parts))
	for i, p := range parts {
		all[i] = fmt.Sprintf("%s at %s", time.Duration(p.Seconds)*time.Second, p.PerHour)
		if p.Kind != rates.Ordinary {
			all[i] += " × " + p.Factor.String()
		}
	}
	return strings.Join(all, ", ")
}

func TestHoursAreCutWhereTiersBegin(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		taken   [][2]int64 // in hours: from, length
		seconds int64
		want    string
		left    string // what a minute costs then
	}{
		{"within the first", nil, 2 * hour, "2h0m0s at 120", "120"},
		{"up to where a tier begins", nil, 3 * hour, "3h0m0s at 120", "90"},
		{"a second more", nil, 3*hour + 1, "3h0m0s at 120, 1s at 90", "90"},
		{"over two of them", nil, 12 * hour, "3h0m0s at 120, 7h0m0s at 90, 2h0m0s at 80", "80"},
		{"after what is there", [][2]int64{{0, 2}}, 2 * hour, "1h0m0s at 120, 1h0m0s at 90", "90"},
		{"in a gap, and on after it", [][2]int64{{1, 3}}, 2 * hour, "1h0m0s at 120, 1h0m0s at 90", "90"},
		{"before what is there", [][2]int64{{3, 2}}, 3 * hour, "3h0m0s at 120", "90"},
		{"in two gaps of one tier", [][2]int64{{1, 1}}, 2 * hour, "1h0m0s at 120, 1h0m0s at 120", "90"},
		{"nothing", [][2]int64{{0, 1}}, 0, "", "120"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var taken rates.Taken
			for _, x := range c.taken {
				taken.Add(x[0]*hour, x[1]*hour)
			}
			parts := support(rates.PerDay).Place(rates.Whole(max(1, c.seconds)), c.seconds, hundredTwenty, &taken)
			if got := placed(parts); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			next := support(rates.PerDay).Place(rates.Whole(60), 60, hundredTwenty, &taken)
			if got := next[0].PerHour.String(); got != c.left {
				t.Errorf("a minute more costs %s, want %s", got, c.left)
			}
		})
	}
}

// The tier is the price, and the multiplier multiplies it: hours of a tier are counted by the clock, whatever they count as.
func TestAMultiplierGoesOnTopOfTheTier(t *testing.T) {
	t.Parallel()
	at := func(s string) time.Time {
		x, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	work := terms(t, "Europe/Berlin").Stretches(at("2026-03-02T07:00:00+01:00"), at("2026-03-02T20:00:00+01:00"))
	var taken rates.Taken
	parts := support(rates.PerDay).Place(work, 13*hour, hundredTwenty, &taken)
	want := "1h0m0s at 120 × 1.5, 2h0m0s at 120, 7h0m0s at 90, 1h0m0s at 80, 2h0m0s at 80 × 1.5"
	if got := placed(parts); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	// 1 × 120 × 1.5 + 2 × 120 + 7 × 90 + 1 × 80 + 2 × 80 × 1.5 = 180 + 240 + 630 + 80 + 240
	exact := decimal.NewFromInt(13 * hour).Add(parts.Premium(13 * hour)).Mul(hundredTwenty).Add(parts.Extra(13*hour, hundredTwenty))
	if got := exact.Div(decimal.NewFromInt(hour)); got.String() != "1370" {
		t.Errorf("worth %s, want 1370", got)
	}
}

// Where the first hours cost nothing, and in a currency without decimals.
func TestTheFirstHoursCanBeFree(t *testing.T) {
	t.Parallel()
	tiers := rates.Tiers{Per: rates.PerMonth, Steps: []rates.Tier{{From: 2 * hour, PerHour: decimal.NewFromInt(9001)}}}
	var taken rates.Taken
	parts := tiers.Place(rates.Whole(2*hour+1800), 2*hour+1800, decimal.Zero, &taken)
	m, err := money.FromDecimal(parts.Extra(2*hour+1800, decimal.Zero).Div(decimal.NewFromInt(hour)), "JPY", money.HalfUp)
	if err != nil || m.Amount() != "4501" { // 4,500.5
		t.Errorf("worth %s, %v", m, err)
	}
}

func TestCountsBeginWithTheirPeriodOrTheLine(t *testing.T) {
	t.Parallel()
	on, holds := day.MustParse("2026-03-17"), day.MustParse("2026-03-10")
	for per, want := range map[rates.Per]string{rates.PerDay: "2026-03-17", rates.PerMonth: "2026-03-10", rates.PerLine: "2026-03-10"} {
		if got := support(per).Since(on, holds).String(); got != want {
			t.Errorf("%s: since %s, want %s", per, got, want)
		}
	}
	if got := support(rates.PerMonth).Since(day.MustParse("2026-04-30"), holds).String(); got != "2026-04-01" {
		t.Errorf("April is counted since %s", got)
	}
}

// However hours come, go and are frozen, all of them together cost what so many hours cost by the table of prices.
func TestAllHoursOfACountCostWhatTheTableSays(t *testing.T) {
	t.Parallel()
	checked := 0
	for seed := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, 161))
		tiers := rates.Tiers{Per: rates.PerLine}
		own, from := decimal.New(rnd.Int64N(20000), -2), int64(0)
		for range 1 + rnd.IntN(4) {
			from += 1 + rnd.Int64N(4*hour)
			tiers.Steps = append(tiers.Steps, rates.Tier{From: from, PerHour: decimal.New(rnd.Int64N(20000), -2)})
		}
		type entry struct {
			seconds int64
			frozen  bool
			parts   rates.Parts
		}
		var all []*entry
		place := func() {
			var taken rates.Taken
			for _, e := range all {
				if e.frozen {
					for _, p := range e.parts {
						taken.Add(p.At, p.Seconds)
					}
				}
			}
			for _, e := range all {
				if !e.frozen {
					e.parts = tiers.Place(rates.Whole(e.seconds), e.seconds, own, &taken)
				}
			}
		}
		for range 30 {
			switch rnd.IntN(4) {
			case 0, 1: // logged, anywhere in the order
				all = slices.Insert(all, rnd.IntN(len(all)+1), &entry{seconds: 1 + rnd.Int64N(3*hour)})
			case 2: // approved, or withdrawn
				if len(all) > 0 {
					e := all[rnd.IntN(len(all))]
					e.frozen = !e.frozen
				}
			case 3: // deleted, if nobody approved it
				if i := rnd.IntN(len(all) + 1); i < len(all) && !all[i].frozen {
					all = slices.Delete(all, i, i+1)
				}
			}
			place()
			var seconds, last int64
			got := decimal.Zero
			for _, e := range all {
				seconds += e.seconds
				var sum int64
				for _, p := range e.parts {
					sum += p.Seconds
					last = max(last, p.At+p.Seconds)
				}
				if sum != e.seconds {
					t.Fatalf("seed %d: parts of %d seconds are %d", seed, e.seconds, sum)
				}
				got = got.Add(decimal.NewFromInt(e.seconds).Mul(own)).Add(e.parts.Extra(e.seconds, own))
			}
			if last > seconds {
				continue // what was deleted left room below hours that are frozen: the next to come take it
			}
			checked++
			if want := byTable(tiers, own, seconds); !got.Equal(want) {
				t.Fatalf("seed %d: %d seconds cost %s, want %s", seed, seconds, got, want)
			}
		}
	}
	if checked < 3000 {
		t.Errorf("only %d looks were worth it", checked)
	}
}

// byTable is what so many seconds cost, second for second at the price of their tier.
func byTable(tiers rates.Tiers, own decimal.Decimal, seconds int64) (sum decimal.Decimal) {
	edges := []int64{0}
	prices := []decimal.Decimal{own}
	for _, s := range tiers.Steps {
		edges, prices = append(edges, s.From), append(prices, s.PerHour)
	}
	edges = append(edges, seconds)
	for i, p := range prices {
		if n := min(seconds, edges[i+1]) - edges[i]; i+1 < len(edges) && n > 0 {
			sum = sum.Add(p.Mul(decimal.NewFromInt(n)))
		}
	}
	return sum
}

func TestBadTiersAreRefusedAtTheirField(t *testing.T) {
	t.Parallel()
	w := setup(t)
	card := w.card(t, rates.Agency)
	price := decimal.NewFromInt(90)
	for _, c := range []struct {
		want  string
		tiers rates.Tiers
	}{
		{"body.tiers.per", rates.Tiers{Per: "week", Steps: []rates.Tier{{From: hour, PerHour: price}}}},
		{"body.tiers.steps", rates.Tiers{Per: rates.PerDay}},
		{"body.tiers.steps[0].from_seconds", rates.Tiers{Per: rates.PerDay, Steps: []rates.Tier{{From: 0, PerHour: price}}}},
		{"body.tiers.steps[0].from_seconds", rates.Tiers{Per: rates.PerDay, Steps: []rates.Tier{{From: 26 * hour, PerHour: price}}}},
		{"body.tiers.steps[1].from_seconds", rates.Tiers{Per: rates.PerMonth, Steps: []rates.Tier{{From: 3 * hour, PerHour: price}, {From: 3 * hour, PerHour: price}}}},
		{"body.tiers.steps[0].per_hour", rates.Tiers{Per: rates.PerLine, Steps: []rates.Tier{{From: hour, PerHour: decimal.NewFromInt(-1)}}}},
		{"body.tiers.steps[0].per_hour", rates.Tiers{Per: rates.PerLine, Steps: []rates.Tier{{From: hour, PerHour: decimal.RequireFromString("1.0000001")}}}},
	} {
		d := rates.RateDraft{Target: rates.Member, TargetID: w.ada, PerHour: hundredTwenty, Tiers: &c.tiers, From: day.MustParse("2026-01-01")}
		_, err := w.svc.AddRate(w.Ctx, card.ID, d)
		if f := fault.From(err); err == nil || len(f.Fields) != 1 || f.Fields[0].Path != c.want {
			t.Errorf("%s: %v", c.want, err)
		}
	}
}

// Tiers stay when only the price changes, on the line that takes over too, come back with an undo, and are nothing for who may not see amounts.
func TestTiersThroughChangesOfTheirRate(t *testing.T) {
	t.Parallel()
	w := setup(t)
	card := w.card(t, rates.Agency)
	month := support(rates.PerMonth)
	r, err := w.svc.AddRate(w.Ctx, card.ID, rates.RateDraft{Target: rates.Member, TargetID: w.ada, PerHour: hundredTwenty, Tiers: &month, From: day.MustParse("2026-01-01")})
	if err != nil || !r.Tiers.Same(&month) {
		t.Fatalf("added: %+v, %v", r, err)
	}
	said := func(on string) (out []*rates.Tiers) {
		t.Helper()
		c, err := w.svc.Card(w.Ctx, card.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range c.Rates {
			if r.On(day.MustParse(on)) {
				out = append(out, r.Tiers)
			}
		}
		return out
	}
	after, _, kept, err := w.svc.Revise(w.Ctx, r.ID, r.Version, rates.Revision{PerHour: decimal.NewFromInt(130), Reach: rates.FromDay, From: day.MustParse("2026-03-10")})
	if err != nil || after.ID == r.ID || !after.Tiers.Same(&month) {
		t.Errorf("from a day on: %+v, %v", after, err)
	}
	if _, _, _, err := w.svc.UndoRevision(w.Ctx, kept.ID); err != nil {
		t.Error(err)
	}
	if got := said("2026-03-20"); len(got) != 1 || !got[0].Same(&month) {
		t.Errorf("undone: %+v", got)
	}
	c, err := w.svc.Card(w.Ctx, card.ID)
	if err != nil {
		t.Fatal(err)
	}
	none := (*rates.Tiers)(nil)
	_, _, kept, err = w.svc.Revise(w.Ctx, r.ID, c.Rates[0].Version, rates.Revision{PerHour: hundredTwenty, Tiers: &none, Reach: rates.NewOnly})
	if got := said("2026-03-20"); err != nil || got[0] != nil {
		t.Errorf("taken away: %+v, %v", got, err)
	}
	if _, _, _, err := w.svc.UndoRevision(w.Ctx, kept.ID); err != nil || !said("2026-03-20")[0].Same(&month) {
		t.Errorf("back again: %v", err)
	}
	reader := w.As(access.Actor{Name: "Rea Reader"}, rates.ReadCards)
	if c, err := w.svc.Card(reader, card.ID); err != nil || c.Rates[0].Tiers != nil || c.Rates[0].PerHour != nil {
		t.Errorf("who may not see amounts sees %+v, %v", c.Rates, err)
	}
}
