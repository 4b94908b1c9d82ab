package custody

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/tenancy"
)

// placementOf is where an agency's tables are; the main placement for one that is gone.
func (s *Service) placementOf(ctx context.Context, agencyID string) (placement string, err error) {
	err = s.d.Control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT placement FROM agencies WHERE id = $1`, agencyID).Scan(&placement)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return tenancy.Main, nil
	}
	return placement, err
}
