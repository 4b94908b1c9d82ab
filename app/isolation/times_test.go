package isolation

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/id"
)

// How long an answer takes must not tell another agency's record from one that there is not: the medians over enough
// calls lie closer together than this (ASVS 11.2.4 asks for no difference that can be used; over a network less than
// this cannot be told).
const (
	closest     = 5 * time.Millisecond
	enoughCalls = 200
)

// timesVar is how many calls of each kind an operation gets. In one nothing can be told, so it is not judged: it
// shows that the calls are refused alike. `BUREAU_TIMES=200` judges.
const timesVar = "BUREAU_TIMES"

// times asks every operation with a key in its path for another agency's record and for nobody's, in turns.
func (s *sweep) times(t *testing.T) {
	t.Helper()
	n := 1
	if v := os.Getenv(timesVar); v != "" {
		var err error
		n, err = strconv.Atoi(v)
		must(t, err)
	}
	asked, worst, of, answers := 0, time.Duration(0), "", map[int]int{}
	for _, op := range s.ops {
		d, ok := s.good[op.id]
		at := slices.IndexFunc(d.places(), func(p string) bool { return strings.HasPrefix(p, "path.") })
		if !ok || at < 0 {
			continue
		}
		place := d.places()[at]
		theirs := slices.DeleteFunc(s.theirs.candidates(8, s.f.names(op, place, nil)...), func(k string) bool { return !id.Valid(k) })
		if len(theirs) == 0 {
			continue
		}
		asked++
		took := [2][]time.Duration{}
		for i := range n {
			keys := [2]string{theirs[i%len(theirs)], id.New()}
			for turn := range 2 {
				which := (turn + i) % 2 // who comes first changes: the second may find things warm
				c := s.owner().With("If-Match", `"1"`)
				began := time.Now()
				r := d.with(place, keys[which]).once(t, c)
				took[which] = append(took[which], time.Since(began))
				s.look(t, r)
				answers[r.Status]++
				if r.Status < 400 && op.method != "DELETE" {
					t.Errorf("%s: a key of nobody is answered: %s", op.id, r)
				}
			}
		}
		apart := (median(took[0]) - median(took[1])).Abs()
		if apart > worst {
			worst, of = apart, op.id
		}
		if n >= enoughCalls && apart >= closest {
			t.Errorf("%s: the medians of %d calls lie %s apart", op.id, n, apart)
		}
	}
	if asked < 100 {
		t.Errorf("only %d operations were asked", asked)
	}
	t.Logf("note: %d operations, %d calls each of another agency's key and of nobody's: medians at most %s apart (%s); answers %v", asked, n, worst.Round(time.Microsecond), of, answers)
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}
