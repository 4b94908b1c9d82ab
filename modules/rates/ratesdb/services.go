package ratesdb

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/tenancy"
)

type serviceRow struct {
	ID         string `gorm:"primaryKey"`
	Name       string
	Billable   bool
	TaxRateID  *string
	CreatedAt  time.Time
	CreatedBy  *string
	UpdatedAt  time.Time `gorm:"autoUpdateTime:false"`
	ArchivedAt *time.Time
	Version    int
}

func (serviceRow) TableName() string { return "services" }

func fromService(r serviceRow) rates.Sold {
	return rates.Sold{
		ID: r.ID, Name: r.Name, Billable: r.Billable, TaxRateID: pg.Text(r.TaxRateID), CreatedAt: r.CreatedAt.UTC(), CreatedBy: pg.Text(r.CreatedBy),
		UpdatedAt: r.UpdatedAt.UTC(), ArchivedAt: r.ArchivedAt, Version: r.Version,
	}
}

func fromServices(rs []serviceRow) []rates.Sold {
	out := make([]rates.Sold, len(rs))
	for i, r := range rs {
		out[i] = fromService(r)
	}
	return out
}

func serviceTaken(err error) error {
	if pg.Violates(err, "services_name_key") {
		return rates.ErrServiceTaken.Because(err)
	}
	return err
}

// AddSold inserts x.
func (Store) AddSold(_ context.Context, tx *tenancy.Tx, x rates.Sold) error {
	r := serviceRow{
		ID: x.ID, Name: x.Name, Billable: x.Billable, TaxRateID: pg.Null(x.TaxRateID), CreatedAt: x.CreatedAt, CreatedBy: pg.Null(x.CreatedBy),
		UpdatedAt: x.UpdatedAt, Version: x.Version,
	}
	return serviceTaken(tx.Gorm().Create(&r).Error)
}

// SaveSold writes what may change of x.
func (Store) SaveSold(_ context.Context, tx *tenancy.Tx, x rates.Sold) error {
	return serviceTaken(tx.Gorm().Model(&serviceRow{ID: x.ID}).Updates(map[string]any{
		"name": x.Name, "billable": x.Billable, "tax_rate_id": pg.Null(x.TaxRateID), "archived_at": x.ArchivedAt, "updated_at": x.UpdatedAt, "version": x.Version,
	}).Error)
}

// SoldForUpdate finds one service and locks it.
func (Store) SoldForUpdate(_ context.Context, tx *tenancy.Tx, id string) (rates.Sold, error) {
	var r serviceRow
	err := tx.Gorm().Clauses(clause.Locking{Strength: "UPDATE"}).Take(&r, "id = ?", id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return rates.Sold{}, rates.ErrServiceNotFound
	}
	return fromService(r), err
}

// SoldByIDs finds those of the services that exist.
func (Store) SoldByIDs(_ context.Context, tx *tenancy.Tx, ids []string) ([]rates.Sold, error) {
	var rs []serviceRow
	err := tx.Gorm().Find(&rs, "id IN ?", ids).Error
	return fromServices(rs), err
}

// ListSold returns up to limit services behind the cursor.
func (Store) ListSold(_ context.Context, tx *tenancy.Tx, f rates.SoldFilter, limit int, after []string) ([]rates.Sold, error) {
	g := tx.Gorm().Where("(archived_at IS NOT NULL) = ?", f.Archived)
	if f.Search != "" {
		g = g.Where("name ILIKE ?", pg.Contains(f.Search))
	}
	if after != nil {
		g = g.Where("(lower(name), id) > (lower(?), ?::uuid)", after[0], after[1])
	}
	var rs []serviceRow
	err := g.Order("lower(name), id").Limit(limit).Find(&rs).Error
	return fromServices(rs), err
}
