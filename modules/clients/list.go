package clients

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/tenancy"
)

// State says which records a list shows.
type State string

const (
	Active   State = "active"
	Archived State = "archived"
	Any      State = "all"
)

// Filter says which clients are wanted, and in which order.
type Filter struct {
	Search  string // in name, code, billing e-mail and the names and addresses of contacts
	State   State  // empty: active
	OwnerID string
	Tag     string
	Sort    string // name, created_at, updated_at; a minus in front turns it round; empty: name
}

// Cursor is where a page begins and how long it is. After is nil on the first
// page, else the sort value and the id of the last row of the page before.
type Cursor struct {
	Limit int
	After []string
	Desc  bool
	By    string // column of the order
}

// Listed is a client in a list, with the person to call.
type Listed struct {
	Client
	PrimaryContact *Contact
}

func (f Filter) normal() Filter {
	f.Search = strings.ToLower(strings.TrimSpace(f.Search))
	f.Tag = strings.ToLower(strings.TrimSpace(f.Tag))
	if f.State == "" {
		f.State = Active
	}
	if f.Sort == "" {
		f.Sort = "name"
	}
	return f
}

// cursorOf reads a page's cursor, which holds the order it belongs to.
func cursorOf(q page.Query, sort string) (Cursor, error) {
	by, desc := strings.CutPrefix(sort, "-")
	c := Cursor{Limit: q.Size(), Desc: desc, By: by}
	if by != "name" && by != "created_at" && by != "updated_at" {
		return c, ErrBadSorting.At("query.sort", "must be name, created_at or updated_at, with - in front to turn it round")
	}
	vals, err := page.Decode(q.Cursor, 3)
	if err != nil || vals == nil {
		return c, err
	}
	if vals[0] != sort || uuid.Validate(vals[2]) != nil {
		return c, page.ErrBadCursor
	}
	if by != "name" {
		if _, err := time.Parse(time.RFC3339Nano, vals[1]); err != nil {
			return c, page.ErrBadCursor.Because(err)
		}
	}
	c.After = vals[1:]
	return c, nil
}

func sortValue(c Client, by string) string {
	switch by {
	case "created_at":
		return c.CreatedAt.UTC().Format(time.RFC3339Nano)
	case "updated_at":
		return c.UpdatedAt.UTC().Format(time.RFC3339Nano)
	}
	return c.Name // the database folds it
}

// List returns one page of clients and the cursor of the next.
func (s *Service) List(ctx context.Context, f Filter, q page.Query) (out []Listed, next *string, err error) {
	f = f.normal()
	cur, err := cursorOf(q, f.Sort)
	if err != nil {
		return nil, nil, err
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		cs, err := s.d.Store.List(ctx, tx, f, cur)
		if err != nil {
			return err
		}
		cs, next = page.Cut(cs, cur.Limit, func(c Client) []string { return []string{f.Sort, sortValue(c, cur.By), c.ID} })
		out, err = s.withPrimary(ctx, tx, cs)
		return err
	})
	return out, next, err
}

func (s *Service) withPrimary(ctx context.Context, tx *tenancy.Tx, cs []Client) ([]Listed, error) {
	ids := make([]string, len(cs))
	for i, c := range cs {
		ids[i] = c.ID
	}
	people, err := s.d.Store.ContactsOf(ctx, tx, ids, false)
	if err != nil {
		return nil, err
	}
	primary := map[string]*Contact{}
	for i, p := range people {
		if p.Primary {
			primary[p.ClientID] = &people[i]
		}
	}
	out := make([]Listed, len(cs))
	for i, c := range cs {
		out[i] = Listed{c, primary[c.ID]}
	}
	return out, nil
}

// Tags returns the tags in use, in alphabetical order.
func (s *Service) Tags(ctx context.Context) (tags []string, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		tags, err = s.d.Store.Tags(ctx, tx)
		return err
	})
	return tags, err
}
