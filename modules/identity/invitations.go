package identity

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/tenancy"
)

// Invitation asks somebody by e-mail to become a member. Its secret is made
// when the letter is written and only its hash is kept.
type Invitation struct {
	ID         string
	Email      string
	Name       string
	Kind       access.Kind
	Role       string
	ContactID  string
	ClientID   string
	TokenHash  []byte // of the newest letter; older letters stop working
	CreatedAt  time.Time
	CreatedBy  string
	Mailed     []time.Time // when letters were asked for, the newest last
	SentAt     *time.Time
	ExpiresAt  time.Time
	AcceptedAt *time.Time
	AcceptedBy string
	RevokedAt  *time.Time
	FailedAt   *time.Time // the newest letter could not be delivered
	Failure    string     // what the mail server answered then
	Version    int
}

// InvitationState is where an invitation is in its life.
type InvitationState string

const (
	Open     InvitationState = "open"
	Accepted InvitationState = "accepted"
	Revoked  InvitationState = "revoked"
	Expired  InvitationState = "expired"
)

// State tells where the invitation is in its life.
func (i Invitation) State(now time.Time) InvitationState {
	switch {
	case i.AcceptedAt != nil:
		return Accepted
	case i.RevokedAt != nil:
		return Revoked
	case !now.Before(i.ExpiresAt):
		return Expired
	}
	return Open
}

// InvitationFilter says which invitations are wanted. Empty fields do not count.
type InvitationFilter struct {
	State InvitationState
	Email string
	Now   time.Time
	Limit int
	After []string // created_at, id; newest first
}

// NewInvitation is what it takes to invite somebody.
type NewInvitation struct{ Email, Name, Role, ContactID, ClientID string }

var (
	ErrInvitationNotFound = fault.Define(fault.NotFound, "identity.invitation_not_found", "This invitation does not exist.")
	ErrInvitationClosed   = fault.Define(fault.Conflict, "identity.invitation_closed", "This invitation was used, revoked or has expired. Ask for a new one.")
	ErrAlreadyInvited     = fault.Define(fault.Conflict, "identity.already_invited", "This address is invited already. Send the invitation again instead.").At("body.email", "is invited already")
	ErrWrongAccount       = fault.Define(fault.Forbidden, "identity.wrong_account", "This invitation is for another e-mail address.")
	ErrTooManyInvitations = fault.Define(fault.TooMany, "identity.too_many_invitations", "The agency has sent many invitations within the hour. Please wait a moment.")
)

const invitationTime = 7 * 24 * time.Hour

// Contacts knows the people at clients.
type Contacts interface {
	// ClientOfTx returns the client that a contact belongs to.
	ClientOfTx(ctx context.Context, tx *tenancy.Tx, contactID string) (clientID string, err error)
}

// Invite asks somebody to join, whether or not they have an account already. An owner or admin needs a step-up.
// ErrBadEmail, ErrBadRole, ErrOwnersOnly, ErrAlreadyMember, ErrAlreadyInvited, ErrTooManyInvitations, access.ErrStepUp.
func (s *Service) Invite(ctx context.Context, n NewInvitation) (inv Invitation, err error) {
	if n.Email, err = NormaliseEmail(n.Email); err != nil {
		return Invitation{}, err
	}
	if n.Name != "" {
		if n.Name, err = parseName("body.name", n.Name); err != nil {
			return Invitation{}, err
		}
	}
	contact := n.Role == Client
	if !isStaffRole(n.Role) && !contact {
		return Invitation{}, ErrBadRole.At("body.role", "is not a role")
	}
	if contact != (n.ContactID != "" && n.ClientID != "") {
		return Invitation{}, ErrBadRole.At("body.contact_id", "goes with the role contact, together with client_id")
	}
	if err := onlyOwners(access.From(ctx), n.Role, n.Role); err != nil {
		return Invitation{}, err
	}
	now := s.now()
	if mighty(n.Role) {
		if err := access.StepUp(ctx, now); err != nil {
			return Invitation{}, err
		}
	}
	inv = Invitation{
		ID: newID(), Email: n.Email, Name: n.Name, Kind: kindOf(n.Role), Role: n.Role, ContactID: n.ContactID, ClientID: n.ClientID,
		CreatedAt: now, CreatedBy: access.From(ctx).MemberID, Mailed: []time.Time{now}, ExpiresAt: now.Add(invitationTime), Version: 1,
	}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := s.mayInvite(ctx, tx, inv); err != nil {
			return err
		}
		if err := s.d.Store.AddInvitation(ctx, tx, inv); err != nil {
			return err
		}
		if err := s.seat(ctx, tx, inv.Kind, billing.SeatChange{InvitationID: inv.ID, Reserved: 1, Reason: "invited"}); err != nil {
			return err
		}
		if err := s.recordInvitation(ctx, tx, "identity.invitation_sent", "sent", inv); err != nil {
			return err
		}
		return s.d.Jobs.Enqueue(ctx, tx, sendInvitation{inv.ID})
	})
	if err != nil {
		return Invitation{}, err
	}
	return inv, nil
}

