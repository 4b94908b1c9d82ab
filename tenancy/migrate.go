package tenancy

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/bureauhq/bureau/migrations"
)

// QueueSchema holds the tables of the job queue.
const QueueSchema = "queue"

// Migrator brings the databases to the steps that this binary knows. It works
// as the owner of all schemas, which the application's logins cannot become.
type Migrator struct {
	*home         // the main placement, where the platform's tables are
	homes []*home // all placements, the main one first
	steps *stepper
}

// recycleAfter is how often a connection of the owner is used before it is
// closed: a backend keeps something of every table it ever touched, and the
// owner's touch the tables of all agencies. Making one counts for several: the
// plans of its foreign keys' checks stay for good, and whatever changes a table
// goes through all plans there are.
const (
	recycleAfter = 100
	makingCounts = 5
)

// OpenMigrator connects as the owner.
func OpenMigrator(ctx context.Context, cfg Config) (*Migrator, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	m := &Migrator{}
	for _, name := range cfg.Names() {
		h, err := openHome(ctx, cfg, name)
		if err != nil {
			m.Close()
			return nil, err
		}
		m.homes = append(m.homes, h)
	}
	m.home = m.homes[0]
	if m.steps, err = newStepper(m.sql); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// usedSeldom tells whether a connection may go back to the pool.
func usedSeldom(conn *pgx.Conn) bool { return used(conn, 1) < recycleAfter }

// used counts n uses of a connection more and returns how many there are.
func used(conn *pgx.Conn, n int) int {
	const key = "bureau/used"
	data := conn.PgConn().CustomData()
	before, _ := data[key].(int)
	data[key] = before + n
	return before + n
}

// Close gives all connections back.
func (m *Migrator) Close() {
	for _, h := range m.homes {
		h.close()
	}
}

// Platform makes logins and schemas that are missing, in all placements, and
// runs the platform's steps. Safe to repeat.
func (m *Migrator) Platform(ctx context.Context) error {
	for _, h := range m.homes {
		if err := m.platform(ctx, h); err != nil {
			return fmt.Errorf("placement %s: %w", h.name, err)
		}
	}
	return nil
}

func (m *Migrator) platform(ctx context.Context, h *home) error {
	if err := h.logins(ctx); err != nil {
		return err
	}
	if h == m.home {
		if err := m.platformSteps(ctx); err != nil {
			return fmt.Errorf("migrate the platform: %w", err)
		}
	}
	// Every placement has a queue, so that a job is inserted in the transaction of its change; see Carrier.
	queue, err := rivermigrate.New(riverpgxv5.New(h.pool), &rivermigrate.Config{Schema: QueueSchema})
	if err != nil {
		return fmt.Errorf("migrate the queue: %w", err)
	}
	if _, err := queue.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate the queue: %w", err)
	}
	return h.grants(ctx)
}

// platformSteps runs the steps of the platform, one transaction each.
func (m *Migrator) platformSteps(ctx context.Context) error {
	conn, err := m.sql.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close() }()
	for _, step := range migrations.Platform() {
		err := inSchema(ctx, conn, "platform", func(context.Context, pgx.Tx) error { return m.steps.run(ctx, conn, "platform", "", step) })
		if err != nil {
			return fmt.Errorf("step %s: %w", step.ID, err)
		}
	}
	return nil
}

