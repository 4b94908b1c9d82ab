package retainers

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/tenancy"
)

var (
	ErrBadTasks    = fault.Define(fault.Invalid, "retainers.bad_tasks", "These tasks cannot be saved.")
	ErrNoTasks     = fault.Define(fault.Conflict, "retainers.no_tasks", "This retainer brings no tasks.")
	ErrProjectDone = fault.Define(fault.Conflict, "retainers.project_completed", "The project is completed. Make it active again, or choose another one.")
	ErrPeriodOver  = fault.Define(fault.Conflict, "retainers.period_over", "This period is over: no tasks are made for it any more.")
)

// maxTasks is more than anybody has in a period.
const maxTasks = 50

// TaskPlan is what each period of a retainer brings to do. A change holds for
// the next period: those that have their tasks keep them.
type TaskPlan struct {
	RetainerID string
	ProjectID  string // empty, to be saved: the retainer's
	Items      []PlannedTask
	Version    int // 0: none is kept yet
	UpdatedAt  time.Time
}

// PlannedTask is one of them.
type PlannedTask struct {
	Name       string `json:"name"`
	AssigneeID string `json:"assignee_id,omitempty"`
	Estimate   *int64 `json:"estimate_seconds,omitempty"`
	DueDay     int    `json:"due_day,omitempty"` // of the period, the first is 1; none: no date
}

// PeriodTasks is what became of the plan in a period.
type PeriodTasks struct {
	PeriodID string
	Days     day.Range
	TaskIDs  []string
	Note     string // why there are none
	At       time.Time
}

// makeTasks makes the tasks of a period.
type makeTasks struct {
	Period string `json:"period"`
}

// Kind names the job.
func (makeTasks) Kind() string { return "retainers.make_tasks" }

func (p *TaskPlan) check() error {
	bad := ErrBadTasks
	if len(p.Items) > maxTasks {
		bad = bad.At("body.items", fmt.Sprintf("are more than %d", maxTasks))
	}
	for n := range p.Items {
		it := &p.Items[n]
		at := func(field, text string) { bad = bad.At(fmt.Sprintf("body.items[%d].%s", n, field), text) }
		it.Name = strings.TrimSpace(it.Name)
		if l := utf8.RuneCountInString(it.Name); l < 1 || l > 250 || strings.ContainsAny(it.Name, "\n\r\x00") {
			at("name", "must have 1 to 250 letters on one line")
		}
		if it.Estimate != nil && (*it.Estimate < 0 || *it.Estimate > 360_000_000) {
			at("estimate_seconds", "must be 0 to 100,000 hours")
		}
		if it.DueDay < 0 || it.DueDay > 366 {
			at("due_day", "must be 1 to 366")
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// TaskPlan returns what the periods of a retainer bring to do, and what became of it in the last ones.
func (s *Service) TaskPlan(ctx context.Context, retainerID string) (p TaskPlan, made []PeriodTasks, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err := s.d.Store.ByID(ctx, tx, retainerID, false)
		if err != nil {
			return err
		}
		if p, err = s.planOf(ctx, tx, r); err != nil {
			return err
		}
		made, err = s.d.Store.TasksMade(ctx, tx, retainerID, 12)
		return err
	})
	return p, made, err
}

func (s *Service) planOf(ctx context.Context, tx *tenancy.Tx, r Retainer) (TaskPlan, error) {
	p, err := s.d.Store.TaskPlan(ctx, tx, r.ID)
	if err != nil || p == nil {
		return TaskPlan{RetainerID: r.ID, ProjectID: r.ProjectID}, err
	}
	return *p, nil
}

// SaveTaskPlan says what each period brings to do. Periods that run, or are made already, get it too if they have none yet.
func (s *Service) SaveTaskPlan(ctx context.Context, p TaskPlan) (TaskPlan, error) {
	if err := p.check(); err != nil {
		return p, err
	}
	err := s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err := s.d.Store.ByID(ctx, tx, p.RetainerID, true)
		if err != nil {
			return err
		}
		before, err := s.planOf(ctx, tx, r)
		if err != nil {
			return err
		}
		if p.Version != before.Version {
			return ErrStale
		}
		if err := s.placeTasks(ctx, tx, r, &p); err != nil {
			return err
		}
		p.Version, p.UpdatedAt = p.Version+1, s.now()
		if err := s.d.Store.PutTaskPlan(ctx, tx, p); err != nil {
			return err
		}
		if err := s.note(ctx, tx, audit.Change{Action: "retainers.tasks_changed", Entity: "retainer", EntityID: r.ID, Before: before, After: p}, Changed{r.ref()}); err != nil {
			return err
		}
		_, open, err := s.d.Store.Standing(ctx, tx, r.ID)
		if err != nil || len(p.Items) == 0 {
			return err
		}
		for _, period := range open {
			if err := s.d.Jobs.EnqueueAt(ctx, tx, time.Time{}, makeTasks{period.ID}); err != nil {
				return err
			}
		}
		return nil
	})
	return p, err
}

