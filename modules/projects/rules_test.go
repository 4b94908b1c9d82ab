package projects

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
)

func TestStatesFollowEachOther(t *testing.T) {
	t.Parallel()
	allowed := map[[2]State]bool{
		{Planned, Active}: true, {Planned, OnHold}: true, {Planned, Completed}: true,
		{Active, Planned}: true, {Active, OnHold}: true, {Active, Completed}: true,
		{OnHold, Planned}: true, {OnHold, Active}: true, {OnHold, Completed}: true,
		{Completed, Active}: true,
	}
	all := []State{Planned, Active, OnHold, Completed, Archived}
	for _, from := range all {
		for _, to := range all {
			if got, want := from.MayBecome(to), from == to || allowed[[2]State{from, to}]; got != want {
				t.Errorf("%s to %s: %v, want %v", from, to, got, want)
			}
		}
	}
}

func TestRankBetween(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ a, b, want string }{
		{"", "", "a0"},
		{"a0", "", "a1"},
		{"az", "", "b00"},
		{"bzz", "", "c000"},
		{"", "a0", "Zz"},
		{"", "Z0", "Yzz"},
		{"Yzz", "", "Z0"},
		{"Zz", "", "a0"},
		{"a0", "a1", "a0V"},
		{"a0", "a0V", "a0F"},
		{"a0V", "a1", "a0k"},
		{"a0", "a2", "a1"},
		{"a0z", "a1", "a0zV"},
		{"", "a0V", "a0"},
		{"Zz", "a0", "ZzV"},
	} {
		got, err := rankBetween(c.a, c.b)
		if err != nil || got != c.want {
			t.Errorf("between %q and %q: %q, %v, want %q", c.a, c.b, got, err, c.want)
		}
	}
	for _, c := range [][2]string{{"a1", "a0"}, {"a0", "a0"}, {"!", ""}, {"", "b0"}, {"a00", ""}} {
		if got, err := rankBetween(c[0], c[1]); err == nil {
			t.Errorf("between %q and %q: %q, want a refusal", c[0], c[1], got)
		}
	}
}

// However cards are moved about, each gets a rank strictly between its neighbours.
func TestRanksStayInOrder(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	var ranks []string
	for range 4000 {
		i := r.IntN(len(ranks) + 1)
		if r.IntN(3) == 0 {
			i = min(i, 3) // much of it near the top, as on a real board
		}
		a, b := "", ""
		if i > 0 {
			a = ranks[i-1]
		}
		if i < len(ranks) {
			b = ranks[i]
		}
		got, err := rankBetween(a, b)
		if err != nil {
			t.Fatalf("between %q and %q: %v", a, b, err)
		}
		if got <= a || (b != "" && got >= b) {
			t.Fatalf("%q is not between %q and %q", got, a, b)
		}
		ranks = slices.Insert(ranks, i, got)
	}
	if !slices.IsSorted(ranks) {
		t.Fatal("the ranks are out of order")
	}
}

func TestRanksStayShortAtTheEnd(t *testing.T) {
	t.Parallel()
	rank := ""
	for range 10_000 {
		rank, _ = rankBetween(rank, "")
	}
	if len(rank) > 4 {
		t.Fatalf("the 10,000th card has the rank %q", rank)
	}
}

func TestWorkdays(t *testing.T) {
	t.Parallel()
	w := Workdays{map[day.Date]bool{day.MustParse("2026-04-03"): true, day.MustParse("2026-04-06"): true}} // Easter
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-03-02", 0, "2026-03-02"}, // a Monday
		{"2026-03-02", 4, "2026-03-06"},
		{"2026-03-02", 5, "2026-03-09"},
		{"2026-03-06", 1, "2026-03-09"}, // over the weekend
		{"2026-03-07", 0, "2026-03-09"}, // a Saturday starts on Monday
		{"2026-03-08", 1, "2026-03-10"},
		{"2026-04-02", 1, "2026-04-07"}, // over Easter
		{"2026-04-03", 0, "2026-04-07"},
		{"2026-12-31", 1, "2027-01-01"},
	} {
		if got := w.Add(day.MustParse(c.from), c.n); got.String() != c.want {
			t.Errorf("%s and %d working days: %s, want %s", c.from, c.n, got, c.want)
		}
	}
}

