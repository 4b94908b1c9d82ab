package timesheetsdb

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// Pins are the rows that a member wants in every week.
func (Store) Pins(_ context.Context, tx *tenancy.Tx, memberID string) (rows []timesheets.Row, err error) {
	var kept []string
	if err := tx.Gorm().Raw(`SELECT rows FROM time_pins WHERE member_id = ?`, memberID).Scan(&kept).Error; err != nil || len(kept) == 0 {
		return nil, err
	}
	if err := json.Unmarshal([]byte(kept[0]), &rows); err != nil {
		return nil, fmt.Errorf("pinned rows of %s: %w", memberID, err)
	}
	return rows, nil
}

// SavePins writes all of a member's pinned rows.
func (Store) SavePins(_ context.Context, tx *tenancy.Tx, memberID string, rows []timesheets.Row) error {
	raw, err := json.Marshal(append([]timesheets.Row{}, rows...))
	if err != nil {
		return fmt.Errorf("pinned rows of %s: %w", memberID, err)
	}
	return tx.Gorm().Exec(`INSERT INTO time_pins (member_id, rows) VALUES (?, ?::jsonb) ON CONFLICT (member_id) DO UPDATE SET rows = EXCLUDED.rows`, memberID, string(raw)).Error
}
