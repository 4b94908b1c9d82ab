package projects

import (
	"context"
	"errors"
	"strings"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/tenancy"
)

// NewTask is what is needed to make a task.
type NewTask struct {
	ProjectID   string
	ParentID    string
	Name        string
	Description string
	ColumnID    string // the first column for open work when empty
	AssigneeID  string
	Priority    Priority // normal when zero
	Estimate    *int64
	StartsOn    day.Date
	DueOn       day.Date
	Checklist   []ChecklistItem
	Tags        []string
	Billable    *bool // as the project when nil
	ServiceID   string
}

// CreateTask makes a task at the end of its column.
func (s *Service) CreateTask(ctx context.Context, n NewTask) (out TaskRow, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.createTask(ctx, tx, n)
		return err
	})
	return out, err
}

// CreateTaskTx does the same in a transaction of another module. Who is no member any more gets no task: it is for nobody then.
func (s *Service) CreateTaskTx(ctx context.Context, tx *tenancy.Tx, n NewTask) (Task, error) {
	if n.AssigneeID != "" {
		here, err := s.d.Members.IsMemberTx(ctx, tx, n.AssigneeID)
		if err != nil {
			return Task{}, err
		}
		if !here {
			n.AssigneeID = ""
		}
	}
	row, err := s.createTask(ctx, tx, n)
	return row.Task, err
}

func (s *Service) createTask(ctx context.Context, tx *tenancy.Tx, n NewTask) (TaskRow, error) {
	p, err := s.d.Store.ByID(ctx, tx, n.ProjectID)
	if errors.Is(err, ErrNotFound) {
		return TaskRow{}, ErrTaskInvalid.Because(err).At("body.project_id", "is not a project")
	}
	if err != nil {
		return TaskRow{}, err
	}
	if p.State == Archived {
		return TaskRow{}, ErrArchived
	}
	t := s.draftedTask(ctx, p, n)
	if err := s.mayBill(ctx, tx, t.Billable != p.Billable); err != nil {
		return TaskRow{}, err
	}
	if t.ParentID != "" {
		if err := s.placeBelow(ctx, tx, t); err != nil {
			return TaskRow{}, err
		}
	}
	if err := s.isMember(ctx, tx, t.AssigneeID, "body.assignee_id"); err != nil {
		return TaskRow{}, err
	}
	if err := s.isService(ctx, tx, t.ServiceID); err != nil {
		return TaskRow{}, err
	}
	if t, err = s.addTask(ctx, tx, p, t); err != nil {
		return TaskRow{}, err
	}
	if err := s.note(ctx, tx, "projects.task_created", nil, t.record()); err != nil {
		return TaskRow{}, err
	}
	return rowOf(p, t), s.d.Events.Publish(ctx, tx, TaskCreated{taskRef(p, t)})
}

// mayBill refuses who says of a task that it is billable or not, and may not: its time would become what they say.
func (s *Service) mayBill(ctx context.Context, tx *tenancy.Tx, differs bool) error {
	if !differs {
		return nil
	}
	may, err := s.d.Billing.MaySetBillableTx(ctx, tx)
	if err == nil && !may {
		err = ErrBillableNotYours
	}
	return err
}

func (s *Service) draftedTask(ctx context.Context, p Project, n NewTask) Task {
	now := s.now()
	t := Task{
		ID: id.New(), ProjectID: p.ID, ParentID: n.ParentID, Name: strings.TrimSpace(n.Name), Description: strings.TrimSpace(n.Description),
		ColumnID: n.ColumnID, AssigneeID: n.AssigneeID, Priority: n.Priority, Estimate: n.Estimate, StartsOn: n.StartsOn, DueOn: n.DueOn,
		Checklist: withIDs(n.Checklist), Tags: tidyTags(n.Tags), Billable: p.Billable, ServiceID: n.ServiceID, CreatedAt: now, CreatedBy: access.From(ctx).MemberID,
		UpdatedAt: now, Version: 1,
	}
	set(&t.Billable, n.Billable)
	if t.ColumnID == "" {
		t.ColumnID = p.first(Todo).ID
	}
	if t.Priority == 0 {
		t.Priority = Normal
	}
	return t
}

