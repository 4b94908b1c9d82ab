package people

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/tenancy"
)

// The permissions that decide whose leave a caller sees and decides.
const (
	AskLeave     access.Permission = "people.leave.write"
	ApproveLeave access.Permission = "people.leave.approve"
)

// LeaveStore keeps leave. It is a part of Store.
type LeaveStore interface {
	LeaveTypes(ctx context.Context, tx *tenancy.Tx, archived bool) ([]LeaveType, error)
	LeaveType(ctx context.Context, tx *tenancy.Tx, id string) (LeaveType, error)       // ErrNoLeaveType
	AddLeaveType(context.Context, *tenancy.Tx, LeaveType, time.Time) error             // ErrLeaveTypeTaken
	SaveLeaveType(context.Context, *tenancy.Tx, LeaveType) error                       // ErrLeaveTypeTaken, httpapi.ErrStale
	LeaveRequest(ctx context.Context, tx *tenancy.Tx, id string) (LeaveRequest, error) // ErrNoLeave; locked
	LeaveRequests(ctx context.Context, tx *tenancy.Tx, f LeaveFilter) ([]LeaveRequest, error)
	AddLeaveRequest(ctx context.Context, tx *tenancy.Tx, r LeaveRequest, by string) error
	SaveLeaveRequest(context.Context, *tenancy.Tx, LeaveRequest) error
	// TakeOff writes the days off of a request, GiveBack takes them away.
	TakeOff(ctx context.Context, tx *tenancy.Tx, r LeaveRequest, ids []string, now time.Time) error
	GiveBack(ctx context.Context, tx *tenancy.Tx, requestID string) error
	LeaveAdjustments(ctx context.Context, tx *tenancy.Tx, memberID string) (map[string][]LeaveFact, error)
	AddLeaveAdjustment(ctx context.Context, tx *tenancy.Tx, id, memberID, typeID string, f LeaveFact, now time.Time, by string) error
}

// LeaveFilter narrows a list of requests. Zero fields do not narrow.
type LeaveFilter struct {
	MemberID, NotMemberID string
	States                []string
	From, To              day.Date // requests that touch these days
	Limit                 int
	AfterDay              day.Date
	AfterID               string
}

// leaveOf decides whose leave is meant: only who approves sees that of others.
func (s *Service) leaveOf(ctx context.Context, memberID string) (string, error) {
	a := access.From(ctx)
	if memberID == "" || memberID == a.MemberID {
		return a.MemberID, nil
	}
	if !a.Can(ApproveLeave) {
		return "", ErrNoMember
	}
	return memberID, nil
}

// LeaveQuote is what leave would cost.
type LeaveQuote struct {
	Type          LeaveType
	Days          []LeaveDay
	Cost          decimal.Decimal
	Before, After decimal.Decimal // the balance on its last day, without and with it
	Short         bool            // more than there is, which this kind does not allow
}

// QuoteLeave tells what leave would cost and leave behind. Nothing is kept.
func (s *Service) QuoteLeave(ctx context.Context, a LeaveAsk) (q LeaveQuote, err error) {
	if a.MemberID, err = s.leaveOf(ctx, a.MemberID); err != nil {
		return q, err
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		q, err = s.quote(ctx, tx, a, "")
		return err
	})
	return q, err
}

func (s *Service) quote(ctx context.Context, tx *tenancy.Tx, a LeaveAsk, except string) (q LeaveQuote, err error) {
	if q.Type, err = s.d.Store.LeaveType(ctx, tx, a.TypeID); err != nil {
		return q, ErrNoLeaveType.At("body.type_id", "is not a kind of leave")
	}
	if err := a.check(q.Type); err != nil {
		return q, err
	}
	off, err := s.daysOff(ctx, tx, []string{a.MemberID}, day.Range{From: a.First, To: a.Last})
	if err != nil {
		return q, err
	}
	if q.Days, q.Cost = off.costs(q.Type, a); len(q.Days) == 0 {
		return q, ErrLeaveCostsNone
	}
	others, err := s.d.Store.LeaveRequests(ctx, tx, LeaveFilter{MemberID: a.MemberID, States: []string{LeaveRequested, LeaveApproved}, From: a.First, To: a.Last})
	if err != nil {
		return q, err
	}
	var there []LeaveAsk
	for _, o := range others {
		if o.ID != except {
			there = append(there, o.LeaveAsk)
		}
	}
	if err := off.fits(a, there); err != nil {
		return q, err
	}
	b, err := s.books(ctx, tx, a.MemberID)
	if err != nil || !q.Type.Counts() {
		return q, err
	}
	q.weigh(b, a, except)
	return q, nil
}

