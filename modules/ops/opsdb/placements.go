package opsdb

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/modules/ops"
	"github.com/bureauhq/bureau/tenancy"
)

// sizeTime is how long a list waits for the sizes of agencies on another database.
const sizeTime = time.Second

// measured asks the sizes of agencies that are not on the main placement. One that does not answer leaves them out.
func (s Store) measured(ctx context.Context, found []placed) []ops.Agency {
	elsewhere := map[string][]string{}
	for _, a := range found {
		if a.Placement != tenancy.Main {
			elsewhere[a.Placement] = append(elsewhere[a.Placement], a.schema)
		}
	}
	sizes := map[string]int64{}
	for placement, schemas := range elsewhere {
		s.sizes(ctx, placement, schemas, sizes)
	}
	out := make([]ops.Agency, len(found))
	for i, a := range found {
		if n, ok := sizes[a.schema]; ok {
			a.Bytes = n
		}
		out[i] = a.Agency
	}
	return out
}

func (s Store) sizes(ctx context.Context, placement string, schemas []string, into map[string]int64) {
	there, err := s.control.At(placement)
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, sizeTime)
	defer cancel()
	_ = there.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT s, (SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c
			WHERE c.relnamespace = to_regnamespace(s) AND c.relkind IN ('r', 'm')) FROM unnest($1::text[]) s`, schemas)
		if err != nil {
			return err
		}
		var name string
		var n int64
		_, err = pgx.ForEachRow(rows, []any{&name, &n}, func() error { into[name] = n; return nil })
		return err
	})
}

// DatabaseBytes is the size of a placement's whole database.
func (s Store) DatabaseBytes(ctx context.Context, placement string) (n int64, err error) {
	there, err := s.control.At(placement)
	if err != nil {
		return 0, err
	}
	err = there.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT pg_database_size(current_database())`).Scan(&n)
	})
	return n, err
}

// Placements lists all placements, the main one first, with their agencies.
func (s Store) Placements(ctx context.Context) ([]ops.Placement, error) {
	return collect(ctx, s, func(r pgx.CollectableRow) (p ops.Placement, err error) {
		err = r.Scan(&p.Name, &p.Agencies)
		return p, err
	}, `SELECT n, count(a.id)::int FROM unnest($1::text[]) WITH ORDINALITY AS p (n, place)
		LEFT JOIN agencies a ON a.placement = n AND a.state IN ('active', 'suspended', 'deleted', 'removing') GROUP BY n, place ORDER BY place`,
		append([]string{tenancy.Main}, s.control.Others()...))
}
