package expensesdb

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/expenses"
	"github.com/bureauhq/bureau/tenancy"
)

type markupRow struct {
	ID            string `gorm:"primaryKey"`
	ClientID      string
	MarkupPercent decimal.Decimal
	CreatedAt     time.Time `gorm:"autoCreateTime:false"`
	UpdatedAt     time.Time `gorm:"autoUpdateTime:false"`
	Version       int
}

func (markupRow) TableName() string { return "expense_markups" }

func toMarkup(m expenses.Markup) markupRow {
	return markupRow{ID: m.ID, ClientID: m.ClientID, MarkupPercent: m.Percent, CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt, Version: m.Version}
}

func (r markupRow) markup() expenses.Markup {
	return expenses.Markup{ID: r.ID, ClientID: r.ClientID, Percent: r.MarkupPercent, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(), Version: r.Version}
}

// Markups lists those of all clients.
func (Store) Markups(_ context.Context, tx *tenancy.Tx) ([]expenses.Markup, error) {
	var rows []markupRow
	err := tx.Gorm().Order("id").Limit(5000).Find(&rows).Error
	out := make([]expenses.Markup, len(rows))
	for n, r := range rows {
		out[n] = r.markup()
	}
	return out, err
}

// Markup finds one.
func (Store) Markup(_ context.Context, tx *tenancy.Tx, id string) (expenses.Markup, error) {
	var r markupRow
	err := tx.Gorm().Where("id = ?", id).Take(&r).Error
	return r.markup(), orMissing(err, expenses.ErrNoMarkup)
}

// MarkupFor is the client's own.
func (Store) MarkupFor(_ context.Context, tx *tenancy.Tx, clientID string) (*expenses.Markup, error) {
	var rows []markupRow
	err := tx.Gorm().Where("client_id = ?", clientID).Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	m := rows[0].markup()
	return &m, nil
}

// AddMarkup inserts m.
func (Store) AddMarkup(_ context.Context, tx *tenancy.Tx, m expenses.Markup) error {
	r := toMarkup(m)
	err := tx.Gorm().Create(&r).Error
	if pg.Violates(err, "expense_markups_client_key") {
		return expenses.ErrMarkupTaken.Because(err)
	}
	return err
}

// SaveMarkup writes m over the version before its own.
func (Store) SaveMarkup(_ context.Context, tx *tenancy.Tx, m expenses.Markup) error {
	r := toMarkup(m)
	return saved(tx.Gorm().Select("*").Omit("id", "client_id", "created_at").Where("id = ? AND version = ?", m.ID, m.Version-1).Updates(&r))
}

// RemoveMarkup deletes one: the audit log keeps what it was.
func (Store) RemoveMarkup(_ context.Context, tx *tenancy.Tx, id string) error {
	return tx.Gorm().Where("id = ?", id).Delete(&markupRow{}).Error
}
