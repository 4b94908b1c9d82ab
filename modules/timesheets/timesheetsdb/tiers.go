package timesheetsdb

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// tierSince is the day since which hours are counted for the tiers of an entry's rate; nil where it has none.
func tierSince(e timesheets.Entry) *day.Date {
	if since := e.CountedSince(); !since.IsZero() {
		return &since
	}
	return nil
}

// Tallied lists the entries of tallies.
func (Store) Tallied(_ context.Context, tx *tenancy.Tx, of []timesheets.Tally, hold bool) ([]timesheets.Entry, error) {
	asked, err := json.Marshal(of)
	if err != nil {
		return nil, fmt.Errorf("tallies as JSON: %w", err)
	}
	query := `SELECT ` + entryColumns + ` FROM time_entries WHERE deleted_at IS NULL AND tier_since IS NOT NULL
		AND (rate_id, project_id, tier_since) IN (SELECT rate, project, since FROM jsonb_to_recordset(?::jsonb) AS d(rate uuid, project uuid, since date)) ORDER BY work_date, id`
	if hold {
		query += ` FOR UPDATE`
	}
	return entries(tx, query, string(asked))
}