// weigh puts the days of an ask into the balance, beside all that is approved or waits, and looks at every day from its first on: what is there today may be
// taken later already.
func (q *LeaveQuote) weigh(b books, a LeaveAsk, except string) {
	facts := slices.DeleteFunc(slices.Concat(b.facts[q.Type.ID], b.waiting[q.Type.ID]), func(f LeaveFact) bool { return except != "" && f.RequestID == except })
	until := a.Last
	for _, f := range facts {
		until = later(until, f.Day)
	}
	q.Before = balanceOn(q.Type.Statement(b.begins, facts, until), a.Last)
	for _, d := range q.Days {
		facts = append(facts, LeaveFact{Day: d.Day, Kind: LineTaken, Amount: d.Cost.Neg()})
	}
	lines := q.Type.Statement(b.begins, facts, until)
	q.After = balanceOn(lines, a.Last)
	for _, l := range lines {
		q.Short = q.Short || (!q.Type.Overdraw && l.Kind == LineTaken && !l.Day.Before(a.First) && l.Balance.IsNegative())
	}
}

// AskLeave asks for leave. Kinds that nobody has to agree to are approved at once. ErrBadLeave, ErrLeaveOverlap, ErrLeaveBalance.
func (s *Service) AskLeave(ctx context.Context, a LeaveAsk) (r LeaveRequest, err error) {
	actor := access.From(ctx)
	a.Note = strings.TrimSpace(a.Note)
	if a.MemberID != "" && a.MemberID != actor.MemberID && !actor.Can(ApproveLeave) {
		return r, ErrNotYourself
	}
	if a.MemberID == "" {
		a.MemberID = actor.MemberID
	}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := s.oneAtATime(ctx, tx, a.MemberID); err != nil {
			return err
		}
		if is, err := s.d.Members.IsMemberTx(ctx, tx, a.MemberID); err != nil || !is {
			return orNoMember(err)
		}
		q, err := s.quote(ctx, tx, a, "")
		if err != nil {
			return err
		}
		if q.Type.ArchivedAt != nil {
			return ErrNoLeaveType.At("body.type_id", "is archived")
		}
		if q.Short {
			return ErrLeaveBalance.At("body.last_day", "needs "+q.Cost.String()+" "+q.Type.Unit+", and "+q.Before.String()+" are left")
		}
		r = LeaveRequest{LeaveAsk: a, ID: s.d.NewID(), State: LeaveRequested, Days: q.Days, Cost: q.Cost, CreatedAt: s.d.Now().UTC(), Version: 1}
		if !q.Type.Approval {
			r.State, r.DecidedAt = LeaveApproved, &r.CreatedAt
		}
		if err := s.d.Store.AddLeaveRequest(ctx, tx, r, actor.MemberID); err != nil {
			return err
		}
		if err := s.follow(ctx, tx, r); err != nil {
			return err
		}
		return s.note(ctx, tx, "people.leave_asked", "leave", r.ID, r.First.String(), nil, r)
	})
	return r, err
}

func orNoMember(err error) error {
	if err == nil {
		return ErrNoMember.At("body.member_id", "is not a member")
	}
	return err
}

func (s *Service) oneAtATime(ctx context.Context, tx *tenancy.Tx, memberID string) error {
	return tx.Lock(ctx, "people.leave:"+memberID)
}

// follow makes the days off those of the request as it is.
func (s *Service) follow(ctx context.Context, tx *tenancy.Tx, r LeaveRequest) error {
	if err := s.d.Store.GiveBack(ctx, tx, r.ID); err != nil || r.State != LeaveApproved {
		return err
	}
	ids := make([]string, len(r.Days))
	for i := range ids {
		ids[i] = s.d.NewID()
	}
	return s.d.Store.TakeOff(ctx, tx, r, ids, s.d.Now().UTC())
}

// LeaveRequests lists requests, the latest days first: one's own, and for those who approve everybody's.
func (s *Service) LeaveRequests(ctx context.Context, f LeaveFilter) (out []LeaveRequest, err error) {
	a := access.From(ctx)
	if !a.Can(ApproveLeave) {
		if f.MemberID != "" && f.MemberID != a.MemberID {
			return nil, nil
		}
		f.MemberID = a.MemberID
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Store.LeaveRequests(ctx, tx, f)
		return err
	})
	return out, err
}

// DecideLeave approves or refuses a request exactly as it was seen. Nobody decides on their own; the only person who could approve may, with a reason that
// stays on record. Costs are looked up again: holidays or the schedule may have changed.
func (s *Service) DecideLeave(ctx context.Context, id string, version int, approve bool, reason, ownReason string) (LeaveRequest, error) {
	reason, ownReason = strings.TrimSpace(reason), strings.TrimSpace(ownReason)
	to, action := LeaveApproved, "people.leave_approved"
	if !approve {
		if to, action = LeaveRejected, "people.leave_rejected"; reason == "" {
			return LeaveRequest{}, ErrLeaveReason
		}
	}
	return s.stepLeave(ctx, id, version, to, action, func(ctx context.Context, tx *tenancy.Tx, r *LeaveRequest) error {
		if r.State != LeaveRequested {
			return ErrLeaveState
		}
		exception, err := s.mayDecide(ctx, tx, *r, approve)
		if err != nil {
			return err
		}
		if exception && ownReason == "" {
			return ErrOwnLeaveReason
		}
		if approve {
			q, err := s.quote(ctx, tx, r.LeaveAsk, r.ID)
			if err != nil {
				return err
			}
			if q.Short {
				return ErrLeaveBalance
			}
			r.Days, r.Cost = q.Days, q.Cost
		}
		if r.Reason = reason; exception {
			r.ExceptionReason = ownReason
		}
		return nil
	})
}

