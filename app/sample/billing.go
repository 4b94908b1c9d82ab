package sample

import (
	"context"
	"errors"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
)

// Invoices makes the sample's invoices with the invoicing module.
type Invoices struct{ Service *invoicing.Service }

var _ Billing = Invoices{}

// Month implements Billing. A month without anything to bill is left out.
func (b Invoices) Month(ctx context.Context, clientID string, month day.Range, stage Stage) error {
	i, _, err := b.Service.CreateFromTime(ctx, invoicing.FromTime{ClientID: clientID, From: month.From, To: month.To, GroupBy: invoicing.ByTask})
	if errors.Is(err, invoicing.ErrNothingToBill) {
		return nil
	}
	if err == nil && stage == InReview {
		err = b.review(ctx, i)
	}
	if err != nil || stage <= InReview {
		return err
	}
	on := month.To.AddDays(billedAfter)
	if i, err = b.Service.Issue(ctx, i.ID, on); err != nil || stage == Issued {
		return err
	}
	if stage == Voided {
		_, err := b.Service.VoidInvoice(ctx, i.ID, invoicing.ReleaseTime, "Billed to the wrong project")
		return err
	}
	amount := i.Total
	if stage == PartPaid {
		amount = money.Money{Minor: i.Total.Minor / 2, Currency: i.Total.Currency}
	}
	_, err = b.Service.Record(ctx, invoicing.NewPayment{
		ClientID: clientID, Amount: amount, ReceivedOn: on.AddDays(18), Method: "bank_transfer", Reference: "Bank statement of " + on.AddDays(18).String(),
		Parts: []invoicing.Part{{InvoiceID: i.ID, Amount: amount}},
	})
	return err
}

// billedAfter is how many days after its end a month is invoiced.
const billedAfter = 2

// Overdue implements Billing.
func (b Invoices) Overdue(ctx context.Context, clientID, what string, units int64, on day.Date) error {
	i, err := b.Service.Create(ctx, invoicing.DraftOf{ClientID: clientID, Edit: func(i *invoicing.Invoice) {
		i.Lines = []invoicing.Line{{Description: what, Quantity: decimal.NewFromInt(1), UnitPrice: decimal.NewFromInt(units)}}
	}})
	if err != nil {
		return err
	}
	_, err = b.Service.Issue(ctx, i.ID, on)
	return err
}

// LateFees implements Billing. The ladder stays as it is, and people charge: nothing goes out by itself.
func (b Invoices) LateFees(ctx context.Context) error {
	p, _, err := b.Service.ReminderPolicy(ctx, "")
	if err != nil || p.Version > 0 {
		return err
	}
	p.Late = &invoicing.LateFees{On: true, Percent: decimal.NewFromInt(9), Since: day.New(2020, 1, 1)}
	_, err = b.Service.SaveReminderPolicy(ctx, p)
	return err
}

// Rate implements Billing.
func (b Invoices) Rate(ctx context.Context, r calc.Rate) error {
	_, err := b.Service.KeepRate(ctx, r)
	return err
}

// review writes the first line down and sends the draft to somebody who looks at it.
func (b Invoices) review(ctx context.Context, i invoicing.Invoice) error {
	hours := i.Lines[0].Sources[0].Seconds * 3 / 4
	i, err := b.Service.Write(ctx, i.ID, i.Version, invoicing.Write{
		LineID: i.Lines[0].ID, EntryID: i.Lines[0].Sources[0].ID, Seconds: &hours, Reason: "Over the estimate", Note: "The set-up took longer than we had said",
	})
	if err != nil {
		return err
	}
	_, err = b.Service.SendToReview(ctx, i.ID, i.Version)
	return err
}

// Deposit implements Billing.
func (b Invoices) Deposit(ctx context.Context, clientID, what string, units int64) error {
	i, err := b.Service.Create(ctx, invoicing.DraftOf{Kind: invoicing.Deposit, ClientID: clientID, Edit: func(i *invoicing.Invoice) {
		i.Lines = []invoicing.Line{{Description: what, Quantity: decimal.NewFromInt(1), UnitPrice: decimal.NewFromInt(units)}}
	}})
	if err != nil {
		return err
	}
	_, err = b.Service.Issue(ctx, i.ID, day.Date{})
	return err
}
