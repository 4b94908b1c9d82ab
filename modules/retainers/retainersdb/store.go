// Package retainersdb keeps retainers and their ledger in Postgres.
package retainersdb

import (
	"context"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/retainers"
	"github.com/bureauhq/bureau/modules/retainers/ledger"
	"github.com/bureauhq/bureau/tenancy"
)

// Store implements retainers.Store.
type Store struct{}

var _ retainers.Store = Store{}

type retainerRow struct {
	ID              string `gorm:"primaryKey"`
	ClientID        string
	ProjectID       *string
	Name            string
	Unit            string
	Currency        string
	Every           string
	AnchorOn        day.Date
	StartsOn        day.Date
	EndsOn          *day.Date
	ProrateFirst    bool
	GrantAmount     int64
	FeeMinor        *int64
	Rollover        string
	RolloverCap     *int64
	RolloverPeriods *int
	Deficit         string
	DeficitLimit    *int64
	Overage         string
	OverageRate     *decimal.Decimal
	LeadDays        int
	GraceDays       int
	ShownToClient   bool
	AlertAmount     *int64
	AlertPercent    *int
	LowSince        *time.Time
	LowFailedAt     *time.Time `gorm:"->"`
	LowFailure      string     `gorm:"->"`
	LowFailedTo     string     `gorm:"->"` // with commas
	TurnsAt         *time.Time
	CreatedAt       time.Time
	CreatedBy       *string
	UpdatedAt       time.Time `gorm:"autoUpdateTime:false"`
	Version         int

	PeriodID *string `gorm:"->"` // of today, in a list
}

func (retainerRow) TableName() string { return "retainers" }

const columns = `r.id, r.client_id, r.project_id, r.name, r.unit, r.currency, r.every, r.anchor_on, r.starts_on, r.ends_on, r.prorate_first, r.grant_amount, r.fee_minor,
	r.rollover, r.rollover_cap, r.rollover_periods, r.deficit, r.deficit_limit, r.overage, r.overage_rate, r.lead_days, r.grace_days, r.shown_to_client,
	r.alert_amount, r.alert_percent, r.low_since, r.low_failed_at, r.low_failure, array_to_string(r.low_failed_to, ',') AS low_failed_to, r.turns_at,
	r.created_at, r.created_by, r.updated_at, r.version`

func toRow(r retainers.Retainer) retainerRow {
	row := retainerRow{
		ID: r.ID, ClientID: r.ClientID, ProjectID: pg.Null(r.ProjectID), Name: r.Name, Unit: string(r.Unit), Currency: r.Currency, Every: string(r.Every),
		AnchorOn: r.Anchor, StartsOn: r.Starts, EndsOn: date(r.Ends), ProrateFirst: r.Prorate, GrantAmount: r.Grant, FeeMinor: minor(r.Fee),
		Rollover: string(r.Rollover), RolloverCap: r.Cap, RolloverPeriods: r.Lasts, Deficit: string(r.Deficit), DeficitLimit: r.DeficitLimit,
		Overage: string(r.Overage), OverageRate: r.OverageRate, LeadDays: r.LeadDays, GraceDays: r.GraceDays, ShownToClient: r.Shown, TurnsAt: r.TurnsAt,
		CreatedAt: r.CreatedAt, CreatedBy: pg.Null(r.CreatedBy), UpdatedAt: r.UpdatedAt, Version: r.Version,
	}
	switch a := r.Alert; {
	case a == nil:
	case a.Percent > 0:
		row.AlertPercent = &a.Percent
	default:
		row.AlertAmount = &a.Amount
	}
	return row
}

