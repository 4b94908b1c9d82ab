// Package tenancy owns who the agencies are and how work reaches one agency's
// tables. It is the only package that names a schema or a database role.
package tenancy

import (
	"context"
	"regexp"

	"github.com/bureauhq/bureau/app/kit/fault"
)

// State is where an agency is in its life.
type State string

const (
	Spare     State = "spare"     // made ahead, nobody's yet
	Active    State = "active"    // open
	Suspended State = "suspended" // closed for all, data kept
	Deleted   State = "deleted"   // marked for removal, still restorable
	Removing  State = "removing"  // its data are going
	Removed   State = "removed"   // gone; only its row in the registry is left
)

// Agency is one tenant: a customer with a schema and a database role of its own.
type Agency struct {
	ID      string
	Slug    string // the host name's first label
	Name    string
	State   State
	Version string // the newest migration step its schema has
	// Placement is the database that holds its tables.
	Placement string

	schema schema
	role   string
	shard  int
}

// schema is a checked Postgres schema name. It is opaque on purpose: names of
// schemas and roles can be seen by every role of the database.
type schema struct{ name string }

var (
	schemaName = regexp.MustCompile(`^t[0-9]{5,10}$`)
	roleName   = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}_t[0-9]{5,10}$`)
)

var (
	// ErrNoAgency answers a host that belongs to no open agency, and work that has none.
	ErrNoAgency = fault.Define(fault.NotFound, "tenancy.no_agency", "There is no agency here.")
	// ErrSuspended answers every call to a suspended agency.
	ErrSuspended = fault.Define(fault.Forbidden, "tenancy.suspended", "This agency is suspended. Its owner can write to support.")
	// ErrDatabaseAway answers work that could not reach the database. Nothing was changed.
	ErrDatabaseAway = fault.Define(fault.Unavailable, "tenancy.database_away", "The database cannot be reached at the moment. Nothing was changed; please try again.").
			After(2e9)
	// ErrBusy answers work that waited for a connection as long as the limit allows.
	ErrBusy = fault.Define(fault.Unavailable, "tenancy.busy", "Too much is going on at the moment. Nothing was changed; please try again.").
		After(1e9)
	// ErrCollided answers a transaction that lost to another one: a deadlock, or a lock that was held for too long.
	ErrCollided = fault.Define(fault.Unavailable, "tenancy.collided", "Somebody else changed the same at the same moment. Nothing of yours was changed; please try again.").
			After(1e9)
)

type agencyKey struct{}

// With returns a context in which a is the agency.
func With(ctx context.Context, a Agency) context.Context {
	return context.WithValue(ctx, agencyKey{}, a)
}

// From returns the agency of ctx. ErrNoAgency.
func From(ctx context.Context) (Agency, error) {
	a, ok := ctx.Value(agencyKey{}).(Agency)
	if !ok || a.schema.name == "" || a.role == "" {
		return Agency{}, ErrNoAgency
	}
	return a, nil
}

// bind gives a the names that the registry keeps for it, after a check:
// they are written into statements that take no parameters.
func (a *Agency) bind(placement, schemaOf, roleOf string, shard int) error {
	if !schemaName.MatchString(schemaOf) || !roleName.MatchString(roleOf) {
		return ErrNoAgency
	}
	a.Placement, a.schema, a.role, a.shard = placement, schema{schemaOf}, roleOf, shard
	return nil
}
