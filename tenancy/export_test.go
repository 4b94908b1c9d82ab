package tenancy

import "github.com/jackc/pgx/v5/pgxpool"

// What the test needs that writes the baseline down.
var (
	Opening       = opening
	TablesInOrder = tablesInOrder
)

// OnlyReads is what ReadOne hands out, over another pool.
func OnlyReads(p *pgxpool.Pool) Querier { return onlyReads{p} }
