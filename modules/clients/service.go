package clients

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/tenancy"
)

// Deps are what the service cannot work without.
type Deps struct {
	DB       *tenancy.DB
	Store    Store
	Members  Members
	Settings Settings
	Events   Publisher
	Entities Entities
	Doors    Doors // nil: contacts have no portal
	Now      func() time.Time
}

// Service has one method per thing a person can do with clients.
type Service struct{ d Deps }

// New returns a service over d.
func New(d Deps) *Service {
	if d.DB == nil || d.Store == nil || d.Members == nil || d.Settings == nil || d.Events == nil || d.Now == nil {
		panic("clients: a dependency is missing")
	}
	return &Service{d}
}

// now has the precision that the database keeps, so that what we answer is what we would read.
func (s *Service) now() time.Time { return s.d.Now().UTC().Truncate(time.Microsecond) }

// Create makes a client. What looks like a client that is there already is
// told, not refused.
func (s *Service) Create(ctx context.Context, d Draft) (Client, []SimilarClient, error) {
	var c Client
	var similar []SimilarClient
	err := s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		if d, err = s.complete(ctx, tx, d); err != nil {
			return err
		}
		if similar, err = s.d.Store.Similar(ctx, tx, d.likeness("")); err != nil {
			return err
		}
		c, err = s.add(ctx, tx, d)
		return err
	})
	return c, similar, err
}

// complete fills in what a draft leaves to us, and checks it.
func (s *Service) complete(ctx context.Context, tx *tenancy.Tx, d Draft) (Draft, error) {
	if d.Currency == "" {
		own, err := s.d.Settings.SettingsTx(ctx, tx)
		if err != nil {
			return d, err
		}
		d.Currency = own.Currency
	}
	if strings.TrimSpace(d.Code) == "" {
		// Two at once must not be given the same code.
		if err := tx.Lock(ctx, "clients.codes"); err != nil {
			return d, err
		}
		codes, err := s.d.Store.Codes(ctx, tx)
		if err != nil {
			return d, err
		}
		d.Code = codeFrom(d.Name, func(c string) bool { return codes[c] })
	}
	d, err := d.checked()
	if err != nil {
		return d, err
	}
	if err := s.entityIsThere(ctx, tx, "", "", d.LegalEntityID); err != nil {
		return d, err
	}
	return d, s.ownerIsMember(ctx, tx, d.OwnerID)
}

func (s *Service) entityIsThere(ctx context.Context, tx *tenancy.Tx, clientID, from, to string) error {
	switch {
	case from == to:
		return nil
	case s.d.Entities == nil:
		return ErrNoEntity
	}
	return s.d.Entities.MayInvoiceTx(ctx, tx, clientID, from, to)
}

// InvoicedByTx returns the legal entity of each client that has not the default one.
func (s *Service) InvoicedByTx(ctx context.Context, tx *tenancy.Tx) (map[string]string, error) {
	return s.d.Store.InvoicedBy(ctx, tx)
}

func (s *Service) ownerIsMember(ctx context.Context, tx *tenancy.Tx, memberID string) error {
	if memberID == "" {
		return nil
	}
	ok, err := s.d.Members.IsMemberTx(ctx, tx, memberID)
	if err == nil && !ok {
		return ErrBadClient.At("body.owner_id", "is not a member of this agency")
	}
	return err
}

// add writes a complete draft down.
func (s *Service) add(ctx context.Context, tx *tenancy.Tx, d Draft) (Client, error) {
	now := s.now()
	c := Client{ID: id.New(), CreatedAt: now, CreatedBy: access.From(ctx).MemberID, UpdatedAt: now, Version: 1}.with(d)
	if err := s.d.Store.Add(ctx, tx, c); err != nil {
		return c, err
	}
	if err := s.record(ctx, tx, "clients.client_created", nil, &c); err != nil {
		return c, err
	}
	return c, s.d.Events.Publish(ctx, tx, ClientCreated{c.ref()})
}

// Change edits a client that is at version.
func (s *Service) Change(ctx context.Context, clientID string, version int, ch Change) (Client, error) {
	var c Client
	err := s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.atVersion(ctx, tx, clientID, version)
		if err != nil {
			return err
		}
		c, err = s.change(ctx, tx, before, ch)
		return err
	})
	return c, err
}

