package job

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
)

// Raw is a job as it stands in the queue of another database, on its way into ours.
type Raw struct {
	ID          int64
	Name        string // its kind
	Args        json.RawMessage
	Metadata    []byte
	Queue       string
	Priority    int
	MaxAttempts int
	ScheduledAt time.Time
	Tags        []string
	Pending     bool // it waits for a person
}

// Kind implements Args.
func (r Raw) Kind() string { return r.Name }

// MarshalJSON keeps the arguments as they are.
func (r Raw) MarshalJSON() ([]byte, error) { return r.Args, nil }

// EnqueueRaw inserts jobs as they are, but for their number.
func (q *Queue) EnqueueRaw(ctx context.Context, tx pgx.Tx, all []Raw) error {
	params := make([]river.InsertManyParams, len(all))
	for i, r := range all {
		params[i] = river.InsertManyParams{Args: r, InsertOpts: &river.InsertOpts{
			Metadata: r.Metadata, Queue: r.Queue, Priority: r.Priority, MaxAttempts: r.MaxAttempts, ScheduledAt: r.ScheduledAt, Tags: r.Tags, Pending: r.Pending,
		}}
	}
	if _, err := q.Client.InsertManyFastTx(ctx, tx, params); err != nil {
		return fmt.Errorf("enqueue carried jobs: %w", err)
	}
	return nil
}