// addTask checks t, ranks it last in its column and keeps it.
func (s *Service) addTask(ctx context.Context, tx *tenancy.Tx, p Project, t Task) (Task, error) {
	if err := t.check(); err != nil {
		return t, err
	}
	if err := s.lockBoard(ctx, tx, p.ID); err != nil {
		return t, err
	}
	t, err := s.ranked(ctx, tx, p, t, Place{ProjectID: p.ID, TaskID: t.ID, ColumnID: t.ColumnID})
	if err != nil {
		return t, err
	}
	return t, s.d.Store.AddTask(ctx, tx, t)
}

// isService refuses a service that new work cannot name.
func (s *Service) isService(ctx context.Context, tx *tenancy.Tx, serviceID string) error {
	if serviceID == "" {
		return nil
	}
	ok, err := s.d.Services.IsServiceTx(ctx, tx, serviceID)
	if err == nil && !ok {
		err = ErrTaskInvalid.At("body.service_id", "is not a service, or is archived")
	}
	return err
}

func withIDs(list []ChecklistItem) []ChecklistItem {
	out := make([]ChecklistItem, len(list))
	for i, c := range list {
		c.Text = strings.TrimSpace(c.Text)
		if c.ID == "" {
			c.ID = id.New()
		}
		out[i] = c
	}
	return out
}

// placeBelow says that t may stand below its parent.
func (s *Service) placeBelow(ctx context.Context, tx *tenancy.Tx, t Task) error {
	above, err := s.d.Store.Above(ctx, tx, t.ParentID)
	if err != nil {
		return err
	}
	if len(above) == 0 {
		return ErrForeignParent
	}
	_, below, err := s.d.Store.Below(ctx, tx, t.ID)
	if err != nil {
		return err
	}
	return place(t, above, below)
}

// fill makes the tasks of a plan.
func (s *Service) fill(ctx context.Context, tx *tenancy.Tx, p Project, plan Plan) error {
	rank := ""
	for _, t := range plan.Planned {
		if err := s.fillOne(ctx, tx, p, t, "", &rank); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) fillOne(ctx context.Context, tx *tenancy.Tx, p Project, planned PlannedTask, parentID string, rank *string) (err error) {
	n := NewTask{Name: planned.Name, Priority: planned.Priority, StartsOn: planned.StartsOn, DueOn: planned.DueOn, Tags: planned.Tags, ParentID: parentID}
	for _, line := range planned.Checklist {
		n.Checklist = append(n.Checklist, ChecklistItem{Text: line})
	}
	if planned.Hours > 0 {
		seconds := planned.Hours * 3600
		n.Estimate = &seconds
	}
	t := s.draftedTask(ctx, p, n)
	t.Billable = p.Billable && !planned.Unbilled
	if t.Rank, err = rankBetween(*rank, ""); err != nil {
		return err
	}
	*rank = t.Rank
	if err := t.check(); err != nil {
		return err
	}
	if err := s.d.Store.AddTask(ctx, tx, t); err != nil {
		return err
	}
	for _, sub := range planned.Sub {
		if err := s.fillOne(ctx, tx, p, sub, t.ID, rank); err != nil {
			return err
		}
	}
	return nil
}

// FindTask returns one task with the time on it.
func (s *Service) FindTask(ctx context.Context, taskID string) (out TaskRow, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		t, err := s.d.Store.TaskByID(ctx, tx, taskID)
		if err != nil {
			return err
		}
		p, err := s.d.Store.ByID(ctx, tx, t.ProjectID)
		if err != nil {
			return err
		}
		rows := []TaskRow{rowOf(p, t)}
		err = s.addLogged(ctx, tx, rows)
		out = rows[0]
		return err
	})
	return out, err
}

func rowOf(p Project, t Task) TaskRow {
	col, _ := p.Column(t.ColumnID)
	return TaskRow{Task: t, ProjectCode: p.Code, ProjectName: p.Name, ProjectColour: p.Colour, ClientID: p.ClientID, Column: col}
}
