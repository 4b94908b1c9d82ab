package invoicing

import (
	"context"
	"errors"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrNoClient refuses a document or a payment for a client that is not there.
var ErrNoClient = fault.Define(fault.Invalid, "invoicing.no_client", "There is no such client.").At("body.client_id", "is not a client of this agency")

// clientOf returns the client that a person names in a form.
func (s *Service) clientOf(ctx context.Context, tx *tenancy.Tx, id string) (Client, error) {
	c, err := s.d.Clients.ClientTx(ctx, tx, id)
	if f := (*fault.Error)(nil); errors.As(err, &f) && f.Kind == fault.NotFound {
		return c, ErrNoClient.Because(err)
	}
	return c, err
}
