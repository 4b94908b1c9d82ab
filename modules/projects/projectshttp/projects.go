// Package projectshttp puts projects, tasks and comments on the web.
package projectshttp

import (
	"context"
	"net/http"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/projects"
)

// Service is the part of projects.Service that the web uses.
type Service interface {
	Create(context.Context, projects.NewProject) (projects.Overview, error)
	Find(context.Context, string) (projects.Overview, error)
	Change(ctx context.Context, id string, version int, c projects.ProjectChange) (projects.Overview, error)
	ChangeColumns(ctx context.Context, id string, version int, cols []projects.Column, moveTo map[string]string) (projects.Overview, error)
	Archive(context.Context, string) (projects.Overview, error)
	Restore(context.Context, string) (projects.Overview, error)
	AddMember(ctx context.Context, id, memberID string) (projects.Overview, error)
	RemoveMember(ctx context.Context, id, memberID string) (projects.Overview, error)
	List(ctx context.Context, f projects.ProjectFilter, sort string, q page.Query) ([]projects.Overview, *string, error)
	ProjectTimeline(context.Context, string, page.Query) ([]projects.Moment, *string, error)
	Plans(context.Context, day.Date) ([]projects.Plan, error)

	Limits(ctx context.Context, projectID string) ([]projects.Standing, error)
	AddLimit(context.Context, projects.LimitDraft) (projects.Standing, error)
	ChangeLimit(ctx context.Context, id string, version int, t projects.LimitTerms) (projects.Standing, error)
	RemoveLimit(ctx context.Context, id string) error

	CreateTask(context.Context, projects.NewTask) (projects.TaskRow, error)
	FindTask(context.Context, string) (projects.TaskRow, error)
	ChangeTask(ctx context.Context, id string, version int, c projects.TaskChange) (projects.TaskRow, error)
	MoveTask(ctx context.Context, id string, to projects.Place) (projects.TaskRow, error)
	CompleteTasks(ctx context.Context, ids []string, done bool) ([]projects.TaskRow, error)
	TickItem(ctx context.Context, id, itemID string, done bool) (projects.TaskRow, error)
	ArchiveTask(context.Context, string) (projects.TaskRow, error)
	RestoreTask(context.Context, string) (projects.TaskRow, error)
	DeleteTask(context.Context, string) error
	Tasks(ctx context.Context, f projects.TaskFilter, sort string, q page.Query) ([]projects.TaskRow, *string, error)
	TaskTimeline(context.Context, string, page.Query) ([]projects.Moment, *string, error)

	Comments(context.Context, string, page.Query) ([]projects.Comment, *string, error)
	AddComment(ctx context.Context, taskID, body string, forClient bool) (projects.Comment, error)
	ChangeComment(ctx context.Context, id string, version int, c projects.CommentChange) (projects.Comment, error)
	DeleteComment(context.Context, string) error
}

type handlers struct{ svc Service }

// Register declares the operations. Fixed paths come before those with an id.
func Register(api *httpapi.API, svc Service) {
	h := handlers{svc}
	const base = "/api/v1/projects"
	op := operation("projects", projects.ReadProjects, projects.WriteProjects)
	create := op("projects-create", http.MethodPost, base, "Start a project, blank or from a template")
	create.Status, create.Idempotent = http.StatusCreated, true
	httpapi.Handle(api, op("projects-list", http.MethodGet, base, "List projects"), h.list)
	httpapi.Handle(api, create, h.create)
	httpapi.Handle(api, op("projects-get", http.MethodGet, base+"/{id}", "Look at one project"), h.get)
	httpapi.Handle(api, op("projects-change", http.MethodPatch, base+"/{id}", "Change a project"), h.change)
	httpapi.Handle(api, op("projects-change-columns", http.MethodPatch, base+"/{id}/columns", "Change the columns of a project's board"), h.changeColumns)
	httpapi.Handle(api, op("projects-archive", http.MethodPost, base+"/{id}/archive", "Put a project away"), h.archive)
	httpapi.Handle(api, op("projects-restore", http.MethodPost, base+"/{id}/restore", "Take an archived project back"), h.restore)
	httpapi.Handle(api, op("projects-add-member", http.MethodPost, base+"/{id}/members", "Put a member on a project's team"), h.addMember)
	httpapi.Handle(api, op("projects-remove-member", http.MethodDelete, base+"/{id}/members/{member_id}", "Take a member off a project's team"), h.removeMember)
	httpapi.Handle(api, op("projects-timeline", http.MethodGet, base+"/{id}/timeline", "What happened in a project"), h.timeline)
	httpapi.Handle(api, op("project-templates-list", http.MethodGet, "/api/v1/project-templates", "Templates for projects, laid on the calendar"), h.templates)
	registerBudgets(api, h)
	registerTasks(api, h)
	registerComments(api, h)
}

