package pool

import (
	"sync/atomic"
	"time"
)

type counter = atomic.Int64

type counts struct {
	hits, warm, cold, opened               counter
	recycled, aged, tainted, broken, ended counter
}

// Stats is what a pool has done and how it stands.
type Stats struct {
	Hits   int64 // the session was the tenant's last
	Warm   int64 // it had served the tenant before
	Cold   int64 // it met the tenant for the first time
	Opened int64 // a new session was opened

	Waits    int64 // times that a checkout stood in a queue, before the gate or for a session
	TimedOut int64 // of those, the ones that ended in ErrBusy
	Waited   time.Duration
	Hoped    int64 // times that a checkout waited a moment for a session in use that had served the tenant, though others were idle
	InVain   int64 // of those, the ones that had to take another session, or wait on

	Recycled int64 // closed because they had met as many tenants as the budget allows
	Aged     int64 // closed because of their age
	Tainted  int64 // closed because a statement was refused
	Broken   int64 // closed because of a failure

	Open, Idle, Queue int
	Tenants           int // met by the open sessions, all together
	MostTenants       int // met by one of them
}

// Stats reads the counters.
func (p *Pool) Stats() Stats {
	s := Stats{
		Hits: p.hits.Load(), Warm: p.warm.Load(), Cold: p.cold.Load(), Opened: p.opened.Load(),
		Recycled: p.recycled.Load(), Aged: p.aged.Load(), Tainted: p.tainted.Load(), Broken: p.broken.Load(),
	}
	for _, l := range []*line{&p.pass.line, &p.desk.line} {
		s.Waits += l.waits.Load()
		s.TimedOut += l.timeouts.Load()
		s.Waited += time.Duration(l.waited.Load())
	}
	hope := &p.desk.hope
	s.Hoped, s.InVain = hope.waits.Load(), hope.timeouts.Load()
	s.Waited += time.Duration(hope.waited.Load())
	before := p.pass.waiting()
	p.desk.mu.Lock()
	defer p.desk.mu.Unlock()
	s.Open, s.Idle, s.Queue = len(p.desk.seats), len(p.desk.idle), before+p.desk.queue.Len()
	for seat := range p.desk.seats {
		n := int(seat.count.Load())
		s.Tenants += n
		s.MostTenants = max(s.MostTenants, n)
	}
	return s
}
