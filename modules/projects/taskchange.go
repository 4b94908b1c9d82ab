package projects

import (
	"context"
	"slices"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// TaskChange names what should be different; nil leaves a thing as it is.
type TaskChange struct {
	Name        *string
	Description *string
	ParentID    *string // empty for the top
	ColumnID    *string // puts the task last in the column
	AssigneeID  *string // empty for nobody
	Priority    *Priority
	Estimate    **int64
	Remaining   **int64
	Percent     *int
	StartsOn    *day.Date
	DueOn       *day.Date
	Checklist   *[]ChecklistItem
	Tags        *[]string
	Billable    *bool
	ServiceID   *string // empty for none
}

func (c TaskChange) on(t Task) Task {
	trimmed(&t.Name, c.Name)
	trimmed(&t.Description, c.Description)
	set(&t.ParentID, c.ParentID)
	set(&t.AssigneeID, c.AssigneeID)
	set(&t.Priority, c.Priority)
	set(&t.Estimate, c.Estimate)
	set(&t.Remaining, c.Remaining)
	set(&t.Percent, c.Percent)
	set(&t.StartsOn, c.StartsOn)
	set(&t.DueOn, c.DueOn)
	set(&t.Billable, c.Billable)
	set(&t.ServiceID, c.ServiceID)
	if c.Checklist != nil {
		t.Checklist = withIDs(*c.Checklist)
	}
	if c.Tags != nil {
		t.Tags = tidyTags(*c.Tags)
	}
	return t
}

// ChangeTask changes a task that is still at version.
func (s *Service) ChangeTask(ctx context.Context, taskID string, version int, c TaskChange) (TaskRow, error) {
	return s.editTask(ctx, taskID, version, "projects.task_changed", func(ctx context.Context, tx *tenancy.Tx, p Project, was Task) (Task, []event.Event, error) {
		t := c.on(was)
		if err := t.check(); err != nil {
			return t, nil, err
		}
		if err := s.mayBill(ctx, tx, t.Billable != was.Billable); err != nil {
			return t, nil, err
		}
		if t.ParentID != was.ParentID && t.ParentID != "" {
			if err := s.placeBelow(ctx, tx, t); err != nil {
				return t, nil, err
			}
		}
		if t.AssigneeID != was.AssigneeID {
			if err := s.isMember(ctx, tx, t.AssigneeID, "body.assignee_id"); err != nil {
				return t, nil, err
			}
		}
		if t.ServiceID != was.ServiceID {
			if err := s.isService(ctx, tx, t.ServiceID); err != nil {
				return t, nil, err
			}
		}
		if c.ColumnID != nil && *c.ColumnID != was.ColumnID {
			var err error
			if t, err = s.ranked(ctx, tx, p, t, Place{ProjectID: p.ID, TaskID: t.ID, ColumnID: *c.ColumnID}); err != nil {
				return t, nil, err
			}
		}
		events := moved(p, was, t)
		if t.AssigneeID != was.AssigneeID && t.AssigneeID != "" {
			events = append(events, TaskAssigned{taskRef(p, t)})
		}
		if len(events) == 0 {
			events = []event.Event{TaskChanged{taskRef(p, t)}}
		}
		return t, events, nil
	})
}

// Place says where a card should go: before or after another card of the
// column, or last when both are empty.
type Place struct {
	ProjectID string
	TaskID    string // the card that goes there
	ColumnID  string
	BeforeID  string
	AfterID   string
}

// MoveTask puts a card somewhere on its board.
func (s *Service) MoveTask(ctx context.Context, taskID string, to Place) (TaskRow, error) {
	return s.editTask(ctx, taskID, 0, "projects.task_moved", func(ctx context.Context, tx *tenancy.Tx, p Project, was Task) (Task, []event.Event, error) {
		to.ProjectID, to.TaskID = p.ID, was.ID
		if to.BeforeID == was.ID || to.AfterID == was.ID {
			return was, nil, ErrBadNeighbour
		}
		t, err := s.ranked(ctx, tx, p, was, to)
		if err != nil {
			return t, nil, err
		}
		events := moved(p, was, t)
		if len(events) == 0 {
			events = []event.Event{TaskMoved{taskRef(p, t)}}
		}
		return t, events, nil
	})
}

// moved tells what a change of column meant.
func moved(p Project, was, t Task) []event.Event {
	switch {
	case was.CompletedAt == nil && t.CompletedAt != nil:
		return []event.Event{TaskCompleted{taskRef(p, t)}}
	case was.CompletedAt != nil && t.CompletedAt == nil:
		return []event.Event{TaskReopened{taskRef(p, t)}}
	case was.ColumnID != t.ColumnID:
		return []event.Event{TaskMoved{taskRef(p, t)}}
	}
	return nil
}

// ranked returns t at a place of the board, done or open as its column says.
// The four figures of effort stay as people said them. The board must be locked.
func (s *Service) ranked(ctx context.Context, tx *tenancy.Tx, p Project, t Task, to Place) (Task, error) {
	col, ok := p.Column(to.ColumnID)
	if !ok {
		return t, ErrNoColumn
	}
	before, after, err := s.d.Store.Neighbours(ctx, tx, to)
	if err != nil {
		return t, err
	}
	if t.Rank, err = rankBetween(before, after); err != nil {
		return t, err
	}
	t.ColumnID = col.ID
	switch {
	case col.Category != Done:
		t.CompletedAt = nil
	case t.CompletedAt == nil:
		now := s.now()
		t.CompletedAt = &now
	}
	return t, nil
}

// settle is ranked, kept.
func (s *Service) settle(ctx context.Context, tx *tenancy.Tx, p Project, t Task, to Place) (Task, error) {
	t, err := s.ranked(ctx, tx, p, t, to)
	if err != nil {
		return t, err
	}
	t.UpdatedAt = s.now()
	if err := s.d.Store.SaveTask(ctx, tx, t); err != nil {
		return t, err
	}
	t.Version++
	return t, nil
}

// lockBoard lets one change of ranks through at a time, so that two never get the same.
func (s *Service) lockBoard(ctx context.Context, tx *tenancy.Tx, projectID string) error {
	return tx.Lock(ctx, "projects.board/"+projectID)
}

// editTask runs one change of a task: locked, checked against the version, noted and told.
// A version of 0 takes the task as it is.
func (s *Service) editTask(ctx context.Context, taskID string, version int, action string,
	fn func(context.Context, *tenancy.Tx, Project, Task) (Task, []event.Event, error),
) (out TaskRow, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.editTaskTx(ctx, tx, taskID, version, action, fn)
		return err
	})
	return out, err
}

