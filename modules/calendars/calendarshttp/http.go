// Package calendarshttp puts people's own calendars on the web.
package calendarshttp

import (
	"context"
	"net/http"
	"time"

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
}

type handlers struct{ svc Service }

// Register declares the operations. All of them are about the caller's own calendars.
func Register(api *httpapi.API, svc Service) {
	h := handlers{svc}
	const feeds = "/calendar-feeds"
	httpapi.Handle(api, op("calendar-feeds-list", http.MethodGet, feeds, "Your calendars"), h.list)
	add := op("calendar-feeds-create", http.MethodPost, feeds, "Add a calendar by the address of its ICS feed")
	add.Status, add.Idempotent = http.StatusCreated, true
	httpapi.Handle(api, add, h.add)
	httpapi.Handle(api, op("calendar-feeds-refresh", http.MethodPost, feeds+"/{id}/refresh", "Fetch a calendar of yours now"), h.refresh)
	httpapi.Handle(api, empty(op("calendar-feeds-remove", http.MethodDelete, feeds+"/{id}", "Remove a calendar of yours, with its events")), h.remove)
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
