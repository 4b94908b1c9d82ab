package tenancy

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/bureauhq/bureau/migrations"
	"github.com/bureauhq/bureau/tenancy/pool"
)

// Config says which database holds the agencies and how it is reached.
type Config struct {
	// OwnerURL is the login that owns all schemas and may make roles. Only
	// migrations and provisioning use it.
	OwnerURL string
	// Placements are further databases for agencies. The main one also holds the platform's own tables.
	Placements []Placement
	// NewAt is the placement of new agencies; the main one if empty.
	NewAt string
	// Prefix begins the names of all roles: roles belong to the cluster, and
	// several installations (or test runs) may share one.
	Prefix string
	// Password is that of the logins made for the pools; empty where the server trusts the machine.
	Password string
	// Shards is the number of pools that agencies are spread over, one login
	// each. It may grow, but an agency keeps the shard it was given.
	Shards int
	// Conns is how many connections a shard opens at most for itself. The shards
	// have half as many again in common, for the one that is in demand.
	Conns int
	// AtOnce is how much the shards of a placement do at a time, of which one may
	// have half; the rest waits. By default half of all connections.
	AtOnce int
	// ConnAgencies is how many agencies a connection may meet before it is
	// replaced: its backend remembers the tables of each for as long as it lives.
	ConnAgencies int
	// ConnLife is how long a connection lives.
	ConnLife time.Duration
	// Wait is how long work may wait for a connection. ErrBusy.
	Wait time.Duration
	// StatementTimeout and LockTimeout end a statement that takes too long.
	StatementTimeout, LockTimeout time.Duration
	// Spares is how many unclaimed agencies are kept ready.
	Spares int
	// Steps are those of an agency's schema; nil for all that this binary has.
	// Others are for tests and measurements of a migration.
	Steps []migrations.Step
	// Tracer sees every statement of the pools, for measurements; usually nil.
	Tracer pgx.QueryTracer
	// Wrap sees every byte of the agencies' connections, for measurements; usually nil.
	Wrap func(net.Conn) net.Conn

	place string // the placement that this is about; the main one if empty
}

// MostAgencies is how many agencies a shard's login should be able to enter.
// The server's check of a login's memberships grows faster than their number.
const MostAgencies = 250

var prefixForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,30}$`)

func (c Config) withDefaults() (Config, error) {
	if c.Prefix == "" {
		c.Prefix = "bureau"
	}
	if !prefixForm.MatchString(c.Prefix) {
		return c, fmt.Errorf("tenancy: prefix %q: want lower-case letters, digits and _", c.Prefix)
	}
	if err := c.checkPlacements(); err != nil {
		return c, err
	}
	if c.NewAt == "" {
		c.NewAt = Main
	}
	if c.Shards <= 0 {
		c.Shards = 10
	}
	if c.Conns < 4 {
		c.Conns = 4
	}
	if c.ConnAgencies <= 0 {
		c.ConnAgencies = 100
	}
	if c.Spares <= 0 {
		c.Spares = 3
	}
	if c.Steps == nil {
		c.Steps = migrations.Tenant()
	}
	for d, standard := range map[*time.Duration]time.Duration{
		&c.ConnLife: 45 * time.Minute, &c.Wait: 3 * time.Second, &c.StatementTimeout: 15 * time.Second, &c.LockTimeout: 5 * time.Second,
	} {
		if *d <= 0 {
			*d = standard
		}
	}
	if _, err := url.Parse(c.OwnerURL); err != nil || c.OwnerURL == "" {
		return c, fmt.Errorf("tenancy: the owner's database URL is missing or malformed")
	}
	return c, nil
}

// reserve is what the shards of a placement have in common. A few agencies are
// far busier than the others; without it those who share their shard would wait
// for them while the other shards' connections are idle.
func (c Config) reserve() int { return c.Shards * c.Conns / 2 }

// gate lets half as many be at work as the shards may open connections, so that
// who waits is served by age and not by the length of their shard's queue, and
// so that most connections wait for an agency that they know. One shard alone
// has nobody to be fair to.
func (c Config) gate() *pool.Gate {
	if c.Shards == 1 {
		return nil
	}
	n := c.AtOnce
	if n <= 0 {
		n = (c.Shards*c.Conns + c.reserve()) / 2
	}
	return pool.NewGate(n, max(c.Conns, n/2))
}

func (c Config) appLogin(shard int) string { return fmt.Sprintf("%s_app_%d", c.logins(), shard) }
func (c Config) controlLogin() string      { return c.logins() + "_control" }

// connConfig is the owner's address with another login.
func (c Config) connConfig(login string) (*pgx.ConnConfig, error) {
	cc, err := pgx.ParseConfig(c.OwnerURL)
	if err != nil {
		return nil, fmt.Errorf("tenancy: database URL: %w", err)
	}
	cc.User, cc.Password = login, c.Password
	cc.RuntimeParams["application_name"] = login
	// A statement that forgets its agency must fail, not find something.
	cc.RuntimeParams["search_path"] = ""
	cc.Tracer = c.Tracer
	cc.ConnectTimeout = 3 * time.Second
	return cc, nil
}

// sessionConfig is for the agencies' pool of a shard.
func (c Config) sessionConfig(shard int) (*pgx.ConnConfig, error) {
	cc, err := c.connConfig(c.appLogin(shard))
	if err != nil {
		return nil, err
	}
	for name, d := range map[string]time.Duration{
		"statement_timeout": c.StatementTimeout, "lock_timeout": c.LockTimeout, "idle_in_transaction_session_timeout": time.Minute,
	} {
		cc.RuntimeParams[name] = strconv.FormatInt(d.Milliseconds(), 10)
	}
	if c.Wrap != nil {
		cc.AfterNetConnect = func(_ context.Context, _ *pgconn.Config, conn net.Conn) (net.Conn, error) { return c.Wrap(conn), nil }
	}
	return cc, nil
}
