package expenses

import (
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
)

// ExpenseEvent is what the events of expenses have in common. It names no
// amount: everybody's open pages hear of it.
type ExpenseEvent struct {
	Expense string   `json:"expense"`
	Member  string   `json:"member"`
	Project string   `json:"project,omitempty"`
	Day     day.Date `json:"day"`
	Label   string   `json:"label"`
	Reason  string   `json:"reason,omitempty"`
}

// Trace says which member's pages show the expense.
func (e ExpenseEvent) Trace() event.Trace {
	return event.Trace{Entity: "expense", EntityID: e.Expense, MemberID: e.Member, Label: e.Label}
}

func eventOf(e Expense) ExpenseEvent {
	return ExpenseEvent{Expense: e.ID, Member: e.MemberID, Project: e.ProjectID, Day: e.Day, Label: e.label(), Reason: e.RejectReason}
}

// What happens to expenses.
type (
	ExpenseAdded     struct{ ExpenseEvent }
	ExpenseChanged   struct{ ExpenseEvent }
	ExpenseDeleted   struct{ ExpenseEvent }
	ExpenseSubmitted struct{ ExpenseEvent }
	ExpenseRecalled  struct{ ExpenseEvent }
	ExpenseApproved  struct{ ExpenseEvent }
	ExpenseRejected  struct{ ExpenseEvent }
)

func (ExpenseAdded) EventName() string     { return "expenses.expense_added.v1" }
func (ExpenseChanged) EventName() string   { return "expenses.expense_changed.v1" }
func (ExpenseDeleted) EventName() string   { return "expenses.expense_deleted.v1" }
func (ExpenseSubmitted) EventName() string { return "expenses.expense_submitted.v1" }
func (ExpenseRecalled) EventName() string  { return "expenses.expense_recalled.v1" }
func (ExpenseApproved) EventName() string  { return "expenses.expense_approved.v1" }
func (ExpenseRejected) EventName() string  { return "expenses.expense_rejected.v1" }

// Reimbursed is published when members were paid back, or that was undone.
type Reimbursed struct {
	Expenses  []string `json:"expenses"`
	On        day.Date `json:"on"`
	Reference string   `json:"reference"`
	Undone    bool     `json:"undone,omitempty"`
}

func (Reimbursed) EventName() string { return "expenses.expenses_reimbursed.v1" }

// Trace has no member: it is about several.
func (e Reimbursed) Trace() event.Trace {
	return event.Trace{Entity: "expense", EntityID: "many", Label: e.Reference}
}

// SettingChanged is published when a category, a policy, a markup or a rate changed.
type SettingChanged struct {
	Entity string `json:"entity"`
	ID     string `json:"id"`
	Label  string `json:"label"`
}

func (SettingChanged) EventName() string { return "expenses.setting_changed.v1" }

// Trace names what was changed.
func (e SettingChanged) Trace() event.Trace {
	return event.Trace{Entity: e.Entity, EntityID: e.ID, Label: e.Label}
}
