// Package audit writes down who changed what. Entries are written in the
// change's own transaction and chained by hash, so that a later edit of the
// log shows (rule 101). No interface updates or deletes them, and the agency's
// database role may not either.
package audit

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/id"
)

// Change is one thing that was done. Before and After are encoded as JSON;
// what must not be read in the log (secrets) must not be in them.
type Change struct {
	Action   string // "clients.client_archived"
	Entity   string // "client"
	EntityID string
	Before   any
	After    any
	Reason   string // why an exception was made, where one was
}

// Tx is the transaction of the change.
type Tx interface {
	PGX() pgx.Tx
	// BeforeCommit runs fn last, in the transaction; calls with the same key run once.
	BeforeCommit(key any, fn func(context.Context) error)
	// Values keeps what several calls of one transaction share.
	Values() map[any]any
}

type pendingKey struct{}

// Record notes c. It is written just before tx commits: the head of the chain
// is locked for that moment only, so that changes of one agency run side by side.
func Record(ctx context.Context, tx Tx, c Change) error {
	e, err := entryOf(ctx, c)
	if err != nil {
		return err
	}
	values := tx.Values()
	pending, _ := values[pendingKey{}].(*[]Entry)
	if pending == nil {
		pending = new([]Entry)
		values[pendingKey{}] = pending
		tx.BeforeCommit(pendingKey{}, func(ctx context.Context) error { return write(ctx, tx.PGX(), *pending) })
	}
	*pending = append(*pending, e)
	return nil
}

// RecordNow writes c down at once, in the log of tx's own schema: for
// transactions that are not an agency's. It comes last in tx, since the chain's head stays locked until tx ends.
func RecordNow(ctx context.Context, tx pgx.Tx, c Change) error {
	e, err := entryOf(ctx, c)
	if err != nil {
		return err
	}
	return write(ctx, tx, []Entry{e})
}

func entryOf(ctx context.Context, c Change) (Entry, error) {
	before, err := encode(c.Before)
	if err != nil {
		return Entry{}, err
	}
	after, err := encode(c.After)
	if err != nil {
		return Entry{}, err
	}
	a := access.From(ctx)
	e := Entry{
		// The machine's time and no other: the log says when something was written down, also where the product's clock is moved.
		ID: id.New(), At: time.Now().UTC().Truncate(time.Microsecond), Action: c.Action, Entity: c.Entity, EntityID: c.EntityID,
		ActorID: a.MemberID, ActorName: a.Name, ActorKind: string(a.Kind), OnBehalfOf: a.OnBehalfOf, Source: sourceOf(a),
		Reason: c.Reason, Before: before, After: after,
	}
	if a.OperatorID != "" {
		// An operator inside an agency acts in their own name, on behalf of the member whose place they take.
		e.ActorID, e.OnBehalfOf = a.OperatorID, a.MemberID
	}
	return e, nil
}

func sourceOf(a access.Actor) string {
	switch a.Kind {
	case access.Token:
		return "token:" + a.TokenID
	case access.System, "":
		return "system"
	}
	return "web"
}

func encode(v any) (string, error) {
	if v == nil {
		return "", nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode audit value: %w", err)
	}
	return string(raw), nil
}

// Entry is one line of the log. Before and After are JSON texts or empty.
type Entry struct {
	Seq        int64
	ID         string
	At         time.Time
	Action     string
	Entity     string
	EntityID   string
	ActorID    string
	ActorName  string
	ActorKind  string
	OnBehalfOf string
	Source     string
	Reason     string
	Before     string
	After      string
	Hash       []byte
}

// Sum chains e to the entry before it.
func (e Entry) Sum(prev []byte) []byte {
	h := sha256.New()
	h.Write(prev)
	fields := []string{
		fmt.Sprint(e.Seq), e.ID, e.At.UTC().Format(time.RFC3339Nano), e.Action, e.Entity, e.EntityID,
		e.ActorID, e.ActorName, e.ActorKind, e.OnBehalfOf, e.Source, e.Reason, e.Before, e.After,
	}
	for _, f := range fields {
		fmt.Fprintf(h, "%d:%s;", len(f), f) // the length keeps two fields from flowing into each other
	}
	return h.Sum(nil)
}

func write(ctx context.Context, tx pgx.Tx, entries []Entry) error {
	var seq int64
	var head []byte
	if err := tx.QueryRow(ctx, `SELECT seq, hash FROM audit_heads WHERE one FOR UPDATE`).Scan(&seq, &head); err != nil {
		return fmt.Errorf("lock the audit chain: %w", err)
	}
	batch := &pgx.Batch{}
	for _, e := range entries {
		seq++
		e.Seq = seq
		head = e.Sum(head)
		batch.Queue(`INSERT INTO audit_events
			(seq, id, happened_at, action, entity, entity_id, actor_id, actor_name, actor_kind, on_behalf_of, source, reason, before, after, hash)
			VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15)`,
			e.Seq, e.ID, e.At, e.Action, e.Entity, e.EntityID, e.ActorID, e.ActorName, e.ActorKind, e.OnBehalfOf, e.Source, e.Reason,
			e.Before, e.After, head)
	}
	batch.Queue(`UPDATE audit_heads SET seq = $1, hash = $2 WHERE one`, seq, head)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("write the audit chain: %w", err)
	}
	return nil
}
