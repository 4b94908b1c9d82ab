package people

import (
	"context"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/tenancy"
)

// LeaveTypes lists the kinds of leave, by name.
func (s *Service) LeaveTypes(ctx context.Context, archived bool) (out []LeaveType, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Store.LeaveTypes(ctx, tx, archived)
		return err
	})
	return out, err
}

var mostLeave = decimal.NewFromInt(10_000)

func (t LeaveType) checked() (LeaveType, error) {
	var err error
	if t.Name, err = checkName(t.Name); err != nil {
		return t, err
	}
	switch {
	case t.Unit != "days" && t.Unit != "hours":
		return t, ErrInvalid.At("body.unit", "is days or hours")
	case !slices.Contains([]string{NoAccrual, Yearly, Monthly}, t.Accrual):
		return t, ErrInvalid.At("body.accrual", "is none, year or month")
	case t.Allowance.IsNegative() || t.Allowance.GreaterThan(mostLeave) || !t.Allowance.Equal(t.Allowance.Round(2)):
		return t, ErrInvalid.At("body.allowance", "must be between 0 and 10,000, with two places at most")
	case t.CarryCap != nil && (t.CarryCap.IsNegative() || t.CarryCap.GreaterThan(mostLeave) || !t.CarryCap.Equal(t.CarryCap.Round(2))):
		return t, ErrInvalid.At("body.carry_cap", "must be between 0 and 10,000, with two places at most")
	case t.CarryMonths < 0 || t.CarryMonths > 12:
		return t, ErrInvalid.At("body.carry_months", "must be between 0 and 12")
	case t.YearStart < 1 || t.YearStart > 12:
		return t, ErrInvalid.At("body.year_start", "is a month, 1 to 12")
	case t.StartsOn.Before(firstHoliday) || t.StartsOn.After(lastHoliday):
		return t, ErrInvalid.At("body.starts_on", "must be between 2000 and 2100")
	}
	return t, nil
}

// AddLeaveType adds a kind of leave. Without a first day it is granted from the leave year that runs today. ErrInvalid, ErrLeaveTypeTaken.
func (s *Service) AddLeaveType(ctx context.Context, t LeaveType) (LeaveType, error) {
	t.ID, t.Version = s.d.NewID(), 1
	err := s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		today, err := s.d.Members.TodayTx(ctx, tx)
		if err != nil {
			return err
		}
		if t.StartsOn.IsZero() && t.YearStart >= 1 && t.YearStart <= 12 {
			t.StartsOn = t.yearOf(today)
		}
		if t, err = t.checked(); err != nil {
			return err
		}
		if err := s.d.Store.AddLeaveType(ctx, tx, t, s.d.Now()); err != nil {
			return err
		}
		return s.note(ctx, tx, "people.leave_type_added", "leave_type", t.ID, t.Name, nil, t)
	})
	return t, err
}

// ChangeLeaveType lets change loose on a kind of leave, and writes it over the version it names. Balances are replayed by what it says now. ErrNoLeaveType, ErrInvalid, httpapi.ErrStale.
func (s *Service) ChangeLeaveType(ctx context.Context, id string, version int, change func(t *LeaveType, now time.Time)) (t LeaveType, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.LeaveType(ctx, tx, id)
		if err != nil {
			return err
		}
		t = before
		change(&t, s.d.Now().UTC())
		t.ID, t.Unit, t.Version = before.ID, before.Unit, version // what is counted is not counted anew
		if t, err = t.checked(); err != nil {
			return err
		}
		if err := s.d.Store.SaveLeaveType(ctx, tx, t); err != nil {
			return err
		}
		t.Version++
		return s.note(ctx, tx, "people.leave_type_changed", "leave_type", t.ID, t.Name, before, t)
	})
	return t, err
}

// LeaveBalance is what a member has of a kind.
type LeaveBalance struct {
	Type           LeaveType
	MemberID       string
	Balance        decimal.Decimal // at the end of today
	Planned        decimal.Decimal // approved and still to come
	Requested      decimal.Decimal // asked for and not decided
	AtEnd          decimal.Decimal // at the end of the leave year, with what is planned and asked for
	YearEnds       day.Date
	Taken, Granted decimal.Decimal // in this leave year so far
}

