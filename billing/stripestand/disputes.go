package stripestand

import "time"

// moneyBack is a refund on a connected account.
type moneyBack struct {
	ID       string            `json:"id"`
	Intent   string            `json:"intent"`
	Amount   int64             `json:"amount"`
	Currency string            `json:"currency"`
	Status   string            `json:"status"`
	Reason   string            `json:"reason"`
	Fails    time.Time         `json:"fails"`
	Created  time.Time         `json:"created"`
	Meta     map[string]string `json:"meta"`
}

// dispute is a chargeback.
type dispute struct {
	ID       string    `json:"id"`
	Intent   string    `json:"intent"`
	Amount   int64     `json:"amount"`
	Currency string    `json:"currency"`
	Status   string    `json:"status"`
	Created  time.Time `json:"created"`
}

func (r *moneyBack) json() object {
	o := object{
		"id": r.ID, "object": "refund", "amount": r.Amount, "currency": r.Currency, "payment_intent": r.Intent, "status": r.Status, "reason": orNil(r.Reason),
		"created": r.Created.Unix(), "metadata": meta(r.Meta), "charge": nil, "balance_transaction": nil, "receipt_number": nil, "source_transfer_reversal": nil, "transfer_reversal": nil,
	}
	if r.Status == "failed" {
		o["failure_reason"] = "lost_or_stolen_card"
	}
	return o
}

// listBacks lists what was given back on an account, or of one payment.
func (s *Stand) listBacks(c call) (any, *apiError) {
	var all []listed
	for _, r := range s.st.Backs {
		i := s.st.Intents[r.Intent] // none where the payment was lost by an error
		if i != nil && i.Account == c.account && (c.Get("payment_intent") == "" || c.Get("payment_intent") == r.Intent) {
			all = append(all, listed{r.ID, r.Created, r.json()})
		}
	}
	return paged("/v1/refunds", all, c)
}

// shownBacks are the refunds that are shown with a charge: the ten newest.
func (s *Stand) shownBacks(i *intent) object {
	var all []listed
	for _, r := range s.st.Backs {
		if r.Intent == i.ID {
			all = append(all, listed{r.ID, r.Created, r.json()})
		}
	}
	shown, _ := paged("/v1/charges/"+i.Charge+"/refunds", all, call{}) // without a cursor nothing is refused
	return shown.(object)
}

func (s *Stand) createBack(c call) (any, *apiError) {
	i := s.intentOf(c, c.Get("payment_intent"))
	if i == nil {
		return nil, missing("payment_intent", c.Get("payment_intent"))
	}
	amount, fail := number(c, "amount", i.received()-i.Refunded)
	switch {
	case fail != nil:
		return nil, fail
	case i.Status != "succeeded":
		return nil, invalid("payment_intent", "This PaymentIntent does not have a successful charge to refund.")
	case i.Refunded == i.Amount:
		return nil, &apiError{400, "invalid_request_error", "charge_already_refunded", "Charge " + i.Charge + " has already been refunded.", ""}
	case s.lost(i):
		return nil, &apiError{400, "invalid_request_error", "charge_disputed", "Charge " + i.Charge + " has been charged back; cannot issue a refund.", ""}
	case amount <= 0 || amount > i.Amount-i.Refunded:
		return nil, invalid("amount", "Refund amount is greater than the unrefunded amount on the charge.")
	}
	if fail := amountRest(amount, i.Currency); fail != nil {
		return nil, fail
	}
	r := &moneyBack{ID: s.id("re"), Intent: i.ID, Amount: amount, Currency: i.Currency, Status: "succeeded", Reason: c.Get("reason"), Created: s.now(), Meta: metadata(c)}
	if i.kind() != "card" {
		r.Status = "pending"
	}
	if i.Method == CardRefundFails {
		r.Fails = s.now().AddDate(0, 0, 1)
	}
	s.st.Backs[r.ID] = r
	i.Refunded += amount
	s.emitFor(i.Account, "charge.refunded", s.chargeJSON(i, call{}))
	return r.json(), nil
}

// amountRest is the part of amountFault that holds for refunds too.
func amountRest(amount int64, currency string) *apiError {
	if amount < 50 {
		return nil
	}
	return amountFault(amount, currency)
}

func (s *Stand) failBack(r *moneyBack) {
	i := s.st.Intents[r.Intent]
	r.Status, r.Fails = "failed", time.Time{}
	i.Refunded -= r.Amount
	s.emitFor(i.Account, "charge.refund.updated", r.json())
}

func (s *Stand) lost(i *intent) bool {
	for _, d := range s.st.Disputes {
		if d.Intent == i.ID && d.Status == "lost" {
			return true
		}
	}
	return false
}

func (s *Stand) disputeJSON(d *dispute) object {
	return object{
		"id": d.ID, "object": "dispute", "amount": d.Amount, "currency": d.Currency, "charge": s.st.Intents[d.Intent].Charge, "payment_intent": d.Intent, "reason": "fraudulent", "status": d.Status,
		"created": d.Created.Unix(), "livemode": false, "metadata": object{}, "is_charge_refundable": false, "balance_transactions": []any{}, "evidence": object{},
		"evidence_details": object{"due_by": d.Created.AddDate(0, 0, 7).Unix(), "has_evidence": false, "past_due": false, "submission_count": 0},
	}
}

func (s *Stand) listDisputes(c call) (any, *apiError) {
	var all []listed
	for _, d := range s.st.Disputes {
		i := s.st.Intents[d.Intent]
		if i.Account == c.account && (c.Get("payment_intent") == "" || c.Get("payment_intent") == d.Intent) {
			all = append(all, listed{d.ID, d.Created, s.disputeJSON(d)})
		}
	}
	return paged("/v1/disputes", all, c)
}

// Dispute lets the payer's bank take a payment back. It returns the dispute's key.
func (s *Stand) Dispute(intentID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.kept()
	return s.disputed(s.st.Intents[intentID]).ID
}

func (s *Stand) disputed(i *intent) *dispute {
	d := &dispute{ID: s.id("dp"), Intent: i.ID, Amount: i.Amount - i.Refunded, Currency: i.Currency, Status: "needs_response", Created: s.now()}
	s.st.Disputes[d.ID], i.Disputed = d, true
	s.emitFor(i.Account, "charge.dispute.created", s.disputeJSON(d))
	return d
}

// Decide ends a dispute: "won" or "lost".
func (s *Stand) Decide(disputeID, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.kept()
	s.decided(s.st.Disputes[disputeID], status)
}

func (s *Stand) decided(d *dispute, status string) {
	d.Status = status
	s.emitFor(s.st.Intents[d.Intent].Account, "charge.dispute.closed", s.disputeJSON(d))
}

// GiveBack refunds a payment as the account's owner can in Stripe's dashboard.
func (s *Stand) GiveBack(intentID string, amount int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.kept()
	i := s.st.Intents[intentID]
	r := &moneyBack{ID: s.id("re"), Intent: i.ID, Amount: amount, Currency: i.Currency, Status: "succeeded", Created: s.now()}
	s.st.Backs[r.ID] = r
	i.Refunded += amount
	s.emitFor(i.Account, "charge.refunded", s.chargeJSON(i, call{}))
}
