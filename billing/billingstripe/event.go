package billingstripe

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/stripe/stripe-go/v76"

	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/billing/stripeapi"
)

// VerifyWebhook checks a notice. Its API version does not matter: what it says
// of an object is not used.
func (g *Gateway) VerifyWebhook(raw []byte, signature string, now time.Time) (billing.Event, error) {
	if !stripeapi.Genuine(raw, signature, g.cfg.WebhookSecrets, now) {
		return billing.Event{}, billing.ErrBadWebhook
	}
	e, err := eventOf(raw)
	if err != nil || e.LiveMode != g.cfg.Live || e.ID == "" || e.ObjectID == "" || e.Account != "" {
		return billing.Event{}, billing.ErrBadWebhook.Because(err)
	}
	return e, nil
}

// eventOf reads of an event only whose it is and what it is about.
func eventOf(raw []byte) (billing.Event, error) {
	var e struct {
		ID       string `json:"id"`
		Type     string `json:"type"`
		Account  string `json:"account"`
		LiveMode bool   `json:"livemode"`
		Created  int64  `json:"created"`
		Data     struct {
			Object struct {
				ID           string          `json:"id"`
				Object       string          `json:"object"`
				Customer     json.RawMessage `json:"customer"`
				Subscription json.RawMessage `json:"subscription"`
			} `json:"object"`
		} `json:"data"`
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		return billing.Event{}, err
	}
	o := e.Data.Object
	out := billing.Event{
		ID: e.ID, Type: e.Type, Account: e.Account, LiveMode: e.LiveMode, CreatedAt: at(e.Created), ObjectType: o.Object, ObjectID: o.ID,
		CustomerID: reference(o.Customer), SubscriptionID: reference(o.Subscription), Raw: raw,
	}
	switch o.Object {
	case "customer":
		out.CustomerID = o.ID
	case "subscription":
		out.SubscriptionID = o.ID
	}
	return out, nil
}

// reference reads a field that is a key, or the object itself.
func reference(raw json.RawMessage) string {
	var id string
	if json.Unmarshal(raw, &id) == nil {
		return id
	}
	var o struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(raw, &o) != nil {
		return ""
	}
	return o.ID
}

// EventsSince lists events after the given one, the oldest first; the newest hundred when after is empty.
func (g *Gateway) EventsSince(ctx context.Context, after string) ([]billing.Event, bool, error) {
	p := &stripe.EventListParams{ListParams: page(ctx, "")}
	if after != "" {
		p.EndingBefore = stripe.String(after)
	}
	it := g.api.Events.List(p)
	if it.Err() != nil {
		return nil, false, failure(it.Err())
	}
	list := it.EventList()
	out := make([]billing.Event, 0, len(list.Data))
	for _, x := range list.Data {
		raw, err := json.Marshal(object{x.ID, x.Type, x.Account, x.Livemode, x.Created, map[string]json.RawMessage{"object": x.Data.Raw}})
		if err != nil {
			return nil, false, err
		}
		e, err := eventOf(raw)
		if err != nil {
			return nil, false, err
		}
		out = append(out, e)
	}
	slices.Reverse(out) // within one second too, the oldest first
	slices.SortStableFunc(out, func(a, b billing.Event) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return out, list.HasMore, nil
}

type object struct {
	ID       string                     `json:"id"`
	Type     stripe.EventType           `json:"type"`
	Account  string                     `json:"account,omitempty"`
	LiveMode bool                       `json:"livemode"`
	Created  int64                      `json:"created"`
	Data     map[string]json.RawMessage `json:"data"`
}
