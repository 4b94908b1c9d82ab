package timesheetsdb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// AddRepricing keeps what gave entries another price, so that it can be undone, and lets go of those before a moment.
func (Store) AddRepricing(ctx context.Context, tx *tenancy.Tx, r timesheets.Repricing, before time.Time) error {
	lines, err := json.Marshal(r.Lines)
	if err != nil {
		return fmt.Errorf("a repricing as JSON: %w", err)
	}
	if _, err := tx.PGX().Exec(ctx, `DELETE FROM time_repricings WHERE created_at < $1`, before); err != nil {
		return err
	}
	_, err = tx.PGX().Exec(ctx, `INSERT INTO time_repricings (id, created_at, lines) VALUES ($1, $2, $3)`, r.ID, r.At, string(lines))
	return err
}

// Repricing finds one; without lines when it is gone.
func (Store) Repricing(ctx context.Context, tx *tenancy.Tx, id string) (r timesheets.Repricing, err error) {
	var lines string
	err = tx.PGX().QueryRow(ctx, `SELECT id::text, created_at, lines::text FROM time_repricings WHERE id = $1`, id).Scan(&r.ID, &r.At, &lines)
	if errors.Is(err, pgx.ErrNoRows) {
		return r, nil
	}
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal([]byte(lines), &r.Lines)
}
