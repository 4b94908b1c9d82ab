package timesheetsdb

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// savedEntry is what SaveEntries writes of an entry.
type savedEntry struct {
	ID            string     `json:"id"`
	Version       int        `json:"version"`
	TimesheetID   string     `json:"timesheet_id"`
	SheetVersion  int        `json:"sheet_version"`
	ClientID      *string    `json:"client_id"`
	ProjectID     string     `json:"project_id"`
	TaskID        *string    `json:"task_id"`
	ServiceID     *string    `json:"service_id"`
	WorkDate      day.Date   `json:"work_date"`
	StartedAt     *time.Time `json:"started_at"`
	EndedAt       *time.Time `json:"ended_at"`
	BilledSeconds int64      `json:"billed_seconds"`
	Billable      bool       `json:"billable"`
	Note          string     `json:"note"`
	State         string     `json:"state"`
	CrossedLock   bool       `json:"crossed_lock"`
	OverDay       bool       `json:"over_day"`
	UpdatedAt     time.Time  `json:"updated_at"`

	savedRate
}

type savedRate struct {
	RateAmount   *string `json:"rate_amount"`
	RateCurrency *string `json:"rate_currency"`
	RateID       *string `json:"rate_id"`
	RateCardID   *string `json:"rate_card_id"`
	RateCardName string  `json:"rate_card_name"`
	RateLevel    string  `json:"rate_level"`
	RateWhy      string  `json:"rate_why"`

	RateParts      json.RawMessage `json:"rate_parts"`
	PremiumSeconds decimal.Decimal `json:"premium_seconds"`
	TierSince      *day.Date       `json:"tier_since"`
	TierWorth      decimal.Decimal `json:"tier_worth"`
}

const rateFields = `rate_amount numeric, rate_currency text, rate_id uuid, rate_card_id uuid, rate_card_name text, rate_level text, rate_why text,
	rate_parts jsonb, premium_seconds numeric, tier_since date, tier_worth numeric`

func rateOf(e timesheets.Entry) savedRate {
	out := savedRate{
		RateCurrency: pg.Null(e.Currency), RateID: pg.Null(e.RateID), RateCardID: pg.Null(e.RateCardID), RateCardName: e.RateCardName, RateLevel: e.RateLevel, RateWhy: e.RateWhy,
	}
	out.PremiumSeconds, out.TierSince, out.TierWorth = e.Premium(), tierSince(e), e.TierWorth()
	if parts := partsOf(e); parts != nil {
		out.RateParts = json.RawMessage(*parts)
	}
	if e.Rate != nil {
		amount := e.Rate.String()
		out.RateAmount = &amount
	}
	return out
}

// SaveEntries writes entries over the versions before their own, all or none, in one statement.
func (Store) SaveEntries(_ context.Context, tx *tenancy.Tx, entries []timesheets.Entry) error {
	rows := make([]savedEntry, len(entries))
	for i, e := range entries {
		rows[i] = savedEntry{
			ID: e.ID, Version: e.Version, TimesheetID: e.SheetID, SheetVersion: e.SheetVersion, ClientID: pg.Null(e.ClientID), ProjectID: e.ProjectID, TaskID: pg.Null(e.TaskID), ServiceID: pg.Null(e.ServiceID),
			WorkDate: e.Day, StartedAt: e.StartedAt, EndedAt: e.EndedAt, BilledSeconds: e.BilledSeconds, Billable: e.Billable, Note: e.Note, State: e.State,
			CrossedLock: e.CrossedLock, OverDay: e.OverDay, UpdatedAt: e.UpdatedAt, savedRate: rateOf(e),
		}
	}
	raw, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("entries as JSON: %w", err)
	}
	n, err := keepingSums(tx, `UPDATE time_entries SET version = d.version, timesheet_id = d.timesheet_id, sheet_version = d.sheet_version, client_id = d.client_id, project_id = d.project_id,
			task_id = d.task_id, service_id = d.service_id, work_date = d.work_date, started_at = d.started_at, ended_at = d.ended_at,
			billed_seconds = d.billed_seconds, billable = d.billable, note = d.note, state = d.state, crossed_lock = d.crossed_lock, over_day = d.over_day,
			updated_at = d.updated_at, rate_amount = d.rate_amount, rate_currency = d.rate_currency, rate_id = d.rate_id, rate_card_id = d.rate_card_id,
			rate_card_name = d.rate_card_name, rate_level = d.rate_level, rate_why = d.rate_why, rate_parts = d.rate_parts, premium_seconds = d.premium_seconds,
			tier_since = d.tier_since, tier_worth = d.tier_worth
		FROM jsonb_to_recordset($1::jsonb) AS d(id uuid, version int, timesheet_id uuid, sheet_version int, client_id uuid, project_id uuid, task_id uuid, service_id uuid,
			work_date date, started_at timestamptz, ended_at timestamptz, billed_seconds int, billable boolean, note text, state text, crossed_lock boolean,
			over_day boolean, updated_at timestamptz, `+rateFields+`)
		WHERE time_entries.id = d.id AND time_entries.version = d.version - 1 AND time_entries.deleted_at IS NULL`, string(raw))
	if err == nil && n != len(entries) {
		return timesheets.ErrBulkStale
	}
	return err
}

