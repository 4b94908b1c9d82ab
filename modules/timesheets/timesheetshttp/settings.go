package timesheetshttp

import (
	"context"
	"net/http"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/timesheets"
)

func registerSettings(api *httpapi.API, h handlers) {
	httpapi.Handle(api, op("time-settings-get", http.MethodGet, "/time-settings", "The agency's rules for time", "agency.settings.read"), h.settings)
	httpapi.Handle(api, op("time-settings-change", http.MethodPatch, "/time-settings", "Change the rules for time, or lock a period", "agency.settings.write"), h.changeSettings)
}

// RoundingView is the rule that makes billed time out of worked time.
type RoundingView struct {
	Mode           string `json:"mode" enum:"none,up,down,nearest"`
	StepSeconds    int64  `json:"step_seconds" minimum:"60" maximum:"86400"`
	MinimumSeconds int64  `json:"minimum_seconds" minimum:"0" maximum:"86400"`
	Scope          string `json:"scope" enum:"entry,day"`
}

// TimeSettingsView are the agency's rules for time.
type TimeSettingsView struct {
	LockedThrough *day.Date    `json:"locked_through,omitempty" doc:"The last date whose time cannot change any more"`
	Overlap       string       `json:"overlap" enum:"allow,warn,refuse"`
	Rounding      RoundingView `json:"rounding"`
	Version       int          `json:"version"`
}

// TimeSettingsChange names what changes; what is left out stays.
type TimeSettingsChange struct {
	LockedThrough *string       `json:"locked_through,omitempty" maxLength:"10" doc:"A date; empty to unlock all"`
	Overlap       *string       `json:"overlap,omitempty" enum:"allow,warn,refuse"`
	Rounding      *RoundingView `json:"rounding,omitempty"`
	Reason        string        `json:"reason,omitempty" maxLength:"500" doc:"Required to open a locked period again"`
}

type (
	settingsOut struct {
		ETag string `header:"ETag"`
		Body TimeSettingsView
	}
	settingsIn struct {
		httpapi.IfMatch
		Body TimeSettingsChange
	}
)

func oneSettings(s timesheets.Settings, err error) (*settingsOut, error) {
	if err != nil {
		return nil, err
	}
	v := TimeSettingsView{
		Overlap: s.Overlap, Version: s.Version,
		Rounding: RoundingView{s.Rounding.Mode, s.Rounding.Step, s.Rounding.Minimum, s.Rounding.Scope},
	}
	if !s.LockedThrough.IsZero() {
		v.LockedThrough = &s.LockedThrough
	}
	return &settingsOut{httpapi.ETag(s.Version), v}, nil
}

func (h handlers) settings(ctx context.Context, _ *struct{}) (*settingsOut, error) {
	return oneSettings(h.svc.Settings(ctx))
}

func (h handlers) changeSettings(ctx context.Context, in *settingsIn) (*settingsOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	ch := timesheets.SettingsChange{Overlap: in.Body.Overlap, Reason: in.Body.Reason}
	if r := in.Body.Rounding; r != nil {
		ch.Rounding = &timesheets.Rounding{Mode: r.Mode, Step: r.StepSeconds, Minimum: r.MinimumSeconds, Scope: r.Scope}
	}
	if l := in.Body.LockedThrough; l != nil {
		var d day.Date
		if *l != "" {
			if d, err = day.Parse(*l); err != nil {
				return nil, timesheets.ErrBadSettings.Because(err).At("body.locked_through", err.Error())
			}
		}
		ch.LockedThrough = &d
	}
	return oneSettings(h.svc.ChangeSettings(ctx, version, ch))
}
