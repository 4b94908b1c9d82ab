package rates

import "github.com/bureauhq/bureau/app/kit/event"

// CardRef names a card in an event. It never holds an amount.
type CardRef struct {
	Card    string `json:"card"`
	Name    string `json:"name"`
	Client  string `json:"client,omitempty"`
	Project string `json:"project,omitempty"`
}

// Trace puts the event into the timelines of the card's client and project.
func (r CardRef) Trace() event.Trace {
	return event.Trace{Entity: "rate_card", EntityID: r.Card, ClientID: r.Client, ProjectID: r.Project, Label: r.Name}
}

type (
	// CardCreated is published when a card is made.
	CardCreated struct{ CardRef }
	// CardChanged is published when a card is renamed, archived or restored.
	CardChanged struct{ CardRef }
	// RateAdded is published when a card gets a rate.
	RateAdded struct {
		CardRef
		Rate string `json:"rate"`
	}
	// RateChanged is published when a rate is edited.
	RateChanged struct {
		CardRef
		Rate string `json:"rate"`
	}
	// RateRemoved is published when a rate is taken off its card.
	RateRemoved struct {
		CardRef
		Rate string `json:"rate"`
	}
)

// MultipliersRef names multipliers in an event. It never holds a factor.
type MultipliersRef struct {
	Multipliers string `json:"multipliers"`
	Client      string `json:"client,omitempty"`
	Project     string `json:"project,omitempty"`
}

// Trace puts the event into the timelines of their client and project.
func (r MultipliersRef) Trace() event.Trace {
	return event.Trace{Entity: "multipliers", EntityID: r.Multipliers, ClientID: r.Client, ProjectID: r.Project, Label: "Multipliers"}
}

type (
	// MultipliersAdded is published when it becomes known what hours count as.
	MultipliersAdded struct{ MultipliersRef }
	// MultipliersRemoved is published when that no longer holds.
	MultipliersRemoved struct{ MultipliersRef }
)

func (MultipliersAdded) EventName() string   { return "rates.multipliers_added.v1" }
func (MultipliersRemoved) EventName() string { return "rates.multipliers_removed.v1" }

func (m Multipliers) ref() MultipliersRef { return MultipliersRef{m.ID, m.ClientID, m.ProjectID} }

// CostChanged is published when it becomes known what somebody costs. It is in no timeline and holds no amount.
type CostChanged struct {
	Member string `json:"member"`
}

func (CostChanged) EventName() string { return "rates.cost_changed.v1" }

// Trace says which pages show it.
func (CostChanged) Trace() event.Trace { return event.Trace{Entity: "cost_rate"} }

// ServiceRef names a service in an event.
type ServiceRef struct {
	Service string `json:"service"`
	Name    string `json:"name"`
}

// Trace implements event.Traced.
func (r ServiceRef) Trace() event.Trace {
	return event.Trace{Entity: "service", EntityID: r.Service, Label: r.Name}
}

type (
	// ServiceCreated is published when a service is made.
	ServiceCreated struct{ ServiceRef }
	// ServiceChanged is published when a service is edited, archived or restored.
	ServiceChanged struct{ ServiceRef }
)

func (ServiceCreated) EventName() string { return "rates.service_created.v1" }
func (ServiceChanged) EventName() string { return "rates.service_changed.v1" }

func (x Sold) ref() ServiceRef { return ServiceRef{Service: x.ID, Name: x.Name} }

func (CardCreated) EventName() string { return "rates.card_created.v1" }
func (CardChanged) EventName() string { return "rates.card_changed.v1" }
func (RateAdded) EventName() string   { return "rates.rate_added.v1" }
func (RateChanged) EventName() string { return "rates.rate_changed.v1" }
func (RateRemoved) EventName() string { return "rates.rate_removed.v1" }

func (c Card) ref() CardRef {
	return CardRef{Card: c.ID, Name: c.Name, Client: c.ClientID, Project: c.ProjectID}
}
