package pool

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func tenant(n int) Tenant { return Tenant{fmt.Sprintf("t%05d", n), fmt.Sprintf("r_t%05d", n)} }

// The rules of the desk, said once more and without its code: after each step
// of a random history the outcome must be what the rules demand.
func TestDeskFollowsItsRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		spare := rapid.IntRange(0, 4).Draw(t, "reserve")
		m := &model{desk: newDesk(rapid.IntRange(1, 6).Draw(t, "max"), NewReserve(spare)), spare: spare, asked: map[Tenant]uint32{}, met: map[*seat]map[Tenant]bool{}}
		tenants := rapid.IntRange(1, 9).Draw(t, "tenants")
		t.Repeat(map[string]func(*rapid.T){
			"ask":  func(t *rapid.T) { m.ask(t, tenant(rapid.IntRange(1, tenants).Draw(t, "tenant"))) },
			"give": func(t *rapid.T) { m.bring(t, true) },
			"drop": func(t *rapid.T) { m.bring(t, false) },
			"leave": func(t *rapid.T) {
				if len(m.waiting) == 0 {
					t.Skip("nobody waits")
				}
				i := rapid.IntRange(0, len(m.waiting)-1).Draw(t, "who")
				m.desk.leave(m.waiting[i])
				m.waiting = slices.Delete(m.waiting, i, i+1)
			},
			"settle": m.settle,
			"elsewhere": func(*rapid.T) { // another pool takes from the reserve, or gives back
				if m.elsewhere > 0 {
					m.desk.reserve.bring()
					m.elsewhere--
				} else if m.desk.reserve.take() {
					m.elsewhere++
				}
			},
			"surplus": m.giveBack,
			"":        m.check,
		})
	})
}

type model struct {
	desk      *desk
	held      []*seat
	waiting   []*list.Element
	spare     int // size of the reserve
	elsewhere int // of it, what another pool has
	peak      int // the most that were held since surplus was given back
	asked     map[Tenant]uint32
	met       map[*seat]map[Tenant]bool // whom each session served
}

// lent is how many of the reserve the desk has.
func (m *model) lent() int { return max(0, len(m.desk.seats)-m.desk.max) }

// giveBack may close what nobody needed since the last time, and only what is of the reserve.
func (m *model) giveBack(t *rapid.T) {
	want := max(0, min(len(m.desk.seats)-max(m.desk.max, m.peak), len(m.desk.idle)))
	longest := slices.Clone(m.desk.idle)
	got := m.desk.surplus()
	if !slices.Equal(got, longest[:want]) {
		t.Fatalf("%d seats were given back, want the %d that were idle longest", len(got), want)
	}
	for _, s := range got {
		m.desk.drop(s)
	}
	m.peak = len(m.held)
}

func (m *model) ask(t *rapid.T, who Tenant) {
	idle, open := slices.Clone(m.desk.idle), len(m.desk.seats)
	s, place, err := m.desk.ask(who)
	if err != nil {
		t.Fatal(err)
	}
	m.asked[who]++
	hopes := m.outcome(t, s, who, idle, open, true)
	if place == nil {
		m.sit(t, s, who)
		return
	}
	if w, _ := place.Value.(*waiter); w.picky != hopes {
		t.Fatalf("%s waits, picky: %v, want %v", who.Schema, w.picky, hopes)
	}
	m.waiting = append(m.waiting, place)
}

// settle ends somebody's patience.
func (m *model) settle(t *rapid.T) {
	var picky []int
	for i := range m.waiting {
		if m.waiter(i).picky {
			picky = append(picky, i)
		}
	}
	if len(picky) == 0 {
		t.Skip("nobody is picky")
	}
	i := rapid.SampledFrom(picky).Draw(t, "who")
	who := m.waiter(i).tenant
	idle, open := slices.Clone(m.desk.idle), len(m.desk.seats)
	s := m.desk.settle(m.waiting[i])
	m.outcome(t, s, who, idle, open, false)
	if s == nil {
		if m.waiter(i).picky {
			t.Fatalf("%s has settled and is picky", who.Schema)
		}
		return
	}
	m.waiting = slices.Delete(m.waiting, i, i+1)
	m.sit(t, s, who)
}

func (m *model) waiter(i int) *waiter { w, _ := m.waiting[i].Value.(*waiter); return w }

