package clients

import (
	"time"

	"github.com/bureauhq/bureau/app/kit/event"
)

// Event is what this module announces.
type Event = event.Event

// ClientRef names a client in an event.
type ClientRef struct {
	Client string `json:"client"`
	Name   string `json:"name"`
}

// Trace puts the event into the client's timeline.
func (r ClientRef) Trace() event.Trace {
	return event.Trace{Entity: "client", EntityID: r.Client, ClientID: r.Client, Label: r.Name}
}

// ContactRef names a contact in an event.
type ContactRef struct {
	Contact string `json:"contact"`
	Client  string `json:"client"`
	Name    string `json:"name"`
}

// Trace puts the event into the timeline of the contact's client.
func (r ContactRef) Trace() event.Trace {
	return event.Trace{Entity: "contact", EntityID: r.Contact, ClientID: r.Client, Label: r.Name}
}

// InteractionRef names a logged note, call or meeting in an event.
type InteractionRef struct {
	Interaction string          `json:"interaction"`
	Client      string          `json:"client"`
	Kind        InteractionKind `json:"kind"`
	Subject     string          `json:"subject"`
}

// Trace makes open timelines load again. The timeline shows the interaction
// itself, not its events.
func (r InteractionRef) Trace() event.Trace {
	return event.Trace{Entity: "interaction", EntityID: r.Interaction, ClientID: r.Client, Label: r.Subject}
}

type (
	// ClientCreated is published when a client is made.
	ClientCreated struct{ ClientRef }
	// ClientChanged is published when details of a client change.
	ClientChanged struct{ ClientRef }
	// ClientArchived is published when a client is put away.
	ClientArchived struct{ ClientRef }
	// ClientRestored is published when a client is taken back.
	ClientRestored struct{ ClientRef }

	// ContactAdded is published when a client gets a contact.
	ContactAdded struct{ ContactRef }
	// ContactChanged is published when details of a contact change.
	ContactChanged struct{ ContactRef }
	// ContactArchived is published when a contact is put away.
	ContactArchived struct{ ContactRef }
	// ContactRestored is published when a contact is taken back.
	ContactRestored struct {
		ContactRef
		Since time.Time `json:"since"` // when it was put away
	}

	// InteractionLogged is published when a note, call or meeting is logged.
	InteractionLogged struct{ InteractionRef }
	// InteractionChanged is published when an entry is edited.
	InteractionChanged struct{ InteractionRef }
	// InteractionRemoved is published when an entry is taken out.
	InteractionRemoved struct{ InteractionRef }
)

func (ClientCreated) EventName() string      { return "clients.client_created.v1" }
func (ClientChanged) EventName() string      { return "clients.client_changed.v1" }
func (ClientArchived) EventName() string     { return "clients.client_archived.v1" }
func (ClientRestored) EventName() string     { return "clients.client_restored.v1" }
func (ContactAdded) EventName() string       { return "clients.contact_added.v1" }
func (ContactChanged) EventName() string     { return "clients.contact_changed.v1" }
func (ContactArchived) EventName() string    { return "clients.contact_archived.v1" }
func (ContactRestored) EventName() string    { return "clients.contact_restored.v1" }
func (InteractionLogged) EventName() string  { return "clients.interaction_logged.v1" }
func (InteractionChanged) EventName() string { return "clients.interaction_changed.v1" }
func (InteractionRemoved) EventName() string { return "clients.interaction_removed.v1" }

// Imported is published once for a finished import.
type Imported struct {
	Clients  int `json:"clients"`
	Contacts int `json:"contacts"`
	Updated  int `json:"updated"`
}

// EventName names the event.
func (Imported) EventName() string { return "clients.imported.v1" }
