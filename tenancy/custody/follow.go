package custody

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/fault"
)

// ErrMoveDiffers ends a move whose copy is not what it should be. The agency goes on where it was.
var ErrMoveDiffers = fault.Define(fault.Conflict, "custody.move_differs", "The copy differs from the agency. Nothing was changed.")

// follower keeps a copy in step with the original while that is being written.
//
// A row version carries the number of the transaction that wrote it. So what a
// look at the original could not see yet is found by comparing numbers, without
// anything being installed in it: versions of transactions that were under way
// at the look, or came later. Deletions show in the number of rows, and only
// then keys are compared.
type follower struct {
	tables []shape // all of them, also those that archives leave out
	since  string  // the oldest transaction that the last look may have missed
}

// start copies all tables from one schema into an empty one.
func (f *follower) start(ctx context.Context, from, to pgx.Tx, say Progress) (err error) {
	if f.tables, err = allShapes(ctx, from); err != nil {
		return err
	}
	if err := f.look(ctx, from); err != nil {
		return err
	}
	if err := emptyAll(ctx, to, f.tables); err != nil {
		return err
	}
	for i, t := range f.tables {
		say.say("copy", t.name, i, len(f.tables))
		list := columnList(t.columns)
		if err := stream(ctx, from, to, fmt.Sprintf(`COPY %s (%s) TO STDOUT`, quote(t.name), list), fmt.Sprintf(`COPY %s (%s) FROM STDIN`, quote(t.name), list)); err != nil {
			return fmt.Errorf("copy table %s: %w", t.name, err)
		}
	}
	return nil
}

// look remembers what the transaction's snapshot cannot see.
func (f *follower) look(ctx context.Context, from pgx.Tx) error {
	// A version holds the lower half of the number only, and age compares those.
	err := from.QueryRow(ctx, `SELECT (pg_snapshot_xmin(pg_current_snapshot())::text::numeric % 4294967296)::text`).Scan(&f.since)
	if err != nil {
		return fmt.Errorf("look at the original: %w", err)
	}
	return nil
}

// standing is what a table holds, and how much of it is new.
type standing struct{ fresh, rows int64 }

func (f *follower) stand(ctx context.Context, tx pgx.Tx, since string) ([]standing, error) {
	parts := make([]string, len(f.tables))
	for i, t := range f.tables {
		fresh := "0::bigint"
		if since != "" {
			fresh = `count(*) FILTER (WHERE age(xmin) <= age('` + since + `'::xid))`
		}
		parts[i] = fmt.Sprintf(`SELECT %d, %s, count(*) FROM %s`, i, fresh, quote(t.name))
	}
	rows, err := tx.Query(ctx, strings.Join(parts, " UNION ALL "), pgx.QueryExecModeExec)
	if err != nil {
		return nil, fmt.Errorf("count the rows: %w", err)
	}
	out := make([]standing, len(f.tables))
	var i int
	var s standing
	_, err = pgx.ForEachRow(rows, []any{&i, &s.fresh, &s.rows}, func() error { out[i] = s; return nil })
	return out, err
}

// round carries over what has changed since the last look, and tells how many rows there are.
func (f *follower) round(ctx context.Context, from, to pgx.Tx) (rows int64, err error) {
	since := f.since
	if err := f.look(ctx, from); err != nil {
		return 0, err
	}
	theirs, err := f.stand(ctx, from, since)
	if err != nil {
		return 0, err
	}
	ours, err := f.stand(ctx, to, "")
	if err != nil {
		return 0, err
	}
	for i, t := range f.tables {
		rows += theirs[i].rows
		if theirs[i].fresh == 0 && theirs[i].rows == ours[i].rows {
			continue
		}
		if err := t.carry(ctx, from, to, since, theirs[i]); err != nil {
			return rows, fmt.Errorf("catch up with table %s: %w", t.name, err)
		}
	}
	return rows, nil
}

const stage = `"move_stage"`

// carry brings the rows of one table that were written since, and takes away those that are gone.
func (s shape) carry(ctx context.Context, from, to pgx.Tx, since string, theirs standing) error {
	list, name := columnList(s.columns), quote(s.name)
	if _, err := to.Exec(ctx, fmt.Sprintf(`CREATE UNLOGGED TABLE %s AS SELECT %s FROM %s WITH NO DATA`, stage, list, name)); err != nil {
		return err
	}
	if theirs.fresh > 0 {
		out := fmt.Sprintf(`COPY (SELECT %s FROM %s WHERE age(xmin) <= age('%s'::xid)) TO STDOUT`, list, name, since)
		if err := stream(ctx, from, to, out, fmt.Sprintf(`COPY %s (%s) FROM STDIN`, stage, list)); err != nil {
			return err
		}
	}
	var left int64
	if _, err := to.Exec(ctx, fmt.Sprintf(`DELETE FROM %s o USING %s n WHERE %s`, name, stage, s.sameKey("o", "n"))); err != nil {
		return err
	}
	if err := to.QueryRow(ctx, `SELECT count(*) FROM `+name).Scan(&left); err != nil {
		return err
	}
	if left+theirs.fresh != theirs.rows {
		if err := s.sweep(ctx, from, to); err != nil {
			return err
		}
	}
	_, err := to.Exec(ctx, fmt.Sprintf(`INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s; DROP TABLE %s`, name, list, list, stage, stage))
	return err
}