// operation makes operations of one tag: reading needs one permission, all else another.
func operation(tag string, read, write access.Permission) func(id, method, path, summary string) httpapi.Op {
	return func(id, method, path, summary string) httpapi.Op {
		o := httpapi.Op{ID: id, Tag: tag, Method: method, Path: path, Summary: summary, Need: write}
		if method == http.MethodGet {
			o.Need = read
		}
		return o
	}
}

// ColumnView is a column of a board, in and out.
type ColumnView struct {
	ID       string `json:"id" minLength:"1" maxLength:"40" pattern:"^[a-z0-9][a-z0-9_-]*$" doc:"Yours to choose; tasks refer to it"`
	Name     string `json:"name" minLength:"1" maxLength:"40"`
	Category string `json:"category" enum:"todo,doing,done" doc:"What it means for the tasks in it; those under done are complete"`
	Limit    int    `json:"limit,omitempty" minimum:"0" maximum:"999" doc:"Most tasks that should be in it at once; 0 for no limit"`
}

// ProjectView is a project as the web sees it.
type ProjectView struct {
	ID          string        `json:"id"`
	ClientID    string        `json:"client_id"`
	ClientName  string        `json:"client_name"`
	Code        string        `json:"code"`
	Name        string        `json:"name"`
	Description string        `json:"description"`
	State       string        `json:"state" enum:"planned,active,on_hold,completed,archived"`
	ManagerID   *string       `json:"manager_id"`
	MemberIDs   []string      `json:"member_ids"`
	StartsOn    *string       `json:"starts_on" format:"date"`
	DueOn       *string       `json:"due_on" format:"date"`
	Billable    bool          `json:"billable"`
	Colour      string        `json:"colour"`
	Columns     []ColumnView  `json:"columns"`
	Budget      ProjectBudget `json:"budget"`
	Tasks       int           `json:"tasks"`
	TasksDone   int           `json:"tasks_done"`
	CreatedAt   time.Time     `json:"created_at"`
	UpdatedAt   time.Time     `json:"updated_at"`
	ArchivedAt  *time.Time    `json:"archived_at"`
	Version     int           `json:"version"`
}

// ProjectBudget sets what was agreed against what was logged, in any state.
type ProjectBudget struct {
	Hours           *string             `json:"hours" doc:"Agreed hours; null for no budget"`
	UsedSeconds     int64               `json:"used_seconds"`
	BillableSeconds int64               `json:"billable_seconds"`
	LeftSeconds     *int64              `json:"left_seconds" doc:"Negative when overrun"`
	Percent         *int                `json:"percent"`
	Level           int                 `json:"level" doc:"The highest alert that is reached, of all budgets of the project; 0 for none"`
	Stopped         bool                `json:"stopped" doc:"One of its budgets has a hard stop and is used up"`
	Money           *ProjectMoneyBudget `json:"money,omitempty" doc:"Missing for those who may not see amounts"`
}

