package tenancy_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/migrations"
	"github.com/bureauhq/bureau/tenancy"
)

const baselineFile = "../migrations/baseline.sql"

var update = flag.Bool("update", false, "write "+baselineFile+" anew, through the newest step")

// The script that makes a new agency in one go is what the steps make, written down, and makes the same when it is run. With
// -update it takes the steps in that came since.
func TestBaselineIsGeneratedFromTheSteps(t *testing.T) {
	t.Parallel()
	p := testkit.NewPlatform(t)
	steps := migrations.Tenant()
	script, since := migrations.Baseline(steps)
	if !*update {
		steps = steps[:len(steps)-len(since)]
	}
	var texts strings.Builder
	for _, s := range steps {
		fmt.Fprintf(&texts, "%s;\nINSERT INTO schema_migrations (id) VALUES ('%s');\n", s.SQL, s.ID)
	}
	want := written(t, p, texts.String(), migrations.Newest(steps))
	if *update {
		if err := os.WriteFile(baselineFile, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		script = want
	}
	if script != want {
		t.Errorf("%s is not what its steps make: %s\nwrite it with `make baseline`", baselineFile, difference(want, script))
	}
	if again := written(t, p, script, migrations.Newest(steps)); grouped(again) != grouped(want) {
		t.Errorf("what the script makes differs from what it was written from: %s", difference(grouped(want), grouped(again)))
	}
}

var between = regexp.MustCompile(`\(\((\w+ >= [^()]+)\) AND \((\w+ <= [^()]+)\)\)`)

// grouped takes the brackets off that BETWEEN puts around its two halves: one AND beside another, read again, has none.
func grouped(text string) string { return between.ReplaceAllString(text, "($1) AND ($2)") }

func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range w {
		if i >= len(g) || w[i] != g[i] {
			return fmt.Sprintf("line %d is %q, want %q", i+1, strings.Join(g[min(i, len(g)):min(i+1, len(g))], ""), w[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}

// written makes a schema by the script and writes down what is in it. The schema goes with the transaction.
func written(t *testing.T, p *testkit.Platform, script, through string) string {
	t.Helper()
	const schema = "t99999"
	role, login := p.Config.Prefix+"_"+schema, ""
	undo := errors.New("undo")
	var b strings.Builder
	fmt.Fprintf(&b, "-- through %s\n-- Made by `make baseline` from the steps of tenant/: what a new agency begins with. Not edited by hand.\n", through)
	err := p.Owner.Owner(t.Context(), tenancy.Main, func(ctx context.Context, tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, `SELECT current_user`).Scan(&login); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `CREATE ROLE `+role+`; `+tenancy.Opening(schema, role, login)+tenancy.Form+`;`+filled(script, schema, role)); err != nil {
			return err
		}
		w := writer{tx: tx, schema: schema, role: role, keys: map[string]string{}}
		if err := w.all(ctx, &b); err != nil {
			return err
		}
		return undo
	})
	if !errors.Is(err, undo) {
		t.Fatal(err)
	}
	return b.String()
}

var anyKey = regexp.MustCompile(`\{\{key([0-9]+)\}\}`)

// filled is a script for one schema, with keys that are always the same.
func filled(script, schema, role string) string {
	script = strings.NewReplacer("{{schema}}", schema, "{{role}}", role).Replace(script)
	return anyKey.ReplaceAllStringFunc(script, func(k string) string {
		n, _ := strconv.Atoi(strings.Trim(k, "{}key"))
		return fmt.Sprintf("01900000-0000-7000-8000-%012d", n)
	})
}

// writer reads the catalogue of one schema.
type writer struct {
	tx           pgx.Tx
	schema, role string
	keys         map[string]string // the name of each, in the order they are met
}

// strangers are what the writer has no words for.
const strangers = `
SELECT relkind::text || ' ' || relname FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind NOT IN ('r', 'i')
UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid WHERE c.relnamespace = $1::regnamespace AND NOT tgisinternal
UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = $1::regnamespace
UNION ALL SELECT 'type ' || typname FROM pg_type WHERE typnamespace = $1::regnamespace AND typtype IN ('e', 'd')
UNION ALL SELECT 'policy ' || polname FROM pg_policy JOIN pg_class c ON c.oid = polrelid WHERE c.relnamespace = $1::regnamespace
UNION ALL SELECT 'comment on ' || objoid::regclass::text FROM pg_description JOIN pg_class c ON c.oid = objoid AND classoid = 'pg_class'::regclass WHERE c.relnamespace = $1::regnamespace
UNION ALL SELECT 'rights on a column of ' || c.relname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE c.relnamespace = $1::regnamespace AND attacl IS NOT NULL`

func (w writer) all(ctx context.Context, b *strings.Builder) error {
	odd, err := lines(ctx, w.tx, strangers, w.schema)
	if err != nil || len(odd) > 0 {
		return errors.Join(err, fmt.Errorf("not to be written down: %v", odd))
	}
	tables, err := tenancy.TablesInOrder(ctx, w.tx)
	if err != nil {
		return err
	}
	for _, table := range tables {
		if table == "schema_migrations" {
			continue // made with the schema
		}
		if err := w.table(ctx, b, table); err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
	}
	b.WriteString("\n")
	for _, table := range tables {
		if err := w.rows(ctx, b, table); err != nil {
			return fmt.Errorf("rows of %s: %w", table, err)
		}
	}
	return nil
}

const columnsOf = `
SELECT quote_ident(attname) || ' ' || format_type(atttypid, atttypmod)
    || CASE WHEN attcollation <> typcollation THEN ' COLLATE ' || quote_ident(collname) ELSE '' END
    || CASE WHEN attgenerated = 's' THEN ' GENERATED ALWAYS AS (' || pg_get_expr(adbin, adrelid) || ') STORED' WHEN adbin IS NOT NULL THEN ' DEFAULT ' || pg_get_expr(adbin, adrelid) ELSE '' END
    || CASE WHEN conname IS NULL THEN '' WHEN conname = relname || '_' || attname || '_not_null' THEN ' NOT NULL' ELSE ' CONSTRAINT ' || quote_ident(conname) || ' NOT NULL' END
  FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN pg_type ty ON ty.oid = atttypid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum LEFT JOIN pg_collation co ON co.oid = attcollation
  LEFT JOIN pg_constraint n ON n.conrelid = c.oid AND n.contype = 'n' AND n.conkey = ARRAY[attnum]
  WHERE relnamespace = $1::regnamespace AND relname = $2 AND attnum > 0 AND NOT attisdropped ORDER BY attnum`

const constraintsOf = `
SELECT 'CONSTRAINT ' || quote_ident(conname) || ' ' || pg_get_constraintdef(o.oid) FROM pg_constraint o JOIN pg_class c ON c.oid = conrelid
  WHERE relnamespace = $1::regnamespace AND relname = $2 AND contype NOT IN ('n', 't') ORDER BY array_position('{p,u,x,c,f}', contype::text), conname`

const indexesOf = `
SELECT pg_get_indexdef(indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = indrelid JOIN pg_class x ON x.oid = indexrelid
  WHERE c.relnamespace = $1::regnamespace AND c.relname = $2 AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x')) ORDER BY x.relname`

func (w writer) table(ctx context.Context, b *strings.Builder, table string) error {
	parts, err := lines(ctx, w.tx, columnsOf, w.schema, table)
	if err != nil {
		return err
	}
	constraints, err := lines(ctx, w.tx, constraintsOf, w.schema, table)
	if err != nil {
		return err
	}
	var options string
	if err := w.tx.QueryRow(ctx, `SELECT coalesce(' WITH (' || array_to_string(reloptions, ', ') || ')', '') FROM pg_class WHERE oid = $1::regclass`, table).Scan(&options); err != nil {
		return err
	}
	fmt.Fprintf(b, "\nCREATE TABLE %s (\n    %s\n)%s;\n", table, strings.Join(append(parts, constraints...), ",\n    "), options)
	indexes, err := lines(ctx, w.tx, indexesOf, w.schema, table)
	if err != nil {
		return err
	}
	for _, index := range indexes {
		b.WriteString(strings.ReplaceAll(index, w.schema+".", "") + ";\n")
	}
	taken, err := lines(ctx, w.tx, `SELECT r FROM unnest('{INSERT,UPDATE,DELETE}'::text[]) WITH ORDINALITY u(r, n) WHERE NOT has_table_privilege($1, $2, r) ORDER BY n`, w.role, table)
	if err == nil && len(taken) > 0 {
		fmt.Fprintf(b, "REVOKE %s ON %s FROM {{role}};\n", strings.Join(taken, ", "), table)
	}
	return err
}

var keyForm = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`)

// rows writes what the steps have put in, with the moment of making and the keys left open.
func (w writer) rows(ctx context.Context, b *strings.Builder, table string) error {
	names, err := lines(ctx, w.tx, `SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`, table)
	if err != nil {
		return err
	}
	values := make([]string, len(names))
	for i, n := range names {
		values[i] = `CASE WHEN pg_typeof(` + n + `) = 'timestamptz'::regtype AND ` + n + `::text = now()::text THEN 'now()' ELSE quote_nullable(` + n + `::text) END`
	}
	rows, err := lines(ctx, w.tx, `SELECT '(' || concat_ws(', ', `+strings.Join(values, ", ")+`) || ')' FROM `+table)
	if err != nil || len(rows) == 0 {
		return err
	}
	for i, row := range rows {
		rows[i] = keyForm.ReplaceAllStringFunc(row, func(k string) string {
			if w.keys[k] == "" {
				w.keys[k] = fmt.Sprintf("{{key%d}}", len(w.keys)+1)
			}
			return w.keys[k]
		})
	}
	_, err = fmt.Fprintf(b, "INSERT INTO %s (%s) VALUES\n    %s;\n", table, strings.Join(names, ", "), strings.Join(rows, ",\n    "))
	return err
}

func lines(ctx context.Context, tx pgx.Tx, query string, args ...any) ([]string, error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
