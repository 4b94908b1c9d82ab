package people

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
)

var (
	ErrNoLeaveType    = fault.Define(fault.NotFound, "people.no_leave_type", "There is no such kind of leave.")
	ErrLeaveTypeTaken = fault.Define(fault.Conflict, "people.leave_type_taken", "There is a kind of leave with this name.").At("body.name", "is taken")
	ErrBadLeave       = fault.Define(fault.Invalid, "people.bad_leave", "This leave cannot be taken like that.")
	ErrNoLeave        = fault.Define(fault.NotFound, "people.no_leave", "There is no such leave.")
	ErrLeaveOverlap   = fault.Define(fault.Conflict, "people.leave_overlap", "There is leave on some of these days already.")
	ErrLeaveCostsNone = fault.Define(fault.Invalid, "people.leave_no_work", "Nobody expects work on these days: they are free anyway.").At("body.first_day", "has no working time")
	ErrLeaveBalance   = fault.Define(fault.Conflict, "people.leave_balance", "There is not enough left for this.")
	ErrLeaveState     = fault.Define(fault.Conflict, "people.leave_state", "This leave is not in a state that allows this.")
	ErrLeaveStale     = fault.Define(fault.Precondition, "people.leave_stale", "This was changed after you opened it. Look at it again before you decide.")
	ErrOwnLeave       = fault.Define(fault.Forbidden, "people.own_leave", "Nobody approves their own leave. Somebody else has to.")
	ErrOwnLeaveReason = fault.Define(fault.Invalid, "people.own_leave_reason", "You are the only one who can approve. Say why you approve your own leave; the exception is recorded.").
				At("body.own_reason", "is required to approve your own leave")
	ErrLeaveReason = fault.Define(fault.Invalid, "people.leave_reason", "Say why.").At("body.reason", "is required")
	ErrNotYourself = fault.Define(fault.Forbidden, "people.not_yours", "You can only ask for your own leave.")
)

// How an allowance comes: with the leave year, with each month, or not at all, where there is no balance.
const (
	NoAccrual, Yearly, Monthly = "none", "year", "month"
)

// The states of a request.
const (
	LeaveRequested, LeaveApproved, LeaveRejected, LeaveCancelled = "requested", "approved", "rejected", "cancelled"
)

// LeaveType is a kind of leave.
type LeaveType struct {
	ID, Name    string
	Paid        bool
	Unit        string // days, or hours of the working schedule
	Approval    bool   // somebody has to agree
	Accrual     string
	Allowance   decimal.Decimal // of a whole leave year
	YearStart   int             // the month in which the leave year begins
	StartsOn    day.Date        // nothing is granted before
	CarryCap    *decimal.Decimal
	CarryMonths int  // what was carried over lapses after so many months; 0 for never
	Overdraw    bool // may go below nothing
	ArchivedAt  *time.Time
	Version     int
}

// Hours tells whether it is counted in hours.
func (t LeaveType) Hours() bool { return t.Unit == "hours" }

// Counts tells whether there is a balance.
func (t LeaveType) Counts() bool { return t.Accrual != NoAccrual }

// LeaveAsk is what somebody asks for.
type LeaveAsk struct {
	MemberID, TypeID    string
	First, Last         day.Date
	HalfFirst, HalfLast bool
	Seconds             int // part of a single day, of kinds that are counted in hours
	Note                string
}

// LeaveDay is a day of leave and what it costs, in the unit of its kind.
type LeaveDay struct {
	Day     day.Date        `json:"day"`
	Cost    decimal.Decimal `json:"takes"`
	Share   decimal.Decimal `json:"share"`
	Seconds int             `json:"seconds,omitempty"`
}

// LeaveRequest is leave that was asked for, and what became of it.
type LeaveRequest struct {
	LeaveAsk
	ID, State       string
	Days            []LeaveDay
	Cost            decimal.Decimal
	DecidedBy       string
	DecidedAt       *time.Time
	Reason          string // why it was refused or taken back
	ExceptionReason string // why somebody approved their own
	CreatedAt       time.Time
	Version         int
}

var half = decimal.New(5, -1)

// share is the part of d that a asks for.
func (a LeaveAsk) share(d day.Date) decimal.Decimal {
	if (d == a.First && a.HalfFirst) || (d == a.Last && a.HalfLast) {
		return half
	}
	return decimal.NewFromInt(1)
}

// costs tells what leave costs: nothing on days without working time and on
// holidays, half a day on half a holiday at most.
func (o daysOff) costs(t LeaveType, a LeaveAsk) (days []LeaveDay, total decimal.Decimal) {
	r := day.Range{From: a.First, To: a.Last}
	whole := Expected(r, o.dated[a.MemberID], nil)
	working := Expected(r, o.dated[a.MemberID], o.holidays(a.MemberID, r))
	shares := o.left(a.MemberID, r)
	for d := range r.Days() {
		left, some := shares[d]
		if !some {
			continue
		}
		one := LeaveDay{Day: d, Share: decimal.Min(a.share(d), left)}
		seconds := decimal.Min(decimal.NewFromInt(int64(whole[d]/time.Second)).Mul(one.Share), decimal.NewFromInt(int64(working[d]/time.Second)))
		if a.Seconds > 0 {
			one.Share, one.Seconds = decimal.Zero, min(a.Seconds, int(working[d]/time.Second))
			seconds = decimal.NewFromInt(int64(one.Seconds))
		}
		if one.Cost = one.Share.Round(2); t.Hours() {
			one.Cost = seconds.Div(decimal.NewFromInt(3600)).Round(2)
		}
		days, total = append(days, one), total.Add(one.Cost)
	}
	return days, total
}

