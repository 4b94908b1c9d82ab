package invoicing

import (
	"context"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/tenancy"
)

// Sample is an invoice of a legal entity as it would look after a change: of work that nobody did, for a client that is
// none. An empty id is an entity that is not there yet. Nothing is saved.
func (s *Service) Sample(ctx context.Context, id string, change func(*LegalEntity)) (doc Document, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		defaults, err := s.d.Settings.DefaultsTx(ctx, tx)
		if err != nil {
			return err
		}
		e := NewLegalEntity(s.d.NewID(), defaults, s.d.Now())
		if id != "" {
			if e, err = s.d.Store.Entity(ctx, tx, id); err != nil {
				return err
			}
		}
		change(&e)
		if err := e.check(); err != nil {
			return err
		}
		rates, err := s.rates(ctx, tx)
		if err != nil {
			return err
		}
		taxes, err := s.defaultTaxes(ctx, tx)
		if err != nil {
			return err
		}
		words, on := WordsIn(e.Language), e.Today(s.d.Now())
		buyer := strings.Split(words.SampleBuyer, "\n")
		client := Client{Name: buyer[0], Address: buyer[1:]}
		i := s.blankFor(ctx, e, client, DraftOf{Currency: e.Currency})
		i.IssueOn, i.PeriodFrom, i.PeriodTo = on, on.StartOfMonth(), on
		for n, what := range strings.Split(words.SampleWork, "\n") {
			l := Line{ID: s.d.NewID(), Kind: FreeLine, Description: what, Quantity: one, UnitPrice: decimal.NewFromInt(49), TaxRateIDs: taxes}
			if n == 0 {
				l.Quantity, l.Unit, l.UnitPrice = decimal.New(125, -1), "h", decimal.NewFromInt(120)
			}
			i.Lines = append(i.Lines, l)
		}
		if err := i.addUp(e, rates, on); err != nil {
			return err
		}
		doc = compose(i, e.Format(i.Kind).Number(1, e.FiscalYear(on), on), on, e, client, defaults)
		return nil
	})
	return doc, err
}

// SamplePDF is the sample as it is printed.
func (s *Service) SamplePDF(ctx context.Context, id string, change func(*LegalEntity)) (PDF, error) {
	doc, err := s.Sample(ctx, id, change)
	if err != nil {
		return PDF{}, err
	}
	raw, err := s.render(ctx, doc)
	return PDF{Name: "sample.pdf", Bytes: raw}, err
}
