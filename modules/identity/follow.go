package identity

import (
	"context"
	"errors"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/mail"
	"github.com/bureauhq/bureau/tenancy"
)

// Follow brings the members that a person is up to date with what Kratos says
// of the person: a changed address once it is confirmed, and a changed name
// where the agency showed the old one. Every agency that differs gets an audit
// entry, and the old address a letter.
func (s *Service) Follow(ctx context.Context, p Person) error {
	if !p.Verified || p.ID == "" {
		return nil
	}
	old, err := s.d.Directory.Person(ctx, p.ID)
	if err != nil && !errors.Is(err, ErrPersonUnknown) {
		return err
	}
	all, err := s.d.Directory.MembershipsOf(ctx, Person{ID: p.ID})
	if err != nil {
		return err
	}
	for _, m := range all {
		a, err := s.d.Agencies.ByID(ctx, m.AgencyID)
		if errors.Is(err, tenancy.ErrNoAgency) {
			continue
		}
		if err != nil {
			return err
		}
		if err := s.followIn(inAgency(ctx, a), p, old); err != nil {
			return err
		}
	}
	return s.d.Directory.MirrorPerson(ctx, p, s.now())
}

func (s *Service) followIn(ctx context.Context, p, old Person) error {
	var m Member
	err := s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		m, err = s.d.Store.MemberByPerson(ctx, tx, p.ID)
		return err
	})
	if errors.Is(err, ErrMemberNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = s.follow(ctx, m, p, old)
	return err
}

// follow changes m to what p says, if it differs, and returns it as it is then.
func (s *Service) follow(ctx context.Context, m Member, p, old Person) (Member, error) {
	if _, changed := m.following(p, old); !changed {
		return m, nil
	}
	was := m.Email
	next, err := s.change(access.With(ctx, m.actor()), m.ID, func(ctx context.Context, tx *tenancy.Tx, m *Member) error {
		*m, _ = m.following(p, old)
		if err := s.d.Events.Publish(ctx, tx, MemberChanged{MemberID: m.ID, Name: m.Name, Role: m.Role}); err != nil || m.Email == was {
			return err
		}
		return s.d.Jobs.Enqueue(ctx, tx, tellOldAddress{MemberID: m.ID, Old: was})
	}, "identity.member_followed_account")
	if errors.Is(err, ErrAlreadyMember) {
		// Somebody was entered here under the new address already: an owner has to sort the two out.
		s.d.Log.WarnContext(ctx, "a member's new address belongs to another member", "member", m.ID)
		return m, nil
	}
	if err != nil {
		return m, err
	}
	return next, nil
}

// following is m as p would have it.
func (m Member) following(p, old Person) (Member, bool) {
	before := m
	if p.Email != "" {
		m.Email = p.Email
	}
	if name, err := parseName("", p.Name); err == nil && m.Name == old.Name && old.ID != "" {
		m.Name = name
	}
	return m, m != before
}

// FollowAll goes through everybody that Kratos knows and follows whose address
// or name changed since we last looked.
func (s *Service) FollowAll(ctx context.Context) error {
	for page := ""; ; {
		people, next, err := s.d.Provider.People(ctx, page)
		if err != nil {
			return err
		}
		changed, err := s.d.Directory.Changed(ctx, people)
		if err != nil {
			return err
		}
		for _, p := range changed {
			if err := s.Follow(ctx, p); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		page = next
	}
}

// KeepFollowing is FollowAll, now and every so often, until ctx ends.
func (s *Service) KeepFollowing(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := s.FollowAll(ctx); err != nil && ctx.Err() == nil {
			s.d.Log.WarnContext(ctx, "changed accounts were not followed", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

type tellOldAddress struct {
	MemberID string `json:"member_id"`
	Old      string `json:"old"`
}

// Kind is the job's stable name.
func (tellOldAddress) Kind() string { return "identity.tell_old_address" }

// tell writes to the address that a member had: whoever did not ask for the change learns of it.
func (s *Service) tell(ctx context.Context, args tellOldAddress) error {
	a, err := tenancy.From(ctx)
	if err != nil {
		return err
	}
	m, err := s.Member(ctx, args.MemberID)
	if err != nil {
		return err
	}
	door, err := s.doorOf(ctx, a)
	if err != nil {
		return err
	}
	letter, err := mail.Compose(mail.Brand{Name: door.Name, Colour: door.Colour, LogoURL: door.LogoURL, URL: door.URL}, mail.Notice{
		Subject: "Your e-mail address at " + door.Name + " was changed",
		Paragraphs: []string{
			"Your account now uses " + Mask(m.Email) + ". Mail for you goes there from now on, and you sign in with it.",
			"If this was not you, recover the account's password at once and tell an owner of " + door.Name + ".",
		},
		Action: &mail.Action{Label: "Recover the account", URL: s.d.Places.Auth() + "/.ory/self-service/recovery/browser"},
	})
	if err != nil {
		return err
	}
	letter.To = []mail.Address{{Name: m.Name, Email: args.Old}}
	letter.Key = "address-" + m.ID + "-" + args.Old
	return s.d.Mail.Send(ctx, letter)
}
