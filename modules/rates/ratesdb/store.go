// Package ratesdb keeps rate cards and rates in Postgres.
package ratesdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/tenancy"
)

type cardRow struct {
	ID         string `gorm:"primaryKey"`
	Name       string
	Level      string
	ClientID   *string
	ProjectID  *string
	Currency   string
	CreatedAt  time.Time
	UpdatedAt  time.Time `gorm:"autoUpdateTime:false"`
	ArchivedAt *time.Time
	Version    int
}

func (cardRow) TableName() string { return "rate_cards" }

type rateRow struct {
	ID        string `gorm:"primaryKey"`
	CardID    string
	Kind      string
	TargetID  string
	PerHour   decimal.Decimal
	TiersPer  string
	Tiers     *string
	ValidFrom day.Date
	ValidTo   *day.Date
	CreatedAt time.Time
	CreatedBy *string
	UpdatedAt time.Time
	RemovedAt *time.Time
	Version   int
}

func (rateRow) TableName() string { return "rates" }

// Store implements rates.Store.
type Store struct{}

var _ rates.Store = Store{}

// AddCard inserts c.
func (Store) AddCard(_ context.Context, tx *tenancy.Tx, c rates.Card) error {
	r := cardRow{
		ID: c.ID, Name: c.Name, Level: string(c.Level), ClientID: pg.Null(c.ClientID), ProjectID: pg.Null(c.ProjectID), Currency: c.Currency,
		CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt, Version: c.Version,
	}
	return taken(tx.Gorm().Create(&r).Error)
}

// SaveCard writes what may change of c.
func (Store) SaveCard(_ context.Context, tx *tenancy.Tx, c rates.Card) error {
	return taken(tx.Gorm().Model(&cardRow{ID: c.ID}).Updates(map[string]any{
		"name": c.Name, "archived_at": c.ArchivedAt, "updated_at": c.UpdatedAt, "version": c.Version,
	}).Error)
}

func taken(err error) error {
	for constraint, field := range map[string]string{"rate_cards_agency_key": "level", "rate_cards_client_key": "client_id", "rate_cards_project_key": "project_id"} {
		if pg.Violates(err, constraint) {
			return rates.ErrCardTaken.Because(err).At("body."+field, "has a rate card already")
		}
	}
	return err
}

// Card finds one card.
func (Store) Card(_ context.Context, tx *tenancy.Tx, id string) (rates.Card, error) {
	return card(tx.Gorm(), id)
}

// CardForUpdate finds one card and locks it.
func (Store) CardForUpdate(_ context.Context, tx *tenancy.Tx, id string) (rates.Card, error) {
	return card(tx.Gorm().Clauses(clause.Locking{Strength: "UPDATE"}), id)
}

func card(g *gorm.DB, id string) (rates.Card, error) {
	var r cardRow
	err := g.Take(&r, "id = ?", id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return rates.Card{}, rates.ErrNotFound
	}
	return fromCard(r), err
}

// Cards returns up to limit cards behind the cursor.
func (Store) Cards(_ context.Context, tx *tenancy.Tx, f rates.CardFilter, limit int, after []string) ([]rates.Card, error) {
	g := tx.Gorm().Where("(archived_at IS NOT NULL) = ?", f.Archived)
	if f.Level != "" {
		g = g.Where("level = ?", string(f.Level))
	}
	if f.ClientID != "" {
		g = g.Where("client_id = ?", f.ClientID)
	}
	if f.ProjectID != "" {
		g = g.Where("project_id = ?", f.ProjectID)
	}
	if after != nil {
		g = g.Where("(level, lower(name), id) > (?, lower(?), ?::uuid)", after[0], after[1], after[2])
	}
	var rs []cardRow
	if err := g.Order("level, lower(name), id").Limit(limit).Find(&rs).Error; err != nil {
		return nil, err
	}
	out := make([]rates.Card, len(rs))
	for i, r := range rs {
		out[i] = fromCard(r)
	}
	return out, nil
}

// RatesOf returns the rates of a card, by key and date.
func (Store) RatesOf(_ context.Context, tx *tenancy.Tx, cardID string) ([]rates.Rate, error) {
	var rs []rateRow
	if err := tx.Gorm().Where("card_id = ? AND removed_at IS NULL", cardID).Order("kind, target_id, valid_from").Find(&rs).Error; err != nil {
		return nil, err
	}
	var err error
	out := make([]rates.Rate, len(rs))
	for i, r := range rs {
		out[i] = fromRate(r)
		if out[i].Tiers, err = withTiers(r.TiersPer, r.Tiers); err != nil {
			return nil, err
		}
	}
	return out, err
}

// AddRate inserts r.
func (Store) AddRate(_ context.Context, tx *tenancy.Tx, r rates.Rate, by string, at time.Time) error {
	row := rateRow{
		ID: r.ID, CardID: r.CardID, Kind: string(r.Target), TargetID: r.TargetID, PerHour: *r.PerHour, ValidFrom: r.From, ValidTo: r.To,
		CreatedAt: at, CreatedBy: pg.Null(by), UpdatedAt: at, Version: r.Version,
	}
	var err error
	if row.TiersPer, row.Tiers, err = tiersOf(r); err != nil {
		return err
	}
	return overlap(tx.Gorm().Create(&row).Error)
}

