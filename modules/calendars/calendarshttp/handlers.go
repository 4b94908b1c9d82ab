package calendarshttp

import (
	"context"

	"github.com/bureauhq/bureau/modules/calendars"
)

type (
	feedListOut struct{ Body CalendarFeedList }
	feedOut     struct{ Body CalendarFeedView }
	newFeedIn   struct{ Body NewCalendarFeed }
	idIn        struct {
		ID string `path:"id" format:"uuid"`
	}
	nothing struct{}
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
