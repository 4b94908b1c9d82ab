package identity

import (
	"context"
	"errors"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
)

// Operator is somebody who runs the platform. They are no member of any agency.
type Operator struct {
	ID        string
	Email     string
	Name      string
	PersonID  string // empty until the first sign-in
	CreatedAt time.Time
	RemovedAt *time.Time
}

var (
	ErrNotAnOperator   = fault.Define(fault.Forbidden, "identity.not_an_operator", "Your account does not run this platform.")
	ErrOperatorKnown   = fault.Define(fault.Conflict, "identity.operator_known", "This address belongs to an operator already.").At("body.email", "belongs to an operator already")
	ErrOperatorUnknown = fault.Define(fault.NotFound, "identity.operator_unknown", "There is no operator with this address.")
	// ErrNoSecondFactor answers an operator who has set up no second factor yet.
	ErrNoSecondFactor = fault.Define(fault.Forbidden, "identity.no_second_factor", "Operators sign in with a second factor. Please set one up first.")
)

// What an operator may do. There is one kind of operator.
const (
	OpsRead    access.Permission = "ops.platform.read"
	OpsWrite   access.Permission = "ops.agencies.write"
	OpsBilling access.Permission = "ops.billing.write"
	OpsSupport access.Permission = "ops.support.open"
)

var operatorPerms = access.NewSet(OpsRead, OpsWrite, OpsBilling, OpsSupport)

const aal2 = "aal2"

func (o Operator) actor() access.Actor {
	return access.Actor{OperatorID: o.ID, PersonID: o.PersonID, Name: o.Name, Email: o.Email, Kind: access.Operator, Role: "operator", Perms: operatorPerms}
}

// OperatorCreate makes somebody an operator, by the address they sign in with. ErrBadEmail, ErrBadName, ErrOperatorKnown.
func (s *Service) OperatorCreate(ctx context.Context, email, name string) (Operator, error) {
	email, err := NormaliseEmail(email)
	if err != nil {
		return Operator{}, err
	}
	if name, err = parseName("body.name", name); err != nil {
		return Operator{}, err
	}
	o := Operator{ID: newID(), Email: email, Name: name, CreatedAt: s.now()}
	return o, s.d.Directory.AddOperator(ctx, o)
}

// Operators lists those who run the platform, by address.
func (s *Service) Operators(ctx context.Context) ([]Operator, error) {
	return s.d.Directory.Operators(ctx)
}

// OperatorRemove ends an operator's access, their sessions here and in agencies included. ErrOperatorUnknown.
func (s *Service) OperatorRemove(ctx context.Context, email string) (Operator, error) {
	email, err := NormaliseEmail(email)
	if err != nil {
		return Operator{}, err
	}
	o, err := s.d.Directory.RemoveOperator(ctx, email, s.now())
	s.sessions.forget()
	s.operators.forget()
	return o, err
}

// authorizeOperator admits the person to the operators' host: with a second factor, always.
func (s *Service) admitOperator(ctx context.Context, who SignIn) (Operator, error) {
	o, err := s.d.Directory.OperatorOf(ctx, who.person())
	switch {
	case err != nil:
		return Operator{}, err
	case who.AAL != aal2:
		// Kratos asks for the highest level that the person has: whoever comes with less has set up none.
		return Operator{}, ErrNoSecondFactor
	}
	return o, s.d.Directory.MirrorPerson(ctx, who.person(), s.now())
}

// AuthenticateOperator finds out who calls the operators' host. ErrSignInRequired, ErrUnavailable.
func (s *Service) AuthenticateOperator(ctx context.Context, c Credentials) (access.Actor, error) {
	if c.Cookie == "" {
		return access.Actor{}, nil
	}
	sess, key, err := s.openSession(ctx, "", c)
	if err != nil {
		return access.Actor{}, err
	}
	if sess.AAL != aal2 {
		return access.Actor{}, ErrSignInRequired
	}
	o, ok := s.operators.get(sess.PersonID)
	if !ok {
		o, err = s.d.Directory.OperatorOf(ctx, Person{ID: sess.PersonID})
		if errors.Is(err, ErrNotAnOperator) {
			return access.Actor{}, ErrSignInRequired
		}
		if err != nil {
			return access.Actor{}, err
		}
		s.operators.put(sess.PersonID, o)
	}
	now := s.now()
	stale, err := s.revalidate(ctx, sess, now)
	if err != nil {
		return access.Actor{}, err
	}
	if now.Sub(sess.LastSeenAt) >= time.Minute {
		s.touch(ctx, sess, key, access.Operator, c.IP, now)
	}
	actor := o.actor()
	actor.SessionID, actor.AuthenticatedAt, actor.Stale = sess.ID, sess.AuthenticatedAt, stale
	return actor, nil
}

// openOperatorSession makes a session on the operators' host of a sign-in that was checked.
func (s *Service) openOperatorSession(ctx context.Context, o Operator, who SignIn, c Credentials) (Arrival, error) {
	sess := s.newSession(access.Operator, who, c)
	token := secret()
	if err := s.d.Directory.AddSession(ctx, sess, hash(token)); err != nil {
		return Arrival{}, err
	}
	err := s.d.Directory.Log(access.With(ctx, o.actor()), audit.Change{
		Action: "ops.signed_in", Entity: "operator", EntityID: o.ID, After: map[string]any{"ip": sess.IP, "user_agent": sess.UserAgent},
	})
	return Arrival{Token: token, Lasts: sess.ExpiresAt.Sub(s.now())}, err
}

// SignOutOperator ends the session in use and the sign-in behind it.
func (s *Service) SignOutOperator(ctx context.Context) error {
	sids, err := s.d.Directory.Revoke(ctx, Which{ID: access.From(ctx).SessionID}, "ended", s.now())
	if err != nil {
		return err
	}
	for _, sid := range sids {
		if err := s.revoke(ctx, Which{SID: sid}, "ended"); err != nil {
			return err
		}
		if err := s.d.Provider.End(ctx, sid); err != nil {
			s.d.Log.WarnContext(ctx, "a sign-in was ended here but not in Kratos", "err", err)
		}
	}
	return nil
}
