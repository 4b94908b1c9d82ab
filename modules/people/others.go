package people

import (
	"context"
	"errors"

	"github.com/bureauhq/bureau/tenancy"
)

// IsPositionTx tells a module that is in its own transaction whether there is such a position.
func (s *Service) IsPositionTx(ctx context.Context, tx *tenancy.Tx, id string) (bool, error) {
	_, err := s.d.Store.Position(ctx, tx, id)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
