package stripestand

import (
	"fmt"
	"time"
)

// How long things wait (Stripe's documentation of incomplete subscriptions, pending updates and invoices).
const (
	incompleteTime = 23 * time.Hour
	pendingTime    = 23 * time.Hour
	draftTime      = time.Hour
)

type newSub struct {
	Customer, Price string
	Quantity        int64
	TrialEnd        time.Time
	NoCard          string
	AllowIncomplete bool
	Meta            map[string]string
}

// makeSub begins a subscription, with its first invoice unless it begins with a trial.
func (s *Stand) makeSub(n newSub) (*sub, *apiError) {
	now := s.now()
	x := &sub{
		ID: s.id("sub"), Item: s.id("si"), Customer: n.Customer, Price: n.Price, Quantity: n.Quantity, Created: now, Collect: true,
		Anchor: now, Months: 1, Start: now, End: monthsAfter(now, 1), NoCard: n.NoCard, Meta: n.Meta,
	}
	if x.NoCard == "" {
		x.NoCard = "create_invoice"
	}
	if n.TrialEnd.After(now) {
		x.Status, x.TrialStart, x.TrialEnd = "trialing", now, n.TrialEnd
		x.Anchor, x.Months, x.End = n.TrialEnd, 0, n.TrialEnd
		s.st.Subs[x.ID] = x
		s.emit("customer.subscription.created", s.subJSON(x))
		return x, nil
	}
	x.Status = "incomplete"
	s.st.Subs[x.ID] = x
	inv := s.cycleInvoice(x, "subscription_create")
	s.emit("customer.subscription.created", s.subJSON(x))
	s.finalize(inv)
	if s.attempt(inv) {
		return x, nil
	}
	if !n.AllowIncomplete {
		delete(s.st.Subs, x.ID)
		inv.Status, inv.Auto, inv.NextAttempt = "void", false, time.Time{}
		return nil, cardError()
	}
	return x, nil
}

// cycleInvoice bills the running period of x and sweeps up what waits.
func (s *Stand) cycleInvoice(x *sub, reason string) *invoice {
	inv := s.makeInvoice(x.Customer, x.ID, reason)
	s.sweep(inv, x)
	inv.Lines = append(inv.Lines, s.periodLine(x.Price, x.Quantity, x.Start, x.End))
	inv.Start, inv.End = x.Start, x.Start
	x.Latest = inv.ID
	return inv
}

func (s *Stand) periodLine(priceID string, quantity int64, from, to time.Time) line {
	p := s.st.Prices[priceID]
	return line{
		ID: s.id("il"), Text: fmt.Sprintf("%d × %s (at $%d.%02d / month)", quantity, p.Name, p.Amount/100, p.Amount%100),
		Amount: p.Amount * quantity, Quantity: quantity, Price: p.ID, Start: from, End: to,
	}
}

// sweep moves what waits for x onto the invoice.
func (s *Stand) sweep(inv *invoice, x *sub) {
	for _, it := range sorted(s.st.Items) {
		if it.Invoice == "" && it.Customer == x.Customer && it.Sub == x.ID {
			it.Invoice = inv.ID
			inv.Lines = append(inv.Lines, it.line)
		}
	}
}

// prorations are the two lines of a change at t: what is not used of the old, and the rest of the period of the new.
func (s *Stand) prorations(x *sub, priceID string, quantity int64, t time.Time) []line {
	if x.Status == "trialing" || (priceID == x.Price && quantity == x.Quantity) {
		return nil
	}
	whole, rest := x.End.Unix()-x.Start.Unix(), max(0, x.End.Unix()-t.Unix())
	row := func(priceID string, quantity, sign int64, text string) line {
		p := s.st.Prices[priceID]
		return line{
			ID: s.id("il"), Text: fmt.Sprintf("%s %d × %s after %s", text, quantity, p.Name, t.Format("02 Jan 2006")), Price: priceID, Quantity: quantity,
			Amount: sign * share(p.Amount*quantity, rest, whole), Proration: true, Start: t, End: x.End,
		}
	}
	var out []line
	if x.Quantity > 0 {
		out = append(out, row(x.Price, x.Quantity, -1, "Unused time on"))
	}
	if quantity > 0 {
		out = append(out, row(priceID, quantity, 1, "Remaining time on"))
	}
	return out
}

type change struct {
	Price          string
	Quantity       int64
	Proration      string // none, create_prorations, always_invoice
	PendingIfFails bool
	At             time.Time
}

// change gives x another price or quantity.
func (s *Stand) change(x *sub, c change) *apiError {
	if x.Status == "canceled" || x.Status == "incomplete_expired" {
		return invalid("subscription", "The subscription has ended and cannot be changed.")
	}
	if x.Pending != nil {
		s.dropPending(x, "customer.subscription.pending_update_expired")
	}
	lines := []line(nil)
	if c.Proration != "none" {
		lines = s.prorations(x, c.Price, c.Quantity, c.At)
	}
	for _, l := range lines {
		it := &item{line: l, Customer: x.Customer, Sub: x.ID, Currency: "usd", Created: s.now()}
		it.ID = s.id("ii")
		it.Item = it.ID
		s.st.Items[it.ID] = it
	}
	if c.Proration != "always_invoice" || len(lines) == 0 {
		x.Price, x.Quantity = c.Price, c.Quantity
		s.emit("customer.subscription.updated", s.subJSON(x))
		return nil
	}
	return s.invoiceChange(x, c)
}

