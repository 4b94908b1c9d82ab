package custody_test

import (
	"context"
	"testing"
	"time"

	"github.com/bureauhq/bureau/tenancy/custody"
)

// job puts one of the agency's jobs into the platform's queue.
func (h house) job(t *testing.T, agencyID, state string) (key int64) {
	t.Helper()
	must(t, h.Control.Pool().QueryRow(t.Context(), `INSERT INTO queue.river_job (args, kind, max_attempts, attempt, attempted_at, state, queue, metadata)
		VALUES ('{}', 'test.letter', 3, 1, now(), $1, $2, jsonb_build_object('agency', $2::text)) RETURNING id`, state, agencyID).Scan(&key))
	return key
}

func (h house) jobState(t *testing.T, key int64) (state string, parked bool) {
	t.Helper()
	must(t, h.Control.Pool().QueryRow(t.Context(), `SELECT state, metadata ? 'parked' FROM queue.river_job WHERE id = $1`, key).Scan(&state, &parked))
	return state, parked
}

// What runs ends before the swap, and nothing begins meanwhile: all that waits is parked.
func TestASwapWaitsForJobsThatRun(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	a := h.agency(t)
	key := a.Tenancy.ID
	b, err := h.Backup(t.Context(), h.fresh(t, key), custody.Asked, nil)
	must(t, err)
	_, err = h.Prepare(t.Context(), h.fresh(t, key), b, nil)
	must(t, err)
	running, waiting := h.job(t, key, "running"), h.job(t, key, "available")
	agency, done := h.fresh(t, key), make(chan error, 1)
	go func() { _, err := h.Swap(context.WithoutCancel(t.Context()), agency, nil); done <- err }()
	until := func(what string, fn func() bool) {
		t.Helper()
		for deadline, tick := time.Now().Add(30*time.Second), time.NewTicker(5*time.Millisecond); !fn(); <-tick.C {
			select {
			case err := <-done:
				t.Fatalf("it was swapped before %s: %v", what, err)
			default:
			}
			if time.Now().After(deadline) {
				t.Fatalf("in vain it was waited until %s", what)
			}
		}
	}
	until("what waits was parked", func() bool { state, parked := h.jobState(t, waiting); return state == "pending" && parked })
	// What comes meanwhile does not begin either.
	late := h.job(t, key, "available")
	until("what came late was parked", func() bool { state, parked := h.jobState(t, late); return state == "pending" && parked })
	if state, parked := h.jobState(t, running); state != "running" || parked {
		t.Errorf("what runs is %s, parked: %v", state, parked)
	}
	_, err = h.Control.Pool().Exec(t.Context(), `UPDATE queue.river_job SET state = 'completed', finalized_at = now() WHERE id = $1`, running)
	must(t, err)
	must(t, <-done)
	if n, err := h.Parked(t.Context(), key); n != 2 || err != nil {
		t.Errorf("%d jobs are parked: %v", n, err)
	}
}

// What does not end is waited for a while. It has met shut doors, and is put off when it comes again.
func TestAJobThatDoesNotEndIsParked(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	h.WaitForJobs(50 * time.Millisecond)
	key := h.agency(t).Tenancy.ID
	b, err := h.Backup(t.Context(), h.fresh(t, key), custody.Asked, nil)
	must(t, err)
	_, err = h.Prepare(t.Context(), h.fresh(t, key), b, nil)
	must(t, err)
	stuck := h.job(t, key, "running")
	_, err = h.Swap(t.Context(), h.fresh(t, key), nil)
	must(t, err)
	if state, parked := h.jobState(t, stuck); state != "running" || !parked {
		t.Errorf("it is %s, parked: %v", state, parked)
	}
	// Its worker gives up; only then somebody can decide about it.
	if n, _ := h.Parked(t.Context(), key); n != 0 {
		t.Errorf("%d jobs are parked while it runs", n)
	}
	_, err = h.Control.Pool().Exec(t.Context(), `UPDATE queue.river_job SET state = 'retryable' WHERE id = $1`, stuck)
	must(t, err)
	if n, err := h.Unpark(t.Context(), key, true, nil); n != 1 || err != nil {
		t.Errorf("%d jobs were let run: %v", n, err)
	}
	if state, parked := h.jobState(t, stuck); state != "available" || parked {
		t.Errorf("in the end it is %s, parked: %v", state, parked)
	}
}
