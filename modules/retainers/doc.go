// Package retainers owns agreements that grant hours or money: retainers with
// their periods, and blocks that were bought ahead. What comes in and goes out
// is a ledger (package ledger); balances are what its lines come to (rules 49 to 54).
//
// Timesheets tells it of time that was approved, edited or taken back, in the
// transaction that did it. It asks clients, projects and timesheets, makes its
// drafts through invoicing, and tells invoicing which time is covered.
//
// It announces retainers.retainer_*.v1 and retainers.period_*.v1.
package retainers
