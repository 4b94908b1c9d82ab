package pool

import (
	"container/list"
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The rules of the gate, said once more: after each step of a random history
// those are in who must be, and nobody waits who could be.
func TestGateFollowsItsRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		room := rapid.IntRange(1, 8).Draw(t, "room")
		share := rapid.IntRange(1, room).Draw(t, "share")
		g := NewGate(room, share)
		pools := make([]*pass, rapid.IntRange(1, 4).Draw(t, "pools"))
		for i := range pools {
			pools[i] = &pass{gate: g}
		}
		type waiting struct {
			of    int
			place *list.Element
		}
		in, queue := make([]int, len(pools)), []waiting(nil)
		total := func() (n int) {
			for _, k := range in {
				n += k
			}
			return n
		}
		settle := func() { // the oldest first, of those whose pool has room
			for total() < room {
				at := -1
				for i, w := range queue {
					if in[w.of] < share {
						at = i
						break
					}
				}
				if at < 0 {
					return
				}
				in[queue[at].of]++
				queue = append(queue[:at:at], queue[at+1:]...)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"ask": func(t *rapid.T) {
				i := rapid.IntRange(0, len(pools)-1).Draw(t, "pool")
				must := total() < room && in[i] < share
				place := pools[i].ask()
				if (place == nil) != must {
					t.Fatalf("let in: %v, want %v", place == nil, must)
				}
				if place == nil {
					in[i]++
				} else {
					queue = append(queue, waiting{i, place})
				}
			},
			"leave": func(t *rapid.T) {
				i := rapid.IntRange(0, len(pools)-1).Draw(t, "pool")
				if in[i] == 0 {
					t.Skip("nobody is in")
				}
				pools[i].leave()
				in[i]--
				settle()
			},
			"give up": func(t *rapid.T) {
				if len(queue) == 0 {
					t.Skip("nobody waits")
				}
				i := rapid.IntRange(0, len(queue)-1).Draw(t, "who")
				pools[queue[i].of].giveUp(queue[i].place)
				queue = append(queue[:i:i], queue[i+1:]...)
			},
			"": func(t *rapid.T) {
				before := make([]int, len(pools))
				for _, w := range queue {
					before[w.of]++
					select {
					case <-w.place.Value.(*caller).in:
						t.Fatal("somebody was let in out of turn")
					default:
					}
				}
				for i, p := range pools {
					if p.inside != in[i] || p.waiting() != before[i] {
						t.Fatalf("pool %d has %d in and %d before the gate, want %d and %d", i, p.inside, p.waiting(), in[i], before[i])
					}
				}
			},
		})
	})
}

// Many at once, some of whom do not wait long enough: never more than there is room for, and nobody is forgotten.
func TestGateUnderRace(t *testing.T) {
	t.Parallel()
	const room, share = 5, 3
	g := NewGate(room, share)
	pools := []*pass{{gate: g}, {gate: g}, {gate: g}}
	var inside [3]atomic.Int32
	var served, late, gone atomic.Int64
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			for range 400 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(3000))*time.Microsecond)
				i := rand.IntN(len(pools))
				err := pools[i].enter(ctx, now().Add(2*time.Millisecond))
				cancel()
				switch {
				case errors.Is(err, ErrBusy):
					late.Add(1)
				case err != nil:
					gone.Add(1)
				default:
					if inside[i].Add(1) > share {
						t.Error("a pool has more than its share")
					}
					served.Add(1)
					inside[i].Add(-1)
					pools[i].leave()
				}
			}
		})
	}
	all.Wait()
	if served.Load() == 0 || g.free != room || g.queue.Len() != 0 {
		t.Fatalf("served %d, late %d, gone %d; %d places are free of %d, %d wait", served.Load(), late.Load(), gone.Load(), g.free, room, g.queue.Len())
	}
}

// Without a gate everybody is in at once.
func TestNoGate(t *testing.T) {
	t.Parallel()
	p := &pass{}
	if err := p.enter(t.Context(), now()); err != nil {
		t.Fatal(err)
	}
	p.leave()
	if n := p.waiting(); n != 0 {
		t.Fatalf("%d wait before no gate", n)
	}
}
