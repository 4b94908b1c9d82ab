package calendars

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

var _ timesheets.Suggester = &Service{}

// suggestion is an event that may have been work.
type suggestion struct {
	Event
	hidden bool
	work   *timesheets.Work // what was chosen for the series or the title before
}

// Knows implements timesheets.Suggester: its suggestions are named by their events.
func (s *Service) Knows(suggestionID string) bool { return uuid.Validate(suggestionID) == nil }

// SuggestTx implements timesheets.Suggester: events that are no entries yet, in their order.
func (s *Service) SuggestTx(ctx context.Context, tx *tenancy.Tx, q timesheets.Asked) ([]timesheets.Suggestion, error) {
	events, err := s.d.Store.Events(ctx, tx, q.MemberID, q.Days.From.In(q.Zone), q.Days.To.AddDays(1).In(q.Zone))
	if err != nil || len(events) == 0 {
		return nil, err
	}
	all, err := s.open(ctx, tx, q.MemberID, events, q)
	if err != nil {
		return nil, err
	}
	if err := s.propose(ctx, tx, q.MemberID, all); err != nil {
		return nil, err
	}
	out := make([]timesheets.Suggestion, len(all))
	for i, x := range all {
		out[i] = timesheets.Suggestion{
			ID: x.ID, Source: "calendar", Title: x.Title, Day: day.Of(x.From, q.Zone), StartedAt: &x.From, EndedAt: &x.To, Seconds: int64(x.To.Sub(x.From) / time.Second),
			Hidden: x.hidden, Work: x.work,
		}
	}
	return out, nil
}

// open leaves out what is an entry already: it was made one, or there is one from and to the very same moment. What is in two
// calendars comes once.
func (s *Service) open(ctx context.Context, tx *tenancy.Tx, memberID string, events []Event, q timesheets.Asked) ([]suggestion, error) {
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
	var out []suggestion
	seen := map[string]bool{}
	for _, e := range events {
		mark, marked := marks[e.Key]
		hidden := marked && mark.EntryID == ""
		if seen[e.Key] || entered[mark.EntryID] || taken[[2]int64{e.From.Unix(), e.To.Unix()}] || hidden && !q.Hidden {
			continue
		}
		seen[e.Key] = true
		out = append(out, suggestion{Event: e, hidden: hidden})
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
func (s *Service) propose(ctx context.Context, tx *tenancy.Tx, memberID string, all []suggestion) error {
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
			}
			w.ServiceID = c.ServiceID
			all[i].work = &w
			break
		}
	}
	return nil
}

// OffersTx implements timesheets.Suggester.
func (s *Service) OffersTx(ctx context.Context, tx *tenancy.Tx, memberID string, picks []timesheets.Pick) ([]timesheets.Offer, error) {
	events, err := s.named(ctx, tx, memberID, picks)
	if err != nil {
		return nil, err
	}
	marks, entered, err := s.marks(ctx, tx, memberID, events)
	if err != nil {
		return nil, err
	}
	all := make([]suggestion, len(events))
	for i, e := range events {
		all[i].Event = e
	}
	if err := s.propose(ctx, tx, memberID, all); err != nil {
		return nil, err
	}
	out := make([]timesheets.Offer, len(all))
	for i, x := range all {
		out[i] = timesheets.Offer{
			Pick: picks[i], Key: x.Key, Title: x.Title, Entry: timesheets.NewEntry{StartedAt: &x.From, EndedAt: &x.To, Note: x.Title}, Entered: entered[marks[x.Key].EntryID],
		}
		if x.work != nil {
			out[i].Work = timesheets.Row{ProjectID: x.work.ProjectID, TaskID: x.work.TaskID, ServiceID: x.work.ServiceID}
		}
	}
	return out, nil
}

// TookTx implements timesheets.Suggester: it remembers the work for their series and titles too.
func (s *Service) TookTx(ctx context.Context, tx *tenancy.Tx, memberID string, took []timesheets.Took) error {
	picks := make([]timesheets.Pick, len(took))
	for i, t := range took {
		picks[i] = t.Pick
	}
	events, err := s.named(ctx, tx, memberID, picks)
	if err != nil {
		return err
	}
	made := make([]Mark, len(took))
	subjects := map[timesheets.Row][]string{}
	for i, t := range took {
		made[i] = Mark{Key: t.Key, EntryID: t.EntryID, EndsAt: events[i].To}
		subjects[t.Work] = append(subjects[t.Work], events[i].subjects()...)
	}
	for w, of := range subjects {
		if err := s.d.Store.SaveChoices(ctx, tx, memberID, distinct(of), Choice{w.ProjectID, w.TaskID, w.ServiceID}, s.d.Now().UTC()); err != nil {
			return err
		}
	}
	return s.d.Store.SaveMarks(ctx, tx, memberID, made)
}

// named finds suggestions of a member, in the order in which they were named. Another's looks like none.
func (s *Service) named(ctx context.Context, tx *tenancy.Tx, memberID string, picks []timesheets.Pick) ([]Event, error) {
	if err := s.hold(ctx, tx, memberID); err != nil {
		return nil, err
	}
	ids := make([]string, len(picks))
	for i, p := range picks {
		ids[i] = p.ID
	}
	found, err := s.d.Store.EventsByIDs(ctx, tx, memberID, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Event, len(picks))
	for i, p := range picks {
		n := slices.IndexFunc(found, func(e Event) bool { return e.ID == p.ID })
		if n < 0 {
			return nil, p.Unknown()
		}
		out[i] = found[n]
	}
	return out, nil
}

// HideTx implements timesheets.Suggester.
func (s *Service) HideTx(ctx context.Context, tx *tenancy.Tx, memberID string, picks []timesheets.Pick, hidden bool) error {
	events, err := s.named(ctx, tx, memberID, picks)
	if err != nil {
		return err
	}
	marks, entered, err := s.marks(ctx, tx, memberID, events)
	if err != nil {
		return err
	}
	var keys []string
	var hide []Mark
	for _, e := range events {
		if !slices.Contains(keys, e.Key) && !entered[marks[e.Key].EntryID] {
			keys = append(keys, e.Key)
			hide = append(hide, Mark{Key: e.Key, EndsAt: e.To})
		}
	}
	if hidden {
		return s.d.Store.SaveMarks(ctx, tx, memberID, hide)
	}
	return s.d.Store.RemoveMarks(ctx, tx, memberID, keys)
}