// SaveRate writes what may change of r.
func (Store) SaveRate(_ context.Context, tx *tenancy.Tx, r rates.Rate, at time.Time) error {
	per, steps, err := tiersOf(r)
	if err != nil {
		return err
	}
	return overlap(tx.Gorm().Model(&rateRow{ID: r.ID}).Updates(map[string]any{
		"per_hour": *r.PerHour, "tiers_per": per, "tiers": steps, "valid_to": r.To, "updated_at": at, "version": r.Version,
	}).Error)
}

func overlap(err error) error {
	if pg.Violates(err, "rates_overlap_excl") {
		return rates.ErrOverlap.Because(err).At("body.valid_from", "another rate is valid on some of these days")
	}
	return err
}

// RemoveRate takes a rate out of use; the row stays for those who look back.
func (Store) RemoveRate(_ context.Context, tx *tenancy.Tx, id string, at time.Time) error {
	return tx.Gorm().Model(&rateRow{ID: id}).Updates(map[string]any{"removed_at": at, "version": gorm.Expr("version + 1")}).Error
}

// RateCard tells which card a rate is on.
func (Store) RateCard(_ context.Context, tx *tenancy.Tx, id string) (string, error) {
	var r rateRow
	err := tx.Gorm().Select("card_id").Take(&r, "id = ? AND removed_at IS NULL", id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return "", rates.ErrRateNotFound
	}
	return r.CardID, err
}

// Candidates returns the rates that may answer, with their cards.
func (Store) Candidates(ctx context.Context, tx *tenancy.Tx, clientIDs, projectIDs []string, from, to day.Date) ([]rates.Dated, error) {
	rows, err := tx.PGX().Query(ctx, `
		SELECT r.id::text, r.kind, r.target_id::text, r.per_hour::text, r.valid_from::text, r.valid_to::text, r.version, r.tiers_per, r.tiers::text,
		       c.id::text, c.name, c.level, coalesce(c.client_id::text, ''), coalesce(c.project_id::text, ''), c.currency
		  FROM rates r JOIN rate_cards c ON c.id = r.card_id
		 WHERE c.archived_at IS NULL AND r.removed_at IS NULL
		   AND (c.level = 'agency' OR c.client_id = ANY ($1::uuid[]) OR c.project_id = ANY ($2::uuid[]))
		   AND r.valid_from <= $4::date AND (r.valid_to IS NULL OR r.valid_to > $3::date)`,
		clientIDs, projectIDs, from.String(), to.String())
	if err != nil {
		return nil, fmt.Errorf("read rates: %w", err)
	}
	defer rows.Close()
	var out []rates.Dated
	for rows.Next() {
		var d rates.Dated
		var amount, begins string
		var ends, steps *string
		var per string
		if err := rows.Scan(&d.ID, &d.Target, &d.TargetID, &amount, &begins, &ends, &d.Version, &per, &steps,
			&d.Card.ID, &d.Card.Name, &d.Card.Level, &d.Card.ClientID, &d.Card.ProjectID, &d.Card.Currency); err != nil {
			return nil, fmt.Errorf("read rates: %w", err)
		}
		if d.Rate, err = withText(d.Rate, amount, begins, ends); err != nil {
			return nil, err
		}
		if d.Tiers, err = withTiers(per, steps); err != nil {
			return nil, err
		}
		d.CardID = d.Card.ID
		out = append(out, d)
	}
	return out, rows.Err()
}

func withText(r rates.Rate, amount, begins string, ends *string) (rates.Rate, error) {
	a, err := decimal.NewFromString(amount)
	if err != nil {
		return r, fmt.Errorf("rate %s: %w", r.ID, err)
	}
	r.PerHour = &a
	if r.From, err = day.Parse(begins); err != nil {
		return r, fmt.Errorf("rate %s: %w", r.ID, err)
	}
	if ends != nil {
		to, err := day.Parse(*ends)
		if err != nil {
			return r, fmt.Errorf("rate %s: %w", r.ID, err)
		}
		r.To = &to
	}
	return r, nil
}

func fromCard(r cardRow) rates.Card {
	return rates.Card{
		ID: r.ID, Name: r.Name, Level: rates.Level(r.Level), ClientID: pg.Text(r.ClientID), ProjectID: pg.Text(r.ProjectID), Currency: r.Currency,
		CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(), ArchivedAt: r.ArchivedAt, Version: r.Version,
	}
}

func fromRate(r rateRow) rates.Rate {
	return rates.Rate{
		ID: r.ID, CardID: r.CardID, Target: rates.Target(r.Kind), TargetID: r.TargetID, PerHour: &r.PerHour, From: r.ValidFrom, To: r.ValidTo, Version: r.Version,
	}
}
