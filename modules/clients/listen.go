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
	EndContact(ctx context.Context, contactID string) error
	ResumeContact(ctx context.Context, contactID string, since time.Time) error
}

// Listen keeps in step how far contacts have come with the portal, and closes it to those who are put away.
func Listen(b *event.Bus, s *Service, r Roster) {
	const name = "clients.portal_state"
	event.On(b, name, func(ctx context.Context, e identity.InvitationChanged) error {
		return s.portalMoves(ctx, e.ContactID, map[string]PortalState{"sent": PortalInvited, "revoked": PortalNone, "accepted": PortalActive}[e.What])
	})
	member := func(ctx context.Context, id string, to PortalState) error {
		var m identity.Member
		err := s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
			m, err = r.MemberTx(ctx, tx, id)
			return err
		})
		if err != nil {
			return err
		}
		return s.portalMoves(ctx, m.ContactID, to)
	}
	event.On(b, name, func(ctx context.Context, e identity.MemberAdded) error { return member(ctx, e.MemberID, PortalActive) })
	event.On(b, name, func(ctx context.Context, e identity.MemberDeactivated) error {
		return member(ctx, e.MemberID, PortalEnded)
	})
	event.On(b, name, func(ctx context.Context, e identity.MemberReactivated) error {
		return member(ctx, e.MemberID, PortalActive)
	})
	const doors = "clients.portal_doors"
	event.On(b, doors, func(ctx context.Context, e ContactArchived) error {
		if away, err := s.isAway(ctx, e.Contact); err != nil || !away {
			return err // taken back meanwhile
		}
		return r.EndContact(ctx, e.Contact)
	})
	event.On(b, doors, func(ctx context.Context, e ContactRestored) error {
		if away, err := s.isAway(ctx, e.Contact); err != nil || away {
			return err // put away once more
		}
		return r.ResumeContact(ctx, e.Contact, e.Since)
	})
}

func (s *Service) isAway(ctx context.Context, contactID string) (bool, error) {
	c, err := s.FindContact(ctx, contactID)
	return c.ArchivedAt != nil, err
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
