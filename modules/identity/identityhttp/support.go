package identityhttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/identity"
)

func registerSupport(api *httpapi.API, h handlers) {
	const base = "/api/v1/support-access"
	staff := []access.Kind{access.Staff}
	httpapi.Handle(api, httpapi.Op{ID: "support-access-list", Tag: "settings", Whenever: true, Method: http.MethodGet, Path: base, Summary: "Looks that the platform's operators took into this agency", Need: "agency.settings.write", Kinds: staff}, h.grants)
	httpapi.Handle(api, httpapi.Op{ID: "support-access-end", Tag: "settings", Whenever: true, Method: http.MethodPost, Path: base + "/{id}/end", Status: http.StatusNoContent, Summary: "End an operator's look into this agency at once", Need: "agency.settings.write", Kinds: staff}, h.endGrant)
}

// GrantView is an operator's look into the agency: read only, for a reason and a while.
type GrantView struct {
	ID        string     `json:"id"`
	Operator  string     `json:"operator"`
	Reason    string     `json:"reason"`
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt time.Time  `json:"expires_at"`
	OpenedAt  *time.Time `json:"opened_at" doc:"When the operator first went in"`
	EndedAt   *time.Time `json:"ended_at"`
	EndedBy   string     `json:"ended_by"`
	Open      bool       `json:"open"`
}

// GrantList lists looks into the agency, the newest first.
type GrantList struct {
	Items []GrantView `json:"items"`
	Next  *string     `json:"next"`
}

func grantView(g identity.Grant, now time.Time) GrantView {
	return GrantView{g.ID, g.OperatorName, g.Reason, g.CreatedAt, g.ExpiresAt, g.OpenedAt, g.EndedAt, g.EndedBy, g.Open(now)}
}

func (h handlers) grants(ctx context.Context, _ *none) (*out[GrantList], error) {
	all, err := h.svc.Grants(ctx)
	if err != nil {
		return nil, err
	}
	list := GrantList{Items: make([]GrantView, len(all))}
	for i, g := range all {
		list.Items[i] = grantView(g, h.svc.Now())
	}
	return &out[GrantList]{Body: list}, nil
}

func (h handlers) endGrant(ctx context.Context, in *idIn) (*none, error) {
	return nil, h.svc.EndSupport(ctx, in.ID)
}
