package fleet

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"text/tabwriter"
	"time"
)

// Tally counts requests and how long they took.
type Tally struct {
	Took time.Duration

	mu     sync.Mutex
	took   map[string][]time.Duration
	failed map[string]int
	first  error
}

// NewTally returns an empty tally.
func NewTally() *Tally { return &Tally{took: map[string][]time.Duration{}, failed: map[string]int{}} }

// Note counts one request.
func (t *Tally) Note(name string, took time.Duration, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		t.failed[name]++
		if t.first == nil {
			t.first = err
		}
		return
	}
	t.took[name] = append(t.took[name], took)
}

// Line is one kind of request in a tally.
type Line struct {
	Name             string
	Requests, Failed int
	P50, P95, P99    time.Duration
}

// Lines sums the tally up, the total last.
func (t *Tally) Lines() []Line {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []Line
	var all []time.Duration
	failed := 0
	names := slices.Sorted(maps.Keys(t.took))
	for name := range t.failed {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		out = append(out, lineOf(name, t.took[name], t.failed[name]))
		all, failed = append(all, t.took[name]...), failed+t.failed[name]
	}
	return append(out, lineOf("all", all, failed))
}

func lineOf(name string, took []time.Duration, failed int) Line {
	took = slices.Clone(took)
	slices.Sort(took)
	at := func(share float64) time.Duration {
		if len(took) == 0 {
			return 0
		}
		return took[min(len(took)-1, int(share*float64(len(took))))]
	}
	return Line{Name: name, Requests: len(took), Failed: failed, P50: at(.50), P95: at(.95), P99: at(.99)}
}

// Error is the first failure there was.
func (t *Tally) Error() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.first
}

// Print writes a table.
func (t *Tally) Print(w io.Writer) {
	tab := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(tab, "request\tcount\tfailed\tper second\tp50\tp95\tp99\t")
	for _, l := range t.Lines() {
		_, _ = fmt.Fprintf(tab, "%s\t%d\t%d\t%.1f\t%s\t%s\t%s\t\n", l.Name, l.Requests, l.Failed, float64(l.Requests)/max(t.Took.Seconds(), .001),
			l.P50.Round(100*time.Microsecond), l.P95.Round(100*time.Microsecond), l.P99.Round(100*time.Microsecond))
	}
	_ = tab.Flush()
	if err := t.Error(); err != nil {
		_, _ = fmt.Fprintf(w, "first failure: %v\n", err)
	}
}
