// Package recurringdb keeps recurring invoices in Postgres.
package recurringdb

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/recurring"
	"github.com/bureauhq/bureau/tenancy"
)

// Store implements recurring.Store.
type Store struct{}

var _ recurring.Store = Store{}

type row struct {
	ID         string `gorm:"primaryKey"`
	ClientID   string
	ProjectID  *string
	EntityID   *string
	Name       string
	Currency   string
	Every      string
	EveryCount int
	DayOfMonth int
	StartsOn   day.Date
	EndsOn     day.Date
	Times      int
	BillAt     string
	Prorate    bool
	Lines      string
	NetMinor   int64
	WithTime   bool
	Expenses   bool
	GroupBy    string
	How        string
	TermsDays  *int
	EndOfMonth bool
	Reference  string
	Note       string
	State      string
	NextNumber int
	NextOn     day.Date
	TurnsAt    *time.Time
	CreatedAt  time.Time
	CreatedBy  *string
	UpdatedAt  time.Time `gorm:"autoUpdateTime:false"`
	Version    int
}

func (row) TableName() string { return "recurring_invoices" }

func toRow(s recurring.Schedule) (row, error) {
	lines, err := json.Marshal(append([]recurring.Line{}, s.Lines...))
	return row{
		ID: s.ID, ClientID: s.ClientID, ProjectID: pg.Null(s.ProjectID), EntityID: pg.Null(s.EntityID), Name: s.Name, Currency: s.Currency, Every: string(s.Every), EveryCount: s.Count,
		DayOfMonth: s.DayOfMonth, StartsOn: s.Starts, EndsOn: s.Ends, Times: s.Times, BillAt: string(s.At), Prorate: s.Prorate, Lines: string(lines), NetMinor: s.Net.Minor,
		WithTime: s.Time, Expenses: s.Expenses, GroupBy: string(s.GroupBy), How: string(s.How), TermsDays: s.TermsDays, EndOfMonth: s.EndOfMonth, Reference: s.Reference, Note: s.Note,
		State: string(s.State), NextNumber: s.Next, NextOn: s.NextOn, TurnsAt: s.TurnsAt, CreatedAt: s.CreatedAt, CreatedBy: pg.Null(s.CreatedBy), UpdatedAt: s.UpdatedAt, Version: s.Version,
	}, err
}

func (r row) schedule() (recurring.Schedule, error) {
	currency := strings.TrimSpace(r.Currency)
	s := recurring.Schedule{
		ID: r.ID, Net: money.Of(r.NetMinor, currency), State: recurring.State(r.State), Next: r.NextNumber, NextOn: r.NextOn, CreatedAt: r.CreatedAt.UTC(), CreatedBy: pg.Text(r.CreatedBy),
		UpdatedAt: r.UpdatedAt.UTC(), Version: r.Version,
		Wish: recurring.Wish{
			ClientID: r.ClientID, ProjectID: pg.Text(r.ProjectID), EntityID: pg.Text(r.EntityID), Name: r.Name, Currency: currency, Every: recurring.Every(r.Every), Count: r.EveryCount,
			DayOfMonth: r.DayOfMonth, Starts: r.StartsOn, Ends: r.EndsOn, Times: r.Times, At: recurring.BillAt(r.BillAt), Prorate: r.Prorate, Time: r.WithTime, Expenses: r.Expenses,
			GroupBy: invoicing.GroupBy(r.GroupBy), How: invoicing.How(r.How), TermsDays: r.TermsDays, EndOfMonth: r.EndOfMonth, Reference: r.Reference, Note: r.Note,
		},
	}
	if r.TurnsAt != nil {
		at := r.TurnsAt.UTC()
		s.TurnsAt = &at
	}
	return s, json.Unmarshal([]byte(r.Lines), &s.Lines)
}

