package invoicing_test

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/tenancy"
)

// failingBus stands for a crash after the number was taken.
type failingBus struct{ err error }

func (b failingBus) Publish(context.Context, job.Tx, event.Event) error { return b.err }

// website is the one project of a world.
const website = "0198c0de-0000-7000-8000-000000000001"

// ofWorld answers fees for the projects of a world: they are all its client's, and no task is below another.
type ofWorld struct{ w *world }

func (o ofWorld) ProjectTx(_ context.Context, _ *tenancy.Tx, id string) (projects.Project, error) {
	return projects.Project{ID: id, ClientID: o.w.client.ID}, nil
}

func (o ofWorld) ProjectsByIDsTx(_ context.Context, _ *tenancy.Tx, ids []string) (map[string]projects.Project, error) {
	out := map[string]projects.Project{}
	for _, id := range ids {
		out[id] = projects.Project{ID: id, ClientID: o.w.client.ID, State: o.w.websiteIs}
	}
	return out, nil
}

func (o ofWorld) TasksByIDsTx(_ context.Context, _ *tenancy.Tx, ids []string) (map[string]projects.Task, error) {
	out := map[string]projects.Task{}
	for _, id := range ids {
		out[id] = projects.Task{ID: id, ProjectID: website}
	}
	return out, nil
}

func (o ofWorld) TasksUnderTx(_ context.Context, _ *tenancy.Tx, ids []string) ([]string, error) {
	return ids, nil
}
