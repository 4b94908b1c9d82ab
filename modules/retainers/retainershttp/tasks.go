package retainershttp

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/retainers"
)

func registerTasks(api *httpapi.API, h handlers) {
	op := func(id, method, path, summary string) httpapi.Op {
		return httpapi.Op{ID: id, Tag: "retainers", Method: method, Path: path, Summary: summary, Need: retainers.Write}
	}
	read := op("retainers-tasks", http.MethodGet, "/api/v1/retainers/{id}/tasks", "What each period of a retainer brings to do, and what became of it")
	read.Need = retainers.Read
	httpapi.Handle(api, read, h.tasks)
	httpapi.Handle(api, op("retainers-save-tasks", http.MethodPut, "/api/v1/retainers/{id}/tasks", "Say what each period brings to do; those that have their tasks keep them"), h.saveTasks)
	httpapi.Handle(api, op("retainer-periods-make-tasks", http.MethodPost, "/api/v1/retainer-periods/{id}/tasks", "Make the tasks of a period, if it has none yet"), h.makeTasks)
}

// RetainerTask is what each period brings to do.
type RetainerTask struct {
	Name            string `json:"name" minLength:"1" maxLength:"250"`
	AssigneeID      string `json:"assignee_id,omitempty" maxLength:"36"`
	EstimateSeconds *int64 `json:"estimate_seconds,omitempty" minimum:"0" maximum:"360000000"`
	DueDay          int    `json:"due_day,omitempty" minimum:"0" maximum:"366" doc:"Of the period: its first day is 1, and none is due after its end; 0: no date"`
}

// RetainerTaskPlanInput is a list of tasks as it is to be.
type RetainerTaskPlanInput struct {
	ProjectID string         `json:"project_id,omitempty" maxLength:"36" doc:"Where they are made; the retainer's project when missing"`
	Items     []RetainerTask `json:"items" maxItems:"50"`
	Version   int            `json:"version,omitempty" minimum:"0" doc:"That it was changed from; 0 where none was kept"`
}

// RetainerTaskPlan is what each period brings to do, and what became of it.
type RetainerTaskPlan struct {
	ProjectID *string               `json:"project_id"`
	Items     []RetainerTask        `json:"items"`
	Made      []RetainerPeriodTasks `json:"made" doc:"Of the last periods, newest first"`
	Version   int                   `json:"version"`
}

// RetainerPeriodTasks is what became of the tasks in a period.
type RetainerPeriodTasks struct {
	PeriodID string    `json:"period_id"`
	FromOn   day.Date  `json:"from_on"`
	ToOn     day.Date  `json:"to_on"`
	TaskIDs  []string  `json:"task_ids"`
	Note     string    `json:"note" doc:"Why there are none"`
	At       time.Time `json:"at"`
}

type tasksOut struct{ Body RetainerTaskPlan }

func (h handlers) tasks(ctx context.Context, in *IDIn) (*tasksOut, error) {
	p, made, err := h.svc.TaskPlan(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	v := RetainerTaskPlan{ProjectID: optional(p.ProjectID), Items: make([]RetainerTask, len(p.Items)), Made: make([]RetainerPeriodTasks, len(made)), Version: p.Version}
	for n, it := range p.Items {
		v.Items[n] = RetainerTask{it.Name, it.AssigneeID, it.Estimate, it.DueDay}
	}
	for n, m := range made {
		v.Made[n] = toMade(m)
	}
	return &tasksOut{v}, nil
}

func toMade(m retainers.PeriodTasks) RetainerPeriodTasks {
	return RetainerPeriodTasks{m.PeriodID, m.Days.From, m.Days.To, append([]string{}, m.TaskIDs...), m.Note, m.At}
}

func (h handlers) saveTasks(ctx context.Context, in *struct {
	IDIn
	Body RetainerTaskPlanInput
},
) (*tasksOut, error) {
	all := map[string]string{"body.project_id": in.Body.ProjectID}
	p := retainers.TaskPlan{RetainerID: in.ID, ProjectID: in.Body.ProjectID, Items: make([]retainers.PlannedTask, len(in.Body.Items)), Version: in.Body.Version}
	for n, it := range in.Body.Items {
		all["body.items["+strconv.Itoa(n)+"].assignee_id"] = it.AssigneeID
		p.Items[n] = retainers.PlannedTask{Name: it.Name, AssigneeID: it.AssigneeID, Estimate: it.EstimateSeconds, DueDay: it.DueDay}
	}
	if err := ids(all); err != nil {
		return nil, err
	}
	if _, err := h.svc.SaveTaskPlan(ctx, p); err != nil {
		return nil, err
	}
	return h.tasks(ctx, &in.IDIn)
}

func (h handlers) makeTasks(ctx context.Context, in *IDIn) (*struct{ Body RetainerPeriodTasks }, error) {
	m, err := h.svc.MakeTasks(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body RetainerPeriodTasks }{toMade(m)}, nil
}
