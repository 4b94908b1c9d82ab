package job_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/tenancy"
)

type letter struct {
	To string `json:"to"`
}

func (letter) Kind() string { return "test.letter" }
func (letter) Tries() int   { return 3 }

// post notes what is done with letters.
type post struct {
	sync.Mutex
	sent, lost []string
	deaf       bool // who is told of the next lost one does not hear it
}

func (p *post) send(_ context.Context, l letter) error {
	p.Lock()
	defer p.Unlock()
	p.sent = append(p.sent, l.To)
	return nil
}

func (p *post) tell(_ context.Context, l letter, why error) error {
	p.Lock()
	defer p.Unlock()
	if !errors.Is(why, job.ErrCut) {
		return why
	}
	p.lost = append(p.lost, l.To)
	if p.deaf {
		p.deaf = false
		return errors.New("nobody heard it")
	}
	return nil
}

// A process that ends in a job's last try leaves it running. The queue's rescue brings it back, and it is told as lost instead
// of being done once more: nobody knows how far it came. One that ended in an earlier try is done again.
func TestAJobWhoseLastTryIsCutOffIsLost(t *testing.T) {
	t.Parallel()
	db := testkit.NewPlatform(t).Control.Pool()
	reg, p := job.NewRegistry(), &post{deaf: true}
	job.HandleOr(reg, p.send, p.tell)
	q := &job.Queue{Name: "cut"}
	c, err := river.NewClient(riverpgxv5.New(db), &river.Config{
		Schema: tenancy.QueueSchema, Logger: slog.New(slog.DiscardHandler), Workers: reg.Workers, Queues: map[string]river.QueueConfig{q.Name: {MaxWorkers: 1}},
		JobTimeout: 20 * time.Second, RescueStuckJobsAfter: 30 * time.Second, FetchCooldown: 5 * time.Millisecond, FetchPollInterval: 20 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	q.Client = c
	err = pgx.BeginFunc(t.Context(), db, func(tx pgx.Tx) error {
		return q.Enqueue(t.Context(), job.Platform{Tx: tx}, letter{"early"}, letter{"last"})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(t.Context(), `UPDATE queue.river_job SET state = 'running', attempted_at = now() - interval '1 minute', attempted_by = '{gone}',
		attempt = CASE args ->> 'to' WHEN 'last' THEN 3 ELSE 1 END WHERE queue = $1`, q.Name); err != nil {
		t.Fatal(err)
	}
	events, stop := c.Subscribe(river.EventKindJobCompleted, river.EventKindJobCancelled, river.EventKindJobSnoozed)
	defer stop()
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.StopAndCancel(context.Background()) })
	ended := map[string]river.EventKind{}
	for len(ended) < 2 {
		select {
		case e := <-events:
			if e.Kind != river.EventKindJobSnoozed {
				ended[string(e.Job.EncodedArgs)] = e.Kind
				continue
			}
			if _, err := db.Exec(t.Context(), `UPDATE queue.river_job SET state = 'available', scheduled_at = now() WHERE id = $1`, e.Job.ID); err != nil {
				t.Fatal(err)
			}
		case <-time.After(time.Minute):
			t.Fatalf("after a minute: %v, %+v", ended, p)
		}
	}
	p.Lock()
	defer p.Unlock()
	if !slices.Equal(p.sent, []string{"early"}) || !slices.Equal(p.lost, []string{"last", "last"}) || ended[`{"to": "last"}`] != river.EventKindJobCancelled {
		t.Errorf("sent %q, lost %q, ended %v", p.sent, p.lost, ended)
	}
}
