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

// patience is how long a caller waits for a session in use that has served their tenant, though others are idle. A backend
// that meets a tenant for the first time works about five milliseconds longer, and under load that takes several times as
// long; a request holds its session for a few, and under load for some fifteen.
const patience = 25 * time.Millisecond

// seat is one place of the pool: an open session, or the right to open one.
// Whoever took it owns it; nobody else reads it until it is given back, but for
// what the desk knows of it.
type seat struct {
	open    bool                // there is a session; else this is the right to open one
	conn    *stdlib.Conn        // of the session
	tenant  Tenant              // whose session it is; zero when nobody's, or not known for sure
	met     map[Tenant]struct{} // changed by the desk alone, when it gives the seat to somebody
	new     bool                // to whom it was given last
	count   atomic.Int32        // of met, for the statistics
	dies    time.Time
	tainted bool
}

func (s *seat) pg() *pgconn.PgConn { return s.conn.Conn().PgConn() }

func (s *seat) wire() *wire {
	w, _ := s.pg().Conn().(*wire)
	return w
}

func (s *seat) knows(t Tenant) bool { _, ok := s.met[t]; return ok }

// meet notes that the seat is given to t.
func (s *seat) meet(t Tenant) {
	if s.met == nil {
		s.met = map[Tenant]struct{}{}
	}
	s.new = !s.knows(t)
	s.met[t] = struct{}{}
	s.count.Store(int32(len(s.met))) //nolint:gosec // bounded by the budget
}

// forget takes back that the seat was given to t, who did not use it.
func (s *seat) forget(t Tenant) {
	if s.new {
		delete(s.met, t)
		s.count.Store(int32(len(s.met))) //nolint:gosec // bounded by the budget
	}
}

// blank makes s the right to open a session.
func (s *seat) blank() {
	s.open, s.conn, s.tenant, s.met, s.tainted = false, nil, Tenant{}, nil, false
	s.count.Store(0)
}

type waiter struct {
	tenant    Tenant
	picky     bool // takes only a session that has served their tenant
	overtaken int
	got       chan *seat // nil: the pool was closed
}

// desk decides who gets which seat. It knows no database.
type desk struct {
	max     int      // seats of its own
	reserve *Reserve // where more come from; nil: from nowhere
	line    line
	hope    line // those who waited though they need not have

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
	s, err = d.await(ctx, place, until)
	switch {
	case err != nil:
		d.leave(place)
		return nil, err
	case s == nil:
		return nil, ErrClosed
	}
	return s, nil
}

// await stands in the queue: for a moment as somebody who is picky, then for whatever comes.
func (d *desk) await(ctx context.Context, place *list.Element, until time.Time) (*seat, error) {
	w, _ := place.Value.(*waiter)
	if w.picky { // which changes in settle alone
		soon := now().Add(patience)
		if soon.After(until) {
			soon = until
		}
		s, err := stand(ctx, &d.hope, soon, w.got)
		if !errors.Is(err, ErrBusy) {
			return s, err
		}
		if s := d.settle(place); s != nil {
			return s, nil
		}
	}
	return stand(ctx, &d.line, until, w.got)
}

// ask returns a seat or a place in the queue. An idle session of others is left alone for the moment if one in use has served
// the tenant.
func (d *desk) ask(t Tenant) (*seat, *list.Element, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, nil, ErrClosed
	}
	d.demand.note(t)
	picky := false
	s := d.suiting(t)
	if s == nil {
		if picky = len(d.idle) > 0 && d.known(t); !picky {
			s = d.any()
		}
	}
	if s != nil {
		d.out(s, t)
		return s, nil, nil
	}
	return nil, d.queue.PushBack(&waiter{tenant: t, picky: picky, got: make(chan *seat, 1)}), nil
}

// settle is for somebody whose patience ended: they get what there is, or stand in their place for whatever comes.
func (d *desk) settle(place *list.Element) *seat {
	d.mu.Lock()
	defer d.mu.Unlock()
	w, _ := place.Value.(*waiter)
	if len(w.got) > 0 { // a seat came at the same moment, or the end of the pool; it waits to be taken
		return nil
	}
	w.picky = false
	s := d.suiting(w.tenant)
	if s == nil {
		s = d.any()
	}
	if s != nil {
		d.queue.Remove(place)
		d.out(s, w.tenant)
	}
	return s
}

// out gives a seat to somebody of t.
func (d *desk) out(s *seat, t Tenant) {
	s.meet(t)
	d.peak = max(d.peak, len(d.seats)-len(d.idle))
}

// leave gives up a place in the queue. A seat that came at the same moment
// goes to the next one.
func (d *desk) leave(place *list.Element) {
	d.mu.Lock()
	defer d.mu.Unlock()
	w, _ := place.Value.(*waiter)
	select {
	case s := <-w.got:
		if s != nil { // else the pool was closed
			s.forget(w.tenant)
			d.handOn(s)
		}
	default:
		d.queue.Remove(place)
	}
}

// suiting is an idle seat that is the tenant's now, else one that has served it, else a new one.
func (d *desk) suiting(t Tenant) *seat {
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
	return nil
}

// any is any idle seat, else, when all are in use, a new one of the reserve. A session that changes hands is taken from the
// tenant whom the fewest ask for: few tenants ask for most, and theirs are the sessions that are used as they are.
func (d *desk) any() *seat {
	if i := d.leastMissed(func(*seat) bool { return true }); i >= 0 {
		return d.off(i)
	}
	if d.reserve.take() {
		return d.add()
	}
	return nil
}

// known tells whether a seat that is in use has served the tenant. None that is idle has.
func (d *desk) known(t Tenant) bool {
	for s := range d.seats {
		if s.knows(t) {
			return true
		}
	}
	return false
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
	d.mu.Lock()
	defer d.mu.Unlock()
	s.blank()
	d.handOn(s)
}

// renew makes s the right to open a session for t, whose holder found it dead.
func (d *desk) renew(s *seat, t Tenant) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s.blank()
	s.meet(t)
}

// handOn gives s to a waiter, or puts it aside.
func (d *desk) handOn(s *seat) {
	if el := d.next(s); el != nil {
		w, _ := d.queue.Remove(el).(*waiter)
		d.out(s, w.tenant)
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
// served, then the first who is not picky. That one is passed over by those
// behind a bounded number of times.
func (d *desk) next(s *seat) *list.Element {
	var first, served *list.Element
	passes := false
	for x, n := d.queue.Front(), 0; x != nil && (n < maxLook || first == nil); x, n = x.Next(), n+1 {
		w, _ := x.Value.(*waiter)
		if first == nil && !w.picky {
			first = x
			if w.overtaken >= maxOvertaken || !s.open {
				break
			}
		}
		if !s.open {
			continue
		}
		if own := w.tenant == s.tenant; own || served == nil && s.knows(w.tenant) {
			served, passes = x, first != nil && x != first
			if own {
				break
			}
		}
	}
	if served == nil {
		return first
	}
	if passes {
		w, _ := first.Value.(*waiter)
		w.overtaken++
	}
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
