package expensesdb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/expenses"
	"github.com/bureauhq/bureau/tenancy"
)

type expenseRow struct {
	ID              string `gorm:"primaryKey"`
	MemberID        string
	Kind            string
	CategoryID      *string
	ClientID        *string
	ProjectID       *string
	SpentOn         day.Date
	Merchant        string
	Note            string
	Currency        string
	GrossMinor      int64
	TaxPercent      decimal.Decimal
	TaxMinor        int64
	TaxByHand       bool
	ExchangeRate    *decimal.Decimal
	ExchangeOn      *day.Date
	ExchangeSource  string
	BaseCurrency    string
	BaseMinor       *int64
	Rounding        string
	Allowance       *expenses.Allowance `gorm:"serializer:json"`
	Billable        bool
	MarkupPercent   decimal.Decimal
	MarkupSource    string
	Reimbursable    bool
	Findings        []expenses.Finding `gorm:"serializer:json"`
	State           string
	SubmittedAt     *time.Time
	DecidedAt       *time.Time
	DecidedBy       *string
	DecidedVersion  *int
	RejectReason    string
	ExceptionReason string
	ReimbursedOn    *day.Date
	ReimbursedRef   string
	ReimbursedBy    *string
	InvoiceID       *string
	CreatedAt       time.Time `gorm:"autoCreateTime:false"`
	UpdatedAt       time.Time `gorm:"autoUpdateTime:false"`
	Version         int
}

func (expenseRow) TableName() string { return "expenses" }

func toRow(e expenses.Expense) expenseRow {
	r := expenseRow{
		ID: e.ID, MemberID: e.MemberID, Kind: string(e.Kind), CategoryID: pg.Null(e.CategoryID), ClientID: pg.Null(e.ClientID), ProjectID: pg.Null(e.ProjectID),
		SpentOn: e.Day, Merchant: e.Merchant, Note: e.Note, Currency: e.Gross.Currency, GrossMinor: e.Gross.Minor, TaxPercent: e.TaxPercent,
		TaxMinor: e.Tax.Minor, TaxByHand: e.TaxByHand, BaseCurrency: e.Gross.Currency, Rounding: string(e.Rounding), Allowance: e.Allowance,
		Billable: e.Billable, MarkupPercent: e.MarkupPercent, MarkupSource: string(e.MarkupFrom), Reimbursable: e.Reimbursable, Findings: e.Findings, State: string(e.State),
		SubmittedAt: e.SubmittedAt, DecidedAt: e.DecidedAt, DecidedBy: pg.Null(e.DecidedBy), RejectReason: e.RejectReason, ExceptionReason: e.ExceptionReason,
		CreatedAt: e.CreatedAt, UpdatedAt: e.UpdatedAt, Version: e.Version,
	}
	if e.Base != nil {
		r.BaseCurrency, r.BaseMinor = e.Base.Currency, &e.Base.Minor
	}
	if x := e.Exchange; x != nil {
		r.ExchangeRate, r.ExchangeOn, r.ExchangeSource = &x.Rate, &x.On, x.Source
	}
	if e.DecidedVersion != 0 {
		r.DecidedVersion = &e.DecidedVersion
	}
	if r.Findings == nil {
		r.Findings = []expenses.Finding{}
	}
	return r
}

