package projectshttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/projects"
)

func registerTasks(api *httpapi.API, h handlers) {
	const base = "/api/v1/tasks"
	op := operation("tasks", projects.ReadTasks, projects.WriteTasks)
	create := op("tasks-create", http.MethodPost, base, "Add a task")
	create.Status, create.Idempotent = http.StatusCreated, true
	remove := op("tasks-delete", http.MethodDelete, base+"/{id}", "Remove a task on which no time was logged, with all below it")
	remove.Status = http.StatusNoContent
	httpapi.Handle(api, op("tasks-list", http.MethodGet, base, "List tasks"), h.tasks)
	httpapi.Handle(api, create, h.createTask)
	httpapi.Handle(api, op("tasks-complete", http.MethodPost, base+"/complete", "Finish tasks, or open them again: all or none"), h.complete)
	httpapi.Handle(api, op("tasks-get", http.MethodGet, base+"/{id}", "Look at one task"), h.task)
	httpapi.Handle(api, op("tasks-change", http.MethodPatch, base+"/{id}", "Change a task"), h.changeTask)
	httpapi.Handle(api, remove, h.deleteTask)
	httpapi.Handle(api, op("tasks-move", http.MethodPost, base+"/{id}/move", "Put a task somewhere on its board"), h.move)
	httpapi.Handle(api, op("tasks-tick", http.MethodPost, base+"/{id}/checklist/{item_id}", "Tick or untick a line of a task's checklist"), h.tick)
	httpapi.Handle(api, op("tasks-archive", http.MethodPost, base+"/{id}/archive", "Put a task away, with all below it"), h.archiveTask)
	httpapi.Handle(api, op("tasks-restore", http.MethodPost, base+"/{id}/restore", "Take an archived task back, with all below it"), h.restoreTask)
	httpapi.Handle(api, op("tasks-timeline", http.MethodGet, base+"/{id}/timeline", "What happened to a task"), h.taskTimeline)
}

// ChecklistLine is a line of a checklist, in and out.
type ChecklistLine struct {
	ID   string `json:"id,omitempty" maxLength:"40" doc:"Made when missing"`
	Text string `json:"text" minLength:"1" maxLength:"250"`
	Done bool   `json:"done,omitempty"`
}

// TaskProject is what is shown of a task's project.
type TaskProject struct {
	ID       string `json:"id"`
	Code     string `json:"code"`
	Name     string `json:"name"`
	Colour   string `json:"colour"`
	ClientID string `json:"client_id"`
}

// TaskView is a task as the web sees it.
type TaskView struct {
	ID               string          `json:"id"`
	ProjectID        string          `json:"project_id"`
	Project          TaskProject     `json:"project"`
	ParentID         *string         `json:"parent_id"`
	Name             string          `json:"name"`
	Description      string          `json:"description"`
	ColumnID         string          `json:"column_id"`
	ColumnName       string          `json:"column_name"`
	Category         string          `json:"category" enum:"todo,doing,done"`
	Rank             string          `json:"rank" doc:"Tasks of a column stand in the order of their ranks, letter by letter"`
	AssigneeID       *string         `json:"assignee_id"`
	Priority         string          `json:"priority" enum:"low,normal,high,urgent"`
	EstimateSeconds  *int64          `json:"estimate_seconds"`
	LoggedSeconds    int64           `json:"logged_seconds"`
	RemainingSeconds *int64          `json:"remaining_seconds" doc:"As re-estimated by people"`
	PercentComplete  int             `json:"percent_complete" doc:"As said by people; not computed from hours"`
	StartsOn         *string         `json:"starts_on" format:"date"`
	DueOn            *string         `json:"due_on" format:"date"`
	Checklist        []ChecklistLine `json:"checklist"`
	Tags             []string        `json:"tags"`
	Billable         bool            `json:"billable"`
	ServiceID        *string         `json:"service_id" doc:"What time on it is sold as"`
	SubTasks         int             `json:"sub_tasks"`
	SubTasksDone     int             `json:"sub_tasks_done"`
	Comments         int             `json:"comments"`
	CompletedAt      *time.Time      `json:"completed_at"`
	CreatedAt        time.Time       `json:"created_at"`
	UpdatedAt        time.Time       `json:"updated_at"`
	ArchivedAt       *time.Time      `json:"archived_at"`
	Version          int             `json:"version"`
}

// TaskList is a page of tasks.
type TaskList struct {
	Items []TaskView `json:"items"`
	Next  *string    `json:"next"`
}

