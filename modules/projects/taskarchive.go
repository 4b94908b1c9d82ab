package projects

import (
	"context"
	"errors"
	"time"

	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

const restoreTask = "projects.task_restored"

// ArchiveTask puts a task and all below it away.
func (s *Service) ArchiveTask(ctx context.Context, taskID string) (TaskRow, error) {
	now := s.now()
	return s.putAway(ctx, taskID, "projects.task_archived", &now)
}

// RestoreTask brings a task and all below it back.
func (s *Service) RestoreTask(ctx context.Context, taskID string) (TaskRow, error) {
	return s.putAway(ctx, taskID, restoreTask, nil)
}

func (s *Service) putAway(ctx context.Context, taskID, action string, at *time.Time) (TaskRow, error) {
	return s.editTask(ctx, taskID, 0, action, func(ctx context.Context, tx *tenancy.Tx, p Project, t Task) (Task, []event.Event, error) {
		if (t.ArchivedAt != nil) == (at != nil) {
			return t, nil, nil
		}
		below, _, err := s.d.Store.Below(ctx, tx, t.ID)
		if err != nil {
			return t, nil, err
		}
		subs, err := s.d.Store.TasksByIDs(ctx, tx, below)
		if err != nil {
			return t, nil, err
		}
		for _, sub := range subs {
			before := sub.record()
			sub.ArchivedAt, sub.UpdatedAt = at, s.now()
			if err := s.d.Store.SaveTask(ctx, tx, sub); err != nil {
				return t, nil, err
			}
			if err := s.note(ctx, tx, action, before, sub.record()); err != nil {
				return t, nil, err
			}
		}
		t.ArchivedAt = at
		if at == nil {
			return t, []event.Event{TaskRestored{taskRef(p, t)}}, nil
		}
		return t, []event.Event{TaskArchived{taskRef(p, t)}}, nil
	})
}

// DeleteTask removes a task and all below it for good, if no time was logged on any of them.
func (s *Service) DeleteTask(ctx context.Context, taskID string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		t, err := s.d.Store.TaskForUpdate(ctx, tx, taskID)
		if err != nil {
			return err
		}
		p, err := s.d.Store.ByID(ctx, tx, t.ProjectID)
		if err != nil {
			return err
		}
		if p.State == Archived {
			return ErrArchived
		}
		below, _, err := s.d.Store.Below(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		all := append([]string{t.ID}, below...)
		logged, err := s.d.Logged.TaskSecondsTx(ctx, tx, all)
		if err != nil {
			return err
		}
		for _, seconds := range logged {
			if seconds > 0 {
				return ErrTaskHasTime
			}
		}
		subs, err := s.d.Store.TasksByIDs(ctx, tx, below)
		if err != nil {
			return err
		}
		for _, gone := range append(subs, t) {
			if err := s.note(ctx, tx, "projects.task_deleted", gone.record(), nil); err != nil {
				return err
			}
		}
		if err := s.d.Store.RemoveTasks(ctx, tx, all); err != nil {
			return err
		}
		return s.d.Events.Publish(ctx, tx, TaskDeleted{taskRef(p, t)})
	})
}

// record is what the audit log keeps of a task.
func (t Task) record() map[string]any {
	return map[string]any{
		"entity": "task", "id": t.ID, "project_id": t.ProjectID, "parent_id": t.ParentID, "name": t.Name, "description": t.Description,
		"column_id": t.ColumnID, "rank": t.Rank, "assignee_id": t.AssigneeID, "priority": t.Priority.String(), "estimate_seconds": t.Estimate,
		"remaining_seconds": t.Remaining, "percent_complete": t.Percent, "starts_on": t.StartsOn, "due_on": t.DueOn, "checklist": t.Checklist,
		"tags": t.Tags, "billable": t.Billable, "service_id": t.ServiceID, "completed_at": t.CompletedAt, "archived_at": t.ArchivedAt,
	}
}

func isNotFound(err error, of *fault.Error) bool { return err != nil && errors.Is(err, of) }