// placeTasks checks where the tasks are made, and who does them.
func (s *Service) placeTasks(ctx context.Context, tx *tenancy.Tx, r Retainer, p *TaskPlan) error {
	if p.ProjectID == "" {
		p.ProjectID = r.ProjectID
	}
	if p.ProjectID == "" {
		return ErrBadTasks.At("body.project_id", "is required: this retainer is for all projects of its client")
	}
	of, err := s.d.Projects.ProjectsByIDsTx(ctx, tx, []string{p.ProjectID})
	if err != nil {
		return err
	}
	if of[p.ProjectID].ClientID != r.ClientID {
		return ErrBadTasks.At("body.project_id", "is not a project of this client")
	}
	var who []string
	for _, it := range p.Items {
		who = append(who, it.AssigneeID)
	}
	names, err := s.d.Members.NamesTx(ctx, tx, distinct(who))
	if err != nil {
		return err
	}
	bad := ErrBadTasks
	for n, it := range p.Items {
		if it.AssigneeID != "" && names[it.AssigneeID] == "" {
			bad = bad.At(fmt.Sprintf("body.items[%d].assignee_id", n), "is not a member of the agency")
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// MakeTasks makes the tasks of a period, once however often it is asked. Why it could not is noted at the period.
func (s *Service) MakeTasks(ctx context.Context, periodID string) (out PeriodTasks, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.makeTasks(ctx, tx, periodID)
		return err
	})
	why, refused := fault.Refusal(err)
	if !refused || errors.Is(err, ErrNoTasks) || errors.Is(err, ErrPeriodOver) || errors.Is(err, ErrPeriodNotFound) {
		return out, err
	}
	noted := s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		p, err := s.d.Store.Period(ctx, tx, periodID)
		if err != nil {
			return err
		}
		r, err := s.d.Store.ByID(ctx, tx, p.RetainerID, true)
		if err != nil {
			return err
		}
		if err := s.d.Store.PutTasksMade(ctx, tx, PeriodTasks{PeriodID: periodID, Note: why.Said(), At: s.now()}); err != nil {
			return err
		}
		return s.d.Events.Publish(ctx, tx, Changed{r.ref()})
	})
	return out, errors.Join(err, noted)
}

func (s *Service) makeTasks(ctx context.Context, tx *tenancy.Tx, periodID string) (out PeriodTasks, err error) {
	period, err := s.d.Store.Period(ctx, tx, periodID)
	if err != nil {
		return out, err
	}
	r, err := s.d.Store.ByID(ctx, tx, period.RetainerID, true) // two at once wait for each other
	if err != nil {
		return out, err
	}
	made, err := s.d.Store.TasksOfPeriod(ctx, tx, periodID)
	if err != nil || made != nil && made.Note == "" {
		return deref(made), err
	}
	plan, err := s.planOf(ctx, tx, r)
	if err != nil {
		return out, err
	}
	today, _, _, err := s.calendar(ctx, tx)
	switch {
	case err != nil:
		return out, err
	case len(plan.Items) == 0:
		return out, ErrNoTasks
	case period.Days().To.Before(today):
		return out, ErrPeriodOver
	}
	of, err := s.d.Projects.ProjectsByIDsTx(ctx, tx, []string{plan.ProjectID})
	if err != nil {
		return out, err
	}
	if of[plan.ProjectID].State == projects.Completed {
		return out, ErrProjectDone
	}
	out = PeriodTasks{PeriodID: periodID, Days: period.Days(), At: s.now()}
	for _, it := range plan.Items {
		t, err := s.d.Projects.CreateTaskTx(ctx, tx, it.in(plan.ProjectID, period.Days()))
		if err != nil {
			return out, err
		}
		out.TaskIDs = append(out.TaskIDs, t.ID)
	}
	if err := s.d.Store.PutTasksMade(ctx, tx, out); err != nil {
		return out, err
	}
	return out, s.d.Events.Publish(ctx, tx, Changed{r.ref()})
}

func deref(m *PeriodTasks) PeriodTasks {
	if m == nil {
		return PeriodTasks{}
	}
	return *m
}

// in is the task in a period; none is due after its end.
func (it PlannedTask) in(projectID string, days day.Range) projects.NewTask {
	n := projects.NewTask{ProjectID: projectID, Name: it.Name, AssigneeID: it.AssigneeID, Estimate: it.Estimate}
	if it.DueDay > 0 {
		n.StartsOn, n.DueOn = days.From, days.From.AddDays(it.DueDay-1)
		if n.DueOn.After(days.To) {
			n.DueOn = days.To
		}
	}
	return n
}

// makeTasksJob is the same in the background: what cannot be made is noted, and a period without tasks is none the worse.
func (s *Service) makeTasksJob(ctx context.Context, j makeTasks) error {
	_, err := s.MakeTasks(ctx, j.Period)
	if _, refused := fault.Refusal(err); refused {
		return nil
	}
	return err
}
