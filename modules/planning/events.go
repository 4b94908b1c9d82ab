package planning

import "github.com/bureauhq/bureau/app/kit/event"

// Ref names a booking in an event.
type Ref struct {
	Booking   string `json:"booking"`
	Member    string `json:"member"`
	ProjectID string `json:"project_id"`
}

// Trace places the event in the project's timeline.
func (r Ref) Trace() event.Trace {
	return event.Trace{Entity: "booking", EntityID: r.Booking, ProjectID: r.ProjectID}
}

func (b Booking) ref() Ref { return Ref{b.ID, b.MemberID, b.ProjectID} }

// Created and the others are what can happen to a booking.
type (
	Created  struct{ Ref }
	Changed  struct{ Ref }
	Removed  struct{ Ref }
	Restored struct{ Ref }
)

func (Created) EventName() string  { return "planning.booking_created.v1" }
func (Changed) EventName() string  { return "planning.booking_changed.v1" }
func (Removed) EventName() string  { return "planning.booking_removed.v1" }
func (Restored) EventName() string { return "planning.booking_restored.v1" }
