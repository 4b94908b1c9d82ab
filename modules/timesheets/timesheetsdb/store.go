// Package timesheetsdb keeps timers, entries and weeks in Postgres.
package timesheetsdb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// Store implements timesheets.Store.
type Store struct{}

var _ timesheets.Store = Store{}

type timerRow struct {
	ID        string `gorm:"primaryKey"`
	MemberID  string
	ProjectID string
	TaskID    *string
	Note      string
	Billable  bool
	StartedAt time.Time
	Zone      string
	KeptAt    *time.Time
	ToldAt    *time.Time
	Version   int
}

func (timerRow) TableName() string { return "timers" }

const timerColumns = `id, member_id, project_id, task_id, note, billable, started_at, zone, kept_at, told_at, version`

// Timer returns the member's timer and locks it.
func (Store) Timer(_ context.Context, tx *tenancy.Tx, memberID string) (*timesheets.Timer, error) {
	return oneTimer(tx, `SELECT `+timerColumns+` FROM timers WHERE member_id = ? FOR UPDATE`, memberID)
}

// PeekTimer returns the member's timer.
func (Store) PeekTimer(_ context.Context, tx *tenancy.Tx, memberID string) (*timesheets.Timer, error) {
	return oneTimer(tx, `SELECT `+timerColumns+` FROM timers WHERE member_id = ?`, memberID)
}

func oneTimer(tx *tenancy.Tx, query, key string) (*timesheets.Timer, error) {
	var rows []timerRow
	if err := tx.Gorm().Raw(query, key).Scan(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	r := rows[0]
	return &timesheets.Timer{
		ID: r.ID, MemberID: r.MemberID, ProjectID: r.ProjectID, TaskID: pg.Text(r.TaskID), Note: r.Note,
		Billable: r.Billable, StartedAt: r.StartedAt.UTC(), Zone: r.Zone,
		KeptAt: utc(r.KeptAt), ToldAt: utc(r.ToldAt), Version: r.Version,
	}, nil
}

// TimerByID returns a timer and locks it.
func (Store) TimerByID(_ context.Context, tx *tenancy.Tx, id string) (*timesheets.Timer, error) {
	return oneTimer(tx, `SELECT `+timerColumns+` FROM timers WHERE id = ? FOR UPDATE`, id)
}

// PeekTimerByID returns a timer.
func (Store) PeekTimerByID(_ context.Context, tx *tenancy.Tx, id string) (*timesheets.Timer, error) {
	return oneTimer(tx, `SELECT `+timerColumns+` FROM timers WHERE id = ?`, id)
}

// AddTimer inserts t; the unique index refuses a second one.
func (Store) AddTimer(_ context.Context, tx *tenancy.Tx, t timesheets.Timer) error {
	r := timerRow{
		ID: t.ID, MemberID: t.MemberID, ProjectID: t.ProjectID, TaskID: pg.Null(t.TaskID), Note: t.Note, Billable: t.Billable,
		StartedAt: t.StartedAt, Zone: t.Zone, Version: t.Version,
	}
	err := tx.Gorm().Create(&r).Error
	if pg.Violates(err, "timers_member_key") {
		return timesheets.ErrTimerRunning.Because(err)
	}
	return err
}

// SaveTimer writes what a person may change of t.
func (Store) SaveTimer(_ context.Context, tx *tenancy.Tx, t timesheets.Timer) error {
	return tx.Gorm().Exec(`UPDATE timers SET project_id = ?, task_id = ?, note = ?, billable = ?, started_at = ?, kept_at = ?, told_at = ?, version = ? WHERE id = ?`,
		t.ProjectID, pg.Null(t.TaskID), t.Note, t.Billable, t.StartedAt, t.KeptAt, t.ToldAt, t.Version, t.ID).Error
}

// RemoveTimer deletes a timer; its time lives on in an entry, or was discarded.
func (Store) RemoveTimer(_ context.Context, tx *tenancy.Tx, id string) error {
	return tx.Gorm().Exec(`DELETE FROM timers WHERE id = ?`, id).Error
}

type sheetRow struct {
	ID              string `gorm:"primaryKey"`
	MemberID        string
	WeekStart       day.Date
	LastDay         day.Date
	State           string
	Rows            string
	SubmittedAt     *time.Time
	DecidedAt       *time.Time
	DecidedBy       *string
	DecidedVersion  *int
	Reason          string
	ExceptionReason string
	CreatedAt       time.Time
	Version         int
}

func (sheetRow) TableName() string { return "timesheets" }

// sheetEnd is the last day of a sheet; those of before there were other periods are weeks.
const sheetEnd = `coalesce(last_day, week_start + 6)`

const sheetColumns = `id, member_id, week_start, ` + sheetEnd + ` AS last_day, state, rows, submitted_at, decided_at, decided_by, decided_version, reason, exception_reason, created_at, version`

func fromSheetRow(r sheetRow) (timesheets.Sheet, error) {
	s := timesheets.Sheet{
		ID: r.ID, MemberID: r.MemberID, Week: r.WeekStart, Until: r.LastDay, State: r.State, SubmittedAt: r.SubmittedAt, DecidedAt: r.DecidedAt,
		DecidedBy: pg.Text(r.DecidedBy), Reason: r.Reason, ExceptionReason: r.ExceptionReason, CreatedAt: r.CreatedAt, Version: r.Version,
	}
	if r.DecidedVersion != nil {
		s.DecidedVersion = *r.DecidedVersion
	}
	if err := json.Unmarshal([]byte(r.Rows), &s.Rows); err != nil {
		return s, fmt.Errorf("rows of sheet %s: %w", r.ID, err)
	}
	return s, nil
}

func sheets(tx *tenancy.Tx, query string, args ...any) ([]timesheets.Sheet, error) {
	var rows []sheetRow
	if err := tx.Gorm().Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]timesheets.Sheet, len(rows))
	for i, r := range rows {
		s, err := fromSheetRow(r)
		if err != nil {
			return nil, err
		}
		out[i] = s
	}
	return out, nil
}

