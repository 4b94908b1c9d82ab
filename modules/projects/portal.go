package projects

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/tenancy"
)

// ClientProject is a project as its client may see it: no budget, no team, no description.
type ClientProject struct {
	ID       string
	Code     string
	Name     string
	State    State
	StartsOn day.Date
	DueOn    day.Date
	Progress Progress
}

// ClientComment is a comment that is meant for the client, with the task it is about.
type ClientComment struct {
	Comment

	TaskName string
}

// ProjectsOfClientTx lists what a client may see of its projects, archived ones left out.
func (s *Service) ProjectsOfClientTx(ctx context.Context, tx *tenancy.Tx, clientID string) ([]ClientProject, error) {
	rows, err := s.d.Store.List(ctx, tx, ProjectFilter{ClientID: clientID, Order: Order{Sort: "-created_at", Limit: 500}})
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	progress, err := s.d.Store.Progress(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]ClientProject, len(rows))
	for i, r := range rows {
		out[i] = clientProject(r.Project, progress[r.ID])
	}
	return out, nil
}

// ProjectOfClientTx is one of a client's projects. ErrNotFound for anybody else's.
func (s *Service) ProjectOfClientTx(ctx context.Context, tx *tenancy.Tx, clientID, projectID string) (ClientProject, error) {
	p, err := s.d.Store.ByID(ctx, tx, projectID)
	if err != nil {
		return ClientProject{}, err
	}
	if p.ClientID != clientID || p.State == Archived {
		return ClientProject{}, ErrNotFound
	}
	progress, err := s.d.Store.Progress(ctx, tx, []string{p.ID})
	return clientProject(p, progress[p.ID]), err
}

func clientProject(p Project, done Progress) ClientProject {
	return ClientProject{ID: p.ID, Code: p.Code, Name: p.Name, State: p.State, StartsOn: p.StartsOn, DueOn: p.DueOn, Progress: done}
}

// ClientCommentsTx returns the comments of a client's project that are meant for the client, oldest first.
func (s *Service) ClientCommentsTx(ctx context.Context, tx *tenancy.Tx, clientID, projectID string) ([]ClientComment, error) {
	if _, err := s.ProjectOfClientTx(ctx, tx, clientID, projectID); err != nil {
		return nil, err
	}
	return s.d.Store.ClientComments(ctx, tx, projectID)
}

// AddClientCommentTx is a contact's answer. It may be said only where the client was spoken to before.
func (s *Service) AddClientCommentTx(ctx context.Context, tx *tenancy.Tx, clientID, taskID, body string) (Comment, error) {
	t, err := s.d.Store.TaskByID(ctx, tx, taskID)
	if err != nil {
		return Comment{}, err
	}
	if _, err := s.ProjectOfClientTx(ctx, tx, clientID, t.ProjectID); err != nil {
		return Comment{}, ErrTaskNotFound.Because(err)
	}
	seen, err := s.d.Store.Comments(ctx, tx, t.ID, true, nil, 1)
	if err != nil {
		return Comment{}, err
	}
	if len(seen) == 0 {
		return Comment{}, ErrTaskNotFound
	}
	return s.addComment(ctx, tx, t.ID, body, true, ByContact)
}
