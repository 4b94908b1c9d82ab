package testkit

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
)

// shown finds the strings that a page of ours shows, each in UTF-16.
var shown = regexp.MustCompile(`(?s)\(((?:\\.|[^\\)])*)\)\s*Tj`)

// PDFText reads what a paper of the house says, one written piece a line, in the order of writing.
func PDFText(t testing.TB, raw []byte) string {
	t.Helper()
	api.DisableConfigDir()
	doc, err := api.ReadValidateAndOptimize(bytes.NewReader(raw), model.NewDefaultConfiguration())
	if err != nil {
		t.Fatalf("this is no PDF: %v", err)
	}
	var out strings.Builder
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
			out.WriteString(utf16Text(m[1]) + "\n")
		}
	}
	return out.String()
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
