package job

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Platform is a transaction of the platform's own login. Jobs inserted in it belong to no agency.
type Platform struct{ pgx.Tx }

var _ Tx = Platform{}

// PGX is for the queue.
func (p Platform) PGX() pgx.Tx { return p.Tx }

// AgencyID is empty: a job that is about an agency names it among its arguments.
func (p Platform) AgencyID() string { return "" }

// AsLogin runs fn as it is: the platform's login may add jobs.
func (p Platform) AsLogin(ctx context.Context, fn func(context.Context) error) error { return fn(ctx) }
