package testkit

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/tenancy"
)

// fresh is what a new agency has in its tables, beside the steps that made them: read once from the first that a test claims.
type fresh struct {
	sync.Once
	things int               // how many things the catalogue knows of the schema
	rows   map[string][]byte // as COPY gives them
	err    error
}

// Again puts an agency among the spares when its test has passed, emptied, as another one: with a key of its own, and
// nothing that the platform knew of it. Making an agency costs the database half a second of processor time with all that
// its backends forget by it, and there is a test for nearly each. One whose tables a test has changed is not used again.
// quiet is called first and tells whether nothing works for the agency any more; nil for always.
func (p *Platform) Again(t testing.TB, a tenancy.Agency, quiet func(context.Context) bool) {
	t.Helper()
	if p != floor.p {
		return // goes with the database of its test
	}
	p.fresh.Do(func() { p.fresh.err = p.readFresh(t.Context(), a) })
	if p.fresh.err != nil {
		t.Fatalf("read what a new agency has: %v", p.fresh.err)
	}
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		if t.Failed() || (quiet != nil && !quiet(ctx)) {
			return
		}
		if err := p.putBack(ctx, a); err != nil {
			t.Errorf("use the agency again: %v", err)
		}
	})
}

func (p *Platform) readFresh(ctx context.Context, a tenancy.Agency) error {
	return p.Owner.Owner(ctx, a.Placement, func(ctx context.Context, tx pgx.Tx) error {
		schema := tenancy.CopyOf(a).Schema
		things, _, err := catalogue(ctx, tx, schema)
		if err != nil {
			return err
		}
		names, err := written(ctx, tx, schema)
		if err != nil {
			return err
		}
		rows := make(map[string][]byte, len(names))
		for _, name := range names {
			var b bytes.Buffer
			if _, err := tx.Conn().PgConn().CopyTo(ctx, &b, `COPY `+schema+`.`+name+` TO STDOUT`); err != nil {
				return fmt.Errorf("read %s: %w", name, err)
			}
			rows[name] = b.Bytes()
		}
		p.fresh.things, p.fresh.rows = things, rows
		return nil
	})
}

func (p *Platform) putBack(ctx context.Context, a tenancy.Agency) error {
	return p.Owner.Owner(ctx, a.Placement, func(ctx context.Context, tx pgx.Tx) error {
		c := tenancy.CopyOf(a)
		things, same, err := catalogue(ctx, tx, c.Schema)
		if err != nil || !same || things != p.fresh.things {
			return err
		}
		// What was suspended, deleted, moved or restored by its test is left alone; so is one under another name.
		tag, err := tx.Exec(ctx, `DELETE FROM platform.agencies WHERE id = $1 AND slug = $2 AND state = 'active' AND schema_name = $3`, a.ID, a.Slug, c.Schema)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		names, err := written(ctx, tx, c.Schema)
		if err != nil {
			return err
		}
		// Everything goes, so nothing has to be asked whether it may.
		var b strings.Builder
		b.WriteString(`SET LOCAL session_replication_role = replica`)
		for _, name := range names {
			fmt.Fprintf(&b, `; DELETE FROM %s.%s`, c.Schema, name)
		}
		if _, err := tx.Exec(ctx, b.String()); err != nil {
			return fmt.Errorf("empty its tables: %w", err)
		}
		for name, rows := range p.fresh.rows {
			if _, err := tx.Conn().PgConn().CopyFrom(ctx, bytes.NewReader(rows), `COPY `+c.Schema+`.`+name+` FROM STDIN`); err != nil {
				return fmt.Errorf("fill %s: %w", name, err)
			}
		}
		_, err = tx.Exec(ctx, `INSERT INTO platform.agencies (id, schema_name, role_name, shard, schema_version, state, placement) VALUES ($1, $2, $3, $4, $5, 'spare', $6)`,
			id.New(), c.Schema, c.Role, c.Shard, c.Version, c.Placement)
		return err
	})
}

// catalogue counts what the database knows of a schema, and tells whether all of it is as the transaction left it that made
// the schema. A change in between leaves a row by another transaction; what was dropped is missing from the number.
func catalogue(ctx context.Context, tx pgx.Tx, schema string) (things int, same bool, err error) {
	err = tx.QueryRow(ctx, `WITH n AS (SELECT oid, xmin FROM pg_namespace WHERE nspname = $1), r AS (SELECT c.oid, c.xmin FROM pg_class c JOIN n ON c.relnamespace = n.oid)
		SELECT count(*), coalesce(bool_and(x.xmin = n.xmin), false) FROM n, (
			SELECT xmin FROM r
			UNION ALL SELECT a.xmin FROM pg_attribute a JOIN r ON a.attrelid = r.oid
			UNION ALL SELECT t.xmin FROM pg_trigger t JOIN r ON t.tgrelid = r.oid
			UNION ALL SELECT k.xmin FROM pg_constraint k JOIN n ON k.connamespace = n.oid
		) x`, schema).Scan(&things, &same)
	if err != nil {
		return 0, false, fmt.Errorf("read the catalogue of %s: %w", schema, err)
	}
	return things, same, nil
}

// written lists the tables of a schema that have ever had a row, but for the one that says which steps made them.
func written(ctx context.Context, tx pgx.Tx, schema string) ([]string, error) {
	rows, err := tx.Query(ctx, `SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r'
		AND c.relname <> 'schema_migrations' AND pg_relation_size(c.oid) > 0`, schema)
	if err != nil {
		return nil, fmt.Errorf("list the tables of %s: %w", schema, err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("list the tables of %s: %w", schema, err)
	}
	return names, nil
}
