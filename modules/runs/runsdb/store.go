// Package runsdb keeps invoice runs in Postgres.
package runsdb

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/runs"
	"github.com/bureauhq/bureau/tenancy"
)

// Store implements runs.Store.
type Store struct{}

var _ runs.Store = Store{}

type runRow struct {
	ID         string `gorm:"primaryKey"`
	FromOn     day.Date
	ToOn       day.Date
	IssueOn    *day.Date
	How        string
	GroupBy    string
	EntityID   *string
	WithTime   bool
	Expenses   bool
	Fees       bool
	Retainers  bool
	WaitOpen   bool
	Chosen     bool
	State      string
	CreatedBy  *string
	CreatedAt  time.Time
	FinishedAt *time.Time
}

func (runRow) TableName() string { return "invoice_runs" }

func (r runRow) run() runs.Run {
	out := runs.Run{
		ID: r.ID, Chosen: r.Chosen, State: runs.State(r.State), CreatedBy: pg.Text(r.CreatedBy), CreatedAt: r.CreatedAt.UTC(), FinishedAt: r.FinishedAt, Counts: map[runs.ItemState]int{},
		Wish: runs.Wish{
			From: r.FromOn, To: r.ToOn, How: invoicing.How(r.How), GroupBy: invoicing.GroupBy(r.GroupBy), EntityID: pg.Text(r.EntityID),
			Time: r.WithTime, Expenses: r.Expenses, Fees: r.Fees, Retainers: r.Retainers, WaitForOpen: r.WaitOpen,
		},
	}
	if r.IssueOn != nil {
		out.IssueOn = *r.IssueOn
	}
	return out
}

type itemRow struct {
	RunID      string
	ClientID   string
	ClientName string
	Position   int
	State      string
	InvoiceID  *string
	Number     string
	Currency   *string
	TotalMinor int64
	LeftOut    int
	Code       string
	Why        string
	DecidedAt  *time.Time
}

func (itemRow) TableName() string { return "invoice_run_items" }

func (r itemRow) item() runs.Item {
	i := runs.Item{
		RunID: r.RunID, ClientID: r.ClientID, ClientName: r.ClientName, Position: r.Position, State: runs.ItemState(r.State), InvoiceID: pg.Text(r.InvoiceID),
		Number: r.Number, LeftOut: r.LeftOut, Code: r.Code, Why: r.Why, DecidedAt: r.DecidedAt,
	}
	if r.Currency != nil {
		total := money.Of(r.TotalMinor, *r.Currency)
		i.Total = &total
	}
	return i
}

// AddRun inserts a run with its clients.
func (Store) AddRun(_ context.Context, tx *tenancy.Tx, r runs.Run, items []runs.Item) error {
	row := runRow{
		ID: r.ID, FromOn: r.From, ToOn: r.To, How: string(r.How), GroupBy: string(r.GroupBy), EntityID: pg.Null(r.EntityID), WithTime: r.Time, Expenses: r.Expenses, Fees: r.Fees, Retainers: r.Retainers,
		WaitOpen: r.WaitForOpen, Chosen: r.Chosen, State: string(r.State), CreatedBy: pg.Null(r.CreatedBy), CreatedAt: r.CreatedAt, FinishedAt: r.FinishedAt,
	}
	if !r.IssueOn.IsZero() {
		row.IssueOn = &r.IssueOn
	}
	if err := tx.Gorm().Create(&row).Error; err != nil || len(items) == 0 {
		return err
	}
	rows := make([]itemRow, len(items))
	for n, i := range items {
		rows[n] = itemRow{RunID: i.RunID, ClientID: i.ClientID, ClientName: i.ClientName, Position: i.Position, State: string(i.State), DecidedAt: i.DecidedAt}
	}
	return tx.Gorm().CreateInBatches(&rows, 1000).Error
}

// Run finds one with its counts.
func (s Store) Run(ctx context.Context, tx *tenancy.Tx, id string) (runs.Run, error) {
	return s.one(ctx, tx, tx.Gorm(), id)
}

// HoldRun does the same and keeps it from being ended until the transaction ends.
func (s Store) HoldRun(ctx context.Context, tx *tenancy.Tx, id string) (runs.Run, error) {
	return s.one(ctx, tx, tx.Gorm().Clauses(clause.Locking{Strength: "UPDATE"}), id)
}

func (s Store) one(ctx context.Context, tx *tenancy.Tx, q *gorm.DB, id string) (runs.Run, error) {
	var rows []runRow
	if err := q.Where("id = ?", id).Find(&rows).Error; err != nil {
		return runs.Run{}, err
	}
	if len(rows) == 0 {
		return runs.Run{}, runs.ErrNotFound
	}
	out := []runs.Run{rows[0].run()}
	err := s.count(ctx, tx, out)
	return out[0], err
}

// Runs lists them, newest first.
func (s Store) Runs(ctx context.Context, tx *tenancy.Tx, limit int, after []string) ([]runs.Run, error) {
	q := tx.Gorm().Order("created_at DESC, id DESC").Limit(limit)
	if after != nil {
		q = q.Where("(created_at, id) < (?::timestamptz, ?::uuid)", after[0], after[1])
	}
	var rows []runRow
	if err := q.Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]runs.Run, len(rows))
	for n, r := range rows {
		out[n] = r.run()
	}
	return out, s.count(ctx, tx, out)
}

