// Package audithttp puts the audit log on the web.
package audithttp

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	kit "github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/audit"
)

// Service is the part of audit.Service that the web uses.
type Service interface {
	List(context.Context, audit.Filter) ([]kit.Entry, error)
	Verify(context.Context) (audit.Verdict, error)
}

// Register declares the operations.
func Register(api *httpapi.API, svc Service) {
	h := handlers{svc}
	const read = "audit.events.read"
	httpapi.Handle(api, httpapi.Op{ID: "audit-events-list", Tag: "audit", Holds: "audit_log", Method: http.MethodGet, Path: "/api/v1/audit-events", Summary: "Who changed what, newest first", Need: read}, h.list)
	httpapi.Handle(api, httpapi.Op{ID: "audit-events-verify", Tag: "audit", Holds: "audit_log", Method: http.MethodPost, Path: "/api/v1/audit-events/verify", Summary: "Check that the log's chain is whole", Need: read}, h.verify)
}

type handlers struct{ svc Service }

// AuditEventView is one line of the log.
type AuditEventView struct {
	Seq        int64     `json:"seq"`
	ID         string    `json:"id"`
	At         time.Time `json:"at"`
	Action     string    `json:"action"`
	Entity     string    `json:"entity"`
	EntityID   string    `json:"entity_id"`
	ActorID    string    `json:"actor_id"`
	ActorName  string    `json:"actor_name"`
	ActorKind  string    `json:"actor_kind"`
	OnBehalfOf string    `json:"on_behalf_of,omitempty"`
	Source     string    `json:"source"`
	Reason     string    `json:"reason,omitempty"`
	Before     any       `json:"before,omitempty" doc:"The record as it was"`
	After      any       `json:"after,omitempty" doc:"The record as it is"`
}

// AuditEventList is a page of the log.
type AuditEventList struct {
	Items []AuditEventView `json:"items"`
	Next  *string          `json:"next"`
}

// AuditVerdict is the outcome of a check of the chain.
type AuditVerdict struct {
	Entries  int64 `json:"entries"`
	Intact   bool  `json:"intact"`
	FirstBad int64 `json:"first_bad,omitempty" doc:"Number of the first entry that does not fit"`
}

type (
	listIn struct {
		page.Query
		Actor    string    `query:"actor_id" maxLength:"36"`
		Entity   string    `query:"entity" maxLength:"60"`
		EntityID string    `query:"entity_id" maxLength:"60"`
		Action   string    `query:"action" maxLength:"80" doc:"Begins with"`
		From     time.Time `query:"from"`
		To       time.Time `query:"to"`
	}
	listOut    struct{ Body AuditEventList }
	verdictOut struct{ Body AuditVerdict }
)

func (h handlers) list(ctx context.Context, in *listIn) (*listOut, error) {
	f := audit.Filter{ActorID: in.Actor, Entity: in.Entity, EntityID: in.EntityID, Action: in.Action, From: in.From, To: in.To, Limit: in.Size()}
	after, err := page.Decode(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	if after != nil {
		if f.Before, err = strconv.ParseInt(after[0], 10, 64); err != nil {
			return nil, page.ErrBadCursor
		}
	}
	entries, err := h.svc.List(ctx, f)
	if err != nil {
		return nil, err
	}
	entries, next := page.Cut(entries, in.Size(), func(e kit.Entry) []string { return []string{strconv.FormatInt(e.Seq, 10)} })
	out := AuditEventList{Items: make([]AuditEventView, len(entries)), Next: next}
	for i, e := range entries {
		out.Items[i] = AuditEventView{
			Seq: e.Seq, ID: e.ID, At: e.At, Action: e.Action, Entity: e.Entity, EntityID: e.EntityID, ActorID: e.ActorID, ActorName: e.ActorName,
			ActorKind: e.ActorKind, OnBehalfOf: e.OnBehalfOf, Source: e.Source, Reason: e.Reason, Before: raw(e.Before), After: raw(e.After),
		}
	}
	return &listOut{out}, nil
}

func raw(s string) any {
	if s == "" {
		return nil
	}
	return json.RawMessage(s)
}

func (h handlers) verify(ctx context.Context, _ *struct{}) (*verdictOut, error) {
	v, err := h.svc.Verify(ctx)
	if err != nil {
		return nil, err
	}
	return &verdictOut{AuditVerdict{Entries: v.Entries, Intact: v.Intact, FirstBad: v.FirstBad}}, nil
}
