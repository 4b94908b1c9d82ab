package app

import (
	"context"
	"errors"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/tenancy"
)

// members answers clients.Members: who works at the agency.
type members struct{ identity *identity.Service }

func (m members) IsMemberTx(ctx context.Context, tx *tenancy.Tx, id string) (bool, error) {
	got, err := m.identity.MemberTx(ctx, tx, id)
	if errors.Is(err, identity.ErrMemberNotFound) {
		return false, nil
	}
	return err == nil && got.State == identity.Active && got.Kind == access.Staff, err
}
