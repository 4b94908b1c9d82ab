package app_test

import (
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/runs"
)

// BenchmarkInvoiceRun bills 500 clients with 50,000 entries (BUREAU_BENCH_CLIENTS: 100 entries each) in one run, and looks ahead before.
func BenchmarkInvoiceRun(b *testing.B) {
	clients := 500
	if n, err := strconv.Atoi(os.Getenv("BUREAU_BENCH_CLIENTS")); err == nil {
		clients = n
	}
	for _, how := range []invoicing.How{invoicing.AsDraft, invoicing.AsIssued} {
		b.Run(string(how), func(b *testing.B) {
			w := newBiller(b)
			w.work(b)
			w.with(b, clients, 100)
			for b.Loop() {
				began := time.Now()
				if _, _, err := w.a.Services.Runs.Preview(w.ctx, february(how), page.Query{}); err != nil {
					b.Fatal(err)
				}
				ahead := time.Since(began)
				r := w.run(b, february(how))
				if n := r.Counts[runs.Drafted] + r.Counts[runs.Issued]; n != clients {
					b.Fatalf("%d of %d clients were billed", n, clients)
				}
				b.ReportMetric(ahead.Seconds()*1000, "ms/preview-of-50")
				b.ReportMetric((time.Since(began) - ahead).Seconds(), "s/run")
			}
		})
	}
}
