package projects

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// GuardTx is asked before time of these projects is added or changed by hand. It
// holds their hard stops, so that two who write at once cannot both take what is
// left, and returns what is to be asked when the change is made: that refuses it
// where more is used than there is, and more than before (rule 54). ErrUsedUp.
func (s *Service) GuardTx(ctx context.Context, tx *tenancy.Tx, projectIDs []string) (func(context.Context) error, error) {
	stops, err := s.d.Store.HoldStops(ctx, tx, projectIDs)
	if err != nil || len(stops) == 0 {
		return func(context.Context) error { return nil }, err
	}
	before, err := s.standing(ctx, tx, stops, noDay, noDay)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		after, err := s.standing(ctx, tx, stops, noDay, noDay)
		if err != nil {
			return err
		}
		for i, st := range after {
			if st.Spent > st.Amount && st.Spent > before[i].Spent {
				return s.usedUp(ctx, tx, st)
			}
		}
		return nil
	}, nil
}

// Work is time that somebody is about to begin.
type Work struct {
	ProjectID, TaskID, MemberID string
	Billable                    bool
	PerHour                     *decimal.Decimal // nil: it has no price
	Currency                    string
}

// RoomTx refuses to begin work of which nothing would fit into a budget with a
// hard stop. Work without a price takes nothing of one in money. ErrUsedUp.
func (s *Service) RoomTx(ctx context.Context, tx *tenancy.Tx, w Work) error {
	stops, err := s.d.Store.Stops(ctx, tx, w.ProjectID)
	if err != nil || len(stops) == 0 {
		return err
	}
	var roots []string
	for _, l := range stops {
		if l.TaskID != "" {
			roots = append(roots, l.TaskID)
		}
	}
	trees, err := s.trees(ctx, tx, roots)
	if err != nil {
		return err
	}
	var meant []Limit
	for _, l := range stops {
		if l.takes(w, trees[l.TaskID]) {
			meant = append(meant, l)
		}
	}
	now, err := s.standing(ctx, tx, meant, noDay, noDay)
	if err != nil {
		return err
	}
	for _, st := range now {
		if st.Stopped() {
			return s.usedUp(ctx, tx, st)
		}
	}
	return nil
}

// usedUp says which budget refuses, with hours but never with money: who logs time may not know it.
func (s *Service) usedUp(ctx context.Context, tx *tenancy.Tx, st Standing) error {
	p, err := s.d.Store.ByID(ctx, tx, st.ProjectID)
	if err != nil {
		return err
	}
	of := p.Name
	if st.TaskID != "" {
		t, err := s.d.Store.TaskByID(ctx, tx, st.TaskID)
		if err != nil {
			return err
		}
		of = t.Name
	}
	whose := "The budget for "
	if st.MemberID != "" {
		whose = "The budget of this person for "
	}
	f := ErrUsedUp.At("body.project_id", "has a budget that is used up")
	if st.Unit == InHours && st.Spent > st.Amount {
		return f.Saying("%s%s is %s and has a hard stop. This would make it %s.", whose, of, hours(st.Amount), inHours(st.Spent))
	}
	if st.Unit == InHours {
		return f.Saying("%s%s is %s and has a hard stop. All of it is used.", whose, of, hours(st.Amount))
	}
	return f.Saying("%s%s is used up and has a hard stop.", whose, of)
}

func hours(seconds int64) string {
	if said := inHours(seconds); said != "1" {
		return said + " hours"
	}
	return "1 hour"
}

// inHours writes seconds as hours, to two places.
func inHours(seconds int64) string {
	return money.HalfUp.Round(decimal.NewFromInt(seconds).Div(decimal.NewFromInt(3600)), 2).String()
}
