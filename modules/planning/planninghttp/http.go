// Package planninghttp puts bookings and plans on the web.
package planninghttp

import (
	"context"
	"net/http"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/planning"
	"github.com/bureauhq/bureau/modules/planning/spread"
)

// Service is the part of planning.Service that the web uses.
type Service interface {
	List(context.Context, planning.Filter, page.Query) ([]planning.Row, *string, error)
	Find(context.Context, string) (planning.Row, error)
	Create(context.Context, planning.Wish) (planning.Row, error)
	Change(ctx context.Context, id string, version int, edit func(*planning.Wish)) (planning.Row, error)
	Remove(context.Context, string) error
	Restore(context.Context, string) (planning.Row, error)
	Plan(context.Context, planning.PlanQuery, page.Query) ([]planning.Plan, *string, error)
	Bench(context.Context, planning.BenchQuery, page.Query) ([]planning.Free, *string, error)
}

type handlers struct{ svc Service }

// Register declares the operations.
func Register(api *httpapi.API, svc Service) {
	h := handlers{svc}
	const bookings, one = "/api/v1/bookings", "/api/v1/bookings/{id}"
	op := func(id, method, path, summary string) httpapi.Op {
		o := httpapi.Op{ID: id, Tag: "planning", Method: method, Path: path, Summary: summary, Need: planning.Write}
		if method == http.MethodGet {
			o.Need = planning.Read
		}
		return o
	}
	create := op("bookings-create", http.MethodPost, bookings, "Book somebody on a project")
	create.Status, create.Idempotent = http.StatusCreated, true
	remove := op("bookings-remove", http.MethodDelete, one, "Take a booking off the plan")
	remove.Status = http.StatusNoContent
	httpapi.Handle(api, op("bookings-list", http.MethodGet, bookings, "List bookings by first day: all, or your own and those of the projects whose team you are of"), h.list)
	httpapi.Handle(api, create, h.create)
	httpapi.Handle(api, op("bookings-get", http.MethodGet, one, "One booking"), h.get)
	httpapi.Handle(api, op("bookings-change", http.MethodPatch, one, "Change a booking"), h.change)
	httpapi.Handle(api, remove, h.remove)
	httpapi.Handle(api, op("bookings-restore", http.MethodPost, one+"/restore", "Bring a booking back that was taken off the plan"), h.restore)
	httpapi.Handle(api, op("plan-get", http.MethodGet, "/api/v1/plan", "What people are booked for on each day, beside what they can do; your own where you do not see everybody's"), h.plan)
	httpapi.Handle(api, op("plan-bench", http.MethodGet, "/api/v1/plan/bench", "Who could still be booked, week by week, those with most free time first; yourself where you do not see everybody"), h.bench)
}

