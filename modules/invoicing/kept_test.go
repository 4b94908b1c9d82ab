package invoicing_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"

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
	for n, raw := range append(all, w.mails[0].PDF) {
		if !bytes.Equal(raw, later.Bytes) {
			t.Errorf("reader %d has another file than the one kept", n)
		}
	}
	if len(w.mails[0].PDF) == 0 {
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
