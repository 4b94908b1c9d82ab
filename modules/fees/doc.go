// Package fees owns what a client agreed to pay for a project whatever the
// hours: fixed fees, billed by percent, by a schedule of dates or by milestones
// that are accepted, and the change orders that alter them.
//
// What was billed of a fee is the sum of its ledger, never more than its
// contract. Invoicing bills fees through BillTx, AgainTx and GiveBackTx and asks
// CoveredTx whose time is covered and therefore not billed by the hour.
//
// It asks projects whose project it is, and announces every change of a fee.
package fees