// OpenSheet makes the sheet of a day unless it is there and locks it for the rest of tx,
// so that entries and decisions of one sheet come one after the other.
func (s Store) OpenSheet(_ context.Context, tx *tenancy.Tx, d day.Date, fresh timesheets.Sheet) (timesheets.Sheet, error) {
	there := func() ([]timesheets.Sheet, error) {
		return sheets(tx, `SELECT `+sheetColumns+` FROM timesheets WHERE member_id = ? AND week_start BETWEEN ?::date - 31 AND ? AND `+sheetEnd+` >= ?
			ORDER BY week_start DESC LIMIT 1 FOR UPDATE`, fresh.MemberID, d, d, d)
	}
	got, err := there()
	if err != nil || len(got) > 0 {
		return first(got), err
	}
	err = tx.Gorm().Exec(`INSERT INTO timesheets (id, member_id, week_start, last_day, created_at)
		SELECT ?::uuid, ?::uuid, greatest(?::date, max(`+sheetEnd+`) FILTER (WHERE week_start < ?) + 1), least(?::date, min(week_start) FILTER (WHERE week_start > ?) - 1), ?::timestamptz
		FROM timesheets WHERE member_id = ? AND week_start BETWEEN ?::date - 31 AND ?
		ON CONFLICT ON CONSTRAINT timesheets_member_week_key DO NOTHING`,
		fresh.ID, fresh.MemberID, fresh.Week, d, fresh.Until, d, fresh.CreatedAt, fresh.MemberID, fresh.Week, fresh.Until).Error
	if err != nil {
		return timesheets.Sheet{}, fmt.Errorf("open a sheet: %w", err)
	}
	if got, err = there(); err != nil || len(got) == 0 {
		return timesheets.Sheet{}, orNoSheet(err)
	}
	return got[0], nil
}

func first(got []timesheets.Sheet) timesheets.Sheet {
	if len(got) == 0 {
		return timesheets.Sheet{}
	}
	return got[0]
}

// Sheet finds a week by id.
func (Store) Sheet(_ context.Context, tx *tenancy.Tx, id string, hold bool) (timesheets.Sheet, error) {
	query := `SELECT ` + sheetColumns + ` FROM timesheets WHERE id = ?`
	if hold {
		query += ` FOR UPDATE`
	}
	got, err := sheets(tx, query, id)
	if err != nil || len(got) == 0 {
		return timesheets.Sheet{}, orNoSheet(err)
	}
	return got[0], nil
}

