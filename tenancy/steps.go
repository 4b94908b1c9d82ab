package tenancy

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/bureauhq/bureau/migrations"
)

// versions is where a schema keeps the steps it has.
const versions = "schema_migrations"

// stepper runs steps through gormigrate on a connection that is already in a
// transaction and in the right schema: one GORM for all agencies, instead of a
// connection and a GORM for each.
type stepper struct{ gorm *gorm.DB }

func newStepper(db *sql.DB) (*stepper, error) {
	g, err := gorm.Open(quickDialect{postgres.New(postgres.Config{Conn: db})}, &gorm.Config{
		Logger: logger.Discard, SkipDefaultTransaction: true, DisableAutomaticPing: true,
	})
	if err != nil {
		return nil, fmt.Errorf("tenancy: open gorm: %w", err)
	}
	return &stepper{g}, nil
}

// run brings the schema that conn's transaction is in to the given steps. Those it has are left out.
func (s *stepper) run(ctx context.Context, conn *sql.Conn, schemaOf, role string, steps ...migrations.Step) error {
	g := s.gorm.Session(&gorm.Session{NewDB: true, Context: ctx})
	g.Statement.ConnPool = conn
	list := make([]*gormigrate.Migration, len(steps))
	for i, step := range steps {
		text := fill(step.SQL, schemaOf, role)
		// Without arguments pgx sends the text as it is: a step may hold many statements.
		list[i] = &gormigrate.Migration{ID: step.ID, Migrate: func(tx *gorm.DB) error { return tx.Exec(text).Error }}
	}
	options := &gormigrate.Options{TableName: versions, IDColumnName: "id", IDColumnSize: 255, UseTransaction: false}
	return gormigrate.New(g.Session(&gorm.Session{}), options, list).Migrate()
}

// fill puts the names into a step that it leaves open.
func fill(text, inSchema, role string) string {
	return strings.NewReplacer("{{schema}}", inSchema, "{{role}}", role).Replace(text)
}

// quickDialect asks the catalogue's own index whether a table is there. GORM
// asks information_schema, whose cost grows with the number of all tables of
// all agencies.
type quickDialect struct{ gorm.Dialector }

func (d quickDialect) Migrator(db *gorm.DB) gorm.Migrator {
	return quickMigrator{d.Dialector.Migrator(db), db}
}

type quickMigrator struct {
	gorm.Migrator
	db *gorm.DB
}

func (m quickMigrator) HasTable(value any) bool {
	name, ok := value.(string)
	if !ok {
		return m.Migrator.HasTable(value)
	}
	var there bool
	// Looked up in the first schema of the path only, which is where gormigrate would make it.
	err := m.db.Raw(`SELECT to_regclass(quote_ident(current_schema()) || '.' || quote_ident(?)) IS NOT NULL`, name).Scan(&there).Error
	return err == nil && there
}
