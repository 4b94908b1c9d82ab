package projects

import (
	"context"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// ProjectChange names what should be different; nil leaves a thing as it is.
type ProjectChange struct {
	Code        *string
	Name        *string
	Description *string
	State       *State
	ManagerID   *string // empty for none
	StartsOn    *day.Date
	DueOn       *day.Date
	Billable    *bool
	BudgetHours *decimal.NullDecimal
	BudgetMoney *money.Money // the zero amount in no currency takes the budget away
	Colour      *string
}

func (c ProjectChange) on(p Project) Project {
	set(&p.State, c.State)
	set(&p.ManagerID, c.ManagerID)
	set(&p.StartsOn, c.StartsOn)
	set(&p.DueOn, c.DueOn)
	set(&p.Billable, c.Billable)
	set(&p.Colour, c.Colour)
	trimmed(&p.Name, c.Name)
	trimmed(&p.Description, c.Description)
	if c.Code != nil {
		p.Code = strings.ToUpper(strings.TrimSpace(*c.Code))
	}
	if c.BudgetHours != nil {
		p.BudgetHours = nil
		if c.BudgetHours.Valid {
			h := c.BudgetHours.Decimal
			p.BudgetHours = &h
		}
	}
	if c.BudgetMoney != nil {
		p.BudgetMoney = nil
		if *c.BudgetMoney != (money.Money{}) {
			p.BudgetMoney = c.BudgetMoney
		}
	}
	return p
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

func trimmed(to, from *string) {
	if from != nil {
		*to = strings.TrimSpace(*from)
	}
}

// Change changes a project that is still at version.
func (s *Service) Change(ctx context.Context, id string, version int, c ProjectChange) (Overview, error) {
	return s.edit(ctx, id, version, "projects.project_changed", func(ctx context.Context, tx *tenancy.Tx, was Project) (Project, []event.Event, error) {
		p := c.on(was)
		if c.BudgetMoney != nil && !access.From(ctx).Can(SeeBudget) {
			return p, nil, ErrBudgetForbidden.At("body.budget_money", "is not for you to set")
		}
		if was.State == Archived {
			return p, nil, ErrArchived
		}
		if !was.State.MayBecome(p.State) {
			return p, nil, ErrTransition.Saying("A project that is %s cannot become %s.", was.State, p.State).At("body.state", "cannot follow "+string(was.State))
		}
		if err := p.check(); err != nil {
			return p, nil, err
		}
		if p.ManagerID != was.ManagerID {
			if err := s.isMember(ctx, tx, p.ManagerID, "body.manager_id"); err != nil {
				return p, nil, err
			}
		}
		if c.BudgetHours != nil || c.BudgetMoney != nil {
			if err := s.agree(ctx, tx, p); err != nil {
				return p, nil, err
			}
		}
		events := []event.Event{ProjectChanged{refOf(p)}}
		if p.State != was.State {
			events = []event.Event{ProjectStateChanged{refOf(p), was.State, p.State}}
		}
		return p, events, nil
	})
}

// edit runs one change of a project: locked, checked against the version, noted and told.
// A version of 0 takes the project as it is.
func (s *Service) edit(ctx context.Context, projectID string, version int, action string,
	fn func(context.Context, *tenancy.Tx, Project) (Project, []event.Event, error),
) (out Overview, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		was, err := s.d.Store.ForUpdate(ctx, tx, projectID)
		if err != nil {
			return err
		}
		if version != 0 && was.Version != version {
			return ErrStale
		}
		p, events, err := fn(ctx, tx, was)
		if err != nil {
			return err
		}
		if len(events) == 0 { // it is like that already
			out, err = s.overview(ctx, tx, was)
			return err
		}
		p.UpdatedAt = s.now()
		if err := s.d.Store.Save(ctx, tx, p); err != nil {
			return err
		}
		p.Version++
		if err := s.note(ctx, tx, action, was.record(), p.record()); err != nil {
			return err
		}
		for _, e := range events {
			if err := s.d.Events.Publish(ctx, tx, e); err != nil {
				return err
			}
		}
		out, err = s.overview(ctx, tx, p)
		return err
	})
	return out, err
}

// Archive puts a project away. Doing it twice is doing it once.
func (s *Service) Archive(ctx context.Context, id string) (Overview, error) {
	return s.edit(ctx, id, 0, "projects.project_archived", func(_ context.Context, _ *tenancy.Tx, p Project) (Project, []event.Event, error) {
		if p.State == Archived {
			return p, nil, nil
		}
		now := s.now()
		p.ArchivedFrom, p.State, p.ArchivedAt = p.State, Archived, &now
		return p, []event.Event{ProjectArchived{refOf(p)}}, nil
	})
}

