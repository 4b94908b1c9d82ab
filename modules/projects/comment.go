package projects

import (
	"time"

	"github.com/bureauhq/bureau/app/kit/fault"
)

var (
	ErrCommentNotFound  = fault.Define(fault.NotFound, "projects.comment_not_found", "This comment does not exist.")
	ErrNotYourComment   = fault.Define(fault.Forbidden, "projects.not_your_comment", "Only its author may change a comment.")
	ErrContactsComments = fault.Define(fault.Forbidden, "projects.comments_for_client", "What a client writes is always for the client.")
)

// AuthorKind tells the agency's people from the client's.
type AuthorKind string

const (
	ByStaff   AuthorKind = "staff"
	ByContact AuthorKind = "contact"
)

// Comment is something said about a task. It is for the team only, unless it is marked for the client.
type Comment struct {
	ID         string
	TaskID     string
	ProjectID  string
	AuthorID   string
	AuthorName string
	AuthorKind AuthorKind
	Body       string
	ForClient  bool
	CreatedAt  time.Time
	EditedAt   *time.Time
	Version    int
}

func (c Comment) check() error {
	var bad blame
	bad.text("body.body", c.Body, 1, 10_000)
	return bad.err(ErrTaskInvalid)
}