func (s *Service) mayInvite(ctx context.Context, tx *tenancy.Tx, inv Invitation) error {
	if err := s.roomForLetter(ctx, tx); err != nil {
		return err
	}
	if inv.ContactID != "" && s.d.Contacts != nil {
		client, err := s.d.Contacts.ClientOfTx(ctx, tx, inv.ContactID)
		if err != nil {
			return err
		}
		if client != inv.ClientID {
			return ErrBadRole.At("body.client_id", "is not the contact's client")
		}
	}
	switch _, err := s.d.Store.MemberByEmail(ctx, tx, inv.Email); {
	case err == nil:
		return ErrAlreadyMember
	case !errors.Is(err, ErrMemberNotFound):
		return err
	}
	// One that ran out makes room for the new one.
	old, err := s.d.Store.Invitations(ctx, tx, InvitationFilter{State: Expired, Email: inv.Email, Now: inv.CreatedAt, Limit: 1})
	if err != nil {
		return err
	}
	for _, o := range old {
		o.RevokedAt = &inv.CreatedAt
		if err := s.d.Store.SaveInvitation(ctx, tx, o); err != nil {
			return err
		}
	}
	return nil
}

// roomForLetter keeps an agency from being used to send unwanted mail. ErrTooManyInvitations.
func (s *Service) roomForLetter(ctx context.Context, tx *tenancy.Tx) error {
	if err := tx.Lock(ctx, "identity.invitations"); err != nil {
		return err
	}
	now := s.now()
	n, oldest, err := s.d.Store.CountMailed(ctx, tx, now.Add(-time.Hour))
	if err != nil {
		return err
	}
	if most := s.d.Limits.InvitesPerHour; most > 0 && n >= most {
		return ErrTooManyInvitations.After(oldest.Add(time.Hour).Sub(now))
	}
	return nil
}

// Invitations lists invitations, newest first; it returns up to one more than the limit.
func (s *Service) Invitations(ctx context.Context, f InvitationFilter) (out []Invitation, err error) {
	f.Now = s.now()
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Store.Invitations(ctx, tx, f)
		return err
	})
	return out, err
}

// Resend writes a new letter, which makes the older ones worthless, and begins the seven days again.
// ErrInvitationClosed, ErrTooManyInvitations.
func (s *Service) Resend(ctx context.Context, id string) (Invitation, error) {
	return s.changeInvitation(ctx, id, "identity.invitation_resent", "sent", func(ctx context.Context, tx *tenancy.Tx, inv *Invitation) error {
		now := s.now()
		if st := inv.State(now); st != Open && st != Expired {
			return ErrInvitationClosed
		}
		if mighty(inv.Role) {
			if err := access.StepUp(ctx, now); err != nil {
				return err
			}
		}
		if err := s.roomForLetter(ctx, tx); err != nil {
			return err
		}
		inv.TokenHash, inv.SentAt, inv.ExpiresAt = nil, nil, now.Add(invitationTime)
		inv.FailedAt, inv.Failure = nil, ""
		inv.Mailed = append(inv.Mailed, now)
		if n := len(inv.Mailed); n > 50 {
			inv.Mailed = inv.Mailed[n-50:]
		}
		return s.d.Jobs.Enqueue(ctx, tx, sendInvitation{inv.ID})
	})
}

