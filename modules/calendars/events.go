package calendars

import "github.com/bureauhq/bureau/app/kit/event"

// FeedChanged is published when a calendar was added, removed or fetched with another result.
type FeedChanged struct {
	Feed   string `json:"feed"`
	Member string `json:"member"`
}

// SuggestionsChanged is published when somebody hid suggestions or took them back.
type SuggestionsChanged struct {
	Member string `json:"member"`
}

func (FeedChanged) EventName() string        { return "calendars.feed_changed.v1" }
func (SuggestionsChanged) EventName() string { return "calendars.suggestions_changed.v1" }

// Trace says whose pages show the calendar.
func (e FeedChanged) Trace() event.Trace {
	return event.Trace{Entity: "calendar_feed", EntityID: e.Feed, MemberID: e.Member}
}

// Trace says whose pages show the suggestions.
func (e SuggestionsChanged) Trace() event.Trace {
	return event.Trace{Entity: "member", EntityID: e.Member, MemberID: e.Member}
}