func TestTemplatesFallOnWorkdays(t *testing.T) {
	t.Parallel()
	for _, start := range []string{"2026-03-02", "2026-03-07", "2026-12-24"} {
		w := Workdays{map[day.Date]bool{day.MustParse("2026-12-25"): true, day.MustParse("2027-01-01"): true}}
		for _, tpl := range Templates() {
			p := planOf(tpl, day.MustParse(start), w)
			if err := checkColumns(tpl.Columns); err != nil {
				t.Errorf("%s: %v", tpl.Key, err)
			}
			var walk func([]PlannedTask, int)
			walk = func(tasks []PlannedTask, depth int) {
				for _, task := range tasks {
					if !w.On(task.StartsOn) || !w.On(task.DueOn) || task.DueOn.Before(task.StartsOn) || task.StartsOn.Before(p.StartsOn) || task.DueOn.After(p.DueOn) {
						t.Errorf("%s from %s: %q runs %s to %s in a project of %s to %s", tpl.Key, start, task.Name, task.StartsOn, task.DueOn, p.StartsOn, p.DueOn)
					}
					if depth > maxDepth {
						t.Errorf("%s: %q is %d deep", tpl.Key, task.Name, depth)
					}
					walk(task.Sub, depth+1)
				}
			}
			walk(p.Planned, 1)
		}
	}
	site := planOf(website(), day.MustParse("2026-03-07"), Workdays{}) // a Saturday
	if site.StartsOn.String() != "2026-03-09" || site.Planned[0].DueOn.String() != "2026-03-10" || site.DueOn.String() != "2026-05-07" {
		t.Errorf("a website from a Saturday: %s, %s, %s", site.StartsOn, site.Planned[0].DueOn, site.DueOn)
	}
	if site.Hours.String() != "250" {
		t.Errorf("hours of a website: %s", site.Hours)
	}
}

