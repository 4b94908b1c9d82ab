package timesheets_test

import (
	"context"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/modules/timesheets"
)

func rules(pairs ...string) (out timesheets.Periods) {
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, timesheets.PeriodRule{From: day.MustParse(pairs[i]), Every: pairs[i+1]})
	}
	return out
}

func TestPeriodsOfDays(t *testing.T) {
	t.Parallel()
	monthly, half := rules("2020-01-01", "month"), rules("2020-01-01", "half_month")
	changed := rules("2026-12-01", "month", "2027-01-13", "week", "2027-02-10", "half_month")
	for _, tt := range []struct {
		name      string
		periods   timesheets.Periods
		first     time.Weekday
		d         string
		from, end string
	}{
		{"weeks unless something else is said", nil, time.Monday, "2026-11-26", "2026-11-23", "2026-11-29"},
		{"weeks that begin on Sunday", nil, time.Sunday, "2026-11-26", "2026-11-22", "2026-11-28"},
		{"a month of 28 days", monthly, time.Monday, "2027-02-28", "2027-02-01", "2027-02-28"},
		{"a month of 29 days", monthly, time.Monday, "2028-02-01", "2028-02-01", "2028-02-29"},
		{"a month of 30 days", monthly, time.Sunday, "2026-11-15", "2026-11-01", "2026-11-30"},
		{"a month of 31 days", monthly, time.Sunday, "2026-12-31", "2026-12-01", "2026-12-31"},
		{"the first half of a month", half, time.Monday, "2026-11-15", "2026-11-01", "2026-11-15"},
		{"the second half of 13 days", half, time.Monday, "2027-02-16", "2027-02-16", "2027-02-28"},
		{"the second half of 16 days", half, time.Monday, "2026-12-31", "2026-12-16", "2026-12-31"},
		{"the week before a change, cut short", changed, time.Monday, "2026-11-30", "2026-11-30", "2026-11-30"},
		{"and by another first weekday", changed, time.Sunday, "2026-11-30", "2026-11-29", "2026-11-30"},
		{"the month after it", changed, time.Monday, "2026-12-01", "2026-12-01", "2026-12-31"},
		{"a month that a change in its middle cuts", changed, time.Monday, "2027-01-12", "2027-01-01", "2027-01-12"},
		{"the rest of the week of that change", changed, time.Monday, "2027-01-13", "2027-01-13", "2027-01-17"},
		{"a whole week after it", changed, time.Monday, "2027-01-20", "2027-01-18", "2027-01-24"},
		{"the rest of a half month", changed, time.Monday, "2027-02-10", "2027-02-10", "2027-02-15"},
	} {
		got := tt.periods.Of(day.MustParse(tt.d), tt.first)
		if got.From.String() != tt.from || got.To.String() != tt.end {
			t.Errorf("%s: %s is in %s to %s, want %s to %s", tt.name, tt.d, got.From, got.To, tt.from, tt.end)
		}
	}
}

// setPeriod changes what is handed in together; the empty day is the next period.
func (w *world) setPeriod(t *testing.T, every, from string) (timesheets.Settings, error) {
	t.Helper()
	s, err := w.svc.Settings(w.Ctx)
	if err != nil {
		t.Fatal(err)
	}
	ch := timesheets.PeriodRule{Every: every}
	if from != "" {
		ch.From = day.MustParse(from)
	}
	return w.svc.ChangeSettings(w.Ctx, s.Version, timesheets.SettingsChange{Period: &ch})
}

func (w *world) mustSetPeriod(t *testing.T, every, from string) timesheets.Settings {
	t.Helper()
	s, err := w.setPeriod(t, every, from)
	if err != nil {
		t.Fatalf("%s from %q: %v", every, from, err)
	}
	return s
}

func noon(d string) time.Time { return day.MustParse(d).In(time.UTC).Add(12 * time.Hour) }

