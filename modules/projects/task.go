package projects

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
)

var (
	ErrTaskNotFound = fault.Define(fault.NotFound, "projects.task_not_found", "This task does not exist.")
	// ErrBillableNotYours refuses another answer than that of the project, from those who may not give one.
	ErrBillableNotYours = fault.Define(fault.Forbidden, "projects.billable_not_yours", "You may not say whether time on a task is billable.").
				At("body.billable", "is not yours to decide: the project does")
	ErrTaskInvalid   = fault.Define(fault.Invalid, "projects.task_invalid", "Some of this is not right yet.")
	ErrTaskHasTime   = fault.Define(fault.Conflict, "projects.task_has_time", "Time was logged on this task or on one below it. Archive it instead.")
	ErrTaskArchived  = fault.Define(fault.Conflict, "projects.task_archived", "This task is archived. Restore it first.")
	ErrCycle         = fault.Define(fault.Invalid, "projects.task_cycle", "A task cannot stand below itself.").At("body.parent_id", "is this task or one below it")
	ErrTooDeep       = fault.Define(fault.Invalid, "projects.task_too_deep", "Sub-tasks go three levels deep.").At("body.parent_id", "is too deep already")
	ErrForeignParent = fault.Define(fault.Invalid, "projects.task_foreign_parent", "A sub-task is in the project of its task.").At("body.parent_id", "is not a task of this project")
	ErrNoColumn      = fault.Define(fault.Invalid, "projects.no_such_column", "The project has no such column.").At("body.column_id", "is not a column of this project")
	ErrBadNeighbour  = fault.Define(fault.Conflict, "projects.bad_neighbour", "The card beside which this one should go is not there any more.")
)

// maxDepth is how many levels of tasks there are, the top one included.
const maxDepth = 3

// Priority orders tasks; a larger one is more urgent.
type Priority int

const (
	Low Priority = iota + 1
	Normal
	High
	Urgent
)

var priorityNames = map[Priority]string{Low: "low", Normal: "normal", High: "high", Urgent: "urgent"}

func (p Priority) String() string { return priorityNames[p] }

// ParsePriority reads low, normal, high or urgent.
func ParsePriority(s string) (Priority, bool) {
	for p, name := range priorityNames {
		if name == s {
			return p, true
		}
	}
	return 0, false
}

// ChecklistItem is one line of a task's checklist.
type ChecklistItem struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	Done bool   `json:"done"`
}

// Task is a unit of work in a project.
type Task struct {
	ID          string
	ProjectID   string
	ParentID    string // empty at the top
	Name        string
	Description string
	ColumnID    string
	Rank        string
	AssigneeID  string // empty for nobody
	Priority    Priority
	Estimate    *int64 // seconds, nil when nobody said
	Remaining   *int64 // seconds, as re-estimated; nil when nobody said
	Percent     int    // as said by people, never computed from hours
	StartsOn    day.Date
	DueOn       day.Date
	Checklist   []ChecklistItem
	Tags        []string
	Billable    bool
	ServiceID   string // what time on it is sold as; empty when nobody said
	CompletedAt *time.Time
	CreatedAt   time.Time
	CreatedBy   string
	UpdatedAt   time.Time
	ArchivedAt  *time.Time
	Version     int

	// SubTasks and SubTasksDone count the tasks right below; Comments counts
	// those that the reader may see. They are read with lists.
	SubTasks     int
	SubTasksDone int
	Comments     int
}

// maxSeconds is as much as one task may be estimated at: 100,000 hours.
const maxSeconds = 360_000_000

func (t Task) check() error {
	var bad blame
	bad.text("body.name", t.Name, 1, 250)
	bad.text("body.description", t.Description, 0, 20_000)
	bad.when(t.Priority < Low || t.Priority > Urgent, "body.priority", "must be low, normal, high or urgent")
	bad.seconds("body.estimate_seconds", t.Estimate)
	bad.seconds("body.remaining_seconds", t.Remaining)
	bad.when(t.Percent < 0 || t.Percent > 100, "body.percent_complete", "must be 0 to 100")
	bad.when(!t.StartsOn.IsZero() && !t.DueOn.IsZero() && t.DueOn.Before(t.StartsOn), "body.due_on", "is before the start")
	bad.when(len(t.Checklist) > 100, "body.checklist", "has more than 100 lines")
	seen := map[string]bool{}
	for i, c := range t.Checklist {
		bad.text(fmt.Sprintf("body.checklist[%d].text", i), c.Text, 1, 250)
		bad.when(seen[c.ID], fmt.Sprintf("body.checklist[%d].id", i), "is there twice")
		seen[c.ID] = true
	}
	bad.when(len(t.Tags) > 20, "body.tags", "has more than 20 tags")
	for i, tag := range t.Tags {
		bad.text(fmt.Sprintf("body.tags[%d]", i), tag, 1, 40)
	}
	return bad.err(ErrTaskInvalid)
}

func (b *blame) seconds(path string, s *int64) {
	b.when(s != nil && (*s < 0 || *s > maxSeconds), path, "must be 0 to 100,000 hours")
}

// tidyTags trims tags and drops empty and repeated ones.
func tidyTags(tags []string) []string {
	out := make([]string, 0, len(tags))
	for _, t := range tags {
		t = strings.TrimSpace(t)
		same := func(o string) bool { return strings.EqualFold(o, t) }
		if t != "" && !slices.ContainsFunc(out, same) {
			out = append(out, t)
		}
	}
	return out
}

// place says that a task may stand below parent. above holds the ancestors of
// the parent, the parent included, from the nearest up; below is how many
// levels hang on the task itself.
func place(t Task, above []Task, below int) error {
	for _, a := range above {
		if a.ID == t.ID {
			return ErrCycle
		}
		if a.ProjectID != t.ProjectID {
			return ErrForeignParent
		}
	}
	if len(above)+1+below > maxDepth {
		return ErrTooDeep
	}
	return nil
}
