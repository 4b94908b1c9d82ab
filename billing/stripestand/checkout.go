package stripestand

import (
	"fmt"
	"strings"
	"time"
)

// sessionTime is how long a Checkout page stays open.
const sessionTime = 24 * time.Hour

type session struct {
	ID         string            `json:"id"`
	Customer   string            `json:"customer"`
	Price      string            `json:"price"`
	Quantity   int64             `json:"quantity"`
	TrialEnd   time.Time         `json:"trial_end"`
	NoCard     string            `json:"no_card"`
	CardNeeded bool              `json:"card_needed"`
	Status     string            `json:"status"`
	Sub        string            `json:"sub"`
	Success    string            `json:"success"`
	Cancel     string            `json:"cancel"`
	Created    time.Time         `json:"created"`
	ExpiresAt  time.Time         `json:"expires_at"`
	Reference  string            `json:"reference"`
	Meta       map[string]string `json:"meta"`
	SubMeta    map[string]string `json:"sub_meta"`
}

type portal struct {
	ID       string `json:"id"`
	Customer string `json:"customer"`
	Return   string `json:"return"`
}

func (s *Stand) sessionJSON(x *session) object {
	o := object{
		"id": x.ID, "object": "checkout.session", "mode": "subscription", "customer": x.Customer, "status": x.Status, "payment_status": "unpaid", "subscription": orNil(x.Sub),
		"url": nil, "success_url": x.Success, "cancel_url": x.Cancel, "created": x.Created.Unix(), "expires_at": x.ExpiresAt.Unix(), "client_reference_id": orNil(x.Reference),
		"livemode": false, "metadata": meta(x.Meta), "currency": "usd",
	}
	if x.Status == "open" {
		o["url"] = s.cfg.BaseURL + "/pages/checkout/" + x.ID
	}
	if x.Status == "complete" {
		o["payment_status"] = "paid"
	}
	return o
}

func (s *Stand) createSession(c call) (any, *apiError) {
	if c.account != "" {
		return s.createTaking(c)
	}
	if c.Get("mode") != "subscription" {
		return nil, invalid("mode", "The stand-in sells subscriptions only.")
	}
	cus, p := s.st.Customers[c.Get("customer")], s.st.Prices[c.Get("line_items[0][price]")]
	if cus == nil {
		return nil, missing("customer", c.Get("customer"))
	}
	if p == nil {
		return nil, missing("price", c.Get("line_items[0][price]"))
	}
	quantity, fail := number(c, "line_items[0][quantity]", 1)
	if fail != nil || quantity < 1 {
		return nil, invalid("line_items[0][quantity]", "A quantity is at least 1.")
	}
	x := &session{
		ID: s.id("cs_test"), Customer: cus.ID, Price: p.ID, Quantity: quantity, Status: "open", Success: c.Get("success_url"), Cancel: c.Get("cancel_url"),
		Created: s.now(), ExpiresAt: s.now().Add(sessionTime), Reference: c.Get("client_reference_id"), Meta: metadata(c), SubMeta: map[string]string{},
		TrialEnd: timeOf(c.Get("subscription_data[trial_end]")), NoCard: c.Get("subscription_data[trial_settings][end_behavior][missing_payment_method]"),
		CardNeeded: c.Get("payment_method_collection") != "if_required",
	}
	if days, _ := number(c, "subscription_data[trial_period_days]", 0); days > 0 {
		x.TrialEnd = s.now().AddDate(0, 0, int(days))
	}
	if !x.TrialEnd.IsZero() && x.TrialEnd.Before(s.now().Add(48*time.Hour)) {
		return nil, invalid("subscription_data[trial_end]", "The trial end date has to be at least 2 days in the future.")
	}
	for k, v := range c.Values {
		if name, ok := strings.CutPrefix(k, "subscription_data[metadata]["); ok {
			x.SubMeta[strings.TrimSuffix(name, "]")] = v[0]
		}
	}
	s.st.Sessions[x.ID] = x
	return s.sessionJSON(x), nil
}

func (s *Stand) getSession(c call) (any, *apiError) {
	if c.account != "" {
		x, fail := s.takingOf(c)
		if fail != nil {
			return nil, fail
		}
		return s.takingJSON(x), nil
	}
	x := s.st.Sessions[c.id]
	if x == nil {
		return nil, missing("checkout.session", c.id)
	}
	return s.sessionJSON(x), nil
}

