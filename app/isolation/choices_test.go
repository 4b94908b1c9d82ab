package isolation

import (
	"cmp"
	"container/heap"
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"testing"

	"github.com/bureauhq/bureau/app/kit/id"
)

// How far two keys of one call lie apart, in steps away from the front of a list of candidates: those of one record
// belong together; those that share a third, as two invoices of a client do, may; all others hardly.
const (
	related  = 3
	stranger = 30
)

// mostLooks bounds the search for keys that belong together.
const mostLooks = 3000

// choices are combinations of candidates, empty ones left out, at most so many: in turns one that is near the front of the lists and one
// whose keys belong together. What is to be put together must not belong together yet.
//
// The first has the keys that are known to be right, if any are.
func (p *pools) choices(candidates map[string][]string, most int, right map[string]string) iter.Seq[map[string]string] {
	return func(yield func(map[string]string) bool) {
		if len(right) > 0 {
			first := map[string]string{}
			for place, keys := range candidates {
				first[place] = cmp.Or(right[place], keys[0])
			}
			if !yield(first) {
				return
			}
		}
		names := slices.Sorted(maps.Keys(candidates))
		front, stopFront := iter.Pull(byDistance(names, candidates))
		defer stopFront()
		kin, stopKin := iter.Pull(p.byKinship(names, candidates))
		defer stopKin()
		sources := []func() ([]int, bool){front, kin}
		if len(names) < 2 {
			sources = sources[:1]
		}
		offered := map[string]bool{}
		for turn := 0; len(offered) < most && len(sources) > 0; turn++ {
			next := sources[turn%len(sources)]
			at, ok := next()
			for ok && offered[string(packed(at))] {
				at, ok = next()
			}
			if !ok {
				sources = slices.Delete(sources, turn%len(sources), turn%len(sources)+1)
				continue
			}
			offered[string(packed(at))] = true
			choice := make(map[string]string, len(names))
			for i, name := range names {
				choice[name] = candidates[name][at[i]]
			}
			if !yield(choice) {
				return
			}
		}
	}
}

func packed(at []int) []byte {
	out := make([]byte, len(at))
	for i, n := range at {
		out[i] = byte(n)
	}
	return out
}

// byDistance walks the combinations by how far they are from the front of all lists together.
func byDistance(names []string, candidates map[string][]string) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		at := make([]int, len(names))
		var walk func(i, left int) bool
		walk = func(i, left int) bool {
			if i == len(names) {
				return left > 0 || yield(slices.Clone(at))
			}
			for n, k := range candidates[names[i]][:min(left+1, len(candidates[names[i]]))] {
				at[i] = n
				if k != "" && !walk(i+1, left-n) {
					return false
				}
			}
			return true
		}
		for sum := range 80 {
			if !walk(0, sum) {
				return
			}
		}
	}
}

// byKinship walks the combinations by that and by how far their keys are from each other, the nearest first.
func (p *pools) byKinship(names []string, candidates map[string][]string) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		open := &partials{{}}
		for looks := 0; open.Len() > 0 && looks < mostLooks; looks++ {
			got := heap.Pop(open).(partial)
			i := len(got.at)
			if i == len(names) {
				if !yield(got.at) {
					return
				}
				continue
			}
			for n, k := range candidates[names[i]] {
				if k == "" {
					continue
				}
				cost := got.cost + n
				for j, m := range got.at {
					cost += p.apart(k, candidates[names[j]][m])
				}
				heap.Push(open, partial{cost, append(slices.Clone(got.at), n)})
			}
		}
	}
}

// partial is the beginning of a combination.
type partial struct {
	cost int
	at   []int
}

// partials is a heap, the cheapest first; of two as cheap ones the longer, then the one nearer to the front.
type partials []partial

func (h partials) Len() int      { return len(h) }
func (h partials) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h partials) Less(i, j int) bool {
	if h[i].cost != h[j].cost {
		return h[i].cost < h[j].cost
	}
	if len(h[i].at) != len(h[j].at) {
		return len(h[i].at) > len(h[j].at)
	}
	return slices.Compare(h[i].at, h[j].at) < 0
}

// Push and Pop implement heap.Interface.
func (h *partials) Push(x any) { *h = append(*h, x.(partial)) }

// Pop takes the last.
func (h *partials) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// TestChoices: keys of one record come before those that share a third, and strangers come too, so that what is not
// together yet can be put together.
func TestChoices(t *testing.T) {
	t.Parallel()
	var clients, invoices, payments []string
	for range 10 {
		clients, invoices, payments = append(clients, id.New()), append(invoices, id.New()), append(payments, id.New())
	}
	p := newPools()
	for n := range clients {
		raw, err := json.Marshal(map[string]any{"items": []any{
			map[string]any{"id": invoices[n], "client_id": clients[n], "created_by": clients[0]}, map[string]any{"id": payments[n], "client": map[string]any{"id": clients[n]}},
		}})
		must(t, err)
		p.take(operation{path: "/api/v1/things"}, raw)
	}
	if a, b, c := p.apart(invoices[3], clients[3]), p.apart(invoices[3], payments[3]), p.apart(invoices[3], clients[0]); a != 0 || b != related || c != stranger {
		t.Errorf("apart: %d %d %d", a, b, c)
	}
	slices.Reverse(payments) // the pair lies far from both fronts
	var got []map[string]string
	for choice := range p.choices(map[string][]string{"path.id": payments[:9], "body.client_id": clients[:9], "body.invoice_id": invoices[:9]}, 700, nil) {
		got = append(got, choice)
	}
	seen := map[string]bool{}
	for n, choice := range got {
		all := choice["path.id"] + choice["body.client_id"] + choice["body.invoice_id"]
		if seen[all] {
			t.Errorf("the %d. is offered twice", n)
		}
		seen[all] = true
		together := p.apart(choice["body.client_id"], choice["body.invoice_id"]) == 0 && p.apart(choice["path.id"], choice["body.client_id"]) == 0
		if n < 16 && together != (n%2 == 1) {
			t.Errorf("the %d. belongs together: %t", n, together)
		}
	}
	if len(got) != 700 {
		t.Errorf("%d choices, want 700", len(got))
	}
	one := 0
	for choice := range p.choices(map[string][]string{"path.id": payments[:3]}, 60, nil) {
		if choice["path.id"] != payments[one] {
			t.Errorf("the %d. of one place is another", one)
		}
		one++
	}
	if one != 3 {
		t.Errorf("%d choices of three keys", one)
	}
}
