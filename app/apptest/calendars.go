package apptest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/bureauhq/bureau/modules/calendars"
	"github.com/bureauhq/bureau/modules/calendars/calendarsfeed"
)

// CalendarHost is where tests find calendars; a server on this machine answers for it.
const CalendarHost = "calendar.example.com"

// Calendars fetches as the application does, but for the way to CalendarHost.
type Calendars struct {
	calendarsfeed.Feeds
	server *httptest.Server
	mu     sync.Mutex
	pages  map[string]http.HandlerFunc
}

func newCalendars() *Calendars {
	c := &Calendars{Feeds: calendarsfeed.New(true), pages: map[string]http.HandlerFunc{"/private/basic.ics": usual, "/private/owners.ics": usual}}
	c.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		page := c.pages[r.URL.Path]
		c.mu.Unlock()
		if page == nil {
			page = http.NotFound
		}
		page(w, r)
	}))
	return c
}

// usual is a calendar with a meeting on every day of the last three weeks.
func usual(w http.ResponseWriter, _ *http.Request) {
	from := time.Now().UTC().AddDate(0, 0, -21).Format("20060102")
	_, _ = w.Write(ICS("UID:daily@example.com", "SUMMARY:Daily", "DTSTART:"+from+"T020000Z", "DURATION:PT10M", "RRULE:FREQ=DAILY;COUNT=20"))
}

// ICS is a calendar of one event.
func ICS(event ...string) []byte {
	return []byte("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + strings.Join(event, "\r\n") + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
}

// Serve answers for a path of CalendarHost.
func (c *Calendars) Serve(path string, page http.HandlerFunc) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pages[path] = page
}

// Fetch takes the short way to CalendarHost.
func (c *Calendars) Fetch(ctx context.Context, r calendars.Request) (calendars.Answer, error) {
	if r.Address.Host == CalendarHost {
		u := *r.Address
		u.Scheme, u.Host = "http", strings.TrimPrefix(c.server.URL, "http://")
		r.Address = &u
	}
	return c.Feeds.Fetch(ctx, r)
}

var _ calendars.Feeds = &Calendars{}

// CalendarURL is the address of a path of CalendarHost.
func CalendarURL(path string) string {
	return (&url.URL{Scheme: "https", Host: CalendarHost, Path: path}).String()
}
