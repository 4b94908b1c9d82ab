// Package calendarshttp puts people's own calendars on the web.
package calendarshttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/calendars"
	"github.com/bureauhq/bureau/modules/timesheets"
)

// Service is the part of calendars.Service that the web uses.
type Service interface {
	MyFeeds(context.Context) ([]calendars.Feed, error)
	AddFeed(ctx context.Context, address string) (calendars.Feed, error)
	Refresh(ctx context.Context, feedID string) (calendars.Feed, error)
	RemoveFeed(ctx context.Context, feedID string) error

	Suggestions(context.Context, calendars.Query) ([]calendars.Suggestion, calendars.Standing, error)
	Take(context.Context, calendars.Taking) ([]calendars.Taken, error)
	Hide(ctx context.Context, ids []string) error
	Unhide(ctx context.Context, ids []string) error
}

type handlers struct{ svc Service }

// Register declares the operations. All of them are about the caller's own calendars.
func Register(api *httpapi.API, svc Service) {
	h := handlers{svc}
	const feeds, suggestions = "/calendar-feeds", "/calendar-events"
	httpapi.Handle(api, op("calendar-feeds-list", http.MethodGet, feeds, "Your calendars"), h.list)
	add := op("calendar-feeds-create", http.MethodPost, feeds, "Add a calendar by the address of its ICS feed")
	add.Status, add.Idempotent = http.StatusCreated, true
	httpapi.Handle(api, add, h.add)
	httpapi.Handle(api, op("calendar-feeds-refresh", http.MethodPost, feeds+"/{id}/refresh", "Fetch a calendar of yours now"), h.refresh)
	httpapi.Handle(api, empty(op("calendar-feeds-remove", http.MethodDelete, feeds+"/{id}", "Remove a calendar of yours, with its events")), h.remove)

	httpapi.Handle(api, op("calendar-events-list", http.MethodGet, suggestions, "Events of your calendars that are no time entries yet"), h.suggestions)
	take := op("calendar-events-take", http.MethodPost, suggestions+"/take", "Make time entries of suggestions, all or none")
	take.Status, take.Idempotent = http.StatusCreated, true
	httpapi.Handle(api, take, h.take)
	httpapi.Handle(api, empty(op("calendar-events-hide", http.MethodPost, suggestions+"/hide", "Do not suggest these events any more")), h.hide)
	httpapi.Handle(api, empty(op("calendar-events-unhide", http.MethodPost, suggestions+"/unhide", "Suggest hidden events again")), h.unhide)
}

func op(id, method, path, summary string) httpapi.Op {
	return httpapi.Op{ID: id, Tag: "time", Method: method, Path: "/api/v1" + path, Summary: summary, Need: timesheets.WriteOwn}
}

func empty(o httpapi.Op) httpapi.Op {
	o.Status = http.StatusNoContent
	return o
}

// CalendarFeedView is a calendar of the caller's. Its address is not shown again.
type CalendarFeedView struct {
	ID          string     `json:"id"`
	Host        string     `json:"host" doc:"The part of the address that is shown"`
	Name        string     `json:"name" doc:"What the calendar calls itself"`
	State       string     `json:"state" enum:"ok,failing"`
	Problem     string     `json:"problem" doc:"What is wrong with it, in a sentence; empty when nothing is"`
	FetchedAt   time.Time  `json:"fetched_at" doc:"The last try"`
	ReadAt      *time.Time `json:"read_at" doc:"When its events were last worked out"`
	NextFetchAt time.Time  `json:"next_fetch_at"`
	Events      int        `json:"events" doc:"From five weeks ago to a week from then"`
	Skipped     int        `json:"skipped" doc:"Events that could not be read"`
	CreatedAt   time.Time  `json:"created_at"`
}

func toFeed(f calendars.Feed) CalendarFeedView {
	v := CalendarFeedView{
		ID: f.ID, Host: f.Host, Name: f.Name, State: "ok", Problem: f.ProblemText(), FetchedAt: f.FetchedAt, ReadAt: f.ReadAt, NextFetchAt: f.NextAt, Events: f.Events, Skipped: f.Skipped,
		CreatedAt: f.CreatedAt,
	}
	if f.Problem != "" {
		v.State = "failing"
	}
	return v
}

// CalendarFeedList holds all of them; there are five at most.
type CalendarFeedList struct {
	Items []CalendarFeedView `json:"items"`
	Next  *string            `json:"next"`
}

// NewCalendarFeed is the address of a calendar.
type NewCalendarFeed struct {
	Address string `json:"address" minLength:"1" maxLength:"2000" example:"https://calendar.example.com/private/basic.ics" doc:"Of the ICS feed: https:// or webcal://. Kept encrypted, and never shown again"`
}

// TimeSuggestionWork is the work that was chosen for the event's series or title before.
type TimeSuggestionWork struct {
	ProjectID   string  `json:"project_id"`
	ProjectCode string  `json:"project_code"`
	ProjectName string  `json:"project_name"`
	ClientName  string  `json:"client_name"`
	TaskID      *string `json:"task_id"`
	TaskName    string  `json:"task_name"`
	ServiceID   *string `json:"service_id"`
}

// TimeSuggestionView is an event that may have been work.
type TimeSuggestionView struct {
	ID        string              `json:"id"`
	FeedID    string              `json:"feed_id"`
	Title     string              `json:"title"`
	Day       day.Date            `json:"day"`
	StartedAt time.Time           `json:"started_at"`
	EndedAt   time.Time           `json:"ended_at"`
	Seconds   int64               `json:"seconds"`
	Hidden    bool                `json:"hidden"`
	Work      *TimeSuggestionWork `json:"work,omitempty" doc:"Absent when nothing was chosen for it yet, or what was takes no more time"`
}

func toSuggestion(s calendars.Suggestion) TimeSuggestionView {
	v := TimeSuggestionView{ID: s.ID, FeedID: s.FeedID, Title: s.Title, Day: s.Day, StartedAt: s.From, EndedAt: s.To, Seconds: s.Seconds(), Hidden: s.Hidden}
	if w := s.Work; w != nil {
		v.Work = &TimeSuggestionWork{
			ProjectID: w.ProjectID, ProjectCode: w.ProjectCode, ProjectName: w.ProjectName, ClientName: w.ClientName, TaskID: null(s.Choice.TaskID), TaskName: w.TaskName, ServiceID: null(s.Choice.ServiceID),
		}
	}
	return v
}

// TimeSuggestionList holds all of some days, in their order.
type TimeSuggestionList struct {
	Items   []TimeSuggestionView `json:"items"`
	Next    *string              `json:"next"`
	Feeds   int                  `json:"feeds" doc:"How many calendars you have"`
	Failing int                  `json:"failing" doc:"How many of them could not be fetched"`
}

// TimeSuggestionsTaking says what becomes of suggestions.
type TimeSuggestionsTaking struct {
	IDs       []string `json:"ids" minItems:"1" maxItems:"50" uniqueItems:"true" format:"uuid"`
	ProjectID string   `json:"project_id" format:"uuid"`
	TaskID    *string  `json:"task_id,omitempty" format:"uuid"`
	ServiceID *string  `json:"service_id,omitempty" format:"uuid" doc:"The task's when left out"`
	Zone      string   `json:"zone,omitempty" maxLength:"60" doc:"IANA time zone of the person; the agency's when left out"`
	Note      *string  `json:"note,omitempty" maxLength:"2000" doc:"Their titles when left out"`
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
	IDs []string `json:"ids" minItems:"1" maxItems:"50" uniqueItems:"true" format:"uuid"`
}

func null(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
