package clientshttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/clients"
)

func registerTimeline(api *httpapi.API, h handlers) {
	op := func(id, method, path, summary string) httpapi.Op {
		return httpapi.Op{ID: id, Tag: "clients", Method: method, Path: path, Summary: summary, Need: clients.WriteInteractions}
	}
	read := op("clients-timeline", http.MethodGet, "/api/v1/clients/{id}/timeline", "What happened with a client, newest first")
	read.Need = clients.ReadClients
	log := op("interactions-create", http.MethodPost, "/api/v1/clients/{id}/interactions", "Log a note, call or meeting")
	log.Status, log.Idempotent = http.StatusCreated, true
	remove := op("interactions-remove", http.MethodDelete, "/api/v1/interactions/{id}", "Take an entry out of the timeline")
	remove.Status = http.StatusNoContent
	httpapi.Handle(api, read, h.timeline)
	httpapi.Handle(api, log, h.logInteraction)
	httpapi.Handle(api, op("interactions-change", http.MethodPatch, "/api/v1/interactions/{id}", "Change an entry"), h.changeInteraction)
	httpapi.Handle(api, remove, h.removeInteraction)
}

// MomentView is one thing that happened with a client.
type MomentView struct {
	ID         string    `json:"id"`
	HappenedAt time.Time `json:"happened_at"`
	Kind       string    `json:"kind" doc:"note, call, meeting, or the module that said it: clients, projects, timesheets, rates, invoicing"`
	Name       string    `json:"name,omitempty" doc:"The event, for example invoicing.invoice_issued.v1"`
	Entity     string    `json:"entity"`
	EntityID   string    `json:"entity_id"`
	ProjectID  *string   `json:"project_id,omitempty"`
	ActorID    *string   `json:"actor_id,omitempty"`
	ActorName  string    `json:"actor_name"`
	Label      string    `json:"label"`
	Body       string    `json:"body,omitempty"`
	ContactID  *string   `json:"contact_id,omitempty"`
	Minutes    *int      `json:"minutes,omitempty"`
	Version    int       `json:"version,omitempty" doc:"Of a logged entry, for If-Match"`
}

// ClientTimeline is a page of moments.
type ClientTimeline struct {
	Items []MomentView `json:"items"`
	Next  *string      `json:"next"`
}

// InteractionView is a logged note, call or meeting.
type InteractionView struct {
	ID         string    `json:"id"`
	ClientID   string    `json:"client_id"`
	ContactID  *string   `json:"contact_id"`
	Kind       string    `json:"kind" enum:"note,call,meeting"`
	Subject    string    `json:"subject"`
	Body       string    `json:"body"`
	Minutes    *int      `json:"minutes"`
	HappenedAt time.Time `json:"happened_at"`
	CreatedBy  *string   `json:"created_by"`
	AuthorName string    `json:"author_name"`
	Version    int       `json:"version"`
}

// NewInteraction is what the web sends to log one.
type NewInteraction struct {
	Kind       string    `json:"kind" enum:"note,call,meeting"`
	Subject    string    `json:"subject" minLength:"1" maxLength:"200"`
	Body       string    `json:"body,omitempty" maxLength:"10000"`
	ContactID  string    `json:"contact_id,omitempty" maxLength:"36" doc:"With whom"`
	Minutes    *int      `json:"minutes,omitempty" minimum:"1" maximum:"1440" doc:"How long, of calls and meetings"`
	HappenedAt time.Time `json:"happened_at,omitempty" doc:"Now when missing"`
}

// InteractionChange is what the web sends to change one; what is missing stays as it is.
type InteractionChange struct {
	Subject    *string    `json:"subject,omitempty" minLength:"1" maxLength:"200"`
	Body       *string    `json:"body,omitempty" maxLength:"10000"`
	ContactID  *string    `json:"contact_id,omitempty" maxLength:"36" doc:"Empty clears it"`
	Minutes    *int       `json:"minutes,omitempty" minimum:"0" maximum:"1440" doc:"0 clears it"`
	HappenedAt *time.Time `json:"happened_at,omitempty"`
}

type (
	timelineIn struct {
		IDIn
		page.Query
		Kind []string `query:"kind" maxItems:"12" doc:"Only these kinds, with commas between"`
	}
	timelineOut struct{ Body ClientTimeline }
	logIn       struct {
		IDIn
		Body NewInteraction
	}
	changeInteractionIn struct {
		IDIn
		httpapi.IfMatch
		Body InteractionChange
	}
	interactionOut struct {
		ETag string `header:"ETag"`
		Body InteractionView
	}
)

func (h handlers) timeline(ctx context.Context, in *timelineIn) (*timelineOut, error) {
	found, next, err := h.svc.Timeline(ctx, in.ID, in.Kind, in.Query)
	if err != nil {
		return nil, err
	}
	out := &timelineOut{ClientTimeline{Items: make([]MomentView, len(found)), Next: next}}
	for i, m := range found {
		out.Body.Items[i] = MomentView{
			ID: m.ID, HappenedAt: m.HappenedAt, Kind: m.Kind, Name: m.Name, Entity: m.Entity, EntityID: m.EntityID,
			ProjectID: optional(m.ProjectID), ActorID: optional(m.ActorID), ActorName: m.ActorName, Label: m.Label, Body: m.Body,
			ContactID: optional(m.ContactID), Minutes: m.Minutes, Version: m.Version,
		}
	}
	return out, nil
}

func (h handlers) logInteraction(ctx context.Context, in *logIn) (*interactionOut, error) {
	b := in.Body
	if err := optionalID("body.contact_id", b.ContactID); err != nil {
		return nil, err
	}
	return answerInteraction(h.svc.LogInteraction(ctx, in.ID, clients.InteractionDraft{
		Kind: clients.InteractionKind(b.Kind), ContactID: b.ContactID, Subject: b.Subject, Body: b.Body, Minutes: b.Minutes, HappenedAt: b.HappenedAt,
	}))
}

func (h handlers) changeInteraction(ctx context.Context, in *changeInteractionIn) (*interactionOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	b := in.Body
	if b.ContactID != nil {
		if err := optionalID("body.contact_id", *b.ContactID); err != nil {
			return nil, err
		}
	}
	ch := clients.InteractionChange{ContactID: b.ContactID, Subject: b.Subject, Body: b.Body, HappenedAt: b.HappenedAt}
	if b.Minutes != nil {
		minutes := b.Minutes
		if *minutes == 0 {
			minutes = nil
		}
		ch.Minutes = &minutes
	}
	return answerInteraction(h.svc.ChangeInteraction(ctx, in.ID, version, ch))
}

func (h handlers) removeInteraction(ctx context.Context, in *IDIn) (*struct{}, error) {
	return nil, h.svc.RemoveInteraction(ctx, in.ID)
}

func answerInteraction(i clients.Interaction, err error) (*interactionOut, error) {
	if err != nil {
		return nil, err
	}
	return &interactionOut{httpapi.ETag(i.Version), InteractionView{
		ID: i.ID, ClientID: i.ClientID, ContactID: optional(i.ContactID), Kind: string(i.Kind), Subject: i.Subject, Body: i.Body,
		Minutes: i.Minutes, HappenedAt: i.HappenedAt, CreatedBy: optional(i.CreatedBy), AuthorName: i.AuthorName, Version: i.Version,
	}}, nil
}
