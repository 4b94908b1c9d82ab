package job

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// parkTime is how often parked work looks by itself whether it may go on.
const parkTime = 15 * time.Minute

// Park is the worker middleware that puts off an agency's work while runs says no: it stays in the queue and loses no
// try. Kinds that the registry calls Always are done all the same. What a restore has parked while it ran is put off
// until somebody has decided about it.
func Park(r *Registry, runs func(ctx context.Context, agencyID string) (bool, error)) rivertype.WorkerMiddleware {
	return river.WorkerMiddlewareFunc(func(ctx context.Context, j *rivertype.JobRow, do func(context.Context) error) error {
		var m meta
		if err := json.Unmarshal(j.Metadata, &m); err != nil {
			return fmt.Errorf("job %d metadata: %w", j.ID, err)
		}
		if m.Parked != "" {
			return river.JobSnooze(parkTime)
		}
		if m.Agency == "" || r.always[j.Kind] {
			return do(ctx)
		}
		if ok, err := runs(ctx, m.Agency); err != nil {
			return err
		} else if !ok {
			return river.JobSnooze(parkTime)
		}
		return do(ctx)
	})
}

// Wake lets an agency's parked work go on now. It returns how much there was.
func (q *Queue) Wake(ctx context.Context, tx pgx.Tx, agencyID string) (int64, error) {
	raw, err := json.Marshal(meta{Agency: agencyID})
	if err != nil {
		return 0, err
	}
	// River counts in the metadata how often a job was put off.
	tag, err := tx.Exec(ctx, `UPDATE `+pgx.Identifier{q.Client.Schema(), "river_job"}.Sanitize()+` SET scheduled_at = now() WHERE state = 'scheduled' AND metadata @> $1 AND metadata ? 'snoozes'`, raw)
	return tag.RowsAffected(), err
}
