package tenancy

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/go-gormigrate/gormigrate/v2"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/bureauhq/bureau/migrations"
)

// QueueSchema holds the tables of the job queue.
const QueueSchema = "queue"

// versions is where a schema keeps the steps it has.
const versions = "schema_migrations"

// Migrator brings the database to the steps that this binary knows. It works
// as the owner of all schemas, which the application's logins cannot become.
type Migrator struct {
	cfg  Config
	pool *pgxpool.Pool
}

// OpenMigrator connects as the owner.
func OpenMigrator(ctx context.Context, cfg Config) (*Migrator, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	pc, err := pgxpool.ParseConfig(cfg.OwnerURL)
	if err != nil {
		return nil, fmt.Errorf("tenancy: owner's database URL: %w", err)
	}
	pc.MaxConns = 4
	pc.ConnConfig.RuntimeParams["application_name"] = cfg.Prefix + "_owner"
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return nil, fmt.Errorf("tenancy: owner's pool: %w", err)
	}
	return &Migrator{cfg, pool}, nil
}

// Close gives all connections back.
func (m *Migrator) Close() { m.pool.Close() }

// Platform makes logins and schemas that are missing and runs the platform's steps. Safe to repeat.
func (m *Migrator) Platform(ctx context.Context) error {
	if err := m.logins(ctx); err != nil {
		return err
	}
	if err := m.steps(ctx, "platform", "", migrations.Platform()); err != nil {
		return fmt.Errorf("migrate the platform: %w", err)
	}
	queue, err := rivermigrate.New(riverpgxv5.New(m.pool), &rivermigrate.Config{Schema: QueueSchema})
	if err != nil {
		return fmt.Errorf("migrate the queue: %w", err)
	}
	if _, err := queue.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate the queue: %w", err)
	}
	return m.grants(ctx)
}

