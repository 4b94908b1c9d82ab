package retainers

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrLongPrint refuses a paper of some hundred sheets that nobody reads.
var ErrLongPrint = fault.Define(fault.Invalid, "retainers.long_print", "This statement has more than 10,000 entries; they do not fit on paper.")

const longestPrint = 10_000 // entries

// Print is the statement of a period as it goes on paper, in its client's language.
type Print struct {
	Paper

	ClientName, ProjectName string
	Head                    invoicing.Letterhead
	Work                    []Work // all of it, by day
	Sees                    bool   // the reader may see money
	Inner                   bool   // for the agency's own people: with who worked, what they noted, why it was adjusted, and what expired
}

// StatementPDF draws the statement of a period: as its client sees it, or as the agency's own people do.
func (s *Service) StatementPDF(ctx context.Context, periodID string, inner bool) (invoicing.PDF, error) {
	var p Print
	err := s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		paper, err := s.paper(ctx, tx, periodID)
		if err != nil {
			return err
		}
		p, err = s.print(ctx, tx, paper)
		return err
	})
	if err != nil {
		return invoicing.PDF{}, err
	}
	p.Inner = inner
	return s.Draw(ctx, p)
}

// PrintOfClientTx is a statement for the client. ErrPeriodNotFound for anybody else's.
func (s *Service) PrintOfClientTx(ctx context.Context, tx *tenancy.Tx, clientID, periodID string) (Print, error) {
	paper, err := s.paper(ctx, tx, periodID)
	if err == nil && (paper.Retainer.ClientID != clientID || !paper.Retainer.Shown) {
		err = ErrPeriodNotFound
	}
	if err != nil {
		return Print{}, err
	}
	return s.print(ctx, tx, paper)
}

func (s *Service) print(ctx context.Context, tx *tenancy.Tx, paper Paper) (p Print, err error) {
	r := paper.Retainer
	p = Print{Paper: paper, Sees: Sees(ctx)}
	c, err := s.d.Clients.ClientTx(ctx, tx, r.ClientID)
	if err != nil {
		return p, err
	}
	p.ClientName = c.Name
	if r.ProjectID != "" {
		of, err := s.d.Projects.ProjectsByIDsTx(ctx, tx, []string{r.ProjectID})
		if err != nil {
			return p, err
		}
		p.ProjectName = of[r.ProjectID].Name
	}
	if p.Head, err = s.d.Bills.LetterheadTx(ctx, tx, r.ClientID); err != nil {
		return p, err
	}
	if p.Work, err = s.d.Store.Work(ctx, tx, p.Period, longestPrint+1, nil); err != nil {
		return p, err
	}
	if len(p.Work) > longestPrint {
		return p, ErrLongPrint
	}
	return p, s.describe(ctx, tx, p.Period, p.Work)
}

// Draw makes the file of a print.
func (s *Service) Draw(ctx context.Context, p Print) (invoicing.PDF, error) {
	raw, err := s.d.Renderer.Render(p, s.d.Bills.Drawing(ctx, p.Head))
	return invoicing.PDF{Name: "retainer-" + p.Period.Days().To.String() + ".pdf", Bytes: raw}, err
}
