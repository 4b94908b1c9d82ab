package tenancy

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/id"
)

// Registry finds agencies. Entries are kept in memory for a minute and
// forgotten at once when any process changes one.
type Registry struct {
	control *Control
	now     func() time.Time
	late    *latecomers // nil where nothing is migrated at a first request

	mu     sync.RWMutex
	bySlug map[string]cached
	byID   map[string]cached
}

type cached struct {
	agency Agency
	found  bool
	until  time.Time
}

const (
	registryChannel = "bureau_registry"
	cacheTime       = time.Minute
	missTime        = 2 * time.Second // a slug just taken elsewhere must not look free for long
	cacheSize       = 20_000
)

// NewRegistry returns a registry over the platform's tables.
func NewRegistry(c *Control, now func() time.Time) *Registry {
	return &Registry{control: c, now: now, bySlug: map[string]cached{}, byID: map[string]cached{}}
}

// BySlug finds an agency by the first label of its host, whatever its state
// but never a spare. ErrNoAgency.
func (r *Registry) BySlug(ctx context.Context, slug string) (Agency, error) {
	slug = strings.ToLower(slug)
	return r.find(ctx, r.bySlug, slug, `a.slug = $1`)
}

// ByID finds an agency by its key. ErrNoAgency.
func (r *Registry) ByID(ctx context.Context, key string) (Agency, error) {
	if !id.Valid(key) {
		return Agency{}, ErrNoAgency
	}
	return r.find(ctx, r.byID, key, `a.id = $1`)
}

func (r *Registry) find(ctx context.Context, in map[string]cached, key, where string) (Agency, error) {
	r.mu.RLock()
	hit, ok := in[key]
	r.mu.RUnlock()
	if ok && r.now().Before(hit.until) {
		return hit.answer()
	}
	var a Agency
	err := r.control.ReadOne(ctx, func(ctx context.Context, q Querier) (err error) {
		a, err = scanAgency(q.QueryRow(ctx, selectAgency+` WHERE a.state NOT IN ('making', 'spare', 'removed') AND `+where, key))
		return err
	})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		r.keep(in, key, cached{until: r.now().Add(missTime)})
		return Agency{}, ErrNoAgency
	case err != nil:
		return Agency{}, err
	}
	if a, err = r.late.bring(ctx, a); err != nil {
		return Agency{}, err
	}
	r.keep(in, key, cached{agency: a, found: true, until: r.now().Add(cacheTime)})
	return a, nil
}

func (c cached) answer() (Agency, error) {
	if !c.found {
		return Agency{}, ErrNoAgency
	}
	return c.agency, nil
}

func (r *Registry) keep(in map[string]cached, key string, c cached) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(in) >= cacheSize {
		clear(in) // rare, and the next look-ups fill it again
	}
	in[key] = c
}

// Forget drops what is cached of an agency; of all when key is empty.
func (r *Registry) Forget(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if key == "" {
		clear(r.bySlug)
		clear(r.byID)
		return
	}
	delete(r.byID, key)
	for slug, c := range r.bySlug {
		if c.agency.ID == key || !c.found {
			delete(r.bySlug, slug)
		}
	}
}

// Listen forgets what other processes change, until ctx ends.
func (r *Registry) Listen(ctx context.Context) error {
	conn, err := r.control.Connect(ctx)
	if err != nil {
		return fmt.Errorf("listen to the registry: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "LISTEN "+registryChannel); err != nil {
		return fmt.Errorf("listen to the registry: %w", err)
	}
	r.Forget("") // what changed while nobody listened
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return fmt.Errorf("listen to the registry: %w", err)
		}
		r.Forget(n.Payload)
	}
}

const (
	agencyColumns = `a.id, coalesce(a.slug, ''), a.name, a.state, a.schema_version, a.placement, a.schema_name, a.role_name, a.shard`
	selectAgency  = `SELECT ` + agencyColumns + ` FROM agencies a`
)

// ReadAgency reads an agency in a transaction on the platform's tables. ErrNoAgency.
func ReadAgency(ctx context.Context, tx pgx.Tx, key string) (Agency, error) {
	a, err := scanAgency(tx.QueryRow(ctx, selectAgency+` WHERE a.id = $1`, key))
	if errors.Is(err, pgx.ErrNoRows) {
		return a, ErrNoAgency
	}
	return a, err
}

func scanAgency(row pgx.Row, more ...any) (Agency, error) {
	var a Agency
	var place, schemaOf, roleOf string
	var shard int
	if err := row.Scan(append([]any{&a.ID, &a.Slug, &a.Name, &a.State, &a.Version, &place, &schemaOf, &roleOf, &shard}, more...)...); err != nil {
		return Agency{}, err
	}
	if err := a.bind(place, schemaOf, roleOf, shard); err != nil {
		return Agency{}, err
	}
	return a, nil
}
