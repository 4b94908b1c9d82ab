package identity

import (
	"context"
	"errors"
	"slices"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/tenancy"
)

// MemberFilter says which members are wanted. Empty fields do not count.
type MemberFilter struct {
	Search string
	Role   string
	State  MemberState
	Kind   access.Kind
	Limit  int
	After  []string // name in lower case, id
}

// ownersLock orders the changes that could take away the last owner.
const ownersLock = "identity.owners"

// Members lists members by name; it returns up to one more than the limit.
func (s *Service) Members(ctx context.Context, f MemberFilter) (out []Member, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Store.Members(ctx, tx, f)
		return err
	})
	return out, err
}

// Member finds one member. ErrMemberNotFound.
func (s *Service) Member(ctx context.Context, id string) (m Member, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		m, err = s.d.Store.Member(ctx, tx, id)
		return err
	})
	return m, err
}

// MemberTx is Member in the caller's transaction. ErrMemberNotFound.
func (s *Service) MemberTx(ctx context.Context, tx *tenancy.Tx, id string) (Member, error) {
	return s.d.Store.Member(ctx, tx, id)
}

// MembersTx returns the members with these ids, in no order; unknown ids are left out.
func (s *Service) MembersTx(ctx context.Context, tx *tenancy.Tx, ids []string) ([]Member, error) {
	return s.d.Store.MembersByID(ctx, tx, ids)
}

// Name is how a member is shown.
type Name struct{ Name, Email string }

// NamesTx returns the names of these members; unknown ids are left out.
func (s *Service) NamesTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]Name, error) {
	ms, err := s.d.Store.MembersByID(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[string]Name, len(ms))
	for _, m := range ms {
		out[m.ID] = Name{m.Name, m.Email}
	}
	return out, nil
}

// HoldersTx returns the active members of staff whose roles give them p.
func (s *Service) HoldersTx(ctx context.Context, tx *tenancy.Tx, p access.Permission) ([]Member, error) {
	ms, err := s.d.Store.Members(ctx, tx, MemberFilter{State: Active, Kind: access.Staff, Limit: 10000})
	return slices.DeleteFunc(ms, func(m Member) bool { return !Permissions(m.Role).Has(p) }), err
}

// StaffTx returns all members of staff by name, those who were deactivated too.
func (s *Service) StaffTx(ctx context.Context, tx *tenancy.Tx) ([]Member, error) {
	return s.d.Store.Members(ctx, tx, MemberFilter{Kind: access.Staff, Limit: 10000})
}

// MemberByEmail finds a member by e-mail. ErrMemberNotFound.
func (s *Service) MemberByEmail(ctx context.Context, email string) (m Member, err error) {
	email, err = NormaliseEmail(email)
	if err != nil {
		return Member{}, err
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		m, err = s.d.Store.MemberByEmail(ctx, tx, email)
		return err
	})
	return m, err
}

// CreateMember adds a member without an invitation: for provisioning and
// sample data. Without a PersonID the first person who signs in with this
// e-mail, verified, becomes the member. ErrAlreadyMember, ErrBadRole.
func (s *Service) CreateMember(ctx context.Context, n NewMember) (m Member, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		m, err = s.CreateMemberTx(ctx, tx, n)
		return err
	})
	return m, err
}

// CreateMemberTx is CreateMember in the caller's transaction.
func (s *Service) CreateMemberTx(ctx context.Context, tx *tenancy.Tx, n NewMember) (Member, error) {
	email, err := NormaliseEmail(n.Email)
	if err != nil {
		return Member{}, err
	}
	if n.Name == "" {
		n.Name = email
	}
	name, err := parseName("body.name", n.Name)
	if err != nil {
		return Member{}, err
	}
	if _, known := rank[n.Role]; !known || (n.Role == Client) != (n.ContactID != "" && n.ClientID != "") {
		return Member{}, ErrBadRole.At("body.role", "cannot be given here")
	}
	if n.ID == "" {
		n.ID = newID()
	}
	now := s.now()
	m := Member{
		ID: n.ID, PersonID: n.PersonID, Name: name, Email: email, Kind: kindOf(n.Role), Role: n.Role, State: Active,
		ContactID: n.ContactID, ClientID: n.ClientID, CreatedAt: now, UpdatedAt: now, Version: 1,
	}
	if err := s.d.Store.AddMember(ctx, tx, m); err != nil {
		return Member{}, err
	}
	joined := billing.SeatChange{MemberID: m.ID, Delta: 1, Reason: "joined"}
	if n.invitationID != "" {
		joined.InvitationID, joined.Reserved, joined.Reason = n.invitationID, -1, "accepted"
	}
	if err := s.seat(ctx, tx, m.Kind, joined); err != nil {
		return Member{}, err
	}
	if err := s.record(ctx, tx, "identity.member_added", nil, &m); err != nil {
		return Member{}, err
	}
	return m, s.d.Events.Publish(ctx, tx, MemberAdded{MemberID: m.ID, Name: m.Name, Kind: string(m.Kind), Role: m.Role})
}

