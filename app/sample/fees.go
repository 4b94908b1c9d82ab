package sample

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/fees"
)

// agreements are fixed fees beside the hours: one by milestones, the first of
// which are accepted, and one by percent.
func (m *maker) agreements(ctx context.Context) error {
	if m.s.Fees == nil || len(m.projects) < 2 {
		return nil
	}
	set, err := m.s.Agency.Settings(ctx)
	if err != nil {
		return err
	}
	amount := func(units int64) money.Money {
		return money.Of(decimal.New(units, money.Places(set.Currency)).IntPart(), set.Currency)
	}
	err = m.s.Once(ctx, "fee milestones", func(ctx context.Context) error {
		f, err := m.s.Fees.Create(ctx, fees.Draft{
			ProjectID: m.projects[0].ID, Name: "Launch package", Kind: fees.ByMilestones, Covers: fees.NoTime, Amount: amount(12_000),
			Parts: []fees.Part{
				{Name: "Concept accepted", Amount: amount(3_000), DueOn: m.today.AddDays(-20)},
				{Name: "Beta online", Amount: amount(5_000), DueOn: m.today.AddDays(10)},
				{Name: "Launch", Amount: amount(4_000), DueOn: m.today.AddDays(40)},
			},
		})
		if err != nil {
			return err
		}
		_, err = m.s.Fees.Accept(ctx, f.Parts[0].ID)
		return err
	})
	if err != nil {
		return err
	}
	return m.s.Once(ctx, "fee percent", func(ctx context.Context) error {
		_, err := m.s.Fees.Create(ctx, fees.Draft{
			ProjectID: m.projects[1].ID, Name: "Fixed price for version 2", Kind: fees.ByPercent, Covers: fees.NoTime, Amount: amount(8_000), Percent: decimal.NewFromInt(40),
		})
		return err
	})
}
