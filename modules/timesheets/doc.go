// Package timesheets owns worked time: timers, time entries, and the weeks in
// which they are submitted and approved.
//
// An entry keeps its instants, its zone and the local work date decided then.
// An entry across midnight counts on the date it started, as a whole: one entry
// is in one day, one week and one approval, never in two.
//
// It announces timers, entries and decisions (events.go), asks projects for what
// time goes to, rates for the price of an hour and people for expected hours
// (ports.go). Invoicing takes approved time through UnbilledTx, MarkBilledTx and
// ReleaseBilledTx.
package timesheets
