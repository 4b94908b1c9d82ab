package clientshttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/clients"
)

func registerPeople(api *httpapi.API, h handlers) {
	op := func(id, method, path, summary string) httpapi.Op {
		o := httpapi.Op{ID: id, Tag: "clients", Method: method, Path: path, Summary: summary, Need: clients.WriteContacts}
		if method == http.MethodGet {
			o.Need = clients.ReadContacts
		}
		return o
	}
	add := op("contacts-create", http.MethodPost, "/api/v1/clients/{id}/contacts", "Add a contact to a client")
	add.Status, add.Idempotent = http.StatusCreated, true
	httpapi.Handle(api, op("contacts-list", http.MethodGet, "/api/v1/contacts", "List contacts of all clients or of one"), h.contacts)
	httpapi.Handle(api, add, h.addContact)
	httpapi.Handle(api, op("contacts-get", http.MethodGet, "/api/v1/contacts/{id}", "Look at one contact"), h.contact)
	httpapi.Handle(api, op("contacts-change", http.MethodPatch, "/api/v1/contacts/{id}", "Change a contact"), h.changeContact)
	httpapi.Handle(api, op("contacts-archive", http.MethodPost, "/api/v1/contacts/{id}/archive", "Put a contact away"), h.archiveContact)
	end := op("contacts-end-access", http.MethodPost, "/api/v1/contacts/{id}/end-access", "End a contact's access to the portal, or take the invitation back")
	end.Whenever = true
	back := op("contacts-give-access-back", http.MethodPost, "/api/v1/contacts/{id}/give-access-back", "Let a contact into the portal again")
	back.Need = clients.LetContactsIn
	httpapi.Handle(api, end, h.endAccess)
	httpapi.Handle(api, back, h.giveAccessBack)
	httpapi.Handle(api, op("contacts-restore", http.MethodPost, "/api/v1/contacts/{id}/restore", "Take an archived contact back"), h.restoreContact)
}

// ContactView is a contact as the web sees it.
type ContactView struct {
	ID         string     `json:"id"`
	ClientID   string     `json:"client_id"`
	Name       string     `json:"name"`
	Email      string     `json:"email"`
	Phone      string     `json:"phone"`
	JobTitle   string     `json:"job_title"`
	Primary    bool       `json:"primary" doc:"The person to call; at most one of a client"`
	Billing    bool       `json:"billing" doc:"Gets the invoices"`
	Portal     string     `json:"portal" enum:"none,invited,active,ended" doc:"Access to the portal"`
	CreatedAt  time.Time  `json:"created_at"`
	UpdatedAt  time.Time  `json:"updated_at"`
	ArchivedAt *time.Time `json:"archived_at"`
	Version    int        `json:"version"`

	AccessEnded *AccessEndedView `json:"access_ended" doc:"How the access to the portal ended; null: it did not"`
}

// AccessEndedView says how a contact's access ended.
type AccessEndedView struct {
	At    time.Time `json:"at"`
	By    string    `json:"by" doc:"The member who ended it; empty where it is not known or nobody did by hand"`
	While bool      `json:"while_archived" doc:"It comes back when the contact, or the client, is restored"`
}

// NewContact is what the web sends to make one.
type NewContact struct {
	Name     string `json:"name" minLength:"1" maxLength:"120"`
	Email    string `json:"email,omitempty" maxLength:"254"`
	Phone    string `json:"phone,omitempty" maxLength:"40"`
	JobTitle string `json:"job_title,omitempty" maxLength:"80"`
	Primary  bool   `json:"primary,omitempty" doc:"The first contact always is"`
	Billing  bool   `json:"billing,omitempty"`
}

