package peoplehttp

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/people"
)

func leaveTypeView(t people.LeaveType) LeaveTypeView {
	return LeaveTypeView{
		ID: t.ID, Name: t.Name, Paid: t.Paid, Unit: t.Unit, Approval: t.Approval, Accrual: t.Accrual, Allowance: number(t.Allowance), YearStart: t.YearStart, StartsOn: t.StartsOn,
		CarryCap: numberOrNull(t.CarryCap), CarryMonths: t.CarryMonths, Overdraw: t.Overdraw, Archived: t.ArchivedAt != nil, Version: t.Version,
	}
}

// number is an amount of days or hours on the wire. Two places at most survive the way there and back.
func number(d decimal.Decimal) float64 { return d.InexactFloat64() }

func numberOrNull(d *decimal.Decimal) *float64 {
	if d == nil {
		return nil
	}
	n := number(*d)
	return &n
}

func amountOrNull(n *float64) *decimal.Decimal {
	if n == nil {
		return nil
	}
	d := decimal.NewFromFloat(*n)
	return &d
}

func oneLeaveType(t people.LeaveType, err error) (*leaveTypeOut, error) {
	if err != nil {
		return nil, err
	}
	return &leaveTypeOut{httpapi.ETag(t.Version), leaveTypeView(t)}, nil
}

func (h handlers) leaveTypes(ctx context.Context, in *leaveTypesIn) (*leaveTypesOut, error) {
	all, err := h.svc.LeaveTypes(ctx, in.Archived)
	if err != nil {
		return nil, err
	}
	out := LeaveTypeList{Items: make([]LeaveTypeView, len(all))}
	for i, t := range all {
		out.Items[i] = leaveTypeView(t)
	}
	return &leaveTypesOut{out}, nil
}

func (h handlers) addLeaveType(ctx context.Context, in *addLeaveTypeIn) (*leaveTypeOut, error) {
	b := in.Body
	return oneLeaveType(h.svc.AddLeaveType(ctx, people.LeaveType{
		Name: b.Name, Paid: !b.Unpaid, Unit: b.Unit, Approval: !b.NoApproval, Accrual: b.Accrual, Allowance: decimal.NewFromFloat(b.Allowance), YearStart: b.YearStart, StartsOn: b.StartsOn,
		CarryCap: amountOrNull(b.CarryCap), CarryMonths: b.CarryMonths, Overdraw: b.Overdraw,
	}))
}

