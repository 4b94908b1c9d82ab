package peoplehttp

import (
	"context"
	"net/http"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/people"
)

// Employment is the part of people.Service that knows when people are employed.
type Employment interface {
	Employment(ctx context.Context, memberID string) (people.Employment, error)
	SetEmployment(ctx context.Context, memberID string, e people.Employment) error
}

func registerEmployment(api *httpapi.API, h handlers) {
	const path, write = "/api/v1/members/{id}/employment", "people.positions.write"
	httpapi.Handle(api, httpapi.Op{ID: "employment-get", Tag: "people", Method: http.MethodGet, Path: path, Summary: "From when to when a member is employed", Need: write}, h.employment)
	httpapi.Handle(api, httpapi.Op{ID: "employment-put", Tag: "people", Method: http.MethodPut, Path: path, Summary: "Say from when to when a member is employed", Need: write}, h.setEmployment)
}

// EmploymentDays are the first and the last day of an employment.
type EmploymentDays struct {
	First *day.Date `json:"first_day" doc:"Null: since they were added, or their first schedule if that is earlier"`
	Last  *day.Date `json:"last_day" doc:"Null: until their account is closed"`
}

// EmploymentInput is what the web sends to set them.
type EmploymentInput struct {
	First *day.Date `json:"first_day,omitempty" doc:"Left out: since they were added, or their first schedule if that is earlier"`
	Last  *day.Date `json:"last_day,omitempty" doc:"Left out: until their account is closed"`
}

type (
	employmentOut struct{ Body EmploymentDays }
	employmentIn  struct {
		ID   string `path:"id" format:"uuid"`
		Body EmploymentInput
	}
)

func (h handlers) employment(ctx context.Context, in *memberIn) (*employmentOut, error) {
	e, err := h.svc.Employment(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &employmentOut{EmploymentDays{someDay(e.First), someDay(e.Last)}}, nil
}

func (h handlers) setEmployment(ctx context.Context, in *employmentIn) (*employmentOut, error) {
	var e people.Employment
	if in.Body.First != nil {
		e.First = *in.Body.First
	}
	if in.Body.Last != nil {
		e.Last = *in.Body.Last
	}
	if err := h.svc.SetEmployment(ctx, in.ID, e); err != nil {
		return nil, err
	}
	return &employmentOut{EmploymentDays{someDay(e.First), someDay(e.Last)}}, nil
}

func someDay(d day.Date) *day.Date {
	if d.IsZero() {
		return nil
	}
	return &d
}
