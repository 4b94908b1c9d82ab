// Package expensesdb keeps expenses, their receipts and what they are settled by in Postgres.
package expensesdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/expenses"
	"github.com/bureauhq/bureau/tenancy"
)

// Store implements expenses.Store.
type Store struct{}

var _ expenses.Store = Store{}

type categoryRow struct {
	ID            string `gorm:"primaryKey"`
	Name          string
	AccountCode   string
	Billable      bool
	MarkupPercent decimal.Decimal
	TaxPercent    decimal.Decimal
	TaxRateID     *string
	ArchivedAt    *time.Time
	CreatedAt     time.Time `gorm:"autoCreateTime:false"`
	UpdatedAt     time.Time `gorm:"autoUpdateTime:false"`
	Version       int
}

func (categoryRow) TableName() string { return "expense_categories" }

func toCategory(c expenses.Category) categoryRow {
	return categoryRow{
		ID: c.ID, Name: c.Name, AccountCode: c.AccountCode, Billable: c.Billable, MarkupPercent: c.MarkupPercent, TaxPercent: c.TaxPercent,
		TaxRateID: pg.Null(c.TaxRateID), ArchivedAt: c.ArchivedAt, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt, Version: c.Version,
	}
}

func (r categoryRow) category() expenses.Category {
	return expenses.Category{
		ID: r.ID, Name: r.Name, AccountCode: r.AccountCode, Billable: r.Billable, MarkupPercent: r.MarkupPercent, TaxPercent: r.TaxPercent,
		TaxRateID: pg.Text(r.TaxRateID), ArchivedAt: r.ArchivedAt, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(), Version: r.Version,
	}
}

// Categories lists them by name.
func (Store) Categories(_ context.Context, tx *tenancy.Tx, archived bool) ([]expenses.Category, error) {
	q := tx.Gorm().Order("lower(name), id").Limit(500)
	if !archived {
		q = q.Where("archived_at IS NULL")
	}
	var rows []categoryRow
	err := q.Find(&rows).Error
	out := make([]expenses.Category, len(rows))
	for n, r := range rows {
		out[n] = r.category()
	}
	return out, err
}

// Category finds one.
func (Store) Category(_ context.Context, tx *tenancy.Tx, id string) (expenses.Category, error) {
	var r categoryRow
	err := tx.Gorm().Where("id = ?", id).Take(&r).Error
	return r.category(), orMissing(err, expenses.ErrNoCategory)
}

