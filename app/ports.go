package app

import (
	"context"
	"errors"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/tenancy"
)

// members answers clients.Members and projects.Members: who works at the agency.
type members struct{ identity *identity.Service }

func (m members) NamesTx(ctx context.Context, tx *tenancy.Tx, memberIDs []string) (map[string]string, error) {
	names, err := m.identity.NamesTx(ctx, tx, memberIDs)
	out := make(map[string]string, len(names))
	for id, n := range names {
		out[id] = n.Name
	}
	return out, err
}

func (m members) IsMemberTx(ctx context.Context, tx *tenancy.Tx, id string) (bool, error) {
	got, err := m.identity.MemberTx(ctx, tx, id)
	if errors.Is(err, identity.ErrMemberNotFound) {
		return false, nil
	}
	return err == nil && got.State == identity.Active && got.Kind == access.Staff, err
}
