package rateshttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/rates"
)

func registerRevisions(api *httpapi.API, h handlers) {
	op := func(id, path, summary string) httpapi.Op {
		return httpapi.Op{ID: id, Tag: "rates", Method: http.MethodPost, Path: "/api/v1/rates/{id}/" + path, Summary: summary, Need: rates.WriteCards}
	}
	httpapi.Handle(api, op("rates-preview-revision", "preview-revision", "What another price would do to time that was logged"), h.previewRevision)
	undo := op("rates-undo-revision", "undo", "Give a rate, and the time that a change gave another price, their prices back")
	undo.Path = "/api/v1/rates/revisions/{id}/undo"
	last := op("rates-last-revision", "", "The latest change of a price that can be undone")
	last.Method, last.Path = http.MethodGet, "/api/v1/rates/revisions/last"
	httpapi.Handle(api, last, h.lastRevision)
	httpapi.Handle(api, undo, h.undoRevision)
	httpapi.Handle(api, op("rates-revise", "revise", "Give a rate another price, and choose which time it is for"), h.revise)
}

// RateRevision is another price and which time it is for. Approved and billed time keeps its price.
type RateRevision struct {
	PerHour string     `json:"per_hour" minLength:"1" maxLength:"20" pattern:"^-?[0-9]+([.][0-9]+)?$" example:"95"`
	Tiers   *RateTiers `json:"tiers,omitempty" doc:"They stay when missing; without steps there are none any more"`
	Reach   string     `json:"reach" enum:"new,from,unbilled" doc:"new: what is logged from now on; from: work from a day on; unbilled: all that is not approved too"`
	From    *day.Date  `json:"from,omitempty" doc:"Of reach from: the first work date of the new price"`
}

// RateEffect is what a revision does, or would, to time that was logged.
type RateEffect struct {
	Entries int           `json:"entries"`
	Before  []money.Money `json:"before" doc:"One a currency; empty for those who may not see amounts"`
	After   []money.Money `json:"after"`
}

// RevisedRate is the rate that holds the new price, with what changed.
type RevisedRate struct {
	Rate   RateView   `json:"revised"`
	Effect RateEffect `json:"effect"`

	RevisionID string    `json:"revision_id" doc:"To undo it by"`
	UndoUntil  time.Time `json:"undo_until"`
}

// LastRateRevision is a change of a price that can be undone; without an id there is none.
type LastRateRevision struct {
	ID        string     `json:"id"`
	RateID    string     `json:"rate_id"`
	CardID    string     `json:"card_id"`
	Entries   int        `json:"entries" doc:"That got the price"`
	UndoUntil *time.Time `json:"undo_until"`
}

// UndoneRevision is the rate as it is again, and what became of the time that had got the price.
type UndoneRevision struct {
	Rate   RateView         `json:"revised"`
	Effect RateEffect       `json:"effect"`
	Stayed []StayedRevision `json:"stayed"`
}

// StayedRevision counts entries that keep the price that they got.
type StayedRevision struct {
	Why     string `json:"why" enum:"gone,changed,billed,approved,locked"`
	Entries int    `json:"entries"`
}

type (
	reviseIn struct {
		IDIn
		httpapi.IfMatch
		Body RateRevision
	}
	effectOut  struct{ Body RateEffect }
	revisedOut struct {
		ETag string `header:"ETag"`
		Body RevisedRate
	}
	lastRevisionOut   struct{ Body LastRateRevision }
	undoneRevisionOut struct {
		ETag string `header:"ETag"`
		Body UndoneRevision
	}
)

func (in *reviseIn) read() (version int, rev rates.Revision, err error) {
	if version, err = in.Version(); err != nil {
		return 0, rev, err
	}
	rev = rates.Revision{Reach: rates.Reach(in.Body.Reach)}
	if in.Body.From != nil {
		rev.From = *in.Body.From
	}
	if rev.Tiers, err = in.Body.Tiers.change(); err != nil {
		return 0, rev, err
	}
	rev.PerHour, err = parseAmount(in.Body.PerHour)
	return version, rev, err
}

func (h handlers) previewRevision(ctx context.Context, in *reviseIn) (*effectOut, error) {
	version, rev, err := in.read()
	if err != nil {
		return nil, err
	}
	e, err := h.svc.PreviewRevision(ctx, in.ID, version, rev)
	return &effectOut{toEffect(e)}, err
}

func (h handlers) revise(ctx context.Context, in *reviseIn) (*revisedOut, error) {
	version, rev, err := in.read()
	if err != nil {
		return nil, err
	}
	r, e, k, err := h.svc.Revise(ctx, in.ID, version, rev)
	if err != nil {
		return nil, err
	}
	return &revisedOut{httpapi.ETag(r.Version), RevisedRate{toRate(r), toEffect(e), k.ID, k.UndoUntil()}}, nil
}

func (h handlers) lastRevision(ctx context.Context, _ *struct{}) (*lastRevisionOut, error) {
	k, err := h.svc.LastRevision(ctx)
	if err != nil || k == nil {
		return &lastRevisionOut{}, err
	}
	until := k.UndoUntil()
	return &lastRevisionOut{LastRateRevision{k.ID, k.Before.ID, k.Before.CardID, k.Entries, &until}}, nil
}

func (h handlers) undoRevision(ctx context.Context, in *IDIn) (*undoneRevisionOut, error) {
	r, e, stayed, err := h.svc.UndoRevision(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &undoneRevisionOut{httpapi.ETag(r.Version), UndoneRevision{Rate: toRate(r), Effect: toEffect(e), Stayed: toStayed(stayed)}}, nil
}

func toStayed(all []rates.Stayed) []StayedRevision {
	out := make([]StayedRevision, len(all))
	for i, x := range all {
		out[i] = StayedRevision(x)
	}
	return out
}

func toEffect(e rates.Effect) RateEffect {
	return RateEffect{Entries: e.Entries, Before: append([]money.Money{}, e.Before...), After: append([]money.Money{}, e.After...)}
}
