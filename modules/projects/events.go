package projects

import (
	"fmt"

	"github.com/bureauhq/bureau/app/kit/event"
)

// ProjectRef is what all events of a project carry.
type ProjectRef struct {
	ProjectID string `json:"project_id"`
	ClientID  string `json:"client_id"`
	Code      string `json:"code"`
	Name      string `json:"name"`
}

func refOf(p Project) ProjectRef { return ProjectRef{p.ID, p.ClientID, p.Code, p.Name} }

// Trace puts the event on the timelines of project and client.
func (r ProjectRef) Trace() event.Trace {
	return event.Trace{Entity: "project", EntityID: r.ProjectID, ClientID: r.ClientID, ProjectID: r.ProjectID, Label: r.Code + " " + r.Name}
}

// TaskRef is what all events of a task carry.
type TaskRef struct {
	TaskID     string `json:"task_id"`
	TaskName   string `json:"task_name"`
	AssigneeID string `json:"assignee_id,omitempty"`
	ProjectID  string `json:"project_id"`
	ClientID   string `json:"client_id"`
}

func taskRef(p Project, t Task) TaskRef { return TaskRef{t.ID, t.Name, t.AssigneeID, p.ID, p.ClientID} }

// Trace puts the event on the timelines of project and client.
func (r TaskRef) Trace() event.Trace {
	return event.Trace{Entity: "task", EntityID: r.TaskID, ClientID: r.ClientID, ProjectID: r.ProjectID, Label: r.TaskName}
}

// ProjectCreated and the others are what is announced. A move within the board's column is no news and has no event of its own name.
type (
	ProjectCreated      struct{ ProjectRef }
	ProjectChanged      struct{ ProjectRef }
	ProjectStateChanged struct {
		ProjectRef
		From State `json:"from"`
		To   State `json:"to"`
	}
	ProjectArchived struct{ ProjectRef }
	ProjectRestored struct{ ProjectRef }
	MemberAdded     struct {
		ProjectRef
		MemberID string `json:"member_id"`
	}
	MemberRemoved struct {
		ProjectRef
		MemberID string `json:"member_id"`
	}
	// BudgetReached is published when a level of a budget is crossed.
	BudgetReached struct {
		ProjectRef
		Budget string `json:"budget"`
		Of     string `json:"of"`
		Level  int    `json:"level"`
	}
	TaskCreated   struct{ TaskRef }
	TaskChanged   struct{ TaskRef }
	TaskMoved     struct{ TaskRef }
	TaskCompleted struct{ TaskRef }
	TaskReopened  struct{ TaskRef }
	TaskAssigned  struct{ TaskRef }
	TaskArchived  struct{ TaskRef }
	TaskRestored  struct{ TaskRef }
	TaskDeleted   struct{ TaskRef }
	CommentAdded  struct {
		TaskRef
		CommentID string     `json:"comment_id"`
		ForClient bool       `json:"for_client"`
		Author    AuthorKind `json:"author_kind"`
	}
	CommentChanged struct {
		TaskRef
		CommentID string `json:"comment_id"`
	}
	CommentDeleted struct {
		TaskRef
		CommentID string `json:"comment_id"`
	}
)

func (ProjectCreated) EventName() string      { return "projects.project_created.v1" }
func (ProjectChanged) EventName() string      { return "projects.project_changed.v1" }
func (ProjectStateChanged) EventName() string { return "projects.project_state_changed.v1" }
func (ProjectArchived) EventName() string     { return "projects.project_archived.v1" }
func (ProjectRestored) EventName() string     { return "projects.project_restored.v1" }
func (MemberAdded) EventName() string         { return "projects.member_added.v1" }
func (MemberRemoved) EventName() string       { return "projects.member_removed.v1" }
func (BudgetReached) EventName() string       { return "projects.budget_reached.v1" }
func (TaskCreated) EventName() string         { return "projects.task_created.v1" }
func (TaskChanged) EventName() string         { return "projects.task_changed.v1" }
func (TaskMoved) EventName() string           { return "projects.task_moved.v1" }
func (TaskCompleted) EventName() string       { return "projects.task_completed.v1" }
func (TaskReopened) EventName() string        { return "projects.task_reopened.v1" }
func (TaskAssigned) EventName() string        { return "projects.task_assigned.v1" }
func (TaskArchived) EventName() string        { return "projects.task_archived.v1" }
func (TaskRestored) EventName() string        { return "projects.task_restored.v1" }
func (TaskDeleted) EventName() string         { return "projects.task_deleted.v1" }
func (CommentAdded) EventName() string        { return "projects.comment_added.v1" }
func (CommentChanged) EventName() string      { return "projects.comment_changed.v1" }
func (CommentDeleted) EventName() string      { return "projects.comment_deleted.v1" }

// Trace says in timelines which level of what was crossed. It holds no amount.
func (e BudgetReached) Trace() event.Trace {
	t := e.ProjectRef.Trace()
	t.Label = fmt.Sprintf("%s: %d %%", e.Of, e.Level)
	return t
}
