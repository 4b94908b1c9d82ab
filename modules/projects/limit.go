package projects

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
)

var (
	ErrLimitNotFound = fault.Define(fault.NotFound, "projects.budget_not_found", "This budget does not exist.")
	ErrLimitTaken    = fault.Define(fault.Conflict, "projects.budget_taken", "There is a budget like this already. Change that one.").At("body.unit", "has a budget for this already")
	ErrTooManyLimits = fault.Define(fault.Conflict, "projects.too_many_budgets", "A project has at most 200 budgets.")
	// ErrUsedUp refuses time that a hard stop has no room for (rule 54).
	ErrUsedUp = fault.Define(fault.Conflict, "projects.budget_used_up", "The budget of this project is used up.")
)

// Unit is what a budget is in.
type Unit string

const (
	InHours Unit = "hours"
	InMoney Unit = "money"
)

// UsualAlerts are the percentages at which a budget is told of, unless it says otherwise.
var UsualAlerts = []int{50, 75, 90, 100}

const (
	maxLimits = 200
	maxAlerts = 8
	maxAlert  = 200
	maxMinor  = int64(1_000_000_000_000_00)
)

// Limit is what may be spent: on a project, on one of its tasks with all below
// it (a phase is a task that has some), by one person, or by a person on a task.
type Limit struct {
	ID        string
	ProjectID string
	TaskID    string // empty: all of the project
	MemberID  string // empty: everybody
	Unit      Unit
	Amount    int64  // seconds, or minor units of Currency
	Currency  string // of money
	// What it counts (rule 48): time that was approved, or all that was logged;
	// billable time, or all. Money is always that of billable time.
	ApprovedOnly bool
	BillableOnly bool
	Alerts       []int // percentages, rising
	HardStop     bool
	Told         int // the highest alert that was told since it was last crossed
	CreatedAt    time.Time
	CreatedBy    string
	UpdatedAt    time.Time
	Version      int
}

// Own tells whether it is the project's own budget: what the project says of itself.
func (l Limit) Own() bool { return l.TaskID == "" && l.MemberID == "" }

// Standing is a budget with what was spent of it. It is worked out of what was logged, never kept.
type Standing struct {
	Limit

	TaskName string
	Phase    bool // the task has tasks below it
	Spent    int64
	Lately   int64 // spent in the last four weeks; filled where one project is looked at
	RunsOut  day.Date
	Reached  []Reached
	Hidden   bool // the reader may not see what was spent
}

// Reached is one crossing of a level.
type Reached struct {
	Level int
	At    time.Time
}

// Left is what may still be spent; negative when overrun.
func (st Standing) Left() int64 { return st.Amount - st.Spent }

// Percent is how much of it is spent; nil for a budget of nothing.
func (st Standing) Percent() *int { return percentOf(st.Spent, st.Amount) }

// Level is the highest of its alerts that is reached, 0 for none. It is exact: 74.99 % is not 75.
func (st Standing) Level() (highest int) {
	if st.Spent <= 0 {
		return 0
	}
	for _, level := range st.Alerts {
		if decimal.NewFromInt(st.Spent).Mul(hundred).Cmp(decimal.NewFromInt(st.Amount).Mul(decimal.NewFromInt(int64(level)))) >= 0 {
			highest = max(highest, level)
		}
	}
	return highest
}

// Stopped tells whether nothing may be added any more.
func (st Standing) Stopped() bool { return st.HardStop && st.Spent >= st.Amount }

var hundred = decimal.NewFromInt(100)

// window is how many days back the pace of spending is measured.
const window = 28

// runsOut is the day on which nothing is left if it goes on as in the last four
// weeks; none where nothing was spent lately or nothing is left.
func (st Standing) runsOut(today day.Date) day.Date {
	if st.Lately <= 0 || st.Left() <= 0 {
		return day.Date{}
	}
	days := decimal.NewFromInt(st.Left()).Mul(decimal.NewFromInt(window)).Div(decimal.NewFromInt(st.Lately)).Ceil()
	if days.GreaterThan(decimal.NewFromInt(3660)) {
		return day.Date{} // ten years are no forecast
	}
	return today.AddDays(int(days.IntPart()))
}

// Money is the amount of a budget in money.
func (l Limit) Money() money.Money { return money.Of(l.Amount, l.Currency) }

// seenBy tells whether a may know of l and, in spent, of what was spent of it.
func (l Limit) seenBy(a access.Actor) (seen, spent bool) {
	if l.MemberID != "" && l.MemberID != a.MemberID && !a.Can(seeAllTime) {
		return false, false
	}
	if l.Unit == InMoney {
		return a.Can(SeeBudget), a.Can(SeeBudget) && a.Can(seeBillRates)
	}
	return true, true
}

// check returns what is wrong with l, all of it at once.
func (l Limit) check() error {
	var bad blame
	switch l.Unit {
	case InHours:
		bad.when(l.Amount <= 0 || l.Amount > 3600*1_000_000, "body.hours", "must be more than 0 and at most 1,000,000 hours")
	case InMoney:
		bad.when(!money.Valid(l.Currency), "body.money.currency", "is not a currency")
		bad.when(l.Amount <= 0 || l.Amount > maxMinor, "body.money.amount", "must be more than zero")
	default:
		bad.add("body.unit", "must be hours or money")
	}
	bad.when(l.HardStop && l.ApprovedOnly, "body.hard_stop", "needs a budget that counts all logged time: what is added is not approved yet")
	bad.when(len(l.Alerts) > maxAlerts, "body.alerts", fmt.Sprintf("must be at most %d", maxAlerts))
	for i, a := range l.Alerts {
		if a < 1 || a > maxAlert || slices.Contains(l.Alerts[:i], a) {
			bad.add("body.alerts", fmt.Sprintf("must be different percentages from 1 to %d", maxAlert))
			break
		}
	}
	return bad.err(ErrInvalid)
}

// takes tells whether w would use some of l; tree is l's task with all below it.
func (l Limit) takes(w Work, tree []string) bool {
	switch {
	case l.MemberID != "" && l.MemberID != w.MemberID:
		return false
	case l.TaskID != "" && !slices.Contains(tree, w.TaskID):
		return false
	case l.Unit == InMoney:
		return w.Billable && w.PerHour != nil && w.PerHour.IsPositive() && w.Currency == l.Currency
	}
	return w.Billable || !l.BillableOnly
}
