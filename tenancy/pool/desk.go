package pool

import (
	"container/list"
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

var (
	// ErrBusy answers a caller who waited for a session as long as the limit allows.
	ErrBusy = errors.New("pool: all sessions are in use")
	// ErrClosed answers every call after Close.
	ErrClosed = errors.New("pool: closed")
)

// maxOvertaken is how often others may be served before the first in the queue,
// because the free session suits them better.
const maxOvertaken = 8

// maxLook bounds how far into the queue a free session looks for its tenant.
const maxLook = 64

// seat is one place of the pool: an open session, or the right to open one.
// Whoever took it owns it; nobody else reads it until it is given back.
type seat struct {
	open    bool         // there is a session; else this is the right to open one
	conn    *stdlib.Conn // of the session
	tenant  Tenant       // whose session it is; zero when nobody's, or not known for sure
	met     map[Tenant]struct{}
	count   atomic.Int32 // of met, for the statistics
	dies    time.Time
	tainted bool
}

func (s *seat) pg() *pgconn.PgConn { return s.conn.Conn().PgConn() }

func (s *seat) wire() *wire {
	w, _ := s.pg().Conn().(*wire)
	return w
}

func (s *seat) knows(t Tenant) bool { _, ok := s.met[t]; return ok }

func (s *seat) meet(t Tenant) {
	if s.met == nil {
		s.met = map[Tenant]struct{}{}
	}
	s.met[t] = struct{}{}
	s.count.Store(int32(len(s.met))) //nolint:gosec // bounded by the budget
}

// blank makes s the right to open a session.
func (s *seat) blank() {
	s.open, s.conn, s.tenant, s.met, s.tainted = false, nil, Tenant{}, nil, false
	s.count.Store(0)
}

type waiter struct {
	tenant    Tenant
	overtaken int
	got       chan *seat // nil: the pool was closed
}

// desk decides who gets which seat. It knows no database.
type desk struct {
	max     int      // seats of its own
	reserve *Reserve // where more come from; nil: from nowhere
	line    line

	mu     sync.Mutex
	seats  map[*seat]struct{}
	idle   []*seat    // the one that is idle longest first
	peak   int        // the most in use at a time since the last look at what is surplus
	queue  *list.List // of *waiter
	demand demand
	closed bool
}

func newDesk(limit int, reserve *Reserve) *desk {
	return &desk{max: limit, reserve: reserve, seats: map[*seat]struct{}{}, queue: list.New()}
}

// take returns an idle seat, or a blank one that the caller must open, or
// waits for either, at most until the given moment. The caller gives it back or
// drops it.
func (d *desk) take(ctx context.Context, t Tenant, until time.Time) (*seat, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s, place, err := d.ask(t)
	if place == nil {
		return s, err
	}
	w, _ := place.Value.(*waiter)
	s, err = stand(ctx, &d.line, until, w.got)
	switch {
	case err != nil:
		d.leave(place)
		return nil, err
	case s == nil:
		return nil, ErrClosed
	}
	return s, nil
}

// ask returns a seat or a place in the queue.
func (d *desk) ask(t Tenant) (*seat, *list.Element, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, nil, ErrClosed
	}
	if s := d.pick(t); s != nil {
		d.peak = max(d.peak, len(d.seats)-len(d.idle))
		return s, nil, nil
	}
	return nil, d.queue.PushBack(&waiter{tenant: t, got: make(chan *seat, 1)}), nil
}

// leave gives up a place in the queue. A seat that came at the same moment
// goes to the next one.
func (d *desk) leave(place *list.Element) {
	d.mu.Lock()
	defer d.mu.Unlock()
	w, _ := place.Value.(*waiter)
	select {
	case s := <-w.got:
		d.handOn(s)
	default:
		d.queue.Remove(place)
	}
}

