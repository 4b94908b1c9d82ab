package stripestand

import (
	"math/big"
	"time"
)

// Cards a customer can pay with. Their names are those of Stripe's test payment methods.
const (
	CardGood     = "pm_card_visa"
	CardDeclines = "pm_card_chargeDeclined"
	CardAsks     = "pm_card_threeDSecure2Required" // the bank wants a confirmation each time
)

type customer struct {
	ID      string            `json:"id"`
	Name    string            `json:"name"`
	Email   string            `json:"email"`
	Card    string            `json:"card"`
	Balance int64             `json:"balance"` // cents; below 0 is credit
	Created time.Time         `json:"created"`
	Address string            `json:"address"`
	TaxID   string            `json:"tax_id"`
	Meta    map[string]string `json:"meta"`
}

type price struct {
	ID        string    `json:"id"`
	Product   string    `json:"product"`
	Name      string    `json:"name"`
	LookupKey string    `json:"lookup_key"`
	Amount    int64     `json:"amount"`
	Currency  string    `json:"currency"`
	Interval  string    `json:"interval"`
	Active    bool      `json:"active"`
	Created   time.Time `json:"created"`
}

// pending is a change that waits for its invoice to be paid.
type pending struct {
	Price    string    `json:"price"`
	Quantity int64     `json:"quantity"`
	Expires  time.Time `json:"expires"`
	Invoice  string    `json:"invoice"`
}

type sub struct {
	ID          string            `json:"id"`
	Item        string            `json:"item"`
	Customer    string            `json:"customer"`
	Price       string            `json:"price"`
	Quantity    int64             `json:"quantity"`
	Status      string            `json:"status"`
	Created     time.Time         `json:"created"`
	Anchor      time.Time         `json:"anchor"` // of the billing cycle
	Months      int               `json:"months"` // since the anchor, of the running period's end
	Start       time.Time         `json:"start"`
	End         time.Time         `json:"end"`
	TrialStart  time.Time         `json:"trial_start"`
	TrialEnd    time.Time         `json:"trial_end"`
	NoCard      string            `json:"no_card"` // what a trial's end does without a card: pause, cancel, create_invoice
	CancelAtEnd bool              `json:"cancel_at_end"`
	CanceledAt  time.Time         `json:"canceled_at"`
	EndedAt     time.Time         `json:"ended_at"`
	Collect     bool              `json:"collect"` // false while collection is paused
	Pending     *pending          `json:"pending"`
	Latest      string            `json:"latest"` // invoice
	Told        bool              `json:"told"`   // that the trial will end
	Meta        map[string]string `json:"meta"`
}

type line struct {
	ID        string    `json:"id"`
	Item      string    `json:"item"` // the invoice item behind it, if any
	Text      string    `json:"text"`
	Amount    int64     `json:"amount"`
	Quantity  int64     `json:"quantity"`
	Price     string    `json:"price"`
	Proration bool      `json:"proration"`
	Start     time.Time `json:"start"`
	End       time.Time `json:"end"`
}

// item waits for the next invoice.
type item struct {
	line
	Customer string    `json:"customer"`
	Sub      string    `json:"sub"`
	Currency string    `json:"currency"`
	Created  time.Time `json:"created"`
	Invoice  string    `json:"invoice"` // once swept up
}

type invoice struct {
	ID          string            `json:"id"`
	Number      string            `json:"number"`
	Customer    string            `json:"customer"`
	Sub         string            `json:"sub"`
	Status      string            `json:"status"`
	Reason      string            `json:"reason"`
	Currency    string            `json:"currency"`
	Lines       []line            `json:"lines"`
	Applied     int64             `json:"applied"` // of the customer's balance
	Paid        int64             `json:"paid"`
	Refunded    int64             `json:"refunded"`
	Created     time.Time         `json:"created"`
	Start       time.Time         `json:"start"`
	End         time.Time         `json:"end"`
	FinalizeAt  time.Time         `json:"finalize_at"`
	FinalizedAt time.Time         `json:"finalized_at"`
	PaidAt      time.Time         `json:"paid_at"`
	DueAt       time.Time         `json:"due_at"`
	Send        bool              `json:"send"` // by mail, instead of charging a card
	Auto        bool              `json:"auto"` // goes on by itself
	Attempts    int               `json:"attempts"`
	FirstFailed time.Time         `json:"first_failed"`
	NextAttempt time.Time         `json:"next_attempt"`
	Meta        map[string]string `json:"meta"`
}

func (i *invoice) total() int64 {
	var t int64
	for _, l := range i.Lines {
		t += l.Amount
	}
	return t
}

// due is what the customer has to pay: a credit is not paid out.
func (i *invoice) due() int64 { return max(0, i.total()-i.Applied) }

func (i *invoice) remaining() int64 {
	if i.Status == "paid" || i.Status == "void" {
		return 0
	}
	return i.due() - i.Paid
}

// share is round(amount × part ÷ whole), halves away from zero.
func share(amount, part, whole int64) int64 {
	if whole <= 0 {
		return 0
	}
	n := new(big.Int).Mul(big.NewInt(amount), big.NewInt(part))
	n.Mul(n, big.NewInt(2))
	if n.Sign() < 0 {
		n.Sub(n, big.NewInt(whole))
	} else {
		n.Add(n, big.NewInt(whole))
	}
	return n.Quo(n, big.NewInt(2*whole)).Int64()
}

// monthsAfter is the same day and second n months after anchor, or the month's last day where it has no such day.
func monthsAfter(anchor time.Time, n int) time.Time {
	first := time.Date(anchor.Year(), anchor.Month()+time.Month(n), 1, anchor.Hour(), anchor.Minute(), anchor.Second(), 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(anchor.Day(), last)-1)
}

