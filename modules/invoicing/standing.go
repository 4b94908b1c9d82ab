package invoicing

import (
	"context"
	"errors"

	"github.com/bureauhq/bureau/tenancy"
)

// Standing is what has become of an invoice, for those who sold something by it.
type Standing struct {
	Number string
	State  State // Void: deleted as a draft, voided, or credited to the last cent
	Paid   bool  // nothing is left to pay, and not only because it was given up
}

// StandingTx tells what has become of an invoice, whether or not there is one.
func (s *Service) StandingTx(ctx context.Context, tx *tenancy.Tx, id string) (Standing, error) {
	i, err := s.d.Store.Invoice(ctx, tx, id)
	if errors.Is(err, ErrNotFound) {
		return Standing{State: Void}, nil
	}
	if err != nil || i.State != Issued {
		return Standing{Number: i.Number, State: i.State}, err
	}
	st := Standing{Number: i.Number, State: Issued, Paid: i.Balance().IsZero() && (i.WrittenOff.IsZero() || !i.Paid.IsZero())}
	taken, err := s.d.Store.CreditedTotal(ctx, tx, i)
	if taken.Sign() > 0 && taken.Cmp(i.Total) >= 0 && i.Kind != Deposit { // what is deducted of a deposit was used, not taken back
		st.State, st.Paid = Void, false
	}
	return st, err
}
