package timesheetsdb

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/rates"
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

// edgesOf are where the stretches begin and end that the parts of settled entries have in a count, of entries or of sides of a change.
const (
	edgesOf = ` CROSS JOIN LATERAL jsonb_path_query(rate_parts, '$.parts[*] ? (@.seconds > 0)') AS part
		CROSS JOIN LATERAL (VALUES (coalesce((part->>'at')::bigint, 0), 1), (coalesce((part->>'at')::bigint, 0) + (part->>'seconds')::bigint, -1)) AS edge (place, way)
		WHERE tier_since IS NOT NULL AND state IN ('approved', 'billed')`
	edgeKey = `rate_id, project_id, since, place`
)

// edgesAmiss is what is missing of the kept edges, and less than nothing where they are too many.
const edgesAmiss = `SELECT ` + edgeKey + `, sum(change) AS change FROM (
		SELECT rate_id, project_id, tier_since AS since, place, way AS change FROM time_entries` + edgesOf + ` AND deleted_at IS NULL
		UNION ALL SELECT ` + edgeKey + `, -change FROM time_tally_edges) AS sides GROUP BY ` + edgeKey + ` HAVING sum(change) <> 0 ORDER BY ` + edgeKey

// Tallied lists the entries of tallies whose places are not settled, those of instead among them whatever they are, and what places others
// have. Who has hold meets no half of a change: entries that are held settle for nobody else, and if others were unsettled after
// they were listed, their edges have moved, and they are listed again.
func (Store) Tallied(ctx context.Context, tx *tenancy.Tx, of []timesheets.Tally, instead []string, hold bool) (out []timesheets.Entry, taken map[timesheets.Tally]*rates.Taken, err error) {
	asked, err := json.Marshal(of)
	if err != nil {
		return nil, nil, fmt.Errorf("tallies as JSON: %w", err)
	}
	before, _, err := edges(ctx, tx, asked)
	if err != nil {
		return nil, nil, err
	}
	for {
		if out, err = unsettled(tx, asked, instead, hold); err != nil {
			return nil, nil, err
		}
		now, idle, err := edges(ctx, tx, asked)
		if err != nil {
			return nil, nil, err
		}
		if !hold || maps.Equal(before, now) {
			if hold && idle >= manyIdle {
				err = dropIdle(ctx, tx, asked)
			}
			return out, takenBy(now, out), err
		}
		before = now
	}
}

// manyIdle is how many edges at which nothing begins or ends any more are worth a statement.
const manyIdle = 64

const ofTallies = ` (rate_id, project_id, since) IN (SELECT rate, project, since FROM jsonb_to_recordset($1::jsonb) AS d(rate uuid, project uuid, since date))`

func dropIdle(ctx context.Context, tx *tenancy.Tx, asked []byte) error {
	_, err := tx.PGX().Exec(ctx, `DELETE FROM time_tally_edges WHERE (`+edgeKey+`) IN (SELECT `+edgeKey+` FROM time_tally_edges
		WHERE change = 0 AND`+ofTallies+` FOR UPDATE SKIP LOCKED)`, string(asked))
	return err
}

func unsettled(tx *tenancy.Tx, asked []byte, instead []string, hold bool) ([]timesheets.Entry, error) {
	lock := ""
	if hold {
		lock = ` FOR UPDATE`
	}
	const query = `SELECT ` + entryColumns + ` FROM time_entries WHERE deleted_at IS NULL AND tier_since IS NOT NULL
		AND (rate_id, project_id, tier_since) IN (SELECT rate, project, since FROM jsonb_to_recordset(?::jsonb) AS d(rate uuid, project uuid, since date))`
	out, err := entries(tx, query+` AND state IN ('draft', 'submitted', 'rejected') ORDER BY work_date, id`+lock, string(asked))
	if err != nil || len(instead) == 0 {
		return out, err
	}
	settled, err := entries(tx, query+` AND state NOT IN ('draft', 'submitted', 'rejected') AND id IN ? ORDER BY work_date, id`+lock, string(asked), instead)
	return append(out, settled...), err
}

type edge struct {
	timesheets.Tally
	place int64
}

// edges reads where stretches begin and end, and counts the places where they did.
func edges(ctx context.Context, tx *tenancy.Tx, asked []byte) (out map[edge]int, idle int, err error) {
	rows, err := tx.PGX().Query(ctx, `SELECT rate_id::text, project_id::text, since, place, change FROM time_tally_edges WHERE`+ofTallies, string(asked))
	if err != nil {
		return nil, 0, fmt.Errorf("places of tallies: %w", err)
	}
	out = map[edge]int{}
	var e edge
	var change int
	_, err = pgx.ForEachRow(rows, []any{&e.RateID, &e.ProjectID, &e.Since, &e.place, &change}, func() error {
		if change == 0 {
			idle++
		} else {
			out[e] = change
		}
		return nil
	})
	return out, idle, err
}

// takenBy are the places that others than the given entries have.
func takenBy(all map[edge]int, but []timesheets.Entry) map[timesheets.Tally]*rates.Taken {
	changes := map[timesheets.Tally]map[int64]int{}
	add := func(of timesheets.Tally, place int64, change int) {
		if changes[of] == nil {
			changes[of] = map[int64]int{}
		}
		changes[of][place] += change
	}
	for e, change := range all {
		add(e.Tally, e.place, change)
	}
	for _, e := range but {
		if since := e.CountedSince(); !since.IsZero() && (e.State == timesheets.Approved || e.State == timesheets.Billed) {
			for _, p := range e.Split.Parts {
				of := timesheets.Tally{RateID: e.RateID, ProjectID: e.ProjectID, Since: since}
				add(of, p.At, -1)
				add(of, p.At+p.Seconds, 1)
			}
		}
	}
	out := map[timesheets.Tally]*rates.Taken{}
	for of, c := range changes {
		taken := rates.TakenBetween(c)
		out[of] = &taken
	}
	return out
}
