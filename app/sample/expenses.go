package sample

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/expenses"
	"github.com/bureauhq/bureau/modules/identity"
)

// spending is what the sample's people pay for, over and over.
var spending = []struct {
	category, merchant, note, gross, currency string
	markup, tax                               int64
}{
	{"Train and flights", "Deutsche Bahn", "To the kick-off", "89.90", "", 0, 7},
	{"Hotel", "Hotel am Park", "One night", "124.00", "", 0, 7},
	{"Meals with clients", "Trattoria Da Lucia", "Lunch with the steering group", "58.40", "", 0, 19},
	{"Software and licences", "Northwind Tools", "Monitoring, one month", "49.00", "USD", 10, 0},
	{"Office", "Papier & Co", "Whiteboard markers", "17.85", "", 0, 19},
}

// spend gives everybody some expenses: old ones settled, newer ones approved or waiting, the last a draft.
func (m *maker) spend(ctx context.Context) error {
	m.tell(0.9, "expenses")
	if err := m.spendingRules(ctx); err != nil {
		return err
	}
	categories, err := m.s.Expenses.Categories(ctx, false)
	if err != nil {
		return err
	}
	byName := map[string]string{}
	for _, c := range categories {
		byName[c.Name] = c.ID
	}
	for i, who := range m.staffers {
		if err := m.spendOf(ctx, i, who, byName); err != nil {
			return err
		}
	}
	return nil
}

func (m *maker) spendingRules(ctx context.Context) error {
	for _, x := range spending {
		err := m.s.Once(ctx, "expense category "+x.category, func(ctx context.Context) error {
			_, err := m.s.Expenses.AddCategory(ctx, expenses.Category{
				Name: x.category, Billable: x.category != "Office", MarkupPercent: decimal.NewFromInt(x.markup), TaxPercent: decimal.NewFromInt(x.tax),
			})
			return unless(err, expenses.ErrCategoryTaken)
		})
		if err != nil {
			return err
		}
	}
	err := m.s.Once(ctx, "expense policy", func(ctx context.Context) error {
		most, receipt := "500.00", "25.00"
		_, err := m.s.Expenses.AddPolicy(ctx, "", expenses.Limits{PerExpense: &most, ReceiptAbove: &receipt})
		return unless(err, expenses.ErrPolicyTaken)
	})
	if err != nil {
		return err
	}
	from := day.New(m.start.Year(), time.January, 1)
	for _, r := range []expenses.AllowanceRate{
		{Kind: expenses.ByMileage, Name: "Car", Unit: "km", PerUnit: decimal.New(30, -2), From: from},
		{
			Kind: expenses.ByPerDiem, Name: "Germany", Unit: "day", PerUnit: decimal.NewFromInt(28), HalfDay: decimal.NewFromInt(14),
			Breakfast: decimal.NewFromInt(20), Lunch: decimal.NewFromInt(40), Dinner: decimal.NewFromInt(40), From: from,
		},
	} {
		err := m.s.Once(ctx, "allowance "+r.Name, func(ctx context.Context) error {
			_, err := m.s.Expenses.AddRate(ctx, r)
			return unless(err, expenses.ErrOverlap)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// unless lets what the agency has already settled for itself stay.
func unless(err, there error) error {
	if errors.Is(err, there) {
		return nil
	}
	return err
}

func (m *maker) spendOf(ctx context.Context, i int, who identity.Member, categories map[string]string) error {
	me := as(ctx, who)
	mine := m.projectsOf(who.ID, m.today)
	for n, x := range spending {
		in := expenses.Entry{
			Kind: expenses.ByReceipt, Day: later(m.start, m.today.AddDays(-7*(len(spending)-n)-i)), CategoryID: categories[x.category], Merchant: x.merchant, Note: x.note, Gross: x.gross, Currency: x.currency,
		}
		if x.currency != "" {
			rate := decimal.New(92, -2)
			in.ExchangeRate = &rate
		}
		if len(mine) > 0 {
			in.ProjectID = mine[n%len(mine)].ID
		}
		if n == 0 {
			in.Kind, in.Gross, in.Merchant = expenses.ByMileage, "", ""
			in.Allowance = &expenses.Allowance{Name: "Car", Distance: decimal.NewFromInt(int64(84 + 13*i)), Start: "Office", End: "Client"}
		}
		err := m.s.Once(ctx, fmt.Sprintf("expense %d %d", i, n), func(ctx context.Context) error {
			_, err := m.s.Expenses.Create(me, in)
			return err
		})
		if err != nil {
			return err
		}
	}
	all, err := m.s.Expenses.List(me, expenses.Filter{MemberID: who.ID})
	if err != nil {
		return err
	}
	for n, e := range all {
		if err := m.settleOne(ctx, me, who, n, e); err != nil {
			return err
		}
	}
	return nil
}

// settleOne takes an expense as far as its place in the row says.
func (m *maker) settleOne(ctx, me context.Context, who identity.Member, n int, e expenses.Expense) (err error) {
	if e.State != expenses.Draft || n >= len(spending)-1 {
		return nil
	}
	if len(e.Receipts) == 0 && e.Kind == expenses.ByReceipt {
		if e, err = m.s.Expenses.Attach(me, e.ID, expenses.Upload{Name: "receipt.png", Body: bytes.NewReader(slip(n))}); err != nil {
			return err
		}
	}
	if e, err = m.s.Expenses.Submit(me, e.ID, e.Version); err != nil || n >= len(spending)-2 {
		return err
	}
	approver := m.approver(ctx, who)
	if e, err = m.s.Expenses.Approve(approver, e.ID, e.Version, "There is nobody else yet"); err != nil || n > 0 {
		return err
	}
	_, err = m.s.Expenses.Reimburse(ctx, []string{e.ID}, day.Date{}, "Payroll")
	return err
}

// slip draws what looks like a till receipt from afar.
func slip(n int) []byte {
	p := image.NewGray(image.Rect(0, 0, 240, 360))
	draw.Draw(p, p.Bounds(), image.White, image.Point{}, draw.Src)
	for line := range 11 {
		width := 60 + (line*53+n*31)%130
		bar := image.Rect(24, 28+line*28, 24+width, 36+line*28)
		draw.Draw(p, bar, image.NewUniform(color.Gray{110}), image.Point{}, draw.Src)
	}
	var b bytes.Buffer
	_ = png.Encode(&b, p) // into memory, of a picture that is one
	return b.Bytes()
}