// Revoke takes an invitation back. ErrInvitationClosed.
func (s *Service) Revoke(ctx context.Context, id string) (inv Invitation, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		inv, err = s.revokeTx(ctx, tx, id)
		return err
	})
	return inv, err
}

func (s *Service) revokeTx(ctx context.Context, tx *tenancy.Tx, id string) (Invitation, error) {
	return s.changeInvitationTx(ctx, tx, id, "identity.invitation_revoked", "revoked", func(_ context.Context, _ *tenancy.Tx, inv *Invitation) error {
		now := s.now()
		if st := inv.State(now); st != Open && st != Expired {
			return ErrInvitationClosed
		}
		inv.RevokedAt, inv.TokenHash = &now, nil
		return nil
	})
}

func (s *Service) changeInvitation(ctx context.Context, id, action, what string, fn func(context.Context, *tenancy.Tx, *Invitation) error) (inv Invitation, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		inv, err = s.changeInvitationTx(ctx, tx, id, action, what, fn)
		return err
	})
	return inv, err
}

func (s *Service) changeInvitationTx(ctx context.Context, tx *tenancy.Tx, id, action, what string, fn func(context.Context, *tenancy.Tx, *Invitation) error) (inv Invitation, err error) {
	if err := tx.Lock(ctx, "identity.invitation/"+id); err != nil {
		return inv, err
	}
	if inv, err = s.d.Store.Invitation(ctx, tx, id); err != nil {
		return inv, err
	}
	if err := onlyOwners(access.From(ctx), inv.Role, inv.Role); err != nil {
		return inv, err
	}
	now := s.now()
	was := inv.State(now)
	if err := fn(ctx, tx, &inv); err != nil {
		return inv, err
	}
	if err := s.d.Store.SaveInvitation(ctx, tx, inv); err != nil {
		return inv, err
	}
	inv.Version++
	if err := s.reseat(ctx, tx, inv, was, inv.State(now)); err != nil {
		return inv, err
	}
	return inv, s.recordInvitation(ctx, tx, action, what, inv)
}

func (s *Service) recordInvitation(ctx context.Context, tx *tenancy.Tx, action, what string, inv Invitation) error {
	err := audit.Record(ctx, tx, audit.Change{Action: action, Entity: "invitation", EntityID: inv.ID, After: map[string]any{
		"email": inv.Email, "role": inv.Role, "expires_at": inv.ExpiresAt, "client_id": inv.ClientID,
	}})
	if err != nil {
		return err
	}
	return s.d.Events.Publish(ctx, tx, InvitationChanged{InvitationID: inv.ID, Email: inv.Email, What: what, ClientID: inv.ClientID, ContactID: inv.ContactID})
}

// RegisterJobs says which functions do this module's background work.
func (s *Service) RegisterJobs(r *job.Registry) {
	job.HandleOr(r, s.send, s.unsent)
	job.HandleLetter(r, s.tellUninvited)
	job.Handle(r, s.mirror)
	job.Handle(r, s.tell)
	job.Handle(r, s.remind)
	job.HandleLetter(r, s.tellOwner)
	r.Undelivered = s.letterLost
	r.Always(mirrorMember{}, tellOldAddress{}, tellAccountExists{}, tellOfSupport{})
}

// Invited is what the holder of a letter sees.
type Invited struct {
	Invitation
	Door    Door
	Account *SignIn // who is signed in, if anybody
	Matches bool    // the account's address is the invited one
}

// LookAtInvitation shows an invitation to who holds its letter. ErrInvitationNotFound, ErrUnavailable.
func (s *Service) LookAtInvitation(ctx context.Context, token, cookie string) (Invited, error) {
	a, inv, err := s.invitationOf(ctx, token)
	if err != nil {
		return Invited{}, err
	}
	out := Invited{Invitation: inv}
	if out.Door, err = s.doorOf(ctx, a); err != nil {
		return Invited{}, err
	}
	who, err := s.d.Provider.WhoAmI(ctx, cookie)
	switch {
	case errors.Is(err, ErrSignInRequired), errors.Is(err, ErrSecondFactor):
		return out, nil
	case err != nil:
		return Invited{}, err
	}
	out.Account, out.Matches = &who, who.Email == inv.Email
	return out, nil
}

