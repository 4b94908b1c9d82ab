// Package calendarsdb keeps people's calendars in Postgres.
package calendarsdb

import (
	"context"
	"fmt"
	"time"

	"github.com/bureauhq/bureau/modules/calendars"
	"github.com/bureauhq/bureau/tenancy"
)

// Store implements calendars.Store.
type Store struct{}

var _ calendars.Store = Store{}

type feedRow struct {
	ID            string `gorm:"primaryKey"`
	MemberID      string
	Host          string
	Name          string
	AddressSecret []byte
	Etag          string
	Modified      string
	Problem       string
	FetchedAt     time.Time
	ReadAt        *time.Time
	NextAt        time.Time
	Events        int
	Skipped       int
	Failures      int
	CreatedAt     time.Time `gorm:"autoCreateTime:false"`
}

func (feedRow) TableName() string { return "calendar_feeds" }

const feedColumns = `id, member_id, host, name, address_secret, etag, modified, problem, fetched_at, read_at, next_at, events, skipped, failures, created_at`

func toRow(f calendars.Feed) feedRow {
	return feedRow{
		ID: f.ID, MemberID: f.MemberID, Host: f.Host, Name: f.Name, AddressSecret: f.Address, Etag: f.ETag, Modified: f.Modified, Problem: f.Problem, FetchedAt: f.FetchedAt,
		ReadAt: f.ReadAt, NextAt: f.NextAt, Events: f.Events, Skipped: f.Skipped, Failures: f.Failures, CreatedAt: f.CreatedAt,
	}
}

func feeds(tx *tenancy.Tx, query string, args ...any) ([]calendars.Feed, error) {
	var rows []feedRow
	if err := tx.Gorm().Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("list calendars: %w", err)
	}
	out := make([]calendars.Feed, len(rows))
	for i, r := range rows {
		out[i] = calendars.Feed{
			ID: r.ID, MemberID: r.MemberID, Host: r.Host, Name: r.Name, Address: r.AddressSecret, ETag: r.Etag, Modified: r.Modified, Problem: r.Problem,
			FetchedAt: r.FetchedAt.UTC(), ReadAt: r.ReadAt, NextAt: r.NextAt.UTC(), Events: r.Events, Skipped: r.Skipped, Failures: r.Failures, CreatedAt: r.CreatedAt.UTC(),
		}
	}
	return out, nil
}

// Feeds lists a member's calendars, the oldest first.
func (Store) Feeds(_ context.Context, tx *tenancy.Tx, memberID string) ([]calendars.Feed, error) {
	return feeds(tx, `SELECT `+feedColumns+` FROM calendar_feeds WHERE member_id = ? ORDER BY created_at, id`, memberID)
}

// Feed finds one by id.
func (Store) Feed(_ context.Context, tx *tenancy.Tx, id string, hold bool) (calendars.Feed, error) {
	query := `SELECT ` + feedColumns + ` FROM calendar_feeds WHERE id = ?`
	if hold {
		query += ` FOR UPDATE`
	}
	got, err := feeds(tx, query, id)
	if err != nil {
		return calendars.Feed{}, err
	}
	if len(got) == 0 {
		return calendars.Feed{}, calendars.ErrNoFeed
	}
	return got[0], nil
}

// AddFeed inserts f.
func (Store) AddFeed(_ context.Context, tx *tenancy.Tx, f calendars.Feed) error {
	r := toRow(f)
	return tx.Gorm().Create(&r).Error
}

// SaveFeed writes how it went with f. Its address stays.
func (Store) SaveFeed(_ context.Context, tx *tenancy.Tx, f calendars.Feed) error {
	return tx.Gorm().Exec(`UPDATE calendar_feeds SET name = ?, etag = ?, modified = ?, problem = ?, fetched_at = ?, read_at = ?, next_at = ?, events = ?, skipped = ?, failures = ? WHERE id = ?`,
		f.Name, f.ETag, f.Modified, f.Problem, f.FetchedAt, f.ReadAt, f.NextAt, f.Events, f.Skipped, f.Failures, f.ID).Error
}

// RemoveFeed deletes a calendar; its events go with it.
func (Store) RemoveFeed(_ context.Context, tx *tenancy.Tx, id string) error {
	return tx.Gorm().Exec(`DELETE FROM calendar_feeds WHERE id = ?`, id).Error
}

// Forget deletes all that is a member's.
func (Store) Forget(_ context.Context, tx *tenancy.Tx, memberID string) error {
	for _, table := range []string{"calendar_feeds", "calendar_marks", "calendar_choices"} {
		if err := tx.Gorm().Exec(`DELETE FROM `+table+` WHERE member_id = ?`, memberID).Error; err != nil {
			return err
		}
	}
	return nil
}

// Tidy deletes what is too old to be of use.
func (Store) Tidy(_ context.Context, tx *tenancy.Tx, memberID string, marks, choices time.Time) error {
	if err := tx.Gorm().Exec(`DELETE FROM calendar_marks WHERE member_id = ? AND ends_at < ?`, memberID, marks).Error; err != nil {
		return err
	}
	return tx.Gorm().Exec(`DELETE FROM calendar_choices WHERE member_id = ? AND chosen_at < ?`, memberID, choices).Error
}
