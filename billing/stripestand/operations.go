package stripestand

import (
	"strconv"
	"strings"
	"time"
)

// operations are the calls that the stand-in knows.
func (s *Stand) operations() map[string]handler {
	return map[string]handler{
		"POST /v1/customers":                           s.createCustomer,
		"GET /v1/customers/{id}":                       s.getCustomer,
		"POST /v1/customers/{id}":                      s.updateCustomer,
		"POST /v1/customers/{id}/balance_transactions": s.creditCustomer,
		"POST /v1/products":                            s.createProduct,
		"GET /v1/prices":                               s.listPrices,
		"POST /v1/prices":                              s.createPrice,
		"POST /v1/checkout/sessions":                   s.createSession,
		"GET /v1/checkout/sessions/{id}":               s.getSession,
		"POST /v1/checkout/sessions/{id}/expire":       s.expireSessionCall,
		"POST /v1/billing_portal/sessions":             s.createPortal,
		"GET /v1/billing_portal/configurations":        s.listConfigs,
		"POST /v1/billing_portal/configurations":       s.createConfig,
		"POST /v1/subscriptions":                       s.createSub,
		"GET /v1/subscriptions":                        s.listSubs,
		"GET /v1/subscriptions/{id}":                   s.getSub,
		"POST /v1/subscriptions/{id}":                  s.updateSub,
		"DELETE /v1/subscriptions/{id}":                s.deleteSub,
		"POST /v1/subscriptions/{id}/resume":           s.resumeSub,
		"GET /v1/invoices":                             s.listInvoices,
		"POST /v1/invoices":                            s.createInvoice,
		"GET /v1/invoices/upcoming":                    s.getUpcoming,
		"GET /v1/invoices/{id}":                        s.getInvoice,
		"POST /v1/invoices/{id}/finalize":              s.invoiceAct(func(x *invoice) *apiError { s.finalize(x); return nil }),
		"POST /v1/invoices/{id}/send":                  s.invoiceAct(func(x *invoice) *apiError { s.finalize(x); return nil }),
		"POST /v1/invoices/{id}/pay":                   s.invoiceAct(s.payInvoice),
		"POST /v1/invoices/{id}/void":                  s.invoiceAct(s.voidInvoice),
		"POST /v1/invoiceitems":                        s.createItem,
		"POST /v1/refunds":                             s.createRefund,
		"GET /v1/refunds":                              s.listBacks,
		"POST /v1/accounts":                            s.createAccount,
		"GET /v1/accounts/{id}":                        s.getAccount,
		"POST /v1/account_links":                       s.createLink,
		"GET /v1/payment_intents":                      s.listIntents,
		"GET /v1/payment_intents/{id}":                 s.getIntent,
		"GET /v1/disputes":                             s.listDisputes,
		"GET /v1/events":                               s.listEvents,
		"GET /v1/events/{id}":                          s.getEvent,
	}
}

func metadata(c call) map[string]string {
	m := map[string]string{}
	for k, v := range c.Values {
		if name, ok := strings.CutPrefix(k, "metadata["); ok {
			m[strings.TrimSuffix(name, "]")] = v[0]
		}
	}
	return m
}

func number(c call, name string, otherwise int64) (int64, *apiError) {
	v := c.Get(name)
	if v == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		return 0, invalid(name, "Invalid integer: "+v)
	}
	return n, nil
}

func (s *Stand) createCustomer(c call) (any, *apiError) {
	x := &customer{ID: s.id("cus"), Name: c.Get("name"), Email: c.Get("email"), Created: s.now(), Meta: metadata(c), Card: c.Get("invoice_settings[default_payment_method]")}
	s.st.Customers[x.ID] = x
	s.emit("customer.created", x.json())
	return x.json(), nil
}

func (s *Stand) getCustomer(c call) (any, *apiError) {
	x := s.st.Customers[c.id]
	if x == nil {
		return nil, missing("customer", c.id)
	}
	return x.json(), nil
}

