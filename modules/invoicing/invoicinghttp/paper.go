package invoicinghttp

import (
	"context"

	"github.com/bureauhq/bureau/modules/invoicing"
)

// InvoicePaper is the document and, for a draft, the number it would get.
type InvoicePaper struct {
	Document   invoicing.Document `json:"document"`
	NextNumber string             `json:"next_number" doc:"Of a draft: the number if it were issued now"`
}

// shown is the document without what only storage needs.
func shown(d invoicing.Document) invoicing.Document {
	d.LogoKey = ""
	return d
}

func (h handlers) preview(ctx context.Context, in *IDIn) (*struct{ Body InvoicePaper }, error) {
	p, err := h.svc.Paper(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body InvoicePaper }{InvoicePaper{shown(p.Document), p.NextNumber}}, nil
}

type pdfOut struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (h handlers) pdf(ctx context.Context, in *IDIn) (*pdfOut, error) {
	f, err := h.svc.PDF(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &pdfOut{"application/pdf", `inline; filename="` + f.Name + `"`, f.Bytes}, nil
}
