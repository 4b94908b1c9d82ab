package calendars

import (
	"net/url"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/fault"
)

const (
	maxFeeds   = 5 // of one person
	maxAddress = 2000

	// RefreshTime is how often a feed is fetched.
	RefreshTime = time.Hour
	// restTime lies at least between two fetches of a feed, however often somebody asks.
	restTime = 10 * time.Second
	// expandTime is how old the expansion of a feed that did not change may get: days come into sight by themselves.
	expandTime = 12 * time.Hour

	daysBack, daysAhead = 35, 7
)

var (
	ErrOff        = fault.Define(fault.Unavailable, "calendars.off", "Calendars are not set up on this installation.")
	ErrNoFeed     = fault.Define(fault.NotFound, "calendars.feed_not_found", "This calendar does not exist.")
	ErrFeedTwice  = fault.Define(fault.Conflict, "calendars.feed_twice", "You have this calendar already.").At("body.address", "is there already")
	ErrManyFeeds  = fault.Define(fault.Conflict, "calendars.too_many_feeds", "You have five calendars already. Remove one first.").At("body.address", "would be the sixth")
	ErrBadAddress = fault.Define(fault.Invalid, "calendars.bad_address", "This is no address of a calendar.").At("body.address", "must be an address such as https://calendar.example.com/private/basic.ics")
)

// Why a feed could not be read. What cannot be reached is told in one way, whatever the reason: nobody shall learn from
// here what there is on the inside.
var (
	ErrUnreachable = broken("unreachable", "cannot be reached: there is no such public machine, or it does not answer")
	ErrPlain       = broken("plain", "must begin with https:// or webcal://")
	ErrRedirects   = broken("redirects", "leads from one address to the next without an end")
	ErrSlow        = broken("slow", "did not answer within 10 seconds")
	ErrDenied      = broken("denied", "needs a sign-in: take the secret or published address of the calendar")
	ErrGone        = broken("gone", "leads to nothing: it may have been reset or unpublished")
	ErrRefused     = broken("refused", "answers with an error")
	ErrTooLarge    = broken("too_large", "has more than 5 MB")
	ErrNotCalendar = broken("not_calendar", "is not a calendar in the format ICS")
	ErrTooMany     = broken("too_many", "has more than 2,000 events in six weeks, or rules that take too long to follow")
	ErrSealed      = broken("sealed", "has to be entered again: remove this calendar and add it anew")
)

var problems = map[string]*fault.Error{}

func broken(code, text string) *fault.Error {
	e := fault.Define(fault.Invalid, "calendars."+code, "This calendar cannot be read.").At("body.address", text)
	problems[code] = e
	return e
}

// Feed is the address of a calendar that a person gave, and how it went with it.
type Feed struct {
	ID, MemberID string
	Host         string // the part of the address that may be shown
	Name         string // what the calendar calls itself
	Address      []byte // sealed
	ETag         string
	Modified     string
	Problem      string     // code; empty: the last fetch went well
	FetchedAt    time.Time  // the last try
	ReadAt       *time.Time // when the events were last worked out
	NextAt       time.Time
	Events       int // in the window
	Skipped      int // that could not be read
	Failures     int // in a row
	CreatedAt    time.Time
}

// ProblemText says to a person what is wrong with the feed; empty when nothing is.
func (f Feed) ProblemText() string {
	if e := problems[f.Problem]; e != nil {
		return "The address " + e.Fields[0].Text + "."
	}
	return ""
}

// next is when a feed is fetched again: later and later while it fails, a day at most.
func (f Feed) next(now time.Time) time.Time {
	wait := RefreshTime << min(f.Failures, 5)
	return now.Add(min(wait, 24*time.Hour)).Truncate(time.Second)
}

// ParseAddress reads what a person pasted. webcal:// is what calendars call https://.
func ParseAddress(s string) (*url.URL, error) {
	s = strings.TrimSpace(s)
	if len(s) > maxAddress {
		return nil, ErrBadAddress
	}
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.User != nil {
		return nil, ErrBadAddress
	}
	switch strings.ToLower(u.Scheme) {
	case "webcal", "webcals", "https":
		u.Scheme = "https"
	case "http":
	default:
		return nil, ErrBadAddress
	}
	u.Fragment = ""
	return u, nil
}
