package identity

import (
	"context"
	"errors"
	"time"

	"github.com/bureauhq/bureau/tenancy"
)

// EndContact ends the access of a contact that was put away, and takes back
// what invites it. One who has neither is nothing to do.
func (s *Service) EndContact(ctx context.Context, contactID string) error {
	// Invitations first: one that is accepted meanwhile is a member below.
	var open []string
	err := s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		open, err = s.d.Store.OpenInvitationsOf(ctx, tx, contactID)
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
	all, err := s.membersOf(ctx, contactID)
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.State != Active {
			continue
		}
		if _, err := s.Deactivate(ctx, m.ID); err != nil && !errors.Is(err, ErrMemberState) {
			return err
		}
	}
	return nil
}

// ResumeContact lets a contact in again that was put away since then and is
// back. An access that had ended before stays ended: somebody meant that. So
// does one of which it is not known, as of news from before a release.
func (s *Service) ResumeContact(ctx context.Context, contactID string, since time.Time) error {
	all, err := s.membersOf(ctx, contactID)
	if err != nil {
		return err
	}
	for _, m := range all {
		if since.IsZero() || m.State != Deactivated || m.DeactivatedAt == nil || m.DeactivatedAt.Before(since) {
			continue
		}
		if _, err := s.Reactivate(ctx, m.ID); err != nil && !errors.Is(err, ErrMemberState) {
			return err
		}
	}
	return nil
}

func (s *Service) membersOf(ctx context.Context, contactID string) (all []Member, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		all, err = s.d.Store.MembersOfContact(ctx, tx, contactID)
		return err
	})
	return all, err
}
