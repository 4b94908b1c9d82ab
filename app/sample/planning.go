package sample

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/modules/planning"
	"github.com/bureauhq/bureau/modules/planning/spread"
)

// bookings plan everybody from last week on: most of the day on one project, a share of it on another, and here and there something
// tentative that is too much.
func (m *maker) bookings(ctx context.Context) error {
	if m.s.Planning == nil {
		return nil
	}
	monday := m.today.WeekStart(time.Monday)
	book := func(key string, w planning.Wish) error {
		return m.s.Once(ctx, "booking "+key, func(ctx context.Context) error {
			_, err := m.s.Planning.Create(ctx, w)
			return err
		})
	}
	for i, who := range m.staffers {
		mine := m.projectsOf(who.ID, monday)
		if len(mine) == 0 {
			continue
		}
		w := planning.Wish{
			MemberID: who.ID, ProjectID: mine[0].ID, First: monday.AddDays(-7), Last: monday.AddDays(7*(1+i%3) + 4), State: planning.Confirmed,
			Amount: spread.Amount{Kind: spread.PerDay, Seconds: int64(4+i%3) * 3600},
		}
		if err := book(fmt.Sprintf("%d days", i), w); err != nil {
			return err
		}
		if len(mine) < 2 {
			continue
		}
		w.ProjectID, w.First, w.Last, w.Amount = mine[1].ID, monday, monday.AddDays(25), spread.Amount{Kind: spread.Percent, Percent: decimal.NewFromInt(int64(10 + 5*(i%3)))}
		if err := book(fmt.Sprintf("%d share", i), w); err != nil {
			return err
		}
		if i%4 == 1 {
			w.First, w.Last, w.State, w.Note = monday.AddDays(7), monday.AddDays(11), planning.Tentative, "If the offer is accepted"
			w.Amount = spread.Amount{Kind: spread.Total, Seconds: 20 * 3600}
			if err := book(fmt.Sprintf("%d offer", i), w); err != nil {
				return err
			}
		}
	}
	return nil
}
