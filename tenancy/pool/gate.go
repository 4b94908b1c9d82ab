package pool

import (
	"container/list"
	"context"
	"sync"
	"time"
)

// Gate bounds how many checkouts of several pools there are at once. Who waits
// before it is let in by age, whichever pool they came for; with a queue in each
// pool alone, some are long while others are short, and sessions lie idle in one
// that would have shortened the wait in another. It is narrower than the pools
// are together: the sessions left over stay with the tenants they have served,
// so that whoever comes in finds theirs more often.
//
// A pool whose callers do not come out again fills its share and no more.
type Gate struct {
	most int // checkouts of one pool

	mu    sync.Mutex
	free  int
	queue *list.List // of *caller
}

// NewGate returns a gate for n checkouts, of whom one pool may have share.
func NewGate(n, share int) *Gate { return &Gate{most: share, free: n, queue: list.New()} }

// pass is what a pool has to do with its gate; the fields are the gate's.
type pass struct {
	gate           *Gate // nil lets everybody in
	inside, before int   // checkouts, and callers who wait for one
	line           line
}

// caller stands before the gate.
type caller struct {
	pass *pass
	in   chan struct{} // closed when the gate let them in
}

// enter waits until there is room, at most until the given moment. ErrBusy.
// Who is in must leave.
func (p *pass) enter(ctx context.Context, until time.Time) error {
	place := p.ask()
	if place == nil {
		return nil
	}
	c, _ := place.Value.(*caller)
	_, err := stand(ctx, &p.line, until, c.in)
	if err != nil {
		p.giveUp(place)
	}
	return err
}

// ask lets a caller in, or returns their place in the queue.
func (p *pass) ask() *list.Element {
	g := p.gate
	if g == nil {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	// With room left, all who wait are of pools that have their share.
	if g.free > 0 && p.inside < g.most {
		g.let(p)
		return nil
	}
	p.before++
	return g.queue.PushBack(&caller{p, make(chan struct{})})
}

// giveUp leaves the queue, or the gate if it has let the caller in at the same moment.
func (p *pass) giveUp(place *list.Element) {
	p.gate.mu.Lock()
	defer p.gate.mu.Unlock()
	c, _ := place.Value.(*caller)
	select {
	case <-c.in:
		p.gate.out(p)
	default:
		p.gate.queue.Remove(place)
		p.before--
	}
}

// leave makes room for another.
func (p *pass) leave() {
	if p.gate == nil {
		return
	}
	p.gate.mu.Lock()
	defer p.gate.mu.Unlock()
	p.gate.out(p)
}

// waiting tells how many of the pool's callers stand before the gate.
func (p *pass) waiting() int {
	if p.gate == nil {
		return 0
	}
	p.gate.mu.Lock()
	defer p.gate.mu.Unlock()
	return p.before
}

func (g *Gate) let(p *pass) {
	g.free--
	p.inside++
}

// out takes one of p's checkouts back, and lets the oldest caller in whose pool has not its share.
func (g *Gate) out(p *pass) {
	g.free++
	p.inside--
	for el := g.queue.Front(); el != nil; el = el.Next() {
		c, _ := el.Value.(*caller)
		if c.pass.inside >= g.most {
			continue
		}
		g.queue.Remove(el)
		c.pass.before--
		g.let(c.pass)
		close(c.in)
		return
	}
}
