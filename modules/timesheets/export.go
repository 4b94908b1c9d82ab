package timesheets

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/table"
	"github.com/bureauhq/bureau/tenancy"
)

// exportLimit keeps one export within the memory of one request.
const exportLimit = 20000

// ErrExportTooLarge refuses an export that would have to leave entries out.
var ErrExportTooLarge = fault.Define(fault.Invalid, "timesheets.export_too_large", "There are more than 20,000 entries. Choose fewer days.").
	At("query.from", "leaves more than 20,000 entries")

func columns(rates bool) []table.Column {
	out := []table.Column{
		table.Col("date", table.Date),
		table.Col("member", table.Text),
		table.Col("client", table.Text),
		table.Col("project_code", table.Text),
		table.Col("project", table.Text),
		table.Col("task", table.Text),
		table.Col("service", table.Text),
		table.Col("note", table.Text),
		table.Col("start", table.Text),
		table.Col("end", table.Text),
		table.Col("zone", table.Text),
		table.Col("hours", table.Number),
		table.Col("billed_hours", table.Number),
		table.Col("billable", table.Text),
		table.Col("state", table.Text),
	}
	if rates {
		out = append(out, table.Col("rate", table.Number), table.Col("amount", table.Number), table.Col("currency", table.Text), table.Col("rate_from", table.Text))
	}
	return out
}

// Export returns entries as a table. Columns with rates and amounts are there
// only for callers who may see them. ErrExportTooLarge.
func (s *Service) Export(ctx context.Context, f Filter) (out table.Table, err error) {
	a := access.From(ctx)
	f, none := narrow(a, f)
	f.Limit = exportLimit + 1
	out.Columns = columns(a.Can(SeeRates))
	if none {
		return out, nil
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		entries, err := s.d.Store.Entries(ctx, tx, f)
		if err != nil {
			return err
		}
		if len(entries) > exportLimit {
			return ErrExportTooLarge
		}
		if err := s.nameAll(ctx, tx, entries); err != nil {
			return err
		}
		var ids []string
		for _, e := range entries {
			ids = append(ids, e.MemberID)
		}
		names, err := s.d.Team.NamesTx(ctx, tx, distinct(ids))
		if err != nil {
			return err
		}
		for _, e := range entries {
			out.Rows = append(out.Rows, e.cells(names[e.MemberID], a.Can(SeeRates)))
		}
		return nil
	})
	return out, err
}

func (e Entry) cells(member string, rates bool) []string {
	var from, to string
	if e.StartedAt != nil {
		if zone, err := ParseZone(e.Zone); err == nil {
			from, to = e.StartedAt.In(zone).Format("2006-01-02T15:04:05Z07:00"), e.EndedAt.In(zone).Format("2006-01-02T15:04:05Z07:00")
		}
	}
	billable := "no"
	if e.Billable {
		billable = "yes"
	}
	row := []string{
		e.Day.String(), member, e.ClientName, e.ProjectCode, e.ProjectName, e.TaskName, e.ServiceName,
		e.Note, from, to, e.Zone, hours(e.RawSeconds), hours(e.BilledSeconds), billable, e.State,
	}
	if !rates {
		return row
	}
	price := []string{"", "", "", "no rate"}
	if !e.Billable {
		price[3] = ""
	}
	if amount := e.Amount(); amount != nil {
		price = []string{e.Rate.String(), amount.Amount(), amount.Currency, e.RateCardName}
	}
	return append(row, price...)
}

func hours(seconds int64) string {
	return decimal.NewFromInt(seconds).Div(decimal.NewFromInt(3600)).Round(4).String()
}
