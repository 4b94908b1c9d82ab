package expenses

import (
	"context"
	"strconv"
	"strings"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/table"
	"github.com/bureauhq/bureau/tenancy"
)

// exportLimit keeps one export within the memory of one request.
const exportLimit = 20000

// ErrExportTooLarge refuses an export that would have to leave expenses out.
var ErrExportTooLarge = fault.Define(fault.Invalid, "expenses.export_too_large", "There are more than 20,000 expenses. Choose fewer days.").
	At("query.from", "leaves more than 20,000 expenses")

var columns = []table.Column{
	table.Col("date", table.Date), table.Col("member", table.Text), table.Col("kind", table.Text), table.Col("category", table.Text), table.Col("account", table.Text),
	table.Col("merchant", table.Text), table.Col("note", table.Text), table.Col("client", table.Text), table.Col("project_code", table.Text), table.Col("project", table.Text),
	table.Col("currency", table.Text), table.Col("gross", table.Number), table.Col("tax_percent", table.Number), table.Col("tax", table.Number), table.Col("net", table.Number),
	table.Col("exchange_rate", table.Number), table.Col("base_currency", table.Text), table.Col("base_gross", table.Number),
	table.Col("billable", table.Text), table.Col("markup_percent", table.Number), table.Col("markup_source", table.Text), table.Col("billed", table.Text),
	table.Col("reimbursable", table.Text), table.Col("reimbursed_on", table.Date), table.Col("reference", table.Text),
	table.Col("state", table.Text), table.Col("receipts", table.Number), table.Col("warnings", table.Text),
}

// Export returns expenses line by line, oldest first. Callers who may not see
// all get their own. ErrExportTooLarge.
func (s *Service) Export(ctx context.Context, f Filter) (out table.Table, err error) {
	out.Columns = columns
	f, none := narrow(access.From(ctx), f)
	if none {
		return out, nil
	}
	f.Limit = exportLimit + 1
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		all, err := s.d.Store.List(ctx, tx, f)
		if err != nil {
			return err
		}
		if len(all) > exportLimit {
			return ErrExportTooLarge
		}
		if err := s.fill(ctx, tx, all); err != nil {
			return err
		}
		ids := make([]string, len(all))
		for n, e := range all {
			ids[n] = e.MemberID
		}
		names, err := s.d.Team.NamesTx(ctx, tx, distinct(ids))
		for n := len(all) - 1; n >= 0; n-- {
			out.Rows = append(out.Rows, all[n].cells(names[all[n].MemberID]))
		}
		return err
	})
	return out, err
}

func (e Expense) cells(member string) []string {
	yes := func(b bool) string {
		if b {
			return "yes"
		}
		return "no"
	}
	var rate, baseCurrency, base, paidOn, reference string
	if e.Exchange != nil {
		rate = e.Exchange.Rate.String()
	}
	if e.Base != nil {
		baseCurrency, base = e.Base.Currency, e.Base.Amount()
	}
	if e.Reimbursed != nil {
		paidOn, reference = e.Reimbursed.On.String(), e.Reimbursed.Reference
	}
	var warnings []string
	for _, f := range e.Findings {
		warnings = append(warnings, f.Text)
	}
	return []string{
		e.Day.String(), member, string(e.Kind), e.CategoryName, e.AccountCode, e.Merchant, e.Note, e.ClientName, e.ProjectCode, e.ProjectName,
		e.Gross.Currency, e.Gross.Amount(), e.TaxPercent.String(), e.Tax.Amount(), e.Net().Amount(), rate, baseCurrency, base,
		yes(e.Billable), e.MarkupPercent.String(), string(e.MarkupFrom), yes(e.InvoiceID != ""), yes(e.Reimbursable), paidOn, reference,
		string(e.State), strconv.Itoa(len(e.Receipts)), strings.Join(warnings, "; "),
	}
}
