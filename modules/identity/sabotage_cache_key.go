//go:build sabotage_cache_key

// Tokens and their members are remembered without their agency.

package identity

import (
	"context"

	"github.com/bureauhq/bureau/tenancy"
)

func (s *Service) tokenAndMember(ctx context.Context, _ tenancy.Agency, h []byte) (t Token, m Member, err error) {
	t, ok := s.tokens.get(string(h))
	if ok {
		if m, ok = s.members.get(t.MemberID); ok {
			return t, m, nil
		}
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if t, err = s.d.Store.TokenByHash(ctx, tx, h); err != nil {
			return err
		}
		m, err = s.d.Store.Member(ctx, tx, t.MemberID)
		return err
	})
	if err == nil {
		s.tokens.put(string(h), t)
		s.members.put(m.ID, m)
	}
	return t, m, err
}
