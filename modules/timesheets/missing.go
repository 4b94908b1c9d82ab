package timesheets

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/modules/people"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrBadStretch refuses days that cannot be looked at together.
var ErrBadStretch = fault.Define(fault.Invalid, "timesheets.bad_stretch", "These days cannot be looked at together.")

// How the list of missing time is cut.
const (
	ByWeeks = "week"
	ByDays  = "day"
)

// What the list of missing time is narrowed to.
const (
	ShowMissing      = "missing"
	ShowNotSubmitted = "not_submitted"
	ShowWaiting      = "waiting"
)

const (
	maxMissingWeeks = 13
	maxMissingDays  = 31
	missingBatch    = 200 // people whose time is looked at together
)

// MissingStore answers for many people at once.
type MissingStore interface {
	// LoggedOn adds up what members logged on each day.
	LoggedOn(ctx context.Context, tx *tenancy.Tx, memberIDs []string, r day.Range) (map[string]map[day.Date]int64, error)
}

// MissingFilter says whose missing time is wanted. Zero fields do not narrow.
type MissingFilter struct {
	From, To            day.Date // whole weeks are taken; the last four when there are none
	By                  string   // weeks or days
	MemberID, ManagerID string   // a person, or those who report to one
	Show                string
	Limit               int      // 0 for all
	After               []string // name in lower case and id
}

// Gap is what was expected of somebody in some days, and what they logged. Only days that are over count.
type Gap struct {
	Days                      day.Range
	Expected, Logged, Missing int64
	PerDay                    map[day.Date]int64 // what is missing, day by day
	SheetID, State            string             // of its week; no id: never opened
	Due                       bool               // its week is over, has something in it or wants it, and was not handed in
}

// MissingLine is one person's time, stretch by stretch.
type MissingLine struct {
	people.Employed

	Expected, Logged, Missing int64
	Gaps                      []Gap
	NotSubmitted, Waiting     int // weeks
}

func (l MissingLine) key() []string { return []string{strings.ToLower(l.Name), l.ID} }

// shown tells whether the line is among what was asked for.
func (f MissingFilter) shown(l MissingLine) bool {
	switch f.Show {
	case ShowMissing:
		return l.Missing > 0
	case ShowNotSubmitted:
		return l.NotSubmitted > 0
	case ShowWaiting:
		return l.Waiting > 0
	}
	return true
}

// stretch makes whole weeks of what was asked for, and refuses more than can be shown.
func (f MissingFilter) stretch(c conditions) (MissingFilter, error) {
	first := c.calendar.WeekStart
	switch {
	case f.From.IsZero() && f.To.IsZero():
		f.To = WeekOf(c.today, first).AddDays(6)
		f.From = WeekOf(c.today, first).AddDays(-21)
	case f.From.IsZero():
		f.From = f.To.AddDays(-27)
	case f.To.IsZero():
		f.To = f.From.AddDays(27)
	}
	if f.To.Before(f.From) {
		return f, ErrBadStretch.At("query.to", "must not be before the first day")
	}
	if f.By == ByDays {
		if f.To.Sub(f.From) >= maxMissingDays {
			return f, ErrBadStretch.At("query.to", "must be within 31 days of the first day")
		}
		return f, nil
	}
	f.From, f.To = WeekOf(f.From, first), WeekOf(f.To, first).AddDays(6)
	if f.To.Sub(f.From) >= maxMissingWeeks*7 {
		return f, ErrBadStretch.At("query.to", "must be within 13 weeks of the first day")
	}
	return f, nil
}

// periods are the columns of the list.
func (f MissingFilter) periods() (out []day.Range) {
	long := 7
	if f.By == ByDays {
		long = 1
	}
	for d := f.From; !d.After(f.To); d = d.AddDays(long) {
		out = append(out, day.Range{From: d, To: d.AddDays(long - 1)})
	}
	return out
}

// MissingTime lists people with what they were expected to log and did not, by name.
func (s *Service) MissingTime(ctx context.Context, f MissingFilter) (lines []MissingLine, stretch []day.Range, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.readConditions(ctx, tx, false)
		if err != nil {
			return err
		}
		if f, err = f.stretch(c); err != nil {
			return err
		}
		stretch = f.periods()
		lines, err = s.missingTx(ctx, tx, c, f)
		return err
	})
	return lines, stretch, err
}

// MyMissingTime is what the caller has not logged or handed in of the last weeks.
func (s *Service) MyMissingTime(ctx context.Context) (line MissingLine, err error) {
	lines, _, err := s.MissingTime(ctx, MissingFilter{MemberID: access.From(ctx).MemberID})
	if err == nil && len(lines) > 0 {
		line = lines[0]
	}
	return line, err
}

func (s *Service) missingTx(ctx context.Context, tx *tenancy.Tx, c conditions, f MissingFilter) (out []MissingLine, err error) {
	roster, err := s.rosterTx(ctx, tx, f)
	if err != nil {
		return nil, err
	}
	for some := range slices.Chunk(roster, missingBatch) {
		lines, err := s.gaps(ctx, tx, c, some, f)
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			if f.shown(l) {
				out = append(out, l)
			}
		}
		if f.Limit > 0 && len(out) >= f.Limit {
			return out[:f.Limit], nil
		}
	}
	return out, nil
}

