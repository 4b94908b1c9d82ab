package retainers

import (
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
)

// Ref names a retainer in an event. It never holds an amount.
type Ref struct {
	Retainer string `json:"retainer"`
	Client   string `json:"client"`
	Project  string `json:"project,omitempty"`
	Name     string `json:"name"`
}

// Trace puts the event into the timelines of client and project.
func (r Ref) Trace() event.Trace {
	return event.Trace{Entity: "retainer", EntityID: r.Retainer, ClientID: r.Client, ProjectID: r.Project, Label: r.Name}
}

func (r Retainer) ref() Ref {
	return Ref{Retainer: r.ID, Client: r.ClientID, Project: r.ProjectID, Name: r.Name}
}

type (
	// Created is published when a retainer is agreed.
	Created struct{ Ref }
	// Changed is published when its terms change.
	Changed struct{ Ref }
	// Adjusted is published when somebody adds to it or takes from it, or a block begins to count.
	Adjusted struct{ Ref }
	// BalanceLow is published when what is left falls to the retainer's alert.
	BalanceLow struct{ Ref }
	// PeriodOpened is published when a period is made, the first one too.
	PeriodOpened struct {
		Ref
		Period string   `json:"period"`
		From   day.Date `json:"from"`
	}
	// PeriodClosed is published when the figures of a period are final.
	PeriodClosed struct {
		Ref
		Period string   `json:"period"`
		From   day.Date `json:"from"`
	}
	// Moved is published when work moved a balance. It is in no timeline: every approval would be.
	Moved struct {
		Retainer string `json:"retainer"`
	}
)

func (Created) EventName() string      { return "retainers.retainer_created.v1" }
func (Changed) EventName() string      { return "retainers.retainer_changed.v1" }
func (Adjusted) EventName() string     { return "retainers.retainer_adjusted.v1" }
func (BalanceLow) EventName() string   { return "retainers.balance_low.v1" }
func (PeriodOpened) EventName() string { return "retainers.period_opened.v1" }
func (PeriodClosed) EventName() string { return "retainers.period_closed.v1" }
func (Moved) EventName() string        { return "retainers.balance_moved.v1" }

// Trace names the retainer, for pages that show it.
func (m Moved) Trace() event.Trace { return event.Trace{Entity: "retainer", EntityID: m.Retainer} }
