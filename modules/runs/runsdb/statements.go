package runsdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/runs"
	"github.com/bureauhq/bureau/tenancy"
)

type statementRunRow struct {
	ID         string `gorm:"primaryKey"`
	FromOn     day.Date
	ToOn       day.Date
	Who        string
	Monthly    bool
	State      string
	CreatedBy  *string
	CreatedAt  time.Time
	FinishedAt *time.Time
}

func (statementRunRow) TableName() string { return "statement_runs" }

func (r statementRunRow) run() runs.StatementRun {
	return runs.StatementRun{
		ID: r.ID, StatementWish: runs.StatementWish{From: r.FromOn, To: r.ToOn, Who: runs.Who(r.Who)}, Monthly: r.Monthly, State: runs.State(r.State),
		CreatedBy: pg.Text(r.CreatedBy), CreatedAt: r.CreatedAt.UTC(), FinishedAt: r.FinishedAt, Counts: map[runs.ItemState]int{}, Why: map[runs.Reason]int{},
	}
}

type statementItemRow struct {
	RunID      string
	ClientID   string
	ClientName string
	Position   int
	State      string
	Reason     string
	SendingID  *string
	Open       []money.Money `gorm:"serializer:json"`
	Code       string
	Why        string
	DecidedAt  *time.Time
}

func (statementItemRow) TableName() string { return "statement_run_items" }

func (r statementItemRow) item() runs.StatementItem {
	return runs.StatementItem{
		RunID: r.RunID, ClientID: r.ClientID, ClientName: r.ClientName, Position: r.Position, State: runs.ItemState(r.State), Reason: runs.Reason(r.Reason),
		Open: r.Open, SendingID: pg.Text(r.SendingID), Code: r.Code, Why: r.Why, DecidedAt: r.DecidedAt,
	}
}

func statementRow(i runs.StatementItem) statementItemRow {
	return statementItemRow{
		RunID: i.RunID, ClientID: i.ClientID, ClientName: i.ClientName, Position: i.Position, State: string(i.State), Reason: string(i.Reason),
		Open: append([]money.Money{}, i.Open...), SendingID: pg.Null(i.SendingID), Code: i.Code, Why: i.Why, DecidedAt: i.DecidedAt,
	}
}

// AddStatementRun inserts a run with its clients.
func (Store) AddStatementRun(_ context.Context, tx *tenancy.Tx, r runs.StatementRun, items []runs.StatementItem) error {
	row := statementRunRow{
		ID: r.ID, FromOn: r.From, ToOn: r.To, Who: string(r.Who), Monthly: r.Monthly, State: string(r.State), CreatedBy: pg.Null(r.CreatedBy),
		CreatedAt: r.CreatedAt, FinishedAt: r.FinishedAt,
	}
	if err := tx.Gorm().Create(&row).Error; err != nil || len(items) == 0 {
		return err
	}
	rows := make([]statementItemRow, len(items))
	for n, i := range items {
		rows[n] = statementRow(i)
	}
	return tx.Gorm().CreateInBatches(&rows, 1000).Error
}

// StatementRun finds one with its counts; hold keeps it from being ended until the transaction ends.
func (s Store) StatementRun(_ context.Context, tx *tenancy.Tx, id string, hold bool) (runs.StatementRun, error) {
	q := tx.Gorm()
	if hold {
		q = q.Clauses(clause.Locking{Strength: "UPDATE"})
	}
	out, err := s.statementRuns(tx, q.Where("id = ?", id))
	if err == nil && len(out) == 0 {
		err = runs.ErrNoStatements
	}
	if err != nil {
		return runs.StatementRun{}, err
	}
	return out[0], nil
}

// StatementRuns lists them, newest first.
func (s Store) StatementRuns(_ context.Context, tx *tenancy.Tx, limit int, after []string) ([]runs.StatementRun, error) {
	q := tx.Gorm().Order("created_at DESC, id DESC").Limit(limit)
	if after != nil {
		q = q.Where("(created_at, id) < (?::timestamptz, ?::uuid)", after[0], after[1])
	}
	return s.statementRuns(tx, q)
}

