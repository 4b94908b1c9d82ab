package tenancy

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/job"
)

// Carrier brings jobs from the queues of the other placements into the
// platform's. A job is inserted where the change is that asks for it, in its
// transaction; it is done from the one queue that has workers.
type Carrier struct {
	control *Control
	queue   *job.Queue
	log     *slog.Logger
}

// NewCarrier returns a carrier into queue.
func NewCarrier(c *Control, q *job.Queue, log *slog.Logger) *Carrier { return &Carrier{c, q, log} }

const (
	carryAtOnce = 500
	carryLook   = time.Second // where no note came, or nobody could hear it
)

// Keep carries from all placements until ctx ends. Several may do so at once.
func (c *Carrier) Keep(ctx context.Context) {
	var all sync.WaitGroup
	for _, name := range c.control.Others() {
		all.Go(func() {
			for ctx.Err() == nil {
				if err := c.keep(ctx, name); err != nil && ctx.Err() == nil {
					c.log.WarnContext(ctx, "jobs of another placement wait there", "placement", name, "err", err)
					select {
					case <-ctx.Done():
					case <-time.After(carryLook):
					}
				}
			}
		})
	}
	all.Wait()
}

func (c *Carrier) keep(ctx context.Context, name string) error {
	from, err := c.control.At(name)
	if err != nil {
		return err
	}
	conn, err := from.Connect(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	// What River says when a job is inserted.
	if _, err := conn.Exec(ctx, `LISTEN "`+QueueSchema+`.river_insert"`); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	if err := c.tidy(ctx, name, from); err != nil {
		return err
	}
	for {
		if err := c.drain(ctx, name, from); err != nil {
			return err
		}
		look, cancel := context.WithTimeout(ctx, carryLook)
		_, err := conn.WaitForNotification(look)
		cancel()
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("wait: %w", err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// Drain carries what is there now from all placements.
func (c *Carrier) Drain(ctx context.Context) error {
	for _, name := range c.control.Others() {
		from, err := c.control.At(name)
		if err != nil {
			return err
		}
		if err := c.drain(ctx, name, from); err != nil {
			return err
		}
	}
	return nil
}

func (c *Carrier) drain(ctx context.Context, name string, from *Control) error {
	for {
		n, err := c.some(ctx, name, from)
		if err != nil || n < carryAtOnce {
			return err
		}
	}
}

// some carries the oldest jobs. They stay locked where they stood until they
// are gone from there, so that nobody else carries them too; and what dies in
// between has left word in carried_jobs that they have arrived.
func (c *Carrier) some(ctx context.Context, name string, from *Control) (n int, err error) {
	var ids []int64
	err = from.run(ctx, pgx.TxOptions{}, func(ctx context.Context, there pgx.Tx) error {
		rows, err := there.Query(ctx, `SELECT id, kind, args, metadata, queue, priority, max_attempts, scheduled_at, tags, state = 'pending'
			FROM `+QueueSchema+`.river_job ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`, carryAtOnce)
		if err != nil {
			return fmt.Errorf("read the jobs: %w", err)
		}
		all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[job.Raw])
		if err != nil || len(all) == 0 {
			return err
		}
		for _, j := range all {
			ids = append(ids, j.ID)
		}
		if err := c.arrive(ctx, name, ids, all); err != nil {
			return err
		}
		_, err = there.Exec(ctx, `DELETE FROM `+QueueSchema+`.river_job WHERE id = ANY ($1)`, ids)
		return err
	})
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return len(ids), c.forget(ctx, name, ids)
}

func (c *Carrier) arrive(ctx context.Context, name string, ids []int64, all []job.Raw) error {
	return c.control.run(ctx, pgx.TxOptions{}, func(ctx context.Context, here pgx.Tx) error {
		rows, err := here.Query(ctx, `INSERT INTO carried_jobs (placement, job_id) SELECT $1, unnest($2::bigint[]) ON CONFLICT DO NOTHING RETURNING job_id`, name, ids)
		if err != nil {
			return fmt.Errorf("note the jobs: %w", err)
		}
		fresh, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return fmt.Errorf("note the jobs: %w", err)
		}
		is := map[int64]bool{}
		for _, id := range fresh {
			is[id] = true
		}
		var come []job.Raw
		for _, j := range all {
			if is[j.ID] {
				come = append(come, j)
			}
		}
		if len(come) == 0 {
			return nil
		}
		return c.queue.EnqueueRaw(ctx, here, come)
	})
}

func (c *Carrier) forget(ctx context.Context, name string, ids []int64) error {
	return c.control.run(ctx, pgx.TxOptions{}, func(ctx context.Context, here pgx.Tx) error {
		_, err := here.Exec(ctx, `DELETE FROM carried_jobs WHERE placement = $1 AND job_id = ANY ($2)`, name, ids)
		return err
	})
}

// tidy forgets jobs that are gone from where they stood: somebody died before saying so.
func (c *Carrier) tidy(ctx context.Context, name string, from *Control) error {
	var noted, left []int64
	err := c.control.run(ctx, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(ctx context.Context, here pgx.Tx) (err error) {
		rows, err := here.Query(ctx, `SELECT job_id FROM carried_jobs WHERE placement = $1`, name)
		if err == nil {
			noted, err = pgx.CollectRows(rows, pgx.RowTo[int64])
		}
		return err
	})
	if err != nil || len(noted) == 0 {
		return err
	}
	err = from.run(ctx, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(ctx context.Context, there pgx.Tx) (err error) {
		rows, err := there.Query(ctx, `SELECT n FROM unnest($1::bigint[]) n WHERE NOT EXISTS (SELECT FROM `+QueueSchema+`.river_job WHERE id = n)`, noted)
		if err == nil {
			left, err = pgx.CollectRows(rows, pgx.RowTo[int64])
		}
		return err
	})
	if err != nil || len(left) == 0 {
		return err
	}
	return c.forget(ctx, name, left)
}
