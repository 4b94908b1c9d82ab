package projects

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/tenancy"
)

// Comments returns a page of what was said about a task, oldest first.
func (s *Service) Comments(ctx context.Context, taskID string, q page.Query) (out []Comment, next *string, err error) {
	after, err := page.Decode(q.Cursor, 2)
	if err != nil {
		return nil, nil, err
	}
	if after != nil && (!fits("created_at", after[0]) || uuid.Validate(after[1]) != nil) {
		return nil, nil, page.ErrBadCursor
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if _, err := s.d.Store.TaskByID(ctx, tx, taskID); err != nil {
			return err
		}
		out, err = s.d.Store.Comments(ctx, tx, taskID, false, after, q.Size())
		out, next = page.Cut(out, q.Size(), func(c Comment) []string {
			return []string{c.CreatedAt.UTC().Format(time.RFC3339Nano), c.ID}
		})
		return err
	})
	return out, next, err
}

// AddComment says something about a task: to the team, or to the client as well.
func (s *Service) AddComment(ctx context.Context, taskID, body string, forClient bool) (out Comment, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.addComment(ctx, tx, taskID, body, forClient, ByStaff)
		return err
	})
	return out, err
}

func (s *Service) addComment(ctx context.Context, tx *tenancy.Tx, taskID, body string, forClient bool, kind AuthorKind) (Comment, error) {
	t, err := s.d.Store.TaskByID(ctx, tx, taskID)
	if err != nil {
		return Comment{}, err
	}
	p, err := s.d.Store.ByID(ctx, tx, t.ProjectID)
	if err != nil {
		return Comment{}, err
	}
	if p.State == Archived {
		return Comment{}, ErrArchived
	}
	actor := access.From(ctx)
	c := Comment{
		ID: id.New(), TaskID: t.ID, ProjectID: p.ID, AuthorID: actor.MemberID, AuthorName: actor.Name, AuthorKind: kind,
		Body: strings.TrimSpace(body), ForClient: forClient, CreatedAt: s.now(), Version: 1,
	}
	if err := c.check(); err != nil {
		return Comment{}, err
	}
	if err := s.d.Store.AddComment(ctx, tx, c); err != nil {
		return Comment{}, err
	}
	if err := s.note(ctx, tx, "projects.comment_added", nil, c.record()); err != nil {
		return Comment{}, err
	}
	return c, s.d.Events.Publish(ctx, tx, CommentAdded{taskRef(p, t), c.ID, c.ForClient, c.AuthorKind})
}

// CommentChange names what should be different; nil leaves a thing as it is.
type CommentChange struct {
	Body      *string
	ForClient *bool
}

// ChangeComment changes one's own comment that is still at version.
func (s *Service) ChangeComment(ctx context.Context, commentID string, version int, ch CommentChange) (out Comment, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		was, ref, err := s.ownComment(ctx, tx, commentID)
		if err != nil {
			return err
		}
		if was.Version != version {
			return ErrStale
		}
		c, now := was, s.now()
		trimmed(&c.Body, ch.Body)
		set(&c.ForClient, ch.ForClient)
		c.EditedAt = &now
		if c.AuthorKind == ByContact && !c.ForClient {
			return ErrContactsComments.At("body.for_client", "must stay as it is")
		}
		if err := c.check(); err != nil {
			return err
		}
		if err := s.d.Store.SaveComment(ctx, tx, c); err != nil {
			return err
		}
		c.Version++
		if err := s.note(ctx, tx, "projects.comment_changed", was.record(), c.record()); err != nil {
			return err
		}
		out = c
		return s.d.Events.Publish(ctx, tx, CommentChanged{ref, c.ID})
	})
	return out, err
}

// DeleteComment removes one's own comment; the audit log keeps what it said.
func (s *Service) DeleteComment(ctx context.Context, commentID string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, ref, err := s.ownComment(ctx, tx, commentID)
		if err != nil {
			return err
		}
		if err := s.d.Store.RemoveComment(ctx, tx, c.ID); err != nil {
			return err
		}
		if err := s.note(ctx, tx, "projects.comment_deleted", c.record(), nil); err != nil {
			return err
		}
		return s.d.Events.Publish(ctx, tx, CommentDeleted{ref, c.ID})
	})
}

func (s *Service) ownComment(ctx context.Context, tx *tenancy.Tx, commentID string) (Comment, TaskRef, error) {
	c, err := s.d.Store.CommentForUpdate(ctx, tx, commentID)
	if err != nil {
		return c, TaskRef{}, err
	}
	if c.AuthorID == "" || c.AuthorID != access.From(ctx).MemberID {
		return c, TaskRef{}, ErrNotYourComment
	}
	t, err := s.d.Store.TaskByID(ctx, tx, c.TaskID)
	if err != nil {
		return c, TaskRef{}, err
	}
	p, err := s.d.Store.ByID(ctx, tx, t.ProjectID)
	return c, taskRef(p, t), err
}

// record is what the audit log keeps of a comment.
func (c Comment) record() map[string]any {
	return map[string]any{
		"entity": "task_comment", "id": c.ID, "task_id": c.TaskID, "author_id": c.AuthorID, "author_kind": c.AuthorKind,
		"body": c.Body, "for_client": c.ForClient,
	}
}
