package app_test

import (
	"net/http"
	"testing"

	"github.com/bureauhq/bureau/app/apptest"
)

type taskAnswer struct {
	ID          string
	Name        string
	ColumnID    string  `json:"column_id"`
	CompletedAt *string `json:"completed_at"`
	Version     int
}

func TestProjectsAndTasksOverHTTP(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	owner, member, finance := env.As(t, "owner"), env.As(t, "member"), env.As(t, "finance")
	id := newProject(t, env)

	owner.PATCH(t, "/api/v1/projects/"+id, `"1"`, map[string]any{"budget_money": map[string]any{"amount": "5000.00", "currency": "EUR"}}).Expect(t, http.StatusOK)
	var seen struct{ Budget map[string]any }
	member.GET(t, "/api/v1/projects/"+id).Expect(t, http.StatusOK).JSON(t, &seen)
	if _, there := seen.Budget["money"]; there {
		t.Errorf("a member sees money: %v", seen.Budget)
	}
	owner.PATCH(t, "/api/v1/projects/"+id, `"1"`, map[string]any{"name": "Late"}).Refused(t, http.StatusPreconditionFailed, "request.stale")
	owner.PATCH(t, "/api/v1/projects/"+id, `"2"`, map[string]any{"due_on": "9999-01-01"}).Refused(t, http.StatusUnprocessableEntity, "projects.invalid", "body.due_on")
	member.PATCH(t, "/api/v1/projects/"+id, `"2"`, map[string]any{"name": "Mine"}).Expect(t, http.StatusForbidden)
	finance.POST(t, "/api/v1/tasks", map[string]any{"project_id": id, "name": "X"}).Expect(t, http.StatusForbidden)

	var a, b taskAnswer
	member.POST(t, "/api/v1/tasks", map[string]any{"project_id": id, "name": "A"}).Expect(t, http.StatusCreated).JSON(t, &a)
	member.POST(t, "/api/v1/tasks", map[string]any{"project_id": id, "name": "B"}).Expect(t, http.StatusCreated).JSON(t, &b)
	member.POST(t, "/api/v1/tasks", map[string]any{"project_id": id, "name": "A", "colour": "red"}).Expect(t, http.StatusUnprocessableEntity)
	member.POST(t, "/api/v1/tasks/"+b.ID+"/move", map[string]any{"column_id": "done"}).Expect(t, http.StatusOK).JSON(t, &b)
	if b.ColumnID != "done" || b.CompletedAt == nil {
		t.Errorf("moved to done: %+v", b)
	}
	member.POST(t, "/api/v1/tasks/"+a.ID+"/move", map[string]any{"column_id": "cellar"}).Refused(t, http.StatusUnprocessableEntity, "projects.no_such_column", "body.column_id")
	member.PATCH(t, "/api/v1/tasks/"+a.ID, `"1"`, map[string]any{"estimate_seconds": -2}).Expect(t, http.StatusUnprocessableEntity)
	member.PATCH(t, "/api/v1/tasks/"+a.ID, `"1"`, map[string]any{"parent_id": a.ID}).Refused(t, http.StatusUnprocessableEntity, "projects.task_cycle", "body.parent_id")

	var open struct{ Items []taskAnswer }
	member.GET(t, "/api/v1/tasks?state=open&project_id="+id).Expect(t, http.StatusOK).JSON(t, &open)
	if len(open.Items) != 1 || open.Items[0].ID != a.ID {
		t.Errorf("open tasks: %+v", open.Items)
	}
	var comment struct {
		ID        string
		ForClient bool `json:"for_client"`
	}
	member.POST(t, "/api/v1/tasks/"+a.ID+"/comments", map[string]any{"body": "Hello"}).Expect(t, http.StatusCreated).JSON(t, &comment)
	if comment.ForClient {
		t.Error("a comment went to the client unmarked")
	}
	owner.DELETE(t, "/api/v1/task-comments/"+comment.ID).Refused(t, http.StatusForbidden, "projects.not_your_comment")
	member.DELETE(t, "/api/v1/tasks/"+a.ID).Expect(t, http.StatusNoContent)
	member.GET(t, "/api/v1/tasks/"+a.ID).Refused(t, http.StatusNotFound, "projects.task_not_found")
}
