package projects

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// noDay leaves a stretch of days open.
var noDay day.Date

// LimitDraft is what is agreed on a new budget.
type LimitDraft struct {
	ProjectID, TaskID, MemberID string
	Unit                        Unit
	LimitTerms
}

// LimitTerms are what may be changed of a budget.
type LimitTerms struct {
	Hours                                decimal.Decimal // of InHours
	Money                                money.Money     // of InMoney
	ApprovedOnly, BillableOnly, HardStop bool
	Alerts                               []int
}

func (l *Limit) take(t LimitTerms) {
	l.Amount, l.Currency = t.Hours.Mul(decimal.NewFromInt(3600)).Round(0).IntPart(), ""
	l.ApprovedOnly, l.BillableOnly, l.HardStop = t.ApprovedOnly, t.BillableOnly, t.HardStop
	if l.Unit == InMoney {
		l.Amount, l.Currency, l.BillableOnly = t.Money.Minor, t.Money.Currency, true
	}
	l.Alerts = slices.Clone(t.Alerts)
	slices.Sort(l.Alerts)
}

// AddLimit agrees on a budget. ErrLimitTaken.
func (s *Service) AddLimit(ctx context.Context, d LimitDraft) (st Standing, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		now := s.now()
		l := Limit{
			ID: id.New(), ProjectID: d.ProjectID, TaskID: d.TaskID, MemberID: d.MemberID, Unit: d.Unit,
			CreatedAt: now, CreatedBy: access.From(ctx).MemberID, UpdatedAt: now, Version: 1,
		}
		l.take(d.LimitTerms)
		st, err = s.settleLimit(ctx, tx, Limit{}, l)
		return err
	})
	return s.seen(ctx, st), err
}

// ChangeLimit gives a budget that is at version other terms.
func (s *Service) ChangeLimit(ctx context.Context, limitID string, version int, t LimitTerms) (st Standing, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.limit(ctx, tx, limitID)
		if err != nil {
			return err
		}
		if before.Version != version {
			return ErrStale
		}
		l := before
		l.take(t)
		l.UpdatedAt = s.now()
		st, err = s.settleLimit(ctx, tx, before, l)
		return err
	})
	return s.seen(ctx, st), err
}

// RemoveLimit takes a budget away. What was spent stays spent.
func (s *Service) RemoveLimit(ctx context.Context, limitID string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		l, err := s.limit(ctx, tx, limitID)
		if err != nil {
			return err
		}
		p, err := s.openProject(ctx, tx, l)
		if err != nil {
			return err
		}
		if err := s.d.Store.RemoveLimit(ctx, tx, l.ID); err != nil {
			return err
		}
		if l.Own() {
			none := l
			none.Amount = -1
			if err := s.sayOwn(ctx, tx, p, none); err != nil {
				return err
			}
		}
		if err := s.note(ctx, tx, "projects.budget_removed", l.record(), nil); err != nil {
			return err
		}
		return s.d.Events.Publish(ctx, tx, ProjectChanged{refOf(p)})
	})
}

// limit returns a budget that the caller may know of; others look like none.
func (s *Service) limit(ctx context.Context, tx *tenancy.Tx, limitID string) (Limit, error) {
	l, err := s.d.Store.Limit(ctx, tx, limitID)
	if err != nil {
		return l, err
	}
	if seen, _ := l.seenBy(access.From(ctx)); !seen {
		return l, ErrLimitNotFound
	}
	return l, nil
}

// openProject returns the project of a budget, held, if it may be changed.
func (s *Service) openProject(ctx context.Context, tx *tenancy.Tx, l Limit) (Project, error) {
	p, err := s.d.Store.ForUpdate(ctx, tx, l.ProjectID)
	switch {
	case err != nil:
		return p, err
	case p.State == Archived:
		return p, ErrArchived
	case l.Unit == InMoney && !access.From(ctx).Can(SeeBudget):
		return p, ErrBudgetForbidden.At("body.unit", "is not for you to set")
	}
	return p, nil
}

// settleLimit checks and writes a budget, new or changed. Levels that it is past already are not told: who sets it sees them.
func (s *Service) settleLimit(ctx context.Context, tx *tenancy.Tx, before, l Limit) (Standing, error) {
	p, err := s.openProject(ctx, tx, l)
	if err != nil {
		return Standing{}, err
	}
	if err := l.check(); err != nil {
		return Standing{}, err
	}
	if err := s.checkScope(ctx, tx, l); err != nil {
		return Standing{}, err
	}
	sts, err := s.standing(ctx, tx, []Limit{l}, noDay, noDay)
	if err != nil {
		return Standing{}, err
	}
	l.Told = sts[0].Level()
	action, was := "projects.budget_changed", before.record()
	if before.ID == "" {
		action, was = "projects.budget_added", nil
		err = s.addLimit(ctx, tx, l)
	} else {
		err = s.d.Store.SaveLimit(ctx, tx, l)
		l.Version++
	}
	if err != nil {
		return Standing{}, err
	}
	if l.Own() && (before.Amount != l.Amount || before.Currency != l.Currency) {
		if err := s.sayOwn(ctx, tx, p, l); err != nil {
			return Standing{}, err
		}
	}
	if err := s.note(ctx, tx, action, was, l.record()); err != nil {
		return Standing{}, err
	}
	sts[0].Limit = l
	if err := s.forecast(ctx, tx, sts); err != nil {
		return Standing{}, err
	}
	return sts[0], s.d.Events.Publish(ctx, tx, ProjectChanged{refOf(p)})
}

