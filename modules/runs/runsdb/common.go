package runsdb

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/bureauhq/bureau/modules/runs"
	"github.com/bureauhq/bureau/tenancy"
)

// nextPending asks for the next client of a run that nobody holds, and holds it.
func nextPending(tx *tenancy.Tx, runID string) *gorm.DB {
	return tx.Gorm().Clauses(clause.Locking{Strength: "UPDATE", Options: "SKIP LOCKED"}).Where("run_id = ? AND state = 'pending'", runID).Order("position").Limit(1)
}

// endRun ends a run and passes over the clients that are left.
func endRun(ctx context.Context, tx *tenancy.Tx, table, items, runID string, state runs.State, at *time.Time) error {
	if _, err := tx.PGX().Exec(ctx, `UPDATE `+items+` SET state = 'cancelled', decided_at = $2 WHERE run_id = $1 AND state = 'pending'`, runID, at); err != nil {
		return err
	}
	_, err := tx.PGX().Exec(ctx, `UPDATE `+table+` SET state = $2, finished_at = $3 WHERE id = $1 AND state = 'running'`, runID, string(state), at)
	return err
}

// lastMove tells when a run came on last.
func lastMove(ctx context.Context, tx *tenancy.Tx, table, items, runID string, none error) (at time.Time, err error) {
	err = tx.PGX().QueryRow(ctx, `SELECT greatest(r.created_at, max(i.decided_at)) FROM `+table+` r LEFT JOIN `+items+` i ON i.run_id = r.id
		WHERE r.id = $1 GROUP BY r.id`, runID).Scan(&at)
	if errors.Is(err, pgx.ErrNoRows) {
		err = none
	}
	return at, err
}