// rosterTx are the people who are meant, by name, but for those who were not employed on any of the days.
func (s *Service) rosterTx(ctx context.Context, tx *tenancy.Tx, f MissingFilter) ([]people.Employed, error) {
	roster, err := s.d.Schedules.EmployedTx(ctx, tx)
	if err != nil {
		return nil, err
	}
	var team []string
	if f.ManagerID != "" {
		if team, err = s.d.Lines.ReportsTx(ctx, tx, []string{f.ManagerID}); err != nil {
			return nil, err
		}
	}
	roster = slices.DeleteFunc(roster, func(p people.Employed) bool {
		_, there := p.Within(day.Range{From: f.From, To: f.To})
		return !there || (f.MemberID != "" && p.ID != f.MemberID) || (f.ManagerID != "" && !slices.Contains(team, p.ID))
	})
	slices.SortFunc(roster, func(a, b people.Employed) int {
		return slices.Compare(MissingLine{Employed: a}.key(), MissingLine{Employed: b}.key())
	})
	if len(f.After) == 2 {
		roster = slices.DeleteFunc(roster, func(p people.Employed) bool { return slices.Compare(MissingLine{Employed: p}.key(), f.After) <= 0 })
	}
	return roster, nil
}

// gaps asks three questions, however many people and days there are.
func (s *Service) gaps(ctx context.Context, tx *tenancy.Tx, c conditions, roster []people.Employed, f MissingFilter) ([]MissingLine, error) {
	ids := make([]string, len(roster))
	for i, p := range roster {
		ids[i] = p.ID
	}
	r := day.Range{From: WeekOf(f.From, c.calendar.WeekStart), To: WeekOf(f.To, c.calendar.WeekStart).AddDays(6)}
	expected, err := s.d.Schedules.ExpectedTx(ctx, tx, ids, r.From, r.To)
	if err != nil {
		return nil, err
	}
	logged, err := s.d.Store.LoggedOn(ctx, tx, ids, r)
	if err != nil {
		return nil, err
	}
	sheets, err := s.d.Store.Sheets(ctx, tx, SheetFilter{MemberIDs: ids, From: r.From, To: r.To})
	if err != nil {
		return nil, err
	}
	weeks := make(map[weekOf]Sheet, len(sheets))
	for _, sheet := range sheets {
		weeks[weekOf{sheet.MemberID, sheet.Week}] = sheet
	}
	out := make([]MissingLine, len(roster))
	for i, p := range roster {
		out[i] = MissingLine{Employed: p}
		w := weeker{c: c, person: p, expected: expected[p.ID], logged: logged[p.ID], sheets: weeks}
		seen := map[day.Date]bool{}
		for _, days := range f.periods() {
			g := w.gap(days)
			out[i].Expected, out[i].Logged, out[i].Missing = out[i].Expected+g.Expected, out[i].Logged+g.Logged, out[i].Missing+g.Missing
			if week := WeekOf(days.From, c.calendar.WeekStart); !seen[week] {
				seen[week] = true
				out[i].NotSubmitted += tally(g.Due)
				out[i].Waiting += tally(g.State == Submitted)
			}
			out[i].Gaps = append(out[i].Gaps, g)
		}
	}
	return out, nil
}

func tally(is bool) int {
	if is {
		return 1
	}
	return 0
}

// weeker compares what one person logged with what was expected.
type weeker struct {
	c        conditions
	person   people.Employed
	expected map[day.Date]time.Duration
	logged   map[day.Date]int64
	sheets   map[weekOf]Sheet
}

// gap looks at some days of one week.
func (w weeker) gap(days day.Range) Gap {
	g := Gap{Days: days, State: Draft, PerDay: map[day.Date]int64{}}
	g.Expected, g.Logged = w.add(days, g.PerDay)
	for _, missing := range g.PerDay {
		g.Missing += missing
	}
	week := WeekOf(days.From, w.c.calendar.WeekStart)
	if sheet, ok := w.sheets[weekOf{w.person.ID, week}]; ok {
		g.SheetID, g.State = sheet.ID, sheet.State
	}
	whole := day.Range{From: week, To: week.AddDays(6)}
	expected, logged := w.add(whole, nil)
	g.Due = whole.To.Before(w.c.today) && (g.State == Draft || g.State == Rejected) && expected+logged > 0
	return g
}

// add sums the days that are over, and those of them on which the person was employed (rules 41 and 66).
func (w weeker) add(days day.Range, missing map[day.Date]int64) (expected, logged int64) {
	for d := range days.Days() {
		if !d.Before(w.c.today) {
			break
		}
		logged += w.logged[d]
		if _, employed := w.person.Within(day.Range{From: d, To: d}); !employed {
			continue
		}
		want := int64(w.expected[d] / time.Second)
		expected += want
		if gap := want - w.logged[d]; gap > 0 && missing != nil {
			missing[d] = gap
		}
	}
	return expected, logged
}

// sortedDays are the days on which something is missing, in order.
func (g Gap) sortedDays() []day.Date {
	days := make([]day.Date, 0, len(g.PerDay))
	for d := range g.PerDay {
		days = append(days, d)
	}
	slices.SortFunc(days, day.Date.Compare)
	return days
}

// MissingKey is where a line is in the list.
func MissingKey(l MissingLine) []string { return l.key() }