// outcome looks whether s is what who must get when these were idle and so many seats there were. It tells whether they may
// hope for a session that is in use.
func (m *model) outcome(t *rapid.T, s *seat, who Tenant, idle []*seat, open int, patient bool) (hopes bool) {
	any := func(is func(*seat) bool) bool { return slices.ContainsFunc(idle, is) }
	// spared says whether somebody else's session would have been missed less.
	spared := func(is func(*seat) bool) bool {
		return any(func(x *seat) bool { return is(x) && m.asked[x.tenant] < m.asked[s.tenant] })
	}
	knows := func(x *seat) bool { return m.met[x][who] }
	everyone := func(*seat) bool { return true }
	switch {
	case any(func(x *seat) bool { return x.tenant == who }):
		if s == nil || s.tenant != who {
			t.Fatalf("a session of %s was idle and %+v was given", who.Schema, s)
		}
	case any(knows):
		if s == nil || !knows(s) {
			t.Fatalf("a session that knows %s was idle and %+v was given", who.Schema, s)
		}
		if spared(knows) {
			t.Fatalf("the session of %s was given, which was asked for %d times, and not one that knows %s and was asked for less", s.tenant.Schema, m.asked[s.tenant], who.Schema)
		}
	case open < m.desk.max:
		if s == nil || s.open {
			t.Fatalf("there was room for a new session and %+v was given", s)
		}
	case patient && len(idle) > 0 && slices.ContainsFunc(m.held, knows):
		if s != nil {
			t.Fatalf("a session in use knows %s and %+v was given", who.Schema, s)
		}
		return true
	case len(idle) > 0:
		if s == nil || spared(everyone) {
			t.Fatalf("not the session whose tenant was asked for least was given but %+v", s)
		}
	case m.spare-m.elsewhere > max(0, open-m.desk.max):
		if s == nil || s.open {
			t.Fatalf("there was one in the reserve and %+v was given", s)
		}
	default:
		if s != nil {
			t.Fatalf("all were in use and %+v was given", s)
		}
	}
	return false
}

// sit is what Connect does with a seat.
func (m *model) sit(t *rapid.T, s *seat, who Tenant) {
	if slices.Contains(m.held, s) {
		t.Fatal("one seat was given to two")
	}
	if s.new != !m.met[s][who] {
		t.Fatalf("the session says %v of whether it is new to %s", s.new, who.Schema)
	}
	s.open, s.tenant = true, who
	if m.met[s] == nil {
		m.met[s] = map[Tenant]bool{}
	}
	m.met[s][who] = true
	m.held = append(m.held, s)
	m.peak = max(m.peak, len(m.held))
}

func (m *model) bring(t *rapid.T, good bool) {
	if len(m.held) == 0 {
		t.Skip("nobody holds a seat")
	}
	i := rapid.IntRange(0, len(m.held)-1).Draw(t, "which")
	s := m.held[i]
	m.held = slices.Delete(m.held, i, i+1)
	due, over := m.due(s, good)
	passed := 0
	if over >= 0 {
		passed = m.waiter(over).overtaken + 1
	}
	if good {
		m.desk.give(s)
	} else {
		delete(m.met, s)
		m.desk.drop(s)
	}
	if due < 0 {
		return
	}
	w, _ := m.waiting[due].Value.(*waiter)
	select {
	case got := <-w.got:
		if got != s {
			t.Fatal("another seat came than the one that was free")
		}
	default:
		t.Fatalf("the seat of %s did not go to waiter %d (%s)", s.tenant.Schema, due, w.tenant.Schema)
	}
	if over >= 0 && (m.waiter(over).overtaken != passed || passed > 8) {
		t.Fatalf("the first in the queue was passed over %d times, want %d", m.waiter(over).overtaken, passed)
	}
	m.waiting = slices.Delete(m.waiting, due, due+1)
	m.sit(t, s, w.tenant)
}

// due says who in the queue must get s, -1 for nobody: its tenant, else one it has served, else the first who is not picky;
// and nobody behind that first one when they were passed over eight times. Over is the first one, when passed over now.
func (m *model) due(s *seat, good bool) (due, over int) {
	first := slices.IndexFunc(m.waiting, func(e *list.Element) bool { w, _ := e.Value.(*waiter); return !w.picky })
	if !good {
		return first, -1
	}
	those := m.waiting
	if first >= 0 && m.waiter(first).overtaken == 8 {
		those = those[:first+1]
	}
	in := func(is func(Tenant) bool) int {
		return slices.IndexFunc(those, func(e *list.Element) bool { w, _ := e.Value.(*waiter); return is(w.tenant) })
	}
	due = in(func(w Tenant) bool { return w == s.tenant })
	if due < 0 {
		due = in(func(w Tenant) bool { return m.met[s][w] })
	}
	switch {
	case due < 0:
		return first, -1
	case first >= 0 && due > first:
		return due, first
	}
	return due, -1
}

func (m *model) check(t *rapid.T) {
	d := m.desk
	if len(d.seats) > d.max+m.spare || len(d.seats) != len(d.idle)+len(m.held) {
		t.Fatalf("%d seats: %d idle, %d held, at most %d and %d", len(d.seats), len(d.idle), len(m.held), d.max, m.spare)
	}
	if left := int(d.reserve.left.Load()); left != m.spare-m.lent()-m.elsewhere {
		t.Fatalf("%d are left in the reserve of %d: %d are lent, %d are elsewhere", left, m.spare, m.lent(), m.elsewhere)
	}
	for i := range m.waiting {
		if w := m.waiter(i); !w.picky && len(d.idle) > 0 {
			t.Fatalf("%s waits for any while %d are idle", w.tenant.Schema, len(d.idle))
		}
	}
	if d.queue.Len() != len(m.waiting) {
		t.Fatalf("%d wait, want %d", d.queue.Len(), len(m.waiting))
	}
	for s := range d.seats {
		if len(s.met) != len(m.met[s]) || slices.ContainsFunc(slices.Collect(maps.Keys(s.met)), func(x Tenant) bool { return !m.met[s][x] }) {
			t.Fatalf("a seat is said to know %v, it has served %v", s.met, m.met[s])
		}
	}
	for _, s := range d.idle {
		if !s.open || int(s.count.Load()) != len(s.met) || slices.Contains(m.held, s) {
			t.Fatalf("an idle seat is %+v", s)
		}
	}
}