func (r expenseRow) expense() expenses.Expense {
	e := expenses.Expense{
		ID: r.ID, MemberID: r.MemberID, Kind: expenses.Kind(r.Kind), CategoryID: pg.Text(r.CategoryID), ClientID: pg.Text(r.ClientID), ProjectID: pg.Text(r.ProjectID),
		Day: r.SpentOn, Merchant: r.Merchant, Note: r.Note, Gross: money.Of(r.GrossMinor, r.Currency), TaxPercent: r.TaxPercent,
		Tax: money.Of(r.TaxMinor, r.Currency), TaxByHand: r.TaxByHand, Rounding: money.Mode(r.Rounding), Allowance: r.Allowance,
		Billable: r.Billable, MarkupPercent: r.MarkupPercent, MarkupFrom: expenses.MarkupSource(r.MarkupSource), Reimbursable: r.Reimbursable, InvoiceID: pg.Text(r.InvoiceID), Findings: r.Findings,
		State: expenses.State(r.State), SubmittedAt: r.SubmittedAt, DecidedAt: r.DecidedAt, DecidedBy: pg.Text(r.DecidedBy),
		RejectReason: r.RejectReason, ExceptionReason: r.ExceptionReason, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(), Version: r.Version,
	}
	if r.BaseMinor != nil {
		base := money.Of(*r.BaseMinor, r.BaseCurrency)
		e.Base = &base
	}
	if r.ExchangeRate != nil {
		e.Exchange = &expenses.Exchange{Rate: *r.ExchangeRate, Source: r.ExchangeSource}
		if r.ExchangeOn != nil {
			e.Exchange.On = *r.ExchangeOn
		}
	}
	if r.DecidedVersion != nil {
		e.DecidedVersion = *r.DecidedVersion
	}
	if r.ReimbursedOn != nil {
		e.Reimbursed = &expenses.Reimbursement{On: *r.ReimbursedOn, Reference: r.ReimbursedRef, By: pg.Text(r.ReimbursedBy)}
	}
	return e
}

// Expense finds one that was not deleted.
func (Store) Expense(_ context.Context, tx *tenancy.Tx, id string) (expenses.Expense, error) {
	return take(tx.Gorm(), id)
}

// LockedExpense finds one and holds it until the transaction ends.
func (Store) LockedExpense(_ context.Context, tx *tenancy.Tx, id string) (expenses.Expense, error) {
	return take(tx.Gorm().Clauses(clause.Locking{Strength: "UPDATE"}), id)
}

func take(q *gorm.DB, id string) (expenses.Expense, error) {
	var r expenseRow
	err := q.Where("id = ? AND deleted_at IS NULL", id).Take(&r).Error
	return r.expense(), orMissing(err, expenses.ErrNotFound)
}

const (
	isUnbilled = "state = 'approved' AND billable AND invoice_id IS NULL"
	isOwed     = "state = 'approved' AND reimbursable AND reimbursed_on IS NULL"
)

func narrowed(q *gorm.DB, f expenses.Filter) *gorm.DB {
	q = q.Model(&expenseRow{}).Where("deleted_at IS NULL")
	for column, value := range map[string]string{
		"member_id": f.MemberID, "project_id": f.ProjectID, "client_id": f.ClientID, "category_id": f.CategoryID, "invoice_id": f.InvoiceID,
	} {
		if value != "" {
			q = q.Where(column+" = ?", value)
		}
	}
	if f.NotMemberID != "" {
		q = q.Where("member_id <> ?", f.NotMemberID)
	}
	if len(f.ProjectIDs) > 0 {
		q = q.Where("project_id IN ?", f.ProjectIDs)
	}
	if len(f.ClientIDs) > 0 {
		q = q.Where("client_id IN ?", f.ClientIDs)
	}
	if len(f.States) > 0 {
		q = q.Where("state IN ?", f.States)
	}
	if !f.From.IsZero() {
		q = q.Where("spent_on >= ?", f.From)
	}
	if !f.To.IsZero() {
		q = q.Where("spent_on <= ?", f.To)
	}
	switch f.Billing {
	case expenses.BillingOpen:
		q = q.Where(isUnbilled)
	case expenses.BillingDone:
		q = q.Where("invoice_id IS NOT NULL")
	}
	switch f.Owed {
	case expenses.OwedOpen:
		q = q.Where(isOwed)
	case expenses.OwedDone:
		q = q.Where("reimbursed_on IS NOT NULL")
	}
	if f.Text != "" {
		q = q.Where("(merchant ILIKE ? OR note ILIKE ?)", pg.Contains(f.Text), pg.Contains(f.Text))
	}
	return q
}

// List lists expenses: a page newest first, or all of them oldest first.
func (Store) List(_ context.Context, tx *tenancy.Tx, f expenses.Filter) ([]expenses.Expense, error) {
	q := narrowed(tx.Gorm(), f)
	if f.AfterID != "" {
		q = q.Where("(spent_on, id) < (?::date, ?::uuid)", f.AfterDay, f.AfterID)
	}
	if f.Limit > 0 {
		q = q.Order("spent_on DESC, id DESC").Limit(f.Limit)
	} else {
		q = q.Order("spent_on, id")
	}
	var rows []expenseRow
	if err := q.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("list expenses: %w", err)
	}
	out := make([]expenses.Expense, len(rows))
	for n, r := range rows {
		out[n] = r.expense()
	}
	return out, nil
}