// count fills in how far runs are, with one question for all of them.
func (Store) count(_ context.Context, tx *tenancy.Tx, all []runs.Run) error {
	if len(all) == 0 {
		return nil
	}
	at, ids := map[string]*runs.Run{}, make([]string, len(all))
	for n := range all {
		at[all[n].ID], ids[n] = &all[n], all[n].ID
	}
	var rows []struct {
		RunID    string
		State    string
		Currency *string
		Clients  int
		Total    int64
	}
	// The fees of retainers count as money and not as clients.
	err := tx.Gorm().Raw(`SELECT run_id, state, currency, sum(clients)::int AS clients, sum(total)::bigint AS total FROM (
			SELECT run_id, state, currency, 1 AS clients, total_minor AS total FROM invoice_run_items WHERE run_id IN ?
			UNION ALL SELECT run_id, '', currency, 0, total_minor FROM invoice_run_fees WHERE run_id IN ?) AS all_of_them
		GROUP BY run_id, state, currency ORDER BY currency`, ids, ids).Scan(&rows).Error
	for _, c := range rows {
		r := at[c.RunID]
		if c.Clients > 0 {
			r.Counts[runs.ItemState(c.State)] += c.Clients
		}
		if c.Currency == nil {
			continue
		}
		if n := len(r.Totals); n > 0 && r.Totals[n-1].Currency == *c.Currency {
			r.Totals[n-1].Minor += c.Total
			continue
		}
		r.Totals = append(r.Totals, money.Of(c.Total, *c.Currency))
	}
	return err
}

// Items lists the clients of a run.
func (Store) Items(_ context.Context, tx *tenancy.Tx, runID string, state runs.ItemState, limit int, after []string) ([]runs.Item, error) {
	q := tx.Gorm().Where("run_id = ?", runID).Order("position").Limit(limit)
	if state != "" {
		q = q.Where("state = ?", string(state))
	}
	if after != nil {
		q = q.Where("position > ?::int", after[0])
	}
	all, err := items(q)
	if err != nil {
		return nil, err
	}
	return all, withFees(tx, runID, all)
}

// withFees fills in the fees of retainers, with one question for all clients.
func withFees(tx *tenancy.Tx, runID string, all []runs.Item) error {
	at, ids := map[string]*runs.Item{}, make([]string, len(all))
	for n := range all {
		at[all[n].ClientID], ids[n] = &all[n], all[n].ClientID
	}
	if len(all) == 0 {
		return nil
	}
	var rows []feeRow
	err := tx.Gorm().Where("run_id = ? AND client_id IN ?", runID, ids).Order("number, invoice_id").Find(&rows).Error
	for _, f := range rows {
		i := at[f.ClientID]
		i.Fees = append(i.Fees, runs.Fee{InvoiceID: f.InvoiceID, Number: f.Number, Total: money.Of(f.TotalMinor, f.Currency)})
	}
	return err
}

type feeRow struct {
	RunID      string
	ClientID   string
	InvoiceID  string
	Number     string
	Currency   string
	TotalMinor int64
}

func (feeRow) TableName() string { return "invoice_run_fees" }

func items(q *gorm.DB) ([]runs.Item, error) {
	var rows []itemRow
	if err := q.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("list the clients of a run: %w", err)
	}
	out := make([]runs.Item, len(rows))
	for n, r := range rows {
		out[n] = r.item()
	}
	return out, nil
}

// Take holds the next client of a run that nobody holds.
func (Store) Take(_ context.Context, tx *tenancy.Tx, runID string) (runs.Item, bool, error) {
	got, err := items(nextPending(tx, runID))
	if err != nil || len(got) == 0 {
		return runs.Item{}, false, err
	}
	return got[0], true, nil
}

// Settle writes what became of a client that waited.
func (Store) Settle(ctx context.Context, tx *tenancy.Tx, i runs.Item) (bool, error) {
	var currency *string
	var total int64
	if i.Total != nil {
		currency, total = &i.Total.Currency, i.Total.Minor
	}
	tag, err := tx.PGX().Exec(ctx, `UPDATE invoice_run_items SET state = $3, invoice_id = $4, number = $5, currency = $6, total_minor = $7, left_out = $8, code = $9, why = $10, decided_at = $11
		WHERE run_id = $1 AND client_id = $2 AND state = 'pending'`,
		i.RunID, i.ClientID, string(i.State), pg.Null(i.InvoiceID), i.Number, currency, total, i.LeftOut, i.Code, i.Why, i.DecidedAt)
	if err != nil || tag.RowsAffected() == 0 || len(i.Fees) == 0 {
		return tag.RowsAffected() == 1, err
	}
	rows := make([]feeRow, len(i.Fees))
	for n, f := range i.Fees {
		rows[n] = feeRow{i.RunID, i.ClientID, f.InvoiceID, f.Number, f.Total.Currency, f.Total.Minor}
	}
	return true, tx.Gorm().Create(&rows).Error
}

// End ends a run and passes over the clients that are left.
func (Store) End(ctx context.Context, tx *tenancy.Tx, r runs.Run) error {
	return endRun(ctx, tx, "invoice_runs", "invoice_run_items", r.ID, r.State, r.FinishedAt)
}

// LastMove tells when a run came on last.
func (Store) LastMove(ctx context.Context, tx *tenancy.Tx, runID string) (time.Time, error) {
	return lastMove(ctx, tx, "invoice_runs", "invoice_run_items", runID, runs.ErrNotFound)
}
