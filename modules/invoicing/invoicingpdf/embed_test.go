package invoicingpdf_test

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"github.com/bureauhq/bureau/modules/invoicing/einvoice/facturx"
	"github.com/bureauhq/bureau/modules/invoicing/invoicingpdf"
)

// Another program reads out of the PDF exactly what was put in.
func TestEmbeddedDataAreReadOutBitForBit(t *testing.T) {
	t.Parallel()
	data := []byte("<?xml version=\"1.0\"?>\n<Ünïcode>" + strings.Repeat("0123456789", 5000) + "</Ünïcode>\n")
	for _, lines := range []int{1, 60} {
		doc := document(lines)
		plain, err := invoicingpdf.Renderer{}.Render(doc, logo(t))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := invoicingpdf.Renderer{}.Embed(doc, plain, data)
		if err != nil {
			t.Fatal(err)
		}
		again, err := invoicingpdf.Renderer{}.Embed(doc, plain, data)
		if err != nil || !bytes.Equal(raw, again) {
			t.Errorf("two embeddings differ, %v", err)
		}
		if !bytes.HasPrefix(raw, plain) {
			t.Error("what was drawn is not in front of the update")
		}
		if dir := os.Getenv("BUREAU_PDF_DIR"); dir != "" {
			_ = os.WriteFile(dir+"/embedded.pdf", raw, 0o600)
		}
		if err := api.Validate(bytes.NewReader(raw), nil); err != nil {
			t.Errorf("%d lines: %v", lines, err)
		}
		files, err := api.ExtractAttachmentsRaw(bytes.NewReader(raw), "", nil, nil)
		if err != nil || len(files) != 1 || files[0].FileName != facturx.Name {
			t.Fatalf("attachments %+v, %v", files, err)
		}
		if got, err := io.ReadAll(files[0]); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%d bytes were read out, %d put in, %v", len(got), len(data), err)
		}
	}
}

// The file is an associated one, related as the standard says, and the metadata name it. They claim no PDF/A.
func TestTheEmbeddedFileIsRelatedAndDescribed(t *testing.T) {
	t.Parallel()
	doc := document(1)
	plain, err := invoicingpdf.Renderer{}.Render(doc, nil)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := invoicingpdf.Renderer{}.Embed(doc, plain, []byte("<x/>"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, err := api.ReadContext(bytes.NewReader(raw), model.NewDefaultConfiguration())
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := ctx.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	files, err := ctx.DereferenceArray(catalog["AF"])
	if err != nil || len(files) != 1 {
		t.Fatalf("associated files %v, %v", files, err)
	}
	spec, err := ctx.DereferenceDict(files[0])
	if err != nil || spec.NameEntry("AFRelationship") == nil || *spec.NameEntry("AFRelationship") != "Alternative" {
		t.Errorf("the file is %v, %v", spec, err)
	}
	if intents, err := ctx.DereferenceArray(catalog["OutputIntents"]); err != nil || len(intents) != 1 {
		t.Errorf("output intents %v, %v", intents, err)
	}
	for _, want := range []string{"<fx:ConformanceLevel>EN 16931<", "<fx:DocumentFileName>factur-x.xml<", "Nordlicht Studio GmbH", "INV-2026-0042"} {
		if !bytes.Contains(raw, []byte(want)) {
			t.Errorf("the metadata do not say %s", want)
		}
	}
	if bytes.Contains(raw, []byte("pdfaid")) {
		t.Error("PDF/A is claimed, and nothing here proves it")
	}
}

func TestAnUnknownPDFIsRefused(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"", "%PDF-1.7\nno trailer", "%PDF-1.7\ntrailer\n<<\n/Size 3\n/Root 1 0 R\n/Info 2 0 R\n>>\nstartxref\n5\n%%EOF\n"} {
		if _, err := facturx.Embed([]byte(raw), []byte("<x/>"), facturx.Meta{}); err == nil {
			t.Errorf("%q was taken", raw)
		}
	}
}
