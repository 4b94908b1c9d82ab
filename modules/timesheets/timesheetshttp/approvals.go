package timesheetshttp

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/timesheets"
)

func registerApprovals(api *httpapi.API, h handlers) {
	const approve = timesheets.Approve
	httpapi.Handle(api, op("approvals-list", http.MethodGet, "/approvals", "Weeks that wait for a decision, oldest first", approve), h.approvals)
	httpapi.Handle(api, op("approvals-decide", http.MethodPost, "/approvals/decide", "Approve or send back many weeks, each for itself", approve), h.decideMany)
	httpapi.Handle(api, op("timesheets-decide", http.MethodPost, "/timesheets/{id}/decide", "Approve some lines of a week and send others back", approve), h.decide)
	httpapi.Handle(api, op("timesheets-undo", http.MethodPost, "/timesheets/{id}/undo", "Take your last decision about a week back", approve), h.undo)
	httpapi.Handle(api, op("stand-ins-list", http.MethodGet, "/stand-ins", "Who decides in whose place", approve), h.standIns)
	httpapi.Handle(api, creating(op("stand-ins-create", http.MethodPost, "/stand-ins", "Let somebody decide in your place on some days", approve)), h.addStandIn)
	httpapi.Handle(api, empty(op("stand-ins-remove", http.MethodDelete, "/stand-ins/{id}", "End an arrangement", approve)), h.removeStandIn)
	httpapi.Handle(api, op("approval-routes-list", http.MethodGet, "/approval-routes", "Projects whose time is approved by a route of their own", timesheets.Approve), h.routes)
	httpapi.Handle(api, empty(op("approval-routes-put", http.MethodPut, "/approval-routes/{id}", "Set who approves the time of a project", timesheets.Govern)), h.setRoute)
}

// TimesheetWaiting is how many lines wait for the same person.
type TimesheetWaiting struct {
	Step     string  `json:"step" enum:"anyone,lead,manager"`
	MemberID *string `json:"member_id" doc:"Nobody in particular: whoever may approve"`
	Lines    int     `json:"lines"`
}

// TimesheetDecision is what somebody decided about a week.
type TimesheetDecision struct {
	DecidedBy *string   `json:"decided_by"`
	InPlaceOf *string   `json:"in_place_of"`
	Decision  string    `json:"decision" enum:"approved,sent_back,both"`
	Reason    string    `json:"reason"`
	Lines     int       `json:"lines"`
	DecidedAt time.Time `json:"decided_at"`
}

func toDetail(line timesheets.SheetLine, entries []timesheets.Entry, p timesheets.Progress) TimesheetDetail {
	v := TimesheetDetail{Timesheet: toLine(line), Entries: toEntries(entries), Waiting: []TimesheetWaiting{}, Decisions: []TimesheetDecision{}, Yours: list(p.Yours)}
	for _, w := range p.Waiting {
		step := w.Step
		if step == "" {
			step = string(timesheets.Anyone)
		}
		v.Waiting = append(v.Waiting, TimesheetWaiting{step, null(w.MemberID), w.Lines})
	}
	for _, d := range p.Decisions {
		v.Decisions = append(v.Decisions, TimesheetDecision{null(d.By), null(d.InPlaceOf), d.Decision, d.Reason, len(d.Lines), d.At})
	}
	return v
}

// DecideInput says which lines are approved and which go back.
type DecideInput struct {
	Approve   []string   `json:"approve,omitempty" maxItems:"500" doc:"Ids of entries"`
	ApproveIt bool       `json:"approve_rest,omitempty" doc:"Approve all that waits for you, but for what goes back"`
	Back      []LineBack `json:"back,omitempty" maxItems:"500"`
	Reason    string     `json:"reason,omitempty" maxLength:"500" doc:"For lines that have no reason of their own"`
}

// LineBack is a line that goes back.
type LineBack struct {
	EntryID string `json:"entry_id" format:"uuid"`
	Reason  string `json:"reason,omitempty" maxLength:"500"`
}

