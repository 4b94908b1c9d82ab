// Package recurring bills clients the same again and again: a schedule lays
// periods on the calendar, and each of them becomes one invoice.
//
// It makes every invoice through invoicing.BillTx, so what clients have besides,
// approved time and expenses, comes along as on any other bill. A period is
// written down in the transaction that makes its invoice and has one row, so it
// is billed once however often the job runs or dies. What was missed while a
// schedule stood still waits for somebody to decide.
//
// It announces recurring.*.v1 and listens to drafts that are thrown away.
package recurring
