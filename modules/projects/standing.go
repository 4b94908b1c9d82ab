package projects

import (
	"context"
	"slices"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/tenancy"
)

// standing works out what was spent of budgets: one question for what is below their tasks, one for the time.
func (s *Service) standing(ctx context.Context, tx *tenancy.Tx, limits []Limit, from, to day.Date) ([]Standing, error) {
	out := make([]Standing, len(limits))
	if len(limits) == 0 {
		return out, nil
	}
	var roots []string
	for _, l := range limits {
		if l.TaskID != "" && !slices.Contains(roots, l.TaskID) {
			roots = append(roots, l.TaskID)
		}
	}
	trees, err := s.trees(ctx, tx, roots)
	if err != nil {
		return nil, err
	}
	scopes := make([]Scope, len(limits))
	for i, l := range limits {
		scopes[i] = Scope{ProjectID: l.ProjectID, MemberID: l.MemberID, Approved: l.ApprovedOnly, Billable: l.BillableOnly, Currency: l.Currency, From: from, To: to}
		if l.TaskID != "" {
			scopes[i].TaskIDs = trees[l.TaskID]
		}
	}
	spent, err := s.d.Logged.SpentTx(ctx, tx, scopes)
	if err != nil {
		return nil, err
	}
	for i, l := range limits {
		out[i] = Standing{Limit: l, Phase: len(trees[l.TaskID]) > 1, Spent: spent[i].Seconds}
		if l.Unit == InMoney {
			out[i].Spent = spent[i].Minor
		}
	}
	return out, nil
}

// trees returns each task with all below it.
func (s *Service) trees(ctx context.Context, tx *tenancy.Tx, taskIDs []string) (map[string][]string, error) {
	if len(taskIDs) == 0 {
		return map[string][]string{}, nil
	}
	return s.d.Store.Trees(ctx, tx, taskIDs)
}

// forecast adds the pace of the last four weeks, the names of tasks and the crossings.
func (s *Service) forecast(ctx context.Context, tx *tenancy.Tx, sts []Standing) error {
	if len(sts) == 0 {
		return nil
	}
	today, err := s.today(ctx, tx)
	if err != nil {
		return err
	}
	limits, ids := make([]Limit, len(sts)), make([]string, len(sts))
	var tasks []string
	for i, st := range sts {
		limits[i], ids[i] = st.Limit, st.ID
		if st.TaskID != "" {
			tasks = append(tasks, st.TaskID)
		}
	}
	lately, err := s.standing(ctx, tx, limits, today.AddDays(1-window), today)
	if err != nil {
		return err
	}
	reached, err := s.d.Store.LimitAlerts(ctx, tx, ids)
	if err != nil {
		return err
	}
	names, err := s.TasksByIDsTx(ctx, tx, tasks)
	for i := range sts {
		sts[i].Lately, sts[i].Reached, sts[i].TaskName = lately[i].Spent, reached[sts[i].ID], names[sts[i].TaskID].Name
		sts[i].RunsOut = sts[i].runsOut(today)
	}
	return err
}