// logins makes the database's logins and shuts what would let a statement
// leave its role (reference: set_config inside a query, temporary objects).
func (m *Migrator) logins(ctx context.Context) error {
	return m.alone(ctx, func(tx pgx.Tx) error {
		names := []string{m.cfg.controlLogin()}
		for i := range m.cfg.Shards {
			names = append(names, m.cfg.appLogin(i))
		}
		for _, name := range names {
			if err := makeRole(ctx, tx, name, "LOGIN NOINHERIT"); err != nil {
				return err
			}
			if m.cfg.Password != "" {
				secret := strings.ReplaceAll(m.cfg.Password, "'", "''")
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
			CREATE SCHEMA IF NOT EXISTS platform;
			CREATE SCHEMA IF NOT EXISTS `+QueueSchema+`;
			REVOKE ALL ON SCHEMA public FROM PUBLIC;
			REVOKE TEMP ON DATABASE `+pgx.Identifier{db}.Sanitize()+` FROM PUBLIC;
			REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC;
			GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO `+m.cfg.controlLogin()+`;`)
		if err != nil {
			return fmt.Errorf("shut the doors of the database: %w", err)
		}
		return nil
	})
}

// grants gives the control login the platform and the queue, and the
// application's logins the right to add jobs.
func (m *Migrator) grants(ctx context.Context) error {
	return m.alone(ctx, func(tx pgx.Tx) error {
		control := m.cfg.controlLogin()
		var b strings.Builder
		for _, s := range []string{"platform", QueueSchema} {
			fmt.Fprintf(&b, `GRANT USAGE ON SCHEMA %[1]s TO %[2]s;
				GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %[1]s TO %[2]s;
				GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %[1]s TO %[2]s;
				GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA %[1]s TO %[2]s;`, s, control)
		}
		for i := range m.cfg.Shards {
			fmt.Fprintf(&b, `GRANT USAGE ON SCHEMA %[1]s TO %[2]s;
				GRANT SELECT, INSERT ON %[1]s.river_job TO %[2]s;
				GRANT SELECT ON %[1]s.river_queue TO %[2]s;
				GRANT USAGE ON SEQUENCE %[1]s.river_job_id_seq TO %[2]s;`, QueueSchema, m.cfg.appLogin(i))
		}
		if _, err := tx.Exec(ctx, b.String()); err != nil {
			return fmt.Errorf("grants of the logins: %w", err)
		}
		return nil
	})
}

// alone runs fn while no other process migrates this database.
func (m *Migrator) alone(ctx context.Context, fn func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, m.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, hashed("bureau/migrate")); err != nil {
			return fmt.Errorf("lock of the migration: %w", err)
		}
		return fn(tx)
	})
}

func makeRole(ctx context.Context, tx pgx.Tx, name, options string) error {
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, hashed("bureau/roles")); err != nil {
		return fmt.Errorf("lock of the roles: %w", err)
	}
	var there bool
	if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)`, name).Scan(&there); err != nil || there {
		return err
	}
	if _, err := tx.Exec(ctx, "CREATE ROLE "+name+" "+options); err != nil {
		return fmt.Errorf("make role %s: %w", name, err)
	}
	return nil
}

// steps runs the missing steps in a schema, one transaction each.
func (m *Migrator) steps(ctx context.Context, inSchema, role string, all []migrations.Step) error {
	conf := m.pool.Config().ConnConfig.Copy()
	conf.RuntimeParams["search_path"] = inSchema
	conf.RuntimeParams["lock_timeout"] = "2s"
	conf.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol // a step holds several statements
	db := stdlib.OpenDB(*conf)
	db.SetMaxOpenConns(1)
	defer func() { _ = db.Close() }()
	g, err := gorm.Open(postgres.New(postgres.Config{Conn: db}), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	g = g.WithContext(ctx)
	list := make([]*gormigrate.Migration, len(all))
	for i, s := range all {
		text := fill(s.SQL, inSchema, role)
		list[i] = &gormigrate.Migration{ID: s.ID, Migrate: func(tx *gorm.DB) error { return tx.Exec(text).Error }}
	}
	return gormigrate.New(g, &gormigrate.Options{TableName: versions, IDColumnName: "id", IDColumnSize: 255, UseTransaction: false}, list).Migrate()
}

func fill(text, inSchema, role string) string {
	return strings.NewReplacer("{{schema}}", inSchema, "{{role}}", role).Replace(text)
}

// Lag is one agency that does not have the newest step.
type Lag struct {
	AgencyID string `json:"agency"`
	Slug     string `json:"slug"`
	Version  string `json:"version"`
	Error    string `json:"error,omitempty"`
}

// Status tells which steps this binary knows and which agencies lag behind.
type Status struct {
	Newest   string `json:"newest"`
	Agencies int    `json:"agencies"`
	Behind   []Lag  `json:"behind"`
}

// Status reads the registry; no agency's schema is touched.
func (m *Migrator) Status(ctx context.Context) (Status, error) {
	s := Status{Newest: migrations.Newest(migrations.Tenant()), Behind: []Lag{}}
	rows, err := m.pool.Query(ctx, `SELECT id, coalesce(slug, ''), schema_version FROM platform.agencies WHERE state <> 'making' ORDER BY number`)
	if err != nil {
		return s, fmt.Errorf("read the registry: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var l Lag
		if err := rows.Scan(&l.AgencyID, &l.Slug, &l.Version); err != nil {
			return s, fmt.Errorf("read the registry: %w", err)
		}
		s.Agencies++
		if l.Version != s.Newest {
			s.Behind = append(s.Behind, l)
		}
	}
	return s, rows.Err()
}

// Agencies runs the missing steps in every agency that lags. One that fails
// does not hold up the others; it is named in the answer with its error.
func (m *Migrator) Agencies(ctx context.Context) (done int, failed []Lag, err error) {
	status, err := m.Status(ctx)
	if err != nil {
		return 0, nil, err
	}
	for _, l := range status.Behind {
		if err := m.agency(ctx, l.AgencyID); err != nil {
			if errors.Is(err, context.Canceled) {
				return done, failed, err
			}
			l.Error = err.Error()
			failed = append(failed, l)
			continue
		}
		done++
	}
	return done, failed, nil
}

func (m *Migrator) agency(ctx context.Context, key string) error {
	var schemaOf, role string
	err := m.pool.QueryRow(ctx, `SELECT schema_name, role_name FROM platform.agencies WHERE id = $1`, key).Scan(&schemaOf, &role)
	if err != nil {
		return fmt.Errorf("look up agency %s: %w", key, err)
	}
	if err := m.steps(ctx, schemaOf, role, migrations.Tenant()); err != nil {
		return fmt.Errorf("migrate agency %s: %w", key, err)
	}
	_, err = m.pool.Exec(ctx, `UPDATE platform.agencies SET schema_version = $2 WHERE id = $1`, key, migrations.Newest(migrations.Tenant()))
	return err
}