func unix(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.Unix()
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func list(url string, data []any, more bool) object {
	if data == nil {
		data = []any{}
	}
	return object{"object": "list", "url": url, "has_more": more, "data": data}
}

func (c *customer) json() object {
	var card any
	if c.Card != "" {
		card = c.Card
	}
	return object{
		"id": c.ID, "object": "customer", "name": orNil(c.Name), "email": orNil(c.Email), "balance": c.Balance, "created": c.Created.Unix(), "currency": "usd",
		"livemode": false, "metadata": meta(c.Meta), "invoice_settings": object{"default_payment_method": card}, "delinquent": false,
	}
}

func (p *price) json() object {
	return object{
		"id": p.ID, "object": "price", "active": p.Active, "billing_scheme": "per_unit", "currency": p.Currency, "unit_amount": p.Amount, "lookup_key": orNil(p.LookupKey),
		"product": p.Product, "type": "recurring", "recurring": object{"interval": p.Interval, "interval_count": 1, "usage_type": "licensed"},
		"created": p.Created.Unix(), "livemode": false, "metadata": object{},
	}
}

func (s *Stand) subJSON(x *sub) object {
	o := object{
		"id": x.ID, "object": "subscription", "customer": x.Customer, "status": x.Status, "created": x.Created.Unix(), "start_date": x.Created.Unix(),
		"current_period_start": x.Start.Unix(), "current_period_end": x.End.Unix(), "billing_cycle_anchor": x.Anchor.Unix(),
		"cancel_at_period_end": x.CancelAtEnd, "canceled_at": unix(x.CanceledAt), "ended_at": unix(x.EndedAt), "cancel_at": nil,
		"trial_start": unix(x.TrialStart), "trial_end": unix(x.TrialEnd), "collection_method": "charge_automatically", "currency": "usd", "livemode": false,
		"latest_invoice": orNil(x.Latest), "metadata": meta(x.Meta), "pending_update": nil, "pause_collection": nil,
		"trial_settings": object{"end_behavior": object{"missing_payment_method": x.NoCard}},
		"items": list("/v1/subscription_items?subscription="+x.ID, []any{object{
			"id": x.Item, "object": "subscription_item", "subscription": x.ID, "quantity": x.Quantity, "created": x.Created.Unix(), "metadata": object{}, "price": s.st.Prices[x.Price].json(),
		}}, false),
	}
	if !x.Collect {
		o["pause_collection"] = object{"behavior": "keep_as_draft", "resumes_at": nil}
	}
	if x.CancelAtEnd {
		o["cancel_at"] = x.End.Unix()
	}
	if p := x.Pending; p != nil {
		o["pending_update"] = object{
			"billing_cycle_anchor": nil, "expires_at": p.Expires.Unix(), "trial_end": nil, "trial_from_plan": nil,
			"subscription_items": []any{object{"id": x.Item, "object": "subscription_item", "quantity": p.Quantity, "price": s.st.Prices[p.Price].json()}},
		}
	}
	return o
}

func (s *Stand) invoiceJSON(x *invoice) object {
	lines := make([]any, len(x.Lines))
	for i, l := range x.Lines {
		lines[i] = s.lineJSON(l, x.Sub)
	}
	collection := "charge_automatically"
	if x.Send {
		collection = "send_invoice"
	}
	o := object{
		"id": x.ID, "object": "invoice", "number": orNil(x.Number), "customer": x.Customer, "subscription": orNil(x.Sub), "status": x.Status, "billing_reason": x.Reason,
		"currency": x.Currency, "total": x.total(), "subtotal": x.total(), "amount_due": x.due(), "amount_paid": x.Paid, "amount_remaining": x.remaining(),
		"starting_balance": -x.Applied, "created": x.Created.Unix(), "period_start": x.Start.Unix(), "period_end": x.End.Unix(), "due_date": unix(x.DueAt),
		"attempt_count": x.Attempts, "attempted": x.Attempts > 0, "next_payment_attempt": unix(x.NextAttempt), "auto_advance": x.Auto, "paid": x.Status == "paid",
		"collection_method": collection, "livemode": false, "metadata": meta(x.Meta), "hosted_invoice_url": nil, "invoice_pdf": nil, "charge": nil, "payment_intent": nil,
		"status_transitions": object{"finalized_at": unix(x.FinalizedAt), "paid_at": unix(x.PaidAt), "marked_uncollectible_at": nil, "voided_at": nil},
		"lines":              list("/v1/invoices/"+x.ID+"/lines", lines, false),
	}
	if x.Status != "draft" {
		o["hosted_invoice_url"] = s.cfg.BaseURL + "/pages/invoice/" + x.ID
		o["invoice_pdf"] = s.cfg.BaseURL + "/pages/invoice/" + x.ID + "/print"
	}
	if x.Paid > 0 {
		o["charge"], o["payment_intent"] = "ch_"+x.ID, "pi_"+x.ID
	}
	return o
}

func (s *Stand) lineJSON(l line, sub string) object {
	o := object{
		"id": l.ID, "object": "line_item", "amount": l.Amount, "currency": "usd", "description": l.Text, "quantity": l.Quantity, "proration": l.Proration,
		"period": object{"start": l.Start.Unix(), "end": l.End.Unix()}, "type": "subscription", "subscription": orNil(sub), "livemode": false, "metadata": object{}, "price": nil,
	}
	if l.Item != "" {
		o["type"], o["invoice_item"] = "invoiceitem", l.Item
	}
	if p := s.st.Prices[l.Price]; p != nil {
		o["price"] = p.json()
	}
	return o
}

func meta(m map[string]string) object {
	o := object{}
	for k, v := range m {
		o[k] = v
	}
	return o
}

// Sum is the total, for pages.
func (i *invoice) Sum() int64 { return i.total() }
