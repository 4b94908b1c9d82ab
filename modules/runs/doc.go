// Package runs makes invoices that nobody writes by hand: runs, which bill all
// clients of a period one after the other.
//
// It asks clients who there is and invoicing what there is to bill, and makes
// every invoice through invoicing.BillTx. A client of a run is billed in one
// transaction together with the note that it was, so a run that breaks off
// goes on where it was, and no client is billed twice.
//
// Runs of statements go the same way: they mail every client who owes something
// its statement to the end of a day, once a client and day, when somebody asks
// for it or on a day of the month.
//
// It announces runs.invoice_run_*.v1, runs.statement_run_*.v1 and runs.statement_month_changed.v1.
package runs