func (s *Stand) updateCustomer(c call) (any, *apiError) {
	x := s.st.Customers[c.id]
	if x == nil {
		return nil, missing("customer", c.id)
	}
	for field, to := range map[string]*string{"name": &x.Name, "email": &x.Email, "invoice_settings[default_payment_method]": &x.Card} {
		if c.Has(field) {
			*to = c.Get(field)
		}
	}
	s.emit("customer.updated", x.json())
	return x.json(), nil
}

// creditCustomer changes the balance: an amount below 0 is credit.
func (s *Stand) creditCustomer(c call) (any, *apiError) {
	x := s.st.Customers[c.id]
	if x == nil {
		return nil, missing("customer", c.id)
	}
	n, fail := number(c, "amount", 0)
	if fail != nil {
		return nil, fail
	}
	x.Balance += n
	s.emit("customer.updated", x.json())
	return object{
		"id": s.id("cbtxn"), "object": "customer_balance_transaction", "amount": n, "currency": "usd", "customer": x.ID, "ending_balance": x.Balance,
		"description": orNil(c.Get("description")), "type": "adjustment", "created": s.now().Unix(), "livemode": false, "metadata": meta(metadata(c)),
	}, nil
}

func (s *Stand) createProduct(c call) (any, *apiError) {
	id := c.Get("id")
	if id == "" {
		id = s.id("prod")
	}
	return object{"id": id, "object": "product", "name": c.Get("name"), "active": true, "created": s.now().Unix(), "livemode": false, "metadata": meta(metadata(c))}, nil
}

func (s *Stand) createPrice(c call) (any, *apiError) {
	amount, fail := number(c, "unit_amount", -1)
	if fail != nil || amount < 0 || c.Get("currency") == "" {
		return nil, invalid("unit_amount", "A price needs currency and unit_amount.")
	}
	key := c.Get("lookup_key")
	for _, p := range s.st.Prices {
		if key != "" && p.LookupKey == key {
			return nil, invalid("lookup_key", "A price already uses that lookup key.")
		}
	}
	p := &price{
		ID: s.id("price"), Product: c.Get("product"), Name: c.Get("product_data[name]"), LookupKey: key, Amount: amount, Currency: strings.ToLower(c.Get("currency")),
		Interval: c.Get("recurring[interval]"), Active: true, Created: s.now(),
	}
	if p.Product == "" {
		p.Product = s.id("prod")
	}
	if p.Name == "" {
		p.Name = key
	}
	s.st.Prices[p.ID] = p
	s.emit("price.created", p.json())
	return p.json(), nil
}

func (s *Stand) listPrices(c call) (any, *apiError) {
	wanted := map[string]bool{}
	for k, v := range c.Values {
		if strings.HasPrefix(k, "lookup_keys[") {
			wanted[v[0]] = true
		}
	}
	var out []any
	for _, p := range sorted(s.st.Prices) {
		if len(wanted) == 0 || wanted[p.LookupKey] {
			out = append(out, p.json())
		}
	}
	return list("/v1/prices", out, false), nil
}

func (s *Stand) createSub(c call) (any, *apiError) {
	quantity, fail := number(c, "items[0][quantity]", 1)
	if fail != nil {
		return nil, fail
	}
	cus, p := s.st.Customers[c.Get("customer")], s.st.Prices[c.Get("items[0][price]")]
	if cus == nil {
		return nil, missing("customer", c.Get("customer"))
	}
	if p == nil {
		return nil, missing("price", c.Get("items[0][price]"))
	}
	n := newSub{
		Customer: cus.ID, Price: p.ID, Quantity: quantity, TrialEnd: timeOf(c.Get("trial_end")), NoCard: c.Get("trial_settings[end_behavior][missing_payment_method]"),
		AllowIncomplete: c.Get("payment_behavior") != "error_if_incomplete", Meta: metadata(c),
	}
	if days, _ := number(c, "trial_period_days", 0); days > 0 {
		n.TrialEnd = s.now().AddDate(0, 0, int(days))
	}
	x, fail := s.makeSub(n)
	if fail != nil {
		return nil, fail
	}
	return s.shownSub(x, c), nil
}

