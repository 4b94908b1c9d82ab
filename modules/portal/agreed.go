package portal

import (
	"context"
	"slices"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/fees"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// Milestone is a part of a fee that the client accepts, with the name of its project.
type Milestone struct {
	fees.Milestone
	ProjectName string
}

// Milestones lists the milestones of the projects that the contact sees.
func (s *Service) Milestones(ctx context.Context) (out []Milestone, err error) {
	a, err := contact(ctx)
	if err != nil {
		return nil, err
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		all, err := s.d.Fees.MilestonesOfClientTx(ctx, tx, a.ClientID)
		if err != nil || len(all) == 0 {
			return err
		}
		projects, err := s.d.Projects.ProjectsTx(ctx, tx, a.ClientID)
		for _, m := range all {
			at := slices.IndexFunc(projects, func(p Project) bool { return p.ID == m.ProjectID && seesProject(a, p) })
			if at >= 0 {
				out = append(out, Milestone{m, projects[at].Name})
			}
		}
		return err
	})
	return out, err
}

// Accept says for the client that a milestone is reached: as they saw it in a version, 0 is whatever it is.
func (s *Service) Accept(ctx context.Context, partID string, version int) (Milestone, error) {
	return s.decide(ctx, func(ctx context.Context, tx *tenancy.Tx, clientID string) (fees.Milestone, error) {
		return s.d.Fees.AcceptForClientTx(ctx, tx, clientID, partID, version)
	})
}

// AskChanges says for the client what is to be different about it first.
func (s *Service) AskChanges(ctx context.Context, partID string, version int, text string) (Milestone, error) {
	return s.decide(ctx, func(ctx context.Context, tx *tenancy.Tx, clientID string) (fees.Milestone, error) {
		return s.d.Fees.AskChangesForClientTx(ctx, tx, clientID, partID, version, text)
	})
}

// decide lets a contact decide on a milestone of a project that they see.
func (s *Service) decide(ctx context.Context, on func(context.Context, *tenancy.Tx, string) (fees.Milestone, error)) (m Milestone, err error) {
	a, err := contact(ctx)
	if err != nil {
		return m, err
	}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if m.Milestone, err = on(ctx, tx, a.ClientID); err != nil {
			return err
		}
		p, err := s.d.Projects.ProjectTx(ctx, tx, a.ClientID, m.ProjectID)
		if err != nil || !seesProject(a, p) {
			return unseen(err)
		}
		m.ProjectName = p.Name
		return nil
	})
	return m, err
}

// Account is what the contact's company was billed, paid and owes.
func (s *Service) Account(ctx context.Context, from, to day.Date) (invoicing.Statement, error) {
	a, err := contact(ctx)
	if err != nil {
		return invoicing.Statement{}, err
	}
	return s.d.Invoices.Statement(ctx, a.ClientID, from, to)
}

// AccountPDF is the same as a file.
func (s *Service) AccountPDF(ctx context.Context, from, to day.Date) (File, error) {
	a, err := contact(ctx)
	if err != nil {
		return File{}, err
	}
	return s.d.Invoices.StatementPDF(ctx, a.ClientID, from, to)
}
