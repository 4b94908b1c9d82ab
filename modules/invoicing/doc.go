// Package invoicing owns what an agency bills and is paid: legal entities,
// taxes, invoices, payments and how payments are applied.
//
// It asks clients whom to bill, timesheets what is unbilled, agency for
// defaults; it renders, files and mails documents through ports. It announces
// every change of an invoice or a payment and listens to nobody.
package invoicing
