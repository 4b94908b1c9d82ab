package invoicing

import (
	"context"
	"slices"
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/app/kit/table"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrReportTooLarge refuses a file that would have to leave rows out.
var ErrReportTooLarge = fault.Define(fault.Invalid, "invoicing.report_too_large", "There are more than 20,000 rows. Choose fewer days.").
	At("query.from", "leaves more than 20,000 rows")

const reportLimit = 20_000

// RealisedBy says by what realisation is added up.
type RealisedBy string

// What it can be added up by.
const (
	RealisedByClient  RealisedBy = "client"
	RealisedByProject RealisedBy = "project"
	RealisedByPerson  RealisedBy = "person"
	RealisedByInvoice RealisedBy = "invoice"
	RealisedByReason  RealisedBy = "reason" // of what was written up or down; the rest has none
)

// RealisationFilter says which time on issued invoices is wanted. Zero fields do not narrow.
type RealisationFilter struct {
	By       RealisedBy
	From, To day.Date // by date of issue
	ClientID string
	Project  string
	Member   string
	Page     page.Query
	All      bool // no page
}

// Realised is what became of time on its way to issued invoices (rule 67). The
// figures add up: Standard and what was added or taken off by the rounding of
// hours, by writing it up or down, by discounts and by credit notes make Billed.
type Realised struct {
	Key, Name     string
	Entries       int
	RawSeconds    int64
	BilledSeconds int64
	Standard      money.Money // raw hours at the standard rate
	Rounding      money.Money
	Written       money.Money
	Discounts     money.Money
	Credited      money.Money // credit notes and voided invoices whose time was written off
	Billed        money.Money
}

// Percent is the realisation: billed value ÷ value at standard rate. Nil where there is none.
func (r Realised) Percent() *decimal.Decimal {
	if r.Standard.IsZero() {
		return nil
	}
	p := money.HalfUp.Quo(decimal.NewFromInt(r.Billed.Minor).Mul(hundred), decimal.NewFromInt(r.Standard.Minor), 2)
	return &p
}

// Realisation adds up what became of time, and the totals of all that was found by currency.
func (s *Service) Realisation(ctx context.Context, f RealisationFilter) (rows, totals []Realised, next *string, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if rows, err = s.realised(ctx, tx, f); err != nil {
			return err
		}
		totals, err = s.d.Store.RealisedTotals(ctx, tx, f)
		return err
	})
	if err != nil {
		return nil, nil, nil, err
	}
	rows, next = page.Cut(rows, f.Page.Size(), func(r Realised) []string {
		return []string{strconv.FormatInt(r.Standard.Minor, 10), r.Key, r.Standard.Currency}
	})
	return rows, totals, next, nil
}

func (s *Service) realised(ctx context.Context, tx *tenancy.Tx, f RealisationFilter) ([]Realised, error) {
	rows, err := s.d.Store.Realised(ctx, tx, f)
	if err != nil || len(rows) == 0 || f.By != RealisedByPerson && f.By != RealisedByProject {
		return rows, err
	}
	ids := make([]string, 0, len(rows))
	for _, r := range rows {
		if r.Key != "" {
			ids = append(ids, r.Key)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	name := s.d.Members.NamesTx
	if f.By == RealisedByProject {
		name = s.d.Projects.ProjectNamesTx
	}
	names, err := name(ctx, tx, ids)
	for n := range rows {
		rows[n].Name = names[rows[n].Key]
	}
	return rows, err
}

// RealisationTable is the same as a table with all rows. ErrReportTooLarge.
func (s *Service) RealisationTable(ctx context.Context, f RealisationFilter) (out table.Table, err error) {
	f.All = true
	out.Columns = []table.Column{
		table.Col(string(f.By), table.Text), table.Col("currency", table.Text), table.Col("entries", table.Number), table.Col("hours", table.Number), table.Col("billed_hours", table.Number),
		table.Col("standard", table.Number), table.Col("rounding", table.Number), table.Col("written", table.Number), table.Col("discounts", table.Number), table.Col("credited", table.Number),
		table.Col("billed", table.Number), table.Col("realisation_percent", table.Number),
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		rows, err := s.realised(ctx, tx, f)
		if err != nil {
			return err
		}
		if len(rows) > reportLimit {
			return ErrReportTooLarge
		}
		for _, r := range rows {
			out.Rows = append(out.Rows, r.cells())
		}
		return nil
	})
	return out, err
}

func (r Realised) cells() []string {
	hours := func(seconds int64) string { return decimal.NewFromInt(seconds).DivRound(hour, 4).String() }
	percent := ""
	if p := r.Percent(); p != nil {
		percent = p.StringFixed(2)
	}
	return []string{
		r.Name, r.Standard.Currency, strconv.Itoa(r.Entries), hours(r.RawSeconds), hours(r.BilledSeconds), r.Standard.Amount(), r.Rounding.Amount(), r.Written.Amount(),
		r.Discounts.Amount(), r.Credited.Amount(), r.Billed.Amount(), percent,
	}
}
