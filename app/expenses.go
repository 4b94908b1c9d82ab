package app

import (
	"context"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/expenses"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/timesheets"
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

// OpenTx holds expenses by the closed periods of time: a month that is closed is closed.
func (f forExpenses) OpenTx(ctx context.Context, tx *tenancy.Tx, field string, dated ...expenses.Dated) error {
	out := make([]timesheets.Dated, len(dated))
	for i, d := range dated {
		if out[i].Day = d.Day; d.ProjectID == "" {
			continue
		}
		p, err := f.s.Projects.ProjectTx(ctx, tx, d.ProjectID)
		if err != nil {
			return err
		}
		out[i].ClientID = p.ClientID
	}
	return f.s.Timesheets.OpenTx(ctx, tx, field, out...)
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

func (f forExpenses) ClientNamesTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]string, error) {
	known, err := f.s.Clients.ClientsByIDsTx(ctx, tx, ids)
	names := make(map[string]string, len(known))
	for id, c := range known {
		names[id] = c.Name
	}
	return names, err
}

func (f forExpenses) OtherApproversTx(ctx context.Context, tx *tenancy.Tx, memberID string) (int, error) {
	holders, err := f.s.Identity.HoldersTx(ctx, tx, expenses.CanApprove)
	others := slices.DeleteFunc(holders, func(m identity.Member) bool { return m.ID == memberID })
	return len(others), err
}

// spentForInvoices answers invoicing.Expenses.
type spentForInvoices struct{ expenses *expenses.Service }

func (x spentForInvoices) SpentTx(ctx context.Context, tx *tenancy.Tx, q invoicing.TimeQuery) ([]invoicing.Spent, error) {
	all, err := x.expenses.UnbilledTx(ctx, tx, expenses.Unbilled(q))
	if err != nil {
		return nil, err
	}
	categories := make([]string, len(all))
	for n, e := range all {
		categories[n] = e.CategoryID
	}
	taxes, err := x.expenses.SaleTaxesTx(ctx, tx, categories)
	if err != nil {
		return nil, err
	}
	out := make([]invoicing.Spent, len(all))
	for n, e := range all {
		charges, err := e.Charges()
		if err != nil {
			return nil, err
		}
		out[n] = invoicing.Spent{ID: e.ID, ClientID: e.ClientID, ProjectID: e.ProjectID, Text: e.Text(), Note: e.Note, TaxRateID: taxes[e.CategoryID], Day: e.Day}
		for _, c := range charges {
			out[n].Prices = append(out[n].Prices, invoicing.SpentPrice(c))
		}
	}
	return out, nil
}

func (x spentForInvoices) SpentByTx(ctx context.Context, tx *tenancy.Tx, q invoicing.TimeQuery) (map[string]int, error) {
	return x.expenses.ToBillTx(ctx, tx, expenses.Unbilled(q))
}

func (x spentForInvoices) TakeTx(ctx context.Context, tx *tenancy.Tx, documentID string, ids []string) error {
	return x.expenses.MarkBilledTx(ctx, tx, ids, documentID)
}

func (x spentForInvoices) AgainTx(ctx context.Context, tx *tenancy.Tx, documentID string, all []invoicing.Source) ([]invoicing.Source, error) {
	ids := make([]string, len(all))
	for n, s := range all {
		ids[n] = s.ID
	}
	return all, x.expenses.MarkBilledTx(ctx, tx, ids, documentID)
}

// GiveBackTx frees the expenses of which nothing is billed any more: an expense is billed as a whole or not at all.
func (x spentForInvoices) GiveBackTx(ctx context.Context, tx *tenancy.Tx, documentID string, all []invoicing.GivenBack) error {
	var ids []string
	for _, g := range all {
		if g.After == g.Of {
			ids = append(ids, g.ID)
		}
	}
	return x.expenses.ReleaseBilledTx(ctx, tx, ids, documentID)
}

func (x spentForInvoices) ReceiptsTx(ctx context.Context, tx *tenancy.Tx, documentID string) ([]invoicing.Attachment, error) {
	all, err := x.expenses.ReceiptsOnTx(ctx, tx, documentID)
	out := make([]invoicing.Attachment, len(all))
	for n, r := range all {
		out[n] = invoicing.Attachment{Name: r.Name, ContentType: r.ContentType, Key: r.Key, Size: r.Size}
	}
	return out, err
}
