package timesheetsdb

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

type entryRow struct {
	ID            string `gorm:"primaryKey"`
	MemberID      string
	TimesheetID   string
	ClientID      *string
	ProjectID     string
	TaskID        *string
	ServiceID     *string
	WorkDate      day.Date
	StartedAt     *time.Time
	EndedAt       *time.Time
	Zone          string
	RawSeconds    int64
	BilledSeconds int64
	Billable      bool
	Note          string
	RateAmount    *decimal.Decimal
	RateCurrency  *string
	RateID        *string
	RateCardID    *string
	RateCardName  string
	RateLevel     string
	RateWhy       string

	OwnRateAmount   *decimal.Decimal
	OwnRateCurrency *string
	RateParts       *string
	HourKind        string
	PremiumSeconds  decimal.Decimal
	TierSince       *day.Date
	TierWorth       decimal.Decimal

	Awaits       string
	SheetVersion int
	State        string
	InvoiceID    *string
	RejectReason string
	Source       string
	CrossedLock  bool
	OverDay      bool
	CreatedAt    time.Time
	CreatedBy    *string
	UpdatedAt    time.Time `gorm:"autoUpdateTime:false"`
	Version      int
}

func (entryRow) TableName() string { return "time_entries" }

const entryColumns = `id, member_id, timesheet_id, client_id, project_id, task_id, service_id, work_date, started_at, ended_at, zone, raw_seconds, billed_seconds,
	billable, note, rate_amount, rate_currency, rate_id, rate_card_id, rate_card_name, rate_level, rate_why, own_rate_amount, own_rate_currency,
	rate_parts, hour_kind, premium_seconds, awaits, sheet_version, state, invoice_id, reject_reason, source, crossed_lock, over_day, created_at, created_by, updated_at, version`

func toRow(e timesheets.Entry) entryRow {
	r := entryRow{
		ID: e.ID, MemberID: e.MemberID, TimesheetID: e.SheetID, ClientID: pg.Null(e.ClientID), ProjectID: e.ProjectID, TaskID: pg.Null(e.TaskID), ServiceID: pg.Null(e.ServiceID),
		WorkDate: e.Day, StartedAt: e.StartedAt, EndedAt: e.EndedAt, Zone: e.Zone, RawSeconds: e.RawSeconds, BilledSeconds: e.BilledSeconds,
		Billable: e.Billable, Note: e.Note, RateAmount: e.Rate, RateCurrency: pg.Null(e.Currency), RateID: pg.Null(e.RateID),
		RateCardID: pg.Null(e.RateCardID), RateCardName: e.RateCardName, RateLevel: e.RateLevel, RateWhy: e.RateWhy, State: e.State,
		InvoiceID: pg.Null(e.InvoiceID), RejectReason: e.RejectReason, Source: e.Source, CrossedLock: e.CrossedLock, OverDay: e.OverDay,
		CreatedAt: e.CreatedAt, CreatedBy: pg.Null(e.CreatedBy), UpdatedAt: e.UpdatedAt, Version: e.Version,
	}
	r.Awaits, r.SheetVersion = timesheets.JoinSteps(e.Awaits), e.SheetVersion
	r.RateParts, r.HourKind, r.PremiumSeconds = partsOf(e), string(e.HourKind), e.Premium()
	r.TierSince, r.TierWorth = tierSince(e), e.TierWorth()
	if e.Own != nil {
		r.OwnRateAmount, r.OwnRateCurrency = &e.Own.PerHour, &e.Own.Currency
	}
	return r
}

