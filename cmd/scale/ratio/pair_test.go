package ratio

import (
	"testing"
	"time"
)

// Every round took half of what the other way took; a machine that grew busier in between does not change that.
func TestARoundIsComparedWithItself(t *testing.T) {
	t.Parallel()
	us, them := &result{}, &result{}
	for i, ms := range []time.Duration{10, 40, 20, 80, 30} {
		noise := []time.Duration{0, 1, 0, 4, -1}[i]
		us.rounds = append(us.rounds, spent{client: ms * time.Millisecond, backends: (ms + noise) * time.Millisecond})
		them.rounds = append(them.rounds, spent{client: 2 * ms * time.Millisecond, backends: 2 * ms * time.Millisecond})
	}
	// The middle of each way alone, 59 and 120 ms, is 0.492.
	if got := us.against(them); got.ratio() != 0.5 {
		t.Errorf("the median of the rounds' ratios is %v, want 0.5 (%v)", got.ratio(), got)
	}
}
