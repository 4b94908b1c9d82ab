// Package peoplehttp puts people's records on the web.
package peoplehttp

import (
	"context"
	"net/http"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/people"
)

// Service is the part of people.Service that the web uses.
type Service interface {
	Positions(ctx context.Context, archived bool) ([]people.Position, error)
	AddPosition(ctx context.Context, name string) (people.Position, error)
	ChangePosition(ctx context.Context, id string, version int, name *string, archived *bool) (people.Position, error)
	Schedules(ctx context.Context, memberID string) ([]people.Schedule, error)
	PutSchedule(context.Context, people.Schedule) error

	HolidayRegions() []people.Region
	HolidaySets(context.Context) ([]people.HolidaySet, error)
	AddHolidaySet(ctx context.Context, name, region string, years []int) (people.HolidaySet, error)
	ChangeHolidaySet(ctx context.Context, id string, version int, ch people.HolidaySetChange) (people.HolidaySet, error)
	RemoveHolidaySet(ctx context.Context, id string) error

	Employment
	Leave
	Lines
}

// Register declares the operations.
func Register(api *httpapi.API, svc Service) {
	h := handlers{svc}
	const read, write = "people.positions.read", "people.positions.write"
	httpapi.Handle(api, httpapi.Op{ID: "positions-list", Tag: "people", Method: http.MethodGet, Path: "/api/v1/positions", Summary: "List positions", Need: read}, h.list)
	httpapi.Handle(api, httpapi.Op{ID: "positions-create", Tag: "people", Method: http.MethodPost, Path: "/api/v1/positions", Status: http.StatusCreated, Summary: "Add a position", Need: write, Idempotent: true}, h.add)
	httpapi.Handle(api, httpapi.Op{ID: "positions-change", Tag: "people", Method: http.MethodPatch, Path: "/api/v1/positions/{id}", Summary: "Rename, archive or bring back a position", Need: write}, h.change)
	httpapi.Handle(api, httpapi.Op{ID: "schedules-list", Tag: "people", Method: http.MethodGet, Path: "/api/v1/members/{id}/schedules", Summary: "A member's dated working schedules", Need: read}, h.schedules)
	httpapi.Handle(api, httpapi.Op{ID: "schedules-put", Tag: "people", Method: http.MethodPut, Path: "/api/v1/members/{id}/schedules/{from}", Summary: "Set what a member works, and as what, from a day on", Need: write}, h.put)
	registerEmployment(api, h)
	registerHolidays(api, h)
	registerLeave(api, h)
	registerLines(api, h)
}

type handlers struct{ svc Service }

// PositionView is a position.
type PositionView struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Archived bool   `json:"archived"`
	Version  int    `json:"version"`
}

// PositionList holds all positions; there are few.
type PositionList struct {
	Items []PositionView `json:"items"`
	Next  *string        `json:"next"`
}

// NewPosition is what the web sends to add one.
type NewPosition struct {
	Name string `json:"name" minLength:"1" maxLength:"80"`
}

// PositionChange is what the web sends to change one.
type PositionChange struct {
	Name     *string `json:"name,omitempty" minLength:"1" maxLength:"80"`
	Archived *bool   `json:"archived,omitempty"`
}

// ScheduleView is what a member works from a day on.
type ScheduleView struct {
	From       day.Date  `json:"from"`
	PositionID *string   `json:"position_id"`
	HolidaySet *string   `json:"holiday_set_id" doc:"Whose holidays are theirs; the default set when null"`
	Hours      []float64 `json:"hours" minItems:"7" maxItems:"7" doc:"Sunday to Saturday"`
}

// ScheduleList holds a member's schedules, oldest first.
type ScheduleList struct {
	Items []ScheduleView `json:"items"`
	Next  *string        `json:"next"`
}

// SchedulePut is what the web sends to set one.
type SchedulePut struct {
	PositionID string    `json:"position_id,omitempty" maxLength:"36"`
	HolidaySet string    `json:"holiday_set_id,omitempty" maxLength:"36"`
	Hours      []float64 `json:"hours" minItems:"7" maxItems:"7" doc:"Sunday to Saturday"`
}

type (
	listIn struct {
		Archived bool `query:"archived" doc:"Archived ones too"`
	}
	listOut struct{ Body PositionList }
	addIn   struct{ Body NewPosition }
	oneOut  struct {
		ETag string `header:"ETag"`
		Body PositionView
	}
	changeIn struct {
		httpapi.IfMatch
		ID   string `path:"id" format:"uuid"`
		Body PositionChange
	}
	memberIn struct {
		ID string `path:"id" format:"uuid"`
	}
	schedulesOut struct{ Body ScheduleList }
	putIn        struct {
		ID   string `path:"id" format:"uuid"`
		From string `path:"from" format:"date"`
		Body SchedulePut
	}
)

func (h handlers) list(ctx context.Context, in *listIn) (*listOut, error) {
	all, err := h.svc.Positions(ctx, in.Archived)
	if err != nil {
		return nil, err
	}
	out := PositionList{Items: make([]PositionView, len(all))}
	for i, p := range all {
		out.Items[i] = view(p)
	}
	return &listOut{out}, nil
}

func view(p people.Position) PositionView {
	return PositionView{ID: p.ID, Name: p.Name, Archived: p.ArchivedAt != nil, Version: p.Version}
}

func (h handlers) add(ctx context.Context, in *addIn) (*oneOut, error) {
	p, err := h.svc.AddPosition(ctx, in.Body.Name)
	if err != nil {
		return nil, err
	}
	return &oneOut{httpapi.ETag(p.Version), view(p)}, nil
}

func (h handlers) change(ctx context.Context, in *changeIn) (*oneOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	p, err := h.svc.ChangePosition(ctx, in.ID, version, in.Body.Name, in.Body.Archived)
	if err != nil {
		return nil, err
	}
	return &oneOut{httpapi.ETag(p.Version), view(p)}, nil
}

func (h handlers) schedules(ctx context.Context, in *memberIn) (*schedulesOut, error) {
	all, err := h.svc.Schedules(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := ScheduleList{Items: make([]ScheduleView, len(all))}
	for i, s := range all {
		out.Items[i] = scheduleView(s)
	}
	return &schedulesOut{out}, nil
}

func scheduleView(s people.Schedule) ScheduleView {
	v := ScheduleView{From: s.StartsOn, Hours: make([]float64, 7)}
	if s.PositionID != "" {
		v.PositionID = &s.PositionID
	}
	if s.HolidaySetID != "" {
		v.HolidaySet = &s.HolidaySetID
	}
	for i, sec := range s.Seconds {
		v.Hours[i] = float64(sec) / 3600
	}
	return v
}

func (h handlers) put(ctx context.Context, in *putIn) (*schedulesOut, error) {
	from, err := day.Parse(in.From)
	if err != nil {
		return nil, people.ErrInvalid.At("path.from", "is not a day such as 2026-03-02")
	}
	s := people.Schedule{MemberID: in.ID, StartsOn: from, PositionID: in.Body.PositionID, HolidaySetID: in.Body.HolidaySet}
	for i, hours := range in.Body.Hours {
		if hours < 0 || hours > 24 {
			return nil, people.ErrInvalid.At("body.hours", "a day has 0 to 24 hours")
		}
		s.Seconds[i] = int(hours*3600 + 0.5)
	}
	if err := h.svc.PutSchedule(ctx, s); err != nil {
		return nil, err
	}
	return h.schedules(ctx, &memberIn{in.ID})
}
