package runs

import (
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
)

// Ref names a run in an event.
type Ref struct {
	Run   string `json:"run"`
	Label string `json:"label"`
}

// Trace names the run.
func (r Ref) Trace() event.Trace {
	return event.Trace{Entity: "invoice_run", EntityID: r.Run, Label: r.Label}
}

func (r Run) ref() Ref { return Ref{Run: r.ID, Label: span(r.From, r.To)} }

func span(from, to day.Date) string {
	return from.Format("2 January 2006") + " to " + to.Format("2 January 2006")
}

type (
	// Started is published when a run is.
	Started struct{ Ref }
	// Moved is published now and then while it works, for pages that show it.
	Moved struct{ Ref }
	// Ended is published when it has looked at all clients, or was cancelled.
	Ended struct {
		Ref
		State State `json:"state"`
	}
)

// StatementsStarted and the others are the same of runs that mail statements.
type (
	StatementsStarted struct{ StatementRef }
	StatementsMoved   struct{ StatementRef }
	StatementsEnded   struct {
		StatementRef
		State State `json:"state"`
	}
	// MonthChanged is published when the day changes on which statements go out by themselves.
	MonthChanged struct{}
)

// StatementRef names a run that mails statements.
type StatementRef struct {
	Run   string `json:"run"`
	Label string `json:"label"`
}

// Trace names the run.
func (r StatementRef) Trace() event.Trace {
	return event.Trace{Entity: "statement_run", EntityID: r.Run, Label: r.Label}
}

// Trace names the setting.
func (MonthChanged) Trace() event.Trace {
	return event.Trace{Entity: "statement_month", EntityID: "statement_month", Label: "Statements by the month"}
}

func (r StatementRun) ref() StatementRef { return StatementRef{Run: r.ID, Label: span(r.From, r.To)} }

func (StatementsStarted) EventName() string { return "runs.statement_run_started.v1" }
func (StatementsMoved) EventName() string   { return "runs.statement_run_moved.v1" }
func (StatementsEnded) EventName() string   { return "runs.statement_run_ended.v1" }
func (MonthChanged) EventName() string      { return "runs.statement_month_changed.v1" }

func (Started) EventName() string { return "runs.invoice_run_started.v1" }
func (Moved) EventName() string   { return "runs.invoice_run_moved.v1" }
func (Ended) EventName() string   { return "runs.invoice_run_ended.v1" }
