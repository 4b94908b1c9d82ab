package tenancy

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// emptiest is the shard with the fewest agencies, so that a shard that was
// added fills up before the others grow. An agency keeps the shard it gets.
func emptiest(ctx context.Context, tx pgx.Tx, shards int) (shard int, err error) {
	err = tx.QueryRow(ctx, `SELECT s FROM generate_series(0, $1::int - 1) s LEFT JOIN platform.agencies a ON a.shard = s
		GROUP BY s ORDER BY count(a.id), s LIMIT 1`, shards).Scan(&shard)
	if err != nil {
		return 0, fmt.Errorf("choose a shard: %w", err)
	}
	return shard, nil
}
