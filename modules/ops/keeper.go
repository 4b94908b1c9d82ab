package ops

import (
	"context"
	"sync"
	"time"

	"github.com/bureauhq/bureau/tenancy/custody"
)

// keeper writes down how far one task is, for whoever works at it and for the sign of life beside them.
type keeper struct {
	s *Service

	mu   sync.Mutex
	t    Task
	last time.Time
}

func (k *keeper) save(ctx context.Context, change func(*Task)) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	change(&k.t)
	k.t.ChangedAt = k.s.now()
	return k.s.d.Store.SaveTask(ctx, k.t)
}

// step returns what the work tells its steps to. The last of them may stay unsaid: what follows says more.
func (k *keeper) step(ctx context.Context) custody.Progress {
	return func(step custody.Step) {
		if now := k.s.d.Now(); now.Sub(k.last) > said {
			k.last = now
			// Where this fails the next one may succeed; the work goes on.
			_ = k.save(ctx, func(t *Task) { t.What, t.Done, t.Total = step.What, step.Done, step.Total })
		}
	}
}

// keepAlive shows that somebody works at the task until it is called off.
func (k *keeper) keepAlive(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	over := make(chan struct{})
	go func() {
		defer close(over)
		tick := time.NewTicker(sign)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				_ = k.save(ctx, func(*Task) {})
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() {
		cancel()
		<-over
	}
}

func (k *keeper) end(ctx context.Context, err error) error {
	return k.save(ctx, func(t *Task) {
		end := k.s.now()
		t.State, t.FinishedAt = "done", &end
		if err != nil {
			t.State, t.Error = "failed", plain(err)
		}
	})
}