func (s *Service) editTaskTx(ctx context.Context, tx *tenancy.Tx, taskID string, version int, action string,
	fn func(context.Context, *tenancy.Tx, Project, Task) (Task, []event.Event, error),
) (TaskRow, error) {
	seen, err := s.d.Store.TaskByID(ctx, tx, taskID)
	if err != nil {
		return TaskRow{}, err
	}
	// The board before the row, in every change, so that no two wait for each other.
	if err := s.lockBoard(ctx, tx, seen.ProjectID); err != nil {
		return TaskRow{}, err
	}
	was, err := s.d.Store.TaskForUpdate(ctx, tx, taskID)
	if err != nil {
		return TaskRow{}, err
	}
	p, err := s.d.Store.ByID(ctx, tx, was.ProjectID)
	if err != nil {
		return TaskRow{}, err
	}
	switch {
	case version != 0 && was.Version != version:
		return TaskRow{}, ErrStale
	case p.State == Archived:
		return TaskRow{}, ErrArchived
	case was.ArchivedAt != nil && action != restoreTask:
		return TaskRow{}, ErrTaskArchived
	}
	t, events, err := fn(ctx, tx, p, was)
	if err != nil {
		return TaskRow{}, err
	}
	if len(events) > 0 {
		t.UpdatedAt = s.now()
		if err := s.d.Store.SaveTask(ctx, tx, t); err != nil {
			return TaskRow{}, err
		}
		t.Version++
		if err := s.note(ctx, tx, action, was.record(), t.record()); err != nil {
			return TaskRow{}, err
		}
		for _, e := range events {
			if err := s.d.Events.Publish(ctx, tx, e); err != nil {
				return TaskRow{}, err
			}
		}
	}
	rows := []TaskRow{rowOf(p, t)}
	return rows[0], s.addLoggedTo(ctx, tx, &rows[0])
}

func (s *Service) addLoggedTo(ctx context.Context, tx *tenancy.Tx, r *TaskRow) error {
	logged, err := s.d.Logged.TaskSecondsTx(ctx, tx, []string{r.ID})
	r.LoggedSeconds = logged[r.ID]
	return err
}

// CompleteTasks finishes tasks, or opens them again, all or none. What is so already stays.
func (s *Service) CompleteTasks(ctx context.Context, ids []string, done bool) (out []TaskRow, err error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids))) // in one order, so that two calls never wait for each other
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out = nil
		for _, taskID := range ids {
			row, err := s.editTaskTx(ctx, tx, taskID, 0, "projects.task_moved", func(ctx context.Context, tx *tenancy.Tx, p Project, was Task) (Task, []event.Event, error) {
				if (was.CompletedAt != nil) == done {
					return was, nil, nil
				}
				category := Todo
				if done {
					category = Done
				}
				t, err := s.ranked(ctx, tx, p, was, Place{ProjectID: p.ID, TaskID: was.ID, ColumnID: p.first(category).ID})
				return t, moved(p, was, t), err
			})
			if err != nil {
				return err
			}
			out = append(out, row)
		}
		return nil
	})
	return out, err
}

// ErrNoItem answers a checklist line that is not there.
var ErrNoItem = fault.Define(fault.NotFound, "projects.no_checklist_item", "This line is not on the checklist any more.")

// TickItem ticks or unticks a line of a checklist. Others may edit the task meanwhile.
func (s *Service) TickItem(ctx context.Context, taskID, itemID string, done bool) (TaskRow, error) {
	return s.editTask(ctx, taskID, 0, "projects.task_changed", func(_ context.Context, _ *tenancy.Tx, p Project, t Task) (Task, []event.Event, error) {
		i := slices.IndexFunc(t.Checklist, func(c ChecklistItem) bool { return c.ID == itemID })
		if i < 0 {
			return t, nil, ErrNoItem
		}
		if t.Checklist[i].Done == done {
			return t, nil, nil
		}
		t.Checklist = slices.Clone(t.Checklist)
		t.Checklist[i].Done = done
		return t, []event.Event{TaskChanged{taskRef(p, t)}}, nil
	})
}
