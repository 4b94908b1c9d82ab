package identity

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/mail"
	"github.com/bureauhq/bureau/tenancy"
)

type sendInvitation struct {
	InvitationID string `json:"invitation_id"`
}

// Kind is the job's stable name.
func (sendInvitation) Kind() string { return "identity.send_invitation" }

// Tries says how often it is tried.
func (sendInvitation) Tries() int { return job.TwoDays }

// send writes the letter. The secret exists in it alone: a second run makes
// another one, and only the newest letter works.
func (s *Service) send(ctx context.Context, args sendInvitation) error {
	a, err := tenancy.From(ctx)
	if err != nil {
		return err
	}
	var inv Invitation
	var inviter string
	token, open := secret(), false
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := tx.Lock(ctx, "identity.invitation/"+args.InvitationID); err != nil {
			return err
		}
		if inv, err = s.d.Store.Invitation(ctx, tx, args.InvitationID); err != nil {
			return err
		}
		now := s.now()
		if open = inv.State(now) == Open; !open {
			return nil
		}
		names, err := s.NamesTx(ctx, tx, []string{inv.CreatedBy})
		if err != nil {
			return err
		}
		inviter = names[inv.CreatedBy].Name
		inv.TokenHash, inv.SentAt, inv.FailedAt, inv.Failure = hash(token), &now, nil, ""
		return s.d.Store.SaveInvitation(ctx, tx, inv)
	})
	if err != nil || !open {
		return err
	}
	door, err := s.doorOf(ctx, a)
	if err != nil {
		return err
	}
	m, err := mail.Compose(mail.Brand{Name: door.Name, Colour: door.Colour, LogoURL: door.LogoURL, URL: door.URL}, mail.Invitation{
		Inviter: inviter, Role: roleNames[inv.Role], URL: door.URL + "/invite#" + a.ID + "." + token, Expires: inv.ExpiresAt.Format("2 January 2006"),
	})
	if err != nil {
		return err
	}
	m.To = []mail.Address{{Name: inv.Name, Email: inv.Email}}
	m.Key = "invitation-" + inv.ID + "-" + token[:8]
	return s.d.Mail.Send(ctx, m)
}

// unsent notes that the letter of an invitation could not be delivered, and tells who invited.
func (s *Service) unsent(ctx context.Context, args sendInvitation, why error) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := tx.Lock(ctx, "identity.invitation/"+args.InvitationID); err != nil {
			return err
		}
		inv, err := s.d.Store.Invitation(ctx, tx, args.InvitationID)
		if errors.Is(err, ErrInvitationNotFound) {
			return nil
		}
		now := s.now()
		if err != nil || inv.State(now) != Open || inv.FailedAt != nil {
			return err
		}
		inv.SentAt, inv.FailedAt, inv.Failure = nil, &now, fault.From(why).Said()
		if err := s.d.Store.SaveInvitation(ctx, tx, inv); err != nil {
			return err
		}
		if inv.CreatedBy != "" {
			if err := s.d.Jobs.Enqueue(ctx, tx, tellUninvited{Member: inv.CreatedBy, Invitation: inv.ID, Email: inv.Email, At: now, Why: inv.Failure}); err != nil {
				return err
			}
		}
		return s.d.Events.Publish(ctx, tx, InvitationChanged{InvitationID: inv.ID, Email: inv.Email, What: "undelivered", ClientID: inv.ClientID, ContactID: inv.ContactID})
	})
}

// tellUninvited writes to who invited somebody that the letter could not be delivered.
type tellUninvited struct {
	Member     string    `json:"member"`
	Invitation string    `json:"invitation"`
	Email      string    `json:"email"`
	At         time.Time `json:"at"`
	Why        string    `json:"why"`
}

// Kind names the job.
func (tellUninvited) Kind() string { return "identity.tell_uninvited" }

// Tries says how often it is tried, and Addressee whom it goes to.
func (tellUninvited) Tries() int          { return job.TwoDays }
func (t tellUninvited) Addressee() string { return t.Member }

func (s *Service) tellUninvited(ctx context.Context, args tellUninvited) error {
	a, err := tenancy.From(ctx)
	if err != nil {
		return err
	}
	m, err := s.Member(ctx, args.Member)
	if errors.Is(err, ErrMemberNotFound) || (err == nil && m.State != Active) {
		return nil
	}
	if err != nil {
		return err
	}
	door, err := s.doorOf(ctx, a)
	if err != nil {
		return err
	}
	letter, err := mail.Compose(mail.Brand{Name: door.Name, Colour: door.Colour, LogoURL: door.LogoURL, URL: door.URL}, mail.Notice{
		Subject:    "The invitation of " + args.Email + " could not be delivered",
		Paragraphs: []string{"The mail to " + args.Email + " could not be delivered. " + args.Why, "Take the invitation back and invite the right address, or send it again."},
		Action:     &mail.Action{Label: "Look at the invitations", URL: door.URL + "/settings/people"},
	})
	if err != nil {
		return err
	}
	letter.Key = "uninvited-" + args.Invitation + "-" + strconv.FormatInt(args.At.UnixMicro(), 10)
	return s.Write(ctx, m, letter)
}

var roleNames = map[string]string{Owner: "owner", Admin: "administrator", Finance: "finance", Manager: "project manager", Employee: "member", Client: "client"}
