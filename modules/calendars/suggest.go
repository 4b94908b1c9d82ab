package calendars

import (
	"context"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

const maxDays = daysBack + daysAhead + 1

// ErrBadDays refuses days that are none, or too many.
var ErrBadDays = fault.Define(fault.Invalid, "calendars.bad_days", "These days cannot be shown.").At("query.to", "must be within 43 days of the first one, and not before it")

// Suggestion is an event that may have been work.
type Suggestion struct {
	Event
	Day    day.Date // by the clock of the zone that was asked for
	Hidden bool
	Work   *timesheets.Work // what was chosen for the series or the title before
	Choice Choice
}

// Seconds is how long it lasts.
func (s Suggestion) Seconds() int64 { return int64(s.To.Sub(s.From) / time.Second) }

// Standing is how it is with the caller's calendars.
type Standing struct{ Feeds, Failing int }

// Suggestions are the events of some days that are no entries yet, in their order.
func (s *Service) Suggestions(ctx context.Context, q Query) (out []Suggestion, st Standing, err error) {
	me := mine(ctx)
	if me == "" {
		return nil, st, nil
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		zone, err := s.zone(ctx, tx, q.Zone)
		if err != nil {
			return err
		}
		if q.Days = lately(q.Days, day.Of(s.d.Now(), zone)); !q.Days.Valid() || q.Days.Len() > maxDays {
			return ErrBadDays
		}
		feeds, err := s.d.Store.Feeds(ctx, tx, me)
		if err != nil || len(feeds) == 0 {
			return err
		}
		st.Feeds = len(feeds)
		for _, f := range feeds {
			if f.Problem != "" {
				st.Failing++
			}
		}
		events, err := s.d.Store.Events(ctx, tx, me, q.Days.From.In(zone), q.Days.To.AddDays(1).In(zone))
		if err != nil || len(events) == 0 {
			return err
		}
		if out, err = s.open(ctx, tx, me, events, q); err != nil {
			return err
		}
		for i := range out {
			out[i].Day = day.Of(out[i].From, zone)
		}
		return s.propose(ctx, tx, me, out)
	})
	return out, st, err
}

// lately fills in the days that were not said: two weeks up to today.
func lately(r day.Range, today day.Date) day.Range {
	if r.To.IsZero() {
		r.To = today
	}
	if r.From.IsZero() {
		r.From = r.To.AddDays(-13)
	}
	return r
}

func (s *Service) zone(ctx context.Context, tx *tenancy.Tx, name string) (*time.Location, error) {
	if name == "" {
		c, err := s.d.Agency.CalendarTx(ctx, tx)
		if err != nil {
			return nil, err
		}
		name = c.Zone
	}
	return timesheets.ParseZone(name)
}

// open leaves out what is an entry already: it was made one, or there is one from and to the very same moment. What is in two
// calendars comes once.
func (s *Service) open(ctx context.Context, tx *tenancy.Tx, memberID string, events []Event, q Query) ([]Suggestion, error) {
	marks, entered, err := s.marks(ctx, tx, memberID, events)
	if err != nil {
		return nil, err
	}
	timed, err := s.d.Time.TimedTx(ctx, tx, memberID, day.Range{From: q.Days.From.AddDays(-1), To: q.Days.To.AddDays(1)})
	if err != nil {
		return nil, err
	}
	taken := map[[2]int64]bool{}
	for _, e := range timed {
		taken[[2]int64{e.StartedAt.Unix(), e.EndedAt.Unix()}] = true
	}
	var out []Suggestion
	seen := map[string]bool{}
	for _, e := range events {
		mark, marked := marks[e.Key]
		hidden := marked && mark.EntryID == ""
		if seen[e.Key] || entered[mark.EntryID] || taken[[2]int64{e.From.Unix(), e.To.Unix()}] || hidden && !q.Hidden {
			continue
		}
		seen[e.Key] = true
		out = append(out, Suggestion{Event: e, Hidden: hidden})
	}
	return out, nil
}

// marks are what became of events, and which of their entries are still there.
func (s *Service) marks(ctx context.Context, tx *tenancy.Tx, memberID string, events []Event) (map[string]Mark, map[string]bool, error) {
	keys := make([]string, len(events))
	for i, e := range events {
		keys[i] = e.Key
	}
	marks, err := s.d.Store.Marks(ctx, tx, memberID, distinct(keys))
	if err != nil {
		return nil, nil, err
	}
	var ids []string
	for _, m := range marks {
		ids = append(ids, m.EntryID)
	}
	there, err := s.d.Time.ThereTx(ctx, tx, distinct(ids))
	return marks, there, err
}

// propose fills in the work that was chosen before: for the series, or else for the title. What takes no more time is not proposed.
func (s *Service) propose(ctx context.Context, tx *tenancy.Tx, memberID string, all []Suggestion) error {
	var subjects []string
	for _, x := range all {
		subjects = append(subjects, x.subjects()...)
	}
	choices, err := s.d.Store.Choices(ctx, tx, memberID, distinct(subjects))
	if err != nil || len(choices) == 0 {
		return err
	}
	var projects, tasks []string
	for _, c := range choices {
		projects, tasks = append(projects, c.ProjectID), append(tasks, c.TaskID)
	}
	works, names, err := s.d.Works.NamesTx(ctx, tx, distinct(projects), distinct(tasks))
	if err != nil {
		return err
	}
	for i := range all {
		for _, subject := range all[i].subjects() {
			c, ok := choices[subject]
			w := works[c.ProjectID]
			if !ok || !w.Open {
				continue
			}
			if name := names[c.TaskID]; name != "" {
				w.TaskID, w.TaskName = c.TaskID, name
			} else {
				c.TaskID = ""
			}
			all[i].Work, all[i].Choice = &w, c
			break
		}
	}
	return nil
}