// Many at once, with waits that end too early: no seat is held by two, none is lost.
func TestDeskUnderRace(t *testing.T) {
	t.Parallel()
	d := newDesk(4, nil)
	var holders sync.Map // *seat → *atomic.Int32
	var served, busy, cancelled atomic.Int64
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			for range 400 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(3000))*time.Microsecond)
				who := tenant(rand.IntN(12))
				s, err := d.take(ctx, who, now().Add(2*time.Millisecond))
				cancel()
				switch {
				case errors.Is(err, ErrBusy):
					busy.Add(1)
					continue
				case err != nil:
					cancelled.Add(1)
					continue
				}
				n, _ := holders.LoadOrStore(s, new(atomic.Int32))
				count, _ := n.(*atomic.Int32)
				if count.Add(1) != 1 {
					t.Error("one seat is held by two")
				}
				s.open, s.tenant = true, who
				served.Add(1)
				count.Add(-1)
				if len(s.met) > 5 {
					d.drop(s)
				} else {
					d.give(s)
				}
			}
		})
	}
	all.Wait()
	if served.Load() == 0 || len(d.seats) > 4 || len(d.idle) != len(d.seats) || d.queue.Len() != 0 {
		t.Fatalf("served %d, busy %d, cancelled %d; %d seats, %d idle, %d waiting", served.Load(), busy.Load(), cancelled.Load(), len(d.seats), len(d.idle), d.queue.Len())
	}
}

func TestDeskClosesOnWaiters(t *testing.T) {
	t.Parallel()
	d := newDesk(1, nil)
	s, err := d.take(t.Context(), tenant(1), now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	s.open = true
	_, place, _ := d.ask(tenant(2))
	d.close()
	w, _ := place.Value.(*waiter)
	if got := <-w.got; got != nil {
		t.Fatal("a waiter got a seat of a closed desk")
	}
	if d.give(s) {
		t.Fatal("a closed desk took a seat back as good")
	}
	d.drop(s)
	if _, err := d.take(t.Context(), tenant(1), now().Add(time.Hour)); !errors.Is(err, ErrClosed) || len(d.seats) != 0 {
		t.Fatalf("got %v with %d seats, want ErrClosed and none", err, len(d.seats))
	}
}

// Whoever is picky is served by the session that they hoped for, and by another when their patience ends.
func TestAWhileOfPatience(t *testing.T) {
	t.Parallel()
	d := newDesk(2, nil)
	take := func(who Tenant) *seat {
		s, err := d.take(t.Context(), who, now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		s.open, s.tenant = true, who
		return s
	}
	one, two := take(tenant(1)), take(tenant(2))
	d.give(two)
	_, place, _ := d.ask(tenant(1))
	if place == nil {
		t.Fatal("somebody took a stranger's session, and theirs was in use")
	}
	d.give(one)
	w, _ := place.Value.(*waiter)
	if got := <-w.got; got != one {
		t.Fatalf("%+v came, want the session in use", got)
	}
	if got := take(tenant(1)); got != two || !got.new {
		t.Fatalf("after some patience %+v came, want the stranger's session", got)
	}
}

// A session that was handed to somebody who had left does not know them.
func TestWhoLeftIsNotKnown(t *testing.T) {
	t.Parallel()
	d := newDesk(1, nil)
	s, _, _ := d.ask(tenant(1))
	s.open, s.tenant = true, tenant(1)
	_, place, _ := d.ask(tenant(2))
	d.give(s)
	d.leave(place)
	if len(d.idle) != 1 || s.knows(tenant(2)) || !s.knows(tenant(1)) || s.count.Load() != 1 {
		t.Fatalf("%d idle; the session knows %v, want its only tenant", len(d.idle), s.met)
	}
}

// However many of its own tenant keep a session busy, the first in the queue gets it after eight of them.
func TestTheFirstIsPassedOverEightTimes(t *testing.T) {
	t.Parallel()
	d := newDesk(1, nil)
	s, _, _ := d.ask(tenant(1))
	s.open, s.tenant = true, tenant(1)
	_, first, _ := d.ask(tenant(2))
	stranger, _ := first.Value.(*waiter)
	for n := range maxOvertaken {
		_, place, _ := d.ask(tenant(1))
		d.give(s)
		if w, _ := place.Value.(*waiter); len(w.got) != 1 {
			t.Fatalf("after %d of its tenant the session went elsewhere", n)
		}
	}
	d.ask(tenant(1))
	d.give(s)
	if len(stranger.got) != 1 {
		t.Fatalf("the first in the queue was passed over %d times, and once more", stranger.overtaken)
	}
}
