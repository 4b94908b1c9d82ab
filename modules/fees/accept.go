package fees

import (
	"context"
	"slices"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/tenancy"
)

// Accept says that a milestone is reached, so that it may be billed.
func (s *Service) Accept(ctx context.Context, partID string) (f Fee, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		f, err = s.accept(ctx, tx, partID, 0)
		return err
	})
	return f, err
}

// AcceptForClientTx is a contact's acceptance. ErrPartNotFound for what is not of the client.
// The version is the one that they saw; 0 is whatever it is.
func (s *Service) AcceptForClientTx(ctx context.Context, tx *tenancy.Tx, clientID, partID string, version int) (Milestone, error) {
	if err := s.ofClient(ctx, tx, clientID, partID); err != nil {
		return Milestone{}, err
	}
	f, err := s.accept(ctx, tx, partID, version)
	if err != nil {
		return Milestone{}, err
	}
	at := slices.IndexFunc(f.Parts, func(p Part) bool { return p.ID == partID })
	return Milestone{FeeID: f.ID, ProjectID: f.ProjectID, Part: f.Parts[at]}, nil
}

// ofClient is ErrPartNotFound for what a client is not asked to accept.
func (s *Service) ofClient(ctx context.Context, tx *tenancy.Tx, clientID, partID string) error {
	feeID, err := s.d.Store.FeeOfPart(ctx, tx, partID)
	if err != nil {
		return err
	}
	of, err := s.d.Store.ByIDs(ctx, tx, []string{feeID})
	if err == nil && (len(of) == 0 || of[0].ClientID != clientID || of[0].Kind != ByMilestones || of[0].ArchivedAt != nil) {
		err = ErrPartNotFound
	}
	return err
}

func (s *Service) accept(ctx context.Context, tx *tenancy.Tx, partID string, version int) (Fee, error) {
	before, at, err := s.ofPart(ctx, tx, partID)
	if err != nil {
		return before, err
	}
	f, p := edited(before, at)
	if f.Kind != ByMilestones {
		return f, ErrNoMilestone
	}
	if err := p.seen(version); err != nil {
		return f, err
	}
	now, who := s.now(), access.From(ctx)
	p.AcceptedAt, p.AcceptedBy, p.AcceptedKind, f.UpdatedAt = &now, who.Name, "staff", now
	if who.Kind == access.Contact {
		p.AcceptedKind = "contact"
	}
	return f, s.save(ctx, tx, "fees.milestone_accepted", before, &f, MilestoneAccepted{factOf(f, p.Name), p.ID})
}

// Withdraw takes an acceptance back, as long as nothing of the milestone is billed.
func (s *Service) Withdraw(ctx context.Context, partID string) (f Fee, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, at, err := s.ofPart(ctx, tx, partID)
		if err != nil {
			return err
		}
		var p *Part
		f, p = edited(before, at)
		switch {
		case p.AcceptedAt == nil:
			return ErrNotAccepted
		case !p.Billed.IsZero():
			return ErrPartBilled
		}
		p.AcceptedAt, p.AcceptedBy, p.AcceptedKind, f.UpdatedAt = nil, "", "", s.now()
		return s.save(ctx, tx, "fees.acceptance_withdrawn", before, &f, AcceptanceWithdrawn{factOf(f, p.Name), p.ID})
	})
	return f, err
}

// Milestone is a part of a fee as its client sees it.
type Milestone struct {
	FeeID     string
	ProjectID string
	Part
}

// MilestonesOfClientTx lists the milestones of a client, those of archived fees left out.
func (s *Service) MilestonesOfClientTx(ctx context.Context, tx *tenancy.Tx, clientID string) (out []Milestone, err error) {
	f := Filter{ClientID: clientID, Page: everything}
	all, err := s.d.Store.Fees(ctx, tx, f)
	for _, fee := range all {
		if fee.Kind != ByMilestones {
			continue
		}
		for _, p := range fee.Parts {
			out = append(out, Milestone{FeeID: fee.ID, ProjectID: fee.ProjectID, Part: p})
		}
	}
	return out, err
}