// ContactChange is what the web sends to change one; what is missing stays as it is.
type ContactChange struct {
	Name     *string `json:"name,omitempty" minLength:"1" maxLength:"120"`
	Email    *string `json:"email,omitempty" maxLength:"254" doc:"Empty clears it"`
	Phone    *string `json:"phone,omitempty" maxLength:"40" doc:"Empty clears it"`
	JobTitle *string `json:"job_title,omitempty" maxLength:"80" doc:"Empty clears it"`
	Primary  *bool   `json:"primary,omitempty"`
	Billing  *bool   `json:"billing,omitempty"`
}

// ContactList is a page of contacts.
type ContactList struct {
	Items []ContactView `json:"items"`
	Next  *string       `json:"next"`
}

type (
	contactsIn struct {
		page.Query
		Q      string `query:"q" maxLength:"100" doc:"Part of a name or e-mail address"`
		Client string `query:"client_id" maxLength:"36" doc:"A client's id"`
		State  string `query:"state" enum:"active,archived,all" default:"active"`
	}
	addContactIn struct {
		IDIn
		Body NewContact
	}
	changeContactIn struct {
		IDIn
		httpapi.IfMatch
		Body ContactChange
	}
	contactOut struct {
		ETag string `header:"ETag"`
		Body ContactView
	}
	contactsOut struct{ Body ContactList }
)

func (h handlers) contacts(ctx context.Context, in *contactsIn) (*contactsOut, error) {
	if err := optionalID("query.client_id", in.Client); err != nil {
		return nil, err
	}
	found, next, err := h.svc.Contacts(ctx, clients.ContactFilter{Search: in.Q, ClientID: in.Client, State: clients.State(in.State)}, in.Query)
	if err != nil {
		return nil, err
	}
	out := &contactsOut{ContactList{Items: make([]ContactView, len(found)), Next: next}}
	for i, c := range found {
		out.Body.Items[i] = toContact(c)
	}
	return out, nil
}

func (h handlers) addContact(ctx context.Context, in *addContactIn) (*contactOut, error) {
	b := in.Body
	return answerContact(h.svc.AddContact(ctx, in.ID, clients.ContactDraft{
		Name: b.Name, Email: b.Email, Phone: b.Phone, JobTitle: b.JobTitle, Primary: b.Primary, Billing: b.Billing,
	}))
}

func (h handlers) contact(ctx context.Context, in *IDIn) (*contactOut, error) {
	return answerContact(h.svc.FindContact(ctx, in.ID))
}

func (h handlers) changeContact(ctx context.Context, in *changeContactIn) (*contactOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	return answerContact(h.svc.ChangeContact(ctx, in.ID, version, clients.ContactChange(in.Body)))
}

func (h handlers) archiveContact(ctx context.Context, in *IDIn) (*contactOut, error) {
	return answerContact(h.svc.ArchiveContact(ctx, in.ID))
}

func (h handlers) restoreContact(ctx context.Context, in *IDIn) (*contactOut, error) {
	return answerContact(h.svc.RestoreContact(ctx, in.ID))
}

func (h handlers) endAccess(ctx context.Context, in *IDIn) (*contactOut, error) {
	return answerContact(h.svc.EndAccess(ctx, in.ID))
}

func (h handlers) giveAccessBack(ctx context.Context, in *IDIn) (*contactOut, error) {
	return answerContact(h.svc.GiveAccessBack(ctx, in.ID))
}

func answerContact(c clients.Contact, err error) (*contactOut, error) {
	if err != nil {
		return nil, err
	}
	return &contactOut{httpapi.ETag(c.Version), toContact(c)}, nil
}

func toContact(c clients.Contact) ContactView {
	v := ContactView{
		ID: c.ID, ClientID: c.ClientID, Name: c.Name, Email: c.Email, Phone: c.Phone, JobTitle: c.JobTitle, Primary: c.Primary, Billing: c.Billing,
		Portal: string(c.Portal), CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt, ArchivedAt: c.ArchivedAt, Version: c.Version,
	}
	if e := c.Ended; e != nil {
		v.AccessEnded = &AccessEndedView{e.At, e.By, e.Away}
	}
	return v
}
