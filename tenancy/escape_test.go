package tenancy_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/tenancy"
)

// ways are all the ways that a module has to send a statement.
var ways = map[string]func(context.Context, *tenancy.Tx, string) error{
	"gorm exec": func(_ context.Context, tx *tenancy.Tx, q string) error { return tx.Gorm().Exec(q).Error },
	"gorm raw": func(_ context.Context, tx *tenancy.Tx, q string) error {
		var out []map[string]any
		return tx.Gorm().Raw(q).Scan(&out).Error
	},
	"gorm row": func(_ context.Context, tx *tenancy.Tx, q string) error {
		var out any
		return tx.Gorm().Raw(q).Row().Scan(&out)
	},
	"pgx exec": func(ctx context.Context, tx *tenancy.Tx, q string) error { _, err := tx.PGX().Exec(ctx, q); return err },
	"pgx simple": func(ctx context.Context, tx *tenancy.Tx, q string) error {
		_, err := tx.PGX().Exec(ctx, q, pgx.QueryExecModeSimpleProtocol)
		return err
	},
	"pgx query": func(ctx context.Context, tx *tenancy.Tx, q string) error {
		rows, err := tx.PGX().Query(ctx, q)
		if err == nil {
			rows.Close()
			err = rows.Err()
		}
		return err
	},
	"pgx row": func(ctx context.Context, tx *tenancy.Tx, q string) error {
		var out any
		return tx.PGX().QueryRow(ctx, q).Scan(&out)
	},
	"pgx batch": func(ctx context.Context, tx *tenancy.Tx, q string) error {
		b := &pgx.Batch{}
		b.Queue(q)
		return tx.PGX().SendBatch(ctx, b).Close()
	},
}

// The escapes of SET ROLE that are known, each tried as an agency's role.
func TestNoStatementLeavesTheAgency(t *testing.T) {
	t.Parallel()
	mine, other := testkit.NewAgency(t), testkit.NewAgency(t)
	var foreign string
	err := other.DB.Read(other.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		return tx.PGX().QueryRow(ctx, `SELECT current_schema()`).Scan(&foreign)
	})
	if err != nil {
		t.Fatal(err)
	}
	role := mine.Config.Prefix + "_" + foreign
	for name, q := range map[string]string{
		"qualified name":           `SELECT count(*) FROM ` + foreign + `.agency_settings`,
		"platform table":           `SELECT count(*) FROM platform.agencies`,
		"queue table":              `SELECT count(*) FROM queue.river_job`,
		"set role":                 `SET ROLE ` + role,
		"set role after a comment": `/* a /* b */ c */ -- d` + "\n SET ROLE " + role,
		"reset role":               `RESET ROLE`,
		"discard":                  `DISCARD ALL`,
		"do block":                 `DO $$ BEGIN EXECUTE 'SET ROLE ` + role + `'; END $$`,
		"set_config in a query":    `SELECT set_config('role', '` + role + `', false)`,
		"query_to_xml":             `SELECT query_to_xml($$SELECT set_config('role', '` + role + `', false)$$, true, true, '')`,
		"two statements":           `SELECT 1; SET ROLE ` + role,
		"commit and go on":         `COMMIT`,
		"cursor that stays":        `DECLARE c CURSOR WITH HOLD FOR SELECT 1`,
		"listen":                   `LISTEN anything`,
		"end of comment by return": "-- x\rSET ROLE " + role,
		"begin":                    `BEGIN`,
		"savepoint":                `SAVEPOINT x`,
		"temporary table":          `CREATE TEMP TABLE x (a int)`,
		"make a table":             `CREATE TABLE x (a int)`,
		"drop a table":             `DROP TABLE agency_settings`,
		"edit the audit log":       `UPDATE audit_events SET action = ''`,
		"empty the audit log":      `DELETE FROM audit_events`,
		"truncate the audit log":   `TRUNCATE audit_events`,
		"migration versions":       `DELETE FROM schema_migrations`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for way, try := range ways {
				err := mine.DB.Run(mine.Ctx, func(ctx context.Context, tx *tenancy.Tx) error { return try(ctx, tx, q) })
				if err == nil {
					t.Errorf("%s was let through by %s", q, way)
				}
				err = mine.DB.Read(mine.Ctx, func(ctx context.Context, tx *tenancy.Tx) error { return try(ctx, tx, q) })
				if err == nil {
					t.Errorf("%s was let through by %s in Read", q, way)
				}
			}
			var user string
			err := mine.DB.Read(mine.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
				return tx.PGX().QueryRow(ctx, `SELECT current_user`).Scan(&user)
			})
			if err != nil || !strings.HasPrefix(user, mine.Config.Prefix+"_t") || user == role {
				t.Fatalf("afterwards the role is %q (%v)", user, err)
			}
		})
	}
}