func (s *Stand) expireSessionCall(c call) (any, *apiError) {
	if c.account != "" {
		x, fail := s.takingOf(c)
		if fail != nil {
			return nil, fail
		}
		if x.Status != "open" {
			return nil, notOpen()
		}
		s.expireTaking(x)
		return s.takingJSON(x), nil
	}
	x := s.st.Sessions[c.id]
	if x == nil {
		return nil, missing("checkout.session", c.id)
	}
	if x.Status != "open" {
		return nil, notOpen()
	}
	s.expireSession(x)
	return s.sessionJSON(x), nil
}

func (s *Stand) expireSession(x *session) {
	x.Status = "expired"
	s.emit("checkout.session.expired", s.sessionJSON(x))
}

// Pay completes a Checkout page with a card, as a person would.
// It tells whether the bank agreed; if not, the page stays open.
func (s *Stand) Pay(sessionID, card string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.kept()
	x := s.st.Sessions[sessionID]
	return x != nil && s.complete(x, card) == nil
}

func (s *Stand) complete(x *session, card string) *apiError {
	if x.Status != "open" {
		return invalid("session", "This page is closed.")
	}
	cus := s.st.Customers[x.Customer]
	old := cus.Card
	if card != "" {
		cus.Card = card
	}
	sub, fail := s.makeSub(newSub{Customer: x.Customer, Price: x.Price, Quantity: x.Quantity, TrialEnd: x.TrialEnd, NoCard: x.NoCard, Meta: x.SubMeta})
	if fail != nil {
		cus.Card = old
		return fail
	}
	x.Status, x.Sub = "complete", sub.ID
	s.emit("checkout.session.completed", s.sessionJSON(x))
	return nil
}

// SetCard changes the card that a customer pays with, and pays what is open with it.
func (s *Stand) SetCard(customerID, card string, payOpen bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.kept()
	s.setCard(customerID, card, payOpen)
}

func (s *Stand) setCard(customerID, card string, payOpen bool) {
	c := s.st.Customers[customerID]
	if c == nil {
		return
	}
	c.Card = card
	s.emit("customer.updated", c.json())
	if !payOpen {
		return
	}
	for _, inv := range sorted(s.st.Invoices) {
		if inv.Customer == customerID && inv.Status == "open" && !inv.Send {
			s.attempt(inv)
		}
	}
}

func (s *Stand) createPortal(c call) (any, *apiError) {
	if s.st.Customers[c.Get("customer")] == nil {
		return nil, missing("customer", c.Get("customer"))
	}
	config := c.Get("configuration")
	if s.st.Configs[config] == nil {
		return nil, missing("configuration", config)
	}
	x := &portal{ID: s.id("bps"), Customer: c.Get("customer"), Return: c.Get("return_url")}
	s.st.Portals[x.ID] = x
	return object{
		"id": x.ID, "object": "billing_portal.session", "customer": x.Customer, "return_url": orNil(x.Return), "created": s.now().Unix(), "livemode": false,
		"url": s.cfg.BaseURL + "/pages/portal/" + x.ID, "configuration": config,
	}, nil
}

// createConfig keeps what a portal allows, as it was said.
func (s *Stand) createConfig(c call) (any, *apiError) {
	on := func(feature string) bool { return c.Get("features["+feature+"][enabled]") == "true" }
	id := s.id("bpc")
	o := object{
		"id": id, "object": "billing_portal.configuration", "active": true, "is_default": false, "livemode": false, "created": s.now().Unix(), "updated": s.now().Unix(), "metadata": meta(metadata(c)),
		"features": object{
			"invoice_history": object{"enabled": on("invoice_history")}, "payment_method_update": object{"enabled": on("payment_method_update")},
			"customer_update": object{"enabled": on("customer_update")}, "subscription_cancel": object{"enabled": on("subscription_cancel")}, "subscription_update": object{"enabled": on("subscription_update")},
		},
	}
	s.st.Configs[id] = o
	return o, nil
}

func (s *Stand) listConfigs(c call) (any, *apiError) {
	var all []listed
	for id, o := range s.st.Configs {
		all = append(all, listed{id, timeOf(fmt.Sprint(o["created"])), o})
	}
	return paged("/v1/billing_portal/configurations", all, c)
}

func notOpen() *apiError {
	return invalid("session", "Only Checkout Sessions with a status in [\"open\"] can be expired.")
}
