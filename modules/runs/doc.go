// Package runs makes invoices that nobody writes by hand: runs, which bill all
// clients of a period one after the other.
//
// It asks clients who there is and invoicing what there is to bill, and makes
// every invoice through invoicing.BillTx. A client of a run is billed in one
// transaction together with the note that it was, so a run that breaks off
// goes on where it was, and no client is billed twice.
//
// It announces runs.invoice_run_*.v1.
package runs
