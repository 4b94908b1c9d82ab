// Package access names who calls and what an operation needs from its caller.
package access

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Permission is what a person may do: "<module>.<thing>.<verb>".
type Permission string

const (
	// Public marks an operation that anyone may call, signed in or not.
	Public Permission = "public"
	// SignedIn marks an operation that every signed-in actor of the listed kinds may call.
	SignedIn Permission = "signed_in"
)

// Kind says in which capacity an actor calls.
type Kind string

const (
	Staff   Kind = "staff"   // a member of the agency, by session
	Contact Kind = "contact" // a person at a client, in the portal
	Token   Kind = "token"   // a member of the agency, by API token
	System  Kind = "system"  // background work of the agency
	// Operator is somebody who runs the platform, on the operators' own host: a member of no agency.
	Operator Kind = "operator"
	// Support is an operator inside an agency, for a while and for a reason, on behalf of an owner.
	Support Kind = "support"
)

// Actor is who calls, in one agency. The zero Actor is nobody.
type Actor struct {
	MemberID  string // the membership; also of contacts
	PersonID  string // the Kratos identity behind it
	Name      string
	Email     string
	Kind      Kind
	Role      string
	ContactID string // contacts only
	ClientID  string // contacts only: the one company whose records they may see
	TokenID   string // by API token only
	SessionID string // by session only
	// AuthenticatedAt is when the person of a session last typed in a password or code.
	AuthenticatedAt time.Time
	// Stale sessions could not be checked with the identity server lately.
	Stale bool
	// OnBehalfOf is the member who looks at the portal "as this contact".
	OnBehalfOf string
	// OperatorID is the operator, of an Operator and of a Support.
	OperatorID string
	Perms      Set
	// ReadOnly actors may call nothing that changes anything.
	ReadOnly bool
}

// Known tells whether there is an actor at all.
func (a Actor) Known() bool { return a.Kind != "" }

// Can tells whether the actor holds p.
func (a Actor) Can(p Permission) bool {
	switch {
	case p == Public:
		return true
	case !a.Known():
		return false
	case p == SignedIn, a.Kind == System:
		return true
	}
	return a.Perms.Has(p)
}

// Set is a set of permissions.
type Set map[Permission]struct{}

// NewSet returns the set of ps.
func NewSet(ps ...Permission) Set {
	s := make(Set, len(ps))
	for _, p := range ps {
		s[p] = struct{}{}
	}
	return s
}

// Everything in a set stands for all permissions there are.
const Everything Permission = "*"

// Has tells whether p is in the set.
func (s Set) Has(p Permission) bool {
	if _, ok := s[p]; ok {
		return true
	}
	_, all := s[Everything]
	return all
}

// Only returns the part of s that scopes allow. A scope is a permission,
// "<module>.*", "*:read" (everything that ends in .read, .see or .read_all) or "*".
func (s Set) Only(scopes []string) Set {
	out := Set{}
	for p := range s {
		if slices.ContainsFunc(scopes, func(scope string) bool { return covers(scope, string(p)) }) {
			out[p] = struct{}{}
		}
	}
	return out
}

// Names returns the permissions in alphabetical order.
func (s Set) Names() []string {
	out := make([]string, 0, len(s))
	for p := range s {
		out = append(out, string(p))
	}
	slices.Sort(out)
	return out
}

func covers(scope, p string) bool {
	switch {
	case scope == "*" || scope == p:
		return true
	case scope == "*:read":
		return strings.HasSuffix(p, ".read") || strings.HasSuffix(p, ".see") || strings.HasSuffix(p, ".read_all")
	case strings.HasSuffix(scope, ".*"):
		return strings.HasPrefix(p, strings.TrimSuffix(scope, "*"))
	}
	return false
}

type actorKey struct{}

// OnBehalf lets the log say for whom the machine acts.
func OnBehalf(ctx context.Context, memberID string) context.Context {
	a := From(ctx)
	a.OnBehalfOf = memberID
	return With(ctx, a)
}

// With returns a context in which a is the actor.
func With(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// From returns the actor of ctx, or nobody.
func From(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a
}
