package app

import (
	"context"
	"errors"

	"github.com/bureauhq/bureau/app/kit/mail"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/fees"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// feeNotices answers fees.Notices: some letters are for contacts of clients.
type feeNotices struct {
	notices
	db     *tenancy.DB
	sender mail.Sender
}

func (n feeNotices) Tell(ctx context.Context, l fees.Notice) error {
	letter := timesheets.Notice{Key: l.Key, MemberID: l.MemberID, Subject: l.Subject, Paragraphs: l.Paragraphs, Action: l.Action, Path: l.Path}
	if l.ContactID == "" {
		return n.notices.Tell(ctx, letter)
	}
	c, err := n.contact(ctx, l.ContactID)
	if errors.Is(err, clients.ErrContactNotFound) || (err == nil && (c.Email == "" || c.ArchivedAt != nil || c.Portal == clients.PortalEnded)) {
		return nil
	}
	if err != nil {
		return err
	}
	msg, err := n.compose(ctx, letter, l.Language)
	if err != nil {
		return err
	}
	msg.To = []mail.Address{{Name: c.Name, Email: c.Email}}
	return n.sender.Send(ctx, msg)
}

func (n feeNotices) contact(ctx context.Context, id string) (c clients.Contact, err error) {
	err = n.db.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err = n.s.Clients.ContactTx(ctx, tx, id)
		return err
	})
	return c, err
}

func (n feeNotices) Language(ctx context.Context, contactID string) (language string, err error) {
	c, err := n.contact(ctx, contactID)
	if errors.Is(err, clients.ErrContactNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	err = n.db.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		head, err := n.s.Invoicing.LetterheadTx(ctx, tx, c.ClientID)
		language = string(head.Language)
		return err
	})
	return language, err
}
