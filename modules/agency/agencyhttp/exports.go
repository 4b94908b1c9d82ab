package agencyhttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/agency"
)

// Exporter is the part of agency.Service that makes exports.
type Exporter interface {
	AskExport(ctx context.Context, recipient string) (agency.Export, error)
	Exports(context.Context, page.Query) ([]agency.Export, error)
	ExportURL(ctx context.Context, id string) (string, time.Time, error)
}

// RegisterExports declares the operations on exports of the whole agency.
func RegisterExports(api *httpapi.API, svc Exporter) {
	h := exporting{svc}
	const export = "agency.data.export"
	httpapi.Handle(api, httpapi.Op{ID: "exports-list", Tag: "exports", Method: http.MethodGet, Path: "/api/v1/exports", Summary: "Exports of all the agency's data, newest first", Need: export, Whenever: true}, h.list)
	httpapi.Handle(api, httpapi.Op{ID: "exports-create", Tag: "exports", Method: http.MethodPost, Path: "/api/v1/exports", Summary: "Export all the agency's data and files", Need: export, Status: http.StatusCreated, Idempotent: true, Whenever: true, StepUp: true}, h.create)
	httpapi.Handle(api, httpapi.Op{ID: "exports-link", Tag: "exports", Method: http.MethodPost, Path: "/api/v1/exports/{id}/link", Summary: "An address from which the export can be downloaded for a few minutes", Need: export, Whenever: true, StepUp: true}, h.link)
}

type exporting struct{ svc Exporter }

// ExportInput says how the export shall be.
type ExportInput struct {
	Recipient string `json:"recipient,omitempty" maxLength:"200" doc:"Public key of age (age1…) to encrypt the archive to"`
}

// ExportView is one export.
type ExportView struct {
	ID         string     `json:"id"`
	State      string     `json:"state" enum:"queued,running,ready,failed,expired"`
	Encrypted  bool       `json:"encrypted"`
	AskedAt    time.Time  `json:"asked_at"`
	AskedBy    string     `json:"asked_by" doc:"Name of who asked for it"`
	Progress   int        `json:"progress" doc:"Percent"`
	FinishedAt *time.Time `json:"finished_at"`
	ExpiresAt  *time.Time `json:"expires_at"`
	Size       int64      `json:"size" doc:"Bytes"`
	Rows       int64      `json:"rows"`
	Files      int        `json:"files"`
}

// ExportList is a page of exports.
type ExportList struct {
	Items []ExportView `json:"items"`
	Next  *string      `json:"next"`
}

// ExportLink is an address and until when it works.
type ExportLink struct {
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expires_at"`
}

type (
	exportsIn    struct{ page.Query }
	exportsOut   struct{ Body ExportList }
	exportIn     struct{ Body ExportInput }
	exportOut    struct{ Body ExportView }
	exportLinkIn struct {
		ID string `path:"id" format:"uuid"`
	}
	exportLinkOut struct{ Body ExportLink }
)

func viewOfExport(e agency.Export) ExportView {
	return ExportView{
		ID: e.ID, State: e.State, Encrypted: e.Recipient != "", AskedAt: e.AskedAt, AskedBy: e.AskedName, Progress: e.Done * 100 / max(e.Total, 1),
		FinishedAt: e.FinishedAt, ExpiresAt: e.ExpiresAt, Size: e.Size, Rows: e.Rows, Files: e.Files,
	}
}

func (h exporting) list(ctx context.Context, in *exportsIn) (*exportsOut, error) {
	found, err := h.svc.Exports(ctx, in.Query)
	if err != nil {
		return nil, err
	}
	found, next := page.Cut(found, in.Size(), func(e agency.Export) []string { return []string{e.AskedAt.Format(time.RFC3339Nano), e.ID} })
	out := ExportList{Items: make([]ExportView, len(found)), Next: next}
	for i, e := range found {
		out.Items[i] = viewOfExport(e)
	}
	return &exportsOut{out}, nil
}

func (h exporting) create(ctx context.Context, in *exportIn) (*exportOut, error) {
	e, err := h.svc.AskExport(ctx, in.Body.Recipient)
	if err != nil {
		return nil, err
	}
	return &exportOut{viewOfExport(e)}, nil
}

func (h exporting) link(ctx context.Context, in *exportLinkIn) (*exportLinkOut, error) {
	address, until, err := h.svc.ExportURL(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &exportLinkOut{ExportLink{URL: address, ExpiresAt: until}}, nil
}
