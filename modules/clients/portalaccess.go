package clients

import (
	"context"
	"time"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrContactAway refuses to let somebody in who is put away.
var ErrContactAway = fault.Define(fault.Conflict, "clients.contact_archived", "This contact is archived. Restore the contact first.")

// Doors opens and closes the portal to one contact; *identity.Service does it.
type Doors interface {
	ContactAccessTx(ctx context.Context, tx *tenancy.Tx, contactIDs []string) (map[string]identity.ContactAccess, error)
	EndContactAccessTx(ctx context.Context, tx *tenancy.Tx, contactID string) error
	GiveContactAccessBackTx(ctx context.Context, tx *tenancy.Tx, contactID string) error // identity.ErrNothingEnded
}

// AccessEnd says how a contact's access to the portal ended.
type AccessEnd struct {
	At   time.Time
	By   string // the member's name; empty where it is not known
	Away bool   // only while the contact, or the client, is archived
}

// PortalPeople counts the contacts of a client who can open the portal or are invited to.
type PortalPeople struct{ Active, Invited int }

// EndAccess closes the portal to one contact, at once and until it is given
// back by name: restoring the contact or the client does not give it back.
func (s *Service) EndAccess(ctx context.Context, contactID string) (Contact, error) {
	return s.door(ctx, contactID, func(ctx context.Context, tx *tenancy.Tx, _ Contact) error {
		return s.d.Doors.EndContactAccessTx(ctx, tx, contactID)
	})
}

// GiveAccessBack lets one contact into the portal again whose access was ended.
// ErrContactAway, ErrArchived, identity.ErrNothingEnded.
func (s *Service) GiveAccessBack(ctx context.Context, contactID string) (Contact, error) {
	return s.door(ctx, contactID, func(ctx context.Context, tx *tenancy.Tx, c Contact) error {
		if c.ArchivedAt != nil {
			return ErrContactAway
		}
		switch client, err := s.d.Store.ByID(ctx, tx, c.ClientID); {
		case err != nil:
			return err
		case client.Archived():
			return ErrArchived
		}
		return s.d.Doors.GiveContactAccessBackTx(ctx, tx, contactID)
	})
}

func (s *Service) door(ctx context.Context, contactID string, turn func(context.Context, *tenancy.Tx, Contact) error) (c Contact, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if c, err = s.d.Store.ContactForUpdate(ctx, tx, contactID); err != nil {
			return err
		}
		if s.d.Doors == nil {
			return identity.ErrNothingEnded
		}
		if err := turn(ctx, tx, c); err != nil {
			return err
		}
		all, err := s.d.Doors.ContactAccessTx(ctx, tx, []string{contactID})
		if err != nil {
			return err
		}
		to := PortalNone // there was no more than an invitation
		if a, known := all[contactID]; known {
			to = portalOf(a)
		}
		if err := s.SetPortalStateTx(ctx, tx, contactID, to); err != nil {
			return err
		}
		if c, err = s.d.Store.ContactByID(ctx, tx, contactID); err != nil {
			return err
		}
		c.seen(all)
		return nil
	})
	return c, err
}

func portalOf(a identity.ContactAccess) PortalState {
	if a.Active {
		return PortalActive
	}
	return PortalEnded
}

// withAccess fills in how the access of contacts ended, with what is true this moment.
func (s *Service) withAccess(ctx context.Context, tx *tenancy.Tx, cs ...*Contact) error {
	if s.d.Doors == nil || len(cs) == 0 {
		return nil
	}
	ids := make([]string, len(cs))
	for i, c := range cs {
		ids[i] = c.ID
	}
	all, err := s.d.Doors.ContactAccessTx(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, c := range cs {
		c.seen(all)
	}
	return nil
}

func (c *Contact) seen(all map[string]identity.ContactAccess) {
	a, known := all[c.ID]
	if !known {
		return
	}
	c.Portal, c.Ended = portalOf(a), nil
	if !a.Active && a.EndedAt != nil {
		c.Ended = &AccessEnd{a.EndedAt.UTC(), a.EndedByName, a.EndedWhy == identity.Away}
	}
}

// PortalPeople counts who of a client can open the portal, or is invited to: whom archiving it shuts out.
func (s *Service) PortalPeople(ctx context.Context, clientID string) (n PortalPeople, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		n, err = s.d.Store.CountPortal(ctx, tx, clientID)
		return err
	})
	return n, err
}
