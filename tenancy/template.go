package tenancy

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/id"
)

// Template is the content of one agency, from which others like it are made
// in a moment: for sample data in thousands of agencies. Each gets keys of its
// own, and an audit log whose chain holds.
type Template struct {
	tables []content
	log    []logged

	mu     sync.Mutex
	seeded []string // the tables that a new agency has rows in, in the order to empty them; nil until the first was made
}

// content is a table as COPY gives it, cut at the keys in it.
type content struct {
	name string
	cuts [][]byte // text between the keys; one more than keys
	keys [][16]byte
}

// logged is an entry of the audit log, cut likewise: nobody looks for its keys anew in each copy.
type logged struct {
	audit.Entry
	id, entity, actor, before, after content
}

// keyForm finds keys wherever they stand, inside of JSON too.
var keyForm = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`)

// ReadTemplate reads all tables of an agency. That agency must be at rest.
func (p *Provisioner) ReadTemplate(ctx context.Context, a Agency) (*Template, error) {
	t := &Template{}
	h, err := p.owner.at(a.Placement)
	if err != nil {
		return nil, err
	}
	err = pgx.BeginTxFunc(ctx, h.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL search_path TO `+a.schema.name); err != nil {
			return err
		}
		names, err := tablesInOrder(ctx, tx)
		if err != nil {
			return err
		}
		for _, name := range names {
			if name == versions || name == "audit_events" || name == "audit_heads" {
				continue // made anew for each
			}
			var b bytes.Buffer
			if _, err := tx.Conn().PgConn().CopyTo(ctx, &b, `COPY `+name+` TO STDOUT`); err != nil {
				return fmt.Errorf("read %s: %w", name, err)
			}
			t.tables = append(t.tables, cut(name, b.Bytes()))
		}
		rows, err := tx.Query(ctx, `SELECT seq, id::text, happened_at, action, entity, entity_id, actor_id, actor_name, actor_kind, on_behalf_of, source,
			reason, before, after, hash FROM audit_events ORDER BY seq`)
		if err != nil {
			return err
		}
		log, err := pgx.CollectRows(rows, pgx.RowToStructByPos[audit.Entry])
		for _, e := range log {
			part := func(s string) content { return cut("", []byte(s)) }
			t.log = append(t.log, logged{e, part(e.ID), part(e.EntityID), part(e.ActorID), part(e.Before), part(e.After)})
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the template: %w", err)
	}
	return t, nil
}

// MakeLike makes an active agency with the content of t, where new ones go. enter takes it down where the platform counts;
// it runs in the transaction that makes it, whose search path is the agency's schema, and in that of the platform's tables.
func (p *Provisioner) MakeLike(ctx context.Context, t *Template, slug, name string, enter func(ctx context.Context, agency, platform pgx.Tx, agencyID string) error) (a Agency, err error) {
	// The same change of every key keeps what belongs together together, and tells agencies apart.
	var mask [8]byte
	for i := range mask {
		mask[i] = byte(rand.Uint32()) //nolint:gosec // keys of sample data
	}
	mask[0] &= 0x3f // the kind of the key stands here
	fillIn := func(ctx context.Context, tx, platform pgx.Tx, agencyID string) error {
		if err := t.empty(ctx, tx); err != nil {
			return fmt.Errorf("empty the tables: %w", err)
		}
		err := withoutKeys(ctx, tx, func() error {
			for _, c := range t.tables {
				if len(c.cuts) == 1 && len(c.cuts[0]) == 0 {
					continue
				}
				if _, err := tx.Conn().PgConn().CopyFrom(ctx, bytes.NewReader(c.text(mask)), `COPY `+c.name+` FROM STDIN`); err != nil {
					return fmt.Errorf("fill %s: %w", c.name, err)
				}
			}
			return t.copyLog(ctx, tx, mask)
		})
		if err != nil {
			return err
		}
		return enter(ctx, tx, platform, agencyID)
	}
	if p.owner == nil || p.cfg.NewAt == Main {
		return p.make(ctx, Agency{Slug: slug, Name: name, State: Active}, func(ctx context.Context, tx pgx.Tx, agencyID string) error { return fillIn(ctx, tx, tx, agencyID) })
	}
	key := id.New()
	err = p.owner.Build(ctx, p.cfg.NewAt, p.cfg.Steps, key, func(ctx context.Context, b *Building) error {
		if err := b.Register(ctx, key, slug, name, Active); err != nil {
			return err
		}
		return fillIn(ctx, b.Tx(), b.Platform(), key)
	})
	if err != nil {
		return Agency{}, err
	}
	err = p.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		a, err = ReadAgency(ctx, tx, key)
		return err
	})
	return a, err
}

// withoutKeys lets fn write rows whose foreign keys hold, as those of a copy do, without looking each of them up, where the
// login may ask for that. Every key of every agency would have a plan of its own otherwise, which stays in the connection.
func withoutKeys(ctx context.Context, tx pgx.Tx, fn func() error) error {
	var may bool
	if err := tx.QueryRow(ctx, `SELECT has_parameter_privilege('session_replication_role', 'SET')`).Scan(&may); err != nil {
		return fmt.Errorf("ask whether keys may be left out: %w", err)
	}
	if !may {
		return fn()
	}
	if _, err := tx.Exec(ctx, `SET LOCAL session_replication_role = replica`); err != nil {
		return fmt.Errorf("leave keys out: %w", err)
	}
	if err := fn(); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `SET LOCAL session_replication_role = origin`)
	return err
}

