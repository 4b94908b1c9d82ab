package clients

import (
	"context"
	"strings"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/tenancy"
)

// ContactFilter says which contacts of the whole agency are wanted.
type ContactFilter struct {
	Search   string
	ClientID string
	State    State
}

// AddContact gives a client a contact. The first one becomes the primary.
func (s *Service) AddContact(ctx context.Context, clientID string, d ContactDraft) (c Contact, err error) {
	if d, err = d.checked(); err != nil {
		return c, err
	}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		client, err := s.d.Store.ForUpdate(ctx, tx, clientID) // one at a time decides who is primary
		if err != nil {
			return err
		}
		if client.Archived() {
			return ErrArchived
		}
		others, err := s.d.Store.ContactsOf(ctx, tx, []string{clientID}, false)
		if err != nil {
			return err
		}
		d.Primary = d.Primary || len(others) == 0
		c, err = s.addContact(ctx, tx, clientID, d)
		return err
	})
	return c, err
}

func (s *Service) addContact(ctx context.Context, tx *tenancy.Tx, clientID string, d ContactDraft) (Contact, error) {
	now := s.now()
	c := Contact{
		ID: id.New(), ClientID: clientID, Portal: PortalNone,
		CreatedAt: now, CreatedBy: access.From(ctx).MemberID, UpdatedAt: now, Version: 1,
	}.with(d)
	if c.Primary {
		if err := s.d.Store.ClearPrimary(ctx, tx, clientID, c.ID); err != nil {
			return c, err
		}
	}
	if err := s.d.Store.AddContact(ctx, tx, c); err != nil {
		return c, err
	}
	if err := s.recordContact(ctx, tx, "clients.contact_added", nil, c); err != nil {
		return c, err
	}
	return c, s.d.Events.Publish(ctx, tx, ContactAdded{c.ref()})
}

// ChangeContact edits a contact that is at version.
func (s *Service) ChangeContact(ctx context.Context, contactID string, version int, ch ContactChange) (c Contact, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.ContactForUpdate(ctx, tx, contactID)
		if err != nil {
			return err
		}
		if before.Version != version {
			return ErrStale
		}
		if c, err = s.changeContact(ctx, tx, before, ch); err != nil {
			return err
		}
		return s.withAccess(ctx, tx, &c)
	})
	return c, err
}

func (s *Service) changeContact(ctx context.Context, tx *tenancy.Tx, before Contact, ch ContactChange) (Contact, error) {
	d, err := ch.apply(before.draft()).checked()
	if err != nil {
		return Contact{}, err
	}
	if d.Primary && !before.Primary {
		if err := s.d.Store.ClearPrimary(ctx, tx, before.ClientID, before.ID); err != nil {
			return Contact{}, err
		}
	}
	return s.saveContact(ctx, tx, "clients.contact_changed", before, before.with(d), func(r ContactRef) Event { return ContactChanged{r} })
}

// ArchiveContact puts a contact away; they get no more mail.
func (s *Service) ArchiveContact(ctx context.Context, contactID string) (Contact, error) {
	return s.putContact(ctx, contactID, true)
}

// RestoreContact takes an archived contact back.
func (s *Service) RestoreContact(ctx context.Context, contactID string) (Contact, error) {
	return s.putContact(ctx, contactID, false)
}

func (s *Service) putContact(ctx context.Context, contactID string, away bool) (c Contact, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.ContactForUpdate(ctx, tx, contactID)
		c = before
		if err != nil || away == (before.ArchivedAt != nil) {
			return err
		}
		if !away {
			c.ArchivedAt = nil
			c, err = s.saveContact(ctx, tx, "clients.contact_restored", before, c, func(r ContactRef) Event { return ContactRestored{r, *before.ArchivedAt} })
			return err
		}
		now := s.now()
		c.ArchivedAt, c.Primary = &now, false
		c, err = s.saveContact(ctx, tx, "clients.contact_archived", before, c, func(r ContactRef) Event { return ContactArchived{r} })
		return err
	})
	return c, err
}

