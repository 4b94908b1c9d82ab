package timesheets_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/people"
	"github.com/bureauhq/bureau/modules/timesheets"
)

// hire puts somebody on the roster who logs time.
func (w *world) hire(name, from, to string) context.Context {
	ctx := w.As(access.Actor{Name: name}, timesheets.WriteOwn)
	p := people.Employed{ID: access.From(ctx).MemberID, Name: name, From: day.MustParse(from), Active: to == ""}
	if to != "" {
		p.To = day.MustParse(to)
	}
	w.roster = append(w.roster, p)
	return ctx
}

func (w *world) missing(t *testing.T, f timesheets.MissingFilter) []timesheets.MissingLine {
	t.Helper()
	lines, _, err := w.svc.MissingTime(w.manager(), f)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func lastWeek() timesheets.MissingFilter {
	return timesheets.MissingFilter{From: day.MustParse("2026-02-23"), To: day.MustParse("2026-03-01")}
}

func TestRule41_MissingTimeIsExpectedLessLoggedPerDay(t *testing.T) {
	t.Parallel()
	w := setup(t)
	mia := w.hire("Mia", "2026-01-01", "")
	w.off = map[day.Date]bool{day.MustParse("2026-02-26"): true} // a holiday or leave
	w.log(t, mia, "2026-02-23", 8)
	w.log(t, mia, "2026-02-24", 10)
	w.log(t, mia, "2026-02-25", 4)
	w.log(t, mia, "2026-02-28", 2)
	got := w.missing(t, lastWeek())
	if len(got) != 1 || got[0].Expected != 32*3600 || got[0].Logged != 24*3600 || got[0].Missing != 12*3600 || got[0].NotSubmitted != 1 || len(got[0].Gaps) != 1 || got[0].Gaps[0].State != timesheets.Draft {
		t.Fatalf("%+v; want 32 expected, 24 logged, and 4 + 8 missing on Wednesday and Friday", got)
	}
	days := w.missing(t, timesheets.MissingFilter{From: day.MustParse("2026-02-23"), To: day.MustParse("2026-03-01"), By: timesheets.ByDays})
	want := []int64{0, 0, 4, 0, 8, 0, 0}
	for i, g := range days[0].Gaps {
		if g.Missing != want[i]*3600 {
			t.Errorf("%s: %d missing, want %d h", g.Days.From, g.Missing, want[i])
		}
	}
	if days[0].NotSubmitted != 1 {
		t.Errorf("a week counts once, also by days: %+v", days[0])
	}
	// Today, Monday 2 March, is not over: nothing of it is missing.
	if now := w.missing(t, timesheets.MissingFilter{From: day.MustParse("2026-03-02")})[0].Gaps[0]; now.Expected != 0 || now.Missing != 0 || now.Due {
		t.Errorf("the week that runs: %+v", now)
	}
}

// By both choices the same is missing; what is expected differs by what the holiday fills. Thursday is half a holiday, Friday a whole one.
func TestHolidaysLowerTheTargetOrFillIt(t *testing.T) {
	t.Parallel()
	w := setup(t)
	mia := w.hire("Mia", "2026-01-01", "")
	w.holiday = map[day.Date]time.Duration{day.MustParse("2026-02-26"): 1, day.MustParse("2026-02-27"): 2}
	for d, hours := range map[string]float64{"2026-02-23": 8, "2026-02-24": 10, "2026-02-25": 4, "2026-02-26": 3, "2026-02-27": 1} {
		w.log(t, mia, d, hours)
	}
	look := func(h timesheets.Holidays, expected, filled int64) {
		t.Helper()
		l := w.missing(t, lastWeek())[0]
		if l.Expected != expected*3600 || l.Filled != filled*3600 || l.Logged != 26*3600 || l.Missing != 5*3600 {
			t.Errorf("%s: %+v; want %d expected, %d filled, 26 logged, 4 + 1 missing", h, l, expected, filled)
		}
		g, err := w.svc.Week(w.manager(), l.ID, day.MustParse("2026-02-26"))
		if err != nil {
			t.Fatal(err)
		}
		part := g.Parts[0]
		if part.Expected != expected*3600 || part.Filled != filled*3600 || part.Missing[day.MustParse("2026-02-26")] != 3600 || part.Missing[day.MustParse("2026-02-27")] != 0 {
			t.Errorf("%s, the week: %+v", h, part)
		}
	}
	look("as it is at first", 28, 0)
	for version, h := range []timesheets.Holidays{timesheets.FillTarget, timesheets.LowerTarget} {
		if _, err := w.svc.ChangeSettings(w.Ctx, version+1, timesheets.SettingsChange{Holidays: &h}); err != nil {
			t.Fatal(err)
		}
		if h == timesheets.FillTarget {
			look(h, 40, 12)
		} else {
			look(h, 28, 0)
		}
	}
	wrong := timesheets.Holidays("ignore")
	_, err := w.svc.ChangeSettings(w.Ctx, 3, timesheets.SettingsChange{Holidays: &wrong})
	if f := fault.From(err).Fields; len(f) != 1 || f[0].Path != "body.holidays" {
		t.Errorf("another choice: %v", err)
	}
}

func TestRule66_JoinersAndLeaversCountOnlyDaysEmployed(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.hire("Ann Joins Thursday", "2026-02-26", "")
	w.hire("Bob Left Monday", "2020-01-01", "2026-02-23")
	w.hire("Cid Is To Come", "2026-03-09", "")
	w.hire("Dan Left Long Ago", "2020-01-01", "2025-12-31")
	got := w.missing(t, lastWeek())
	if len(got) != 2 || got[0].Missing != 16*3600 || got[1].Missing != 8*3600 || got[1].Active {
		t.Errorf("%+v; want 16 hours of Ann and 8 of Bob", got)
	}
}

func TestMissingTimeIsFilteredAndPaged(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ann, bea, cid := w.hire("ann", "2026-01-01", ""), w.hire("Bea", "2026-01-01", ""), w.hire("Cid", "2026-01-01", "")
	for _, d := range []string{"2026-02-23", "2026-02-24", "2026-02-25", "2026-02-26", "2026-02-27"} {
		w.log(t, ann, d, 8)
		w.log(t, bea, d, 8)
	}
	e := w.log(t, bea, "2026-02-28", 1)
	sheet := w.sheet(t, bea, e.SheetID)
	if _, err := w.svc.Submit(bea, sheet.ID, sheet.Version); err != nil {
		t.Fatal(err)
	}
	names := func(f timesheets.MissingFilter) (out string) {
		for _, l := range w.missing(t, f) {
			out += l.Name + " "
		}
		return out
	}
	boss := w.Owner.MemberID
	w.managers[access.From(cid).MemberID] = boss
	for want, change := range map[string]func(*timesheets.MissingFilter){
		"ann Bea Cid ": func(*timesheets.MissingFilter) {},
		"Cid ":         func(f *timesheets.MissingFilter) { f.Show = timesheets.ShowMissing },
		"ann Cid ":     func(f *timesheets.MissingFilter) { f.Show = timesheets.ShowNotSubmitted },
		"Bea ":         func(f *timesheets.MissingFilter) { f.Show = timesheets.ShowWaiting },
		"ann ":         func(f *timesheets.MissingFilter) { f.Limit = 1 },
		"Bea Cid ": func(f *timesheets.MissingFilter) {
			f.After = []string{"ann", access.From(ann).MemberID}
		},
	} {
		f := lastWeek()
		if change(&f); names(f) != want {
			t.Errorf("%+v: %q, want %q", f, names(f), want)
		}
	}
	f := lastWeek()
	if f.ManagerID = boss; names(f) != "Cid " {
		t.Errorf("a team: %q", names(f))
	}
	mine, err := w.svc.MyMissingTime(cid)
	if err != nil || mine.Name != "Cid" || len(mine.Gaps) != 4 || mine.NotSubmitted != 3 || mine.Missing != 3*40*3600 {
		t.Errorf("one's own last four weeks: %+v, %v", mine, err)
	}
	for field, bad := range map[string]timesheets.MissingFilter{
		"must be within half a year of the first day": {From: day.MustParse("2026-01-01"), To: day.MustParse("2026-12-31")},
		"must be within 13 weeks of the first day":    {From: day.MustParse("2026-01-01"), To: day.MustParse("2026-06-30"), By: timesheets.ByWeeks},
		"must be within 31 days of the first day":     {From: day.MustParse("2026-01-01"), To: day.MustParse("2026-03-01"), By: timesheets.ByDays},
		"must not be before the first day":            {From: day.MustParse("2026-03-01"), To: day.MustParse("2026-01-01")},
	} {
		_, _, err := w.svc.MissingTime(w.manager(), bad)
		if f := fault.From(err); f == nil || f.Fields[0].Path != "query.to" || f.Fields[0].Text != field {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// told empties the letters that went out, by member.
func (w *world) letters(t *testing.T) map[string]timesheets.Notice {
	t.Helper()
	w.Work(t)
	w.mu.Lock()
	defer w.mu.Unlock()
	out := map[string]timesheets.Notice{}
	for _, n := range w.told {
		if _, twice := out[n.MemberID]; twice {
			t.Errorf("two letters to one person: %+v", w.told)
		}
		out[n.MemberID] = n
	}
	w.told = nil
	return out
}

func (w *world) reminding(t *testing.T, change func(*timesheets.Reminding)) timesheets.Reminding {
	t.Helper()
	r, err := w.svc.Reminding(w.Ctx)
	if err != nil {
		t.Fatal(err)
	}
	change(&r)
	if r, err = w.svc.SetReminding(w.Ctx, r); err != nil {
		t.Fatal(err)
	}
	return r
}

func who(ctx context.Context) string { return access.From(ctx).MemberID }

func TestRemindersGoOutOnceAPersonAndPeriod(t *testing.T) {
	t.Parallel()
	w := setup(t)
	mia, bea := w.hire("Mia", "2026-01-01", ""), w.hire("Bea", "2026-01-01", "")
	away, optedOut := w.hire("Away", "2026-01-01", ""), w.hire("Out", "2026-01-01", "")
	half := w.hire("Half", "2026-01-01", "")
	w.hire("To Come", "2026-06-01", "")
	w.hire("Left", "2020-01-01", "2026-03-06")
	w.onLeave = map[string]bool{who(away): true}
	for _, c := range []struct {
		ctx    context.Context
		choice timesheets.ReminderChoice
	}{{optedOut, timesheets.ReminderChoice{NoMissing: true, NoUnsubmitted: true}}, {half, timesheets.ReminderChoice{NoMissing: true}}} {
		if err := w.svc.SetMyReminders(c.ctx, c.choice); err != nil {
			t.Fatal(err)
		}
	}
	r := w.reminding(t, func(r *timesheets.Reminding) {
		r.Missing, r.Unsubmitted, r.Weekday, r.Minute = true, true, time.Monday, 9*60
	})
	if want := time.Date(2026, 3, 9, 8, 0, 0, 0, time.UTC); r.RunsAt == nil || !r.RunsAt.Equal(want) {
		t.Fatalf("the first round is at %v, want 9:00 in Berlin next Monday", r.RunsAt)
	}
	if got := w.letters(t); len(got) != 0 {
		t.Fatalf("this morning is not caught up with: %+v", got)
	}
	for _, d := range []string{"2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06"} {
		w.log(t, bea, d, 8)
	}
	w.log(t, mia, "2026-03-02", 8)
	w.log(t, mia, "2026-03-03", 5)

	w.Clock.Set(time.Date(2026, 3, 9, 8, 0, 0, 0, time.UTC))
	got := w.letters(t)
	if len(got) != 3 {
		t.Fatalf("%d letters, want to Mia, Bea and Half: %+v", len(got), got)
	}
	says := strings.Join(got[who(mia)].Paragraphs, "\n")
	if !strings.Contains(says, "Week of 2 March: 27:00 hours are missing (Tue 3 March 3:00, Wed 4 March 8:00, Thu 5 March 8:00, Fri 6 March 8:00). It was not handed in.") ||
		got[who(mia)].Path != "/time?date=2026-03-02" || got[who(mia)].Subject != "Your time of the week of 2 March" {
		t.Errorf("to Mia: %+v", got[who(mia)])
	}
	for _, ctx := range []context.Context{bea, half} {
		if says := got[who(ctx)].Paragraphs[0]; says != "Week of 2 March: It was not handed in." {
			t.Errorf("to who is only late: %q", says)
		}
	}
	// However often it runs: moved by half an hour it comes by again, about the same week.
	w.reminding(t, func(r *timesheets.Reminding) { r.Minute = 9*60 + 30 })
	w.onLeave = nil
	w.Clock.Set(time.Date(2026, 3, 9, 8, 30, 0, 0, time.UTC))
	if got := w.letters(t); len(got) != 1 || got[who(away)].MemberID == "" {
		t.Errorf("a second round of the same week: %+v; want only who was away in the first", got)
	}
	w.Clock.Set(time.Date(2026, 3, 16, 8, 30, 0, 0, time.UTC))
	if got := w.letters(t); len(got) != 4 || !strings.Contains(got[who(mia)].Paragraphs[0], "Week of 9 March") {
		t.Errorf("the next week: %+v", got)
	}
	w.reminding(t, func(r *timesheets.Reminding) { r.Missing, r.Unsubmitted = false, false })
	w.Clock.Advance(14 * 24 * time.Hour)
	if got := w.letters(t); len(got) != 0 {
		t.Errorf("reminders are off: %+v", got)
	}
}

func TestRemindersFollowEachPersonsClock(t *testing.T) {
	t.Parallel()
	w := setup(t)
	berlin, newYork := w.hire("Berta", "2026-01-01", ""), w.hire("Nick", "2026-01-01", "")
	if _, _, err := w.svc.Log(newYork, timesheets.NewEntry{ProjectID: w.website, Day: day.MustParse("2026-03-02"), Seconds: hours(1), Zone: "America/New_York"}); err != nil {
		t.Fatal(err)
	}
	w.Clock.Set(time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)) // 9:00 is over, in New York too
	w.reminding(t, func(r *timesheets.Reminding) { r.Missing, r.Clock = true, timesheets.PersonClock })
	w.Clock.Set(time.Date(2026, 3, 9, 8, 0, 0, 0, time.UTC)) // 9:00 in Berlin
	if got := w.letters(t); len(got) != 1 || got[who(berlin)].MemberID == "" {
		t.Errorf("at 9:00 in Berlin: %+v", got)
	}
	w.Clock.Set(time.Date(2026, 3, 9, 13, 0, 0, 0, time.UTC)) // 9:00 in New York, whose clocks went forward the day before
	if got := w.letters(t); len(got) != 1 || got[who(newYork)].MemberID == "" {
		t.Errorf("at 9:00 in New York: %+v", got)
	}
}

func TestALetterIsOnlyAboutWhatIsStillMissing(t *testing.T) {
	t.Parallel()
	w := setup(t)
	mia, bea := w.hire("Mia", "2026-01-01", ""), w.hire("Bea", "2026-01-01", "")
	for _, d := range []string{"2026-02-23", "2026-02-24", "2026-02-25", "2026-02-26", "2026-02-27"} {
		w.log(t, bea, d, 8)
	}
	e := w.log(t, bea, "2026-02-28", 1)
	sheet := w.sheet(t, bea, e.SheetID)
	if _, err := w.svc.Submit(bea, sheet.ID, sheet.Version); err != nil {
		t.Fatal(err)
	}
	f := lastWeek()
	ask := func(ids ...string) (int, error) {
		return w.svc.Remind(w.manager(), ids, day.Range{From: f.From, To: f.To})
	}
	if n, err := ask(who(mia), who(bea), who(mia)); err != nil || n != 1 {
		t.Fatalf("%d letters, %v; want one to Mia: Bea has done it all", n, err)
	}
	if got := w.letters(t); len(got) != 1 || !strings.Contains(got[who(mia)].Paragraphs[1], "40:00 hours are missing") {
		t.Errorf("%+v", got)
	}
	if _, err := ask(who(mia)); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{"2026-02-23", "2026-02-24", "2026-02-25", "2026-02-26", "2026-02-27"} {
		e = w.log(t, mia, d, 8)
	}
	sheet = w.sheet(t, mia, e.SheetID)
	if _, err := w.svc.Submit(mia, sheet.ID, sheet.Version); err != nil {
		t.Fatal(err)
	}
	if got := w.letters(t); len(got) != 0 {
		t.Errorf("done before the letter went out: %+v", got)
	}
	if _, err := w.svc.Remind(w.manager(), []string{id.New()}, day.Range{From: f.To, To: f.From}); fault.From(err).Fields[0].Path != "body.to" {
		t.Errorf("days the wrong way round: %v", err)
	}
}
