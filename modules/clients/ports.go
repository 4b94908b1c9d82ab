package clients

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/tenancy"
)

// What people need to hold for the operations of this module.
const (
	ReadClients       access.Permission = "clients.clients.read"
	WriteClients      access.Permission = "clients.clients.write"
	ReadContacts      access.Permission = "clients.contacts.read"
	WriteContacts     access.Permission = "clients.contacts.write"
	LetContactsIn     access.Permission = "identity.invitations.write" // as inviting them
	WriteInteractions access.Permission = "clients.interactions.write"
)

// Store keeps clients, contacts and interactions. Its one implementation is clientsdb.
type Store interface {
	Add(context.Context, *tenancy.Tx, Client) error                          // ErrCodeTaken
	ByID(context.Context, *tenancy.Tx, string) (Client, error)               // ErrNotFound
	ForUpdate(context.Context, *tenancy.Tx, string) (Client, error)          // ErrNotFound; locks the row
	ByIDs(context.Context, *tenancy.Tx, []string) ([]Client, error)          // those that exist
	Save(context.Context, *tenancy.Tx, Client) error                         // ErrCodeTaken
	List(context.Context, *tenancy.Tx, Filter, Cursor) ([]Client, error)     // limit+1 rows
	Codes(context.Context, *tenancy.Tx) (map[string]bool, error)             // all codes in use
	Tags(context.Context, *tenancy.Tx) ([]string, error)                     // in use by clients that are not archived
	Similar(context.Context, *tenancy.Tx, Likeness) ([]SimilarClient, error) // at most 5
	All(context.Context, *tenancy.Tx) ([]Client, error)
	InvoicedBy(context.Context, *tenancy.Tx) (map[string]string, error) // legal entities of clients that have not the default one

	AddContact(context.Context, *tenancy.Tx, Contact) error                  // ErrEmailTaken
	ContactByID(context.Context, *tenancy.Tx, string) (Contact, error)       // ErrContactNotFound
	ContactForUpdate(context.Context, *tenancy.Tx, string) (Contact, error)  // ErrContactNotFound; locks the row
	SaveContact(context.Context, *tenancy.Tx, Contact) error                 // ErrEmailTaken
	ContactsByIDs(context.Context, *tenancy.Tx, []string) ([]Contact, error) // those that exist, archived ones too
	ContactsOf(ctx context.Context, tx *tenancy.Tx, clientIDs []string, archived bool) ([]Contact, error)
	Contacts(context.Context, *tenancy.Tx, ContactFilter, Cursor) ([]Contact, error) // limit+1 rows
	CountPortal(ctx context.Context, tx *tenancy.Tx, clientID string) (PortalPeople, error)
	ClearPrimary(ctx context.Context, tx *tenancy.Tx, clientID, except string) error

	AddInteraction(context.Context, *tenancy.Tx, Interaction) error
	InteractionForUpdate(context.Context, *tenancy.Tx, string) (Interaction, error) // ErrInteractionNotFound
	SaveInteraction(context.Context, *tenancy.Tx, Interaction) error
	RemoveInteraction(context.Context, *tenancy.Tx, string) error
	Timeline(ctx context.Context, tx *tenancy.Tx, q TimelineQuery) ([]Moment, error) // limit+1 rows
}

// Members tells who works here. Identity answers it.
type Members interface {
	IsMemberTx(ctx context.Context, tx *tenancy.Tx, memberID string) (bool, error)
}

// Entities knows the legal entities that invoice clients. What has none of them may leave it out.
type Entities interface {
	// MayInvoiceTx refuses a legal entity that is not there, and one under which time of a closed period would be open again. Empty is the default one.
	MayInvoiceTx(ctx context.Context, tx *tenancy.Tx, clientID, from, to string) error // ErrNoEntity
}

// Settings tells the agency's own currency; *agency.Service answers it.
type Settings interface {
	SettingsTx(ctx context.Context, tx *tenancy.Tx) (agency.Settings, error)
}

// Publisher tells the rest of the house what happened.
type Publisher interface {
	Publish(context.Context, job.Tx, event.Event) error
}
