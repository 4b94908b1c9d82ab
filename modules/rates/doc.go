// Package rates owns rate cards and the one function that says which bill rate
// an hour has, and why (rules 42 to 44).
//
// It announces rates.card_*.v1 and rates.rate_*.v1. It asks clients whether a
// client exists, people which position a member has on a day, and, through the
// port Projects, whose project it is.
package rates
