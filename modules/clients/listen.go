package clients

import (
	"context"
	"errors"
	"time"

	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/tenancy"
)

// Roster tells which contact a member is, and lets contacts in; *identity.Service does both.
type Roster interface {
	MemberTx(ctx context.Context, tx *tenancy.Tx, id string) (identity.Member, error)
	EndContact(ctx context.Context, contactIDs ...string) error
	ResumeContact(ctx context.Context, since time.Time, contactIDs ...string) error
}

// Listen keeps in step how far contacts have come with the portal, and closes it to those who are put away.
func Listen(b *event.Bus, s *Service, r Roster) {
	const name = "clients.portal_state"
	event.On(b, name, func(ctx context.Context, e identity.InvitationChanged) error {
		return s.portalMoves(ctx, e.ContactID, map[string]PortalState{"sent": PortalInvited, "revoked": PortalNone, "accepted": PortalActive}[e.What])
	})
	// News of one member may come in any order: what counts is how the member stands.
	member := func(ctx context.Context, id string) error {
		var m identity.Member
		err := s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
			m, err = r.MemberTx(ctx, tx, id)
			return err
		})
		if err != nil {
			return err
		}
		to := PortalEnded
		if m.State == identity.Active {
			to = PortalActive
		}
		return s.portalMoves(ctx, m.ContactID, to)
	}
	event.On(b, name, func(ctx context.Context, e identity.MemberAdded) error { return member(ctx, e.MemberID) })
	event.On(b, name, func(ctx context.Context, e identity.MemberDeactivated) error { return member(ctx, e.MemberID) })
	event.On(b, name, func(ctx context.Context, e identity.MemberReactivated) error { return member(ctx, e.MemberID) })
	const doors = "clients.portal_doors"
	event.On(b, doors, func(ctx context.Context, e ContactArchived) error {
		return s.settleDoors(ctx, r, time.Time{}, e.Contact)
	})
	event.On(b, doors, func(ctx context.Context, e ContactRestored) error { return s.settleDoors(ctx, r, e.Since, e.Contact) })
	// Whom the client's own archive shut out has it written down why: no time has to tell.
	event.On(b, doors, func(ctx context.Context, e ClientArchived) error { return s.settleDoorsOf(ctx, r, e.Client) })
	event.On(b, doors, func(ctx context.Context, e ClientRestored) error { return s.settleDoorsOf(ctx, r, e.Client) })
}

func (s *Service) settleDoorsOf(ctx context.Context, r Roster, clientID string) error {
	var all []Contact
	err := s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		all, err = s.d.Store.ContactsOf(ctx, tx, []string{clientID}, true)
		return err
	})
	if err != nil {
		return err
	}
	ids := make([]string, len(all))
	for i, c := range all {
		ids[i] = c.ID
	}
	return s.settleDoors(ctx, r, time.Time{}, ids...)
}

// settleDoors closes the portal to those of the contacts who are put away by
// now, themselves or with their client, and opens it to the others. News may
// come late: what counts is how it stands.
func (s *Service) settleDoors(ctx context.Context, r Roster, since time.Time, contactIDs ...string) error {
	away, here, err := s.whoIsAway(ctx, contactIDs)
	if err != nil {
		return err
	}
	if len(away) > 0 {
		if err := r.EndContact(ctx, away...); err != nil {
			return err
		}
		// Who was taken back while the door closed found it open.
		var back []string
		if _, back, err = s.whoIsAway(ctx, away); err != nil {
			return err
		}
		here = append(here, back...)
	}
	if len(here) == 0 {
		return nil
	}
	return r.ResumeContact(ctx, since, here...)
}

func (s *Service) whoIsAway(ctx context.Context, contactIDs []string) (away, here []string, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		all, err := s.d.Store.ContactsByIDs(ctx, tx, contactIDs)
		if err != nil {
			return err
		}
		var of []string
		for _, c := range all {
			of = append(of, c.ClientID)
		}
		firms, err := s.ClientsByIDsTx(ctx, tx, of)
		if err != nil {
			return err
		}
		for _, c := range all {
			if c.ArchivedAt != nil || firms[c.ClientID].Archived() {
				away = append(away, c.ID)
			} else {
				here = append(here, c.ID)
			}
		}
		return nil
	})
	return away, here, err
}

// portalMoves notes a step. News may come late or twice: an invitation that is
// heard of after it was accepted takes nothing back.
func (s *Service) portalMoves(ctx context.Context, contactID string, to PortalState) error {
	if contactID == "" || to == "" {
		return nil
	}
	err := s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.d.Store.ContactForUpdate(ctx, tx, contactID)
		if err != nil {
			return err
		}
		late := (to == PortalInvited && c.Portal == PortalActive) || (to == PortalNone && c.Portal != PortalInvited)
		if late {
			return nil
		}
		return s.SetPortalStateTx(ctx, tx, contactID, to)
	})
	if errors.Is(err, ErrContactNotFound) {
		return nil // the invitation named somebody who is not here; nothing to keep
	}
	return err
}