// Add inserts s.
func (Store) Add(_ context.Context, tx *tenancy.Tx, s recurring.Schedule) error {
	r, err := toRow(s)
	if err != nil {
		return err
	}
	return tx.Gorm().Create(&r).Error
}

// Save writes what may change of s. The caller holds its row.
func (Store) Save(_ context.Context, tx *tenancy.Tx, s recurring.Schedule) error {
	r, err := toRow(s)
	if err != nil {
		return err
	}
	return tx.Gorm().Select("*").Omit("id", "client_id", "project_id", "created_at", "created_by").Where("id = ?", s.ID).Updates(&r).Error
}

// ByID finds one schedule.
func (Store) ByID(_ context.Context, tx *tenancy.Tx, id string, hold bool) (recurring.Schedule, error) {
	q := tx.Gorm()
	if hold {
		q = q.Clauses(clause.Locking{Strength: "UPDATE"})
	}
	var rows []row
	if err := q.Where("id = ?", id).Find(&rows).Error; err != nil {
		return recurring.Schedule{}, err
	}
	if len(rows) == 0 {
		return recurring.Schedule{}, recurring.ErrNotFound
	}
	return rows[0].schedule()
}

const waits = `(SELECT count(*) FROM recurring_periods p WHERE p.recurring_id = r.id AND p.state IN ('missed', 'refused'))`

// List returns up to limit schedules behind the cursor, those that are billed next first.
func (Store) List(_ context.Context, tx *tenancy.Tx, f recurring.Filter, limit int, after []string) ([]recurring.Row, error) {
	q := tx.Gorm().Table("recurring_invoices AS r").Select("r.*, " + waits + " AS open").Order("coalesce(r.next_on, '2999-12-31'::date), r.id").Limit(limit)
	on := func(apply bool, part string, args ...any) {
		if apply {
			q = q.Where(part, args...)
		}
	}
	like := pg.Contains(f.Search)
	on(f.Search != "", `(r.name ILIKE ? OR EXISTS (SELECT 1 FROM clients c WHERE c.id = r.client_id AND c.name ILIKE ?))`, like, like)
	on(f.ClientID != "", `r.client_id = ?`, f.ClientID)
	on(f.ProjectID != "", `r.project_id = ?`, f.ProjectID)
	on(f.State != "", `r.state = ?`, string(f.State))
	on(f.Waits, `EXISTS (SELECT 1 FROM recurring_periods p WHERE p.recurring_id = r.id AND p.state IN ('missed', 'refused'))`)
	if after != nil {
		on(true, `(coalesce(r.next_on, '2999-12-31'::date), r.id) > (coalesce(nullif(?::text, '')::date, '2999-12-31'::date), ?::uuid)`, after[0], after[1])
	}
	var rows []struct {
		Row  row `gorm:"embedded"`
		Open int
	}
	if err := q.Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("list recurring invoices: %w", err)
	}
	out := make([]recurring.Row, len(rows))
	for n, r := range rows {
		s, err := r.Row.schedule()
		if err != nil {
			return nil, err
		}
		out[n] = recurring.Row{Schedule: s, Open: r.Open}
	}
	return out, nil
}

// Open counts the periods of a schedule that somebody has to decide about.
func (Store) Open(ctx context.Context, tx *tenancy.Tx, id string) (n int, err error) {
	err = tx.PGX().QueryRow(ctx, `SELECT count(*) FROM recurring_periods WHERE recurring_id = $1 AND state IN ('missed', 'refused')`, id).Scan(&n)
	return n, err
}

type periodRow struct {
	RecurringID string `gorm:"primaryKey"`
	Number      int    `gorm:"primaryKey;autoIncrement:false"`
	FromOn      day.Date
	ToOn        day.Date
	WholeFrom   day.Date
	WholeTo     day.Date
	IssueOn     day.Date
	State       string
	InvoiceID   *string
	Code        string
	Why         string
	DecidedAt   time.Time
	DecidedBy   *string
}

func (periodRow) TableName() string { return "recurring_periods" }

