// Package agencydb keeps an agency's settings in Postgres.
package agencydb

import (
	"context"
	"time"

	"gorm.io/gorm"

	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/tenancy"
)

type row struct {
	One              bool `gorm:"primaryKey"`
	LegalName        string
	TimeZone         string
	WeekStart        int
	Currency         string
	Locale           string
	BrandColour      string
	LogoKey          string
	PortalShowsHours bool
	ChecklistHidden  bool
	SampleState      agency.SampleState
	SampleLoadedAt   *time.Time
	Version          int
	UpdatedAt        time.Time
}

func (row) TableName() string { return "agency_settings" }

// Store implements agency.Store.
type Store struct{}

var _ agency.Store = Store{}

// Settings reads the one row.
func (Store) Settings(_ context.Context, tx *tenancy.Tx) (agency.Settings, error) {
	var r row
	err := tx.Gorm().Take(&r).Error
	return agency.Settings{
		LegalName: r.LegalName, TimeZone: r.TimeZone, WeekStart: time.Weekday(r.WeekStart), Currency: r.Currency, Locale: r.Locale,
		BrandColour: r.BrandColour, LogoKey: r.LogoKey, PortalShowsHours: r.PortalShowsHours, ChecklistHidden: r.ChecklistHidden,
		SampleState: r.SampleState, SampleBegunAt: r.SampleLoadedAt, Version: r.Version,
	}, err
}

// Save writes s over the version it was read at.
func (Store) Save(_ context.Context, tx *tenancy.Tx, s agency.Settings, now time.Time) error {
	res := tx.Gorm().Model(&row{}).Where("one AND version = ?", s.Version).Updates(map[string]any{
		"legal_name": s.LegalName, "time_zone": s.TimeZone, "week_start": int(s.WeekStart), "currency": s.Currency, "locale": s.Locale,
		"brand_colour": s.BrandColour, "portal_shows_hours": s.PortalShowsHours, "checklist_hidden": s.ChecklistHidden,
		"version": gorm.Expr("version + 1"), "updated_at": now,
	})
	if res.Error == nil && res.RowsAffected == 0 {
		return httpapi.ErrStale
	}
	return res.Error
}

// SetLogo writes the logo's key.
func (Store) SetLogo(_ context.Context, tx *tenancy.Tx, key string, now time.Time) error {
	return tx.Gorm().Model(&row{}).Where("one").Updates(map[string]any{"logo_key": key, "version": gorm.Expr("version + 1"), "updated_at": now}).Error
}

// MarkSample notes how far the sample data have got. The time of the first beginning stays.
func (Store) MarkSample(_ context.Context, tx *tenancy.Tx, state agency.SampleState, now time.Time) error {
	return tx.Gorm().Model(&row{}).Where("one").Updates(map[string]any{
		"sample_state": state, "sample_loaded_at": gorm.Expr("coalesce(sample_loaded_at, ?)", now),
	}).Error
}

// Happened tells which of the named events ever took place.
func (Store) Happened(_ context.Context, tx *tenancy.Tx, names []string) (map[string]bool, error) {
	var found []string
	err := tx.Gorm().Raw(`SELECT n FROM unnest(?::text[]) AS n WHERE EXISTS (SELECT FROM events WHERE name = n)`, "{"+join(names)+"}").Scan(&found).Error
	out := make(map[string]bool, len(found))
	for _, n := range found {
		out[n] = true
	}
	return out, err
}

func join(names []string) string {
	s := ""
	for i, n := range names {
		if i > 0 {
			s += ","
		}
		s += n // names of events: letters, dots and underscores
	}
	return s
}