// TasksChanged are tasks after a change of several.
type TasksChanged struct {
	Items []TaskView `json:"items"`
}

// NewTask is what the web sends to make one.
type NewTask struct {
	ProjectID       string          `json:"project_id" format:"uuid"`
	ParentID        string          `json:"parent_id,omitempty" maxLength:"36" doc:"The task that this one is a part of"`
	Name            string          `json:"name" minLength:"1" maxLength:"250"`
	Description     string          `json:"description,omitempty" maxLength:"20000"`
	ColumnID        string          `json:"column_id,omitempty" maxLength:"40" doc:"The first column for open work when missing"`
	AssigneeID      string          `json:"assignee_id,omitempty" maxLength:"36" doc:"A member's id"`
	Priority        string          `json:"priority,omitempty" enum:"low,normal,high,urgent" default:"normal"`
	EstimateSeconds *int64          `json:"estimate_seconds,omitempty" minimum:"0" maximum:"360000000"`
	StartsOn        *day.Date       `json:"starts_on,omitempty"`
	DueOn           *day.Date       `json:"due_on,omitempty"`
	Checklist       []ChecklistLine `json:"checklist,omitempty" maxItems:"100"`
	Tags            []string        `json:"tags,omitempty" maxItems:"20"`
	Billable        *bool           `json:"billable,omitempty" doc:"As the project when missing"`
	ServiceID       string          `json:"service_id,omitempty" maxLength:"36" doc:"What time on it is sold as"`
}

// TaskChange is what the web sends to change one; what is missing stays as it is.
type TaskChange struct {
	Name             *string          `json:"name,omitempty" minLength:"1" maxLength:"250"`
	Description      *string          `json:"description,omitempty" maxLength:"20000" doc:"Empty clears it"`
	ParentID         *string          `json:"parent_id,omitempty" maxLength:"36" doc:"Empty puts it at the top"`
	ColumnID         *string          `json:"column_id,omitempty" minLength:"1" maxLength:"40" doc:"Puts it last in the column"`
	AssigneeID       *string          `json:"assignee_id,omitempty" maxLength:"36" doc:"Empty clears it"`
	Priority         *string          `json:"priority,omitempty" enum:"low,normal,high,urgent"`
	EstimateSeconds  *int64           `json:"estimate_seconds,omitempty" minimum:"-1" maximum:"360000000" doc:"-1 clears it"`
	RemainingSeconds *int64           `json:"remaining_seconds,omitempty" minimum:"-1" maximum:"360000000" doc:"-1 clears it"`
	PercentComplete  *int             `json:"percent_complete,omitempty" minimum:"0" maximum:"100"`
	StartsOn         *string          `json:"starts_on,omitempty" maxLength:"10" doc:"Empty clears it"`
	DueOn            *string          `json:"due_on,omitempty" maxLength:"10" doc:"Empty clears it"`
	Checklist        *[]ChecklistLine `json:"checklist,omitempty" maxItems:"100"`
	Tags             *[]string        `json:"tags,omitempty" maxItems:"20"`
	Billable         *bool            `json:"billable,omitempty"`
	ServiceID        *string          `json:"service_id,omitempty" maxLength:"36" doc:"Empty clears it"`
}

// TaskMove says where on the board a task goes: beside another one, or last in the column.
type TaskMove struct {
	ColumnID string `json:"column_id" minLength:"1" maxLength:"40"`
	BeforeID string `json:"before_id,omitempty" maxLength:"36" doc:"A task of that column"`
	AfterID  string `json:"after_id,omitempty" maxLength:"36" doc:"A task of that column"`
}

// TasksDone names tasks to finish or to open again.
type TasksDone struct {
	IDs  []string `json:"ids" minItems:"1" maxItems:"100"`
	Done bool     `json:"done" doc:"false opens them again"`
}

// Tick says whether a line of a checklist is done.
type Tick struct {
	Done bool `json:"done"`
}

