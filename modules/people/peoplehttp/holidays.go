package peoplehttp

import (
	"context"
	"net/http"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/people"
)

func registerHolidays(api *httpapi.API, h handlers) {
	const read, write = "people.positions.read", "people.positions.write"
	const base = "/api/v1/holiday-sets"
	httpapi.Handle(api, httpapi.Op{ID: "holiday-sets-list", Tag: "people", Method: http.MethodGet, Path: base, Summary: "Sets of public holidays, the default one first", Need: read}, h.sets)
	httpapi.Handle(api, httpapi.Op{ID: "holiday-sets-create", Tag: "people", Method: http.MethodPost, Path: base, Status: http.StatusCreated, Summary: "Add a set of public holidays, filled for a region", Need: write, Idempotent: true}, h.addSet)
	httpapi.Handle(api, httpapi.Op{ID: "holiday-sets-change", Tag: "people", Method: http.MethodPatch, Path: base + "/{id}", Summary: "Change a set of holidays, or add those of a year", Need: write}, h.changeSet)
	httpapi.Handle(api, httpapi.Op{ID: "holiday-sets-remove", Tag: "people", Method: http.MethodDelete, Path: base + "/{id}", Status: http.StatusNoContent, Summary: "Remove a set of holidays that nobody uses", Need: write}, h.removeSet)
	httpapi.Handle(api, httpapi.Op{ID: "holiday-regions-list", Tag: "people", Method: http.MethodGet, Path: "/api/v1/holiday-regions", Summary: "Regions whose public holidays are known", Need: read}, h.regions)
}

// HolidayView is a day off, in and out.
type HolidayView struct {
	Day  day.Date `json:"day"`
	Name string   `json:"name" minLength:"1" maxLength:"120"`
	Half bool     `json:"half,omitempty" doc:"Only half of the day is free"`
}

// HolidaySetView are the holidays of a region or of a group of people.
type HolidaySetView struct {
	ID      string        `json:"id"`
	Name    string        `json:"name"`
	Region  string        `json:"region" doc:"Whose data fill it; empty for a set by hand"`
	Default bool          `json:"is_default" doc:"Of everybody whose schedule names none"`
	Days    []HolidayView `json:"days"`
	Version int           `json:"version"`
}

// HolidaySetList holds all sets; there are few.
type HolidaySetList struct {
	Items []HolidaySetView `json:"items"`
	Next  *string          `json:"next"`
}

// NewHolidaySet is what the web sends to add one.
type NewHolidaySet struct {
	Name   string `json:"name" minLength:"1" maxLength:"80"`
	Region string `json:"region,omitempty" maxLength:"10" doc:"A code of holiday-regions; empty for a set by hand"`
	Years  []int  `json:"years,omitempty" maxItems:"10" doc:"Filled with the holidays of the region"`
}

// HolidaySetChange names what changes; what is left out stays.
type HolidaySetChange struct {
	Name     *string        `json:"name,omitempty" minLength:"1" maxLength:"80"`
	Default  bool           `json:"is_default,omitempty" doc:"Makes it the default set"`
	Days     *[]HolidayView `json:"days,omitempty" maxItems:"1000" doc:"All of its days"`
	FillYear *int           `json:"fill_year,omitempty" doc:"Adds the region's holidays of a year; days that are there stay as they are"`
}

// HolidayRegion is a country or a part of one.
type HolidayRegion struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// HolidayRegionList holds all regions.
type HolidayRegionList struct {
	Items []HolidayRegion `json:"items"`
	Next  *string         `json:"next"`
}

type (
	setsOut  struct{ Body HolidaySetList }
	addSetIn struct{ Body NewHolidaySet }
	setOut   struct {
		ETag string `header:"ETag"`
		Body HolidaySetView
	}
	changeSetIn struct {
		httpapi.IfMatch
		ID   string `path:"id" format:"uuid"`
		Body HolidaySetChange
	}
	regionsOut struct{ Body HolidayRegionList }
	nothing    struct{}
)

func setView(h people.HolidaySet) HolidaySetView {
	v := HolidaySetView{ID: h.ID, Name: h.Name, Region: h.Region, Default: h.Default, Days: make([]HolidayView, len(h.Days)), Version: h.Version}
	for i, d := range h.Days {
		v.Days[i] = HolidayView(d)
	}
	return v
}

func oneSet(h people.HolidaySet, err error) (*setOut, error) {
	if err != nil {
		return nil, err
	}
	return &setOut{httpapi.ETag(h.Version), setView(h)}, nil
}

func (h handlers) sets(ctx context.Context, _ *struct{}) (*setsOut, error) {
	all, err := h.svc.HolidaySets(ctx)
	if err != nil {
		return nil, err
	}
	out := HolidaySetList{Items: make([]HolidaySetView, len(all))}
	for i, s := range all {
		out.Items[i] = setView(s)
	}
	return &setsOut{out}, nil
}

func (h handlers) addSet(ctx context.Context, in *addSetIn) (*setOut, error) {
	return oneSet(h.svc.AddHolidaySet(ctx, in.Body.Name, in.Body.Region, in.Body.Years))
}

func (h handlers) changeSet(ctx context.Context, in *changeSetIn) (*setOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	ch := people.HolidaySetChange{Name: in.Body.Name, Default: in.Body.Default, FillYear: in.Body.FillYear}
	if d := in.Body.Days; d != nil {
		days := make([]people.Holiday, len(*d))
		for i, v := range *d {
			days[i] = people.Holiday(v)
		}
		ch.Days = &days
	}
	return oneSet(h.svc.ChangeHolidaySet(ctx, in.ID, version, ch))
}

func (h handlers) removeSet(ctx context.Context, in *memberIn) (*nothing, error) {
	return nil, h.svc.RemoveHolidaySet(ctx, in.ID)
}

func (h handlers) regions(_ context.Context, _ *struct{}) (*regionsOut, error) {
	all := h.svc.HolidayRegions()
	out := HolidayRegionList{Items: make([]HolidayRegion, len(all))}
	for i, r := range all {
		out.Items[i] = HolidayRegion(r)
	}
	return &regionsOut{out}, nil
}