// inSchema calls fn in a transaction on conn in which the names without a
// schema are those of schemaOf, and which waits for no lock for long.
func inSchema(ctx context.Context, conn *sql.Conn, schemaOf string, fn func(context.Context, pgx.Tx) error) error {
	var raw *pgx.Conn
	if err := conn.Raw(func(c any) error { raw = c.(*stdlib.Conn).Conn(); return nil }); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	// A crash may lose the last of these commits as a whole, which the next run makes good; so none waits for the disk.
	begin := `BEGIN; SET LOCAL search_path TO ` + schemaOf + `; SET LOCAL lock_timeout = '2s'; SET LOCAL synchronous_commit = off`
	tx, err := raw.BeginTx(ctx, pgx.TxOptions{BeginQuery: begin})
	if err != nil {
		_ = raw.Close(context.WithoutCancel(ctx)) // the statements before the failing one may have opened a transaction
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // a no-op after Commit
	if err := fn(ctx, tx); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// logins makes the database's logins and shuts what would let a statement
// leave its role (reference: set_config inside a query, temporary objects).
func (h *home) logins(ctx context.Context) error {
	return h.alone(ctx, func(tx pgx.Tx) error {
		names := []string{h.cfg.controlLogin()}
		for i := range h.cfg.Shards {
			names = append(names, h.cfg.appLogin(i))
		}
		for _, name := range names {
			if err := makeRole(ctx, tx, name, "LOGIN NOINHERIT"); err != nil {
				return err
			}
			if h.cfg.Password != "" {
				secret := strings.ReplaceAll(h.cfg.Password, "'", "''")
				if _, err := tx.Exec(ctx, "ALTER ROLE "+name+" PASSWORD '"+secret+"'"); err != nil {
					return fmt.Errorf("password of %s: %w", name, err)
				}
			}
		}
		var db string
		if err := tx.QueryRow(ctx, `SELECT current_database()`).Scan(&db); err != nil {
			return fmt.Errorf("name of the database: %w", err)
		}
		_, err := tx.Exec(ctx, `
			`+h.platformSchema()+`
			CREATE SCHEMA IF NOT EXISTS `+QueueSchema+`;
			REVOKE ALL ON SCHEMA public FROM PUBLIC;
			REVOKE TEMP ON DATABASE `+pgx.Identifier{db}.Sanitize()+` FROM PUBLIC;
			REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC;
			GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO `+h.cfg.controlLogin()+`;`)
		if err != nil {
			return fmt.Errorf("shut the doors of the database: %w", err)
		}
		return nil
	})
}

func (h *home) platformSchema() string {
	if h.name != Main {
		return ""
	}
	return `CREATE SCHEMA IF NOT EXISTS platform;`
}

// grants gives the control login the platform and the queue, and the
// application's logins the right to add jobs.
func (h *home) grants(ctx context.Context) error {
	return h.alone(ctx, func(tx pgx.Tx) error {
		control := h.cfg.controlLogin()
		var b strings.Builder
		schemas := []string{QueueSchema}
		if h.name == Main {
			schemas = append(schemas, "platform")
		}
		for _, s := range schemas {
			fmt.Fprintf(&b, `GRANT USAGE ON SCHEMA %[1]s TO %[2]s;
				GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %[1]s TO %[2]s;
				GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %[1]s TO %[2]s;
				GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA %[1]s TO %[2]s;`, s, control)
		}
		// What operators did stays as it was written.
		if h.name == Main {
			fmt.Fprintf(&b, `REVOKE UPDATE, DELETE ON platform.audit_events FROM %[1]s; REVOKE INSERT, DELETE ON platform.audit_heads FROM %[1]s;`, control)
		}
		for i := range h.cfg.Shards {
			fmt.Fprintf(&b, `GRANT USAGE ON SCHEMA %[1]s TO %[2]s;
				GRANT SELECT, INSERT ON %[1]s.river_job TO %[2]s;
				GRANT SELECT ON %[1]s.river_queue TO %[2]s;
				GRANT USAGE ON SEQUENCE %[1]s.river_job_id_seq TO %[2]s;`, QueueSchema, h.cfg.appLogin(i))
		}
		if _, err := tx.Exec(ctx, b.String()); err != nil {
			return fmt.Errorf("grants of the logins: %w", err)
		}
		return nil
	})
}

// alone runs fn while no other process migrates this database.
func (h *home) alone(ctx context.Context, fn func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, hashed("bureau/migrate")); err != nil {
			return fmt.Errorf("lock of the migration: %w", err)
		}
		return fn(tx)
	})
}

func makeRole(ctx context.Context, tx pgx.Tx, name, options string) error {
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, hashed("bureau/role/"+name)); err != nil {
		return fmt.Errorf("lock of role %s: %w", name, err)
	}
	var there bool
	if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)`, name).Scan(&there); err != nil || there {
		return err
	}
	// The lock is this database's and the role the cluster's: another database may make it at the same moment.
	err := pgx.BeginFunc(ctx, tx, func(savepoint pgx.Tx) error {
		_, err := savepoint.Exec(ctx, "CREATE ROLE "+name+" "+options)
		return err
	})
	var refused *pgconn.PgError
	if err != nil && (!errors.As(err, &refused) || refused.Code != "23505" && refused.Code != "42710") {
		return fmt.Errorf("make role %s: %w", name, err)
	}
	return nil
}