func orNoSheet(err error) error {
	if err == nil {
		return timesheets.ErrSheetNotFound
	}
	return err
}

// Sheets lists weeks by date, newest first unless the filter says otherwise.
func (Store) Sheets(_ context.Context, tx *tenancy.Tx, f timesheets.SheetFilter) ([]timesheets.Sheet, error) {
	var w where
	w.on(f.MemberID != "", `member_id = ?`, f.MemberID)
	w.on(len(f.MemberIDs) > 0, `member_id IN ?`, f.MemberIDs)
	w.on(f.NotMemberID != "", `member_id <> ?`, f.NotMemberID)
	w.on(f.State != "", `state = ?`, f.State)
	w.on(f.ProjectID != "", `EXISTS (SELECT FROM time_entries WHERE timesheet_id = timesheets.id AND deleted_at IS NULL AND project_id = ?)`, f.ProjectID)
	waiting(&w, f)
	w.on(!f.From.IsZero(), `week_start >= ?`, f.From)
	w.on(!f.To.IsZero(), `week_start <= ?`, f.To)
	w.on(f.Over.Valid(), `week_start BETWEEN ?::date - 31 AND ? AND `+sheetEnd+` >= ?`, f.Over.From, f.Over.To, f.Over.From) // none is longer than a month
	order, than := `week_start DESC, id DESC`, `<`
	if f.OldestFirst {
		order, than = `week_start, id`, `>`
	}
	w.on(f.AfterID != "", `(week_start, id) `+than+` (?::date, ?::uuid)`, f.AfterWeek, f.AfterID)
	return sheets(tx, `SELECT `+sheetColumns+` FROM timesheets`+w.String()+` ORDER BY `+order+limit(f.Limit), w.args...)
}

// SaveSheet writes what changes of a week. The caller holds its row.
func (Store) SaveSheet(_ context.Context, tx *tenancy.Tx, s timesheets.Sheet) error {
	rows, err := json.Marshal(s.Rows)
	if err != nil {
		return fmt.Errorf("rows of sheet %s: %w", s.ID, err)
	}
	if s.Rows == nil {
		rows = []byte("[]")
	}
	return tx.Gorm().Exec(`UPDATE timesheets SET state = ?, rows = ?::jsonb, submitted_at = ?, decided_at = ?, decided_by = ?, decided_version = ?,
		reason = ?, exception_reason = ?, version = ? WHERE id = ?`,
		s.State, string(rows), s.SubmittedAt, s.DecidedAt, pg.Null(s.DecidedBy), s.DecidedVersion, s.Reason, s.ExceptionReason, s.Version, s.ID).Error
}

// MoveEntries gives entries of a week a new state and tells how many there were.
func (Store) MoveEntries(_ context.Context, tx *tenancy.Tx, m timesheets.Move) (int, error) {
	var w where
	w.on(true, `timesheet_id = ?`, m.SheetID)
	w.on(true, `state IN ?`, m.From)
	w.on(true, `deleted_at IS NULL`)
	w.on(len(m.IDs) > 0, `id IN ?`, m.IDs)
	w.on(!m.Since.IsZero(), `work_date >= ?`, m.Since)
	return summed(tx, dry(tx).Exec(`UPDATE time_entries SET state = ?, awaits = ?, reject_reason = ?, updated_at = ?, sheet_version = ?, version = version + 1`+w.String(),
		append([]any{m.To, timesheets.JoinSteps(m.Awaits), m.Reason, m.At, m.Version}, w.args...)...))
}

// where gathers the conditions of a query.
type where struct {
	parts []string
	args  []any
}

func (w *where) on(apply bool, part string, args ...any) {
	if apply {
		w.parts, w.args = append(w.parts, part), append(w.args, args...)
	}
}

func (w *where) String() string {
	if len(w.parts) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.parts, " AND ")
}

func limit(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf(" LIMIT %d", n)
}

func orNotFound(err error) error {
	if err == nil || errors.Is(err, gorm.ErrRecordNotFound) {
		return timesheets.ErrNotFound
	}
	return err
}

func zero(d *decimal.Decimal) decimal.Decimal {
	if d == nil {
		return decimal.Zero
	}
	return *d
}
