package timesheetshttp

import (
	"context"
	"net/http"

	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/timesheets"
)

func registerExports(api *httpapi.API, h handlers, base string) {
	exporting := func(o httpapi.Op) httpapi.Op {
		o.Exports = true
		return o
	}
	httpapi.Handle(api, exporting(op("time-entries-export", http.MethodGet, base+"/export.csv", "Time entries as CSV", timesheets.WriteOwn)), h.csv)
	httpapi.Handle(api, exporting(op("time-entries-export-xlsx", http.MethodGet, base+"/export.xlsx", "Time entries as an Excel workbook", timesheets.WriteOwn)), h.xlsx)
}

type (
	exportIn struct{ EntryFilter }
	fileOut  struct {
		ContentType        string `header:"Content-Type"`
		ContentDisposition string `header:"Content-Disposition"`
		Body               []byte
	}
)

func (h handlers) csv(ctx context.Context, in *exportIn) (*fileOut, error) {
	table, err := h.svc.Export(ctx, in.filter())
	if err != nil {
		return nil, err
	}
	body, err := table.CSV()
	return &fileOut{"text/csv; charset=utf-8", `attachment; filename="time-entries.csv"`, body}, err
}

func (h handlers) xlsx(ctx context.Context, in *exportIn) (*fileOut, error) {
	table, err := h.svc.Export(ctx, in.filter())
	if err != nil {
		return nil, err
	}
	body, err := table.XLSX("Time")
	return &fileOut{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", `attachment; filename="time-entries.xlsx"`, body}, err
}