// CountByClient counts expenses for clients; those for none are left out.
func (Store) CountByClient(_ context.Context, tx *tenancy.Tx, f expenses.Filter) (map[string]int, error) {
	var rows []struct {
		ClientID string
		Count    int
	}
	err := narrowed(tx.Gorm(), f).Where("client_id IS NOT NULL").Select("client_id, count(*) AS count").Group("client_id").Scan(&rows).Error
	out := make(map[string]int, len(rows))
	for _, r := range rows {
		out[r.ClientID] = r.Count
	}
	return out, err
}

// Sums adds up by currency and by the agency's currency at the time.
func (Store) Sums(_ context.Context, tx *tenancy.Tx, f expenses.Filter) ([]expenses.Sum, error) {
	var rows []struct {
		Currency, BaseCurrency    string
		Count, Drafts, Waiting    int
		NoRate                    int
		Gross, Base, Owed, ToBill int64
	}
	err := narrowed(tx.Gorm(), f).Select(`currency, base_currency, count(*) AS count, count(*) FILTER (WHERE state = 'draft') AS drafts,
		count(*) FILTER (WHERE state = 'submitted') AS waiting, count(*) FILTER (WHERE base_minor IS NULL) AS no_rate,
		sum(gross_minor)::bigint AS gross, coalesce(sum(base_minor), 0)::bigint AS base,
		coalesce(sum(base_minor) FILTER (WHERE ` + isOwed + `), 0)::bigint AS owed,
		coalesce(sum(base_minor) FILTER (WHERE ` + isUnbilled + `), 0)::bigint AS to_bill`).
		Group("currency, base_currency").Order("currency, base_currency").Scan(&rows).Error
	out := make([]expenses.Sum, len(rows))
	for n, r := range rows {
		out[n] = expenses.Sum{
			Count: r.Count, Drafts: r.Drafts, Waiting: r.Waiting, Gross: money.Of(r.Gross, r.Currency),
			Owed: money.Of(r.Owed, r.BaseCurrency), ToBill: money.Of(r.ToBill, r.BaseCurrency),
		}
		if r.NoRate == 0 {
			base := money.Of(r.Base, r.BaseCurrency)
			out[n].Base = &base
		}
	}
	return out, err
}

// SpentOn adds up what the member spent besides e on its day in its category.
func (Store) SpentOn(ctx context.Context, tx *tenancy.Tx, e expenses.Expense, currency string) (money.Money, error) {
	var minor int64
	err := tx.PGX().QueryRow(ctx, `SELECT coalesce(sum(base_minor), 0)::bigint FROM expenses
		WHERE member_id = $1 AND spent_on = $2 AND category_id = $3 AND id <> $4 AND base_currency = $5 AND deleted_at IS NULL`,
		e.MemberID, e.Day, e.CategoryID, e.ID, currency).Scan(&minor)
	return money.Of(minor, currency), err
}