// empty removes the rows that the steps have put in, which the content has too. Every new agency has them in the same
// tables, so the first one tells for all.
func (t *Template) empty(ctx context.Context, tx pgx.Tx) error {
	t.mu.Lock()
	names := t.seeded
	t.mu.Unlock()
	ask := names == nil
	if ask {
		names = []string{}
		for _, c := range slices.Backward(t.tables) {
			names = append(names, c.name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	done, err := tx.Conn().PgConn().Exec(ctx, `DELETE FROM `+strings.Join(names, `; DELETE FROM `)).ReadAll()
	if err != nil || !ask {
		return err
	}
	seeded := []string{}
	for i, r := range done {
		if r.CommandTag.RowsAffected() > 0 {
			seeded = append(seeded, names[i])
		}
	}
	t.mu.Lock()
	t.seeded = seeded
	t.mu.Unlock()
	return nil
}

// copyLog writes the audit log with the new keys, chained anew.
func (t *Template) copyLog(ctx context.Context, tx pgx.Tx, mask [8]byte) error {
	var head []byte
	var seq int64
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"audit_events"},
		[]string{"seq", "id", "happened_at", "action", "entity", "entity_id", "actor_id", "actor_name", "actor_kind", "on_behalf_of", "source", "reason", "before", "after", "hash"},
		pgx.CopyFromSlice(len(t.log), func(i int) ([]any, error) {
			l := t.log[i]
			e, of := l.Entry, func(c content) string { return string(c.text(mask)) }
			e.ID, e.EntityID, e.ActorID, e.Before, e.After = of(l.id), of(l.entity), of(l.actor), of(l.before), of(l.after)
			head, seq = e.Sum(head), e.Seq
			return []any{e.Seq, e.ID, e.At, e.Action, e.Entity, e.EntityID, e.ActorID, e.ActorName, e.ActorKind, e.OnBehalfOf, e.Source, e.Reason, e.Before, e.After, head}, nil
		}))
	if err != nil {
		return fmt.Errorf("fill the audit log: %w", err)
	}
	if seq == 0 {
		return nil
	}
	_, err = tx.Exec(ctx, `UPDATE audit_heads SET seq = $1, hash = $2`, seq, head)
	return err
}

func cut(name string, text []byte) content {
	c := content{name: name}
	at := 0
	for _, m := range keyForm.FindAllIndex(text, -1) {
		c.cuts = append(c.cuts, text[at:m[0]])
		c.keys = append(c.keys, parseKey(text[m[0]:m[1]]))
		at = m[1]
	}
	c.cuts = append(c.cuts, text[at:])
	return c
}

// text is the content with the keys of a copy.
func (c content) text(mask [8]byte) []byte {
	size := len(c.keys) * 36
	for _, text := range c.cuts {
		size += len(text)
	}
	b := make([]byte, 0, size)
	for i, text := range c.cuts {
		b = append(b, text...)
		if i < len(c.keys) {
			b = appendKey(b, c.keys[i], mask)
		}
	}
	return b
}

// parseKey reads what keyForm found.
func parseKey(text []byte) (k [16]byte) {
	_, _ = hex.Decode(k[:], bytes.ReplaceAll(text, []byte("-"), nil)) // it has just been matched
	return k
}

// appendKey keeps the first half of a key, its time, and changes the second.
func appendKey(b []byte, k [16]byte, mask [8]byte) []byte {
	for i := range mask {
		k[8+i] ^= mask[i]
	}
	for i, part := range [][]byte{k[:4], k[4:6], k[6:8], k[8:10], k[10:]} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, part)
	}
	return b
}

// tablesInOrder lists the tables of the current schema, those that others point to first.
func tablesInOrder(ctx context.Context, tx pgx.Tx) ([]string, error) {
	type table struct {
		Name  string
		Needs []string
	}
	rows, err := tx.Query(ctx, `SELECT c.relname::text, array_agg(DISTINCT r.relname::text) FILTER (WHERE r.relname IS NOT NULL AND r.oid <> c.oid)
		FROM pg_class c LEFT JOIN pg_constraint f ON f.conrelid = c.oid AND f.contype = 'f' LEFT JOIN pg_class r ON r.oid = f.confrelid
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition GROUP BY c.relname ORDER BY c.relname`)
	if err != nil {
		return nil, fmt.Errorf("list the tables: %w", err)
	}
	left, err := pgx.CollectRows(rows, pgx.RowToStructByPos[table])
	if err != nil {
		return nil, fmt.Errorf("list the tables: %w", err)
	}
	var order []string
	for len(left) > 0 {
		n := len(left)
		left = slices.DeleteFunc(left, func(t table) bool {
			ready := !slices.ContainsFunc(t.Needs, func(need string) bool { return !slices.Contains(order, need) })
			if ready {
				order = append(order, t.Name)
			}
			return ready
		})
		if len(left) == n {
			return nil, errors.New("tables point at each other in a circle")
		}
	}
	return order, nil
}
