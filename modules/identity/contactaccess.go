package identity

import (
	"context"
	"errors"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrNothingEnded refuses to give back what nobody took.
var ErrNothingEnded = fault.Define(fault.Conflict, "identity.nothing_ended", "This contact has no access that was ended. Invite them instead.")

// EndContact ends the access of contacts that were put away, and takes back
// what invites them. Those who have neither are nothing to do.
func (s *Service) EndContact(ctx context.Context, contactIDs ...string) error {
	// Invitations first: one that is accepted meanwhile is a member below.
	var open []string
	err := s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		open, err = s.d.Store.OpenInvitationsOf(ctx, tx, contactIDs)
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range open {
		if _, err := s.Revoke(ctx, id); err != nil && !errors.Is(err, ErrInvitationClosed) {
			return err
		}
	}
	all, err := s.membersOf(ctx, contactIDs)
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.State != Active {
			continue
		}
		err := s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := s.deactivateTx(ctx, tx, m.ID, Away, "identity.member_deactivated")
			return err
		})
		if err != nil && !errors.Is(err, ErrMemberState) {
			return err
		}
	}
	return nil
}

// ResumeContact lets contacts in again that were put away since then and are
// back. An access that somebody ended by name stays ended: they meant that. Of
// one that ended before it was kept why, the time tells; where that is not
// known either, as in news from before a release, it stays ended.
func (s *Service) ResumeContact(ctx context.Context, since time.Time, contactIDs ...string) error {
	all, err := s.membersOf(ctx, contactIDs)
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.State != Deactivated || !m.endedAway(since) {
			continue
		}
		if _, err := s.Reactivate(ctx, m.ID); err != nil && !errors.Is(err, ErrMemberState) {
			return err
		}
	}
	return nil
}

// endedAway tells whether the access ended only because the contact was put away then.
func (m Member) endedAway(since time.Time) bool {
	if m.EndedWhy != "" {
		return m.EndedWhy == Away
	}
	return !since.IsZero() && m.DeactivatedAt != nil && !m.DeactivatedAt.Before(since)
}

// ContactAccess is how a contact stands with the portal.
type ContactAccess struct {
	Active      bool
	EndedAt     *time.Time
	EndedByName string // empty where it is not known, or the house did it
	EndedWhy    EndReason
}

// ContactAccessTx tells how contacts stand with the portal; those who were never let in are left out.
func (s *Service) ContactAccessTx(ctx context.Context, tx *tenancy.Tx, contactIDs []string) (map[string]ContactAccess, error) {
	all, err := s.d.Store.MembersOfContacts(ctx, tx, contactIDs)
	if err != nil {
		return nil, err
	}
	var by []string
	for _, m := range all {
		by = append(by, m.EndedBy)
	}
	names, err := s.NamesTx(ctx, tx, by)
	if err != nil {
		return nil, err
	}
	out := map[string]ContactAccess{}
	for _, m := range all {
		if m.State == Active || !out[m.ContactID].Active {
			out[m.ContactID] = ContactAccess{m.State == Active, m.DeactivatedAt, names[m.EndedBy].Name, m.EndedWhy}
		}
	}
	return out, nil
}

// EndContactAccessTx ends one contact's access until it is given back by name,
// and takes back what invites them. Ending twice is ending once; what had ended
// only while the contact was put away is ended for good.
func (s *Service) EndContactAccessTx(ctx context.Context, tx *tenancy.Tx, contactID string) error {
	open, err := s.d.Store.OpenInvitationsOf(ctx, tx, []string{contactID})
	if err != nil {
		return err
	}
	for _, id := range open {
		if _, err := s.revokeTx(ctx, tx, id); err != nil && !errors.Is(err, ErrInvitationClosed) {
			return err
		}
	}
	all, err := s.d.Store.MembersOfContacts(ctx, tx, []string{contactID})
	if err != nil {
		return err
	}
	for _, m := range all {
		switch {
		case m.State == Active:
			_, err = s.deactivateTx(ctx, tx, m.ID, Meant, "identity.member_deactivated")
		case m.EndedWhy != Meant:
			_, err = s.changeTx(ctx, tx, m.ID, func(ctx context.Context, _ *tenancy.Tx, m *Member) error {
				m.EndedWhy, m.EndedBy = Meant, access.From(ctx).MemberID
				return nil
			}, "identity.member_ended_for_good")
		}
		if err != nil && !errors.Is(err, ErrMemberState) {
			return err
		}
	}
	return nil
}

// GiveContactAccessBackTx lets a contact in again whose access was ended. ErrNothingEnded.
func (s *Service) GiveContactAccessBackTx(ctx context.Context, tx *tenancy.Tx, contactID string) error {
	all, err := s.d.Store.MembersOfContacts(ctx, tx, []string{contactID})
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return ErrNothingEnded
	}
	for _, m := range all {
		if m.State == Active {
			continue // giving back twice is giving back once
		}
		if _, err := s.reactivateTx(ctx, tx, m.ID); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) membersOf(ctx context.Context, contactIDs []string) (all []Member, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		all, err = s.d.Store.MembersOfContacts(ctx, tx, contactIDs)
		return err
	})
	return all, err
}
