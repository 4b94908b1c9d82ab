//go:build sabotage_bulk_first

// Of a list of tasks only the first is checked.

package projects

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/tenancy"
)

func (s *Service) CompleteTasks(ctx context.Context, ids []string, _ bool) (out []TaskRow, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		for i, taskID := range ids {
			row, err := s.editTaskTx(ctx, tx, taskID, 0, "projects.task_moved", func(_ context.Context, _ *tenancy.Tx, _ Project, was Task) (Task, []event.Event, error) {
				return was, nil, nil
			})
			if err != nil && i == 0 {
				return err
			}
			out = append(out, row)
		}
		return nil
	})
	return out, err
}
