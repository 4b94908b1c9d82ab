package agency

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrNoLogo answers a request for a logo that was never set.
var ErrNoLogo = fault.Define(fault.NotFound, "agency.no_logo", "This agency has no logo.")

// ErrSampleLoaded answers a second request for sample data.
var ErrSampleLoaded = fault.Define(fault.Conflict, "agency.sample_loaded", "The sample data were loaded before.")

// BeginSampleTx marks the agency as one that has sample data. ErrSampleLoaded.
func (s *Service) BeginSampleTx(ctx context.Context, tx *tenancy.Tx) error {
	if err := tx.Lock(ctx, "agency.sample"); err != nil {
		return err
	}
	set, err := s.SettingsTx(ctx, tx)
	if err != nil {
		return err
	}
	if set.SampleLoadedAt != nil {
		return ErrSampleLoaded
	}
	if err := s.d.Store.MarkSample(ctx, tx, s.d.Now()); err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.Change{Action: "agency.sample_loaded", Entity: "settings", EntityID: "settings"})
}

// Step is one line of the first-run checklist.
type Step struct {
	Key  string // "invite_people"
	Done bool
}

// steps and the fact that ticks each of them.
var steps = []struct{ key, event string }{
	{"set_up_agency", "agency.settings_changed.v1"},
	{"invite_people", "identity.invitation_sent.v1"},
	{"add_client", "clients.client_created.v1"},
	{"create_project", "projects.project_created.v1"},
	{"track_time", "timesheets.entry_created.v1"},
	{"set_rates", "rates.rate_added.v1"},
	{"issue_invoice", "invoicing.invoice_issued.v1"},
}

// Checklist tells how far the agency has got with setting up.
func (s *Service) Checklist(ctx context.Context) (set Settings, out []Step, err error) {
	names := make([]string, len(steps))
	for i, st := range steps {
		names[i] = st.event
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if set, err = s.SettingsTx(ctx, tx); err != nil {
			return err
		}
		done, err := s.d.Store.Happened(ctx, tx, names)
		for _, st := range steps {
			out = append(out, Step{Key: st.key, Done: done[st.event]})
		}
		return err
	})
	return set, out, err
}
