package timesheetshttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/timesheets"
)

// registerSuggestions declares what is done with the caller's own suggestions, wherever they come from.
func registerSuggestions(api *httpapi.API, h handlers) {
	const path = "/time-suggestions"
	httpapi.Handle(api, op("time-suggestions-list", http.MethodGet, path, "What may have been your work and is no time entry yet: events of your calendars, what you are booked for", timesheets.WriteOwn), h.suggestions)
	httpapi.Handle(api, creating(op("time-suggestions-take", http.MethodPost, path+"/take", "Make time entries of suggestions, all or none", timesheets.WriteOwn)), h.takeSuggestions)
	httpapi.Handle(api, empty(op("time-suggestions-hide", http.MethodPost, path+"/hide", "Do not suggest these any more", timesheets.WriteOwn)), h.hideSuggestions)
	httpapi.Handle(api, empty(op("time-suggestions-unhide", http.MethodPost, path+"/unhide", "Suggest hidden ones again", timesheets.WriteOwn)), h.unhideSuggestions)
}

// TimeSuggestionWork is the work that a booking names, or that was chosen for the event's series or title before.
type TimeSuggestionWork struct {
	ProjectID   string  `json:"project_id"`
	ProjectCode string  `json:"project_code"`
	ProjectName string  `json:"project_name"`
	ClientName  string  `json:"client_name"`
	TaskID      *string `json:"task_id"`
	TaskName    string  `json:"task_name"`
	ServiceID   *string `json:"service_id"`
}

// TimeSuggestionView is something that may have been work.
type TimeSuggestionView struct {
	ID        string              `json:"id"`
	Source    string              `json:"source" enum:"calendar,booking"`
	Title     string              `json:"title" doc:"Of the event; the note of the booking"`
	Day       day.Date            `json:"day"`
	StartedAt *time.Time          `json:"started_at" doc:"Null: it has no times, as bookings have none"`
	EndedAt   *time.Time          `json:"ended_at"`
	Seconds   int64               `json:"seconds" doc:"Of a booking, what is not logged yet"`
	Hidden    bool                `json:"hidden"`
	Work      *TimeSuggestionWork `json:"work,omitempty" doc:"Absent when nothing was chosen for it yet, or what was takes no more time"`
}

func toSuggestion(s timesheets.Suggestion) TimeSuggestionView {
	v := TimeSuggestionView{ID: s.ID, Source: s.Source, Title: s.Title, Day: s.Day, StartedAt: s.StartedAt, EndedAt: s.EndedAt, Seconds: s.Seconds, Hidden: s.Hidden}
	if w := s.Work; w != nil {
		v.Work = &TimeSuggestionWork{
			ProjectID: w.ProjectID, ProjectCode: w.ProjectCode, ProjectName: w.ProjectName, ClientName: w.ClientName, TaskID: null(w.TaskID), TaskName: w.TaskName, ServiceID: null(w.ServiceID),
		}
	}
	return v
}

// TimeSuggestionList holds all of some days, in their order.
type TimeSuggestionList struct {
	Items []TimeSuggestionView `json:"items"`
	Next  *string              `json:"next"`
}

// TimeSuggestionsTaking says what becomes of suggestions.
type TimeSuggestionsTaking struct {
	IDs       []string `json:"ids" minItems:"1" maxItems:"50" uniqueItems:"true"`
	ProjectID *string  `json:"project_id,omitempty" format:"uuid" doc:"Of all of them; left out: each goes to its own work"`
	TaskID    *string  `json:"task_id,omitempty" format:"uuid"`
	ServiceID *string  `json:"service_id,omitempty" format:"uuid" doc:"The task's when left out"`
	Zone      string   `json:"zone,omitempty" maxLength:"60" doc:"IANA time zone of the person; the agency's when left out"`
	Note      *string  `json:"note,omitempty" maxLength:"2000" doc:"The titles of events when left out"`
	Billable  *bool    `json:"billable,omitempty" doc:"What the project, the task and the service say when left out"`
}

// TimeSuggestionTaken is the entry that a suggestion became.
type TimeSuggestionTaken struct {
	ID       string   `json:"id" doc:"Of the suggestion"`
	EntryID  string   `json:"time_entry_id"`
	Day      day.Date `json:"day"`
	Warnings []string `json:"warnings" doc:"overlap: it meets another entry"`
}

// TimeSuggestionsTaken are all of them.
type TimeSuggestionsTaken struct {
	Items []TimeSuggestionTaken `json:"items"`
	Next  *string               `json:"next"`
}

// TimeSuggestionIDs name suggestions.
type TimeSuggestionIDs struct {
	IDs []string `json:"ids" minItems:"1" maxItems:"50" uniqueItems:"true"`
}

type suggestionsIn struct {
	From   day.Date `query:"from" doc:"First day; 13 days before the last one when left out"`
	To     day.Date `query:"to" doc:"Last day, 43 days at most; today when left out"`
	Zone   string   `query:"zone" maxLength:"60" doc:"IANA time zone whose clock decides the days; the agency's when left out"`
	Hidden bool     `query:"hidden" doc:"Those that were hidden too"`
}

func (h handlers) suggestions(ctx context.Context, in *suggestionsIn) (*struct{ Body TimeSuggestionList }, error) {
	all, err := h.svc.Suggestions(ctx, timesheets.SuggestionQuery{Days: day.Range{From: in.From, To: in.To}, Zone: in.Zone, Hidden: in.Hidden})
	if err != nil {
		return nil, err
	}
	out := TimeSuggestionList{Items: make([]TimeSuggestionView, len(all))}
	for i, s := range all {
		out.Items[i] = toSuggestion(s)
	}
	return &struct{ Body TimeSuggestionList }{out}, nil
}

func (h handlers) takeSuggestions(ctx context.Context, in *struct{ Body TimeSuggestionsTaking }) (*struct{ Body TimeSuggestionsTaken }, error) {
	b := in.Body
	taken, err := h.svc.TakeSuggestions(ctx, timesheets.Taking{
		IDs: b.IDs, Work: timesheets.Row{ProjectID: text(b.ProjectID), TaskID: text(b.TaskID), ServiceID: text(b.ServiceID)}, Zone: b.Zone, Note: b.Note, Billing: b.Billable,
	})
	if err != nil {
		return nil, err
	}
	out := TimeSuggestionsTaken{Items: make([]TimeSuggestionTaken, len(taken))}
	for i, t := range taken {
		v := TimeSuggestionTaken{ID: t.SuggestionID, EntryID: t.Entry.ID, Day: t.Entry.Day, Warnings: []string{}}
		for _, w := range t.Warnings {
			v.Warnings = append(v.Warnings, w.Code)
		}
		out.Items[i] = v
	}
	return &struct{ Body TimeSuggestionsTaken }{out}, nil
}

func (h handlers) hideSuggestions(ctx context.Context, in *struct{ Body TimeSuggestionIDs }) (*struct{}, error) {
	return nil, h.svc.HideSuggestions(ctx, in.Body.IDs, true)
}

func (h handlers) unhideSuggestions(ctx context.Context, in *struct{ Body TimeSuggestionIDs }) (*struct{}, error) {
	return nil, h.svc.HideSuggestions(ctx, in.Body.IDs, false)
}
