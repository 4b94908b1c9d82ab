package stripestand

import (
	"slices"
	"strings"
	"time"
)

// Ways to pay on a connected account's page beside the cards. The names are those of Stripe's test payment methods.
const (
	CardRefundFails = "pm_card_refundFail" // what is given back to it fails a day later
	DebitGood       = "pm_usBankAccount_success"
	DebitFails      = "pm_usBankAccount_insufficientFunds" // both are known a day later
)

// taking is a Checkout Session of mode=payment on a connected account.
type taking struct {
	ID         string            `json:"id"`
	Account    string            `json:"account"`
	Status     string            `json:"status"`
	Amount     int64             `json:"amount"`
	Currency   string            `json:"currency"`
	Text       string            `json:"text"`
	Success    string            `json:"success"`
	Cancel     string            `json:"cancel"`
	Reference  string            `json:"reference"`
	Email      string            `json:"email"`
	Created    time.Time         `json:"created"`
	ExpiresAt  time.Time         `json:"expires_at"`
	Meta       map[string]string `json:"meta"`
	IntentMeta map[string]string `json:"intent_meta"`
	Intent     string            `json:"intent"` // none before somebody pays
}

// intent is a payment and its charge.
type intent struct {
	ID       string            `json:"id"`
	Account  string            `json:"account"`
	Charge   string            `json:"charge"`
	Status   string            `json:"status"`
	Amount   int64             `json:"amount"`
	Currency string            `json:"currency"`
	Method   string            `json:"method"`
	Failure  string            `json:"failure"`
	Created  time.Time         `json:"created"`
	Settles  time.Time         `json:"settles"` // of a debit
	Meta     map[string]string `json:"meta"`
	Refunded int64             `json:"refunded"`
	Disputed bool              `json:"disputed"`
}

// wholeUnits are currencies whose amounts count whole units; tenths are those of which Stripe takes tens of the smallest unit
// only, hundreds those that have no parts and are sent as if they had.
var (
	wholeUnits = []string{"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"}
	tens       = []string{"bhd", "jod", "kwd", "omr", "tnd"}
	hundreds   = []string{"isk", "ugx"}
)

func amountFault(amount int64, currency string) *apiError {
	switch {
	case len(currency) != 3:
		return invalid("currency", "Invalid currency: "+currency)
	case amount < 50:
		return &apiError{400, "invalid_request_error", "amount_too_small", "The Checkout Session's total amount must convert to at least 50 cents.", ""}
	case amount > 99_999_999:
		return &apiError{400, "invalid_request_error", "amount_too_large", "The amount must be no more than 999,999.99.", ""}
	case slices.Contains(tens, currency) && amount%10 != 0, slices.Contains(hundreds, currency) && amount%100 != 0:
		return invalid("line_items[0][price_data][unit_amount]", "Invalid amount for "+strings.ToUpper(currency)+": its last digits must be 0.")
	}
	return nil
}

func (s *Stand) takingJSON(x *taking) object {
	o := object{
		"id": x.ID, "object": "checkout.session", "mode": "payment", "status": x.Status, "payment_status": "unpaid", "amount_total": x.Amount, "amount_subtotal": x.Amount,
		"currency": x.Currency, "payment_intent": orNil(x.Intent), "subscription": nil, "customer": nil, "customer_email": orNil(x.Email), "url": nil,
		"success_url": x.Success, "cancel_url": x.Cancel, "created": x.Created.Unix(), "expires_at": x.ExpiresAt.Unix(), "client_reference_id": orNil(x.Reference),
		"livemode": false, "metadata": meta(x.Meta),
	}
	if x.Status == "open" {
		o["url"] = s.cfg.BaseURL + "/pages/pay/" + x.ID
	}
	if i := s.st.Intents[x.Intent]; i != nil && i.Status == "succeeded" {
		o["payment_status"] = "paid"
	}
	return o
}