func TestAChangeOfPeriodsBeginsLater(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Clock.Set(noon("2026-11-26"))
	for _, tt := range []struct{ every, from, want string }{
		{"month", "", "month from 2026-12-01"},
		{"half_month", "", "half_month from 2026-12-01"}, // replaces what has not begun
		{"week", "", ""}, // back to what is
		{"month", "2026-11-01", "month from 2026-11-01"}, // this month already
		{"week", "2026-12-10", "week from 2026-12-10"},   // any day
		{"week", "", "week from 2026-11-30"},             // the next Monday
		{"month", "2026-10-31", "body.period.from"},      // before the month of today
		{"month", "2027-12-01", "body.period.from"},      // more than a year ahead
		{"half_month", "2026-11-15", "body.period.from"}, // the half month of today began on the 16th
		{"half_month", "2026-11-16", "half_month from 2026-11-16"},
	} {
		s, err := w.setPeriod(t, tt.every, tt.from)
		got := ""
		switch n := len(s.Periods); {
		case err != nil:
			got = fault.From(err).Fields[0].Path
		case n > 0:
			got = s.Periods[n-1].Every + " from " + s.Periods[n-1].From.String()
		}
		if got != tt.want {
			t.Errorf("%s from %q: %q, want %q", tt.every, tt.from, got, tt.want)
		}
	}
}

// The sheet is the month, the grid stays a week: one that spans the end of a month is in two sheets.
func TestAMonthIsHandedInTogether(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Clock.Set(noon("2026-11-26"))
	mia, boss := w.member(), w.manager()
	ahead := []timesheets.Entry{w.log(t, mia, "2026-11-30", 1), w.log(t, mia, "2026-12-01", 2), w.log(t, mia, "2026-12-16", 3)}
	before := w.log(t, mia, "2026-11-25", 8)
	w.mustSetPeriod(t, timesheets.EveryMonth, "")
	// What was logged ahead goes with its day, what lies before the change stays.
	for _, want := range []struct {
		entry       timesheets.Entry
		from, until string
	}{{before, "2026-11-23", "2026-11-29"}, {ahead[0], "2026-11-30", "2026-11-30"}, {ahead[1], "2026-12-01", "2026-12-31"}, {ahead[2], "2026-12-01", "2026-12-31"}} {
		if s := w.sheetAt(t, mia, want.entry.Day.String()); s.Week.String() != want.from || s.Until.String() != want.until {
			t.Errorf("%s is in the sheet of %s to %s, want %s to %s", want.entry.Day, s.Week, s.Until, want.from, want.until)
		}
	}
	g, err := w.svc.Week(mia, "", day.MustParse("2026-12-02"))
	if err != nil || len(g.Days) != 7 || len(g.Parts) != 2 || g.Sheet.Week.String() != "2026-12-01" || g.Parts[0].Until.String() != "2026-11-30" {
		t.Fatalf("the week of the month's end: %+v, %v", g.Parts, err)
	}
	if p := g.Parts[1]; p.Seconds != 5*3600 || p.Expected != 23*8*3600 || p.Missing[day.MustParse("2026-12-01")] != 6*3600 || p.Missing[day.MustParse("2026-12-31")] != 8*3600 {
		t.Errorf("December as a whole: %d of %d, missing %v", p.Seconds, p.Expected, p.Missing)
	}
	// Handing in November's end leaves December open, in one and the same week.
	if _, err := w.svc.Submit(mia, g.Parts[0].ID, g.Parts[0].Version); err != nil {
		t.Fatal(err)
	}
	_, _, err = w.svc.Log(mia, timesheets.NewEntry{ProjectID: w.website, Day: day.MustParse("2026-11-30"), Seconds: hours(1)})
	wantErr(t, "in the part that was handed in", err, timesheets.ErrSheetClosed)
	w.log(t, mia, "2026-12-02", 4)
	to := day.MustParse("2026-11-30")
	_, _, err = w.svc.Change(mia, ahead[1].ID, ahead[1].Version, timesheets.EntryChange{Day: &to})
	wantErr(t, "moved into it", err, timesheets.ErrSheetClosed)
	to = day.MustParse("2026-12-18")
	moved, _, err := w.svc.Change(mia, ahead[1].ID, ahead[1].Version, timesheets.EntryChange{Day: &to})
	if err != nil || moved.SheetID != ahead[2].SheetID && moved.SheetID != w.sheetAt(t, mia, "2026-12-01").ID {
		t.Errorf("moved within the month: %+v, %v", moved, err)
	}
	// The next week's rows are that week's only, and hours go where there is room.
	copied, err := w.svc.CopyLastWeek(mia, day.MustParse("2026-12-07"), true)
	if err != nil || copied.Totals[day.MustParse("2026-12-07")] != 3600 || copied.Totals[day.MustParse("2026-12-09")] != 4*3600 {
		t.Errorf("copied: %v, %v", copied.Totals, err)
	}
	if later, err := w.svc.Week(mia, "", day.MustParse("2026-12-28")); err != nil || len(later.Rows) != 0 {
		t.Errorf("the last week of the month shows rows of another one: %+v, %v", later.Rows, err)
	}
	// The month is approved with all its lines; a lock within it lets only what lies after go back.
	sheet := w.sheetAt(t, mia, "2026-12-01")
	if sheet, err = w.svc.Submit(mia, sheet.ID, sheet.Version); err != nil {
		t.Fatal(err)
	}
	if lines, err := w.svc.Approvals(boss, timesheets.SheetFilter{}, true); err != nil || len(lines) != 2 || lines[1].Until.String() != "2026-12-31" || lines[1].Seconds != 14*3600 {
		t.Errorf("what waits: %+v, %v", lines, err)
	}
	w.Clock.Set(noon("2027-01-04"))
	w.lock(t, "2026-12-15")
	back, err := w.svc.Recall(mia, sheet.ID, sheet.Version)
	if err != nil || back.State != timesheets.Draft {
		t.Fatalf("recalled: %+v, %v", back, err)
	}
	_, entries, _, err := w.svc.Sheet(mia, sheet.ID)
	for _, e := range entries {
		if want := e.Day.After(day.MustParse("2026-12-15")); (e.State == timesheets.Draft) != want {
			t.Errorf("%s after a lock through the 15th: %s", e.Day, e.State)
		}
	}
	if err != nil || len(entries) != 5 {
		t.Errorf("%d lines, %v", len(entries), err)
	}
}

