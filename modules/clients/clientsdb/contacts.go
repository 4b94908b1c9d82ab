package clientsdb

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/tenancy"
)

type contactRow struct {
	ID          string `gorm:"primaryKey"`
	ClientID    string
	Name        string
	Email       string
	Phone       string
	JobTitle    string
	IsPrimary   bool
	IsBilling   bool
	PortalState string
	CreatedAt   time.Time
	CreatedBy   *string
	UpdatedAt   time.Time `gorm:"autoUpdateTime:false"`
	ArchivedAt  *time.Time
	Version     int
}

func (contactRow) TableName() string { return "contacts" }

// AddContact inserts c.
func (Store) AddContact(_ context.Context, tx *tenancy.Tx, c clients.Contact) error {
	r := toContactRow(c)
	return emailTaken(tx.Gorm().Create(&r).Error)
}

// SaveContact writes all that may change of c.
func (Store) SaveContact(_ context.Context, tx *tenancy.Tx, c clients.Contact) error {
	r := toContactRow(c)
	return emailTaken(tx.Gorm().Model(&r).Select("*").Omit("id", "client_id", "created_at", "created_by").Updates(&r).Error)
}

func emailTaken(err error) error {
	if pg.Violates(err, "contacts_email_key") {
		return clients.ErrEmailTaken.Because(err).At("body.email", "belongs to another contact of this client")
	}
	return err
}

// ContactByID finds one contact.
func (Store) ContactByID(_ context.Context, tx *tenancy.Tx, id string) (clients.Contact, error) {
	return oneContact(tx.Gorm(), id)
}

// ContactForUpdate finds one contact and locks it.
func (Store) ContactForUpdate(_ context.Context, tx *tenancy.Tx, id string) (clients.Contact, error) {
	return oneContact(tx.Gorm().Clauses(clause.Locking{Strength: "UPDATE"}), id)
}

func oneContact(g *gorm.DB, id string) (clients.Contact, error) {
	var r contactRow
	err := g.Take(&r, "id = ?", id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return clients.Contact{}, clients.ErrContactNotFound
	}
	return fromContactRow(r), err
}

// ContactsOf returns the contacts of some clients, the primary ones first.
func (Store) ContactsOf(_ context.Context, tx *tenancy.Tx, clientIDs []string, archived bool) ([]clients.Contact, error) {
	if len(clientIDs) == 0 {
		return nil, nil
	}
	g := tx.Gorm().Where("client_id IN ?", clientIDs)
	if !archived {
		g = g.Where("archived_at IS NULL")
	}
	return manyContacts(g.Order("client_id, is_primary DESC, lower(name), id"))
}

// Contacts returns a page and one row more if there is one.
func (Store) Contacts(_ context.Context, tx *tenancy.Tx, f clients.ContactFilter, c clients.Cursor) ([]clients.Contact, error) {
	g := inState(tx.Gorm(), f.State)
	if f.ClientID != "" {
		g = g.Where("client_id = ?", f.ClientID)
	}
	if f.Search != "" {
		p := like(f.Search)
		g = g.Where("(lower(name) LIKE ? OR email LIKE ?)", p, p)
	}
	return manyContacts(after(g, c))
}

func manyContacts(g *gorm.DB) ([]clients.Contact, error) {
	var rs []contactRow
	if err := g.Find(&rs).Error; err != nil {
		return nil, err
	}
	out := make([]clients.Contact, len(rs))
	for i, r := range rs {
		out[i] = fromContactRow(r)
	}
	return out, nil
}

// ContactsByIDs finds those of the contacts that exist.
func (Store) ContactsByIDs(_ context.Context, tx *tenancy.Tx, ids []string) ([]clients.Contact, error) {
	return manyContacts(tx.Gorm().Where("id IN ?", ids).Order("id"))
}

// CountPortal counts the contacts of a client who can open the portal, and those who are invited to.
func (Store) CountPortal(_ context.Context, tx *tenancy.Tx, clientID string) (n clients.PortalPeople, err error) {
	err = tx.Gorm().Model(&contactRow{}).Where("client_id = ? AND archived_at IS NULL", clientID).
		Select("count(*) FILTER (WHERE portal_state = 'active') AS active, count(*) FILTER (WHERE portal_state = 'invited') AS invited").Scan(&n).Error
	return n, err
}

// ClearPrimary takes the mark from whoever has it.
func (Store) ClearPrimary(_ context.Context, tx *tenancy.Tx, clientID, except string) error {
	return tx.Gorm().Model(&contactRow{}).Where("client_id = ? AND id <> ? AND is_primary", clientID, except).
		Updates(map[string]any{"is_primary": false, "version": gorm.Expr("version + 1")}).Error
}

func toContactRow(c clients.Contact) contactRow {
	return contactRow{
		ID: c.ID, ClientID: c.ClientID, Name: c.Name, Email: c.Email, Phone: c.Phone, JobTitle: c.JobTitle, IsPrimary: c.Primary, IsBilling: c.Billing,
		PortalState: string(c.Portal), CreatedAt: c.CreatedAt, CreatedBy: pg.Null(c.CreatedBy), UpdatedAt: c.UpdatedAt, ArchivedAt: c.ArchivedAt, Version: c.Version,
	}
}

func fromContactRow(r contactRow) clients.Contact {
	return clients.Contact{
		ID: r.ID, ClientID: r.ClientID, Name: r.Name, Email: r.Email, Phone: r.Phone, JobTitle: r.JobTitle, Primary: r.IsPrimary, Billing: r.IsBilling,
		Portal: clients.PortalState(r.PortalState), CreatedAt: r.CreatedAt.UTC(), CreatedBy: pg.Text(r.CreatedBy), UpdatedAt: r.UpdatedAt.UTC(),
		ArchivedAt: r.ArchivedAt, Version: r.Version,
	}
}
