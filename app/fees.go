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
	db *tenancy.DB
}

func (n feeNotices) Tell(ctx context.Context, l fees.Notice) error {
	letter := timesheets.Notice{Key: l.Key, MemberID: l.MemberID, Subject: l.Subject, Paragraphs: l.Paragraphs, Action: l.Action, Path: l.Path}
	if l.ContactID == "" {
		return n.notices.Tell(ctx, letter)
	}
	var c clients.Contact
	err := n.db.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		c, err = n.s.Clients.ContactTx(ctx, tx, l.ContactID)
		return err
	})
	if errors.Is(err, clients.ErrContactNotFound) || (err == nil && (c.Email == "" || c.ArchivedAt != nil || c.Portal == clients.PortalEnded)) {
		return nil
	}
	if err != nil {
		return err
	}
	return n.write(ctx, letter, mail.Address{Name: c.Name, Email: c.Email})
}
