package timesheetsdb

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// waiting narrows weeks to those with something to decide: submitted lines, or a week that was handed in without any.
func waiting(w *where, f timesheets.SheetFilter) {
	if !f.Waiting {
		return
	}
	const lines = `EXISTS (SELECT FROM time_entries e WHERE e.timesheet_id = timesheets.id AND e.deleted_at IS NULL AND e.state = 'submitted'`
	w.on(true, `state IN ('submitted', 'rejected')`)
	if f.Mine == nil {
		w.on(true, `(state = 'submitted' OR `+lines+`))`)
		return
	}
	const nobody = `00000000-0000-0000-0000-000000000000`
	projects, members := append([]string{nobody}, f.Mine.Projects...), append([]string{nobody}, f.Mine.Members...)
	w.on(true, `(`+lines+` AND (e.awaits = '' OR (e.member_id NOT IN ? AND ((e.awaits LIKE 'lead%' AND e.project_id IN ?) OR (e.awaits LIKE 'manager%' AND e.member_id IN ?)))))
		OR (state = 'submitted' AND NOT `+lines+`)))`, f.Mine.NotMembers, projects, members)
}

// ChangedSince reads what changed in a week after a version of it. Rows of lines that were taken out are still there.
func (Store) ChangedSince(ctx context.Context, tx *tenancy.Tx, sheetID string, version int) ([]timesheets.LineChange, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT id::text, project_id::text, '', work_date, raw_seconds::bigint, state, version = 1, deleted_at IS NOT NULL,
			EXISTS (SELECT FROM timesheet_decisions d WHERE d.timesheet_id = e.timesheet_id AND d.result_version = e.sheet_version AND d.undone_at IS NULL)
		FROM time_entries e WHERE timesheet_id = $1 AND sheet_version > $2 ORDER BY work_date, id`, sheetID, version)
	if err != nil {
		return nil, fmt.Errorf("what changed in a week: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[timesheets.LineChange])
}

// ProjectRoutes reads the routes of projects that have one of their own.
func (Store) ProjectRoutes(_ context.Context, tx *tenancy.Tx) (map[string]timesheets.Route, error) {
	var rows []struct{ ProjectID, Route string }
	if err := tx.Gorm().Raw(`SELECT project_id, route FROM approval_routes`).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("routes of projects: %w", err)
	}
	out := make(map[string]timesheets.Route, len(rows))
	for _, r := range rows {
		out[r.ProjectID] = timesheets.Route(r.Route)
	}
	return out, nil
}

// SetProjectRoute keeps the route of a project, or none.
func (Store) SetProjectRoute(_ context.Context, tx *tenancy.Tx, projectID string, r timesheets.Route) error {
	if r == "" {
		return tx.Gorm().Exec(`DELETE FROM approval_routes WHERE project_id = ?`, projectID).Error
	}
	return tx.Gorm().Exec(`INSERT INTO approval_routes (project_id, route) VALUES (?, ?) ON CONFLICT (project_id) DO UPDATE SET route = EXCLUDED.route`, projectID, string(r)).Error
}

// SetAwaits writes who has to look at lines. It is no edit: versions stay.
func (Store) SetAwaits(_ context.Context, tx *tenancy.Tx, entryIDs []string, steps []timesheets.Step) error {
	return tx.Gorm().Exec(`UPDATE time_entries SET awaits = ? WHERE id IN ?`, timesheets.JoinSteps(steps), entryIDs).Error
}

type standInRow struct {
	ID        string
	MemberID  string
	StandInID string
	FirstDay  day.Date
	LastDay   day.Date
	CreatedAt time.Time
	CreatedBy *string
}

const standInColumns = `id, member_id, stand_in_id, first_day, last_day, created_at, created_by`

func fromStandIns(rows []standInRow) []timesheets.StandIn {
	out := make([]timesheets.StandIn, len(rows))
	for i, r := range rows {
		out[i] = timesheets.StandIn{ID: r.ID, MemberID: r.MemberID, StandInID: r.StandInID, From: r.FirstDay, To: r.LastDay, CreatedAt: r.CreatedAt.UTC(), CreatedBy: pg.Text(r.CreatedBy)}
	}
	return out
}

// StandsInFor returns whose place a member takes on a day.
func (Store) StandsInFor(_ context.Context, tx *tenancy.Tx, memberID string, on day.Date) (out []string, err error) {
	err = tx.Gorm().Raw(`SELECT DISTINCT member_id::text FROM approval_stand_ins WHERE stand_in_id = ? AND first_day <= ? AND last_day >= ?`, memberID, on, on).Scan(&out).Error
	return out, err
}

// StandIns lists arrangements that are not over.
func (Store) StandIns(_ context.Context, tx *tenancy.Tx, memberID string, from day.Date) ([]timesheets.StandIn, error) {
	var w where
	w.on(true, `last_day >= ?`, from)
	w.on(memberID != "", `(member_id = ? OR stand_in_id = ?)`, memberID, memberID)
	var rows []standInRow
	err := tx.Gorm().Raw(`SELECT `+standInColumns+` FROM approval_stand_ins`+w.String()+` ORDER BY first_day, id LIMIT 500`, w.args...).Scan(&rows).Error
	return fromStandIns(rows), err
}

// AddStandIn keeps an arrangement.
func (Store) AddStandIn(_ context.Context, tx *tenancy.Tx, in timesheets.StandIn) error {
	return tx.Gorm().Exec(`INSERT INTO approval_stand_ins (`+standInColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		in.ID, in.MemberID, in.StandInID, in.From, in.To, in.CreatedAt, pg.Null(in.CreatedBy)).Error
}

// RemoveStandIn ends an arrangement and returns it.
func (Store) RemoveStandIn(_ context.Context, tx *tenancy.Tx, id string) (timesheets.StandIn, error) {
	var rows []standInRow
	err := tx.Gorm().Raw(`DELETE FROM approval_stand_ins WHERE id = ? RETURNING `+standInColumns, id).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		if err == nil {
			err = timesheets.ErrNoStandIn
		}
		return timesheets.StandIn{}, err
	}
	return fromStandIns(rows)[0], nil
}

type decisionRow struct {
	ID            string
	TimesheetID   string
	DecidedBy     *string
	InPlaceOf     *string
	Decision      string
	Reason        string
	SeenVersion   int
	ResultVersion int
	Question      string
	Lines         string
	Was           string
	DecidedAt     time.Time
	UndoneAt      *time.Time
}

const decisionColumns = `id, timesheet_id, decided_by, in_place_of, decision, reason, seen_version, result_version, question, lines, was, decided_at, undone_at`

// AddDecision keeps what was decided.
func (Store) AddDecision(_ context.Context, tx *tenancy.Tx, d timesheets.Decision) error {
	lines, err := json.Marshal(d.Lines)
	if err != nil {
		return fmt.Errorf("lines of a decision: %w", err)
	}
	if d.Lines == nil {
		lines = []byte("[]")
	}
	was, err := json.Marshal(d.Was)
	if err != nil {
		return fmt.Errorf("week of a decision: %w", err)
	}
	return tx.Gorm().Exec(`INSERT INTO timesheet_decisions (`+decisionColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?, NULL)`,
		d.ID, d.SheetID, pg.Null(d.By), pg.Null(d.InPlaceOf), d.Decision, d.Reason, d.Seen, d.Result, d.Question, string(lines), string(was), d.At).Error
}

// SaveDecision writes that a decision was undone.
func (Store) SaveDecision(_ context.Context, tx *tenancy.Tx, d timesheets.Decision) error {
	return tx.Gorm().Exec(`UPDATE timesheet_decisions SET undone_at = ? WHERE id = ?`, d.UndoneAt, d.ID).Error
}

// Decisions lists what was decided about a week, the latest first.
func (Store) Decisions(_ context.Context, tx *tenancy.Tx, sheetID string, most int) ([]timesheets.Decision, error) {
	var rows []decisionRow
	if err := tx.Gorm().Raw(`SELECT `+decisionColumns+` FROM timesheet_decisions WHERE timesheet_id = ? ORDER BY result_version DESC`+limit(most), sheetID).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("decisions about a week: %w", err)
	}
	out := make([]timesheets.Decision, len(rows))
	for i, r := range rows {
		out[i] = timesheets.Decision{
			ID: r.ID, SheetID: r.TimesheetID, By: pg.Text(r.DecidedBy), InPlaceOf: pg.Text(r.InPlaceOf), Decision: r.Decision, Reason: r.Reason,
			Seen: r.SeenVersion, Result: r.ResultVersion, Question: r.Question, At: r.DecidedAt.UTC(), UndoneAt: utc(r.UndoneAt),
		}
		if err := json.Unmarshal([]byte(r.Lines), &out[i].Lines); err != nil {
			return nil, fmt.Errorf("lines of decision %s: %w", r.ID, err)
		}
		if err := json.Unmarshal([]byte(r.Was), &out[i].Was); err != nil {
			return nil, fmt.Errorf("week of decision %s: %w", r.ID, err)
		}
	}
	return out, nil
}

// DecidedBefore looks for the same decision on the same version.
func (Store) DecidedBefore(_ context.Context, tx *tenancy.Tx, d timesheets.Decision) (yes bool, err error) {
	err = tx.Gorm().Raw(`SELECT EXISTS (SELECT FROM timesheet_decisions WHERE timesheet_id = ? AND decided_by IS NOT DISTINCT FROM ?::uuid AND seen_version = ? AND question = ? AND undone_at IS NULL)`,
		d.SheetID, pg.Null(d.By), d.Seen, d.Question).Scan(&yes).Error
	return yes, err
}

// MissingSheets tells which ids are of no week.
func (Store) MissingSheets(_ context.Context, tx *tenancy.Tx, ids []string) (out []string, err error) {
	err = tx.Gorm().Raw(`SELECT n::text FROM unnest(?::uuid[]) AS n WHERE NOT EXISTS (SELECT FROM timesheets WHERE id = n)`, "{"+strings.Join(ids, ",")+"}").Scan(&out).Error
	return out, err
}
