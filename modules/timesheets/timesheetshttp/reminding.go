package timesheetshttp

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/timesheets"
)

func registerReminding(api *httpapi.API, h handlers) {
	const base = "/time-reminders"
	httpapi.Handle(api, op("time-reminders-get", http.MethodGet, base, "When people are reminded of their time, and of what", "agency.settings.read"), h.reminding)
	httpapi.Handle(api, op("time-reminders-put", http.MethodPut, base, "Say when people are reminded of their time, and of what", "agency.settings.write"), h.setReminding)
	httpapi.Handle(api, op("time-reminders-mine", http.MethodGet, base+"/mine", "What you are reminded of", timesheets.WriteOwn), h.myReminders)
	httpapi.Handle(api, empty(op("time-reminders-choose", http.MethodPut, base+"/mine", "Say what you want to be reminded of", timesheets.WriteOwn)), h.setMyReminders)
}

// TimeReminders are when people are reminded of the week that is over.
type TimeReminders struct {
	Missing     bool   `json:"missing" doc:"Of time that is missing"`
	Unsubmitted bool   `json:"unsubmitted" doc:"Of a week that was not handed in"`
	Weekday     string `json:"weekday" enum:"monday,tuesday,wednesday,thursday,friday,saturday,sunday"`
	Time        string `json:"time" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" patternDescription:"a time of the day such as 09:00" example:"09:00"`
	Zone        string `json:"zone" enum:"agency,person" doc:"Whose clock; a person's is that of the zone in which they last logged time"`
}

// TimeRemindersView are they with their version.
type TimeRemindersView struct {
	TimeReminders
	Version int `json:"version"`
}

// TimeReminderChoice is what somebody is reminded of, when the agency reminds of it.
type TimeReminderChoice struct {
	Missing     bool `json:"missing"`
	Unsubmitted bool `json:"unsubmitted"`
}

type (
	remindingOut struct {
		ETag string `header:"ETag"`
		Body TimeRemindersView
	}
	remindingIn struct {
		httpapi.IfMatch
		Body TimeReminders
	}
	choiceOut struct{ Body TimeReminderChoice }
	choiceIn  struct{ Body TimeReminderChoice }
)

var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

func oneReminding(r timesheets.Reminding, err error) (*remindingOut, error) {
	if err != nil {
		return nil, err
	}
	return &remindingOut{httpapi.ETag(r.Version), TimeRemindersView{
		TimeReminders{r.Missing, r.Unsubmitted, strings.ToLower(r.Weekday.String()), fmt.Sprintf("%02d:%02d", r.Minute/60, r.Minute%60), r.Clock}, r.Version,
	}}, nil
}

func (h handlers) reminding(ctx context.Context, _ *struct{}) (*remindingOut, error) {
	return oneReminding(h.svc.Reminding(ctx))
}

func (h handlers) setReminding(ctx context.Context, in *remindingIn) (*remindingOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	r := timesheets.Reminding{Missing: in.Body.Missing, Unsubmitted: in.Body.Unsubmitted, Clock: in.Body.Zone, Version: version}
	at, err := time.Parse("15:04", in.Body.Time)
	if err != nil {
		return nil, timesheets.ErrBadReminding.Because(err).At("body.time", "is not a time of the day")
	}
	r.Minute = at.Hour()*60 + at.Minute()
	r.Weekday = time.Weekday(slices.Index(weekdays, in.Body.Weekday))
	return oneReminding(h.svc.SetReminding(ctx, r))
}

func (h handlers) myReminders(ctx context.Context, _ *struct{}) (*choiceOut, error) {
	c, err := h.svc.MyReminders(ctx)
	if err != nil {
		return nil, err
	}
	return &choiceOut{TimeReminderChoice{!c.NoMissing, !c.NoUnsubmitted}}, nil
}

func (h handlers) setMyReminders(ctx context.Context, in *choiceIn) (*nothing, error) {
	return nil, h.svc.SetMyReminders(ctx, timesheets.ReminderChoice{NoMissing: !in.Body.Missing, NoUnsubmitted: !in.Body.Unsubmitted})
}
