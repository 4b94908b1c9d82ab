package agency

import (
	"context"
	"slices"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrNoLogo answers a request for a logo that was never set.
var ErrNoLogo = fault.Define(fault.NotFound, "agency.no_logo", "This agency has no logo.")

// Step is one line of the first-run checklist.
type Step struct {
	Key  string // "invite_people"
	Done bool
}

// steps and the facts of which any ticks each of them.
var steps = []struct {
	key    string
	events []string
}{
	{"set_up_agency", []string{"agency.settings_changed.v1"}},
	{"invite_people", []string{"identity.invitation_changed.v1"}},
	{"add_client", []string{"clients.client_created.v1"}},
	{"create_project", []string{"projects.project_created.v1"}},
	{"track_time", []string{"timesheets.entry_logged.v1", "timesheets.timer_stopped.v1"}},
	{"set_rates", []string{"rates.rate_added.v1"}},
	{"issue_invoice", []string{"invoicing.invoice_issued.v1"}},
}

// Checklist tells how far the agency has got with setting up.
func (s *Service) Checklist(ctx context.Context) (set Settings, out []Step, err error) {
	var names []string
	for _, st := range steps {
		names = append(names, st.events...)
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if set, err = s.SettingsTx(ctx, tx); err != nil {
			return err
		}
		done, err := s.d.Store.Happened(ctx, tx, names)
		for _, st := range steps {
			out = append(out, Step{Key: st.key, Done: slices.ContainsFunc(st.events, func(e string) bool { return done[e] })})
		}
		return err
	})
	return set, out, err
}
