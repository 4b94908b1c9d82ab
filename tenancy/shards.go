package tenancy

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// emptiest is the shard with the fewest agencies, so that a shard that was
// added fills up before the others grow. An agency keeps the shard it gets.
func emptiest(ctx context.Context, platform pgx.Tx, placement string, shards int) (shard int, err error) {
	err = platform.QueryRow(ctx, `SELECT s FROM generate_series(0, $1::int - 1) s LEFT JOIN platform.agencies a ON a.shard = s AND a.placement = $2
		GROUP BY s ORDER BY count(a.id), s LIMIT 1`, shards, placement).Scan(&shard)
	if err != nil {
		return 0, fmt.Errorf("choose a shard: %w", err)
	}
	return shard, nil
}

// Crowd is a shard whose login can enter more agencies than is quick.
type Crowd struct {
	Placement       string
	Shard, Agencies int
}

// Crowds lists the shards with more than MostAgencies. It counts what the
// server counts: the roles that the login may take, of deleted agencies too
// until they are purged.
func (m *Migrator) Crowds(ctx context.Context) ([]Crowd, error) {
	return m.crowds(ctx, MostAgencies)
}

func (m *Migrator) crowds(ctx context.Context, most int) (out []Crowd, err error) {
	for _, h := range m.homes {
		some, err := h.crowds(ctx, most)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
}

func (h *home) crowds(ctx context.Context, most int) ([]Crowd, error) {
	logins := make([]string, h.cfg.Shards)
	for i := range logins {
		logins[i] = h.cfg.appLogin(i)
	}
	rows, err := h.pool.Query(ctx, `SELECT $3::text, shard - 1, count(*) FROM unnest($1::text[]) WITH ORDINALITY AS l (login, shard)
		JOIN pg_roles r ON r.rolname = login JOIN pg_auth_members am ON am.member = r.oid
		GROUP BY shard HAVING count(*) > $2 ORDER BY shard`, logins, most, h.name)
	if err != nil {
		return nil, away(fmt.Errorf("count the agencies of the shards: %w", err))
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Crowd])
}
