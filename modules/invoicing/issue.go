package invoicing

import (
	"context"
	"errors"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/tenancy"
)

// Issue gives a draft its number and freezes it, all in one transaction: the
// counter's row is locked from the taking of the number to the commit, so a
// crash or a rollback at any point leaves a draft and gives the number back.
//
// The PDF is not made here. What it shows is frozen in the row as a Document,
// and the same document always gives the same bytes; a job queued in this
// transaction stores them, or whoever asks for the PDF first. So nothing slow
// happens under the lock, and a crash after the commit loses nothing.
func (s *Service) Issue(ctx context.Context, id string, on day.Date) (i Invoice, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		i, err = s.issueTx(ctx, tx, id, on)
		return err
	})
	return i, err
}

func (s *Service) issueTx(ctx context.Context, tx *tenancy.Tx, id string, on day.Date) (Invoice, error) {
	before, err := s.draft(ctx, tx, id)
	if err != nil {
		return Invoice{}, err
	}
	if err := s.reviewedEnough(ctx, tx, before); err != nil {
		return before, err
	}
	i := before
	entity, err := s.d.Store.Entity(ctx, tx, i.EntityID)
	if err != nil {
		return i, err
	}
	if i.IssueOn, err = s.issueDay(entity, i, on); err != nil {
		return i, err
	}
	if err := s.ready(ctx, tx, &i); err != nil {
		return i, err
	}
	if before.Reviewed() == Ready && i.Payable() != before.Payable() { // rule 89
		return i, ErrReviewStale
	}
	if err := s.number(ctx, tx, entity, &i); err != nil {
		return i, err
	}
	if err := s.d.Store.MarkIssued(ctx, tx, i); err != nil {
		return i, err
	}
	if err := s.d.Queue.Enqueue(ctx, tx, keepPDF{i.ID}); err != nil {
		return i, err
	}
	return i, s.record(ctx, tx, "invoicing.invoice_issued", &before, &i, InvoiceIssued{factOf(i)})
}

func (s *Service) issueDay(e LegalEntity, i Invoice, on day.Date) (day.Date, error) {
	today := e.Today(s.d.Now())
	if on.IsZero() {
		on = i.IssueOn
	}
	if on.IsZero() {
		on = today
	}
	switch {
	case on.After(today):
		return on, ErrDateAhead
	case len(i.Lines) == 0:
		return on, ErrNoLines
	}
	return on, nil
}

// number takes the number and writes the document that bears it.
func (s *Service) number(ctx context.Context, tx *tenancy.Tx, e LegalEntity, i *Invoice) error {
	if i.Total.Sign() < 0 {
		return ErrNegativeTotal
	}
	if s.d.Periods != nil {
		if err := s.d.Periods.OpenForTx(ctx, tx, e.ID, i.IssueOn, "body.issue_on"); err != nil {
			return err
		}
	}
	client, err := s.d.Clients.ClientTx(ctx, tx, i.ClientID)
	if err != nil {
		return err
	}
	defaults, err := s.d.Settings.DefaultsTx(ctx, tx)
	if err != nil {
		return err
	}
	if err := s.progress(ctx, tx, i); err != nil {
		return err
	}
	if err := s.fitForData(*i, e, client, defaults); err != nil {
		return err
	}
	if err := s.freezeRate(ctx, tx, e, i); err != nil {
		return err
	}
	series := e.Series(i.Kind, i.IssueOn)
	n, err := s.d.Store.NextNumber(ctx, tx, series, i.IssueOn)
	if err != nil {
		return err
	}
	now := s.d.Now()
	i.State, i.Period, i.IssuedAt, i.UpdatedAt, i.ClientName = Issued, series.Period, &now, now, client.Name
	i.Number = e.Format(i.Kind).Number(n, e.FiscalYear(i.IssueOn), i.IssueOn)
	i.DueOn = i.dueFrom(i.IssueOn)
	doc := compose(*i, i.Number, i.IssueOn, e, client, defaults)
	i.Document = &doc
	i.Version++
	return nil
}

// Paper is what the document of an invoice shows: the frozen one if it is
// issued, or the one it would be if it were issued now, with the number it
// would probably get.
type Paper struct {
	Document   Document
	NextNumber string
}

// Paper previews or repeats the document.
func (s *Service) Paper(ctx context.Context, id string) (p Paper, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		i, err := s.d.Store.Invoice(ctx, tx, id)
		if err != nil {
			return err
		}
		p, err = s.paper(ctx, tx, i)
		return err
	})
	return p, err
}

func (s *Service) paper(ctx context.Context, tx *tenancy.Tx, i Invoice) (Paper, error) {
	if i.Document != nil {
		return Paper{Document: *i.Document}, nil
	}
	entity, err := s.d.Store.Entity(ctx, tx, i.EntityID)
	if err != nil {
		return Paper{}, err
	}
	client, err := s.d.Clients.ClientTx(ctx, tx, i.ClientID)
	if err != nil {
		return Paper{}, err
	}
	defaults, err := s.d.Settings.DefaultsTx(ctx, tx)
	if err != nil {
		return Paper{}, err
	}
	on := i.IssueOn
	if on.IsZero() {
		on = entity.Today(s.d.Now())
	}
	i.IssueOn = on
	if i.Kind != CreditNote { // what is taken back was calculated when it was billed
		if err := s.ready(ctx, tx, &i); err != nil {
			return Paper{}, err
		}
	}
	if err := s.progress(ctx, tx, &i); err != nil {
		return Paper{}, err
	}
	if err := s.freezeRate(ctx, tx, entity, &i); err != nil && !errors.Is(err, ErrNoRate) { // that is asked for when it is issued
		return Paper{}, err
	}
	last, err := s.d.Store.LastNumber(ctx, tx, entity.Series(i.Kind, on))
	if err != nil {
		return Paper{}, err
	}
	return Paper{
		Document:   compose(i, "", on, entity, client, defaults),
		NextNumber: entity.Format(i.Kind).Number(last+1, entity.FiscalYear(on), on),
	}, nil
}
