package planning

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/people"
	"github.com/bureauhq/bureau/modules/planning/spread"
	"github.com/bureauhq/bureau/tenancy"
)

const maxDays = 93 // of a plan

// PlanQuery asks for the plan of some days.
type PlanQuery struct {
	Days                day.Range
	MemberID, ProjectID string // of one person; of the people who are booked on one project
	State               State
}

// Plan is what a person is booked for on some days, beside what they can do.
type Plan struct {
	MemberID, Name string
	Days           []PlanDay
	Bookings       []Laid
}

// PlanDay is a day of a plan, in seconds.
type PlanDay struct {
	Day                 day.Date
	Capacity, Available int64
	spread.Load
}

// Overload compares the day's bookings with what there is room for.
func (d PlanDay) Overload() spread.Overload { return d.Against(d.Available) }

// Laid is a booking, and what it comes to on the days of a plan.
type Laid struct {
	Row
	On map[day.Date]decimal.Decimal
}

// Plan tells of each person, by name, what they are booked for on each day. The load of a day counts all bookings, whichever are asked
// for. Who does not see everything sees their own. ErrBadDays.
func (s *Service) Plan(ctx context.Context, q PlanQuery, p page.Query) (out []Plan, next *string, err error) {
	after, err := page.Decode(p.Cursor, 1)
	if err != nil {
		return nil, nil, err
	}
	if after != nil && uuid.Validate(after[0]) != nil {
		return nil, nil, page.ErrBadCursor
	}
	if !q.Days.Valid() || q.Days.Len() > maxDays {
		return nil, nil, ErrBadDays
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		who, err := s.planned(ctx, tx, q)
		if err != nil {
			return err
		}
		if after != nil {
			n := slices.IndexFunc(who, func(e people.Employed) bool { return e.ID == after[0] })
			if n < 0 {
				return page.ErrBadCursor
			}
			who = who[n+1:]
		}
		who, next = page.Cut(who, p.Size(), func(e people.Employed) []string { return []string{e.ID} })
		out, err = s.lay(ctx, tx, who, q)
		return err
	})
	return out, next, err
}

// planned are the people of a plan.
func (s *Service) planned(ctx context.Context, tx *tenancy.Tx, q PlanQuery) ([]people.Employed, error) {
	who, err := s.d.People.EmployedTx(ctx, tx)
	if err != nil {
		return nil, err
	}
	a := access.From(ctx)
	booked := map[string]bool{}
	if q.ProjectID != "" {
		on, err := s.d.Store.List(ctx, tx, Filter{ProjectID: q.ProjectID, On: q.Days, State: q.State})
		if err != nil {
			return nil, err
		}
		for _, b := range on {
			booked[b.MemberID] = true
		}
	}
	return slices.DeleteFunc(who, func(e people.Employed) bool {
		return !e.Active || !a.Can(ReadAll) && e.ID != a.MemberID || q.MemberID != "" && e.ID != q.MemberID || q.ProjectID != "" && !booked[e.ID]
	}), nil
}

// lay works out the plans of people.
func (s *Service) lay(ctx context.Context, tx *tenancy.Tx, who []people.Employed, q PlanQuery) ([]Plan, error) {
	out := make([]Plan, len(who))
	if len(who) == 0 {
		return out, nil
	}
	ids := make([]string, len(who))
	for i, e := range who {
		ids[i] = e.ID
	}
	all, err := s.laid(ctx, tx, Filter{MemberIDs: ids, On: q.Days})
	if err != nil {
		return nil, err
	}
	rows, err := s.named(ctx, tx, all.bookings)
	if err != nil {
		return nil, err
	}
	for i, e := range who {
		out[i] = Plan{MemberID: e.ID, Name: e.Name}
		load := map[day.Date]spread.Load{}
		for n, r := range rows {
			if r.MemberID != e.ID {
				continue
			}
			for d, seconds := range all.on[n] {
				l := load[d]
				if r.State == Confirmed {
					l.Confirmed = l.Confirmed.Add(seconds)
				} else {
					l.Tentative = l.Tentative.Add(seconds)
				}
				load[d] = l
			}
			if (q.ProjectID == "" || r.ProjectID == q.ProjectID) && (q.State == "" || r.State == q.State) {
				out[i].Bookings = append(out[i].Bookings, Laid{r, all.on[n]})
			}
		}
		for d := range q.Days.Days() {
			r := all.rooms[e.ID][d]
			out[i].Days = append(out[i].Days, PlanDay{d, seconds(r.Capacity), seconds(r.Available), load[d]})
		}
	}
	return out, nil
}

// layout is bookings, what each comes to on the days that were asked for, and the room of their people.
type layout struct {
	bookings []Booking
	on       []map[day.Date]decimal.Decimal
	rooms    map[string]map[day.Date]people.Room
}

// laid finds bookings and lays them on days. A total is divided over all of its days, those outside too.
func (s *Service) laid(ctx context.Context, tx *tenancy.Tx, f Filter) (out layout, err error) {
	if out.bookings, err = s.d.Store.List(ctx, tx, f); err != nil {
		return out, err
	}
	if out.rooms, err = s.d.People.RoomsTx(ctx, tx, f.MemberIDs, f.On.From, f.On.To); err != nil {
		return out, err
	}
	var outside []string
	reach := f.On
	for _, b := range out.bookings {
		if b.Amount.Kind == spread.Total && (b.First.Before(f.On.From) || b.Last.After(f.On.To)) {
			outside = append(outside, b.MemberID)
			if b.First.Before(reach.From) {
				reach.From = b.First
			}
			if b.Last.After(reach.To) {
				reach.To = b.Last
			}
		}
	}
	further := map[string]map[day.Date]people.Room{}
	if len(outside) > 0 {
		if further, err = s.d.People.RoomsTx(ctx, tx, distinct(outside), reach.From, reach.To); err != nil {
			return out, err
		}
	}
	out.on = make([]map[day.Date]decimal.Decimal, len(out.bookings))
	for i, b := range out.bookings {
		days, rooms := b.Days(), out.rooms[b.MemberID]
		if b.Amount.Kind != spread.Total {
			days = cut(days, f.On)
		} else if far := further[b.MemberID]; far != nil {
			rooms = far
		}
		on := b.Amount.Over(days, func(d day.Date) int64 { return seconds(rooms[d].Capacity) })
		for d := range on {
			if !f.On.Contains(d) {
				delete(on, d)
			}
		}
		out.on[i] = on
	}
	return out, nil
}

// cut is the part of r within bounds.
func cut(r, bounds day.Range) day.Range {
	if r.From.Before(bounds.From) {
		r.From = bounds.From
	}
	if r.To.After(bounds.To) {
		r.To = bounds.To
	}
	return r
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }
