// Package rates owns rate cards and the one function that says which bill rate
// an hour has, and why (rules 42 to 44).
//
// It owns services too: what is sold and logged, with the defaults of its time.
//
// It announces rates.card_*.v1, rates.rate_*.v1 and rates.service_*.v1. It asks
// clients whether a client exists, people which position a member has on a day,
// and, through ports, whose project it is and whether what a rate is for exists.
package rates