func (s *Service) mayDecide(ctx context.Context, tx *tenancy.Tx, r LeaveRequest, approve bool) (exception bool, err error) {
	me := access.From(ctx).MemberID
	if r.MemberID != me {
		return false, nil
	}
	others, err := s.d.Members.OthersTx(ctx, tx, me, ApproveLeave)
	if err == nil && (len(others) > 0 || !approve) {
		err = ErrOwnLeave
	}
	return true, err
}

// CancelLeave takes leave back: its own member as long as it has not begun or nobody has decided, and who approves at any time, with a reason.
func (s *Service) CancelLeave(ctx context.Context, id string, version int, reason string) (LeaveRequest, error) {
	reason = strings.TrimSpace(reason)
	return s.stepLeave(ctx, id, version, LeaveCancelled, "people.leave_cancelled", func(ctx context.Context, tx *tenancy.Tx, r *LeaveRequest) error {
		today, err := s.d.Members.TodayTx(ctx, tx)
		if err != nil {
			return err
		}
		own := r.MemberID == access.From(ctx).MemberID
		switch {
		case r.State != LeaveRequested && r.State != LeaveApproved:
			return ErrLeaveState
		case own && r.State == LeaveApproved && !r.First.After(today):
			return ErrLeaveState.Saying("This leave has begun. Somebody who approves leave has to take it back.")
		case !own && reason == "":
			return ErrLeaveReason
		}
		r.Reason = reason
		return nil
	})
}

func (s *Service) stepLeave(ctx context.Context, id string, version int, to, action string, step func(context.Context, *tenancy.Tx, *LeaveRequest) error) (r LeaveRequest, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if r, err = s.d.Store.LeaveRequest(ctx, tx, id); err != nil {
			return err
		}
		a := access.From(ctx)
		if r.MemberID != a.MemberID && !a.Can(ApproveLeave) {
			return ErrNoLeave
		}
		if r.State == to && r.Version == version+1 {
			return nil // the same step on the same version, once more
		}
		if r.Version != version {
			return ErrLeaveStale
		}
		if err := s.oneAtATime(ctx, tx, r.MemberID); err != nil {
			return err
		}
		before := r
		if err := step(ctx, tx, &r); err != nil {
			return err
		}
		now := s.d.Now().UTC()
		r.State, r.DecidedBy, r.DecidedAt, r.Version = to, a.MemberID, &now, r.Version+1
		if err := s.d.Store.SaveLeaveRequest(ctx, tx, r); err != nil {
			return err
		}
		if err := s.follow(ctx, tx, r); err != nil {
			return err
		}
		return s.note(ctx, tx, action, "leave", r.ID, r.First.String(), before, r)
	})
	return r, err
}

// AdjustLeave corrects a balance by hand, from a day on. ErrNoLeaveType, ErrInvalid.
func (s *Service) AdjustLeave(ctx context.Context, memberID, typeID string, f LeaveFact) error {
	f.Kind, f.Note = LineAdjusted, strings.TrimSpace(f.Note)
	switch {
	case f.Amount.IsZero() || f.Amount.Abs().GreaterThan(mostLeave) || !f.Amount.Equal(f.Amount.Round(2)):
		return ErrInvalid.At("body.amount", "must not be nothing, and have two places at most")
	case f.Note == "" || len([]rune(f.Note)) > 500:
		return ErrInvalid.At("body.note", "is required: say why")
	case f.Day.Before(firstHoliday) || f.Day.After(lastHoliday):
		return ErrInvalid.At("body.day", "must be between 2000 and 2100")
	}
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := s.oneAtATime(ctx, tx, memberID); err != nil {
			return err
		}
		if is, err := s.d.Members.IsMemberTx(ctx, tx, memberID); err != nil || !is {
			return orNoMember(err)
		}
		t, err := s.d.Store.LeaveType(ctx, tx, typeID)
		if err != nil {
			return ErrNoLeaveType.At("body.type_id", "is not a kind of leave")
		}
		if !t.Counts() {
			return ErrInvalid.At("body.type_id", "has no balance")
		}
		id := s.d.NewID()
		if err := s.d.Store.AddLeaveAdjustment(ctx, tx, id, memberID, typeID, f, s.d.Now().UTC(), access.From(ctx).MemberID); err != nil {
			return err
		}
		return s.note(ctx, tx, "people.leave_adjusted", "leave_adjustment", id, memberID, nil, map[string]any{"member_id": memberID, "type_id": typeID, "day": f.Day, "amount": f.Amount, "note": f.Note})
	})
}