// left is the share of each day that holidays leave, where there is any working time.
func (o daysOff) left(member string, r day.Range) map[day.Date]decimal.Decimal {
	whole, working := Expected(r, o.dated[member], nil), Expected(r, o.dated[member], o.holidays(member, r))
	out := map[day.Date]decimal.Decimal{}
	for d, t := range working {
		if t > 0 {
			out[d] = decimal.NewFromInt(int64(t)).Div(decimal.NewFromInt(int64(whole[d])))
		}
	}
	return out
}

// check finds what can be said of an ask without looking at anything else.
func (a LeaveAsk) check(t LeaveType) error {
	switch {
	case a.First.IsZero() || a.First.Before(firstHoliday) || a.First.After(lastHoliday):
		return ErrBadLeave.At("body.first_day", "is required, between 2000 and 2100")
	case a.Last.Before(a.First):
		return ErrBadLeave.At("body.last_day", "is before the first day")
	case a.Last.Sub(a.First) > maxLeave:
		return ErrBadLeave.At("body.last_day", "is more than a year after the first day")
	case a.Seconds != 0 && !t.Hours():
		return ErrBadLeave.At("body.seconds", "goes only with kinds that are counted in hours")
	case a.Seconds < 0 || a.Seconds > 24*3600:
		return ErrBadLeave.At("body.seconds", "must be between nothing and 24 hours")
	case a.Seconds != 0 && (a.First != a.Last || a.HalfFirst || a.HalfLast):
		return ErrBadLeave.At("body.seconds", "goes only with a single day, and not with half of it")
	case a.First == a.Last && a.HalfFirst && a.HalfLast:
		return ErrBadLeave.At("body.half_last", "and the first half are the whole day")
	case len([]rune(a.Note)) > 500:
		return ErrBadLeave.At("body.note", "must not have more than 500 letters")
	}
	return nil
}

const maxLeave = 366

// fits refuses an ask where it and the leave that is there already take more of a day than is scheduled. Half a day takes half of what is.
func (o daysOff) fits(a LeaveAsk, others []LeaveAsk) error {
	r := day.Range{From: a.First, To: a.Last}
	whole, working := Expected(r, o.dated[a.MemberID], nil), Expected(r, o.dated[a.MemberID], o.holidays(a.MemberID, r))
	for d := range r.Days() {
		there := slices.DeleteFunc(slices.Clone(others), func(x LeaveAsk) bool { return d.Before(x.First) || d.After(x.Last) })
		if len(there) == 0 {
			continue
		}
		room := decimal.NewFromInt(int64(working[d] / time.Second))
		left := room
		for _, x := range there {
			left = left.Sub(x.takes(d, whole[d], working[d]))
		}
		takes := a.takes(d, whole[d], working[d])
		if room.IsZero() { // free anyway: nothing is taken of it, by one leave
			left, takes = decimal.Zero, half
		}
		if takes.GreaterThan(left) {
			return a.overlap(d, left, room)
		}
	}
	return nil
}

// takes is how many seconds of a day an ask takes, of a whole day and what holidays leave of it.
func (a LeaveAsk) takes(d day.Date, whole, working time.Duration) decimal.Decimal {
	asked := decimal.NewFromInt(int64(a.Seconds))
	if a.Seconds == 0 {
		asked = decimal.NewFromInt(int64(whole / time.Second)).Mul(a.share(d))
	}
	return decimal.Min(asked, decimal.NewFromInt(int64(working/time.Second)))
}

// overlap says on which day there is leave already, and what that leaves.
func (a LeaveAsk) overlap(d day.Date, left, room decimal.Decimal) error {
	at, rest := "body.first_day", ""
	if a.Seconds > 0 {
		at = "body.seconds"
	}
	if left.IsPositive() {
		rest = ", which leaves " + clock(left) + " of " + clock(room) + " hours"
	}
	return ErrLeaveOverlap.Saying("There is leave on %s already%s.", d, rest).At(at, "meets leave that is there already on "+d.String()+rest)
}

// clock writes seconds as hours and minutes.
func clock(seconds decimal.Decimal) string {
	n := seconds.IntPart()
	return fmt.Sprintf("%d:%02d", n/3600, n%3600/60)
}

func earlier(a, b day.Date) day.Date {
	if a.Before(b) {
		return a
	}
	return b
}

// The kinds of lines of a statement.
const (
	LineGranted, LineLapsed, LineAdjusted, LineTaken = "granted", "lapsed", "adjusted", "taken"
)

