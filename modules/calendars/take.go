package calendars

import (
	"context"
	"fmt"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

var (
	ErrNoSuggestion = fault.Define(fault.Invalid, "calendars.no_suggestion", "There is no such suggestion.")
	ErrEntered      = fault.Define(fault.Conflict, "calendars.entered", "This event is in your time already.")
)

// Taking is what becomes of suggestions: time on some work.
type Taking struct {
	IDs     []string
	Choice  Choice
	Zone    string  // of the person; the agency's when empty
	Note    *string // instead of their titles
	Billing *bool   // nil for what the project, the task and the service say
}

// Taken is an entry that a suggestion became.
type Taken struct {
	SuggestionID string
	Entry        timesheets.Entry
	Warnings     []timesheets.Warning
}

// Take makes entries of suggestions of the caller, all or none, and remembers the work for their series and titles.
func (s *Service) Take(ctx context.Context, t Taking) (out []Taken, err error) {
	me := mine(ctx)
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out = nil
		events, err := s.named(ctx, tx, me, t.IDs)
		if err != nil {
			return err
		}
		marks, entered, err := s.marks(ctx, tx, me, events)
		if err != nil {
			return err
		}
		log, err := s.d.Time.LoggerTx(ctx, tx)
		if err != nil {
			return err
		}
		fresh := map[string]bool{}
		var made []Mark
		var subjects []string
		for i, e := range events {
			if entered[marks[e.Key].EntryID] {
				return ErrEntered.At(fmt.Sprintf("body.ids.%d", i), "is in your time already")
			}
			if fresh[e.Key] {
				continue // the same one, from another calendar
			}
			fresh[e.Key] = true
			entry, warnings, err := log(ctx, t.entry(e))
			if err != nil {
				return blame(err, i, e)
			}
			out = append(out, Taken{t.IDs[i], entry, warnings})
			made = append(made, Mark{Key: e.Key, EntryID: entry.ID, EndsAt: e.To})
			subjects = append(subjects, e.subjects()...)
		}
		if err := s.d.Store.SaveMarks(ctx, tx, me, made); err != nil {
			return err
		}
		if err := s.d.Store.SaveChoices(ctx, tx, me, distinct(subjects), t.Choice, s.d.Now().UTC()); err != nil {
			return err
		}
		return s.d.Bus.Publish(ctx, tx, SuggestionsChanged{me})
	})
	return out, err
}

func (t Taking) entry(e Event) timesheets.NewEntry {
	n := timesheets.NewEntry{
		ProjectID: t.Choice.ProjectID, TaskID: t.Choice.TaskID, ServiceID: t.Choice.ServiceID, StartedAt: &e.From, EndedAt: &e.To, Zone: t.Zone, Note: e.Title, Billable: t.Billing,
	}
	if t.Note != nil {
		n.Note = *t.Note
	}
	return n
}

// blame says of which event the rules of time do not let an entry be made. What is wrong with the work stays where it is.
func blame(err error, i int, e Event) error {
	f, refused := fault.Refusal(err)
	if !refused {
		return err
	}
	mine := *f
	mine.Fields = nil
	for _, field := range f.Fields {
		switch field.Path {
		case "body.project_id", "body.task_id", "body.service_id", "body.note", "body.zone":
			mine.Fields = append(mine.Fields, field)
		}
	}
	if len(mine.Fields) > 0 {
		return &mine
	}
	text := "cannot be added"
	if len(f.Fields) > 0 {
		text = f.Fields[0].Text
	}
	mine.Text = title(e) + ": " + f.Text
	return mine.At(fmt.Sprintf("body.ids.%d", i), text)
}

func title(e Event) string {
	if e.Title == "" {
		return "(no title)"
	}
	return e.Title
}

// named finds suggestions of the caller, in the order in which they were named. Another's looks like none.
func (s *Service) named(ctx context.Context, tx *tenancy.Tx, memberID string, ids []string) ([]Event, error) {
	if err := s.hold(ctx, tx, memberID); err != nil {
		return nil, err
	}
	found, err := s.d.Store.EventsByIDs(ctx, tx, memberID, ids)
	if err != nil {
		return nil, err
	}
	by := make(map[string]Event, len(found))
	for _, e := range found {
		by[e.ID] = e
	}
	out := make([]Event, len(ids))
	for i, id := range ids {
		e, ok := by[id]
		if !ok {
			return nil, ErrNoSuggestion.At(fmt.Sprintf("body.ids.%d", i), "is no suggestion of yours, or not any more")
		}
		out[i] = e
	}
	return out, nil
}

type hiddenRecord struct {
	Events int `json:"events"`
}

// Hide lets suggestions of the caller not be shown any more. What is an entry stays one.
func (s *Service) Hide(ctx context.Context, ids []string) error {
	return s.mark(ctx, ids, "calendars.suggestions_hidden", func(ctx context.Context, tx *tenancy.Tx, me string, events []Event) error {
		marks, entered, err := s.marks(ctx, tx, me, events)
		if err != nil {
			return err
		}
		var hidden []Mark
		seen := map[string]bool{}
		for _, e := range events {
			if !entered[marks[e.Key].EntryID] && !seen[e.Key] {
				seen[e.Key] = true
				hidden = append(hidden, Mark{Key: e.Key, EndsAt: e.To})
			}
		}
		return s.d.Store.SaveMarks(ctx, tx, me, hidden)
	})
}

// Unhide shows them again.
func (s *Service) Unhide(ctx context.Context, ids []string) error {
	return s.mark(ctx, ids, "calendars.suggestions_unhidden", func(ctx context.Context, tx *tenancy.Tx, me string, events []Event) error {
		keys := make([]string, len(events))
		for i, e := range events {
			keys[i] = e.Key
		}
		return s.d.Store.RemoveMarks(ctx, tx, me, distinct(keys))
	})
}

func (s *Service) mark(ctx context.Context, ids []string, action string, do func(context.Context, *tenancy.Tx, string, []Event) error) error {
	me := mine(ctx)
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		events, err := s.named(ctx, tx, me, ids)
		if err != nil {
			return err
		}
		if err := do(ctx, tx, me, events); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, audit.Change{Action: action, Entity: "member", EntityID: me, After: hiddenRecord{len(events)}}); err != nil {
			return err
		}
		return s.d.Bus.Publish(ctx, tx, SuggestionsChanged{me})
	})
}
