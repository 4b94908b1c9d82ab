package identity

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// TokenPrefix begins every API token, so that scanners for leaked secrets know one.
const TokenPrefix = "bur_"

// Token is an API token without its secret.
type Token struct {
	ID         string
	MemberID   string
	Name       string
	Hint       string // the last letters, to recognise it by
	Scopes     []string
	CreatedAt  time.Time
	ExpiresAt  *time.Time
	LastUsedAt *time.Time
	RevokedAt  *time.Time
}

// NewToken is what it takes to make a token.
type NewToken struct {
	Name      string
	Scopes    []string
	ExpiresAt *time.Time
}

var (
	ErrTokenNotFound = fault.Define(fault.NotFound, "identity.api_token_not_found", "This token does not exist.")
	ErrBadToken      = fault.Define(fault.Unauthenticated, "identity.bad_token", "The token is unknown, expired or revoked.")
	ErrBadTokenInput = fault.Define(fault.Invalid, "identity.bad_token_input", "The token cannot be made like this.")
	ErrTooManyCalls  = fault.Define(fault.TooMany, "identity.too_many_calls", "This token makes too many calls. Please slow down.")
)

func (n NewToken) check(now time.Time) (NewToken, error) {
	n.Name = strings.TrimSpace(n.Name)
	err := ErrBadTokenInput
	if c := utf8.RuneCountInString(n.Name); c < 1 || c > 80 {
		err = err.At("body.name", "must have 1 to 80 letters")
	}
	n.Scopes = slices.Compact(slices.Sorted(slices.Values(n.Scopes)))
	if len(n.Scopes) == 0 {
		err = err.At("body.scopes", "name at least one")
	}
	known := Scopes()
	for _, s := range n.Scopes {
		if !slices.Contains(known, s) {
			err = err.At("body.scopes", "there is no scope like this: "+s)
		}
	}
	if n.ExpiresAt != nil {
		utc := n.ExpiresAt.UTC().Truncate(time.Microsecond)
		n.ExpiresAt = &utc
		if !utc.After(now) || utc.Year() > 2200 {
			err = err.At("body.expires_at", "must be in the future")
		}
	}
	if len(err.Fields) > 0 {
		return n, err
	}
	return n, nil
}

// TokenCreate makes a token for the actor and returns its secret, which is not kept. ErrBadTokenInput.
func (s *Service) TokenCreate(ctx context.Context, n NewToken) (Token, string, error) {
	return s.TokenCreateFor(ctx, access.From(ctx).MemberID, n)
}

// TokenCreateFor is TokenCreate for any member: for the command line. ErrMemberNotFound.
func (s *Service) TokenCreateFor(ctx context.Context, memberID string, n NewToken) (t Token, plain string, err error) {
	now := s.now()
	if n, err = n.check(now); err != nil {
		return Token{}, "", err
	}
	plain = TokenPrefix + secret()
	t = Token{
		ID: newID(), MemberID: memberID, Name: n.Name, Hint: plain[len(plain)-4:], Scopes: n.Scopes, CreatedAt: now, ExpiresAt: n.ExpiresAt,
	}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		m, err := s.d.Store.Member(ctx, tx, memberID)
		if err != nil {
			return err
		}
		if m.Kind != access.Staff || m.State != Active {
			return ErrMemberState
		}
		if err := s.d.Store.AddToken(ctx, tx, t, hash(plain)); err != nil {
			return err
		}
		return s.recordToken(ctx, tx, "identity.api_token_made", t)
	})
	if err != nil {
		return Token{}, "", err
	}
	return t, plain, nil
}

// Tokens lists the actor's tokens, newest first; it returns up to one more than limit.
func (s *Service) Tokens(ctx context.Context, limit int, after []string) (out []Token, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Store.Tokens(ctx, tx, access.From(ctx).MemberID, limit, after)
		return err
	})
	return out, err
}

// TokenRevoke ends a token of the actor; who may change members may end anybody's. ErrTokenNotFound.
func (s *Service) TokenRevoke(ctx context.Context, id string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		t, err := s.d.Store.Token(ctx, tx, id)
		if err != nil {
			return err
		}
		a := access.From(ctx)
		if t.RevokedAt != nil || (t.MemberID != a.MemberID && !a.Can("identity.members.write")) {
			return ErrTokenNotFound
		}
		if err := s.d.Store.RevokeToken(ctx, tx, id, s.now()); err != nil {
			return err
		}
		tx.AfterCommit(s.tokens.forget)
		return s.recordToken(ctx, tx, "identity.api_token_revoked", t)
	})
}

func (s *Service) recordToken(ctx context.Context, tx *tenancy.Tx, action string, t Token) error {
	err := audit.Record(ctx, tx, audit.Change{Action: action, Entity: "api_token", EntityID: t.ID, After: map[string]any{
		"name": t.Name, "member_id": t.MemberID, "scopes": t.Scopes, "expires_at": t.ExpiresAt,
	}})
	if err != nil {
		return err
	}
	return s.d.Events.Publish(ctx, tx, TokenChanged{TokenID: t.ID, MemberID: t.MemberID, Name: t.Name})
}
