package tenancy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/migrations"
)

// Lag is one agency that lacks a step.
type Lag struct {
	AgencyID string     `json:"agency"`
	Slug     string     `json:"slug"`
	Version  string     `json:"version"`
	Missing  []string   `json:"missing"`
	Error    string     `json:"error,omitempty"`     // what the last try said
	FailedAt *time.Time `json:"failed_at,omitempty"` // when

	Placement string `json:"placement"`

	schema, role string
}

// Mismatch is an agency of which the registry says another version than its own schema.
type Mismatch struct {
	AgencyID string `json:"agency"`
	Slug     string `json:"slug"`
	Registry string `json:"registry"`
	Schema   string `json:"schema"` // empty where the schema cannot be read
}

// Status tells which steps this binary knows and which agencies lag behind.
type Status struct {
	Newest     string     `json:"newest"`
	Agencies   int        `json:"agencies"`
	Behind     []Lag      `json:"behind"`
	Mismatches []Mismatch `json:"mismatches"`
}

// Status compares what this binary knows with the registry and with each
// agency's own record of its steps, of which a hundred are read at a time. An
// agency with steps that this binary does not know yet is not behind.
func (m *Migrator) Status(ctx context.Context) (Status, error) {
	s := Status{Newest: migrations.Newest(m.cfg.Steps), Behind: []Lag{}, Mismatches: []Mismatch{}}
	all, err := m.registered(ctx)
	if err != nil {
		return s, err
	}
	s.Agencies = len(all)
	have := make(map[string][]string, len(all))
	for _, h := range m.homes {
		var here []Lag
		for _, l := range all {
			if l.Placement == h.name {
				here = append(here, l)
			}
		}
		for some := range slices.Chunk(here, 100) {
			if err := h.recorded(ctx, some, have); err != nil {
				return s, fmt.Errorf("placement %s: %w", h.name, err)
			}
		}
	}
	for _, l := range all {
		own := have[l.schema]
		if at := lastOf(own); at != l.Version {
			s.Mismatches = append(s.Mismatches, Mismatch{l.AgencyID, l.Slug, l.Version, at})
		}
		if l.Missing = m.missing(own); len(l.Missing) > 0 {
			s.Behind = append(s.Behind, l)
		}
	}
	return s, nil
}

func (m *Migrator) registered(ctx context.Context) ([]Lag, error) {
	// The three last columns may not be there before the platform's own steps have run.
	rows, err := m.pool.Query(ctx, `SELECT id, coalesce(slug, ''), schema_version, schema_name, role_name,
			coalesce(to_jsonb(a) ->> 'migration_error', ''), (to_jsonb(a) ->> 'migration_failed_at')::timestamptz,
			coalesce(to_jsonb(a) ->> 'placement', 'main')
		FROM platform.agencies a WHERE state NOT IN ('making', 'removing', 'removed') ORDER BY number`)
	if err != nil {
		return nil, fmt.Errorf("read the registry: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (l Lag, err error) {
		err = row.Scan(&l.AgencyID, &l.Slug, &l.Version, &l.schema, &l.role, &l.Error, &l.FailedAt, &l.Placement)
		if err == nil && !schemaName.MatchString(l.schema) {
			err = fmt.Errorf("agency %s has a malformed schema name", l.AgencyID)
		}
		return l, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the registry: %w", err)
	}
	return all, nil
}

// recorded reads which steps the schemas of some agencies say they have.
func (h *home) recorded(ctx context.Context, some []Lag, into map[string][]string) error {
	parts := make([]string, len(some))
	for i, l := range some {
		parts[i] = fmt.Sprintf(`SELECT '%[1]s', array_agg(id::text) FROM %[1]s.%[2]s`, l.schema, versions)
	}
	// Not prepared: the text is never the same again.
	rows, err := h.pool.Query(ctx, strings.Join(parts, " UNION ALL "), pgx.QueryExecModeExec)
	if err == nil {
		var schemaOf string
		var ids []string
		_, err = pgx.ForEachRow(rows, []any{&schemaOf, &ids}, func() error {
			slices.Sort(ids)
			into[schemaOf], ids = ids, nil
			return nil
		})
	}
	if err == nil || ctx.Err() != nil {
		return err
	}
	if len(some) == 1 {
		return nil // this one cannot be read, which the caller sees as having no step
	}
	// One of them is broken; the others still have to be read.
	for i := range some {
		if err := h.recorded(ctx, some[i:i+1], into); err != nil {
			return err
		}
	}
	return nil
}

func (m *Migrator) missing(own []string) (ids []string) {
	for _, step := range m.cfg.Steps {
		if !slices.Contains(own, step.ID) {
			ids = append(ids, step.ID)
		}
	}
	return ids
}

func lastOf(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return slices.Max(ids)
}

var errGone = errors.New("tenancy: the agency is being removed")