func (s *Service) change(ctx context.Context, tx *tenancy.Tx, before Client, ch Change) (Client, error) {
	d, err := ch.apply(before.draft()).checked()
	if err != nil {
		return Client{}, err
	}
	if err := s.entityIsThere(ctx, tx, before.ID, before.LegalEntityID, d.LegalEntityID); err != nil {
		return Client{}, err
	}
	if d.OwnerID != before.OwnerID {
		if err := s.ownerIsMember(ctx, tx, d.OwnerID); err != nil {
			return Client{}, err
		}
	}
	return s.save(ctx, tx, "clients.client_changed", before, before.with(d), func(r ClientRef) Event { return ClientChanged{r} })
}

// Archive puts a client away. Archiving twice is archiving once.
func (s *Service) Archive(ctx context.Context, clientID string) (Client, error) {
	now := s.now()
	return s.put(ctx, clientID, &now, "clients.client_archived", func(r ClientRef) Event { return ClientArchived{r} })
}

// Restore takes an archived client back.
func (s *Service) Restore(ctx context.Context, clientID string) (Client, error) {
	return s.put(ctx, clientID, nil, "clients.client_restored", func(r ClientRef) Event { return ClientRestored{r} })
}

func (s *Service) put(ctx context.Context, clientID string, archivedAt *time.Time, action string, e func(ClientRef) Event) (Client, error) {
	var c Client
	err := s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.ForUpdate(ctx, tx, clientID)
		if err != nil {
			return err
		}
		c = before
		if before.Archived() == (archivedAt != nil) {
			return nil
		}
		after := before
		after.ArchivedAt = archivedAt
		c, err = s.save(ctx, tx, action, before, after, e)
		return err
	})
	return c, err
}

func (s *Service) atVersion(ctx context.Context, tx *tenancy.Tx, clientID string, version int) (Client, error) {
	c, err := s.d.Store.ForUpdate(ctx, tx, clientID)
	if err == nil && c.Version != version {
		return c, ErrStale
	}
	return c, err
}

func (s *Service) save(ctx context.Context, tx *tenancy.Tx, action string, before, after Client, e func(ClientRef) Event) (Client, error) {
	after.UpdatedAt, after.Version = s.now(), before.Version+1
	if err := s.d.Store.Save(ctx, tx, after); err != nil {
		return Client{}, err
	}
	if err := s.record(ctx, tx, action, &before, &after); err != nil {
		return Client{}, err
	}
	return after, s.d.Events.Publish(ctx, tx, e(after.ref()))
}

func (s *Service) record(ctx context.Context, tx *tenancy.Tx, action string, before, after *Client) error {
	change := audit.Change{Action: action, Entity: "client", EntityID: after.ID, After: after.draft()}
	if before != nil {
		change.Before = before.draft()
	}
	return audit.Record(ctx, tx, change)
}

func (c Client) ref() ClientRef { return ClientRef{Client: c.ID, Name: c.Name} }

// Find returns one client.
func (s *Service) Find(ctx context.Context, clientID string) (c Client, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err = s.d.Store.ByID(ctx, tx, clientID)
		return err
	})
	return c, err
}

// ClientTx returns one client, archived or not, in another module's transaction. ErrNotFound.
func (s *Service) ClientTx(ctx context.Context, tx *tenancy.Tx, clientID string) (Client, error) {
	return s.d.Store.ByID(ctx, tx, clientID)
}

// ActiveTx returns all clients that are not archived, by name.
func (s *Service) ActiveTx(ctx context.Context, tx *tenancy.Tx) ([]Client, error) {
	all, err := s.d.Store.All(ctx, tx)
	return slices.DeleteFunc(all, func(c Client) bool { return c.ArchivedAt != nil }), err
}

// ClientsByIDsTx returns those of the clients that exist, by id.
func (s *Service) ClientsByIDsTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]Client, error) {
	cs, err := s.d.Store.ByIDs(ctx, tx, ids)
	out := make(map[string]Client, len(cs))
	for _, c := range cs {
		out[c.ID] = c
	}
	return out, err
}
