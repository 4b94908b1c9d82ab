package timesheetshttp

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/timesheets"
)

func registerSettings(api *httpapi.API, h handlers) {
	httpapi.Handle(api, op("time-settings-get", http.MethodGet, "/time-settings", "The agency's rules for time", "agency.settings.read"), h.settings)
	httpapi.Handle(api, op("time-settings-change", http.MethodPatch, "/time-settings", "Change the rules for time, or lock a period", "agency.settings.write"), h.changeSettings)
	httpapi.Handle(api, op("time-settings-opening", http.MethodGet, "/time-settings/opening", "What an earlier closing day would contradict", "agency.settings.write"), h.opening)
}

// RoundingView is the rule that makes billed time out of worked time.
type RoundingView struct {
	Mode           string `json:"mode" enum:"none,up,down,nearest"`
	StepSeconds    int64  `json:"step_seconds" minimum:"60" maximum:"86400"`
	MinimumSeconds int64  `json:"minimum_seconds" minimum:"0" maximum:"86400"`
	Scope          string `json:"scope" enum:"entry,day,task,invoice" doc:"What is rounded together: an entry, a person's day on a project, or a task or all of what one invoice bills"`
}

// GraceView closes periods by themselves.
type GraceView struct {
	On    bool   `json:"on"`
	Days  int    `json:"days" minimum:"0" maximum:"90" doc:"Days after its end on which a period closes"`
	Every string `json:"every" enum:"week,month"`
}

// EntityGraceView is the rule by which a legal entity closes its time by itself.
type EntityGraceView struct {
	EntityID string    `json:"entity_id" format:"uuid"`
	Grace    GraceView `json:"grace"`
}

// PeriodView says what people hand in together.
type PeriodView struct {
	Every string      `json:"every" enum:"week,half_month,month" doc:"Today"`
	Next  *PeriodNext `json:"next" doc:"What was settled for later"`
}

// PeriodNext is a length of periods that begins later.
type PeriodNext struct {
	Every string   `json:"every" enum:"week,half_month,month"`
	From  day.Date `json:"from"`
}

// PeriodInput changes what people hand in together.
type PeriodInput struct {
	Every string    `json:"every" enum:"week,half_month,month"`
	From  *day.Date `json:"from,omitempty" doc:"The first day of it; the next first day of a week or month when left out"`
}

// OpeningView is what is settled in days that would be open again.
type OpeningView struct {
	From          *day.Date `json:"from" doc:"No day: nothing would be open again"`
	To            *day.Date `json:"to"`
	Entries       int       `json:"entries"`
	Seconds       int64     `json:"seconds"`
	ApprovedWeeks int       `json:"approved_weeks"`
	BilledEntries int       `json:"billed_entries"`
	InvoiceIDs    []string  `json:"invoice_ids" doc:"At most 20"`
}

// TimeSettingsView are the agency's rules for time.
type TimeSettingsView struct {
	LockedThrough *day.Date         `json:"locked_through,omitempty" doc:"The last date whose time cannot change any more"`
	LockedBy      *string           `json:"locked_by" doc:"The member who closed it"`
	LockedAt      *time.Time        `json:"locked_at"`
	EntityLocks   []EntityLockView  `json:"entity_locks" doc:"What is closed besides, for the time that a legal entity invoices"`
	ClosedItself  bool              `json:"closed_itself" doc:"Closed by the rule of grace"`
	Grace         GraceView         `json:"grace"`
	EntityGraces  []EntityGraceView `json:"entity_graces" doc:"By which legal entities close besides"`
	Period        PeriodView        `json:"period" doc:"What people hand in together"`
	Overlap       string            `json:"overlap" enum:"allow,warn,refuse"`
	Rounding      RoundingView      `json:"rounding"`
	Forgotten     int               `json:"forgotten_hours" doc:"Hours after which a timer asks whether it was forgotten"`
	Route         string            `json:"approval_route" enum:"anyone,lead,manager,lead_manager,manager_lead" doc:"Whose approval time needs, in which order"`
	OwnException  bool              `json:"own_exception" doc:"The only one who can approve may approve their own time, with a reason"`
	SetBillable   bool              `json:"members_set_billable" doc:"All who log time may say whether it is billable; otherwise that takes timesheets.entries.set_billable"`
	Holidays      string            `json:"holidays" enum:"lower,fill" doc:"A public holiday lowers what is expected on its day, or leaves it and fills it"`
	Version       int               `json:"version"`
}

// EntityLockView is the day up to which the time is closed that a legal entity invoices.
type EntityLockView struct {
	EntityID string     `json:"entity_id"`
	Through  day.Date   `json:"through"`
	By       *string    `json:"locked_by"`
	At       *time.Time `json:"locked_at"`
	Itself   bool       `json:"closed_itself" doc:"Closed by the rule of the legal entity"`
}

// EntityClosingInput closes the time of a legal entity, or opens it again.
type EntityClosingInput struct {
	EntityID string `json:"entity_id" format:"uuid"`
	Through  string `json:"through" maxLength:"10" doc:"A date; empty to open all of it"`
}

