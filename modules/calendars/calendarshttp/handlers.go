package calendarshttp

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/calendars"
)

type (
	feedListOut struct{ Body CalendarFeedList }
	feedOut     struct{ Body CalendarFeedView }
	newFeedIn   struct{ Body NewCalendarFeed }
	idIn        struct {
		ID string `path:"id" format:"uuid"`
	}
	suggestionsIn struct {
		From   day.Date `query:"from" doc:"First day; 13 days before the last one when left out"`
		To     day.Date `query:"to" doc:"Last day, 43 days at most; today when left out"`
		Zone   string   `query:"zone" maxLength:"60" doc:"IANA time zone whose clock decides the days; the agency's when left out"`
		Hidden bool     `query:"hidden" doc:"Those that were hidden too"`
	}
	suggestionsOut struct{ Body TimeSuggestionList }
	takingIn       struct{ Body TimeSuggestionsTaking }
	takenOut       struct{ Body TimeSuggestionsTaken }
	idsIn          struct{ Body TimeSuggestionIDs }
	nothing        struct{}
)

func oneFeed(f calendars.Feed, err error) (*feedOut, error) {
	if err != nil {
		return nil, err
	}
	return &feedOut{toFeed(f)}, nil
}

func (h handlers) list(ctx context.Context, _ *struct{}) (*feedListOut, error) {
	feeds, err := h.svc.MyFeeds(ctx)
	if err != nil {
		return nil, err
	}
	out := &feedListOut{CalendarFeedList{Items: make([]CalendarFeedView, len(feeds))}}
	for i, f := range feeds {
		out.Body.Items[i] = toFeed(f)
	}
	return out, nil
}

func (h handlers) add(ctx context.Context, in *newFeedIn) (*feedOut, error) {
	return oneFeed(h.svc.AddFeed(ctx, in.Body.Address))
}

func (h handlers) refresh(ctx context.Context, in *idIn) (*feedOut, error) {
	return oneFeed(h.svc.Refresh(ctx, in.ID))
}

func (h handlers) remove(ctx context.Context, in *idIn) (*nothing, error) {
	return nil, h.svc.RemoveFeed(ctx, in.ID)
}

func (h handlers) suggestions(ctx context.Context, in *suggestionsIn) (*suggestionsOut, error) {
	all, st, err := h.svc.Suggestions(ctx, calendars.Query{Days: day.Range{From: in.From, To: in.To}, Zone: in.Zone, Hidden: in.Hidden})
	if err != nil {
		return nil, err
	}
	out := &suggestionsOut{TimeSuggestionList{Items: make([]TimeSuggestionView, len(all)), Feeds: st.Feeds, Failing: st.Failing}}
	for i, s := range all {
		out.Body.Items[i] = toSuggestion(s)
	}
	return out, nil
}

func (h handlers) take(ctx context.Context, in *takingIn) (*takenOut, error) {
	b := in.Body
	taken, err := h.svc.Take(ctx, calendars.Taking{
		IDs: b.IDs, Choice: calendars.Choice{ProjectID: b.ProjectID, TaskID: text(b.TaskID), ServiceID: text(b.ServiceID)}, Zone: b.Zone, Note: b.Note, Billing: b.Billable,
	})
	if err != nil {
		return nil, err
	}
	out := &takenOut{TimeSuggestionsTaken{Items: make([]TimeSuggestionTaken, len(taken))}}
	for i, t := range taken {
		v := TimeSuggestionTaken{ID: t.SuggestionID, EntryID: t.Entry.ID, Day: t.Entry.Day, Warnings: []string{}}
		for _, w := range t.Warnings {
			v.Warnings = append(v.Warnings, w.Code)
		}
		out.Body.Items[i] = v
	}
	return out, nil
}

func (h handlers) hide(ctx context.Context, in *idsIn) (*nothing, error) {
	return nil, h.svc.Hide(ctx, in.Body.IDs)
}

func (h handlers) unhide(ctx context.Context, in *idsIn) (*nothing, error) {
	return nil, h.svc.Unhide(ctx, in.Body.IDs)
}
