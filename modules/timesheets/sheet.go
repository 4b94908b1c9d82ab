package timesheets

import (
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
)

var (
	ErrSheetNotFound = fault.Define(fault.NotFound, "timesheets.sheet_not_found", "This timesheet does not exist.")
	ErrStaleSheet    = fault.Define(fault.Precondition, "timesheets.sheet_stale", "This timesheet was changed after you opened it. Look at it again before you decide.")
	ErrWrongState    = fault.Define(fault.Conflict, "timesheets.sheet_state", "This timesheet is not in a state that allows this.")
	ErrSheetClosed   = fault.Define(fault.Conflict, "timesheets.week_closed", "This time was submitted. Recall it, or ask for it to be sent back, to change it.")
	ErrOwnSheet      = fault.Define(fault.Forbidden, "timesheets.own_sheet", "Nobody approves their own time. Somebody else has to.")
	ErrOwnReason     = fault.Define(fault.Invalid, "timesheets.own_sheet_reason", "You are the only one who can approve. Confirm that you approve your own time and say why; the exception is recorded.").
				At("body.own_reason", "is required to approve your own time")
	ErrNoReason = fault.Define(fault.Invalid, "timesheets.no_reason", "Say why.").At("body.reason", "is required")
	ErrNoLine   = fault.Define(fault.Invalid, "timesheets.no_line", "This entry is not a line of this timesheet that can be sent back.").At("body.entry_ids", "has an entry that cannot be sent back")
)

// Sheet is what a member hands in together: a week, or what else the agency says. Its days stay when the rules change.
type Sheet struct {
	ID, MemberID string
	Week         day.Date // its first date
	Until        day.Date // and its last
	State        string
	Rows         []SheetRow // put there by hand or copied, with or without time
	SubmittedAt  *time.Time
	DecidedAt    *time.Time
	DecidedBy    string
	// DecidedVersion is the version that the decision was made on.
	DecidedVersion int
	Reason         string // why it was sent back
	// ExceptionReason says why the member approved their own week.
	ExceptionReason string
	CreatedAt       time.Time
	Version         int
}

// Row is a line of the grid.
type Row struct {
	ProjectID string `json:"project_id"`
	TaskID    string `json:"task_id,omitempty"`
	ServiceID string `json:"service_id,omitempty"`
}

// SheetRow is a row that a sheet shows in one of its weeks; in all of them where none is named.
type SheetRow struct {
	Row

	Week day.Date `json:"week,omitzero"`
}

// Days are the dates that are handed in together.
func (s Sheet) Days() day.Range { return day.Range{From: s.Week, To: s.Until} }

// Has tells whether a day is one of the sheet's.
func (s Sheet) Has(d day.Date) bool { return s.Days().Contains(d) }

// Takes tells whether entries may be added to or taken from the sheet by hand.
func (s Sheet) Takes() bool { return s.State == Draft || s.State == Rejected }

// SheetFilter narrows a list of sheets.
type SheetFilter struct {
	MemberID, State string
	MemberIDs       []string
	NotMemberID     string
	From, To        day.Date  // of the first date
	Over            day.Range // only those that have some of these days
	Limit           int
	AfterWeek       day.Date
	AfterID         string
	OldestFirst     bool
	Waiting         bool   // only those with something to decide
	Mine            *Mine  // and only what waits for these
	ProjectID       string // only those with time on it
}

// SheetLine is a sheet in a list, with what is in it.
type SheetLine struct {
	Sheet
	Seconds, BillableSeconds, Expected int64
	BilledSeconds                      int64         // what the rounding rule makes of them
	Amounts                            []money.Money // empty for those who may not see rates
	MoneyHidden                        bool
	Filled                             int64 // what of Expected holidays fill
	PerDay                             map[day.Date]int64
	Targets                            Targets
	NoRate                             int
	Own                                bool
}

// Grid is a week as rows of projects, tasks and services by seven days.
type Grid struct {
	Sheet    Sheet // that of the day asked for; ID is empty until it holds anything
	Parts    []SheetPart
	MemberID string
	Days     []day.Date
	Rows     []GridRow
	Totals   map[day.Date]int64
	Targets  Targets
	Away     map[day.Date][]string // holidays and leave, by name
	Locked   Lock
	Seconds  int64
	Zone     string
}

// SheetPart is a sheet that has days of a week, with what is in all of it.
type SheetPart struct {
	Sheet
	Seconds, Expected, Filled int64
	Missing                   map[day.Date]int64
}

// GridRow is one project, task and service.
type GridRow struct {
	Work
	ServiceName string
	Locked      Lock // what is closed for its client
	Pinned      bool // shown in every week of the one who looks
	Cells       map[day.Date]Cell
	Seconds     int64
}

// Cell is what one member logged on one day for one project and task.
type Cell struct {
	Seconds  int64
	Note     string
	Entries  int
	Editable bool // by the grid: durations that are still drafts
	State    string
	Timed    bool // has entries with start and end, which the grid does not change
	Billable bool
}

// Move gives entries of a sheet another state.
type Move struct {
	SheetID string
	IDs     []string // all of the sheet when empty
	Since   day.Date // only those of this work date or later
	From    []string
	To      string
	Awaits  []Step // the steps that are left, when To is Submitted
	Reason  string
	At      time.Time
	Version int // of the week, after this
}
