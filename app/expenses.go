package app

import (
	"context"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/expenses"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/tenancy"
)

// forExpenses answers the ports of expenses from the modules below and beside it.
type forExpenses struct {
	s *Services
	team
}

func (f forExpenses) HouseTx(ctx context.Context, tx *tenancy.Tx) (expenses.House, error) {
	a, err := f.s.Agency.SettingsTx(ctx, tx)
	if err != nil {
		return expenses.House{}, err
	}
	zone, err := time.LoadLocation(a.TimeZone)
	return expenses.House{Currency: a.Currency, Zone: zone, Rounding: money.HalfUp}, err
}

func (f forExpenses) ProjectsTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]expenses.Project, error) {
	out := make(map[string]expenses.Project, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	works, _, err := workplaces{f.s.Projects, f.s.Clients}.NamesTx(ctx, tx, ids, nil)
	for id, w := range works {
		out[id] = expenses.Project{ID: id, Code: w.ProjectCode, Name: w.ProjectName, ClientID: w.ClientID, ClientName: w.ClientName, Billable: w.Billable, Open: w.Open}
	}
	return out, err
}

func (f forExpenses) OtherApproversTx(ctx context.Context, tx *tenancy.Tx, memberID string) (int, error) {
	holders, err := f.s.Identity.HoldersTx(ctx, tx, expenses.CanApprove)
	others := slices.DeleteFunc(holders, func(m identity.Member) bool { return m.ID == memberID })
	return len(others), err
}
