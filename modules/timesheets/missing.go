package timesheets

import (
	"context"
	"slices"
	"strings"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/modules/people"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrBadStretch refuses days that cannot be looked at together.
var ErrBadStretch = fault.Define(fault.Invalid, "timesheets.bad_stretch", "These days cannot be looked at together.")

// How the list of missing time is cut: by what is handed in together, or finer.
const (
	ByPeriods = "period"
	ByWeeks   = "week"
	ByDays    = "day"
)

// What the list of missing time is narrowed to.
const (
	ShowMissing      = "missing"
	ShowNotSubmitted = "not_submitted"
	ShowWaiting      = "waiting"
	ShowClosed       = "closed"
)

const (
	maxMissingWeeks = 13
	maxMissingDays  = 31
	maxMissingLong  = 190 // days, by periods
	missingBatch    = 200 // people whose time is looked at together
)

// MissingStore answers for many people at once.
type MissingStore interface {
	// LoggedOn adds up what members logged on each day.
	LoggedOn(ctx context.Context, tx *tenancy.Tx, memberIDs []string, r day.Range) (map[string]map[day.Date]int64, error)
}

// MissingFilter says whose missing time is wanted. Zero fields do not narrow.
type MissingFilter struct {
	From, To            day.Date // whole periods or weeks are taken; those of the last four weeks when there are none
	By                  string   // periods when empty
	MemberID, ManagerID string   // a person, or those who report to one
	Show                string
	Limit               int      // 0 for all
	After               []string // name in lower case and id
}

// Gap is what was expected of somebody in some days, and what they logged. Only days that are over count.
type Gap struct {
	Days                      day.Range
	Expected, Logged, Missing int64
	Filled                    int64              // what of Expected holidays fill
	Closed                    int64              // what of it nobody can log any more: its day is closed, or approved
	PerDay                    map[day.Date]int64 // what is missing and can still be logged, day by day
	SheetID, State            string             // of the sheet with most to do; no id: never opened
	Due                       bool               // a sheet is over, has something in it or wants it, and was not handed in
}

// open is what is missing and can still be logged.
func (g Gap) open() int64 { return g.Missing - g.Closed }

// MissingLine is one person's time, stretch by stretch.
type MissingLine struct {
	people.Employed

	Expected, Filled, Logged, Missing, Closed int64
	Gaps                                      []Gap
	NotSubmitted, Waiting                     int // sheets
}

func (l MissingLine) open() int64 { return l.Missing - l.Closed }

func (l MissingLine) key() []string { return []string{strings.ToLower(l.Name), l.ID} }

// shown tells whether the line is among what was asked for.
func (f MissingFilter) shown(l MissingLine) bool {
	switch f.Show {
	case ShowMissing:
		return l.open() > 0
	case ShowClosed:
		return l.Closed > 0
	case ShowNotSubmitted:
		return l.NotSubmitted > 0
	case ShowWaiting:
		return l.Waiting > 0
	}
	return true
}

// stretch makes whole periods or weeks of what was asked for, and refuses more than can be shown.
func (f MissingFilter) stretch(c conditions) (MissingFilter, error) {
	first := c.calendar.WeekStart
	switch week := c.today.Week(first); {
	case f.From.IsZero() && f.To.IsZero() && f.byPeriods():
		f.From, f.To = c.lately()
	case f.From.IsZero() && f.To.IsZero():
		f.From, f.To = week.From.AddDays(-21), week.To
	case f.From.IsZero():
		f.From = f.To.AddDays(-27)
	case f.To.IsZero():
		f.To = f.From.AddDays(27)
	}
	if f.To.Before(f.From) {
		return f, ErrBadStretch.At("query.to", "must not be before the first day")
	}
	most := ""
	switch long := f.To.Sub(f.From); {
	case f.By == ByDays && long >= maxMissingDays:
		most = "31 days"
	case f.By == ByDays:
	case f.By == ByWeeks:
		if f.From, f.To = WeekOf(f.From, first), WeekOf(f.To, first).AddDays(6); f.To.Sub(f.From) >= maxMissingWeeks*7 {
			most = "13 weeks"
		}
	case long >= maxMissingLong:
		most = "half a year"
	default:
		r := c.around(day.Range{From: f.From, To: f.To})
		f.From, f.To = r.From, r.To
	}
	if most != "" {
		return f, ErrBadStretch.At("query.to", "must be within "+most+" of the first day")
	}
	return f, nil
}

func (f MissingFilter) byPeriods() bool { return f.By == "" || f.By == ByPeriods }

// lately are the periods of the last four weeks, and two of them at least.
func (c conditions) lately() (from, to day.Date) {
	r := c.period(c.today)
	for n := 1; n < 2 || r.Len() < 28; n++ {
		r.From = c.period(r.From.AddDays(-1)).From
	}
	return r.From, r.To
}

// columns are those of the list. None has days of two periods.
func (f MissingFilter) columns(c conditions) (out []day.Range) {
	for d := f.From; !d.After(f.To); d = out[len(out)-1].To.AddDays(1) {
		r := c.period(d)
		switch f.By {
		case ByDays:
			r.To = d
		case ByWeeks:
			r.To = earlier(r.To, d.Week(c.calendar.WeekStart).To)
		}
		out = append(out, day.Range{From: d, To: earlier(r.To, f.To)})
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
		stretch = f.columns(c)
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
	asked := day.Range{From: f.From, To: f.To}
	there, err := s.sheetsOver(ctx, tx, c, ids, asked)
	if err != nil {
		return nil, err
	}
	r := c.around(asked)
	for _, sheet := range there {
		r.From, r.To = earlier(r.From, sheet.Week), later(r.To, sheet.Until)
	}
	targets, err := s.targets(ctx, tx, c.settings.Holidays, ids, r)
	if err != nil {
		return nil, err
	}
	logged, err := s.d.Store.LoggedOn(ctx, tx, ids, r)
	if err != nil {
		return nil, err
	}
	sheets, columns := byMember(there), f.columns(c)
	out := make([]MissingLine, len(roster))
	for i, p := range roster {
		l := comparison{c: c, person: p, targets: targets[p.ID], logged: logged[p.ID]}
		l.sheets = c.parts(p.ID, asked, sheets[p.ID])
		out[i] = l.line(columns)
	}
	return out, nil
}

func tally(is bool) int {
	if is {
		return 1
	}
	return 0
}

// comparison compares what one person logged with what was expected.
type comparison struct {
	c       conditions
	person  people.Employed
	targets Targets
	logged  map[day.Date]int64
	sheets  []Sheet // of all days that are looked at
}

func (w comparison) line(columns []day.Range) MissingLine {
	out := MissingLine{Employed: w.person}
	for _, s := range w.sheets {
		out.NotSubmitted += tally(w.due(s))
		out.Waiting += tally(s.State == Submitted)
	}
	for _, days := range columns {
		g := w.gap(days)
		out.Expected, out.Filled, out.Logged, out.Missing, out.Closed = out.Expected+g.Expected, out.Filled+g.Filled, out.Logged+g.Logged, out.Missing+g.Missing, out.Closed+g.Closed
		out.Gaps = append(out.Gaps, g)
	}
	return out
}

// due tells whether a sheet should have been handed in. One that is closed without any time is not: nobody can do anything about it any more.
func (w comparison) due(s Sheet) bool {
	if !s.Until.Before(w.c.today) || !s.Takes() {
		return false
	}
	want, logged := w.add(s.Days(), nil)
	return logged > 0 || (want.Expected > want.Filled && !w.c.settings.Lock.Locks(s.Until))
}

// gap looks at some days.
func (w comparison) gap(days day.Range) Gap {
	g := Gap{Days: days, State: Draft, PerDay: map[day.Date]int64{}}
	want, logged := w.add(days, g.PerDay)
	g.Expected, g.Filled, g.Logged = want.Expected, want.Filled, logged
	most := -1
	for _, s := range w.sheets {
		if s.Until.Before(days.From) || s.Week.After(days.To) {
			continue
		}
		if todo := slices.Index([]string{Approved, Submitted, Draft, Rejected}, s.State); todo > most {
			most, g.SheetID, g.State = todo, s.ID, s.State
		}
		g.Due = g.Due || w.due(s)
	}
	for d, missing := range g.PerDay {
		if g.Missing += missing; w.closed(d) {
			g.Closed += missing
			delete(g.PerDay, d)
		}
	}
	return g
}

// closed tells whether nothing can be logged on a day any more.
func (w comparison) closed(d day.Date) bool {
	return w.c.settings.Lock.Locks(d) || slices.ContainsFunc(w.sheets, func(s Sheet) bool { return s.State == Approved && s.Has(d) })
}

// add sums the days that are over, and those of them on which the person was employed (rules 41 and 66).
func (w comparison) add(days day.Range, missing map[day.Date]int64) (want Target, logged int64) {
	for d := range days.Days() {
		if !d.Before(w.c.today) {
			break
		}
		logged += w.logged[d]
		if _, employed := w.person.Within(day.Range{From: d, To: d}); !employed {
			continue
		}
		t := w.targets[d]
		want.Expected, want.Filled = want.Expected+t.Expected, want.Filled+t.Filled
		if gap := t.missing(w.logged[d]); gap > 0 && missing != nil {
			missing[d] = gap
		}
	}
	return want, logged
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
