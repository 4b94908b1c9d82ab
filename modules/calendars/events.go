package calendars

import "github.com/bureauhq/bureau/app/kit/event"

// FeedChanged is published when a calendar was added, removed or fetched with another result.
type FeedChanged struct {
	Feed   string `json:"feed"`
	Member string `json:"member"`
}

func (FeedChanged) EventName() string { return "calendars.feed_changed.v1" }

// Trace says whose pages show the calendar.
func (e FeedChanged) Trace() event.Trace {
	return event.Trace{Entity: "calendar_feed", EntityID: e.Feed, MemberID: e.Member}
}
