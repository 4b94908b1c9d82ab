package rates

import (
	"context"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/tenancy"
)

var (
	ErrOverheadNotFound = fault.Define(fault.NotFound, "rates.overhead_not_found", "This overhead does not exist.")
	ErrBadOverhead      = fault.Define(fault.Invalid, "rates.bad_overhead", "This overhead cannot be saved as it is.")
)

// Overhead is what the agency costs beside its people, in percent of what their hours cost, from a day on up to, not including, another.
type Overhead struct {
	ID        string
	Percent   decimal.Decimal
	From      day.Date
	To        *day.Date // the first day on which it no longer holds; nil: open
	CreatedAt time.Time
	CreatedBy string
}

// OverheadChanged is published when it becomes known what the agency costs beside its people. It holds no figure.
type OverheadChanged struct {
	Overhead string `json:"overhead"`
}

func (OverheadChanged) EventName() string { return "rates.overhead_changed.v1" }

// Trace says which pages show it.
func (OverheadChanged) Trace() event.Trace { return event.Trace{Entity: "overhead"} }

var mostPercent = decimal.NewFromInt(1000)

// Overheads lists them by day.
func (s *Service) Overheads(ctx context.Context) (out []Overhead, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Store.Overheads(ctx, tx)
		return err
	})
	return out, err
}

// AddOverhead keeps a percentage from a day on. The one before it ends there, and it ends where the next one begins.
func (s *Service) AddOverhead(ctx context.Context, percent decimal.Decimal, from day.Date) (o Overhead, err error) {
	bad := ErrBadOverhead
	if percent.IsNegative() || percent.GreaterThan(mostPercent) || !percent.Equal(percent.Truncate(4)) {
		bad = bad.At("body.percent", "must be 0 to 1000, with at most 4 decimal places")
	}
	if from.IsZero() {
		bad = bad.At("body.valid_from", "is required")
	}
	switch {
	case !access.From(ctx).Can(SeeCost):
		return o, ErrCostForbidden
	case len(bad.Fields) > 0:
		return o, bad
	}
	o = Overhead{ID: id.New(), Percent: percent, From: from, CreatedAt: s.now(), CreatedBy: access.From(ctx).MemberID}
	return o, s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := tx.Lock(ctx, "rates.overhead"); err != nil {
			return err
		}
		all, err := s.d.Store.Overheads(ctx, tx)
		if err != nil {
			return err
		}
		for _, x := range all {
			switch {
			case x.From.Equal(o.From):
				return ErrBadOverhead.At("body.valid_from", "another overhead begins on this day; remove it first")
			case x.From.Before(o.From) && (x.To == nil || x.To.After(o.From)):
				if err := s.d.Store.EndOverhead(ctx, tx, x.ID, &o.From); err != nil {
					return err
				}
			case x.From.After(o.From) && (o.To == nil || x.From.Before(*o.To)):
				o.To = &x.From
			}
		}
		if err := s.d.Store.AddOverhead(ctx, tx, o); err != nil {
			return err
		}
		return s.note(ctx, tx, audit.Change{Action: "rates.overhead_added", Entity: "overhead", EntityID: o.ID, After: o}, OverheadChanged{o.ID})
	})
}

// RemoveOverhead takes one away; the one before it holds on in its place.
func (s *Service) RemoveOverhead(ctx context.Context, overheadID string) error {
	if !access.From(ctx).Can(SeeCost) {
		return ErrCostForbidden
	}
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := tx.Lock(ctx, "rates.overhead"); err != nil {
			return err
		}
		all, err := s.d.Store.Overheads(ctx, tx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(o Overhead) bool { return o.ID == overheadID })
		if i < 0 {
			return ErrOverheadNotFound
		}
		o := all[i]
		if err := s.d.Store.RemoveOverhead(ctx, tx, o.ID); err != nil {
			return err
		}
		if i > 0 && all[i-1].To != nil && all[i-1].To.Equal(o.From) {
			if err := s.d.Store.EndOverhead(ctx, tx, all[i-1].ID, o.To); err != nil {
				return err
			}
		}
		return s.note(ctx, tx, audit.Change{Action: "rates.overhead_removed", Entity: "overhead", EntityID: o.ID, Before: o}, OverheadChanged{o.ID})
	})
}

// loaded cuts costs where overheads begin and end, and says what each part is multiplied by.
func loaded(costs []Cost, overheads []Overhead) (parts []Cost, factors []decimal.Decimal) {
	one, hundred := decimal.NewFromInt(1), decimal.NewFromInt(100)
	put := func(c Cost, factor decimal.Decimal) {
		if c.To == nil || c.To.After(c.From) {
			parts, factors = append(parts, c), append(factors, factor)
		}
	}
	for _, c := range costs {
		for _, o := range overheads {
			if o.To != nil && !o.To.After(c.From) {
				continue
			}
			if c.To != nil && !o.From.Before(*c.To) {
				break
			}
			if o.From.After(c.From) {
				before := c
				before.To = &o.From
				put(before, one)
				c.From = o.From
			}
			during := c
			if o.To != nil && (c.To == nil || o.To.Before(*c.To)) {
				during.To = o.To
			}
			put(during, one.Add(o.Percent.Div(hundred)))
			if during.To == nil || (c.To != nil && during.To.Equal(*c.To)) {
				c.From, c.To = day.Date{}, &day.Date{} // nothing is left of it
				break
			}
			c.From = *during.To
		}
		put(c, one)
	}
	return parts, factors
}
