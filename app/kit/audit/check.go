package audit

import (
	"bytes"
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Columns are those of audit_events, in the order of Scan.
const Columns = `seq, id, happened_at, action, entity, entity_id, actor_id, actor_name, actor_kind, on_behalf_of, source, reason, before, after, hash`

// Scan reads a row of Columns.
func Scan(r pgx.CollectableRow) (e Entry, err error) {
	err = r.Scan(e.Fields()...)
	return e, err
}

// Fields are where a row of Columns is read into, for queries with more columns after them.
func (e *Entry) Fields() []any {
	return []any{
		&e.Seq, &e.ID, &e.At, &e.Action, &e.Entity, &e.EntityID, &e.ActorID, &e.ActorName, &e.ActorKind, &e.OnBehalfOf, &e.Source,
		&e.Reason, &e.Before, &e.After, &e.Hash,
	}
}

// Verdict is the outcome of a check of the chain.
type Verdict struct {
	Entries int64
	Intact  bool
	// FirstBad is the number of the first entry that does not fit, 0 for none.
	FirstBad int64
}

// Check walks the whole chain and compares every hash, the numbering and the head (rule 101).
func Check(ctx context.Context, tx pgx.Tx) (v Verdict, err error) {
	rows, err := tx.Query(ctx, `SELECT `+Columns+` FROM audit_events ORDER BY seq`)
	if err != nil {
		return v, fmt.Errorf("walk the audit chain: %w", err)
	}
	defer rows.Close()
	var prev []byte
	for rows.Next() {
		e, err := Scan(rows)
		if err != nil {
			return v, fmt.Errorf("walk the audit chain: %w", err)
		}
		v.Entries++
		if v.FirstBad == 0 && (e.Seq != v.Entries || !bytes.Equal(e.Hash, e.Sum(prev))) {
			v.FirstBad = e.Seq
		}
		prev = e.Hash
	}
	if err := rows.Err(); err != nil {
		return v, fmt.Errorf("walk the audit chain: %w", err)
	}
	var seq int64
	var head []byte
	if err := tx.QueryRow(ctx, `SELECT seq, hash FROM audit_heads WHERE one`).Scan(&seq, &head); err != nil {
		return v, fmt.Errorf("read the head of the audit chain: %w", err)
	}
	if v.FirstBad == 0 && (seq != v.Entries || !bytes.Equal(head, prev)) {
		v.FirstBad = v.Entries + 1 // entries at the end are missing
	}
	v.Intact = v.FirstBad == 0
	return v, nil
}