// ProjectMoneyBudget is the part of a budget that only some may see.
type ProjectMoneyBudget struct {
	Budget  *money.Money  `json:"budget,omitempty"`
	Used    []money.Money `json:"used,omitempty" doc:"Value of logged time, one for each currency; missing for those who may not see rates"`
	Left    *money.Money  `json:"left,omitempty"`
	Percent *int          `json:"percent"`
}

// ProjectList is a page of projects.
type ProjectList struct {
	Items []ProjectView `json:"items"`
	Next  *string       `json:"next"`
}

// NewProject is what the web sends to make one.
type NewProject struct {
	ClientID    string       `json:"client_id" format:"uuid"`
	Name        string       `json:"name" minLength:"1" maxLength:"120"`
	Code        string       `json:"code,omitempty" maxLength:"24" doc:"Made from the client's code and a counter when missing"`
	Description string       `json:"description,omitempty" maxLength:"10000"`
	State       string       `json:"state,omitempty" enum:"planned,active,on_hold,completed" default:"planned"`
	ManagerID   string       `json:"manager_id,omitempty" maxLength:"36" doc:"A member's id"`
	MemberIDs   []string     `json:"member_ids,omitempty" maxItems:"200" doc:"Members' ids; the manager is always one of them"`
	StartsOn    *day.Date    `json:"starts_on,omitempty"`
	DueOn       *day.Date    `json:"due_on,omitempty"`
	Billable    bool         `json:"billable,omitempty" default:"true"`
	BudgetHours string       `json:"budget_hours,omitempty" maxLength:"12" pattern:"^([0-9]{1,7}(\\.[0-9]{1,4})?)?$" patternDescription:"hours such as 120 or 37.5"`
	BudgetMoney *money.Money `json:"budget_money,omitempty"`
	Colour      string       `json:"colour,omitempty" maxLength:"20" enum:"blue,teal,green,lime,amber,orange,red,pink,purple,indigo,cyan,slate" doc:"The template's, or blue, when missing"`
	Template    string       `json:"template,omitempty" maxLength:"40" doc:"Key of a template; its tasks are laid on working days from the start"`
}

// ProjectChange is what the web sends to change one; what is missing stays as it is.
type ProjectChange struct {
	Name        *string       `json:"name,omitempty" minLength:"1" maxLength:"120"`
	Code        *string       `json:"code,omitempty" minLength:"2" maxLength:"24"`
	Description *string       `json:"description,omitempty" maxLength:"10000" doc:"Empty clears it"`
	State       *string       `json:"state,omitempty" enum:"planned,active,on_hold,completed"`
	ManagerID   *string       `json:"manager_id,omitempty" maxLength:"36" doc:"Empty clears it"`
	StartsOn    *string       `json:"starts_on,omitempty" maxLength:"10" doc:"Empty clears it"`
	DueOn       *string       `json:"due_on,omitempty" maxLength:"10" doc:"Empty clears it"`
	Billable    *bool         `json:"billable,omitempty"`
	BudgetHours *string       `json:"budget_hours,omitempty" maxLength:"12" pattern:"^([0-9]{1,7}(\\.[0-9]{1,4})?)?$" patternDescription:"hours such as 120 or 37.5" doc:"Empty clears it"`
	BudgetMoney *BudgetAmount `json:"budget_money,omitempty"`
	Colour      *string       `json:"colour,omitempty" maxLength:"20"`
}

// BudgetAmount is a money budget that can be taken away.
type BudgetAmount struct {
	Amount   string `json:"amount" maxLength:"20" pattern:"^([0-9]{1,15}(\\.[0-9]{1,4})?)?$" patternDescription:"an amount such as 1250.00" doc:"Empty takes the budget away"`
	Currency string `json:"currency,omitempty" maxLength:"3"`
}

// BoardColumns is what the web sends to change a board.
type BoardColumns struct {
	Columns []ColumnView      `json:"columns" minItems:"2" maxItems:"12"`
	MoveTo  map[string]string `json:"move_to,omitempty" doc:"For each column that goes and holds tasks: the id of the one that takes them"`
}

