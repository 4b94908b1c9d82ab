package rateshttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/rates"
)

func registerServices(api *httpapi.API, h handlers) {
	const base = "/api/v1/services"
	op := func(id, method, path, summary string) httpapi.Op {
		o := httpapi.Op{ID: id, Tag: "rates", Method: method, Path: path, Summary: summary, Need: rates.WriteServices}
		if method == http.MethodGet {
			o.Need = rates.ReadServices
		}
		return o
	}
	create := op("services-create", http.MethodPost, base, "Make a service: what is sold and logged")
	create.Status, create.Idempotent = http.StatusCreated, true
	httpapi.Handle(api, op("services-list", http.MethodGet, base, "List services, by name"), h.services)
	httpapi.Handle(api, create, h.createService)
	httpapi.Handle(api, op("services-get", http.MethodGet, base+"/{id}", "One service"), h.service)
	httpapi.Handle(api, op("services-change", http.MethodPatch, base+"/{id}", "Change a service"), h.changeService)
	httpapi.Handle(api, op("services-archive", http.MethodPost, base+"/{id}/archive", "Take a service out of use"), h.archiveService)
	httpapi.Handle(api, op("services-restore", http.MethodPost, base+"/{id}/restore", "Take a service back into use"), h.restoreService)
}

// ServiceView is what is sold and logged, as the web sees it.
type ServiceView struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Billable   bool       `json:"billable" doc:"What time on it is unless the entry says otherwise"`
	TaxRateID  *string    `json:"tax_rate_id" doc:"The tax of its invoice lines; null: the agency's default"`
	CreatedAt  time.Time  `json:"created_at"`
	UpdatedAt  time.Time  `json:"updated_at"`
	ArchivedAt *time.Time `json:"archived_at"`
	Version    int        `json:"version"`
}

// ServiceList is a page of services.
type ServiceList struct {
	Items []ServiceView `json:"items"`
	Next  *string       `json:"next"`
}

// NewService is what the web sends to make a service.
type NewService struct {
	Name      string `json:"name" minLength:"1" maxLength:"80"`
	Billable  *bool  `json:"billable,omitempty" doc:"true when missing"`
	TaxRateID string `json:"tax_rate_id,omitempty" maxLength:"36"`
}

// ServiceChange is what the web sends to change a service; what is missing stays as it is.
type ServiceChange struct {
	Name      *string `json:"name,omitempty" minLength:"1" maxLength:"80"`
	Billable  *bool   `json:"billable,omitempty"`
	TaxRateID *string `json:"tax_rate_id,omitempty" maxLength:"36" doc:"Empty for the agency's default"`
}

type (
	servicesIn struct {
		page.Query
		Q     string `query:"q" maxLength:"80" doc:"Part of a name"`
		State string `query:"state" enum:"active,archived" default:"active"`
	}
	servicesOut     struct{ Body ServiceList }
	createServiceIn struct{ Body NewService }
	changeServiceIn struct {
		IDIn
		httpapi.IfMatch
		Body ServiceChange
	}
	serviceOut struct {
		ETag string `header:"ETag"`
		Body ServiceView
	}
)

func (h handlers) services(ctx context.Context, in *servicesIn) (*servicesOut, error) {
	found, next, err := h.svc.ListSold(ctx, rates.SoldFilter{Search: in.Q, Archived: in.State == "archived"}, in.Query)
	if err != nil {
		return nil, err
	}
	out := &servicesOut{ServiceList{Items: make([]ServiceView, len(found)), Next: next}}
	for i, x := range found {
		out.Body.Items[i] = toService(x)
	}
	return out, nil
}

func (h handlers) createService(ctx context.Context, in *createServiceIn) (*serviceOut, error) {
	b := in.Body
	if err := ids(map[string]string{"body.tax_rate_id": b.TaxRateID}); err != nil {
		return nil, err
	}
	return answerService(h.svc.CreateSold(ctx, rates.NewSold{Name: b.Name, Billable: b.Billable == nil || *b.Billable, TaxRateID: b.TaxRateID}))
}

func (h handlers) service(ctx context.Context, in *IDIn) (*serviceOut, error) {
	return answerService(h.svc.FindSold(ctx, in.ID))
}

func (h handlers) changeService(ctx context.Context, in *changeServiceIn) (*serviceOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	b := in.Body
	if b.TaxRateID != nil {
		if err := ids(map[string]string{"body.tax_rate_id": *b.TaxRateID}); err != nil {
			return nil, err
		}
	}
	return answerService(h.svc.ChangeSold(ctx, in.ID, version, rates.SoldChange(b)))
}

func (h handlers) archiveService(ctx context.Context, in *IDIn) (*serviceOut, error) {
	return answerService(h.svc.ArchiveSold(ctx, in.ID))
}

func (h handlers) restoreService(ctx context.Context, in *IDIn) (*serviceOut, error) {
	return answerService(h.svc.RestoreSold(ctx, in.ID))
}

func answerService(x rates.Sold, err error) (*serviceOut, error) {
	if err != nil {
		return nil, err
	}
	return &serviceOut{httpapi.ETag(x.Version), toService(x)}, nil
}

func toService(x rates.Sold) ServiceView {
	return ServiceView{
		ID: x.ID, Name: x.Name, Billable: x.Billable, TaxRateID: optional(x.TaxRateID), CreatedAt: x.CreatedAt, UpdatedAt: x.UpdatedAt,
		ArchivedAt: x.ArchivedAt, Version: x.Version,
	}
}
