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

// Accept says for the client that a milestone is reached.
func (s *Service) Accept(ctx context.Context, partID string) (m Milestone, err error) {
	a, err := contact(ctx)
	if err != nil {
		return m, err
	}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if m.Milestone, err = s.d.Fees.AcceptForClientTx(ctx, tx, a.ClientID, partID); err != nil {
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
