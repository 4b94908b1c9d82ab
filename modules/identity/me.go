package identity

import (
	"context"
	"errors"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/tenancy"
)

// Me is what the actor may know of themselves.
type Me struct {
	Actor      access.Actor
	Member     Member
	AgencyID   string
	AgencySlug string
	AgencyName string
	Session    *Session // by session only
	Support    *Grant   // of an operator inside the agency
}

// Me returns who the actor is and where.
func (s *Service) Me(ctx context.Context) (Me, error) {
	a, err := tenancy.From(ctx)
	if err != nil {
		return Me{}, err
	}
	out := Me{Actor: access.From(ctx), AgencyID: a.ID, AgencySlug: a.Slug, AgencyName: a.Name}
	if out.Member, err = s.Member(ctx, out.Actor.MemberID); errors.Is(err, ErrMemberNotFound) {
		return Me{}, ErrSignInRequired
	}
	if err != nil || out.Actor.SessionID == "" {
		return out, err
	}
	if out.Actor.Kind == access.Support {
		return s.meInSupport(ctx, out)
	}
	all, err := s.d.Directory.Sessions(ctx, a.ID, out.Actor.MemberID, s.now())
	for _, one := range all {
		if one.ID == out.Actor.SessionID {
			out.Session = &one
		}
	}
	return out, err
}

func (s *Service) meInSupport(ctx context.Context, me Me) (Me, error) {
	all, err := s.d.Directory.Grants(ctx, me.AgencyID, 100)
	now := s.now()
	for _, g := range all {
		if g.OperatorID == me.Actor.OperatorID && g.Open(now) {
			me.Support = &g
			break
		}
	}
	return me, err
}
