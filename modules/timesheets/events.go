package timesheets

import (
	"fmt"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
)

// TimerStarted is published when a member starts a timer.
type TimerStarted struct {
	Timer     string    `json:"timer"`
	Member    string    `json:"member"`
	Project   string    `json:"project"`
	StartedAt time.Time `json:"started_at"`
	Label     string    `json:"label"`
}

// TimerChanged is published when a running timer is edited.
type TimerChanged struct {
	Timer  string `json:"timer"`
	Member string `json:"member"`
}

// TimerStopped is published when a timer became an entry.
type TimerStopped struct {
	Timer  string `json:"timer"`
	Member string `json:"member"`
	Entry  string `json:"entry"`
}

// TimerDiscarded is published when a timer was thrown away.
type TimerDiscarded struct {
	Timer  string `json:"timer"`
	Member string `json:"member"`
}

func (TimerStarted) EventName() string   { return "timesheets.timer_started.v1" }
func (TimerChanged) EventName() string   { return "timesheets.timer_changed.v1" }
func (TimerStopped) EventName() string   { return "timesheets.timer_stopped.v1" }
func (TimerDiscarded) EventName() string { return "timesheets.timer_discarded.v1" }

// Trace says which member's pages show the timer.
func (e TimerStarted) Trace() event.Trace { return timerTrace(e.Timer, e.Member, e.Label) }

// Trace says which member's pages show the timer.
func (e TimerChanged) Trace() event.Trace { return timerTrace(e.Timer, e.Member, "") }

// Trace says which member's pages show the timer.
func (e TimerStopped) Trace() event.Trace { return timerTrace(e.Timer, e.Member, "") }

// Trace says which member's pages show the timer.
func (e TimerDiscarded) Trace() event.Trace { return timerTrace(e.Timer, e.Member, "") }

func timerTrace(timer, member, label string) event.Trace {
	return event.Trace{Entity: "timer", EntityID: timer, MemberID: member, Label: label}
}

// EntryEvent is what the events of entries have in common. It carries no client
// and no project in its trace: single hours would drown a timeline.
type EntryEvent struct {
	Entry   string   `json:"entry"`
	Member  string   `json:"member"`
	Project string   `json:"project"`
	Day     day.Date `json:"day"`
	Seconds int64    `json:"seconds"`
	Label   string   `json:"label"`
}

// Trace says which member's pages show the entry.
func (e EntryEvent) Trace() event.Trace {
	return event.Trace{Entity: "time_entry", EntityID: e.Entry, MemberID: e.Member, Label: e.Label}
}

// EntryLogged is published when time was logged, by hand, grid or timer.
type EntryLogged struct{ EntryEvent }

// EntryChanged is published when an entry was edited.
type EntryChanged struct{ EntryEvent }

// EntryDeleted is published when an entry was taken out.
type EntryDeleted struct{ EntryEvent }

// EntriesChanged is published when many entries were edited at once.
type EntriesChanged struct {
	Entries int    `json:"entries"`
	Member  string `json:"member,omitempty"` // whose all of them are, if they are one person's
}

func (EntriesChanged) EventName() string { return "timesheets.entries_changed.v1" }

// Trace says which member's pages show the entries; everybody's, if they are of several.
func (e EntriesChanged) Trace() event.Trace {
	return event.Trace{Entity: "time_entry", EntityID: "many", MemberID: e.Member, Label: fmt.Sprintf("%d entries", e.Entries)}
}

func manyChanged(entries []Entry) EntriesChanged {
	out := EntriesChanged{Entries: len(entries), Member: entries[0].MemberID}
	for _, e := range entries {
		if e.MemberID != out.Member {
			out.Member = ""
		}
	}
	return out
}

// RowsPinned is published when a member pinned other rows, or put them in another order.
type RowsPinned struct {
	Member string `json:"member"`
}

func (RowsPinned) EventName() string { return "timesheets.rows_pinned.v1" }

// Trace says whose pages show the rows.
func (e RowsPinned) Trace() event.Trace {
	return event.Trace{Entity: "member", EntityID: e.Member, MemberID: e.Member}
}

func (EntryLogged) EventName() string  { return "timesheets.entry_logged.v1" }
func (EntryChanged) EventName() string { return "timesheets.entry_changed.v1" }
func (EntryDeleted) EventName() string { return "timesheets.entry_deleted.v1" }

func entryEvent(e Entry) EntryEvent {
	return EntryEvent{Entry: e.ID, Member: e.MemberID, Project: e.ProjectID, Day: e.Day, Seconds: e.RawSeconds, Label: e.ProjectName}
}

// SheetEvent is what the events of weeks have in common.
type SheetEvent struct {
	Sheet  string   `json:"timesheet"`
	Member string   `json:"member"`
	Week   day.Date `json:"week"`
	Until  day.Date `json:"until"`
	By     string   `json:"by"`
	Reason string   `json:"reason,omitempty"`
}

// Trace leaves the member out: pages of approvers show the week too.
func (e SheetEvent) Trace() event.Trace {
	return event.Trace{Entity: "timesheet", EntityID: e.Sheet, Label: e.Week.String()}
}

func (s Sheet) event(by string) SheetEvent {
	return SheetEvent{Sheet: s.ID, Member: s.MemberID, Week: s.Week, Until: s.Until, By: by}
}

// SheetSubmitted is published when a member handed in a week.
type SheetSubmitted struct{ SheetEvent }

// SheetRecalled is published when a member took a week back.
type SheetRecalled struct{ SheetEvent }

// SheetApproved is published when a week was approved.
type SheetApproved struct{ SheetEvent }

// SheetRejected is published when a week or some of its lines were sent back.
type SheetRejected struct{ SheetEvent }

// SheetStepTaken is published when some lines of a week were approved, or one look of several is done, or a decision was taken back.
type SheetStepTaken struct{ SheetEvent }

// RoutesChanged is published when it changed who approves.
type RoutesChanged struct {
	Project string `json:"project,omitempty"`
	Member  string `json:"member,omitempty"`
}

func (SheetStepTaken) EventName() string { return "timesheets.sheet_step_taken.v1" }
func (RoutesChanged) EventName() string  { return "timesheets.routes_changed.v1" }

// Trace has no member: it changes what others may decide.
func (e RoutesChanged) Trace() event.Trace {
	return event.Trace{Entity: "time_settings", EntityID: "time_settings"}
}

func (SheetSubmitted) EventName() string { return "timesheets.sheet_submitted.v1" }
func (SheetRecalled) EventName() string  { return "timesheets.sheet_recalled.v1" }
func (SheetApproved) EventName() string  { return "timesheets.sheet_approved.v1" }
func (SheetRejected) EventName() string  { return "timesheets.sheet_rejected.v1" }

// PeriodLocked is published when the lock date moved.
type PeriodLocked struct {
	Through day.Date `json:"through"`
}

func (PeriodLocked) EventName() string { return "timesheets.period_locked.v1" }

// Trace has no member: the lock holds for all.
func (e PeriodLocked) Trace() event.Trace {
	return event.Trace{Entity: "time_settings", EntityID: "time_settings", Label: e.Through.String()}
}

// SuggestionsChanged is published when somebody took or hid suggestions, or wants to see them again.
type SuggestionsChanged struct {
	Member string `json:"member"`
}

func (SuggestionsChanged) EventName() string { return "timesheets.suggestions_changed.v1" }

// Trace says whose pages show the suggestions.
func (e SuggestionsChanged) Trace() event.Trace {
	return event.Trace{Entity: "member", EntityID: e.Member, MemberID: e.Member}
}