// shownSub is the subscription as asked for.
func (s *Stand) shownSub(x *sub, c call) object {
	o := s.subJSON(x)
	if inv := s.st.Invoices[x.Latest]; inv != nil && c.expands("latest_invoice") {
		o["latest_invoice"] = s.invoiceJSON(inv)
	}
	return o
}

func (s *Stand) getSub(c call) (any, *apiError) {
	x := s.st.Subs[c.id]
	if x == nil {
		return nil, missing("subscription", c.id)
	}
	return s.shownSub(x, c), nil
}

func (s *Stand) listSubs(c call) (any, *apiError) {
	var all []listed
	for _, x := range s.st.Subs {
		if (c.Get("customer") == "" || x.Customer == c.Get("customer")) && (c.Get("status") == "all" || x.Status == c.Get("status") || (c.Get("status") == "" && x.Status != "canceled")) {
			all = append(all, listed{x.ID, x.Created, s.shownSub(x, c)})
		}
	}
	return paged("/v1/subscriptions", all, c)
}

func (s *Stand) updateSub(c call) (any, *apiError) {
	x := s.st.Subs[c.id]
	if x == nil {
		return nil, missing("subscription", c.id)
	}
	for k := range c.Values {
		if strings.HasPrefix(k, "metadata[") && c.Get("payment_behavior") == "pending_if_incomplete" {
			return nil, invalid(k, "metadata cannot be changed together with payment_behavior=pending_if_incomplete.")
		}
	}
	ch, changed, fail := s.changeOf(c, x, "items[0]", "proration_behavior", "proration_date")
	if fail != nil {
		return nil, fail
	}
	told := false
	if c.Has("cancel_at_period_end") {
		x.CancelAtEnd = c.Get("cancel_at_period_end") == "true"
		x.CanceledAt = time.Time{}
		if x.CancelAtEnd {
			x.CanceledAt = s.now()
		}
		told = true
	}
	if c.Has("pause_collection[behavior]") {
		x.Collect, told = false, true
	} else if v, ok := c.Values["pause_collection"]; ok && v[0] == "" {
		x.Collect, told = true, true
	}
	if c.Get("trial_end") == "now" && x.Status == "trialing" {
		x.TrialEnd, x.Anchor, x.Months, x.End = s.now(), s.now(), 0, s.now()
		s.endTrial(x)
	}
	ch.PendingIfFails = c.Get("payment_behavior") == "pending_if_incomplete"
	if changed {
		if fail := s.change(x, ch); fail != nil {
			return nil, fail
		}
	} else if told {
		s.emit("customer.subscription.updated", s.subJSON(x))
	}
	return s.shownSub(x, c), nil
}

// changeOf reads a change of the one item. A price without a quantity sets the
// quantity to 1, as Stripe does.
func (s *Stand) changeOf(c call, x *sub, at, behaviour, date string) (ch change, changed bool, fail *apiError) {
	ch = change{Price: x.Price, Quantity: x.Quantity, Proration: c.Get(behaviour), At: s.now()}
	if ch.Proration == "" {
		ch.Proration = "create_prorations"
	}
	if t := timeOf(c.Get(date)); !t.IsZero() {
		ch.At = t
	}
	if id := c.Get(at + "[id]"); id != "" && id != x.Item {
		return ch, false, invalid(at+"[id]", "No such subscription_item: "+id)
	}
	if p := c.Get(at + "[price]"); p != "" {
		if s.st.Prices[p] == nil {
			return ch, false, missing("price", p)
		}
		changed = true
		if p != x.Price {
			ch.Quantity = 1
		}
		ch.Price = p
	}
	if c.Has(at + "[quantity]") {
		changed = true
		if ch.Quantity, fail = number(c, at+"[quantity]", 0); fail != nil {
			return ch, false, fail
		}
	}
	if changed && c.Get(at+"[id]") == "" {
		return ch, false, invalid(at+"[id]", "Without an id this would add a second item.")
	}
	return ch, changed, nil
}

