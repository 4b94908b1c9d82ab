package projects

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/tenancy"
)

// ProjectTx returns a project to a module that is in its own transaction. ErrNotFound.
func (s *Service) ProjectTx(ctx context.Context, tx *tenancy.Tx, id string) (Project, error) {
	return s.d.Store.ByID(ctx, tx, id)
}

// TaskTx returns a task. ErrTaskNotFound.
func (s *Service) TaskTx(ctx context.Context, tx *tenancy.Tx, id string) (Task, error) {
	return s.d.Store.TaskByID(ctx, tx, id)
}

// ProjectsByIDsTx returns those of the projects that exist, by id.
func (s *Service) ProjectsByIDsTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]Project, error) {
	ps, err := s.d.Store.ByIDs(ctx, tx, ids)
	out := make(map[string]Project, len(ps))
	for _, p := range ps {
		out[p.ID] = p
	}
	return out, err
}

// LedTx returns the projects that any of the members leads.
func (s *Service) LedTx(ctx context.Context, tx *tenancy.Tx, memberIDs []string) ([]string, error) {
	return s.d.Store.LedBy(ctx, tx, memberIDs)
}

// OnTx returns the projects whose team a member is of.
func (s *Service) OnTx(ctx context.Context, tx *tenancy.Tx, memberID string) ([]string, error) {
	return s.d.Store.TeamsOf(ctx, tx, memberID)
}

// TasksByIDsTx returns those of the tasks that exist, by id.
func (s *Service) TasksByIDsTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]Task, error) {
	ts, err := s.d.Store.TasksByIDs(ctx, tx, ids)
	out := make(map[string]Task, len(ts))
	for _, t := range ts {
		out[t.ID] = t
	}
	return out, err
}

// Plans lays every template on the calendar from a day; from today when there is none.
func (s *Service) Plans(ctx context.Context, start day.Date) (out []Plan, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		for _, t := range Templates() {
			p, err := s.plan(ctx, tx, t.Key, start)
			if err != nil {
				return err
			}
			out = append(out, p)
		}
		return nil
	})
	return out, err
}

func (s *Service) plan(ctx context.Context, tx *tenancy.Tx, key string, start day.Date) (Plan, error) {
	t, ok := templateByKey(key)
	if !ok {
		return Plan{}, ErrNoTemplate
	}
	var err error
	if start.IsZero() {
		if start, err = s.today(ctx, tx); err != nil {
			return Plan{}, err
		}
	}
	// The longest template spans 66 working days; a year holds them with all holidays.
	free, err := s.d.Holidays.HolidaysTx(ctx, tx, start, start.AddDays(365))
	if err != nil {
		return Plan{}, err
	}
	return planOf(t, start, Workdays{free}), nil
}

// TasksUnderTx returns tasks and all that are below them, by id.
func (s *Service) TasksUnderTx(ctx context.Context, tx *tenancy.Tx, ids []string) ([]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	trees, err := s.d.Store.Trees(ctx, tx, ids)
	seen := map[string]bool{}
	var out []string
	for _, tree := range trees {
		for _, t := range tree {
			if !seen[t] {
				seen[t] = true
				out = append(out, t)
			}
		}
	}
	return out, err
}

// PhaseNamesTx tells by task how the topmost task above it is called; one that is below none is its own phase.
func (s *Service) PhaseNamesTx(ctx context.Context, tx *tenancy.Tx, taskIDs []string) (map[string]string, error) {
	if len(taskIDs) == 0 {
		return nil, nil
	}
	return s.d.Store.PhaseNames(ctx, tx, taskIDs)
}
