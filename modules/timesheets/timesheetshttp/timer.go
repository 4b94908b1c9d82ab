package timesheetshttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/timesheets"
)

func registerTimer(api *httpapi.API, h handlers) {
	const write = timesheets.WriteOwn
	httpapi.Handle(api, op("timer-get", http.MethodGet, "/timer", "Your running timer, if there is one", write), h.timer)
	httpapi.Handle(api, op("timer-change", http.MethodPatch, "/timer", "Change your running timer", write), h.changeTimer)
	httpapi.Handle(api, idempotent(op("timer-start", http.MethodPost, "/timer/start", "Start a timer; one that runs is stopped and kept", write)), h.startTimer)
	httpapi.Handle(api, idempotent(op("timer-stop", http.MethodPost, "/timer/stop", "Stop your timer and keep its time", write)), h.stopTimer)
	httpapi.Handle(api, op("timer-keep", http.MethodPost, "/timer/keep", "Say that you are still working: the timer runs on and asks again later", write), h.keepTimer)
	httpapi.Handle(api, empty(op("timer-discard", http.MethodPost, "/timer/discard", "Stop your timer and keep nothing", write)), h.discardTimer)
}

// TimerView is a running timer. Devices show the time since started_at.
type TimerView struct {
	ID          string    `json:"id"`
	ProjectID   string    `json:"project_id"`
	ProjectCode string    `json:"project_code"`
	ProjectName string    `json:"project_name"`
	ClientName  string    `json:"client_name"`
	TaskID      *string   `json:"task_id"`
	TaskName    string    `json:"task_name"`
	Note        string    `json:"note"`
	Billable    bool      `json:"billable"`
	StartedAt   time.Time `json:"started_at"`
	Zone        string    `json:"zone"`
	AsksAt      time.Time `json:"asks_at" doc:"From then on it asks whether it was forgotten, and is not stopped without a moment"`
	Version     int       `json:"version"`
}

func toTimer(t timesheets.Timer) TimerView {
	return TimerView{
		ID: t.ID, ProjectID: t.ProjectID, ProjectCode: t.ProjectCode, ProjectName: t.ProjectName, ClientName: t.ClientName,
		TaskID: null(t.TaskID), TaskName: t.TaskName, Note: t.Note, Billable: t.Billable, StartedAt: t.StartedAt, Zone: t.Zone, AsksAt: t.AsksAt, Version: t.Version,
	}
}

// RunningTimer is a timer, or none.
type RunningTimer struct {
	Timer *TimerView `json:"timer,omitempty" doc:"Absent when none runs"`
}

// StartedTimer is a new timer and the entry of the one that it stopped.
type StartedTimer struct {
	Timer   TimerView      `json:"timer"`
	Stopped *TimeEntryView `json:"stopped,omitempty"`
}

// TimerStart is what is being worked on.
type TimerStart struct {
	ProjectID string     `json:"project_id" format:"uuid"`
	TaskID    *string    `json:"task_id,omitempty" format:"uuid"`
	Note      string     `json:"note,omitempty" maxLength:"2000"`
	Billable  *bool      `json:"billable,omitempty" doc:"What the project, the task and the service say when left out"`
	Zone      string     `json:"zone,omitempty" maxLength:"60" doc:"IANA time zone of the person; the agency's when left out"`
	StartedAt *time.Time `json:"started_at,omitempty" doc:"Earlier than now for a late start"`
	StopAt    *time.Time `json:"stop_at,omitempty" doc:"When the timer that runs now ended; the start of the new one when left out, but required when it asks"`
}

// TimerChange names what changes of a running timer.
type TimerChange struct {
	ProjectID *string    `json:"project_id,omitempty" format:"uuid"`
	TaskID    *string    `json:"task_id,omitempty" maxLength:"36" doc:"Empty for no task"`
	Note      *string    `json:"note,omitempty" maxLength:"2000"`
	Billable  *bool      `json:"billable,omitempty"`
	StartedAt *time.Time `json:"started_at,omitempty"`
}

// TimerStop says when the work ended.
type TimerStop struct {
	EndedAt *time.Time `json:"ended_at,omitempty" doc:"Now when left out; a timer that asks wants it, or whole"`
	Whole   bool       `json:"whole,omitempty" doc:"All of it was worked: ends a timer that asks now"`
}

type (
	runningOut struct{ Body RunningTimer }
	startIn    struct{ Body TimerStart }
	startedOut struct{ Body StartedTimer }
	timerIn    struct{ Body TimerChange }
	timerOut   struct{ Body TimerView }
	stopIn     struct{ Body *TimerStop }
	nothing    struct{}
)

func (h handlers) timer(ctx context.Context, _ *struct{}) (*runningOut, error) {
	t, err := h.svc.CurrentTimer(ctx)
	if err != nil {
		return nil, err
	}
	out := &runningOut{}
	if t != nil {
		v := toTimer(*t)
		out.Body.Timer = &v
	}
	return out, nil
}

func (h handlers) startTimer(ctx context.Context, in *startIn) (*startedOut, error) {
	b := in.Body
	t, stopped, err := h.svc.StartTimer(ctx, timesheets.NewTimer{
		ProjectID: b.ProjectID, TaskID: text(b.TaskID), Note: b.Note, Billable: b.Billable, Zone: b.Zone, StartedAt: b.StartedAt, StopAt: b.StopAt,
	})
	if err != nil {
		return nil, err
	}
	out := &startedOut{Body: StartedTimer{Timer: toTimer(t)}}
	if stopped != nil {
		v := toEntry(*stopped, nil)
		out.Body.Stopped = &v
	}
	return out, nil
}

func (h handlers) changeTimer(ctx context.Context, in *timerIn) (*timerOut, error) {
	b := in.Body
	t, err := h.svc.ChangeTimer(ctx, timesheets.TimerChange{ProjectID: b.ProjectID, TaskID: b.TaskID, Note: b.Note, Billable: b.Billable, StartedAt: b.StartedAt})
	if err != nil {
		return nil, err
	}
	return &timerOut{toTimer(t)}, nil
}

func (h handlers) stopTimer(ctx context.Context, in *stopIn) (*entryOut, error) {
	var b TimerStop
	if in.Body != nil {
		b = *in.Body
	}
	e, err := h.svc.StopTimer(ctx, b.EndedAt, b.Whole)
	if err != nil {
		return nil, err
	}
	return oneEntry(e, nil), nil
}

func (h handlers) keepTimer(ctx context.Context, _ *struct{}) (*timerOut, error) {
	t, err := h.svc.KeepTimer(ctx)
	if err != nil {
		return nil, err
	}
	return &timerOut{toTimer(t)}, nil
}

func (h handlers) discardTimer(ctx context.Context, _ *struct{}) (*nothing, error) {
	return nil, h.svc.DiscardTimer(ctx)
}