// invoiceChange bills a change at once. With pending_if_incomplete it takes effect once that is paid.
func (s *Stand) invoiceChange(x *sub, c change) *apiError {
	inv := s.makeInvoice(x.Customer, x.ID, "subscription_update")
	s.sweep(inv, x)
	inv.Start, inv.End = x.Start, x.End
	x.Latest = inv.ID
	s.finalize(inv)
	if s.attempt(inv) || !c.PendingIfFails {
		x.Price, x.Quantity = c.Price, c.Quantity
		s.emit("customer.subscription.updated", s.subJSON(x))
		return nil
	}
	expires := s.now().Add(pendingTime)
	if x.End.Before(expires) {
		expires = x.End
	}
	inv.NextAttempt = time.Time{} // it is paid by hand, or lapses
	x.Pending = &pending{Price: c.Price, Quantity: c.Quantity, Expires: expires, Invoice: inv.ID}
	s.emit("customer.subscription.updated", s.subJSON(x))
	return nil
}

// dropPending gives up a change that was not paid; its invoice is void.
func (s *Stand) dropPending(x *sub, kind string) {
	if inv := s.st.Invoices[x.Pending.Invoice]; inv != nil && inv.Status == "open" {
		inv.Status, inv.Auto, inv.NextAttempt = "void", false, time.Time{}
		s.emit("invoice.voided", s.invoiceJSON(inv))
	}
	x.Pending = nil
	s.emit(kind, s.subJSON(x))
}

// cancel ends x now.
func (s *Stand) cancel(x *sub) {
	now := s.now()
	x.Status, x.EndedAt = "canceled", now
	if x.CanceledAt.IsZero() {
		x.CanceledAt = now
	}
	for _, inv := range sorted(s.st.Invoices) {
		if inv.Sub == x.ID && inv.Status == "draft" {
			inv.Auto = false
		}
		if inv.Sub == x.ID && inv.Status == "open" {
			inv.Auto, inv.NextAttempt = false, time.Time{}
		}
	}
	s.emit("customer.subscription.deleted", s.subJSON(x))
}

// subDue is when x changes by itself next, and how.
func (s *Stand) subDue(x *sub) (at time.Time, do func()) {
	earliest := func(t time.Time, fn func()) {
		if !t.IsZero() && (do == nil || t.Before(at)) {
			at, do = t, fn
		}
	}
	switch x.Status {
	case "trialing":
		if !x.Told {
			earliest(x.TrialEnd.Add(-3*24*time.Hour), func() {
				x.Told = true
				s.emit("customer.subscription.trial_will_end", s.subJSON(x))
			})
		}
		earliest(x.TrialEnd, func() { s.endTrial(x) })
	case "active", "past_due", "unpaid":
		earliest(x.End, func() { s.renew(x) })
	case "incomplete":
		earliest(x.Created.Add(incompleteTime), func() { s.expireIncomplete(x) })
	}
	if x.Pending != nil {
		earliest(x.Pending.Expires, func() { s.dropPending(x, "customer.subscription.pending_update_expired") })
	}
	return at, do
}

func (s *Stand) expireIncomplete(x *sub) {
	x.Status, x.EndedAt = "incomplete_expired", s.now()
	if inv := s.st.Invoices[x.Latest]; inv != nil && inv.Status == "open" {
		inv.Status, inv.Auto, inv.NextAttempt = "void", false, time.Time{}
		s.emit("invoice.voided", s.invoiceJSON(inv))
	}
	s.emit("customer.subscription.updated", s.subJSON(x))
}

func (s *Stand) endTrial(x *sub) {
	switch {
	case x.CancelAtEnd:
		s.cancel(x)
		return
	case s.st.Customers[x.Customer].Card == "" && x.NoCard == "pause":
		x.Status = "paused"
		s.emit("customer.subscription.paused", s.subJSON(x))
		s.emit("customer.subscription.updated", s.subJSON(x))
		return
	case s.st.Customers[x.Customer].Card == "" && x.NoCard == "cancel":
		s.cancel(x)
		return
	}
	x.Status = "active"
	s.nextPeriod(x)
}

// resume wakes a paused subscription: its period begins now and is billed at once.
func (s *Stand) resume(x *sub) *apiError {
	if x.Status != "paused" {
		return invalid("subscription", "Only a paused subscription can be resumed.")
	}
	now := s.now()
	x.Status, x.Anchor, x.Months, x.End = "active", now, 0, now
	s.emit("customer.subscription.resumed", s.subJSON(x))
	s.nextPeriod(x)
	return nil
}

func (s *Stand) renew(x *sub) {
	if x.CancelAtEnd {
		s.cancel(x)
		return
	}
	s.nextPeriod(x)
}

// nextPeriod begins a period and bills it. What an unpaid subscription, or one whose collection is paused, is billed stays a draft.
func (s *Stand) nextPeriod(x *sub) {
	x.Start = x.End
	x.Months++
	x.End = monthsAfter(x.Anchor, x.Months)
	inv := s.cycleInvoice(x, "subscription_cycle")
	if x.Status != "unpaid" && x.Collect {
		inv.Auto, inv.FinalizeAt = true, s.now().Add(draftTime)
	}
	s.emit("customer.subscription.updated", s.subJSON(x))
}