type (
	tasksIn struct {
		page.Query
		Q         string `query:"q" maxLength:"100" doc:"Part of a name"`
		ProjectID string `query:"project_id" format:"uuid"`
		Assignee  string `query:"assignee_id" maxLength:"36" doc:"A member's id, me, or none"`
		Column    string `query:"column_id" maxLength:"40"`
		Parent    string `query:"parent_id" maxLength:"36" doc:"A task's id, or none for those at the top"`
		State     string `query:"state" enum:"open,done,all" default:"all"`
		Tag       string `query:"tag" maxLength:"40"`
		Due       string `query:"due" enum:"overdue,today,week,none" doc:"week: in the next seven days"`
		Archived  bool   `query:"archived" doc:"The archived ones instead of the others"`
		Sort      string `query:"sort" enum:"rank,-rank,due_on,-due_on,priority,-priority,name,-name,updated_at,-updated_at,created_at,-created_at" doc:"rank within a project, otherwise due_on, when missing"`
	}
	createTaskIn struct{ Body NewTask }
	changeTaskIn struct {
		IDIn
		httpapi.IfMatch
		Body TaskChange
	}
	moveIn struct {
		IDIn
		Body TaskMove
	}
	completeIn struct{ Body TasksDone }
	tickIn     struct {
		IDIn
		ItemID string `path:"item_id" maxLength:"40"`
		Body   Tick
	}
	taskOut struct {
		ETag string `header:"ETag"`
		Body TaskView
	}
	tasksOut   struct{ Body TaskList }
	changedOut struct{ Body TasksChanged }
)

func (h handlers) tasks(ctx context.Context, in *tasksIn) (*tasksOut, error) {
	f := projects.TaskFilter{
		Search: in.Q, ProjectID: in.ProjectID, ColumnID: in.Column, State: in.State, Tag: in.Tag, Due: projects.Due(in.Due), Archived: in.Archived,
	}
	var bad *fault.Error
	switch in.Assignee {
	case "me":
		f.AssigneeID = access.From(ctx).MemberID
	case "none":
		f.Unassigned = true
	default:
		bad = checkID(bad, "query.assignee_id", in.Assignee)
		f.AssigneeID = in.Assignee
	}
	if in.Parent == "none" {
		f.Top = true
	} else {
		bad = checkID(bad, "query.parent_id", in.Parent)
		f.ParentID = in.Parent
	}
	if bad != nil {
		return nil, bad
	}
	found, next, err := h.svc.Tasks(ctx, f, in.Sort, in.Query)
	if err != nil {
		return nil, err
	}
	return &tasksOut{TaskList{Items: mapped(found, toTask), Next: next}}, nil
}

func (h handlers) createTask(ctx context.Context, in *createTaskIn) (*taskOut, error) {
	b := in.Body
	bad := checkID(checkID(checkID(nil, "body.parent_id", b.ParentID), "body.assignee_id", b.AssigneeID), "body.service_id", b.ServiceID)
	if bad != nil {
		return nil, bad
	}
	n := projects.NewTask{
		ProjectID: b.ProjectID, ParentID: b.ParentID, Name: b.Name, Description: b.Description, ColumnID: b.ColumnID, AssigneeID: b.AssigneeID,
		Estimate: b.EstimateSeconds, Checklist: mapped(b.Checklist, fromLine), Tags: b.Tags, Billable: b.Billable, ServiceID: b.ServiceID,
	}
	n.Priority, _ = projects.ParsePriority(b.Priority)
	if b.StartsOn != nil {
		n.StartsOn = *b.StartsOn
	}
	if b.DueOn != nil {
		n.DueOn = *b.DueOn
	}
	return answerTask(h.svc.CreateTask(ctx, n))
}

func (h handlers) task(ctx context.Context, in *IDIn) (*taskOut, error) {
	return answerTask(h.svc.FindTask(ctx, in.ID))
}

func (h handlers) changeTask(ctx context.Context, in *changeTaskIn) (*taskOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	c, err := in.Body.change()
	if err != nil {
		return nil, err
	}
	return answerTask(h.svc.ChangeTask(ctx, in.ID, version, c))
}

func (b TaskChange) change() (projects.TaskChange, error) {
	c := projects.TaskChange{
		Name: b.Name, Description: b.Description, ParentID: b.ParentID, ColumnID: b.ColumnID, AssigneeID: b.AssigneeID,
		Percent: b.PercentComplete, Tags: b.Tags, Billable: b.Billable, ServiceID: b.ServiceID, Estimate: effort(b.EstimateSeconds), Remaining: effort(b.RemainingSeconds),
	}
	var bad *fault.Error
	if b.ParentID != nil {
		bad = checkID(bad, "body.parent_id", *b.ParentID)
	}
	if b.AssigneeID != nil {
		bad = checkID(bad, "body.assignee_id", *b.AssigneeID)
	}
	if b.ServiceID != nil {
		bad = checkID(bad, "body.service_id", *b.ServiceID)
	}
	c.StartsOn, bad = parseDay(bad, "body.starts_on", b.StartsOn)
	c.DueOn, bad = parseDay(bad, "body.due_on", b.DueOn)
	if b.Priority != nil {
		p, _ := projects.ParsePriority(*b.Priority)
		c.Priority = &p
	}
	if b.Checklist != nil {
		lines := mapped(*b.Checklist, fromLine)
		c.Checklist = &lines
	}
	if bad != nil {
		return c, bad
	}
	return c, nil
}

