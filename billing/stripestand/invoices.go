package stripestand

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// retryDays are the days after the first failure on which the card is tried again: eight tries in two weeks.
var retryDays = []int{1, 3, 5, 7, 9, 11, 13, 14}

func (s *Stand) makeInvoice(customerID, subID, reason string) *invoice {
	now := s.now()
	inv := &invoice{ID: s.id("in"), Customer: customerID, Sub: subID, Status: "draft", Reason: reason, Currency: "usd", Created: now, Start: now, End: now}
	s.st.Invoices[inv.ID] = inv
	defer func() { s.emit("invoice.created", s.invoiceJSON(inv)) }()
	return inv
}

// finalize gives the invoice its number and uses the customer's balance.
func (s *Stand) finalize(inv *invoice) {
	if inv.Status != "draft" {
		return
	}
	n := 0
	for _, o := range s.st.Invoices {
		if o.Number != "" {
			n++
		}
	}
	inv.Number, inv.Status, inv.FinalizedAt, inv.FinalizeAt, inv.Auto = fmt.Sprintf("STAND-%05d", n+1), "open", s.now(), time.Time{}, true
	c := s.st.Customers[inv.Customer]
	switch total := inv.total(); {
	case total < 0: // a credit is kept for what comes
		c.Balance += total
		inv.Applied = 0
	case c.Balance < 0:
		inv.Applied = min(total, -c.Balance)
		c.Balance += inv.Applied
	}
	s.emit("invoice.finalized", s.invoiceJSON(inv))
	if inv.due() == 0 {
		s.markPaid(inv)
	}
}

// attempt tries to collect an open invoice, and tells whether it is paid.
func (s *Stand) attempt(inv *invoice) bool {
	if inv.Status != "open" {
		return inv.Status == "paid"
	}
	if s.st.Customers[inv.Customer].Card == CardGood {
		inv.Attempts++
		inv.Paid = inv.due()
		s.markPaid(inv)
		return true
	}
	s.failed(inv)
	return false
}

func (s *Stand) failed(inv *invoice) {
	inv.Attempts++
	if inv.FirstFailed.IsZero() {
		inv.FirstFailed = s.now()
	}
	inv.NextAttempt = time.Time{}
	retries := inv.Attempts - 1
	if inv.Auto && retries < len(retryDays) {
		inv.NextAttempt = inv.FirstFailed.AddDate(0, 0, retryDays[retries])
	}
	if s.st.Customers[inv.Customer].Card == CardAsks {
		s.emit("invoice.payment_action_required", s.invoiceJSON(inv))
	}
	s.emit("invoice.payment_failed", s.invoiceJSON(inv))
	x := s.st.Subs[inv.Sub]
	if x == nil || inv.Reason == "subscription_create" {
		return
	}
	was := x.Status
	switch {
	case x.Status == "active" && inv.Reason == "subscription_cycle":
		x.Status = "past_due"
	case x.Status == "past_due" && inv.Reason == "subscription_cycle" && retries >= len(retryDays):
		x.Status = "unpaid"
	}
	if x.Status != was {
		s.emit("customer.subscription.updated", s.subJSON(x))
	}
}

func (s *Stand) markPaid(inv *invoice) {
	inv.Status, inv.PaidAt, inv.NextAttempt, inv.Auto = "paid", s.now(), time.Time{}, false
	s.emit("invoice.paid", s.invoiceJSON(inv))
	s.emit("invoice.payment_succeeded", s.invoiceJSON(inv))
	x := s.st.Subs[inv.Sub]
	if x == nil {
		return
	}
	was := x.Status
	switch {
	case x.Status == "incomplete" && inv.Reason == "subscription_create":
		x.Status = "active"
	case (x.Status == "past_due" || x.Status == "unpaid") && !s.owes(x):
		x.Status = "active"
	}
	applied := x.Pending != nil && x.Pending.Invoice == inv.ID
	if applied {
		x.Price, x.Quantity, x.Pending = x.Pending.Price, x.Pending.Quantity, nil
		s.emit("customer.subscription.pending_update_applied", s.subJSON(x))
	}
	if x.Status != was || applied {
		s.emit("customer.subscription.updated", s.subJSON(x))
	}
}

// owes tells whether an invoice of x still waits for its money, a draft of an unpaid time among them.
func (s *Stand) owes(x *sub) bool {
	for _, inv := range s.st.Invoices {
		if inv.Sub == x.ID && inv.Reason == "subscription_cycle" && (inv.Status == "open" || (inv.Status == "draft" && !inv.Auto)) {
			return true
		}
	}
	return false
}

// invoiceDue is when inv goes on by itself, and how.
func (s *Stand) invoiceDue(inv *invoice) (time.Time, func()) {
	switch {
	case inv.Status == "draft" && inv.Auto && !inv.FinalizeAt.IsZero():
		return inv.FinalizeAt, func() {
			s.finalize(inv)
			if !inv.Send {
				s.attempt(inv)
			}
		}
	case inv.Status == "open" && !inv.NextAttempt.IsZero():
		return inv.NextAttempt, func() { s.attempt(inv) }
	}
	return time.Time{}, nil
}

// upcoming is the invoice that a change would lead to. Nothing is kept of it.
func (s *Stand) upcoming(x *sub, c change) *invoice {
	inv := &invoice{ID: "upcoming", Customer: x.Customer, Sub: x.ID, Status: "draft", Reason: "upcoming", Currency: "usd", Created: s.now(), Start: x.Start, End: x.End}
	seq := s.st.Seq
	defer func() { s.st.Seq = seq }()
	for _, it := range sorted(s.st.Items) {
		if it.Invoice == "" && it.Sub == x.ID {
			inv.Lines = append(inv.Lines, it.line)
		}
	}
	if c.Proration != "none" {
		inv.Lines = append(inv.Lines, s.prorations(x, c.Price, c.Quantity, c.At)...)
	}
	if c.Proration == "always_invoice" {
		inv.NextAttempt = s.now()
		return inv
	}
	inv.NextAttempt = x.End
	if !x.CancelAtEnd {
		inv.Lines = append(inv.Lines, s.periodLine(c.Price, c.Quantity, x.End, monthsAfter(x.Anchor, x.Months+1)))
	}
	return inv
}

// sorted is the values of m by key, so that every run is alike.
func sorted[T any](m map[string]T) []T {
	out := make([]T, 0, len(m))
	for _, k := range slices.SortedFunc(maps.Keys(m), cmp.Compare[string]) {
		out = append(out, m[k])
	}
	return out
}
