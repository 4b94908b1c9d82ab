package sample

import (
	"context"

	"github.com/bureauhq/bureau/modules/retainers"
)

// retainers gives the first project a retainer from last month on, so that
// its statements have the approved time that is on no invoice.
func (m *maker) retainers(ctx context.Context) error {
	m.tell(0.97, "retainers")
	if m.s.Retainers == nil || len(m.projects) == 0 {
		return nil
	}
	fee, most := "3600", "20"
	p := m.projects[0]
	return m.s.Once(ctx, "retainer", func(ctx context.Context) error {
		r, err := m.s.Retainers.Create(ctx, retainers.Draft{
			ClientID: p.ClientID, ProjectID: p.ID, Name: "Care for " + p.Name, Unit: retainers.Hours, Every: "month", StartsOn: m.today.StartOfMonth().AddMonths(-1), GraceDays: 31, Shown: true,
			Terms: retainers.Terms{Grant: "40", Fee: &fee, Rollover: retainers.RollCapped, Cap: &most, Deficit: retainers.BillDeficit, Overage: retainers.AtRate},
		})
		if err != nil {
			return err
		}
		hours := int64(3 * 3600)
		_, err = m.s.Retainers.SaveTaskPlan(ctx, retainers.TaskPlan{RetainerID: r.ID, Items: []retainers.PlannedTask{
			{Name: "Updates and backups", DueDay: 5, Estimate: &hours}, {Name: "Report of the month", DueDay: 31},
		}})
		return err
	})
}
