package app

import (
	"context"

	"github.com/bureauhq/bureau/tenancy"
)

// members answers clients.Members: who works at the agency.
type members struct{}

func (members) IsMemberTx(context.Context, *tenancy.Tx, string) (bool, error) { return true, nil }
