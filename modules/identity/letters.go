package identity

import (
	"context"
	"errors"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/mail"
	"github.com/bureauhq/bureau/tenancy"
)

// letterLost marks a member to whose address mail was given up, once however many letters fail. What failed before it came to
// the mail server, and what may have arrived all the same, says nothing of the address.
func (s *Service) letterLost(ctx context.Context, memberID string, why error) error {
	if !errors.Is(why, mail.ErrRejected) && !errors.Is(why, mail.ErrUnavailable) {
		return nil
	}
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		return s.d.Store.MailFailed(ctx, tx, memberID, s.now(), fault.From(why).Said())
	})
}

// Write sends a letter to a member, and takes away the mark that their mails fail once one gets through.
func (s *Service) Write(ctx context.Context, m Member, letter mail.Message) error {
	letter.To = []mail.Address{{Name: m.Name, Email: m.Email}}
	if err := s.d.Mail.Send(ctx, letter); err != nil || m.MailFailedAt == nil {
		return err
	}
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		return s.d.Store.MailArrived(ctx, tx, m.ID)
	})
}
