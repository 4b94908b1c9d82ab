package people

import (
	"context"
	"slices"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/tenancy"
)

// Away is leave as the team sees it: who, and when. Why is for those who approve, and for whose it is.
type Away struct {
	LeaveRequest
	Private bool
}

// Calendar is who is away in a stretch of days, and the holidays of the default set.
type Calendar struct {
	Members  []string
	Away     []Away
	Holidays []Holiday
}

const maxCalendar = 93

// LeaveCalendar tells who of the team is away. What is only asked for is shown to those who approve and to whose it is. ErrBadLeave.
func (s *Service) LeaveCalendar(ctx context.Context, r day.Range) (c Calendar, err error) {
	if !r.Valid() || r.Len() > maxCalendar {
		return c, ErrBadLeave.At("query.to", "must be within 93 days after the first day")
	}
	a := access.From(ctx)
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if c.Members, err = s.d.Members.StaffTx(ctx, tx); err != nil {
			return err
		}
		all, err := s.d.Store.LeaveRequests(ctx, tx, LeaveFilter{States: []string{LeaveApproved, LeaveRequested}, From: r.From, To: r.To})
		if err != nil {
			return err
		}
		for _, one := range all {
			private := one.MemberID != a.MemberID && !a.Can(ApproveLeave)
			if (private && one.State == LeaveRequested) || !slices.Contains(c.Members, one.MemberID) {
				continue
			}
			if private {
				one.TypeID, one.Note, one.Reason, one.ExceptionReason = "", "", "", ""
			}
			c.Away = append(c.Away, Away{one, private})
		}
		sets, err := s.d.Store.HolidaySets(ctx, tx)
		for _, h := range sets {
			for _, d := range h.Days {
				if h.Default && r.Contains(d.Day) {
					c.Holidays = append(c.Holidays, d)
				}
			}
		}
		return err
	})
	return c, err
}

// AwayTx names why a member is away, on each day that they are, wholly or in part: the holiday or the kind of leave.
func (s *Service) AwayTx(ctx context.Context, tx *tenancy.Tx, memberID string, from, to day.Date) (map[day.Date][]string, error) {
	r := day.Range{From: from, To: to}
	o, err := s.daysOff(ctx, tx, []string{memberID}, r)
	out := map[day.Date][]string{}
	for _, off := range slices.Concat(o.holidays(memberID, r), o.of[memberID]) {
		for d := range (day.Range{From: later(off.From, from), To: earlier(off.To, to)}).Days() {
			if off.Name != "" && !slices.Contains(out[d], off.Name) {
				out[d] = append(out[d], off.Name)
			}
		}
	}
	return out, err
}
