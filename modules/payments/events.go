package payments

import "github.com/bureauhq/bureau/app/kit/event"

// AccountChanged is published when the account can do something else, or the settings change.
type AccountChanged struct{}

// EventName names the event.
func (AccountChanged) EventName() string { return "payments.account_changed.v1" }

// Trace names the record.
func (AccountChanged) Trace() event.Trace {
	return event.Trace{Entity: "payment_account", Label: "Payments on line"}
}

// Changed is published when something becomes of an attempt to pay.
type Changed struct {
	Attempt  string `json:"attempt"`
	Invoice  string `json:"invoice"`
	ClientID string `json:"client_id"`
	What     string `json:"what"` // opened, processing, paid, failed, expired, held, refund_asked, refunded, refund_failed, disputed, dispute_won, dispute_lost
	Label    string `json:"label"`
}

// EventName names the event.
func (Changed) EventName() string { return "payments.online_payment_changed.v1" }

// Trace places the event in the client's timeline.
func (e Changed) Trace() event.Trace {
	return event.Trace{Entity: "online_payment", EntityID: e.Attempt, ClientID: e.ClientID, Label: e.Label}
}

// DifferencesChanged is published when there is something to look at, or not any more.
type DifferencesChanged struct{}

// EventName names the event.
func (DifferencesChanged) EventName() string { return "payments.differences_changed.v1" }

// Trace names the record.
func (DifferencesChanged) Trace() event.Trace {
	return event.Trace{Entity: "payment_difference", Label: "Payments on line"}
}
