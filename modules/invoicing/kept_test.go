package invoicing_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/invoicing/invoicingpdf"
)

// drift draws every document a little differently each time, as another build of the program would.
type drift struct {
	invoicingpdf.Renderer
	mu sync.Mutex
	n  int
}

func (d *drift) Render(doc invoicing.Document, logo []byte) ([]byte, error) {
	d.mu.Lock()
	d.n++
	extra := strings.Repeat("\n", d.n)
	d.mu.Unlock()
	raw, err := d.Renderer.Render(doc, logo)
	return append(raw, extra...), err
}

// Rule 20: what was kept first is what everybody reads, mails and downloads, however often and by whatever build it is asked for.
func TestRule20_TheKeptPDFIsOneFileByteForByte(t *testing.T) {
	t.Parallel()
	w := setup(t, func(d *invoicing.Deps) { d.Renderer = &drift{} })
	i := w.issued(t)
	all := make([][]byte, 8)
	var wg sync.WaitGroup
	for n := range all {
		wg.Go(func() {
			pdf, err := w.svc.PDF(w.Ctx, i.ID)
			if err != nil {
				t.Error(err)
			}
			all[n] = pdf.Bytes
		})
	}
	wg.Wait()
	if _, err := w.svc.Send(w.Ctx, i.ID, invoicing.Letter{}); err != nil {
		t.Fatal(err)
	}
	w.Work(t) // the job that keeps it and the one that mails it
	if len(w.mails) != 1 {
		t.Fatalf("%d mails", len(w.mails))
	}
	later, err := w.svc.PDF(w.Ctx, i.ID)
	if err != nil {
		t.Fatal(err)
	}
	for n, raw := range append(all, w.mails[0].Files[0].Bytes) {
		if !bytes.Equal(raw, later.Bytes) {
			t.Errorf("reader %d has another file than the one kept", n)
		}
	}
	if len(w.mails[0].Files[0].Bytes) == 0 {
		t.Error("the mail has no file")
	}
}

func TestRule20_AFileThatIsNotTheKeptOneIsNotHandedOut(t *testing.T) {
	t.Parallel()
	w := setup(t)
	i := w.issued(t)
	if _, err := w.svc.PDF(w.Ctx, i.ID); err != nil {
		t.Fatal(err)
	}
	key := w.find(t, i.ID).PDFKey
	w.mu.Lock()
	w.files[key][len(w.files[key])/2]++
	w.mu.Unlock()
	if pdf, err := w.svc.PDF(w.Ctx, i.ID); err == nil || pdf.Bytes != nil {
		t.Errorf("a changed file was handed out, %v", err)
	}
}

// A client who wants e-invoices gets none that lacks something: it is told before a number is taken, and nothing is
// left behind. Each form is made once, kept, and mailed as the client wants it.
func TestAnEInvoiceIsCheckedBeforeItIsIssuedAndThenKept(t *testing.T) {
	t.Parallel()
	w := setup(t)
	vat := w.taxRate(t, invoicing.TaxRate{Name: "VAT", Steps: []invoicing.TaxStep{{Percent: dec("19")}}})
	for _, c := range []struct {
		format invoicing.Format
		files  []string
	}{
		{invoicing.FacturX, []string{".pdf"}}, {invoicing.UBL, []string{".pdf", "-ubl.xml"}}, {invoicing.CII, []string{".pdf", "-cii.xml"}},
	} {
		w.client.Format, w.client.Postal.Country = c.format, ""
		entities, _ := w.svc.Entities(w.Ctx)
		if len(entities) > 0 {
			if _, err := w.svc.ChangeEntity(w.Ctx, entities[0].ID, entities[0].Version, func(e *invoicing.LegalEntity) { e.TaxID = "" }); err != nil {
				t.Fatal(err)
			}
		}
		d := w.draft(t, free("Work", "1", "100", vat.ID))
		e, err := w.svc.EInvoice(w.Ctx, d.ID)
		if err != nil || e.Format != c.format || len(e.Lacks) < 2 {
			t.Errorf("before: %+v, %v", e, err)
		}
		_, err = w.svc.Issue(w.Ctx, d.ID, day.Date{})
		wantFault(t, err, invoicing.ErrNotEInvoice)
		f := (*fault.Error)(nil)
		if !errors.As(err, &f) || !slices.ContainsFunc(f.Fields, func(x fault.Field) bool {
			return x.Path == "client.address.country" && strings.Contains(x.Text, "BT-55")
		}) {
			t.Errorf("fields %+v", f)
		}
		if now := w.find(t, d.ID); now.State != invoicing.Draft || now.Number != "" {
			t.Errorf("left behind: %+v", now)
		}
		w.client.Postal.Country = "GB"
		entities, _ = w.svc.Entities(w.Ctx)
		if _, err := w.svc.ChangeEntity(w.Ctx, entities[0].ID, entities[0].Version, func(e *invoicing.LegalEntity) {
			e.TaxID, e.Address.Country = "DE123456789", "DE"
		}); err != nil {
			t.Fatal(err)
		}
		i, err := w.svc.Issue(w.Ctx, d.ID, day.Date{})
		if err != nil {
			t.Fatal(err)
		}
		w.mails = nil
		if _, err := w.svc.Send(w.Ctx, i.ID, invoicing.Letter{}); err != nil {
			t.Fatal(err)
		}
		w.Work(t)
		if len(w.mails) != 1 || len(w.mails[0].Files) != len(c.files) {
			t.Fatalf("%s: mails %+v", c.format, w.mails)
		}
		for n, file := range w.mails[0].Files {
			if file.Name != i.Number+c.files[n] {
				t.Errorf("%s is called %s", c.format, file.Name)
			}
		}
		w.client.Name, w.client.Postal.Country = "Renamed", "FR"
		last := w.mails[0].Files[len(c.files)-1]
		again, err := w.svc.Form(w.Ctx, i.ID, c.format)
		if err != nil || !bytes.Equal(again.Bytes, last.Bytes) {
			t.Errorf("%s: another file than was mailed, %v", c.format, err)
		}
		if bytes.Contains(w.mails[0].Files[0].Bytes, []byte("factur-x.xml")) != (c.format == invoicing.FacturX) {
			t.Errorf("%s: the PDF has data in it, or none", c.format)
		}
		if plain, err := w.svc.PDF(w.Ctx, i.ID); err != nil || !bytes.Equal(plain.Bytes, w.mails[0].Files[0].Bytes) {
			t.Errorf("%s: the PDF is another than was mailed, %v", c.format, err)
		}
	}
	w.client.Format = invoicing.PlainPDF
	if i := w.issued(t); i.Number != "INV-2026-0004" {
		t.Errorf("refusals took numbers: %s", i.Number)
	}
}
