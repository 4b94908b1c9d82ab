package invoicing

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

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
		before, err := s.draft(ctx, tx, id)
		if err != nil {
			return err
		}
		i = before
		entity, err := s.d.Store.Entity(ctx, tx, i.EntityID)
		if err != nil {
			return err
		}
		if i.IssueOn, err = s.issueDay(entity, i, on); err != nil {
			return err
		}
		if err := s.ready(ctx, tx, &i); err != nil {
			return err
		}
		if err := s.number(ctx, tx, entity, &i); err != nil {
			return err
		}
		if err := s.d.Store.MarkIssued(ctx, tx, i); err != nil {
			return err
		}
		if err := s.d.Queue.Enqueue(ctx, tx, keepPDF{i.ID}); err != nil {
			return err
		}
		return s.record(ctx, tx, "invoicing.invoice_issued", &before, &i, InvoiceIssued{factOf(i)})
	})
	return i, err
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
	last, err := s.d.Store.LastNumber(ctx, tx, entity.Series(i.Kind, on))
	if err != nil {
		return Paper{}, err
	}
	return Paper{
		Document:   compose(i, "", on, entity, client, defaults),
		NextNumber: entity.Format(i.Kind).Number(last+1, entity.FiscalYear(on), on),
	}, nil
}

// PDF is a document as a file.
type PDF struct {
	Name  string
	Bytes []byte
}

// PDF renders a preview, or returns the kept file of an issued invoice.
func (s *Service) PDF(ctx context.Context, id string) (PDF, error) {
	i, err := s.Find(ctx, id)
	if err != nil {
		return PDF{}, err
	}
	if i.State == Draft {
		p, err := s.Paper(ctx, id)
		if err != nil {
			return PDF{}, err
		}
		raw, err := s.render(ctx, p.Document)
		return PDF{Name: "draft.pdf", Bytes: raw}, err
	}
	return s.kept(ctx, i)
}

// kept returns the file of an issued invoice, and keeps it if nobody did yet. Its key is its hash. Once one file
// is kept, every reader gets that one, also a reader whose own build of the program would draw it differently.
func (s *Service) kept(ctx context.Context, i Invoice) (PDF, error) {
	name := fileName(i.Number)
	if i.PDFKey != "" {
		raw, err := s.readKept(ctx, i.PDFKey, i.PDFHash)
		return PDF{name, raw}, err
	}
	raw, err := s.render(ctx, *i.Document)
	if err != nil {
		return PDF{}, err
	}
	agency, err := tenancy.From(ctx)
	if err != nil {
		return PDF{}, err
	}
	hash := hashOf(raw)
	key := agency.ID + "/invoices/" + hash + ".pdf"
	if err := s.d.Files.Put(ctx, key, "application/pdf", bytes.NewReader(raw), int64(len(raw))); err != nil {
		return PDF{}, fmt.Errorf("keep the document of %s: %w", i.ID, err)
	}
	var first, firstHash string
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		first, firstHash, err = s.d.Store.KeepPDF(ctx, tx, i.ID, key, hash)
		return err
	})
	if err == nil && first != key { // somebody kept another drawing meanwhile
		raw, err = s.readKept(ctx, first, firstHash)
	}
	return PDF{name, raw}, err
}

// readKept reads a kept file. One that is not what was kept is not handed out as if it were.
func (s *Service) readKept(ctx context.Context, key, hash string) ([]byte, error) {
	raw, err := s.d.Files.Read(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("read the kept document %s: %w", key, err)
	}
	if hashOf(raw) != hash {
		return nil, fmt.Errorf("the kept document %s is not the one that was kept: its SHA-256 is %s", key, hashOf(raw))
	}
	return raw, nil
}

func hashOf(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

func (s *Service) render(ctx context.Context, doc Document) ([]byte, error) {
	var logo []byte
	if doc.LogoKey != "" {
		// A document without its logo is still a document.
		logo, _ = s.d.Files.Read(ctx, doc.LogoKey)
	}
	return s.d.Renderer.Render(doc, logo)
}

func fileName(number string) string {
	safe := []rune(number)
	for n, r := range safe {
		if r == '/' || r == '\\' || r == ' ' || r == '#' {
			safe[n] = '-'
		}
	}
	return string(safe) + ".pdf"
}

// keepPDF is the job that stores the document of an issued invoice.
type keepPDF struct {
	InvoiceID string `json:"invoice_id"`
}

// Kind names the job.
func (keepPDF) Kind() string { return "invoicing.keep_pdf" }

func (s *Service) keepPDF(ctx context.Context, j keepPDF) error {
	i, err := s.Find(ctx, j.InvoiceID)
	if err != nil {
		return err
	}
	_, err = s.kept(ctx, i)
	return err
}
