// Package event lets a module say what happened without knowing who listens.
//
// Publishing writes the fact into the agency's events, inserts one job per
// listener and tells open pages, all in the publisher's transaction. Each
// listener is retried by itself and must be safe to run twice.
package event

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/live"
)

// Event is a fact in the past tense. EventName is stable and versioned:
// "projects.project_created.v1".
type Event interface{ EventName() string }

// Trace says what an event is about, for timelines and for pages that show it.
type Trace struct {
	Entity    string // "project"
	EntityID  string
	ClientID  string
	ProjectID string
	MemberID  string // whose own record it is, if it is somebody's (a timer, a time entry)
	Label     string // what a person reads: "ACM-012 Website", without amounts
}

// Traced is an event that shows up in timelines.
type Traced interface{ Trace() Trace }

// Shutting is an event after which a member may hear nothing more: their open pages are cut off.
type Shutting interface{ ShutOut() (memberID string) }

type delivery struct {
	Event    string          `json:"event"`
	Listener string          `json:"listener"`
	Payload  json.RawMessage `json:"payload"`
}

// Kind names the job that carries an event to one listener.
func (delivery) Kind() string { return "event.deliver" }

type listener struct {
	name string
	fn   func(context.Context, json.RawMessage) error
}

// Bus knows the listeners. It is filled at start-up and only read after.
type Bus struct {
	queue     *job.Queue
	now       func() time.Time
	listeners map[string][]listener
}

// NewBus returns a bus that delivers through q.
func NewBus(q *job.Queue, r *job.Registry, now func() time.Time) *Bus {
	b := &Bus{queue: q, now: now, listeners: map[string][]listener{}}
	job.Handle(r, b.deliver)
	r.Always(delivery{}) // what happened has happened, and is told inside the house
	return b
}

func (b *Bus) deliver(ctx context.Context, d delivery) error {
	for _, l := range b.listeners[d.Event] {
		if l.name == d.Listener {
			return l.fn(ctx, d.Payload)
		}
	}
	return fmt.Errorf("nobody called %q listens to %q any more", d.Listener, d.Event)
}

// On adds a listener. Its name is stable too: jobs already queued refer to it.
func On[E Event](b *Bus, name string, fn func(context.Context, E) error) {
	var zero E
	ev := zero.EventName()
	for _, l := range b.listeners[ev] {
		if l.name == name {
			panic("event: two listeners called " + name + " on " + ev)
		}
	}
	b.listeners[ev] = append(b.listeners[ev], listener{name, func(ctx context.Context, raw json.RawMessage) error {
		var e E
		if err := json.Unmarshal(raw, &e); err != nil {
			return fmt.Errorf("decode %s: %w", ev, err)
		}
		return fn(ctx, e)
	}})
}

// Publish says e, in tx. It is heard only if tx commits.
func (b *Bus) Publish(ctx context.Context, tx job.Tx, e Event) error {
	payload, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode %s: %w", e.EventName(), err)
	}
	var t Trace
	if traced, ok := e.(Traced); ok {
		t = traced.Trace()
	}
	shut := ""
	if s, ok := e.(Shutting); ok {
		shut = s.ShutOut()
	}
	if err := b.keep(ctx, tx, e.EventName(), t, shut, payload); err != nil {
		return err
	}
	var jobs []job.Args
	for _, l := range b.listeners[e.EventName()] {
		jobs = append(jobs, delivery{e.EventName(), l.name, payload})
	}
	return b.queue.Enqueue(ctx, tx, jobs...)
}

// keep writes the event down and tells open pages in one round trip.
func (b *Bus) keep(ctx context.Context, tx job.Tx, name string, t Trace, shut string, payload []byte) error {
	note, err := live.Note{Agency: tx.AgencyID(), Event: name, Entity: t.Entity, ID: t.EntityID, Member: t.MemberID, Shut: shut}.Encode()
	if err != nil {
		return err
	}
	actor := access.From(ctx)
	_, err = tx.PGX().Exec(ctx, `
		WITH told AS (SELECT pg_notify($1, $2))
		INSERT INTO events (id, happened_at, name, entity, entity_id, client_id, project_id, member_id, actor_id, actor_name, label, payload)
		SELECT $3, $4, $5, $6, $7, nullif($8, '')::uuid, nullif($9, '')::uuid, nullif($10, '')::uuid,
		       nullif($11, '')::uuid, $12, $13, $14 FROM told`,
		live.Channel, note, id.New(), b.now().UTC(), name, t.Entity, t.EntityID, t.ClientID, t.ProjectID, t.MemberID,
		actor.MemberID, actor.Name, t.Label, payload)
	if err != nil {
		return fmt.Errorf("keep %s: %w", name, err)
	}
	return nil
}
