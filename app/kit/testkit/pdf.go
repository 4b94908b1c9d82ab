package testkit

import (
	"bytes"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
)

// shown finds the strings that a page of ours shows, each in UTF-16, and where they begin.
var shown = regexp.MustCompile(`(?s)BT ([\d.]+) ([\d.]+) Td \(((?:\\.|[^\\)])*)\)\s*Tj`)

// Piece is a text on a sheet, with where it begins: in millimetres from the left, and from below.
type Piece struct {
	Text string
	X, Y float64
}

// PDFText reads what a paper of the house says, one written piece a line, in the order of writing.
func PDFText(t testing.TB, raw []byte) string {
	t.Helper()
	var out strings.Builder
	for _, p := range PDFPieces(t, raw) {
		out.WriteString(p.Text + "\n")
	}
	return out.String()
}

// PDFPieces reads what a paper of the house says, and where, sheet by sheet in the order of writing.
func PDFPieces(t testing.TB, raw []byte) (out []Piece) {
	t.Helper()
	api.DisableConfigDir()
	doc, err := api.ReadValidateAndOptimize(bytes.NewReader(raw), model.NewDefaultConfiguration())
	if err != nil {
		t.Fatalf("this is no PDF: %v", err)
	}
	for page := 1; page <= doc.PageCount; page++ {
		r, err := pdfcpu.ExtractPageContent(doc, page)
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range shown.FindAllSubmatch(content, -1) {
			out = append(out, Piece{utf16Text(m[3]), millimetres(t, m[1]), millimetres(t, m[2])})
		}
	}
	return out
}

func millimetres(t testing.TB, points []byte) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(string(points), 64)
	if err != nil {
		t.Fatal(err)
	}
	return n * 25.4 / 72
}

func utf16Text(escaped []byte) string {
	var plain []byte
	for i := 0; i < len(escaped); i++ {
		if escaped[i] == '\\' && i+1 < len(escaped) {
			i++
			if escaped[i] == 'r' {
				plain = append(plain, '\r')
				continue
			}
		}
		plain = append(plain, escaped[i])
	}
	units := make([]uint16, len(plain)/2)
	for i := range units {
		units[i] = uint16(plain[2*i])<<8 | uint16(plain[2*i+1])
	}
	return string(utf16.Decode(units))
}
