//go:build sabotage_job_agency

// A job runs in the agency of the job before it.

package job

import (
	"context"
	"encoding/json"
	"sync/atomic"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

var sabotaged atomic.Value

func InAgency(restore func(ctx context.Context, agencyID string) (context.Context, error)) rivertype.WorkerMiddleware {
	return river.WorkerMiddlewareFunc(func(ctx context.Context, j *rivertype.JobRow, do func(context.Context) error) error {
		var m meta
		if err := json.Unmarshal(j.Metadata, &m); err != nil {
			return err
		}
		if m.Agency == "" {
			return do(ctx)
		}
		if before, ok := sabotaged.Swap(m.Agency).(string); ok {
			m.Agency = before
		}
		ctx, err := restore(ctx, m.Agency)
		if err != nil {
			return err
		}
		return do(ctx)
	})
}
