package custody

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/migrations"
)

// shape is what a table has that matters for writing and reading it.
type shape struct {
	name    string
	columns []string // without generated ones
	blank   map[string]bool
	order   []string // of the key
	key     []string // its columns
	refs    []string // tables that its foreign keys need
	secret  bool     // its rows stay at home: they are of no use without a secret, or elsewhere
}

// athome are tables about this installation's doings, not about the agency:
// answers of calls, and archives that lie in its own file store. What is in
// people's own calendars is theirs, and nobody else's to take along.
var athome = map[string]bool{"idempotency_keys": true, "exports": true, "calendar_events": true}

// versionsTable is filled by the steps themselves.
const versionsTable = "schema_migrations"

// isSecret tells which columns never leave the installation.
func isSecret(column string) bool {
	return column == "token_hash" || column == "secret" || strings.HasSuffix(column, "_secret") || strings.HasPrefix(column, "secret_")
}

// relations finds what is in the current schema by the index of pg_depend: with
// thousands of agencies pg_class has a million rows.
const relations = `
	WITH mine AS (
		SELECT c.oid, c.relname, c.relkind FROM pg_depend d JOIN pg_class c ON c.oid = d.objid
		WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_namespace'::regclass AND d.refobjid = current_schema()::regnamespace)`

// shapes reads the tables of the current schema that an archive holds, in an
// order in which each comes after those that it refers to.
func shapes(ctx context.Context, tx pgx.Tx) ([]shape, error) {
	all, err := allShapes(ctx, tx)
	return slices.DeleteFunc(all, func(s shape) bool { return s.secret }), err
}

// allShapes is shapes with what never leaves the installation.
func allShapes(ctx context.Context, tx pgx.Tx) ([]shape, error) {
	byName := map[string]*shape{}
	rows, err := tx.Query(ctx, relations+`
		SELECT m.relname, a.attname, a.attnotnull, a.attcollation <> 0, coalesce(array_position(i.indkey::int2[], a.attnum), -1)
		FROM mine m JOIN pg_attribute a ON a.attrelid = m.oid LEFT JOIN pg_index i ON i.indrelid = m.oid AND i.indisprimary
		WHERE m.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY m.relname, a.attnum`)
	if err != nil {
		return nil, fmt.Errorf("read the tables: %w", err)
	}
	type column struct {
		Table, Name   string
		NotNull, Text bool
		Key           int
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[column])
	if err != nil {
		return nil, fmt.Errorf("read the tables: %w", err)
	}
	keys, plain := map[string]map[int]string{}, map[string]map[int]string{}
	for _, c := range all {
		if c.Table == versionsTable {
			continue
		}
		s := byName[c.Table]
		if s == nil {
			s = &shape{name: c.Table, blank: map[string]bool{}, secret: athome[c.Table]}
			byName[c.Table], keys[c.Table], plain[c.Table] = s, map[int]string{}, map[int]string{}
		}
		s.columns = append(s.columns, c.Name)
		if isSecret(c.Name) {
			s.secret = s.secret || c.NotNull
			s.blank[c.Name] = !c.NotNull
		}
		if c.Key >= 0 {
			by := quote(c.Name)
			if c.Text {
				by += ` COLLATE "C"` // the same order wherever it is asked
			}
			keys[c.Table][c.Key], plain[c.Table][c.Key] = by, c.Name
		}
	}
	for name, s := range byName {
		for i := range len(keys[name]) {
			s.order, s.key = append(s.order, keys[name][i]), append(s.key, plain[name][i])
		}
		if len(s.order) == 0 {
			return nil, fmt.Errorf("table %s has no primary key", name)
		}
	}
	if err := references(ctx, tx, byName); err != nil {
		return nil, err
	}
	return sorted(byName)
}

func references(ctx context.Context, tx pgx.Tx, byName map[string]*shape) error {
	rows, err := tx.Query(ctx, relations+`
		SELECT m.relname, r.relname FROM mine m JOIN pg_constraint k ON k.conrelid = m.oid AND k.contype = 'f' JOIN pg_class r ON r.oid = k.confrelid
		WHERE r.oid <> m.oid`)
	if err != nil {
		return fmt.Errorf("read the foreign keys: %w", err)
	}
	var from, to string
	_, err = pgx.ForEachRow(rows, []any{&from, &to}, func() error {
		if s := byName[from]; s != nil {
			s.refs = append(s.refs, to)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the foreign keys: %w", err)
	}
	return nil
}

// sorted puts tables after those that they refer to.
func sorted(byName map[string]*shape) ([]shape, error) {
	names := make([]string, 0, len(byName))
	for name := range byName {
		names = append(names, name)
	}
	slices.Sort(names)
	var out []shape
	state := map[string]int{} // 1 on the way, 2 done
	var visit func(name string) error
	visit = func(name string) error {
		s := byName[name]
		if s == nil || state[name] == 2 {
			return nil
		}
		if state[name] == 1 {
			return fmt.Errorf("the foreign keys of table %s lead back to it", name)
		}
		state[name] = 1
		slices.Sort(s.refs)
		for _, ref := range s.refs {
			if r := byName[ref]; r != nil && r.secret && !s.secret {
				return fmt.Errorf("table %s refers to %s, whose rows stay at home", name, ref)
			}
			if err := visit(ref); err != nil {
				return err
			}
		}
		state[name] = 2
		out = append(out, *s)
		return nil
	}
	for _, name := range names {
		if err := visit(name); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// selects is the statement that writes the table, always in the same order.
func (s shape) selects() string {
	list := make([]string, len(s.columns))
	for i, c := range s.columns {
		list[i] = quote(c)
		if s.blank[c] {
			list[i] = "NULL AS " + quote(c)
		}
	}
	return fmt.Sprintf(`COPY (SELECT %s FROM %s ORDER BY %s) TO STDOUT (FORMAT csv, HEADER true)`,
		strings.Join(list, ", "), quote(s.name), strings.Join(s.order, ", "))
}

func (s shape) inserts() string {
	list := make([]string, len(s.columns))
	for i, c := range s.columns {
		list[i] = quote(c)
	}
	return fmt.Sprintf(`COPY %s (%s) FROM STDIN (FORMAT csv, HEADER match)`, quote(s.name), strings.Join(list, ", "))
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

// stepsOf reads which migrations the current schema has.
func stepsOf(ctx context.Context, tx pgx.Tx) ([]string, error) {
	rows, err := tx.Query(ctx, `SELECT id FROM `+versionsTable+` ORDER BY id COLLATE "C"`)
	if err != nil {
		return nil, fmt.Errorf("read the schema's version: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// fingerprint is one value over what steps do.
func fingerprint(steps []migrations.Step) string {
	h := sha256.New()
	for _, s := range steps {
		_, _ = fmt.Fprintf(h, "%d:%s;%d:%s;", len(s.ID), s.ID, len(s.SQL), s.SQL)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func sequences(ctx context.Context, tx pgx.Tx) ([]Sequence, error) {
	rows, err := tx.Query(ctx, relations+` SELECT relname FROM mine WHERE relkind = 'S' ORDER BY relname`)
	if err != nil {
		return nil, fmt.Errorf("read the sequences: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("read the sequences: %w", err)
	}
	out := make([]Sequence, len(names))
	for i, name := range names {
		out[i].Name = name
		if err := tx.QueryRow(ctx, `SELECT last_value, is_called FROM `+quote(name)).Scan(&out[i].Value, &out[i].Called); err != nil {
			return nil, fmt.Errorf("read sequence %s: %w", name, err)
		}
	}
	return out, nil
}
