package app

import (
	"context"
	"net/http"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/sample"
	"github.com/bureauhq/bureau/tenancy"
)

// loadSample is the job that fills an agency. It runs once: an agency is marked before the first record is made.
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

// handleSample does the job. A part that broke off is not begun again: half a
// sample is a nuisance, two are worse.
func (a *App) handleSample() {
	job.Handle(a.Jobs, func(ctx context.Context, _ loadSample) error {
		err := a.LoadSample(ctx, sample.Small, func(float64, string) {})
		if err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "sample data broke off", "err", err)
			return nil
		}
		return err
	})
}

// LoadSample fills the agency of ctx.
func (a *App) LoadSample(ctx context.Context, size sample.Size, tell sample.Progress) error {
	s := a.Services
	set, err := s.Agency.Settings(ctx)
	if err != nil {
		return err
	}
	return sample.Load(ctx, sample.Services{
		Agency: s.Agency, Identity: s.Identity, People: s.People, Clients: s.Clients, Projects: s.Projects, Rates: s.Rates,
		Timesheets: s.Timesheets, Billing: sample.Invoices{Service: s.Invoicing},
	}, size, day.Of(a.cfg.Now(), set.Location()), tell)
}