// LastExchange is the rate of the newest expense that has one.
func (Store) LastExchange(ctx context.Context, tx *tenancy.Tx, from, to string) (*expenses.Exchange, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT exchange_rate, exchange_on FROM expenses
		WHERE currency = $1 AND base_currency = $2 AND exchange_rate IS NOT NULL AND deleted_at IS NULL ORDER BY exchange_on DESC, id DESC LIMIT 1`, from, to)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, rows.Err()
	}
	x := expenses.Exchange{Source: expenses.RateByLast}
	return &x, rows.Scan(&x.Rate, &x.On)
}

// Add inserts e.
func (Store) Add(_ context.Context, tx *tenancy.Tx, e expenses.Expense) error {
	r := toRow(e)
	return tx.Gorm().Create(&r).Error
}

// Save writes e over the version before its own. What settles it is written elsewhere.
func (Store) Save(_ context.Context, tx *tenancy.Tx, e expenses.Expense) error {
	r := toRow(e)
	return saved(tx.Gorm().Select("*").Omit("id", "member_id", "kind", "created_at", "invoice_id", "reimbursed_on", "reimbursed_ref", "reimbursed_by").
		Where("id = ? AND version = ? AND deleted_at IS NULL", e.ID, e.Version-1).Updates(&r))
}

// Remove marks e as deleted: rows with money on them stay.
func (Store) Remove(_ context.Context, tx *tenancy.Tx, e expenses.Expense) error {
	return saved(tx.Gorm().Exec(`UPDATE expenses SET deleted_at = ?, updated_at = ?, version = ? WHERE id = ? AND version = ? AND deleted_at IS NULL`,
		e.UpdatedAt, e.UpdatedAt, e.Version, e.ID, e.Version-1))
}

// Reimburse notes that approved expenses were paid back.
func (Store) Reimburse(_ context.Context, tx *tenancy.Tx, ids []string, r expenses.Reimbursement, at time.Time) (int, error) {
	res := tx.Gorm().Exec(`UPDATE expenses SET reimbursed_on = ?, reimbursed_ref = ?, reimbursed_by = ?, updated_at = ?, version = version + 1
		WHERE id IN ? AND deleted_at IS NULL AND `+isOwed, r.On, r.Reference, pg.Null(r.By), at, ids)
	return int(res.RowsAffected), res.Error
}

// Unreimburse takes that back.
func (Store) Unreimburse(_ context.Context, tx *tenancy.Tx, ids []string, at time.Time) (int, error) {
	res := tx.Gorm().Exec(`UPDATE expenses SET reimbursed_on = NULL, reimbursed_ref = '', reimbursed_by = NULL, updated_at = ?, version = version + 1
		WHERE id IN ? AND deleted_at IS NULL AND reimbursed_on IS NOT NULL`, at, ids)
	return int(res.RowsAffected), res.Error
}

// MarkBilled ties unbilled expenses to an invoice.
func (Store) MarkBilled(_ context.Context, tx *tenancy.Tx, ids []string, invoiceID string, at time.Time) (int, error) {
	res := tx.Gorm().Exec(`UPDATE expenses SET invoice_id = ?, updated_at = ?, version = version + 1
		WHERE id IN ? AND deleted_at IS NULL AND `+isUnbilled, invoiceID, at, ids)
	return int(res.RowsAffected), res.Error
}

// ReleaseBilled frees expenses that are on an invoice.
func (Store) ReleaseBilled(_ context.Context, tx *tenancy.Tx, ids []string, at time.Time) (int, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	res := tx.Gorm().Exec(`UPDATE expenses SET invoice_id = NULL, updated_at = ?, version = version + 1 WHERE id IN ? AND invoice_id IS NOT NULL`, at, ids)
	return int(res.RowsAffected), res.Error
}

// ReceiptsOf lists the receipts of expenses, in the order they came.
func (Store) ReceiptsOf(ctx context.Context, tx *tenancy.Tx, expenseIDs []string) ([]expenses.Receipt, error) {
	if len(expenseIDs) == 0 {
		return nil, nil
	}
	rows, err := tx.PGX().Query(ctx, `SELECT id::text, expense_id::text, file_key, thumb_key, name, content_type, size, sha256, created_at, coalesce(created_by::text, '')
		FROM receipts WHERE expense_id = ANY($1::uuid[]) ORDER BY created_at, id`, expenseIDs)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[expenses.Receipt])
}

// AddReceipt inserts r.
func (Store) AddReceipt(ctx context.Context, tx *tenancy.Tx, r expenses.Receipt) error {
	_, err := tx.PGX().Exec(ctx, `INSERT INTO receipts (id, expense_id, file_key, thumb_key, name, content_type, size, sha256, created_at, created_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		r.ID, r.ExpenseID, r.Key, r.ThumbKey, r.Name, r.ContentType, r.Size, r.SHA256, r.CreatedAt, pg.Null(r.CreatedBy))
	return err
}

// RemoveReceipt deletes r.
func (Store) RemoveReceipt(ctx context.Context, tx *tenancy.Tx, r expenses.Receipt) error {
	_, err := tx.PGX().Exec(ctx, `DELETE FROM receipts WHERE id = $1`, r.ID)
	return err
}