func TestWhatWasHandedInKeepsItsDays(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Clock.Set(noon("2026-11-26"))
	mia, bea := w.member(), w.member()
	early := w.log(t, mia, "2026-12-02", 8)
	w.log(t, bea, "2026-12-02", 8)
	sheet := w.sheet(t, mia, early.SheetID)
	if _, err := w.svc.Submit(mia, sheet.ID, sheet.Version); err != nil {
		t.Fatal(err)
	}
	w.mustSetPeriod(t, timesheets.EveryMonth, "")
	for _, tt := range []struct {
		who            context.Context
		d, from, until string
	}{
		{mia, "2026-12-02", "2026-11-30", "2026-12-06"},
		{mia, "2026-12-07", "2026-12-07", "2026-12-31"},
		{mia, "2027-01-01", "2027-01-01", "2027-01-31"},
		{bea, "2026-12-02", "2026-12-01", "2026-12-31"},
		{bea, "2026-11-30", "2026-11-30", "2026-11-30"},
	} {
		s, err := w.svc.OpenWeek(tt.who, day.MustParse(tt.d))
		if err != nil || s.Week.String() != tt.from || s.Until.String() != tt.until {
			t.Errorf("%s: %s to %s, %v; want %s to %s", tt.d, s.Week, s.Until, err, tt.from, tt.until)
		}
	}
}

// Whatever is changed, handed in or logged, and when: each day is in one sheet, each entry in that of its day, and what was handed in keeps its days.
// BUREAU_TEST_ROUNDS makes it longer.
func TestEachDayIsInOneSheetAfterRandomChanges(t *testing.T) {
	t.Parallel()
	w := setup(t)
	rounds := 60
	if n, err := strconv.Atoi(os.Getenv("BUREAU_TEST_ROUNDS")); err == nil {
		rounds = n
	}
	seed := uint64(time.Now().UnixNano())
	dice := rand.New(rand.NewPCG(seed, 7)) // so that a failure can be run again
	people := []context.Context{w.member(), w.member()}
	now := day.MustParse("2026-01-07")
	w.Clock.Set(noon(now.String()))
	closed := map[string]timesheets.Sheet{}
	every := []string{timesheets.EveryWeek, timesheets.EveryHalfMonth, timesheets.EveryMonth}
	for round := range rounds {
		mia := people[dice.IntN(len(people))]
		d := now.AddDays(dice.IntN(75) - 25)
		switch dice.IntN(8) {
		case 0:
			from := ""
			if dice.IntN(3) > 0 {
				from = now.AddDays(dice.IntN(40)).String()
			}
			w.mustSetPeriod(t, every[dice.IntN(len(every))], from)
		case 1:
			w.calendar.WeekStart = time.Weekday(dice.IntN(7))
		case 2, 3:
			if s := w.sheetAt(t, mia, d.String()); s.ID != "" && s.Takes() {
				got, err := w.svc.Submit(mia, s.ID, s.Version)
				if err != nil {
					t.Fatalf("seed %d, round %d: %v", seed, round, err)
				}
				closed[got.ID] = got
			}
		case 4:
			now = now.AddDays(dice.IntN(9))
			w.Clock.Set(noon(now.String()))
		default:
			if w.sheetAt(t, mia, d.String()).Takes() {
				w.log(t, mia, d.String(), 0.25)
			}
		}
		w.checkSheets(t, people, closed, seed, round)
		if t.Failed() {
			return
		}
	}
}