// effort reads seconds that -1 clears.
func effort(seconds *int64) **int64 {
	if seconds == nil {
		return nil
	}
	if *seconds < 0 {
		return new(*int64)
	}
	return &seconds
}

func (h handlers) move(ctx context.Context, in *moveIn) (*taskOut, error) {
	b := in.Body
	if bad := checkID(checkID(nil, "body.before_id", b.BeforeID), "body.after_id", b.AfterID); bad != nil {
		return nil, bad
	}
	return answerTask(h.svc.MoveTask(ctx, in.ID, projects.Place{ColumnID: b.ColumnID, BeforeID: b.BeforeID, AfterID: b.AfterID}))
}

func (h handlers) complete(ctx context.Context, in *completeIn) (*changedOut, error) {
	var bad *fault.Error
	for _, taskID := range in.Body.IDs {
		if taskID == "" {
			bad = blame(bad, "body.ids", "has an empty id")
		}
		bad = checkID(bad, "body.ids", taskID)
	}
	if bad != nil {
		return nil, bad
	}
	done, err := h.svc.CompleteTasks(ctx, in.Body.IDs, in.Body.Done)
	if err != nil {
		return nil, err
	}
	return &changedOut{TasksChanged{mapped(done, toTask)}}, nil
}

func (h handlers) tick(ctx context.Context, in *tickIn) (*taskOut, error) {
	return answerTask(h.svc.TickItem(ctx, in.ID, in.ItemID, in.Body.Done))
}

func (h handlers) archiveTask(ctx context.Context, in *IDIn) (*taskOut, error) {
	return answerTask(h.svc.ArchiveTask(ctx, in.ID))
}

func (h handlers) restoreTask(ctx context.Context, in *IDIn) (*taskOut, error) {
	return answerTask(h.svc.RestoreTask(ctx, in.ID))
}

func (h handlers) deleteTask(ctx context.Context, in *IDIn) (*struct{}, error) {
	return nil, h.svc.DeleteTask(ctx, in.ID)
}

func (h handlers) taskTimeline(ctx context.Context, in *timelineIn) (*timelineOut, error) {
	return moments(h.svc.TaskTimeline(ctx, in.ID, in.Query))
}

func answerTask(r projects.TaskRow, err error) (*taskOut, error) {
	if err != nil {
		return nil, err
	}
	return &taskOut{ETag: httpapi.ETag(r.Version), Body: toTask(r)}, nil
}

func fromLine(l ChecklistLine) projects.ChecklistItem {
	return projects.ChecklistItem{ID: l.ID, Text: l.Text, Done: l.Done}
}

func toTask(r projects.TaskRow) TaskView {
	return TaskView{
		ID: r.ID, ProjectID: r.ProjectID, Project: TaskProject{r.ProjectID, r.ProjectCode, r.ProjectName, r.ProjectColour, r.ClientID},
		ParentID: optional(r.ParentID), Name: r.Name, Description: r.Description, ColumnID: r.ColumnID, ColumnName: r.Column.Name,
		Category: string(r.Column.Category), Rank: r.Rank, AssigneeID: optional(r.AssigneeID), Priority: r.Priority.String(),
		EstimateSeconds: r.Estimate, LoggedSeconds: r.LoggedSeconds, RemainingSeconds: r.Remaining, PercentComplete: r.Percent,
		StartsOn: optional(r.StartsOn.String()), DueOn: optional(r.DueOn.String()),
		Checklist: mapped(r.Checklist, func(c projects.ChecklistItem) ChecklistLine { return ChecklistLine{c.ID, c.Text, c.Done} }),
		Tags:      some(r.Tags), Billable: r.Billable, ServiceID: optional(r.ServiceID), SubTasks: r.SubTasks, SubTasksDone: r.SubTasksDone, Comments: r.Comments,
		CompletedAt: r.CompletedAt, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(), ArchivedAt: r.ArchivedAt, Version: r.Version,
	}
}
