package invoicing

import (
	"context"
	"errors"

	"github.com/bureauhq/bureau/tenancy"
)

// IsTaxRateTx tells a module that is in its own transaction whether there is such a tax.
func (s *Service) IsTaxRateTx(ctx context.Context, tx *tenancy.Tx, id string) (bool, error) {
	_, err := s.d.Store.TaxRate(ctx, tx, id)
	if errors.Is(err, ErrTaxRateNotFound) {
		return false, nil
	}
	return err == nil, err
}
