// Package table writes records line by line, as CSV and as an Excel workbook.
package table

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// Kind says what the cells of a column are.
type Kind string

// The kinds of columns.
const (
	Text   Kind = "text"
	Date   Kind = "date"
	Number Kind = "number"
)

// Column is the head of a column.
type Column struct {
	Name string
	Kind Kind
}

// Col is a column.
func Col(name string, k Kind) Column { return Column{name, k} }

// Table is an export, line by line.
type Table struct {
	Columns []Column
	Rows    [][]string
}

// CSV is the table with a head.
func (t Table) CSV() ([]byte, error) {
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
			if line[i] = cell; t.Columns[i].Kind == Text {
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

// XLSX writes days as days and hours and amounts as numbers, so that they can be
// added up. Text is text, whatever it begins with.
func (t Table) XLSX(name string) ([]byte, error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
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

func typed(cell string, kind Kind, dates int) any {
	switch kind {
	case Number:
		if n, err := strconv.ParseFloat(cell, 64); err == nil {
			return n
		}
	case Date:
		if d, err := time.Parse(time.DateOnly, cell); err == nil {
			return excelize.Cell{StyleID: dates, Value: d}
		}
	case Text:
	}
	return cell
}
