//go:build sabotage_permission

// One operation forgets to check the permission.

package app

import (
	"context"
	"slices"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/identity"
)

func mayCall(ctx context.Context, op httpapi.Op) error {
	a := access.From(ctx)
	switch {
	case op.Host != httpapi.RequestFrom(ctx).Host:
		return errNoRoute
	case op.Need == access.Public:
		return nil
	case !a.Known():
		return identity.ErrSignInRequired
	case !slices.Contains(op.Kinds, a.Kind), op.ID != "clients-archive" && !a.Can(op.Need):
		return errForbidden
	case a.ReadOnly && op.Changes():
		return errReadOnly
	}
	return nil
}
