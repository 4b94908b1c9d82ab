package app

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/portal"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/tenancy"
)

// portalRecords answers the portal's ports out of the modules that own the records.
type portalRecords struct{ s *Services }

func (r portalRecords) ProjectsTx(ctx context.Context, tx *tenancy.Tx, clientID string) ([]portal.Project, error) {
	found, err := r.s.Projects.ProjectsOfClientTx(ctx, tx, clientID)
	out := make([]portal.Project, len(found))
	for i, p := range found {
		out[i] = shownProject(p, clientID)
	}
	return out, err
}

func (r portalRecords) ProjectTx(ctx context.Context, tx *tenancy.Tx, clientID, projectID string) (portal.Project, error) {
	p, err := r.s.Projects.ProjectOfClientTx(ctx, tx, clientID, projectID)
	return shownProject(p, clientID), err
}

func shownProject(p projects.ClientProject, clientID string) portal.Project {
	return portal.Project{
		ID: p.ID, ClientID: clientID, Code: p.Code, Name: p.Name, State: string(p.State), StartsOn: p.StartsOn, DueOn: p.DueOn,
		TasksTotal: p.Progress.Tasks, TasksDone: p.Progress.Done,
	}
}

func (r portalRecords) CommentsTx(ctx context.Context, tx *tenancy.Tx, clientID, projectID string) ([]portal.Comment, error) {
	found, err := r.s.Projects.ClientCommentsTx(ctx, tx, clientID, projectID)
	out := make([]portal.Comment, len(found))
	for i, c := range found {
		out[i] = shownComment(c.Comment)
		out[i].TaskName = c.TaskName
	}
	return out, err
}

func (r portalRecords) ReplyTx(ctx context.Context, tx *tenancy.Tx, clientID, taskID, body string) (portal.Comment, error) {
	c, err := r.s.Projects.AddClientCommentTx(ctx, tx, clientID, taskID, body)
	return shownComment(c), err
}

func shownComment(c projects.Comment) portal.Comment {
	return portal.Comment{
		ID: c.ID, ProjectID: c.ProjectID, TaskID: c.TaskID, Author: c.AuthorName, OwnSide: c.AuthorKind == projects.ByContact,
		Body: c.Body, ForClient: c.ForClient, At: c.CreatedAt,
	}
}

func (r portalRecords) ApprovedTx(ctx context.Context, tx *tenancy.Tx, projectIDs []string) (map[string]int64, error) {
	return r.s.Timesheets.ApprovedTx(ctx, tx, projectIDs)
}

// preview lets staff look at the portal "as this contact": the calls of the
// portal that name one run with that contact's rights, read only.
func (a *App) preview(c *fiber.Ctx) error {
	as := c.Query("preview")
	if as == "" {
		return c.Next()
	}
	ctx := c.UserContext()
	if !access.From(ctx).Known() {
		return c.Next() // the guard says that signing in is missing
	}
	if !id.Valid(as) {
		return portal.ErrNoPreview
	}
	actor, err := a.Services.Portal.PreviewActor(ctx, as)
	if err != nil {
		return err
	}
	c.SetUserContext(access.With(ctx, actor))
	return c.Next()
}
