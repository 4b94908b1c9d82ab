package planning

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/tenancy"
)

// BenchQuery asks who could still be booked in some weeks.
type BenchQuery struct {
	From  day.Date // the first day of the first week
	Weeks int
	Since day.Date // days before it are over: nobody is free on them
}

// Free is what somebody could still be booked for, week by week and altogether.
type Free struct {
	MemberID, Name string
	Weeks          []FreeWeek
	Sum            FreeWeek
}

// FreeWeek is what somebody is there for, what of it is not booked, and what more would be free without what is tentative. A day with
// too much takes nothing from the days beside it.
type FreeWeek struct {
	Days                  day.Range
	Available, Free, Held decimal.Decimal // seconds
}

func (w *FreeWeek) add(d PlanDay) {
	room := decimal.NewFromInt(d.Available)
	free := left(room, d.Confirmed.Add(d.Tentative))
	w.Available, w.Free = w.Available.Add(room), w.Free.Add(free)
	w.Held = w.Held.Add(left(room, d.Confirmed).Sub(free))
}

func left(room, booked decimal.Decimal) decimal.Decimal {
	return decimal.Max(decimal.Zero, room.Sub(booked))
}

// Bench tells who could still be booked, those with most time first. Who does not see everything sees themselves. ErrBadDays.
func (s *Service) Bench(ctx context.Context, q BenchQuery, p page.Query) (out []Free, next *string, err error) {
	after, err := page.Decode(p.Cursor, 1)
	if err != nil {
		return nil, nil, err
	}
	if after != nil && uuid.Validate(after[0]) != nil {
		return nil, nil, page.ErrBadCursor
	}
	days := day.Range{From: q.From, To: q.From.AddDays(7*q.Weeks - 1)}
	if q.Weeks < 1 || q.Weeks*7 > maxDays {
		return nil, nil, ErrBadDays.At("query.weeks", "must be between 1 and 13")
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		who, err := s.planned(ctx, tx, PlanQuery{Days: days})
		if err != nil {
			return err
		}
		plans, err := s.lay(ctx, tx, who, PlanQuery{Days: days})
		for _, plan := range plans {
			out = append(out, plan.free(q))
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	slices.SortStableFunc(out, func(a, b Free) int {
		return cmp.Or(b.Sum.Free.Cmp(a.Sum.Free), b.Sum.Held.Cmp(a.Sum.Held), cmp.Compare(a.Name, b.Name), cmp.Compare(a.MemberID, b.MemberID))
	})
	if after != nil {
		n := slices.IndexFunc(out, func(f Free) bool { return f.MemberID == after[0] })
		if n < 0 {
			return nil, nil, page.ErrBadCursor
		}
		out = out[n+1:]
	}
	out, next = page.Cut(out, p.Size(), func(f Free) []string { return []string{f.MemberID} })
	return out, next, nil
}

// free is what is left of a plan that begins with the first day of the bench.
func (p Plan) free(q BenchQuery) Free {
	f := Free{MemberID: p.MemberID, Name: p.Name, Weeks: make([]FreeWeek, q.Weeks)}
	f.Sum.Days = day.Range{From: q.From, To: q.From.AddDays(7*q.Weeks - 1)}
	for n := range f.Weeks {
		first := q.From.AddDays(7 * n)
		f.Weeks[n].Days = day.Range{From: first, To: first.AddDays(6)}
	}
	for n, d := range p.Days {
		if !d.Day.Before(q.Since) {
			f.Weeks[n/7].add(d)
			f.Sum.add(d)
		}
	}
	return f
}
