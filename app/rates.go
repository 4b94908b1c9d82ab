package app

import (
	"context"
	"errors"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// ofProjects answers rates.Projects: whose project it is.
type ofProjects struct{ s *Services }

func (o ofProjects) ClientsOfTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]string, error) {
	found, err := o.s.Projects.ProjectsByIDsTx(ctx, tx, ids)
	clients := make(map[string]string, len(found))
	for id, p := range found {
		clients[id] = p.ClientID
	}
	return clients, err
}

// targets answers rates.Targets and rates.Taxes: whether what a rate or a service names exists.
type targets struct{ s *Services }

func (t targets) MembersTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]bool, error) {
	names, err := t.s.Identity.NamesTx(ctx, tx, ids)
	out := make(map[string]bool, len(names))
	for id := range names {
		out[id] = true
	}
	return out, err
}

func (t targets) IsPositionTx(ctx context.Context, tx *tenancy.Tx, id string) (bool, error) {
	return t.s.People.IsPositionTx(ctx, tx, id)
}

func (t targets) ProjectOfTaskTx(ctx context.Context, tx *tenancy.Tx, taskID string) (string, error) {
	found, err := t.s.Projects.TaskTx(ctx, tx, taskID)
	if errors.Is(err, projects.ErrTaskNotFound) {
		return "", nil
	}
	return found.ProjectID, err
}

// IsTaxRateTx looks invoicing up when asked, since it is built after rates.
func (t targets) IsTaxRateTx(ctx context.Context, tx *tenancy.Tx, id string) (bool, error) {
	return t.s.Invoicing.IsTaxRateTx(ctx, tx, id)
}

// sales answers projects.Services and timesheets.Services: what is sold. Rates
// are looked up when asked, since they are built after projects.
type sales struct{ s *Services }

func (x sales) IsServiceTx(ctx context.Context, tx *tenancy.Tx, id string) (bool, error) {
	found, err := x.s.Rates.SoldTx(ctx, tx, id)
	if errors.Is(err, rates.ErrServiceNotFound) {
		return false, nil
	}
	return err == nil && found.ArchivedAt == nil, err
}

func (x sales) ServiceTx(ctx context.Context, tx *tenancy.Tx, id string) (timesheets.Sale, error) {
	found, err := x.s.Rates.SoldTx(ctx, tx, id)
	if errors.Is(err, rates.ErrServiceNotFound) || (err == nil && found.ArchivedAt != nil) {
		return timesheets.Sale{}, timesheets.ErrNoService
	}
	return saleOf(found), err
}

func saleOf(s rates.Sold) timesheets.Sale {
	return timesheets.Sale{ID: s.ID, Name: s.Name, Billable: s.Billable}
}

func (x sales) SalesTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]timesheets.Sale, error) {
	found, err := x.s.Rates.SoldByIDsTx(ctx, tx, ids)
	out := make(map[string]timesheets.Sale, len(found))
	for id, s := range found {
		out[id] = saleOf(s)
	}
	return out, err
}

// repricer answers rates.Repricer. Timesheets are looked up when asked, since they are built after rates.
type repricer struct{ s *Services }

func (p repricer) RepriceTx(ctx context.Context, tx *tenancy.Tx, rateIDs []string, from day.Date) (rates.Effect, error) {
	r, err := p.s.Timesheets.RepriceTx(ctx, tx, rateIDs, from)
	return effectOf(r), err
}

func (p repricer) RejudgeTx(ctx context.Context, tx *tenancy.Tx, of rates.Stretch) (rates.Effect, error) {
	f := timesheets.Filter{ClientID: of.ClientID, ProjectID: of.ProjectID, From: of.From}
	if of.To != nil {
		f.To = of.To.AddDays(-1)
	}
	r, err := p.s.Timesheets.RejudgeTx(ctx, tx, f)
	return effectOf(r), err
}

func (p repricer) UndoTx(ctx context.Context, tx *tenancy.Tx, repricingID string) (rates.Effect, []rates.Stayed, error) {
	r, refused, err := p.s.Timesheets.UndoRepricingTx(ctx, tx, repricingID)
	var stayed []rates.Stayed
	for _, x := range refused {
		stayed = append(stayed, rates.Stayed(x))
	}
	return effectOf(r), stayed, err
}

func effectOf(r timesheets.Rerating) rates.Effect {
	return rates.Effect{Entries: r.Entries, Before: r.Before, After: r.After, Repricing: r.Repricing}
}

func (p repricer) WorkedTx(ctx context.Context, tx *tenancy.Tx, projectID string) (out rates.Worked, err error) {
	if out.MemberIDs, err = p.s.Timesheets.WorkersTx(ctx, tx, projectID); err != nil {
		return out, err
	}
	use, err := p.s.Timesheets.UsageTx(ctx, tx, []string{projectID})
	out.Seconds, out.Worth = use[projectID].Seconds, use[projectID].Amount
	return out, err
}

func (p repricer) SecondsTx(ctx context.Context, tx *tenancy.Tx, projectID string, costs []rates.Cost) ([]int64, error) {
	scopes := make([]timesheets.Scope, len(costs))
	for i, c := range costs {
		scopes[i] = timesheets.Scope{ProjectID: projectID, MemberID: c.MemberID, From: c.From, To: day.New(9999, 12, 31)}
		if c.To != nil {
			scopes[i].To = c.To.AddDays(-1)
		}
	}
	spent, err := p.s.Timesheets.SpentTx(ctx, tx, scopes)
	out := make([]int64, len(costs))
	for i, s := range spent {
		out[i] = s.Seconds
	}
	return out, err
}

func (p repricer) ClosedThroughTx(ctx context.Context, tx *tenancy.Tx) (day.Date, error) {
	return p.s.Timesheets.ClosedThroughTx(ctx, tx)
}

func (p repricer) LoggedTx(ctx context.Context, tx *tenancy.Tx, memberID string, from, to day.Date) ([]rates.Logged, error) {
	all, err := p.s.Timesheets.LoggedTx(ctx, tx, memberID, from, to)
	out := make([]rates.Logged, len(all))
	for i, l := range all {
		out[i] = rates.Logged(l)
	}
	return out, err
}

// prices answers timesheets.Rates.
type prices struct{ rates *rates.Service }

func (p prices) ResolveTx(ctx context.Context, tx *tenancy.Tx, qs []timesheets.RateQuestion) ([]timesheets.Rate, error) {
	asked := make([]rates.Question, len(qs))
	for i, q := range qs {
		asked[i] = rates.Question{MemberID: q.MemberID, ProjectID: q.ProjectID, ClientID: q.ClientID, TaskID: q.TaskID, ServiceID: q.ServiceID, Day: q.Day}
	}
	answers, err := p.rates.ResolveManyTx(ctx, tx, asked)
	out := make([]timesheets.Rate, len(answers))
	for i, a := range answers {
		out[i] = timesheets.Rate{
			Found: a.Found, PerHour: a.PerHour, Currency: a.Currency, RateID: a.RateID, CardID: a.CardID, CardName: a.CardName, Level: a.Level, Why: a.Why,
			Tiers: a.Tiers, CountedSince: a.CountedSince,
		}
		if a.Agreed != nil {
			agreed := timesheets.Agreed(*a.Agreed)
			out[i].Agreed = &agreed
		}
	}
	return out, err
}
