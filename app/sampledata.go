package app

import (
	"context"
	"errors"
	"net/http"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/sample"
	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/tenancy"
)

// loadSample is the job that fills an agency. The agency is marked before the first record is made and again at
// the end, so that the screen knows whether to wait. It can run again: what is made is not made twice.
type loadSample struct{}

// Kind implements job.Args.
func (loadSample) Kind() string { return "app.load_sample" }

type sampleOut struct{ Body SampleStarted }

// SampleStarted says that sample data are being made. The checklist tells when they are there.
type SampleStarted struct {
	State string `json:"state" enum:"loading"`
}

// registerSample lets a new agency ask for sample data.
func (a *App) registerSample() {
	httpapi.Handle(a.API, httpapi.Op{
		ID: "sample-data-load", Tag: "settings", Method: http.MethodPost, Path: "/api/v1/sample-data", Status: http.StatusAccepted,
		Summary: "Fill the agency with sample data", Need: "agency.settings.write",
	}, func(ctx context.Context, _ *struct{}) (*sampleOut, error) {
		err := a.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
			if err := a.Services.Agency.BeginSampleTx(ctx, tx); err != nil {
				return err
			}
			return a.Queue.Enqueue(ctx, tx, loadSample{})
		})
		if err != nil {
			return nil, err
		}
		return &sampleOut{SampleStarted{State: "loading"}}, nil
	})
}

// sampleTries is how often the job goes on by itself before it asks a human.
const sampleTries = 3

// handleSample does the job. What breaks off goes on where it stopped; after a few tries the agency is marked as
// failed, and somebody asks again. A job that is killed, or cannot even write the mark, is tried again by the queue.
func (a *App) handleSample() {
	job.Handle(a.Jobs, func(ctx context.Context, _ loadSample) error {
		var err error
		for range sampleTries {
			if err = a.LoadSample(ctx, sample.Small, func(float64, string) {}); err == nil {
				return a.Services.Agency.EndSample(ctx, agency.SampleLoaded)
			}
			if ctx.Err() != nil {
				return err
			}
			a.log.ErrorContext(ctx, "sample data broke off", "err", err)
		}
		return a.Services.Agency.EndSample(ctx, agency.SampleFailed)
	})
}

// LoadSample fills the agency of ctx, or goes on with it: each part leaves a key behind in its own transaction.
func (a *App) LoadSample(ctx context.Context, size sample.Size, tell sample.Progress) error {
	s := a.Services
	set, err := s.Agency.Settings(ctx)
	if err != nil {
		return err
	}
	once, err := a.sampleOnce(ctx)
	if err != nil {
		return err
	}
	begun := a.cfg.Now()
	if set.SampleBegunAt != nil { // the same days as at first, or the parts would not be the same
		begun = *set.SampleBegunAt
	}
	held := plans{a.Gate}.CustomRates(ctx)
	if held != nil && !errors.Is(held, billing.ErrNotInPlan) {
		return held
	}
	return sample.Load(ctx, sample.Services{
		Once: once, ClientRates: held == nil,
		Agency: s.Agency, Identity: s.Identity, People: s.People, Clients: s.Clients, Projects: s.Projects, Rates: s.Rates,
		Timesheets: s.Timesheets, Planning: s.Planning, Expenses: s.Expenses, Fees: s.Fees, Retainers: s.Retainers, Runs: s.Runs, Recurring: s.Recurring, Billing: sample.Invoices{Service: s.Invoicing},
	}, size, day.Of(begun, set.Location()), tell)
}

// sampleOnce keeps what is made from being made again, with the keys that keep calls from counting twice.
func (a *App) sampleOnce(ctx context.Context) (sample.Once, error) {
	const op = "app.sample"
	made := map[string]bool{}
	err := a.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		rows, err := tx.PGX().Query(ctx, `SELECT key FROM idempotency_keys WHERE operation = $1`, op)
		if err != nil {
			return err
		}
		keys, err := pgx.CollectRows(rows, pgx.RowTo[string])
		for _, k := range keys {
			made[k] = true
		}
		return err
	})
	return func(ctx context.Context, key string, do func(context.Context) error) error {
		if made[key] {
			return nil
		}
		return do(tenancy.OnFirstRun(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := tx.PGX().Exec(ctx, `INSERT INTO idempotency_keys (actor, operation, key, digest, created_at) VALUES ('', $1, $2, '', $3)`, op, key, a.cfg.Now().UTC())
			return err
		}))
	}, err
}
