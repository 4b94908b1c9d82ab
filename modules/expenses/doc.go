// Package expenses owns what people spend for the agency: expenses with their
// receipts, mileage and per diem, the categories and policies they fall under,
// the markups of clients, and the dated rates of allowances.
//
// An expense is decided on once (draft, submitted, approved or rejected) and
// settled twice, apart: paid back to the member, and billed to the client.
// Its exchange rate and the allowance rates it was made with are copied onto it.
//
// It asks projects for what an expense may be spent on and agency for the
// currency of the house (ports.go), and announces every change (events.go).
// Invoicing takes approved expenses through UnbilledTx, MarkBilledTx and
// ReleaseBilledTx.
package expenses