// statementRuns reads runs, and how far they are with one question for all of them.
func (Store) statementRuns(tx *tenancy.Tx, q *gorm.DB) ([]runs.StatementRun, error) {
	var rows []statementRunRow
	if err := q.Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	out := make([]runs.StatementRun, len(rows))
	at, ids := map[string]*runs.StatementRun{}, make([]string, len(rows))
	for n, r := range rows {
		out[n], ids[n] = r.run(), r.ID
		at[r.ID] = &out[n]
	}
	var counts []struct {
		RunID   string
		State   string
		Reason  string
		Clients int
	}
	err := tx.Gorm().Raw(`SELECT run_id, state, reason, count(*)::int AS clients FROM statement_run_items WHERE run_id IN ? GROUP BY run_id, state, reason`, ids).Scan(&counts).Error
	for _, c := range counts {
		r := at[c.RunID]
		r.Counts[runs.ItemState(c.State)] += c.Clients
		if c.Reason != "" {
			r.Why[runs.Reason(c.Reason)] += c.Clients
		}
	}
	return out, err
}

// StatementItems lists the clients of a run.
func (Store) StatementItems(_ context.Context, tx *tenancy.Tx, runID string, state runs.ItemState, limit int, after []string) ([]runs.StatementItem, error) {
	q := tx.Gorm().Where("run_id = ?", runID).Order("position").Limit(limit)
	if state != "" {
		q = q.Where("state = ?", string(state))
	}
	if after != nil {
		q = q.Where("position > ?::int", after[0])
	}
	return statementItems(q)
}

func statementItems(q *gorm.DB) ([]runs.StatementItem, error) {
	var rows []statementItemRow
	if err := q.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("list the clients of a run of statements: %w", err)
	}
	out := make([]runs.StatementItem, len(rows))
	for n, r := range rows {
		out[n] = r.item()
	}
	return out, nil
}

// TakeStatement holds the next client of a run that nobody holds.
func (Store) TakeStatement(_ context.Context, tx *tenancy.Tx, runID string) (runs.StatementItem, bool, error) {
	got, err := statementItems(nextPending(tx, runID))
	if err != nil || len(got) == 0 {
		return runs.StatementItem{}, false, err
	}
	return got[0], true, nil
}

// SettleStatement writes what became of a client that waited.
func (Store) SettleStatement(_ context.Context, tx *tenancy.Tx, i runs.StatementItem) (bool, error) {
	row := statementRow(i)
	did := tx.Gorm().Model(&row).Where("run_id = ? AND client_id = ? AND state = 'pending'", i.RunID, i.ClientID).
		Select("state", "reason", "open", "sending_id", "code", "why", "decided_at").Updates(&row)
	return did.RowsAffected == 1, did.Error
}

// EndStatements ends a run and passes over the clients that are left.
func (Store) EndStatements(ctx context.Context, tx *tenancy.Tx, r runs.StatementRun) error {
	return endRun(ctx, tx, "statement_runs", "statement_run_items", r.ID, r.State, r.FinishedAt)
}

// LastStatementMove tells when a run came on last.
func (Store) LastStatementMove(ctx context.Context, tx *tenancy.Tx, runID string) (time.Time, error) {
	return lastMove(ctx, tx, "statement_runs", "statement_run_items", runID, runs.ErrNoStatements)
}

// Month reads on which day statements go out by themselves.
func (Store) Month(ctx context.Context, tx *tenancy.Tx, hold bool) (runs.Month, error) {
	query := `SELECT enabled, on_day, who, runs_on, runs_at, version, updated_at FROM statement_month`
	if hold {
		query += ` FOR UPDATE`
	}
	var m runs.Month
	var on *day.Date
	err := tx.PGX().QueryRow(ctx, query).Scan(&m.Enabled, &m.Day, &m.Who, &on, &m.RunsAt, &m.Version, &m.UpdatedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return runs.NewMonth(), nil
	}
	if on != nil {
		m.RunsOn = *on
	}
	return m, err
}

// PutMonth writes it.
func (Store) PutMonth(ctx context.Context, tx *tenancy.Tx, m runs.Month) error {
	var on *day.Date
	if !m.RunsOn.IsZero() {
		on = &m.RunsOn
	}
	_, err := tx.PGX().Exec(ctx, `
		INSERT INTO statement_month (enabled, on_day, who, runs_on, runs_at, version, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (one) DO UPDATE SET enabled = excluded.enabled, on_day = excluded.on_day, who = excluded.who, runs_on = excluded.runs_on, runs_at = excluded.runs_at,
			version = excluded.version, updated_at = excluded.updated_at`, m.Enabled, m.Day, string(m.Who), on, m.RunsAt, m.Version, m.UpdatedAt)
	return err
}
