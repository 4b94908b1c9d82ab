package chaos_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"

	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/migrations"
	"github.com/bureauhq/bureau/tenancy"
)

const (
	conns    = 6
	lent     = conns / 2 // from the reserve, which the only shard has for itself
	budget   = 4
	agencies = 12
	first    = "first" // the run of the mark that each agency starts with
)

// marked gives each agency a table whose rows say whose they are.
var marked = migrations.Step{ID: "9000_marks", SQL: `
	CREATE TABLE marks (
		id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, agency text NOT NULL, run text NOT NULL UNIQUE, touched integer NOT NULL DEFAULT 0
	);
	INSERT INTO {{schema}}.marks (agency, run) VALUES ('{{schema}}', '` + first + `');`}

type mark struct {
	ID      int64 `gorm:"primaryKey"`
	Agency  string
	Run     string
	Touched int
}

type agency struct {
	tenancy.Agency
	schema, role string
	gone         bool
}

// world is a cluster's worth of roles and a database of its own, with a few agencies, two of which are not there.
type world struct {
	*testkit.Platform
	agencies []agency
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Platform: testkit.Alone(t, func(c *tenancy.Config) {
		c.Shards, c.Conns, c.ConnAgencies = 1, conns, budget
		c.Steps = append(migrations.Tenant(), marked)
	})}
	for range agencies {
		a, err := w.Provisioner.Claim(t.Context(), "c"+strings.ReplaceAll(id.New(), "-", ""), "Chaos")
		if err != nil {
			t.Fatal(err)
		}
		one := agency{Agency: a}
		err = throughPool(w.DB)(t.Context(), one, false, func(_ context.Context, g *gorm.DB) error {
			return g.Raw(`SELECT current_schema(), current_user`).Row().Scan(&one.schema, &one.role)
		})
		if err != nil {
			t.Fatal(err)
		}
		w.agencies = append(w.agencies, one)
	}
	owner := w.owner(t)
	for i, q := range []string{`DROP SCHEMA %[1]s CASCADE`, `DROP SCHEMA %[1]s CASCADE; DROP OWNED BY %[2]s; DROP ROLE %[2]s`} {
		a := &w.agencies[i]
		a.gone = true
		if _, err := owner.Exec(t.Context(), fmt.Sprintf(q, a.schema, a.role)); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (w *world) login() string { return w.Config.Prefix + "_app_0" }

// owner is a connection of the owner of all schemas, for one goroutine.
func (w *world) owner(t *testing.T) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), w.Config.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

// marks reads all marks of all agencies: the schema, whose it says it is, and its run.
func (w *world) marks(t *testing.T) (all [][3]string) {
	t.Helper()
	owner := w.owner(t)
	for _, a := range w.agencies {
		if a.gone {
			continue
		}
		rows, err := owner.Query(t.Context(), `SELECT agency, run FROM `+a.schema+`.marks`)
		if err != nil {
			t.Fatal(err)
		}
		one := [3]string{a.schema}
		if _, err := pgx.ForEachRow(rows, []any{&one[1], &one[2]}, func() error { all = append(all, one); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// clean removes what a storm wrote.
func (w *world) clean(t *testing.T) {
	t.Helper()
	owner := w.owner(t)
	for _, a := range w.agencies {
		if a.gone {
			continue
		}
		if _, err := owner.Exec(t.Context(), `DELETE FROM `+a.schema+`.marks WHERE run <> $1`, first); err != nil {
			t.Fatal(err)
		}
	}
}