// pick chooses: one that is the tenant's now, else one that has served it, else a new one, else any, else, when all are in
// use, a new one of the reserve. A session that changes hands is taken from the tenant whom the fewest ask for: few tenants
// ask for most, and theirs are the sessions that are used as they are.
func (d *desk) pick(t Tenant) *seat {
	d.demand.note(t)
	for i := len(d.idle) - 1; i >= 0; i-- {
		if d.idle[i].tenant == t {
			return d.off(i)
		}
	}
	if i := d.leastMissed(func(s *seat) bool { return s.knows(t) }); i >= 0 {
		return d.off(i)
	}
	if len(d.seats) < d.max {
		return d.add()
	}
	if i := d.leastMissed(func(*seat) bool { return true }); i >= 0 {
		return d.off(i)
	}
	if d.reserve.take() {
		return d.add()
	}
	return nil
}

// leastMissed is the place of the idle seat that suits and whose tenant the fewest ask for, of several the one that is idle
// longest; -1: none suits.
func (d *desk) leastMissed(suits func(*seat) bool) int {
	least := -1
	var fewest uint32
	for i, s := range d.idle {
		if !suits(s) {
			continue
		}
		if n := d.demand.of(s.tenant); least < 0 || n < fewest {
			least, fewest = i, n
		}
	}
	return least
}

func (d *desk) add() *seat {
	s := &seat{}
	d.seats[s] = struct{}{}
	return s
}

// off takes the seat at i from the idle ones.
func (d *desk) off(i int) *seat {
	s := d.idle[i]
	d.idle = slices.Delete(d.idle, i, i+1)
	return s
}

// give brings a seat back whose session may serve others. It is false when
// the pool was closed meanwhile, and the seat is still the caller's.
func (d *desk) give(s *seat) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return false
	}
	d.handOn(s)
	return true
}

// drop brings a seat back whose session is no more.
func (d *desk) drop(s *seat) {
	s.blank()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.handOn(s)
}

// handOn gives s to a waiter, or puts it aside.
func (d *desk) handOn(s *seat) {
	if s == nil { // closed
		return
	}
	if el := d.next(s); el != nil {
		w, _ := d.queue.Remove(el).(*waiter)
		w.got <- s
		return
	}
	if !s.open {
		if len(d.seats) > d.max {
			d.reserve.bring()
		}
		delete(d.seats, s)
		return
	}
	d.idle = append(d.idle, s)
}

// next is the waiter whom s suits best: one of its tenant, then one it has
// served, then the first. The first is passed over a bounded number of times.
func (d *desk) next(s *seat) *list.Element {
	el := d.queue.Front()
	if el == nil {
		return nil
	}
	first, _ := el.Value.(*waiter)
	if first.overtaken >= maxOvertaken || !s.open {
		return el
	}
	var served *list.Element
	for x, n := el, 0; x != nil && n < maxLook; x, n = x.Next(), n+1 {
		w, _ := x.Value.(*waiter)
		if w.tenant == s.tenant {
			served = x
			break
		}
		if served == nil && s.knows(w.tenant) {
			served = x
		}
	}
	if served == nil || served == el {
		return el
	}
	first.overtaken++
	return served
}

// retire takes idle seats for which old is true; the caller closes and drops them.
func (d *desk) retire(old func(*seat) bool) (out []*seat) {
	d.mu.Lock()
	defer d.mu.Unlock()
	kept := d.idle[:0]
	for _, s := range d.idle {
		if old(s) {
			out = append(out, s)
		} else {
			kept = append(kept, s)
		}
	}
	clear(d.idle[len(kept):])
	d.idle = kept
	return out
}

// surplus takes idle seats that the last while would have done without, but
// none of the desk's own number; the caller closes and drops them.
func (d *desk) surplus() (out []*seat) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := min(len(d.seats)-max(d.max, d.peak), len(d.idle))
	d.peak = len(d.seats) - len(d.idle)
	if n > 0 {
		out = slices.Clone(d.idle[:n])
		d.idle = slices.Delete(d.idle, 0, n)
	}
	return out
}

// close sends all waiters away; seats in use are ended as they come back.
func (d *desk) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	for el := d.queue.Front(); el != nil; el = d.queue.Front() {
		w, _ := d.queue.Remove(el).(*waiter)
		w.got <- nil
	}
}
