package paymentsstripe

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/stripe/stripe-go/v76"

	"github.com/bureauhq/bureau/billing/stripeapi"
	"github.com/bureauhq/bureau/modules/payments"
)

// Verify checks a notice of a connected account. Its API version does not matter: what it says of an object is not used.
func (p *Provider) Verify(raw []byte, signature string, now time.Time) (payments.Notice, error) {
	if !stripeapi.Genuine(raw, signature, p.cfg.WebhookSecrets, now) {
		return payments.Notice{}, payments.ErrBadNotice
	}
	var e event
	if err := json.Unmarshal(raw, &e); err != nil {
		return payments.Notice{}, payments.ErrBadNotice.Because(err)
	}
	if e.LiveMode != p.cfg.Live || e.ID == "" || e.Account == "" {
		return payments.Notice{}, payments.ErrBadNotice
	}
	return e.notice(e.Account), nil
}

// event is what is read of an event: whose it is and what it is about.
type event struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Account  string `json:"account"`
	LiveMode bool   `json:"livemode"`
	Created  int64  `json:"created"`
	Data     struct {
		Object object `json:"object"`
	} `json:"data"`
}

type object struct {
	ID            string    `json:"id"`
	Object        string    `json:"object"`
	PaymentIntent reference `json:"payment_intent"`
}

// reference is a field that is a key, or the object itself.
type reference string

// UnmarshalJSON reads either.
func (r *reference) UnmarshalJSON(raw []byte) error {
	var id string
	if json.Unmarshal(raw, &id) == nil {
		*r = reference(id)
		return nil
	}
	var o object
	if err := json.Unmarshal(raw, &o); err != nil {
		return err
	}
	*r = reference(o.ID)
	return nil
}

func (e event) notice(account string) payments.Notice {
	o := e.Data.Object
	n := payments.Notice{ID: e.ID, Account: account, Type: e.Type, ObjectType: o.Object, ObjectID: o.ID, ChargeID: string(o.PaymentIntent), At: time.Unix(e.Created, 0).UTC()}
	switch o.Object {
	case "payment_intent":
		n.ChargeID = o.ID
	case "checkout.session":
		n.CheckoutID = o.ID
	}
	return n
}

// NoticesSince lists an account's events after the given one, the oldest first; the newest hundred when after is empty.
func (p *Provider) NoticesSince(ctx context.Context, accountID, after string) ([]payments.Notice, bool, error) {
	in := &stripe.EventListParams{ListParams: page(ctx, accountID, "")}
	if after != "" {
		in.EndingBefore = stripe.String(after)
	}
	it := p.api.Events.List(in)
	if it.Err() != nil {
		return nil, false, failure(it.Err())
	}
	list := it.EventList()
	out := make([]payments.Notice, 0, len(list.Data))
	for _, x := range list.Data {
		e := event{ID: x.ID, Type: string(x.Type), Created: x.Created}
		if err := json.Unmarshal(x.Data.Raw, &e.Data.Object); err != nil {
			return nil, false, err
		}
		out = append(out, e.notice(accountID))
	}
	slices.Reverse(out) // within one second too, the oldest first
	slices.SortStableFunc(out, func(a, b payments.Notice) int { return a.At.Compare(b.At) })
	return out, list.HasMore, nil
}