// SetPortalStateTx remembers how far a contact has come with the portal.
func (s *Service) SetPortalStateTx(ctx context.Context, tx *tenancy.Tx, contactID string, state PortalState) error {
	before, err := s.d.Store.ContactForUpdate(ctx, tx, contactID)
	if err != nil || before.Portal == state {
		return err
	}
	after := before
	after.Portal = state
	_, err = s.saveContact(ctx, tx, "clients.contact_portal_"+string(state), before, after, func(r ContactRef) Event { return ContactChanged{r} })
	return err
}

func (s *Service) saveContact(ctx context.Context, tx *tenancy.Tx, action string, before, after Contact, e func(ContactRef) Event) (Contact, error) {
	after.UpdatedAt, after.Version = s.now(), before.Version+1
	if err := s.d.Store.SaveContact(ctx, tx, after); err != nil {
		return Contact{}, err
	}
	if err := s.recordContact(ctx, tx, action, &before, after); err != nil {
		return Contact{}, err
	}
	return after, s.d.Events.Publish(ctx, tx, e(after.ref()))
}

func (s *Service) recordContact(ctx context.Context, tx *tenancy.Tx, action string, before *Contact, after Contact) error {
	change := audit.Change{Action: action, Entity: "contact", EntityID: after.ID, After: after.draft()}
	if before != nil {
		change.Before = before.draft()
	}
	return audit.Record(ctx, tx, change)
}

func (c Contact) ref() ContactRef { return ContactRef{Contact: c.ID, Client: c.ClientID, Name: c.Name} }

// FindContact returns one contact.
func (s *Service) FindContact(ctx context.Context, contactID string) (c Contact, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if c, err = s.d.Store.ContactByID(ctx, tx, contactID); err != nil {
			return err
		}
		return s.withAccess(ctx, tx, &c)
	})
	return c, err
}

// Contacts returns one page of contacts by name, of one client or of all.
func (s *Service) Contacts(ctx context.Context, f ContactFilter, q page.Query) (out []Contact, next *string, err error) {
	f.Search = strings.ToLower(strings.TrimSpace(f.Search))
	if f.State == "" {
		f.State = Active
	}
	cur, err := cursorOf(q, "name")
	if err != nil {
		return nil, nil, err
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if f.ClientID != "" {
			if _, err := s.d.Store.ByID(ctx, tx, f.ClientID); err != nil {
				return err
			}
		}
		out, err = s.d.Store.Contacts(ctx, tx, f, cur)
		if err != nil {
			return err
		}
		out, next = page.Cut(out, cur.Limit, func(c Contact) []string { return []string{"name", c.Name, c.ID} })
		shown := make([]*Contact, len(out))
		for i := range out {
			shown[i] = &out[i]
		}
		return s.withAccess(ctx, tx, shown...)
	})
	return out, next, err
}

// ContactTx returns one contact, archived or not. ErrContactNotFound.
func (s *Service) ContactTx(ctx context.Context, tx *tenancy.Tx, contactID string) (Contact, error) {
	return s.d.Store.ContactByID(ctx, tx, contactID)
}

// ContactsForBillingTx returns who gets the invoices of clients: the contacts
// marked so, else the primary one. Only those with an address.
func (s *Service) ContactsForBillingTx(ctx context.Context, tx *tenancy.Tx, clientIDs []string) (map[string][]Contact, error) {
	all, err := s.d.Store.ContactsOf(ctx, tx, clientIDs, false)
	if err != nil {
		return nil, err
	}
	out, primary := map[string][]Contact{}, map[string][]Contact{}
	for _, c := range all {
		switch {
		case c.Email == "":
		case c.Billing:
			out[c.ClientID] = append(out[c.ClientID], c)
		case c.Primary:
			primary[c.ClientID] = append(primary[c.ClientID], c)
		}
	}
	for id, some := range primary {
		if len(out[id]) == 0 {
			out[id] = some
		}
	}
	return out, nil
}
