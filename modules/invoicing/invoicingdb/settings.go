// Package invoicingdb keeps what invoicing owns.
package invoicingdb

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
	"github.com/bureauhq/bureau/tenancy"
)

// Store is the only implementation of invoicing.Store.
type Store struct{}

var _ invoicing.Store = Store{}

type entityRow struct {
	ID               string            `gorm:"primaryKey"`
	Name             string            `gorm:"column:name"`
	Address          invoicing.Address `gorm:"serializer:json"`
	TaxID            string
	Registration     string
	Email            string
	Phone            string
	Bank             invoicing.Bank `gorm:"serializer:json"`
	Currency         string
	TermsDays        int
	TermsEndOfMonth  bool
	NumberFormat     string
	CreditFormat     string
	NumberReset      string
	FiscalMonth      int
	TimeZone         string
	Rounding         string
	TaxMethod        string
	PricesIncludeTax bool
	CashStepMinor    int64
	Footer           string
	TaxNumber        string
	Language         string
	Layout           string
	Colour           string
	LogoKey          string
	IsDefault        bool
	ArchivedAt       *time.Time
	Version          int
	CreatedAt        time.Time `gorm:"autoCreateTime:false"`
	UpdatedAt        time.Time `gorm:"autoUpdateTime:false"`
}

func (entityRow) TableName() string { return "legal_entities" }

func toEntityRow(e invoicing.LegalEntity) entityRow {
	return entityRow{
		ID: e.ID, Name: e.Name, Address: e.Address, TaxID: e.TaxID, Registration: e.Registration, Email: e.Email, Phone: e.Phone, Bank: e.Bank,
		Currency: e.Currency, TermsDays: e.Terms.Days, TermsEndOfMonth: e.Terms.EndOfMonth, NumberFormat: string(e.NumberFormat), CreditFormat: string(e.CreditFormat),
		NumberReset: string(e.NumberReset), FiscalMonth: int(e.FiscalMonth), TimeZone: e.TimeZone, Rounding: string(e.Rounding),
		TaxMethod: string(e.TaxMethod), PricesIncludeTax: e.PricesIncludeTax, CashStepMinor: e.CashStep, Footer: e.Footer, TaxNumber: e.TaxNumber, Language: string(e.Language), Layout: string(e.Layout), Colour: e.Colour, LogoKey: e.LogoKey, IsDefault: e.Default,
		ArchivedAt: e.ArchivedAt, Version: e.Version, CreatedAt: e.CreatedAt, UpdatedAt: e.UpdatedAt,
	}
}

func (r entityRow) entity() invoicing.LegalEntity {
	return invoicing.LegalEntity{
		ID: r.ID, Name: r.Name, Address: r.Address, TaxID: r.TaxID, Registration: r.Registration, Email: r.Email, Phone: r.Phone, Bank: r.Bank,
		Currency: r.Currency, Terms: day.Terms{Days: r.TermsDays, EndOfMonth: r.TermsEndOfMonth}, NumberFormat: invoicing.NumberFormat(r.NumberFormat), CreditFormat: invoicing.NumberFormat(r.CreditFormat),
		NumberReset: invoicing.Reset(r.NumberReset), FiscalMonth: time.Month(r.FiscalMonth), TimeZone: r.TimeZone, Rounding: money.Mode(r.Rounding),
		TaxMethod: calc.Method(r.TaxMethod), PricesIncludeTax: r.PricesIncludeTax, CashStep: r.CashStepMinor, Footer: r.Footer, TaxNumber: r.TaxNumber, Language: invoicing.Language(r.Language), Layout: invoicing.Layout(r.Layout), Colour: r.Colour, LogoKey: r.LogoKey, Default: r.IsDefault,
		ArchivedAt: r.ArchivedAt, Version: r.Version, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}

// Entities lists legal entities, the default one first.
func (Store) Entities(_ context.Context, tx *tenancy.Tx) ([]invoicing.LegalEntity, error) {
	var rows []entityRow
	if err := tx.Gorm().Order("is_default DESC, archived_at IS NOT NULL, name, id").Find(&rows).Error; err != nil {
		return nil, err
	}
	all := make([]invoicing.LegalEntity, len(rows))
	for i, r := range rows {
		all[i] = r.entity()
	}
	return all, nil
}

// Entity reads one legal entity.
func (Store) Entity(_ context.Context, tx *tenancy.Tx, id string) (invoicing.LegalEntity, error) {
	var r entityRow
	err := tx.Gorm().Where("id = ?", id).Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return invoicing.LegalEntity{}, invoicing.ErrEntityNotFound
	}
	return r.entity(), err
}

// AddEntity inserts a legal entity.
func (Store) AddEntity(_ context.Context, tx *tenancy.Tx, e invoicing.LegalEntity) error {
	r := toEntityRow(e)
	return tx.Gorm().Create(&r).Error
}

