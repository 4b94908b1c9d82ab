package invoicinghttp

import (
	"context"
	"net/http"

	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/invoicing"
)

func registerSample(api *httpapi.API, h handlers) {
	op := func(id, path, summary string) httpapi.Op {
		return httpapi.Op{ID: "legal-entities-sample" + id, Tag: "invoices", Method: http.MethodPost, Path: "/api/v1/legal-entities/sample" + path, Summary: summary, Need: invoicing.CanWriteSettings}
	}
	httpapi.Handle(api, op("", "", "Show a sample invoice of a legal entity as it would look, without saving anything"), h.sample)
	httpapi.Handle(api, op("-pdf", "/pdf", "The same as PDF"), h.samplePDF)
}

// LegalEntitySampleInput is a change that is tried out.
type LegalEntitySampleInput struct {
	ID string `json:"id,omitempty" format:"uuid" doc:"Left out: one that is not there yet"`
	LegalEntityChange
}

// LegalEntitySample is an invoice of work that nobody did.
type LegalEntitySample struct {
	Document invoicing.Document `json:"document"`
}

type sampleIn struct{ Body LegalEntitySampleInput }

func (h handlers) sample(ctx context.Context, in *sampleIn) (*struct{ Body LegalEntitySample }, error) {
	doc, err := h.svc.Sample(ctx, in.Body.ID, in.Body.apply)
	if err != nil {
		return nil, err
	}
	return &struct{ Body LegalEntitySample }{LegalEntitySample{shown(doc)}}, nil
}

func (h handlers) samplePDF(ctx context.Context, in *sampleIn) (*pdfOut, error) {
	f, err := h.svc.SamplePDF(ctx, in.Body.ID, in.Body.apply)
	if err != nil {
		return nil, err
	}
	return &pdfOut{"application/pdf", `inline; filename="` + f.Name + `"`, f.Bytes}, nil
}
