package tenancy

import (
	"fmt"
	"net/url"
	"regexp"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bureauhq/bureau/migrations"
)

// Config says which database holds the agencies and how it is reached.
type Config struct {
	// OwnerURL is the login that owns all schemas and may make roles. Only
	// migrations and provisioning use it.
	OwnerURL string
	// Prefix begins the names of all roles: roles belong to the cluster, and
	// several installations (or test runs) may share one.
	Prefix string
	// Password is that of the logins made for the pools; empty where the server trusts the machine.
	Password string
	// Shards is the number of pools that agencies are spread over, one login
	// each. It may grow, but an agency keeps the shard it was given.
	Shards int
	// Conns is the most connections a shard opens.
	Conns int
	// Spares is how many unclaimed agencies are kept ready.
	Spares int
	// Steps are those of an agency's schema; nil for all that this binary has.
	// Others are for tests and measurements of a migration.
	Steps []migrations.Step
	// Tracer sees every statement of the pools, for measurements; usually nil.
	Tracer pgx.QueryTracer
}

var prefixForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,30}$`)

func (c Config) withDefaults() (Config, error) {
	if c.Prefix == "" {
		c.Prefix = "bureau"
	}
	if !prefixForm.MatchString(c.Prefix) {
		return c, fmt.Errorf("tenancy: prefix %q: want lower-case letters, digits and _", c.Prefix)
	}
	if c.Shards <= 0 {
		c.Shards = 4
	}
	if c.Conns < 4 {
		c.Conns = 8
	}
	if c.Spares <= 0 {
		c.Spares = 3
	}
	if c.Steps == nil {
		c.Steps = migrations.Tenant()
	}
	if _, err := url.Parse(c.OwnerURL); err != nil || c.OwnerURL == "" {
		return c, fmt.Errorf("tenancy: the owner's database URL is missing or malformed")
	}
	return c, nil
}

func (c Config) appLogin(shard int) string { return fmt.Sprintf("%s_app_%d", c.Prefix, shard) }
func (c Config) controlLogin() string      { return c.Prefix + "_control" }

// poolConfig is the owner's address with another login.
func (c Config) poolConfig(login string, conns int) (*pgxpool.Config, error) {
	cfg, err := pgxpool.ParseConfig(c.OwnerURL)
	if err != nil {
		return nil, fmt.Errorf("tenancy: database URL: %w", err)
	}
	cfg.ConnConfig.User, cfg.ConnConfig.Password = login, c.Password
	cfg.ConnConfig.RuntimeParams["application_name"] = login
	// A statement that forgets its agency must fail, not find something.
	cfg.ConnConfig.RuntimeParams["search_path"] = ""
	cfg.ConnConfig.Tracer = c.Tracer
	cfg.ConnConfig.ConnectTimeout = 3 * time.Second
	cfg.MaxConns = int32(conns) //nolint:gosec // a handful
	cfg.MaxConnLifetime, cfg.MaxConnLifetimeJitter = 45*time.Minute, 10*time.Minute
	return cfg, nil
}
