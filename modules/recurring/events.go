package recurring

import "github.com/bureauhq/bureau/app/kit/event"

// Ref names a schedule in an event.
type Ref struct {
	Schedule string `json:"schedule"`
	ClientID string `json:"client_id"`
	Label    string `json:"label"`
}

// Trace places the event in the client's timeline.
func (r Ref) Trace() event.Trace {
	return event.Trace{Entity: "recurring_invoice", EntityID: r.Schedule, ClientID: r.ClientID, Label: r.Label}
}

func (s Schedule) ref() Ref { return Ref{s.ID, s.ClientID, s.Name} }

// Created and the others are what can happen to a schedule.
type (
	Created struct{ Ref }
	Changed struct{ Ref }
	Halted  struct{ Ref }
	Resumed struct{ Ref }
	Over    struct{ Ref }
	// PeriodSettled is published for each period that is billed, skipped, or found to have nothing to bill.
	PeriodSettled struct{ PeriodRef }
	// PeriodWaits is published for each that somebody has to decide about: refused or missed.
	PeriodWaits struct{ PeriodRef }
)

// PeriodRef names a period.
type PeriodRef struct {
	Ref
	Number    int         `json:"number"`
	State     PeriodState `json:"state"`
	InvoiceID string      `json:"invoice_id,omitempty"`
}

func (Created) EventName() string       { return "recurring.schedule_created.v1" }
func (Changed) EventName() string       { return "recurring.schedule_changed.v1" }
func (Halted) EventName() string        { return "recurring.schedule_paused.v1" }
func (Resumed) EventName() string       { return "recurring.schedule_resumed.v1" }
func (Over) EventName() string          { return "recurring.schedule_ended.v1" }
func (PeriodSettled) EventName() string { return "recurring.period_settled.v1" }
func (PeriodWaits) EventName() string   { return "recurring.period_waits.v1" }

func (s Schedule) told(p Period) event.Event {
	ref := PeriodRef{s.ref(), p.Number, p.State, p.InvoiceID}
	if p.State == Refused || p.State == Missed {
		return PeriodWaits{ref}
	}
	return PeriodSettled{ref}
}