func (s *Stand) createTaking(c call) (any, *apiError) {
	const line = "line_items[0]"
	amount, fail := number(c, line+"[price_data][unit_amount]", 0)
	if fail != nil {
		return nil, fail
	}
	quantity, fail := number(c, line+"[quantity]", 0)
	currency := strings.ToLower(c.Get(line + "[price_data][currency]"))
	switch a := s.st.Accounts[c.account]; {
	case c.Get("mode") != "payment":
		return nil, invalid("mode", "The stand-in takes single payments on connected accounts only.")
	case fail != nil || quantity != 1:
		return nil, invalid(line+"[quantity]", "The stand-in sells one of a thing.")
	case c.Get(line+"[price_data][product_data][name]") == "":
		return nil, invalid(line+"[price_data][product_data][name]", "Missing required param.")
	case !strings.HasPrefix(c.Get("success_url"), "http"):
		return nil, invalid("success_url", "Not a valid URL")
	case !a.Charges:
		return nil, invalid("", "In order to use Checkout, you must set an account or business name, and the account must be able to make charges.")
	}
	if fail := amountFault(amount, currency); fail != nil {
		return nil, fail
	}
	x := &taking{
		ID: s.id("cs_test"), Account: c.account, Status: "open", Amount: amount, Currency: currency, Text: c.Get(line + "[price_data][product_data][name]"), Success: c.Get("success_url"),
		Cancel: c.Get("cancel_url"), Reference: c.Get("client_reference_id"), Email: c.Get("customer_email"), Created: s.now(), ExpiresAt: s.now().Add(sessionTime), Meta: metadata(c), IntentMeta: map[string]string{},
	}
	for k, v := range c.Values {
		if name, ok := strings.CutPrefix(k, "payment_intent_data[metadata]["); ok {
			x.IntentMeta[strings.TrimSuffix(name, "]")] = v[0]
		}
	}
	s.st.Takings[x.ID] = x
	return s.takingJSON(x), nil
}

func (s *Stand) takingOf(c call) (*taking, *apiError) {
	x := s.st.Takings[c.id]
	if x == nil || x.Account != c.account {
		return nil, missing("checkout.session", c.id)
	}
	return x, nil
}

func (s *Stand) expireTaking(x *taking) {
	x.Status = "expired"
	s.emitFor(x.Account, "checkout.session.expired", s.takingJSON(x))
}

// Take pays on a connected account's page. It tells whether the bank agreed; if not, the page stays open.
func (s *Stand) Take(sessionID, method string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.kept()
	x := s.st.Takings[sessionID]
	return x != nil && s.take(x, method) == nil
}

func (s *Stand) take(x *taking, method string) *apiError {
	if x.Status != "open" {
		return invalid("session", "This page is closed.")
	}
	i := s.st.Intents[x.Intent]
	if i == nil {
		i = &intent{ID: s.id("pi"), Account: x.Account, Status: "requires_payment_method", Amount: x.Amount, Currency: x.Currency, Created: s.now(), Meta: x.IntentMeta}
		s.st.Intents[i.ID], x.Intent = i, i.ID
		s.emitFor(x.Account, "payment_intent.created", s.intentJSON(i, call{}))
	}
	i.Method, i.Failure = method, ""
	switch method {
	case CardGood, CardAsks, CardRefundFails:
		x.Status = "complete"
		s.emitFor(x.Account, "checkout.session.completed", s.takingJSON(x))
		s.succeed(i)
	case DebitGood, DebitFails:
		x.Status, i.Status, i.Settles = "complete", "processing", s.now().AddDate(0, 0, 1)
		s.emitFor(x.Account, "payment_intent.processing", s.intentJSON(i, call{}))
		s.emitFor(x.Account, "checkout.session.completed", s.takingJSON(x))
	default:
		i.Failure = "Your card was declined."
		s.emitFor(x.Account, "payment_intent.payment_failed", s.intentJSON(i, call{}))
		return cardError()
	}
	return nil
}

func (s *Stand) succeed(i *intent) {
	i.Status, i.Charge, i.Settles = "succeeded", s.id("ch"), time.Time{}
	s.emitFor(i.Account, "charge.succeeded", s.chargeJSON(i, call{}))
	s.emitFor(i.Account, "payment_intent.succeeded", s.intentJSON(i, call{}))
}

// settle tells what became of a debit.
func (s *Stand) settle(i *intent) {
	var x *taking
	for _, t := range sorted(s.st.Takings) {
		if t.Intent == i.ID {
			x = t
		}
	}
	if i.Method == DebitGood {
		s.succeed(i)
		s.emitFor(i.Account, "checkout.session.async_payment_succeeded", s.takingJSON(x))
		return
	}
	i.Status, i.Failure, i.Settles = "requires_payment_method", "The customer's account has insufficient funds to cover this payment.", time.Time{}
	s.emitFor(i.Account, "payment_intent.payment_failed", s.intentJSON(i, call{}))
	s.emitFor(i.Account, "checkout.session.async_payment_failed", s.takingJSON(x))
}

// ChargeOutside is a payment of the account's own business, made without us, or as somebody pretends with such metadata.
func (s *Stand) ChargeOutside(accountID string, amount int64, currency string, metadata map[string]string) (intentID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.kept()
	i := &intent{ID: s.id("pi"), Account: accountID, Amount: amount, Currency: currency, Method: CardGood, Created: s.now(), Meta: metadata}
	s.st.Intents[i.ID] = i
	s.succeed(i)
	return i.ID
}

