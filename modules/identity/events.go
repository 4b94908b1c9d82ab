package identity

import "github.com/bureauhq/bureau/app/kit/event"

// MemberAdded says that somebody joined the agency.
type MemberAdded struct {
	MemberID string `json:"member_id"`
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	Role     string `json:"role"`
}

// EventName is the event's stable name.
func (MemberAdded) EventName() string    { return "identity.member_added.v1" }
func (e MemberAdded) Trace() event.Trace { return memberTrace(e.MemberID, e.Name) }

// MemberChanged says that a member's role or name changed.
type MemberChanged struct {
	MemberID string `json:"member_id"`
	Name     string `json:"name"`
	Role     string `json:"role"`
}

// EventName is the event's stable name.
func (MemberChanged) EventName() string    { return "identity.member_changed.v1" }
func (e MemberChanged) Trace() event.Trace { return memberTrace(e.MemberID, e.Name) }

// MemberDeactivated says that a member may not come in any more.
type MemberDeactivated struct {
	MemberID string `json:"member_id"`
	Name     string `json:"name"`
}

// EventName is the event's stable name.
func (MemberDeactivated) EventName() string    { return "identity.member_deactivated.v1" }
func (e MemberDeactivated) Trace() event.Trace { return memberTrace(e.MemberID, e.Name) }

// ShutOut cuts off the member's open pages.
func (e MemberDeactivated) ShutOut() string { return e.MemberID }

// MemberReactivated says that a member may come in again.
type MemberReactivated struct {
	MemberID string `json:"member_id"`
	Name     string `json:"name"`
}

// EventName is the event's stable name.
func (MemberReactivated) EventName() string    { return "identity.member_reactivated.v1" }
func (e MemberReactivated) Trace() event.Trace { return memberTrace(e.MemberID, e.Name) }

func memberTrace(id, name string) event.Trace {
	return event.Trace{Entity: "member", EntityID: id, Label: name}
}

// InvitationChanged says that an invitation was made, sent again, revoked or accepted.
type InvitationChanged struct {
	InvitationID string `json:"invitation_id"`
	Email        string `json:"email"`
	What         string `json:"what"` // sent, revoked, accepted, undelivered
	ClientID     string `json:"client_id,omitempty"`
	ContactID    string `json:"contact_id,omitempty"`
}

// EventName is the event's stable name.
func (InvitationChanged) EventName() string { return "identity.invitation_changed.v1" }

// Trace is what timelines show.
func (e InvitationChanged) Trace() event.Trace {
	return event.Trace{Entity: "invitation", EntityID: e.InvitationID, ClientID: e.ClientID, Label: e.Email}
}

// TokenChanged says that an API token was made or revoked.
type TokenChanged struct {
	TokenID  string `json:"token_id"`
	MemberID string `json:"member_id"`
	Name     string `json:"name"`
}

// EventName is the event's stable name.
func (TokenChanged) EventName() string { return "identity.api_token_changed.v1" }

// Trace is what timelines show.
func (e TokenChanged) Trace() event.Trace {
	return event.Trace{Entity: "api_token", EntityID: e.TokenID, MemberID: e.MemberID, Label: e.Name}
}