// SaveRates writes new rate snapshots of entries that are neither approved nor billed.
func (Store) SaveRates(_ context.Context, tx *tenancy.Tx, entries []timesheets.Entry) error {
	type repriced struct {
		ID string `json:"id"`
		savedRate
	}
	rows := make([]repriced, len(entries))
	for i, e := range entries {
		rows[i] = repriced{e.ID, rateOf(e)}
	}
	raw, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("rates as JSON: %w", err)
	}
	_, err = keepingSums(tx, `UPDATE time_entries SET rate_amount = d.rate_amount, rate_currency = d.rate_currency, rate_id = d.rate_id, rate_card_id = d.rate_card_id,
			rate_card_name = d.rate_card_name, rate_level = d.rate_level, rate_why = d.rate_why, rate_parts = d.rate_parts, premium_seconds = d.premium_seconds,
			tier_since = d.tier_since, tier_worth = d.tier_worth
		FROM jsonb_to_recordset($1::jsonb) AS d(id uuid, `+rateFields+`)
		WHERE time_entries.id = d.id AND state IN ('draft', 'submitted', 'rejected')`, string(raw))
	return err
}

// EntriesOn lists what people have on some days.
func (Store) EntriesOn(_ context.Context, tx *tenancy.Tx, on []timesheets.MemberDay) ([]timesheets.Entry, error) {
	asked, err := json.Marshal(on)
	if err != nil {
		return nil, fmt.Errorf("days as JSON: %w", err)
	}
	return entries(tx, `SELECT `+entryColumns+` FROM time_entries WHERE deleted_at IS NULL
		AND (member_id, work_date) IN (SELECT member, day FROM jsonb_to_recordset(?::jsonb) AS d(member uuid, day date)) ORDER BY work_date, id`, string(asked))
}

// TouchSheets raises the versions of weeks whose entries changed. The caller holds them.
func (Store) TouchSheets(ctx context.Context, tx *tenancy.Tx, ids []string) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE timesheets SET version = version + 1 WHERE id = ANY($1::uuid[])`, ids)
	return err
}

type bulkRow struct {
	ID        string
	MemberID  string
	CreatedAt time.Time
	UndoneAt  *time.Time
	Lines     string
}

// AddBulk keeps a change so that it can be undone, and lets go of those before a moment.
func (Store) AddBulk(_ context.Context, tx *tenancy.Tx, k timesheets.BulkKept, before time.Time) error {
	lines, err := json.Marshal(k.Lines)
	if err != nil {
		return fmt.Errorf("a change of many entries as JSON: %w", err)
	}
	if err := tx.Gorm().Exec(`DELETE FROM time_bulk_changes WHERE created_at < ?`, before).Error; err != nil {
		return err
	}
	return tx.Gorm().Exec(`INSERT INTO time_bulk_changes (id, member_id, created_at, lines) VALUES (?, ?, ?, ?::jsonb)`, k.ID, k.MemberID, k.At, string(lines)).Error
}

func bulks(tx *tenancy.Tx, query string, args ...any) (*timesheets.BulkKept, error) {
	var rows []bulkRow
	if err := tx.Gorm().Raw(`SELECT id, member_id, created_at, undone_at, lines FROM time_bulk_changes WHERE `+query, args...).Scan(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	r := rows[0]
	k := &timesheets.BulkKept{ID: r.ID, MemberID: r.MemberID, At: r.CreatedAt.UTC(), UndoneAt: utc(r.UndoneAt)}
	if err := json.Unmarshal([]byte(r.Lines), &k.Lines); err != nil {
		return nil, fmt.Errorf("lines of the change %s: %w", r.ID, err)
	}
	return k, nil
}

// Bulk finds a change of many entries, and locks it.
func (Store) Bulk(_ context.Context, tx *tenancy.Tx, id string) (timesheets.BulkKept, error) {
	k, err := bulks(tx, `id = ? FOR UPDATE`, id)
	if err != nil || k == nil {
		if err == nil {
			err = timesheets.ErrNoBulk
		}
		return timesheets.BulkKept{}, err
	}
	return *k, nil
}

// LastBulk finds a member's latest change since a moment that was not undone; nil without one.
func (Store) LastBulk(_ context.Context, tx *tenancy.Tx, memberID string, since time.Time) (*timesheets.BulkKept, error) {
	return bulks(tx, `member_id = ? AND created_at > ? AND undone_at IS NULL ORDER BY created_at DESC LIMIT 1`, memberID, since)
}

// BulkUndone marks a change as undone.
func (Store) BulkUndone(_ context.Context, tx *tenancy.Tx, id string, at time.Time) error {
	return tx.Gorm().Exec(`UPDATE time_bulk_changes SET undone_at = ? WHERE id = ?`, at, id).Error
}
