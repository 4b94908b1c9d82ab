package table_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/bureauhq/bureau/app/kit/table"
)

var sample = table.Table{
	Columns: []table.Column{{Name: "date", Kind: table.Date}, {Name: "note", Kind: table.Text}, {Name: "hours", Kind: table.Number}, {Name: "rate", Kind: table.Number}},
	Rows: [][]string{
		{"2026-03-02", `=HYPERLINK("http://evil")`, "1.5", "-95"}, {"2026-03-03", "+1", "0.25", ""}, {"2026-03-04", "-1", "8", "0"}, {"2026-03-05", "@x", "1", "95.5"}, {"2026-03-06", "fine", "1", "1"},
	},
}

func TestCSVIsSafeForSpreadsheets(t *testing.T) {
	t.Parallel()
	body, err := sample.CSV()
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	if err != nil || len(lines) != 6 || strings.Join(lines[0], ",") != "date,note,hours,rate" {
		t.Fatal(lines, err)
	}
	for _, line := range lines[1:] {
		if strings.ContainsRune("=+-@", rune(line[1][0])) {
			t.Errorf("a text begins with a formula: %q", line[1])
		}
	}
	if lines[1][3] != "-95" {
		t.Errorf("a number is no formula: %q", lines[1][3])
	}
}

func TestXLSXHoldsNumbersDaysAndText(t *testing.T) {
	t.Parallel()
	body, err := sample.XLSX("Time")
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := f.GetRows("Time")
	if err != nil || len(rows) != 6 {
		t.Fatal(rows, err)
	}
	for i, want := range sample.Rows {
		if got := rows[i+1]; got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
			t.Errorf("line %d: %q, want %q", i, got, want)
		}
	}
	// Numbers have no type of their own in a workbook; text and formulas have.
	for cell, numeric := range map[string]bool{"A2": true, "B2": false, "C2": true, "D2": true, "B4": false} {
		kind, err := f.GetCellType("Time", cell)
		text := kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString
		if err != nil || text == numeric {
			t.Errorf("%s is of type %v, %v", cell, kind, err)
		}
		if formula, err := f.GetCellFormula("Time", cell); err != nil || formula != "" {
			t.Errorf("%s is a formula: %q, %v", cell, formula, err)
		}
	}
}
