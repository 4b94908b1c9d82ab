// Package live tells open pages that something changed. Correctness never
// depends on it: a page that misses a note only shows the change later.
package live

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// Channel is the Postgres channel that carries notes between replicas.
const Channel = "bureau_live"

// Note says what changed, by name and key only: a page asks for the rest
// with its own rights.
type Note struct {
	Agency string `json:"a"`
	Event  string `json:"e"`
	Entity string `json:"t,omitempty"`
	ID     string `json:"i,omitempty"`
	Member string `json:"m,omitempty"` // set where only this member's pages care
	Shut   string `json:"s,omitempty"` // the member whose pages may hear nothing more
}

// Encode returns the note as a NOTIFY payload.
func (n Note) Encode() (string, error) {
	raw, err := json.Marshal(n)
	if err != nil {
		return "", fmt.Errorf("encode note: %w", err)
	}
	return string(raw), nil
}

// Hub hands notes to the streams of this process.
type Hub struct {
	mu      sync.Mutex
	streams map[string]map[*stream]struct{} // by agency
}

type stream struct {
	member string
	notes  chan Note
	shut   chan struct{}
	once   sync.Once
}

func (s *stream) end() { s.once.Do(func() { close(s.shut) }) }

// NewHub returns a hub without streams.
func NewHub() *Hub { return &Hub{streams: map[string]map[*stream]struct{}{}} }

// Subscribe returns the notes of one agency for a page of one of its members,
// until leave is called or shut is closed: then the member may hear nothing
// more, or it is not known whether they may. A slow reader loses notes rather
// than holding up the others; shut is never lost.
func (h *Hub) Subscribe(agency, member string) (notes <-chan Note, shut <-chan struct{}, leave func()) {
	s := &stream{member: member, notes: make(chan Note, 64), shut: make(chan struct{})}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.streams[agency] == nil {
		h.streams[agency] = map[*stream]struct{}{}
	}
	h.streams[agency][s] = struct{}{}
	return s.notes, s.shut, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.streams[agency], s)
		if len(h.streams[agency]) == 0 {
			delete(h.streams, agency)
		}
	}
}

// Send hands n to every stream of its agency.
func (h *Hub) Send(n Note) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.streams[n.Agency] {
		if n.Shut != "" && s.member == n.Shut {
			s.end()
			continue
		}
		select {
		case s.notes <- n:
		default: // see Subscribe
		}
	}
}

// endAll ends every stream: whoever still may hear comes again, through the door.
func (h *Hub) endAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, of := range h.streams {
		for s := range of {
			s.end()
		}
	}
}

// Listen reads the channel on a connection of its own until ctx ends, and
// comes back by itself when the database does.
func (h *Hub) Listen(ctx context.Context, connect func(context.Context) (*pgx.Conn, error), log *slog.Logger) {
	for ctx.Err() == nil {
		if err := h.listen(ctx, connect); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "live notes are interrupted", "err", err)
			h.endAll() // whom a note would have shut out meanwhile is not known
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}
}

func (h *Hub) listen(ctx context.Context, connect func(context.Context) (*pgx.Conn, error)) error {
	conn, err := connect(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "LISTEN "+Channel); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	for {
		got, err := conn.WaitForNotification(ctx)
		if err != nil {
			return fmt.Errorf("wait: %w", err)
		}
		var n Note
		if json.Unmarshal([]byte(got.Payload), &n) == nil {
			h.Send(n)
		}
	}
}