// ProjectMember names a member to put on a team.
type ProjectMember struct {
	MemberID string `json:"member_id" format:"uuid"`
}

// ProjectMoment is one thing that happened.
type ProjectMoment struct {
	ID         string    `json:"id"`
	HappenedAt time.Time `json:"happened_at"`
	Name       string    `json:"name" doc:"The event: projects.task_completed.v1 …"`
	Entity     string    `json:"entity"`
	EntityID   string    `json:"entity_id"`
	ActorID    *string   `json:"actor_id"`
	ActorName  string    `json:"actor_name"`
	Label      string    `json:"label"`
}

// ProjectTimeline is a page of what happened.
type ProjectTimeline struct {
	Items []ProjectMoment `json:"items"`
	Next  *string         `json:"next"`
}

// TemplateView is a template, laid on the calendar.
type TemplateView struct {
	Key         string             `json:"key"`
	Name        string             `json:"name"`
	Description string             `json:"description"`
	Colour      string             `json:"colour"`
	Columns     []ColumnView       `json:"columns"`
	StartsOn    day.Date           `json:"starts_on"`
	DueOn       day.Date           `json:"due_on"`
	Hours       string             `json:"hours" doc:"Sum of the estimates"`
	Tasks       []TemplateTaskView `json:"tasks"`
}

// TemplateTaskView is a task that a template makes.
type TemplateTaskView struct {
	Name            string             `json:"name"`
	Priority        string             `json:"priority"`
	EstimateSeconds int64              `json:"estimate_seconds"`
	StartsOn        day.Date           `json:"starts_on"`
	DueOn           day.Date           `json:"due_on"`
	Checklist       []string           `json:"checklist"`
	Tags            []string           `json:"tags"`
	SubTasks        []TemplateTaskView `json:"sub_tasks,omitempty"`
}

// TemplateList holds all templates.
type TemplateList struct {
	Items []TemplateView `json:"items"`
}

// IDIn names the record of a path.
type IDIn struct {
	ID string `path:"id" format:"uuid"`
}

type (
	listIn struct {
		page.Query
		Q        string   `query:"q" maxLength:"100" doc:"Part of a name or code"`
		State    []string `query:"state" enum:"planned,active,on_hold,completed,archived" maxItems:"5" doc:"All but archived when missing"`
		ClientID string   `query:"client_id" format:"uuid"`
		Manager  string   `query:"manager_id" format:"uuid"`
		Mine     bool     `query:"mine" doc:"Those you manage or are on the team of"`
		Sort     string   `query:"sort" enum:"name,-name,code,-code,due_on,-due_on,updated_at,-updated_at,created_at,-created_at" default:"name"`
	}
	createIn struct{ Body NewProject }
	changeIn struct {
		IDIn
		httpapi.IfMatch
		Body ProjectChange
	}
	columnsIn struct {
		IDIn
		httpapi.IfMatch
		Body BoardColumns
	}
	addMemberIn struct {
		IDIn
		Body ProjectMember
	}
	removeMemberIn struct {
		IDIn
		MemberID string `path:"member_id" format:"uuid"`
	}
	timelineIn struct {
		IDIn
		page.Query
	}
	templatesIn struct {
		StartsOn day.Date `query:"starts_on" doc:"First day of the project; today when missing"`
	}
	oneOut struct {
		ETag string `header:"ETag"`
		Body ProjectView
	}
	listOut      struct{ Body ProjectList }
	timelineOut  struct{ Body ProjectTimeline }
	templatesOut struct{ Body TemplateList }
)

func (h handlers) list(ctx context.Context, in *listIn) (*listOut, error) {
	f := projects.ProjectFilter{Search: in.Q, ClientID: in.ClientID, ManagerID: in.Manager, Mine: in.Mine}
	for _, s := range in.State {
		f.States = append(f.States, projects.State(s))
	}
	found, next, err := h.svc.List(ctx, f, in.Sort, in.Query)
	if err != nil {
		return nil, err
	}
	return &listOut{ProjectList{Items: mapped(found, toView), Next: next}}, nil
}

