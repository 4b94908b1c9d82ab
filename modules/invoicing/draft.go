package invoicing

import (
	"context"

	"github.com/bureauhq/bureau/tenancy"
)

// DraftTx makes a draft of lines that another module bills, in its transaction.
// Lines that name no tax get the default ones.
func (s *Service) DraftTx(ctx context.Context, tx *tenancy.Tx, of DraftOf, lines []Line) (Invoice, error) {
	i, err := s.blank(ctx, tx, of)
	if err != nil {
		return i, err
	}
	taxes, err := s.defaultTaxes(ctx, tx)
	if err != nil {
		return i, err
	}
	for _, l := range lines {
		if l.TaxRateIDs == nil {
			l.TaxRateIDs = taxes
		}
		i.Lines = append(i.Lines, l)
	}
	err = s.add(ctx, tx, &i)
	return i, err
}