func (s *Stand) deleteSub(c call) (any, *apiError) {
	x := s.st.Subs[c.id]
	if x == nil || x.Status == "canceled" {
		return nil, missing("subscription", c.id)
	}
	s.cancel(x)
	return s.shownSub(x, c), nil
}

func (s *Stand) resumeSub(c call) (any, *apiError) {
	x := s.st.Subs[c.id]
	if x == nil {
		return nil, missing("subscription", c.id)
	}
	if fail := s.resume(x); fail != nil {
		return nil, fail
	}
	return s.shownSub(x, c), nil
}

func (s *Stand) listInvoices(c call) (any, *apiError) {
	var all []listed
	for _, x := range s.st.Invoices {
		if (c.Get("customer") == "" || x.Customer == c.Get("customer")) && (c.Get("subscription") == "" || x.Sub == c.Get("subscription")) && (c.Get("status") == "" || x.Status == c.Get("status")) {
			all = append(all, listed{x.ID, x.Created, s.invoiceJSON(x)})
		}
	}
	return paged("/v1/invoices", all, c)
}

func (s *Stand) getInvoice(c call) (any, *apiError) {
	x := s.st.Invoices[c.id]
	if x == nil {
		return nil, missing("invoice", c.id)
	}
	return s.invoiceJSON(x), nil
}

func (s *Stand) getUpcoming(c call) (any, *apiError) {
	x := s.st.Subs[c.Get("subscription")]
	if x == nil || x.Status == "canceled" {
		return nil, &apiError{404, "invalid_request_error", "invoice_upcoming_none", "No upcoming invoices for customer", ""}
	}
	ch, changed, fail := s.changeOf(c, x, "subscription_items[0]", "subscription_proration_behavior", "subscription_proration_date")
	if fail != nil {
		return nil, fail
	}
	if !changed {
		ch.Proration = "none"
	}
	o := s.invoiceJSON(s.upcoming(x, ch))
	delete(o, "id")
	return o, nil
}

func (s *Stand) invoiceAct(fn func(*invoice) *apiError) handler {
	return func(c call) (any, *apiError) {
		x := s.st.Invoices[c.id]
		if x == nil {
			return nil, missing("invoice", c.id)
		}
		if fail := fn(x); fail != nil {
			return nil, fail
		}
		return s.invoiceJSON(x), nil
	}
}

func (s *Stand) payInvoice(x *invoice) *apiError {
	switch x.Status {
	case "paid", "void":
		return invalid("invoice", "Invoice is already "+x.Status+".")
	case "draft":
		s.finalize(x)
	}
	if !s.attempt(x) {
		return cardError()
	}
	return nil
}

func (s *Stand) voidInvoice(x *invoice) *apiError {
	if x.Status != "open" {
		return invalid("invoice", "Only an open invoice can be voided.")
	}
	x.Status, x.Auto, x.NextAttempt = "void", false, time.Time{}
	s.emit("invoice.voided", s.invoiceJSON(x))
	return nil
}

// createInvoice makes a one-off invoice; pending items join it only if asked.
func (s *Stand) createInvoice(c call) (any, *apiError) {
	cus := s.st.Customers[c.Get("customer")]
	if cus == nil {
		return nil, missing("customer", c.Get("customer"))
	}
	x := s.makeInvoice(cus.ID, "", "manual")
	x.Meta, x.Send = metadata(c), c.Get("collection_method") == "send_invoice"
	days, fail := number(c, "days_until_due", 0)
	if fail != nil {
		return nil, fail
	}
	if x.Send {
		x.DueAt = s.now().AddDate(0, 0, int(days))
	}
	if c.Get("pending_invoice_items_behavior") != "exclude" {
		for _, it := range sorted(s.st.Items) {
			if it.Invoice == "" && it.Customer == cus.ID && it.Sub == "" {
				it.Invoice = x.ID
				x.Lines = append(x.Lines, it.line)
			}
		}
	}
	return s.invoiceJSON(x), nil
}

