package portal_test

import (
	"context"
	"errors"
	"testing"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/fees"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/portal"
	"github.com/bureauhq/bureau/tenancy"
)

func (c *careless) Statement(_ context.Context, clientID string, _, _ day.Date) (invoicing.Statement, error) {
	return invoicing.Statement{ClientID: clientID}, nil
}

func (c *careless) StatementPDF(_ context.Context, clientID string, _, _ day.Date) (portal.File, error) {
	return portal.File{Name: clientID}, nil
}

func (c *careless) MilestonesOfClientTx(context.Context, *tenancy.Tx, string) ([]fees.Milestone, error) {
	return []fees.Milestone{{ProjectID: "p-mine"}, {ProjectID: "p-archived"}, {ProjectID: "p-other"}}, nil
}

func (c *careless) AcceptForClientTx(_ context.Context, _ *tenancy.Tx, _, partID string, _ int) (fees.Milestone, error) {
	return fees.Milestone{ProjectID: partID}, nil
}

func (c *careless) AskChangesForClientTx(_ context.Context, _ *tenancy.Tx, _, partID string, _ int, _ string) (fees.Milestone, error) {
	return fees.Milestone{ProjectID: partID}, nil
}

func TestMilestonesOfOwnProjectsOnly(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ms, err := w.svc.Milestones(w.asPia)
	if err != nil || len(ms) != 1 || ms[0].ProjectName != "Mine" {
		t.Errorf("milestones %+v, %v", ms, err)
	}
	if m, err := w.svc.Accept(w.asPia, "p-mine", 1); err != nil || m.ProjectName != "Mine" {
		t.Errorf("accepted %+v, %v", m, err)
	}
	for _, decide := range []func(string) (portal.Milestone, error){
		func(id string) (portal.Milestone, error) { return w.svc.Accept(w.asPia, id, 1) },
		func(id string) (portal.Milestone, error) { return w.svc.AskChanges(w.asPia, id, 1, "Bigger") },
	} {
		if _, err := decide("p-other"); !errors.Is(err, portal.ErrNotFound) {
			t.Errorf("another's: %v", err)
		}
	}
	if st, err := w.svc.Account(w.asPia, day.Date{}, day.Date{}); err != nil || st.ClientID != w.mine.ID {
		t.Errorf("statement of %s, %v", st.ClientID, err)
	}
	if _, err := w.svc.Account(w.Ctx, day.Date{}, day.Date{}); !errors.Is(err, portal.ErrNoContact) {
		t.Errorf("staff: %v", err)
	}
}