func toPeriod(p recurring.Period) periodRow {
	return periodRow{
		RecurringID: p.ScheduleID, Number: p.Number, FromOn: p.Days.From, ToOn: p.Days.To, WholeFrom: p.Of.From, WholeTo: p.Of.To, IssueOn: p.IssueOn, State: string(p.State),
		InvoiceID: pg.Null(p.InvoiceID), Code: p.Code, Why: p.Why, DecidedAt: p.DecidedAt, DecidedBy: pg.Null(p.DecidedBy),
	}
}

func (r periodRow) period() recurring.Period {
	return recurring.Period{
		ScheduleID: r.RecurringID, Number: r.Number, IssueOn: r.IssueOn, State: recurring.PeriodState(r.State), InvoiceID: pg.Text(r.InvoiceID), Code: r.Code, Why: r.Why,
		DecidedAt: r.DecidedAt.UTC(), DecidedBy: pg.Text(r.DecidedBy),
		Stretch: invoicing.Stretch{Days: day.Range{From: r.FromOn, To: r.ToOn}, Of: day.Range{From: r.WholeFrom, To: r.WholeTo}},
	}
}

// AddPeriods inserts them.
func (Store) AddPeriods(_ context.Context, tx *tenancy.Tx, all []recurring.Period) error {
	if len(all) == 0 {
		return nil
	}
	rows := make([]periodRow, len(all))
	for n, p := range all {
		rows[n] = toPeriod(p)
	}
	return tx.Gorm().Create(&rows).Error
}

// SavePeriod writes what may change of p.
func (Store) SavePeriod(_ context.Context, tx *tenancy.Tx, p recurring.Period) error {
	r := toPeriod(p)
	return tx.Gorm().Select("state", "invoice_id", "code", "why", "decided_at", "decided_by").Where("recurring_id = ? AND number = ?", p.ScheduleID, p.Number).Updates(&r).Error
}

// DropPeriod forgets that one was skipped.
func (Store) DropPeriod(ctx context.Context, tx *tenancy.Tx, scheduleID string, number int) error {
	_, err := tx.PGX().Exec(ctx, `DELETE FROM recurring_periods WHERE recurring_id = $1 AND number = $2 AND state = 'skipped'`, scheduleID, number)
	return err
}

func periods(q *gorm.DB) ([]recurring.Period, error) {
	var rows []periodRow
	if err := q.Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]recurring.Period, len(rows))
	for n, r := range rows {
		out[n] = r.period()
	}
	return out, nil
}

func numbered(q *gorm.DB) (map[int]recurring.Period, error) {
	all, err := periods(q)
	out := make(map[int]recurring.Period, len(all))
	for _, p := range all {
		out[p.Number] = p
	}
	return out, err
}

// Past lists those before a number, the latest first.
func (Store) Past(_ context.Context, tx *tenancy.Tx, scheduleID string, before, limit int) ([]recurring.Period, error) {
	return periods(tx.Gorm().Where("recurring_id = ? AND number < ?", scheduleID, before).Order("number DESC").Limit(limit))
}

// From finds those from a number on.
func (Store) From(_ context.Context, tx *tenancy.Tx, scheduleID string, from int) (map[int]recurring.Period, error) {
	return numbered(tx.Gorm().Where("recurring_id = ? AND number >= ?", scheduleID, from))
}

// Numbered finds those with these numbers.
func (Store) Numbered(_ context.Context, tx *tenancy.Tx, scheduleID string, numbers []int) (map[int]recurring.Period, error) {
	return numbered(tx.Gorm().Where("recurring_id = ? AND number IN ?", scheduleID, numbers))
}

// OfInvoice finds the period that an invoice bills, if it bills one.
func (Store) OfInvoice(_ context.Context, tx *tenancy.Tx, invoiceID string) (*recurring.Period, error) {
	all, err := periods(tx.Gorm().Where("invoice_id = ?", invoiceID))
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}