// ChangeRole gives a member another role. A higher one needs a step-up.
// ErrStale, ErrOwnRole, ErrOwnersOnly, ErrLastOwner, ErrBadRole, access.ErrStepUp.
func (s *Service) ChangeRole(ctx context.Context, id string, version int, role string) (Member, error) {
	return s.change(ctx, id, func(ctx context.Context, tx *tenancy.Tx, m *Member) error {
		switch {
		case m.Version != version:
			return ErrStale
		case m.Kind != access.Staff || !isStaffRole(role):
			return ErrBadRole.At("body.role", "cannot be given to this member")
		}
		a := access.From(ctx)
		if a.MemberID == m.ID && rank[role] > rank[m.Role] {
			return ErrOwnRole.At("body.role", "may not be raised by yourself")
		}
		if err := onlyOwners(a, m.Role, role); err != nil {
			return err
		}
		if rank[role] > rank[m.Role] {
			if err := access.StepUp(ctx, s.now()); err != nil {
				return err
			}
		}
		if err := s.keepsOwner(ctx, tx, *m, role != Owner); err != nil {
			return err
		}
		m.Role = role
		return s.d.Events.Publish(ctx, tx, MemberChanged{MemberID: m.ID, Name: m.Name, Role: role})
	}, "identity.member_role_changed")
}

// Rename changes a member's name as the agency shows it; the actor's own. ErrBadName.
func (s *Service) Rename(ctx context.Context, id, name string) (Member, error) {
	name, err := parseName("body.name", name)
	if err != nil {
		return Member{}, err
	}
	return s.change(ctx, id, func(ctx context.Context, tx *tenancy.Tx, m *Member) error {
		m.Name = name
		return s.d.Events.Publish(ctx, tx, MemberChanged{MemberID: m.ID, Name: m.Name, Role: m.Role})
	}, "identity.member_renamed")
}

// Deactivate ends a member's access at once. ErrLastOwner, ErrOwnersOnly, ErrMemberState.
func (s *Service) Deactivate(ctx context.Context, id string) (Member, error) {
	return s.deactivate(ctx, id, "identity.member_deactivated")
}

// Leave ends the actor's own access. ErrLastOwner.
func (s *Service) Leave(ctx context.Context) error {
	_, err := s.deactivate(ctx, access.From(ctx).MemberID, "identity.member_left")
	return err
}

func (s *Service) deactivate(ctx context.Context, id, action string) (Member, error) {
	var m Member
	err := s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		m, err = s.deactivateTx(ctx, tx, id, Meant, action)
		return err
	})
	return m, err
}

func (s *Service) deactivateTx(ctx context.Context, tx *tenancy.Tx, id string, why EndReason, action string) (Member, error) {
	m, err := s.changeTx(ctx, tx, id, func(ctx context.Context, tx *tenancy.Tx, m *Member) error {
		if m.State != Active {
			return ErrMemberState
		}
		a := access.From(ctx)
		if a.MemberID != m.ID {
			if err := onlyOwners(a, m.Role, m.Role); err != nil {
				return err
			}
		}
		if err := s.keepsOwner(ctx, tx, *m, true); err != nil {
			return err
		}
		now := s.now()
		m.State, m.DeactivatedAt, m.EndedBy, m.EndedWhy = Deactivated, &now, a.MemberID, why
		if err := s.seat(ctx, tx, m.Kind, billing.SeatChange{MemberID: m.ID, Delta: -1, Reason: "deactivated"}); err != nil {
			return err
		}
		return s.d.Events.Publish(ctx, tx, MemberDeactivated{MemberID: m.ID, Name: m.Name})
	}, action)
	if err != nil {
		return m, err
	}
	agency := tx.AgencyID()
	tx.AfterCommit(func() {
		// The member is shut out already: every call reads the member. This tidies the list of sessions.
		ctx := context.WithoutCancel(ctx)
		if err := s.revoke(ctx, Which{AgencyID: agency, MemberID: id}, "deactivated"); err != nil {
			s.d.Log.WarnContext(ctx, "sessions of a deactivated member were not ended", "err", err)
		}
	})
	return m, nil
}

// Reactivate lets a member in again. ErrOwnersOnly, ErrMemberState.
func (s *Service) Reactivate(ctx context.Context, id string) (m Member, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		m, err = s.reactivateTx(ctx, tx, id)
		return err
	})
	return m, err
}