// CategoriesByIDs finds several in one question.
func (Store) CategoriesByIDs(_ context.Context, tx *tenancy.Tx, ids []string) (map[string]expenses.Category, error) {
	out := make(map[string]expenses.Category, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []categoryRow
	err := tx.Gorm().Where("id IN ?", ids).Find(&rows).Error
	for _, r := range rows {
		out[r.ID] = r.category()
	}
	return out, err
}

// AddCategory inserts c.
func (Store) AddCategory(_ context.Context, tx *tenancy.Tx, c expenses.Category) error {
	r := toCategory(c)
	return taken(tx.Gorm().Create(&r).Error)
}

// SaveCategory writes c over the version before its own.
func (Store) SaveCategory(_ context.Context, tx *tenancy.Tx, c expenses.Category) error {
	r := toCategory(c)
	return taken(saved(tx.Gorm().Select("*").Omit("id", "created_at").Where("id = ? AND version = ?", c.ID, c.Version-1).Updates(&r)))
}

func taken(err error) error {
	if pg.Violates(err, "expense_categories_name_key") {
		return expenses.ErrCategoryTaken.Because(err)
	}
	return err
}

type policyRow struct {
	ID                string `gorm:"primaryKey"`
	CategoryID        *string
	Currency          string
	PerExpenseMinor   *int64
	PerDayMinor       *int64
	ReceiptAboveMinor *int64
	LateAfterDays     *int
	Refuses           bool
	CreatedAt         time.Time `gorm:"autoCreateTime:false"`
	UpdatedAt         time.Time `gorm:"autoUpdateTime:false"`
	Version           int
}

func (policyRow) TableName() string { return "expense_policies" }

func toPolicy(p expenses.Policy) policyRow {
	minor := func(m *money.Money) *int64 {
		if m == nil {
			return nil
		}
		return &m.Minor
	}
	r := policyRow{
		ID: p.ID, CategoryID: pg.Null(p.CategoryID), Currency: p.Currency, PerExpenseMinor: minor(p.PerExpense), PerDayMinor: minor(p.PerDay),
		ReceiptAboveMinor: minor(p.ReceiptAbove), Refuses: p.Refuses, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt, Version: p.Version,
	}
	if p.LateAfterDays > 0 {
		r.LateAfterDays = &p.LateAfterDays
	}
	return r
}

func (r policyRow) policy() expenses.Policy {
	of := func(minor *int64) *money.Money {
		if minor == nil {
			return nil
		}
		m := money.Of(*minor, r.Currency)
		return &m
	}
	p := expenses.Policy{
		ID: r.ID, CategoryID: pg.Text(r.CategoryID), Currency: r.Currency, PerExpense: of(r.PerExpenseMinor), PerDay: of(r.PerDayMinor),
		ReceiptAbove: of(r.ReceiptAboveMinor), Refuses: r.Refuses, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(), Version: r.Version,
	}
	if r.LateAfterDays != nil {
		p.LateAfterDays = *r.LateAfterDays
	}
	return p
}

// Policies lists all, the one for all categories first.
func (Store) Policies(_ context.Context, tx *tenancy.Tx) ([]expenses.Policy, error) {
	var rows []policyRow
	err := tx.Gorm().Order("category_id NULLS FIRST").Limit(500).Find(&rows).Error
	out := make([]expenses.Policy, len(rows))
	for n, r := range rows {
		out[n] = r.policy()
	}
	return out, err
}

// Policy finds one.
func (Store) Policy(_ context.Context, tx *tenancy.Tx, id string) (expenses.Policy, error) {
	var r policyRow
	err := tx.Gorm().Where("id = ?", id).Take(&r).Error
	return r.policy(), orMissing(err, expenses.ErrNoPolicy)
}

// PolicyFor is the category's own policy, else the one for all.
func (Store) PolicyFor(_ context.Context, tx *tenancy.Tx, categoryID string) (*expenses.Policy, error) {
	var rows []policyRow
	err := tx.Gorm().Where("category_id IS NULL OR category_id = ?", pg.Null(categoryID)).Order("category_id NULLS LAST").Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	p := rows[0].policy()
	return &p, nil
}

// AddPolicy inserts p.
func (Store) AddPolicy(_ context.Context, tx *tenancy.Tx, p expenses.Policy) error {
	r := toPolicy(p)
	err := tx.Gorm().Create(&r).Error
	if pg.Violates(err, "expense_policies_category_key") {
		return expenses.ErrPolicyTaken.Because(err)
	}
	return err
}

// SavePolicy writes p over the version before its own.
func (Store) SavePolicy(_ context.Context, tx *tenancy.Tx, p expenses.Policy) error {
	r := toPolicy(p)
	return saved(tx.Gorm().Select("*").Omit("id", "category_id", "created_at").Where("id = ? AND version = ?", p.ID, p.Version-1).Updates(&r))
}

// RemovePolicy deletes one: the audit log keeps what it was.
func (Store) RemovePolicy(_ context.Context, tx *tenancy.Tx, id string) error {
	return tx.Gorm().Where("id = ?", id).Delete(&policyRow{}).Error
}

type rateRow struct {
	ID               string `gorm:"primaryKey"`
	Kind             string
	Name             string
	Unit             string
	Currency         string
	PerUnit          decimal.Decimal
	HalfDay          decimal.Decimal
	BreakfastPercent decimal.Decimal
	LunchPercent     decimal.Decimal
	DinnerPercent    decimal.Decimal
	ValidFrom        day.Date
	ValidTo          *day.Date
	CreatedAt        time.Time `gorm:"autoCreateTime:false"`
	UpdatedAt        time.Time `gorm:"autoUpdateTime:false"`
	Version          int
}

func (rateRow) TableName() string { return "allowance_rates" }

func toRate(r expenses.AllowanceRate) rateRow {
	return rateRow{
		ID: r.ID, Kind: string(r.Kind), Name: r.Name, Unit: r.Unit, Currency: r.Currency, PerUnit: r.PerUnit, HalfDay: r.HalfDay,
		BreakfastPercent: r.Breakfast, LunchPercent: r.Lunch, DinnerPercent: r.Dinner, ValidFrom: r.From, ValidTo: r.To,
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, Version: r.Version,
	}
}

func (r rateRow) rate() expenses.AllowanceRate {
	return expenses.AllowanceRate{
		ID: r.ID, Kind: expenses.Kind(r.Kind), Name: r.Name, Unit: r.Unit, Currency: r.Currency, PerUnit: r.PerUnit, HalfDay: r.HalfDay,
		Breakfast: r.BreakfastPercent, Lunch: r.LunchPercent, Dinner: r.DinnerPercent, From: r.ValidFrom, To: r.ValidTo,
		CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(), Version: r.Version,
	}
}

func rates(q *gorm.DB) ([]expenses.AllowanceRate, error) {
	var rows []rateRow
	err := q.Where("removed_at IS NULL").Order("kind, lower(name), valid_from").Limit(1000).Find(&rows).Error
	out := make([]expenses.AllowanceRate, len(rows))
	for n, r := range rows {
		out[n] = r.rate()
	}
	return out, err
}

// Rates lists all that are in use.
func (Store) Rates(_ context.Context, tx *tenancy.Tx) ([]expenses.AllowanceRate, error) {
	return rates(tx.Gorm())
}

// RatesNamed lists the rates of one kind and name, by date.
func (Store) RatesNamed(_ context.Context, tx *tenancy.Tx, k expenses.Kind, name string) ([]expenses.AllowanceRate, error) {
	return rates(tx.Gorm().Where("kind = ? AND lower(name) = lower(?)", string(k), name))
}

// Rate finds one.
func (Store) Rate(_ context.Context, tx *tenancy.Tx, id string) (expenses.AllowanceRate, error) {
	var r rateRow
	err := tx.Gorm().Where("id = ? AND removed_at IS NULL", id).Take(&r).Error
	return r.rate(), orMissing(err, expenses.ErrNoRate)
}

// AddRate inserts r; the constraint refuses what overlaps.
func (Store) AddRate(_ context.Context, tx *tenancy.Tx, r expenses.AllowanceRate) error {
	row := toRate(r)
	return overlap(tx.Gorm().Create(&row).Error)
}

// SaveRate writes r over the version before its own.
func (Store) SaveRate(_ context.Context, tx *tenancy.Tx, r expenses.AllowanceRate) error {
	row := toRate(r)
	return overlap(saved(tx.Gorm().Select("*").Omit("id", "created_at").Where("id = ? AND version = ?", r.ID, r.Version-1).Updates(&row)))
}

// RemoveRate takes a rate out of use.
func (Store) RemoveRate(ctx context.Context, tx *tenancy.Tx, id string, at time.Time) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE allowance_rates SET removed_at = $2, version = version + 1 WHERE id = $1`, id, at)
	return err
}

func overlap(err error) error {
	if pg.Violates(err, "allowance_rates_overlap_excl") {
		return expenses.ErrOverlap.Because(err).At("body.valid_from", "another rate is valid on some of these days")
	}
	return err
}

func saved(res *gorm.DB) error {
	if res.Error == nil && res.RowsAffected == 0 {
		return expenses.ErrStale
	}
	return res.Error
}

func orMissing(err, missing error) error {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return missing
	}
	if err != nil {
		return fmt.Errorf("read settings of expenses: %w", err)
	}
	return nil
}