func (h handlers) create(ctx context.Context, in *createIn) (*oneOut, error) {
	b := in.Body
	n := projects.NewProject{
		ClientID: b.ClientID, Code: b.Code, Name: b.Name, Description: b.Description, State: projects.State(b.State), ManagerID: b.ManagerID,
		MemberIDs: b.MemberIDs, Billable: b.Billable, BudgetMoney: b.BudgetMoney, Colour: b.Colour, Template: b.Template,
	}
	if b.StartsOn != nil {
		n.StartsOn = *b.StartsOn
	}
	if b.DueOn != nil {
		n.DueOn = *b.DueOn
	}
	var bad *fault.Error
	n.BudgetHours, bad = parseHours(b.BudgetHours)
	bad = checkID(bad, "body.manager_id", b.ManagerID)
	for _, m := range b.MemberIDs {
		bad = checkID(bad, "body.member_ids", m)
	}
	if bad != nil {
		return nil, bad
	}
	return answer(h.svc.Create(ctx, n))
}

func (h handlers) get(ctx context.Context, in *IDIn) (*oneOut, error) {
	return answer(h.svc.Find(ctx, in.ID))
}

func (h handlers) change(ctx context.Context, in *changeIn) (*oneOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	c, err := in.Body.change()
	if err != nil {
		return nil, err
	}
	return answer(h.svc.Change(ctx, in.ID, version, c))
}

func (b ProjectChange) change() (projects.ProjectChange, error) {
	c := projects.ProjectChange{Code: b.Code, Name: b.Name, Description: b.Description, ManagerID: b.ManagerID, Billable: b.Billable, Colour: b.Colour}
	if b.State != nil {
		s := projects.State(*b.State)
		c.State = &s
	}
	var bad *fault.Error
	if b.ManagerID != nil {
		bad = checkID(bad, "body.manager_id", *b.ManagerID)
	}
	c.StartsOn, bad = parseDay(bad, "body.starts_on", b.StartsOn)
	c.DueOn, bad = parseDay(bad, "body.due_on", b.DueOn)
	if b.BudgetHours != nil {
		h, wrong := parseHours(*b.BudgetHours)
		if wrong != nil {
			bad = blame(bad, "body.budget_hours", "must be hours such as 120 or 37.5")
		}
		c.BudgetHours = &decimal.NullDecimal{}
		if h != nil {
			c.BudgetHours.Decimal, c.BudgetHours.Valid = *h, true
		}
	}
	if m := b.BudgetMoney; m != nil {
		c.BudgetMoney = &money.Money{}
		if m.Amount != "" {
			read, err := money.ParseAmount(m.Amount, m.Currency)
			if err != nil {
				bad = blame(bad, "body.budget_money.amount", "is not an amount of this currency")
			}
			c.BudgetMoney = &read
		}
	}
	if bad != nil {
		return c, bad
	}
	return c, nil
}

func (h handlers) changeColumns(ctx context.Context, in *columnsIn) (*oneOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	cols := mapped(in.Body.Columns, func(c ColumnView) projects.Column {
		return projects.Column{ID: c.ID, Name: c.Name, Category: projects.Category(c.Category), Limit: c.Limit}
	})
	return answer(h.svc.ChangeColumns(ctx, in.ID, version, cols, in.Body.MoveTo))
}

func (h handlers) archive(ctx context.Context, in *IDIn) (*oneOut, error) {
	return answer(h.svc.Archive(ctx, in.ID))
}

func (h handlers) restore(ctx context.Context, in *IDIn) (*oneOut, error) {
	return answer(h.svc.Restore(ctx, in.ID))
}

