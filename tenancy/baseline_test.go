package tenancy_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/migrations"
	"github.com/bureauhq/bureau/tenancy"
)

// describe tells everything that the catalogue knows of a schema, a line a thing.
const describe = `
SELECT 'table ' || c.relname || ' ' || c.relkind::text || ' ' || c.relpersistence::text || ' rls ' || c.relrowsecurity || ' ' || coalesce(c.reloptions::text, '') || ' rights ' || coalesce(c.relacl::text, '') || ' comment ' || coalesce(obj_description(c.oid, 'pg_class'), '')
  FROM pg_class c WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
UNION ALL
-- in the order of the table, but without the gaps that dropped columns leave
SELECT 'column ' || c.relname || ' ' || row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum) || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' not null ' || a.attnotnull
    || ' default ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '') || ' generated ' || a.attgenerated::text || ' identity ' || a.attidentity::text || ' collation ' || coalesce(co.collname, '') || ' rights ' || coalesce(a.attacl::text, '')
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum LEFT JOIN pg_collation co ON co.oid = a.attcollation
  WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'index ' || pg_get_indexdef(i.indexrelid) || ' valid ' || i.indisvalid || ' primary ' || i.indisprimary FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = $1::regnamespace
UNION ALL
SELECT 'constraint ' || c.relname || ' ' || o.conname || ' ' || pg_get_constraintdef(o.oid) || ' valid ' || o.convalidated FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid WHERE o.connamespace = $1::regnamespace
UNION ALL
SELECT 'trigger ' || pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = $1::regnamespace AND NOT t.tgisinternal
UNION ALL
SELECT 'function ' || pg_get_functiondef(p.oid) || ' rights ' || coalesce(p.proacl::text, '') FROM pg_proc p WHERE p.pronamespace = $1::regnamespace
UNION ALL
SELECT 'type ' || t.typname || ' ' || t.typtype::text FROM pg_type t WHERE t.typnamespace = $1::regnamespace AND t.typtype IN ('e', 'd')
UNION ALL
SELECT 'policy ' || p.polname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = $1::regnamespace
UNION ALL
SELECT 'default rights ' || defaclobjtype::text || ' ' || defaclacl::text FROM pg_default_acl WHERE defaclnamespace = $1::regnamespace
UNION ALL
SELECT 'schema rights ' || nspacl::text FROM pg_namespace WHERE oid = $1::regnamespace
ORDER BY 1`

func description(t *testing.T, p *testkit.Platform, a tenancy.Agency) []string {
	t.Helper()
	schema := schemaOf(t, p, a)
	conn, err := pgx.Connect(t.Context(), p.Config.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	rows, err := conn.Query(t.Context(), describe, schema)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range lines {
		lines[i] = grouped(strings.ReplaceAll(l, schema, "SCHEMA"))
	}
	slices.Sort(lines)
	return lines
}

// An agency that was made by the script for new ones and one that came all the way from the first release are the same.
func TestBaselineIsWhatTheStepsMake(t *testing.T) {
	t.Parallel()
	all := migrations.Tenant()
	first := testkit.Own(t, func(c *tenancy.Config) { c.Steps = all[:1] })
	owner(t, first, `DELETE FROM platform.agencies`) // the spares have all steps
	if err := first.Provisioner.Make(t.Context()); err != nil {
		t.Fatal(err)
	}
	old := claimed(t, first)
	p := first.Another(t, func(c *tenancy.Config) { c.Steps = all })
	out, err := p.Owner.Agencies(t.Context(), tenancy.Fleet{})
	if err != nil || out.Done != 1 {
		t.Fatalf("%+v %v", out, err)
	}
	if err := p.Provisioner.Make(t.Context()); err != nil {
		t.Fatal(err)
	}
	fresh := claimed(t, p)
	bySteps, byBaseline := description(t, p, old), description(t, p, fresh)
	if len(byBaseline) < 300 {
		t.Fatalf("only %d things were compared", len(byBaseline))
	}
	for _, l := range bySteps {
		if !slices.Contains(byBaseline, l) {
			t.Errorf("only by steps: %s", l)
		}
	}
	for _, l := range byBaseline {
		if !slices.Contains(bySteps, l) {
			t.Errorf("only by the baseline: %s", l)
		}
	}
	// The comparison sees what it should see.
	owner(t, p, `REVOKE UPDATE ON `+schemaOf(t, p, fresh)+`.clients FROM `+p.Config.Prefix+`_`+schemaOf(t, p, fresh))
	owner(t, p, `ALTER TABLE `+schemaOf(t, p, fresh)+`.clients ALTER COLUMN notes DROP DEFAULT`)
	differ := 0
	for _, l := range description(t, p, fresh) {
		if !slices.Contains(bySteps, l) {
			differ++
		}
	}
	if differ != 2 {
		t.Errorf("%d planted differences were seen, want 2", differ)
	}
}