func fromRow(r retainerRow) retainers.Retainer {
	out := retainers.Retainer{
		ID: r.ID, ClientID: r.ClientID, ProjectID: pg.Text(r.ProjectID), Name: r.Name, Unit: retainers.Unit(r.Unit), Currency: strings.TrimSpace(r.Currency),
		Schedule: ledger.Schedule{Every: ledger.Every(r.Every), Anchor: r.AnchorOn, Starts: r.StartsOn, Ends: zero(r.EndsOn)},
		Prorate:  r.ProrateFirst, Grant: r.GrantAmount, Rollover: retainers.Rollover(r.Rollover), Cap: r.RolloverCap, Lasts: r.RolloverPeriods,
		Deficit: retainers.Deficit(r.Deficit), DeficitLimit: r.DeficitLimit, Overage: retainers.Overage(r.Overage), OverageRate: r.OverageRate,
		LeadDays: r.LeadDays, GraceDays: r.GraceDays, Shown: r.ShownToClient, CreatedAt: r.CreatedAt.UTC(), CreatedBy: pg.Text(r.CreatedBy),
		UpdatedAt: r.UpdatedAt.UTC(), Version: r.Version,
	}
	out.Fee = amount(r.FeeMinor, out.Currency)
	out.TurnsAt, out.LowSince = utc(r.TurnsAt), utc(r.LowSince)
	if r.LowFailedAt != nil {
		out.LowLost = &retainers.LowLost{At: r.LowFailedAt.UTC(), Why: r.LowFailure, To: strings.Split(r.LowFailedTo, ",")}
	}
	if r.AlertAmount != nil {
		out.Alert = &retainers.Alert{Amount: *r.AlertAmount}
	} else if r.AlertPercent != nil {
		out.Alert = &retainers.Alert{Percent: *r.AlertPercent}
	}
	return out
}

func utc(at *time.Time) *time.Time {
	if at == nil {
		return nil
	}
	u := at.UTC()
	return &u
}

// Add inserts r.
func (Store) Add(_ context.Context, tx *tenancy.Tx, r retainers.Retainer) error {
	row := toRow(r)
	return overlap(tx.Gorm().Create(&row).Error)
}

// Save writes what may change of r. The caller holds its row.
func (Store) Save(_ context.Context, tx *tenancy.Tx, r retainers.Retainer) error {
	row := toRow(r)
	return overlap(tx.Gorm().Select("*").Omit("id", "client_id", "project_id", "unit", "currency", "low_since", "created_at", "created_by", "period_id").Where("id = ?", r.ID).Updates(&row).Error)
}

// SetLow notes whether the balance is low, and tells whether that is news. With the news before it goes what became of its letters.
func (Store) SetLow(_ context.Context, tx *tenancy.Tx, id string, since *time.Time) (bool, error) {
	res := tx.Gorm().Exec(`UPDATE retainers SET low_since = ?::timestamptz, low_failed_at = NULL, low_failure = '', low_failed_to = '{}' WHERE id = ? AND (low_since IS NULL) = ?`, since, id, since != nil)
	return res.RowsAffected > 0, res.Error
}

// SetLowLost notes which letters of a low balance could not be delivered; nil: none.
func (Store) SetLowLost(ctx context.Context, tx *tenancy.Tx, id string, lost *retainers.LowLost) error {
	var at *time.Time
	if lost == nil {
		lost = &retainers.LowLost{}
	} else {
		at = &lost.At
	}
	_, err := tx.PGX().Exec(ctx, `UPDATE retainers SET low_failed_at = $2, low_failure = $3, low_failed_to = coalesce($4::uuid[], '{}') WHERE id = $1`, id, at, lost.Why, lost.To)
	return err
}

func overlap(err error) error {
	if pg.Violates(err, "retainers_overlap_excl") {
		return retainers.ErrOverlap.Because(err)
	}
	return err
}

func find(tx *tenancy.Tx, query string, args ...any) ([]retainers.Retainer, error) {
	var rows []retainerRow
	if err := tx.Gorm().Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]retainers.Retainer, len(rows))
	for i, r := range rows {
		out[i] = fromRow(r)
	}
	return out, nil
}

