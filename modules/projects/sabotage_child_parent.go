//go:build sabotage_child_parent

// A line of a checklist is not looked for on the task that the address names.

package projects

import (
	"context"
	"slices"

	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/tenancy"
)

func (s *Service) TickItem(ctx context.Context, taskID, itemID string, done bool) (TaskRow, error) {
	return s.editTask(ctx, taskID, 0, "projects.task_changed", func(_ context.Context, _ *tenancy.Tx, _ Project, t Task) (Task, []event.Event, error) {
		t.Checklist = slices.Clone(t.Checklist)
		for i := range t.Checklist {
			if t.Checklist[i].ID == itemID {
				t.Checklist[i].Done = done
			}
		}
		return t, nil, nil
	})
}
