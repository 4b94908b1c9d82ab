package portal

import (
	"context"
	"slices"

	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/retainers"
	"github.com/bureauhq/bureau/tenancy"
)

// Retainers returns the client's agreements.
func (s *Service) Retainers(ctx context.Context) (out []retainers.Row, err error) {
	a, err := contact(ctx)
	if err != nil {
		return nil, err
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Retainers.OfClientTx(ctx, tx, a.ClientID)
		out = slices.DeleteFunc(out, func(r retainers.Row) bool { return !seesRetainer(a, r.Retainer) })
		return err
	})
	return out, err
}

// Retainer returns one of them with the figures of its last periods, newest first.
func (s *Service) Retainer(ctx context.Context, retainerID string) (r retainers.Row, ps []retainers.Period, err error) {
	a, err := contact(ctx)
	if err != nil {
		return r, nil, err
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if r, ps, err = s.d.Retainers.PapersOfClientTx(ctx, tx, a.ClientID, retainerID); err != nil || !seesRetainer(a, r.Retainer) {
			return unseen(err)
		}
		return nil
	})
	return r, ps, err
}

// Statement returns the statement of a period and one page of the work behind
// it. Who worked and what they noted stays with the agency.
func (s *Service) Statement(ctx context.Context, periodID string, q page.Query) (p retainers.Paper, work []retainers.Work, next *string, err error) {
	a, err := contact(ctx)
	if err != nil {
		return p, nil, nil, err
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if p, work, next, err = s.d.Retainers.WorkOfClientTx(ctx, tx, a.ClientID, periodID, q); err != nil || !seesRetainer(a, p.Retainer) {
			return unseen(err)
		}
		return nil
	})
	return p, work, next, err
}

// StatementPDF is the same on paper, with all of the work.
func (s *Service) StatementPDF(ctx context.Context, periodID string) (File, error) {
	a, err := contact(ctx)
	if err != nil {
		return File{}, err
	}
	var p retainers.Print
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if p, err = s.d.Retainers.PrintOfClientTx(ctx, tx, a.ClientID, periodID); err != nil || !seesRetainer(a, p.Retainer) {
			return unseen(err)
		}
		return nil
	})
	if err != nil {
		return File{}, err
	}
	f, err := s.d.Retainers.Draw(ctx, p)
	return File{Name: f.Name, ContentType: "application/pdf", Data: f.Bytes}, err
}
