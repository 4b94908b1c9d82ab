package ops

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/tenancy"
	"github.com/bureauhq/bureau/tenancy/custody"
)

// Health is how the platform does.
type Health struct {
	At            time.Time
	Pools         []Pool
	Queue         Queue
	Backups       custody.Health
	Placements    []Placement
	DatabaseBytes int64
	DiskFree      int64
	DiskTotal     int64 // 0 where it cannot be told
	Parts         []Part
}

// Part is one thing the platform stands on.
type Part struct {
	Name  string // database, kratos, mail
	Error string // empty while it answers
	Took  time.Duration
}

// Health looks at everything at once; what does not answer within two seconds is away.
func (s *Service) Health(ctx context.Context) (h Health, err error) {
	h = Health{At: s.now(), Pools: s.d.Probes.Pools()}
	probes := []struct {
		name string
		fn   func(context.Context) error
	}{
		{"database", func(ctx context.Context) (err error) {
			h.DatabaseBytes, err = s.d.Store.DatabaseBytes(ctx, tenancy.Main)
			return err
		}},
		{"kratos", s.d.Probes.Kratos},
		{"mail", s.d.Probes.Mail},
	}
	h.Parts = make([]Part, len(probes))
	if h.Placements, err = s.d.Store.Placements(ctx); err != nil {
		return h, err
	}
	var wg sync.WaitGroup
	for i := range h.Placements {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
			defer cancel()
			p, began := &h.Placements[i], s.d.Now()
			bytes, err := s.d.Store.DatabaseBytes(ctx, p.Name)
			if p.Bytes, p.Took = bytes, s.d.Now().Sub(began); err != nil {
				p.Error = plain(err)
			}
		})
	}
	for i, p := range probes {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
			defer cancel()
			began := s.d.Now()
			err := p.fn(ctx)
			h.Parts[i] = Part{Name: p.name, Took: s.d.Now().Sub(began)}
			if err != nil {
				h.Parts[i].Error = plain(err)
			}
		})
	}
	wg.Wait()
	if h.Queue, err = s.d.Store.Queue(ctx); err != nil {
		return h, err
	}
	if h.Backups, err = s.d.Custody.Health(ctx); err != nil {
		return h, err
	}
	if free, total, ok := s.d.Probes.Disk(); ok {
		h.DiskFree, h.DiskTotal = free, total
	}
	return h, nil
}

// FailedJobs lists what failed, the newest first.
func (s *Service) FailedJobs(ctx context.Context, agencyID string, before int64, limit int) ([]Job, error) {
	return s.d.Store.FailedJobs(ctx, agencyID, before, limit)
}

// Retry lets a failed job run again at once. ErrNoJob.
func (s *Service) Retry(ctx context.Context, jobID int64) error {
	found, err := s.d.Store.FailedJobs(ctx, "", jobID+1, 1)
	if err != nil {
		return err
	}
	if len(found) == 0 || found[0].ID != jobID {
		return ErrNoJob
	}
	c := audit.Change{Action: "ops.job_retried", Entity: "job", EntityID: found[0].Kind, After: map[string]any{"job": jobID, "agency": found[0].AgencyID}}
	return s.d.Store.Log(ctx, c, func(ctx context.Context, tx pgx.Tx) error { return s.d.Jobs.Retry(ctx, tx, jobID) })
}

// Months is the platform's life of the last year, this month included.
func (s *Service) Months(ctx context.Context) ([]Month, error) {
	now := s.now()
	this := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	return s.d.Store.Months(ctx, this.AddDate(0, -11, 0), this)
}
