package retainers

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// FeesTx lists the fees of periods that begin on these days, of some clients or of all.
func (s *Service) FeesTx(ctx context.Context, tx *tenancy.Tx, clientIDs []string, days day.Range) ([]DueFee, error) {
	return s.d.Store.Fees(ctx, tx, clientIDs, days)
}

// DraftFee makes the draft of a period's fee, once.
func (s *Service) DraftFee(ctx context.Context, periodID string) (p Period, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if p, err = s.DraftFeeTx(ctx, tx, periodID); err != nil {
			return err
		}
		p.On, _, _, err = s.calendar(ctx, tx)
		return err
	})
	return p, err
}

// DraftFeeTx does the same in a transaction of another module.
func (s *Service) DraftFeeTx(ctx context.Context, tx *tenancy.Tx, periodID string) (Period, error) {
	p, err := s.d.Store.Period(ctx, tx, periodID)
	if err != nil {
		return p, err
	}
	r, err := s.d.Store.ByID(ctx, tx, p.RetainerID, true)
	if err != nil {
		return p, err
	}
	if p, err = s.d.Store.Period(ctx, tx, periodID); err != nil { // as it is now that r is held
		return p, err
	}
	switch {
	case p.FeeInvoiceID != "":
		return p, nil
	case p.Fee == nil || p.Fee.IsZero():
		return p, ErrNoFee
	}
	days := p.Days()
	head, err := s.d.Bills.LetterheadTx(ctx, tx, r.ClientID)
	if err != nil {
		return p, err
	}
	words := invoicing.WordsIn(head.Language)
	line := invoicing.Line{
		Description: r.Name + ", " + words.Day(days.From) + " – " + words.Day(days.To),
		Quantity:    decimal.NewFromInt(1), UnitPrice: p.Fee.Decimal(), ProjectID: r.ProjectID,
	}
	i, err := s.d.Bills.DraftTx(ctx, tx, invoicing.DraftOf{
		ClientID: r.ClientID, Currency: r.Currency, Edit: func(i *invoicing.Invoice) { i.PeriodFrom, i.PeriodTo = days.From, days.To },
	}, []invoicing.Line{line})
	if err != nil {
		return p, err
	}
	p.FeeInvoiceID = i.ID
	if err := s.d.Store.SavePeriod(ctx, tx, p); err != nil {
		return p, err
	}
	return p, audit.Record(ctx, tx, audit.Change{Action: "retainers.fee_drafted", Entity: "retainer", EntityID: r.ID, After: map[string]string{"period_id": p.ID, "invoice_id": i.ID}})
}

// unbilled lets a period's fee be drafted again whose draft was deleted or whose invoice was voided. It may be told twice, and
// of invoices that have nothing to do with retainers.
func (s *Service) unbilled(ctx context.Context, invoiceID string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		p, err := s.d.Store.PeriodOfFee(ctx, tx, invoiceID)
		if err != nil || p == nil {
			return err
		}
		r, err := s.d.Store.ByID(ctx, tx, p.RetainerID, true)
		if err != nil {
			return err
		}
		if p, err = s.d.Store.PeriodOfFee(ctx, tx, invoiceID); err != nil || p == nil { // as it is now that r is held
			return err
		}
		p.FeeInvoiceID = ""
		if err := s.d.Store.SavePeriod(ctx, tx, *p); err != nil {
			return err
		}
		return s.d.Events.Publish(ctx, tx, Moved{Retainer: r.ID})
	})
}
