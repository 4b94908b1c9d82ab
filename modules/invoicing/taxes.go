package invoicing

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
	"github.com/bureauhq/bureau/tenancy"
)

var (
	one     = decimal.NewFromInt(1)
	hundred = decimal.NewFromInt(100)
)

// TaxStep is a percentage and the first day on which it holds.
type TaxStep struct {
	From    day.Date        `json:"from"` // no day: since ever
	Percent decimal.Decimal `json:"percent"`
}

// TaxRate is a tax. Its percentage may change with time.
type TaxRate struct {
	ID         string
	Name       string
	Kind       calc.Kind
	Compound   bool // on the net and the taxes before it
	LegalText  string
	Steps      []TaxStep // ordered by day
	Default    bool
	ArchivedAt *time.Time
	Version    int
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// At is the tax as it holds at a tax point. Before the first step it is the first.
func (r TaxRate) At(point day.Date) calc.Tax {
	a := calc.Tax{ID: r.ID, Name: r.Name, Kind: r.Kind, Compound: r.Compound, LegalText: r.LegalText}
	for i, s := range r.Steps {
		if i == 0 || !s.From.After(point) {
			a.Percent = s.Percent
		}
	}
	return a
}

func (r *TaxRate) check() error {
	bad := ErrBadTaxRate
	if r.Name = strings.TrimSpace(r.Name); r.Name == "" {
		bad = bad.At("body.name", "is required")
	}
	if !slices.Contains(calc.Kinds, r.Kind) {
		bad = bad.At("body.kind", "must be standard, zero, exempt, reverse_charge or withholding")
	}
	adds := r.Kind == calc.Standard || r.Kind == calc.Withholding
	if r.Compound && r.Kind != calc.Standard {
		bad = bad.At("body.compound", "is for standard taxes only")
	}
	if r.LegalText = strings.TrimSpace(r.LegalText); r.LegalText == "" && (r.Kind == calc.Exempt || r.Kind == calc.ReverseCharge) {
		bad = bad.At("body.legal_text", "is required: it says on the invoice why no tax is charged")
	}
	if len(r.Steps) == 0 {
		bad = bad.At("body.percent", "is required")
	}
	slices.SortStableFunc(r.Steps, func(a, b TaxStep) int { return a.From.Compare(b.From) })
	for i, s := range r.Steps {
		switch {
		case s.Percent.IsNegative() || s.Percent.Cmp(hundred) > 0 || !s.Percent.Equal(s.Percent.Truncate(4)):
			bad = bad.At("body.percent", "must be 0 to 100 with at most 4 places")
		case !adds && !s.Percent.IsZero():
			bad = bad.At("body.percent", "must be 0 for this kind of tax")
		case i > 0 && s.From == r.Steps[i-1].From:
			bad = bad.At("body.changes", "has two percentages for one day")
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// IsTaxRateTx tells a module that is in its own transaction whether there is such a tax.
func (s *Service) IsTaxRateTx(ctx context.Context, tx *tenancy.Tx, id string) (bool, error) {
	_, err := s.d.Store.TaxRate(ctx, tx, id)
	if errors.Is(err, ErrTaxRateNotFound) {
		return false, nil
	}
	return err == nil, err
}