func (w *world) checkSheets(t *testing.T, people []context.Context, closed map[string]timesheets.Sheet, seed uint64, round int) {
	t.Helper()
	for _, mia := range people {
		lines, err := w.svc.Sheets(mia, timesheets.SheetFilter{})
		if err != nil {
			t.Fatal(err)
		}
		in := map[day.Date]string{}
		for _, s := range lines {
			for d := range s.Days().Days() {
				if in[d] != "" {
					t.Errorf("seed %d, round %d: %s is in two sheets", seed, round, d)
				}
				in[d] = s.ID
			}
			if was, ok := closed[s.ID]; ok && (was.Week != s.Week || was.Until != s.Until) {
				t.Errorf("seed %d, round %d: the sheet of %s to %s that was handed in is now %s to %s", seed, round, was.Week, was.Until, s.Week, s.Until)
			}
		}
		entries, err := w.svc.List(mia, timesheets.Filter{MemberID: who(mia)})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if in[e.Day] != e.SheetID {
				t.Errorf("seed %d, round %d: the entry of %s is not in the sheet of its day", seed, round, e.Day)
			}
		}
	}
}

// sheetAt is the sheet of a day, without an id where there is none yet.
func (w *world) sheetAt(t *testing.T, ctx context.Context, d string) timesheets.Sheet {
	t.Helper()
	g, err := w.svc.Week(ctx, "", day.MustParse(d))
	if err != nil {
		t.Fatal(err)
	}
	return g.Sheet
}

// By months the list has months, and people are reminded of a month once it is over.
func TestMissingTimeGoesByPeriods(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Clock.Set(noon("2026-11-26"))
	mia := w.hire("Mia", "2026-01-01", "")
	w.mustSetPeriod(t, timesheets.EveryMonth, "")
	w.reminding(t, func(r *timesheets.Reminding) {
		r.Missing, r.Unsubmitted, r.Weekday, r.Minute = true, true, time.Monday, 9*60
	})
	for d := range (day.Range{From: day.MustParse("2026-11-23"), To: day.MustParse("2026-12-31")}).Days() {
		if wd := d.Weekday(); wd != time.Saturday && wd != time.Sunday && d != day.MustParse("2026-12-15") {
			w.log(t, mia, d.String(), 8)
		}
	}
	for _, tt := range []struct{ on, paragraph, path string }{
		{"2026-11-30", "Week of 23 November: It was not handed in.", "/time?date=2026-11-23"},
		{"2026-12-07", "30 November: It was not handed in.", "/time?date=2026-11-30"},
		{"2026-12-14", "", ""},
		{"2026-12-28", "", ""},
		{"2027-01-04", "December 2026: 8:00 hours are missing (Tue 15 December 8:00). It was not handed in.", "/time?date=2026-12-01"},
		{"2027-01-11", "", ""},
	} {
		w.Clock.Set(day.MustParse(tt.on).In(time.UTC).Add(8 * time.Hour)) // 9:00 in Berlin
		got := w.letters(t)[who(mia)]
		if (tt.paragraph == "") != (len(got.Paragraphs) == 0) || (tt.paragraph != "" && (got.Paragraphs[0] != tt.paragraph || got.Path != tt.path)) {
			t.Errorf("on %s: %+v, want %q", tt.on, got, tt.paragraph)
		}
	}
	for _, tt := range []struct {
		f            timesheets.MissingFilter
		columns      []string
		notSubmitted int
	}{
		{timesheets.MissingFilter{}, []string{"2026-12-01/2026-12-31 28800", "2027-01-01/2027-01-31 172800"}, 1},
		{timesheets.MissingFilter{From: day.MustParse("2026-12-02"), To: day.MustParse("2026-12-02"), By: timesheets.ByWeeks}, []string{"2026-11-30/2026-11-30 0", "2026-12-01/2026-12-06 0"}, 2},
		{timesheets.MissingFilter{From: day.MustParse("2026-12-15"), To: day.MustParse("2026-12-16"), By: timesheets.ByDays}, []string{"2026-12-15/2026-12-15 28800", "2026-12-16/2026-12-16 0"}, 1},
	} {
		got := w.missing(t, tt.f)[0]
		var columns []string
		for _, g := range got.Gaps {
			columns = append(columns, g.Days.From.String()+"/"+g.Days.To.String()+" "+strconv.FormatInt(g.Missing, 10))
		}
		if !slices.Equal(columns, tt.columns) || got.NotSubmitted != tt.notSubmitted {
			t.Errorf("%+v: %v, %d not handed in; want %v and %d", tt.f, columns, got.NotSubmitted, tt.columns, tt.notSubmitted)
		}
	}
}

