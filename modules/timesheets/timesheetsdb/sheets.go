package timesheetsdb

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// SheetsIn reads the sheets of some periods, always in one order.
func (Store) SheetsIn(_ context.Context, tx *tenancy.Tx, periods []timesheets.MemberPeriod, hold bool) ([]timesheets.Sheet, error) {
	if len(periods) == 0 {
		return nil, nil
	}
	asked, err := json.Marshal(periods)
	if err != nil {
		return nil, fmt.Errorf("periods as JSON: %w", err)
	}
	query := `SELECT ` + sheetColumns + ` FROM timesheets WHERE id IN (SELECT t.id FROM jsonb_to_recordset(?::jsonb) AS d(member uuid, "from" date, "to" date)
		JOIN timesheets t ON t.member_id = d.member AND t.week_start BETWEEN d."from" - 31 AND d."to" AND coalesce(t.last_day, t.week_start + 6) >= d."from")
		ORDER BY week_start, member_id`
	if hold {
		query += ` FOR UPDATE`
	}
	return sheets(tx, query, string(asked))
}

// sheetJSON is a sheet that is written with others in one statement.
type sheetJSON struct {
	ID        string                `json:"id"`
	Member    string                `json:"member"`
	From      day.Date              `json:"from"`
	Until     day.Date              `json:"until"`
	Rows      []timesheets.SheetRow `json:"rows"`
	CreatedAt time.Time             `json:"created_at"`
}

const asSheets = ` FROM jsonb_to_recordset($1::jsonb) AS d(id uuid, member uuid, "from" date, until date, rows jsonb, created_at timestamptz)`

func sheetsJSON(all []timesheets.Sheet) (string, error) {
	out := make([]sheetJSON, len(all))
	for i, s := range all {
		out[i] = sheetJSON{s.ID, s.MemberID, s.Week, s.Until, append([]timesheets.SheetRow{}, s.Rows...), s.CreatedAt}
	}
	raw, err := json.Marshal(out)
	if err != nil {
		return "", fmt.Errorf("sheets as JSON: %w", err)
	}
	return string(raw), nil
}

// AddSheets makes sheets, always in one order.
func (Store) AddSheets(ctx context.Context, tx *tenancy.Tx, fresh []timesheets.Sheet) error {
	if len(fresh) == 0 {
		return nil
	}
	raw, err := sheetsJSON(fresh)
	if err != nil {
		return err
	}
	if _, err = tx.PGX().Exec(ctx, `INSERT INTO timesheets (id, member_id, week_start, last_day, rows, created_at) SELECT id, member, "from", until, rows, created_at`+asSheets+`
		ORDER BY "from", member ON CONFLICT ON CONSTRAINT timesheets_member_week_key DO NOTHING`, raw); err != nil {
		return fmt.Errorf("open sheets: %w", err)
	}
	return nil
}

// Unsubmitted reads sheets that were never handed in.
func (Store) Unsubmitted(_ context.Context, tx *tenancy.Tx, from day.Date) ([]timesheets.Sheet, error) {
	return sheets(tx, `SELECT `+sheetColumns+` FROM timesheets WHERE state = 'draft' AND submitted_at IS NULL AND week_start >= ?::date - 31 AND `+sheetEnd+` >= ?
		ORDER BY member_id, week_start FOR UPDATE`, from, from)
}

// SheetDays lists the days of all entries that sheets have, or had.
func (Store) SheetDays(ctx context.Context, tx *tenancy.Tx, sheetIDs []string) (map[string][]day.Date, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT DISTINCT timesheet_id::text, work_date FROM time_entries WHERE timesheet_id = ANY($1::uuid[])`, sheetIDs)
	if err != nil {
		return nil, fmt.Errorf("days of sheets: %w", err)
	}
	out := map[string][]day.Date{}
	var sheet string
	var d day.Date
	_, err = pgx.ForEachRow(rows, []any{&sheet, &d}, func() error {
		out[sheet] = append(out[sheet], d)
		return nil
	})
	return out, err
}

// Recut gives sheets other days and lets the entries follow. The caller holds them.
func (s Store) Recut(ctx context.Context, tx *tenancy.Tx, r timesheets.Recut) error {
	if err := s.AddSheets(ctx, tx, r.Fresh); err != nil {
		return err
	}
	kept, err := sheetsJSON(r.Kept)
	if err != nil {
		return err
	}
	all, err := sheetsJSON(append(append([]timesheets.Sheet{}, r.Kept...), r.Fresh...))
	if err != nil {
		return err
	}
	for _, step := range []struct {
		query string
		args  []any
	}{
		{`UPDATE timesheets t SET week_start = d."from", last_day = d.until, rows = d.rows, version = t.version + 1` + asSheets + ` WHERE t.id = d.id`, []any{kept}},
		// Lines that move are told apart by nobody: no version of these sheets was ever decided about.
		{`UPDATE time_entries e SET timesheet_id = d.id` + asSheets + ` WHERE e.timesheet_id = ANY($2::uuid[]) AND e.member_id = d.member
			AND e.work_date BETWEEN d."from" AND d.until AND e.timesheet_id <> d.id`, []any{all, r.Cut}},
		{`DELETE FROM timesheets WHERE id = ANY($1::uuid[])`, []any{append([]string{}, r.Gone...)}},
	} {
		if _, err := tx.PGX().Exec(ctx, step.query, step.args...); err != nil {
			return fmt.Errorf("cut sheets anew: %w", err)
		}
	}
	return nil
}
