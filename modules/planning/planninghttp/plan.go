package planninghttp

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/planning"
)

// PersonPlanDay is what somebody is booked for on a day, beside what they can do. Whole seconds; whether it is too much was tested exactly.
type PersonPlanDay struct {
	Day       day.Date `json:"day"`
	Capacity  int64    `json:"capacity_seconds" doc:"The schedule less holidays"`
	Available int64    `json:"available_seconds" doc:"That less leave"`
	Confirmed int64    `json:"confirmed_seconds"`
	Tentative int64    `json:"tentative_seconds"`
	Overload  string   `json:"overload" enum:"none,tentative,confirmed" doc:"Booked for more than is available: not, with what is tentative, or by what is confirmed alone"`
}

// PlannedBookingDay is what a booking comes to on a day.
type PlannedBookingDay struct {
	Day     day.Date `json:"day"`
	Seconds int64    `json:"seconds"`
}

// PlannedBooking is a booking with what it comes to on the days that were asked for.
type PlannedBooking struct {
	BookingView
	Days []PlannedBookingDay `json:"days" doc:"Those with capacity"`
}

// PersonPlan is the plan of one person.
type PersonPlan struct {
	MemberID string           `json:"member_id"`
	Name     string           `json:"name"`
	Days     []PersonPlanDay  `json:"days"`
	Bookings []PlannedBooking `json:"bookings"`
}

// PersonPlanList is a page of plans, by name.
type PersonPlanList struct {
	From  day.Date     `json:"from"`
	To    day.Date     `json:"to"`
	Items []PersonPlan `json:"items"`
	Next  *string      `json:"next"`
}

type planIn struct {
	page.Query
	From    day.Date `query:"from" required:"true"`
	To      day.Date `query:"to" required:"true" doc:"Within 93 days of the first one"`
	Member  string   `query:"member_id" maxLength:"36"`
	Project string   `query:"project_id" maxLength:"36" doc:"Those who are booked on it, with these bookings alone; the load of a day counts all"`
	State   string   `query:"state" enum:"tentative,confirmed" doc:"Bookings in this state alone; the load of a day counts all"`
}

func (h handlers) plan(ctx context.Context, in *planIn) (*struct{ Body PersonPlanList }, error) {
	if err := ids(in.Member, in.Project); err != nil {
		return nil, err
	}
	plans, next, err := h.svc.Plan(ctx, planning.PlanQuery{Days: day.Range{From: in.From, To: in.To}, MemberID: in.Member, ProjectID: in.Project, State: planning.State(in.State)}, in.Query)
	if err != nil {
		return nil, err
	}
	out := PersonPlanList{From: in.From, To: in.To, Items: make([]PersonPlan, len(plans)), Next: next}
	for i, p := range plans {
		out.Items[i] = toPlan(p)
	}
	return &struct{ Body PersonPlanList }{out}, nil
}

func toPlan(p planning.Plan) PersonPlan {
	v := PersonPlan{MemberID: p.MemberID, Name: p.Name, Days: make([]PersonPlanDay, len(p.Days)), Bookings: make([]PlannedBooking, len(p.Bookings))}
	for i, d := range p.Days {
		v.Days[i] = PersonPlanDay{Day: d.Day, Capacity: d.Capacity, Available: d.Available, Confirmed: whole(d.Confirmed), Tentative: whole(d.Tentative), Overload: string(d.Overload())}
	}
	for i, b := range p.Bookings {
		one := PlannedBooking{BookingView: toView(b.Row), Days: []PlannedBookingDay{}}
		for _, d := range slices.SortedFunc(maps.Keys(b.On), day.Date.Compare) {
			one.Days = append(one.Days, PlannedBookingDay{d, whole(b.On[d])})
		}
		v.Bookings[i] = one
	}
	return v
}

func whole(seconds decimal.Decimal) int64 { return seconds.Round(0).IntPart() }

func (in *listIn) filter() (planning.Filter, error) {
	f := planning.Filter{ProjectID: in.Project, On: day.Range{From: in.From, To: in.To}, State: planning.State(in.State)}
	if in.Member != "" {
		f.MemberIDs = []string{in.Member}
	}
	return f, ids(in.Member, in.Project)
}

// ids refuses filters that name no record.
func ids(member, project string) error {
	switch {
	case member != "" && !isID(member):
		return planning.ErrBad.At("query.member_id", "is not the id of a person")
	case project != "" && !isID(project):
		return planning.ErrBad.At("query.project_id", "is not the id of a project")
	}
	return nil
}

func isID(s string) bool { return uuid.Validate(s) == nil }

func null(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