// LeaveBalances tells what a member has of each kind.
func (s *Service) LeaveBalances(ctx context.Context, memberID string) (out []LeaveBalance, err error) {
	if memberID, err = s.leaveOf(ctx, memberID); err != nil {
		return nil, err
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		today, err := s.d.Members.TodayTx(ctx, tx)
		if err != nil {
			return err
		}
		types, err := s.d.Store.LeaveTypes(ctx, tx, false)
		if err != nil {
			return err
		}
		b, err := s.books(ctx, tx, memberID)
		for _, t := range types {
			out = append(out, b.balance(t, today))
		}
		return err
	})
	return out, err
}

// LeaveStatement replays a member's leave of a kind, line by line, up to the end of the leave year that runs.
func (s *Service) LeaveStatement(ctx context.Context, typeID, memberID string) (t LeaveType, lines []LeaveLine, err error) {
	if memberID, err = s.leaveOf(ctx, memberID); err != nil {
		return t, nil, err
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		today, err := s.d.Members.TodayTx(ctx, tx)
		if err != nil {
			return err
		}
		if t, err = s.d.Store.LeaveType(ctx, tx, typeID); err != nil {
			return err
		}
		b, err := s.books(ctx, tx, memberID)
		lines = t.Statement(b.begins, b.facts[t.ID], t.yearOf(today).AddMonths(12).AddDays(-1))
		return err
	})
	return t, lines, err
}

// books are all that a member's balances are made of.
type books struct {
	memberID string
	begins   day.Date // their first working time; none: always
	facts    map[string][]LeaveFact
	waiting  map[string][]LeaveFact
}

func (s *Service) books(ctx context.Context, tx *tenancy.Tx, memberID string) (b books, err error) {
	b = books{memberID: memberID, waiting: map[string][]LeaveFact{}}
	schedules, err := s.d.Store.Schedules(ctx, tx, memberID)
	if err != nil {
		return b, err
	}
	if len(schedules) > 0 {
		b.begins = schedules[0].StartsOn
	}
	if b.facts, err = s.d.Store.LeaveAdjustments(ctx, tx, memberID); err != nil {
		return b, err
	}
	requests, err := s.d.Store.LeaveRequests(ctx, tx, LeaveFilter{MemberID: memberID, States: []string{LeaveApproved, LeaveRequested}})
	for _, r := range requests {
		to := b.facts
		if r.State == LeaveRequested {
			to = b.waiting
		}
		for _, d := range r.Days {
			to[r.TypeID] = append(to[r.TypeID], LeaveFact{Day: d.Day, Kind: LineTaken, Amount: d.Cost.Neg(), RequestID: r.ID})
		}
	}
	return b, err
}

func (b books) balance(t LeaveType, today day.Date) LeaveBalance {
	year := t.yearOf(today)
	out := LeaveBalance{Type: t, MemberID: b.memberID, YearEnds: year.AddMonths(12).AddDays(-1)}
	lines := t.Statement(b.begins, b.facts[t.ID], lastHoliday)
	out.Balance = balanceOn(lines, today)
	for _, l := range lines {
		switch {
		case l.Kind == LineTaken && l.Day.After(today):
			out.Planned = out.Planned.Sub(l.Amount)
		case l.Kind == LineTaken && !l.Day.Before(year):
			out.Taken = out.Taken.Sub(l.Amount)
		case l.Kind == LineGranted && !l.Day.Before(year) && !l.Day.After(today):
			out.Granted = out.Granted.Add(l.Amount)
		}
	}
	for _, f := range b.waiting[t.ID] {
		out.Requested = out.Requested.Sub(f.Amount)
	}
	out.AtEnd = balanceOn(t.Statement(b.begins, slices.Concat(b.facts[t.ID], b.waiting[t.ID]), out.YearEnds), out.YearEnds)
	return out
}