// DecideManyInput is one decision about many weeks.
type DecideManyInput struct {
	Decision string       `json:"decision" enum:"approve,send_back"`
	Reason   string       `json:"reason,omitempty" maxLength:"500" doc:"Required to send back"`
	Items    []WeekAsSeen `json:"items" minItems:"1" maxItems:"200"`
}

// WeekAsSeen names a week and the version that was looked at.
type WeekAsSeen struct {
	ID      string `json:"id" format:"uuid"`
	Version int    `json:"version" minimum:"1"`
}

// DecideManyResult says what became of each week, in the order asked.
type DecideManyResult struct {
	Done   int           `json:"done"`
	Failed int           `json:"failed"`
	Items  []WeekDecided `json:"items"`
}

// WeekDecided is the week after the decision, or why there was none.
type WeekDecided struct {
	ID        string         `json:"id"`
	Timesheet *TimesheetView `json:"timesheet"`
	Problem   *WeekRefusal   `json:"problem"`
}

// WeekRefusal is a problem of one week among many.
type WeekRefusal struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// StandInView is somebody who decides in the place of somebody else.
type StandInView struct {
	ID        string    `json:"id"`
	MemberID  string    `json:"member_id"`
	StandInID string    `json:"stand_in_id"`
	From      day.Date  `json:"first_day"`
	To        day.Date  `json:"last_day"`
	CreatedAt time.Time `json:"created_at"`
}

func toStandIn(in timesheets.StandIn) StandInView {
	return StandInView{in.ID, in.MemberID, in.StandInID, in.From, in.To, in.CreatedAt}
}

// StandInList holds the arrangements of today and later.
type StandInList struct {
	Items []StandInView `json:"items"`
	Next  *string       `json:"next"`
}

// StandInInput makes an arrangement.
type StandInInput struct {
	MemberID  string   `json:"member_id,omitempty" format:"uuid" doc:"You when left out"`
	StandInID string   `json:"stand_in_id" format:"uuid"`
	From      day.Date `json:"first_day" example:"2100-08-01"`
	To        day.Date `json:"last_day" example:"2100-08-14"`
}

// ApprovalRouteView is the route of a project.
type ApprovalRouteView struct {
	ProjectID string `json:"project_id"`
	Route     string `json:"route" enum:"anyone,lead,manager,lead_manager,manager_lead"`
}

// ApprovalRouteList holds the projects with a route of their own.
type ApprovalRouteList struct {
	Items []ApprovalRouteView `json:"items"`
	Next  *string             `json:"next"`
}

// ApprovalRouteInput sets the route of a project.
type ApprovalRouteInput struct {
	Route string `json:"route,omitempty" enum:"anyone,lead,manager,lead_manager,manager_lead" doc:"The agency's when left out"`
}

type (
	approvalsIn struct {
		page.Query
		MemberID  string   `query:"member_id" format:"uuid"`
		From      day.Date `query:"from"`
		To        day.Date `query:"to"`
		Scope     string   `query:"scope" enum:"mine,all" default:"mine" doc:"What waits for you, or all that waits"`
		ProjectID string   `query:"project_id" format:"uuid"`
	}
	decideIn struct {
		httpapi.IfMatch
		ID   string `path:"id" format:"uuid"`
		Body DecideInput
	}
	decideManyIn  struct{ Body DecideManyInput }
	decideManyOut struct{ Body DecideManyResult }
	standInsOut   struct{ Body StandInList }
	standInIn     struct{ Body StandInInput }
	standInOut    struct{ Body StandInView }
	routesOut     struct{ Body ApprovalRouteList }
	routeIn       struct {
		ID   string `path:"id" format:"uuid"`
		Body ApprovalRouteInput
	}
)

func (h handlers) approvals(ctx context.Context, in *approvalsIn) (*sheetListOut, error) {
	asked := sheetListIn{Query: in.Query, MemberID: in.MemberID, From: in.From, To: in.To}
	return listSheets(ctx, &asked, func(ctx context.Context, f timesheets.SheetFilter) ([]timesheets.SheetLine, error) {
		f.ProjectID = in.ProjectID
		return h.svc.Approvals(ctx, f, in.Scope == "all")
	})
}

func (h handlers) decide(ctx context.Context, in *decideIn) (*sheetOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	v := timesheets.Verdict{Approve: in.Body.ApproveIt || len(in.Body.Approve) > 0, Reason: in.Body.Reason}
	if !in.Body.ApproveIt {
		v.Lines = in.Body.Approve
	}
	for _, b := range in.Body.Back {
		v.Back = append(v.Back, timesheets.Back(b))
	}
	return oneSheet(h.svc.Judge(ctx, in.ID, version, v))
}

// decideMany decides about each week in a transaction of its own: one that is refused stops no other.
func (h handlers) decideMany(ctx context.Context, in *decideManyIn) (*decideManyOut, error) {
	v := timesheets.Verdict{Approve: in.Body.Decision == "approve", BackAll: in.Body.Decision != "approve", Reason: in.Body.Reason}
	weeks := make([]timesheets.Seen, len(in.Body.Items))
	for i, w := range in.Body.Items {
		weeks[i] = timesheets.Seen(w)
	}
	all, err := h.svc.JudgeMany(ctx, weeks, v)
	if err != nil {
		return nil, err
	}
	out := &decideManyOut{DecideManyResult{Items: make([]WeekDecided, len(all))}}
	for i, one := range all {
		out.Body.Items[i].ID = weeks[i].ID
		if one.Err != nil {
			p := httpapi.ProblemFrom(one.Err)
			out.Body.Items[i].Problem = &WeekRefusal{p.Status, p.Code, p.Detail}
			out.Body.Failed++
			continue
		}
		view := toSheet(one.Sheet)
		out.Body.Items[i].Timesheet = &view
		out.Body.Done++
	}
	return out, nil
}

func (h handlers) undo(ctx context.Context, in *sheetIDIn) (*sheetOut, error) {
	return oneSheet(h.svc.UndoDecision(ctx, in.ID))
}

func (h handlers) standIns(ctx context.Context, _ *struct{}) (*standInsOut, error) {
	all, err := h.svc.StandIns(ctx)
	if err != nil {
		return nil, err
	}
	out := &standInsOut{StandInList{Items: make([]StandInView, len(all))}}
	for i, in := range all {
		out.Body.Items[i] = toStandIn(in)
	}
	return out, nil
}

func (h handlers) addStandIn(ctx context.Context, in *standInIn) (*standInOut, error) {
	b := in.Body
	made, err := h.svc.AddStandIn(ctx, timesheets.StandIn{MemberID: b.MemberID, StandInID: b.StandInID, From: b.From, To: b.To})
	if err != nil {
		return nil, err
	}
	return &standInOut{toStandIn(made)}, nil
}

func (h handlers) removeStandIn(ctx context.Context, in *sheetIDIn) (*struct{}, error) {
	return nil, h.svc.RemoveStandIn(ctx, in.ID)
}

func (h handlers) routes(ctx context.Context, _ *struct{}) (*routesOut, error) {
	all, err := h.svc.ProjectRoutes(ctx)
	if err != nil {
		return nil, err
	}
	out := &routesOut{ApprovalRouteList{Items: make([]ApprovalRouteView, 0, len(all))}}
	for project, r := range all {
		out.Body.Items = append(out.Body.Items, ApprovalRouteView{project, string(r)})
	}
	slices.SortFunc(out.Body.Items, func(a, b ApprovalRouteView) int { return strings.Compare(a.ProjectID, b.ProjectID) })
	return out, nil
}

func (h handlers) setRoute(ctx context.Context, in *routeIn) (*struct{}, error) {
	return nil, h.svc.SetProjectRoute(ctx, in.ID, timesheets.Route(in.Body.Route))
}