// Alter changes what a payment says it was, as nothing but an error can.
func (s *Stand) Alter(intentID string, amount int64, currency string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.st.Intents[intentID]
	i.Amount, i.Currency = amount, currency
}

// IntentOf is the payment of a page, once there is one.
func (s *Stand) IntentOf(sessionID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x := s.st.Takings[sessionID]; x != nil {
		return x.Intent
	}
	return ""
}

func (i *intent) kind() string {
	if i.Method == DebitGood || i.Method == DebitFails {
		return "us_bank_account"
	}
	return "card"
}

func (i *intent) received() int64 {
	if i.Status == "succeeded" {
		return i.Amount
	}
	return 0
}

// fee is what Stripe keeps of a payment: 2.9 % and 30.
func (i *intent) fee() int64 { return share(i.Amount, 29, 1000) + 30 }

func (s *Stand) intentJSON(i *intent, c call) object {
	var charge, failure any
	switch {
	case i.Charge == "":
	case c.reaches("latest_charge"):
		charge = s.chargeJSON(i, c)
	default:
		charge = i.Charge
	}
	if i.Failure != "" {
		failure = object{"type": "card_error", "code": "card_declined", "message": i.Failure}
	}
	return object{
		"id": i.ID, "object": "payment_intent", "amount": i.Amount, "amount_received": i.received(), "currency": i.Currency, "status": i.Status, "latest_charge": charge,
		"last_payment_error": failure, "created": i.Created.Unix(), "livemode": false, "metadata": meta(i.Meta), "payment_method_types": []any{i.kind()}, "customer": nil,
		"capture_method": "automatic", "confirmation_method": "automatic",
	}
}

func (s *Stand) chargeJSON(i *intent, c call) object {
	details := object{"type": i.kind()}
	if i.kind() == "card" {
		details["card"] = object{"brand": "visa", "last4": "4242", "country": "US", "exp_month": 12, "exp_year": 2034, "funding": "credit", "checks": nil, "three_d_secure": nil, "wallet": nil}
	} else {
		details["us_bank_account"] = object{"bank_name": "STAND BANK", "last4": "6789", "account_type": "checking", "account_holder_type": "company", "fingerprint": nil, "routing_number": "110000000"}
	}
	o := object{
		"id": i.Charge, "object": "charge", "amount": i.Amount, "amount_captured": i.Amount, "amount_refunded": i.Refunded, "currency": i.Currency, "payment_intent": i.ID, "status": "succeeded",
		"paid": true, "captured": true, "refunded": i.Refunded == i.Amount, "disputed": i.Disputed, "created": i.Created.Unix(), "livemode": false, "metadata": meta(i.Meta),
		"balance_transaction": "txn_" + i.ID, "payment_method_details": details, "billing_details": object{"address": nil, "email": nil, "name": nil, "phone": nil},
	}
	if c.reaches("latest_charge.balance_transaction") {
		o["balance_transaction"] = object{
			"id": "txn_" + i.ID, "object": "balance_transaction", "amount": i.Amount, "fee": i.fee(), "net": i.Amount - i.fee(), "currency": i.Currency, "created": i.Created.Unix(),
			"type": "charge", "status": "available", "available_on": i.Created.Unix(), "source": i.Charge, "fee_details": []any{}, "reporting_category": "charge", "exchange_rate": nil, "description": nil,
		}
	}
	if c.reaches("latest_charge.refunds") {
		o["refunds"] = s.shownBacks(i)
	}
	return o
}

func (s *Stand) intentOf(c call, id string) *intent {
	if i := s.st.Intents[id]; i != nil && i.Account == c.account {
		return i
	}
	return nil
}

func (s *Stand) getIntent(c call) (any, *apiError) {
	i := s.intentOf(c, c.id)
	if i == nil {
		return nil, missing("payment_intent", c.id)
	}
	return s.intentJSON(i, c), nil
}

func (s *Stand) listIntents(c call) (any, *apiError) {
	from, fail := number(c, "created[gte]", 0)
	if fail != nil {
		return nil, fail
	}
	var all []listed
	for _, i := range s.st.Intents {
		if i.Account == c.account && i.Created.Unix() >= from {
			all = append(all, listed{i.ID, i.Created, s.intentJSON(i, c)})
		}
	}
	return paged("/v1/payment_intents", all, c)
}

// Forget loses a payment, as nothing but an error can.
func (s *Stand) Forget(intentID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.st.Intents, intentID)
}