func TestPlaceRefusesCirclesAndDepth(t *testing.T) {
	t.Parallel()
	task := func(id, project string) Task { return Task{ID: id, ProjectID: project} }
	for _, c := range []struct {
		name  string
		above []Task
		below int
		want  *fault.Error
	}{
		{"below a top task", []Task{task("p", "1")}, 0, nil},
		{"at the third level", []Task{task("p", "1"), task("g", "1")}, 0, nil},
		{"at the fourth", []Task{task("p", "1"), task("g", "1"), task("x", "1")}, 0, ErrTooDeep},
		{"with children at the third", []Task{task("p", "1"), task("g", "1")}, 1, ErrTooDeep},
		{"with children at the second", []Task{task("p", "1")}, 1, nil},
		{"below itself", []Task{task("me", "1")}, 0, ErrCycle},
		{"below its child", []Task{task("c", "1"), task("me", "1")}, 1, ErrCycle},
		{"in another project", []Task{task("p", "2")}, 0, ErrForeignParent},
	} {
		err := place(task("me", "1"), c.above, c.below)
		if (c.want == nil) != (err == nil) || (c.want != nil && !errors.Is(err, c.want)) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestColumnsOfABoard(t *testing.T) {
	t.Parallel()
	todo, done := Column{ID: "a", Name: "A", Category: Todo}, Column{ID: "z", Name: "Z", Category: Done}
	for name, c := range map[string]struct {
		cols []Column
		ok   bool
	}{
		"two":             {[]Column{todo, done}, true},
		"ours":            {defaultColumns(), true},
		"one":             {[]Column{done}, false},
		"none done":       {[]Column{todo, {ID: "b", Name: "B", Category: Doing}}, false},
		"all done":        {[]Column{done, {ID: "b", Name: "B", Category: Done}}, false},
		"twice":           {[]Column{todo, todo, done}, false},
		"no name":         {[]Column{{ID: "a", Category: Todo}, done}, false},
		"odd category":    {[]Column{{ID: "a", Name: "A", Category: "later"}, done}, false},
		"id with a space": {[]Column{{ID: "a b", Name: "A", Category: Todo}, done}, false},
		"limit":           {[]Column{{ID: "a", Name: "A", Category: Todo, Limit: -1}, done}, false},
		"thirteen":        {append(slices.Repeat([]Column{todo}, 12), done), false},
	} {
		if err := checkColumns(c.cols); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBudget(t *testing.T) {
	t.Parallel()
	hours, eur := decimal.RequireFromString("37.5"), money.Of(500_000, "EUR")
	p := Project{BudgetHours: &hours, BudgetMoney: &eur}
	u := Usage{Seconds: 40 * 3600, BillableSeconds: 36_000, Amount: []money.Money{money.Of(125_000, "EUR"), money.Of(99, "USD")}}
	actor := func(perms ...access.Permission) access.Actor {
		return access.Actor{Kind: access.Staff, Perms: access.NewSet(perms...)}
	}
	sts := []Standing{
		{Limit: Limit{Unit: InHours, Amount: 135_000, Alerts: UsualAlerts}, Spent: u.Seconds},
		{Limit: Limit{Unit: InMoney, Amount: eur.Minor, Currency: "EUR", Alerts: UsualAlerts}, Spent: 125_000},
		{Limit: Limit{TaskID: "t", Unit: InHours, Amount: 3600, HardStop: true, Alerts: []int{120}}, Spent: 4320},
	}
	b := budgetOf(actor(SeeBudget, seeBillRates), p, u, sts)
	if *b.LeftSeconds != -9000 || *b.HoursPercent != 107 || b.Level != 120 || !b.Stopped {
		t.Errorf("hours: %d left, %d %%, %+v", *b.LeftSeconds, *b.HoursPercent, b)
	}
	if b.Money.Left.Minor != 375_000 || *b.Money.Percent != 25 || len(b.Money.Used) != 2 {
		t.Errorf("money: %+v", b.Money)
	}
	if b := budgetOf(actor(SeeBudget), p, u, sts); b.Money.Budget == nil || b.Money.Used != nil || b.Money.Left != nil || b.Money.Percent != nil {
		t.Errorf("without rates: %+v", b.Money)
	}
	if b := budgetOf(actor(seeBillRates), p, u, sts); b.Money != nil {
		t.Errorf("without budgets: %+v", b.Money)
	}
	if b := budgetOf(actor(), Project{}, u, nil); b.LeftSeconds != nil || b.HoursPercent != nil || b.UsedSeconds != 144_000 || b.Level != 0 {
		t.Errorf("no budget: %+v", b)
	}
}

// A level is reached exactly, never by rounding.
func TestBudgetLevels(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		spent, amount int64
		level         int
	}{{0, 100, 0}, {4999, 10_000, 0}, {5000, 10_000, 50}, {7499, 10_000, 50}, {7500, 10_000, 75}, {9999, 10_000, 90}, {10_000, 10_000, 100}, {30_000, 10_000, 100}, {0, 0, 0}, {1, 0, 100}} {
		if got := (Standing{Limit: Limit{Amount: c.amount, Alerts: UsualAlerts}, Spent: c.spent}).Level(); got != c.level {
			t.Errorf("%d of %d: level %d, want %d", c.spent, c.amount, got, c.level)
		}
	}
}

func TestBudgetRunsOut(t *testing.T) {
	t.Parallel()
	today := day.New(2026, time.March, 2)
	for _, c := range []struct {
		amount, spent, lately int64
		on                    string
	}{
		{100 * 3600, 60 * 3600, 40 * 3600, "2026-03-30"}, // 40 hours left at 10 a week: four weeks
		{100 * 3600, 60 * 3600, 80 * 3600, "2026-03-16"},
		{100 * 3600, 60 * 3600, 0, ""},
		{100 * 3600, 100 * 3600, 40 * 3600, ""},
		{1_000_000 * 3600, 3600, 3600, ""},
	} {
		if got := (Standing{Limit: Limit{Amount: c.amount}, Spent: c.spent, Lately: c.lately}).runsOut(today).String(); got != c.on {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

func TestProjectIsChecked(t *testing.T) {
	t.Parallel()
	good := Project{Name: "Site", Code: "ACM-001", Colour: "blue"}
	if err := good.check(); err != nil {
		t.Fatal(err)
	}
	minus, tiny := decimal.NewFromInt(-1), decimal.RequireFromString("0.00001")
	eur := money.Of(-1, "EUR")
	for field, p := range map[string]Project{
		"body.name":                {Code: "ACM-001", Colour: "blue"},
		"body.code":                {Name: "Site", Code: "ä b", Colour: "blue"},
		"body.colour":              {Name: "Site", Code: "ACM-001", Colour: "mauve"},
		"body.due_on":              {Name: "Site", Code: "ACM-001", Colour: "blue", StartsOn: day.New(2026, time.March, 2), DueOn: day.New(2026, time.March, 1)},
		"body.budget_hours":        {Name: "Site", Code: "ACM-001", Colour: "blue", BudgetHours: &minus},
		"body.budget_hours#2":      {Name: "Site", Code: "ACM-001", Colour: "blue", BudgetHours: &tiny},
		"body.budget_money.amount": {Name: "Site", Code: "ACM-001", Colour: "blue", BudgetMoney: &eur},
	} {
		err := p.check()
		var f *fault.Error
		if !errors.As(err, &f) || len(f.Fields) != 1 || f.Fields[0].Path != string([]byte(field[:len(f.Fields[0].Path)])) {
			t.Errorf("%s: %v", field, err)
		}
	}
}
