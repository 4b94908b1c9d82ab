package invoicing

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/modules/fees"
	"github.com/bureauhq/bureau/tenancy"
)

// Faults of bills that nobody looks at before they go out.
var (
	ErrNoAddress = fault.Define(fault.Invalid, "invoicing.no_address", "The client has no billing address.")
	ErrOpenTime  = fault.Define(fault.Conflict, "invoicing.open_time", "Some time of the period is not approved yet.")
)

// How says how far a bill goes by itself.
type How string

const (
	AsDraft  How = "draft"
	AsIssued How = "issue"
	AsSent   How = "send" // issued and mailed
)

// Valid tells whether h is one of them.
func (h How) Valid() bool { return h == AsDraft || h == AsIssued || h == AsSent }

// Bill is what a client is billed in one go.
type Bill struct {
	FromTime

	FeesDue     bool     // with what may be billed of fees by the end of the period
	WaitForOpen bool     // nothing while some time of the period is not approved
	Lines       []Line   // besides; those without taxes get the default ones
	Part        *Stretch // that the lines are billed for; nil: all of what they are priced for
	How         How      // empty: a draft
	IssueOn     day.Date
	Edit        func(*Invoice)
}

// BillTx makes a draft of time, expenses and fees, and of lines besides, and
// takes what is on it; if it is asked to, it issues and mails it, all or nothing.
// Two bills of one client wait for each other, so the second finds what the
// first has left. ErrNothingToBill.
func (s *Service) BillTx(ctx context.Context, tx *tenancy.Tx, b Bill) (Invoice, []LeftOut, error) {
	if b.ClientID != "" {
		if err := tx.Lock(ctx, "invoicing.bill."+b.ClientID); err != nil {
			return Invoice{}, nil, err
		}
	}
	if err := s.approved(ctx, tx, b); err != nil {
		return Invoice{}, nil, err
	}
	abroad, err := s.pickDue(ctx, tx, &b)
	if err != nil {
		return Invoice{}, nil, err
	}
	i, out, err := s.plan(ctx, tx, b.FromTime)
	if err != nil {
		return i, nil, err
	}
	out = append(out, abroad...)
	if err := s.besides(ctx, tx, &i, b); err != nil {
		return i, nil, err
	}
	if len(i.Lines) == 0 {
		return i, out, ErrNothingToBill
	}
	if err := s.add(ctx, tx, &i); err != nil {
		return i, nil, err
	}
	if err := s.takeExpenses(ctx, tx, i); err != nil {
		return i, nil, err
	}
	if err := s.takeTime(ctx, tx, i, i.entries()); err != nil {
		return i, nil, err
	}
	i, err = s.goOut(ctx, tx, i, b)
	return i, out, err
}

// approved refuses a bill that is to wait for approvals, while one is open.
func (s *Service) approved(ctx context.Context, tx *tenancy.Tx, b Bill) error {
	if !b.WaitForOpen {
		return nil
	}
	all, err := s.d.Time.ToBillTx(ctx, tx, b.query())
	if err == nil && all[b.ClientID].Open > 0 {
		err = ErrOpenTime.Saying("%d entries of the period are not approved yet.", all[b.ClientID].Open)
	}
	return err
}

// pickDue picks what is due of fees in the currency of the bill, and returns the rest.
func (s *Service) pickDue(ctx context.Context, tx *tenancy.Tx, b *Bill) ([]LeftOut, error) {
	if !b.FeesDue {
		return nil, nil
	}
	all, err := s.d.Fees.DueOfTx(ctx, tx, []string{b.ClientID}, b.To)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	i, err := s.blank(ctx, tx, DraftOf{ClientID: b.ClientID, EntityID: b.EntityID, Currency: b.Currency})
	if err != nil {
		return nil, err
	}
	b.Currency = i.Currency
	due, out := inCurrency(all, i.Currency)
	for _, d := range due {
		p := fees.Pick{FeeID: d.Fee.ID, Release: d.Release}
		if d.Part != nil {
			p.PartID = d.Part.ID
		}
		b.Fees = append(b.Fees, p)
	}
	return out, nil
}

func inCurrency(all []fees.Due, currency string) (due []fees.Due, out []LeftOut) {
	for _, d := range all {
		if d.Amount.Currency == currency {
			due = append(due, d)
			continue
		}
		out = append(out, LeftOut{TimeEntry{ID: d.Fee.ID, ClientID: d.Fee.ClientID, ProjectID: d.Fee.ProjectID, TaskName: d.Fee.Name}, "fee_currency"})
	}
	return due, out
}

// besides adds the lines that were not looked up.
func (s *Service) besides(ctx context.Context, tx *tenancy.Tx, i *Invoice, b Bill) error {
	if len(b.Lines) > 0 {
		taxes, err := s.defaultTaxes(ctx, tx)
		if err != nil {
			return err
		}
		w := Words{}
		if b.Part != nil {
			if w, err = s.wordsOf(ctx, tx, *i); err != nil {
				return err
			}
		}
		own, err := i.own(b.Lines, b.Part, taxes, w)
		if err != nil {
			return err
		}
		for n := range own {
			own[n].ID = s.d.NewID()
		}
		i.Lines = append(own, i.Lines...)
	}
	if b.Edit != nil {
		b.Edit(i)
	}
	return nil
}

// GoOutTx issues, and mails if that is asked for, a draft that another module made. One that went out before stays as it is.
func (s *Service) GoOutTx(ctx context.Context, tx *tenancy.Tx, id string, how How, on day.Date) (Invoice, error) {
	i, err := s.d.Store.LockedInvoice(ctx, tx, id)
	if err != nil || i.State != Draft {
		return i, err
	}
	return s.goOut(ctx, tx, i, Bill{How: how, IssueOn: on})
}

// goOut issues and mails a bill, if that is wanted.
func (s *Service) goOut(ctx context.Context, tx *tenancy.Tx, i Invoice, b Bill) (Invoice, error) {
	if b.How != AsIssued && b.How != AsSent {
		return i, nil
	}
	client, err := s.clientOf(ctx, tx, i.ClientID)
	if err != nil {
		return i, err
	}
	if len(client.Address) == 0 {
		return i, ErrNoAddress
	}
	if i, err = s.issueTx(ctx, tx, i.ID, b.IssueOn); err != nil || b.How != AsSent {
		return i, err
	}
	_, err = s.sendTx(ctx, tx, i.ID, Letter{})
	return i, err
}
