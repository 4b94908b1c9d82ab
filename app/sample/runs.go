package sample

import (
	"context"

	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/runs"
)

// billRuns is a run over the month before last, of which everything is billed: a list of clients with nothing left.
func (m *maker) billRuns(ctx context.Context) error {
	m.tell(0.98, "runs")
	if m.s.Runs == nil {
		return nil
	}
	return m.s.Once(ctx, "invoice run", func(ctx context.Context) error {
		first := m.today.StartOfMonth().AddMonths(-3)
		_, err := m.s.Runs.Start(ctx, runs.Wish{From: first, To: first.EndOfMonth(), How: invoicing.AsDraft, GroupBy: invoicing.ByTask, Time: true})
		return err
	})
}
