package invoicinghttp

import (
	"context"

	"github.com/bureauhq/bureau/modules/invoicing"
)

// InvoiceData tells about a document as an e-invoice of EN 16931.
type InvoiceData struct {
	Format string        `json:"format" enum:"pdf,facturx,ubl,cii" doc:"The form in which the client wants it"`
	Lacks  []InvoiceLack `json:"lacks" doc:"Empty when schema and rules are kept"`
}

// InvoiceLack is something that keeps a document from being an e-invoice.
type InvoiceLack struct {
	Rule   string `json:"rule" doc:"Of EN 16931, such as BR-CO-26; empty where the document cannot be said in it"`
	Term   string `json:"term" doc:"The business term, such as BT-48"`
	Field  string `json:"field" doc:"Of what is to be mended"`
	Text   string `json:"text"`
	Mend   string `json:"mend" enum:"client,legal_entity,invoice" doc:"Where it is mended"`
	MendID string `json:"mend_id"`
}

func (h handlers) eInvoice(ctx context.Context, in *IDIn) (*struct{ Body InvoiceData }, error) {
	e, err := h.svc.EInvoice(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := InvoiceData{Format: string(e.Format), Lacks: make([]InvoiceLack, len(e.Lacks))}
	for n, l := range e.Lacks {
		out.Lacks[n] = InvoiceLack{l.Rule, l.Term, l.Field, l.Text, string(l.Mend), l.MendID}
	}
	return &struct{ Body InvoiceData }{out}, nil
}

func (h handlers) file(ctx context.Context, in *struct {
	IDIn
	Format string `query:"format" enum:"pdf,facturx,ubl,cii" default:"pdf"`
},
) (*pdfOut, error) {
	f, err := h.svc.Form(ctx, in.ID, invoicing.Format(in.Format))
	if err != nil {
		return nil, err
	}
	return &pdfOut{f.ContentType, `attachment; filename="` + f.Name + `"`, f.Bytes}, nil
}
