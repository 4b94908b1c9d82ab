package peoplehttp

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/bureauhq/bureau/app/kit/httpapi"
)

// Lines is the part of people.Service that knows who reports to whom.
type Lines interface {
	Managers(context.Context) (map[string]string, error)
	SetManager(ctx context.Context, memberID, managerID string) error
}

func registerLines(api *httpapi.API, h handlers) {
	httpapi.Handle(api, httpapi.Op{ID: "line-managers-list", Tag: "people", Method: http.MethodGet, Path: "/api/v1/line-managers", Summary: "To whom everybody reports", Need: "people.positions.read"}, h.managers)
	httpapi.Handle(api, httpapi.Op{ID: "line-managers-put", Tag: "people", Method: http.MethodPut, Path: "/api/v1/members/{id}/line-manager", Status: http.StatusNoContent, Summary: "Say to whom a member reports", Need: "people.positions.write"}, h.setManager)
}

// LineManagerView says to whom a member reports.
type LineManagerView struct {
	MemberID  string `json:"member_id"`
	ManagerID string `json:"manager_id"`
}

// LineManagerList holds everybody who reports to somebody.
type LineManagerList struct {
	Items []LineManagerView `json:"items"`
	Next  *string           `json:"next"`
}

// LineManagerInput names the manager.
type LineManagerInput struct {
	ManagerID *string `json:"manager_id,omitempty" format:"uuid" doc:"Nobody when left out"`
}

type (
	lineListOut struct{ Body LineManagerList }
	linePutIn   struct {
		ID   string `path:"id" format:"uuid"`
		Body LineManagerInput
	}
)

func (h handlers) managers(ctx context.Context, _ *struct{}) (*lineListOut, error) {
	all, err := h.svc.Managers(ctx)
	if err != nil {
		return nil, err
	}
	out := &lineListOut{LineManagerList{Items: make([]LineManagerView, 0, len(all))}}
	for member, manager := range all {
		out.Body.Items = append(out.Body.Items, LineManagerView{member, manager})
	}
	slices.SortFunc(out.Body.Items, func(a, b LineManagerView) int { return strings.Compare(a.MemberID, b.MemberID) })
	return out, nil
}

func (h handlers) setManager(ctx context.Context, in *linePutIn) (*struct{}, error) {
	manager := ""
	if in.Body.ManagerID != nil {
		manager = *in.Body.ManagerID
	}
	return nil, h.svc.SetManager(ctx, in.ID, manager)
}
