package projectshttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/projects"
)

func registerComments(api *httpapi.API, h handlers) {
	op := operation("tasks", projects.ReadTasks, projects.WriteComments)
	add := op("task-comments-create", http.MethodPost, "/api/v1/tasks/{id}/comments", "Say something about a task")
	add.Status, add.Idempotent = http.StatusCreated, true
	remove := op("task-comments-delete", http.MethodDelete, "/api/v1/task-comments/{id}", "Remove a comment of one's own")
	remove.Status = http.StatusNoContent
	httpapi.Handle(api, op("task-comments-list", http.MethodGet, "/api/v1/tasks/{id}/comments", "What was said about a task, oldest first"), h.comments)
	httpapi.Handle(api, add, h.addComment)
	httpapi.Handle(api, op("task-comments-change", http.MethodPatch, "/api/v1/task-comments/{id}", "Change a comment of one's own"), h.changeComment)
	httpapi.Handle(api, remove, h.deleteComment)
}

// CommentView is a comment as the agency's people see it.
type CommentView struct {
	ID         string     `json:"id"`
	TaskID     string     `json:"task_id"`
	AuthorID   *string    `json:"author_id"`
	AuthorName string     `json:"author_name"`
	AuthorKind string     `json:"author_kind" enum:"staff,contact"`
	Body       string     `json:"body"`
	ForClient  bool       `json:"for_client" doc:"false: for the team only"`
	CreatedAt  time.Time  `json:"created_at"`
	EditedAt   *time.Time `json:"edited_at"`
	Version    int        `json:"version"`
}

// CommentList is a page of comments.
type CommentList struct {
	Items []CommentView `json:"items"`
	Next  *string       `json:"next"`
}

// NewComment is what the web sends to make one.
type NewComment struct {
	Body      string `json:"body" minLength:"1" maxLength:"10000"`
	ForClient bool   `json:"for_client,omitempty" doc:"Show it to the client; for the team only when missing"`
}

// CommentChange is what the web sends to change one; what is missing stays as it is.
type CommentChange struct {
	Body      *string `json:"body,omitempty" minLength:"1" maxLength:"10000"`
	ForClient *bool   `json:"for_client,omitempty"`
}

type (
	addCommentIn struct {
		IDIn
		Body NewComment
	}
	changeCommentIn struct {
		IDIn
		httpapi.IfMatch
		Body CommentChange
	}
	commentsIn struct {
		IDIn
		page.Query
	}
	commentOut struct {
		ETag string `header:"ETag"`
		Body CommentView
	}
	commentsOut struct{ Body CommentList }
)

func (h handlers) comments(ctx context.Context, in *commentsIn) (*commentsOut, error) {
	found, next, err := h.svc.Comments(ctx, in.ID, in.Query)
	if err != nil {
		return nil, err
	}
	return &commentsOut{CommentList{Items: mapped(found, toComment), Next: next}}, nil
}

func (h handlers) addComment(ctx context.Context, in *addCommentIn) (*commentOut, error) {
	return answerComment(h.svc.AddComment(ctx, in.ID, in.Body.Body, in.Body.ForClient))
}

func (h handlers) changeComment(ctx context.Context, in *changeCommentIn) (*commentOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	return answerComment(h.svc.ChangeComment(ctx, in.ID, version, projects.CommentChange{Body: in.Body.Body, ForClient: in.Body.ForClient}))
}

func (h handlers) deleteComment(ctx context.Context, in *IDIn) (*struct{}, error) {
	return nil, h.svc.DeleteComment(ctx, in.ID)
}

func answerComment(c projects.Comment, err error) (*commentOut, error) {
	if err != nil {
		return nil, err
	}
	return &commentOut{ETag: httpapi.ETag(c.Version), Body: toComment(c)}, nil
}

func toComment(c projects.Comment) CommentView {
	return CommentView{
		ID: c.ID, TaskID: c.TaskID, AuthorID: optional(c.AuthorID), AuthorName: c.AuthorName, AuthorKind: string(c.AuthorKind), Body: c.Body,
		ForClient: c.ForClient, CreatedAt: c.CreatedAt.UTC(), EditedAt: c.EditedAt, Version: c.Version,
	}
}
