package invoicingpdf_test

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/pdf"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
	"github.com/bureauhq/bureau/modules/invoicing/invoicingpdf"
)

// The reader of PDFs would write its settings into the home directory, and tests that do so at once race.
func TestMain(m *testing.M) {
	api.DisableConfigDir()
	m.Run()
}

func document(lines int) invoicing.Document {
	from, to := day.MustParse("2026-02-01"), day.MustParse("2026-02-28")
	vat := calc.Tax{ID: "vat", Name: "VAT", Kind: calc.Standard, Percent: decimal.NewFromInt(19)}
	doc := invoicing.Document{
		Number: "INV-2026-0042", IssueOn: day.MustParse("2026-03-02"), DueOn: day.MustParse("2026-04-01"), PeriodFrom: &from, PeriodTo: &to,
		Seller:    invoicing.Party{Name: "Nordlicht Studio GmbH", Address: []string{"Hafenstraße 7", "20457 Hamburg", "DE"}, TaxID: "DE123456789", Registration: "HRB 4711", Email: "billing@nordlicht.example"},
		Buyer:     invoicing.Party{Name: "Łódź Αθήνα Київ Ltd", Address: []string{"1 High Street", "London"}, TaxID: "GB999"},
		Bank:      invoicing.Bank{Name: "Hausbank", Account: "DE02 1203 0000 0000 2020 51", Code: "BYLADEM1001"},
		Reference: "PO-77", Currency: "EUR", Locale: "de", Taxes: []calc.TaxAmount{{Tax: vat, Base: money.Of(1180000, "EUR"), Amount: money.Of(224200, "EUR")}},
		Net: money.Of(1180000, "EUR"), Tax: money.Of(224200, "EUR"), Total: money.Of(1404200, "EUR"),
		Note: "Thank you for working with us.", Footer: "Payment without deduction.", Colour: "#2855D9",
	}
	for n := range lines {
		doc.Lines = append(doc.Lines, invoicing.DocumentLine{
			Description: fmt.Sprintf("Website relaunch: design of page templates and a long explanation of part %d of the work", n+1),
			Quantity:    decimal.RequireFromString("12.5"), Unit: "h", UnitPrice: decimal.RequireFromString("94.4"), Taxes: []string{"VAT"}, Amount: money.Of(118000, "EUR"),
		})
	}
	return doc
}

func logo(t *testing.T) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 120, 40))
	for x := range 120 {
		img.Set(x, 20, color.NRGBA{40, 85, 217, uint8(x * 2)})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTheSameDocumentGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	for _, lines := range []int{1, 10, 120} {
		a, err := invoicingpdf.Renderer{}.Render(document(lines), logo(t))
		if err != nil {
			t.Fatal(err)
		}
		b, err := invoicingpdf.Renderer{}.Render(document(lines), logo(t))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%d lines: two renderings differ", lines)
		}
		if err := api.Validate(bytes.NewReader(a), nil); err != nil {
			t.Errorf("%d lines: %v", lines, err)
		}
		if pages, err := api.PageCount(bytes.NewReader(a), nil); err != nil || (pages == 1) != (lines < 10) {
			t.Errorf("%d lines on %d pages, %v", lines, pages, err)
		}
		if dir := os.Getenv("BUREAU_PDF_DIR"); dir != "" {
			_ = os.WriteFile(fmt.Sprintf("%s/invoice-%d.pdf", dir, lines), a, 0o600)
		}
	}
}

func TestABrokenLogoIsLeftOut(t *testing.T) {
	t.Parallel()
	if _, err := (invoicingpdf.Renderer{}).Render(document(1), []byte("no picture")); err != nil {
		t.Fatal(err)
	}
}

// Each language and layout draws, and a drawing in one is no drawing in another.
func TestLanguagesAndLayoutsDraw(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, language := range invoicing.Languages {
		for _, layout := range invoicing.Layouts {
			doc := document(10)
			doc.Language, doc.Layout = language, layout
			raw, err := invoicingpdf.Renderer{}.Render(doc, logo(t))
			if err != nil {
				t.Fatal(err)
			}
			if err := api.Validate(bytes.NewReader(raw), nil); err != nil {
				t.Errorf("%s %s: %v", language, layout, err)
			}
			name := string(language) + "-" + string(layout)
			if other, same := seen[string(raw)]; same {
				t.Errorf("%s is drawn as %s is", name, other)
			}
			seen[string(raw)] = name
			if dir := os.Getenv("BUREAU_PDF_DIR"); dir != "" {
				_ = os.WriteFile(dir+"/"+name+".pdf", raw, 0o600)
			}
		}
	}
}

// The heads of the table of fees stand apart in every language, with what is retained among them too.
func TestHeadsOfFeesStandApart(t *testing.T) {
	t.Parallel()
	for _, language := range invoicing.Languages {
		for _, retained := range []int64{0, 119988} {
			doc := document(1)
			eur := func(minor int64) money.Money { return money.Of(minor, "EUR") }
			doc.Language, doc.Progress = language, []invoicing.Progress{{Name: "Relaunch", Contract: eur(2400000), Before: eur(739926), This: eur(739926), Left: eur(920148 - retained), Retained: eur(retained)}}
			raw, err := invoicingpdf.Renderer{}.Render(doc, nil)
			if err != nil {
				t.Fatal(err)
			}
			w := invoicing.WordsIn(language)
			heads := strings.Fields(strings.Join([]string{w.Agreed, w.Contract, w.BilledBefore, w.ThisDocument, w.Retained, w.Left}, " "))
			rows := map[string][][2]float64{}
			m := pdf.New("", "", "", doc.IssueOn)
			m.Font("B", 8.5, 0)
			for _, p := range testkit.PDFPieces(t, raw) {
				if words := strings.Fields(p.Text); len(words) > 0 && !slices.ContainsFunc(words, func(x string) bool { return !slices.Contains(heads, x) }) {
					key := fmt.Sprintf("%.1f", p.Y)
					rows[key] = append(rows[key], [2]float64{p.X, p.X + m.GetStringWidth(p.Text)})
				}
			}
			if len(rows) == 0 {
				t.Errorf("%s: no heads", language)
			}
			for y, row := range rows {
				slices.SortFunc(row, func(a, b [2]float64) int { return cmp.Compare(a[0], b[0]) })
				for n := 1; n < len(row); n++ {
					if row[n][0] < row[n-1][1]+1 {
						t.Errorf("%s, retained %d: two heads at %s mm have %.1f mm between them", language, retained, y, row[n][0]-row[n-1][1])
					}
				}
			}
		}
	}
}
