package fees

import "github.com/bureauhq/bureau/app/kit/event"

// Fact is what every event of a fee tells. It never holds an amount.
type Fact struct {
	FeeID     string `json:"fee_id"`
	ProjectID string `json:"project_id"`
	ClientID  string `json:"client_id"`
	Label     string `json:"label"`
}

// Trace places the event in the timelines of project and client.
func (f Fact) Trace() event.Trace {
	return event.Trace{Entity: "fee", EntityID: f.FeeID, ProjectID: f.ProjectID, ClientID: f.ClientID, Label: f.Label}
}

// FeeAdded and the others are what can happen to a fee.
type (
	FeeAdded   struct{ Fact }
	FeeChanged struct{ Fact }
	// FeeReordered is published when a change order is recorded.
	FeeReordered struct{ Fact }
	// MilestoneAccepted is published when a part of a fee may be billed.
	MilestoneAccepted struct {
		Fact
		PartID string `json:"part_id"`
	}
	// AcceptanceWithdrawn is published when it may be billed no more.
	AcceptanceWithdrawn struct {
		Fact
		PartID string `json:"part_id"`
	}
	// MilestoneChangesAsked is published when a contact wants a milestone to be different.
	MilestoneChangesAsked struct {
		Fact
		PartID string `json:"part_id"`
	}
	// MilestoneReady is published when what was asked for is done.
	MilestoneReady struct {
		Fact
		PartID string `json:"part_id"`
	}
)

func (FeeAdded) EventName() string              { return "fees.fee_added.v1" }
func (FeeChanged) EventName() string            { return "fees.fee_changed.v1" }
func (FeeReordered) EventName() string          { return "fees.change_order_recorded.v1" }
func (MilestoneAccepted) EventName() string     { return "fees.milestone_accepted.v1" }
func (AcceptanceWithdrawn) EventName() string   { return "fees.acceptance_withdrawn.v1" }
func (MilestoneChangesAsked) EventName() string { return "fees.milestone_changes_asked.v1" }
func (MilestoneReady) EventName() string        { return "fees.milestone_ready.v1" }

func factOf(f Fee, about string) Fact {
	label := f.Name
	if about != "" {
		label += ": " + about
	}
	return Fact{FeeID: f.ID, ProjectID: f.ProjectID, ClientID: f.ClientID, Label: label}
}