// SaveEntity writes a changed legal entity whose version was one less.
func (Store) SaveEntity(_ context.Context, tx *tenancy.Tx, e invoicing.LegalEntity) error {
	r := toEntityRow(e)
	return saved(tx.Gorm().Model(&r).Where("version = ?", e.Version-1).Select("*").Omit("id", "created_at").Updates(&r))
}

// ClearDefaultEntity makes room for another default.
func (Store) ClearDefaultEntity(ctx context.Context, tx *tenancy.Tx) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE legal_entities SET is_default = false, version = version + 1 WHERE is_default`)
	return err
}

func saved(res *gorm.DB) error {
	if res.Error == nil && res.RowsAffected == 0 {
		return invoicing.ErrStale
	}
	return res.Error
}

type taxRow struct {
	ID         string `gorm:"primaryKey"`
	Name       string
	Kind       string
	Compound   bool
	LegalText  string
	Steps      []invoicing.TaxStep `gorm:"serializer:json"`
	IsDefault  bool
	ArchivedAt *time.Time
	Version    int
	CreatedAt  time.Time `gorm:"autoCreateTime:false"`
	UpdatedAt  time.Time `gorm:"autoUpdateTime:false"`
}

func (taxRow) TableName() string { return "tax_rates" }

func toTaxRow(t invoicing.TaxRate) taxRow {
	return taxRow{t.ID, t.Name, string(t.Kind), t.Compound, t.LegalText, t.Steps, t.Default, t.ArchivedAt, t.Version, t.CreatedAt, t.UpdatedAt}
}

func (r taxRow) rate() invoicing.TaxRate {
	return invoicing.TaxRate{
		ID: r.ID, Name: r.Name, Kind: calc.Kind(r.Kind), Compound: r.Compound, LegalText: r.LegalText, Steps: r.Steps, Default: r.IsDefault,
		ArchivedAt: r.ArchivedAt, Version: r.Version, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}

// TaxRates lists taxes, those in use first.
func (Store) TaxRates(_ context.Context, tx *tenancy.Tx) ([]invoicing.TaxRate, error) {
	var rows []taxRow
	if err := tx.Gorm().Order("archived_at IS NOT NULL, lower(name), id").Find(&rows).Error; err != nil {
		return nil, err
	}
	all := make([]invoicing.TaxRate, len(rows))
	for i, r := range rows {
		all[i] = r.rate()
	}
	return all, nil
}

// TaxRate reads one tax.
func (Store) TaxRate(_ context.Context, tx *tenancy.Tx, id string) (invoicing.TaxRate, error) {
	var r taxRow
	err := tx.Gorm().Where("id = ?", id).Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return invoicing.TaxRate{}, invoicing.ErrTaxRateNotFound
	}
	return r.rate(), err
}

// AddTaxRate inserts a tax.
func (Store) AddTaxRate(_ context.Context, tx *tenancy.Tx, t invoicing.TaxRate) error {
	r := toTaxRow(t)
	return taxFault(tx.Gorm().Create(&r).Error)
}

// SaveTaxRate writes a changed tax whose version was one less.
func (Store) SaveTaxRate(_ context.Context, tx *tenancy.Tx, t invoicing.TaxRate) error {
	r := toTaxRow(t)
	return taxFault(saved(tx.Gorm().Model(&r).Where("version = ?", t.Version-1).Select("*").Omit("id", "created_at").Updates(&r)))
}

func taxFault(err error) error {
	if pg.Violates(err, "tax_rates_name_key") {
		return invoicing.ErrTaxNameTaken.Because(err).At("body.name", "is taken")
	}
	return err
}

// NextNumber takes the next number. The one statement inserts or locks the
// counter's row; a date before the last issued one changes nothing.
func (Store) NextNumber(ctx context.Context, tx *tenancy.Tx, s invoicing.Series, on day.Date) (n int, err error) {
	err = tx.PGX().QueryRow(ctx, `
		INSERT INTO number_series (entity_id, series, period, last_number, last_issued_on) VALUES ($1, $2, $3, 1, $4)
		ON CONFLICT (entity_id, series, period) DO UPDATE
		SET last_number = number_series.last_number + 1, last_issued_on = excluded.last_issued_on
		WHERE number_series.last_issued_on <= excluded.last_issued_on
		RETURNING last_number`, s.EntityID, s.Name, s.Period, on).Scan(&n)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, invoicing.ErrDateBackwards
	}
	return n, err
}

// LastNumber tells how far a series is.
func (Store) LastNumber(ctx context.Context, tx *tenancy.Tx, s invoicing.Series) (n int, err error) {
	err = tx.PGX().QueryRow(ctx, `
		SELECT coalesce(max(last_number), 0) FROM number_series WHERE entity_id = $1 AND series = $2 AND period = $3`,
		s.EntityID, s.Name, s.Period).Scan(&n)
	return n, err
}