// Restore brings a project back into the state it was archived from.
func (s *Service) Restore(ctx context.Context, id string) (Overview, error) {
	return s.edit(ctx, id, 0, "projects.project_restored", func(_ context.Context, _ *tenancy.Tx, p Project) (Project, []event.Event, error) {
		if p.State != Archived {
			return p, nil, nil
		}
		p.State, p.ArchivedFrom, p.ArchivedAt = p.ArchivedFrom, "", nil
		return p, []event.Event{ProjectRestored{refOf(p)}}, nil
	})
}

// AddMember puts a member on a project's team.
func (s *Service) AddMember(ctx context.Context, id, memberID string) (Overview, error) {
	return s.edit(ctx, id, 0, "projects.member_added", func(ctx context.Context, tx *tenancy.Tx, p Project) (Project, []event.Event, error) {
		if p.State == Archived {
			return p, nil, ErrArchived
		}
		if err := s.isMember(ctx, tx, memberID, "body.member_id"); err != nil {
			return p, nil, err
		}
		added, err := s.d.Store.AddMember(ctx, tx, p.ID, memberID, s.now())
		if err != nil || !added {
			return p, nil, err
		}
		p.MemberIDs = append(slices.Clone(p.MemberIDs), memberID)
		slices.Sort(p.MemberIDs)
		return p, []event.Event{MemberAdded{refOf(p), memberID}}, nil
	})
}

// RemoveMember takes a member off a project's team. What they did stays.
func (s *Service) RemoveMember(ctx context.Context, id, memberID string) (Overview, error) {
	return s.edit(ctx, id, 0, "projects.member_removed", func(ctx context.Context, tx *tenancy.Tx, p Project) (Project, []event.Event, error) {
		removed, err := s.d.Store.RemoveMember(ctx, tx, p.ID, memberID)
		if err != nil || !removed {
			return p, nil, err
		}
		p.MemberIDs = slices.DeleteFunc(slices.Clone(p.MemberIDs), func(m string) bool { return m == memberID })
		return p, []event.Event{MemberRemoved{refOf(p), memberID}}, nil
	})
}

// ChangeColumns gives a board new columns. A column with tasks goes only when
// moveTo says, by its id, which remaining column takes them.
func (s *Service) ChangeColumns(ctx context.Context, id string, version int, cols []Column, moveTo map[string]string) (Overview, error) {
	return s.edit(ctx, id, version, "projects.columns_changed", func(ctx context.Context, tx *tenancy.Tx, was Project) (Project, []event.Event, error) {
		if was.State == Archived {
			return was, nil, ErrArchived
		}
		p := was
		p.Columns = make([]Column, len(cols))
		for i, c := range cols {
			c.Name = strings.TrimSpace(c.Name)
			p.Columns[i] = c
		}
		if err := checkColumns(p.Columns); err != nil {
			return p, nil, err
		}
		if slices.Equal(p.Columns, was.Columns) {
			return p, nil, nil
		}
		if err := s.resettle(ctx, tx, was, p, moveTo); err != nil {
			return p, nil, err
		}
		return p, []event.Event{ProjectChanged{refOf(p)}}, nil
	})
}

// resettle moves tasks out of columns that go, and marks those done or open whose column changed its meaning.
func (s *Service) resettle(ctx context.Context, tx *tenancy.Tx, was, p Project, moveTo map[string]string) error {
	if err := s.lockBoard(ctx, tx, p.ID); err != nil {
		return err
	}
	var affected []string
	for _, c := range was.Columns {
		if now, stays := p.Column(c.ID); !stays || (now.Category == Done) != (c.Category == Done) {
			affected = append(affected, c.ID)
		}
	}
	if len(affected) == 0 {
		return nil
	}
	tasks, err := s.d.Store.TasksIn(ctx, tx, p.ID, affected)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		target := t.ColumnID
		if _, stays := p.Column(target); !stays {
			to, ok := p.Column(moveTo[t.ColumnID])
			if !ok {
				return ErrColumnNotEmpty.At("body.move_to", "must name a remaining column for "+t.ColumnID)
			}
			target = to.ID
		}
		if _, err := s.settle(ctx, tx, p, t, Place{ProjectID: p.ID, TaskID: t.ID, ColumnID: target}); err != nil {
			return err
		}
	}
	return nil
}

// note records a change of a project in the audit log.
