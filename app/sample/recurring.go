package sample

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/recurring"
)

// recurring bills the first project's client for hosting from three months ago on: one
// month is billed, others wait for a decision, and more come.
func (m *maker) recurring(ctx context.Context) error {
	m.tell(0.99, "recurring invoices")
	if m.s.Recurring == nil || len(m.projects) == 0 {
		return nil
	}
	return m.s.Once(ctx, "recurring invoice", func(ctx context.Context) error {
		of := func(text string, price int64) recurring.Line {
			return recurring.Line{Description: text, Quantity: decimal.NewFromInt(1), UnitPrice: decimal.NewFromInt(price)}
		}
		r, err := m.s.Recurring.Create(ctx, recurring.Wish{
			ClientID: m.projects[0].ClientID, Name: "Hosting and monitoring", Every: recurring.Month, Count: 1, Starts: m.today.StartOfMonth().AddMonths(-3), At: recurring.AtEnd, Prorate: true,
			Lines: []recurring.Line{of("Hosting", 180), of("Monitoring", 45)}, GroupBy: invoicing.ByTask, How: invoicing.AsDraft,
		})
		if err != nil {
			return err
		}
		_, err = m.s.Recurring.Decide(ctx, r.ID, recurring.Decision{Numbers: []int{2}, Do: recurring.Bill})
		return err
	})
}