// DoorOfInvitation is the agency that a letter invites into, as its holder may see it. ErrInvitationNotFound.
func (s *Service) DoorOfInvitation(ctx context.Context, token string) (Door, error) {
	a, _, err := s.invitationOf(ctx, token)
	if err != nil {
		return Door{}, err
	}
	return s.doorOf(ctx, a)
}

// invitationOf finds the agency in the first half of the secret and the
// invitation by the hash of the second.
func (s *Service) invitationOf(ctx context.Context, token string) (tenancy.Agency, Invitation, error) {
	agencyID, rest, ok := strings.Cut(token, ".")
	if !ok || len(token) > 200 {
		return tenancy.Agency{}, Invitation{}, ErrInvitationNotFound
	}
	a, err := s.d.Agencies.ByID(ctx, agencyID)
	if errors.Is(err, tenancy.ErrNoAgency) || (err == nil && a.State != tenancy.Active) {
		return tenancy.Agency{}, Invitation{}, ErrInvitationNotFound
	}
	if err != nil {
		return tenancy.Agency{}, Invitation{}, err
	}
	var inv Invitation
	err = s.d.DB.Read(inAgency(ctx, a), func(ctx context.Context, tx *tenancy.Tx) error {
		inv, err = s.d.Store.InvitationByHash(ctx, tx, hash(rest))
		return err
	})
	return a, inv, err
}

// AcceptInvitation makes the signed-in person a member, if the letter was
// written to the address that they have verified, and returns the address
// that takes them in. ErrInvitationNotFound, ErrInvitationClosed,
// ErrSignInRequired, ErrNotVerified, ErrWrongAccount, ErrAlreadyMember, ErrUnavailable.
func (s *Service) AcceptInvitation(ctx context.Context, token, cookie string) (string, error) {
	a, found, err := s.invitationOf(ctx, token)
	if err != nil {
		return "", err
	}
	who, err := s.d.Provider.WhoAmI(ctx, cookie)
	switch {
	case err != nil:
		return "", err
	case who.recovered():
		return "", ErrRecoveryOnly
	case who.Email != found.Email:
		return "", ErrWrongAccount
	case !who.Verified:
		return "", ErrNotVerified
	}
	if err := s.d.Directory.MirrorPerson(ctx, who.person(), s.now()); err != nil {
		return "", err
	}
	memberID, name := newID(), who.Name
	if name == "" {
		name = found.Name
	}
	ctx = access.With(inAgency(ctx, a), access.Actor{
		MemberID: memberID, PersonID: who.PersonID, Name: name, Email: who.Email, Kind: found.Kind, Role: found.Role,
	})
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := tx.Lock(ctx, "identity.invitation/"+found.ID); err != nil {
			return err
		}
		inv, err := s.d.Store.Invitation(ctx, tx, found.ID)
		if err != nil {
			return err
		}
		now := s.now()
		// Read again under the lock: it may have been taken back, or written anew, this moment.
		if inv.State(now) != Open || string(inv.TokenHash) != string(found.TokenHash) {
			return ErrInvitationClosed
		}
		inv.AcceptedAt, inv.AcceptedBy = &now, memberID
		if err := s.d.Store.SaveInvitation(ctx, tx, inv); err != nil {
			return err
		}
		if _, err := s.CreateMemberTx(ctx, tx, NewMember{
			ID: memberID, PersonID: who.PersonID, Name: name, Email: who.Email, Role: inv.Role, ContactID: inv.ContactID, ClientID: inv.ClientID, invitationID: inv.ID,
		}); err != nil {
			return err
		}
		return s.recordInvitation(ctx, tx, "identity.invitation_accepted", "accepted", inv)
	})
	if err != nil {
		return "", err
	}
	return s.d.Places.Agency(a.Slug) + "/auth/start?return=%2F", nil
}
