package sample

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/modules/rates"
)

// costs say what an hour of each person costs, so that projects show a margin: by the hour, and for one by a salary.
func (m *maker) costs(ctx context.Context) error {
	perHour := map[string]int64{}
	for _, p := range positions {
		perHour[p.name] = p.cost
	}
	for i, who := range m.staffers {
		err := m.s.Once(ctx, "cost "+who.ID, func(ctx context.Context) error {
			d := rates.CostDraft{MemberID: who.ID, From: m.start.AddDays(-30)}
			if i == 1 {
				salary := decimal.NewFromInt(96_000)
				d.Salary = &salary
			} else {
				cost := decimal.NewFromInt(perHour[cast[i].position])
				d.PerHour = &cost
			}
			_, err := m.s.Rates.AddCost(ctx, d)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