func (s *Stand) createItem(c call) (any, *apiError) {
	cus := s.st.Customers[c.Get("customer")]
	if cus == nil {
		return nil, missing("customer", c.Get("customer"))
	}
	amount, fail := number(c, "amount", 0)
	if fail != nil {
		return nil, fail
	}
	inv := s.st.Invoices[c.Get("invoice")]
	if c.Get("invoice") != "" && (inv == nil || inv.Status != "draft") {
		return nil, invalid("invoice", "Items can be added to drafts only.")
	}
	id := s.id("ii")
	it := &item{line: line{ID: s.id("il"), Item: id, Text: c.Get("description"), Amount: amount, Quantity: 1, Start: s.now(), End: s.now()}, Customer: cus.ID, Currency: "usd", Created: s.now()}
	s.st.Items[id] = it
	if inv != nil {
		it.Invoice = inv.ID
		inv.Lines = append(inv.Lines, it.line)
	}
	return object{
		"id": id, "object": "invoiceitem", "amount": amount, "currency": "usd", "customer": cus.ID, "description": orNil(it.Text), "date": it.Created.Unix(), "invoice": orNil(it.Invoice),
		"livemode": false, "metadata": meta(metadata(c)), "proration": false, "quantity": 1, "period": object{"start": it.Start.Unix(), "end": it.End.Unix()},
	}, nil
}

func (s *Stand) createRefund(c call) (any, *apiError) {
	if c.account != "" {
		return s.createBack(c)
	}
	id := strings.TrimPrefix(strings.TrimPrefix(c.Get("charge"), "ch_"), "pi_")
	if c.Has("payment_intent") {
		id = strings.TrimPrefix(c.Get("payment_intent"), "pi_")
	}
	x := s.st.Invoices[id]
	if x == nil {
		return nil, missing("charge", c.Get("charge"))
	}
	amount, fail := number(c, "amount", x.Paid-x.Refunded)
	if fail != nil {
		return nil, fail
	}
	if amount <= 0 || amount > x.Paid-x.Refunded {
		return nil, invalid("amount", "Refund amount is greater than the unrefunded amount on the charge.")
	}
	x.Refunded += amount
	o := object{
		"id": s.id("re"), "object": "refund", "amount": amount, "currency": "usd", "charge": "ch_" + x.ID, "payment_intent": "pi_" + x.ID, "status": "succeeded",
		"reason": orNil(c.Get("reason")), "created": s.now().Unix(), "metadata": meta(metadata(c)),
	}
	s.st.Refunds[o["id"].(string)] = o
	s.emit("charge.refunded", object{
		"id": "ch_" + x.ID, "object": "charge", "amount": x.Paid, "amount_refunded": x.Refunded, "currency": "usd", "customer": x.Customer, "invoice": x.ID, "refunded": x.Refunded == x.Paid,
		"status": "succeeded", "created": s.now().Unix(), "livemode": false,
	})
	return o, nil
}

func (s *Stand) listEvents(c call) (any, *apiError) {
	var all []listed
	for _, e := range s.st.Events {
		if e.Account == c.account {
			all = append(all, listed{e.ID, e.Created, e.Body})
		}
	}
	return paged("/v1/events", all, c)
}

func (s *Stand) getEvent(c call) (any, *apiError) {
	for _, e := range s.st.Events {
		if e.ID == c.id && e.Account == c.account {
			return e.Body, nil
		}
	}
	return nil, missing("event", c.id)
}
