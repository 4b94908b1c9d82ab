package agency

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// SampleState is how far the sample data have got.
type SampleState string

// The states of the sample data. What failed can be begun again.
const (
	SampleNone    SampleState = "none"
	SampleLoading SampleState = "loading"
	SampleFailed  SampleState = "failed"
	SampleLoaded  SampleState = "loaded"
)

// ErrSampleLoaded answers a second request for sample data.
var ErrSampleLoaded = fault.Define(fault.Conflict, "agency.sample_loaded", "The sample data were loaded before.")

// BeginSampleTx marks the agency as one that is being filled, for the first time or after a failure. ErrSampleLoaded.
func (s *Service) BeginSampleTx(ctx context.Context, tx *tenancy.Tx) error {
	if err := tx.Lock(ctx, "agency.sample"); err != nil {
		return err
	}
	set, err := s.SettingsTx(ctx, tx)
	if err != nil {
		return err
	}
	if set.SampleState != SampleNone && set.SampleState != SampleFailed {
		return ErrSampleLoaded
	}
	return s.markSampleTx(ctx, tx, SampleLoading)
}

// EndSample notes how the filling went.
func (s *Service) EndSample(ctx context.Context, state SampleState) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error { return s.markSampleTx(ctx, tx, state) })
}

func (s *Service) markSampleTx(ctx context.Context, tx *tenancy.Tx, state SampleState) error {
	if err := s.d.Store.MarkSample(ctx, tx, state, s.d.Now()); err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.Change{Action: "agency.sample_" + string(state), Entity: "settings", EntityID: "settings"})
}