func put[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func (h handlers) changeLeaveType(ctx context.Context, in *changeLeaveTypeIn) (*leaveTypeOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	b := in.Body
	return oneLeaveType(h.svc.ChangeLeaveType(ctx, in.ID, version, func(t *people.LeaveType, now time.Time) {
		put(&t.Name, b.Name)
		put(&t.Paid, b.Paid)
		put(&t.Approval, b.Approval)
		put(&t.Accrual, b.Accrual)
		if b.Allowance != nil {
			t.Allowance = decimal.NewFromFloat(*b.Allowance)
		}
		put(&t.StartsOn, b.StartsOn)
		put(&t.CarryMonths, b.CarryMonths)
		put(&t.Overdraw, b.Overdraw)
		if b.CarryCap != nil || b.CarryAll {
			t.CarryCap = amountOrNull(b.CarryCap)
		}
		if b.Archived != nil {
			t.ArchivedAt = nil
			if *b.Archived {
				t.ArchivedAt = &now
			}
		}
	}))
}

func (h handlers) leaveStatement(ctx context.Context, in *leaveStatementIn) (*leaveStatementOut, error) {
	t, lines, err := h.svc.LeaveStatement(ctx, in.ID, in.MemberID)
	if err != nil {
		return nil, err
	}
	out := LeaveStatementView{Type: leaveTypeView(t), Lines: make([]LeaveLineView, len(lines))}
	for i, l := range lines {
		out.Lines[i] = LeaveLineView{Day: l.Day, Kind: l.Kind, Change: number(l.Amount), Balance: number(l.Balance), RequestID: null(l.RequestID), Note: l.Note}
	}
	return &leaveStatementOut{out}, nil
}

func null(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (h handlers) leaveBalances(ctx context.Context, in *leaveMemberIn) (*leaveBalancesOut, error) {
	all, err := h.svc.LeaveBalances(ctx, in.MemberID)
	if err != nil {
		return nil, err
	}
	out := LeaveBalanceList{Items: make([]LeaveBalanceView, len(all))}
	for i, b := range all {
		out.Items[i] = LeaveBalanceView{
			leaveTypeView(b.Type), number(b.Balance), number(b.Planned), number(b.Requested), number(b.AtEnd), b.YearEnds, number(b.Taken), number(b.Granted),
		}
	}
	return &leaveBalancesOut{out}, nil
}

func (h handlers) adjustLeave(ctx context.Context, in *adjustLeaveIn) (*nothing, error) {
	b := in.Body
	return nil, h.svc.AdjustLeave(ctx, b.MemberID, b.TypeID, people.LeaveFact{Day: b.Day, Amount: decimal.NewFromFloat(b.Change), Note: b.Note})
}

func (b LeaveInput) ask() people.LeaveAsk {
	return people.LeaveAsk{MemberID: b.MemberID, TypeID: b.TypeID, First: b.First, Last: b.Last, HalfFirst: b.HalfFirst, HalfLast: b.HalfLast, Seconds: b.Seconds, Note: b.Note}
}

func leaveDays(days []people.LeaveDay) []LeaveDayView {
	out := make([]LeaveDayView, len(days))
	for i, d := range days {
		out[i] = LeaveDayView{d.Day, number(d.Cost)}
	}
	return out
}

func leaveView(r people.LeaveRequest) LeaveView {
	return LeaveView{
		ID: r.ID, MemberID: r.MemberID, TypeID: null(r.TypeID), First: r.First, Last: r.Last, HalfFirst: r.HalfFirst, HalfLast: r.HalfLast, Seconds: r.Seconds, Note: r.Note,
		State: r.State, Days: leaveDays(r.Days), Takes: number(r.Cost), DecidedBy: null(r.DecidedBy), DecidedAt: r.DecidedAt, Reason: r.Reason, ExceptionReason: r.ExceptionReason, Version: r.Version,
	}
}

func oneLeave(r people.LeaveRequest, err error) (*leaveOut, error) {
	if err != nil {
		return nil, err
	}
	return &leaveOut{httpapi.ETag(r.Version), leaveView(r)}, nil
}

func (h handlers) quoteLeave(ctx context.Context, in *leaveIn) (*leaveQuoteOut, error) {
	q, err := h.svc.QuoteLeave(ctx, in.Body.ask())
	if err != nil {
		return nil, err
	}
	return &leaveQuoteOut{LeaveQuoteView{Days: leaveDays(q.Days), Takes: number(q.Cost), Unit: q.Type.Unit, Counts: q.Type.Counts(), Before: number(q.Before), After: number(q.After), Short: q.Short}}, nil
}

func (h handlers) askLeave(ctx context.Context, in *leaveIn) (*leaveOut, error) {
	return oneLeave(h.svc.AskLeave(ctx, in.Body.ask()))
}

func (h handlers) leaveList(ctx context.Context, in *leaveListIn) (*leaveListOut, error) {
	f := people.LeaveFilter{MemberID: in.MemberID, States: in.State, From: in.From, To: in.To, Limit: in.Size() + 1}
	after, err := page.Decode(in.Cursor, 2)
	if err != nil {
		return nil, err
	}
	if after != nil {
		if f.AfterDay, err = day.Parse(after[0]); err != nil {
			return nil, page.ErrBadCursor.Because(err)
		}
		f.AfterID = after[1]
	}
	found, err := h.svc.LeaveRequests(ctx, f)
	if err != nil {
		return nil, err
	}
	found, next := page.Cut(found, in.Size(), func(r people.LeaveRequest) []string { return []string{r.First.String(), r.ID} })
	out := LeaveList{Items: make([]LeaveView, len(found)), Next: next}
	for i, r := range found {
		out.Items[i] = leaveView(r)
	}
	return &leaveListOut{out}, nil
}

func (h handlers) approveLeave(ctx context.Context, in *decideLeaveIn) (*leaveOut, error) {
	return h.decideLeave(ctx, in, true)
}

func (h handlers) rejectLeave(ctx context.Context, in *decideLeaveIn) (*leaveOut, error) {
	return h.decideLeave(ctx, in, false)
}

func (h handlers) decideLeave(ctx context.Context, in *decideLeaveIn, approve bool) (*leaveOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	b := in.said()
	return oneLeave(h.svc.DecideLeave(ctx, in.ID, version, approve, b.Reason, b.OwnReason))
}

func (in *decideLeaveIn) said() LeaveDecision {
	if in.Body == nil {
		return LeaveDecision{}
	}
	return *in.Body
}

func (h handlers) cancelLeave(ctx context.Context, in *decideLeaveIn) (*leaveOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	return oneLeave(h.svc.CancelLeave(ctx, in.ID, version, in.said().Reason))
}

func (h handlers) leaveCalendar(ctx context.Context, in *leaveCalendarIn) (*leaveCalendarOut, error) {
	c, err := h.svc.LeaveCalendar(ctx, day.Range{From: in.From, To: in.To})
	if err != nil {
		return nil, err
	}
	out := LeaveCalendarView{Members: c.Members, Away: make([]LeaveView, len(c.Away)), Holidays: make([]HolidayView, len(c.Holidays))}
	for i, a := range c.Away {
		out.Away[i] = leaveView(a.LeaveRequest)
	}
	for i, d := range c.Holidays {
		out.Holidays[i] = HolidayView(d)
	}
	return &leaveCalendarOut{out}, nil
}