func (s *Service) addLimit(ctx context.Context, tx *tenancy.Tx, l Limit) error {
	all, err := s.d.Store.LimitsOf(ctx, tx, []string{l.ProjectID})
	if err != nil {
		return err
	}
	if len(all) >= maxLimits {
		return ErrTooManyLimits
	}
	return s.d.Store.AddLimit(ctx, tx, l)
}

func (s *Service) checkScope(ctx context.Context, tx *tenancy.Tx, l Limit) error {
	if l.TaskID != "" {
		t, err := s.d.Store.TaskByID(ctx, tx, l.TaskID)
		if isNotFound(err, ErrTaskNotFound) || (err == nil && t.ProjectID != l.ProjectID) {
			return ErrInvalid.At("body.task_id", "is not a task of this project")
		} else if err != nil {
			return err
		}
	}
	return s.isMember(ctx, tx, l.MemberID, "body.member_id")
}

// sayOwn writes the project's own budget where the project says it; an amount below nothing takes it away.
func (s *Service) sayOwn(ctx context.Context, tx *tenancy.Tx, p Project, l Limit) error {
	switch {
	case l.Unit == InMoney && l.Amount < 0:
		p.BudgetMoney = nil
	case l.Unit == InMoney:
		m := l.Money()
		p.BudgetMoney = &m
	case l.Amount < 0:
		p.BudgetHours = nil
	default:
		h := decimal.NewFromInt(l.Amount).DivRound(decimal.NewFromInt(3600), 4)
		p.BudgetHours = &h
	}
	p.UpdatedAt = s.now()
	return s.d.Store.Save(ctx, tx, p)
}

// agree keeps the budgets of a project in line with what the project was said to have.
func (s *Service) agree(ctx context.Context, tx *tenancy.Tx, p Project) error {
	l := Limit{ProjectID: p.ID, Alerts: UsualAlerts, CreatedBy: access.From(ctx).MemberID, CreatedAt: s.now()}
	hours, cash := l, l
	hours.ID, hours.Unit, hours.Amount = id.New(), InHours, -1
	cash.ID, cash.Unit, cash.Amount, cash.BillableOnly = id.New(), InMoney, -1, true
	if p.BudgetHours != nil {
		hours.Amount = p.BudgetHours.Mul(decimal.NewFromInt(3600)).Round(0).IntPart()
	}
	if p.BudgetMoney != nil {
		cash.Amount, cash.Currency = p.BudgetMoney.Minor, p.BudgetMoney.Currency
	}
	for _, own := range []Limit{hours, cash} {
		if err := s.d.Store.AgreeLimit(ctx, tx, own); err != nil {
			return err
		}
	}
	return nil
}

// Limits returns the budgets of a project that the caller may know of, the project's own first.
func (s *Service) Limits(ctx context.Context, projectID string) (out []Standing, err error) {
	a := access.From(ctx)
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if _, err := s.d.Store.ByID(ctx, tx, projectID); err != nil {
			return err
		}
		limits, err := s.d.Store.LimitsOf(ctx, tx, []string{projectID})
		if err != nil {
			return err
		}
		limits = slices.DeleteFunc(limits, func(l Limit) bool { seen, _ := l.seenBy(a); return !seen })
		if out, err = s.standing(ctx, tx, limits, noDay, noDay); err != nil {
			return err
		}
		return s.forecast(ctx, tx, out)
	})
	for i := range out {
		out[i] = s.seen(ctx, out[i])
	}
	return out, err
}

// seen leaves out what was spent where the caller may not see it.
func (s *Service) seen(ctx context.Context, st Standing) Standing {
	if _, spent := st.seenBy(access.From(ctx)); !spent {
		st.Hidden, st.Spent, st.Lately, st.RunsOut, st.Reached = true, 0, 0, noDay, nil
	}
	return st
}

func (l Limit) record() map[string]any {
	r := map[string]any{
		"entity": "budget", "id": l.ID, "project_id": l.ProjectID, "task_id": l.TaskID, "member_id": l.MemberID, "unit": l.Unit,
		"approved_only": l.ApprovedOnly, "billable_only": l.BillableOnly, "alerts": l.Alerts, "hard_stop": l.HardStop,
	}
	if l.Unit == InMoney {
		r["budget_money"] = l.Money()
	} else {
		r["budget_hours"] = inHours(l.Amount)
	}
	return r
}