func (h handlers) addMember(ctx context.Context, in *addMemberIn) (*oneOut, error) {
	return answer(h.svc.AddMember(ctx, in.ID, in.Body.MemberID))
}

func (h handlers) removeMember(ctx context.Context, in *removeMemberIn) (*oneOut, error) {
	return answer(h.svc.RemoveMember(ctx, in.ID, in.MemberID))
}

func (h handlers) timeline(ctx context.Context, in *timelineIn) (*timelineOut, error) {
	return moments(h.svc.ProjectTimeline(ctx, in.ID, in.Query))
}

func moments(found []projects.Moment, next *string, err error) (*timelineOut, error) {
	if err != nil {
		return nil, err
	}
	items := mapped(found, func(m projects.Moment) ProjectMoment {
		return ProjectMoment{m.ID, m.HappenedAt.UTC(), m.Name, m.Entity, m.EntityID, optional(m.ActorID), m.ActorName, m.Label}
	})
	return &timelineOut{ProjectTimeline{Items: items, Next: next}}, nil
}

func (h handlers) templates(ctx context.Context, in *templatesIn) (*templatesOut, error) {
	plans, err := h.svc.Plans(ctx, in.StartsOn)
	if err != nil {
		return nil, err
	}
	items := mapped(plans, func(p projects.Plan) TemplateView {
		return TemplateView{
			Key: p.Key, Name: p.Name, Description: p.Description, Colour: p.Colour, Columns: mapped(p.Columns, toColumn),
			StartsOn: p.StartsOn, DueOn: p.DueOn, Hours: p.Hours.String(), Tasks: mapped(p.Planned, toTemplateTask),
		}
	})
	return &templatesOut{TemplateList{items}}, nil
}

func toTemplateTask(t projects.PlannedTask) TemplateTaskView {
	priority := t.Priority
	if priority == 0 {
		priority = projects.Normal
	}
	return TemplateTaskView{
		Name: t.Name, Priority: priority.String(), EstimateSeconds: t.Hours * 3600, StartsOn: t.StartsOn, DueOn: t.DueOn,
		Checklist: some(t.Checklist), Tags: some(t.Tags), SubTasks: mapped(t.Sub, toTemplateTask),
	}
}

func answer(o projects.Overview, err error) (*oneOut, error) {
	if err != nil {
		return nil, err
	}
	return &oneOut{ETag: httpapi.ETag(o.Version), Body: toView(o)}, nil
}

func toColumn(c projects.Column) ColumnView {
	return ColumnView{c.ID, c.Name, string(c.Category), c.Limit}
}

func toView(o projects.Overview) ProjectView {
	b := ProjectBudget{
		UsedSeconds: o.Budget.UsedSeconds, BillableSeconds: o.Budget.BillableSeconds, LeftSeconds: o.Budget.LeftSeconds, Percent: o.Budget.HoursPercent,
		Level: o.Budget.Level, Stopped: o.Budget.Stopped,
	}
	if o.BudgetHours != nil {
		h := o.BudgetHours.String()
		b.Hours = &h
	}
	if m := o.Budget.Money; m != nil {
		b.Money = &ProjectMoneyBudget{m.Budget, m.Used, m.Left, m.Percent}
	}
	return ProjectView{
		ID: o.ID, ClientID: o.ClientID, ClientName: o.ClientName, Code: o.Code, Name: o.Name, Description: o.Description, State: string(o.State),
		ManagerID: optional(o.ManagerID), MemberIDs: some(o.MemberIDs), StartsOn: optional(o.StartsOn.String()), DueOn: optional(o.DueOn.String()),
		Billable: o.Billable, Colour: o.Colour, Columns: mapped(o.Columns, toColumn), Budget: b, Tasks: o.Progress.Tasks, TasksDone: o.Progress.Done,
		CreatedAt: o.CreatedAt, UpdatedAt: o.UpdatedAt, ArchivedAt: o.ArchivedAt, Version: o.Version,
	}
}
