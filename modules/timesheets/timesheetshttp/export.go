package timesheetshttp

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

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
	body, err := toCSV(table)
	return &fileOut{"text/csv; charset=utf-8", `attachment; filename="time-entries.csv"`, body}, err
}

func (h handlers) xlsx(ctx context.Context, in *exportIn) (*fileOut, error) {
	table, err := h.svc.Export(ctx, in.filter())
	if err != nil {
		return nil, err
	}
	body, err := toXLSX(table)
	return &fileOut{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", `attachment; filename="time-entries.xlsx"`, body}, err
}

func toCSV(t timesheets.Table) ([]byte, error) {
	var buf bytes.Buffer
	w := csv.NewWriter(&buf)
	head := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = c.Name
	}
	if err := w.Write(head); err != nil {
		return nil, err
	}
	line := make([]string, len(t.Columns))
	for _, row := range t.Rows {
		for i, cell := range row {
			if line[i] = cell; t.Columns[i].Kind == timesheets.Text {
				line[i] = safeCell(cell)
			}
		}
		if err := w.Write(line); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return buf.Bytes(), w.Error()
}

// safeCell keeps a spreadsheet from running what a person typed as a formula.
func safeCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}

// toXLSX writes days as days and hours and amounts as numbers, so that they can be
// added up. Text is text, whatever it begins with.
func toXLSX(t timesheets.Table) ([]byte, error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	const name = "Time"
	if err := f.SetSheetName(f.GetSheetName(0), name); err != nil {
		return nil, fmt.Errorf("name the sheet: %w", err)
	}
	format := "yyyy-mm-dd"
	dates, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err != nil {
		return nil, fmt.Errorf("style of days: %w", err)
	}
	w, err := f.NewStreamWriter(name)
	if err != nil {
		return nil, fmt.Errorf("write the sheet: %w", err)
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, fmt.Errorf("hold the head: %w", err)
	}
	cells := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		cells[i] = c.Name
	}
	for n := 0; ; n++ {
		at, err := excelize.CoordinatesToCellName(1, n+1)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if err := w.SetRow(at, cells); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if n == len(t.Rows) {
			break
		}
		for i, cell := range t.Rows[n] {
			cells[i] = typed(cell, t.Columns[i].Kind, dates)
		}
	}
	if err := w.Flush(); err != nil {
		return nil, fmt.Errorf("end the sheet: %w", err)
	}
	buf, err := f.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("write the workbook: %w", err)
	}
	return buf.Bytes(), nil
}

func typed(cell string, kind timesheets.Kind, dates int) any {
	switch kind {
	case timesheets.Number:
		if n, err := strconv.ParseFloat(cell, 64); err == nil {
			return n
		}
	case timesheets.Date:
		if d, err := time.Parse(time.DateOnly, cell); err == nil {
			return excelize.Cell{StyleID: dates, Value: d}
		}
	case timesheets.Text:
	}
	return cell
}
