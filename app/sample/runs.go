package sample

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/runs"
)

// inRun tells whether a client's month is billed by the run: last month, some of the clients.
func (m *maker) inRun(month day.Range, client int) bool {
	return m.s.Runs != nil && client%3 == 1 && month.From.Equal(m.today.StartOfMonth().AddMonths(-1))
}

// billRuns is a run over last month that drafts what is left of it.
func (m *maker) billRuns(ctx context.Context) error {
	m.tell(0.98, "runs")
	if m.s.Runs == nil {
		return nil
	}
	return m.s.Once(ctx, "invoice run", func(ctx context.Context) error {
		first := m.today.StartOfMonth().AddMonths(-1)
		_, err := m.s.Runs.Start(ctx, runs.Wish{From: first, To: first.EndOfMonth(), How: invoicing.AsDraft, GroupBy: invoicing.ByTask, Time: true})
		return err
	})
}