// ByID finds one retainer.
func (Store) ByID(_ context.Context, tx *tenancy.Tx, id string, hold bool) (retainers.Retainer, error) {
	query := `SELECT ` + columns + ` FROM retainers r WHERE r.id = ?`
	if hold {
		query += ` FOR UPDATE`
	}
	got, err := find(tx, query, id)
	if err == nil && len(got) == 0 {
		err = retainers.ErrNotFound
	}
	if err != nil {
		return retainers.Retainer{}, err
	}
	return got[0], nil
}

// Of returns all retainers of the clients.
func (Store) Of(_ context.Context, tx *tenancy.Tx, clientIDs []string) ([]retainers.Retainer, error) {
	if len(clientIDs) == 0 {
		return nil, nil
	}
	return find(tx, `SELECT `+columns+` FROM retainers r WHERE r.client_id IN ?`, clientIDs)
}

// Hold locks retainers one after the other, always in the same order.
func (Store) Hold(_ context.Context, tx *tenancy.Tx, ids []string) ([]retainers.Retainer, error) {
	return find(tx, `SELECT `+columns+` FROM retainers r WHERE r.id IN ? ORDER BY r.id FOR UPDATE`, ids)
}

// List returns up to limit retainers behind the cursor, each with its period of today.
func (s Store) List(ctx context.Context, tx *tenancy.Tx, f retainers.Filter, today day.Date, limit int, after []string) ([]retainers.Row, error) {
	query, args := `SELECT `+columns+`, (SELECT p.id FROM retainer_periods p WHERE p.retainer_id = r.id
		ORDER BY (p.from_on > ?), CASE WHEN p.from_on > ? THEN p.number ELSE -p.number END LIMIT 1) AS period_id FROM retainers r WHERE true`, []any{today, today}
	on := func(apply bool, part string, more ...any) {
		if apply {
			query += ` AND ` + part
			args = append(args, more...)
		}
	}
	on(f.ClientID != "", `r.client_id = ?`, f.ClientID)
	on(f.ProjectID != "", `(r.project_id = ? OR r.project_id IS NULL AND r.client_id = (SELECT client_id FROM projects WHERE id = ?))`, f.ProjectID, f.ProjectID)
	on(f.Search != "", `r.name ILIKE ?`, pg.Contains(f.Search))
	on(!f.On.IsZero() && !f.Ended, `(r.ends_on IS NULL OR r.ends_on >= ?)`, f.On)
	on(!f.On.IsZero() && f.Ended, `r.ends_on < ?`, f.On)
	on(f.Low, `r.low_since IS NOT NULL`)
	on(f.ShownOnly, `r.shown_to_client`)
	if after != nil {
		on(true, `(lower(r.name), r.id) > (lower(?), ?::uuid)`, after[0], after[1])
	}
	var rows []retainerRow
	if err := tx.Gorm().Raw(query+` ORDER BY lower(r.name), r.id LIMIT ?`, append(args, limit)...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	var ids []string
	for _, r := range rows {
		if r.PeriodID != nil {
			ids = append(ids, *r.PeriodID)
		}
	}
	current, err := s.periodsByID(tx, ids)
	out := make([]retainers.Row, len(rows))
	for i, r := range rows {
		out[i].Retainer = fromRow(r)
		if p, ok := current[pg.Text(r.PeriodID)]; ok {
			out[i].Current = &p
		}
	}
	return out, err
}

func date(d day.Date) *day.Date {
	if d.IsZero() {
		return nil
	}
	return &d
}

func zero(d *day.Date) day.Date {
	if d == nil {
		return day.Date{}
	}
	return *d
}

func minor(m *money.Money) *int64 {
	if m == nil {
		return nil
	}
	return &m.Minor
}

func amount(minor *int64, currency string) *money.Money {
	if minor == nil {
		return nil
	}
	m := money.Of(*minor, currency)
	return &m
}