// sweep deletes the rows whose key is not in the original any more.
func (s shape) sweep(ctx context.Context, from, to pgx.Tx) error {
	const keys = `"move_keys"`
	list := columnList(s.key)
	if _, err := to.Exec(ctx, fmt.Sprintf(`CREATE UNLOGGED TABLE %s AS SELECT %s FROM %s WITH NO DATA`, keys, list, quote(s.name))); err != nil {
		return err
	}
	if err := stream(ctx, from, to, fmt.Sprintf(`COPY %s (%s) TO STDOUT`, quote(s.name), list), fmt.Sprintf(`COPY %s (%s) FROM STDIN`, keys, list)); err != nil {
		return err
	}
	_, err := to.Exec(ctx, fmt.Sprintf(`ANALYZE %[1]s; DELETE FROM %[2]s o WHERE NOT EXISTS (SELECT FROM %[1]s n WHERE %[3]s); DROP TABLE %[1]s`,
		keys, quote(s.name), s.sameKey("o", "n")))
	return err
}

func (s shape) sameKey(a, b string) string {
	parts := make([]string, len(s.key))
	for i, k := range s.key {
		parts[i] = fmt.Sprintf("%s.%s = %s.%s", a, quote(k), b, quote(k))
	}
	return strings.Join(parts, " AND ")
}

// compareAtMost is up to how many rows of a table are compared in full, and not only counted.
const compareAtMost = 20_000

// compare refuses a copy that is not the original.
func (f *follower) compare(ctx context.Context, from, to pgx.Tx) error {
	sizes, err := f.stand(ctx, from, "")
	if err != nil {
		return err
	}
	theirs, err := f.sums(ctx, from, sizes)
	if err != nil {
		return err
	}
	ours, err := f.sums(ctx, to, sizes)
	if err != nil {
		return err
	}
	for i, t := range f.tables {
		if theirs[i] != ours[i] {
			return ErrMoveDiffers.Because(fmt.Errorf("table %s: %s, and %s in the copy", t.name, theirs[i], ours[i]))
		}
	}
	return nil
}

func (f *follower) sums(ctx context.Context, tx pgx.Tx, sizes []standing) ([]string, error) {
	parts := make([]string, len(f.tables))
	for i, t := range f.tables {
		sum := `''`
		if sizes[i].rows <= compareAtMost {
			sum = `coalesce(sum(('x' || substr(md5(whole_row::text), 1, 15))::bit(60)::bigint), 0)::text`
		}
		parts[i] = fmt.Sprintf(`SELECT %d, count(*) || ' rows ' || %s FROM %s AS whole_row`, i, sum, quote(t.name))
	}
	rows, err := tx.Query(ctx, strings.Join(parts, " UNION ALL "), pgx.QueryExecModeExec)
	if err != nil {
		return nil, fmt.Errorf("compare the rows: %w", err)
	}
	out := make([]string, len(f.tables))
	var i int
	var s string
	_, err = pgx.ForEachRow(rows, []any{&i, &s}, func() error { out[i] = s; return nil })
	return out, err
}

func columnList(names []string) string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = quote(n)
	}
	return strings.Join(list, ", ")
}

// stream copies from one database into another as it comes.
func stream(ctx context.Context, from, to pgx.Tx, out, in string) error {
	r, w := io.Pipe()
	sent := make(chan error, 1)
	go func() {
		_, err := from.Conn().PgConn().CopyTo(ctx, w, out)
		_ = w.CloseWithError(err)
		sent <- err
	}()
	_, err := to.Conn().PgConn().CopyFrom(ctx, r, in)
	_ = r.CloseWithError(io.ErrClosedPipe) // ends the sender when the receiver has failed
	if sendErr := <-sent; err == nil {
		err = sendErr
	}
	return err
}

// foreignKey is a constraint that is left away while rows come in any order.
type foreignKey struct{ Table, Name, Definition string }

// liftKeys drops the foreign keys of the current schema and tells what they were.
func liftKeys(ctx context.Context, tx pgx.Tx) ([]foreignKey, error) {
	rows, err := tx.Query(ctx, relations+` SELECT m.relname, k.conname, pg_get_constraintdef(k.oid) FROM mine m
		JOIN pg_constraint k ON k.conrelid = m.oid AND k.contype = 'f' ORDER BY m.relname, k.conname`)
	if err != nil {
		return nil, fmt.Errorf("read the foreign keys: %w", err)
	}
	keys, err := pgx.CollectRows(rows, pgx.RowToStructByPos[foreignKey])
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	var b strings.Builder
	for _, k := range keys {
		fmt.Fprintf(&b, `ALTER TABLE %s DROP CONSTRAINT %s;`, quote(k.Table), quote(k.Name))
	}
	_, err = tx.Exec(ctx, b.String())
	return keys, err
}

// layKeys puts foreign keys back. Rows that are there are not looked at: see proveKeys.
func layKeys(ctx context.Context, tx pgx.Tx, keys []foreignKey) error {
	var b strings.Builder
	for _, k := range keys {
		fmt.Fprintf(&b, `ALTER TABLE %s ADD CONSTRAINT %s %s NOT VALID;`, quote(k.Table), quote(k.Name), k.Definition)
	}
	_, err := tx.Exec(ctx, b.String())
	return err
}

// proveKeys looks at the rows that layKeys left out. It holds up no writer.
func proveKeys(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, relations+` SELECT m.relname, k.conname, '' FROM mine m
		JOIN pg_constraint k ON k.conrelid = m.oid AND k.contype = 'f' AND NOT k.convalidated ORDER BY m.relname, k.conname`)
	if err != nil {
		return fmt.Errorf("read the foreign keys: %w", err)
	}
	keys, err := pgx.CollectRows(rows, pgx.RowToStructByPos[foreignKey])
	if err != nil || len(keys) == 0 {
		return err
	}
	var b strings.Builder
	for _, k := range keys {
		fmt.Fprintf(&b, `ALTER TABLE %s VALIDATE CONSTRAINT %s;`, quote(k.Table), quote(k.Name))
	}
	_, err = tx.Exec(ctx, b.String())
	return err
}