// What nobody can log any more is listed apart, and nobody is reminded of it.
func TestClosedTimeIsMissedApart(t *testing.T) {
	t.Parallel()
	w := setup(t)
	mia, bea, ann := w.hire("Mia", "2026-01-01", ""), w.hire("Bea", "2026-01-01", ""), w.hire("Ann", "2026-01-01", "")
	for _, d := range []string{"2026-02-16", "2026-02-24", "2026-02-25", "2026-02-26", "2026-02-27"} {
		w.log(t, mia, d, 8)
	}
	e := w.log(t, bea, "2026-02-23", 15)
	sheet := w.sheet(t, bea, e.SheetID)
	sheet, err := w.svc.Submit(bea, sheet.ID, sheet.Version)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.ApproveSheet(w.manager(), sheet.ID, sheet.Version, ""); err != nil {
		t.Fatal(err)
	}
	w.lock(t, "2026-02-24")
	f := timesheets.MissingFilter{From: day.MustParse("2026-02-16"), To: day.MustParse("2026-03-01")}
	for _, tt := range []struct {
		name            string
		missing, closed int64 // hours of the last week
		notSubmitted    int
	}{
		{"Ann", 40, 16, 1}, // the week before is closed without any time: nobody can hand anything in
		{"Bea", 32, 32, 0}, // approved
		{"Mia", 8, 8, 2},   // Monday is closed; both weeks hold time
	} {
		for _, l := range w.missing(t, f) {
			if l.Name == tt.name && (l.Gaps[1].Missing != tt.missing*3600 || l.Gaps[1].Closed != tt.closed*3600 || l.NotSubmitted != tt.notSubmitted || l.Closed != l.Gaps[0].Closed+l.Gaps[1].Closed) {
				t.Errorf("%s: %+v, want %+v", tt.name, l, tt)
			}
		}
	}
	for show, want := range map[string]string{timesheets.ShowMissing: "Ann", timesheets.ShowClosed: "AnnBeaMia"} {
		f.Show = show
		got := ""
		for _, l := range w.missing(t, f) {
			got += l.Name
		}
		if got != want {
			t.Errorf("%s: %s, want %s", show, got, want)
		}
	}
	if n, err := w.svc.Remind(w.manager(), []string{who(mia), who(bea), who(ann)}, day.Range{From: f.From, To: f.To}); err != nil || n != 2 {
		t.Errorf("%d letters, %v; want none to Bea, for whom nothing is left to do", n, err)
	}
	letters := w.letters(t)
	if got := letters[who(mia)].Paragraphs; len(got) != 3 || got[1] != "Week of 16 February: It was not handed in." || got[2] != "Week of 23 February: It was not handed in." {
		t.Errorf("to Mia: %q", got)
	}
	if got := letters[who(ann)].Paragraphs; len(got) != 2 || got[1] != "Week of 23 February: 24:00 hours are missing (Wed 25 February 8:00, Thu 26 February 8:00, Fri 27 February 8:00). It was not handed in." {
		t.Errorf("to Ann: %q", got)
	}
}