// BookingView is planned time of a person on a project.
type BookingView struct {
	ID          string    `json:"id"`
	MemberID    string    `json:"member_id"`
	ProjectID   string    `json:"project_id"`
	ProjectCode string    `json:"project_code"`
	ProjectName string    `json:"project_name"`
	ClientName  string    `json:"client_name"`
	TaskID      *string   `json:"task_id"`
	TaskName    string    `json:"task_name"`
	StartsOn    day.Date  `json:"starts_on"`
	EndsOn      day.Date  `json:"ends_on"`
	Kind        string    `json:"kind" enum:"per_day,total,percent"`
	Seconds     *int64    `json:"seconds" doc:"On each day with capacity, or altogether; null of a percentage"`
	Percent     *string   `json:"percent" doc:"Of each day's capacity; null of hours"`
	State       string    `json:"state" enum:"tentative,confirmed"`
	Note        string    `json:"note"`
	CreatedBy   *string   `json:"created_by"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
	Version     int       `json:"version"`
}

func toView(r planning.Row) BookingView {
	v := BookingView{
		ID: r.ID, MemberID: r.MemberID, ProjectID: r.ProjectID, ProjectCode: r.Work.ProjectCode, ProjectName: r.Work.ProjectName, ClientName: r.Work.ClientName, TaskID: null(r.TaskID),
		TaskName: r.Work.TaskName, StartsOn: r.First, EndsOn: r.Last, Kind: string(r.Amount.Kind), State: string(r.State), Note: r.Note, CreatedBy: null(r.CreatedBy),
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, Version: r.Version,
	}
	if r.Amount.Kind == spread.Percent {
		v.Percent = null(r.Amount.Percent.String())
	} else {
		v.Seconds = &r.Amount.Seconds
	}
	return v
}

// BookingList is a page of bookings.
type BookingList struct {
	Items []BookingView `json:"items"`
	Next  *string       `json:"next"`
}

// NewBooking says who is booked on what, when, and for how much.
type NewBooking struct {
	MemberID  string   `json:"member_id" format:"uuid"`
	ProjectID string   `json:"project_id" format:"uuid"`
	TaskID    *string  `json:"task_id,omitempty" format:"uuid"`
	StartsOn  day.Date `json:"starts_on"`
	EndsOn    day.Date `json:"ends_on" doc:"Included; within a year of the first day"`
	Kind      string   `json:"kind" enum:"per_day,total,percent" doc:"So much on each day with capacity; so much altogether; a share of each day's capacity"`
	Seconds   int64    `json:"seconds,omitempty" minimum:"0" maximum:"31622400" doc:"Of per_day and total"`
	Percent   string   `json:"percent,omitempty" maxLength:"12" doc:"Of percent: above 0, at most 100, four decimals at most"`
	State     string   `json:"state,omitempty" enum:"tentative,confirmed" default:"confirmed"`
	Note      string   `json:"note,omitempty" maxLength:"500"`
}

// BookingChange names what changes; what is left out stays. Kind, seconds and percent go together.
type BookingChange struct {
	MemberID  *string   `json:"member_id,omitempty" format:"uuid"`
	ProjectID *string   `json:"project_id,omitempty" format:"uuid"`
	TaskID    *string   `json:"task_id,omitempty" maxLength:"36" doc:"Empty: of no task. Another project has none until one is named"`
	StartsOn  *day.Date `json:"starts_on,omitempty"`
	EndsOn    *day.Date `json:"ends_on,omitempty"`
	Kind      *string   `json:"kind,omitempty" enum:"per_day,total,percent"`
	Seconds   *int64    `json:"seconds,omitempty" minimum:"0" maximum:"31622400"`
	Percent   *string   `json:"percent,omitempty" maxLength:"12"`
	State     *string   `json:"state,omitempty" enum:"tentative,confirmed"`
	Note      *string   `json:"note,omitempty" maxLength:"500"`
}

func parsePercent(s string) (decimal.Decimal, error) {
	if s == "" {
		return decimal.Zero, nil
	}
	d, err := decimal.NewFromString(s)
	if err != nil || d.Exponent() < -12 || d.Exponent() > 3 {
		return d, planning.ErrBad.At("body.percent", "is not a number such as 50 or 33.3")
	}
	return d, nil
}

type (
	listIn struct {
		page.Query
		Member  string   `query:"member_id" maxLength:"36"`
		Project string   `query:"project_id" maxLength:"36"`
		From    day.Date `query:"from" doc:"Those with days from this one on"`
		To      day.Date `query:"to" doc:"Those with days up to this one"`
		State   string   `query:"state" enum:"tentative,confirmed"`
	}
	idIn struct {
		ID string `path:"id" format:"uuid"`
	}
	oneOut struct {
		ETag string `header:"ETag"`
		Body BookingView
	}
)

func one(r planning.Row, err error) (*oneOut, error) {
	if err != nil {
		return nil, err
	}
	return &oneOut{httpapi.ETag(r.Version), toView(r)}, nil
}

func (h handlers) list(ctx context.Context, in *listIn) (*struct{ Body BookingList }, error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	rows, next, err := h.svc.List(ctx, f, in.Query)
	if err != nil {
		return nil, err
	}
	out := BookingList{Items: make([]BookingView, len(rows)), Next: next}
	for i, r := range rows {
		out.Items[i] = toView(r)
	}
	return &struct{ Body BookingList }{out}, nil
}

func (h handlers) create(ctx context.Context, in *struct{ Body NewBooking }) (*oneOut, error) {
	b := in.Body
	percent, err := parsePercent(b.Percent)
	if err != nil {
		return nil, err
	}
	return one(h.svc.Create(ctx, planning.Wish{
		MemberID: b.MemberID, ProjectID: b.ProjectID, TaskID: text(b.TaskID), First: b.StartsOn, Last: b.EndsOn, Amount: spread.Amount{Kind: spread.Kind(b.Kind), Seconds: b.Seconds, Percent: percent},
		State: planning.State(b.State), Note: b.Note,
	}))
}

func (h handlers) get(ctx context.Context, in *idIn) (*oneOut, error) {
	return one(h.svc.Find(ctx, in.ID))
}

func (h handlers) change(ctx context.Context, in *struct {
	ID string `path:"id" format:"uuid"`
	httpapi.IfMatch
	Body BookingChange
},
) (*oneOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	edit, err := in.Body.edit()
	if err != nil {
		return nil, err
	}
	return one(h.svc.Change(ctx, in.ID, version, edit))
}

func (c BookingChange) edit() (func(*planning.Wish), error) {
	var amount *spread.Amount
	if c.Kind != nil || c.Seconds != nil || c.Percent != nil {
		if c.Kind == nil {
			return nil, planning.ErrBad.At("body.kind", "is required with an amount")
		}
		percent, err := parsePercent(text(c.Percent))
		if err != nil {
			return nil, err
		}
		amount = &spread.Amount{Kind: spread.Kind(*c.Kind), Percent: percent}
		if c.Seconds != nil {
			amount.Seconds = *c.Seconds
		}
	}
	if t := text(c.TaskID); t != "" && !isID(t) {
		return nil, planning.ErrNoTask
	}
	return func(w *planning.Wish) {
		if c.ProjectID != nil && *c.ProjectID != w.ProjectID {
			w.ProjectID, w.TaskID = *c.ProjectID, ""
		}
		put(&w.MemberID, c.MemberID)
		put(&w.TaskID, c.TaskID)
		put(&w.First, c.StartsOn)
		put(&w.Last, c.EndsOn)
		put(&w.Amount, amount)
		put(&w.Note, c.Note)
		if c.State != nil {
			w.State = planning.State(*c.State)
		}
	}, nil
}

func put[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

func (h handlers) remove(ctx context.Context, in *idIn) (*struct{}, error) {
	return nil, h.svc.Remove(ctx, in.ID)
}

func (h handlers) restore(ctx context.Context, in *idIn) (*oneOut, error) {
	return one(h.svc.Restore(ctx, in.ID))
}