// TimeSettingsChange names what changes; what is left out stays.
type TimeSettingsChange struct {
	LockedThrough *string              `json:"locked_through,omitempty" maxLength:"10" doc:"A date; empty to unlock all"`
	EntityLocks   []EntityClosingInput `json:"entity_locks,omitempty" maxItems:"100" doc:"Of some legal entities in one go; others stay"`
	Grace         *GraceView           `json:"grace,omitempty"`
	EntityGraces  []EntityGraceView    `json:"entity_graces,omitempty" maxItems:"100" doc:"Of some legal entities; others stay"`
	Period        *PeriodInput         `json:"period,omitempty" doc:"Timesheets that were handed in keep their days; a change that has not begun is replaced"`
	Overlap       *string              `json:"overlap,omitempty" enum:"allow,warn,refuse"`
	Rounding      *RoundingView        `json:"rounding,omitempty"`
	Forgotten     *int                 `json:"forgotten_hours,omitempty" minimum:"1" maximum:"24"`
	Route         *string              `json:"approval_route,omitempty" enum:"anyone,lead,manager,lead_manager,manager_lead"`
	OwnException  *bool                `json:"own_exception,omitempty"`
	SetBillable   *bool                `json:"members_set_billable,omitempty" doc:"All who log time may say whether it is billable"`
	Holidays      *string              `json:"holidays,omitempty" enum:"lower,fill" doc:"A public holiday lowers what is expected on its day, or leaves it and fills it"`
	Reason        string               `json:"reason,omitempty" maxLength:"500" doc:"Required to open a locked period again"`
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
	openingIn struct {
		Through  day.Date `query:"through" doc:"The last day that stays closed; none stays when left out"`
		EntityID string   `query:"entity_id" format:"uuid" doc:"Of this legal entity; of everybody when left out"`
	}
	openingOut struct{ Body OpeningView }
)

func oneSettings(s timesheets.Settings, err error) (*settingsOut, error) {
	if err != nil {
		return nil, err
	}
	v := TimeSettingsView{
		Grace: GraceView{s.Grace.On, s.Grace.Days, s.Grace.Every}, Overlap: s.Overlap, Forgotten: s.ForgottenHours, Route: string(s.Route), OwnException: s.OwnException,
		SetBillable: s.MembersSetBillable, Holidays: string(s.Holidays), Version: s.Version,
		Rounding: RoundingView{s.Rounding.Mode, s.Rounding.Step, s.Rounding.Minimum, s.Rounding.Scope},
	}
	v.EntityLocks = []EntityLockView{}
	for _, l := range s.Entities {
		v.EntityLocks = append(v.EntityLocks, EntityLockView{l.EntityID, l.Through, null(l.By), l.At, l.Itself})
	}
	v.EntityGraces = []EntityGraceView{}
	for _, g := range s.Graces {
		v.EntityGraces = append(v.EntityGraces, EntityGraceView{g.EntityID, GraceView{g.On, g.Days, g.Every}})
	}
	v.Period.Every = s.Periods.Every(s.Today)
	if n := len(s.Periods); n > 0 && s.Periods[n-1].From.After(s.Today) {
		v.Period.Next = &PeriodNext{s.Periods[n-1].Every, s.Periods[n-1].From}
	}
	if l := s.Lock; !l.Through.IsZero() {
		v.LockedThrough, v.LockedBy, v.LockedAt, v.ClosedItself = &l.Through, null(l.By), l.At, l.Itself
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
	ch := timesheets.SettingsChange{Overlap: in.Body.Overlap, Forgotten: in.Body.Forgotten, OwnException: in.Body.OwnException, SetBillable: in.Body.SetBillable, Reason: in.Body.Reason}
	if r := in.Body.Route; r != nil {
		route := timesheets.Route(*r)
		ch.Route = &route
	}
	if r := in.Body.Holidays; r != nil {
		holidays := timesheets.Holidays(*r)
		ch.Holidays = &holidays
	}
	if r := in.Body.Rounding; r != nil {
		ch.Rounding = &timesheets.Rounding{Mode: r.Mode, Step: r.StepSeconds, Minimum: r.MinimumSeconds, Scope: r.Scope}
	}
	if g := in.Body.Grace; g != nil {
		ch.Grace = &timesheets.Grace{On: g.On, Days: g.Days, Every: g.Every}
	}
	for _, g := range in.Body.EntityGraces {
		ch.Graces = append(ch.Graces, timesheets.EntityGrace{Grace: timesheets.Grace{On: g.Grace.On, Days: g.Grace.Days, Every: g.Grace.Every}, EntityID: g.EntityID})
	}
	if p := in.Body.Period; p != nil {
		ch.Period = &timesheets.PeriodRule{Every: p.Every}
		if p.From != nil {
			ch.Period.From = *p.From
		}
	}
	for i, l := range in.Body.EntityLocks {
		closing := timesheets.EntityClosing{EntityID: l.EntityID}
		if l.Through != "" {
			if closing.Through, err = day.Parse(l.Through); err != nil {
				return nil, timesheets.ErrBadSettings.Because(err).At(fmt.Sprintf("body.entity_locks[%d].through", i), err.Error())
			}
		}
		ch.Entities = append(ch.Entities, closing)
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

func (h handlers) opening(ctx context.Context, in *openingIn) (*openingOut, error) {
	o, err := h.svc.Opening(ctx, in.Through, in.EntityID)
	if err != nil {
		return nil, err
	}
	v := OpeningView{Entries: o.Entries, Seconds: o.Seconds, ApprovedWeeks: o.ApprovedWeeks, BilledEntries: o.BilledEntries, InvoiceIDs: list(o.Invoices)}
	if !o.From.IsZero() {
		v.From, v.To = &o.From, &o.To
	}
	return &openingOut{v}, nil
}