func (s *Service) reactivateTx(ctx context.Context, tx *tenancy.Tx, id string) (Member, error) {
	return s.changeTx(ctx, tx, id, func(ctx context.Context, tx *tenancy.Tx, m *Member) error {
		if m.State != Deactivated {
			return ErrMemberState
		}
		if err := onlyOwners(access.From(ctx), m.Role, m.Role); err != nil {
			return err
		}
		m.State, m.DeactivatedAt, m.EndedBy, m.EndedWhy = Active, nil, "", ""
		if err := s.seat(ctx, tx, m.Kind, billing.SeatChange{MemberID: m.ID, Delta: 1, Reason: "activated"}); err != nil {
			return err
		}
		return s.d.Events.Publish(ctx, tx, MemberReactivated{MemberID: m.ID, Name: m.Name})
	}, "identity.member_reactivated")
}

// change loads a member, lets fn change it, and saves it with its audit entry.
func (s *Service) change(ctx context.Context, id string, fn func(context.Context, *tenancy.Tx, *Member) error, action string) (m Member, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		m, err = s.changeTx(ctx, tx, id, fn, action)
		return err
	})
	if err != nil {
		return Member{}, err
	}
	return m, nil
}

func (s *Service) changeTx(ctx context.Context, tx *tenancy.Tx, id string, fn func(context.Context, *tenancy.Tx, *Member) error, action string) (Member, error) {
	// Taken before the member is read: of two owners who demote each other one must see the other's change.
	if err := tx.Lock(ctx, ownersLock); err != nil {
		return Member{}, err
	}
	m, err := s.d.Store.Member(ctx, tx, id)
	if err != nil {
		return Member{}, err
	}
	before := m
	if err := fn(ctx, tx, &m); err != nil {
		return Member{}, err
	}
	m.UpdatedAt = s.now()
	if err := s.d.Store.SaveMember(ctx, tx, m); err != nil {
		return Member{}, err
	}
	m.Version++
	return m, s.record(ctx, tx, action, &before, &m)
}

// onlyOwners refuses to touch an owner, or to make one, to everybody else.
func onlyOwners(a access.Actor, from, to string) error {
	if (from == Owner || to == Owner) && a.Role != Owner && a.Kind != access.System {
		return ErrOwnersOnly
	}
	return nil
}

// keepsOwner refuses to let the last active owner go. The caller holds ownersLock.
func (s *Service) keepsOwner(ctx context.Context, tx *tenancy.Tx, m Member, goes bool) error {
	if m.Role != Owner || m.State != Active || !goes {
		return nil
	}
	n, err := s.d.Store.CountOwners(ctx, tx)
	if err == nil && n < 2 {
		return ErrLastOwner
	}
	return err
}

// audited is what the audit log says of a member.
type audited struct {
	Name     string      `json:"name"`
	Email    string      `json:"email"`
	Role     string      `json:"role"`
	State    MemberState `json:"state"`
	ClientID string      `json:"client_id,omitempty"`
}

// record writes the audit entry of a change of a member and makes the platform's index follow it.
func (s *Service) record(ctx context.Context, tx *tenancy.Tx, action string, before, after *Member) error {
	c := audit.Change{Action: action, Entity: "member", EntityID: after.ID, After: audited{after.Name, after.Email, after.Role, after.State, after.ClientID}}
	if before != nil {
		c.Before = audited{before.Name, before.Email, before.Role, before.State, before.ClientID}
	}
	if err := audit.Record(ctx, tx, c); err != nil {
		return err
	}
	agency, m := tx.AgencyID(), *after
	tx.AfterCommit(func() {
		s.members.drop(agency + m.ID)
		ctx := context.WithoutCancel(ctx)
		if err := s.d.Directory.MirrorMember(ctx, agency, m, s.now()); err != nil {
			s.d.Log.WarnContext(ctx, "the index of memberships follows later", "err", err)
		}
	})
	// Should the process end here, the job still brings the index up to date.
	return s.d.Jobs.Enqueue(ctx, tx, mirrorMember{MemberID: m.ID})
}

type mirrorMember struct {
	MemberID string `json:"member_id"`
}

// Kind is the job's stable name.
func (mirrorMember) Kind() string { return "identity.mirror_member" }

func (s *Service) mirror(ctx context.Context, args mirrorMember) error {
	a, err := tenancy.From(ctx)
	if err != nil {
		return err
	}
	m, err := s.Member(ctx, args.MemberID)
	if errors.Is(err, ErrMemberNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.d.Directory.MirrorMember(ctx, a.ID, m, s.now())
}
