package rates

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// Costs lists what people cost, by person and day; of one, or of all.
func (s *Service) Costs(ctx context.Context, memberID string) (out []Cost, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Store.Costs(ctx, tx, memberID)
		return err
	})
	return out, err
}

// FigureCost tells what a draft would come to, and keeps nothing.
func (s *Service) FigureCost(ctx context.Context, d CostDraft) (c Cost, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err = s.figureCost(ctx, tx, d)
		return err
	})
	return c, err
}

func (s *Service) figureCost(ctx context.Context, tx *tenancy.Tx, d CostDraft) (c Cost, err error) {
	if !access.From(ctx).Can(SeeCost) {
		return c, ErrCostForbidden
	}
	if err := d.check(); err != nil {
		return c, err
	}
	there, err := s.d.Targets.MembersTx(ctx, tx, []string{d.MemberID})
	if err != nil {
		return c, err
	}
	if !there[d.MemberID] {
		return c, ErrBadCost.At("body.member_id", "is not somebody of the agency")
	}
	if d.Currency == "" {
		set, err := s.d.Settings.SettingsTx(ctx, tx)
		if err != nil {
			return c, err
		}
		d.Currency = set.Currency
	}
	if !money.Valid(d.Currency) {
		return c, ErrBadCost.At("body.currency", "is not an ISO 4217 currency code")
	}
	c = Cost{ID: id.New(), MemberID: d.MemberID, Currency: d.Currency, From: d.From, CreatedAt: s.now(), CreatedBy: access.From(ctx).MemberID}
	if d.PerHour != nil {
		c.PerHour = *d.PerHour
		return c, nil
	}
	return c, s.ofSalary(ctx, tx, &c, *d.Salary)
}

// ofSalary spreads a salary over the year of the first day.
func (s *Service) ofSalary(ctx context.Context, tx *tenancy.Tx, c *Cost, yearly decimal.Decimal) error {
	salary, err := money.FromDecimal(yearly, c.Currency, money.HalfUp)
	if err != nil {
		return ErrBadCost.Because(err).At("body.salary", "is not an amount of this currency")
	}
	year := c.From.Year()
	if c.Capacity, err = s.d.Capacity.CapacityTx(ctx, tx, c.MemberID, day.New(year, 1, 1), day.New(year, 12, 31)); err != nil {
		return err
	}
	per, ok := HourlyCost(salary.Decimal(), c.Capacity)
	if !ok {
		return ErrBadCost.At("body.salary", "cannot be spread: the person has no working hours in that year")
	}
	c.PerHour, c.Salary = per, &salary
	return nil
}

// AddCost keeps what somebody costs from a day on. The cost before it ends there, and it ends where the next one begins.
func (s *Service) AddCost(ctx context.Context, d CostDraft) (c Cost, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if c, err = s.figureCost(ctx, tx, d); err != nil {
			return err
		}
		if err := tx.Lock(ctx, "rates.cost/"+c.MemberID); err != nil {
			return err
		}
		all, err := s.d.Store.Costs(ctx, tx, c.MemberID)
		if err != nil {
			return err
		}
		for _, o := range all {
			switch {
			case o.From.Equal(c.From):
				return ErrBadCost.At("body.valid_from", "another cost rate begins on this day; remove it first")
			case o.From.Before(c.From) && (o.To == nil || o.To.After(c.From)):
				if err := s.d.Store.EndCost(ctx, tx, o.ID, &c.From); err != nil {
					return err
				}
			case o.From.After(c.From) && (c.To == nil || o.From.Before(*c.To)):
				c.To = &o.From
			}
		}
		if err := s.d.Store.AddCost(ctx, tx, c); err != nil {
			return err
		}
		if err := s.postDifferences(ctx, tx, c.MemberID, all); err != nil {
			return err
		}
		return s.note(ctx, tx, audit.Change{Action: "rates.cost_added", Entity: "cost_rate", EntityID: c.ID, After: c}, CostChanged{c.MemberID})
	})
	return c, err
}

// RemoveCost takes a cost away; the one before it holds on in its place.
func (s *Service) RemoveCost(ctx context.Context, costID string) error {
	if !access.From(ctx).Can(SeeCost) {
		return ErrCostForbidden
	}
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.d.Store.Cost(ctx, tx, costID)
		if err != nil {
			return err
		}
		if err := tx.Lock(ctx, "rates.cost/"+c.MemberID); err != nil {
			return err
		}
		all, err := s.d.Store.Costs(ctx, tx, c.MemberID)
		if err != nil {
			return err
		}
		if err := s.d.Store.RemoveCost(ctx, tx, c.ID); err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(o Cost) bool { return o.To != nil && o.To.Equal(c.From) })
		if i >= 0 {
			if err := s.d.Store.EndCost(ctx, tx, all[i].ID, c.To); err != nil {
				return err
			}
		}
		if err := s.postDifferences(ctx, tx, c.MemberID, all); err != nil {
			return err
		}
		return s.note(ctx, tx, audit.Change{Action: "rates.cost_removed", Entity: "cost_rate", EntityID: c.ID, Before: c}, CostChanged{c.MemberID})
	})
}

// Margin sets what a project's billable time is worth against what all of its time
// cost, each hour at the cost of its work date (rule 45).
func (s *Service) Margin(ctx context.Context, projectID string) (m Margin, err error) {
	if !access.From(ctx).Can(SeeAmounts) {
		return m, ErrCostForbidden
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if of, err := s.d.Projects.ClientsOfTx(ctx, tx, []string{projectID}); err != nil {
			return err
		} else if _, ok := of[projectID]; !ok {
			return ErrNoProject
		}
		worked, err := s.d.Time.WorkedTx(ctx, tx, projectID)
		if err != nil {
			return err
		}
		m = Margin{Worth: worked.Worth, Seconds: worked.Seconds, WithoutCost: worked.Seconds}
		costs, err := s.d.Store.CostsOf(ctx, tx, worked.MemberIDs)
		if err != nil {
			return err
		}
		overheads, err := s.d.Store.Overheads(ctx, tx)
		if err != nil {
			return err
		}
		costs, factors := loaded(costs, overheads)
		seconds, err := s.d.Time.SecondsTx(ctx, tx, projectID, costs)
		if err != nil {
			return err
		}
		for i, c := range costs {
			if seconds[i] > 0 {
				m.add(seconds[i], c, factors[i])
			}
		}
		if m.Posted, err = s.d.Store.PostedOf(ctx, tx, projectID); err != nil {
			return err
		}
		return m.close()
	})
	return m, err
}
