// Package clientsdb keeps clients, contacts and interactions in Postgres.
package clientsdb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/tenancy"
)

type clientRow struct {
	ID               string `gorm:"primaryKey"`
	Name             string
	Code             string
	Currency         string
	TaxID            string
	BillingEmail     string
	Website          string
	PaymentTermsDays *int
	InvoiceFormat    string
	Language         string
	LegalEntityID    *string
	Addresses        []clients.Address `gorm:"serializer:json"`
	Tags             []string          `gorm:"serializer:json"`
	Notes            string
	OwnerID          *string
	CreatedAt        time.Time
	CreatedBy        *string
	UpdatedAt        time.Time `gorm:"autoUpdateTime:false"`
	ArchivedAt       *time.Time
	Version          int
}

func (clientRow) TableName() string { return "clients" }

// Store implements clients.Store.
type Store struct{}

var _ clients.Store = Store{}

// Add inserts c.
func (Store) Add(_ context.Context, tx *tenancy.Tx, c clients.Client) error {
	r := toRow(c)
	return codeTaken(tx.Gorm().Create(&r).Error)
}

// Save writes all that may change of c.
func (Store) Save(_ context.Context, tx *tenancy.Tx, c clients.Client) error {
	r := toRow(c)
	return codeTaken(tx.Gorm().Model(&r).Select("*").Omit("id", "created_at", "created_by").Updates(&r).Error)
}

func codeTaken(err error) error {
	if pg.Violates(err, "clients_code_key") {
		return clients.ErrCodeTaken.Because(err).At("body.code", "is taken by another client")
	}
	return err
}

// ByID finds one client.
func (Store) ByID(_ context.Context, tx *tenancy.Tx, id string) (clients.Client, error) {
	return one(tx.Gorm(), id)
}

// ForUpdate finds one client and locks it.
func (Store) ForUpdate(_ context.Context, tx *tenancy.Tx, id string) (clients.Client, error) {
	return one(tx.Gorm().Clauses(clause.Locking{Strength: "UPDATE"}), id)
}

func one(g *gorm.DB, id string) (clients.Client, error) {
	var r clientRow
	err := g.Take(&r, "id = ?", id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return clients.Client{}, clients.ErrNotFound
	}
	return fromRow(r), err
}

// ByIDs finds those clients that exist.
func (Store) ByIDs(_ context.Context, tx *tenancy.Tx, ids []string) ([]clients.Client, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return many(tx.Gorm().Where("id IN ?", ids))
}

// All returns every client, archived or not, by name.
func (Store) All(_ context.Context, tx *tenancy.Tx) ([]clients.Client, error) {
	return many(tx.Gorm().Order("lower(name), id"))
}

func many(g *gorm.DB) ([]clients.Client, error) {
	var rs []clientRow
	if err := g.Find(&rs).Error; err != nil {
		return nil, err
	}
	out := make([]clients.Client, len(rs))
	for i, r := range rs {
		out[i] = fromRow(r)
	}
	return out, nil
}

var columnOf = map[string]string{"name": "lower(name)", "created_at": "created_at", "updated_at": "updated_at"}

// after cuts a list to what comes behind the cursor, in the cursor's order.
func after(g *gorm.DB, c clients.Cursor) *gorm.DB {
	col, op, dir := columnOf[c.By], ">", "ASC"
	if c.Desc {
		op, dir = "<", "DESC"
	}
	if c.After != nil {
		val := "lower(?)"
		if c.By != "name" {
			val = "?::timestamptz"
		}
		g = g.Where("("+col+", id) "+op+" ("+val+", ?::uuid)", c.After[0], c.After[1])
	}
	return g.Order(col + " " + dir + ", id " + dir).Limit(c.Limit + 1)
}

// like is a pattern that finds s anywhere, with nothing in s having a meaning.
func like(s string) string {
	return pg.Contains(s)
}

func inState(g *gorm.DB, s clients.State) *gorm.DB {
	switch s {
	case clients.Active:
		return g.Where("archived_at IS NULL")
	case clients.Archived:
		return g.Where("archived_at IS NOT NULL")
	}
	return g
}

// List returns a page and one row more if there is one.
func (Store) List(_ context.Context, tx *tenancy.Tx, f clients.Filter, c clients.Cursor) ([]clients.Client, error) {
	g := inState(tx.Gorm(), f.State)
	if f.OwnerID != "" {
		g = g.Where("owner_id = ?", f.OwnerID)
	}
	if f.Tag != "" {
		raw, err := json.Marshal([]string{f.Tag})
		if err != nil {
			return nil, fmt.Errorf("encode tag: %w", err)
		}
		g = g.Where("tags @> ?::jsonb", string(raw))
	}
	if f.Search != "" {
		p := like(f.Search)
		g = g.Where(`(lower(name) LIKE ? OR lower(code) LIKE ? OR billing_email LIKE ? OR EXISTS (
			SELECT FROM contacts p WHERE p.client_id = clients.id AND p.archived_at IS NULL AND (lower(p.name) LIKE ? OR p.email LIKE ?)))`, p, p, p, p, p)
	}
	return many(after(g, c))
}