func fromRow(r entryRow) timesheets.Entry {
	e := timesheets.Entry{
		ID: r.ID, MemberID: r.MemberID, SheetID: r.TimesheetID, ClientID: pg.Text(r.ClientID), ProjectID: r.ProjectID, TaskID: pg.Text(r.TaskID), ServiceID: pg.Text(r.ServiceID),
		Day: r.WorkDate, StartedAt: utc(r.StartedAt), EndedAt: utc(r.EndedAt), Zone: r.Zone, RawSeconds: r.RawSeconds, BilledSeconds: r.BilledSeconds,
		Billable: r.Billable, Note: r.Note, Rate: r.RateAmount, Currency: pg.Text(r.RateCurrency), RateID: pg.Text(r.RateID),
		RateCardID: pg.Text(r.RateCardID), RateCardName: r.RateCardName, RateLevel: r.RateLevel, RateWhy: r.RateWhy, State: r.State,
		InvoiceID: pg.Text(r.InvoiceID), RejectReason: r.RejectReason, Source: r.Source, CrossedLock: r.CrossedLock, OverDay: r.OverDay,
		CreatedAt: r.CreatedAt.UTC(), CreatedBy: pg.Text(r.CreatedBy), UpdatedAt: r.UpdatedAt.UTC(), Version: r.Version,
	}
	e.Awaits, e.SheetVersion = timesheets.SplitSteps(r.Awaits), r.SheetVersion
	e.Split, e.HourKind = splitOf(r.RateParts), rates.HourKind(r.HourKind)
	if r.OwnRateAmount != nil {
		e.Own = &timesheets.OwnRate{PerHour: *r.OwnRateAmount, Currency: strings.TrimSpace(pg.Text(r.OwnRateCurrency))}
	}
	return e
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

// AddEntry inserts e.
func (Store) AddEntry(_ context.Context, tx *tenancy.Tx, e timesheets.Entry) error {
	r := toRow(e)
	if _, err := summed(tx, dry(tx).Create(&r)); err != nil {
		return fmt.Errorf("add a time entry: %w", err)
	}
	return nil
}

// SaveEntry writes e over the version before its own.
func (Store) SaveEntry(_ context.Context, tx *tenancy.Tx, e timesheets.Entry) error {
	r := toRow(e)
	return one(summed(tx, dry(tx).Select("*").Omit("id", "member_id", "created_at", "created_by", "invoice_id").
		Where("id = ? AND version = ?", e.ID, e.Version-1).Updates(&r)))
}

// RemoveEntry marks e as deleted: rows with time on them stay.
func (Store) RemoveEntry(_ context.Context, tx *tenancy.Tx, e timesheets.Entry) error {
	return one(summed(tx, dry(tx).Exec(`UPDATE time_entries SET deleted_at = ?, updated_at = ?, version = ?, sheet_version = ? WHERE id = ? AND version = ? AND deleted_at IS NULL`,
		e.UpdatedAt, e.UpdatedAt, e.Version, e.SheetVersion, e.ID, e.Version-1)))
}

// one is what a change of one entry must have changed.
func one(n int, err error) error {
	if err == nil && n == 0 {
		return timesheets.ErrStale
	}
	return err
}

// Entry finds one entry that was not deleted.
func (Store) Entry(_ context.Context, tx *tenancy.Tx, id string) (timesheets.Entry, error) {
	var rows []entryRow
	err := tx.Gorm().Raw(`SELECT `+entryColumns+` FROM time_entries WHERE id = ? AND deleted_at IS NULL`, id).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return timesheets.Entry{}, orNotFound(err)
	}
	return fromRow(rows[0]), nil
}

// narrowing are the conditions that entries and their sums can both be asked for.
func narrowing(f timesheets.Filter) *where {
	w := &where{}
	w.on(f.MemberID != "", `member_id = ?`, f.MemberID)
	w.on(f.ProjectID != "", `project_id = ?`, f.ProjectID)
	w.on(len(f.ProjectIDs) > 0, `project_id IN ?`, f.ProjectIDs)
	w.on(len(f.TaskIDs) > 0, `task_id IN ?`, f.TaskIDs)
	w.on(f.ClientID != "", `client_id = ?`, f.ClientID)
	w.on(len(f.ClientIDs) > 0, `client_id IN ?`, f.ClientIDs)
	w.on(f.TaskID != "", `task_id = ?`, f.TaskID)
	w.on(f.ServiceID != "", `service_id = ?`, f.ServiceID)
	w.on(f.TaskID == "" && f.ExactTask, `task_id IS NULL`)
	w.on(f.ServiceID == "" && f.ExactService, `service_id IS NULL`)
	w.on(len(f.States) > 0, `state IN ?`, f.States)
	if f.Billable != nil {
		w.on(true, `billable = ?`, *f.Billable)
	}
	return w
}

func conditions(f timesheets.Filter) *where {
	w := narrowing(f)
	w.on(true, `deleted_at IS NULL`)
	w.on(len(f.IDs) > 0, `id IN ?`, f.IDs)
	w.on(f.SheetID != "", `timesheet_id = ?`, f.SheetID)
	w.on(f.InvoiceID != "", `invoice_id = ?`, f.InvoiceID)
	w.on(!f.From.IsZero(), `work_date >= ?`, f.From)
	w.on(!f.To.IsZero(), `work_date <= ?`, f.To)
	inNote(w, f.Text)
	w.on(f.AfterID != "", `(work_date, id) < (?::date, ?::uuid)`, f.AfterDay, f.AfterID)
	return w
}

// inNote finds text in notes. Where it has words they are looked up by their beginnings, in an index, before
// the note is read; text without a word is looked for as it stands.
func inNote(w *where, text string) {
	w.on(strings.ContainsFunc(text, asciiWord), `to_tsvector('simple', regexp_replace(note, '[^[:alnum:]]+', ' ', 'g'))
		@@ (SELECT to_tsquery('simple', string_agg(word || ':*', ' & ')) FROM regexp_split_to_table(?, '[^[:alnum:]]+') AS word WHERE word <> '')`, text)
	w.on(text != "", `note ILIKE ?`, pg.Contains(text))
}

