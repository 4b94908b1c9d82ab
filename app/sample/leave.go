package sample

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/modules/people"
)

// leave are two kinds of leave, and holidays that everybody plans: every third is approved already.
func (m *maker) leave(ctx context.Context) error {
	five := decimal.NewFromInt(5)
	ids := map[string]string{}
	for _, k := range []people.LeaveType{
		{Name: "Vacation", Paid: true, Unit: "days", Approval: true, Accrual: people.Yearly, Allowance: decimal.NewFromInt(25), YearStart: 1, CarryCap: &five, CarryMonths: 3},
		{Name: "Sick leave", Paid: true, Unit: "hours", Accrual: people.NoAccrual, YearStart: 1},
	} {
		err := m.s.Once(ctx, "leave type "+k.Name, func(ctx context.Context) error {
			_, err := m.s.People.AddLeaveType(ctx, k)
			return err
		})
		if err != nil {
			return err
		}
	}
	kinds, err := m.s.People.LeaveTypes(ctx, true)
	if err != nil {
		return err
	}
	for _, k := range kinds {
		ids[k.Name] = k.ID
	}
	for i, who := range m.staffers {
		monday := m.today.WeekStart(time.Monday).AddDays(7 * (2 + i%4))
		me := as(ctx, who)
		var asked people.LeaveRequest
		err := m.s.Once(me, fmt.Sprintf("leave %d", i), func(ctx context.Context) (err error) {
			asked, err = m.s.People.AskLeave(ctx, people.LeaveAsk{TypeID: ids["Vacation"], First: monday, Last: monday.AddDays(1 + i%4), HalfLast: i%2 == 1})
			return err
		})
		if err != nil {
			return err
		}
		if asked.ID == "" || i%3 != 2 {
			continue
		}
		if _, err := m.s.People.DecideLeave(m.approver(ctx, who), asked.ID, asked.Version, true, "", ""); err != nil {
			return err
		}
	}
	return nil
}