// Codes returns all codes in use.
func (Store) Codes(_ context.Context, tx *tenancy.Tx) (map[string]bool, error) {
	var codes []string
	err := tx.Gorm().Model(&clientRow{}).Pluck("code", &codes).Error
	out := make(map[string]bool, len(codes))
	for _, c := range codes {
		out[c] = true
	}
	return out, err
}

// Tags returns the tags of clients that are not archived.
func (Store) Tags(_ context.Context, tx *tenancy.Tx) ([]string, error) {
	tags := []string{}
	err := tx.Gorm().Raw(`SELECT DISTINCT t FROM clients, jsonb_array_elements_text(tags) AS t WHERE archived_at IS NULL ORDER BY t LIMIT 500`).Scan(&tags).Error
	return tags, err
}

// Similar finds clients of the same folded name or the same domain. It reads
// names only and folds them in Go, where the rule is.
func (Store) Similar(ctx context.Context, tx *tenancy.Tx, l clients.Likeness) ([]clients.SimilarClient, error) {
	rows, err := tx.PGX().Query(ctx, `
		SELECT c.id::text, c.name, c.code, c.archived_at IS NOT NULL,
		       $1 <> '' AND (split_part(c.billing_email, '@', 2) = $1
		         OR regexp_replace(lower(c.website), '^https?://(www\.)?([^/:?#]+).*$', '\2') = $1
		         OR EXISTS (SELECT FROM contacts p WHERE p.client_id = c.id AND p.archived_at IS NULL AND split_part(p.email, '@', 2) = $1))
		FROM clients c WHERE c.id::text <> $2 ORDER BY lower(c.name), c.id`, l.Domain, l.Except)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var byName, byDomain []clients.SimilarClient
	for rows.Next() {
		var s clients.SimilarClient
		var sameDomain bool
		if err := rows.Scan(&s.ID, &s.Name, &s.Code, &s.Archived, &sameDomain); err != nil {
			return nil, err
		}
		switch {
		case l.Name != "" && clients.FoldName(s.Name) == l.Name:
			s.Reason = "name"
			byName = append(byName, s)
		case sameDomain:
			s.Reason = "domain"
			byDomain = append(byDomain, s)
		}
	}
	all := slices.Concat(byName, byDomain)
	return all[:min(5, len(all))], rows.Err()
}

func toRow(c clients.Client) clientRow {
	return clientRow{
		ID: c.ID, Name: c.Name, Code: c.Code, Currency: c.Currency, TaxID: c.TaxID, BillingEmail: c.BillingEmail, Website: c.Website,
		PaymentTermsDays: c.PaymentTermsDays, InvoiceFormat: string(c.InvoiceFormat), Language: c.Language, LegalEntityID: pg.Null(c.LegalEntityID), Addresses: orEmpty(c.Addresses), Tags: orEmpty(c.Tags), Notes: c.Notes, OwnerID: pg.Null(c.OwnerID),
		CreatedAt: c.CreatedAt, CreatedBy: pg.Null(c.CreatedBy), UpdatedAt: c.UpdatedAt, ArchivedAt: c.ArchivedAt, Version: c.Version,
	}
}

func fromRow(r clientRow) clients.Client {
	return clients.Client{
		ID: r.ID, Name: r.Name, Code: r.Code, Currency: r.Currency, TaxID: r.TaxID, BillingEmail: r.BillingEmail, Website: r.Website,
		PaymentTermsDays: r.PaymentTermsDays, InvoiceFormat: clients.InvoiceFormat(r.InvoiceFormat), Language: r.Language, LegalEntityID: pg.Text(r.LegalEntityID), Addresses: r.Addresses, Tags: r.Tags, Notes: r.Notes, OwnerID: pg.Text(r.OwnerID),
		CreatedAt: r.CreatedAt.UTC(), CreatedBy: pg.Text(r.CreatedBy), UpdatedAt: r.UpdatedAt.UTC(), ArchivedAt: r.ArchivedAt, Version: r.Version,
	}
}

func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// InvoicedBy reads the legal entities of clients that have not the default one.
func (Store) InvoicedBy(_ context.Context, tx *tenancy.Tx) (map[string]string, error) {
	var rows []clientRow
	err := tx.Gorm().Select("id", "legal_entity_id").Where("legal_entity_id IS NOT NULL").Find(&rows).Error
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		out[r.ID] = pg.Text(r.LegalEntityID)
	}
	return out, err
}