// LeaveFact is what a balance is made of beside the allowance: leave that was taken, as less than nothing, and corrections.
type LeaveFact struct {
	Day       day.Date
	Kind      string // adjusted or taken
	Amount    decimal.Decimal
	RequestID string
	Note      string
}

// LeaveLine is a line of a statement, with the balance after it.
type LeaveLine struct {
	LeaveFact
	Balance decimal.Decimal
}

// Statement replays everything from nothing, up to a day: allowances as they come, what lapses, and the facts. Its last balance is the balance.
//
// What was carried over is used first. Of what is left at the end of a leave year at most the cap goes over; the rest lapses, and what went over
// lapses too when its months are over.
func (t LeaveType) Statement(begins day.Date, facts []LeaveFact, upTo day.Date) (lines []LeaveLine) {
	var carried, fresh decimal.Decimal
	add := func(f LeaveFact) {
		if f.Amount.IsNegative() && f.Kind != LineLapsed {
			used := decimal.Min(decimal.Max(carried, decimal.Zero), f.Amount.Neg())
			carried, fresh = carried.Sub(used), fresh.Add(f.Amount.Add(used))
		} else if f.Kind != LineLapsed {
			fresh = fresh.Add(f.Amount)
		}
		lines = append(lines, LeaveLine{f, carried.Add(fresh)})
	}
	for _, f := range t.due(begins, facts, upTo) {
		switch f.Kind {
		case yearEnds:
			left := carried.Add(fresh)
			carried, fresh = left, decimal.Zero
			if left.IsNegative() {
				carried, fresh = decimal.Zero, left
			}
			if over := t.overCap(left); over.IsPositive() {
				carried = left.Sub(over)
				add(LeaveFact{Day: f.Day, Kind: LineLapsed, Amount: over.Neg(), Note: "more than goes over into the new year"})
			}
		case carryEnds:
			if carried.IsPositive() {
				gone := carried
				carried = decimal.Zero
				add(LeaveFact{Day: f.Day, Kind: LineLapsed, Amount: gone.Neg(), Note: "carried over and not used in time"})
			}
		default:
			add(f)
		}
	}
	return lines
}

const yearEnds, carryEnds = "year ends", "carry ends"

func (t LeaveType) overCap(left decimal.Decimal) decimal.Decimal {
	if t.CarryCap == nil {
		return decimal.Zero
	}
	return left.Sub(*t.CarryCap)
}

// due puts allowances, ends of years and facts in the order in which they count.
func (t LeaveType) due(begins day.Date, facts []LeaveFact, upTo day.Date) (out []LeaveFact) {
	if t.Counts() {
		begins = later(begins, t.StartsOn)
		first := t.yearOf(begins)
		for year := first; !year.After(upTo); year = year.AddMonths(12) {
			if year != first {
				out = append(out, LeaveFact{Day: year, Kind: yearEnds})
				if t.CarryMonths > 0 {
					out = append(out, LeaveFact{Day: year.AddMonths(t.CarryMonths), Kind: carryEnds})
				}
			}
			out = append(out, t.grants(year, begins)...)
		}
	}
	out = append(out, facts...)
	order := []string{yearEnds, carryEnds, LineGranted, LineAdjusted, LineTaken}
	slices.SortStableFunc(out, func(a, b LeaveFact) int {
		if c := a.Day.Compare(b.Day); c != 0 {
			return c
		}
		return slices.Index(order, a.Kind) - slices.Index(order, b.Kind)
	})
	return slices.DeleteFunc(out, func(f LeaveFact) bool { return f.Day.After(upTo) })
}

// yearOf is the first day of the leave year of d.
func (t LeaveType) yearOf(d day.Date) day.Date {
	start := day.New(d.Year(), time.Month(t.YearStart), 1)
	if start.After(d) {
		start = day.New(d.Year()-1, time.Month(t.YearStart), 1)
	}
	return start
}

// grants are the allowances of a leave year. Who comes during it gets a twelfth for each month, that of the arrival if it is by the 15th. Twelfths are
// cut so that they add up to the year.
func (t LeaveType) grants(year, begins day.Date) (out []LeaveFact) {
	var sum decimal.Decimal
	last := decimal.Zero // of the twelfths so far, those before the arrival included
	for i := 1; i <= 12; i++ {
		month := year.AddMonths(i - 1)
		so := t.Allowance.Mul(decimal.NewFromInt(int64(i))).DivRound(decimal.NewFromInt(12), 2)
		part := so.Sub(last)
		last = so
		if begins.After(month.AddDays(14)) {
			continue
		}
		sum = sum.Add(part)
		if t.Accrual == Monthly && !part.IsZero() {
			out = append(out, LeaveFact{Day: later(month, begins), Kind: LineGranted, Amount: part})
		}
	}
	if t.Accrual == Yearly && !sum.IsZero() {
		out = append(out, LeaveFact{Day: later(year, begins), Kind: LineGranted, Amount: sum})
	}
	return out
}

// balanceOn is the balance at the end of a day.
func balanceOn(lines []LeaveLine, d day.Date) decimal.Decimal {
	b := decimal.Zero
	for _, l := range lines {
		if !l.Day.After(d) {
			b = l.Balance
		}
	}
	return b
}