func asciiWord(r rune) bool {
	return (r >= '0' && r <= '9') || (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z')
}

// Entries lists entries: a page newest first, or all of them oldest first.
func (Store) Entries(_ context.Context, tx *tenancy.Tx, f timesheets.Filter) ([]timesheets.Entry, error) {
	w := conditions(f)
	order := ` ORDER BY work_date, id`
	if f.Limit > 0 {
		order = ` ORDER BY work_date DESC, id DESC`
	}
	return entries(tx, `SELECT `+entryColumns+` FROM time_entries`+w.String()+order+limit(f.Limit), w.args...)
}

func entries(tx *tenancy.Tx, query string, args ...any) ([]timesheets.Entry, error) {
	var rows []entryRow
	if err := tx.Gorm().Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("list time entries: %w", err)
	}
	out := make([]timesheets.Entry, len(rows))
	for i, r := range rows {
		out[i] = fromRow(r)
	}
	return out, nil
}

// Around adds up the member's other time of a day and finds spans that meet.
func (Store) Around(_ context.Context, tx *tenancy.Tx, q timesheets.Around) (seconds int64, overlaps []string, err error) {
	err = tx.Gorm().Raw(`SELECT coalesce(sum(raw_seconds), 0) FROM time_entries
		WHERE member_id = ? AND work_date = ? AND id <> ? AND deleted_at IS NULL`, q.MemberID, q.Day, q.Except).Scan(&seconds).Error
	if err != nil || q.From == nil {
		return seconds, nil, err
	}
	// An entry lasts 25 hours at most, so what meets it began on one of the dates beside it.
	err = tx.Gorm().Raw(`SELECT id FROM time_entries WHERE member_id = ? AND work_date BETWEEN ? AND ? AND id <> ? AND deleted_at IS NULL
		AND started_at < ? AND ended_at > ? ORDER BY started_at, id`,
		q.MemberID, q.Day.AddDays(-2), q.Day.AddDays(2), q.Except, *q.To, *q.From).Scan(&overlaps).Error
	return seconds, overlaps, err
}

// SetBilledSeconds writes derived seconds in one statement. They are no edit: versions stay.
func (Store) SetBilledSeconds(_ context.Context, tx *tenancy.Tx, entries []timesheets.Entry) error {
	return setBilled(tx, entries, `time_entries.state <> 'billed'`)
}

// RoundBilled writes them of entries that an invoice bills.
func (Store) RoundBilled(_ context.Context, tx *tenancy.Tx, invoiceID string, entries []timesheets.Entry) error {
	return setBilled(tx, entries, `time_entries.invoice_id = $5`, invoiceID)
}

func setBilled(tx *tenancy.Tx, entries []timesheets.Entry, of string, args ...any) error {
	if len(entries) == 0 {
		return nil
	}
	ids, seconds, premiums, tiers := make([]string, len(entries)), make([]int64, len(entries)), make([]string, len(entries)), make([]string, len(entries))
	for i, e := range entries {
		ids[i], seconds[i], premiums[i], tiers[i] = e.ID, e.BilledSeconds, e.Premium().String(), e.TierWorth().String()
	}
	_, err := keepingSums(tx, `UPDATE time_entries SET billed_seconds = d.seconds, premium_seconds = d.premium, tier_worth = d.tiers
		FROM unnest($1::uuid[], $2::bigint[], $3::text[]::numeric[], $4::text[]::numeric[]) AS d(id, seconds, premium, tiers)
		WHERE time_entries.id = d.id AND `+of, append([]any{ids, seconds, premiums, tiers}, args...)...)
	return err
}

// Recent returns the latest entry of each project, task and note.
func (Store) Recent(_ context.Context, tx *tenancy.Tx, memberID string, since day.Date) ([]timesheets.Entry, error) {
	var rows []entryRow
	err := tx.Gorm().Raw(`SELECT `+entryColumns+` FROM (
		SELECT DISTINCT ON (project_id, task_id, note) `+entryColumns+` FROM time_entries
		WHERE member_id = ? AND work_date >= ? AND deleted_at IS NULL ORDER BY project_id, task_id, note, id DESC) AS latest
		ORDER BY id DESC LIMIT 8`, memberID, since).Scan(&rows).Error
	out := make([]timesheets.Entry, len(rows))
	for i, r := range rows {
		out[i] = fromRow(r)
	}
	return out, err
}

// MarkBilled ties approved, billable entries with a rate to an invoice.
func (Store) MarkBilled(_ context.Context, tx *tenancy.Tx, ids []string, invoiceID string, at time.Time) (int, error) {
	return summed(tx, dry(tx).Exec(`UPDATE time_entries SET state = 'billed', invoice_id = ?, updated_at = ?, version = version + 1
		WHERE id IN ? AND state = 'approved' AND billable AND rate_amount IS NOT NULL AND deleted_at IS NULL`, invoiceID, at, ids))
}

// ReleaseBilled frees the entries of an invoice.
func (Store) ReleaseBilled(_ context.Context, tx *tenancy.Tx, invoiceID string, at time.Time) (int, error) {
	return summed(tx, dry(tx).Exec(`UPDATE time_entries SET state = 'approved', invoice_id = NULL, updated_at = ?, version = version + 1
		WHERE invoice_id = ?`, at, invoiceID))
}
